"""In which order do weights enter and leave the lasso, and at exactly which strengths?

The solution of the lasso is a piecewise linear function of α. It is followed from α_max down, corner by corner:
between two corners nothing has to be searched, so a path is known everywhere once its corners are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regviz.core import Array
from regviz.core.checks import number, require
from regviz.core.linear.problem import (
    EPS,
    NEGLIGIBLE,
    Problem,
    Rows,
    check_data,
    is_dependent,
    solve_normal,
    triangular_factor,
)

Index = NDArray[np.intp]

# The work allowed, in corners: this for each feature, and so many more.
CORNERS, MORE_CORNERS = 20, 200
# A path ends where its certificate is worse than this share of alpha_max.
TRUSTED = 1e-9


@dataclass(frozen=True)
class Event:
    """A weight becomes non-zero just below `alpha` (enters), or is zero from `alpha` on (leaves).

    alpha    the strength at which it happens
    feature  the column, counted from 0
    enters   True if the weight enters, False if it leaves
    """

    alpha: float
    feature: int
    enters: bool


@dataclass(frozen=True, eq=False)
class LassoPath:
    """The corners of the path, from strong to weak; between two of them every weight is linear in α.

    alphas        (n_corners,)  falling strictly, from alpha_max to `lowest_alpha`
    coef          (n_corners, n_features)  on the scale of X and y
    intercept     (n_corners,)
    kkt           (n_corners,)  the certificate of `fit_grid`, the worse of a corner and midway to the one before
    events        what happens at the corners, from strong to weak; at one α the features that leave stand first
    complete      whether the path reaches the strength that was asked for
    """

    alphas: Array
    coef: Array
    intercept: Array
    kkt: Array
    events: tuple[Event, ...]
    complete: bool

    @property
    def lowest_alpha(self) -> float:
        """Where the path ends: what was asked for if `complete`."""
        return float(self.alphas[-1])

    @property
    def order_of_entry(self) -> tuple[int, ...]:
        """The features that ever enter, counted from 0, by their first entry."""
        return tuple(dict.fromkeys(event.feature for event in self.events if event.enters))

    def at(self, alphas: ArrayLike) -> Array:
        """Coefficients at any strengths: (n_alphas,) -> (n_alphas, n_features).

        Linear between the corners, zero above the first; below the last, where nothing is known, those of the last.
        """
        alphas = np.asarray(alphas, dtype=float)
        rising = self.alphas[::-1]
        return np.stack([np.interp(alphas, rising, column[::-1]) for column in self.coef.T], axis=-1)


def lasso_path(X: ArrayLike, y: ArrayLike, lowest: float = 1e-6) -> LassoPath:
    """All solutions of the lasso for α from alpha_max down to `lowest` · alpha_max.

        w(α), b(α) = argmin  1/(2n) ‖y − Xw − b‖² + α‖w‖₁

    X (n, p), used as it is: centred for the intercept, not standardised. y (n,). 0 < lowest < 1.

    With G = XᵀX/n and c = Xᵀy/n (centred), S the weights that are not zero and s their signs, the solution is
    w_S(α) = G_SS⁻¹ c_S − α G_SS⁻¹ s_S, until the slope of a further column, |c − G w|_j, reaches α, or a weight of
    S reaches zero. At such a corner the direction in which w goes on, as α falls, is

        d = argmin ½ dᵀGd − sᵀd   over the columns whose slope is ±α,   s_j d_j >= 0 where w_j = 0,

    which says what enters and leaves, however many columns are tied. Each segment is solved afresh from S and s, so
    no error is carried along. Everything is computed on columns and y of root mean square 1, and by QR of the columns:
    G would lose the smaller half of the digits that tell nearly dependent columns apart.

    The path ends early, and `complete` is False, if it takes more than 20 p + 200 corners, or where a system is so
    nearly singular that the certificate exceeds 1e-9. If the solution is not unique (equal columns, p > n) it is one
    of them, and a column equal to one that is in stays out. For constant y the path is the one corner α = 0.

    ValueError, naming the field, for NaN or inf, wrong shapes, or `lowest` out of range.

    Sources: Osborne, Presnell & Turlach (2000), A new approach to variable selection in least squares problems;
    Efron, Hastie, Johnstone & Tibshirani (2004), Least angle regression, section 3.1; Tibshirani (2013), The lasso
    problem and uniqueness, section 3, for ties.
    """
    require("lowest", lowest, 0 < number("lowest", lowest) < 1, "between 0 and 1")
    problem = Problem.of(*check_data(X, y))
    rows, size = problem.rows, problem.gradient_scale
    lost = size <= 0 or float(np.abs(rows.slope(np.zeros(rows.Z.shape[1]))).max()) <= NEGLIGIBLE
    if lost:  # constant y, or y orthogonal to every column
        nothing = np.zeros(1)
        coef = np.zeros((1, rows.Z.shape[1]))
        return LassoPath(nothing, coef, nothing + problem.y_mean, nothing, (), True)

    v = 1 / problem.positive_x_scale
    levels, weights, events, complete = _Tracker(rows, v).follow(lowest)

    def violation(level: Array, u: Array) -> Array:
        slope, limit = rows.slope(u), level[:, None] * v
        off = np.where(u != 0, slope - limit * np.sign(u), np.maximum(np.abs(slope) - limit, 0))
        return np.asarray((np.abs(off) / v).max(axis=1) / levels[0])

    kkt = violation(levels, weights)
    midway = violation((levels[1:] + levels[:-1]) / 2, (weights[1:] + weights[:-1]) / 2)
    kkt[1:] = np.maximum(kkt[1:], midway)
    trusted = int(np.logical_and.accumulate(kkt <= TRUSTED).sum())
    coef = weights[:trusted] * problem.unit
    return LassoPath(
        alphas=levels[:trusted] * problem.y_scale,
        coef=coef,
        intercept=problem.y_mean - coef @ problem.x_mean,
        kkt=kkt[:trusted],
        events=tuple(
            Event(level * problem.y_scale, feature, enters)
            for level, feature, enters in events
            if level > levels[trusted - 1] or trusted == len(levels)
        ),
        complete=complete and trusted == len(levels),
    )


@dataclass(frozen=True, eq=False)
class _Tracker:
    """The path in standard units: min ½ ‖target − Z u‖² + λ vᵀ|u|, so G = ZᵀZ and c = Zᵀ target.

    v (p,): the weights of the columns in the penalty
    """

    rows: Rows
    v: Array

    def follow(self, lowest: float) -> tuple[Array, Array, list[tuple[float, int, bool]], bool]:
        """Corners (K,) of λ, u at the corners (K, p), (λ, feature, enters), and whether the end was reached."""
        p = len(self.v)
        ratio = np.abs(self.rows.slope(np.zeros(p))) / self.v
        level = float(ratio.max())
        end = lowest * level
        u, signs = np.zeros(p), np.zeros(p)
        targets = np.stack([self.rows.target, np.zeros_like(self.rows.target)])  # of a and of b
        cause = np.zeros(p, dtype=bool)  # the columns that make this corner
        cause[np.argmax(ratio)] = True
        levels, weights = [level], [u]
        events: list[tuple[float, int, bool]] = []
        for _ in range(CORNERS * p + MORE_CORNERS):
            slope = self.rows.slope(u)
            noise = 64 * EPS * (1 + np.abs(u).sum())
            tied = cause | (signs != 0) | (np.abs(slope) >= level * self.v - noise)
            free = (signs != 0) & ~cause & (np.abs(u) > noise)
            weights[-1] = u = np.where(free, u, 0)
            sides = np.where(signs != 0, signs, np.sign(slope)) * tied
            new = self._direction(sides, free)
            if new is None:
                return np.array(levels), np.array(weights), events, False
            changed = np.flatnonzero((new != 0) != (signs != 0))
            events += sorted((level, int(j), bool(new[j])) for j in changed)
            signs = new

            on = np.flatnonzero(signs)
            a, b = np.zeros(p), np.zeros(p)
            a[on], b[on] = self._solve(on, targets, np.stack([np.zeros(len(on)), -self.v[on] * signs[on]]))
            following, which = self._next(a, b, signs, sides, level)
            following = max(following, end)
            u = a - following * b
            still = following >= level * (1 - 4 * EPS)
            cause = cause & still  # at one λ the tied columns only gather, so it cannot stall
            if following > end:
                cause[which] = True
                u[which] = 0
            u = np.where(u * signs > 0, u, 0)
            if still:
                weights[-1] = u
            else:
                levels.append(following)
                weights.append(u)
            level = following
            if level <= end:
                return np.array(levels), np.array(weights), events, True
        return np.array(levels), np.array(weights), events, False

    def _direction(self, sides: Array, free: NDArray[np.bool_]) -> Array | None:
        """The signs (p,) with which the path goes on, None if a system is singular.

        sides (p,): the sign of each tied column, 0 elsewhere; free (p,): those whose weight is not zero. Minimises
        ½ dᵀGd − (v·sides)ᵀd with sides_j d_j >= 0 unless free, by Lawson and Hanson's active set.
        """
        goal = self.v * sides
        held = (sides != 0) & ~free
        inside = free.copy()
        d = np.zeros_like(sides)
        tabu = np.zeros_like(free)
        for _ in range(3 * len(sides) + 3):
            while True:
                on = np.flatnonzero(inside)
                step = np.zeros_like(d)
                try:
                    step[on] = self._solve(on, np.zeros_like(self.rows.target), -goal[on])
                except np.linalg.LinAlgError:
                    return None
                # Not only those below zero: a step of rounding size would be undone by the next corner, at the same λ.
                wrong = np.flatnonzero(held & inside & (step * sides <= 64 * EPS * np.abs(step).sum()))
                if not len(wrong):
                    break
                shares = d[wrong] / np.where(d[wrong] == step[wrong], 1, d[wrong] - step[wrong])
                first = wrong[np.argmin(shares)]
                tabu[first] = d[first] == 0  # came in and wants out at once: rounding
                d = d + np.clip(shares.min(), 0, 1) * (step - d)
                d[first], inside[first] = 0, False
            d = step
            gain = np.where(held & ~inside & ~tabu, self.v - sides * (self.rows.Z.T @ (self.rows.Z @ d)), 0) / self.v
            best = int(np.argmax(gain))
            if gain[best] <= 1e-10 + 64 * EPS * np.abs(d).sum() / self.v[best]:
                break
            inside[best] = True
        return np.where(inside, sides, 0)

    def _solve(self, on: Index, target: Array, l1: Array) -> Array:
        """(Z_SᵀZ_S)⁻¹ (Z_Sᵀ target − l1): target (..., rows), l1 (..., |S|) -> (..., |S|). LinAlgError if singular."""
        Z, no_l2 = self.rows.Z[:, on], np.zeros(len(on))
        R = triangular_factor(Z, no_l2)
        if is_dependent(R):
            raise np.linalg.LinAlgError("dependent columns")
        return solve_normal(R, Z, target, l1, no_l2, np.zeros_like(l1))

    def _next(self, a: Array, b: Array, signs: Array, sides: Array, level: float) -> tuple[float, int]:
        """The largest λ <= level at which a column joins or a weight of u = a − λb reaches zero, and which it is."""
        al, be = self.rows.slope(a), self.rows.Z.T @ (self.rows.Z @ b)
        candidates = [np.divide(a, b, out=np.zeros_like(a), where=signs * b < 0)]
        for side in (1, -1):
            room = self.v - side * be
            # A tied column that did not enter falls back, or stays level with the others: rounding decides the ratio.
            able = (signs == 0) & (room > np.where(sides == side, 1e-9, 0) * self.v)
            candidates.append(np.divide(side * al, room, out=np.zeros_like(a), where=able))
        table = np.minimum(np.stack(candidates), level)
        which = int(np.argmax(table.max(axis=0)))
        return float(table.max()), which
