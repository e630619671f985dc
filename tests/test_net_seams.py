"""Is there room in the networks for the next pages: a live axis that is no penalty, outputs, scalars?

Each is proved by a toy that stands in this file only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from regviz.core import Array
from regviz.core.losses import LogLoss, SquaredError
from regviz.core.nets import training
from regviz.core.nets.mlp import ACTIVATIONS, TANH, Activation, Architecture, gradient_check, loss_and_gradient
from regviz.core.nets.optimizers import SGD, Adam
from regviz.core.nets.training import Batch, LiveAxis, Models, Progress, TrainingSweep, train

ALPHAS, RATIOS = np.array([0, 0.01, 0.3]), np.array([1.0, 0.0])
EPOCHS, UNITS = 12, 5


def problem(n: int = 24, seed: int = 0) -> tuple[Array, Array]:
    X = np.random.default_rng(seed).normal(size=(n, 2))
    return X, (X.prod(axis=1) > 0).astype(float)


def sweep(**changes: object) -> TrainingSweep:
    """A small training in double precision with some arguments changed."""
    options: dict = {
        "architecture": Architecture(2, (UNITS,)),
        "data": problem(),
        "alphas": ALPHAS,
        "l1_ratios": RATIOS,
        "loss": LogLoss(),
        "optimizer": SGD(0.3),
        "epochs": EPOCHS,
        "generator": np.random.default_rng(7),
        "snapshots": range(EPOCHS + 1),
        "dtype": np.float64,
    } | changes
    architecture, data, alphas, ratios = (options.pop(name) for name in ("architecture", "data", "alphas", "l1_ratios"))
    return train(architecture, *data, alphas, ratios, **options)


# --- A live axis that is no penalty --------------------------------------------------------------


def noisy(batch: Batch, size: Array, generator: np.random.Generator) -> Batch:
    """Inputs with noise of the size that each model has."""
    return Batch(batch.X + size[:, None, None] * generator.normal(size=batch.X.shape), batch.y, batch.masks)


def dropped(batch: Batch, rate: Array, generator: np.random.Generator) -> Batch:
    """Hidden units left out at the rate that each model has."""
    kept = generator.random((UNITS, len(batch.y))) >= rate[:, None, None]
    return Batch(batch.X, batch.y, (kept / (1 - rate[:, None, None]),))


NOISE = LiveAxis("noise", np.array([0.0, 0.4, 2.0]), noisy)
DROPOUT = LiveAxis("drop_rate", np.array([0.0, 0.2, 0.5, 0.8]), dropped)


@pytest.mark.parametrize("axis", [NOISE, DROPOUT], ids=lambda axis: axis.name)
@pytest.mark.parametrize("batch_size", [None, 10])
def test_models_differ_in_an_axis_that_is_no_penalty(axis: LiveAxis, batch_size: int | None) -> None:
    together = sweep(live_axis=axis, batch_size=batch_size)
    grid = (EPOCHS + 1, len(RATIOS), len(ALPHAS), len(axis.values))
    assert together.data_loss.shape == together.penalty.shape == grid
    assert together.weights[0].shape == (*grid, UNITS, 3)
    assert together.diverged.shape == grid[1:]
    assert together.live_axis is not None
    assert together.live_axis.name == axis.name
    np.testing.assert_allclose(together.data_loss, LogLoss().value(problem()[1], together.predict(problem()[0])))
    for v, value in enumerate(axis.values):
        alone = sweep(live_axis=LiveAxis(axis.name, np.array([value]), axis.part), batch_size=batch_size)
        np.testing.assert_allclose(together.parameters[..., v, :], alone.parameters[..., 0, :], rtol=0, atol=1e-12)
    without = sweep(batch_size=batch_size)
    np.testing.assert_allclose(together.parameters[..., 0, :], without.parameters, rtol=0, atol=1e-12)
    apart = np.abs(np.diff(together.parameters[-1], axis=2)).max(axis=-1)
    assert (apart > 1e-3).all(), "each value trains another model"


@pytest.mark.parametrize("axis", [NOISE, DROPOUT], ids=lambda axis: axis.name)
def test_every_step_is_the_gradient_on_what_the_part_returned(axis: LiveAxis) -> None:
    seen: list[Batch] = []

    def remembered(batch: Batch, values: Array, generator: np.random.Generator) -> Batch:
        seen.append(axis.part(batch, values, generator))
        return seen[-1]

    result = sweep(live_axis=LiveAxis(axis.name, axis.values, remembered), alphas=[0], l1_ratios=[0])
    assert len(seen) == EPOCHS
    w = result.parameters[0, 0, 0].copy()
    for epoch, batch in enumerate(seen, 1):
        for v in range(len(w)):
            X = batch.X[v] if batch.X.ndim == 3 else batch.X
            masks = tuple(mask[v] for mask in batch.masks if mask is not None)
            w[v] -= 0.3 * loss_and_gradient(result.architecture, w[v][None], X, batch.y, LogLoss(), masks)[1][0]
        np.testing.assert_allclose(result.parameters[epoch, 0, 0], w, rtol=0, atol=1e-12)


def test_the_draw_depends_on_the_step_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of models, in whatever number, see the same noise."""
    whole = sweep(live_axis=NOISE, batch_size=10)
    monkeypatch.setattr(training, "MAX_CHUNK", 4)
    np.testing.assert_allclose(sweep(live_axis=NOISE, batch_size=10).parameters, whole.parameters, rtol=0, atol=1e-12)
    other = sweep(live_axis=NOISE, batch_size=10, generator=np.random.default_rng(8))
    assert (other.parameters[-1] != whole.parameters[-1]).any()


def test_a_live_axis_in_single_precision() -> None:
    double, single = sweep(live_axis=DROPOUT), sweep(live_axis=DROPOUT, dtype=np.float32)
    assert single.parameters.dtype == np.float32
    np.testing.assert_allclose(single.parameters, double.parameters, rtol=0, atol=1e-4)


def test_a_live_axis_that_can_not_be() -> None:
    for values in ([], [np.nan], [[1.0]], 0.5):
        with pytest.raises(ValueError, match="drop_rate must"):
            sweep(live_axis=LiveAxis("drop_rate", values, dropped))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="alphas x l1_ratios x drop_rate must be at most 200 models, got 204"):
        sweep(live_axis=LiveAxis("drop_rate", np.linspace(0, 0.5, 34), dropped))


# --- Several outputs -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Softmax:
    """D = 1/n sum_i [log sum_k exp(z_ki) - z_(y_i)i]: logits z (..., 3, n), classes y (n,) = 0, 1 or 2."""

    def value(self, y: Array, z: Array) -> Array:
        top = z.max(axis=-2, keepdims=True)
        total = top[..., 0, :] + np.log(np.exp(z - top).sum(axis=-2))
        return np.asarray((total - (z * self.chosen(y)).sum(axis=-2)).mean(axis=-1))

    def gradient(self, y: Array, z: Array) -> Array:
        e = np.exp(z - z.max(axis=-2, keepdims=True))
        return np.asarray((e / e.sum(axis=-2, keepdims=True) - self.chosen(y)) / z.shape[-1])

    def curvature(self, y: Array, z: Array) -> Array:
        raise NotImplementedError

    def accuracy(self, y: Array, z: Array) -> Array | None:
        return np.asarray((z.argmax(axis=-2) == y).mean(axis=-1)) if z.ndim > 1 else np.ones(())

    @staticmethod
    def chosen(y: Array) -> Array:
        return np.asarray(y == np.arange(3.0)[:, None])


def clusters(n: int = 30, seed: int = 0) -> tuple[Array, Array]:
    """Three classes in the corners of a triangle."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3
    return np.array([[0, 2.0], [-2, -1], [2, -1]])[y] + 0.4 * rng.normal(size=(n, 2)), y.astype(float)


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=lambda activation: activation.name)
@pytest.mark.parametrize("hidden", [(), (1,), (4, 3)])
@pytest.mark.parametrize("own_inputs", [False, True])
def test_three_outputs_against_finite_differences(
    activation: Activation, hidden: tuple[int, ...], own_inputs: bool
) -> None:
    architecture, rng = Architecture(2, hidden, activation, n_outputs=3), np.random.default_rng(1)
    X, y = clusters(9)
    if own_inputs:
        X = X + 0.3 * rng.normal(size=(2, 9, 2))
    w = np.stack([architecture.initial(rng) for _ in range(2)])
    _, gradient = loss_and_gradient(architecture, w, X, y, Softmax())
    numeric = np.empty_like(w)
    for j, nudge in enumerate(1e-5 * np.eye(w.shape[1])):
        up, down = (loss_and_gradient(architecture, w + sign * nudge, X, y, Softmax())[0] for sign in (1, -1))
        numeric[:, j] = (up - down) / 2e-5
    np.testing.assert_allclose(gradient, numeric, rtol=1e-6, atol=1e-9)
    if not own_inputs:
        check = gradient_check(architecture, w[0], X, y, Softmax())
        assert check.right
        np.testing.assert_allclose(check.analytic, gradient[0], rtol=1e-12, atol=1e-15)


def test_three_outputs_are_those_of_three_columns() -> None:
    """Without hidden layers each output is a linear model of its own."""
    architecture = Architecture(2, (), n_outputs=3)
    assert architecture.shapes == ((3, 3),)
    W = np.arange(9.0)
    X, _ = clusters(4)
    expected = W.reshape(3, 3) @ np.vstack([X.T, np.ones(4)])
    np.testing.assert_allclose(training.forward(architecture, np.stack([W, 2 * W]), X), [expected, 2 * expected])


@pytest.mark.parametrize("hidden", [(), (6,)])
def test_three_classes_are_learnt(hidden: tuple[int, ...]) -> None:
    X, y = clusters()
    held_out = clusters(12, seed=1)
    result = sweep(
        architecture=Architecture(2, hidden, TANH, n_outputs=3),
        data=(X, y),
        loss=Softmax(),
        optimizer=Adam(0.1),
        epochs=80,
        snapshots=9,
        validation=held_out,
    )
    assert result.predict(X).shape == (9, 2, 3, 3, 30)
    np.testing.assert_allclose(result.data_loss, Softmax().value(y, result.predict(X)), rtol=1e-12)
    np.testing.assert_allclose(result.validation_loss, Softmax().value(held_out[1], result.predict(held_out[0])))
    assert result.accuracy is not None
    assert (result.accuracy[-1, :, :2] == 1).all()
    objective = result.data_loss + result.penalty
    assert (objective[-1] < objective[0] / 1.2).all()


def test_three_outputs_that_explode() -> None:
    X, y = clusters()
    result = sweep(
        architecture=Architecture(2, (4,), n_outputs=3), data=(X, y), loss=Softmax(), optimizer=SGD(1e7), dtype="f4"
    )
    assert (result.diverged[:, 0] >= 0).all()
    assert np.isfinite(result.parameters).all()
    assert np.isfinite(result.data_loss).all()


class Uphill(Softmax):
    """The last output rises without end, the others stay."""

    def gradient(self, y: Array, z: Array) -> Array:
        return np.asarray(np.broadcast_to([[0.0], [0.0], [-1e6 / z.shape[-1]]], z.shape))


def test_one_output_that_explodes_is_enough() -> None:
    architecture, data = Architecture(2, (), n_outputs=3), clusters()
    result = sweep(architecture=architecture, data=data, loss=Uphill(), alphas=[0], l1_ratios=[0], snapshots=2)
    assert 1 < result.diverged[0, 0] < 6, "seen at the step, not when weights are kept"


def test_outputs_that_can_not_be() -> None:
    for n in (0, 33, 1.0, True):
        with pytest.raises(ValueError, match="n_outputs must be a whole number, 1 to 32"):
            Architecture(2, (3,), n_outputs=n)  # type: ignore[arg-type]


# --- Scalars of every epoch ----------------------------------------------------------------------


def norm(models: Models) -> Array:
    return np.asarray(np.linalg.norm(models.parameters, axis=1))


SCALARS = {
    "training": lambda models: models.data_loss(),
    "validation": lambda models: models.validation_loss(),
    "norm": norm,
}


@pytest.mark.parametrize("batch_size", [None, 10])
@pytest.mark.parametrize("axis", [None, NOISE])
def test_scalars_are_those_of_every_epoch(batch_size: int | None, axis: LiveAxis | None) -> None:
    changes = {"validation": problem(9, 1), "batch_size": batch_size, "live_axis": axis}
    every = sweep(**changes)
    few = sweep(**changes, scalars=SCALARS, snapshots=2)
    np.testing.assert_array_equal(few.parameters, every.parameters[[0, -1]], err_msg="noting changes nothing")
    assert every.validation_loss is not None
    for name, kept in (
        ("training", every.data_loss),
        ("validation", every.validation_loss),
        ("norm", np.linalg.norm(every.parameters, axis=-1)),
    ):
        assert few.scalars[name].shape == (*every.diverged.shape, EPOCHS + 1)
        np.testing.assert_allclose(few.scalars[name], np.moveaxis(kept, 0, -1), rtol=1e-12, err_msg=name)
    assert every.scalars == {}


def test_scalars_are_asked_for_once_an_epoch() -> None:
    asked = []
    sweep(scalars={"norm": lambda models: asked.append(len(models.parameters)) or norm(models)}, batch_size=5)
    assert asked == [6] * (EPOCHS + 1), "one stack of six models"


def test_scalars_of_three_outputs_in_single_precision() -> None:
    architecture, data = Architecture(2, (4,), n_outputs=3), clusters()
    result = sweep(architecture=architecture, data=data, loss=Softmax(), scalars=SCALARS, dtype=np.float32)
    assert result.scalars["training"].dtype == np.float32
    np.testing.assert_array_equal(np.moveaxis(result.scalars["training"], -1, 0), result.data_loss)
    assert np.isnan(result.scalars["validation"]).all(), "no such data"


def test_scalars_of_a_stopped_training_end_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "STEPS_AT_ONCE", 1)
    lengths = []

    def until_six(progress: Progress) -> bool:
        so_far = progress.sweep()
        lengths.append(so_far.scalars["norm"].shape[-1] == so_far.completed + 1)
        return progress.epoch < 6  # the weights of the fourth epoch are the last that are kept

    result = sweep(scalars={"norm": norm}, callback=until_six, snapshots=[4, 8])
    assert result.completed == 4
    np.testing.assert_array_equal(result.scalars["norm"][..., -1], np.linalg.norm(result.parameters[-1], axis=-1))
    assert all(lengths)


def test_scalars_of_an_exploded_model_stay_as_its_weights_do() -> None:
    result = sweep(
        loss=SquaredError(),
        optimizer=SGD(4.0),
        scalars={"norm": norm, "training": SCALARS["training"]},
        epochs=60,
        snapshots=[3, 6],
        dtype=np.float32,
    )
    exploded = result.diverged[0, 0]
    assert exploded > 6
    noted, kept = result.scalars["norm"][0, 0], result.parameters[:, 0, 0]
    np.testing.assert_allclose(noted[result.epochs], np.linalg.norm(kept, axis=-1), rtol=1e-6)
    assert (noted[7:] == noted[6]).all()
    assert all(np.isfinite(values).all() for values in result.scalars.values())


def test_scalars_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "MAX_SCALARS", 6 * (EPOCHS + 1))
    sweep(scalars={"norm": norm})
    with pytest.raises(ValueError, match="scalars must be at most 78 numbers in all, got 2"):
        sweep(scalars={"norm": norm, "again": norm})
