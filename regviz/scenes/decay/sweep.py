"""Is an L2 penalty in the loss the same as weight decay? Four training rules from one initial network, step by step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regviz.core import Array
from regviz.core.data.datasets import DATASETS, Synthetic
from regviz.core.losses import SquaredError
from regviz.core.nets.mlp import Architecture, loss_and_gradient
from regviz.core.nets.optimizers import (
    DECOUPLED,
    IN_LOSS,
    SGD,
    Adam,
    AdamW,
    Optimizer,
    StackedPenalty,
    kept_per_epoch,
    l2_for_other_steps,
    update_terms,
)
from regviz.core.nets.training import TrainingSweep, steps_per_epoch, train
from regviz.fits.task import to_unit
from regviz.settings import SampleSettings

# Explicit rules diverge where learning rate times λ is above 2: here it is at most 0.2.
ALPHAS = np.array([0, 1, 3, 10, 20, 50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10_000]) / 1e4
START = int(np.argmin(np.abs(ALPHAS - 0.05)))
SGD_RATE, ADAM_RATE, BATCH_RATE = 0.2, 0.02, 0.05
RULES: dict[str, Optimizer] = {
    "sgd_loss": SGD(SGD_RATE, decay=IN_LOSS),
    "sgd_decoupled": SGD(SGD_RATE, decay=DECOUPLED),
    "adam_loss": Adam(ADAM_RATE, decay=IN_LOSS),
    "adam_decoupled": AdamW(ADAM_RATE, decay=DECOUPLED),
}
NET = Architecture(1, (8,))
N_POINTS, STEPS = 30, 300
KEPT = np.array([*range(11), *range(12, 21, 2), *range(25, 61, 5), *range(70, STEPS + 1, 10)])
N_WEIGHTS = int(NET.is_weight.sum())
LINE = 81
INITIAL = 0  # seed of the initial weights, whatever the sample

EPOCHS, BATCH = 60, 5
PER_EPOCH = steps_per_epoch(N_POINTS, BATCH)


@dataclass(frozen=True, eq=False)
class Run:
    """One rule under every strength. A strengths, E kept steps, W weights (biases are not penalised, and not here).

    parameters  (A, E, n_parameters)  weights and biases
    norm        (A, E)     ‖W‖², the sum of squared weights
    curve       (A, E, m)  prediction at x_line
    w, new      (A, E, W)  a weight before and after the step that follows: w + data_step + decay_step = new
    data_step   (A, E, W)  −rate · ∇D, under Adam −rate · m̂ of ∇D
    decay_step  (A, E, W)  −rate · λw, under Adam with L2 in the loss −rate · m̂ of λw; decoupled −learning rate · λw
    rate        (A, E, W)  step size of a weight: the learning rate, under Adam learning rate / (√v̂ + ε)
    """

    parameters: Array
    norm: Array
    curve: Array
    w: Array
    new: Array
    data_step: Array
    decay_step: Array
    rate: Array


@dataclass(frozen=True, eq=False)
class Batches:
    """SGD with decoupled decay for as many epochs, in four ways: see `WAYS`. N ways.

    learning_rate (N,), alphas (N, A), steps (N,) an epoch
    norm  (N, A, EPOCHS + 1)  ‖W‖² of the network
    left  (N, A, EPOCHS + 1)  size of the weights on which the data do not pull, as a share of what it was
    kept  (N, A)              share of a weight that the decay of an epoch leaves
    """

    learning_rate: Array
    alphas: Array
    steps: Array
    norm: Array
    left: Array
    kept: Array


@dataclass(frozen=True, eq=False)
class DecayRuns:
    """All that the page shows. `gap` (A, E): largest difference of a weight between the two runs of an optimizer."""

    x: Array
    y: Array
    x_line: Array
    runs: dict[str, Run]
    gap: dict[str, Array]
    batches: Batches


# all points in one step; batches with the same λ; with λ for as much decay an epoch; with a smaller learning rate
WAYS = ("whole", "small", "corrected", "slower")


def decay_runs(settings: SampleSettings) -> DecayRuns:
    """The noisy sine, learned by the same network under all rules."""
    entry = DATASETS["sine"]
    assert isinstance(entry, Synthetic)
    data = entry.sample(N_POINTS, settings.noise, settings.random_state)
    X, x_line = to_unit(data.X, entry.domain), np.linspace(*entry.domain, LINE)
    runs = {name: _run(rule, X, data.y, to_unit(x_line[:, np.newaxis], entry.domain)) for name, rule in RULES.items()}
    gap = {kind: np.abs(runs[f"{kind}_loss"].w - runs[f"{kind}_decoupled"].w).max(axis=-1) for kind in ("sgd", "adam")}
    return DecayRuns(data.X[:, 0], data.y, x_line, runs, gap, _batches(X, data.y))


def _train(
    net: Architecture, X: Array, y: Array, rule: Optimizer, alphas: Array, epochs: int, batch: int | None
) -> TrainingSweep:
    return train(
        net,
        X,
        y,
        alphas,
        [0.0],
        loss=SquaredError(),
        optimizer=rule,
        epochs=epochs,
        batch_size=batch,
        generator=np.random.default_rng(INITIAL),
        snapshots=np.arange(epochs + 1),
        dtype=np.float64,
    )


def _run(rule: Optimizer, X: Array, y: Array, line: Array) -> Run:
    sweep = _train(NET, X, y, rule, ALPHAS, STEPS, None)
    parameters = sweep.parameters[:, 0]  # (STEPS + 1, A, n_parameters)
    flat = parameters.reshape(-1, NET.n_parameters)
    gradient = loss_and_gradient(NET, flat, X, y, SquaredError())[1].reshape(parameters.shape)
    kept = np.swapaxes(parameters[KEPT], 0, 1)
    terms = _terms(rule, parameters, gradient)
    return Run(
        parameters=kept,
        norm=np.square(kept[..., NET.is_weight]).sum(axis=-1),
        curve=np.swapaxes(sweep.predict(line)[KEPT, 0], 0, 1),
        **{name: np.swapaxes(values[KEPT], 0, 1)[..., NET.is_weight] for name, values in terms.items()},
    )


def _terms(rule: Optimizer, parameters: Array, gradient: Array) -> dict[str, Array]:
    """The terms of the step that follows each of the recorded: (STEPS + 1, A, n_parameters) each.

    Adam's m is a mean of ∇D + λw over many steps, and so the sum of two means, of ∇D and of λw. Both are divided by
    the same √v̂ + ε: that splits the step into what the data and what the penalty have made of it.
    """
    n_models = parameters.shape[1]
    penalty = StackedPenalty.of(ALPHAS, np.zeros(n_models), NET.is_weight)
    state = rule.init(parameters.shape[1:])
    memory = np.zeros_like(parameters[0])  # of λw, as m is of ∇D + λw
    names = ("w", "new", "data_step", "decay_step", "rate")
    found = {name: np.empty_like(parameters) for name in names}
    for t, (w, g) in enumerate(zip(parameters, gradient, strict=True)):
        terms = update_terms(rule, state, w, g, penalty)
        for name in names:
            found[name][t] = getattr(terms, name)
        if isinstance(rule, Adam) and rule.decay is IN_LOSS:
            memory += (1 - rule.beta1) * (terms.decay_gradient - memory)
            found["decay_step"][t] = -terms.rate * memory / (1 - rule.beta1 ** (t + 1))
            found["data_step"][t] = terms.new - w - found["decay_step"][t]
        rule.step(state, w.copy(), g.copy(), penalty)
    return found


def _batches(X: Array, y: Array) -> Batches:
    """The four ways. A second input that is always 0 has weights which the data do not pull at: they only decay."""
    net = Architecture(2, NET.hidden)
    X = np.column_stack([X, np.zeros(len(X))])
    idle = np.zeros(net.n_parameters, dtype=bool)
    net.layers(idle)[0][:, 1] = True
    corrected = np.array([l2_for_other_steps(BATCH_RATE, alpha, 1, PER_EPOCH) for alpha in ALPHAS])
    rates = np.array([BATCH_RATE, BATCH_RATE, BATCH_RATE, BATCH_RATE / PER_EPOCH])
    alphas = np.stack([ALPHAS, ALPHAS, corrected, ALPHAS])
    steps = np.array([1, PER_EPOCH, PER_EPOCH, PER_EPOCH])
    norm, left = [], []
    for rate, strengths, count in zip(rates, alphas, steps, strict=True):
        rule = SGD(float(rate), decay=DECOUPLED)
        w = _train(net, X, y, rule, strengths, EPOCHS, None if count == 1 else BATCH).parameters[:, 0]
        size = np.linalg.norm(w[..., idle], axis=-1)
        norm.append(np.square(w[..., net.is_weight & ~idle]).sum(axis=-1).T)
        left.append((size / size[0]).T)
    kept = [
        [kept_per_epoch(rate, alpha, count) for alpha in row]
        for rate, row, count in zip(rates.tolist(), alphas.tolist(), steps.tolist(), strict=True)
    ]
    return Batches(rates, alphas, steps, np.stack(norm), np.stack(left), np.array(kept))
