"""Is a sweep what it says: every model trained as if alone, from one start, to the optimum, and always finite?"""

from dataclasses import fields
from itertools import product

import numpy as np
import pytest

from regviz.core.linear.grid import fit_grid
from regviz.core.losses import LogLoss, Loss, SquaredError
from regviz.core.nets import training
from regviz.core.nets.mlp import RELU, TANH, Architecture, loss_and_gradient
from regviz.core.nets.optimizers import DECOUPLED, IN_LOSS, OPTIMIZERS, SGD, Adam, AdamW, Momentum, Optimizer
from regviz.core.nets.training import Batch, Progress, TrainingSweep, snapshot_epochs, steps_per_epoch, trace, train
from regviz.core.penalties import ElasticNet

ALPHAS, RATIOS = np.array([0, 1e-3, 0.03, 1]), np.array([0, 0.4, 1])


def problem(n: int = 40, n_inputs: int = 2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, n_inputs))
    return X, (X.prod(axis=1) > 0).astype(float)


def sweep(**changes: object) -> TrainingSweep:
    """A small training with some arguments changed."""
    X, y = problem()
    options: dict = {
        "architecture": Architecture(2, (5, 4)),
        "X": X,
        "y": y,
        "alphas": ALPHAS,
        "l1_ratios": RATIOS,
        "loss": LogLoss(),
        "optimizer": Adam(0.02),
        "epochs": 30,
        "generator": np.random.default_rng(7),
        "snapshots": 6,
        "dtype": np.float64,
    } | changes
    positional = [options.pop(name) for name in ("architecture", "X", "y", "alphas", "l1_ratios")]
    return train(*positional, **options)


def arrays(result: TrainingSweep) -> dict[str, np.ndarray]:
    values = {field.name: getattr(result, field.name) for field in fields(result)}
    return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}


def assert_same(one: TrainingSweep, other: TrainingSweep) -> None:
    for name, value in arrays(one).items():
        np.testing.assert_array_equal(value, arrays(other)[name], err_msg=name)


# --- What is in a sweep --------------------------------------------------------------------------


@pytest.mark.parametrize("loss", [SquaredError(), LogLoss()])
def test_every_record_is_that_of_its_weights(loss: Loss) -> None:
    X, y = problem()
    held_out = problem(seed=1, n=23)
    result = sweep(loss=loss, validation=held_out)
    grid = (*result.epochs.shape, len(RATIOS), len(ALPHAS))
    assert result.epochs.tolist() == snapshot_epochs(30, 6).tolist()
    assert result.completed == 30
    assert [layer.shape for layer in result.weights] == [(*grid, 5, 3), (*grid, 4, 6), (*grid, 1, 5)]
    np.testing.assert_allclose(result.data_loss, loss.value(y, result.predict(X)), rtol=1e-12)
    np.testing.assert_allclose(result.validation_loss, loss.value(held_out[1], result.predict(held_out[0])), rtol=1e-12)
    if isinstance(loss, LogLoss):
        np.testing.assert_array_equal(result.accuracy, loss.accuracy(y, result.predict(X)))
        right = loss.accuracy(held_out[1], result.predict(held_out[0]))
        np.testing.assert_array_equal(result.validation_accuracy, right)
    else:
        assert result.accuracy is None
        assert result.validation_accuracy is None
    for e, r, a in np.ndindex(grid):
        weights = np.concatenate([layer[e, r, a, :, :-1].ravel() for layer in result.weights])
        assert result.penalty[e, r, a] == pytest.approx(ALPHAS[a] * ElasticNet(RATIOS[r]).value(weights), rel=1e-12)
        _, gradient = loss_and_gradient(result.architecture, result.parameters[e, r, a][None], X, y, loss)
        norms = [np.linalg.norm(gradient[0, layer]) for layer in result.architecture.slices]
        np.testing.assert_allclose(result.gradient_norm[e, r, a], norms, rtol=1e-9)
    assert sweep().validation_loss is None


def test_the_objective_falls() -> None:
    result = sweep(epochs=300)
    objective = result.data_loss + result.penalty
    assert (objective[-1] < objective[0]).all()
    assert (np.diff(result.data_loss[-1], axis=1) > -1e-9).all()  # a stronger penalty fits the data less


@pytest.mark.parametrize("epochs", [1, 2, 5, 30, 1000, 5000])
@pytest.mark.parametrize("count", [2, 3, 24, 120])
def test_kept_epochs_rise_from_start_to_end(epochs: int, count: int) -> None:
    kept = snapshot_epochs(epochs, count)
    assert len(kept) == min(count, epochs + 1)
    assert (kept[0], kept[-1]) == (0, epochs)
    assert (np.diff(kept) > 0).all()
    assert (np.diff(kept, 2) >= -1).all()  # wider and wider, but for rounding


def test_kept_epochs_can_be_named() -> None:
    assert sweep(snapshots=[3, 17]).epochs.tolist() == [0, 3, 17, 30]
    everything, some = sweep(snapshots=range(31)), sweep(snapshots=[4, 25])
    np.testing.assert_array_equal(everything.parameters[[0, 4, 25, 30]], some.parameters)


# --- One batch of models is many trainings -------------------------------------------------------


@pytest.mark.parametrize("optimizer", [SGD(0.3), Momentum(0.1), Adam(0.02), AdamW(0.02)])
@pytest.mark.parametrize("batch_size", [None, 16])
def test_together_is_as_alone(optimizer: Optimizer, batch_size: int | None) -> None:
    changes = {"optimizer": optimizer, "batch_size": batch_size, "architecture": Architecture(2, (5, 4), RELU)}
    together = sweep(**changes)
    for (r, rho), (a, alpha) in product(enumerate(RATIOS), enumerate(ALPHAS)):
        alone = sweep(**changes, alphas=[alpha], l1_ratios=[rho], generator=np.random.default_rng(7))
        np.testing.assert_allclose(together.parameters[:, r, a], alone.parameters[:, 0, 0], rtol=0, atol=1e-12)


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sweep(batch_size=16)
    monkeypatch.setattr(training, "MAX_CHUNK", 7)
    assert [run.stop - run.start for run in training._split(12, 7)] == [6, 6]
    assert [run.stop - run.start for run in training._split(13, 5)] == [4, 5, 4]
    parts = sweep(batch_size=16)
    for name, value in arrays(whole).items():
        np.testing.assert_allclose(value, arrays(parts)[name], rtol=0, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_same_seed_gives_the_same_sweep_bit_for_bit(dtype: type) -> None:
    changes = {"dtype": dtype, "batch_size": 16, "validation": problem(seed=1)}
    assert_same(sweep(**changes), sweep(**changes))
    other = sweep(**changes, generator=np.random.default_rng(8))
    assert (other.parameters[0] != sweep(**changes).parameters[0]).all()
    assert sweep(**changes).parameters.dtype == dtype


def test_single_precision_is_near_double() -> None:
    single, double = sweep(dtype=np.float32), sweep()
    np.testing.assert_allclose(single.parameters[0], double.parameters[0], rtol=1e-6)
    np.testing.assert_allclose(single.data_loss, double.data_loss, rtol=1e-3)


def test_moving_lambda_leaves_data_order_and_initial_weights() -> None:
    """No penalty, another penalty: the same start, and the same batches in the same order."""
    seen: list[list[np.ndarray]] = []

    def watch(batch: Batch, generator: np.random.Generator) -> Batch:
        seen[-1].append(np.column_stack([batch.X, batch.y]))
        return batch

    results = []
    for alphas, ratios in (([0.0], [1.0]), (ALPHAS, RATIOS), ([0.0, 5.0], [0.0])):
        seen.append([])
        results.append(sweep(alphas=alphas, l1_ratios=ratios, batch_size=16, parts=[watch]))
    for result, batches in zip(results, seen, strict=True):
        start = result.parameters[0]
        np.testing.assert_array_equal(start, np.broadcast_to(results[0].parameters[0, 0, 0], start.shape))
        np.testing.assert_array_equal(np.concatenate(batches), np.concatenate(seen[0]))
        # without a penalty all the same, whatever stands beside it in the batch
        np.testing.assert_allclose(result.parameters[:, 0, 0], results[0].parameters[:, 0, 0], rtol=0, atol=1e-12)
    X, y = problem()
    epoch = np.concatenate(seen[0][:3])  # 16 + 16 + 8 of 40: every observation once, in another order
    np.testing.assert_array_equal(np.sort(epoch, axis=0), np.sort(np.column_stack([X, y]), axis=0))
    assert (epoch != np.concatenate(seen[0][3:6])).any()


def test_the_scale_multiplies_one_draw() -> None:
    np.testing.assert_allclose(sweep(scale=3.0).parameters[0], 3 * sweep().parameters[0], rtol=1e-14)


def test_a_batch_as_large_as_the_data_is_all_the_data() -> None:
    assert_same(sweep(batch_size=40), sweep(batch_size=None))
    assert_same(sweep(batch_size=1000), sweep(batch_size=None))
    assert [steps_per_epoch(40, size) for size in (None, 40, 16, 1)] == [1, 1, 3, 40]


# --- Parts ---------------------------------------------------------------------------------------


def test_a_part_changes_batches_and_nothing_else() -> None:
    def noise(batch: Batch, generator: np.random.Generator) -> Batch:
        return Batch(batch.X + generator.normal(size=batch.X.shape), batch.y, batch.masks)

    def drop(batch: Batch, generator: np.random.Generator) -> Batch:
        masks = tuple((generator.random((units, len(batch.y))) < 0.5) * 2.0 for units in (5, 4))
        return Batch(batch.X, batch.y, masks)

    def off(batch: Batch, generator: np.random.Generator) -> Batch:
        return Batch(batch.X, batch.y, (np.zeros((5, len(batch.y))), np.zeros((4, len(batch.y)))))

    plain, X = sweep(), problem()[0]
    for part in (noise, drop):
        changed = sweep(parts=[part])
        np.testing.assert_array_equal(changed.parameters[0], plain.parameters[0])
        assert np.abs(changed.parameters[-1, 0, 0] - plain.parameters[-1, 0, 0]).max() > 0.01
        np.testing.assert_allclose(changed.data_loss, LogLoss().value(problem()[1], changed.predict(X)), rtol=1e-12)
        assert_same(changed, sweep(parts=[part]))
    # a part draws from a stream of its own: the order of the mini-batches is as without it
    orders: list[list[np.ndarray]] = [[], []]
    for order, parts in zip(orders, ([], [noise, drop]), strict=True):

        def watch(batch: Batch, generator: np.random.Generator, order: list[np.ndarray] = order) -> Batch:
            order.append(batch.y)
            return batch

        sweep(parts=[*parts, watch], batch_size=16)
    np.testing.assert_array_equal(np.concatenate(orders[0]), np.concatenate(orders[1]))
    # with every unit off only the output's bias learns
    silent = sweep(parts=[off], alphas=[0.0], l1_ratios=[1.0])
    moved = silent.parameters[-1] != silent.parameters[0]
    assert np.flatnonzero(moved).tolist() == [silent.architecture.n_parameters - 1]


# --- To the optimum ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "optimizer",
    [SGD(0.5), SGD(0.5, IN_LOSS), SGD(0.5, DECOUPLED), Momentum(0.1), Momentum(0.1, IN_LOSS), Adam(0.01)],
    ids=lambda optimizer: f"{optimizer.label} {optimizer.decay.name}",
)
def test_a_linear_network_reaches_the_exact_elastic_net(optimizer: Optimizer) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 6))
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    y = X @ [1, -2, 0, 0, 0.5, 0] + 0.3 * rng.normal(size=40)
    alphas, ratios = [0, 0.003, 0.03, 0.1, 0.3, 1], [0, 0.3, 0.7, 1]
    exact = fit_grid(X, y, alphas, ratios)
    result = sweep(
        architecture=Architecture(6, ()),
        X=X,
        y=y,
        alphas=alphas,
        l1_ratios=ratios,
        loss=SquaredError(),
        optimizer=optimizer,
        epochs=3000,
        snapshots=2,
    )
    coef, bias = result.weights[0][-1, :, :, 0, :-1], result.weights[0][-1, :, :, 0, -1]
    np.testing.assert_allclose(coef, exact.coef, rtol=0, atol=1e-6)
    np.testing.assert_allclose(bias, exact.intercept, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(coef == 0, exact.coef == 0)
    assert (coef == 0).any()


def test_l2_in_the_loss_is_weight_decay_under_sgd_and_not_under_adam() -> None:
    changes = {"l1_ratios": [0.0], "snapshots": range(31), "epochs": 30}
    in_loss, decoupled = (sweep(**changes, optimizer=SGD(0.3, decay)) for decay in (IN_LOSS, DECOUPLED))
    assert 0 <= np.abs(in_loss.parameters - decoupled.parameters).max() <= 1e-10
    adam, adamw = (sweep(**changes, optimizer=kind) for kind in (Adam(0.02, IN_LOSS), AdamW(0.02, DECOUPLED)))
    assert np.abs(adam.parameters - adamw.parameters)[-1, 0, -1].max() > 0.1
    np.testing.assert_array_equal(adam.parameters[:, 0, 0], adamw.parameters[:, 0, 0])  # lambda = 0


def test_the_penalty_may_take_the_biases_too() -> None:
    plain, with_biases = sweep(epochs=300), sweep(epochs=300, penalise_biases=True)
    np.testing.assert_array_equal(plain.parameters[0], with_biases.parameters[0])
    np.testing.assert_array_equal(plain.parameters[:, :, 0], with_biases.parameters[:, :, 0])  # lambda = 0
    np.testing.assert_array_equal(plain.data_loss[0], with_biases.data_loss[0])
    biases = ~plain.architecture.is_weight
    strongest = with_biases.parameters[-1, 2, -1]
    assert not strongest.any()  # at alpha 1 the lasso takes all, and the output's bias with it
    assert plain.parameters[-1, 2, -1][biases].any()
    assert not plain.parameters[-1, 2, -1][~biases].any()
    for e, r, a in np.ndindex(plain.penalty.shape):
        w = with_biases.parameters[e, r, a]
        assert with_biases.penalty[e, r, a] == pytest.approx(ALPHAS[a] * ElasticNet(RATIOS[r]).value(w), rel=1e-12)


# --- Always finite -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
@pytest.mark.parametrize("loss", [SquaredError(), LogLoss()])
@pytest.mark.parametrize("activation", [TANH, RELU])
@pytest.mark.parametrize(("hidden", "scale"), [((1,), 1.0), ((32, 32, 32), 1.0), ((4, 4, 4), 10.0), ((3,), 0.0)])
@pytest.mark.parametrize("learning_rate", [1e-3, 10.0])
def test_extremes_are_finite(
    kind: type[Optimizer], loss: Loss, activation: object, hidden: tuple[int, ...], scale: float, learning_rate: float
) -> None:
    X, y = problem(n=4)
    result = sweep(
        architecture=Architecture(2, hidden, activation),
        X=3 * X,
        y=y,
        validation=(100 * X, 1 - y),
        alphas=[0, 1e-6, 1, 1e3],
        loss=loss,
        optimizer=kind(learning_rate),
        scale=scale,
        batch_size=3,
        epochs=40,
        dtype=np.float32,
    )
    for name, value in arrays(result).items():
        assert np.isfinite(value).all(), name
    assert np.isfinite(result.predict(10 * X)).all()
    assert ((result.diverged == -1) | ((result.diverged > 0) & (result.diverged <= 40))).all()
    if learning_rate < 1 and scale <= 1:
        assert (result.diverged == -1).all()


@pytest.mark.parametrize("kind", [SGD, Momentum])
def test_a_model_that_explodes_is_told_and_stays_as_it_was(kind: type[Optimizer]) -> None:
    changes = {
        "architecture": Architecture(2, ()),
        "X": 3 * problem()[0],
        "optimizer": kind(1.0),
        "loss": SquaredError(),
        "alphas": [0, 1e3],
        "l1_ratios": [0.0],
    }
    result = sweep(**changes, snapshots=range(31))
    assert 0 < result.diverged[0, 0] < 20
    assert result.diverged[0, 1] == -1  # the strong penalty holds the weights
    last = result.diverged[0, 0]
    for name in ("parameters", "data_loss", "penalty", "gradient_norm"):
        value = getattr(result, name)[:, 0, 0]
        assert np.isfinite(value).all()
        np.testing.assert_array_equal(value[last:], np.broadcast_to(value[last - 1], value[last:].shape))
    assert np.abs(np.diff(result.parameters[:last, 0, 0], axis=0)).max(axis=1).all()
    # seen at once, not at the next kept epoch
    assert abs(sweep(**changes, snapshots=2).diverged[0, 0] - last) <= 1


def test_strong_l2_in_the_loss_explodes_where_the_proximal_step_does_not() -> None:
    changes = {"optimizer": SGD(0.1, IN_LOSS), "alphas": [0, 1, 30], "l1_ratios": [0.0]}
    assert (sweep(**changes).diverged >= 0).tolist() == [[False, False, True]]
    assert (sweep(**changes | {"optimizer": SGD(0.1)}).diverged == -1).all()


# --- While it runs -------------------------------------------------------------------------------


def test_the_callback_sees_every_model_advance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "MAX_CHUNK", 5)
    seen: list[tuple[int, TrainingSweep]] = []

    def watch(progress: Progress) -> bool:
        assert progress.epochs == 100
        seen.append((progress.epoch, progress.sweep()))
        return True

    whole = sweep(epochs=100, snapshots=9, callback=watch)
    epochs = [epoch for epoch, _ in seen]
    assert epochs == sorted({*range(0, 100, 20), *whole.epochs.tolist()})
    assert_same(whole, sweep(epochs=100, snapshots=9))
    for epoch, partial in seen:
        assert partial.completed == whole.epochs[whole.epochs <= epoch][-1]
        for name, value in arrays(partial).items():
            axis = 0 if name not in ("alphas", "l1_ratios", "diverged") else None
            expected = arrays(whole)[name]
            np.testing.assert_array_equal(value, expected if axis is None else expected[: len(partial.epochs)])


def test_a_stopped_training_keeps_what_it_has() -> None:
    whole = sweep(epochs=100, snapshots=9)
    part = sweep(epochs=100, snapshots=9, callback=lambda progress: progress.epoch < 40)
    assert part.completed == part.epochs[-1] == 39
    np.testing.assert_array_equal(part.epochs, whole.epochs[: len(part.epochs)])
    np.testing.assert_array_equal(part.parameters, whole.parameters[: len(part.epochs)])
    assert part.predict(problem()[0]).shape == (len(part.epochs), 3, 4, 40)
    at_once = sweep(callback=lambda progress: False)
    assert at_once.completed == 0
    assert at_once.epochs.tolist() == [0]


# --- Step by step --------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", [SGD(0.3, IN_LOSS), SGD(0.3, DECOUPLED), Momentum(0.1), Adam(0.02), AdamW(0.02)])
def test_a_trace_makes_the_steps_of_a_training(optimizer: Optimizer) -> None:
    X, y = problem()
    options: dict = {"loss": LogLoss(), "optimizer": optimizer, "batch_size": 16}
    terms = trace(Architecture(2, (5, 4)), X, y, 0.03, 0.4, **options, steps=90, generator=np.random.default_rng(7))
    result = sweep(**options, alphas=[0.03], l1_ratios=[0.4], snapshots=range(31))
    assert terms.w.shape == (90, result.architecture.n_parameters)
    np.testing.assert_allclose(terms.w[::3], result.parameters[:-1, 0, 0], rtol=0, atol=1e-12)
    np.testing.assert_array_equal(terms.w[1:], terms.new[:-1])
    np.testing.assert_allclose(terms.w + terms.data_step + terms.decay_step, terms.new, rtol=0, atol=1e-14)


def test_a_trace_goes_on_where_adam_has_no_gradient() -> None:
    """Where nothing is learnt the rate is learning_rate / epsilon, which is large and right."""
    X, y = problem()
    options: dict = {"loss": LogLoss(), "optimizer": Adam(1.0), "scale": 0.0, "generator": np.random.default_rng(0)}
    terms = trace(Architecture(2, (3,)), X, y, 0.1, 0.5, **options, steps=20)
    assert len(terms.rate) == 20
    assert terms.rate.max() > 1e7


def test_a_trace_ends_where_the_model_explodes() -> None:
    X, y = problem()
    terms = trace(
        Architecture(2, ()),
        X,
        y,
        30,
        0.0,
        loss=SquaredError(),
        optimizer=SGD(0.1, IN_LOSS),
        steps=500,
        generator=np.random.default_rng(0),
    )
    assert 5 < len(terms.w) < 100
    assert all(np.isfinite(getattr(terms, field.name)).all() for field in fields(terms))


# --- Bounds --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epochs": 0}, "epochs must be a whole number, 1 to 5000, got 0"),
        ({"epochs": 5001}, "epochs must be a whole number, 1 to 5000, got 5001"),
        ({"batch_size": 0}, "batch_size must be a whole number, 1 or more, got 0"),
        ({"batch_size": 1, "epochs": 5000, "X": np.ones((60, 2)), "y": np.ones(60)}, "steps an epoch must be at most"),
        ({"alphas": np.ones(67)}, "l1_ratios must be at most 200 models, got 201"),
        ({"alphas": [-1.0]}, "alphas must be 0 to 1e"),
        ({"alphas": [np.nan]}, "alphas must be 0 to 1e"),
        ({"alphas": []}, "alphas must be one-dimensional and not empty"),
        ({"l1_ratios": [1.5]}, "l1_ratios must be 0 to 1, got 1.5"),
        ({"scale": 11.0}, "scale must be 0 to 10, got 11"),
        ({"X": np.ones((3, 1))}, r"X must be \(n, 2\), got shape \(3, 1\)"),
        ({"y": np.ones(3)}, r"y must have shape \(40,\)"),
        ({"X": np.full((40, 2), np.inf)}, "X must be finite and at most 10000 in size"),
        ({"y": np.full(40, np.nan)}, "y must be finite"),
        ({"validation": (np.ones((3, 1)), np.ones(3))}, "validation X must be"),
        ({"snapshots": [31]}, "snapshots must be 0 to 30, got 0 to 31"),
        ({"snapshots": 1}, "count must be a whole number, 2 or more, got 1"),
        ({"epochs": 30.0}, "epochs must be a whole number, 1 to 5000, got 30.0"),
        ({"epochs": 2.5}, "epochs must be a whole number, 1 to 5000, got 2.5"),
        ({"epochs": np.nan}, "epochs must be a whole number, 1 to 5000, got nan"),
        ({"epochs": True}, "epochs must be a whole number, 1 to 5000, got True"),
        ({"epochs": "30"}, "epochs must be a whole number"),
        ({"batch_size": 2.5}, "batch_size must be a whole number, 1 or more, got 2.5"),
        ({"batch_size": 16.0}, "batch_size must be a whole number, 1 or more"),
        ({"batch_size": True}, "batch_size must be a whole number, 1 or more"),
        ({"batch_size": np.nan}, "batch_size must be a whole number, 1 or more"),
        ({"scale": np.nan}, "scale must be 0 to 10, got nan"),
        ({"scale": True}, "scale must be real numbers, got True"),
        ({"scale": "1"}, "scale must be real numbers, got "),
        ({"snapshots": 2.5}, "count must be a whole number, 2 or more, got 2.5"),
        ({"snapshots": [3.5]}, "snapshots must be whole numbers, 0 to 30, got 3.5"),
        ({"snapshots": [True]}, "snapshots must be whole numbers"),
        ({"X": np.ones((40, 2)) * 1j}, "X must be real numbers, got "),
        ({"y": ["1"] * 40}, "y must be real numbers, got "),
    ],
)
def test_values_out_of_range_are_named(changes: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sweep(**changes)


def test_steps_of_a_trace_are_whole_and_small_integers_do_not_overflow() -> None:
    X, y = problem()
    options: dict = {"loss": LogLoss(), "optimizer": SGD(0.1), "generator": np.random.default_rng(0)}
    for steps in (2.0, 2.5, np.nan, True):
        with pytest.raises(ValueError, match=f"steps must be a whole number, 1 to 5000, got {steps}"):
            trace(Architecture(2, (3,)), X, y, 0.1, 0.5, **options, steps=steps)
    assert_same(sweep(epochs=np.int8(30), batch_size=np.int8(16), snapshots=np.int8(6)), sweep(batch_size=16))


def test_too_much_to_keep_or_to_do_is_refused() -> None:
    with pytest.raises(ValueError, match=r"parameters must be at most 1e\+12"):
        sweep(
            architecture=Architecture(2, (32, 32, 32)),
            X=np.ones((1000, 2)),
            y=np.ones(1000),
            epochs=5000,
            alphas=np.ones(66),
        )
    with pytest.raises(ValueError, match="snapshots must be at most"):
        sweep(architecture=Architecture(2, (32, 32, 32)), epochs=5000, snapshots=5001)
