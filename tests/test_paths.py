"""Are the drawn paths solutions everywhere, are they where the cursor says, and do the words say what is in?"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Lasso, Ridge

from regviz.charts.traces import short
from regviz.core.data.datasets import Data
from regviz.core.dialects import DIALECTS
from regviz.core.linear.grid import alpha_max, effective_df, fit_grid
from regviz.fits.penalties import on_sweep
from regviz.fits.task import L1, L1_RATIOS, L2
from regviz.live.board import Board, number_text, payload
from regviz.scenes.paths.board import board as picture
from regviz.scenes.paths.settings import PATH_AXES
from regviz.scenes.paths.sweep import Paths, paths
from regviz.settings import MATCHES, OWN_DATA, Settings
from tests.test_live import ends_of, same_in_javascript, sent_size, sound

DEFAULT = Settings()
LEGENDRE = Settings(basis="legendre", degree=9)
DIABETES = Settings(data="diabetes", n_samples=200)


def table(n: int, p: int, y: np.ndarray | None = None, constant: int | None = None) -> Data:
    """A file of the reader's own."""
    generator = np.random.default_rng(0)
    X = generator.normal(size=(n, p))
    if constant is not None:
        X[:, constant] = 3.0
    return Data(
        X=X,
        y=X @ np.linspace(-1, 1, p) + generator.normal(size=n) if y is None else y,
        feature_names=tuple(f"column {j}" for j in range(p)),
        target_name="target",
        truth=None,
        noise_sd=None,
        name=OWN_DATA,
        label="file",
    )


OWN = replace(DEFAULT, data=OWN_DATA)
CASES: dict[str, tuple[Any, ...]] = {
    "sine": (DEFAULT, None),
    "legendre": (LEGENDRE, None),
    "diabetes": (DIABETES, None),
    "norm": (DEFAULT, None, "norm"),
    "freedom, matched": (replace(DEFAULT, match="df"), None, "df"),
    "best": (replace(LEGENDRE, match="cv"), None),
}
EXTREMES: dict[str, tuple[Any, ...]] = {
    "more weights than points": (replace(DEFAULT, n_samples=10, degree=20, validation=0.5, match="error"), None),
    "all rows": (replace(DEFAULT, n_samples=10, degree=20, validation=0.0), None, "norm"),
    "no noise": (replace(DEFAULT, noise=0.0), None),
    "loud": (replace(DEFAULT, noise=1.0), None, "df"),
    "one weight": (replace(DEFAULT, degree=1), None, "norm"),
    "one feature": (OWN, table(40, 1)),
    "wide": (replace(OWN, match="df"), table(12, 50), "df"),
    "constant feature": (OWN, table(30, 4, constant=2)),
    "constant feature alone": (replace(OWN, match="cv"), table(30, 1, constant=0)),
    "constant target": (OWN, table(30, 4, y=np.full(30, 2.5)), "norm"),
    "constant target, best": (replace(OWN, match="cv"), table(30, 4, y=np.full(30, 2.5)), "df"),
    "raw units": (Settings(data="nuclei", standardize=False), None, "df"),
    "folds": (replace(DEFAULT, n_samples=10, n_splits=20, match="cv"), None),
}


@pytest.fixture(scope="module", params=list(CASES))
def shown(request: pytest.FixtureRequest) -> tuple[Paths, Board]:
    found = paths(*CASES[request.param])
    return found, picture(found)


def _figure(board: Board, name: str, index: dict[str, int]) -> dict[str, dict]:
    """The traces of a figure by name, and its layout."""
    figure = next(figure for figure in board.figures if figure.name == name).at(board, index)
    return {trace["name"]: trace for trace in figure["data"]} | {"layout": figure["layout"]}


def _indexes(board: Board) -> list[dict[str, int]]:
    strength, ratio = board.axes
    last = len(strength.values) - 1
    return [{strength.name: a, ratio.name: r} for a in (0, 1, strength.default, last - 20, last) for r in (1, 6, 10)]


def _rows(index: dict[str, int]) -> dict[str, tuple[int, int]]:
    """(ratio, strength) of each column."""
    at = next(value for name, value in index.items() if name != "l1_ratio")
    return {"l1": (L1, at), "mix": (index["l1_ratio"], at), "l2": (L2, at)}


def _alphas(found: Paths) -> np.ndarray:
    return np.broadcast_to(found.sweep.grid.alphas, found.sweep.grid.kkt.shape)


def test_every_figure_is_a_plotly_figure_and_has_words(shown: tuple[Paths, Board]) -> None:
    sound(shown[1])


@pytest.mark.parametrize("case", EXTREMES)
def test_both_ends_of_every_slider_and_odd_files(case: str) -> None:
    found = paths(*EXTREMES[case])
    board = picture(found)
    sound(board, ends_of(board)[:2])
    assert np.isfinite(found.coef).all()
    assert len(found.order) == len(set(found.order)) == found.coef.shape[1]


# -- the curves


def _violation(found: Paths, alphas: np.ndarray, coef: np.ndarray) -> np.ndarray:
    """The optimality conditions of the lasso from the rows alone, as a share of alpha_max: (k,)."""
    X, y = found.sweep.design, found.sweep.data.y[found.sweep.train]
    X, y = X - X.mean(axis=0), y - y.mean()
    slope = (y - coef @ X.T) @ X / len(y)
    off = np.where(coef != 0, slope - alphas[:, None] * np.sign(coef), np.maximum(np.abs(slope) - alphas[:, None], 0))
    return np.abs(off).max(axis=1) / alpha_max(X, y, 1.0)


def test_every_point_of_the_drawn_lasso_is_optimal(shown: tuple[Paths, Board]) -> None:
    found, board = shown
    drawn = _figure(board, "path_l1", board.index({}))
    traces = [trace for trace in drawn.values() if "customdata" in trace and trace.get("mode") == "lines"]
    assert len(traces) == len(found.sweep.names)
    coef = np.column_stack([trace["customdata"] for trace in traces])
    for trace, weights in zip(traces, coef.T, strict=True):
        np.testing.assert_array_equal(trace["y"], picture_scale(board, weights))
        np.testing.assert_array_equal(trace["x"], traces[0]["x"])
    worst = _violation(found, found.alphas, coef)
    top = found.path.alphas[0]
    assert worst[found.alphas >= 1e-4 * top].max() <= 1e-10
    assert worst.max() <= 1e-8
    if found.path_axis == "alpha":
        np.testing.assert_allclose(10 ** traces[0]["x"][found.alphas > 0], found.alphas[found.alphas > 0])


def picture_scale(board: Board, weights: np.ndarray) -> np.ndarray:
    """Weights as they are drawn: the scale is told by the ticks of the axis."""
    axis = next(figure for figure in board.figures if figure.name == "path_l1").figure["layout"]["yaxis"]
    if "tickvals" not in axis:
        return weights
    tick = float(axis["ticktext"][-1].replace("−", "-"))
    soft = float(f"{tick / np.sinh(axis['tickvals'][-1]):.1g}")
    return np.asarray(np.arcsinh(weights / soft))


def test_corners_are_the_events_and_are_drawn(shown: tuple[Paths, Board]) -> None:
    found, board = shown
    events = sorted({event.alpha for event in found.path.events})
    np.testing.assert_array_equal(found.corners, events)
    ticks = _figure(board, "path_l1", board.index({}))["a weight enters or leaves"]
    x = np.asarray(ticks["x"]).reshape(-1, 3)
    np.testing.assert_array_equal(x[:, 0], x[:, 1])
    low, high = _alphas(found)[L1, 1], _alphas(found)[L1, -1]
    drawn = [alpha for alpha in events if low <= alpha <= high]  # only between the stops there are curves
    assert len(x) == len(drawn) > 5
    path = next(figure for figure in board.figures if figure.name == "path_l1")
    assert f" {len(drawn)} exact corners" in board.say(path.caption, board.index({}))
    assert np.isnan(x[:, 2]).all()
    within = found.alphas[np.isin(found.alphas, found.corners)]
    np.testing.assert_array_equal(within, [alpha for alpha in events if alpha > low])
    if found.path_axis == "alpha":
        np.testing.assert_allclose(x[:, 0], np.log10(drawn))
    else:  # at a corner there is a point of the curve: the ticks stand under these
        curve = _figure(board, "path_l1", board.index({}))[found.sweep.names[0]]["x"]
        at = np.searchsorted(found.alphas, within)
        np.testing.assert_allclose(x[np.isin(drawn, within), 0], np.asarray(curve)[at], rtol=1e-9)


def test_the_kinks_are_where_the_corners_are() -> None:
    """Between two neighbours in λ every drawn weight is a straight line in λ; the second difference says so."""
    found = paths(LEGENDRE)
    inside = found.alphas[(found.alphas > 0)]
    middle = (inside[1:] + inside[:-1]) / 2
    expected = (found.coef[found.alphas > 0][1:] + found.coef[found.alphas > 0][:-1]) / 2
    grid = fit_grid(found.sweep.design, found.sweep.data.y[found.sweep.train], middle, [1.0])
    np.testing.assert_allclose(grid.coef[0], expected, atol=1e-10)


# -- who enters, and when


@pytest.mark.parametrize("case", ["legendre", "diabetes", "best"])
def test_a_weight_is_zero_above_its_entry_and_not_below(case: str) -> None:
    found = paths(*CASES[case])
    board = picture(found)
    entered = [j for j in found.order if j in found.path.order_of_entry]
    assert len(entered) > 5
    entry = found.entry[L1, entered]
    assert np.all(np.diff(entry) <= 0)
    X, y = found.sweep.design, found.sweep.data.y[found.sweep.train]
    above, below = (fit_grid(X, y, entry * (1 + side), [1.0]).coef[0] for side in (1e-7, -1e-7))
    card = next(card for card in board.readouts if card.name == "entries_l1")
    for k, j in enumerate(entered):
        assert above[k, j] == 0
        assert below[k, j] != 0
        label, template, _ = card.rows[k]
        assert label == f"{k + 1} · {found.sweep.names[j]}"
        assert board.say(template, board.index({})) == f"λ = {number_text(entry[k], 3)}"


def test_entries_of_the_other_penalties(shown: tuple[Paths, Board]) -> None:
    found, _ = shown
    inside = found.sweep.grid.coef != 0
    for r in range(len(L1_RATIOS) - 1):
        for j in range(len(found.sweep.names)):
            there = _alphas(found)[r][inside[r, :, j]]
            assert found.entry[r, j] == there.max()


def test_the_order_of_entry_of_the_lars_paper() -> None:
    """Efron, Hastie, Johnstone & Tibshirani (2004), section 1: 3, 9, 4, 7, 2, 10, 5, 8, 6, 1."""
    board = picture(paths(Settings(data="diabetes", n_samples=500, validation=0.0)))
    names = ("age", "sex", "body mass index", "blood pressure", "total cholesterol", "LDL", "HDL")
    names += ("cholesterol / HDL", "log triglycerides", "blood sugar")
    for key in on_sweep():
        card = next(card for card in board.readouts if card.name == f"entries_{key}")
        order = [label.split(" · ")[-1] for label, _, _ in card.rows]
        assert order == [names[k - 1] for k in (3, 9, 4, 7, 2, 10, 5, 8, 6, 1)]


def test_a_feature_that_is_never_in_is_not_said_to_be() -> None:
    found = paths(OWN, table(30, 4, constant=2))
    board = picture(found)
    for key in ("l1", "l2"):
        card = next(card for card in board.readouts if card.name == f"entries_{key}")
        told = {label.split(" · ")[-1]: board.say(template, board.index({})) for label, template, _ in card.rows}
        assert told.pop("column 2") == "never in"
        assert all("never" not in words for words in told.values())


def test_sentences_name_the_weights_that_are_not_zero(shown: tuple[Paths, Board]) -> None:
    found, board = shown
    for index in _indexes(board):
        for key, (r, a) in _rows(index).items():
            inside = [found.sweep.names[j] for j in np.flatnonzero(found.sweep.grid.coef[r, a])]
            note = next(note for note in board.notes if note.name == f"members_{key}")
            told = board.say(note.paragraphs[0], index).split(", in the model: ")[1]
            if not inside:
                assert told == "none: the mean of y alone"
            elif len(inside) == len(found.sweep.names):
                assert told == "all features"
            else:
                more = re.search(r" and (\d+) more$", told)
                named = told[: more.start()] if more else told
                assert named.split(", ") == inside[:6]
                assert int(more[1] if more else 0) == max(len(inside) - 6, 0)
            assert board.say(f"{{{key}_nonzero}}", index) == str(len(inside))


# -- the cursor, and what stands beside it


def test_counts_on_top_are_those_of_their_stops(shown: tuple[Paths, Board]) -> None:
    found, board = shown
    for index in _indexes(board)[::4]:
        for key, (r, _) in _rows(index).items():
            traces = _figure(board, f"path_{key}", index)
            counts = traces["weights not zero"]
            ticks = board.arrays["ticks"].values
            expected = np.count_nonzero(found.sweep.grid.coef[r, ticks], axis=1)
            assert counts["text"] == [str(n) for n in expected]
            np.testing.assert_allclose(counts["x"], _place(found, board)[r, ticks])
            assert len(counts["y"]) == len(counts["x"]) == len(counts["text"])


def _place(found: Paths, board: Board) -> np.ndarray:
    """Where each fit stands on the horizontal axis, (R, A), as the axis says it: by its ticks and its title."""
    grid = found.sweep.grid
    axis = next(figure for figure in board.figures if figure.name == "path_l1").figure["layout"]["xaxis"]
    kind = found.path_axis
    if kind == "alpha":
        assert axis["title"]["text"] == "λ"
        with np.errstate(divide="ignore"):
            at = np.log10(_alphas(found))
        return np.where(np.isfinite(at), at, axis["tickvals"][axis["ticktext"].index("0")])
    if kind == "df":
        assert axis["title"]["text"] == "degrees of freedom"
        return effective_df(found.sweep.design, grid)
    norm = np.abs(grid.coef).sum(axis=-1)
    if "tickvals" not in axis:
        assert axis["title"]["text"] == "‖w‖₁"
        return np.asarray(norm)
    assert axis["title"]["text"] == "‖w‖₁ (compressed)"
    soft = float(axis["ticktext"][-1]) / np.sinh(axis["tickvals"][-1])
    return np.asarray(np.arcsinh(norm / soft))


@pytest.mark.parametrize("match", MATCHES)
@pytest.mark.parametrize("kind", PATH_AXES)
@pytest.mark.parametrize("start", [LEGENDRE, DIABETES], ids=["legendre", "diabetes"])
def test_the_cursor_is_where_its_fit_is(start: Settings, kind: str, match: str) -> None:
    found = paths(replace(start, match=match), None, kind)
    board = picture(found)
    place, strength = _place(found, board), board.axes[0]
    for index in _indexes(board)[3:12:2]:
        for key, (r, a) in _rows(index).items():
            for name in ("path", "freedom"):
                traces = _figure(board, f"{name}_{key}", index)
                np.testing.assert_allclose(traces["λ of the slider"]["x"], 2 * [place[r, a]], rtol=1e-9, atol=1e-12)
                low, high = traces["layout"]["xaxis"]["range"]
                assert low < place[r, a] < high
                figure = next(figure for figure in board.figures if figure.name == f"{name}_{key}")
                assert figure.scrub is not None
                assert figure.scrub[0] == strength.name
                np.testing.assert_allclose(board.read(figure.scrub[1], index), place[r])
            w = found.sweep.grid.coef[r, a]
            dots = _figure(board, f"path_{key}", index)["weights at λ"]
            np.testing.assert_allclose(dots["x"], place[r, a])
            np.testing.assert_array_equal(dots["customdata"], w)
            np.testing.assert_allclose(dots["y"], picture_scale(board, w))
            at = _figure(board, f"freedom_{key}", index)["at λ"]
            assert at["y"][0] == pytest.approx(found.sweep.df[r, a])
            for j, name in enumerate(found.sweep.names):  # each dot lies on its curve
                curve = _figure(board, f"path_{key}", index)[name]
                gap = np.abs(np.asarray(curve["x"]) - dots["x"][j]) + np.abs(np.asarray(curve["y"]) - dots["y"][j])
                assert gap.min() <= 1e-9
                if j == 2:
                    break


def test_names_beside_the_cursor_are_at_their_weights_and_apart(shown: tuple[Paths, Board]) -> None:
    found, board = shown
    for index in _indexes(board):
        for key, (r, a) in _rows(index).items():
            traces = _figure(board, f"path_{key}", index)
            low, high = traces["layout"]["yaxis"]["range"]
            figure = next(figure for figure in board.figures if figure.name == f"path_{key}")
            words = traces["names"]
            assert words["text"] == [short(name, 16) for name in found.sweep.names]
            y, w = np.asarray(words["y"]), picture_scale(board, found.sweep.grid.coef[r, a])
            seen = (y >= low) & (y <= high)
            step = 9 * high / 32767
            np.testing.assert_allclose(y[seen], w[seen], atol=step)
            assert np.all(y[~seen] > 2 * high)
            assert not seen[w == 0].any()
            pixels = figure.height - 40  # less the margins
            assert np.all(np.diff(np.sort(y[seen])) / (high - low) * pixels >= 11)
            inside = np.abs(w) * (np.abs(w) <= 0.88 * high)
            if inside.any():
                assert seen[np.argmax(inside)]


# -- the same λ elsewhere


def _told(board: Board, key: str, index: dict[str, int]) -> dict[str, dict[str, str]]:
    """{dialect: {parameter: value}} as the card of a column says it."""
    card = next(card for card in board.readouts if card.name == f"dialects_{key}")
    told = {}
    for label, template, _ in card.rows:
        told[label] = dict(part.rsplit(" ", 1) for part in board.say(template, index).split(", "))
    return told


@pytest.mark.parametrize("case", ["legendre", "diabetes", "best"])
def test_scikit_learn_finds_the_same_weights_with_the_numbers_of_the_card(case: str) -> None:
    found = paths(*CASES[case])
    board = picture(found)
    X, y = found.sweep.design, found.sweep.data.y[found.sweep.train]
    strength = board.axes[0]
    tight = {"tol": 1e-14, "max_iter": 1_000_000}
    for at in (strength.default - 20, strength.default, strength.default + 10):
        index = {strength.name: at, "l1_ratio": 3}
        told = {key: _told(board, key, index) for key in ("l1", "mix", "l2")}
        models = {
            "l1": Lasso(float(told["l1"]["scikit-learn Lasso(alpha)"]["alpha"]), **tight),
            "l2": Ridge(float(told["l2"]["scikit-learn Ridge(alpha)"]["alpha"])),
        }
        net = told["mix"]["scikit-learn ElasticNet(alpha, l1_ratio)"]
        models["mix"] = ElasticNet(float(net["alpha"]), l1_ratio=float(net["l1_ratio"]), **tight)
        for key, model in models.items():
            w = found.sweep.grid.coef[_rows(index)[key]]
            model.fit(X, y)
            # The card has four digits; the weights follow λ, relatively, at most that much (and these are benign).
            np.testing.assert_allclose(model.coef_, w, atol=1e-3 * np.abs(w).max())
        # To all digits, from what the templates read.
        exact = {
            key: board.read(board.values[f"{key}_dialect_{number}_0"][0], index)
            for key, number in (("l1", _number("Lasso")), ("mix", _number("ElasticNet")), ("l2", _number("Ridge")))
        }
        for key, model in models.items():
            w = found.sweep.grid.coef[_rows(index)[key]]
            model.set_params(alpha=float(exact[key])).fit(X, y)
            np.testing.assert_allclose(model.coef_, w, atol=1e-6 * np.abs(w).max())


def _number(model: str) -> int:
    return next(k for k, dialect in enumerate(DIALECTS) if dialect.name.startswith(f"scikit-learn {model}"))


def test_every_dialect_is_on_the_card_or_says_why_not(shown: tuple[Paths, Board]) -> None:
    found, board = shown
    y = found.sweep.data.y[found.sweep.train]
    labels = [d.formula if d.name.startswith(("λ", "(λ")) else d.name for d in DIALECTS]
    assert len(set(labels)) == len(labels)
    for index in _indexes(board)[4:8]:
        for key, (r, a) in _rows(index).items():
            told = _told(board, key, index)
            note = next(note for note in board.notes if note.name == f"unsaid_{key}")
            for label, dialect in zip(labels, DIALECTS, strict=True):
                rho = {"l1": 1.0, "l2": 0.0}.get(key, 0.5)
                why = dialect.why_not(rho)
                assert (label in told) == (not why)
                assert (label in note.answer and why in note.answer) == bool(why)
                if why:
                    continue
                values = dialect.values(_alphas(found)[r, a], L1_RATIOS[r], len(y), float(y.std()) or 1.0)
                if values is not None:
                    assert told[label] == {name: number_text(float(value), 4) for name, value in values}


# -- names and sizes


HOSTILE = (
    "<b>{l1_df}</b>",
    "@exact",
    "$l1/0.2",
    "{",
    "}",
    "x{x}<img src=x onerror=alert(1)>",
    "a & b",
    "@",
    "{p}",
    "%{y}",
)


def test_long_names_are_cut_and_say_so() -> None:
    assert short("log triglycerides", 17) == "log triglycerides"
    assert short("log triglycerides", 16) == "log triglycerid…"
    assert short("log triglycerides", 5) == "log…"


def test_names_from_a_file_are_only_text() -> None:
    found = paths(DIABETES)
    board = picture(found)
    hostile = picture(replace(found, sweep=replace(found.sweep, names=HOSTILE)))
    sound(hostile, [hostile.index({})])
    for figure, plain in zip(payload(hostile)["spec"]["figures"], payload(board)["spec"]["figures"], strict=True):
        text = str([figure["data"], figure["layout"]])
        assert "<img" not in text
        assert "<b>" not in text
        assert figure["moving"] == plain["moving"]
    assert same_in_javascript(hostile, [hostile.index({})]) == same_in_javascript(board, [board.index({})])
    index = hostile.index({"alpha": "30"})
    at = index["alpha"]
    assert hostile.say("{l1_nonzero}", index) == str(np.count_nonzero(found.sweep.grid.coef[L1, at]))
    drawn = [trace["name"] for trace in hostile.figures[0].at(hostile, index)["data"]][: len(HOSTILE)]
    words = [name.replace("{", "(").replace("}", ")") for name in HOSTILE]
    assert drawn == [name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for name in words]
    card = next(card for card in hostile.readouts if card.name == "entries_l1")
    assert [label.split(" · ", 1)[1] for label, _, _ in card.rows] == [short(words[j], 24) for j in found.order]
    for key in ("l1", "mix", "l2"):
        assert _told(hostile, key, index) == _told(board, key, index)


def test_javascript_reads_the_same_paths() -> None:
    assert same_in_javascript(picture(paths(DEFAULT))) > 100


def test_first_load_stays_small() -> None:
    for settings, own, limit in ((DEFAULT, None, 600_000), (DIABETES, None, 600_000), (OWN, table(200, 50), 900_000)):
        packed, whole = sent_size(picture(paths(settings, own)))
        assert packed <= whole <= limit


def test_the_same_settings_give_the_same_paths() -> None:
    one, other = paths(DEFAULT), paths(Settings())
    np.testing.assert_array_equal(one.coef, other.coef)
    assert one.order == other.order
