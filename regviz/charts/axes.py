"""What are the sliders of a sweep over λ and the L1 ratio called, and how is their place told?"""

from __future__ import annotations

from regviz.core import Array
from regviz.fits.compare import Compare
from regviz.fits.task import L1_RATIOS, MIX_DEFAULT
from regviz.live.board import Axis


def place_words(sweep: Compare) -> str:
    """Where the sliders of a sweep stand, as a template: the first one is λ, that of L1, or a multiple of each best."""
    if sweep.best is not None:
        strength = "{factor} × each best λ"
    else:
        strength = "λ {alpha}" if sweep.settings.match == "alpha" else "λ of L1 {alpha}"
    return f"{strength}, L1 ratio {{l1_ratio}}"


def strength_axis(sweep: Compare) -> Axis:
    if sweep.best is not None:
        return Axis(
            name="factor",
            label="Strength, × each best λ",
            values=sweep.strengths,
            default=sweep.start,
            help="1 gives every column the λ above 0 that cross-validation finds best for it; 2 is twice that for all.",
            ends=("λ = 0: no regularization", "stronger"),
            page=16,
        )
    return alpha_axis(sweep.strengths, sweep.start, "" if sweep.settings.match == "alpha" else " of L1")


def alpha_axis(alphas: Array, start: int, followed: str = "") -> Axis:
    """The slider of λ."""
    return Axis(
        name="alpha",
        label=f"Strength λ{followed}",
        values=alphas,
        default=start,
        help="How much the size of the weights counts against the fit to the data.",
        ends=("λ = 0: no regularization", "stronger"),
        page=16,
    )


def ratio_axis() -> Axis:
    return Axis(
        name="l1_ratio",
        label="L1 ratio of your mix",
        values=L1_RATIOS,
        default=MIX_DEFAULT,
        help="Which part of the elastic net's penalty is L1: 1 is the lasso, 0 is ridge.",
        ends=("0: all L2", "1: all L1"),
        page=2,
    )
