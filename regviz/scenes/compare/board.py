"""How does the first screen look? Three columns (L1, elastic net, L2) of the same figures, bound to one sweep."""

from __future__ import annotations

from regviz.charts.axes import place_words, ratio_axis, strength_axis
from regviz.charts.columns import COLUMNS, Column, View
from regviz.fits.compare import Compare
from regviz.live.board import Board, LiveFigure, Note, Readout


def board(sweep: Compare) -> Board:
    """The live board of a Compare sweep."""
    strength = strength_axis(sweep)
    view = View(sweep, strength.name)
    figures: list[LiveFigure] = []
    readouts: list[Readout] = []
    for number, (key, title, pin) in enumerate(COLUMNS):
        column = Column(view, key, title, pin, number)
        readouts += [column.heading(), column.numbers()]
        figures += [make() for make in column.figures() if make is not None]
    return Board(
        axes=(strength, ratio_axis()),
        arrays=view.arrays,
        figures=tuple(figures),
        readouts=tuple(readouts),
        values=view.values,
        summary=f"{place_words(sweep)}. Weights exactly zero: L1 {{l1_zeros}}, mix {{mix_zeros}}, L2 {{l2_zeros}} of "
        f"{{p}}. {view.error_words}: L1 {{l1_{view.error}}}, mix {{mix_{view.error}}}, L2 {{l2_{view.error}}}.",
        place=place_words(sweep),
        legend=view.legend,
        columns=len(COLUMNS),
        notes=() if sweep.slices is not None else (_no_constraint(),),
    )


def _no_constraint() -> Note:
    return Note(
        "no_constraint", "", ("With one weight there is no constraint picture: it needs two.",), row=5, wide=False
    )
