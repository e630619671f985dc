"""Which penalties stand side by side? An entry each: a row of the sweep, that of the slider, or own fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from regviz.core import Array
from regviz.core.linear.grid import LinearGrid
from regviz.core.penalties import ElasticNet
from regviz.fits.task import L1_RATIOS, Task


class Penalty(Protocol):
    """What is asked of a penalty: its value, coefficients (..., p) -> (...)."""

    def value(self, coef: ArrayLike) -> Array: ...


@dataclass(frozen=True)
class Entry:
    """One penalty of the pages.

    short, title  words for it
    role          its colour in the theme
    row           its row in a sweep over the L1 ratios; None if it follows the slider, or has fits of its own
    penalty, fit  of one with fits of its own: (task, alphas (A,)) -> a grid of one row, with l1_ratio NaN if it is no
                  elastic net. They stand where all penalties are compared at the same λ.
    """

    short: str
    title: str
    role: str
    row: int | None = None
    penalty: Penalty | None = None
    fit: Callable[[Task, Array], LinearGrid] | None = None

    @property
    def follows(self) -> bool:
        """Whether the slider of the L1 ratio moves it."""
        return self.row is None and self.fit is None

    @property
    def pin(self) -> dict[str, int]:
        """Where it holds the axis of the L1 ratio."""
        return {} if self.row is None else {"l1_ratio": self.row}


def elastic_net(short: str, title: str, role: str, l1_ratio: float) -> Entry:
    """The entry of a fixed L1 ratio, whether the slider stops there or not."""
    rows = np.flatnonzero(np.isclose(L1_RATIOS, l1_ratio, rtol=0, atol=1e-12))
    if len(rows):
        return Entry(short, title, role, row=int(rows[0]))

    def fit(task: Task, alphas: Array) -> LinearGrid:
        return task.regression.fit([(task.X, task.y)], alphas, np.array([l1_ratio]))[0]

    return Entry(short, title, role, penalty=ElasticNet(l1_ratio), fit=fit)


# By the name that their arrays and numbers have, from left to right.
PENALTIES: dict[str, Entry] = {
    "l1": elastic_net("L1", "L1 · lasso", "l1", 1.0),
    "mix": Entry("Mix", "Your mix · elastic net", "mix"),
    "l2": elastic_net("L2", "L2 · ridge", "l2", 0.0),
}


def on_sweep() -> dict[str, Entry]:
    """Those that a sweep over the L1 ratios has, for pages that know no other fits."""
    return {key: entry for key, entry in PENALTIES.items() if entry.fit is None}
