"""How do L1, your mix and L2 stand side by side? The charts and numbers of one column, and what columns share."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regviz.charts.traces import axis, curve, dots, line, markup, plane, points, soft_ticks, word
from regviz.fits.compare import Compare, Rows
from regviz.fits.penalties import PENALTIES, Entry
from regviz.fits.task import L1, L1_RATIOS
from regviz.live.board import LiveFigure, LiveTrace, Moving, Readout, Ref, Swept, number_text

N_BINS = 20

_RING = np.linspace(0, 2 * np.pi, 65)

_OCTANT = np.linspace(0, np.pi / 4, 9)  # the ball is the same in all eight octants

_LEVELS = (0.25, 0.5, 0.75, 1.0)  # contours, as shares of the way from the optimum to the origin


class View:
    """What the three columns share: arrays, values that templates name, scales."""

    def __init__(self, sweep: Compare, strength: str) -> None:
        self.sweep = sweep
        self.strength = strength
        self.swept = ("l1_ratio", strength)
        self.p = sweep.grid.coef.shape[-1]
        self.names = tuple(word(name) for name in sweep.names)
        self.target = word(sweep.data.target_name)
        self.soft, self.reach = weight_scale(sweep)
        self.arrays: dict[str, Swept] = {}
        self.values: dict[str, tuple[Ref, str | tuple[str, ...]]] = {"p": (Ref("p"), "int")}
        self.error, self.error_words = (
            ("validation", "Validation error") if len(sweep.validation) else ("train", "Training error")
        )
        self.legend: tuple[tuple[int, int], ...] = ()
        self.fill()

    def drawn(self, values: Any) -> Any:
        """Weights as they are drawn: themselves, or asinh(w / soft) where sizes span many decades."""
        return values if self.soft is None else np.arcsinh(np.asarray(values) / self.soft)

    def weight_axis(self) -> dict[str, Any]:
        """The axis on which weights are drawn; it says so where it is not linear."""
        if self.soft is None:
            return axis([-self.reach, self.reach], "weight")
        return axis([-self.reach, self.reach], "weight (compressed)") | soft_ticks(self.soft, self.reach)

    def fill(self) -> None:
        sweep, grid = self.sweep, self.sweep.grid
        self.edges = np.linspace(-self.reach, self.reach, N_BINS + 1)
        sides = self.edges if self.soft is None else self.soft * np.sinh(self.edges)
        self.middles = [float(f"{(low + high) / 2:.4g}") for low, high in pairwise(sides)]
        ends = [number_text(side, 3) for side in sides]
        self.bins = [f"from {low} to {high}" for low, high in pairwise(ends)]
        self.bins[0], self.bins[-1] = f"below {ends[1]}", f"above {ends[-2]}"
        swept = self.rows(sweep)
        if (cut := sweep.slices) is not None:
            radii = cut.ball(L1_RATIOS, _OCTANT)
            span = np.maximum.reduce([np.abs(cut.optimum).max(-1), np.abs(cut.solution).max(-1), radii.max(axis=-1)])
            swept |= {
                "radius": radii,
                "optimum_a": cut.optimum[..., 0],
                "optimum_b": cut.optimum[..., 1],
                "touch": cut.touch,
                "origin": cut.origin,
                "budget": cut.budget,
                "span": 1.25 * np.where(span > 0, span, 1.0),
            }
            ring = cut.shape @ np.array([np.cos(_RING), np.sin(_RING)])
            gap = np.full((2, 1), np.nan)
            rings = np.concatenate([part for level in _LEVELS for part in (level * ring, gap)], axis=1)
            turn = np.arange(65) % 16
            still = {
                "ring_a": ring[0],
                "ring_b": ring[1],
                "rings_a": rings[0],
                "rings_b": rings[1],
                "octant": np.where(turn <= 8, turn, 16 - turn).astype(np.uint8),
                "cos": np.cos(_RING),
                "sin": np.sin(_RING),
            }
            self.arrays |= {name: Swept(values) for name, values in still.items()}
        self.arrays |= {name: Swept(values, self.swept) for name, values in swept.items()}
        for key, own in sweep.own.items():
            told = self.rows(own) | {"lambda": own.grid.alphas[np.newaxis]}
            self.arrays |= {f"{key}_{name}": Swept(values[0], (self.strength,)) for name, values in told.items()}
        if (grid.alphas == grid.alphas[0]).all():
            self.arrays["lambda"] = Swept(grid.alphas[0], (self.strength,))
        self.arrays["p"] = Swept(np.array(float(self.p)))
        for part, rows in (("train", sweep.train), ("validation", sweep.validation)):
            if sweep.is_curve:
                self.arrays[f"{part}_x"] = Swept(sweep.data.X[rows, 0])
                self.arrays[f"{part}_y"] = Swept(sweep.data.y[rows])
            else:
                chosen = np.isin(sweep.shown, rows)
                self.arrays[f"{part}_basis"] = Swept(sweep.basis[chosen])
                self.arrays[f"{part}_y"] = Swept(sweep.data.y[sweep.shown[chosen]])
        if sweep.is_curve and sweep.data.truth is not None:
            self.arrays["line"] = Swept(sweep.basis)
            self.arrays["x_line"] = Swept(sweep.x_line)
            self.arrays["truth"] = Swept(sweep.data.truth(sweep.x_line))

    def rows(self, rows: Rows) -> dict[str, NDArray[Any]]:
        """The arrays (R, A, …) of some penalties, by name."""
        grid = rows.grid
        size = np.abs(grid.coef)
        swept: dict[str, NDArray[Any]] = {
            "coef": grid.coef,
            "coordinates": rows.coordinates,
            "lambda": grid.alphas,
            "zeros": (grid.coef == 0).sum(axis=-1).astype(np.uint8),
            "df": rows.df,
            "kkt": grid.kkt,
            "train": rows.train_error,
            "largest": size.max(axis=-1),
            "cut": (self.drawn(size.max(axis=-1)) > self.reach).astype(np.uint8),
            "norm1": size.sum(axis=-1),
            "norm2": np.sqrt((size**2).sum(axis=-1)),
            "data_loss": rows.data_loss,
            "penalty": rows.penalty,
        }
        if np.isnan(rows.df).any():  # neither the loss nor the penalty has to have any
            del swept["df"]
        if len(self.sweep.validation):
            swept["validation"] = rows.validation_error
        if np.isfinite(rows.expected_error).all():
            swept["expected"] = rows.expected_error
        places = np.clip(np.digitize(self.drawn(grid.coef), self.edges) - 1, 0, N_BINS - 1)
        counts = np.zeros((*grid.coef.shape[:2], N_BINS), dtype=np.uint8)
        for k in range(N_BINS):
            counts[..., k] = ((places == k) & (grid.coef != 0)).sum(axis=-1)
        return swept | {"counts": counts}


def columns(view: View, own: bool = False) -> list[Column]:
    """One for each penalty, from left to right; those with fits of their own where a board asks for them."""
    entries = {key: e for key, e in PENALTIES.items() if e.fit is None or (own and key in view.sweep.own)}
    return [Column(view, key, entry, number) for number, (key, entry) in enumerate(entries.items())]


def said(columns: list[Column], value: str) -> str:
    """A number of every column, as a template: L1 {l1_zeros}, mix {mix_zeros}, L2 {l2_zeros}."""
    return ", ".join(f"{column.within} {{{column.key}_{value}}}" for column in columns)


def weight_scale(sweep: Compare) -> tuple[float | None, float]:
    """(soft, reach) of the axes that show weights: linear if soft is None, else drawn as asinh(w / soft).

    The axis holds every fit from a quarter of the slider on; what explodes below that leaves it. If those fits
    span much more than the one shown first, a linear axis would show either the large weights or the small ones.
    """
    grids = [sweep.grid, *(rows.grid for rows in sweep.own.values())]
    largest = np.max([np.abs(grid.coef).max(axis=(0, 2)) for grid in grids], axis=0)  # (A,)
    usual, far = float(largest[sweep.start]), float(largest[sweep.start // 3 :].max())
    if far <= 4 * usual or usual == 0:
        return None, 1.06 * (far or 1.0)
    soft = float(f"{usual / 4:.1g}")
    return soft, 1.06 * float(np.arcsinh(far / soft))


class Column:
    """The figures of one penalty; `pin` holds the ratio axis where the column has its own."""

    def __init__(self, view: View, key: str, entry: Entry, number: int) -> None:
        self.view, self.key, self.entry, self.number = view, key, entry, number
        self.title, self.short, self.pin = entry.title, entry.short, entry.pin
        self.own = f"{key}_" if key in view.sweep.own else ""  # before the names of arrays that are its own
        self.colour = f"${entry.role}"
        forms = {"zeros": "int", "kkt": "1", "df": "3", "lambda": "3", "budget": "3"}
        numbers: tuple[str, ...] = ("zeros", "df", "kkt", "lambda", "train", "validation", "expected", "norm1", "norm2")
        numbers += ("largest", "data_loss", "penalty", "budget")
        for name in numbers:
            if self.own + name in view.arrays:
                view.values[f"{key}_{name}"] = (self.ref(name), forms.get(name, "3"))
        view.values[f"{key}_cut"] = (self.ref("cut"), (".", ", off the scale: bars at the edge are cut."))
        if (cut := view.sweep.slices) is not None and not self.own:
            self.solution = [Ref("coef", self.pin, item=j) for j in cut.pair]
            for axis, ref in zip("ab", self.solution, strict=True):
                view.values[f"{key}_solution_{axis}"] = (ref, "3")
            place = f"({{{key}_solution_a}}, {{{key}_solution_b}})"
            view.arrays["limited"] = Swept((view.sweep.strengths > 0).astype(np.uint8), (view.strength,))
            view.values[f"{key}_touch"] = (
                Ref("limited"),
                (f"Lowest point {place}: λ = 0 sets no limit.", f"Touch at {place}, ball of size {{{key}_budget}}."),
            )

    @property
    def within(self) -> str:
        """Its short name within a sentence: an abbreviation as it is, a word in small letters."""
        return self.short if self.short[1:] == self.short[1:].upper() else self.short.lower()

    def ref(self, array: str, **pin: int) -> Ref:
        return Ref(self.own + array, {**self.pin, **pin})

    def figures(self) -> tuple[Callable[[], LiveFigure] | None, ...]:
        sweep = self.view.sweep
        return (
            self.fit,
            self.weights,
            self.loss,
            self.constraint if sweep.slices is not None and not self.own else None,
            self.histogram,
        )

    def heading(self) -> Readout:
        view, key = self.view, self.key
        follower = view.sweep.settings.match != "alpha" and self.entry.row != L1
        matched = follower or view.sweep.best is not None
        own = f"at λ = {{{key}_lambda}}: " if matched else ""
        return Readout(
            name=f"heading_{key}",
            title=self.title,
            headline=f"{own}{{{key}_zeros}} of {{p}} weights exactly zero",
            rows=(),
            column=self.number,
            row=0,
            role=self.entry.role,
        )

    def errors(self) -> list[tuple[str, str, str]]:
        """The errors that there are, as rows of a card: training, validation, expected."""
        sweep, key = self.view.sweep, self.key
        name = sweep.task.loss.error_name
        rows = [("Training error", f"{{{key}_train}}", f"{name[:1].upper()}{name[1:]} on the fitted points")]
        if len(sweep.validation):
            rows.append(("Validation error", f"{{{key}_validation}}", "The same on points that were held back"))
        if self.own + "expected" in self.view.arrays:
            noise = f"The same on infinitely many new points; the noise alone is {sweep.data.noise_sd:g}"
            rows.append(("Expected error", f"{{{key}_expected}}", noise))
        return rows

    def numbers(self) -> Readout:
        key, rows = self.key, self.errors()
        rows += [
            ("‖w‖₁ = Σ|w|", f"{{{key}_norm1}}", "Sum of absolute weights"),
            ("‖w‖₂ = √Σw²", f"{{{key}_norm2}}", "Euclidean length of the weights"),
        ]
        if self.own + "df" in self.view.arrays:
            free = "Effective number of free weights, without the intercept"
            rows.append(("Degrees of freedom", f"{{{key}_df}}", free))
        rows += [
            (
                "Solved to (KKT)",
                f"{{{key}_kkt}}",
                "Worst violation of the optimality conditions, as a share of the λ at which L1 leaves no weight",
            ),
        ]
        return Readout(
            name=f"numbers_{key}",
            title=f"{self.short}: numbers",
            headline="",
            rows=tuple(rows),
            column=self.number,
            row=3,
            role=self.entry.role,
        )

    # -- figures, from top to bottom

    def fit(self) -> LiveFigure:
        """The fitted curve over x, or predicted against observed for tables."""
        return self.curve() if self.view.sweep.is_curve else self.observed()

    def curve(self) -> LiveFigure:
        sweep, key = self.view.sweep, self.key
        data = sweep.data
        truth = self.view.arrays["truth"].values
        low, high = min(data.y.min(), truth.min()), max(data.y.max(), truth.max())
        room = 0.12 * (high - low if high > low else 1.0)
        traces = [
            line("@x_line", None, "$ghost", "no regularization", width=1.6, dash="dot"),
            line("@x_line", "@truth", "$truth/0.75", "true function", width=1.6, dash="dash"),
            dots("@train_x", "@train_y", "$train", "training points", size=6.5),
            dots("@validation_x", "@validation_y", "$validation", "validation points", "diamond-open", 7),
            line("@x_line", None, self.colour, f"{self.short} fit", width=3),
        ]
        if self.number == 0:
            self.view.legend = tuple((0, k) for k in range(4 if len(sweep.validation) else 3))
        return LiveFigure(
            name=f"fit_{key}",
            title=f"{self.short}: fitted curve",
            figure={
                "data": traces,
                "layout": {
                    "xaxis": axis(list(data.domain or ()), "x"),
                    "yaxis": axis([low - room, high + room], "y"),
                },
            },
            moving=(
                LiveTrace(0, y=self._prediction("line", {self.view.strength: 0}), still=True),
                LiveTrace(4, y=self._prediction("line")),
            ),
            alt=f"{self.title}: fitted curve at λ = {{{key}_lambda}} over {len(sweep.train)} training points. "
            f"Training error {{{key}_train}}, {self.view.error_words.lower()} {{{key}_{self.view.error}}}.",
            column=self.number,
            row=1,
            height=225,
        )

    def _prediction(self, basis: str, pin: dict[str, int] | None = None) -> Moving:
        return Moving(self.ref("coordinates", **(pin or {})), matrix=basis)

    def observed(self) -> LiveFigure:
        sweep, key = self.view.sweep, self.key
        y = sweep.data.y
        room = 0.05 * (y.max() - y.min() or 1.0)
        ends = [float(y.min() - room), float(y.max() + room)]
        moving = [
            LiveTrace(1, y=self._prediction("train_basis", {self.view.strength: 0}), still=True),
            LiveTrace(2, y=self._prediction("train_basis")),
        ]
        traces = [
            line(ends, ends, "$truth/0.75", "perfect prediction", width=1.6, dash="dash"),
            dots("@train_y", None, "$ghost/0.35", "no regularization", size=5),
            dots("@train_y", None, f"{self.colour}/0.75", "training rows", size=6),
        ]
        if len(sweep.validation):
            traces.append(dots("@validation_y", None, "$validation", "validation rows", "diamond-open", 7))
            moving.append(LiveTrace(3, y=self._prediction("validation_basis")))
        some = (
            f" ({len(sweep.shown)} of {sweep.data.n_samples} rows drawn)"
            if len(sweep.shown) < sweep.data.n_samples
            else ""
        )
        if self.number == 0:
            self.view.legend = tuple((0, k) for k in range(len(traces)))
        return LiveFigure(
            name=f"fit_{key}",
            title=f"{self.short}: predicted against observed",
            figure={
                "data": traces,
                "layout": {
                    "xaxis": axis(ends, "observed " + markup(self.view.target[:38])),
                    "yaxis": axis(ends, "predicted"),
                },
            },
            moving=tuple(moving),
            alt=f"{self.title}: predicted against observed {self.view.target} at λ = {{{key}_lambda}}{some}. "
            f"Training error {{{key}_train}}, {self.view.error_words.lower()} {{{key}_{self.view.error}}}.",
            column=self.number,
            row=1,
            height=225,
        )

    def weights(self) -> LiveFigure:
        view, key = self.view, self.key
        names, soft = [markup(name) for name in view.names], view.soft
        flat = not view.sweep.is_curve
        place = np.arange(1, view.p + 1)
        none = {view.strength: 0}
        values = {
            "ghost": Moving(self.ref("coef", **none), asinh=soft),
            "live": Moving(self.ref("coef"), asinh=soft),
            "zero": Moving(self.ref("coef"), only_zeros=True),
        }
        across = "y" if flat else "x"
        bar = {"type": "bar", "orientation": "h" if flat else "v", across: place, "text": names, "textposition": "none"}
        hover = {"hovertemplate": "%{text}: %{customdata:.4g}<extra></extra>"}
        traces: list[dict[str, Any]] = [
            {
                **bar,
                "hoverinfo": "skip",
                "name": "no regularization",
                "width": 0.86,
                "marker": {"color": "$ghost/0.2"},
            },
            {**bar, **hover, "name": f"{self.short} weights", "width": 0.62, "marker": {"color": self.colour}},
            {
                "type": "scatter",
                "mode": "markers",
                across: place,
                "name": "exactly zero",
                "text": names,
                "hovertemplate": "%{text}: exactly 0<extra></extra>",
                "marker": {"symbol": "circle-open", "size": 8 if view.p <= 20 else 6, "color": self.colour},
            },
        ]

        def live(trace: int, drawn: Moving, weight: Moving | None, still: bool = False) -> LiveTrace:
            x, y = (drawn, None) if flat else (None, drawn)
            return LiveTrace(trace, x, y, weight, still)

        moving = (
            live(0, values["ghost"], Moving(self.ref("coef", **none)), still=True),
            live(1, values["live"], Moving(self.ref("coef"))),
            live(2, values["zero"], None),
        )
        scale = view.weight_axis()
        room = axis([view.p + 0.6, 0.4] if flat else [0.4, view.p + 0.6])
        step = 1 if view.p <= 15 or flat else 2
        room |= {
            "tickvals": place[::step].tolist(),
            "ticktext": [markup(name[:18]) for name in view.names[::step]],
            "showgrid": False,
        }
        zero_line: dict[str, Any] = {"zeroline": True, "zerolinecolor": "$axis", "zerolinewidth": 1}
        margin = {"l": 44, "r": 10, "t": 6, "b": 34}
        if flat:
            margin |= {"l": 18 + min(110, 7 * max(len(name[:18]) for name in view.names)), "b": 34}
        axes = {"xaxis": scale | zero_line, "yaxis": room} if flat else {"xaxis": room, "yaxis": scale | zero_line}
        return LiveFigure(
            name=f"weights_{key}",
            title=f"{self.short}: weights",
            figure={
                "data": traces,
                "layout": {**axes, "margin": margin},
            },
            moving=moving,
            alt=f"{self.title}: the {view.p} weights; {{{key}_zeros}} are exactly zero, Σ|w| is {{{key}_norm1}}.",
            caption=f"Largest |w|: {{{key}_largest}}{{{key}_cut}} Grey: no regularization, cut where it leaves the "
            "frame.",
            column=self.number,
            row=2,
            height=max(185, 60 + 17 * view.p) if flat else 185,
        )

    def loss(self) -> LiveFigure:
        sweep, key = self.view.sweep, self.key
        most = max(float((rows.data_loss + rows.penalty).max()) for rows in (sweep, *sweep.own.values()))
        bar = {"type": "bar", "orientation": "h", "y": [0], "width": 0.8}
        return LiveFigure(
            name=f"loss_{key}",
            title=f"{self.short}: data loss + λ · penalty",
            figure={
                "data": [
                    {
                        **bar,
                        "name": "data loss + λ · penalty",
                        "marker": {"color": f"{self.colour}/0.25", "line": {"color": self.colour, "width": 1.5}},
                        "hovertemplate": "%{x:.4g}",
                    },
                    {**bar, "name": "data loss", "marker": {"color": self.colour}, "hovertemplate": "%{x:.4g}"},
                ],
                "layout": {
                    "xaxis": axis([0, 1.03 * (most or 1.0)]),
                    "yaxis": {"visible": False, "range": [-0.5, 0.5], "fixedrange": True},
                    "margin": {"l": 10, "r": 10, "t": 2, "b": 22},
                },
            },
            moving=(
                LiveTrace(0, x=Moving(self.ref("penalty"), offset=self.ref("data_loss"))),
                LiveTrace(1, x=Moving(self.ref("data_loss"))),
            ),
            alt=f"{self.title}: data loss {{{key}_data_loss}} and λ times penalty {{{key}_penalty}}.",
            caption=f"{{{key}_data_loss}} data + {{{key}_penalty}} penalty",
            column=self.number,
            row=4,
            height=62,
        )

    def constraint(self) -> LiveFigure:
        sweep, key = self.view.sweep, self.key
        assert sweep.slices is not None
        a, b = (self.view.names[j] for j in sweep.slices.pair)
        marked = {"x": markup(a), "y": markup(b)}
        others = self.view.p - 2
        held = {0: "", 1: "The other weight is held at its solution."}.get(
            others, f"The {others} other weights are held at their solution."
        )

        def ellipse(trace: int, ring: str, size: str) -> LiveTrace:
            x, y = (Moving(self.ref(size), template=f"{ring}_{w}", offset=self.ref(f"optimum_{w}")) for w in ("a", "b"))
            return LiveTrace(trace, x, y)

        hover = f"{marked['x']} %{{x:.4g}}<br>{marked['y']} %{{y:.4g}}"
        traces = [
            curve("$contour/0.7", "contours of the data loss", 1),
            curve(self.colour, "constraint ball", 2, fill=f"{self.colour}/0.18"),
            curve("$text", "contour through the solution", 2),
            points("$ghost", "lowest point of the slice", "x", 9, hover),
            points(self.colour, "solution", hover=hover),
        ]
        ball_x, ball_y = (Moving(self.ref("radius"), take="octant", template=turn) for turn in ("cos", "sin"))
        return LiveFigure(
            name=f"constraint_{key}",
            title=f"{self.short}: constraint on {a} and {b}",
            figure={
                "data": traces,
                "layout": plane(marked["x"], marked["y"]),
            },
            moving=(
                ellipse(0, "rings", "origin"),
                LiveTrace(1, ball_x, ball_y),
                ellipse(2, "ring", "touch"),
                LiveTrace(3, x=Moving(self.ref("optimum_a")), y=Moving(self.ref("optimum_b"))),
                LiveTrace(4, x=Moving(self.solution[0]), y=Moving(self.solution[1])),
            ),
            span=self.ref("span"),
            alt=f"{self.title}: loss contours and the constraint ball of size {{{key}_budget}} for {a} and {b}; "
            f"they touch at ({{{key}_solution_a}}, {{{key}_solution_b}}).",
            caption=f"{{{key}_touch}} {held}",
            column=self.number,
            row=5,
            height=290,
        )

    def histogram(self) -> LiveFigure:
        view, key = self.view, self.key
        middles = (view.edges[1:] + view.edges[:-1]) / 2
        width = float(view.edges[1] - view.edges[0])
        return LiveFigure(
            name=f"histogram_{key}",
            title=f"{self.short}: histogram of the weights",
            figure={
                "data": [
                    {
                        "type": "bar",
                        "x": middles,
                        "width": width,
                        "name": "weights in the bin",
                        "text": view.bins,
                        "meta": {"x": view.middles},
                        "textposition": "none",
                        "marker": {"color": f"{self.colour}/0.85", "line": {"color": "$background", "width": 1}},
                        "hovertemplate": "%{y} weights<br>%{text}<extra></extra>",
                    },
                    {
                        "type": "bar",
                        "x": [0.0],
                        "width": width / 2,
                        "name": "exactly zero",
                        "marker": {"color": "$background", "line": {"color": self.colour, "width": 2}},
                        "hovertemplate": "%{y} exactly zero<extra></extra>",
                    },
                ],
                "layout": {"xaxis": view.weight_axis(), "yaxis": axis([0, view.p * 1.05], "weights")},
            },
            moving=(
                LiveTrace(0, y=Moving(self.ref("counts"))),
                LiveTrace(1, y=Moving(self.ref("zeros"))),
            ),
            alt=f"{self.title}: histogram of {view.p} weights; the outermost bins hold all beyond; "
            f"a hollow spike at 0 counts the {{{key}_zeros}} exact zeros.",
            caption="The outermost bars hold all beyond.",
            column=self.number,
            row=6,
            height=180,
        )
