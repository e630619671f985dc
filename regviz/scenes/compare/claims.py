"""What does the first screen say about its picture?"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from regviz.charts.claims import Claim, Words, possible
from regviz.charts.pulls import (
    EXACT,
    alike_share,
    alphas_of,
    centred,
    enough_empties_l1,
    loud,
    pull,
    pull_size,
    rows_of,
    share_nearly,
    silent_target,
    target,
)
from regviz.core import Array
from regviz.fits.compare import Compare, compare
from regviz.fits.task import L1, L2
from regviz.live.board import Board, Index
from regviz.scenes.compare.board import board
from regviz.settings import Settings


@lru_cache(maxsize=1)
def drawn(sweep: Compare) -> Board:
    """The board of a sweep."""
    return board(sweep)


def _figures(sweep: Compare, index: Index, start: str) -> dict[str, dict[str, Any]]:
    """What is drawn in the figures of a kind, by the key of the column."""
    shown = [figure for figure in drawn(sweep).figures if figure.name.startswith(f"{start}_")]
    return {figure.name.removeprefix(f"{start}_"): figure.at(drawn(sweep), index) for figure in shown}


def _strength(index: Index) -> int:
    return rows_of(index)["l1"][1]


def _at_zero(sweep: Compare, _: Index) -> bool:
    train, y = sweep.train_error, target(sweep)
    one = np.ptp(sweep.grid.coef[:, 0], axis=0).max() == 0
    return bool(one and np.all(train[:, :1] <= train * (1 + 1e-9) + 1e-9 * y.std() + 1e-12))


def _stands_at_zero(sweep: Compare, index: Index) -> bool:
    return all(alphas_of(sweep)[at] == 0 for at in rows_of(index).values())


def _ghosts(sweep: Compare, index: Index) -> bool:
    """In every picture of a fit and of its weights there is a ghost, and it is that of λ = 0."""
    zero = {axis.name: 0 if axis.name != "l1_ratio" else index["l1_ratio"] for axis in drawn(sweep).axes}
    for kind in ("fit", "weights"):
        here, there = (_figures(sweep, at, kind) for at in (index, zero))
        for key in ("l1", "mix", "l2"):
            ghost, same = (
                [trace for trace in figures[key]["data"] if trace["name"] == "no regularization"]
                for figures in (here, there)
            )
            if len(ghost) != 1 or not np.array_equal(ghost[0]["y"], same[0]["y"], equal_nan=True):
                return False
    return True


def _away_from_ghost(sweep: Compare, index: Index) -> bool:
    rows = rows_of(index).values()
    gaps = [np.abs(sweep.coordinates[at] - sweep.coordinates[at[0], 0]).max() for at in rows]
    return bool(min(gaps) > 0.5 * target(sweep).std())


def _misses_new_points(sweep: Compare, index: Index) -> bool:
    """The fits at λ = 0 have ten times the least validation error of each penalty, and the least training error."""
    validation = sweep.validation_error[[L1, L2]]
    return _stands_at_zero(sweep, index) and bool(np.all(validation[:, 0] > 10 * validation.min(axis=1)))


def _pulls_alike(sweep: Compare, index: Index) -> bool:
    """|−∂D/∂w| = α at every weight of the lasso that is not zero."""
    at = rows_of(index)["l1"]
    pulls = np.abs(pull(sweep, *at)[sweep.grid.coef[at] != 0])
    return bool(np.all(np.abs(pulls - alphas_of(sweep)[at]) <= EXACT * pull_size(sweep, at[1])))


def _unlike_weights(sweep: Compare, index: Index) -> bool:
    """The lasso has a weight ten times as large as another, and λ is not 0."""
    w = np.abs(sweep.grid.coef[rows_of(index)["l1"]])
    kept = w[w > 0]
    return not _stands_at_zero(sweep, index) and len(kept) > 2 and bool(kept.max() > 10 * kept.min())


def _l1_cuts_l2_does_not(sweep: Compare, index: Index) -> bool:
    """At the position the lasso has both, zeros and others, and ridge no zero; at the end the lasso is empty."""
    rows = rows_of(index)
    zeros = {key: int((sweep.grid.coef[at] == 0).sum()) for key, at in rows.items()}
    return 0 < zeros["l1"] < len(sweep.names) and zeros["l2"] == 0 and not sweep.grid.coef[L1, -1].any()


def _corners(sweep: Compare, index: Index) -> bool:
    """The corners of the drawn diamond are on the axes, and a solution at one has a weight of exactly zero."""
    if sweep.slices is None:
        return True
    ball = _figures(sweep, index, "constraint")["l1"]["data"][1]
    x, y = (np.asarray(ball[axis]) for axis in "xy")
    far = np.hypot(x, y)
    corners = far >= far.max() * (1 - 1e-12)
    return bool(np.all(np.minimum(np.abs(x), np.abs(y))[corners] <= 1e-12 * far.max()))


def _touches_a_corner(sweep: Compare, index: Index) -> bool:
    """Of the two weights in the picture of the lasso one is zero, of ridge none."""
    assert sweep.slices is not None
    rows = rows_of(index)
    zeros = {key: int((sweep.slices.solution[at] == 0).sum()) for key, at in rows.items()}
    return zeros["l1"] == 1 and zeros["l2"] == 0


def _shrinks_in_proportion(sweep: Compare, index: Index) -> bool:
    """−∂D/∂w = αw of ridge, ‖w‖₂ falls with α, and no weight is zero."""
    r, a = rows_of(index)["l2"]
    w, alphas = sweep.grid.coef[L2], alphas_of(sweep)[L2]
    norms = np.linalg.norm(w, axis=1)[np.argsort(alphas, kind="stable")]
    shrinks = np.all(np.diff(norms) <= 1e-9 * norms.max())
    pulled = np.all(np.abs(pull(sweep, r, a) - alphas[a] * w[a]) <= EXACT * pull_size(sweep, a))
    untouched = silent_target(sweep) or np.all(w[:, loud(sweep)] != 0)
    return bool(shrinks and pulled and untouched)


def _small_not_zero(sweep: Compare, index: Index) -> bool:
    """All weights of ridge are below a tenth of the largest without a penalty, and none is zero."""
    w = np.abs(sweep.grid.coef[L2])
    return bool(w[_strength(index)].min() > 0 and w[_strength(index)].max() < 0.1 * w[0].max())


def _slice_is_shown(sweep: Compare, index: Index) -> bool:
    """The drawn solution is the pair of weights of the fit."""
    shown = _figures(sweep, index, "constraint")
    if len(sweep.names) == 1:
        return not shown and "no_constraint" in [note.name for note in drawn(sweep).notes]
    assert sweep.slices is not None
    for key, figure in shown.items():
        point = figure["data"][4]
        w = sweep.grid.coef[rows_of(index)[key]][list(sweep.slices.pair)]
        if [point["x"][0], point["y"][0]] != w.tolist():
            return False
    return len(shown) == 3


def _loss(sweep: Compare, at: tuple[int, int], points: Array) -> Array:
    """D with the two weights of the constraint picture at points (k, 2)."""
    assert sweep.slices is not None
    w = np.repeat(sweep.grid.coef[at][np.newaxis], len(points), axis=0)
    w[:, list(sweep.slices.pair)] = points
    y = target(sweep)
    return np.asarray(np.square(y - y.mean() - w @ centred(sweep).T).mean(axis=1) / 2)


def _none_in_the_ball_is_better(sweep: Compare, index: Index) -> bool:
    """Points of the drawn shape, and on its edge: no less loss than at the solution."""
    if sweep.slices is None:
        return True
    slack = EXACT * (target(sweep).var() + pull_size(sweep, _strength(index)) ** 2)
    for key, figure in _figures(sweep, index, "constraint").items():
        at, ball = rows_of(index)[key], figure["data"][1]
        edge = np.array([ball["x"], ball["y"]]).T
        here, top = _loss(sweep, at, np.array([sweep.slices.solution[at], [0.0, 0.0]]))
        points = np.concatenate([edge, 0.7 * edge, 0.3 * edge])
        if _loss(sweep, at, points).min() < here - EXACT * top - slack:
            return False
    return True


def _held_back(sweep: Compare, index: Index) -> bool:
    """In every column the shape is not a point, and keeps the solution from the lowest loss."""
    assert sweep.slices is not None
    return all(sweep.slices.budget[at] > 0 and sweep.slices.touch[at] > 0 for at in rows_of(index).values())


def _ends_of_the_slice(sweep: Compare, index: Index) -> bool:
    if sweep.slices is None:
        return True
    for key, figure in _figures(sweep, index, "constraint").items():
        at, ball = rows_of(index)[key], figure["data"][1]
        w, reach = sweep.slices.solution[at], figure["layout"]["xaxis"]["range"][1]
        if alphas_of(sweep)[at] == 0:
            pulls = pull(sweep, *at)[list(sweep.slices.pair)]
            if np.abs(pulls).max() > 1e-6 * pull_size(sweep, at[1]):
                return False
        if not w.any() and max(np.abs(ball["x"]).max(), np.abs(ball["y"]).max()) > 1e-12 * reach:
            return False
    return True


WORDS = Words(
    settings=Settings,
    sweep=compare,
    board=board,
    heading="What to look at",
    points=(
        (
            Claim(
                "**At λ = 0** all three are the same fit, the one with the least training error.",
                holds=_at_zero,
                seen=_stands_at_zero,
                at={"alpha": 0},
            ),
            Claim(
                "It stays in the picture as a ghost, “no regularization”.",
                holds=_ghosts,
                seen=_away_from_ghost,
                at={"alpha": 0.1},
            ),
            Claim(
                "With many weights and few noisy points it may miss new points by far: compare the errors.",
                holds=possible,
                seen=_misses_new_points,
                at={"alpha": 0},
            ),
        ),
        (
            Claim(
                "**L1** pulls at every weight with the same force, however small the weight is.",
                holds=_pulls_alike,
                seen=_unlike_weights,
                at={"alpha": 0.01},
            ),
            Claim(
                "So weights reach **exactly zero** (hollow rings), and a large enough λ leaves none.",
                holds=enough_empties_l1,
                seen=_l1_cuts_l2_does_not,
                at={"alpha": 0.1},
            ),
            Claim(
                "The diamond's corners lie on the axes: where the contour touches one, a weight is exactly zero.",
                holds=_corners,
                seen=_touches_a_corner,
                at={"alpha": 0.01},
            ),
        ),
        (
            Claim(
                "**L2** pulls at a weight in proportion to its size: as its λ grows, ‖w‖₂ shrinks, but a weight gets "
                "**near zero without being set to it**.",
                holds=_shrinks_in_proportion,
                seen=_small_not_zero,
                at={"alpha": 1},
            ),
            Claim(
                "With enough λ, two features that are nearly alike get nearly the same weight.",
                holds=alike_share,
                seen=share_nearly,
                scene={"data": "groups", "n_samples": 100, "correlation": 0.95},
                at={"alpha": 1},
            ),
        ),
        (
            Claim(
                "**The constraint picture** (of two weights or more) is a true slice of this fit: two weights are "
                "free, the others stay at their solution.",
                holds=_slice_is_shown,
                seen=_held_back,
            ),
            Claim(
                "The coloured shape holds all weights whose penalty is at most that of the solution; the thick contour "
                "is the lowest loss that reaches it.",
                holds=_none_in_the_ball_is_better,
                seen=_held_back,
                at={"alpha": 0.001},
            ),
            Claim(
                "At λ = 0 the contour is only its lowest point, under the dot; where both weights are zero, the shape "
                "is only a point.",
                holds=_ends_of_the_slice,
                seen=_stands_at_zero,
                at={"alpha": 0},
            ),
        ),
    ),
)
