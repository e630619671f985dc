"""How does the Paths page look? Every weight against λ, the size of the weights or the degrees of freedom."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regviz import theme
from regviz.charts import dialects
from regviz.charts.axes import place_words, ratio_axis, strength_axis
from regviz.charts.columns import Column, View, columns, said
from regviz.charts.traces import Drawing, axis, curve, log_axis, markup, points, short, soft_ticks
from regviz.core import Array
from regviz.fits.penalties import on_sweep
from regviz.fits.task import L1, L2
from regviz.live.board import Board, LiveFigure, Moving, Note, Readout, Ref, Swept
from regviz.scenes.paths.sweep import Paths

_DASHES = (None, "dash", "dot", "dashdot", "longdash", "dash", "dot")
_NAMED, _ROOM = 7, 0.055  # names beside the cursor: at most so many, so far apart (share of the height)
_LISTED = 6  # features named in a sentence


def board(paths: Paths) -> Board:
    """The live board of the Paths page; `path_axis` says what the weights are drawn against."""
    sweep = paths.sweep
    strength = strength_axis(sweep)
    view = View(sweep, strength.name)
    scale = _Scale(paths, view)
    figures: list[LiveFigure] = []
    readouts: list[Readout] = []
    notes: list[Note] = []
    shown = columns(view)
    for column in shown:
        readouts += [column.heading(), _entries(paths, column), dialects.card(column, row=6)]
        figures += [_path(paths, column, scale), replace(column.weights(), row=3), _freedom(column, scale)]
        notes += [_members(column), dialects.unsaid(column, row=7)]
    return Board(
        axes=(strength, ratio_axis()),
        arrays=view.arrays,
        figures=tuple(figures),
        readouts=tuple(readouts),
        values=view.values,
        summary=f"{place_words(sweep)}. Weights in the model: {said(shown, 'nonzero')} of {{p}}.",
        place=place_words(sweep),
        columns=len(shown),
        notes=tuple(notes),
    )


class _Scale:
    """The horizontal axis that all charts share, and the arrays of both directions."""

    def __init__(self, paths: Paths, view: View) -> None:
        sweep, grid, kind = paths.sweep, paths.sweep.grid, paths.path_axis
        alphas = np.broadcast_to(grid.alphas, grid.kkt.shape)
        norms = np.abs(grid.coef).sum(axis=-1)
        usual = float(norms[:, sweep.start].max()) or 1.0
        soft = usual / 2 if norms.max() > 6 * usual else None

        _, self.layout = log_axis(alphas)
        zero = self.layout["tickvals"][0]
        self.meta: dict[str, Any] = {"x": ["log10", zero]}

        def place(alpha: Array, norm: Array, df: Array) -> Array:
            if kind == "norm":
                return norm if soft is None else np.arcsinh(norm / soft)
            return df if kind == "df" else np.where(alpha > 0, np.log10(np.where(alpha > 0, alpha, 1)), zero)

        at = place(alphas, norms, sweep.df)
        exact = place(paths.alphas, np.abs(paths.coef).sum(axis=-1), np.interp(paths.alphas, alphas[L1], sweep.df[L1]))
        stops = alphas[L1]
        within = (paths.corners >= stops[stops > 0].min()) & (paths.corners <= stops.max())
        self.corners = paths.corners[within]  # those between the stops: the others are on no curve
        corner = place(
            self.corners,
            np.abs(paths.path.at(self.corners)).sum(axis=-1),
            np.interp(self.corners, stops, sweep.df[L1]),
        )
        reach = 1.12 * view.reach
        ticks = np.linspace(0, len(sweep.strengths) - 1, 9).round()[1:-1]
        drawn = view.drawn(grid.coef)
        view.arrays |= {
            "place": Swept(at, view.swept),
            "two": Swept(np.ones(2)),
            "ones": Swept(np.ones(view.p)),
            "nonzero": Swept((grid.coef != 0).sum(axis=-1).astype(np.uint8), view.swept),
            "ticks": Swept(ticks.astype(np.uint8)),
            "top": Swept(np.full(len(ticks), 0.93 * reach)),
            "exact": Swept(exact),
            "exact_coef": Swept(paths.coef, ("exact",)),
            "corner": Swept(np.stack([corner, corner, np.full_like(corner, np.nan)], axis=1).ravel()),
            "tick": Swept(np.tile([-reach, -0.94 * reach, np.nan], len(corner))),
            "named": Swept.rounded(np.where(np.isnan(named := _named(drawn, reach)), 9 * reach, named), view.swept),
        }
        words, which = _sentences(grid.coef, view.names)
        view.arrays["members"] = Swept(which, view.swept)
        for key, entry in on_sweep().items():
            view.values[f"{key}_members"] = (Ref("members", entry.pin), words)
            view.values[f"{key}_nonzero"] = (Ref("nonzero", entry.pin), "int")
        self.kind, self.reach = kind, reach
        self.ends = {
            key: _ends(
                at[entry.pin.get("l1_ratio", slice(1 if kind == "alpha" else 0, None))],
                room=0.02 if kind == "alpha" else 0.04,
            )
            for key, entry in on_sweep().items()
        }
        if kind != "alpha":
            self.meta = {}
            self.layout = {"title": {"text": "‖w‖₁" if kind == "norm" else "degrees of freedom"}, "showgrid": False}
        if kind == "norm" and soft is not None:
            marks = soft_ticks(soft, float(np.arcsinh(norms.max() / soft)))
            shown = [(v, t) for v, t in zip(marks["tickvals"], marks["ticktext"], strict=True) if v >= 0]
            self.layout |= {"tickvals": [v for v, _ in shown], "ticktext": [t for _, t in shown]}
            self.layout["title"] = {"text": "‖w‖₁ (compressed)"}
            self.meta = {"x": ["asinh", soft]}


def _ends(values: Array, room: float) -> list[float]:
    low, high = float(values.min()), float(values.max())
    space = room * (high - low or 1.0)
    return [low - space, high + space]


def _named(drawn: Array, reach: float) -> Array:
    """Where the names beside the cursor stand: the largest weights, none on another; NaN for the others: (R, A, p)."""
    height = np.full(drawn.shape, np.nan)
    flat, out = drawn.reshape(-1, drawn.shape[-1]), height.reshape(-1, drawn.shape[-1])
    for w, y in zip(flat, out, strict=True):
        taken: list[float] = []
        for j in np.argsort(-np.abs(w)):
            if len(taken) == _NAMED or w[j] == 0:
                break
            if abs(w[j]) <= 0.88 * reach and all(abs(w[j] - other) > 2 * _ROOM * reach for other in taken):
                taken.append(w[j])
                y[j] = w[j]
    return height


def _sentences(coef: Array, names: tuple[str, ...]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Which features are in the model, in words: the different sentences, and the number of that of each fit."""
    p = coef.shape[-1]
    packed = np.packbits(coef != 0, axis=-1)
    _, first, which = np.unique(packed.reshape(-1, packed.shape[-1]), axis=0, return_index=True, return_inverse=True)
    sentences = []
    for w in coef.reshape(-1, p)[first]:
        inside = np.flatnonzero(w)
        listed = ", ".join(names[j] for j in inside[:_LISTED])
        more = f" and {len(inside) - _LISTED} more" if len(inside) > _LISTED else ""
        sentences.append("all features" if len(inside) == p else (listed + more) or "none: the mean of y alone")
    return tuple(sentences), which.reshape(coef.shape[:-1])


def _members(column: Column) -> Note:
    return Note(
        name=f"members_{column.key}",
        title="",
        paragraphs=(f"{column.short}, in the model: {{{column.key}_members}}",),
        row=2,
        column=column.number,
        wide=False,
    )


def _series(j: int) -> tuple[str, str | None]:
    """Colour and dash of feature j, the same in every chart."""
    return f"${theme.SERIES[j % len(theme.SERIES)]}", _DASHES[j // len(theme.SERIES) % len(_DASHES)]


def _path(paths: Paths, column: Column, scale: _Scale) -> LiveFigure:
    view, key = column.view, column.key
    strength, moves = view.strength, column.entry.follows
    drawing = Drawing()
    exact = column.entry.row == L1
    place, weights = column.ref("place"), column.ref("coef")
    along = Ref("place", place.pin, along=strength)
    for j, name in enumerate(view.names):
        colour, dash = _series(j)
        trace = curve(colour, markup(name), 1.8, dash) | {
            "hoverinfo": "all",
            "hovertemplate": "%{fullData.name}: %{customdata:.4g}<extra></extra>",
        }
        if exact:
            weight, x = Ref("exact_coef", item=j, along="exact"), {}
            trace |= {"x": "@exact"}
        else:
            weight, x = Ref("coef", weights.pin, item=j, along=strength), {"x": Moving(along)}
        drawing.add(trace, **x, y=Moving(weight, asinh=view.soft), customdata=Moving(weight), still=not moves)
    if exact:
        drawing.add(curve("$muted", "a weight enters or leaves", 1) | {"x": "@corner", "y": "@tick"})
    drawing.cursor(place, -scale.reach, scale.reach)
    here = points(column.colour, "weights at λ", size=7, hover="%{text}: %{customdata:.4g}<extra></extra>")
    here["text"] = [markup(name) for name in view.names]
    at = Moving(place, template="ones")
    drawing.add(here, x=at, y=Moving(weights, asinh=view.soft), customdata=Moving(weights))
    drawing.add(
        _text("names", [markup(short(name, 16)) for name in view.names], "middle right"),
        x=at,
        y=Moving(column.ref("named")),
    )
    drawing.add(
        _text("weights not zero", [], "middle center", "$muted") | {"y": "@top"},
        x=Moving(along, take="ticks"),
        text=Moving(Ref("nonzero", place.pin, along=strength), take="ticks"),
        still=not moves,
    )
    weight_axis = view.weight_axis()
    how = f"; {len(scale.corners)} exact corners (ticks below)" if exact else ""
    return LiveFigure(
        name=f"path_{key}",
        title=f"{column.short}: path of every weight",
        figure={
            "data": drawing.data,
            "layout": {
                "xaxis": scale.layout | {"range": scale.ends[key]},
                "meta": scale.meta,
                "yaxis": weight_axis
                | {
                    "range": [-scale.reach, scale.reach],
                    "zeroline": True,
                    "zerolinecolor": "$axis",
                    "zerolinewidth": 1,
                },
            },
        },
        moving=tuple(drawing.moving),
        alt=f"{column.title}: the paths of {view.p} weights; at λ = {{{key}_lambda}} "
        f"there are {{{key}_nonzero}} that are not zero: {{{key}_members}}.",
        caption=f"On top: number of weights that are not zero{how}. Drag in the chart to move λ.",
        column=column.number,
        row=1,
        height=330,
        scrub=(strength, along),
    )


def _text(name: str, words: list[str], position: str, colour: str = "$text") -> dict[str, Any]:
    """A trace of words at points."""
    font = {"color": colour, "size": 11}
    return {
        "type": "scatter",
        "mode": "text",
        "name": name,
        "text": words,
        "textposition": position,
        "textfont": font,
        "hoverinfo": "skip",
    }


def _freedom(column: Column, scale: _Scale) -> LiveFigure:
    view, key = column.view, column.key
    strength, pin = view.strength, column.pin
    along = Ref("place", pin, along=strength)
    still = not column.entry.follows
    drawing = Drawing()
    nonzero, df = (Moving(Ref(name, pin, along=strength)) for name in ("nonzero", "df"))
    drawing.add(curve("$muted", "weights not zero", 1.4, "dot"), x=Moving(along), y=nonzero, still=still)
    line = curve(column.colour, "degrees of freedom", 2.6) | {"hoverinfo": "all", "hovertemplate": "%{y:.3g}"}
    drawing.add(line, x=Moving(along), y=df, still=still)
    drawing.cursor(column.ref("place"), 0, 1.06 * view.p)
    here = points(column.colour, "at λ", size=10, hover="%{y:.3g} degrees of freedom")
    drawing.add(here, x=Moving(column.ref("place")), y=Moving(column.ref("df")))
    counted = {
        L1: "Lasso: the number of weights that are not zero, if their features are independent; else the rank of "
        "these (Tibshirani & Taylor 2012).",
        L2: "Ridge: Σ d²/(d² + nλ), d the singular values above 0 of the centred features (Hastie, Tibshirani & "
        "Friedman, eq. 3.50).",
    }.get(
        -1 if column.entry.row is None else column.entry.row,
        "Elastic net: Σ d²/(d² + nλ(1−ρ)), d the singular values above 0 of the centred features in the model "
        "(Tibshirani & Taylor 2012).",
    )
    return LiveFigure(
        name=f"freedom_{key}",
        title=f"{column.short}: effective degrees of freedom",
        figure={
            "data": drawing.data,
            "layout": {
                "xaxis": scale.layout | {"range": scale.ends[key]},
                "meta": scale.meta,
                "yaxis": axis([0, 1.06 * view.p], "of " + str(view.p)),
            },
        },
        moving=tuple(drawing.moving),
        alt=f"{column.title}: {{{key}_df}} degrees of freedom of {view.p} at λ = {{{key}_lambda}}.",
        caption=f"Now {{{key}_df}}. {counted}",
        column=column.number,
        row=4,
        height=170,
        scrub=(strength, along),
    )


def _entries(paths: Paths, column: Column) -> Readout:
    """At which λ every feature enters, in the lasso's order."""
    view, key, pin = column.view, column.key, column.pin
    # All but the lasso's are read from the stops: what is in at the last of them entered there or before.
    last = np.broadcast_to(paths.sweep.grid.alphas, paths.sweep.grid.kkt.shape)[:, -1:]
    how = np.where((paths.entry >= last) & (np.arange(len(last)) != L1)[:, np.newaxis], 1, 0)
    how[L2] = np.where((paths.sweep.grid.coef[L2] != 0).all(axis=0), 2, how[L2])
    view.arrays["entry"] = Swept(paths.entry, ("l1_ratio",))
    view.arrays["entered"] = Swept(np.where(np.isnan(paths.entry), 3, how).astype(np.uint8), ("l1_ratio",))
    rows = []
    for place, j in enumerate(paths.order, 1):
        number = f"{{{key}_entry_{j}}}"
        view.values[f"{key}_entry_{j}"] = (Ref("entry", pin, item=j), "3")
        words = (f"λ = {number}", f"λ ≥ {number}", "always in", "never in")
        view.values[f"{key}_entered_{j}"] = (Ref("entered", pin, item=j), words)
        inside = f"{{{key}_entered_{j}}}"
        # The others have an order of their own, and what never enters has none.
        ordinal = f"{place} · " if column.entry.row == L1 and not np.isnan(paths.entry[L1, j]) else ""
        rows.append((ordinal + short(view.names[j], 24), inside, ""))
    row, largest = column.entry.row, "largest λ at which it is in"
    return Readout(
        name=f"entries_{key}",
        title=f"{column.short}: " + {L1: "enters at", L2: "in the model"}.get(-1 if row is None else row, largest),
        headline="",
        rows=tuple(rows),
        column=column.number,
        row=5,
        role=column.entry.role,
    )
