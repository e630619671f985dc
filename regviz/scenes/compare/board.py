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
