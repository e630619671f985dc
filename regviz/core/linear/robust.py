"""What does one outlier do to the fit, under the squared loss, Huber's and the absolute, with the same penalties?

A penalty bounds the weights; only a loss bounds what one observation may ask of them. Huber's loss is the square up
to δ and a straight line beyond: δ = ∞ is the squared loss, δ → 0 the absolute one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regviz.core import Array
from regviz.core.checks import NOT_NEGATIVE, POSITIVE_OR_INF, RATIO, SQUARABLE, check_spread, number, numbers, rms
from regviz.core.linear.grid import one_blas_thread
from regviz.core.penalties import ElasticNet

Mask = NDArray[np.bool_]
Index = NDArray[np.intp]

EPS = float(np.finfo(float).eps)
# A fit is settled at this certificate. Newton steps before the interior point takes over, and steps of that.
SETTLED, NEWTON, INTERIOR = 1e-12, 12, 60
# Added to the diagonal, so that systems with too few rows inside ±δ can be solved. It bends a step, not its end: each
# step starts from the gradient where it is.
TRACE = 1e-12
# Mehrotra's step can go round in circles: once it leaves more than SLOW of the gap, each further step aims at CENTRE of
# it, without his correction.
SLOW, CENTRE = 0.9, 0.2
# The absolute loss is Huber's with this δ, as a share of the spread of the targets.
SHARP = 1e-6
# In standard units α is at most STRONGEST, and 0 below UNSEEN; δ is at least SHARPEST.
STRONGEST, UNSEEN, SHARPEST = 1e120, 1e-80, 1e-50


class HuberFits(NamedTuple):
    """Fits for every target, L1 ratio and strength.

    coef       (n_targets, n_ratios, n_alphas, n_features)  on the scale of X and Y
    intercept  (n_targets, n_ratios, n_alphas)
    kkt        (n_targets, n_ratios, n_alphas)  the certificate; see `huber_kkt`
    """

    coef: Array
    intercept: Array
    kkt: Array


def huber_loss(residual: ArrayLike, delta: float) -> Array:
    """h(r) = r²/2 where |r| <= δ, δ|r| − δ²/2 beyond: any shape. Source: Huber (1964)."""
    size = np.abs(numbers("residual", residual, SQUARABLE))
    inside = np.minimum(size, number("delta", delta, POSITIVE_OR_INF))
    return np.asarray(inside * (size - inside / 2))


def huber_slope(residual: ArrayLike, delta: float) -> Array:
    """h'(r): r held within ±δ. This is all that one observation can ask of a fit; any shape."""
    delta = number("delta", delta, POSITIVE_OR_INF)
    return np.asarray(np.clip(numbers("residual", residual), -delta, delta))


def fit_huber(X: ArrayLike, Y: ArrayLike, alphas: ArrayLike, l1_ratios: ArrayLike, delta: float) -> HuberFits:
    """Minimise 1/n Σᵢ h(yᵢ − xᵢᵀw − b) + α (ρ‖w‖₁ + (1 − ρ)/2 ‖w‖₂²) for every target, ρ and α.

    with h(r) = r²/2 where |r| <= δ and δ|r| − δ²/2 beyond. δ = inf gives `fit_grid`.

    X          (n, p)  used as it is, shared by all targets; the intercept is not penalised
    Y          (n_targets, n)  the same data with an outlier at several heights, for instance
    alphas     (n_alphas,)  >= 0, in any order
    l1_ratios  (n_ratios,)  ρ in [0, 1]
    delta      δ > 0, in the units of Y; inf allowed

    Every fit is computed by Newton steps on the known pieces (rows inside ±δ, weights that are not zero), all
    targets and ratios at once, α from large to small; what this does not settle, all at once by a primal-dual
    interior point method, which has no pieces to guess. What to expect of `kkt`: 1e-11, or if that is more, because a
    slope is only as exact as a residual is, 4e-15 (max|y| + Σ|w_j| max|x_j|) / δ. Where the solution is not unique
    (α = 0 with dependent columns, say) one of the solutions is returned. The work is bounded: a fit that is not settled
    within it is returned as it is, and its kkt says so.

    Units do not matter: c y with c δ and c times the L1 part of α gives c w. ValueError, naming the field, for NaN or
    inf, wrong shapes, values out of range, or columns or targets whose spread is not 0 and not 1e-120 to 1e120.

    Sources: Huber (1964), Robust estimation of a location parameter; Madsen & Nielsen (1990), Finite algorithms for
    robust linear regression, for the Newton steps; Mehrotra (1992), On the implementation of a primal-dual interior
    point method, for the other.
    """
    X, Y, alphas, l1_ratios, delta = _check(X, Y, alphas, l1_ratios, delta)
    shape = (len(Y), len(l1_ratios), len(alphas))
    with one_blas_thread():
        batch = _Batch.of(X, Y, delta)
        batch.check_strengths(alphas, l1_ratios)
        beta, target = _solve(batch, alphas, l1_ratios)
    coef, intercept = batch.undo(beta, target)
    coef = np.moveaxis(coef, 0, 1).reshape(shape[0], shape[1], shape[2], -1)
    intercept = intercept.T.reshape(shape)
    return HuberFits(coef, intercept, huber_kkt(X, Y, alphas, l1_ratios, delta, coef, intercept))


def fit_absolute(X: ArrayLike, Y: ArrayLike, alphas: ArrayLike, l1_ratios: ArrayLike) -> HuberFits:
    """Minimise 1/n Σᵢ |yᵢ − xᵢᵀw − b| + α (ρ‖w‖₁ + (1 − ρ)/2 ‖w‖₂²): least absolute deviations.

    Shapes and errors as in `fit_huber`. Solved as Huber's loss with δ = `absolute_delta`(Y), a millionth of the
    spread of Y: h(r)/δ differs from |r| by at most δ/2, so the objective is within that of the least one, and where
    the solution is unique the weights are off by about 1e-6 times the condition of the rows that it passes through.

    This α is not the squared loss's: there the slope of the loss is a residual, here it is ±1. Every weight is zero
    from huber_alpha_max(X, Y, δ) / δ on. The certificate is relative, so it means the same.

    Sources: Koenker & Bassett (1978), Regression quantiles, for the loss; Clark & Osborne (1986), Finite algorithms for
    Huber's M-estimator, for δ → 0.
    """
    X, Y, alphas, l1_ratios, _ = _check(X, Y, alphas, l1_ratios, np.inf)
    delta = absolute_delta(Y)
    return fit_huber(X, Y, delta * alphas, l1_ratios, delta)


def absolute_delta(Y: ArrayLike) -> float:
    """The δ of `fit_absolute`: a millionth of the least median |y − median| of the targets Y (n_targets, n).

    A target whose median is 0 counts with its mean |y − median|, one that is constant not at all.
    """
    Y = numbers("Y", Y, SQUARABLE, ("n_targets", "n"))
    distance = np.abs(Y - np.median(Y, axis=-1, keepdims=True))
    median, mean = np.median(distance, axis=-1), distance.mean(axis=-1)
    spread = np.where(median > 0, median, mean)
    return SHARP * float(spread[spread > 0].min() if (spread > 0).any() else 1.0)


def huber_location(Y: ArrayLike, delta: float) -> Array:
    """argmin_b Σᵢ h(yᵢ − b), the intercept without any weight: (..., n) -> (...). The mean for δ = inf.

    Exact: Σ h'(yᵢ − b) falls in b, linearly between the 2n points yᵢ ± δ. The middle, where a whole range is best.
    """
    Y, delta = numbers("Y", Y, SQUARABLE, ("...", "n")), number("delta", delta, POSITIVE_OR_INF)
    if delta >= np.ptp(Y, axis=-1).max(initial=0):
        return np.asarray(Y.mean(axis=-1))
    knots = np.sort(np.concatenate([Y - delta, Y + delta], axis=-1), axis=-1)  # (..., 2n)
    slope = huber_slope(Y[..., None, :] - knots[..., :, None], delta).sum(axis=-1)
    # The first crossing of zero from either end, each by interpolation.
    rounding = np.minimum(4 * EPS * Y.shape[-1] * np.abs(Y).max(axis=-1, keepdims=True), delta / 10)
    ends = []
    for x, f in ((knots, slope), (-knots[..., ::-1], -slope[..., ::-1])):
        after = np.clip((f > rounding).sum(axis=-1, keepdims=True), 1, f.shape[-1] - 1)
        x0, x1 = np.take_along_axis(x, after - 1, -1), np.take_along_axis(x, after, -1)
        f0, f1 = np.take_along_axis(f, after - 1, -1), np.take_along_axis(f, after, -1)
        share = np.divide(f0, f0 - f1, out=np.zeros_like(f0), where=f0 > f1)
        ends.append((x0 + np.clip(share, 0, 1) * (x1 - x0))[..., 0])
    return np.asarray((ends[0] - ends[1]) / 2)


def huber_alpha_max(X: ArrayLike, Y: ArrayLike, delta: float) -> Array:
    """The least α at which the L1 penalty leaves no weight: (n_targets,).

    max_j |x_jᵀ h'(y − b₀)| / n with b₀ = `huber_location`, x_j centred. Shapes and errors as in `fit_huber`.
    """
    X, Y, _, _, delta = _check(X, Y, [0.0], [1.0], delta)
    slope = huber_slope(Y - huber_location(Y, delta)[:, None], delta) @ (X - X.mean(axis=0)) / len(X)
    return np.asarray(np.abs(slope).max(axis=1))


def huber_kkt(
    X: ArrayLike,
    Y: ArrayLike,
    alphas: ArrayLike,
    l1_ratios: ArrayLike,
    delta: float,
    coef: ArrayLike,
    intercept: ArrayLike,
) -> Array:
    """The largest violation of the optimality conditions, from the data and the fits alone: like `intercept`.

    With ψ = h'(y − Xw − b), relative to what there is at w = 0 and its best b (ψ₀):

        max_j dist(x_jᵀψ/n, α ∂penalty_j(w)) / max_j |x_jᵀψ₀/n|   and   |Σψ/n| / rms(ψ₀)

    x_j centred. Where max_j |x_jᵀψ₀/n| is rounding error, max_j rms(x_j) rms(ψ₀) takes its place; all 0: 0 / 1.
    """
    X, Y, alphas, l1_ratios, delta = _check(X, Y, alphas, l1_ratios, delta)
    shape = (len(Y), len(l1_ratios), len(alphas))
    coef, intercept = numbers("coef", coef, shape=(*shape, X.shape[1])), numbers("intercept", intercept, shape=shape)
    x = X - X.mean(axis=0)
    n = len(X)
    residual = Y[:, None, None, :] - (coef @ x.T + (intercept + coef @ X.mean(axis=0))[..., None])
    slope = huber_slope(residual, delta)
    violation = np.stack(
        [
            ElasticNet(float(rho)).violation(coef[:, i], slope[:, i] @ x / n, alphas[:, None]).max(axis=-1)
            for i, rho in enumerate(l1_ratios)
        ],
        axis=1,
    )
    empty = huber_slope(Y - huber_location(Y, delta)[:, None], delta)
    size = rms(empty, axis=1)
    largest, bound = np.abs(empty @ x / n).max(axis=1), rms(x, axis=0).max() * size
    scale = np.where(largest > 1e-14 * bound, largest, bound)
    level = np.abs(slope.mean(axis=-1))
    return np.asarray(
        np.maximum(
            violation / np.where(scale > 0, scale, 1)[:, None, None], level / np.where(size > 0, size, 1)[:, None, None]
        )
    )


# --- Solving: columns of root mean square 1, every target with its location at 0 and mean |y| 1 ----


def _solve(batch: _Batch, alphas: Array, l1_ratios: Array) -> tuple[Array, Index]:
    """β (n_alphas, n_targets · n_ratios, q), and the target of each column (n_targets · n_ratios,)."""
    order = np.argsort(-alphas, kind="stable")
    target = np.repeat(np.arange(len(batch.targets)), len(l1_ratios))  # (n_targets · n_ratios,)
    rho = np.tile(l1_ratios, len(batch.targets))
    beta = np.empty((len(alphas), len(target), batch.rows.shape[1]))
    misfit = np.empty(beta.shape[:2])
    start = batch.empty()[target]
    for k in order:
        beta[k], misfit[k] = batch.newton(start, target, alphas[k] * rho, alphas[k] * (1 - rho))
        start = np.where((misfit[k] <= batch.tolerance[target])[:, None], beta[k], start)

    k, row = np.nonzero(misfit > batch.tolerance[target])
    if len(k):
        l1, l2 = alphas[k] * rho[row], alphas[k] * (1 - rho[row])
        found = batch.interior(target[row], l1, l2)
        # Its pieces are right, its last digits are not: Newton steps from there, if they help.
        polished, left = batch.newton(found, target[row], l1, l2)
        rough = batch.misfit(found, target[row], l1, l2)
        best = np.where((left <= rough)[:, None], polished, found)
        beta[k, row] = np.where((np.minimum(left, rough) <= misfit[k, row])[:, None], best, beta[k, row])
    return beta, target


@dataclass(frozen=True, eq=False)
class _Batch:
    """The problems in standard units, β = (weights, intercept); q = p + 1.

    rows       (n, q)  standardised columns, and a column of ones
    targets    (m, n)
    delta      (m,)
    tolerance  (m,)  a gradient is zero below this
    x_mean, x_scale (p,), location, y_scale (m,): the way back
    """

    rows: Array
    targets: Array
    delta: Array
    tolerance: Array
    x_mean: Array
    x_scale: Array
    location: Array
    y_scale: Array

    @classmethod
    def of(cls, X: Array, Y: Array, delta: float) -> _Batch:
        x_mean = X.mean(axis=0)
        x = X - x_mean
        x_scale = rms(x, axis=0)
        constant = x_scale <= 8 * EPS * np.abs(X).max(axis=0)
        check_spread("X", x_scale[~constant])
        x_scale = np.where(constant, 1, x_scale)
        rows = np.column_stack([np.where(constant, 0, x / x_scale), np.ones(len(X))])

        location = huber_location(Y, delta)
        y = Y - location[:, None]
        y_scale = np.abs(y).mean(axis=1)
        check_spread("Y", y_scale)
        y_scale = np.where(y_scale > 0, y_scale, 1)
        targets = y / y_scale[:, None]
        # Least squares leaves no residual beyond √n times the range: a larger δ is the same problem.
        if delta < SHARPEST * y_scale.max():
            raise ValueError(f"delta must be {SHARPEST:g} of the spread of Y or more, got {delta:g}")
        deltas = np.minimum(delta / y_scale, np.sqrt(len(X)) * np.maximum(np.ptp(targets, axis=1), 1))
        slope = np.clip(targets, -deltas[:, None], deltas[:, None])
        size = np.maximum(np.abs(slope @ rows / len(X)).max(axis=1), 1e-3 * np.sqrt(np.square(slope).mean(axis=1)))
        tolerance = SETTLED * size + 4 * EPS * np.abs(targets).max(axis=1)
        return cls(rows, targets, deltas, tolerance, x_mean, x_scale, location, y_scale)

    def empty(self) -> Array:
        """β without any weight: (m, q)."""
        return np.zeros((len(self.targets), self.rows.shape[1]))

    def undo(self, beta: Array, target: Index) -> tuple[Array, Array]:
        """coef (..., k, p) and intercept (..., k) on the scale of the data, of β (..., k, q)."""
        coef = beta[..., :-1] * self.y_scale[target, None] / self.x_scale
        return coef, self.location[target] + self.y_scale[target] * beta[..., -1] - coef @ self.x_mean

    def check_strengths(self, alphas: Array, l1_ratios: Array) -> None:
        """ValueError if α, in standard units, is so large that the weights would be rounding or less."""
        for share, unit in (
            (l1_ratios, self.x_scale.min() * self.y_scale.min()),
            (1 - l1_ratios, self.x_scale.min() ** 2),
        ):
            if alphas.max() * share.max() / STRONGEST > unit:
                limit = STRONGEST * (unit / share.max())
                raise ValueError(
                    f"alphas must be at most {limit:.1e} in the units of these X and Y, got {alphas.max():g}"
                )

    def _penalty(self, target: Index, l1: Array, l2: Array) -> tuple[Array, Array]:
        """The weights of |β_j| and β_j²/2, (k, q), of those in the data's units (k,); none on the intercept."""
        none = np.zeros((len(target), 1))
        first = l1[:, None] / (self.x_scale * self.y_scale[target, None])
        second = l2[:, None] / self.x_scale**2
        # What is lost in every digit is none: the interior point divides by it.
        first, second = (np.where(weight < UNSEEN, 0, weight) for weight in (first, second))
        return np.hstack([first, none]), np.hstack([second, none])

    def _gradient(self, beta: Array, target: Index, l2: Array) -> tuple[Array, Mask]:
        """Of the loss and the squares, (k, q), and which rows are inside ±δ, (k, n)."""
        residual = self.targets[target] - beta @ self.rows.T
        delta = self.delta[target, None]
        held = np.clip(residual, -delta, delta)
        return np.asarray(l2 * beta - held @ self.rows / len(self.rows)), held == residual

    def misfit(self, beta: Array, target: Index, l1: Array, l2: Array) -> Array:
        """The largest distance from optimality: (k,)."""
        first, second = self._penalty(target, l1, l2)
        return np.asarray(_misfit(beta, self._gradient(beta, target, second)[0], first).max(axis=1))

    def newton(self, beta: Array, target: Index, l1: Array, l2: Array) -> tuple[Array, Array]:
        """From β (k, q), at most NEWTON steps: the best β met and its misfit (k,).

        Each step solves the problem on the pieces at hand: rows inside ±δ, weights that are not zero or should not
        be, with their signs; a weight that would change its sign becomes zero.
        """
        first, second = self._penalty(target, l1, l2)
        best, least = beta.copy(), np.full(len(beta), np.inf)
        q = beta.shape[1]
        products = (self.rows[:, :, None] * self.rows[:, None, :]).reshape(len(self.rows), q * q) / len(self.rows)
        todo = np.arange(len(beta))
        for _ in range(NEWTON):
            gradient, inside = self._gradient(beta, target, second)
            misfit = _misfit(beta, gradient, first)
            worst = misfit.max(axis=1)
            better = worst < least[todo]
            best[todo[better]], least[todo[better]] = beta[better], worst[better]
            again = worst > self.tolerance[target]
            if not again.any():
                break
            todo, target, beta = todo[again], target[again], beta[again]
            first, second, gradient, inside = first[again], second[again], gradient[again], inside[again]

            bare = first == 0
            on = bare | (beta != 0) | (np.abs(gradient) > first + 0.1 * self.tolerance[target, None])
            signs = np.where(beta != 0, np.sign(beta), -np.sign(gradient))
            system = (inside @ products).reshape(-1, q, q) * (on[:, :, None] & on[:, None, :])
            diagonal = np.einsum("kii->ki", system)
            diagonal += np.where(on, second + TRACE, 1)
            push = np.where(on, gradient + first * signs, 0)
            beta = beta - np.linalg.solve(system, push[..., None])[..., 0]
            beta = np.where(bare | (beta * signs > 0), beta, 0)
        return best, least

    def interior(self, target: Index, l1: Array, l2: Array) -> Array:
        """β (k, q) by Mehrotra's predictor and corrector.

        Rows and weights are one kind of thing: s = A β + (y, 0) with A = (−rows; I), each s_i with a slope z_i held
        within ± its limit (δ, or n l1). Optimal: Aᵀz + n l2 β = 0, s − own z = up − down with own = 1 for rows and 0
        for weights, up (limit − z) = 0 = down (limit + z), up and down >= 0.
        """
        n, q = self.rows.shape
        first, second = (n * weight for weight in self._penalty(target, l1, l2))
        # Without a penalty, dependent columns would let the weights drift away.
        second[:, :-1] = np.where(first[:, :-1] + second[:, :-1] > 0, second[:, :-1], TRACE)
        A = np.vstack([-self.rows, np.eye(q)[:-1]])  # (n + p, q)
        products = (A[:, :, None] * A[:, None, :]).reshape(len(A), q * q)
        own = np.concatenate([np.ones(n), np.zeros(q - 1)])
        offset = np.hstack([self.targets[target], np.zeros((len(target), q - 1))])
        limit = np.hstack([np.tile(self.delta[target, None], n), first[:, :-1]])
        real = limit > 0  # without an L1 part the weights have no limit and no slope

        result = np.zeros((len(target), q))
        beta, above, below = result.copy(), np.where(real, limit, 1), np.where(real, limit, 1)
        up, down = np.maximum(offset, 0) + 1, np.maximum(-offset, 0) + 1
        tightest = np.where(real, limit, np.inf).min(axis=1)
        goal = 1e-20 * tightest * np.minimum(tightest, 1)
        todo = np.arange(len(target))
        wary, before = np.zeros((len(target), 1), dtype=bool), np.inf
        for _ in range(INTERIOR):
            count = real.sum(axis=1, keepdims=True)
            mu = np.where(real, above * up + below * down, 0).sum(axis=1, keepdims=True) / (2 * count)
            wary |= mu > SLOW * before
            # A weight whose slope is not at its limit is zero.
            zero = (limit > 0) & (up * limit < above) & (down * limit < below)
            result[todo] = np.hstack([np.where(zero[:, n:], 0, beta[:, :-1]), beta[:, -1:]])
            again = (mu > goal[todo, None])[:, 0]
            if not again.any():
                break
            todo, beta, up, down, above, below, mu, count, wary = (
                part[again] for part in (todo, beta, up, down, above, below, mu, count, wary)
            )
            before = mu
            offset, limit, real, second = offset[again], limit[again], real[again], second[again]

            z = np.where(real, (below - above) / 2, 0)
            gap = offset + beta @ A.T - own * z - up + down
            pull = z @ A + second * beta
            weight = np.where(real, 1 / (own + up / above + down / below), 0)
            system = (weight @ products).reshape(-1, q, q)
            diagonal = np.einsum("kii->ki", system)
            diagonal += second + TRACE * weight[:, :n].max(axis=1, keepdims=True)
            goal_up, goal_down = -above * up, -below * down
            for corrector in (False, True):
                move = gap - goal_up / above + goal_down / below
                step = np.linalg.solve(system, -(pull + (weight * move) @ A)[..., None])[..., 0]
                dz = weight * (move + step @ A.T)
                dup = np.where(real, (goal_up + up * dz) / above, 0)
                ddown = np.where(real, (goal_down - down * dz) / below, 0)
                length = np.minimum.reduce(
                    [_room(above, -dz, real), _room(below, dz, real), _room(up, dup, real), _room(down, ddown, real)]
                )[:, None]
                if not corrector:
                    ahead = (above - length * dz) * (up + length * dup) + (below + length * dz) * (
                        down + length * ddown
                    )
                    after = np.where(real, ahead, 0).sum(axis=1, keepdims=True) / (2 * count)
                    centre = mu * np.where(wary, CENTRE, (after / mu) ** 3)
                    bend = np.where(wary, 0, dz)
                    goal_up, goal_down = centre - above * up + bend * dup, centre - below * down - bend * ddown
            length = np.minimum(1, 0.995 * length)
            beta, above, below = beta + length * step, above - length * dz, below + length * dz
            up, down = up + length * dup, down + length * ddown
        return result


def _misfit(beta: Array, gradient: Array, l1: Array) -> Array:
    """How far −gradient lies outside l1 ∂|β|: all (k, q)."""
    on = np.abs(gradient + l1 * np.sign(beta))
    return np.where(beta != 0, on, np.maximum(np.abs(gradient) - l1, 0))


def _room(values: Array, step: Array, real: Mask) -> Array:
    """The largest length <= 1 / 0.995 with values + length · step >= 0: (k, i) -> (k,)."""
    shrinks = real & (step < 0)
    ratio = np.divide(-values, step, out=np.full_like(values, 1 / 0.995), where=shrinks)
    return np.asarray(ratio.min(axis=1, initial=1 / 0.995))


def _check(
    X: ArrayLike, Y: ArrayLike, alphas: ArrayLike, l1_ratios: ArrayLike, delta: float
) -> tuple[Array, Array, Array, Array, float]:
    X = numbers("X", X, SQUARABLE, ("n", "p"))
    return (
        X,
        numbers("Y", Y, SQUARABLE, ("n_targets", len(X))),
        numbers("alphas", alphas, NOT_NEGATIVE, ("n_alphas",)),
        numbers("l1_ratios", l1_ratios, RATIO, ("n_ratios",)),
        number("delta", delta, POSITIVE_OR_INF),
    )
