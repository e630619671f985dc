"""Does the picture show what the sweep says? The drawn coordinates are read back from the figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from regviz.charts.notes import notes
from regviz.core.data.features import BASES, Standardizer
from regviz.fits.compare import Compare, compare
from regviz.fits.task import L1_RATIOS
from regviz.live.board import Board, payload
from regviz.scenes.compare.board import board as picture
from regviz.scenes.geometry import board as geometry
from regviz.settings import Settings

CASES = {
    "sine": Settings(),
    "legendre": Settings(basis="legendre", degree=9),
    "twenty": Settings(degree=20, n_samples=10),
    "one weight": Settings(degree=1),
    "no validation": Settings(validation=0.0),
    "diabetes": Settings(data="diabetes", n_samples=200),
    "matched": Settings(match="df"),
    "best": Settings(match="cv"),
}


@pytest.fixture(scope="module", params=list(CASES))
def shown(request: pytest.FixtureRequest) -> tuple[Compare, Board]:
    sweep = compare(CASES[request.param])
    return sweep, picture(sweep)


def _indexes(board: Board) -> list[dict[str, int]]:
    strength, ratio = board.axes
    return [
        {strength.name: a, ratio.name: r}
        for a in (0, 1, strength.default, len(strength.values) - 1)
        for r in (0, 3, len(ratio.values) - 1)
    ]


def _rows(board: Board, index: dict[str, int]) -> dict[str, tuple[int, int]]:
    """(ratio, strength) of each column."""
    at = index[board.axes[0].name]
    return {"l1": (len(L1_RATIOS) - 1, at), "mix": (index["l1_ratio"], at), "l2": (0, at)}


@pytest.mark.slow
def test_every_figure_is_a_plotly_figure_and_has_words(shown: tuple[Compare, Board]) -> None:
    _, board = shown
    for index in _indexes(board):
        for figure in board.figures:
            for mode in ("light", "dark"):
                go.Figure(figure.at(board, index, mode))  # type: ignore[arg-type]
            words = board.say(figure.alt, index)
            assert "{" not in words
            assert len(words) > 20
            assert "{" not in board.say(figure.caption, index)
        assert "{" not in board.say(board.summary, index)
        for readout in board.readouts:
            assert all("{" not in board.say(template, index) for _, template, _ in readout.rows)


def on_line(sweep: Compare, r: int, a: int) -> np.ndarray:
    """The fitted curve where it is drawn, from the weights and the basis of the textbook."""
    settings = sweep.settings
    assert sweep.data.domain is not None

    def expand(x: np.ndarray) -> np.ndarray:
        return BASES[settings.basis].expand(x, settings.degree, sweep.data.domain)  # type: ignore[arg-type]

    scaler = Standardizer.fit(expand(sweep.data.X[sweep.train, 0]))
    return scaler.transform(expand(sweep.x_line)) @ sweep.grid.coef[r, a] + sweep.grid.intercept[r, a]


def test_single_precision_is_enough_for_the_wildest_fit() -> None:
    """What travels to the browser: curves to a millionth of their height, even where huge weights cancel."""
    sweep = compare(Settings(degree=20, n_samples=30))
    assert np.abs(sweep.grid.coef[0, 0]).max() > 1e4
    sent = sweep.basis.astype(np.float32).astype(float) @ sweep.coordinates[0, 0].astype(np.float32).astype(float)
    exact = on_line(sweep, 0, 0)
    np.testing.assert_allclose(sent, exact, atol=1e-6 * np.abs(exact).max())


def test_curves_are_the_fits(shown: tuple[Compare, Board]) -> None:
    sweep, board = shown
    for index in _indexes(board):
        for column, (r, a) in _rows(board, index).items():
            figure = next(figure for figure in board.figures if figure.name == f"fit_{column}").at(board, index)
            w, b = sweep.grid.coef[r, a], sweep.grid.intercept[r, a]
            live = next(t for t in figure["data"] if t["name"] in (f"{column.upper()} fit", "Mix fit", "training rows"))
            if sweep.is_curve:
                np.testing.assert_allclose(live["y"], on_line(sweep, r, a), rtol=1e-9, atol=1e-9)
                ghost = next(t for t in figure["data"] if t["name"] == "no regularization")
                expected = on_line(sweep, r, 0)
                np.testing.assert_allclose(ghost["y"], expected, atol=1e-9 * np.abs(expected).max())
            else:
                rows = np.isin(sweep.shown, sweep.train)
                standard = Standardizer.fit(sweep.data.X[sweep.train]).transform(sweep.data.X)
                np.testing.assert_allclose(live["y"], standard[sweep.shown[rows]] @ w + b)
                np.testing.assert_allclose(live["x"], sweep.data.y[sweep.shown[rows]])


def test_exact_zeros_are_marked_and_counted(shown: tuple[Compare, Board]) -> None:
    sweep, board = shown
    for index in _indexes(board):
        for column, (r, a) in _rows(board, index).items():
            w = sweep.grid.coef[r, a]
            weights = next(figure for figure in board.figures if figure.name == f"weights_{column}").at(board, index)
            bars, rings = weights["data"][1], weights["data"][2]
            value = "y" if sweep.is_curve else "x"
            np.testing.assert_array_equal(np.isnan(rings[value]), w != 0)
            np.testing.assert_array_equal(bars[value] == 0, w == 0)
            np.testing.assert_array_equal(bars["customdata"], w)
            histogram = next(f for f in board.figures if f.name == f"histogram_{column}").at(board, index)
            assert histogram["data"][0]["y"].sum() + histogram["data"][1]["y"][0] == len(w)
            assert histogram["data"][1]["y"][0] == np.sum(w == 0)


def test_histogram_bins_are_shared_and_hold_their_weights(shown: tuple[Compare, Board]) -> None:
    sweep, board = shown
    index = _indexes(board)[7]
    histograms = {f.name: f.at(board, index) for f in board.figures if f.name.startswith("histogram")}
    centres = [figure["data"][0]["x"] for figure in histograms.values()]
    assert all(np.array_equal(centres[0], other) for other in centres)
    width = histograms["histogram_l1"]["data"][0]["width"]
    for column, (r, a) in _rows(board, index).items():
        bars = next(f for f in board.figures if f.name == f"weights_{column}").at(board, index)["data"][1]
        drawn = np.asarray(bars["y" if sweep.is_curve else "x"])
        edges = np.append(centres[0] - width / 2, centres[0][-1] + width / 2)
        kept = np.clip(drawn[sweep.grid.coef[r, a] != 0], edges[0], edges[-1])
        expected = np.histogram(kept, edges)[0]
        np.testing.assert_array_equal(histograms[f"histogram_{column}"]["data"][0]["y"], expected)


def test_drawn_ball_contour_and_touch_point_solve_the_slice(shown: tuple[Compare, Board]) -> None:
    """Read back from the figure: on the ball, on the contour, and the touch point on both."""
    sweep, board = shown
    cut = sweep.slices
    if cut is None:
        assert not [figure for figure in board.figures if figure.name.startswith("constraint")]
        return
    for index in _indexes(board):
        for column, (r, a) in _rows(board, index).items():
            figure = next(f for f in board.figures if f.name == f"constraint_{column}").at(board, index)
            _, ball, contour, lowest, touch = figure["data"]
            rho = L1_RATIOS[r]
            w = sweep.grid.coef[r, a][list(cut.pair)]
            budget = rho * np.abs(w).sum() + (1 - rho) / 2 * (w @ w)
            x, y = np.asarray(ball["x"]), np.asarray(ball["y"])
            penalty = rho * (np.abs(x) + np.abs(y)) + (1 - rho) / 2 * (x**2 + y**2)
            np.testing.assert_allclose(penalty, budget, rtol=1e-9, atol=1e-15)
            assert touch["x"][0] == w[0]
            assert touch["y"][0] == w[1]
            offset = np.array([contour["x"], contour["y"]]).T - np.array([lowest["x"][0], lowest["y"][0]])
            level = np.einsum("ki,ij,kj->k", offset, cut.gram, offset)
            here = w - np.array([lowest["x"][0], lowest["y"][0]])
            scale = max(float(here @ cut.gram @ here), 1e-12 * float(w @ cut.gram @ w))
            np.testing.assert_allclose(level, here @ cut.gram @ here, atol=1e-6 * scale + 1e-300)
            reach = figure["layout"]["xaxis"]["range"][1]
            assert np.abs([*x, *y, *w]).max() <= reach or reach == 1.25


def test_stacked_bar_adds_up(shown: tuple[Compare, Board]) -> None:
    sweep, board = shown
    for index in _indexes(board):
        for column, (r, a) in _rows(board, index).items():
            figure = next(f for f in board.figures if f.name == f"loss_{column}").at(board, index)
            whole, data = figure["data"][0]["x"][0], figure["data"][1]["x"][0]
            assert data == sweep.data_loss[r, a]
            assert whole - data == pytest.approx(sweep.l1_penalty[r, a] + sweep.l2_penalty[r, a], abs=1e-12)
            assert whole <= figure["layout"]["xaxis"]["range"][1]


def test_first_load_stays_small() -> None:
    """The largest default-sized board: all arrays and the specification, as sent."""
    import json

    for settings, limit in (
        (Settings(), 340_000),
        (Settings(degree=20), 400_000),
        (Settings(data="diabetes"), 340_000),
    ):
        sent = payload(picture(compare(settings)))
        size = sent["floats"].nbytes + sent["bytes"].nbytes + len(json.dumps(sent["spec"]))
        assert size <= limit, settings


def test_more_weights_than_points_is_told() -> None:
    assert notes(compare(Settings(degree=20, n_samples=10)))
    assert notes(compare(Settings())) == []


def test_names_from_a_file_are_only_text() -> None:
    """Plotly's texts know markup and templates know braces; a column's name is neither."""
    sweep = compare(Settings(data="diabetes", n_samples=100))
    names = tuple(f"<img src=x onerror=alert({j})> {{n}} & co $l1" for j in range(10))
    hostile = replace(sweep, names=names, data=replace(sweep.data, target_name="<b>{x}</b>"))
    board = picture(hostile)
    assert all(
        "(n)" in board.say(figure.alt, board.index({})) for figure in board.figures if "constraint" in figure.name
    )
    for figure in payload(board)["spec"]["figures"]:
        text = str([figure["data"], figure["layout"]])
        assert "<img" not in text
        assert "<b>" not in text


# -- geometry


def _positions(board: Board, n: int) -> list[dict[str, int]]:
    generator = np.random.default_rng(5)
    drawn = [{axis.name: int(generator.integers(len(axis.values))) for axis in board.axes} for _ in range(n)]
    start = dict(geometry.PRESETS[0][1])
    return drawn + [board.index({**start, **position}) for _, position in geometry.PRESETS]


def test_the_drawn_ball_and_contour_go_through_the_drawn_solution() -> None:
    """Read back from the figures, to 1e-9: on the ball, on the contour, and −∇D in λ ∂penalty."""
    board = geometry.board()
    for index in _positions(board, 40):
        value = {axis.name: axis.values[index[axis.name]] for axis in board.axes}
        gram = np.array([[1.0, value["correlation"]], [value["correlation"], 1.0]])
        optimum = np.array([value["optimum_a"], value["optimum_b"]])
        for key, rho in (("l1", 1.0), ("mix", value["l1_ratio"]), ("l2", 0.0)):
            data = next(f for f in board.figures if f.name == f"bowl_{key}").at(board, index)["data"]
            w = np.array([data[7]["x"][0], data[7]["y"][0]])
            size = np.abs(w)
            budget = rho * size.sum() + (1 - rho) / 2 * (size**2).sum()
            ball = np.abs(np.array([data[2 if value["alpha"] == 0 else 1][axis] for axis in "xy"]))
            np.testing.assert_allclose(rho * ball.sum(0) + (1 - rho) / 2 * (ball**2).sum(0), budget, atol=1e-9)
            away = np.array([data[4][axis] for axis in "xy"]).T - optimum
            away = away[np.isfinite(away).all(axis=1)]
            level = np.einsum("ki,ij,kj->k", away, gram, away)
            np.testing.assert_allclose(level, (w - optimum) @ gram @ (w - optimum), atol=1e-9)
            pull = gram @ (optimum - w)
            slope = value["alpha"] * (rho * np.sign(w) + (1 - rho) * w)
            slack = value["alpha"] * rho * (w == 0)
            assert np.all(np.abs(pull - slope) <= slack + 1e-12)


@pytest.mark.slow
def test_words_of_the_geometry_page_follow_the_state() -> None:
    board = geometry.board()
    start = board.index(geometry.PRESETS[0][1])
    assert "w₂ is exactly zero" in board.say(board.notes[0].paragraphs[0], start)
    tie = board.index({**geometry.PRESETS[0][1], **dict(geometry.PRESETS)["Correlation 1: a whole edge is optimal"]})
    assert "thick line" in board.say(board.notes[0].paragraphs[0], tie)
    for index in _positions(board, 5):
        for figure in board.figures:
            assert "{" not in board.say(figure.alt, index) + board.say(figure.caption, index)
            go.Figure(figure.at(board, index))
        assert "{" not in "".join(board.say(p, index) for note in board.notes for p in note.paragraphs)
