"""How does the page on bias and variance look? Fits of many samples under one λ, and what their errors add up to."""

from __future__ import annotations

from typing import Any

import numpy as np

from regviz.charts.axes import alpha_axis, ratio_axis
from regviz.charts.traces import Drawing, axis, curve, few, log_axis, points
from regviz.fits.penalties import Entry, on_sweep
from regviz.fits.task import L1
from regviz.live.board import Axis, Board, LiveFigure, LiveTrace, Moving, Readout, Ref, Swept, number_text
from regviz.scenes.variance.sweep import RESAMPLES, Variance

_PARTS = (
    ("bias", "bias²", "dash"),
    ("variance", "variance", None),
    ("total", "sum = expected error²", None),
)


def board(found: Variance) -> Board:
    """The live board of the page."""
    strength = alpha_axis(found.alphas, found.start)
    drawn = _Drawn(found, strength)
    figures: list[LiveFigure] = []
    readouts: list[Readout] = []
    for number, (key, entry) in enumerate(on_sweep().items()):
        figures.append(_fits(found, drawn, key, entry, number))
        figures.append(_errors(found, drawn, key, entry, number))
        readouts.append(_heading(found, key, entry, number))
    return Board(
        axes=(strength, ratio_axis()),
        arrays=drawn.arrays,
        figures=tuple(figures),
        readouts=tuple(readouts),
        values=drawn.values,
        summary="λ {alpha}, L1 ratio {l1_ratio}. Bias² and variance: L1 {l1_bias} and {l1_variance}, mix {mix_bias} "
        "and {mix_variance}, L2 {l2_bias} and {l2_variance}.",
        place="λ {alpha}, L1 ratio {l1_ratio}",
        legend=tuple((0, k) for k in drawn.legend),
        columns=len(on_sweep()),
    )


class _Drawn:
    """The arrays of the page."""

    def __init__(self, found: Variance, strength: Axis) -> None:
        swept = ("l1_ratio", strength.name)
        total = found.bias_squared + found.variance + found.noise
        self.place, self.layout = log_axis(found.alphas)
        self.meta = {"x": ["log10", self.layout["tickvals"][0]]}
        # What is larger than twice the error of the empty fit leaves the picture, or more than dwarfs the least sum;
        # the least sum of every ratio is in it.
        usual = min(2.0 * float(total[L1, -1]), 6.0 * float(total.min()))
        self.top = max(usual, 1.1 * float(total.min(axis=1).max()))
        self.parts = {"bias": found.bias_known, "variance": found.variance, "total": total}
        self.arrays: dict[str, Swept] = {
            "place": Swept(self.place, (strength.name,)),
            "places": Swept(self.place),
            "two": Swept(np.ones(2)),
        }
        stop = total.argmin(axis=1)
        self.arrays |= {
            "least_place": Swept(self.place[stop], ("l1_ratio",)),
            "least": Swept(total.min(axis=1), ("l1_ratio",)),
            "least_alpha": Swept(found.alphas[stop], ("l1_ratio",)),
            "unpenalised": Swept(np.minimum(total[:, 0], 1e30), ("l1_ratio",)),
        }
        # Single precision ends at 1e38.
        self.arrays |= {name: Swept(np.minimum(values, 1e30), swept) for name, values in self.parts.items()}
        if found.is_curve:
            # Orthonormal coordinates of all curves at once, as on Compare.
            rows = np.concatenate([found.drawn, found.mean[:, :, np.newaxis]], axis=2)
            line, coordinates = few(rows, 1e-8)
            self.arrays |= {"line": Swept(line), "x_line": Swept(found.x_line), "truth": Swept(found.truth)}
            for k in range(coordinates.shape[2]):
                self.arrays[f"fit_{k}"] = Swept(coordinates[:, :, k], swept)
        else:
            p = len(found.names)
            self.arrays |= {
                "drawn": Swept(found.drawn.reshape(*found.drawn.shape[:2], -1), swept),
                "mean": Swept(found.mean, swept),
                "drawn_x": Swept(np.tile(np.arange(1.0, p + 1), found.drawn.shape[2])),
                "feature": Swept(np.arange(1.0, p + 1)),
            }
        self.n_drawn = found.drawn.shape[2]
        self.legend: tuple[int, ...] = ()
        self.values: dict[str, tuple[Ref, str | tuple[str, ...]]] = {
            f"{key}_{name}": (Ref(name, entry.pin), "3")
            for key, entry in on_sweep().items()
            for name in (*self.parts, "least", "least_alpha", "unpenalised")
        }


def _heading(found: Variance, key: str, entry: Entry, number: int) -> Readout:
    return Readout(
        name=f"heading_{key}",
        title=entry.title,
        headline=f"sum {{{key}_total}}: bias² {{{key}_bias}}, variance {{{key}_variance}}, noise "
        f"{number_text(found.noise, 3)}",
        rows=(),
        column=number,
        row=0,
        role=entry.role,
    )


def _fits(found: Variance, drawn: _Drawn, key: str, entry: Entry, number: int) -> LiveFigure:
    title, pin, colour = entry.title, entry.pin, f"${entry.role}"
    alt = (
        f"{title}: the fits of {drawn.n_drawn} samples at λ = {{alpha}} scatter around their mean with variance "
        f"{{{key}_variance}}; their mean is off the truth by a bias² of {{{key}_bias}}."
    )
    common: dict[str, Any] = {"alt": alt, "column": number, "row": 1, "height": 270}
    caption = f"{drawn.n_drawn} of {RESAMPLES} samples; the thick one is the mean of all."
    if not found.is_curve:
        size = 1.15 * max(float(np.abs(found.truth).max()), 0.05)
        low, high = min(0.0, float(found.truth.min())) - size / 2, max(0.0, float(found.truth.max())) + size / 2
        traces = [
            points(f"{colour}/0.45", "weight in one sample", size=5, hover="%{y:.3g}") | {"x": "@drawn_x"},
            points(colour, "mean of all samples", "diamond", 9, "mean %{y:.3g}") | {"x": "@feature"},
            points("$truth", "true weight", "x", 9, "truth %{y:.3g}") | {"x": "@feature", "y": found.truth},
        ]
        drawn.legend = (0, 1, 2)
        features = {"tickvals": list(range(1, len(found.names) + 1)), "ticktext": list(found.names), "showgrid": False}
        layout = {
            "xaxis": axis([0.4, len(found.names) + 0.6]) | features,
            "yaxis": axis([low, high], "weight") | {"zeroline": True, "zerolinecolor": "$axis"},
        }
        return LiveFigure(
            name=f"fits_{key}",
            title=f"{entry.short}: weights in other samples",
            figure={"data": traces, "layout": layout},
            moving=(LiveTrace(0, y=Moving(Ref("drawn", pin))), LiveTrace(1, y=Moving(Ref("mean", pin)))),
            caption=caption.replace("the thick one", "the diamond"),
            **common,
        )
    low, high = float(found.truth.min()), float(found.truth.max())
    room = 0.55 * (high - low or 1.0)
    traces = [curve(f"{colour}/0.4", "one sample", 1.2) | {"x": "@x_line"} for _ in range(drawn.n_drawn)]
    moving = [LiveTrace(k, y=Moving(Ref(f"fit_{k}", pin), matrix="line")) for k in range(drawn.n_drawn + 1)]
    traces.append(curve(colour, "mean of all samples", 3.2) | {"x": "@x_line"})
    traces.append(curve("$truth", "true function", 1.8, "dash") | {"x": "@x_line", "y": "@truth"})
    drawn.legend = (0, drawn.n_drawn, drawn.n_drawn + 1)
    return LiveFigure(
        name=f"fits_{key}",
        title=f"{entry.short}: fits of other samples",
        figure={
            "data": traces,
            "layout": {
                "xaxis": axis([float(found.x_line[0]), float(found.x_line[-1])], "x"),
                "yaxis": axis([low - room, high + room], "y"),
            },
        },
        moving=tuple(moving),
        caption=caption,
        **common,
    )


def _errors(found: Variance, drawn: _Drawn, key: str, entry: Entry, number: int) -> LiveFigure:
    title, pin, still = entry.title, entry.pin, not entry.follows
    colours = {"bias": "$text", "variance": f"${entry.role}", "total": f"${entry.role}"}
    drawing = Drawing()
    for name, words, dash in _PARTS:
        width = 3.2 if name == "total" else 1.8
        say = {"hoverinfo": "all", "hovertemplate": f"{words} %{{y:.3g}}<extra></extra>"}
        line = curve(colours[name], words, width, dash) | say | {"x": "@places"}
        drawing.add(line, y=Moving(Ref(name, pin, along="alpha")), still=still)
    ends = [float(drawn.place[0]), float(drawn.place[-1])]
    drawing.add(curve("$muted", "noise", 1, "longdash") | {"x": ends, "y": [found.noise, found.noise]})
    drawing.cursor(Ref("place"), 0, drawn.top)
    for name, words, _ in _PARTS:
        here = points(colours[name], f"{words} at λ", size=9, hover="%{y:.3g}")
        drawing.add(here, x=Moving(Ref("place")), y=Moving(Ref(name, pin)))
    least = points("$text", "least sum", "x", 9, "least sum %{y:.3g}")
    drawing.add(least, x=Moving(Ref("least_place", pin)), y=Moving(Ref("least", pin)), still=still)
    return LiveFigure(
        name=f"parts_{key}",
        title=f"{entry.short}: bias² + variance + noise",
        figure={
            "data": drawing.data,
            "layout": {
                "xaxis": drawn.layout,
                "yaxis": axis([0, drawn.top], "mean squared error"),
                "meta": drawn.meta,
            },
        },
        moving=tuple(drawing.moving),
        alt=f"{title}: bias² {{{key}_bias}}, variance {{{key}_variance}}, sum with the noise {{{key}_total}} at λ = "
        "{alpha}.",
        caption=f"Thick: the sum. Dashed: bias² {{{key}_bias}}. Thin: variance {{{key}_variance}}. The cross is the "
        f"least sum, {{{key}_least}} at λ = {{{key}_least_alpha}}; at λ = 0 the sum is {{{key}_unpenalised}}.",
        column=number,
        row=2,
        height=260,
        scrub=("alpha", Ref("place", along="alpha")),
    )
