"""How does the Geometry page look? Bowl, ball, forces, zero-map, fee and tax, all computed at the sliders' position.

Five live axes fit in no grid, so the arrays come from a `Source`: `picture.py` here, its mirror
two_weights.js in the browser. Only the view of three weights is a sweep.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from regviz.charts.traces import curve, plane, points
from regviz.core import Array
from regviz.core.toy.three_weights import sphere_faces
from regviz.core.toy.zero_map import OPTIMA
from regviz.live.board import Axis, Board, Dial, LiveFigure, LiveTrace, Moving, Note, Readout, Ref, Source, Swept
from regviz.scenes.geometry.picture import LEARNING_RATE, THIRD, picture

COLUMNS = (
    ("l1", "L1 · diamond", "ρ = 1"),
    ("mix", "Your mix", "ρ = {l1_ratio}"),
    ("l2", "L2 · circle", "ρ = 0"),
)
_SHORT = {"l1": "L1", "mix": "Mix", "l2": "L2"}

PRESETS: tuple[tuple[str, dict[str, float]], ...] = (
    ("Start", {"alpha": 1.0, "l1_ratio": 0.5, "correlation": 0.3, "optimum_a": 1.6, "optimum_b": 0.7}),
    ("λ = 0: no penalty", {"alpha": 0.0}),
    ("λ too large: all zero for L1", {"alpha": 6.0}),
    ("Corner hit", {"alpha": 1.0, "correlation": 0.0, "optimum_a": 1.8, "optimum_b": 0.5}),
    ("No corner", {"alpha": 0.5, "correlation": 0.0, "optimum_a": 1.6, "optimum_b": 1.4}),
    ("Correlation 1: a whole edge is optimal", {"alpha": 0.8, "correlation": 1.0, "optimum_a": 1.2, "optimum_b": 0.8}),
    ("A very long ellipse", {"alpha": 0.3, "correlation": 0.98, "optimum_a": 2.0, "optimum_b": -0.6}),
)


def board() -> Board:
    """The live board of the Geometry page; it has no settings but the sliders."""
    figures: list[LiveFigure] = []
    for number, (key, title, _) in enumerate(COLUMNS):
        figures += [
            _bowl(key, title, number),
            _forces(key, title, number),
            _budget_curve(key, title, number),
            _profile(key, title, number),
            _zero_map(key, title, number),
            _three(key, title, number),
        ]
    figures += [_thresholds(), _steps()]
    source = Source(picture, Path(__file__).with_name("two_weights.js").read_text(encoding="utf-8"))
    return Board(
        axes=_axes(),
        arrays={"reach": Swept(np.array(1.08 * OPTIMA)), "no_l1": _no_l1()},
        figures=tuple(figures),
        readouts=tuple(_heading(key, title, number) for number, (key, title, _) in enumerate(COLUMNS)),
        values=_values(),
        summary="λ {alpha}: L1 solution ({l1_solution_a}, {l1_solution_b}), mix ({mix_solution_a}, {mix_solution_b}), "
        "L2 ({l2_solution_a}, {l2_solution_b}).",
        place="λ {alpha}, L1 ratio {l1_ratio}, correlation {correlation}",
        legend=((0, 6), (0, 7), (0, 4), (0, 3)),
        columns=len(COLUMNS),
        notes=_notes(),
        source=source,
        dials=(
            Dial(
                name="mix_budget",
                label="Budget t of your mix",
                value=Ref("mix_budget"),
                stops=np.round(np.linspace(0, 4, 201), 2),
                help="The size of your mix's ball. Moving it moves λ: both forms are one family.",
                place=(7, 1),
            ),
        ),
        presets=PRESETS,
        menu="Special cases",
    )


def _axes() -> tuple[Axis, ...]:
    start = PRESETS[0][1]

    def axis(
        name: str, label: str, values: Array, help: str, ends: tuple[str, str], place: tuple[int, int] | None = None
    ) -> Axis:
        default = int(np.argmin(np.abs(values - start[name])))
        return Axis(name, label, np.round(values, 4), default, help, ends, page=10, place=place)

    plane = np.linspace(-3, 3, 301)
    return (
        axis("alpha", "Strength λ", np.linspace(0, 6, 301), "How much the penalty counts.", ("0", "6")),
        axis(
            "l1_ratio",
            "L1 ratio of your mix",
            np.linspace(0, 1, 51),
            "The shape of your ball: 1 is the diamond, 0 the circle.",
            ("0: all L2", "1: all L1"),
        ),
        axis(
            "correlation",
            "Correlation",
            np.linspace(-1, 1, 101),
            "Of the two features: it turns and stretches the bowl.",
            ("−1", "1"),
        ),
        axis(
            "optimum_a",
            "Optimum, w₁ (or drag the cross)",
            plane,
            "Where the loss alone is lowest.",
            ("−3", "3"),
            (3, 0),
        ),
        axis(
            "optimum_b",
            "Optimum, w₂ (or drag the cross)",
            plane,
            "Where the loss alone is lowest.",
            ("−3", "3"),
            (3, 1),
        ),
    )


def _no_l1() -> Swept:
    """1 where the L1 ratio of the mix is 0."""
    ratios = next(axis.values for axis in _axes() if axis.name == "l1_ratio")
    return Swept((ratios == 0).astype(np.uint8), ("l1_ratio",))


def _values() -> dict[str, tuple[Ref, str | tuple[str, ...]]]:
    named = {"solution_a": "3", "solution_b": "3", "budget": "3", "kkt": "1", "pull_a": "3", "pull_b": "3"}
    named |= {"threshold": "3", "zeros": "int", "output": "3", "alpha_max": "3", "area_none": "%", "area_a": "%"}
    named |= {"area_b": "%", "area_both": "%", "level": "3", "budget_max": "3", "touch_zeros": "int"}
    values: dict[str, tuple[Ref, str | tuple[str, ...]]] = {}
    for key, _, _ in COLUMNS:
        values |= {f"{key}_{name}": (Ref(f"{key}_{name}"), form) for name, form in named.items()}
        values[f"{key}_held"] = (
            Ref(f"{key}_case"),
            (
                f"No weight is zero: −∇D = ({{{key}_pull_a}}, {{{key}_pull_b}}) equals λ times the slope of the "
                f"penalty.",
                f"w₁ is 0: the pull of the data at it, {{{key}_pull_a}}, is no larger in size than the threshold λρ = "
                f"{{{key}_threshold}}.",
                f"w₂ is 0: the pull of the data at it, {{{key}_pull_b}}, is no larger in size than the threshold λρ = "
                f"{{{key}_threshold}}.",
                f"Both weights are 0: the pulls of the data, {{{key}_pull_a}} and {{{key}_pull_b}}, are no larger in "
                f"size than the threshold λρ = {{{key}_threshold}}.",
            ),
        )
    values["hit"] = (
        Ref("t_inactive"),
        ("{touch}", "Here λ is 0: nothing limits the weights, the loss is at its least."),
    )
    values["touch"] = (
        Ref("l1_case"),
        (
            "Here the contour touches the diamond on an edge: both weights stay.",
            "Here the contour touches the diamond at a corner: w₁ is exactly zero.",
            "Here the contour touches the diamond at a corner: w₂ is exactly zero.",
            "Here the diamond has shrunk to a point: both weights are exactly zero.",
        ),
    )
    values["tie"] = (
        Ref("l1_tie"),
        ("", " Every point of the thick line is equally good for L1: nothing says how the two weights share."),
    )
    values["empty"] = (
        Ref("no_l1"),
        (
            "With t = 0 every λ ≥ {mix_alpha_max} gives the same empty solution.",
            "Without L1 in the mix t comes near 0 as λ grows, but not to it, unless the loss is least at 0.",
        ),
    )
    return values


def _heading(key: str, title: str, number: int) -> Readout:
    return Readout(
        name=f"heading_{key}",
        title=title,
        headline=f"w = ({{{key}_solution_a}}, {{{key}_solution_b}}), solved to {{{key}_kkt}}",
        rows=(),
        column=number,
        row=0,
        role=key,
    )


# -- traces


def _at(trace: int, name: str) -> LiveTrace:
    """A curve whose coordinates are the computed arrays name_x and name_y."""
    return LiveTrace(trace, Moving(Ref(f"{name}_x")), Moving(Ref(f"{name}_y")))


def _on(trace: int, name: str) -> LiveTrace:
    """A point whose coordinates are the computed numbers name_a and name_b."""
    return LiveTrace(trace, Moving(Ref(f"{name}_a")), Moving(Ref(f"{name}_b")))


def _solid(trace: int, x: str, y: str, z: str) -> LiveTrace:
    """Points in space whose coordinates are three computed arrays."""
    return LiveTrace(trace, Moving(Ref(x)), Moving(Ref(y)), z=Moving(Ref(z)))


# -- figures, from top to bottom


def _bowl(key: str, title: str, number: int) -> LiveFigure:
    return LiveFigure(
        name=f"bowl_{key}",
        title=f"{_SHORT[key]}: the ball and the bowl",
        figure={
            "data": [
                curve("$contour/0.6", "contours of the data loss", 1),
                curve(f"${key}", "all weights with this penalty", 2, fill=f"${key}/0.18"),
                curve(f"${key}", "no limit: λ is 0", 2, "dash"),
                curve(f"${key}/0.8", "solutions for all λ", 2, "dot"),
                curve("$text", "contour through the solution", 2),
                curve(f"${key}/0.5", "equally good solutions", 7),
                points("$text", "optimum of the loss alone: drag it", "x", 12),
                points(f"${key}", "solution", size=13),
            ],
            "layout": plane("w₁", "w₂"),
        },
        moving=(
            _at(0, f"{key}_bowl"),
            _at(1, f"{key}_limit"),
            _at(2, f"{key}_slack"),
            _at(3, f"{key}_path"),
            _at(4, f"{key}_contour"),
            _at(5, f"{key}_segment"),
            _on(6, "optimum"),
            _on(7, f"{key}_solution"),
        ),
        span=Ref("reach"),
        handle=("optimum_a", "optimum_b"),
        alt=f"{title}: loss contours round ({{optimum_a}}, {{optimum_b}}) touch the ball of size {{{key}_budget}} at "
        f"({{{key}_solution_a}}, {{{key}_solution_b}}).",
        column=number,
        row=1,
        height=300,
    )


def _forces(key: str, title: str, number: int) -> LiveFigure:
    return LiveFigure(
        name=f"forces_{key}",
        title=f"{_SHORT[key]}: forces at the solution",
        figure={
            "data": [
                curve(f"${key}/0.5", "all weights with this penalty", 1.5, fill=f"${key}/0.10"),
                curve(f"${key}/0.3", "normal cone", 1, fill=f"${key}/0.22"),
                curve(f"${key}", "λ ∂penalty: what the penalty can hold", 3, fill=f"${key}/0.35"),
                curve("$text", "pull of the data: −∇D", 3),
                curve(f"${key}", "pull of the penalty", 3, "dot"),
                points("$text", "end of the pull of the data", "diamond", 9),
                points(f"${key}", "end of the pull of the penalty", "diamond", 9),
                points(f"${key}", "solution"),
            ],
            "layout": plane("w₁", "w₂"),
        },
        moving=(
            _at(0, f"{key}_ball"),
            _at(1, f"{key}_wedge"),
            _at(2, f"{key}_cone"),
            _at(3, f"{key}_force"),
            _at(4, f"{key}_counter"),
            *(
                LiveTrace(k, Moving(Ref(f"{key}_{arrow}_x", item=1)), Moving(Ref(f"{key}_{arrow}_y", item=1)))
                for k, arrow in ((5, "force"), (6, "counter"))
            ),
            _on(7, f"{key}_solution"),
        ),
        span=Ref(f"{key}_force_span"),
        alt=f"{title}: the pull of the data ({{{key}_pull_a}}, {{{key}_pull_b}}) ends in the set that the penalty "
        "can hold.",
        caption=f"{{{key}_held}} Residual {{{key}_kkt}}.",
        column=number,
        row=5,
        height=280,
    )


def _budget_curve(key: str, title: str, number: int) -> LiveFigure:
    return LiveFigure(
        name=f"budget_{key}",
        title=f"{_SHORT[key]}: budget t against λ",
        figure={
            "data": [
                curve(f"${key}", "t(λ)", 2.5),
                {**points(f"${key}", "here", size=12), "hovertemplate": "λ %{x:.4g}<br>t %{y:.4g}"},
            ],
            "layout": {
                "xaxis": {"title": {"text": "λ"}, "range": [0, 6]},
                "yaxis": {"title": {"text": "t"}, "range": [0, 5]},
            },
        },
        moving=(
            _at(0, f"{key}_budget_curve"),
            LiveTrace(1, Moving(Ref("alpha")), Moving(Ref(f"{key}_budget"))),
        ),
        alt=f"{title}: at λ = {{alpha}} the budget is t = {{{key}_budget}}; t never rises with λ.",
        caption=f"λ = {{alpha}} is the budget t = {{{key}_budget}}.",
        column=number,
        row=8,
        height=200,
    )


def _profile(key: str, title: str, number: int) -> LiveFigure:
    return LiveFigure(
        name=f"profile_{key}",
        title=f"{_SHORT[key]}: the penalised bowl, cut along w₁",
        figure={
            "data": [
                curve("$ghost", "data loss D", 1.5, "dash"),
                curve(f"${key}/0.7", "λ · penalty", 1.5, "dot"),
                curve(f"${key}", "D + λ · penalty", 2.5),
            ],
            "layout": {
                "xaxis": {"title": {"text": "w₁ (w₂ at its solution)"}, "range": [-3, 3]},
                "yaxis": {"title": {"text": "J"}, "range": [0, 8]},
            },
        },
        moving=tuple(
            LiveTrace(k, Moving(Ref("profile_x")), Moving(Ref(f"{key}_profile_{part}")))
            for k, part in enumerate(("loss", "penalty", "y"))
        ),
        caption="Solid: D + λ P. Dashed: D. Dotted: λ P.",
        alt=f"{title}: the objective along w₁ is lowest at {{{key}_solution_a}}; |w₁| has a kink at 0, w₁² has none.",
        column=number,
        row=9,
        height=200,
    )


def _zero_map(key: str, title: str, number: int) -> LiveFigure:
    none = "; for L2 the zero regions have no area" if key == "l2" else ""
    return LiveFigure(
        name=f"zeromap_{key}",
        title=f"{_SHORT[key]}: which optima lose which weight",
        figure={
            "data": [
                curve("$grid", "both weights stay", 1, fill="rgba(0,0,0,0)"),
                curve("$l1", "w₁ ends at zero", 1, fill="$l1/0.30"),
                curve("$l2", "w₂ ends at zero", 1, fill="$l2/0.30"),
                curve("$text", "both end at zero", 1, "dot", fill="$text/0.30"),
                points("$text", "the optimum: drag it", "x", 12),
            ],
            "layout": plane("optimum of w₁", "optimum of w₂"),
        },
        moving=(
            *(_at(k, f"{key}_zeromap_{region}") for k, region in enumerate(("none", "a", "b", "both"))),
            _on(4, "optimum"),
        ),
        span=Ref("reach"),
        handle=("optimum_a", "optimum_b"),
        alt=f"{title}: of all optima in the square {{{key}_area_none}} keep both weights, {{{key}_area_a}} lose w₁, "
        f"{{{key}_area_b}} lose w₂, {{{key}_area_both}} lose both{none}.",
        caption=f"Of all optima {{{key}_area_a}} lose only w₁ (above and below), {{{key}_area_b}} only w₂ (left and "
        f"right), {{{key}_area_both}} both (middle); {{{key}_area_none}} keep both.",
        column=number,
        row=11,
        height=290,
    )


def _thresholds() -> LiveFigure:
    return LiveFigure(
        name="thresholds",
        title="Output against input",
        figure={
            "data": [
                curve("$ghost", "no penalty", 1.5, "dash"),
                *(
                    curve(f"${key}", _SHORT[key], 2.5, dash)
                    for key, dash in (("l1", None), ("mix", "dash"), ("l2", "dot"))
                ),
                *(
                    {**points(f"${key}", f"{_SHORT[key]} output", symbol), "hovertemplate": "%{x:.4g} → %{y:.4g}"}
                    for key, symbol in (("l1", "circle"), ("mix", "diamond"), ("l2", "square"))
                ),
                points("$text", "input: drag it", "x", 12),
            ],
            "layout": {
                "xaxis": {"title": {"text": "weight that the data alone want"}, "range": [-3.2, 3.2]},
                "yaxis": {"title": {"text": "weight after the penalty"}, "range": [-3.2, 3.2]},
            },
        },
        moving=(
            LiveTrace(0, Moving(Ref("input_x")), Moving(Ref("input_x"))),
            *(LiveTrace(k + 1, Moving(Ref("input_x")), Moving(Ref(f"{c[0]}_output_y"))) for k, c in enumerate(COLUMNS)),
            *(LiveTrace(k + 4, Moving(Ref("optimum_a")), Moving(Ref(f"{c[0]}_output"))) for k, c in enumerate(COLUMNS)),
            LiveTrace(7, Moving(Ref("optimum_a")), Moving(Ref("zero"))),
        ),
        handle=("optimum_a", ""),
        alt="One weight: the data want {optimum_a}; L1 gives {l1_output}, the mix {mix_output}, L2 {l2_output}.",
        caption="{optimum_a} becomes {l1_output} (L1, solid), {mix_output} (mix, dashed), {l2_output} (L2, dotted).",
        column=0,
        row=13,
        height=290,
    )


def _steps() -> LiveFigure:
    return LiveFigure(
        name="steps",
        title="Step by step, by the penalty alone",
        figure={
            "data": [
                *(
                    curve(f"${key}", _SHORT[key], 2.5, dash)
                    for key, dash in (("l1", None), ("mix", "dash"), ("l2", "dot"))
                ),
            ],
            "layout": {
                "xaxis": {"title": {"text": "step"}, "range": [0, 60]},
                "yaxis": {"title": {"text": "weight"}, "range": [-3.2, 3.2]},
            },
        },
        moving=tuple(
            LiveTrace(k, Moving(Ref("steps_x")), Moving(Ref(f"{column[0]}_steps_y")))
            for k, column in enumerate(COLUMNS)
        ),
        caption=f"L1 solid, mix dashed, L2 dotted; learning rate η = {LEARNING_RATE:g}.",
        alt="One weight from {optimum_a} by 60 steps of the penalty alone: L1 loses the same amount each step until "
        "it is zero, L2 the same share each step.",
        column=1,
        row=13,
        height=290,
    )


def _three(key: str, title: str, number: int) -> LiveFigure:
    i, j, k = sphere_faces()
    line = {"gridcolor": "$grid", "zerolinecolor": "$axis", "backgroundcolor": "rgba(0,0,0,0)", "range": [-3, 3]}
    scene = {f"{axis}axis": {**line, "title": {"text": f"w{n}"}} for axis, n in (("x", "₁"), ("y", "₂"), ("z", "₃"))}
    camera = {"eye": {"x": 1.2, "y": 1.35, "z": 0.85}}
    point = {"type": "scatter3d", "mode": "markers"}
    return LiveFigure(
        name=f"three_{key}",
        title=f"{_SHORT[key]}: three weights",
        figure={
            "data": [
                {
                    "type": "mesh3d",
                    "i": i,
                    "j": j,
                    "k": k,
                    "color": f"${key}",
                    "opacity": 0.55,
                    "flatshading": key == "l1",
                    "hoverinfo": "skip",
                    "name": "all weights with this penalty",
                },
                {**point, "name": "solution", "marker": {"size": 6, "color": f"${key}"}},
                {
                    **point,
                    "name": "optimum of the loss alone",
                    "marker": {"size": 5, "symbol": "diamond", "color": "$text"},
                },
            ],
            "layout": {
                "scene": {**scene, "aspectmode": "cube", "camera": camera},
                "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            },
        },
        moving=(
            _solid(0, f"{key}_three_x", f"{key}_three_y", f"{key}_three_z"),
            _solid(1, f"{key}_touch_x", f"{key}_touch_y", f"{key}_touch_z"),
            _solid(2, "optimum_a", "optimum_b", "optimum_c"),
        ),
        alt=f"{title} in three dimensions: the ball through the solution of three uncorrelated weights whose optimum "
        f"is ({{optimum_a}}, {{optimum_b}}, {THIRD:g}).",
        caption="Cut off at −3 and 3.",
        column=number,
        row=15,
        height=320,
    )


def _notes() -> tuple[Note, ...]:
    return (
        Note(
            "bowl",
            "The ball and the bowl",
            (
                "The loss D(w) = ½ (w − o)ᵀ G (w − o) is a bowl, lowest at o, the cross: what the data alone want. (At "
                "correlation 1 or −1 it is a valley, as low along a whole line.) Of all weights whose penalty "
                "P(w) = ρ (|w₁| + |w₂|) + (1 − ρ)/2 (w₁² + w₂²) is no larger, none has less loss than the solution. "
                "{hit}{tie}",
            ),
            row=2,
            question="Predict: from “Start”, where does the touch point go when the correlation rises towards 1?",
            answer="The ellipses stretch along one diagonal. L2 moves towards equal weights and lets the two features "
            "share. L1 does not: it sits in its corner up to 0.42, then leaves it, and its two weights stay as far "
            "apart as the optimum's. The mix lies between.",
        ),
        Note(
            "forces",
            "Forces",
            (
                "At the solution −∇D(w) ∈ λ ∂P(w): the pull of the data (solid) ends in the coloured set of all "
                "pulls that the penalty can hold, and the penalty pulls back just as hard (dotted). Where the "
                "ball is smooth the set is one point. At a corner, with λ and the L1 ratio above 0, it is a whole edge "
                "or box inside the normal cone: many pulls are held by the same corner, and that is why weights stay "
                "exactly at zero.",
            ),
            row=4,
            question="Predict: can L2 hold a weight at zero against a pull, however small?",
            answer="No. The slope of w² is 0 at w = 0, so any pull moves the weight away from zero. Only where "
            "the data do not pull at all does an L2 weight end at zero, and such optima have no area in the map "
            "below.",
        ),
        Note(
            "budget",
            "Hard limit, soft price",
            (
                "Minimise D(w) subject to P(w) ≤ t, or minimise D(w) + λ P(w): one family of solutions. Drag the "
                "budget of your mix and λ follows; drag λ and t follows; now λ = {alpha} is t = {mix_budget}. With t "
                "≥ {mix_budget_max}, what the loss needs to be at its least, the limit is inactive: λ = 0, and the "
                "ball is dashed. {empty}",
            ),
            row=6,
            question="Predict: where is the kink in the cut through the bowl, and for which penalties?",
            answer="At w₁ = 0, whenever λ and the L1 ratio are above 0: |w| has slope −1 on one side and +1 on the "
            "other. If the lowest point sits in the kink, w₁ is exactly zero. As a rule it stays there while λ moves "
            "a little.",
        ),
        Note(
            "zeromap",
            "Which optima end at zero?",
            (
                "Every point of the plane is an optimum that some data could have; its colour says which weights "
                "end at exactly zero at this λ, ratio and correlation: w₁ = 0 exactly where |b₁ − c w₂| ≤ λρ, "
                "with b = G o. Drag the cross over it. A corner is not certain: L1 keeps both weights for "
                "{l1_area_none} of these optima, your mix for {mix_area_none}. Without L1, or at λ = 0, the zero "
                "regions are lines and have no area.",
            ),
            row=10,
            question="Predict: what happens to the coloured area when λ doubles?",
            answer="The strips of L1 get twice as wide, as far as the square reaches; those of your mix get wider too, "
            "while its L1 ratio is above 0. For L2 there is no strip to widen.",
        ),
        Note(
            "fee",
            "Fee and tax",
            (
                "One weight, no data. L1 is a flat fee, w ← w − ηλ sign(w): the same amount each step, a straight "
                "line into zero, then rest. L2 is a percentage tax, w ← (1 − ηλ) w, here as w / (1 + ηλ): the "
                "same share each step, an exponential that never arrives. Your mix pays both, as its L1 ratio says.",
                "Output against input: S(z) = sign(z) max(|z| − λ, 0) for L1, z / (1 + λ) for L2. Now {optimum_a} "
                "becomes {l1_output} under L1, {mix_output} under your mix and {l2_output} under L2.",
            ),
            row=13,
            column=2,
            wide=False,
            question="Predict: two weights, 2 and 0.2. Which one does the fee remove first, and which one the tax?",
            answer="With λ above 0 the fee removes 0.2 first, ten times sooner. The tax removes neither: after each "
            "step the ratio of the two is the same as before.",
        ),
        Note(
            "three",
            "Three weights",
            (
                "P(w) = ρ Σ|wⱼ| + (1 − ρ)/2 Σwⱼ² = t is an octahedron for L1, a sphere for L2, and turns from one into "
                "the other with the L1 ratio of your mix; t = 0 is a point. The features are uncorrelated, so each "
                "weight is shrunk on its own, like the one in the chart above. Now L1 has {l1_touch_zeros} of 3 "
                "weights at exactly zero, your mix {mix_touch_zeros}, L2 {l2_touch_zeros}. Turn the figures with the "
                "pointer.",
            ),
            row=14,
            question="Predict: how many weights does L1 keep when the touch point lies on an edge of the octahedron?",
            answer="Two: a corner keeps one weight, an edge two, a face all three. In p dimensions there are 2p "
            "corners and 2p(p − 1) edges.",
        ),
    )
