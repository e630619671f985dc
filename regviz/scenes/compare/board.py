"""How does the first screen look? Three columns (L1, elastic net, L2) of the same figures, bound to one sweep."""

from __future__ import annotations

from regviz.charts.axes import place_words, ratio_axis, strength_axis
from regviz.charts.columns import View, columns, said
from regviz.fits.compare import Compare
from regviz.live.board import Board, LiveFigure, Note, Readout


def board(sweep: Compare) -> Board:
    """The live board of a Compare sweep."""
    strength = strength_axis(sweep)
    view = View(sweep, strength.name)
    figures: list[LiveFigure] = []
    readouts: list[Readout] = []
    shown = columns(view, own=True)
    for column in shown:
        readouts += [column.heading(), column.numbers()]
        figures += [make() for make in column.figures() if make is not None]
    return Board(
        axes=(strength, ratio_axis()),
        arrays=view.arrays,
        figures=tuple(figures),
        readouts=tuple(readouts),
        values=view.values,
        summary=f"{place_words(sweep)}. Weights exactly zero: {said(shown, 'zeros')} of {{p}}. "
        f"{view.error_words}: {said(shown, view.error)}.",
        place=place_words(sweep),
        legend=view.legend,
        columns=len(shown),
        notes=() if sweep.slices is not None else (_no_constraint(sweep),),
    )


def _no_constraint(sweep: Compare) -> Note:
    told = "With one weight there is no constraint picture: it needs two."
    if len(sweep.names) > 1:
        told = "Of this loss there is no constraint picture."
    return Note("no_constraint", "", (told,), row=5, wide=False)


WORDS = """
### What to look at
- **At λ = 0** all three are the same fit, the one with the least training error. It stays in the picture as a ghost,
  “no regularization”. With many weights and few noisy points it may miss new points by far: compare the errors.
- **L1** pulls at every weight with the same force, however small the weight is. So weights reach **exactly zero**
  (hollow rings), and a large enough λ leaves none. The diamond's corners lie on the axes: where the contour touches
  one, a weight is exactly zero.
- **L2** pulls at a weight in proportion to its size: as its λ grows, ‖w‖₂ shrinks, but a weight gets **near zero
  without being set to it**. With enough λ, two features that are nearly alike get nearly the same weight.
- **The constraint picture** (of two weights or more) is a true slice of this fit: two weights are free, the others stay
  at their solution. The coloured shape holds all weights whose penalty is at most that of the solution; the thick
  contour is the lowest loss that reaches it. At λ = 0 the contour is only its lowest point, under the dot; where both
  weights are zero, the shape is only a point.
"""
