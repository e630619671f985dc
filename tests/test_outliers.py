"""Does the loss and not the penalty decide how far an outlier moves a fit, and is every fit solved?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from regviz.core.linear.grid import alpha_max, fit_grid
from regviz.core.linear.robust import absolute_delta, fit_huber, huber_alpha_max, huber_location
from regviz.live.board import Board, number_text
from regviz.scenes.outliers.board import LOSSES, PENALTIES
from regviz.scenes.outliers.board import board as picture
from regviz.scenes.outliers.sweep import (
    DEGREE,
    EFFICIENT,
    HEIGHTS,
    N_POINTS,
    OUTLIER,
    RATIOS,
    SHARES,
    SLOPE,
    Outliers,
    outliers,
)
from regviz.settings import Settings
from tests.test_live import ends_of, same_in_javascript, sent_size, sound

DEFAULT = Settings()
CASES = {"default": DEFAULT, "no noise": replace(DEFAULT, noise=0.0), "loud": Settings(noise=1.0, random_state=9999)}
SQUARED, HUBER, ABSOLUTE = range(3)


@pytest.fixture(scope="module", params=list(CASES))
def shown(request: pytest.FixtureRequest) -> tuple[Outliers, Board]:
    found = outliers(CASES[request.param])
    return found, picture(found)


def _design(found: Outliers) -> np.ndarray:
    """A cubic in x, standardised over the points: (N_POINTS, 3)."""
    powers = found.x[:, None] ** np.arange(1, DEGREE + 1)
    return np.asarray((powers - powers.mean(axis=0)) / powers.std(axis=0))


def _deltas(found: Outliers) -> list[float]:
    return [np.inf, found.delta, absolute_delta(found.y[None])]


def _alphas(found: Outliers, i: int) -> np.ndarray:
    """λ of every share: in units of the λ that leaves no weight of the lasso on the clean points."""
    clean = np.arange(N_POINTS) != OUTLIER
    X, y = _design(found)[clean], found.y[clean]
    if i == SQUARED:
        return SHARES * alpha_max(X, y, 1.0)
    return SHARES * huber_alpha_max(X, y[None], _deltas(found)[i])[0]


def _figure(board: Board, name: str, index: dict[str, int]) -> dict[str, dict]:
    figure = next(figure for figure in board.figures if figure.name == name).at(board, index)
    return {trace["name"]: trace for trace in figure["data"]} | {"layout": figure["layout"]}


def _indexes(board: Board) -> list[dict[str, int]]:
    return [board.index({}), {"outlier": 3, "share": 0}, {"outlier": 20, "share": 12}, {"outlier": 40, "share": 19}]


def test_every_figure_is_a_plotly_figure_and_has_words(shown: tuple[Outliers, Board]) -> None:
    sound(shown[1], ends_of(shown[1])[:2])


# -- solved


@pytest.mark.parametrize("i", range(3), ids=[loss for loss, _, _ in LOSSES])
def test_every_fit_is_optimal(shown: tuple[Outliers, Board], i: int) -> None:
    """From the points alone: what the residuals pull is what the penalty pushes, and the residuals balance."""
    found, _ = shown
    X, delta, alphas = _design(found), _deltas(found)[i], _alphas(found, i)
    Y = np.tile(found.y, (len(HEIGHTS), 1))
    Y[:, OUTLIER] = HEIGHTS
    # A slope is as exact as a residual is: rounding of 8 in the units of δ.
    limit = 1e-10 if i == SQUARED else max(1e-10, 1e-13 / delta)
    empty = np.clip(Y - huber_location(Y, delta)[:, None], -delta, delta)
    for j, rho in enumerate(RATIOS):
        w, b = found.coef[i, j], found.intercept[i, j]  # (H, S, 3), (H, S)
        residual = Y[:, None, :] - w @ X.T - b[..., None]
        pull = np.clip(residual, -delta, delta)
        slope, a = pull @ X / N_POINTS, alphas[None, :, None]
        off = np.abs(slope - a * (rho * np.sign(w) + (1 - rho) * w))
        off = np.where(w != 0, off, np.maximum(off - a * rho, 0)).max(axis=-1)
        scale = np.abs(empty @ X / N_POINTS).max(axis=1)[:, None]
        assert np.max(off / scale) <= limit
        assert np.max(np.abs(pull.mean(axis=-1)) / np.sqrt(np.square(empty).mean(axis=1))[:, None]) <= limit
    assert found.kkt[i].max() <= limit


def test_fits_are_those_of_one_at_a_time(shown: tuple[Outliers, Board]) -> None:
    found, _ = shown
    X = _design(found)
    for h in (0, 13, 40):
        y = found.y.copy()
        y[OUTLIER] = HEIGHTS[h]
        squares = fit_grid(X, y, _alphas(found, SQUARED), RATIOS)
        np.testing.assert_allclose(found.coef[SQUARED][:, h], squares.coef, atol=1e-9)
        np.testing.assert_allclose(found.intercept[SQUARED][:, h], squares.intercept, atol=1e-9)
        for i in (HUBER, ABSOLUTE):
            delta = _deltas(found)[i]
            alone = fit_huber(X, y[None], _alphas(found, i), RATIOS, delta)
            ours = _objective(found, i, X, y, found.coef[i][:, h], found.intercept[i][:, h])
            theirs = _objective(found, i, X, y, alone.coef[0], alone.intercept[0])
            np.testing.assert_allclose(ours, theirs, rtol=1e-9)
            # Several fits may be equally good (any median of an even number of points): where only one is, it is that.
            if found.delta > 0.2:
                gap = (found.coef[i][:, h] - alone.coef[0]) @ found.line.T
                gap += (found.intercept[i][:, h] - alone.intercept[0])[..., None]
                assert np.median(np.abs(gap[:, 1:]).max(axis=-1)) <= 1e-6


def _objective(found: Outliers, i: int, X: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The loss over the points and λ times the penalty: (2, S)."""
    delta = _deltas(found)[i]
    size = np.abs(y - w @ X.T - b[..., None])
    inside = np.minimum(size, delta)
    rho = RATIOS[:, None]
    penalty = rho * np.abs(w).sum(axis=-1) + (1 - rho) / 2 * np.square(w).sum(axis=-1)
    return np.asarray((inside * (size - inside / 2)).mean(axis=-1) + _alphas(found, i) * penalty)


def test_the_points_lie_on_a_line_but_one(shown: tuple[Outliers, Board], request: pytest.FixtureRequest) -> None:
    found, board = shown
    settings = CASES[request.node.callspec.params["shown"]]
    noise = found.y - SLOPE * found.x
    expected = settings.noise * np.random.default_rng(settings.random_state).standard_normal(N_POINTS)
    np.testing.assert_allclose(noise, expected, atol=1e-12)
    assert found.delta == pytest.approx(EFFICIENT * max(settings.noise, 0.05))
    traces = _figure(board, "fit_squared_l1", board.index({}))
    assert len(traces["points"]["x"]) == N_POINTS - 1
    assert found.x[OUTLIER] not in traces["points"]["x"]
    assert traces["the outlier"]["x"] == [found.x[OUTLIER]]


# -- the lesson


def test_no_penalty_bounds_an_outlier_and_two_losses_do(shown: tuple[Outliers, Board]) -> None:
    found, _ = shown
    mid, high = (int(np.argmin(np.abs(HEIGHTS - at))) for at in (5.0, 8.0))
    small = SHARES <= 0.1
    moved = found.moved[..., small]  # (3, 2, H, S)
    # Squared: three more units of height move the fit by as much as three units did before.
    per_unit = (moved[SQUARED, :, high] - moved[SQUARED, :, mid]) / 3
    before = moved[SQUARED, :, mid] / (HEIGHTS[mid] - SLOPE * found.x[OUTLIER])
    assert np.all(per_unit >= 0.5 * before)
    assert np.all(moved[SQUARED, :, high] > 0.2)
    # L1 follows about as far as L2.
    ratio = moved[SQUARED, 0, high] / moved[SQUARED, 1, high]
    assert np.all((ratio > 0.6) & (ratio < 1.6))
    # Huber and absolute: it does not matter how far it is, and it moved less from the start.
    for i in (HUBER, ABSOLUTE):
        assert np.all(moved[i, :, high] - moved[i, :, mid] <= 0.02 * moved[SQUARED, :, high])
    quiet = found.delta <= 0.5
    if quiet:
        assert np.all(moved[HUBER, :, high] < 0.5 * moved[SQUARED, :, high])
        assert np.all(moved[ABSOLUTE, :, high] < 0.5 * moved[SQUARED, :, high])


def test_moved_is_the_distance_from_the_fit_without_the_point(shown: tuple[Outliers, Board]) -> None:
    found, _ = shown
    X, clean = _design(found), np.arange(N_POINTS) != OUTLIER
    for i in range(3):
        alphas = _alphas(found, i)
        bare = fit_huber(X[clean], found.y[None, clean], alphas, RATIOS, _deltas(found)[i])
        for j, h, s in ((0, 40, 6), (1, 22, 9), (0, 5, 14)):
            gap = found.line @ (found.coef[i, j, h, s] - bare.coef[0, j, s])
            gap = gap + found.intercept[i, j, h, s] - bare.intercept[0, j, s]
            distance = np.sqrt(np.mean(gap**2))
            assert found.moved[i, j, h, s] == pytest.approx(distance, abs=2e-5)


# -- the picture


def test_curves_are_the_fits_and_the_point_is_where_the_slider_says(shown: tuple[Outliers, Board]) -> None:
    found, board = shown
    for index in _indexes(board):
        h, s = index["outlier"], index["share"]
        for i, (loss, title, _) in enumerate(LOSSES):
            for j, (penalty, short) in enumerate(PENALTIES):
                traces = _figure(board, f"fit_{loss}_{penalty}", index)
                powers = found.x_line[:, None] ** np.arange(1, DEGREE + 1)
                raw = found.x[:, None] ** np.arange(1, DEGREE + 1)
                features = (powers - raw.mean(axis=0)) / raw.std(axis=0)
                expected = features @ found.coef[i, j, h, s] + found.intercept[i, j, h, s]
                np.testing.assert_allclose(traces[f"{short} fit"]["y"], expected, atol=1e-12)
                for name in ("the outlier", "outlier, its place"):
                    assert traces[name]["y"].tolist() == [HEIGHTS[h]]
                low, high = traces["layout"]["yaxis"]["range"]
                assert low < HEIGHTS[h] < high
                figure = next(f for f in board.figures if f.name == f"fit_{loss}_{penalty}")
                told = number_text(found.moved[i, j, h, s], 2)
                assert f"moved by {told}." in board.say(figure.alt, index)
                assert figure.lever is not None
                axis, places, x = figure.lever
                assert (axis, x) == ("outlier", found.x[OUTLIER])
                np.testing.assert_array_equal(board.read(places, index), HEIGHTS)
            traces = _figure(board, f"moved_{loss}", index)
            for j, (_, short) in enumerate(PENALTIES):
                np.testing.assert_array_equal(traces[f"{short} moved"]["y"], found.moved[i, j, :, s])
                np.testing.assert_array_equal(traces[f"{short} moved"]["x"], HEIGHTS)
                assert traces[f"{short} now"]["y"].tolist() == [found.moved[i, j, h, s]]
                assert traces[f"{short} now"]["x"].tolist() == [HEIGHTS[h]]
            assert traces["height of the outlier"]["x"].tolist() == [HEIGHTS[h]] * 2
            assert max(traces["L1 moved"]["y"]) <= traces["layout"]["yaxis"]["range"][1]
            headline = next(card.headline for card in board.readouts if card.name == f"heading_{loss}")
            told = [number_text(found.moved[i, j, h, s], 2) for j in range(2)]
            assert board.say(headline, index) == f"the fit moved by {told[0]} with L1, {told[1]} with L2"
            assert title


def test_lambda_and_height_never_redraw_the_points() -> None:
    quiet, loud = outliers(replace(DEFAULT, noise=0.1)), outliers(replace(DEFAULT, noise=0.4))
    np.testing.assert_allclose((quiet.y - SLOPE * quiet.x) / 0.1, (loud.y - SLOPE * loud.x) / 0.4)


def test_javascript_reads_the_same_fits() -> None:
    assert same_in_javascript(picture(outliers(DEFAULT))) > 80


def test_first_load_stays_small() -> None:
    packed, whole = sent_size(picture(outliers(DEFAULT)))
    assert packed <= whole <= 600_000
