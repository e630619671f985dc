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
from numpy.typing import ArrayLike, NDArray

from regviz.core import Array
from regviz.core.checks import NOT_NEGATIVE, RATIO, numbers
from regviz.core.linear.grid import alpha_max, effective_df, fit_grid
from regviz.core.linear.problem import check_data
from regviz.core.linear.selection import compress, mean_squared_error

Index = NDArray[np.intp]

# The range of a follower: from least squares to a fit that is empty to 1 part in REACH.
FLOOR, REACH = 5e-15, 1e8
# The first look: so many fits of each ratio, down to this share of alpha_max.
RUNGS, LOWEST_RUNG = 100, 1e-10
# Then at most so many rounds. Close enough: this share of the empty model's error, or degrees of
# freedom. A bracket of log(alpha) this narrow that is not close is a jump.
ROUNDS, CLOSE, JUMP = 60, 1e-9, 1e-6
# A fit is first sought among the neighbours of a known one: exchanges of columns, halvings for a root.
EXCHANGES, HALVINGS = 6, 45


def same_alpha(alphas: ArrayLike, l1_ratios: ArrayLike) -> Array:
    """Every ratio has the given alphas (n_alphas,): (n_ratios, n_alphas)."""
    alphas, l1_ratios = _strengths(alphas, l1_ratios)
    return np.tile(alphas, (len(l1_ratios), 1))


def same_training_error(X: ArrayLike, y: ArrayLike, alphas: ArrayLike, l1_ratios: ArrayLike) -> Array:
    """Alphas at which each ratio has the training error Σ (y − ŷ)² / n that the lasso has at `alphas`.

    X (n, p), y (n,), alphas (n_alphas,), l1_ratios (n_ratios,) -> (n_ratios, n_alphas), finite and >= 0;
    in every row alpha rises with the lasso's alpha. The errors agree to 1e-6 of the empty model's error
    Σ (y − ȳ)² / n wherever that can be reached. It cannot where the lasso fits better than the ratio at
    the least penalty that `fit_grid` does not take for none: the alpha is then below that, and the fit least
    squares. An empty lasso gives the least alpha at which the ratio is empty, or for a ridge
    within 2e-8 of it. α = 0 stays 0. If y is constant, every ratio has the alphas of the lasso.
    ValueError, naming the field, for wrong shapes or values out of range.
    """
    X, y, alphas, l1_ratios = _checked(X, y, alphas, l1_ratios)
    lasso = fit_grid(X, y, alphas, np.array([1.0]))
    empty = float(np.var(y))
    # A hair more, so that rounding does not put the empty lasso's error out of reach.
    goals = mean_squared_error(lasso, X, y)[0] + 1e-12 * empty
    return _follow(X, y, alphas, l1_ratios, goals, _Pieces.error, CLOSE * empty)


def same_df(X: ArrayLike, y: ArrayLike, alphas: ArrayLike, l1_ratios: ArrayLike) -> Array:
    """Alphas at which each ratio has the effective degrees of freedom that the lasso has at `alphas`.

    Shapes, and α = 0 and constant y, as in `same_training_error`; `effective_df` says what is counted. The
    lasso's df are whole numbers, its non-zero weights. A ridge has them to 1e-6. Those of an elastic net jump
    where a weight enters or leaves, and now and then fall as alpha falls. Its alpha is the first, coming from
    above, at which the goal is reached (an excess that lies wholly between two of RUNGS fits is not seen); if the
    goal is jumped over, the nearer side of that jump. So a higher df never has a higher alpha, and a row is
    monotone wherever the lasso's df is. Out of reach are 0 for a ridge (it comes within 1e-8 · rank) and, if
    columns are nearly dependent, the highest df: there the alphas are the ends of the range.
    """
    X, y, alphas, l1_ratios = _checked(X, y, alphas, l1_ratios)
    lasso = fit_grid(X, y, alphas, np.array([1.0]))
    # A hair less, so that the rank of X, which a ridge has at α = 0 only, belongs to a definite alpha.
    goals = 5e-7 - effective_df(X, lasso)[0]
    return _follow(X, y, alphas, l1_ratios, goals, lambda pieces, alpha: -pieces.df(alpha), CLOSE)


def cross_validated(errors: ArrayLike, alphas: ArrayLike, factors: ArrayLike) -> tuple[Array, Array]:
    """Each ratio at its own best alpha times the same factor.

    errors (n_ratios, n_alphas): cross-validated error at `alphas` (n_alphas,); factors (n_factors,). The
    largest of equally good alphas is taken. α = 0 is out of the running unless there is no other, because
    every multiple of it would be the same fit. Returns (best (n_ratios,), best[:, None] · factors).
    """
    alphas = numbers("alphas", alphas, NOT_NEGATIVE, ("n_alphas",))
    errors = numbers("errors", errors, NOT_NEGATIVE, ("n_ratios", len(alphas)))
    factors = numbers("factors", factors, NOT_NEGATIVE, ("n_factors",))
    running = (alphas > 0) | ~(alphas > 0).any()
    errors, alphas = errors[:, running], alphas[running]
    tied = errors <= errors.min(axis=1, keepdims=True) * (1 + 1e-12)
    best = np.where(tied, alphas, 0.0).max(axis=1)
    return best, best[:, np.newaxis] * factors


def _strengths(alphas: ArrayLike, l1_ratios: ArrayLike) -> tuple[Array, Array]:
    return (
        numbers("alphas", alphas, NOT_NEGATIVE, ("n_alphas",)),
        numbers("l1_ratios", l1_ratios, RATIO, ("n_ratios",)),
    )


def _checked(X: ArrayLike, y: ArrayLike, alphas: ArrayLike, l1_ratios: ArrayLike) -> tuple[Array, Array, Array, Array]:
    return (*check_data(X, y), *_strengths(alphas, l1_ratios))


# --- The same problem in few rows --------------------------------------------------------------


class _Problem(NamedTuple):
    """‖y − Xw − b‖² / n = ‖target − factor w‖² at the best b, in at most p + 1 rows."""

    factor: Array  # (m, p)
    target: Array  # (m,)
    gram: Array  # (p, p)
    corr: Array  # (p,)
    rounding: Array  # (p,) below which a correlation is zero

    @classmethod
    def of(cls, X: Array, y: Array) -> _Problem:
        rows = compress(np.column_stack([X - X.mean(axis=0), y - y.mean()])) / np.sqrt(len(y))
        size = np.linalg.norm(rows, axis=0)
        factor, target = rows[:, :-1], rows[:, -1]
        return cls(factor, target, factor.T @ factor, target @ factor, 1e-13 * size[:-1] * size[-1])

    def fit(self, alphas: Array, l1_ratios: Array) -> Array:
        """Signs (n_ratios, n_alphas, p) of the fits of `fit_grid`; it centres, so the rows stand mirrored."""
        rows = np.column_stack([self.factor, self.target]) * np.sqrt(len(self.target))
        rows = np.concatenate([rows, -rows])
        return np.asarray(np.sign(fit_grid(rows[:, :-1], rows[:, -1], alphas, l1_ratios).coef))

    def settle(self, signs: Array, l1: Array, l2: Array) -> tuple[Array, NDArray[np.bool_]]:
        """From the signs of a fit nearby to those of the fit with α ρ = l1 and α (1 − ρ) = l2, both (k, 1).

        Solves on the support and exchanges the columns that violate the optimality conditions, a few times. Returns
        the signs (k, p) and whether the conditions hold (k,); where l1 = 0 any sign will do.
        """
        signs, settled = signs.copy(), np.zeros(len(signs), dtype=bool)
        todo = np.arange(len(signs))
        for _ in range(EXCHANGES):
            on = signs[todo] != 0
            system = self.gram * (on[:, :, np.newaxis] & on[:, np.newaxis, :])
            np.einsum("kii->ki", system)[...] += np.where(on, l2[todo], 1)
            right = np.where(on, self.corr - l1[todo] * signs[todo], 0)
            try:
                coef = np.linalg.solve(system, right[..., np.newaxis])[..., 0]
            except np.linalg.LinAlgError:  # dependent columns and all but no penalty
                break
            slope = self.corr - coef @ self.gram
            leaves = (coef * signs[todo] < 0) & (l1[todo] > 0)
            joins = ~on & (np.abs(slope) > l1[todo] + self.rounding)
            wrong = (leaves | joins).any(axis=1)
            settled[todo[~wrong]] = True
            signs[todo] = np.where(leaves, 0, np.where(joins, np.sign(slope), signs[todo]))
            todo = todo[wrong]
            if not len(todo):
                break
        return signs, settled


class _Pieces(NamedTuple):
    """k fits as functions of alpha, true while no weight enters, leaves or changes its sign.

    With X and y the rows of a `_Problem`, X_S the columns of the weights ≠ 0, s their signs and the thin SVD
    X_S = U diag(d) Vᵀ, the fit on S leaves  y − X w = (y − U Uᵀy) + U r  with

        r = α ((1 − ρ) Uᵀy + ρ UᵀX_S s) / (d² + α (1 − ρ)).
    """

    l1: Array  # (k, 1)  ρ
    l2: Array  # (k, 1)  1 − ρ > 0
    signs: Array  # (k, p)  0 off S
    d: Array  # (k, q)
    fitted: Array  # (k, q)  Uᵀy
    pushed: Array  # (k, q)  UᵀX_S s
    rest: Array  # (k,)  ‖y − U Uᵀy‖²

    @classmethod
    def of(cls, problem: _Problem, l1_ratios: Array, signs: Array) -> _Pieces:
        """l1_ratios (k,), signs (k, p): one SVD for each support that occurs."""
        factor, target = problem.factor, problem.target
        _, first, which = np.unique(np.packbits(signs != 0, axis=1), axis=0, return_index=True, return_inverse=True)
        U, d, _ = np.linalg.svd(factor * (signs[first] != 0)[:, np.newaxis, :], full_matrices=False)
        fitted = target @ U  # (n_supports, q)
        rest = np.maximum(target @ target - np.square(fitted).sum(axis=1), 0)
        push = signs @ factor.T  # (k, m)
        pushed = np.empty((len(signs), d.shape[1]))
        for support in range(len(first)):
            # Where d is rounding error so is this, but divided by α (1 − ρ) it would count.
            pushed[which == support] = push[which == support] @ (U[support] * (d[support] > 1e-14 * d[support, 0]))
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

    def take(self, index: Index) -> _Pieces:
        return _Pieces(*(array[index] for array in self))

    def followed_by(self, more: _Pieces) -> _Pieces:
        return _Pieces(*(np.concatenate(pair) for pair in zip(self, more, strict=True)))


Measure = Callable[[_Pieces, Array], Array]  # (k fits, alpha (k,)) -> (k,), rising in alpha on each


# --- Following the lasso -----------------------------------------------------------------------


def _follow(X: Array, y: Array, alphas: Array, l1_ratios: Array, goals: Array, measure: Measure, close: float) -> Array:
    """The table of alphas on which `measure` has the goals (n_alphas,), for all ratios below 1."""
    out = same_alpha(alphas, l1_ratios)
    followers, positive = np.flatnonzero(l1_ratios < 1), np.flatnonzero(alphas > 0)
    lasso_top = alpha_max(X, y, 1.0)
    if lasso_top == 0 or not len(followers) or not len(positive):
        return out
    wanted, where = np.unique(goals[positive], return_inverse=True)  # equal goals are sought once
    search = _Search(_Problem.of(X, y), l1_ratios[followers], lasso_top, measure, close)
    out[np.ix_(followers, positive)] = search.alphas(wanted)[:, where]
    return out


class _Search(NamedTuple):
    """For each ratio and goal, the largest alpha whose fit has a measure of at most the goal.

    A ladder of fits gives a bracket: a rung that reaches the goal, and the next above it, which does not.
    Each trial is made where the piece at an end of the bracket has the goal, or where the pieces of the two
    ends meet. If that piece holds at the trial the search is over, else the bracket is narrower.
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
        ratio = np.arange(n_ratios).repeat(n_rungs)
        pieces = _Pieces.of(self.problem, self.l1_ratios[ratio], self._fit(ratio, np.exp(ladder.ravel())))
        values = self.measure(pieces, np.exp(ladder.ravel()))
        short = values.reshape(n_ratios, n_rungs, 1) > goals  # (n_ratios, n_rungs, n_goals)
        last = n_rungs - 1 - np.argmin(short[:, ::-1], axis=1)  # the rung that reaches the goal
        out_of_reach, at_top = short.all(axis=1), last == n_rungs - 1
        found = np.where(out_of_reach, ladder[:, :1], ladder[:, -1:])  # (n_ratios, n_goals)

        ratio, goal = np.nonzero(~out_of_reach & ~at_top)
        low = ratio * n_rungs + last[ratio, goal]
        number = np.stack([low, low + 1])
        found[ratio, goal] = self._close_in(ratio, goals[goal], number, ladder.ravel()[number], pieces)
        return np.asarray(np.exp(np.maximum.accumulate(found, axis=1)))

    def _close_in(self, ratio: Index, goal: Array, number: Index, at: Array, pieces: _Pieces) -> Array:
        """log(alpha) of k goals.

        ratio (k,), goal (k,); number, of the pieces, and at, log(alpha), are (2, k): at the bracket's ends, the
        low one first.
        """
        ends = zip(number, np.exp(at), strict=True)
        off = np.stack([self.measure(pieces.take(i), alpha) - goal for i, alpha in ends])
        newer = np.ones_like(ratio)  # the end that was found last
        todo = np.arange(len(ratio))
        for step in range(ROUNDS):
            if not len(todo):
                break
            log_alpha = at[:, todo].mean(axis=0)
            if step % 4 < 3:
                low, high = (pieces.take(i) for i in number[:, todo])
                log_alpha = self._trial(low, high, newer[todo], at[:, todo], goal[todo])
            alpha = np.exp(log_alpha)
            fit, pieces = self._hold(pieces, number[newer[todo], todo], ratio[todo], alpha)
            gap = self.measure(pieces.take(fit), alpha) - goal[todo]
            end = np.where(gap <= 0, 0, 1)
            at[end, todo], number[end, todo], off[end, todo], newer[todo] = log_alpha, fit, gap, end
            todo = todo[(np.abs(gap) > self.close) & (at[1, todo] - at[0, todo] > JUMP)]
        return np.asarray(np.where(np.abs(off[0]) <= np.abs(off[1]), *at))

    def _trial(self, low: _Pieces, high: _Pieces, newer: Index, at: Array, goal: Array) -> Array:
        """log(alpha) at which a piece has the goal, the newer one if it can.

        Else just beyond the point where the two pieces meet, because the measure may jump there; or halfway.
        """
        from_low = _root(lambda alpha: self.measure(low, alpha) - goal, *at)
        from_high = _root(lambda alpha: self.measure(high, alpha) - goal, *at)
        newest, other = np.where(newer == 0, (from_low, from_high), (from_high, from_low))
        meet = _root(lambda alpha: low.error(alpha) - high.error(alpha), *at)
        meet = np.clip(meet + np.where(newer == 0, 0.4, -0.4) * JUMP, at[0] + 0.1 * JUMP, at[1] - 0.1 * JUMP)
        choices = [newest, other, meet]
        return np.select([~np.isnan(choice) for choice in choices], choices, at.mean(axis=0))

    def _hold(self, pieces: _Pieces, number: Index, ratio: Index, alpha: Array) -> tuple[Index, _Pieces]:
        """Numbers (k,) of the pieces that hold for a ratio at alpha; new ones are added to the pieces.

        number, ratio, alpha (k,): the piece number `number` is the first guess.
        """
        rho, before = self.l1_ratios[ratio], pieces.signs[number]
        l1, l2 = alpha * rho, alpha * (1 - rho)
        signs, settled = self.problem.settle(before, l1[:, np.newaxis], l2[:, np.newaxis])
        if not settled.all():
            signs[~settled] = self._fit(ratio[~settled], alpha[~settled])
        new = np.flatnonzero((signs != before).any(axis=1))
        if not len(new):
            return number, pieces
        number = number.copy()
        number[new] = len(pieces.rest) + np.arange(len(new))
        return number, pieces.followed_by(_Pieces.of(self.problem, rho[new], signs[new]))

    def _ladder(self) -> Array:
        """Alphas of each ratio from least squares to empty: (n_ratios, 1 + RUNGS), rising."""
        l1 = self.l1_ratios
        empty = np.divide(self.lasso_top, l1, out=np.full_like(l1, np.inf), where=l1 > 0)
        steepest = float(np.linalg.norm(self.problem.gram, 2))
        top = np.minimum(empty, REACH * steepest / (1 - l1)) * (1 + 1e-9)
        # Least squares is where neither part acts: the L1 part beside the slopes, in the units of y, the squares beside
        # the Gram matrix, which has none.
        least = min(self.lasso_top, steepest)
        low = np.minimum(LOWEST_RUNG * least, 1e-3 * top)
        floor = np.minimum(FLOOR * least, 1e-3 * low)
        return np.concatenate([floor[:, np.newaxis], np.geomspace(low, top, RUNGS, axis=1)], axis=1)

    def _fit(self, ratio: Index, alpha: Array) -> Array:
        """Signs (k, p) of the fits of ratio number `ratio` (k,), rising, at alpha (k,): one grid."""
        rows, start, which, counts = np.unique(ratio, return_index=True, return_inverse=True, return_counts=True)
        place = np.arange(len(ratio)) - start[which]
        table = np.tile(alpha[start][:, np.newaxis], counts.max())
        table[which, place] = alpha
        return np.asarray(self.problem.fit(table, self.l1_ratios[rows])[which, place])


def _root(gap: Callable[[Array], Array], low: Array, high: Array) -> Array:
    """log(alpha) between low and high where the gap at alpha changes its sign, else NaN; all (k,)."""
    start = gap(np.exp(low)) <= 0
    crossed = start != (gap(np.exp(high)) <= 0)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        before = (gap(np.exp(middle)) <= 0) == start
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    return np.where(crossed, 0.5 * (low + high), np.nan)
