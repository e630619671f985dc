"""How does the page on weight decay look? SGD beside Adam, each with the penalty in the loss and apart from it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from regviz.charts.traces import Drawing, axis, curve, few, points
from regviz.core import Array
from regviz.core.nets.optimizers import kept_per_step, paper_weight_decay, pytorch_weight_decay
from regviz.live.board import Axis, Board, LiveFigure, LiveTrace, Moving, Note, Readout, Ref, Swept
from regviz.scenes.decay.sweep import (
    ADAM_RATE,
    ALPHAS,
    BATCH,
    BATCH_RATE,
    EPOCHS,
    KEPT,
    N_POINTS,
    N_WEIGHTS,
    PER_EPOCH,
    SGD_RATE,
    START,
    STEPS,
    WAYS,
    DecayRuns,
    Run,
)

KINDS = (("sgd", "SGD", SGD_RATE), ("adam", "Adam", ADAM_RATE))
LOSS, APART = ("$l2", "L2 in the loss"), ("$s1", "decoupled decay")
_NAMES = {"sgd": (LOSS[1], APART[1]), "adam": ("L2 in the loss (Adam)", "decoupled decay (AdamW)")}
UNIT = 1e-6  # terms are shown to this digit, rounded so that what is shown adds up
_FLOOR, _TOP = -17.5, 1.0  # of the logarithm of a difference; 0 and what is smaller stands at the floor
_ROUNDING = 1e-10
_START_STEP, _START_WEIGHT = 100, 8
_SWEPT = ("alpha", "step")
_WAYS = {
    "whole": ("$text/0.35", f"all {N_POINTS} points at once", None, 8.0),
    "small": ("$s3", f"batches of {BATCH}, same λ", "dash", 2.6),
    "corrected": ("$s2", f"batches of {BATCH}, λ corrected", "dot", 2.6),
    "slower": ("$s1", f"batches of {BATCH}, same λ, η / {PER_EPOCH}", "dashdot", 2.4),
}

Values = dict[str, tuple[Ref, str | tuple[str, ...]]]


def board(found: DecayRuns) -> Board:
    """The live board of the page: axes are λ, the step, and the weight whose step is written out."""
    arrays, values = _numbers(found)
    figures: list[LiveFigure] = []
    readouts: list[Readout] = []
    for column, (kind, title, rate) in enumerate(KINDS):
        readouts.append(
            Readout(
                name=f"heading_{kind}",
                title=f"{title}: {'one rule, written twice' if kind == 'sgd' else 'two different rules'}",
                headline=f"{{{kind}_verdict}}",
                rows=(),
                column=column,
                row=0,
            )
        )
        figures += [_fit(found, kind, title, column), _weights(found, kind, title, column)]
        figures += [_gap(kind, title, column), _norm(found, kind, title, column)]
        readouts += _steps(kind, title, rate, column)
        readouts.append(_elsewhere(kind, title, rate, column))
    figures += [_batch_norm(found), _batch_left()]
    readouts += _batch_numbers()
    return Board(
        axes=(
            Axis(
                name="alpha",
                label="Strength λ",
                values=ALPHAS,
                default=START,
                help="The same λ in both runs of SGD and in both of Adam.",
                ends=("λ = 0: no decay", "stronger"),
                page=3,
            ),
            Axis(
                name="step",
                label="Step",
                values=KEPT.astype(float),
                default=int(np.argmin(np.abs(KEPT - _START_STEP))),
                help="How many steps of training have been made.",
                ends=("initial weights", f"{STEPS} steps"),
                page=5,
                play=True,
            ),
            Axis(
                name="weight",
                label="Weight",
                values=np.arange(1.0, N_WEIGHTS + 1),
                default=_START_WEIGHT - 1,
                help="The weight whose step is written out. A line marks it in the picture of all weights.",
                ends=("from the input", "to the output"),
                page=4,
                place=(6, 0),
            ),
        ),
        arrays=arrays,
        figures=tuple(figures),
        readouts=tuple(readouts),
        values=values,
        summary="λ {alpha}, step {step}. Largest difference of a weight between the two runs: SGD {sgd_gap}, Adam "
        "{adam_gap}. Weight {weight} goes from {sgd_loss_w} to {sgd_loss_new} in the next step of SGD.",
        place="λ {alpha}, step {step}, weight {weight}",
        legend=((0, 0), (0, 1), (0, 2)),
        columns=2,
        notes=_notes(),
    )


# --- The numbers ---------------------------------------------------------------------------------


def _numbers(found: DecayRuns) -> tuple[dict[str, Swept], Values]:
    line, coordinates = few(np.stack([run.curve for run in found.runs.values()]), 1e-5)
    arrays: dict[str, Swept] = {
        "line": Swept(line),
        "x_line": Swept(found.x_line),
        "place": Swept(np.arange(1.0, N_WEIGHTS + 1), ("weight",)),
        "places": Swept(np.arange(1.0, N_WEIGHTS + 1)),
        "at": Swept(KEPT.astype(float), ("step",)),
        "steps": Swept(KEPT.astype(float)),
        "two": Swept(np.ones(2)),
        "epochs": Swept(np.arange(EPOCHS + 1.0)),
    }
    values: Values = {}
    for k, (name, run) in enumerate(found.runs.items()):
        arrays[f"{name}_fit"] = Swept.rounded(coordinates[k], _SWEPT)
        arrays[f"{name}_norm"] = Swept(run.norm, _SWEPT)
        values[f"{name}_norm"] = (Ref(f"{name}_norm"), "3")
        _spell(name, run, arrays, values)
    for kind, _, rate in KINDS:
        gap = found.gap[kind]
        arrays[f"{kind}_gap"] = Swept(gap, _SWEPT)
        drawn = np.log10(np.maximum(gap, 10.0**_FLOOR))
        arrays[f"{kind}_drawn"] = Swept(drawn, _SWEPT)
        values[f"{kind}_gap"] = (Ref(f"{kind}_gap"), "1" if kind == "sgd" else "2")
        verdict = np.where(gap == 0, 4, np.where(gap < _ROUNDING, 2, 3)).astype(np.uint8)
        verdict[0], verdict[:, 0] = 1, 0
        arrays[f"{kind}_verdict"] = Swept(verdict, _SWEPT)
        values[f"{kind}_verdict"] = (
            Ref(f"{kind}_verdict"),
            (
                "no step yet: both runs start from the same weights",
                "λ = 0: no decay, so there is nothing to tell them apart",
                f"largest difference of a weight: {{{kind}_gap}}, which is rounding",
                f"largest difference of a weight: {{{kind}_gap}}, at the same λ",
                "no difference at all, to the last digit",
            ),
        )
        pair = np.stack([found.runs[f"{kind}_{form}"].w for form in ("loss", "decoupled")], axis=-1)
        arrays[f"{kind}_pair"] = Swept(_whole(pair), (*_SWEPT, "weight"), UNIT)
        arrays[f"{kind}_kept"] = Swept(np.array([kept_per_step(rate, alpha) for alpha in ALPHAS]), ("alpha",))
        arrays[f"{kind}_paper"] = Swept(np.array([paper_weight_decay(rate, alpha) for alpha in ALPHAS]), ("alpha",))
        values[f"{kind}_kept"] = (Ref(f"{kind}_kept"), "6")
        values[f"{kind}_paper"] = (Ref(f"{kind}_paper"), "3")
        for item, form in enumerate(("loss", "decoupled")):
            values[f"{kind}_{form}_w"] = (Ref(f"{kind}_pair", item=item), "7")
    arrays["pytorch"] = Swept(np.array([pytorch_weight_decay(alpha) for alpha in ALPHAS]), ("alpha",))
    arrays["doubled"] = Swept(2 * arrays["pytorch"].values, ("alpha",))
    values |= {"pytorch": (Ref("pytorch"), "4"), "doubled": (Ref("doubled"), "4")}
    for i, way in enumerate(WAYS):
        for name in ("norm", "left"):
            arrays[f"{way}_{name}"] = Swept(getattr(found.batches, name)[i], ("alpha",))
        arrays[f"{way}_kept"] = Swept(found.batches.kept[i], ("alpha",))
        values[f"{way}_kept"] = (Ref(f"{way}_kept"), "4")
        values[f"{way}_end"] = (Ref(f"{way}_norm", item=EPOCHS), "3")
    arrays["corrected"] = Swept(found.batches.alphas[WAYS.index("corrected")], ("alpha",))
    values["corrected"] = (Ref("corrected"), "3")
    adam = found.runs["adam_loss"]
    arrays["rate"] = Swept(_short(adam.rate), (*_SWEPT, "weight"))
    values["rate"] = (Ref("rate"), "2")
    share = -adam.decay_step / np.where(adam.w == 0, np.inf, adam.w)
    arrays["adam_share"] = Swept(_short(share), (*_SWEPT, "weight"), 100.0)
    values["adam_share"] = (Ref("adam_share"), "2")
    for kind, _, rate in KINDS:
        arrays[f"{kind}_constant"] = Swept(rate * ALPHAS, ("alpha",), 100.0)
        values[f"{kind}_constant"] = (Ref(f"{kind}_constant"), "3")
    half = N_WEIGHTS // 2
    arrays["which"] = Swept(np.arange(N_WEIGHTS, dtype=np.uint8), ("weight",))
    values["which"] = (
        Ref("which"),
        tuple(f"from the input to neuron {k}" for k in range(1, half + 1))
        + tuple(f"from neuron {k} to the output" for k in range(1, half + 1)),
    )
    return arrays, values


def _spell(name: str, run: Run, arrays: dict[str, Swept], values: Values) -> None:
    """w, data step, decay step and new weight as they are shown: whole multiples of UNIT that add up."""
    w, new, decay = _whole(run.w), _whole(run.new), _whole(run.decay_step)
    data = new - w - decay  # within 1.5 units of itself
    swept = (*_SWEPT, "weight")
    for part, steps in (("data", data), ("decay", decay)):
        arrays[f"{name}_{part}"] = Swept(np.abs(steps), swept, UNIT)
        arrays[f"{name}_{part}_up"] = Swept((steps > 0).astype(np.uint8), swept)
        values[f"{name}_{part}_size"] = (Ref(f"{name}_{part}"), "7")
        values[f"{name}_{part}"] = (
            Ref(f"{name}_{part}_up"),
            (f"− {{{name}_{part}_size}}", f"+ {{{name}_{part}_size}}"),
        )
    arrays[f"{name}_new"] = Swept(new, swept, UNIT)
    values[f"{name}_new"] = (Ref(f"{name}_new"), "7")


def _whole(values: Array) -> NDArray[np.float32]:
    return np.rint(values / UNIT).astype(np.float32)  # exact: below 2^24


def _short(values: Array) -> NDArray[np.float32]:
    """To 12 bits, which is three digits and deflates well."""
    mantissa, exponent = np.frexp(values)
    return np.asarray(np.ldexp(np.rint(mantissa * 2**12), exponent - 12), dtype=np.float32)


# --- Figures and cards, from top to bottom -------------------------------------------------------


def _fit(found: DecayRuns, kind: str, title: str, column: int) -> LiveFigure:
    start = found.runs["sgd_loss"].curve[0, 0]
    low, high = float(min(found.y.min(), start.min())), float(max(found.y.max(), start.max()))
    room = 0.08 * (high - low)
    traces = [
        points("$train/0.8", "points", size=6) | {"x": found.x, "y": found.y},
        curve(f"{LOSS[0]}/0.55", LOSS[1], 7) | {"x": "@x_line"},
        curve(APART[0], APART[1], 2.8, "dash") | {"x": "@x_line"},
    ]
    return LiveFigure(
        name=f"fit_{kind}",
        title=f"{title}: both fitted curves",
        figure={
            "data": traces,
            "layout": {"xaxis": axis([0, 1], "x"), "yaxis": axis([low - room, high + room], "y")},
        },
        moving=tuple(
            LiveTrace(trace, y=Moving(Ref(f"{kind}_{form}_fit"), matrix="line"))
            for trace, form in ((1, "loss"), (2, "decoupled"))
        ),
        alt=f"{title}: the fitted curves of both runs at λ = {{alpha}} after {{step}} steps; their weights differ by "
        f"{{{kind}_gap}} at most.",
        column=column,
        row=1,
        height=215,
    )


def _weights(found: DecayRuns, kind: str, title: str, column: int) -> LiveFigure:
    reach = 1.08 * max(float(np.abs(run.w).max()) for run in found.runs.values())
    drawing = Drawing()
    for k in range(N_WEIGHTS):
        stick = curve("$muted/0.6", "difference", 4) | {"x": [k + 1.0, k + 1.0]}
        drawing.add(stick, y=Moving(Ref(f"{kind}_pair", {"weight": k})))
    forms = ((LOSS, "circle", 11.0), (APART, "circle-open", 13.0))
    for item, ((colour, _), symbol, size) in enumerate(forms):
        mark = points(colour, _NAMES[kind][item], symbol, size, "weight %{x}: %{y:.4f}") | {"x": "@places"}
        drawing.add(mark, y=Moving(Ref(f"{kind}_pair", item=item, along="weight")))
    drawing.cursor(Ref("place"), -reach, reach, "weight that is written out", "$text/0.35")
    ticks = [*range(1, N_WEIGHTS + 1)]
    return LiveFigure(
        name=f"weights_{kind}",
        title=f"{title}: every weight in both runs",
        figure={
            "data": drawing.data,
            "layout": {
                "xaxis": axis([0.3, N_WEIGHTS + 0.7], "number of the weight") | {"tickvals": ticks, "showgrid": False},
                "yaxis": axis([-reach, reach], "weight") | {"zeroline": True, "zerolinecolor": "$axis"},
            },
        },
        moving=tuple(drawing.moving),
        alt=f"{title}: every weight in both runs, and the difference between the two, at most {{{kind}_gap}}. Weight "
        f"{{weight}} is {{{kind}_loss_w}} with L2 in the loss and {{{kind}_decoupled_w}} with decoupled decay.",
        caption="Dots: L2 in the loss. Rings: decoupled. "
        + ("Every ring lies on its dot." if kind == "sgd" else "The stick between them is the difference."),
        column=column,
        row=2,
        height=215,
        scrub=("weight", Ref("place", along="weight")),
    )


def _gap(kind: str, title: str, column: int) -> LiveFigure:
    powers = list(range(-16, 1, 4))
    eps = float(np.log10(np.finfo(float).eps))
    drawing = Drawing()
    drawing.add(curve("$muted", "rounding of one number", 1.2, "dot") | {"x": [0.0, float(STEPS)], "y": [eps, eps]})
    drawing.cursor(Ref("at"), _FLOOR - 1, _TOP, "present step", "$text/0.35")
    gap, drawn = f"{kind}_gap", f"{kind}_drawn"
    line = curve("$text", "largest difference", 2.6) | {"x": "@steps"}
    drawing.add(line, y=_along(drawn), customdata=_along(gap))
    here = points("$text", "largest difference now", size=9)
    drawing.add(here, x=Moving(Ref("at")), y=Moving(Ref(drawn)), customdata=Moving(Ref(gap)))
    return LiveFigure(
        name=f"gap_{kind}",
        title=f"{title}: largest difference of a weight, step by step",
        figure={
            "data": drawing.data,
            "layout": {
                "xaxis": axis([0, STEPS], "step"),
                "yaxis": axis([_FLOOR - 0.5, _TOP])
                | {"tickvals": [_FLOOR, *powers], "ticktext": ["≈ 0", *(f"1e{p}".replace("1e0", "1") for p in powers)]},
                "margin": {"l": 50},
            },
        },
        moving=tuple(drawing.moving),
        alt=f"{title}: the largest difference of a weight between the two runs is {{{kind}_gap}} at step {{step}}, "
        "on a logarithmic scale.",
        caption="Logarithmic scale. Dotted: 2e-16, the rounding of one number of size 1.",
        column=column,
        row=3,
        height=190,
        scrub=("step", Ref("at", along="step")),
    )


def _norm(found: DecayRuns, kind: str, title: str, column: int) -> LiveFigure:
    top = 1.04 * max(float(run.norm.max()) for run in found.runs.values())
    drawing = Drawing()
    without = Moving(Ref(f"{kind}_loss_norm", {"alpha": 0}, along="step"))
    drawing.add(curve("$ghost", "λ = 0", 1.6, "dot") | {"x": "@steps"}, y=without, still=True)
    drawing.cursor(Ref("at"), 0, top, "present step", "$text/0.35")
    styles = (("loss", f"{LOSS[0]}/0.55", 6.0, None), ("decoupled", APART[0], 2.6, "dash"))
    for form, colour, width, dash in styles:
        line = curve(colour, _NAMES[kind][form != "loss"], width, dash) | {"x": "@steps"}
        drawing.add(line, y=_along(f"{kind}_{form}_norm"))
    for (form, *_), (colour, name) in zip(styles, (LOSS, APART), strict=True):
        mark = points(colour, name, "circle" if form == "loss" else "circle-open", 9, "‖W‖² %{y:.3g}")
        drawing.add(mark, x=Moving(Ref("at")), y=Moving(Ref(f"{kind}_{form}_norm")))
    return LiveFigure(
        name=f"norm_{kind}",
        title=f"{title}: size of the weights ‖W‖²",
        figure={
            "data": drawing.data,
            "layout": {"xaxis": axis([0, STEPS], "step"), "yaxis": axis([0, top], "Σw²"), "margin": {"l": 50}},
        },
        moving=tuple(drawing.moving),
        alt=f"{title}: the sum of squared weights at step {{step}} is {{{kind}_loss_norm}} with L2 in the loss and "
        f"{{{kind}_decoupled_norm}} with decoupled decay.",
        caption=f"L2 in the loss {{{kind}_loss_norm}}, decoupled {{{kind}_decoupled_norm}}. Dotted: λ = 0.",
        column=column,
        row=4,
        height=190,
        scrub=("step", Ref("at", along="step")),
    )


def _along(array: str) -> Moving:
    return Moving(Ref(array, along="step"))


def _steps(kind: str, title: str, rate: float, column: int) -> list[Readout]:
    """The next step of the chosen weight by both rules, term by term."""
    forms = {
        "sgd_loss": "w ← w − η(∇D + λw)",
        "sgd_decoupled": "w ← (1 − ηλ)w − η∇D",
        "adam_loss": "w ← w − η m̂/(√v̂ + ε)",
        "adam_decoupled": "w ← (1 − ηλ)w − η m̂/(√v̂ + ε)",
    }
    cards = []
    for number, form in enumerate(("loss", "decoupled")):
        rule = f"{kind}_{form}"
        terms = ("data", "decay") if form == "loss" else ("decay", "data")
        share = "{adam_share}" if rule == "adam_loss" else f"{{{kind}_constant}}"
        words = {
            "sgd": {"data": "data: −η∇D", "decay": "decay: −ηλw"},
            "adam": {"data": "data: −η m̂(∇D)/(√v̂ + ε)", "decay": "decay: −ηλw"},
        }[kind] | ({"decay": "decay: −η m̂(λw)/(√v̂ + ε)"} if rule == "adam_loss" else {})
        rows = [(words[term], f"{{{rule}_{term}}}", "") for term in terms]
        rows.append(
            (
                "decay, as a part of the weight",
                f"{share} %",
                "Another one for every weight: m̂ and v̂ are in between" if rule == "adam_loss" else "Of every weight",
            )
        )
        if kind == "adam":
            mean = "∇D + λw" if form == "loss" else "∇D"
            rows.append(("m̂ and v̂ are means of", mean, "v̂ of its square, over the steps so far"))
        if rule == "adam_loss":
            rows.append(("step size of this weight, η/(√v̂ + ε)", "{rate}", f"η is {rate:g}"))
        cards.append(
            Readout(
                name=f"step_{rule}",
                title=f"{'AdamW' if rule == 'adam_decoupled' else title}, {(LOSS, APART)[number][1]}: {forms[rule]}",
                headline=f"{{{rule}_w}} {{{rule}_{terms[0]}}} {{{rule}_{terms[1]}}} = {{{rule}_new}}",
                rows=tuple(rows),
                column=column,
                row=7 + number,
            )
        )
    return cards


def _batches(kind: str, layout: dict[str, Any], column: int, **words: Any) -> LiveFigure:
    """A line for each way; `words` are the other fields of the figure."""
    drawing = Drawing()
    for way, (colour, name, dash, width) in _WAYS.items():
        drawing.add(curve(colour, name, width, dash) | {"x": "@epochs"}, y=Moving(Ref(f"{way}_{kind}")))
    return LiveFigure(
        name=f"batch_{kind}",
        figure={"data": drawing.data, "layout": {"xaxis": axis([0, EPOCHS], "epoch"), "yaxis": layout}},
        moving=tuple(drawing.moving),
        column=column,
        row=10,
        height=230,
        **words,
    )


def _batch_norm(found: DecayRuns) -> LiveFigure:
    return _batches(
        "norm",
        axis([0, 1.05 * float(found.batches.norm.max())], "Σw²"),
        0,
        title="The trained network: size of its weights ‖W‖²",
        alt=f"Sum of squared weights over {EPOCHS} epochs. It ends at {{whole_end}} with all points at once, "
        "{small_end} in small batches, {corrected_end} with λ corrected, {slower_end} with a smaller learning rate.",
        caption=f"Grey band: all {N_POINTS} points at once. In batches of {BATCH}: purple dashes, the same λ; green "
        f"dots, λ corrected; orange dash-dots, η / {PER_EPOCH}.",
    )


def _batch_left() -> LiveFigure:
    return _batches(
        "left",
        axis([0, 1.05], "share"),
        1,
        title="Decay alone: what is left of weights without any pull",
        alt="What decay leaves of a weight on which the data do not pull. An epoch leaves {whole_kept} of it with all "
        "points at once, {small_kept} in small batches, {corrected_kept} with λ corrected.",
        caption="The same four runs: these weights belong to an input that is always 0, so only the decay moves them.",
    )


def _batch_numbers() -> list[Readout]:
    power = {1: "", 6: "⁶"}[PER_EPOCH]
    named = (
        ("whole", f"all {N_POINTS} points, 1 step: 1 − ηλ"),
        ("small", f"batches of {BATCH}, {PER_EPOCH} steps: (1 − ηλ){power}"),
        ("corrected", f"… with λ′ for λ: (1 − ηλ′){power}"),
        ("slower", f"… with η / {PER_EPOCH}: (1 − ηλ/{PER_EPOCH}){power}"),
    )
    kept = tuple((words, f"{{{way}_kept}}", "") for way, words in named)
    ends = tuple((words.split(":")[0], f"{{{way}_end}}", "") for way, words in named)
    return [
        Readout(
            name="batch_ends",
            title=f"‖W‖² after {EPOCHS} epochs",
            headline=f"η = {BATCH_RATE:g}, λ = {{alpha}}, λ′ = {{corrected}}",
            rows=ends,
            column=0,
            row=11,
        ),
        Readout(
            name="batch_kept",
            title="What the decay of one epoch leaves of a weight",
            headline=f"η = {BATCH_RATE:g}, λ = {{alpha}}, λ′ = {{corrected}}",
            rows=kept,
            column=1,
            row=11,
        ),
    ]


def _elsewhere(kind: str, title: str, rate: float, column: int) -> Readout:
    rows: tuple[tuple[str, str, str], ...]
    if kind == "sgd":
        rows = (
            (f"torch.optim.SGD(lr={rate:g}, weight_decay=…)", "{pytorch}", "It adds weight_decay · w to the gradient"),
            ("… with nn.MSELoss(), which has no ½", f"{{doubled}}, lr={rate / 2:g}", "Twice our D: 2λ, and η / 2"),
        )
    else:
        rows = (
            (f"torch.optim.Adam(lr={rate:g}, weight_decay=…)", "{pytorch}", "It adds weight_decay · w to the gradient"),
            (
                "… with nn.MSELoss(), which has no ½",
                "{doubled}",
                "Twice our D: 2λ; the size of a gradient cancels in Adam",
            ),
            (
                f"torch.optim.AdamW(lr={rate:g}, weight_decay=…)",
                "{pytorch}",
                "It multiplies w by 1 − lr · weight_decay",
            ),
        )
    apart = {"sgd": "decoupled SGD", "adam": "AdamW"}[kind]
    return Readout(
        name=f"elsewhere_{kind}",
        title=f"{title}, η = {rate:g}",
        headline="",
        rows=(
            ("here, in the loss", "D + {alpha}/2 · Σw²", "D = 1/(2n) Σ (y − ŷ)²"),
            *rows,
            (f"{apart} keeps of w, in a step: 1 − ηλ", f"{{{kind}_kept}}", "Before the step of the data"),
            (f"the paper on AdamW: λ′ = ηλ, {apart}", f"{{{kind}_paper}}", "Loshchilov & Hutter subtract λ′w itself"),
        ),
        column=column,
        row=13,
    )


def _notes() -> tuple[Note, ...]:
    return (
        Note(
            name="note_step",
            title="One step of one weight, term by term",
            paragraphs=("Choose the weight here, or point at it in the picture of all weights above.",),
            row=5,
        ),
        Note(
            name="which",
            title="",
            paragraphs=(
                "Weight {weight} leads {which}. Below is the step that follows step {step}, at λ = {alpha}.",
                f"η = {SGD_RATE:g} for SGD and {ADAM_RATE:g} for Adam; six decimals, which add up as they stand.",
            ),
            row=6,
            column=1,
            wide=False,
        ),
        Note(
            name="note_batches",
            title="The decay is per step, not per epoch",
            paragraphs=(
                "Under SGD with decoupled decay, from the same weights and for as many epochs. Batches of "
                f"{BATCH} make {PER_EPOCH} steps an epoch instead of 1, and the weights decay in each of them.",
            ),
            row=9,
        ),
        Note(
            name="note_elsewhere",
            title="The same λ in other people’s words",
            paragraphs=(
                "PyTorch’s weight_decay is our λ, in the loss and decoupled alike, if its loss is our D, with the ½. "
                "But it decays the biases too, unless they are in a parameter group of their own; here they are left "
                "alone.",
            ),
            row=12,
        ),
    )
