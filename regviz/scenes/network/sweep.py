"""What has a small network learnt under every λ, epoch by epoch? Trainings, and what is drawn of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regviz.core import Array
from regviz.core.data.datasets import DATASETS, LABELLED, Data, Indices, Synthetic, split
from regviz.core.losses import LogLoss, Loss, SquaredError
from regviz.core.nets.mlp import ACTIVATIONS, Architecture, GradientCheck, gradient_check
from regviz.core.nets.optimizers import OPTIMIZERS, TINY, Optimizer
from regviz.core.nets.training import Progress, TrainingSweep, snapshot_epochs, train
from regviz.fits.task import to_unit
from regviz.scenes.network.settings import WHOLE, NetworkSettings

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
# L2 takes a share of a weight at every step, never the whole: without a pull of the data a weight shrinks for ever.
# Below this it has faded: it is not zero, but single precision ends soon after and keeps neither size nor sign.
FADED = TINY
FADED_SIZE = 2 * len(SIZES) + 1
# A training overshoots if D has been so many times what it is at the start, and at the best constant; or if in the end
# J and D are so many times their least, and D as many times that of the best constant.
PEAK, WORSE = 5.0, 1.05


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

    @cached_property
    def constant_loss(self) -> float:
        """D on the training points of the constant that predicts them best."""
        y = self.data.y[self.train]
        low, high = float(y.min()) - 50, float(y.max()) + 50  # a logit of 50 is certain
        for _ in range(60):
            middle = (low + high) / 2
            if self.loss.gradient(y, np.full(len(y), middle)).sum() < 0:
                low = middle
            else:
                high = middle
        return float(self.loss.value(y, np.full(len(y), high)))

    @property
    def optimizer(self) -> Optimizer:
        return OPTIMIZERS[self.settings.optimizer](learning_rate=float(self.settings.learning_rate))


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

    Exact zeros are those that L1 has made: its threshold cuts a weight. What is smaller than FADED without that has
    faded; it is not zero.

    sizes       (E, R, A, n_weights) uint8: 0 exactly zero, 1 … 6 how large, + 6 if negative, 13 faded
    live        (E, R, A, n_hidden) uint8: whether a path of weights that are not zero leads through the neuron
    counts      L arrays (E, R, A, N_BINS): weights that are not zero, in bins from −reach to reach, open at both ends
    biases      (E, R, A, N_BINS) the same of all biases
    zeros       (E, R, A, L + 1) exact zeros of each layer of weights, and of all biases
    faded       (E, R, A, L + 1) how many have faded
    beyond      (E, R, A, L + 1) how many are larger than reach: the outermost bins hold them
    frobenius   (E, R, A, L) ‖W‖_F
    absolute    (E, R, A, L) Σ|w|
    fit         curves at x_line (E, R, A, LINE); or the map of classes (E, R, A, SIDE²) uint8: 0 … 254 is −1 … 1 of
                tanh(logit / 4), above 127 where the logit is > 0
    state       (E, R, A) the epoch of the weights: where a training has exploded, the last that was kept before
    peaks       (R, A) whether D has risen above PEAK times its start; not where training has exploded
    worse       (R, A) whether J and D end above their least and D above a constant's; not where it has exploded
    """

    task: Task
    sweep: TrainingSweep
    reach: float
    sizes: NDArray[np.uint8]
    live: NDArray[np.uint8]
    counts: tuple[Array, ...]
    zeros: Array
    biases: Array
    faded: Array
    beyond: Array
    frobenius: Array
    absolute: Array
    fit: Array
    x_line: Array
    state: Indices
    peaks: NDArray[np.bool_]
    worse: NDArray[np.bool_]


def network(settings: NetworkSettings, sweep: TrainingSweep, at_most: int | None = None) -> Network:
    """What is drawn of a training; with `at_most`, of so many of its epochs, the last among them."""
    task, state = Task.of(settings), _state(sweep)
    if at_most is not None and len(sweep.epochs) > at_most:
        some = np.unique(np.linspace(0, len(sweep.epochs) - 1, at_most).round().astype(int))
        sweep, state = _some(sweep, some), state[some]
    peaks, worse = _overshoots(task, sweep)
    architecture = sweep.architecture
    cut = (sweep.parameters == 0) & _thresholds(sweep, architecture.is_weight | settings.penalise_biases)
    faded = (np.abs(sweep.parameters) < FADED) & ~cut
    *weights, biases = _layers(architecture, sweep.parameters)
    *_, b_cut = cuts = _layers(architecture, cut)
    usual = np.abs(np.concatenate([w[-1, :, 0] for w in weights], axis=-1))
    reach = _round_up(max(1.1 * float(np.quantile(usual, 0.97)), 0.5))
    if task.is_curve:
        domain = task.data.domain
        assert domain is not None
        x_line = np.linspace(*domain, LINE)
        fit = sweep.predict(to_unit(x_line[:, np.newaxis], domain))
    else:
        x_line = np.linspace(-REACH, REACH, SIDE)
        plane = np.stack(np.meshgrid(x_line, x_line), axis=-1).reshape(-1, 2)
        logits = sweep.predict(plane)
        fit = np.rint(127 + 127 * np.tanh(logits / CLIP)).astype(np.uint8)
        fit = np.where(logits > 0, np.maximum(fit, 128), np.minimum(fit, 127))
    return Network(
        task=task,
        sweep=sweep,
        reach=reach,
        sizes=_sizes(sweep.parameters, cut, faded)[..., architecture.is_weight],
        live=_live([layer[..., :-1] == 0 for layer in architecture.layers(cut.astype(float))]),
        counts=tuple(_histogram(w, zero, reach) for w, zero in zip(weights, cuts, strict=False)),
        biases=_histogram(biases, b_cut, reach),
        zeros=np.stack([mask.sum(axis=-1) for mask in cuts], axis=-1),
        faded=np.stack([mask.sum(axis=-1) for mask in _layers(architecture, faded)], axis=-1),
        beyond=np.stack([(np.abs(w) > reach).sum(axis=-1) for w in (*weights, biases)], axis=-1),
        # in double precision: squares of small weights leave the range of single
        frobenius=np.stack([np.linalg.norm(w.astype(float), axis=-1) for w in weights], axis=-1),
        absolute=np.stack([np.abs(w).sum(axis=-1) for w in weights], axis=-1),
        fit=fit,
        x_line=x_line,
        state=state,
        peaks=peaks,
        worse=worse,
    )


def _layers(architecture: Architecture, values: NDArray[Any]) -> list[NDArray[Any]]:
    """The weights of each layer, and all biases: (..., n_parameters) -> (..., n) each."""
    numbers = architecture.layers(np.arange(float(architecture.n_parameters)))
    flat = [values[..., layer[:, :-1].ravel().astype(int)] for layer in numbers]
    return [*flat, values[..., ~architecture.is_weight]]


def _thresholds(sweep: TrainingSweep, penalised: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which parameters L1 cuts where they are small: (R, A, n_parameters). Its threshold is far above FADED."""
    where: NDArray[np.bool_] = (sweep.l1_ratios[:, np.newaxis] * sweep.alphas > 0)[..., np.newaxis] & penalised
    return where


def _state(sweep: TrainingSweep) -> Indices:
    """The epoch whose weights a sweep has for each of its epochs: (E, R, A)."""
    seen = sweep.diverged[np.newaxis]
    sound = (seen < 0) | (sweep.epochs[:, np.newaxis, np.newaxis] < seen)
    return np.maximum.accumulate(np.where(sound, sweep.epochs[:, np.newaxis, np.newaxis], 0), axis=0)


def _overshoots(task: Task, sweep: TrainingSweep) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """`peaks` and `worse` of a `Network`: two signs of steps that are too large, which small steps do not give.

    Where training comes to rest `worse` does not hold: J is at its least nearby, and with the best weights and bias of
    the output D is at most that of the best constant.
    """
    data_loss, objective = sweep.data_loss, sweep.data_loss + sweep.penalty
    sound = sweep.diverged < 0
    peaks = data_loss.max(axis=0) > PEAK * np.maximum(data_loss[0], task.constant_loss)
    worse = data_loss[-1] > WORSE * task.constant_loss
    for values in (data_loss, objective):
        worse = worse & (values[-1] > WORSE * values.min(axis=0))
    return sound & peaks, sound & worse


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


def _sizes(w: Array, cut: NDArray[np.bool_], faded: NDArray[np.bool_]) -> NDArray[np.uint8]:
    size = np.searchsorted(np.array(SIZES, dtype=w.dtype), np.abs(w), side="left")
    signed = (size + len(SIZES) * (w < 0)).astype(np.uint8)
    signed[faded] = FADED_SIZE
    signed[cut] = 0
    return signed


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


def _histogram(w: Array, cut: NDArray[np.bool_], reach: float) -> Array:
    """How many of w (..., m) that are not `cut` lie in each bin: (..., N_BINS)."""
    place = np.clip(np.floor((w + reach) / (2 * reach) * N_BINS), 0, N_BINS - 1).astype(np.int8)
    place[cut] = -1
    return np.stack([(place == k).sum(axis=-1) for k in range(N_BINS)], axis=-1).astype(np.int16)
