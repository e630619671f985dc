"""When are L1 and L2 regularized equally much? Four answers, each a table of alphas, one row for each L1 ratio.

The number λ means different things to the penalties: at the same λ one may hardly act while the other
has removed everything. Each rule gives (n_ratios, n_alphas) alphas such that the fits in one column may
be compared fairly. Where another ratio follows, the lasso (l1_ratio = 1) leads with the alphas that it
is given, and equal lassos give equal alphas.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from regviz.core import Array
from regviz.core.linear import alpha_max, effective_df, fit_grid
from regviz.core.selection import compress, mean_squared_error

Index = NDArray[np.intp]

# The range of a follower: from least squares to a fit that is empty to 1 part in REACH.
FLOOR, REACH = 1e-14, 1e7
# The first look: so many fits of each ratio, down to this share of alpha_max.
RUNGS, LOWEST_RUNG = 100, 1e-9
# Then at most so many rounds. Close enough: this share of the empty model's error, or degrees of
# freedom. A bracket of log(alpha) this narrow that is not close is a jump.
ROUNDS, CLOSE, JUMP = 60, 1e-9, 1e-6


def same_alpha(alphas: Array, l1_ratios: Array) -> Array:
    """Every ratio has the given alphas (n_alphas,): (n_ratios, n_alphas)."""
    return np.tile(alphas, (len(l1_ratios), 1))


def same_training_error(X: Array, y: Array, alphas: Array, l1_ratios: Array) -> Array:
    """Alphas at which each ratio has the training error Σ (y − ŷ)² / n that the lasso has at `alphas`.

    X (n, p), y (n,), alphas (n_alphas,), l1_ratios (n_ratios,) -> (n_ratios, n_alphas), finite and >= 0;
    in every row alpha rises with the lasso's alpha. The errors agree to 1e-6 of the empty model's error
    Σ (y − ȳ)² / n wherever that can be reached. It cannot where the lasso fits better than the ratio at
    1e-14 · alpha_max, below which `fit_grid` takes a penalty for none: the alpha is then that one, and the
    fit least squares. An empty lasso gives the least alpha at which the ratio is empty, or for a ridge
    within 2e-7 of it. α = 0 stays 0. If y is constant, every ratio has the alphas of the lasso.
    """
    lasso = fit_grid(X, y, alphas, np.array([1.0]))
    empty = float(np.var(y))
    # A hair more, so that rounding does not put the empty lasso's error out of reach.
    goals = mean_squared_error(lasso, X, y)[0] + 1e-12 * empty
    return _follow(X, y, alphas, l1_ratios, goals, _Pieces.error, CLOSE * empty)


def same_df(X: Array, y: Array, alphas: Array, l1_ratios: Array) -> Array:
    """Alphas at which each ratio has the effective degrees of freedom that the lasso has at `alphas`.

    Shapes, and α = 0 and constant y, as in `same_training_error`; `effective_df` says what is counted. The
    lasso's df are whole numbers, its non-zero weights. A ridge has them to 1e-6. Those of an elastic net
    jump where a weight enters or leaves, and now and then fall as alpha falls. Its alpha is the first,
    coming from above, at which the goal is reached; if the goal is jumped over, the nearer side of that
    jump. So a higher df never has a higher alpha, and a row is monotone wherever the lasso's df is. Out of
    reach are 0 for a ridge (it comes within 1e-7 · rank) and, if columns are nearly dependent, the highest
    df: they have the ends of the range in `same_training_error`.
    """
    lasso = fit_grid(X, y, alphas, np.array([1.0]))
    goals = -effective_df(X, lasso)[0]
    return _follow(X, y, alphas, l1_ratios, goals, lambda pieces, alpha: -pieces.df(alpha), CLOSE)


def cross_validated(errors: Array, alphas: Array, factors: Array) -> tuple[Array, Array]:
    """Each ratio at its own best alpha times the same factor.

    errors (n_ratios, n_alphas): cross-validated error at `alphas` (n_alphas,); factors (n_factors,). The
    largest of equally good alphas is taken. α = 0 is out of the running unless there is no other, because
    every multiple of it would be the same fit. Returns (best (n_ratios,), best[:, None] · factors).
    """
    running = (alphas > 0) | ~(alphas > 0).any()
    errors, alphas = errors[:, running], alphas[running]
    tied = errors <= errors.min(axis=1, keepdims=True) * (1 + 1e-12)
    best = np.where(tied, alphas, 0.0).max(axis=1)
    return best, best[:, np.newaxis] * factors


# --- The same problem in few rows --------------------------------------------------------------


class _Problem(NamedTuple):
    """‖y − Xw − b‖² / n = ‖target − factor w‖² at the best b, in at most p + 1 rows."""

    factor: Array  # (m, p)
    target: Array  # (m,)

    @property
    def gram(self) -> Array:
        return self.factor.T @ self.factor

    @property
    def corr(self) -> Array:
        return self.target @ self.factor

    @classmethod
    def of(cls, X: Array, y: Array) -> _Problem:
        rows = compress(np.column_stack([X - X.mean(axis=0), y - y.mean()])) / np.sqrt(len(y))
        return cls(rows[:, :-1], rows[:, -1])

    def coef(self, alphas: Array, l1_ratios: Array) -> Array:
        """The fits of `fit_grid`, which centres: these rows and their negatives have mean 0."""
        mirrored = np.sqrt(len(self.target)) * np.array([1.0, -1.0])
        X = np.concatenate([sign * self.factor for sign in mirrored])
        y = np.concatenate([sign * self.target for sign in mirrored])
        return fit_grid(X, y, alphas, l1_ratios).coef


class _Pieces(NamedTuple):
    """k fits as functions of alpha, true while no weight enters, leaves or changes its sign.

    With X and y the rows of a `_Problem`, X_S the columns of the weights ≠ 0, s their signs and the thin SVD
    X_S = U diag(d) Vᵀ, the fit on S leaves  y − X w = (y − U Uᵀy) + U r  with

        r = α ((1 − ρ) Uᵀy + ρ UᵀX_S s) / (d² + α (1 − ρ)).

    l1, l2 (k, 1) are ρ and 1 − ρ > 0, signs (k, p) with 0 off S, d (k, q), fitted = Uᵀy (k, q),
    pushed = UᵀX_S s (k, q) and rest = ‖y − U Uᵀy‖² (k,).
    """

    l1: Array
    l2: Array
    signs: Array
    d: Array
    fitted: Array
    pushed: Array
    rest: Array

    @classmethod
    def of(cls, problem: _Problem, l1_ratios: Array, coef: Array) -> _Pieces:
        """l1_ratios (k,), coef (k, p): one SVD for each support that occurs."""
        factor, target = problem.factor, problem.target
        keys, first, which = np.unique(
            np.packbits(coef != 0, axis=1), axis=0, return_index=True, return_inverse=True
        )
        which = which.reshape(-1)
        U, d, _ = np.linalg.svd(factor * (coef[first] != 0)[:, np.newaxis, :], full_matrices=False)
        fitted = target @ U  # (n_supports, q)
        rest = np.maximum(target @ target - np.square(fitted).sum(axis=1), 0)
        pushed = np.empty((len(coef), d.shape[1]))
        signs = np.sign(coef)
        moved = signs @ factor.T  # (k, m)
        for support in range(len(keys)):
            chosen = which == support
            pushed[chosen] = moved[chosen] @ U[support]
        l1 = l1_ratios[:, np.newaxis]
        return cls(l1, 1 - l1, signs, d[which], fitted[which], pushed, rest[which])

    def error(self, alpha: Array) -> Array:
        """‖y − X w‖² = ‖y − U Uᵀy‖² + ‖r‖² at alpha (k,), rising: (k,)."""
        a = alpha[:, np.newaxis]
        r = a * (self.l2 * self.fitted + self.l1 * self.pushed) / (self.d**2 + a * self.l2)
        return np.asarray(self.rest + np.square(r).sum(axis=1))

    def df(self, alpha: Array) -> Array:
        """Σ d² / (d² + α (1 − ρ)) at alpha (k,), falling: (k,)."""
        square = self.d**2
        return np.asarray((square / (square + alpha[:, np.newaxis] * self.l2)).sum(axis=1))

    def hold(self, problem: _Problem, alpha: Array) -> NDArray[np.bool_]:
        """Whether each is still the fit at alpha (k,): the optimality conditions of ρ > 0 and of ρ = 0."""
        on, l1, l2 = self.signs != 0, alpha[:, np.newaxis] * self.l1, alpha[:, np.newaxis] * self.l2
        system = problem.gram * (on[:, :, np.newaxis] & on[:, np.newaxis, :])
        system += np.eye(on.shape[1]) * np.where(on, l2, 1)[:, np.newaxis, :]
        right = np.where(on, problem.corr - l1 * self.signs, 0)
        try:
            coef = np.linalg.solve(system, right[..., np.newaxis])[..., 0]
        except np.linalg.LinAlgError:  # dependent columns, all but no penalty
            return np.zeros(len(on), dtype=bool)
        same_signs = (coef * self.signs >= 0) | (self.l1 == 0)
        stays_out = np.abs(problem.corr - coef @ problem.gram) <= l1 * (1 + 1e-12)
        return np.asarray((same_signs & (on | stays_out)).all(axis=1))

    def take(self, index: Index) -> _Pieces:
        return _Pieces(*(array[index] for array in self))

    def followed_by(self, more: _Pieces) -> _Pieces:
        return _Pieces(*(np.concatenate(pair) for pair in zip(self, more, strict=True)))


Measure = Callable[[_Pieces, Array], Array]  # (k fits, alpha (k,)) -> (k,), rising in alpha


# --- Following the lasso -----------------------------------------------------------------------


def _follow(
    X: Array, y: Array, alphas: Array, l1_ratios: Array, goals: Array, measure: Measure, close: float
) -> Array:
    """The table of alphas on which `measure` has the goals (n_alphas,), for all ratios below 1."""
    out = same_alpha(alphas, l1_ratios)
    followers, positive = np.flatnonzero(l1_ratios < 1), alphas > 0
    lasso_top = alpha_max(X, y, 1.0)
    if lasso_top == 0 or not len(followers) or not positive.any():
        return out
    wanted, where = np.unique(goals[positive], return_inverse=True)  # equal goals are sought once
    search = _Search(_Problem.of(X, y), l1_ratios[followers], lasso_top, measure, close)
    out[np.ix_(followers, np.flatnonzero(positive))] = search.alphas(wanted)[:, where]
    return out


class _Search(NamedTuple):
    """For each ratio and goal, the largest alpha whose fit has a measure of at most the goal.

    A ladder of fits gives a bracket: a rung that reaches the goal, and the next above it, which does not.
    Each later trial is made where a piece at an end of the bracket has the goal, or where the two pieces
    meet. If the piece holds there the search is over, else the trial is fitted and the bracket narrower.
    """

    problem: _Problem
    l1_ratios: Array  # (n_ratios,), all < 1
    lasso_top: float
    measure: Measure
    close: float

    def alphas(self, goals: Array) -> Array:
        """goals (n_goals,), rising -> (n_ratios, n_goals)."""
        ladder = np.log(self._ladder())
        n_ratios, n_rungs = ladder.shape
        pieces = self._fit(np.arange(n_ratios).repeat(n_rungs), ladder.ravel())
        values = self.measure(pieces, np.exp(ladder.ravel()))
        short = values.reshape(n_ratios, n_rungs, 1) > goals  # (n_ratios, n_rungs, n_goals)
        last = n_rungs - 1 - np.argmin(short[:, ::-1], axis=1)  # rung that reaches the goal
        out_of_reach, beyond = short.all(axis=1), last == n_rungs - 1
        found = np.where(out_of_reach, ladder[:, :1], ladder[:, -1:])  # (n_ratios, n_goals)

        # The other goals (k,) lie in brackets (2, k), their low ends first: log(alpha) there, the number
        # of the piece, and how far its measure is from the goal.
        ratio, goal = np.nonzero(~out_of_reach & ~beyond)
        aim = goals[goal]
        piece = ratio * n_rungs + last[ratio, goal] + np.array([[0], [1]])
        at, off = ladder.ravel()[piece], values[piece] - aim
        newer = np.ones_like(goal)  # the end that was found last
        todo = np.arange(len(goal))
        for step in range(ROUNDS):
            if not len(todo):
                break
            first, second = piece[newer, np.arange(len(goal))][todo], piece[1 - newer, np.arange(len(goal))][todo]
            trial = at[:, todo].mean(axis=0)
            if step % 4 < 3:
                trial = self._trial(pieces.take(first), pieces.take(second), at[:, todo], newer[todo], aim[todo], trial)
            alpha = np.exp(trial)
            keep, swap = (pieces.take(number).hold(self.problem, alpha) for number in (first, second))
            number = np.where(keep, first, second)
            fresh = np.flatnonzero(~keep & ~swap)
            number[fresh] = len(pieces.rest) + np.arange(len(fresh))
            if len(fresh):
                pieces = pieces.followed_by(self._fit(ratio[todo[fresh]], trial[fresh]))
            gap = self.measure(pieces.take(number), alpha) - aim[todo]
            side = np.where(gap <= 0, 0, 1)
            at[side, todo], piece[side, todo], off[side, todo], newer[todo] = trial, number, gap, side
            todo = todo[(np.abs(gap) > self.close) & (np.ptp(at[:, todo], axis=0) > JUMP)]
        nearer = np.argmin(np.abs(off), axis=0)
        found[ratio, goal] = at[nearer, np.arange(len(goal))]
        return np.asarray(np.exp(np.maximum.accumulate(found, axis=1)))

    def _trial(
        self, newer: _Pieces, older: _Pieces, at: Array, side: Index, aim: Array, otherwise: Array
    ) -> Array:
        """log(alpha) where a piece has the goal, the newer one's first; else just beyond where they meet."""
        low, high = at
        meet = _root(lambda alpha: newer.error(alpha) - older.error(alpha), low, high)
        beyond = meet + 0.4 * JUMP * np.where(side == 0, 1, -1)
        trial = np.where(np.isnan(meet), otherwise, np.clip(beyond, low + 0.1 * JUMP, high - 0.1 * JUMP))
        for pieces in (older, newer):
            root = _root(lambda alpha, pieces=pieces: self.measure(pieces, alpha) - aim, low, high)
            trial = np.where(np.isnan(root), trial, root)
        return trial

    def _ladder(self) -> Array:
        """Alphas of each ratio from least squares to empty: (n_ratios, 1 + RUNGS)."""
        l1 = self.l1_ratios
        largest = np.linalg.norm(self.problem.factor, 2) ** 2
        top = REACH * largest / (1 - l1)
        top = np.minimum(top, np.divide(self.lasso_top, l1, out=np.full_like(top, np.inf), where=l1 > 0))
        top *= 1 + 1e-9
        low = np.minimum(LOWEST_RUNG * self.lasso_top, 1e-3 * top)
        floor = np.minimum(FLOOR * self.lasso_top, 1e-3 * low)
        return np.concatenate([floor[:, np.newaxis], np.geomspace(low, top, RUNGS, axis=1)], axis=1)

    def _fit(self, ratio: Index, log_alpha: Array) -> _Pieces:
        """The fits of ratio number `ratio` (k,), rising, at alpha (k,)."""
        rows, start, which, counts = np.unique(
            ratio, return_index=True, return_inverse=True, return_counts=True
        )
        place = np.arange(len(ratio)) - start[which]
        alpha = np.exp(log_alpha)
        table = np.tile(alpha[start][:, np.newaxis], counts.max())
        table[which, place] = alpha
        coef = self.problem.coef(table, self.l1_ratios[rows])[which, place]
        return _Pieces.of(self.problem, self.l1_ratios[ratio], coef)


def _root(gap: Callable[[Array], Array], low: Array, high: Array) -> Array:
    """log(alpha) between low and high where the gap at alpha changes its sign, else NaN; all (k,)."""
    start = gap(np.exp(low)) <= 0
    crossed = start != (gap(np.exp(high)) <= 0)
    for _ in range(45):
        middle = 0.5 * (low + high)
        before = (gap(np.exp(middle)) <= 0) == start
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    return np.where(crossed, 0.5 * (low + high), np.nan)
