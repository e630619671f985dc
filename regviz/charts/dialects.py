"""How does the same λ read elsewhere? A card for each penalty, whose numbers follow the slider."""

from __future__ import annotations

import numpy as np

from regviz.charts.columns import Column
from regviz.core.dialects import DIALECTS, Dialect
from regviz.fits.task import L1_RATIOS, MIX_DEFAULT
from regviz.live.board import Note, Readout, Ref, Swept


def card(column: Column, row: int) -> Readout:
    """Every dialect that can say this column's penalty exactly, with the values of its parameters."""
    view, sweep = column.view, column.view.sweep
    alphas = np.broadcast_to(sweep.grid.alphas, sweep.grid.kkt.shape)
    y = sweep.data.y[sweep.train]
    spread = float(y.std()) or 1.0
    rows = []
    for number, dialect in enumerate(DIALECTS):
        if _silent(dialect, column):
            continue
        told = []
        for k, (name, _) in enumerate(dialect.parameters):
            array = f"dialect_{number}_{k}"
            if array not in view.arrays:
                values = np.full(alphas.shape, np.nan)
                for r, rho in enumerate(L1_RATIOS):
                    found = dialect.values(alphas[r], float(rho), len(y), spread)
                    if found is not None:
                        values[r] = found[k][1]
                view.arrays[array] = Swept(values, view.swept)
            view.values[f"{column.key}_{array}"] = (Ref(array, column.pin), "4")
            told.append(f"{name} {{{column.key}_{array}}}")
        rows.append((_label(dialect), ", ".join(told), _explained(dialect)))
    return Readout(
        name=f"dialects_{column.key}",
        title=f"{column.short}: this λ in other dialects",
        headline="",
        rows=tuple(rows),
        column=column.number,
        row=row,
        role=column.entry.role,
    )


def unsaid(column: Column, row: int) -> Note:
    """Who cannot say this penalty, and why not."""
    why: dict[str, list[str]] = {}
    for dialect in DIALECTS:
        if reason := _silent(dialect, column):
            why.setdefault(reason, []).append(_label(dialect))
    answer = " ".join(f"{' · '.join(names)}: {reason}" for reason, names in why.items())
    return Note(
        name=f"unsaid_{column.key}",
        title="",
        paragraphs=(),
        row=row,
        question="Which dialects cannot mix L1 and L2, and why not?"
        if 0 < _ratio(column) < 1
        else f"Where has {column.short} no equivalent, and why not?",
        answer=answer,
        column=column.number,
        wide=False,
    )


def _explained(dialect: Dialect) -> str:
    """What is minimised, what else has to stand in the call, and the traps."""
    settings = f"Holds with {dialect.settings}." if dialect.settings else ""
    return " ".join(part for part in (f"{dialect.formula}.", settings, dialect.note) if part)


def _label(dialect: Dialect) -> str:
    """Libraries by their call, courses by their formula."""
    return dialect.formula if dialect.name.startswith(("λ", "(λ")) else dialect.name


def _silent(dialect: Dialect, column: Column) -> str:
    """Why it cannot say the penalty of a column."""
    return dialect.why_not(_ratio(column))


def _ratio(column: Column) -> float:
    """The L1 ratio of a column; the reader's mix counts as one between the two ends."""
    return float(L1_RATIOS[MIX_DEFAULT if column.entry.row is None else column.entry.row])
