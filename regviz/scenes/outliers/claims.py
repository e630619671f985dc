"""What does the page on outliers say about its pictures?"""

from __future__ import annotations

import numpy as np

from regviz.charts.claims import Claim, Words
from regviz.core import Array
from regviz.live.board import Index
from regviz.scenes.outliers.board import board
from regviz.scenes.outliers.sweep import HEIGHTS, Outliers, outliers
from regviz.settings import SampleSettings

ABOVE = int(np.argmin(np.abs(HEIGHTS - 1.75)))  # from here on the ringed point is above its place on the line
HIGH = int(np.argmin(np.abs(HEIGHTS - 6.5)))
SQUARED, ABSOLUTE, OTHERS = 0, 2, slice(1, None)  # rows of the losses
LEVEL = 0.05  # of the squared loss's rise: less is level
HOPS, HOP = 3, 0.1  # equally good fits between which the absolute loss may hop, and how far


def _moved(found: Outliers, index: Index) -> Array:
    """How far the fits have moved at this λ: (3 losses, 2 penalties, heights)."""
    return found.moved[..., index["share"]]


def _squared_follows(found: Outliers, index: Index) -> bool:
    """Every further step up moves both fits farther; in the end L1 by 0.7 to 1.4 times what L2 moves."""
    moved = _moved(found, index)[SQUARED]
    return bool(np.all(np.diff(moved[:, ABOVE:], axis=1) > 0) and 0.7 < moved[0, -1] / moved[1, -1] < 1.4)


def _others_level_off(found: Outliers, index: Index) -> bool:
    """Over the last part of the way both move by a twentieth of what the squared loss moves, or less, but for hops."""
    far = _moved(found, index)[..., HIGH:]
    rise = np.ptp(far, axis=-1)
    for loss, penalty in np.argwhere(rise > LEVEL * rise[SQUARED]):
        hops = loss == ABSOLUTE and len(np.unique(far[loss, penalty].round(3))) <= HOPS and rise[loss, penalty] <= HOP
        if loss > 0 and not hops:
            return False
    return True


def _far_up(found: Outliers, index: Index) -> bool:
    """The point is far up, and under the squared loss both fits have moved three times as far as under the others."""
    here = _moved(found, index)[..., index["outlier"]]
    return index["outlier"] >= HIGH and bool(np.all(here[SQUARED] > 3 * here[OTHERS]))


WORDS = Words(
    settings=SampleSettings,
    sweep=outliers,
    board=board,
    heading="“L1 is robust to outliers, L2 is not”?",
    points=(
        (
            "**Of penalties that is not true.**",
            Claim(
                "Drag the ringed point up: under the squared loss both fits go on following it, L1 about as far as L2.",
                holds=_squared_follows,
                seen=_far_up,
                at={"outlier": 8},
            ),
            "A penalty is about the weights; it does not know which point is off.",
        ),
        (
            "**Of losses it is.** The square pulls harder the farther off a point is. The absolute value pulls equally "
            "hard from any distance.",
            Claim(
                "Huber's loss is the square near the fit and the absolute value far from it: in the third row of "
                "pictures the curves of these two level off.",
                holds=_others_level_off,
                seen=_far_up,
                at={"outlier": 7},
            ),
            Claim(
                "What counts is that: a fit may move once, while the point crosses it, and then no longer, however far "
                "the point goes. (Where several fits are equally good under the absolute loss, it may hop between "
                "them.)",
                holds=_others_level_off,
                seen=_far_up,
                at={"outlier": 8, "share": 0.01},
            ),
            "(λ max is, for each loss, the λ that leaves L1 no weight without the ringed point.)",
        ),
        (
            "So: absolute or Huber **loss** against outliers, L1 **penalty** for few weights. They are two choices, "
            "not one.",
        ),
    ),
)
