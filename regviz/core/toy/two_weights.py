"""Which two weights minimise loss plus penalty, exactly, and what certifies it?

    J(w) = D(w) + α (ρ‖w‖₁ + (1 − ρ)/2 ‖w‖₂²),     D(w) = ½ (w − o)ᵀ G (w − o),     G = [[1, c], [c, 1]]

is the problem of two standardised features with correlation c whose loss is lowest at o. On a sign pattern of w it
is linear, so nine 2 × 2 solves hold the solution and the optimality conditions say which. (`slices` takes a slice
of a fit to data; here there is no data.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regviz.core import Array
from regviz.core.checks import RATIO, SQUARABLE, STRENGTH, between, number, numbers, together
from regviz.core.toy.one_weight import soft_threshold

Number = Array | float

REACH = 6.0  # a valley without end (|c| = 1) is drawn within |w_a|, |w_b| <= REACH

# Sign patterns, the sparsest first: of several that hold at a tie the first is taken.
PATTERNS = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
# A pattern holds if it violates the optimality conditions by no more than this share of |o| + αρ.
ROUNDING = 4 * float(np.finfo(float).eps)


@dataclass(frozen=True, eq=False)
class Solution:
    """Solutions with their certificate; the leading axes are those of the problems.

    coef     (..., p)  of least norm where there are several
    kkt      (...)  max_j dist(−∂_j D, α ∂P_j): 0 for an exact solution
    signs    (..., p)  the sign pattern: -1, 0 or 1
    segment  (..., 2, 2)  the two ends (end, weight) of the segment of all solutions; NaN where there is one only
    """

    coef: Array
    kkt: Array
    signs: NDArray[np.int64]
    segment: Array


def solve(correlation: ArrayLike, optimum: ArrayLike, alpha: ArrayLike, l1_ratio: ArrayLike) -> Solution:
    """argmin_w ½ (w − o)ᵀ G (w − o) + α (ρ‖w‖₁ + (1 − ρ)/2 ‖w‖₂²) for many problems at once.

    correlation, alpha, l1_ratio (...) and optimum (..., 2) broadcast. With b = G o and h = 1 + α(1 − ρ), on signs s

        one weight:   w_j = (b_j − αρ s_j) / h
        both:         w_a ± w_b = ((1 ± c)(o_a ± o_b) − αρ(s_a ± s_b)) / (h ± c),

    sums and differences because they keep every digit as |c| → 1. The sparsest pattern that satisfies the optimality
    conditions to rounding wins. At α = 0, w = o.

    At |c| = 1 the bowl is a valley D = ½ (w_a + c w_b − m)² with m = o_a + c o_b, and w = (x, c x) with
    x = S(m, αρ) / (2 + α(1 − ρ)), S the soft threshold, is the solution of least norm. Without an L2 part it is one
    of many: the segment from (S, 0) to (0, c S) or, at α = 0, the valley's floor, which has no end: `segment`
    then ends where the floor leaves the square |w| <= REACH. Raises ValueError for what is out of range.

    Source: optimality conditions as in Hastie, Tibshirani & Wainwright (2015), Statistical Learning with Sparsity,
    sections 2.4 and 4.2.
    """
    c, o, alpha, rho = check_problems(correlation, optimum, alpha, l1_ratio)
    w, kkt = solve_unchecked(c, o[..., 0], o[..., 1], alpha, rho)
    return Solution(w, kkt, np.sign(w).astype(np.int64), _segment(c, o[..., 0], o[..., 1], alpha, rho))


def check_problems(
    correlation: ArrayLike, optimum: ArrayLike, alpha: ArrayLike, l1_ratio: ArrayLike
) -> tuple[Array, Array, Array, Array]:
    """The four as arrays of one shape (...), (..., 2), (...), (...); ValueError names the field."""
    o = numbers("optimum", optimum, SQUARABLE, ("...", 2))
    c = numbers("correlation", correlation, between(-1, 1))
    a, rho = numbers("alpha", alpha, STRENGTH), numbers("l1_ratio", l1_ratio, RATIO)
    shape = together(correlation=c, alpha=a, l1_ratio=rho, optimum=o[..., 0])
    spread = [np.broadcast_to(value, shape) for value in (c, a, rho)]
    return spread[0], np.broadcast_to(o, (*shape, 2)), spread[1], spread[2]


def check_problem(
    correlation: float, optimum: ArrayLike, alpha: float, l1_ratio: float
) -> tuple[float, Array, float, float]:
    """The same for one problem: numbers, and optimum (2,)."""
    c, o, a, rho = check_problems(correlation, numbers("optimum", optimum, SQUARABLE, (2,)), alpha, l1_ratio)
    for field, value in (("correlation", correlation), ("alpha", alpha), ("l1_ratio", l1_ratio)):
        number(field, value)
    return float(c), o, float(a), float(rho)


def pull(c: Number, d1: Number, d2: Number) -> tuple[Array, Array]:
    """G d by sum and difference: small results keep their digits as |c| → 1."""
    plus, minus = (1 + c) * (d1 + d2), (1 - c) * (d1 - d2)
    return np.asarray((plus + minus) / 2), np.asarray((plus - minus) / 2)


def solve_unchecked(c: Number, o1: Number, o2: Number, alpha: Number, rho: Number) -> tuple[Array, Array]:
    """`solve` without its checks: the weights (..., 2) and the residual (...)."""
    c, o1, o2, alpha, rho = np.broadcast_arrays(c, o1, o2, alpha, rho)
    l1, l2 = alpha * rho, alpha * (1 - rho)
    b1, b2 = pull(c, o1, o2)
    with np.errstate(divide="ignore", invalid="ignore"):  # |c| = 1 is overwritten below
        candidates = [_on_pattern(s1, s2, c, o1, o2, b1, b2, l1, l2) for s1, s2 in PATTERNS]
    w1, w2 = (np.stack([candidate[j] for candidate in candidates]) for j in (0, 1))  # (9, ...)
    violation = _violation(c, o1, o2, l1, l2, w1, w2)
    holds = violation <= ROUNDING * (np.abs(o1) + np.abs(o2) + l1)
    violation = np.where(np.isnan(violation), np.inf, violation)
    best = np.where(holds.any(axis=0), holds.argmax(axis=0), violation.argmin(axis=0))[np.newaxis]
    w1, w2 = (np.take_along_axis(w, best, axis=0)[0] for w in (w1, w2))

    free = (alpha == 0) & (np.abs(c) < 1)
    w1, w2 = np.where(free, o1, w1), np.where(free, o2, w2)
    valley = np.abs(c) == 1
    x = soft_threshold(b1, l1) / (2 + l2)
    w1, w2 = np.where(valley, x, w1), np.where(valley, c * x, w2)
    return np.stack([w1, w2], axis=-1) + 0.0, _violation(c, o1, o2, l1, l2, w1, w2)


def _on_pattern(
    s1: int, s2: int, c: Array, o1: Array, o2: Array, b1: Array, b2: Array, l1: Array, l2: Array
) -> tuple[Array, Array]:
    """The weights if these were their signs; 0 where a weight comes out on another side."""
    none = np.zeros_like(b1)
    if s2 == 0:
        w1, w2 = (b1 - s1 * l1) / (1 + l2), none
    elif s1 == 0:
        w1, w2 = none, (b2 - s2 * l1) / (1 + l2)
    else:
        plus = ((1 + c) * (o1 + o2) - l1 * (s1 + s2)) / ((1 + c) + l2)
        minus = ((1 - c) * (o1 - o2) - l1 * (s1 - s2)) / ((1 - c) + l2)
        w1, w2 = (plus + minus) / 2, (plus - minus) / 2
    return np.where(s1 * w1 > 0, w1, 0.0), np.where(s2 * w2 > 0, w2, 0.0)


def _violation(c: Array, o1: Array, o2: Array, l1: Array, l2: Array, w1: Array, w2: Array) -> Array:
    """max_j dist(−∂_j D, α ∂P_j) at w, from w and o alone."""
    first, second = (
        np.where(w != 0, np.abs(b - (l1 * np.sign(w) + l2 * w)), np.maximum(np.abs(b) - l1, 0))
        for w, b in zip((w1, w2), pull(c, o1 - w1, o2 - w2), strict=True)
    )
    return np.maximum(first, second)


def _segment(c: Number, o1: Number, o2: Number, alpha: Number, rho: Number) -> Array:
    """The ends (..., 2, 2) of the segment of all solutions, NaN where the solution is unique."""
    c, o1, o2, alpha, rho = np.broadcast_arrays(c, o1, o2, alpha, rho)
    l1, m = alpha * rho, o1 + c * o2
    s = soft_threshold(m, l1)
    many = (np.abs(c) == 1) & (alpha * (1 - rho) == 0) & ((s != 0) | (l1 == 0))
    low, high = np.maximum(-REACH, m - REACH), np.minimum(REACH, m + REACH)
    x = np.stack([np.where(l1 > 0, s, low), np.where(l1 > 0, 0.0, high)], axis=-1)
    y = np.stack([np.where(l1 > 0, 0.0, c * (m - low)), np.where(l1 > 0, c * s, c * (m - high))], axis=-1)
    return np.where(many[..., np.newaxis, np.newaxis], np.stack([x, y], axis=-1), np.nan)


def loss(correlation: ArrayLike, optimum: ArrayLike, coef: ArrayLike) -> Array:
    """D(w) = ¼ [(1 + c)(d_a + d_b)² + (1 − c)(d_a − d_b)²] with d = w − o: coef (..., 2) -> (...)."""
    c, o, _, _ = check_problems(correlation, optimum, 0.0, 0.0)
    w = numbers("coef", coef, SQUARABLE, ("...", 2))
    together(coef=w[..., 0], optimum=c)
    d = w - o
    plus, minus = d[..., 0] + d[..., 1], d[..., 0] - d[..., 1]
    return np.asarray(((1 + c) * plus * plus + (1 - c) * minus * minus) / 4)
