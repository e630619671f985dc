"""What has a small network learnt under every λ, epoch by epoch? Trainings, and what is drawn of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from regviz.core import Array
from regviz.core.datasets import DATASETS, LABELLED, Data, Indices, Synthetic, split
from regviz.core.losses import LogLoss, Loss, SquaredError
from regviz.core.mlp import ACTIVATIONS, Architecture, GradientCheck, gradient_check
from regviz.core.optimizers import OPTIMIZERS, Optimizer
from regviz.core.training import Progress, TrainingSweep, snapshot_epochs, train
from regviz.settings import WHOLE, NetworkSettings

ALPHAS = np.array([0.0, *(float(f"{m}e{k}") for k in range(-5, 0) for m in (1, 1.5, 2, 3, 5, 7)), 1.0])
RATIOS = np.array([1.0, 0.5, 0.0])  # L1, mix, L2
START = int(np.argmin(np.abs(ALPHAS - 0.003)))
# Numbers that are drawn of a training, in all: it bounds what a visitor downloads. More epochs for smaller networks.
DRAWN, FEWEST, MOST = 4_000_000, 10, 60
N_BINS = 21
LINE, SIDE = 121, 33  # points of a curve, of a side of the map of two classes
REACH = 1.6  # the map is drawn from -REACH to REACH
CLIP = 4.0  # a probability beyond 1/(1 + e^-4) is drawn as that
# Sizes of weights that are drawn alike.
SIZES = (0.0, 0.05, 0.2, 0.5, 1.0, 2.0)


@dataclass(frozen=True, eq=False)
class Task:
    """Points to learn from and to validate on, in the network's units: inputs of about unit size."""

    settings: NetworkSettings
    data: Data
    train: Indices
    validation: Indices
    X: Array  # (n, n_inputs) all rows
    loss: Loss

    @classmethod
    def of(cls, settings: NetworkSettings) -> Task:
        """The problem that the settings pose."""
        curve = DATASETS.get(settings.problem)
        if isinstance(curve, Synthetic):
            data = curve.sample(settings.n_samples, settings.noise, settings.random_state)
            X, loss = to_unit(data.X, curve.domain), SquaredError()
            rows = split(settings.n_samples, settings.validation, settings.random_state)
            return cls(settings, data, *rows, X, loss)
        data = LABELLED[settings.problem].sample(settings.n_samples, settings.noise, settings.random_state)
        rows = split(settings.n_samples, settings.validation, settings.random_state)
        return cls(settings, data, *rows, data.X, LogLoss())

    @property
    def is_curve(self) -> bool:
        """One input and a curve, or two inputs and two classes."""
        return self.data.domain is not None

    @property
    def architecture(self) -> Architecture:
        settings = self.settings
        hidden = (settings.units,) * settings.depth
        return Architecture(self.X.shape[1], hidden, ACTIVATIONS[settings.activation])

    @property
    def optimizer(self) -> Optimizer:
        return OPTIMIZERS[self.settings.optimizer](learning_rate=float(self.settings.learning_rate))


def to_unit(x: Array, domain: tuple[float, float]) -> Array:
    """x mapped so that the domain has mean 0 and, uniformly filled, variance 1."""
    low, high = domain
    return np.asarray((2 * (x - low) / (high - low) - 1) * np.sqrt(3))


def train_all(settings: NetworkSettings, callback: Callable[[Progress], bool] | None = None) -> TrainingSweep:
    """Every λ and penalty trained as one batch, from the same data, split and initial weights."""
    task = Task.of(settings)
    architecture = task.architecture
    held_out = (task.X[task.validation], task.data.y[task.validation]) if len(task.validation) else None
    each = architecture.n_parameters + (0 if task.is_curve else SIDE**2)
    kept = DRAWN // (len(ALPHAS) * len(RATIOS) * each)
    return train(
        architecture,
        task.X[task.train],
        task.data.y[task.train],
        ALPHAS,
        RATIOS,
        loss=task.loss,
        optimizer=task.optimizer,
        epochs=settings.epochs,
        batch_size=None if settings.batch_size == WHOLE else int(settings.batch_size),
        validation=held_out,
        generator=np.random.default_rng(settings.initial_state),
        scale=settings.initial_scale,
        penalise_biases=settings.penalise_biases,
        snapshots=snapshot_epochs(settings.epochs, int(np.clip(kept, FEWEST, MOST))),
        callback=callback,
    )


def check_gradients(
    settings: NetworkSettings, sweep: TrainingSweep, epoch: int, alpha: int
) -> tuple[GradientCheck, ...]:
    """Backpropagation against central differences at a stop of the sliders: one check for each penalty."""
    task = Task.of(settings)
    X, y = task.X[task.train], task.data.y[task.train]
    parameters = sweep.parameters[epoch, :, alpha]
    return tuple(gradient_check(task.architecture, w, X, y, task.loss) for w in parameters)


@dataclass(frozen=True, eq=False)
class Network:
    """A training, or what there is of it, with what is drawn. E epochs, R penalties, A strengths, L layers of weights.

    sizes      (E, R, A, n_weights) uint8: 0 exactly zero, 1 … 6 how large, + 6 if negative; layer after layer
    live       (E, R, A, n_hidden) uint8: whether a path of weights that are not zero leads through the neuron
    counts     L arrays (E, R, A, N_BINS): weights that are not zero, in bins from −reach to reach, open at both ends
    zeros      (E, R, A, L) exact zeros
    biases     (E, R, A, N_BINS) the same of all biases
    frobenius  (E, R, A, L) ‖W‖_F
    absolute   (E, R, A, L) Σ|w|
    fit        curves at x_line (E, R, A, LINE); or the map of classes (E, R, A, SIDE²) uint8: 0 … 254 is −1 … 1 of
               tanh(logit / 4)
    """

    task: Task
    sweep: TrainingSweep
    reach: float
    sizes: NDArray[np.uint8]
    live: NDArray[np.uint8]
    counts: tuple[Array, ...]
    zeros: Array
    biases: Array
    frobenius: Array
    absolute: Array
    fit: Array
    x_line: Array


def network(settings: NetworkSettings, sweep: TrainingSweep, at_most: int | None = None) -> Network:
    """What is drawn of a training; with `at_most`, of so many of its epochs, the last among them."""
    if at_most is not None and len(sweep.epochs) > at_most:
        sweep = _some(sweep, np.unique(np.linspace(0, len(sweep.epochs) - 1, at_most).round().astype(int)))
    task = Task.of(settings)
    layers = [(W[..., :-1], W[..., -1]) for W in sweep.weights]
    flat = [W.reshape(*W.shape[:3], -1) for W, _ in layers]
    usual = np.abs(np.concatenate([w[-1, :, 0] for w in flat], axis=-1))
    reach = _round_up(max(1.1 * float(np.quantile(usual, 0.97)), 0.5))
    if task.is_curve:
        domain = task.data.domain
        assert domain is not None
        x_line = np.linspace(*domain, LINE)
        fit = sweep.predict(to_unit(x_line[:, np.newaxis], domain))
    else:
        x_line = np.linspace(-REACH, REACH, SIDE)
        plane = np.stack(np.meshgrid(x_line, x_line), axis=-1).reshape(-1, 2)
        fit = np.rint(127 + 127 * np.tanh(sweep.predict(plane) / CLIP)).astype(np.uint8)
    every_bias = np.concatenate([b for _, b in layers], axis=-1)
    return Network(
        task=task,
        sweep=sweep,
        reach=reach,
        sizes=_sizes(np.concatenate(flat, axis=-1)),
        live=_live([W != 0 for W, _ in layers]),
        counts=tuple(_histogram(w, reach) for w in flat),
        zeros=np.stack([(w == 0).sum(axis=-1) for w in flat], axis=-1),
        biases=_histogram(every_bias, reach),
        frobenius=np.stack([np.linalg.norm(w, axis=-1) for w in flat], axis=-1),
        absolute=np.stack([np.abs(w).sum(axis=-1) for w in flat], axis=-1),
        fit=fit,
        x_line=x_line,
    )


def _round_up(x: float) -> float:
    """The next number with one digit, x > 0."""
    unit = 10.0 ** np.floor(np.log10(x))
    return float(f"{np.ceil(x / unit) * unit:.1g}")


def _some(sweep: TrainingSweep, kept: Indices) -> TrainingSweep:
    def cut(values: Array | None) -> Array | None:
        return None if values is None else values[kept]

    return replace(
        sweep,
        epochs=sweep.epochs[kept],
        parameters=sweep.parameters[kept],
        data_loss=sweep.data_loss[kept],
        penalty=sweep.penalty[kept],
        validation_loss=cut(sweep.validation_loss),
        accuracy=cut(sweep.accuracy),
        validation_accuracy=cut(sweep.validation_accuracy),
        gradient_norm=sweep.gradient_norm[kept],
    )


def _sizes(w: Array) -> NDArray[np.uint8]:
    size = np.searchsorted(np.array(SIZES, dtype=w.dtype), np.abs(w), side="left")
    return (size + len(SIZES) * (w < 0)).astype(np.uint8)


def _live(layers: list[NDArray[np.bool_]]) -> NDArray[np.uint8]:
    """Hidden neurons that an input reaches and that reach the output, along weights that are not zero."""
    reached = [np.ones((*layers[0].shape[:3], layers[0].shape[-1]), dtype=bool)]
    for W in layers[:-1]:
        reached.append(np.asarray((W & reached[-1][..., np.newaxis, :]).any(axis=-1)))
    reaches = [np.ones((*layers[0].shape[:3], 1), dtype=bool)]
    for W in reversed(layers[1:]):
        reaches.append(np.asarray((W & reaches[-1][..., :, np.newaxis]).any(axis=-2)))
    both = [a & b for a, b in zip(reached[1:], reversed(reaches[1:]), strict=True)]
    return np.concatenate(both, axis=-1).astype(np.uint8)


def _histogram(w: Array, reach: float) -> Array:
    """How many of w (..., m) that are not 0 lie in each bin: (..., N_BINS)."""
    place = np.clip(np.floor((w + reach) / (2 * reach) * N_BINS), 0, N_BINS - 1).astype(np.int8)
    place[w == 0] = -1
    return np.stack([(place == k).sum(axis=-1) for k in range(N_BINS)], axis=-1).astype(np.int16)
