"""How does the page on outliers look? A column for each loss, a row for each penalty, one point to drag in all."""

from __future__ import annotations

from typing import Any

import numpy as np

from regviz.charts.traces import Drawing, axis, curve, points
from regviz.live.board import Axis, Board, LiveFigure, LiveTrace, Moving, Readout, Ref, Swept
from regviz.scenes.outliers.sweep import HEIGHTS, OUTLIER, SHARES, Outliers

LOSSES = (
    ("squared", "Squared loss", "the farther off a point, the harder it pulls"),
    ("huber", "Huber's loss", "the pull stops growing at δ = {delta}"),
    ("absolute", "Absolute loss", "every point off the fit pulls equally hard"),
)
PENALTIES = (("l1", "L1"), ("l2", "L2"))
_LOW, _HIGH = -2.6, 8.6
_START_HEIGHT, _START_SHARE = 6.5, 0.05


def board(found: Outliers) -> Board:
    """The live board of the page: axes are the height of the outlier and the strength of the penalty."""
    swept = ("outlier", "share")
    arrays: dict[str, Swept] = {
        "line": Swept(np.column_stack([found.line, np.ones(len(found.line))])),
        "x_line": Swept(found.x_line),
        "height": Swept(HEIGHTS, ("outlier",)),
        "heights": Swept(HEIGHTS),
        "two": Swept(np.ones(2)),
        "delta": Swept(np.array(found.delta)),
    }
    values: dict[str, tuple[Ref, str | tuple[str, ...]]] = {"delta": (Ref("delta"), "2")}
    for i, (loss, _, _) in enumerate(LOSSES):
        for j, (penalty, _) in enumerate(PENALTIES):
            name = f"{loss}_{penalty}"
            fit = np.concatenate([found.coef[i, j], found.intercept[i, j][..., np.newaxis]], axis=-1)
            arrays[f"{name}_fit"] = Swept(fit, swept)
            arrays[f"{name}_moved"] = Swept(found.moved[i, j], swept)
            arrays[f"{name}_kkt"] = Swept(found.kkt[i, j], swept)
            values[f"{name}_moved"] = (Ref(f"{name}_moved"), "2")
            values[f"{name}_kkt"] = (Ref(f"{name}_kkt"), "1")
    figures = [_fit(found, i, j) for i in range(len(LOSSES)) for j in range(len(PENALTIES))]
    figures += [_influence(found, i) for i in range(len(LOSSES))]
    return Board(
        axes=(
            Axis(
                name="outlier",
                label="Height of the outlier",
                values=HEIGHTS,
                default=int(np.argmin(np.abs(HEIGHTS - _START_HEIGHT))),
                help="Where the ringed point lies. It can be dragged in every picture too.",
                ends=("below the line", "far above it"),
                page=4,
            ),
            Axis(
                name="share",
                label="Strength λ / λ max",
                values=SHARES,
                default=int(np.argmin(np.abs(SHARES - _START_SHARE))),
                help="As a share of the λ at which L1 leaves no weight on the other points: a number for each loss.",
                ends=("λ = 0: no regularization", "stronger"),
                page=4,
            ),
        ),
        arrays=arrays,
        figures=tuple(figures),
        readouts=tuple(_heading(i) for i in range(len(LOSSES))),
        values=values,
        summary="Outlier at {outlier}, λ {share} of its maximum. The fit moved, with L1 and L2: squared loss "
        "{squared_l1_moved} and {squared_l2_moved}, Huber {huber_l1_moved} and {huber_l2_moved}, absolute "
        "{absolute_l1_moved} and {absolute_l2_moved}.",
        place="outlier at {outlier}, λ / λ max {share}",
        legend=((0, 0), (0, 1), (0, 2), (0, 3), (1, 3)),
        columns=len(LOSSES),
    )


def _heading(i: int) -> Readout:
    loss, title, _ = LOSSES[i]
    return Readout(
        name=f"heading_{loss}",
        title=title,
        headline=f"the fit moved by {{{loss}_l1_moved}} with L1, {{{loss}_l2_moved}} with L2",
        rows=(),
        column=i,
        row=0,
    )


def _fit(found: Outliers, i: int, j: int) -> LiveFigure:
    (loss, title, says), (penalty, short) = LOSSES[i], PENALTIES[j]
    name = f"{loss}_{penalty}"
    others = np.arange(len(found.x)) != OUTLIER
    at = [float(found.x[OUTLIER])]
    traces: list[dict[str, Any]] = [
        points("$train", "points", size=6) | {"x": found.x[others], "y": found.y[others]},
        curve("$truth/0.75", "true line", 1.6, "dash") | {"x": [-1.0, 1.0], "y": [-1.5, 1.5]},
        points("$validation", "the outlier", "circle-open", 14, "height %{y}") | {"x": at},
        curve(f"${penalty}", f"{short} fit", 3) | {"x": "@x_line"},
        points("$validation", "outlier, its place", size=6) | {"x": at},
    ]
    return LiveFigure(
        name=f"fit_{name}",
        title=f"{title}, {short}",
        figure={
            "data": traces,
            "layout": {"xaxis": axis([-1.05, 1.05], "x"), "yaxis": axis([_LOW, _HIGH], "y")},
        },
        moving=(
            LiveTrace(2, y=Moving(Ref("height"))),
            LiveTrace(3, y=Moving(Ref(f"{name}_fit"), matrix="line")),
            LiveTrace(4, y=Moving(Ref("height"))),
        ),
        alt=f"{title} with an {short} penalty: with the outlier at {{outlier}} the fit has moved by {{{name}_moved}}.",
        caption=f"{says[0].upper()}{says[1:]}. Solved to {{{name}_kkt}} (KKT)." if j == 0 else "",
        column=i,
        row=1 + j,
        height=215,
        lever=("outlier", Ref("height", along="outlier"), at[0]),
    )


def _influence(found: Outliers, i: int) -> LiveFigure:
    loss, title, _ = LOSSES[i]
    top = 1.08 * float(found.moved.max())
    drawing = Drawing()
    for penalty, short in PENALTIES:
        moved, dash = f"{loss}_{penalty}_moved", None if penalty == "l1" else "dash"
        line = curve(f"${penalty}", f"{short} moved", 2.4, dash) | {"x": "@heights"}
        drawing.add(line, y=Moving(Ref(moved, along="outlier")))
        now = points(f"${penalty}", f"{short} now", size=14 if penalty == "l1" else 8)  # one may lie on the other
        drawing.add(now, x=Moving(Ref("height")), y=Moving(Ref(moved)))
    drawing.cursor(Ref("height"), 0, top, "height of the outlier")
    return LiveFigure(
        name=f"moved_{loss}",
        title=f"{title}: how far the fit moves",
        figure={
            "data": drawing.data,
            "layout": {
                "xaxis": axis([float(HEIGHTS[0]), float(HEIGHTS[-1])], "height of the outlier"),
                "yaxis": axis([0, top], "moved"),
            },
        },
        moving=tuple(drawing.moving),
        alt=f"{title}: the fit has moved by {{{loss}_l1_moved}} with L1 and {{{loss}_l2_moved}} with L2.",
        caption="Root mean square distance from the fit without the ringed point.",
        column=i,
        row=3,
        height=180,
        scrub=("outlier", Ref("height", along="outlier")),
    )
