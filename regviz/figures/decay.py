"""How does the page on weight decay look? SGD beside Adam, each with the penalty in the loss and apart from it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from regviz.core import Array
from regviz.core.optimizers import kept_per_step, paper_weight_decay, pytorch_weight_decay
from regviz.figures.traces import axis, curve, points
from regviz.live.board import Axis, Board, LiveFigure, LiveTrace, Moving, Note, Readout, Ref, Swept
from regviz.sweeps.decay import (
    ADAM_RATE,
    ALPHAS,
    BATCH,
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
_FLOOR, _TOP = -17.5, 1.0  # of the logarithm of a difference; a difference of 0 stands at the floor
_START_STEP, _START_WEIGHT = 100, 11
_SWEPT = ("alpha", "step")
_WAYS = {
    "whole": ("$text", f"all {N_POINTS} at once: 1 step an epoch", None, 3.4),
    "small": ("$s3", f"batches of {BATCH}, same λ: {PER_EPOCH} steps", "dash", 2.4),
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
                help="The same λ in all four runs.",
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
                help="The weight whose step is written out. It is ringed in the picture of all weights.",
                ends=("from the input", "to the output"),
                page=4,
                place=(6, 0),
            ),
        ),
        arrays=arrays,
        figures=tuple(figures),
        readouts=(*readouts, _which()),
        values=values,
        summary="λ {alpha}, step {step}. Largest difference of a weight between the two runs: SGD {sgd_gap}, Adam "
        "{adam_gap}. Weight {weight} takes the step {sgd_loss_sum} under SGD.",
        place="λ {alpha}, step {step}, weight {weight}",
        legend=((0, 0), (0, 1), (0, 2)),
        columns=2,
        notes=_notes(),
    )


# --- The numbers ---------------------------------------------------------------------------------


def _numbers(found: DecayRuns) -> tuple[dict[str, Swept], Values]:
    line, coordinates = _coordinates(np.stack([run.curve for run in found.runs.values()]))
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
        arrays[f"{name}_fit"] = Swept(coordinates[k], _SWEPT)
        arrays[f"{name}_norm"] = Swept(run.norm, _SWEPT)
        values[f"{name}_norm"] = (Ref(f"{name}_norm"), "3")
        if name != "sgd_decoupled":  # the same to every digit that is shown
            _spell(name, run, arrays, values)
    for kind, _, rate in KINDS:
        gap = found.gap[kind]
        arrays[f"{kind}_gap"] = Swept(gap, _SWEPT)
        drawn = np.log10(np.maximum(gap, 10.0**_FLOOR))
        arrays[f"{kind}_drawn"] = Swept(drawn, _SWEPT)
        values[f"{kind}_gap"] = (Ref(f"{kind}_gap"), "1" if kind == "sgd" else "2")
        verdict = np.full(gap.shape, 2, dtype=np.uint8)
        verdict[0], verdict[:, 0] = 1, 0
        arrays[f"{kind}_verdict"] = Swept(verdict, _SWEPT)
        values[f"{kind}_verdict"] = (
            Ref(f"{kind}_verdict"),
            (
                "no step yet: both runs start from the same weights",
                "λ = 0: no decay, so there is nothing to tell them apart",
                f"largest difference of a weight: {{{kind}_gap}}"
                + (", which is rounding" if kind == "sgd" else ", at the same λ"),
            ),
        )
        pair = np.stack([found.runs[f"{kind}_{form}"].w for form in ("loss", "decoupled")], axis=-1)
        arrays[f"{kind}_pair"] = Swept(_whole(pair), (*_SWEPT, "weight"), UNIT)
        arrays[f"{kind}_kept"] = Swept(kept_per_step(rate, 1) ** 0 - rate * ALPHAS, ("alpha",))
        arrays[f"{kind}_paper"] = Swept(np.array([paper_weight_decay(rate, alpha) for alpha in ALPHAS]), ("alpha",))
        values[f"{kind}_kept"] = (Ref(f"{kind}_kept"), "6")
        values[f"{kind}_paper"] = (Ref(f"{kind}_paper"), "3")
        for item, form in enumerate(("loss", "decoupled")):
            values[f"{kind}_{form}_w"] = (Ref(f"{kind}_pair", item=item), "7")
    arrays["pytorch"] = Swept(np.array([pytorch_weight_decay(alpha) for alpha in ALPHAS]), ("alpha",))
    values["pytorch"] = (Ref("pytorch"), "4")
    for i, way in enumerate(WAYS):
        for name in ("norm", "left"):
            arrays[f"{way}_{name}"] = Swept(getattr(found.batches, name)[i], ("alpha",))
        arrays[f"{way}_kept"] = Swept(found.batches.kept[i], ("alpha",))
        values[f"{way}_kept"] = (Ref(f"{way}_kept"), "4")
        values[f"{way}_end"] = (Ref(f"{way}_norm", item=EPOCHS), "3")
    arrays["corrected"] = Swept(found.batches.alphas[WAYS.index("corrected")], ("alpha",))
    values["corrected"] = (Ref("corrected"), "3")
    arrays["once"] = Swept(1 - SGD_RATE * found.batches.alphas[WAYS.index("corrected")], ("alpha",))
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


def _coordinates(curves: Array) -> tuple[Array, Array]:
    """An orthonormal basis (m, k) of curves (..., m) and their coordinates (..., k), to 1e-5 of the largest."""
    flat = curves.reshape(-1, curves.shape[-1])
    _, size, basis = np.linalg.svd(np.linalg.qr(flat, mode="r"), full_matrices=False)
    line = basis[size > 1e-6 * size[0]].T
    return line, curves @ line
