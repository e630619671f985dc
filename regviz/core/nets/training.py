"""How does a network learn under every strength of a penalty? All of them trained together, step by step.

Every model of a sweep sees the same data in the same order and starts from the same weights: what differs between two
of them is the penalty alone, and the value of a `LiveAxis` if there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from itertools import islice, pairwise
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from regviz.core import Array
from regviz.core.checks import SQUARABLE, between, number, numbers, reals, require, whole
from regviz.core.linear.grid import one_blas_thread
from regviz.core.losses import Loss
from regviz.core.nets.mlp import Architecture, Workspace, feature_major, forward
from regviz.core.nets.optimizers import Optimizer, StackedPenalty, UpdateTerms, update_terms

MAX_EPOCHS, MAX_STEPS, MAX_MODELS, MAX_SAMPLES = 5_000, 200_000, 200, 2_000
# Sizes of what is multiplied together; float32 ends at 1e38.
MAX_SCALE, MAX_SIZE, MAX_ALPHA = 10.0, 1e4, 1e6
# Numbers kept in one sweep: 400 MB in float32; and as scalars of every epoch, 40 MB.
MAX_KEPT, MAX_SCALARS = 100_000_000, 10_000_000
# A model has exploded when a weight or a prediction is larger, or a gradient not finite.
EXPLODED = 1e6
# Models in one chunk: their number, and numbers in one of its buffers, which should stay in a core's cache.
MAX_CHUNK, BUFFER = 64, 2**17
# Multiplications of one pass (models x observations x parameters): in a whole training, 5 minutes or so; and between
# two calls of the callback, 0.05 s; but no more steps than that.
MAX_WORK, WORK_AT_ONCE, STEPS_AT_ONCE = 1e12, 1e8, 20

# --- What is trained on --------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Batch:
    """What one step is trained on: X (n, n_inputs), y (n,), and masks on the hidden layers as in `Workspace`.

    X may be (B, n, n_inputs) where every one of the B models of a stack has inputs of its own.
    """

    X: Array
    y: Array
    masks: tuple[Array | None, ...] = ()

    @cached_property
    def inputs(self) -> Array:
        """[X, 1], observations last: (..., n_inputs + 1, n)."""
        return feature_major(self.X, self.X.dtype)


class Part(Protocol):
    """An addition to training that changes what a step is trained on: it takes a batch and returns another.

    Dropout is a part that returns new `masks`; augmentation one that returns another X. A part draws from the
    generator that it is given, which is its own: initial weights and the order of the data do not depend on it. All
    models of a sweep see the same batch. Prediction and the losses of a sweep know nothing of parts.

    (Early stopping needs none: it reads the validation loss of a finished `TrainingSweep`.)
    """

    def __call__(self, batch: Batch, generator: np.random.Generator) -> Batch: ...


@dataclass(frozen=True, eq=False)
class LiveAxis:
    """An axis of a sweep that is no penalty: a drop rate, a strength of augmentation. Each model has one of its values.

    name    as a plain word: "drop_rate"
    values  (V,)
    part    (batch, values (B,), generator) -> batch: as a `Part`, for the B models of a stack at once, whose values it
            is given in the precision of the training; it returns X (B, n, n_inputs) or masks (B, units, n).
            The generator depends on the step alone: models of all values see the same draw
    """

    name: str
    values: Array
    part: Callable[[Batch, Array, np.random.Generator], Batch]


def steps_per_epoch(n: int, batch_size: int | None = None) -> int:
    """Steps in which every observation is seen once: ceil(n / batch_size); 1 if batch_size is None."""
    return 1 if batch_size is None else -(-n // batch_size)


def _epochs(data: Batch, batch_size: int | None, generator: np.random.Generator) -> Iterator[list[Batch]]:
    """The batches of each epoch, for ever: a new order each, or always the one full batch."""
    n = len(data.y)
    if batch_size is None or batch_size >= n:
        while True:
            yield [data]
    while True:
        order = generator.permutation(n)
        chosen = (order[start : start + batch_size] for start in range(0, n, batch_size))
        yield [Batch(data.X[rows], data.y[rows]) for rows in chosen]


def _with_parts(batch: Batch, parts: Sequence[Part], generator: np.random.Generator) -> Batch:
    for part in parts:
        batch = part(batch, generator)
    return batch


# --- The result ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class TrainingSweep:
    """Networks at every kept epoch, L1 ratio and strength. E epochs, R ratios, A strengths. All finite.

    Where training had a `live_axis` of V values its axis is the next: (E, R, A, V) and so on.

    epochs               (E,)           kept epochs, ascending; the first is 0, the initial weights
    parameters           (E, R, A, n_parameters)  all layers in one; `weights` has them apart
    data_loss            (E, R, A)      D on the training data, without the penalty
    penalty              (E, R, A)      alpha * penalty; the objective J is the sum of both
    validation_loss      (E, R, A)      D on the validation data; None without such
    accuracy             (E, R, A)      share of right training labels; None for a regression
    validation_accuracy  (E, R, A)
    gradient_norm        (E, R, A, n_layers)      Euclidean norm of dD/dW of each layer, on the training data
    diverged             (R, A)         epoch in which a model was seen to have exploded, -1 if it was not. From then on
                                        it stays as it was at the last kept epoch before
    completed                           the last kept epoch; smaller than asked for if the training was stopped
    scalars              (R, A, completed + 1) each: what the `Scalar` of this name gave at every epoch, kept or not
    live_axis                           None if the models differ in their penalty alone
    """

    architecture: Architecture
    loss: Loss
    alphas: Array
    l1_ratios: Array
    epochs: NDArray[np.intp]
    parameters: Array
    data_loss: Array
    penalty: Array
    validation_loss: Array | None
    accuracy: Array | None
    validation_accuracy: Array | None
    gradient_norm: Array
    diverged: NDArray[np.intp]
    completed: int
    scalars: Mapping[str, Array] = field(default_factory=dict)
    live_axis: LiveAxis | None = None

    @property
    def weights(self) -> tuple[Array, ...]:
        """Of every layer, as views: (E, R, A, out, in + 1), the bias in the last column."""
        return self.architecture.layers(self.parameters)

    def predict(self, X: ArrayLike) -> Array:
        """Predictions, or logits, of every network: (n, n_inputs) -> (E, R, A, n), as `forward` has them."""
        with one_blas_thread(), np.errstate(under="ignore"):
            return forward(self.architecture, self.parameters, np.asarray(X))


@dataclass(frozen=True, eq=False)
class Progress:
    """Where a training is: `epoch` of `epochs`, and what it has so far."""

    epoch: int
    epochs: int
    sweep: Callable[[], TrainingSweep]


@dataclass(frozen=True, eq=False)
class Models:
    """B models of a sweep after an epoch, for a `Scalar` to read. A loss costs a forward pass, where it is asked for.

    parameters       (B, n_parameters)  not to be changed
    data_loss        ()  D on the training data, without any part: (B,)
    validation_loss  ()  D on the validation data: (B,); NaN without such
    """

    parameters: Array
    data_loss: Callable[[], Array]
    validation_loss: Callable[[], Array]


# One number of each of the B models: (B,).
Scalar = Callable[[Models], Array]


def snapshot_epochs(epochs: int, count: int) -> NDArray[np.intp]:
    """`count` epochs to keep (all of them if there are fewer): 0 and `epochs`, and closer together early on.

    max(i, round(epochs (i / (count - 1))^2)) for i = 0 ... count - 1: ascending, without duplicates.
    """
    whole("epochs", epochs, 1, MAX_EPOCHS)
    whole("count", count, 2)
    count = min(count, epochs + 1)
    i = np.arange(count)
    return np.maximum(i, np.rint(epochs * (i / (count - 1)) ** 2).astype(np.intp))


# --- Training ------------------------------------------------------------------------------------


def train(
    architecture: Architecture,
    X: ArrayLike,
    y: ArrayLike,
    alphas: ArrayLike,
    l1_ratios: ArrayLike,
    *,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int,
    generator: np.random.Generator,
    batch_size: int | None = None,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    scale: float = 1.0,
    penalise_biases: bool = False,
    parts: Sequence[Part] = (),
    live_axis: LiveAxis | None = None,
    scalars: Mapping[str, Scalar] | None = None,
    snapshots: int | ArrayLike = 120,
    callback: Callable[[Progress], bool] | None = None,
    dtype: DTypeLike = np.float32,
) -> TrainingSweep:
    """Minimise D(w) + alpha (rho |w|_1 + (1 - rho)/2 |w|_2^2) for every rho and alpha, from one initial network.

    X           (n, n_inputs), y (n,)  training data; y 0 or 1 for `LogLoss`
    alphas      (A,) >= 0, l1_ratios (R,) in [0, 1]
    generator   draws the initial weights, the order of mini-batches, and for the parts, each in a stream of its own
    batch_size  None: all observations in every step. The last batch of an epoch may be smaller
    validation  (X, y) for `validation_loss`; it plays no part in training
    scale       multiplies the initial weights
    live_axis   an axis besides the penalty's two, whose part comes after `parts`
    scalars     by name, what to note of every model at every epoch; where one has exploded its scalars stay as its
                weights do
    snapshots   how many epochs to keep, spread by `snapshot_epochs`; or the epochs themselves: 0 and `epochs` are added
    callback    called before the first step, at every kept epoch, every few steps between, and at the end; returns
                whether to go on. If not, the sweep ends at the last kept epoch. All models are at the same epoch then
    dtype       float32 for speed, float64 for proofs

    A model whose weights or predictions explode is stopped: see `TrainingSweep.diverged`. Work is bounded; ValueError,
    naming the field, for values out of range.

    The weights at every step of plain gradient descent, in double precision, are

        train(..., optimizer=SGD(0.1, decay=IN_LOSS), snapshots=range(epochs + 1), dtype=np.float64).weights
    """
    data = _check_data("X", "y", X, y, architecture, dtype)
    held_out = None
    if validation is not None:
        held_out = _check_data("validation X", "validation y", *validation, architecture, dtype)
    alphas, l1_ratios = _check_penalties(alphas, l1_ratios)
    kept = _check_snapshots(epochs, snapshots)
    _check_steps(len(data.y), epochs, batch_size)
    # a small integer type would overflow
    epochs, batch_size = int(epochs), None if batch_size is None else int(batch_size)
    number("scale", scale, between(0, MAX_SCALE))
    live_axis = _check_live_axis(live_axis)
    n_models = len(l1_ratios) * len(alphas) * (len(live_axis.values) if live_axis else 1)
    names = "alphas x l1_ratios" + (f" x {live_axis.name}" if live_axis else "")
    require(names, n_models, n_models <= MAX_MODELS, f"at most {MAX_MODELS} models")
    work = epochs * n_models * len(data.y) * architecture.n_parameters
    require("epochs x models x rows of X x parameters", work, work <= MAX_WORK, f"at most {MAX_WORK:g}")
    n_kept = len(kept) * n_models * architecture.n_parameters
    require("snapshots", len(kept), n_kept <= MAX_KEPT, f"at most {MAX_KEPT} weights in all")

    scalars = dict(scalars or {})
    n_noted = len(scalars) * n_models * (epochs + 1)
    require("scalars", len(scalars), n_noted <= MAX_SCALARS, f"at most {MAX_SCALARS} numbers in all")

    initial_stream, order_stream, part_stream = generator.spawn(3)
    axis_stream = part_stream.spawn(1)[0]
    initial = architecture.initial(initial_stream, scale).astype(dtype)
    history = _History(architecture, loss, alphas, l1_ratios, kept, initial, data, held_out, live_axis, scalars)
    n_batch = min(len(data.y), batch_size or len(data.y))
    at_once = BUFFER // (architecture.widest * n_batch)
    runs = _split(n_models, min(max(at_once, 8), MAX_CHUNK))
    chunks = [_Chunk(history, rows, optimizer, penalise_biases) for rows in runs]
    plan = _epochs(data, batch_size, order_stream)
    at_once = min(STEPS_AT_ONCE, int(WORK_AT_ONCE / (n_models * n_batch * architecture.n_parameters)))
    stride = max(1, at_once // steps_per_epoch(len(data.y), batch_size))
    stops = np.union1d(kept, np.arange(0, epochs, stride)).tolist()

    with one_blas_thread(), np.errstate(all="ignore"):
        for chunk in chunks:
            chunk.keep(0)
        if not all(np.isfinite(record[0]).all() for record in history.records):
            raise ValueError("scale must be smaller, or X and y: the loss of the initial network is not finite")
        history.n_kept = 1
        for start, stop in pairwise(stops):
            if callback and not callback(Progress(start, epochs, history.sweep)):
                break
            steps = [
                _Step(
                    epoch,
                    _with_parts(batch, parts, part_stream),
                    int(axis_stream.integers(2**62)) if live_axis else None,
                )
                for epoch in range(start + 1, stop + 1)
                for batch in next(plan)
            ]
            keep = stop == kept[history.n_kept]
            for chunk in chunks:
                chunk.advance(steps)
                if keep:
                    chunk.keep(stop)
            history.n_kept += keep
        else:
            if callback:
                callback(Progress(epochs, epochs, history.sweep))
    return history.sweep()


@dataclass(frozen=True, eq=False)
class _Step:
    """A step of all models: in which epoch, on what, and the seed of the live axis's draw."""

    epoch: int
    batch: Batch
    seed: int | None


class _History:
    """What is kept of a training: arrays (E, models, ...), of which the first `n_kept` epochs are filled.

    models: R * A, or R * A * V. Its scalars are (models, epochs + 1).
    """

    def __init__(
        self,
        architecture: Architecture,
        loss: Loss,
        alphas: Array,
        l1_ratios: Array,
        kept: NDArray[np.intp],
        initial: Array,
        data: Batch,
        held_out: Batch | None,
        live_axis: LiveAxis | None = None,
        scalars: Mapping[str, Scalar] | None = None,
    ) -> None:
        self.architecture, self.loss, self.alphas, self.l1_ratios = architecture, loss, alphas, l1_ratios
        self.epochs, self.initial, self.data, self.held_out = kept, initial, data, held_out
        self.live_axis, self.functions = live_axis, scalars or {}
        self.n_kept = 0
        self.grid = (len(l1_ratios), len(alphas), *([len(live_axis.values)] if live_axis else []))
        shape = (len(kept), int(np.prod(self.grid)))
        self.parameters = np.empty((*shape, len(initial)), dtype=initial.dtype)
        self.gradient_norm = np.empty((*shape, architecture.n_layers), dtype=initial.dtype)
        self.data_loss, self.penalty = np.empty((2, *shape), dtype=initial.dtype)
        self.validation_loss, self.accuracy, self.validation_accuracy = np.zeros((3, *shape), dtype=initial.dtype)
        self.diverged = np.full(shape[1], -1, dtype=np.intp)
        self.scalars = {name: np.empty((shape[1], kept[-1] + 1), dtype=initial.dtype) for name in self.functions}
        self.records = (
            self.parameters,
            self.gradient_norm,
            self.data_loss,
            self.penalty,
            self.validation_loss,
            self.accuracy,
            self.validation_accuracy,
        )

    def sweep(self) -> TrainingSweep:
        """What there is so far."""
        kept, completed = slice(self.n_kept), int(self.epochs[self.n_kept - 1])

        def so_far(values: Array) -> Array:
            return values[kept].reshape(self.n_kept, *self.grid, *values.shape[2:])

        classified = self.loss.accuracy(self.data.y, self.data.y) is not None
        validated = self.held_out is not None
        return TrainingSweep(
            architecture=self.architecture,
            loss=self.loss,
            alphas=self.alphas,
            l1_ratios=self.l1_ratios,
            epochs=self.epochs[kept],
            parameters=so_far(self.parameters),
            data_loss=so_far(self.data_loss),
            penalty=so_far(self.penalty),
            validation_loss=so_far(self.validation_loss) if validated else None,
            accuracy=so_far(self.accuracy) if classified else None,
            validation_accuracy=so_far(self.validation_accuracy) if classified and validated else None,
            gradient_norm=so_far(self.gradient_norm),
            diverged=self.diverged.reshape(self.grid).copy(),
            completed=completed,
            scalars={name: noted[:, : completed + 1].reshape(*self.grid, -1) for name, noted in self.scalars.items()},
            live_axis=self.live_axis,
        )


class _Chunk:
    """Some models of a sweep, `rows` of the history, that advance together in arrays which fit the cache."""

    def __init__(self, history: _History, rows: slice, optimizer: Optimizer, penalise_biases: bool) -> None:
        self.history, self.rows, self.optimizer = history, rows, optimizer
        architecture, n_models = history.architecture, rows.stop - rows.start
        self.parameters = np.repeat(history.initial[None], n_models, axis=0)
        self.gradient = np.empty_like(self.parameters)
        self.layers = architecture.layers(self.parameters)
        self.gradient_layers = architecture.layers(self.gradient)
        self.state = optimizer.init(self.parameters.shape, self.parameters.dtype)
        ratio, alpha, *value = np.indices(history.grid).reshape(len(history.grid), -1)[:, rows]
        self.live_axis = history.live_axis
        if self.live_axis:
            self.values = self.live_axis.values[value[0]].astype(self.parameters.dtype)
        self.penalty = StackedPenalty.of(
            alphas=history.alphas[alpha],
            l1_ratios=history.l1_ratios[ratio],
            penalised=architecture.is_weight | penalise_biases,
            dtype=self.parameters.dtype,
        )
        self.diverged = history.diverged[rows]  # a view
        self.workspaces: dict[int, Workspace] = {}
        self.models = Models(
            self.parameters,
            data_loss=lambda: self.loss_on(history.data),
            validation_loss=lambda: self.loss_on(history.held_out),
        )

    def advance(self, steps: Sequence[_Step]) -> None:
        """The steps of the optimizer."""
        if (self.diverged >= 0).all():
            return
        for step, following in zip(steps, [*steps[1:], None], strict=True):
            prediction = self.gradient_on(self.varied(step))
            if not np.abs(prediction).max() <= EXPLODED:  # or NaN
                self.stop(step.epoch, self.exploded(prediction))
            self.optimizer.step(self.state, self.parameters, self.gradient, self.penalty)
            if self.history.scalars and (following is None or following.epoch > step.epoch):
                self.note(step.epoch)

    def varied(self, step: _Step) -> Batch:
        """What the step is trained on, with the live axis's part."""
        if not self.live_axis:
            return step.batch
        return self.live_axis.part(step.batch, self.values, np.random.default_rng(step.seed))

    def note(self, epoch: int) -> None:
        """The scalars of all models after an epoch."""
        for name, scalar in self.history.functions.items():
            self.history.scalars[name][self.rows, epoch] = scalar(self.models)

    def loss_on(self, batch: Batch | None) -> Array:
        """D on these data: (n_models,); NaN without data."""
        if batch is None:
            return np.full(len(self.parameters), np.nan)
        return self.history.loss.value(batch.y, self.workspace(batch).forward(self.layers, batch.inputs))

    def gradient_on(self, batch: Batch) -> Array:
        """Fill `gradient` with that of D on the batch; returns the predictions."""
        workspace = self.workspace(batch)
        prediction = workspace.forward(self.layers, batch.inputs, batch.masks)
        slope = self.history.loss.gradient(batch.y, prediction)
        workspace.backward(self.layers, batch.inputs, slope, self.gradient_layers, batch.masks)
        return prediction

    def workspace(self, batch: Batch) -> Workspace:
        n = len(batch.y)
        if n not in self.workspaces:
            dtype = self.parameters.dtype
            self.workspaces[n] = Workspace(self.history.architecture, len(self.parameters), n, dtype)
        return self.workspaces[n]

    def exploded(self, values: Array) -> NDArray[np.bool_]:
        """Which models have a number that is NaN or too large: (n_models, ...) -> (n_models,)."""
        values = values.reshape(len(values), -1)
        return np.asarray(~((values.max(axis=1) <= EXPLODED) & (values.min(axis=1) >= -EXPLODED)))

    def stop(self, epoch: int, exploded: NDArray[np.bool_]) -> None:
        """Note the epoch in which models exploded."""
        self.diverged[exploded & (self.diverged < 0)] = epoch

    def keep(self, epoch: int) -> None:
        """Evaluate all models and write them into the history; those that have exploded as they were before."""
        history, rows, k = self.history, self.rows, self.history.n_kept
        loss, data, held_out = history.loss, history.data, history.held_out

        prediction = self.gradient_on(data)
        norms = np.stack([np.sqrt(np.square(layer).sum(axis=(1, 2))) for layer in self.gradient_layers], axis=1)
        exploded = self.exploded(self.parameters) | self.exploded(prediction) | ~np.isfinite(norms).all(axis=1)
        history.parameters[k, rows] = self.parameters
        history.penalty[k, rows] = self.penalty.value(self.parameters)
        history.gradient_norm[k, rows] = norms
        history.data_loss[k, rows] = loss.value(data.y, prediction)
        accuracy = loss.accuracy(data.y, prediction)
        if accuracy is not None:
            history.accuracy[k, rows] = accuracy
        if held_out is not None:
            prediction = self.workspace(held_out).forward(self.layers, held_out.inputs)
            value = loss.value(held_out.y, prediction)
            exploded |= ~np.isfinite(value)
            history.validation_loss[k, rows] = value
            accuracy = loss.accuracy(held_out.y, prediction)
            if accuracy is not None:
                history.validation_accuracy[k, rows] = accuracy

        self.stop(epoch, exploded)
        stopped = self.diverged >= 0
        if k == 0 and history.scalars:
            self.note(0)
        if k > 0 and stopped.any():
            for record in history.records:
                record[k, rows][stopped] = record[k - 1, rows][stopped]
            before = history.epochs[k - 1]
            for noted in history.scalars.values():
                noted[rows, before + 1 : epoch + 1][stopped] = noted[rows, before][stopped, np.newaxis]
            self.parameters[stopped] = history.parameters[k, rows][stopped]


def _split(total: int, size: int) -> list[slice]:
    """0 ... total in as few runs of nearly equal length <= size as can be."""
    ends = np.linspace(0, total, -(-total // size) + 1).round().astype(int).tolist()
    return [slice(start, stop) for start, stop in pairwise(ends)]


# --- One model, step by step ---------------------------------------------------------------------


def trace(
    architecture: Architecture,
    X: ArrayLike,
    y: ArrayLike,
    alpha: float,
    l1_ratio: float,
    *,
    loss: Loss,
    optimizer: Optimizer,
    steps: int,
    generator: np.random.Generator,
    batch_size: int | None = None,
    scale: float = 1.0,
    penalise_biases: bool = False,
    parts: Sequence[Part] = (),
) -> UpdateTerms:
    """The terms of every step of one model, in float64: each array (steps, n_parameters).

    The same steps as those of `train` with the same arguments. If the model explodes there are fewer: those before.
    """
    data = _check_data("X", "y", X, y, architecture, float)
    alphas, l1_ratios = _check_penalties([alpha], [l1_ratio])
    whole("steps", steps, 1, MAX_EPOCHS)
    n_kept = steps * architecture.n_parameters
    require("steps x parameters", n_kept, n_kept <= MAX_KEPT // 50, f"at most {MAX_KEPT // 50}")
    _check_steps(len(data.y), 1, batch_size)
    number("scale", scale, between(0, MAX_SCALE))
    initial_stream, order_stream, part_stream = generator.spawn(3)
    initial = architecture.initial(initial_stream, scale)
    history = _History(architecture, loss, alphas, l1_ratios, np.zeros(1, dtype=np.intp), initial, data, None)
    model = _Chunk(history, slice(0, 1), optimizer, penalise_biases)

    terms: list[UpdateTerms] = []
    batches = (batch for epoch in _epochs(data, batch_size, order_stream) for batch in epoch)
    with one_blas_thread(), np.errstate(all="ignore"):
        for batch in islice(batches, steps):
            model.gradient_on(_with_parts(batch, parts, part_stream))
            term = update_terms(optimizer, model.state, model.parameters, model.gradient, model.penalty)
            if model.exploded(term.new).any() or not np.isfinite([term.gradient, term.rate]).all():
                break
            terms.append(term)
            optimizer.step(model.state, model.parameters, model.gradient, model.penalty)
    names = [field.name for field in fields(UpdateTerms)]
    empty = np.empty((0, len(initial)))
    return UpdateTerms(**{name: np.concatenate([empty, *(getattr(term, name) for term in terms)]) for name in names})


# --- Checks --------------------------------------------------------------------------------------


def _check_data(
    X_name: str, y_name: str, X: ArrayLike, y: ArrayLike, architecture: Architecture, dtype: DTypeLike
) -> Batch:
    X, y = np.asarray(reals(X_name, X), dtype=float), np.asarray(reals(y_name, y), dtype=float)
    if X.ndim != 2 or X.shape[1] != architecture.n_inputs:
        raise ValueError(f"{X_name} must be (n, {architecture.n_inputs}), got shape {X.shape}")
    require(f"rows of {X_name}", len(X), 1 <= len(X) <= MAX_SAMPLES, f"1 to {MAX_SAMPLES}")
    if y.shape != X.shape[:1]:
        raise ValueError(f"{y_name} must have shape {X.shape[:1]}, one value a row of {X_name}, got {y.shape}")
    for name, values in ((X_name, X), (y_name, y)):
        if not (np.abs(values) <= MAX_SIZE).all():
            raise ValueError(f"{name} must be finite and at most {MAX_SIZE:g} in size")
    return Batch(X.astype(dtype), y.astype(dtype))


def _check_penalties(alphas: ArrayLike, l1_ratios: ArrayLike) -> tuple[Array, Array]:
    alphas, l1_ratios = np.array(alphas, dtype=float), np.array(l1_ratios, dtype=float)
    for name, values, top in (("alphas", alphas, MAX_ALPHA), ("l1_ratios", l1_ratios, 1)):
        if values.ndim != 1 or values.size == 0:
            raise ValueError(f"{name} must be one-dimensional and not empty, got shape {values.shape}")
        valid = (values >= 0) & (values <= top)
        if not valid.all():
            raise ValueError(f"{name} must be 0 to {top:g}, got {values[~valid][0]}")
    return alphas, l1_ratios


def _check_live_axis(live_axis: LiveAxis | None) -> LiveAxis | None:
    if live_axis is None:
        return None
    return replace(live_axis, values=numbers(live_axis.name, live_axis.values, SQUARABLE, ("V",)))


def _check_steps(n: int, epochs: int, batch_size: int | None) -> None:
    whole("epochs", epochs, 1, MAX_EPOCHS)
    if batch_size is not None:
        whole("batch_size", batch_size, 1)
    steps = epochs * steps_per_epoch(n, batch_size)
    require("epochs x steps an epoch", steps, steps <= MAX_STEPS, f"at most {MAX_STEPS}; raise batch_size")


def _check_snapshots(epochs: int, snapshots: int | ArrayLike) -> NDArray[np.intp]:
    if np.ndim(snapshots) == 0:
        return snapshot_epochs(epochs, snapshots)  # type: ignore[arg-type]
    whole("epochs", epochs, 1, MAX_EPOCHS)
    named = np.asarray(snapshots)
    if named.size and named.dtype.kind not in "iu":
        raise ValueError(f"snapshots must be whole numbers, 0 to {epochs}, got {named.ravel()[0]}")
    kept = np.union1d(named.astype(np.intp), [0, epochs])
    if kept[0] < 0 or kept[-1] > epochs:
        raise ValueError(f"snapshots must be 0 to {epochs}, got {kept[0]} to {kept[-1]}")
    return kept
