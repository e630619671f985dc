"""What does the page on paths say about its pictures?"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from regviz.charts.claims import Claim, Words, possible
from regviz.charts.pulls import (
    EXACT,
    alike_share,
    alphas_of,
    centred,
    enough_empties_l1,
    rows_of,
    share_nearly,
    silent_target,
)
from regviz.core import Array
from regviz.fits.task import L1, L1_RATIOS, L2
from regviz.live.board import Board, Index
from regviz.scenes.paths.board import board
from regviz.scenes.paths.settings import PathsSettings
from regviz.scenes.paths.sweep import Paths, paths
from regviz.settings import Settings


@lru_cache(maxsize=1)
def drawn(found: Paths) -> Board:
    """The board of a sweep."""
    return board(found)


def _trace(found: Paths, index: Index, figure: str, name: str) -> tuple[Array, Array]:
    """(x, y) of a trace, by the names of its figure and of itself."""
    shown = next(each for each in drawn(found).figures if each.name == figure).at(drawn(found), index)
    trace = next(trace for trace in shown["data"] if trace["name"] == name)
    return np.asarray(trace["x"]), np.asarray(trace["y"])


def _strong_end(found: Paths, index: Index) -> bool:
    """By the drawn coordinates: the strongest fit is at one end of every curve."""
    for key, (r, _) in rows_of(index).items():
        x, _ = _trace(found, index, f"freedom_{key}", "degrees of freedom")
        x = x[np.argsort(alphas_of(found.sweep)[r], kind="stable")]
        end = x.max() if found.path_axis == "alpha" else x.min()
        if abs(x[-1] - end) > 1e-9 * (1 + np.abs(x).max()):
            return False
    return True


def _strong_end_apart(found: Paths, index: Index) -> bool:
    """The axis is another than λ, and the strongest fits are far from the weakest."""
    x, _ = _trace(found, index, "freedom_l1", "degrees of freedom")
    return found.path_axis != "alpha" and bool(x[0] > 3 * x[-1] + 1)


def _empty_here(found: Paths, index: Index) -> bool:
    """The lasso is empty at the position, and was not at λ = 0; ridge is not."""
    coef, rows = found.sweep.grid.coef, rows_of(index)
    return not coef[rows["l1"]].any() and bool(coef[L1, 0].any() and coef[rows["l2"]].all())


def _ticks_are_events(found: Paths, index: Index) -> bool:
    """Beside the λ of a tick another set of weights is not zero."""
    if found.path_axis != "alpha" or silent_target(found.sweep):
        return True
    x, _ = _trace(found, index, "path_l1", "a weight enters or leaves")
    at = 10 ** x.reshape(-1, 3)[:, 0]
    alone = at[np.min(np.abs(np.log(at[:, None] / at) + np.eye(len(at))), axis=1) > 1e-5] if len(at) > 1 else at
    beside = [found.path.at(np.append(alone * (1 + side), 0.0))[:-1] != 0 for side in (1e-6, -1e-6)]
    return bool(np.all((beside[0] != beside[1]).any(axis=1)))


def _events_on_both_sides(found: Paths, index: Index) -> bool:
    """Weights have entered at stronger λ than here, and others are still to come; at least one leaves somewhere."""
    here = alphas_of(found.sweep)[rows_of(index)["l1"]]
    x, _ = _trace(found, index, "path_l1", "a weight enters or leaves")
    at = 10 ** x.reshape(-1, 3)[:, 0]
    return bool((at > here).sum() > 1 and (at < here).sum() > 1) and not all(e.enters for e in found.path.events)


def _straight_between(found: Paths, _: Index) -> bool:
    """Midway between two corners every weight of the lasso is the mean of both."""
    low, high = found.corners[:-1], found.corners[1:]
    if not len(low):
        return True
    way = (found.path.at(low) + found.path.at(high)) / 2
    return bool(np.abs(way - found.path.at((low + high) / 2)).max() <= EXACT * (np.abs(way).max() + 1e-300))


def _bends_between(found: Paths, _: Index) -> bool:
    """Two corners are so far apart that the axis of log λ bends the line between them."""
    return found.path_axis == "alpha" and bool(np.max(found.corners[1:] / found.corners[:-1]) > 3)


def _l2_keeps_all(found: Paths, _: Index) -> bool:
    inside = found.sweep.grid.coef[L2] != 0
    return bool((inside == inside[0]).all())


def _only_l2_keeps_all(found: Paths, index: Index) -> bool:
    coef, rows = found.sweep.grid.coef, rows_of(index)
    return bool(coef[rows["l2"]].all() and (coef[rows["l1"]] == 0).sum() > 0)


def _gives_way(found: Paths, index: Index) -> bool:
    """At the position a weight of the lasso is small or gone that was large at a larger λ, and another has entered."""
    here = alphas_of(found.sweep)[rows_of(index)["l1"]]
    coef = np.abs(found.coef[found.alphas >= here])  # from here on, rising
    large = coef.max(axis=0) > 0.2 * coef.max()
    entered = any(event.enters and event.alpha > here for event in found.path.events[1:])
    left = {event.feature for event in found.path.events if not event.enters and event.alpha > here}
    return entered and any(large[j] and coef[0, j] == 0 for j in left)


def _equally_free(found: Paths, index: Index) -> bool:
    if found.sweep.settings.match != "df" or rows_of(index)["l1"][1] == 0:
        return True
    df = {key: found.sweep.df[at] for key, at in rows_of(index).items()}
    return bool(abs(df["l2"] - df["l1"]) <= 0.01 and abs(df["mix"] - df["l1"]) <= 1)


def _equally_free_at_other_alphas(found: Paths, index: Index) -> bool:
    """The rule is set; the λ of L2 is far from that of L1; their degrees of freedom are the same."""
    rows, alphas = rows_of(index), alphas_of(found.sweep)
    ratio = alphas[rows["l2"]] / alphas[rows["l1"]]
    equal = _equally_free(found, index) and found.sweep.df[rows["l1"]] >= 1
    return found.sweep.settings.match == "df" and bool(equal and not 0.5 < ratio < 2)


def _singular_values(found: Paths, at: tuple[int, int]) -> Array:
    """Of the centred features in a model."""
    active = centred(found.sweep)[:, found.sweep.grid.coef[at] != 0]
    return np.asarray(np.linalg.svd(active, compute_uv=False)) if active.size else np.zeros(0)


def _l1_counts(found: Paths, index: Index) -> bool:
    """As many as weights, or fewer where a singular value of their features is 0, or lost in rounding."""
    at = rows_of(index)["l1"]
    df, d = found.sweep.df[at], _singular_values(found, at)
    count = int((found.sweep.grid.coef[at] != 0).sum())
    sure = int((d > 1e-10 * d.max(initial=0)).sum())
    return bool(sure <= df <= count)


def _sum_of_shares(found: Paths, index: Index, key: str) -> bool:
    at = rows_of(index)[key]
    strength = alphas_of(found.sweep)[at] * (1 - L1_RATIOS[at[0]])
    if strength == 0:  # then it is the number of d above 0, which rounding may decide
        return True
    square = _singular_values(found, at) ** 2
    shares = square / (square + len(found.sweep.train) * strength)
    return bool(abs(found.sweep.df[at] - shares.sum()) <= 1e-6)


def _between_none_and_all(found: Paths, index: Index) -> bool:
    """Every penalty leaves more than half a degree of freedom, and takes more than half of one."""
    df, p = found.sweep.df, len(found.sweep.names)
    return all(0.5 < df[at] < p - 0.5 for at in rows_of(index).values())


WORDS = Words(
    settings=PathsSettings,
    sweep=lambda settings: paths(Settings.of(settings), None, settings.path_axis),
    board=board,
    heading="How to read a path",
    points=(
        (
            Claim(
                "**Against λ** the strong penalties stand at the right end; against ‖w‖₁ or the degrees of freedom, at "
                "the left.",
                holds=_strong_end,
                seen=_strong_end_apart,
                scene={"path_axis": "df"},
            ),
            Claim(
                "With a large enough λ the **lasso** is empty.",
                holds=lambda found, index: enough_empties_l1(found.sweep, index),
                seen=_empty_here,
                at={"alpha": 0.6},
            ),
            Claim(
                "As λ falls, weights enter, and each tick at the bottom of L1's chart is the exact λ at which one "
                "enters or leaves.",
                holds=_ticks_are_events,
                seen=_events_on_both_sides,
                at={"alpha": 0.01},
            ),
            Claim(
                "In between every weight of the lasso is a straight line in λ, which the logarithmic axis bends.",
                holds=_straight_between,
                seen=_bends_between,
                at={"alpha": 0.1},
            ),
        ),
        (
            Claim(
                "**L2** has no such corners: no weight enters or leaves, all change smoothly.",
                holds=_l2_keeps_all,
                seen=_only_l2_keeps_all,
                at={"alpha": 0.1},
            ),
            Claim(
                "With enough λ, the weights of two features that are nearly alike stay together.",
                holds=lambda found, index: alike_share(found.sweep, index),
                seen=lambda found, index: share_nearly(found.sweep, index),
                scene={"data": "groups", "n_samples": 100, "correlation": 0.95},
                at={"alpha": 1},
            ),
        ),
        (
            Claim(
                "**A path may turn back**: a weight that was large may give way when a better feature enters, and it "
                "may even leave again.",
                holds=possible,
                seen=_gives_way,
                at={"alpha": 0.014},
            ),
        ),
        (
            "**Fair comparison**: the same λ need not act equally strongly on L1 and on L2.",
            Claim(
                "Set “Compare at” in the side panel to the same degrees of freedom, and the three cursors mark models "
                "that have, as nearly as each penalty can, equally many.",
                holds=_equally_free,
                seen=_equally_free_at_other_alphas,
                scene={"match": "df"},
                at={"alpha": 0.01},
            ),
        ),
    ),
    pictured=(
        Claim(
            "Lasso: the number of weights that are not zero, if their features are independent; else the rank of these",
            holds=_l1_counts,
            seen=_between_none_and_all,
            at={"alpha": 0.01},
        ),
        Claim(
            "Elastic net: Σ d²/(d² + nλ(1−ρ)), d the singular values above 0 of the centred features in the model",
            holds=lambda found, index: _sum_of_shares(found, index, "mix"),
            seen=_between_none_and_all,
            at={"alpha": 0.01},
        ),
        Claim(
            "Ridge: Σ d²/(d² + nλ), d the singular values above 0 of the centred features",
            holds=lambda found, index: _sum_of_shares(found, index, "l2"),
            seen=_between_none_and_all,
            at={"alpha": 0.01},
        ),
    ),
)
