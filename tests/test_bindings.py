"""Does every number, word and trace on the boards show the array that it names?

For each board a table says what every named value, sentence, trace and axis shows: an expression of the data and the
fitted weights, written here in plain NumPy. All are evaluated at random positions of random settings. What the table
does not name fails, so whoever adds a value or a trace says here what it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from regviz.core.datasets import DATASETS, Data
from regviz.core.features import BASES
from regviz.figures import compare as compare_figures
from regviz.figures import geometry
from regviz.figures.choosing import board as choosing_board
from regviz.figures.outliers import board as outliers_board
from regviz.figures.paths import board as paths_board
from regviz.figures.variance import board as variance_board
from regviz.live.board import Board, LiveFigure, number_text
from regviz.settings import MATCHES, OWN_DATA, PATH_AXES, Settings
from regviz.sweeps.choosing import Choosing, choosing
from regviz.sweeps.compare import Compare
from regviz.sweeps.outliers import outliers
from regviz.sweeps.paths import Paths, paths
from regviz.sweeps.variance import RESAMPLES, variance
from tests.test_paths import table

Index = dict[str, int]
SHORT = {"l1": "L1", "mix": "Mix", "l2": "L2"}
TITLES = {"l1": "L1 · lasso", "mix": "Your mix · elastic net", "l2": "L2 · ridge"}
RATIOS = np.arange(11) / 10


# -- what is asked of every board


class Known(dict[str, Any]):
    """What each name stands for at one position: a number or words; `slack` is the rounding of a number."""

    def __init__(self) -> None:
        super().__init__()
        self.slack: dict[str, float] = {}

    def put(self, name: str, value: Any, slack: float = 0.0) -> None:
        self[name] = value if isinstance(value, str) else float(value)
        self.slack[name] = slack + (0.0 if isinstance(value, str) else 1e-6 * abs(float(value)))


_NUMBER = r"(–|-?∞|-?\d+(?:\.\d+)?(?:e-?\d+)?(?: %)?)"


def says(board: Board, index: Index, template: str, expected: str, known: Known) -> None:
    """The template says what is expected, whose {names} are the test's own."""
    said = board.say(template, index)
    for name in re.findall(r"\{(\w+)\}", expected):  # words in which numbers stand
        if isinstance(known[name], str) and "{" in known[name]:
            expected = expected.replace(f"{{{name}}}", known[name])
    parts = re.split(r"\{(\w+)\}", expected)
    pattern = "".join(
        re.escape(part) if k % 2 == 0 else "(.*?)" if isinstance(known[part], str) else _NUMBER
        for k, part in enumerate(parts)
    )
    found = re.fullmatch(pattern, said, re.DOTALL)
    assert found, f"{said!r} is not {expected!r}"
    for name, text in zip(parts[1::2], found.groups(), strict=True):
        value = known[name]
        if isinstance(value, str):
            assert text == value, f"{name}: {text!r} is not {value!r} in {said!r}"
        else:
            assert _reads(text, value, known.slack[name]), f"{name}: {text} is not {value} in {said!r}"


def _reads(text: str, value: float, slack: float) -> bool:
    """Whether a text is the number, rounded to some digits."""
    if text.endswith(" %"):
        return abs(float(text[:-2]) - 100 * value) <= 0.5001 + 100 * slack
    ways = {number_text(v, digits) for v in (value - slack, value, value + slack) for digits in (1, 2, 3, 4, 15)}
    return text in ways or (text not in "–-∞" and abs(float(text) - value) <= slack)


Trace = tuple[str, str, Mapping[str, Any]]  # name, role of its colour, coordinates: arrays, or a check of them
Ticks = Callable[[str], float]  # where a label belongs
Axes = tuple[tuple[str, Ticks | None], tuple[str, Ticks | None]]  # (title, ticks) of x and y


def same(drawn: Any, expected: Any, where: str) -> None:
    """Coordinates are the expected ones, gaps included."""
    if callable(expected):
        expected(np.asarray(drawn, dtype=float))
        return
    if len(expected) and isinstance(expected[0], str):
        assert list(drawn) == list(expected), where
        return
    drawn, expected = (np.asarray(values, dtype=float).ravel() for values in (drawn, expected))
    assert drawn.shape == expected.shape, where
    size = np.abs(expected[np.isfinite(expected)]).max(initial=0.0)
    np.testing.assert_allclose(drawn, expected, rtol=1e-6, atol=1e-8 * size + 1e-13, err_msg=where)


def check_board(
    board: Board,
    index: Index,
    known: Known,
    words: Mapping[str, str],
    traces: Callable[[LiveFigure], list[Trace]],
    axes: Callable[[LiveFigure], Axes],
) -> None:
    """All that a board says and draws at an index."""
    for name, (ref, form) in board.values.items():
        if isinstance(form, tuple):
            says(board, index, f"{{{name}}}", f"{{{name}}}", known)
        else:
            read = float(board.read(ref, index).ravel()[0])
            np.testing.assert_allclose(read, known[name], rtol=1e-6, atol=known.slack[name] + 1e-300, err_msg=name)
    for key, template in _templates(board):
        says(board, index, template, words[key], known)
    for figure in board.figures:
        _check_figure(board, figure, index, traces(figure), axes(figure))
    for axis in board.axes:
        assert np.all(np.diff(axis.values) > 0)
        assert axis.text == tuple(number_text(value, 4) for value in axis.values)
        if "λ = 0" in axis.ends[0]:
            assert axis.values[0] == 0


def _templates(board: Board) -> Iterable[tuple[str, str]]:
    """Every template and what it is called in the tables; an empty one is none."""
    told = [("summary", board.summary), ("place", board.place)]
    told += [(f"{figure.name}.alt", figure.alt) for figure in board.figures]
    told += [(f"{figure.name}.caption", figure.caption) for figure in board.figures]
    for card in board.readouts:
        told += [(card.name, card.headline)] + [(f"{card.name}/{label}", template) for label, template, _ in card.rows]
    for note in board.notes:
        texts = (note.title, *note.paragraphs, note.question, note.answer)
        told += [(f"{note.name}/{k}", text) for k, text in enumerate(texts)]
    return [(key, text) for key, text in told if text]


def _check_figure(board: Board, figure: LiveFigure, index: Index, expected: list[Trace], axes: Axes) -> None:
    drawn = figure.at(board, index)
    assert [trace["name"] for trace in drawn["data"]] == [name for name, _, _ in expected], figure.name
    moving = {live.trace for live in figure.moving}
    assert len(moving) == len(figure.moving), figure.name
    for trace, raw, (name, colour, told) in zip(drawn["data"], figure.figure["data"], expected, strict=True):
        where = f"{figure.name}: {name}"
        inks = [str(raw.get(part)) for part in ("line", "marker", "fillcolor", "textfont", "color")]
        assert set(re.findall(r"\$(\w+)", "".join(inks))) - {"background"} == ({colour} if colour else set()), where
        present = {key for key in ("x", "y", "z", "text", "customdata") if key in trace and len(trace[key])}
        assert present == {key for key, value in told.items() if callable(value) or len(value)}, where
        for key, value in told.items():
            same(trace.get(key, ()), value, f"{where}, {key}")
    for key, (title, ticks) in zip(("xaxis", "yaxis"), axes, strict=True):
        axis = drawn["layout"].get(key, {})
        assert axis.get("title", {}).get("text", "") == title, f"{figure.name}, {key}"
        if axis.get("visible") is False:
            continue
        assert ("tickvals" in axis and "ticktext" in axis) == (ticks is not None), f"{figure.name}, {key}"
        if ticks is not None:
            places = [ticks(label) for label in axis["ticktext"]]
            np.testing.assert_allclose(axis["tickvals"], places, atol=1e-9, err_msg=f"ticks of {figure.name}, {key}")


def legend(board: Board) -> list[str]:
    return [board.figures[figure].figure["data"][trace]["name"] for figure, trace in board.legend]


# -- ticks


def number(label: str) -> float:
    return float(label.replace("−", "-"))


def of_names(names: Iterable[str]) -> Ticks:
    names = list(names)
    return lambda label: names.index(label) + 1.0


def log_ticks(alphas: np.ndarray) -> tuple[np.ndarray, Ticks]:
    """Where strengths stand on a logarithmic axis; 0 has a place of its own, 0.4 below the least."""
    zero = np.log10(alphas[alphas > 0].min()) - 0.4
    place = np.where(alphas > 0, np.log10(np.where(alphas > 0, alphas, 1)), zero)
    return place, lambda label: zero if label == "0" else float(np.log10(float(label)))


# -- random settings


def _own(kind: str) -> Data:
    plain = table(30, 4)
    return {
        "plain": plain,
        "one feature": table(40, 1),
        "wide": table(12, 20),
        "constant feature": table(30, 4, constant=2),
        "constant target": table(30, 4, y=np.full(30, 2.5)),
        "twins": replace(
            plain, X=plain.X[:, [0, 1, 1, 3]] * [1, 1, 1, 50], feature_names=("a <b>", "{n}", "twin", "large")
        ),
    }[kind]


OWN = ("plain", "one feature", "wide", "constant feature", "constant target", "twins")


def random_settings(seed: int) -> tuple[Settings, Data | None]:
    """Any data set, the reader's own tables included, and any settings."""
    rng = np.random.default_rng([seed, 5])

    def pick(options: Iterable[Any]) -> Any:
        options = list(options)
        return options[int(rng.integers(len(options)))]

    kinds = [*DATASETS, *OWN]
    kind = kinds[seed % len(kinds)]
    settings = Settings(
        data=OWN_DATA if kind in OWN else kind,
        n_samples=pick((10, 15, 30, 60, 200)),
        noise=pick((0.0, 0.25, 0.25, 1.0)),
        correlation=pick((0.0, 0.7, 0.95)),
        random_state=int(rng.integers(1000)),
        degree=pick((1, 2, 5, 9, 15, 20)),
        basis=pick(BASES),
        standardize=bool(rng.random() < 0.75),
        validation=pick((0.0, 0.05, 0.3, 0.5)),
        match=pick(MATCHES),
        n_splits=pick((2, 5, 20)),
        path_axis=pick(PATH_AXES),
    )
    return settings, _own(kind) if kind in OWN else None


def positions(board: Board, seed: int, count: int = 5) -> list[Index]:
    """Both ends of every slider, where they stand first, and stops at random."""
    rng = np.random.default_rng([seed, 6])
    found = [
        {axis.name: 0 for axis in board.axes},
        {axis.name: len(axis.values) - 1 for axis in board.axes},
        {axis.name: axis.default for axis in board.axes},
    ]
    while len(found) < count:
        found.append({axis.name: int(rng.integers(len(axis.values))) for axis in board.axes})
    return found[:count]


@lru_cache(maxsize=2)
def random_paths(seed: int) -> Paths:
    return paths(*random_settings(seed))


# -- fits to data, by hand


class Fits:
    """The problem of a Compare sweep and its fits, from rows and weights alone."""

    def __init__(self, sweep: Compare) -> None:
        self.sweep, settings, data = sweep, sweep.settings, sweep.data
        self.settings = settings
        self.alphas = np.broadcast_to(sweep.grid.alphas, sweep.grid.kkt.shape)  # (R, A)
        self.coef, self.intercept = sweep.grid.coef, sweep.grid.intercept
        self.p = self.coef.shape[-1]
        raw = self.expand(data.X)
        train = raw[sweep.train]
        flat = np.ptp(train, axis=0) == 0
        on = settings.standardize
        self.mean = train.mean(axis=0) if on else np.zeros(self.p)
        self.scale = np.where(flat, 1.0, train.std(axis=0)) if on else np.ones(self.p)
        self.Z = (raw - self.mean) / self.scale  # (n, p) all rows
        self.n = len(sweep.train)
        self.X, self.y = self.Z[sweep.train], data.y[sweep.train]
        self.centred = self.X - self.X.mean(axis=0)
        self.is_curve = data.domain is not None
        if self.is_curve:
            assert data.domain is not None
            self.x_line = np.linspace(*data.domain, 201)
            self.line = (self.expand(self.x_line[:, None]) - self.mean) / self.scale
        self.names = [name.replace("{", "(").replace("}", ")") for name in sweep.names]
        self.marked = [self.markup(name) for name in self.names]

    @staticmethod
    def markup(name: str) -> str:
        return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    def expand(self, X: np.ndarray) -> np.ndarray:
        domain, degree = self.sweep.data.domain, self.settings.degree
        if domain is None:
            return np.asarray(X)
        t = 2 * (X[:, 0] - domain[0]) / (domain[1] - domain[0]) - 1
        polynomials = np.polynomial
        vandermonde = {
            "monomial": polynomials.polynomial.polyvander,
            "legendre": polynomials.legendre.legvander,
            "chebyshev": polynomials.chebyshev.chebvander,
        }[self.settings.basis]
        return np.asarray(vandermonde(t, degree)[:, 1:])

    def predict(self, Z: np.ndarray, r: int, a: int) -> np.ndarray:
        return np.asarray(Z @ self.coef[r, a] + self.intercept[r, a])

    def rounding(self, r: int, a: int) -> float:
        """Of a prediction: huge weights that cancel leave this much."""
        return float(1e-12 * (np.abs(self.Z) @ np.abs(self.coef[r, a]) + abs(self.intercept[r, a])).max())

    def error(self, rows: np.ndarray, r: int, a: int) -> float:
        residual = self.sweep.data.y[rows] - self.predict(self.Z[rows], r, a)
        return float(np.sqrt(np.mean(residual**2)))

    def expected(self, r: int, a: int) -> float | None:
        """Root mean squared error on new points, where the source is known."""
        data = self.sweep.data
        if data.domain is not None and data.truth is not None and data.noise_sd is not None:
            low, high = data.domain
            x = low + (high - low) * (np.arange(400) + 0.5) / 400
            wrong = self.predict((self.expand(x[:, None]) - self.mean) / self.scale, r, a) - data.truth(x)
            return float(np.sqrt(np.mean(wrong**2) + data.noise_sd**2))
        if data.true_coef is None or data.covariance is None or data.noise_sd is None:
            return None
        w = self.coef[r, a] / self.scale
        wrong, shift = w - data.true_coef, self.intercept[r, a] - w @ self.mean
        return float(np.sqrt(wrong @ data.covariance @ wrong + shift**2 + data.noise_sd**2))

    def freedom(self, r: int, a: int) -> tuple[float, float]:
        """(degrees of freedom, how many of them hang on rounding)."""
        w, l2 = self.coef[r, a], self.alphas[r, a] * (1 - RATIOS[r])
        active = self.centred[:, w != 0]
        if not active.size:
            return 0.0, 0.0
        if l2 > 0:
            square = np.linalg.svd(active, compute_uv=False) ** 2
            return float((square / (square + self.n * l2)).sum()), 1e-6
        d = np.linalg.svd(active / np.sqrt(np.mean(active**2, axis=0)), compute_uv=False)
        limit = np.finfo(float).eps * max(self.X.shape) * d[0]
        return float((d > limit).sum()), float(((d > 1e-2 * limit) & (d < 1e2 * limit)).sum())

    def column(self, known: Known, key: str, r: int, a: int) -> None:
        """What every board with a column of fits names."""
        sweep, w = self.sweep, self.coef[r, a]
        alpha, rho = self.alphas[r, a], RATIOS[r]
        slack = self.rounding(r, a)

        def put(name: str, value: Any, slack: float = 0.0) -> None:
            known.put(f"{key}_{name}", value, slack)

        put("zeros", np.sum(w == 0))
        put("df", *self.freedom(r, a))
        put("kkt", sweep.grid.kkt[r, a])
        put("lambda", alpha)
        train = self.error(sweep.train, r, a)
        put("train", train, slack)
        if len(sweep.validation):
            put("validation", self.error(sweep.validation, r, a), slack)
        if (expected := self.expected(r, a)) is not None:
            put("expected", expected, 10 * slack)
        put("norm1", np.abs(w).sum())
        put("norm2", np.linalg.norm(w))
        put("largest", np.abs(w).max())
        put("data_loss", train**2 / 2, slack * (train + slack))
        penalty = alpha * (rho * np.abs(w).sum() + (1 - rho) / 2 * (w @ w))
        put("penalty", penalty)
        if sweep.slices is not None:
            pair = w[list(sweep.slices.pair)]
            put("budget", rho * np.abs(pair).sum() + (1 - rho) / 2 * (pair @ pair))
            put("solution_a", pair[0])
            put("solution_b", pair[1])

    # the axis of weights, as its labels say it

    def soft(self, figure: LiveFigure, key: str) -> float | None:
        """Weights are drawn as asinh(w / soft) where the axis says that it is compressed."""
        axis = figure.figure["layout"][key]
        if axis["title"]["text"] == "weight":
            return None
        assert axis["title"]["text"] == "weight (compressed)"
        return float(f"{number(axis['ticktext'][-1]) / np.sinh(axis['tickvals'][-1]):.2g}")


def drawn(w: Any, soft: float | None) -> np.ndarray:
    return np.asarray(w if soft is None else np.arcsinh(np.asarray(w) / soft))


def weight_ticks(soft: float | None) -> Ticks | None:
    return None if soft is None else lambda label: float(np.arcsinh(number(label) / soft))


def rows_of(index: Index) -> dict[str, tuple[int, int]]:
    """(ratio, strength) of every column."""
    a = next(stop for name, stop in index.items() if name != "l1_ratio")
    return {"l1": (10, a), "mix": (index["l1_ratio"], a), "l2": (0, a)}


def column_words(fits: Fits) -> dict[str, str]:
    """What the cards and figures of a column say, on whatever board they stand."""
    sweep, words = fits.sweep, {}
    error = "validation" if len(sweep.validation) else "train"
    error_words = {"validation": "validation error", "train": "training error"}[error]
    for key, title in TITLES.items():
        matched = sweep.settings.match != "alpha" and (key != "l1" or sweep.best is not None)
        own = f"at λ = {{{key}_lambda}}: " if matched else ""
        words[f"heading_{key}"] = f"{own}{{{key}_zeros}} of {{p}} weights exactly zero"
        rows = {"Training error": "train", "‖w‖₁ = Σ|w|": "norm1", "‖w‖₂ = √Σw²": "norm2", "Degrees of freedom": "df"}
        rows |= {"Validation error": "validation", "Expected error": "expected", "Solved to (KKT)": "kkt"}
        words |= {f"numbers_{key}/{label}": f"{{{key}_{name}}}" for label, name in rows.items()}
        last = f"Training error {{{key}_train}}, {error_words} {{{key}_{error}}}."
        if fits.is_curve:
            words[f"fit_{key}.alt"] = (
                f"{title}: fitted curve at λ = {{{key}_lambda}} over {len(sweep.train)} training points. {last}"
            )
        else:
            n, shown = sweep.data.n_samples, min(sweep.data.n_samples, 300)
            some = f" ({shown} of {n} rows drawn)" if shown < n else ""
            target = sweep.data.target_name
            words[f"fit_{key}.alt"] = (
                f"{title}: predicted against observed {target} at λ = {{{key}_lambda}}{some}. {last}"
            )
        words[f"weights_{key}.alt"] = (
            f"{title}: the {fits.p} weights; {{{key}_zeros}} are exactly zero, Σ|w| is {{{key}_norm1}}."
        )
        words[f"weights_{key}.caption"] = f"Largest |w|: {{{key}_largest}}{{{key}_cut}}"
        words[f"loss_{key}.alt"] = f"{title}: data loss {{{key}_data_loss}} and λ times penalty {{{key}_penalty}}."
        words[f"loss_{key}.caption"] = f"{{{key}_data_loss}} data + {{{key}_penalty}} penalty"
        touch = f"({{{key}_solution_a}}, {{{key}_solution_b}})"
        if sweep.slices is not None:
            a, b = (fits.names[j] for j in sweep.slices.pair)
            held = {2: "", 3: "The other weight is held at its solution."}.get(
                fits.p, f"The {fits.p - 2} other weights are held at their solution."
            )
            words[f"constraint_{key}.caption"] = f"Touch at {touch}, ball of size {{{key}_budget}}. {held}"
            words[f"constraint_{key}.alt"] = (
                f"{title}: loss contours and the constraint ball of size {{{key}_budget}} for {a} and {b}; "
                f"they touch at {touch}."
            )
        words[f"histogram_{key}.alt"] = (
            f"{title}: histogram of {fits.p} weights; the outermost bins hold all beyond; "
            f"a hollow spike at 0 counts the {{{key}_zeros}} exact zeros."
        )
    return words


def place_words(sweep: Compare) -> str:
    if sweep.best is not None:
        return "{strength} × each best λ, L1 ratio {ratio}"
    return f"λ {'' if sweep.settings.match == 'alpha' else 'of L1 '}{{strength}}, L1 ratio {{ratio}}"


def at_sliders(board: Board, index: Index, sweep: Compare, known: Known) -> None:
    strength, ratio = board.axes
    assert ratio.name == "l1_ratio"
    assert ratio.label == "L1 ratio of your mix"
    np.testing.assert_allclose(ratio.values, RATIOS)
    by_factor = sweep.best is not None
    assert strength.name == ("factor" if by_factor else "alpha")
    assert strength.label.endswith("× each best λ" if by_factor else "λ of L1" if matched(sweep) else "Strength λ")
    if not by_factor:
        np.testing.assert_array_equal(strength.values, np.broadcast_to(sweep.grid.alphas, sweep.grid.kkt.shape)[10])
    known.put("strength", strength.values[index[strength.name]])
    known.put("ratio", RATIOS[index["l1_ratio"]])


def matched(sweep: Compare) -> bool:
    return sweep.settings.match != "alpha"


# -- the figures of a column


def fit_traces(fits: Fits, key: str, r: int, a: int) -> list[Trace]:
    sweep, y = fits.sweep, fits.sweep.data.y
    short = SHORT[key]
    if fits.is_curve:
        x, truth = sweep.data.X[:, 0], sweep.data.truth
        assert truth is not None

        def near(at: int) -> Callable[[np.ndarray], None]:
            slack = 10 * fits.rounding(r, at)
            return lambda found: np.testing.assert_allclose(
                found, fits.predict(fits.line, r, at), rtol=1e-9, atol=slack
            )

        held = {"x": x[sweep.validation], "y": y[sweep.validation]}
        return [
            ("no regularization", "ghost", {"x": fits.x_line, "y": near(0)}),
            ("true function", "truth", {"x": fits.x_line, "y": truth(fits.x_line)}),
            ("training points", "train", {"x": x[sweep.train], "y": y[sweep.train]}),
            ("validation points", "validation", held),
            (f"{short} fit", key, {"x": fits.x_line, "y": near(a)}),
        ]
    train, held_out = (np.intersect1d(sweep.shown, rows) for rows in (sweep.train, sweep.validation))
    assert len(sweep.shown) == min(len(y), 300)

    def on(rows: np.ndarray, at: int) -> dict[str, Any]:
        return {"x": y[rows], "y": fits.predict(fits.Z[rows], r, at)}

    def diagonal(found: np.ndarray) -> None:
        assert found[0] <= y.min() <= y.max() <= found[1]

    told: list[Trace] = [
        ("perfect prediction", "truth", {"x": diagonal, "y": diagonal}),
        ("no regularization", "ghost", on(train, 0)),
        ("training rows", key, on(train, a)),
    ]
    return told + ([("validation rows", "validation", on(held_out, a))] if len(sweep.validation) else [])


def weight_traces(fits: Fits, figure: LiveFigure, key: str, r: int, a: int) -> list[Trace]:
    across, along = ("x", "y") if fits.is_curve else ("y", "x")
    soft = fits.soft(figure, f"{along}axis")
    w, place = fits.coef[r, a], np.arange(1, fits.p + 1)

    def bars(values: np.ndarray) -> dict[str, Any]:
        return {across: place, along: values, "text": fits.marked}

    return [
        ("no regularization", "ghost", bars(drawn(fits.coef[r, 0], soft)) | {"customdata": fits.coef[r, 0]}),
        (f"{SHORT[key]} weights", key, bars(drawn(w, soft)) | {"customdata": w}),
        ("exactly zero", key, bars(np.where(w == 0, 0.0, np.nan))),
    ]


def weight_axes(fits: Fits, figure: LiveFigure) -> Axes:
    along = "y" if fits.is_curve else "x"
    soft = fits.soft(figure, f"{along}axis")
    title = "weight" if soft is None else "weight (compressed)"
    weights, names = (title, weight_ticks(soft)), ("", of_names(Fits.markup(name[:18]) for name in fits.names))
    return (names, weights) if fits.is_curve else (weights, names)


def loss_traces(known: Known, key: str) -> list[Trace]:
    data, penalty = known[f"{key}_data_loss"], known[f"{key}_penalty"]
    slack = known.slack[f"{key}_data_loss"] + known.slack[f"{key}_penalty"]

    def reaches(end: float) -> Callable[[np.ndarray], None]:
        return lambda found: np.testing.assert_allclose(found, [end], atol=slack + 1e-300)

    return [
        ("data loss + λ · penalty", key, {"x": reaches(data + penalty), "y": [0]}),
        ("data loss", key, {"x": reaches(data), "y": [0]}),
    ]


def constraint_traces(
    fits: Fits, figure: LiveFigure, board: Board, index: Index, key: str, r: int, a: int
) -> list[Trace]:
    """The bowl of two weights: o = w + G⁻¹ pull, and D(v) − D(o) = ½ (v − o)ᵀ G (v − o)."""
    sweep, rho = fits.sweep, RATIOS[r]
    assert sweep.slices is not None
    pair = list(sweep.slices.pair)
    w, columns = fits.coef[r, a][pair], fits.centred[:, pair]
    residual = fits.y - fits.predict(fits.X, r, a)
    gram, pull = columns.T @ columns / fits.n, columns.T @ residual / fits.n
    sound = np.linalg.det(gram) > 1e-9 * gram[0, 0] * gram[1, 1]
    lowest = w + np.linalg.lstsq(gram, pull, rcond=None)[0]
    size = max(np.abs(w).max(), np.abs(lowest).max())
    loose = 1e-6 * size + 1e-6 * fits.rounding(r, a) + 1e-12
    data = figure.at(board, index)["data"]

    def height(trace: int) -> np.ndarray:
        away = np.array([data[trace]["x"], data[trace]["y"]]).T - lowest
        return np.asarray(np.einsum("ki,ij,kj->k", away, gram, away))

    def of_level(trace: int, through: np.ndarray, shares: Iterable[float]) -> Callable[[np.ndarray], None]:
        level, top = (through - lowest) @ gram @ (through - lowest), size**2 * np.trace(gram)

        def check(found: np.ndarray) -> None:
            heights = height(trace)
            part = heights[np.isfinite(heights)].reshape(len(list(shares)), -1)
            if sound:
                np.testing.assert_allclose(
                    part,
                    np.outer(np.square(list(shares)), np.ones(part.shape[1])) * level,
                    rtol=1e-6,
                    atol=1e-7 * top + 1e-300,
                )

        return check

    def on_ball(found: np.ndarray) -> None:
        size = np.abs(np.array([data[1]["x"], data[1]["y"]]))
        budget = rho * np.abs(w).sum() + (1 - rho) / 2 * (w @ w)
        np.testing.assert_allclose(rho * size.sum(0) + (1 - rho) / 2 * (size**2).sum(0), budget, rtol=1e-9, atol=1e-300)
        angle = np.arctan2(data[1]["y"], data[1]["x"])[:-1] % (2 * np.pi)
        if budget > 0:
            np.testing.assert_allclose((angle + 0.01) % (2 * np.pi) - 0.01, np.arange(64) * np.pi / 32, atol=1e-9)

    def at_lowest(j: int) -> Callable[[np.ndarray], None]:
        return lambda found: np.testing.assert_allclose(found, [lowest[j]], atol=loose) if sound else None

    reach = figure.at(board, index)["layout"]["xaxis"]["range"][1]
    assert max(size, np.abs([*data[1]["x"], *data[1]["y"]]).max()) <= reach * (1 + 1e-9)
    levels = of_level(0, np.zeros(2), (0.25, 0.5, 0.75, 1))
    through = of_level(2, w, (1,))
    return [
        ("contours of the data loss", "contour", {"x": levels, "y": levels}),
        ("constraint ball", key, {"x": on_ball, "y": on_ball}),
        ("contour through the solution", "text", {"x": through, "y": through}),
        ("lowest point of the slice", "ghost", {"x": at_lowest(0), "y": at_lowest(1)}),
        ("solution", key, {"x": w[:1], "y": w[1:]}),
    ]


def histogram_traces(fits: Fits, figure: LiveFigure, key: str, r: int, a: int) -> list[Trace]:
    soft, w = fits.soft(figure, "xaxis"), fits.coef[r, a]
    low, reach = figure.figure["layout"]["xaxis"]["range"]
    assert low == -reach
    edges = np.linspace(-reach, reach, 21)
    inner = np.nextafter(reach, 0)
    counts = np.histogram(np.clip(drawn(w[w != 0], soft), -inner, inner), edges)[0]
    sides = edges if soft is None else soft * np.sinh(edges)
    ends = [number_text(side, 3) for side in sides]
    words = [f"from {a} to {b}" for a, b in pairwise(ends)]
    words[0], words[-1] = f"below {ends[1]}", f"above {ends[-2]}"
    np.testing.assert_allclose(
        figure.figure["data"][0]["meta"]["x"], (sides[1:] + sides[:-1]) / 2, rtol=1e-3, atol=1e-9
    )
    middles = (edges[1:] + edges[:-1]) / 2
    return [
        ("weights in the bin", key, {"x": middles, "y": counts, "text": words}),
        ("exactly zero", key, {"x": [0.0], "y": [np.sum(w == 0)]}),
    ]


def titled(figure: LiveFigure, words: str) -> None:
    """A figure of a column says whose it is, and stands in that column."""
    key = figure.name.rsplit("_", 1)[1]
    assert figure.title == f"{SHORT[key]}: {words}"
    assert figure.column == list(SHORT).index(key)


def common_figure(
    board: Board, index: Index, fits: Fits, known: Known, figure: LiveFigure
) -> tuple[list[Trace], Axes] | None:
    """Traces and axes of the figures that several boards share."""
    kind, _, key = figure.name.rpartition("_")
    if key not in SHORT:
        return None
    r, a = rows_of(index)[key]
    if kind == "fit":
        titled(figure, "fitted curve" if fits.is_curve else "predicted against observed")
        target = Fits.markup(fits.sweep.data.target_name[:38])
        names = ("x", "y") if fits.is_curve else (f"observed {target}", "predicted")
        return fit_traces(fits, key, r, a), ((names[0], None), (names[1], None))
    if kind == "weights":
        titled(figure, "weights")
        return weight_traces(fits, figure, key, r, a), weight_axes(fits, figure)
    if kind == "loss":
        titled(figure, "data loss + λ · penalty")
        assert known[f"{key}_data_loss"] + known[f"{key}_penalty"] <= figure.figure["layout"]["xaxis"]["range"][1]
        return loss_traces(known, key), (("", None), ("", None))
    if kind == "constraint":
        assert fits.sweep.slices is not None
        first, second = (fits.names[j] for j in fits.sweep.slices.pair)
        titled(figure, f"constraint on {first} and {second}")
        axes = (Fits.markup(first), None), (Fits.markup(second), None)
        return constraint_traces(fits, figure, board, index, key, r, a), axes
    if kind == "histogram":
        titled(figure, "histogram of the weights")
        soft = fits.soft(figure, "xaxis")
        title = "weight" if soft is None else "weight (compressed)"
        return histogram_traces(fits, figure, key, r, a), ((title, weight_ticks(soft)), ("weights", None))
    return None


def known_at(board: Board, index: Index, fits: Fits) -> Known:
    known = Known()
    known.put("p", fits.p)
    at_sliders(board, index, fits.sweep, known)
    along = "yaxis" if fits.is_curve else "xaxis"
    figures = {figure.name: figure for figure in compare_figures.board(fits.sweep).figures}
    for key, (r, a) in rows_of(index).items():
        fits.column(known, key, r, a)
        weights = figures[f"weights_{key}"]
        reach = weights.figure["layout"][along]["range"][1]
        off = drawn(np.abs(fits.coef[r, a]).max(), fits.soft(weights, along)) > reach
        known.put(f"{key}_cut", ", off the scale: bars at the edge are cut." if off else ".")
    return known


SEEDS = range(40)  # × 5 positions


@pytest.mark.parametrize("seed", SEEDS)
def test_compare(seed: int) -> None:
    sweep = random_paths(seed).sweep
    board = compare_figures.board(sweep)
    fits = Fits(sweep)
    words = column_words(fits)
    error = "validation" if len(sweep.validation) else "train"
    errors = {"validation": "Validation error", "train": "Training error"}[error]
    place = place_words(sweep)
    words |= {
        "place": place,
        "summary": f"{place}. Weights exactly zero: L1 {{l1_zeros}}, mix {{mix_zeros}}, L2 {{l2_zeros}} of {{p}}. "
        f"{errors}: L1 {{l1_{error}}}, mix {{mix_{error}}}, L2 {{l2_{error}}}.",
        "no_constraint/1": "With one weight there is no constraint picture: it needs two.",
    }
    points = "points" if fits.is_curve else "rows"
    first = ["no regularization", "true function"] if fits.is_curve else ["perfect prediction", "no regularization"]
    held = [f"validation {points}"] if len(sweep.validation) else []
    assert legend(board) == [*first, f"training {points}", *held]
    assert ("no_constraint" in [note.name for note in board.notes]) == (fits.p == 1)
    for index in positions(board, seed):
        known = known_at(board, index, fits)

        def shown(figure: LiveFigure) -> tuple[list[Trace], Axes]:
            found = common_figure(board, index, fits, known, figure)  # noqa: B023
            assert found is not None, figure.name
            return found

        check_board(board, index, known, words, lambda figure: shown(figure)[0], lambda figure: shown(figure)[1])


def _clearness(fits: Fits, pair: tuple[int, int]) -> float:
    """How well a slice shows what the penalties do: the lasso keeps one of its two weights, and bowl and ball are of like
    size, that is, the way from lowest point to solution is 0.35 of the larger of both, in the fit where it is least.
    """
    columns, ways = fits.centred[:, pair], []
    gram = columns.T @ columns / fits.n
    for r in (0, 5, 10):
        w = fits.coef[r, fits.sweep.start][list(pair)]
        pull = columns.T @ (fits.y - fits.predict(fits.X, r, fits.sweep.start)) / fits.n
        alone = np.linalg.det(gram) <= 1e-10 * gram[0, 0] * gram[1, 1]
        way = np.zeros(2) if alone else np.linalg.solve(gram, pull)
        ways.append(np.abs(way).max() / (max(np.abs(w).max(), np.abs(w + way).max()) or 1.0))
    return float(np.sum(w != 0) == 1) - abs(min(ways) - 0.35)


@pytest.mark.parametrize("seed", [0, 1, 4, 8, 9, 10, 15])
def test_the_pair_of_the_constraint_picture(seed: int) -> None:
    """No other pair shows it better; a weight that the reader chose stays."""
    sweep = random_paths(seed).sweep
    fits = Fits(sweep)
    if sweep.slices is None:
        assert fits.p == 1
        return
    pairs = [(a, b) for b in range(fits.p) for a in range(b)]
    best = max(_clearness(fits, pair) for pair in pairs)
    assert sweep.slices.pair[0] < sweep.slices.pair[1]
    assert _clearness(fits, sweep.slices.pair) >= best - 1e-6


# -- Paths


def dialect_values(a: float, rho: float, n: int, s: float) -> dict[str, dict[str, float]]:
    """One λ as others write it, by the label on the card: our penalty times what multiplies our data term."""
    l1, l2 = a * rho, a * (1 - rho)  # beside 1/(2n) Σ(y − ŷ)²: l1 Σ|w| + l2/2 Σw²
    ours: dict[str, dict[str, float]] = {
        "RegViz": {"λ": a, "ρ": rho},
        "scikit-learn ElasticNet(alpha, l1_ratio)": {"alpha": a, "l1_ratio": rho},
        "glmnet(lambda, alpha)": {"lambda": l1 + s * l2, "alpha": rho / (rho + s * (1 - rho))},
        'Keras kernel_regularizer=L1L2(l1, l2), loss="mse"': {"l1": 2 * l1, "l2": l2},
    }
    squares = {
        "Σ(y−ŷ)² + λ Σw²": {"λ": n * l2},
        "1/n Σ(y−ŷ)² + λ Σw²": {"λ": l2},
        "½ Σ(y−ŷ)² + (λ/2) Σw²": {"λ": n * l2},
        "1/(2n) Σ(y−ŷ)² + (λ/2) Σw²": {"λ": l2},
        "1/(2n) Σ(y−ŷ)² + (λ/2n) Σw²": {"λ": n * l2},
        "scikit-learn Ridge(alpha)": {"alpha": n * l2},
        "PyTorch SGD(weight_decay) with MSELoss": {"weight_decay": 2 * l2},
        "PyTorch SGD(weight_decay) with half the MSELoss": {"weight_decay": l2},
    }
    sums = {
        "Σ(y−ŷ)² + λ Σ|w|": {"λ": 2 * n * l1},
        "1/n Σ(y−ŷ)² + λ Σ|w|": {"λ": 2 * l1},
        "1/(2n) Σ(y−ŷ)² + (λ/n) Σ|w|": {"λ": n * l1},
        "scikit-learn Lasso(alpha)": {"alpha": l1},
    }
    return ours | ({"l1": sums, "l2": squares, "mix": {}})["l1" if rho == 1 else "l2" if rho == 0 else "mix"]


class Along(Fits):
    """The horizontal axis of the paths: where every stop, and every corner of the lasso, stands."""

    def __init__(self, found: Paths, board: Board) -> None:
        super().__init__(found.sweep)
        self.found, self.kind = found, found.sweep.settings.path_axis
        self.axis = next(figure for figure in board.figures if figure.name == "path_l1").figure["layout"]["xaxis"]
        self.log, self.ticks = log_ticks(self.alphas)
        self.df = np.array([[self.freedom(r, a)[0] for a in range(self.alphas.shape[1])] for r in range(11)])
        if self.kind == "df" and np.abs(self.df - found.sweep.df).max() > 1e-3:
            self.df = found.sweep.df  # the rank hangs on rounding
        self.norm_soft: float | None = None
        if self.kind == "norm" and "tickvals" in self.axis:
            self.norm_soft = number(self.axis["ticktext"][-1]) / np.sinh(self.axis["tickvals"][-1])

    def place(self, alpha: np.ndarray, coef: np.ndarray, df: np.ndarray) -> np.ndarray:
        if self.kind == "alpha":
            return np.asarray(np.where(alpha > 0, np.log10(np.where(alpha > 0, alpha, 1)), self.ticks("0")))
        return df if self.kind == "df" else drawn(np.abs(coef).sum(axis=-1), self.norm_soft)

    @property
    def stops(self) -> np.ndarray:
        return self.place(self.alphas, self.coef, self.df)

    @property
    def axes(self) -> tuple[str, Ticks | None]:
        soft = self.norm_soft
        return {
            "alpha": ("λ", self.ticks),
            "df": ("degrees of freedom", None),
            "norm": ("‖w‖₁", None) if soft is None else ("‖w‖₁ (compressed)", weight_ticks(soft)),
        }[self.kind]

    def lasso(self, alphas: np.ndarray) -> np.ndarray:
        """Degrees of freedom of the lasso between its stops."""
        return np.interp(alphas, self.alphas[10], self.df[10])


def path_words(along: Along) -> dict[str, str]:
    found, words = along.found, column_words(along)
    stops = along.alphas[10]
    corners = found.corners[(found.corners >= stops[1]) & (found.corners <= stops[-1])]
    counted = {
        "l1": "Lasso: the number of weights that are not zero, if their features are independent; else the rank of "
        "these (Tibshirani & Taylor 2012).",
        "mix": "Elastic net: Σ d²/(d² + nλ(1−ρ)), d the singular values above 0 of the centred features in the model "
        "(Tibshirani & Taylor 2012).",
        "l2": "Ridge: Σ d²/(d² + nλ), d the singular values above 0 of the centred features (Hastie, Tibshirani & "
        "Friedman, eq. 3.50).",
    }
    for key, title in TITLES.items():
        how = f"; {len(corners)} exact corners (ticks below)" if key == "l1" else ""
        words |= {
            f"path_{key}.caption": f"On top: number of weights that are not zero{how}. Drag in the chart to move λ.",
            f"path_{key}.alt": f"{title}: the paths of {along.p} weights; at λ = {{{key}_lambda}} there are "
            f"{{{key}_nonzero}} that are not zero: {{{key}_members}}.",
            f"members_{key}/1": f"{SHORT[key]}, in the model: {{{key}_members}}",
            f"freedom_{key}.caption": f"Now {{{key}_df}}. {counted[key]}",
            f"freedom_{key}.alt": f"{title}: {{{key}_df}} degrees of freedom of {along.p} at λ = {{{key}_lambda}}.",
        }
        for place, j in enumerate(found.order, 1):
            name = along.names[j]
            label = name if len(name) <= 24 else f"{name[:23].rstrip()}…"
            ordinal = f"{place} · " if key == "l1" and np.isfinite(found.entry[10, j]) else ""
            words[f"entries_{key}/{ordinal}{label}"] = f"{{{key}_entered_{j}}}"
    return words


def path_known(known: Known, along: Along, key: str, r: int, a: int) -> None:
    found, w = along.found, along.coef[r, a]
    inside = np.flatnonzero(w)
    listed = ", ".join(along.names[j] for j in inside[:6]) + (f" and {len(inside) - 6} more" if len(inside) > 6 else "")
    known.put(f"{key}_nonzero", len(inside))
    known[f"{key}_members"] = "all features" if len(inside) == along.p else listed or "none: the mean of y alone"
    for j in range(along.p):
        there = along.coef[r, :, j] != 0
        entry = along.alphas[r][there].max(initial=-np.inf) if there.any() else np.nan
        events = [event.alpha for event in found.path.events if event.feature == j and event.enters]
        if r == 10 and events:  # the lasso's are exact, not only at stops
            assert max(events) >= entry * (1 - 1e-9)
            entry = max(events)
        known.put(f"{key}_entry_{j}", entry)
        number = f"{{{key}_entry_{j}}}"
        at_last = r != 10 and there[-1]
        known[f"{key}_entered_{j}"] = f"λ ≥ {number}" if at_last else f"λ = {number}"
        if r == 0 and there.all():
            known[f"{key}_entered_{j}"] = "always in"
        if np.isnan(entry):
            known[f"{key}_entered_{j}"] = "never in"


def path_figure(along: Along, board: Board, figure: LiveFigure, key: str, r: int, a: int) -> tuple[list[Trace], Axes]:
    found, w, stops = along.found, along.coef[r, a], along.stops
    assert figure.scrub is not None
    assert figure.scrub[0] == board.axes[0].name
    same(board.read(figure.scrub[1], {board.axes[0].name: a, "l1_ratio": r}), stops[r], "scrub")
    low, high = figure.figure["layout"]["xaxis"]["range"]
    assert low <= stops[r, a] <= high or (along.kind == "alpha" and key != "mix")
    cursor: Trace
    if figure.name.startswith("freedom"):
        titled(figure, "effective degrees of freedom")
        cursor = ("λ of the slider", "text", {"x": [stops[r, a]] * 2, "y": [0, 1.06 * along.p]})
        counts = (along.coef[r] != 0).sum(axis=-1)

        def freedom(at: Any) -> Callable[[np.ndarray], None]:
            told = [along.freedom(r, k) for k in np.atleast_1d(np.arange(stops.shape[1])[at])]
            value, slack = (np.array(part) for part in zip(*told, strict=True))
            return lambda drawn: np.testing.assert_array_less(np.abs(drawn - value), slack + 1e-6)

        return [
            ("weights not zero", "muted", {"x": stops[r], "y": counts}),
            ("degrees of freedom", key, {"x": stops[r], "y": freedom(slice(None))}),
            cursor,
            ("at λ", key, {"x": [stops[r, a]], "y": freedom(a)}),
        ], (along.axes, (f"of {along.p}", None))
    titled(figure, "path of every weight")
    soft = along.soft(figure, "yaxis")
    reach = figure.figure["layout"]["yaxis"]["range"][1]
    alphas = np.unique(found.alphas)
    within = found.corners[(found.corners >= along.alphas[10, 1]) & (found.corners <= along.alphas[10, -1])]
    told: list[Trace] = []
    for j, name in enumerate(along.marked):
        if key == "l1":  # the lasso is drawn at every corner too
            np.testing.assert_array_equal(alphas, np.union1d(along.alphas[10], within))
            exact = np.where(
                np.isin(alphas, along.alphas[10])[:, None],
                along.coef[10][np.clip(np.searchsorted(along.alphas[10], alphas), 0, stops.shape[1] - 1)],
                found.path.at(alphas),
            )
            x, y = along.place(alphas, exact, along.lasso(alphas)), exact[:, j]
        else:
            x, y = stops[r], along.coef[r, :, j]
        told.append((name, f"s{j % 8}", {"x": x, "y": drawn(y, soft), "customdata": y}))
    gap = np.full(len(within), np.nan)
    if key == "l1":
        at = along.place(within, found.path.at(within), along.lasso(within))
        tick = np.tile([-reach, -0.94 * reach, np.nan], len(within))
        told.append(("a weight enters or leaves", "muted", {"x": np.stack([at, at, gap], axis=1).ravel(), "y": tick}))
    dots = drawn(w, soft)

    def beside(found: np.ndarray) -> None:
        seen = np.abs(found) <= reach
        np.testing.assert_allclose(found[seen], dots[seen], atol=9 * reach / 32767)
        assert np.all(found[~seen] > 2 * reach)

    counted = np.linspace(0, stops.shape[1] - 1, 9).round()[1:-1].astype(int)
    names = [Fits.markup(name if len(name) <= 16 else f"{name[:15].rstrip()}…") for name in along.names]
    counts = [str(int(n)) for n in (along.coef[r] != 0).sum(axis=-1)[counted]]
    told += [
        ("λ of the slider", "text", {"x": [stops[r, a]] * 2, "y": [-reach, reach]}),
        ("weights at λ", key, {"x": [stops[r, a]] * along.p, "y": dots, "customdata": w, "text": along.marked}),
        ("names", "text", {"x": [stops[r, a]] * along.p, "y": beside, "text": names}),
        ("weights not zero", "muted", {"x": stops[r][counted], "y": [0.93 * reach] * 7, "text": counts}),
    ]
    return told, (along.axes, ("weight" if soft is None else "weight (compressed)", weight_ticks(soft)))


def dialect_words(board: Board, along: Along, known: Known, key: str, r: int, a: int) -> dict[str, str]:
    """What the card of dialects says, and who is named below it as one who cannot."""
    y = along.y
    # The mix counts as one between the two ends; at an end its values are those of that end.
    told = dialect_values(along.alphas[r, a], {"l1": 1.0, "l2": 0.0}.get(key, 0.5), along.n, float(y.std()) or 1.0)
    values = dialect_values(along.alphas[r, a], RATIOS[r], along.n, float(y.std()) or 1.0)
    card = next(card for card in board.readouts if card.name == f"dialects_{key}")
    assert {label for label, _, _ in card.rows} == set(told)
    words = {}
    for label, template, _ in card.rows:
        names = re.findall(r"\{(\w+)\}", template)
        for name, value in zip(names, values[label].values(), strict=True):
            known.put(name, value)
        parts = zip(told[label], names, strict=True)
        words[f"dialects_{key}/{label}"] = ", ".join(f"{parameter} {{{name}}}" for parameter, name in parts)
    note = next(note for note in board.notes if note.name == f"unsaid_{key}")
    both = dialect_values(1, 1, 1, 1) | dialect_values(1, 0, 1, 1)
    assert all((label in note.answer) == (label not in told) for label in both)
    question = "Which dialects cannot mix L1 and L2, and why not?"
    words[f"unsaid_{key}/1"] = question if key == "mix" else f"Where has {SHORT[key]} no equivalent, and why not?"
    words[f"unsaid_{key}/2"] = note.answer
    return words


@pytest.mark.parametrize("seed", SEEDS)
def test_paths(seed: int) -> None:
    found = random_paths(seed)
    board = paths_board(found)
    along = Along(found, board)
    words = path_words(along)
    place = place_words(found.sweep)
    counts = "L1 {l1_nonzero}, mix {mix_nonzero}, L2 {l2_nonzero} of {p}."
    words |= {"place": place, "summary": f"{place}. Weights in the model: {counts}"}
    for index in positions(board, seed):
        known = known_at(board, index, along)
        for key, (r, a) in rows_of(index).items():
            path_known(known, along, key, r, a)
            words |= dialect_words(board, along, known, key, r, a)

        def shown(figure: LiveFigure) -> tuple[list[Trace], Axes]:
            key = figure.name.rsplit("_", 1)[1]
            common = common_figure(board, index, along, known, figure)  # noqa: B023
            return common or path_figure(along, board, figure, key, *rows_of(index)[key])  # noqa: B023

        check_board(board, index, known, words, lambda figure: shown(figure)[0], lambda figure: shown(figure)[1])
        cards = {card.name: card.title for card in board.readouts}
        titles = ("L1: enters at", "Mix: in the model up to", "L2: in the model")
        for key, title in zip(SHORT, titles, strict=True):
            assert cards[f"entries_{key}"] == title
            assert cards[f"dialects_{key}"] == f"{SHORT[key]}: this λ in other dialects"
