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

from regviz.core.data.datasets import DATASETS, Data
from regviz.core.data.features import BASES
from regviz.core.dialects import DIALECTS
from regviz.fits.compare import Compare
from regviz.live.board import Board, LiveFigure, number_text
from regviz.scenes.choosing.board import board as choosing_board
from regviz.scenes.choosing.board import optimism_board
from regviz.scenes.choosing.sweep import Choosing, Optimism, choosing
from regviz.scenes.compare import board as compare_figures
from regviz.scenes.geometry import board as geometry
from regviz.scenes.outliers.board import board as outliers_board
from regviz.scenes.outliers.sweep import outliers
from regviz.scenes.paths.board import board as paths_board
from regviz.scenes.paths.settings import PATH_AXES
from regviz.scenes.paths.sweep import Paths, paths
from regviz.scenes.variance.board import board as variance_board
from regviz.scenes.variance.sweep import RESAMPLES, variance
from regviz.settings import MATCHES, OWN_DATA, Settings
from tests.test_paths import table

Index = dict[str, int]
SHORT = {"l1": "L1", "mix": "Mix", "l2": "L2"}
TITLES = {"l1": "L1 · lasso", "mix": "Your mix · elastic net", "l2": "L2 · ridge"}
RATIOS = np.arange(11) / 10


# -- what is asked of every board


GREY = "Grey: no regularization, cut where it leaves the frame."


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
    while words := [name for name in re.findall(r"\{(\w+)\}", expected) if isinstance(known[name], str)]:
        expected = expected.replace(f"{{{words[0]}}}", known[words[0]])
    parts = re.split(r"\{(\w+)\}", expected)
    pattern = "".join(re.escape(part) if k % 2 == 0 else _NUMBER for k, part in enumerate(parts))
    found = re.fullmatch(pattern, said)
    assert found, f"{said!r} is not {expected!r}"
    for name, text in zip(parts[1::2], found.groups(), strict=True):
        assert _reads(text, known[name], known.slack[name]), f"{name}: {text} is not {known[name]} in {said!r}"


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
    shown: Callable[[LiveFigure], tuple[list[Trace], Axes]],
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
        _check_figure(board, figure, index, *shown(figure))
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
    return paths(*random_settings(seed), list(PATH_AXES)[seed % 3])


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
        words[f"weights_{key}.caption"] = f"Largest |w|: {{{key}_largest}}{{{key}_cut}} {GREY}"
        words[f"loss_{key}.alt"] = f"{title}: data loss {{{key}_data_loss}} and λ times penalty {{{key}_penalty}}."
        words[f"loss_{key}.caption"] = f"{{{key}_data_loss}} data + {{{key}_penalty}} penalty"
        touch = f"({{{key}_solution_a}}, {{{key}_solution_b}})"
        if sweep.slices is not None:
            a, b = (fits.names[j] for j in sweep.slices.pair)
            held = {2: "", 3: "The other weight is held at its solution."}.get(
                fits.p, f"The {fits.p - 2} other weights are held at their solution."
            )
            words[f"constraint_{key}.caption"] = f"{{{key}_touch}} {held}"
            words[f"constraint_{key}.alt"] = (
                f"{title}: loss contours and the constraint ball of size {{{key}_budget}} for {a} and {b}; "
                f"they touch at {touch}."
            )
        words[f"histogram_{key}.caption"] = "The outermost bars hold all beyond."
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
    # Where the slider stands first: curves at a hundredth, tables at a tenth of the λ at which the lasso is empty.
    share = 0.01 if sweep.data.domain is not None else 0.1
    y = sweep.data.y[sweep.train]
    empty = np.abs((sweep.design - sweep.design.mean(axis=0)).T @ (y - y.mean())).max() / len(y)
    first = 1.0 if by_factor else share * empty
    away = np.abs(strength.values - first)
    assert np.ptp(y) == 0 or away[strength.default] <= away.min() + 1e-9 * first
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
        spot = f"({{{key}_solution_a}}, {{{key}_solution_b}})"
        free = f"Lowest point {spot}: λ = 0 sets no limit."
        known.put(f"{key}_touch", f"Touch at {spot}, ball of size {{{key}_budget}}." if fits.alphas[r, a] > 0 else free)
    return known


SEEDS = range(40)  # × 5 positions; every data set and table twice or more


@pytest.mark.parametrize("seed", SEEDS[:24])
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

        check_board(board, index, known, words, shown)


def _clearness(fits: Fits, pair: tuple[int, int]) -> float:
    """How well a slice shows what the penalties do: the lasso keeps one of its two weights, and bowl and ball are of
    like size, that is, the way from lowest point to solution is 0.35 of the larger of both, where it is least.
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
        self.found, self.kind = found, found.path_axis
        self.axis = next(figure for figure in board.figures if figure.name == "path_l1").figure["layout"]["xaxis"]
        self.log, self.ticks = log_ticks(self.alphas)
        self.df = found.sweep.df
        if self.kind == "df":
            told = np.array([[self.freedom(r, a) for a in range(self.alphas.shape[1])] for r in range(11)])
            assert np.all(np.abs(told[..., 0] - self.df) <= told[..., 1] + 1e-6)
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
    helps = {label: words for label, _, words in card.rows}
    for dialect in DIALECTS:
        for label in {dialect.name, dialect.formula} & set(helps):
            assert dialect.note in helps[label]
            assert not dialect.settings or f"Holds with {dialect.settings}." in helps[label]
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


@pytest.mark.parametrize("seed", SEEDS[:24])
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

        check_board(board, index, known, words, shown)
        cards = {card.name: card.title for card in board.readouts}
        titles = ("L1: enters at", "Mix: largest λ at which it is in", "L2: in the model")
        for key, title in zip(SHORT, titles, strict=True):
            assert cards[f"entries_{key}"] == title
            assert cards[f"dialects_{key}"] == f"{SHORT[key]}: this λ in other dialects"


# -- Choose λ


def choice_of(found: Choosing, alphas: np.ndarray) -> dict[str, np.ndarray]:
    """Cross-validated errors and the two choices, from the errors of the folds (K, R, A)."""
    mean = found.folds.mean(axis=0)
    se = found.folds.std(axis=0, ddof=1) / np.sqrt(len(found.folds))
    best = np.array([max(np.flatnonzero(row == row.min())) for row in mean])
    at = np.arange(11), best
    allowed = mean <= (mean[at] + se[at])[:, None]
    one_se = np.array([max(np.flatnonzero(row)) for row in allowed])
    low, high = np.sqrt(np.maximum(mean - se, 0)), np.sqrt(mean + se)
    near = np.sum(mean <= mean.min() + se.flat[np.argmin(mean)])
    return {"cv": np.sqrt(mean), "low": low, "high": high, "best": best, "one_se": one_se, "near": near}


def choosing_words(found: Choosing, fits: Fits, told: dict[str, np.ndarray]) -> dict[str, str]:
    sweep, words = found.sweep, column_words(fits)
    k, alphas, cv = len(found.folds), found.sweep.strengths, told["cv"]
    r, a = np.unravel_index(np.argmin(cv), cv.shape)
    least = number_text(cv.min(), 3)
    held = ["validation"] if len(sweep.validation) else []
    degree = sweep.settings.degree
    for key, title in TITLES.items():
        words |= {
            f"heading_{key}": f"CV minimum at λ = {{{key}_best_alpha}}, one-SE choice {{{key}_one_se_alpha}}",
            f"numbers_{key}/{k}-fold cross-validation": f"{{{key}_cv}} ± {{{key}_cv_se}}",
            f"errors_{key}.alt": f"{title}: errors against λ. Here: training {{{key}_train}}, cross-validation "
            f"{{{key}_cv}}. Least cross-validated error {{{key}_best_error}} at λ = {{{key}_best_alpha}}; one standard "
            f"error allows λ = {{{key}_one_se_alpha}}.",
            f"errors_{key}.caption": "× least cross-validated error  ◆ largest λ whose error is within one standard "
            "error of it",
            f"degrees_{key}.alt": f"{title}: map of the expected error over degree and λ; the frame is the present "
            f"fit, degree {degree}.",
            f"degrees_{key}.caption": "Light is {map_light} or less, dark {map_dark} or more. The frame is this fit.",
            f"u_curve_{key}.alt": f"{title}: {', '.join(['training', *held, 'expected'])} error against the degree at "
            f"λ = {{{key}_lambda}}.",
            f"u_curve_{key}.caption": f"At this λ the expected error is least at degree {{{key}_best_degree}}, "
            f"{{{key}_least_degree}}; at degree 20 it is {{{key}_last_degree}}.",
        }
    place = "λ {strength}, L1 ratio {ratio}"
    words |= {
        "place": place,
        "summary": f"{place}. Cross-validated error: L1 {{l1_cv}}, mix {{mix_cv}}, L2 {{l2_cv}}.",
        "map.alt": f"Map of the cross-validated error over λ and L1 ratio. Least: {least} at λ = "
        f"{number_text(alphas[a], 3)} and ratio {RATIOS[r]:g}. At the sliders: {{map_error}}.",
        "map.caption": f"The cross marks the least error, {least}; the frame is your mix, {{map_error}}. Light is low: "
        f"{told['near']} of the {cv.size} choices are within one standard error of the least.",
    }
    return words


def brightness(colour: str) -> float:
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def light_is_low(figure: LiveFigure) -> None:
    cells = figure.figure["data"][0]
    ramp = sorted(cells["colorscale"])
    shades = [brightness(colour) for _, colour in ramp]
    assert ramp[0][0] == 0
    assert ramp[-1][0] == 1
    assert all(lighter > darker + 10 for lighter, darker in pairwise(shades))
    assert cells["zmin"] < cells["zmax"]


def choosing_figure(
    found: Choosing, fits: Fits, told: dict[str, np.ndarray], figure: LiveFigure, index: Index
) -> tuple[list[Trace], Axes]:
    sweep, cv = found.sweep, told["cv"]
    alphas = sweep.strengths
    place, ticks = log_ticks(alphas)
    a, mix = index["alpha"], index["l1_ratio"]
    key = figure.name.rsplit("_", 1)[1] if "_" in figure.name else ""
    r = rows_of(index)[key][0] if key else mix
    assert figure.scrub is None or figure.scrub[0] == "alpha"
    # cells of a map that are beyond its colours may be any number beyond
    half = 0.8 * float(np.median(np.diff(place)))
    box = place[a] + half * np.array([-1, 1, 1, -1, -1])
    side = np.array([-1, -1, 1, 1, -1])

    def cells(log: np.ndarray) -> Callable[[np.ndarray], None]:
        low, high = (figure.figure["data"][0][end] for end in ("zmin", "zmax"))

        def check(drawn: np.ndarray) -> None:
            assert drawn.shape == log.shape
            inside = (log >= low) & (log <= high)
            np.testing.assert_allclose(drawn[inside], log[inside], atol=2e-3 if key else 1e-9)
            assert np.all((drawn[log > high] >= high - 2e-3) & (drawn[log > high] <= log[log > high] + 2e-3))
            assert np.all(drawn[log < low] <= low + 2e-3)

        return check

    with np.errstate(divide="ignore"):
        log_cv = np.log10(cv)
        log_degrees = None if found.by_degree is None else np.log10(found.by_degree.expected)
    if figure.name == "map":
        light_is_low(figure)
        assert figure.title == "Cross-validated error over λ and L1 ratio"
        top, at = np.unravel_index(np.argmin(cv), cv.shape)
        return [
            ("cross-validated error", "", {"x": place, "y": RATIOS, "z": cells(log_cv)}),
            ("your mix", "cursor", {"x": box, "y": RATIOS[mix] + 0.05 * side}),
            ("least of all", "cursor", {"x": [place[at]], "y": [RATIOS[top]]}),
        ], (("λ", ticks), ("L1 ratio", None))
    if figure.name.startswith("degrees"):
        light_is_low(figure)
        titled(figure, "expected error of every degree")
        assert log_degrees is not None
        return [
            ("expected error", "", {"x": place, "y": np.arange(1, 21), "z": cells(log_degrees[r].T)}),
            ("present fit", "cursor", {"x": box, "y": sweep.settings.degree + 0.5 * side}),
        ], (("λ", ticks), ("degree", None))
    if figure.name.startswith("u_curve"):
        titled(figure, "error against degree at this λ")
        assert found.by_degree is not None
        top = figure.figure["layout"]["yaxis"]["range"][1]

        def within(values: np.ndarray) -> Callable[[np.ndarray], None]:
            step = 3e-4 * top

            def check(drawn: np.ndarray) -> None:
                seen = values <= top
                np.testing.assert_allclose(drawn[seen], values[seen], atol=step)
                assert np.all(drawn[~seen] > top * 0.999)

            return check

        lines = {"training": found.by_degree.train, "validation": found.by_degree.validation}
        lines |= {"expected": found.by_degree.expected}
        colours = {"training": "train", "validation": "validation", "expected": "truth"}
        if not len(sweep.validation):
            del lines["validation"]
        curves: list[Trace] = [
            (name, colours[name], {"x": np.arange(1, 21), "y": within(values[r, a])}) for name, values in lines.items()
        ]
        return [*curves, ("this degree", "text", {"x": [sweep.settings.degree] * 2, "y": [0, top]})], (
            ("degree", None),
            ("error", None),
        )
    assert figure.name.startswith("errors")
    titled(figure, "error against λ")
    k, n = len(found.folds), len(alphas)
    top = figure.figure["layout"]["yaxis"]["range"][1]
    rows = {"training": ("train", sweep.train_error), f"{k}-fold cross-validation": (key, cv)}
    if len(sweep.validation):
        rows["validation"] = ("validation", sweep.validation_error)
    if sweep.data.noise_sd is not None:
        rows["expected (all new points)"] = ("truth", sweep.expected_error)

    def cut(values: np.ndarray) -> Callable[[np.ndarray], None]:
        def check(drawn: np.ndarray) -> None:
            seen = ~(values > 3 * top)
            np.testing.assert_allclose(drawn[seen], values[seen], rtol=1e-9)
            assert np.all(drawn[~seen] >= 2.9 * top)

        return check

    band = np.concatenate([told["high"][r], told["low"][r][::-1]])
    folds = np.concatenate([np.append(fold[r], np.nan) for fold in np.sqrt(found.folds)])
    traces: list[Trace] = [
        ("± one standard error", key, {"x": np.concatenate([place, place[::-1]]), "y": cut(band)}),
        ("single folds", key, {"x": np.tile(np.append(place, np.nan), k), "y": cut(folds)}),
        *((name, colour, {"x": place, "y": cut(values[r])}) for name, (colour, values) in rows.items()),
    ]
    if sweep.data.noise_sd is not None:
        traces.append(("noise alone", "muted", {"x": place[[0, n - 1]], "y": [sweep.data.noise_sd] * 2}))
    for stop, colour, name in (("best", "text", "least CV error"), ("one_se", key, "one-standard-error rule")):
        at = told[stop][r]
        traces.append((f"{name}, λ", key, {"x": [place[at]] * 2, "y": [0, top]}))
        traces.append((name, colour, {"x": [place[at]], "y": [cv[r, at]]}))
    traces.append(("λ of the slider", "text", {"x": [place[a]] * 2, "y": [0, top]}))
    traces += [
        (f"{name} at λ", colour, {"x": [place[a]], "y": cut(values[r, [a]])}) for name, (colour, values) in rows.items()
    ]
    return traces, (("λ", ticks), ("root mean squared error", None))


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 5, 8, 9, 12, 15, 20, 35])
def test_choosing(seed: int) -> None:
    settings, own = random_settings(seed)
    found = choosing(settings, own)
    board, fits, sweep = choosing_board(found), Fits(found.sweep), found.sweep
    alphas = sweep.strengths
    told = choice_of(found, alphas)
    words = choosing_words(found, fits, told)
    names = ["single folds", "training", f"{len(found.folds)}-fold cross-validation"]
    names += ["validation"] if len(sweep.validation) else []
    names += ["expected (all new points)", "noise alone"] if sweep.data.noise_sd is not None else []
    assert legend(board) == names
    for index in positions(board, seed):
        known, a = known_at(board, index, fits), index["alpha"]
        for key, (r, _) in rows_of(index).items():
            known.put(f"{key}_cv", told["cv"][r, a])
            known.put(f"{key}_cv_se", (told["high"] - told["low"])[r, a] / 2)
            for name in ("best", "one_se"):
                known.put(f"{key}_{name}_alpha", alphas[told[name][r]])
                known.put(f"{key}_{name}_error", told["cv"][r, told[name][r]])
            if found.by_degree is not None:
                errors = found.by_degree.expected[r, a]
                known.put(f"{key}_best_degree", 1 + np.argmin(errors))
                known.put(f"{key}_least_degree", errors.min())
                known.put(f"{key}_last_degree", errors[-1])
        known.put("map_error", told["cv"][index["l1_ratio"], a])
        cells = next((figure.figure["data"][0] for figure in board.figures if figure.name == "degrees_l1"), None)
        if cells is not None and found.by_degree is not None:
            known.put("map_light", 10 ** cells["zmin"])
            known.put("map_dark", 10 ** cells["zmax"])
            assert np.log10(max(found.by_degree.expected.min(), 1e-300)) <= cells["zmin"] + 1e-9

        def shown(figure: LiveFigure) -> tuple[list[Trace], Axes]:
            common = common_figure(board, index, fits, known, figure)  # noqa: B023
            return common or choosing_figure(found, fits, told, figure, index)  # noqa: B023

        check_board(board, index, known, words, shown)
    for figure in board.figures:
        if figure.scrub is not None:
            same(board.read(figure.scrub[1], board.index({})), log_ticks(alphas)[0], "scrub")


def test_what_tuning_buys() -> None:
    rng = np.random.default_rng(5)
    found = Optimism(rng.normal(-0.3, 0.4, 100), rng.normal(0.1, 0.9, 100), 9)
    board = optimism_board(found)
    (figure,) = board.figures
    edges = np.linspace(-1, 1.5, 26)
    middles = (edges[1:] + edges[:-1]) / 2
    means = found.tuned_on_test.mean(), found.tuned_honestly.mean()
    names = {"tuned on the test set": "l1", "tuned on validation points": "l2"}
    bars: list[Trace] = []
    for (name, ink), values in zip(names.items(), (found.tuned_on_test, found.tuned_honestly), strict=True):
        counts = [np.sum((values >= low) & (values < high)) for low, high in pairwise(edges)]
        counts[0] += np.sum(values < -1)
        counts[-1] += np.sum(values >= 1.5)
        bars.append((name, ink, {"x": middles, "y": counts}))
    top = figure.figure["layout"]["yaxis"]["range"][1]
    assert top > max(max(told["y"]) for _, _, told in bars)
    lines = [
        (f"mean, {name}", ink, {"x": [mean] * 2, "y": [0, top]})
        for (name, ink), mean in zip(names.items(), means, strict=True)
    ]
    words = {
        "optimism.alt": f"Over 100 samples: tuned on the test set the reported error is off by {means[0]:+.0%} on "
        f"average, tuned honestly by {means[1]:+.0%}.",
        "optimism.caption": "The outermost bars hold all beyond.",
    }
    assert legend(board) == [*names, *(f"mean, {name}" for name in names)]
    axes = ("reported / true mean squared error − 1", None), ("samples", None)
    check_board(board, {}, Known(), words, lambda _: ([*bars, *lines], axes))


# -- Bias & variance


@pytest.mark.parametrize(
    "settings",
    [Settings(data="step", degree=9, n_samples=15), Settings(data="groups", noise=1.0, match="df", validation=0.0)],
    ids=["curve", "weights"],
)
def test_variance(settings: Settings) -> None:
    found = variance(settings)
    board = variance_board(found)
    place, ticks = log_ticks(found.alphas)
    total = found.bias_squared + found.variance + found.noise
    told = {"bias": found.bias_known, "variance": found.variance, "total": total}
    truth = "true function" if found.is_curve else "true weight"
    sample = "one sample" if found.is_curve else "weight in one sample"
    assert legend(board) == [sample, "mean of all samples", truth]
    thick = "the thick one" if found.is_curve else "the diamond"
    words = {
        "place": "λ {alpha}, L1 ratio {ratio}",
        "summary": "λ {alpha}, L1 ratio {ratio}. Bias² and variance: L1 {l1_bias} and {l1_variance}, mix {mix_bias} "
        "and {mix_variance}, L2 {l2_bias} and {l2_variance}.",
    }
    for key, title in TITLES.items():
        words |= {
            f"heading_{key}": f"sum {{{key}_total}}: bias² {{{key}_bias}}, variance {{{key}_variance}}, noise "
            f"{number_text(settings.noise**2, 3)}",
            f"fits_{key}.caption": f"10 of {RESAMPLES} samples; {thick} is the mean of all.",
            f"fits_{key}.alt": f"{title}: the fits of 10 samples at λ = {{alpha}} scatter around their mean with "
            f"variance {{{key}_variance}}; their mean is off the truth by a bias² of {{{key}_bias}}.",
            f"parts_{key}.alt": f"{title}: bias² {{{key}_bias}}, variance {{{key}_variance}}, sum with the noise "
            f"{{{key}_total}} at λ = {{alpha}}.",
            f"parts_{key}.caption": f"Thick: the sum. Dashed: bias² {{{key}_bias}}. Thin: variance {{{key}_variance}}. "
            f"The cross is the least sum, {{{key}_least}} at λ = {{{key}_least_alpha}}; at λ = 0 the sum is "
            f"{{{key}_unpenalised}}.",
        }
    p = len(found.names)
    for index in positions(board, 3):
        a, known = index["alpha"], Known()
        known.put("alpha", found.alphas[a])
        known.put("ratio", RATIOS[index["l1_ratio"]])
        for key, (r, _) in rows_of(index).items():
            for name, values in told.items():
                known.put(f"{key}_{name}", values[r, a])
            known.put(f"{key}_least", total[r].min())
            known.put(f"{key}_least_alpha", found.alphas[np.argmin(total[r])])
            known.put(f"{key}_unpenalised", total[r, 0])

        def shown(figure: LiveFigure) -> tuple[list[Trace], Axes]:
            kind, key = figure.name.split("_")
            r, a = rows_of(index)[key]  # noqa: B023
            if kind == "parts":
                titled(figure, "bias² + variance + noise")
                top = figure.figure["layout"]["yaxis"]["range"][1]
                names = {"bias²": "text", "variance": key, "sum = expected error²": key}
                shapes = [(trace["line"].get("dash"), trace["line"]["width"]) for trace in figure.figure["data"][:3]]
                assert shapes == [("dash", 1.8), (None, 1.8), (None, 3.2)]
                parts = list(zip(names.items(), told.values(), strict=True))
                least = int(np.argmin(total[r]))
                assert total[r, least] < top
                return [
                    *((name, ink, {"x": place, "y": values[r]}) for (name, ink), values in parts),
                    ("noise", "muted", {"x": place[[0, -1]], "y": [settings.noise**2] * 2}),
                    ("λ of the slider", "text", {"x": [place[a]] * 2, "y": [0, top]}),
                    *((f"{name} at λ", ink, {"x": [place[a]], "y": values[r, [a]]}) for (name, ink), values in parts),
                    ("least sum", "text", {"x": [place[least]], "y": [total[r, least]]}),
                ], (("λ", ticks), ("mean squared error", None))
            some, mean = found.drawn[r, a], found.mean[r, a]
            if found.is_curve:
                titled(figure, "fits of other samples")
                lines = [(sample, key, {"x": found.x_line, "y": line}) for line in some]
                return [
                    *lines,
                    ("mean of all samples", key, {"x": found.x_line, "y": mean}),
                    (truth, "truth", {"x": found.x_line, "y": np.where(found.x_line < 0, -1.0, 1.0)}),
                ], (("x", None), ("y", None))
            titled(figure, "weights in other samples")
            source = DATASETS[settings.data].sample(20, 0.0, 1, settings.correlation)
            feature = np.arange(1, p + 1)
            return [
                (sample, key, {"x": np.tile(feature, 10), "y": some.ravel()}),
                ("mean of all samples", key, {"x": feature, "y": mean}),
                (truth, "truth", {"x": feature, "y": source.true_coef}),
            ], (("", of_names(source.feature_names)), ("weight", None))

        check_board(board, index, known, words, shown)


# -- Outliers


def test_outliers() -> None:
    settings = Settings(noise=0.4, random_state=11)
    found = outliers(settings)
    board = outliers_board(found)
    losses = ("squared", "huber", "absolute")
    titles = dict(zip(losses, ("Squared loss", "Huber's loss", "Absolute loss"), strict=True))
    says = dict(
        zip(
            losses,
            (
                "The farther off a point, the harder it pulls",
                "The pull stops growing at δ = {delta}",
                "Every point off the fit pulls equally hard",
            ),
            strict=True,
        )
    )
    moved = "{squared_l1_moved} and {squared_l2_moved}, Huber {huber_l1_moved} and {huber_l2_moved}, absolute "
    words = {
        "place": "outlier at {height}, λ / λ max {share}",
        "summary": "Outlier at {height}, λ {share} of its maximum. The fit moved, with L1 and L2: squared loss "
        f"{moved}{{absolute_l1_moved}} and {{absolute_l2_moved}}.",
    }
    for loss, title in titles.items():
        told = f"{{{loss}_l1_moved}} with L1"
        words |= {
            f"heading_{loss}": f"the fit moved by {told}, {{{loss}_l2_moved}} with L2",
            f"moved_{loss}.alt": f"{title}: the fit has moved by {told} and {{{loss}_l2_moved}} with L2.",
            f"moved_{loss}.caption": "Root mean square distance from the fit without the ringed point.",
            f"fit_{loss}_l1.caption": f"{says[loss]}. Solved to {{{loss}_l1_kkt}} (KKT).",
        }
        for key, short in (("l1", "L1"), ("l2", "L2")):
            words[f"fit_{loss}_{key}.alt"] = (
                f"{title} with an {short} penalty: with the outlier at {{height}} the fit has moved by "
                f"{{{loss}_{key}_moved}}."
            )
    assert legend(board) == ["points", "true line", "the outlier", "L1 fit", "L2 fit"]
    heights, shares = (axis.values for axis in board.axes)
    others = np.arange(20) != 15
    x = np.linspace(-1, 1, 20)
    y = 1.5 * x + 0.4 * np.random.default_rng(11).standard_normal(20)
    powers = np.vander(x, 4, increasing=True)[:, 1:]
    line = np.linspace(-1, 1, 101)
    features = (np.vander(line, 4, increasing=True)[:, 1:] - powers.mean(axis=0)) / powers.std(axis=0)
    for index in positions(board, 2, 20):
        h, s, known = index["outlier"], index["share"], Known()
        known.put("height", heights[h])
        known.put("share", shares[s])
        known.put("delta", 1.345 * 0.4)
        for i, loss in enumerate(losses):
            for j, key in enumerate(("l1", "l2")):
                known.put(f"{loss}_{key}_moved", found.moved[i, j, h, s])
                known.put(f"{loss}_{key}_kkt", found.kkt[i, j, h, s])

        def shown(figure: LiveFigure) -> tuple[list[Trace], Axes]:
            kind, loss, *rest = figure.name.split("_")
            i = losses.index(loss)
            assert figure.column == i
            if kind == "fit":
                (key,) = rest
                j = ("l1", "l2").index(key)
                assert figure.title == f"{titles[loss]}, {key.upper()}"
                assert figure.row == 1 + j
                fit = features @ found.coef[i, j, h, s] + found.intercept[i, j, h, s]  # noqa: B023
                at = {"x": [x[15]], "y": [heights[h]]}  # noqa: B023
                return [
                    ("points", "train", {"x": x[others], "y": y[others]}),
                    ("true line", "truth", {"x": [-1, 1], "y": [-1.5, 1.5]}),
                    ("the outlier", "validation", at),
                    (f"{key.upper()} fit", key, {"x": line, "y": fit}),
                    ("outlier, its place", "validation", at),
                ], (("x", None), ("y", None))
            assert figure.title == f"{titles[loss]}: how far the fit moves"
            top = figure.figure["layout"]["yaxis"]["range"][1]
            traces: list[Trace] = []
            for j, key in enumerate(("l1", "l2")):
                way = found.moved[i, j, :, s]  # noqa: B023
                assert way.max() <= top
                traces.append((f"{key.upper()} moved", key, {"x": heights, "y": way}))
                traces.append((f"{key.upper()} now", key, {"x": [heights[h]], "y": [way[h]]}))  # noqa: B023
            traces.append(("height of the outlier", "text", {"x": [heights[h]] * 2, "y": [0, top]}))  # noqa: B023
            return traces, (("height of the outlier", None), ("moved", None))

        check_board(board, index, known, words, shown)


# -- Geometry


class Two:
    """The problem of two weights at one position, solved by trying all patterns of signs."""

    def __init__(self, value: Mapping[str, float], rho: float) -> None:
        self.c, self.alpha, self.rho = value["correlation"], value["alpha"], rho
        self.o = np.array([value["optimum_a"], value["optimum_b"]])
        self.gram = np.array([[1, self.c], [self.c, 1]])
        self.w = self.solve(self.o, self.alpha)
        self.pull = self.gram @ (self.o - self.w)

    def off(self, w: np.ndarray, o: np.ndarray, alpha: float) -> float:
        """How far −∇D is from what the penalty can hold."""
        pull = self.gram @ (o - w)
        away = np.abs(pull - alpha * (self.rho * np.sign(w) + (1 - self.rho) * w))
        return float(np.where(w == 0, np.maximum(np.abs(pull) - alpha * self.rho, 0), away).max())

    def solve(self, o: np.ndarray, alpha: float) -> np.ndarray:
        l1, l2 = alpha * self.rho, alpha * (1 - self.rho)
        pull = self.gram @ o
        if abs(self.c) == 1:  # of all solutions the shortest
            x = np.sign(pull[0]) * max(abs(pull[0]) - l1, 0) / (2 + l2)
            return np.array([x, self.c * x])
        for signs in sorted(np.ndindex(3, 3), key=lambda s: np.count_nonzero(np.array(s) - 1)):
            s = np.array(signs) - 1
            w, on = np.zeros(2), s != 0
            if on.any():
                w[on] = np.linalg.solve(self.gram[np.ix_(on, on)] + l2 * np.eye(on.sum()), (pull - l1 * s)[on])
            if np.all(w * s >= 0) and self.off(np.where(np.abs(w) > 1e-11, w, 0), o, alpha) < 1e-10:
                return np.where(np.abs(w) > 1e-11, w, 0)
        raise AssertionError("no pattern of signs holds")

    def penalty(self, w: Any) -> np.ndarray:
        """P of points (..., k)."""
        size = np.abs(np.asarray(w, dtype=float))
        return np.asarray(self.rho * size.sum(axis=-1) + (1 - self.rho) / 2 * np.square(size).sum(axis=-1))

    def height(self, w: Any) -> np.ndarray:
        away = np.asarray(w, dtype=float) - self.o
        return np.asarray(np.einsum("...i,ij,...j->...", away, self.gram, away) / 2)

    def shrunk(self, z: Any) -> np.ndarray:
        z = np.asarray(z, dtype=float)
        fee, tax = self.alpha * self.rho, 1 + self.alpha * (1 - self.rho)
        return np.asarray(np.sign(z) * np.maximum(np.abs(z) - fee, 0) / tax)


def area(x: np.ndarray, y: np.ndarray) -> float:
    """Of polygons with gaps between them, as a share of the square of side 6."""
    total = 0.0
    for part in np.split(np.arange(len(x)), np.flatnonzero(np.isnan(x))):
        a, b = x[part][np.isfinite(x[part])], y[part][np.isfinite(x[part])]
        total += abs(np.sum(a * np.roll(b, -1) - np.roll(a, -1) * b)) / 2
    return total / 36


def two_traces(figure: LiveFigure, drawn: dict[str, Any], two: Two, key: str) -> tuple[list[Trace], Axes]:
    """The figures of one penalty."""
    kind, w, alpha, o = figure.name.rsplit("_", 1)[0], two.w, two.alpha, two.o
    data, t = drawn["data"], two.penalty(two.w)
    point = {"x": w[:1], "y": w[1:]}

    def xy(k: int) -> np.ndarray:
        return np.array([data[k]["x"], data[k]["y"]]).T

    def each(check: Callable[[np.ndarray], None], k: int) -> dict[str, Any]:
        def run(_: np.ndarray) -> None:
            check(xy(k))

        return {"x": run, "y": run}

    def on_ball(v: np.ndarray) -> None:
        np.testing.assert_allclose(two.penalty(v), t, atol=1e-9)

    def no_points(v: np.ndarray) -> None:
        assert np.isnan(v).all()

    def through(v: np.ndarray) -> None:
        np.testing.assert_allclose(two.height(v[np.isfinite(v[:, 0])]), two.height(w), atol=1e-9)

    def levels(v: np.ndarray) -> None:
        found = np.unique(np.sqrt(2 * two.height(v[np.isfinite(v[:, 0])])).round(6))
        assert set(found) <= {0.6, 1.2, 1.8, 2.4, 3.0}
        assert len(found) == 5 or abs(two.c) == 1

    def solutions(v: np.ndarray) -> None:
        for one in v[np.abs(v).max(axis=1) > 1e-6][::16]:
            j = int(np.argmax(np.abs(one)))
            pull = two.gram[j] @ (o - one)
            strength = pull / (two.rho * np.sign(one[j]) + (1 - two.rho) * one[j])
            assert strength >= -1e-9
            assert two.off(one, o, max(strength, 0.0)) <= 1e-7
        np.testing.assert_allclose(v[-1], two.solve(o, 0.0), atol=1e-9)

    plane = ("w₁", None), ("w₂", None)
    if kind == "bowl":
        titled(figure, "the ball and the bowl")
        assert figure.handle == ("optimum_a", "optimum_b")
        tie = abs(two.c) == 1 and two.rho * alpha == alpha and (w.any() or alpha == 0)

        def edge(v: np.ndarray) -> None:
            if not tie:
                no_points(v)
                return
            np.testing.assert_allclose(two.height(v), two.height(w), atol=1e-9)
            if alpha > 0:
                np.testing.assert_allclose(two.penalty(v), t, atol=1e-9)
            assert np.linalg.norm(v[0] - v[1]) > 0.1 * np.linalg.norm(w)

        return [
            ("contours of the data loss", "contour", each(levels, 0)),
            ("all weights with this penalty", key, each(on_ball if alpha > 0 else no_points, 1)),
            ("no limit: λ is 0", key, each(on_ball if alpha == 0 else no_points, 2)),
            ("solutions for all λ", key, each(solutions, 3)),
            ("contour through the solution", "text", each(through, 4)),
            ("equally good solutions", key, each(edge, 5)),
            ("optimum of the loss alone: drag it", "text", {"x": o[:1], "y": o[1:]}),
            ("solution", key, point),
        ], plane
    if kind == "forces":
        titled(figure, "forces at the solution")
        slope = alpha * (two.rho * np.sign(w) + (1 - two.rho) * w)
        slack = alpha * two.rho * (w == 0)
        low, high = w + (slope - slack) / 2, w + (slope + slack) / 2
        box = np.array([low, [high[0], low[1]], high, [low[0], high[1]], low])
        wedge = np.array([w, low, high, w, w]) if w.any() else box
        ends = {"pull": w + two.pull / 2, "push": w - two.pull / 2}
        pull, push = (np.array([w, end]) for end in ends.values())
        return [
            ("all weights with this penalty", key, each(on_ball, 0)),
            ("normal cone", key, {"x": wedge[:, 0], "y": wedge[:, 1]}),
            ("λ ∂penalty: what the penalty can hold", key, {"x": box[:, 0], "y": box[:, 1]}),
            ("pull of the data: −∇D", "text", {"x": pull[:, 0], "y": pull[:, 1]}),
            ("pull of the penalty", key, {"x": push[:, 0], "y": push[:, 1]}),
            ("end of the pull of the data", "text", {"x": pull[1:, 0], "y": pull[1:, 1]}),
            ("end of the pull of the penalty", key, {"x": push[1:, 0], "y": push[1:, 1]}),
            ("solution", key, point),
        ], plane
    if kind == "budget":
        titled(figure, "budget t against λ")

        def budgets(v: np.ndarray) -> None:
            told = [two.penalty(two.solve(o, strength)) for strength in v[::8, 0]]
            np.testing.assert_allclose(v[::8, 1], told, atol=1e-8)

        return [("t(λ)", key, each(budgets, 0)), ("here", key, {"x": [alpha], "y": [t]})], (("λ", None), ("t", None))
    if kind == "profile":
        titled(figure, "the penalised bowl, cut along w₁")
        x = np.linspace(-4, 4, 161)
        cut = np.stack([x, np.full(161, w[1])], axis=1)
        fall, price = two.height(cut), alpha * two.penalty(cut)
        dashes = [trace["line"].get("dash") for trace in figure.figure["data"]]
        assert dashes == ["dash", "dot", None]
        return [
            ("data loss D", "ghost", {"x": x, "y": fall}),
            ("λ · penalty", key, {"x": x, "y": price}),
            ("D + λ · penalty", key, {"x": x, "y": fall + price}),
        ], (("w₁ (w₂ at its solution)", None), ("J", None))
    if kind == "zeromap":
        titled(figure, "which optima lose which weight")
        assert figure.handle == ("optimum_a", "optimum_b")

        def zero(*lost: int) -> Callable[[np.ndarray], None]:
            def check(v: np.ndarray) -> None:
                for corner in np.unique(v[np.isfinite(v[:, 0])].round(12), axis=0):
                    assert np.abs(two.solve(corner, alpha)[list(lost)]).max(initial=0) < 1e-8

            return check

        regions: list[tuple[str, str, tuple[int, ...]]] = [
            ("both weights stay", "grid", ()),
            ("w₁ ends at zero", "l1", (0,)),
            ("w₂ ends at zero", "l2", (1,)),
            ("both end at zero", "text", (0, 1)),
        ]
        return [
            *((name, ink, each(zero(*lost), k)) for k, (name, ink, lost) in enumerate(regions)),
            ("the optimum: drag it", "text", {"x": o[:1], "y": o[1:]}),
        ], (("optimum of w₁", None), ("optimum of w₂", None))
    assert kind == "three"
    titled(figure, "three weights")
    assert all(figure.figure["layout"]["scene"][f"{axis}axis"]["range"] == [-3, 3] for axis in "xyz")
    third = np.array([*o, -1.2])
    touch = two.shrunk(third)

    def around(_: np.ndarray) -> None:
        surface = np.array([data[0][axis] for axis in "xyz"]).T
        np.testing.assert_allclose(two.penalty(surface), two.penalty(touch), atol=1e-9)

    def solid(v: np.ndarray) -> dict[str, Any]:
        return {axis: [value] for axis, value in zip("xyz", v, strict=True)}

    return [
        ("all weights with this penalty", key, {"x": around, "y": around, "z": around}),
        ("solution", key, solid(touch)),
        ("optimum of the loss alone", "text", solid(third)),
    ], (("", None), ("", None))


GEOMETRY_TITLES = {"l1": "L1 · diamond", "mix": "Your mix", "l2": "L2 · circle"}
# In the notes: every part with numbers in it.
PHRASES = {
    "bowl/1": ["than the solution. {hit}{tie}"],
    "budget/1": [
        "now λ = {alpha} is t = {mix_budget}.",
        "With t ≥ {mix_budget_max}, what the loss needs to be at its least, the limit is inactive: λ = 0,",
        "the ball is dashed. {empty}",
    ],
    "zeromap/1": ["L1 keeps both weights for {l1_area_none} of these optima, your mix for {mix_area_none}."],
    "fee/2": [
        "Now {optimum_a} becomes {l1_output} under L1, {mix_output} under your mix and {l2_output} under L2.",
    ],
    "three/1": [
        "Now L1 has {l1_touch_zeros} of 3 weights at exactly zero, your mix {mix_touch_zeros}, L2 {l2_touch_zeros}.",
    ],
}


def geometry_words(board: Board) -> dict[str, str]:
    words = {
        "place": "λ {alpha}, L1 ratio {l1_ratio}, correlation {correlation}",
        "summary": "λ {alpha}: L1 solution ({l1_solution_a}, {l1_solution_b}), mix ({mix_solution_a}, "
        "{mix_solution_b}), L2 ({l2_solution_a}, {l2_solution_b}).",
        "thresholds.alt": "One weight: the data want {optimum_a}; L1 gives {l1_output}, the mix {mix_output}, L2 "
        "{l2_output}.",
        "thresholds.caption": "{optimum_a} becomes {l1_output} (L1, solid), {mix_output} (mix, dashed), {l2_output} "
        "(L2, dotted).",
        "steps.alt": "One weight from {optimum_a} by 60 steps of the penalty alone: L1 loses the same amount each step "
        "until it is zero, L2 the same share each step.",
        "steps.caption": "L1 solid, mix dashed, L2 dotted; learning rate η = 0.1.",
    }
    for key, title in GEOMETRY_TITLES.items():
        solution = f"({{{key}_solution_a}}, {{{key}_solution_b}})"
        areas = {name: f"{{{key}_area_{name}}}" for name in ("none", "a", "b", "both")}
        no_area = "; for L2 the zero regions have no area" if key == "l2" else ""
        words |= {
            f"heading_{key}": f"w = {solution}, solved to {{{key}_kkt}}",
            f"bowl_{key}.alt": f"{title}: loss contours round ({{optimum_a}}, {{optimum_b}}) touch the ball of size "
            f"{{{key}_budget}} at {solution}.",
            f"forces_{key}.alt": f"{title}: the pull of the data ({{{key}_pull_a}}, {{{key}_pull_b}}) ends in the set "
            "that the penalty can hold.",
            f"forces_{key}.caption": f"{{{key}_held}} Residual {{{key}_kkt}}.",
            f"budget_{key}.alt": f"{title}: at λ = {{alpha}} the budget is t = {{{key}_budget}}; t never rises with λ.",
            f"budget_{key}.caption": f"λ = {{alpha}} is the budget t = {{{key}_budget}}.",
            f"profile_{key}.alt": f"{title}: the objective along w₁ is lowest at {{{key}_solution_a}}; |w₁| has a kink "
            "at 0, w₁² has none.",
            f"profile_{key}.caption": "Solid: D + λ P. Dashed: D. Dotted: λ P.",
            f"zeromap_{key}.alt": f"{title}: of all optima in the square {areas['none']} keep both weights, "
            f"{areas['a']} lose w₁, {areas['b']} lose w₂, {areas['both']} lose both{no_area}.",
            f"zeromap_{key}.caption": f"Of all optima {areas['a']} lose only w₁ (above and below), {areas['b']} only "
            f"w₂ (left and right), {areas['both']} both (middle); {areas['none']} keep both.",
            f"three_{key}.alt": f"{title} in three dimensions: the ball through the solution of three uncorrelated "
            "weights whose optimum is ({optimum_a}, {optimum_b}, -1.2).",
            f"three_{key}.caption": "Cut off at −3 and 3.",
        }
    for note in board.notes:
        for k, text in enumerate((note.title, *note.paragraphs, note.question, note.answer)):
            bare = re.sub(r"\{\w+\}", "{}", text)
            for phrase in PHRASES.get(f"{note.name}/{k}", ()):
                assert bare.count(re.sub(r"\{\w+\}", "{}", phrase)) == 1, phrase
                bare = bare.replace(re.sub(r"\{\w+\}", "{}", phrase), phrase)
            assert "{}" not in bare, bare
            words[f"{note.name}/{k}"] = bare
    return words


def two_known(known: Known, two: Two, key: str, drawn: dict[str, Any]) -> None:
    w, t = two.w, two.penalty(two.w)

    def put(name: str, value: Any, slack: float = 1e-9) -> None:
        known.put(f"{key}_{name}", value, slack)

    put("solution_a", w[0])
    put("solution_b", w[1])
    put("kkt", 0.0, 1e-12)
    put("budget", t)
    put("pull_a", two.pull[0])
    put("pull_b", two.pull[1])
    put("threshold", two.alpha * two.rho)
    put("zeros", np.sum(w == 0))
    put("output", two.shrunk(two.o[0]))
    largest = np.abs(two.gram @ two.o).max()
    put("alpha_max", 0.0 if largest < 1e-12 else largest / two.rho if two.rho else np.inf)
    put("level", two.height(w))
    put("budget_max", two.penalty(two.solve(two.o, 0.0)))
    put("touch_zeros", np.sum(two.shrunk([*two.o, -1.2]) == 0))
    parts = [area(np.asarray(trace["x"]), np.asarray(trace["y"])) for trace in drawn["data"][:4]]
    np.testing.assert_allclose(sum(parts), 1, atol=1e-9)  # that no corner is in the wrong part is asked of the traces
    for name, part in zip(("none", "a", "b", "both"), parts, strict=True):
        put(f"area_{name}", part)
    pulls, threshold = (f"{{{key}_pull_a}}", f"{{{key}_pull_b}}"), f"the threshold λρ = {{{key}_threshold}}."
    known[f"{key}_held"] = (
        f"No weight is zero: −∇D = ({pulls[0]}, {pulls[1]}) equals λ times the slope of the penalty.",
        f"w₁ is 0: the pull of the data at it, {pulls[0]}, is no larger in size than {threshold}",
        f"w₂ is 0: the pull of the data at it, {pulls[1]}, is no larger in size than {threshold}",
        f"Both weights are 0: the pulls of the data, {pulls[0]} and {pulls[1]}, are no larger in size than {threshold}",
    )[(w[0] == 0) + 2 * (w[1] == 0)]
    if key == "l1":
        known["touch"] = {
            (False, False): "Here the contour touches the diamond on an edge: both weights stay.",
            (True, False): "Here the contour touches the diamond at a corner: w₁ is exactly zero.",
            (False, True): "Here the contour touches the diamond at a corner: w₂ is exactly zero.",
            (True, True): "Here the diamond has shrunk to a point: both weights are exactly zero.",
        }[bool(w[0] == 0), bool(w[1] == 0)]
        idle = "Here λ is 0: nothing limits the weights, the loss is at its least."
        known["hit"] = idle if two.alpha == 0 else known["touch"]
        tied = abs(two.c) == 1 and (bool(w.any()) or two.alpha == 0)
        thick = " Every point of the thick line is equally good for L1: nothing says how the two weights share."
        known["tie"] = thick if tied else ""
    if key == "mix":
        known["empty"] = (
            "With t = 0 every λ ≥ {mix_alpha_max} gives the same empty solution."
            if two.rho
            else "Without L1 in the mix t comes near 0 as λ grows, but not to it, unless the loss is least at 0."
        )


def geometry_positions(board: Board, count: int) -> list[Index]:
    """Stops at random, with the ends of each slider among them, and the special cases of the menu."""
    rng = np.random.default_rng(8)
    found = []
    for _ in range(count):
        index = {axis.name: int(rng.integers(len(axis.values))) for axis in board.axes}
        for name in ("alpha", "l1_ratio", "correlation"):
            last = len(next(axis.values for axis in board.axes if axis.name == name)) - 1
            index[name] = int(rng.choice([0, last, index[name], index[name], index[name], index[name]]))
        if rng.random() < 0.1:
            index["optimum_a"] = 150  # 0
        found.append(index)
    start = dict(geometry.PRESETS[0][1])
    return found + [board.index({**start, **position}) for _, position in geometry.PRESETS]


@pytest.mark.slow
def test_geometry() -> None:
    board = geometry.board()
    words = geometry_words(board)
    assert legend(board) == [
        "optimum of the loss alone: drag it",
        "solution",
        "contour through the solution",
        "solutions for all λ",
    ]
    for index in geometry_positions(board, 40):
        value = {axis.name: float(axis.values[index[axis.name]]) for axis in board.axes}
        known = Known()
        for name, number in value.items():
            known.put(name, number)
        twos = {key: Two(value, rho) for key, rho in (("l1", 1.0), ("mix", value["l1_ratio"]), ("l2", 0.0))}
        at = {figure.name: figure.at(board, index) for figure in board.figures}
        for key, two in twos.items():
            two_known(known, two, key, at[f"zeromap_{key}"])
        (dial,) = board.dials
        same(board.read(dial.value, index), [known["mix_budget"]], dial.label)

        def shown(figure: LiveFigure) -> tuple[list[Trace], Axes]:
            o, z = value["optimum_a"], np.linspace(-3, 3, 121)  # noqa: B023
            if figure.name == "thresholds":
                dashes = [trace["line"].get("dash") for trace in figure.figure["data"][:4]]
                assert dashes == ["dash", None, "dash", "dot"]
                return [
                    ("no penalty", "ghost", {"x": z, "y": z}),
                    *((SHORT[key], key, {"x": z, "y": two.shrunk(z)}) for key, two in twos.items()),  # noqa: B023
                    *((f"{SHORT[key]} output", key, {"x": [o], "y": [two.shrunk(o)]}) for key, two in twos.items()),  # noqa: B023
                    ("input: drag it", "text", {"x": [o], "y": [0]}),
                ], (("weight that the data alone want", None), ("weight after the penalty", None))
            if figure.name == "steps":
                dashes = [trace["line"].get("dash") for trace in figure.figure["data"]]
                assert dashes == [None, "dash", "dot"]
                traces: list[Trace] = []
                for key, two in twos.items():  # noqa: B023
                    w = [o]
                    for _ in range(60):
                        left = max(abs(w[-1]) - 0.1 * two.alpha * two.rho, 0)
                        w.append(np.sign(w[-1]) * left / (1 + 0.1 * two.alpha * (1 - two.rho)))
                    traces.append((SHORT[key], key, {"x": np.arange(61), "y": w}))
                return traces, (("step", None), ("weight", None))
            key = figure.name.rsplit("_", 1)[1]
            return two_traces(figure, at[figure.name], twos[key], key)  # noqa: B023

        check_board(board, index, known, words, shown)
