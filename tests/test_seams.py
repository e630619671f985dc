"""Can what the next pages need be put in by one value? Each seam with a toy that no page has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pytest
from numpy.typing import ArrayLike
from sklearn.model_selection import KFold

from regviz.core import Array
from regviz.core.data.features import Standardizer
from regviz.core.linear.grid import LinearGrid
from regviz.core.linear.regression import Regression
from regviz.core.linear.robust import absolute_delta, fit_absolute, huber_alpha_max
from regviz.core.linear.selection import one_standard_error
from regviz.fits.compare import compare
from regviz.fits.penalties import PENALTIES, Entry, elastic_net
from regviz.fits.task import L1_RATIOS, Task, posed
from regviz.live.board import Board, payload
from regviz.scenes.choosing.board import board as choosing_board
from regviz.scenes.choosing.board import vault_words
from regviz.scenes.choosing.sweep import Choosing, Opened, choosing
from regviz.scenes.compare.board import board as compare_board
from regviz.scenes.paths.board import board as paths_board
from regviz.scenes.paths.sweep import paths
from regviz.scenes.variance.board import board as variance_board
from regviz.scenes.variance.sweep import variance
from regviz.settings import Settings
from tests.test_live import sound

# -- a loss other than squared error


@dataclass(frozen=True)
class AbsoluteError:
    """D = 1/n sum_i |y_i - prediction_i|."""

    error_name: str = "mean absolute error"
    adds_variance: bool = False

    def value(self, y: ArrayLike, prediction: ArrayLike) -> Array:
        return np.asarray(np.abs(np.asarray(y) - prediction).mean(axis=-1))

    error = value

    def reported(self, error: ArrayLike) -> Array:
        return np.asarray(error)

    objective = reported

    def gradient(self, y: ArrayLike, prediction: ArrayLike) -> Array:
        return np.asarray(np.sign(np.asarray(prediction) - y) / np.shape(y)[-1])

    def curvature(self, y: ArrayLike, prediction: ArrayLike) -> Array:
        return np.zeros(np.broadcast_shapes(np.shape(y), np.shape(prediction)))

    def accuracy(self, y: ArrayLike, prediction: ArrayLike) -> None:
        return


def _fits(problems: object, alphas: ArrayLike, l1_ratios: ArrayLike) -> list[LinearGrid]:
    """Least absolute deviations; alphas (n_alphas,) or a table, whose rows are solved one by one if they differ."""
    alphas, l1_ratios = np.asarray(alphas), np.asarray(l1_ratios)
    grids = []
    for X, y in problems:  # type: ignore[attr-defined]
        whole = alphas.ndim == 1 or bool((alphas == alphas[0]).all())
        parts = [(alphas.reshape(-1, alphas.shape[-1])[0], l1_ratios)]
        if not whole:
            parts = [(row, l1_ratios[r : r + 1]) for r, row in enumerate(alphas)]
        rows = [fit_absolute(X, y[np.newaxis], *part) for part in parts]
        coef, intercept, kkt = (np.concatenate([row[k][0] for row in rows]) for k in range(3))
        grids.append(LinearGrid(alphas, l1_ratios, coef, intercept, kkt))
    return grids


def _alpha_max(X: ArrayLike, y: ArrayLike, l1_ratio: float) -> float:
    Y = np.asarray(y)[np.newaxis]
    delta = absolute_delta(Y)
    return float(huber_alpha_max(X, Y, delta)[0] / delta / l1_ratio)


ABSOLUTE = Regression(AbsoluteError(), _fits, _alpha_max)
SMALL = Settings(degree=3, n_samples=20, n_splits=3)


@pytest.fixture(scope="module")
def absolute() -> Iterator[Choosing]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("regviz.scenes.choosing.sweep.MAX_DEGREE", SMALL.degree)
        yield choosing(SMALL, regression=ABSOLUTE)


def test_another_loss_has_its_own_task_fits_and_errors() -> None:
    task = posed(SMALL, regression=ABSOLUTE)
    assert task is not posed(SMALL)
    found = compare(SMALL, regression=ABSOLUTE)
    assert found.task is task
    assert found.grid.kkt.max() < 1e-4
    assert not found.grid.coef[-1, -1].any(), "the slider reaches to where the lasso of this loss is empty"
    for rows, told in ((found.train, found.train_error), (found.validation, found.validation_error)):
        X = task.scaler.transform(task.raw[rows])
        predicted = found.grid.coef @ X.T + found.grid.intercept[..., np.newaxis]
        np.testing.assert_allclose(told, np.abs(found.data.y[rows] - predicted).mean(axis=-1), rtol=1e-12)
    np.testing.assert_array_equal(found.data_loss, found.train_error)
    # No other fit nearby has less of what is minimised.
    total = found.data_loss + found.penalty
    squared = compare(SMALL)
    for r, a in ((0, 20), (5, 50), (10, 80)):
        alpha, rho, w = found.strengths[a], L1_RATIOS[r], found.grid.coef[r, a]
        for other in (squared.grid.coef[r, a], w * 1.01, w + 0.01):
            b = np.median(task.y - task.X @ other)
            penalty = rho * np.abs(other).sum() + (1 - rho) / 2 * np.square(other).sum()
            value = np.abs(task.y - task.X @ other - b).mean() + alpha * penalty
            assert total[r, a] <= value + 1e-9
    assert np.isnan(found.expected_error).all(), "what noise adds to it is not known, and not told"
    with pytest.raises(ValueError, match="match must be one of alpha, cv, got df"):
        compare(replace(SMALL, match="df"), regression=ABSOLUTE)


def test_another_loss_is_cross_validated_and_chosen_by(absolute: Choosing) -> None:
    found, task = absolute, absolute.sweep.task
    split = KFold(SMALL.n_splits, shuffle=True, random_state=SMALL.random_state).split(task.y)
    raw, stops = task.raw[task.train], np.array([20, 60])
    for fold, (train, held_out) in zip(found.folds, split, strict=True):
        scaler = Standardizer.fit(raw[train])
        grid = _fits([(scaler.transform(raw[train]), task.y[train])], task.alphas[stops], L1_RATIOS)[0]
        predicted = grid.coef @ scaler.transform(raw[held_out]).T + grid.intercept[..., np.newaxis]
        expected = np.abs(task.y[held_out] - predicted).mean(axis=-1)
        np.testing.assert_allclose(fold[:, stops], expected, rtol=1e-4)
    chosen = one_standard_error(found.folds, found.sweep.strengths)
    np.testing.assert_array_equal(chosen.one_se, found.choice.one_se)
    assert found.by_degree is not None
    np.testing.assert_allclose(found.by_degree.train[..., -1], found.sweep.train_error, rtol=1e-9)


def test_the_page_says_which_errors_they_are(absolute: Choosing) -> None:
    squared = choosing(SMALL)
    for found, name, other in ((squared, "root mean squared", "absolute"), (absolute, "mean absolute", "squared")):
        for board in (compare_board(found.sweep), choosing_board(found)):
            told = str(payload(board)["spec"])
            assert f"{name} error".capitalize() in told
            assert f"{other} error" not in told
    assert "{l1_df}" not in str(payload(compare_board(absolute.sweep))["spec"]), "nothing is told that is not known"
    assert "Of this loss there is no constraint picture." in str(payload(compare_board(absolute.sweep))["spec"])
    mae = Opened(9, 0.1, 0.5, (1.0, 1.0, 1.0), ABSOLUTE.loss.error_name)
    assert vault_words([mae]).startswith("Mean absolute error on 9 test rows.")
    board = choosing_board(absolute)
    index = board.index({})
    drawn = next(figure for figure in board.figures if figure.name == "errors_l1").at(board, index)
    cv = next(trace for trace in drawn["data"] if "cross-validation" in trace["name"])
    np.testing.assert_allclose(cv["y"], absolute.folds.mean(axis=0)[-1], rtol=1e-6)


# -- a penalty as one entry


@dataclass(frozen=True)
class Count:
    """P(w) = number of weights that are not zero: not convex, and with no row among the L1 ratios."""

    def value(self, coef: ArrayLike) -> Array:
        return np.asarray((np.asarray(coef) != 0).sum(axis=-1, dtype=float))

    def fit(self, task: Task, alphas: Array) -> LinearGrid:
        """Least squares on every subset of the columns, and the subset of least D + alpha P."""
        X, y = task.X - task.X.mean(axis=0), task.y - task.y.mean()
        subsets = [np.flatnonzero(chosen) for chosen in product((0, 1), repeat=X.shape[1])]
        fits = np.zeros((len(subsets), X.shape[1]))
        for w, subset in zip(fits, subsets, strict=True):
            w[subset] = np.linalg.lstsq(X[:, subset], y, rcond=None)[0]
        loss = np.square(y - fits @ X.T).mean(axis=-1) / 2
        coef = fits[(loss + alphas[:, np.newaxis] * self.value(fits)).argmin(axis=1)]
        intercept = task.y.mean() - coef @ task.X.mean(axis=0)
        return LinearGrid(
            alphas, np.array([np.nan]), coef[np.newaxis], intercept[np.newaxis], np.zeros((1, len(alphas)))
        )


def _drawn(board: Board, name: str, index: dict[str, int]) -> dict[str, dict]:
    figure = next(figure for figure in board.figures if figure.name == name).at(board, index)
    return {trace["name"]: trace for trace in figure["data"]}


@pytest.mark.parametrize("data", ["sine", "diabetes"])
def test_a_ratio_between_the_stops_is_one_entry(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PENALTIES, "quarter", elastic_net("Quarter", "A quarter of L1", "s3", 0.25))
    settings = replace(SMALL, data=data, random_state=3)
    found = compare(settings)
    board = compare_board(found)
    assert board.columns == 4
    sound(board)
    index = board.index({}) | {"alpha": 40}
    task = found.task
    grid = task.regression.fit([(task.X, task.y)], found.strengths[[40]], [0.25])[0]
    weights = _drawn(board, "weights_quarter", index)["Quarter weights"]
    np.testing.assert_allclose(weights["customdata"], grid.coef[0, 0], rtol=1e-6, atol=1e-9)
    assert "$s3" in str(payload(board)["spec"])
    told = board.say("{quarter_zeros} {quarter_train} {quarter_df}", index).split()
    assert float(told[0]) == (grid.coef == 0).sum()
    assert float(told[1]) == pytest.approx(task.errors(grid).train[0, 0], rel=0.01)
    assert float(told[2]) < len(found.names)
    assert "quarter {quarter_zeros} of {p}" in board.summary
    assert {f"{name}_l1" for name in ("fit", "weights")} <= {figure.name for figure in board.figures}


def test_a_ratio_of_the_slider_stands_on_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PENALTIES, "some", elastic_net("Some", "Some L1", "s5", 0.3))
    assert PENALTIES["some"].row == 3
    monkeypatch.setattr("regviz.scenes.variance.sweep.RESAMPLES", 10)
    boards = [
        compare_board(compare(SMALL)),
        compare_board(compare(replace(SMALL, match="df"))),
        choosing_board(choosing(SMALL)),
        paths_board(paths(SMALL)),
        variance_board(variance(SMALL)),
    ]
    for board in boards:
        assert board.columns == 4
        sound(board)
        assert {figure.column for figure in board.figures if figure.name.endswith("_some")} == {3}
    titles = [readout.title for readout in boards[3].readouts if readout.column == 3]
    assert titles[0] == "Some L1"
    assert titles[1] == "Some: largest λ at which it is in"
    at = [boards[0].index({}) | {"l1_ratio": stop} for stop in (7, 3)]  # it stays where the slider goes
    one, other = (
        _drawn(boards[0], f"weights_{key}", index)[f"{PENALTIES[key].short} weights"]
        for key, index in zip(("some", "mix"), at, strict=True)
    )
    np.testing.assert_array_equal(one["customdata"], other["customdata"])


def test_a_penalty_with_its_own_fit_is_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PENALTIES, "count", Entry("Count", "Best subset", "s6", penalty=Count(), fit=Count().fit))
    found = compare(SMALL)
    board = compare_board(found)
    sound(board)
    index = board.index({}) | {"alpha": 45}
    alpha, task = found.strengths[45], found.task
    w = np.asarray(_drawn(board, "weights_count", index)["Count weights"]["customdata"])
    assert 0 < (w == 0).sum() < len(w)
    residual = task.y - task.y.mean() - (task.X - task.X.mean(axis=0)) @ w
    drawn = _drawn(board, "loss_count", index)
    assert drawn["data loss"]["x"][0] == pytest.approx(np.square(residual).mean() / 2, rel=1e-5)
    assert drawn["data loss + λ · penalty"]["x"][0] == pytest.approx(
        np.square(residual).mean() / 2 + alpha * (w != 0).sum(), rel=1e-5
    )
    names = [figure.name for figure in board.figures if figure.column == 3]
    assert "constraint_count" not in names, "it has no ball that could be drawn"
    rows = next(readout for readout in board.readouts if readout.name == "numbers_count").rows
    assert "Degrees of freedom" not in [row[0] for row in rows]
    followed = compare(replace(SMALL, match="df"))
    assert compare_board(followed).columns == 3, "it is matched to no other"
    for other in (choosing_board(choosing(SMALL)), paths_board(paths(SMALL))):
        assert other.columns == 3


def test_without_the_entry_nothing_of_it_is_left() -> None:
    assert list(PENALTIES) == ["l1", "mix", "l2"]
    assert compare(SMALL).own == {}
    assert compare_board(compare(SMALL)).columns == 3
