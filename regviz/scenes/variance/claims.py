"""What does the page on bias and variance say about its pictures?"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from regviz.charts.claims import Claim, Words
from regviz.core import Array
from regviz.core.data.datasets import DATASETS
from regviz.fits.task import L1, L2
from regviz.live.board import Index
from regviz.scenes.variance.board import board
from regviz.scenes.variance.sweep import RESAMPLES, Variance, variance
from regviz.settings import DataSettings, Settings

USUAL = 0.75  # share of the steps of λ in which something usually happens
SEEN = 1e-3  # of the largest value: a smaller step is none


@lru_cache(maxsize=4)
def opened(data: str) -> Variance:
    """The page as the data set opens."""
    return variance(Settings(data=data, n_samples=DATASETS[data].usual_samples))


def _total(found: Variance) -> Array:
    return np.asarray(found.bias_squared + found.variance + found.noise)


def _usually(values: Array, way: int) -> bool:
    """Whether the values rise (1) or fall (−1) with λ, in most steps of all ratios."""
    steps = way * np.diff(values[:, 1:], axis=1)
    steps = steps[np.isfinite(steps)]
    return bool(np.mean(steps >= -SEEN * np.nanmax(values)) >= USUAL)


def _apart(values: Array, index: Index, way: int) -> bool:
    """Between the position and the strongest λ the values of L1 and L2 change tenfold that way."""
    ends = values[[L1, L2]][:, [index["alpha"], -1]]
    low, high = ends[:, 0], ends[:, 1]
    return bool(np.all(high > 10 * low) if way > 0 else np.all(low > 10 * high))


def _untold_where_wild(found: Variance, _: Index) -> bool:
    """bias² is left out only where variance / 60 is more than a tenth of it."""
    return bool(np.all(np.isfinite(found.bias_known) | (found.variance / RESAMPLES > 0.0999 * found.bias_squared)))


def _untold(found: Variance, index: Index) -> bool:
    """A dash stands for L2's bias² at the position, and not at the strongest λ."""
    known = np.isfinite(found.bias_known)
    return bool(not known[L2, index["alpha"]] and known[L2, -1])


def _adds_up(found: Variance, _: Index) -> bool:
    """The parts are none below 0, so the sum is nowhere below the noise."""
    return bool(
        np.all(found.bias_squared >= 0) and np.all(found.variance >= 0) and np.all(_total(found) >= found.noise)
    )


def _all_parts(found: Variance, index: Index) -> bool:
    """At the position each part is a tenth or more of the sum, for L1 and L2."""
    a, rows = index["alpha"], [L1, L2]
    least = np.minimum(np.minimum(found.bias_squared[rows, a], found.variance[rows, a]), found.noise)
    return bool(np.all(least >= 0.1 * _total(found)[rows, a]))


def _penalty_pays(found: Variance, _: Index) -> bool:
    """From λ = 0 to the least sum above it the variance has lost more than bias² has gained."""
    for r, best in enumerate(_total(found).argmin(axis=1)):
        lost = found.variance[r, 0] - found.variance[r, best]
        gained = found.bias_squared[r, best] - found.bias_squared[r, 0]
        if best > 0 and not lost > gained:
            return False
    return True


def _cross_above_zero(found: Variance, index: Index) -> bool:
    """The slider stands at the cross of L1, above 0, and without a penalty the sum is twice as large for both."""
    sums = _total(found)[[L1, L2]]
    return index["alpha"] == sums[0].argmin() > 0 and bool(np.all(sums[:, 0] > 2 * sums.min(axis=1)))


def _none_is_best(found: Variance, _: Index) -> bool:
    sums = _total(found)
    return all(np.all(sums[r, 0] <= sums[r]) for r in np.flatnonzero(sums.argmin(axis=1) == 0))


def _cross_at_zero(found: Variance, index: Index) -> bool:
    return index["alpha"] == 0 and not _total(found)[[L1, L2]].argmin(axis=1).any()


def _sparse_and_dense(_: Variance, index: Index) -> bool:
    sparse, dense = (_total(opened(data)).min(axis=1) for data in ("sparse", "dense"))
    return bool(sparse[L1] < sparse[L2] and dense[L2] < dense[L1])


def _l1_wins(found: Variance, _: Index) -> bool:
    """The data are sparse, and L1's least sum is clearly smaller."""
    least = _total(found).min(axis=1)
    return found.settings.data == "sparse" and bool(least[L1] < 0.98 * least[L2])


def _picks_by_chance(found: Variance, index: Index) -> bool:
    """Of the lasso as the groups open: its largest weight of group a, and of group c, differs between ten samples."""
    groups = opened("groups")
    return _differs(groups, {"alpha": groups.start})


def _differs(found: Variance, index: Index) -> bool:
    first = np.abs(found.drawn[L1, index["alpha"]]).reshape(10, 5, 3).argmax(axis=2)
    return bool(len(set(first[:, 0])) > 1 and len(set(first[:, 2])) > 1)


WORDS = Words(
    settings=DataSettings,
    sweep=lambda settings: variance(Settings.of(settings)),
    board=board,
    heading="What to look at",
    points=(
        (
            "**Variance** is how far the thin fits lie from their mean: what another sample would have changed.",
            Claim(
                "Where there is noise, a stronger penalty usually lowers it.",
                holds=lambda found, index: found.noise == 0 or _usually(found.variance, -1),
                seen=lambda found, index: _apart(found.variance, index, -1),
                at={"alpha": 0.0001},
            ),
        ),
        (
            "**Bias** is how far that mean lies from the truth: what no number of samples would mend.",
            Claim(
                "A stronger penalty usually raises it.",
                holds=lambda found, index: _usually(found.bias_known, 1),
                seen=lambda found, index: _apart(found.bias_squared, index, 1),
                at={"alpha": 0.01},
            ),
            Claim(
                "(Where the fits scatter so wildly that 60 samples cannot tell it, the dashed line ends and a dash "
                "stands for the number.)",
                holds=_untold_where_wild,
                seen=_untold,
                at={"alpha": 0},
            ),
        ),
        (
            Claim(
                "**Their sum, with the noise, is the expected squared error.**",
                holds=_adds_up,
                seen=_all_parts,
                at={"alpha": 0.1},
            ),
            Claim(
                "Where the cross lies at a λ above 0, the penalty pays: what the variance lost is more than what bias² "
                "gained.",
                holds=_penalty_pays,
                seen=_cross_above_zero,
                at={"alpha": 0.025},
            ),
            Claim(
                "Where it lies at 0, no penalty is best.",
                holds=_none_is_best,
                seen=_cross_at_zero,
                scene={"data": "cubic", "noise": 0.0, "basis": "chebyshev", "degree": 3},
                at={"alpha": 0},
            ),
        ),
        (
            "**Sparse truth or dense truth?** Choose them as data sets and compare the crosses.",
            Claim(
                "As these data sets open, L1 has the smaller least sum if few features matter, L2 if all do.",
                holds=_sparse_and_dense,
                seen=_l1_wins,
                scene={"data": "sparse", "n_samples": DATASETS["sparse"].usual_samples},
            ),
            Claim(
                "With correlated groups, look how the weights of L1 scatter: which member of a group it prefers "
                "changes from sample to sample.",
                holds=_picks_by_chance,
                seen=_differs,
                scene={"data": "groups", "n_samples": DATASETS["groups"].usual_samples},
            ),
        ),
    ),
)
