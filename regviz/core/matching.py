"""When are L1 and L2 regularized equally much? Four answers, each a table of alphas, one row for each L1 ratio.

The number λ means different things to the penalties: at the same λ one may hardly act while the other has removed
everything. Each rule gives (n_ratios, n_alphas) alphas such that the fits in one column may be compared fairly.
Where another ratio follows, the lasso (the last row, l1_ratio = 1) leads with the alphas that it is given.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from regviz.core import Array
from regviz.core.linear import LinearGrid, alpha_max, effective_df, fit_grid

Measure = Callable[[LinearGrid], Array]  # (n_ratios, n_alphas) of a grid; monotone in alpha

REACH = 1e6  # no alpha above this multiple of alpha_max: a ridge fit is then within 1e-6 of zero weights


def same_alpha(alphas: Array, l1_ratios: Array) -> Array:
    """Every ratio has the given alphas (n_alphas,): (n_ratios, n_alphas)."""
    return np.tile(alphas, (len(l1_ratios), 1))


def same_training_error(X: Array, y: Array, alphas: Array, l1_ratios: Array) -> Array:
    """Alphas at which each ratio has the training error Σ(y − ŷ)²/n that the lasso has at `alphas`.

    The error rises steadily with alpha for each ratio, so bracketing and bisection find the alpha. It agrees to 1e-6
    of the error of the empty model, except beyond REACH · alpha_max, where every fit is as good as empty.
    """
    Z, z = X - X.mean(axis=0), y - y.mean()

    def training_error(grid: LinearGrid) -> Array:
        return np.asarray(((z - grid.coef @ Z.T) ** 2).mean(axis=-1))

    return _follow_lasso(X, y, alphas, l1_ratios, training_error, rising=True, rounds=7)


def same_df(X: Array, y: Array, alphas: Array, l1_ratios: Array) -> Array:
    """Alphas at which each ratio has the effective degrees of freedom that the lasso has at `alphas`.

    The lasso's are whole numbers (its non-zero weights), so the others move in steps as well. In the elastic net
    they jump where a weight enters; the alpha is then that of the jump.
    """

    def df(grid: LinearGrid) -> Array:
        return effective_df(X, grid)

    return _follow_lasso(X, y, alphas, l1_ratios, df, rising=False, rounds=14)


def cross_validated(
    errors: Array, alphas: Array, factors: Array
) -> tuple[Array, Array]:
    """Each ratio at its own best alpha times the same factor.

    errors (n_ratios, n_alphas): cross-validated error at `alphas` (n_alphas,); the largest of equally good alphas
    is taken. Returns (best (n_ratios,), best[:, None] · factors).
    """
    tied = errors <= errors.min(axis=1, keepdims=True) * (1 + 1e-12)
    best = np.where(tied, alphas, -np.inf).max(axis=1)
    return best, best[:, np.newaxis] * factors


def _follow_lasso(
    X: Array,
    y: Array,
    alphas: Array,
    l1_ratios: Array,
    measure: Measure,
    rising: bool,
    rounds: int,
) -> Array:
    """Rows of alphas on which `measure` equals its value on the lasso at `alphas`."""
    target = measure(fit_grid(X, y, alphas, np.array([1.0])))[0]  # (n_alphas,)
    top = alpha_max(X, y, 1.0)
    out = same_alpha(alphas, l1_ratios)
    followers = np.flatnonzero(l1_ratios < 1)
    if not len(followers) or top == 0:
        return out
    sign = 1.0 if rising else -1.0
    goals, where = np.unique(target, return_inverse=True)  # equal goals are sought once
    ladder = np.concatenate([np.geomspace(1e-14, 30, 160), np.geomspace(40, REACH, 16)]) * top
    seen = sign * measure(fit_grid(X, y, ladder, l1_ratios[followers]))  # (n_followers, n_ladder)
    # The last rung at which the goal is not yet passed, and the one above it.
    below = np.array([[np.sum(row < sign * goal) for goal in goals] for row in np.maximum.accumulate(seen, 1)])
    above = np.clip(below, 1, len(ladder) - 1)
    low, high = np.log(ladder[above - 1]), np.log(ladder[above])
    inside = (below > 0) & (below < len(ladder))
    take = np.take_along_axis
    g_low = take(seen, above - 1, 1) - sign * goals
    g_high = take(seen, above, 1) - sign * goals
    for step in range(rounds):
        # Interpolation, kept away from the ends; every third step halves, so jumps are closed in on too.
        share = np.clip(-g_low / np.where(g_high > g_low, g_high - g_low, np.inf), 0.02, 0.98)
        middle = low + (high - low) * (share if step % 3 < 2 and rising else 0.5)
        g = sign * measure(fit_grid(X, y, np.exp(middle), l1_ratios[followers])) - sign * goals
        under = g < 0
        low, g_low = np.where(under, middle, low), np.where(under, g, g_low)
        high, g_high = np.where(under, high, middle), np.where(under, g_high, g)
    nearer_low = np.abs(g_low) < np.abs(g_high)
    found = np.exp(np.where(nearer_low, low, high))
    found = np.where(inside, found, np.where(below == 0, ladder[0], ladder[-1]))
    out[followers] = np.where(alphas == 0, 0.0, found[:, where])
    return out
