"""What does the penalty do to one, two and three weights, exactly, at any position of every slider?

    J(w) = D(w) + α (ρ‖w‖₁ + (1 − ρ)/2 ‖w‖₂²),     D(w) = ½ (w − o)ᵀ G (w − o),     G = [[1, c], [c, 1]]

is the problem of two standardised features with correlation c whose loss is lowest at o. On a sign pattern of w it
is linear, so nine 2 × 2 solves hold the solution and the optimality conditions say which. (`geometry` takes a slice
of a fit to data; here there is no data.) `picture` is all that the Geometry page draws at one position; its mirror
regviz/scenes/geometry/two_weights.js computes the same arrays, in the same order, while the pointer is down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import copysign

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regviz.core import Array
from regviz.core.checks import (
    NOT_NEGATIVE,
    RATIO,
    SQUARABLE,
    STRENGTH,
    Range,
    between,
    number,
    numbers,
    together,
    whole,
)
from regviz.core.penalties import ElasticNet

Number = Array | float

POINTS = 129  # vertices of a closed curve, the first one repeated
REACH = 6.0  # a valley without end (|c| = 1) is drawn within |w_a|, |w_b| <= REACH
OPTIMA = 3.0  # the zero-map shows o in [-OPTIMA, OPTIMA]²
LEVELS = (0.6, 1.2, 1.8, 2.4, 3.0)  # m of the background ellipses D = m²/2: equal steps outward
FORCE = 0.5  # length on the plane of weights at which a force of 1 is drawn
ALPHAS = (1e-3, 1e1)  # the ends of the curve t(α)
SLOT = 12  # points of a piece of the zero-map, the last one repeated
THIRD = -1.2  # the optimum of the third weight
GLOBE = 17  # latitudes of the ball in 3-D
LEARNING_RATE, STEPS = 0.1, 60  # of the one-weight walk in `picture`
INPUTS = (np.arange(121) - 60) / 20  # z of the shrinkage functions: -3 to 3
PROFILE = (np.arange(161) - 80) / 20  # w_a of the cut through J: -4 to 4
_SAMPLES = 56  # positions on a path for each of the two curvatures of the bowl
_LINE = 64  # points of each of the two lines that are the contour when |c| = 1

# Sign patterns, the sparsest first: of several that hold at a tie the first is taken.
PATTERNS = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
_BOTH = PATTERNS[5:]
# A pattern holds if it violates the optimality conditions by no more than this share of |o| + αρ.
_ROUNDING = 4 * float(np.finfo(float).eps)


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
    c, o, alpha, rho = _check(correlation, optimum, alpha, l1_ratio)
    w, kkt = _solve(c, o[..., 0], o[..., 1], alpha, rho)
    return Solution(w, kkt, np.sign(w).astype(np.int64), _segment(c, o[..., 0], o[..., 1], alpha, rho))


def _check(
    correlation: ArrayLike, optimum: ArrayLike, alpha: ArrayLike, l1_ratio: ArrayLike
) -> tuple[Array, Array, Array, Array]:
    """The four as arrays of one shape (...), (..., 2), (...), (...); ValueError names the field."""
    o = numbers("optimum", optimum, SQUARABLE, ("...", 2))
    c = numbers("correlation", correlation, between(-1, 1))
    a, rho = numbers("alpha", alpha, STRENGTH), numbers("l1_ratio", l1_ratio, RATIO)
    shape = together(correlation=c, alpha=a, l1_ratio=rho, optimum=o[..., 0])
    spread = [np.broadcast_to(value, shape) for value in (c, a, rho)]
    return spread[0], np.broadcast_to(o, (*shape, 2)), spread[1], spread[2]


def _check_one(
    correlation: float, optimum: ArrayLike, alpha: float, l1_ratio: float
) -> tuple[float, Array, float, float]:
    """The same for one problem: numbers, and optimum (2,)."""
    c, o, a, rho = _check(correlation, numbers("optimum", optimum, SQUARABLE, (2,)), alpha, l1_ratio)
    for field, value in (("correlation", correlation), ("alpha", alpha), ("l1_ratio", l1_ratio)):
        number(field, value)
    return float(c), o, float(a), float(rho)


def _pull(c: Number, d1: Number, d2: Number) -> tuple[Array, Array]:
    """G d by sum and difference: small results keep their digits as |c| → 1."""
    plus, minus = (1 + c) * (d1 + d2), (1 - c) * (d1 - d2)
    return np.asarray((plus + minus) / 2), np.asarray((plus - minus) / 2)


def _solve(c: Number, o1: Number, o2: Number, alpha: Number, rho: Number) -> tuple[Array, Array]:
    """`solve` without its checks: the weights (..., 2) and the residual (...)."""
    c, o1, o2, alpha, rho = np.broadcast_arrays(c, o1, o2, alpha, rho)
    l1, l2 = alpha * rho, alpha * (1 - rho)
    b1, b2 = _pull(c, o1, o2)
    with np.errstate(divide="ignore", invalid="ignore"):  # |c| = 1 is overwritten below
        candidates = [_on_pattern(s1, s2, c, o1, o2, b1, b2, l1, l2) for s1, s2 in PATTERNS]
    w1, w2 = (np.stack([candidate[j] for candidate in candidates]) for j in (0, 1))  # (9, ...)
    violation = _violation(c, o1, o2, l1, l2, w1, w2)
    holds = violation <= _ROUNDING * (np.abs(o1) + np.abs(o2) + l1)
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
        np.where(w != 0, np.abs(pull - (l1 * np.sign(w) + l2 * w)), np.maximum(np.abs(pull) - l1, 0))
        for w, pull in zip((w1, w2), _pull(c, o1 - w1, o2 - w2), strict=True)
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


# -- the same family as a budget


def budget(coef: ArrayLike, l1_ratio: ArrayLike) -> Array:
    """t = ρ‖w‖₁ + (1 − ρ)/2 ‖w‖₂²: coef (..., p), l1_ratio (...) broadcast."""
    w, rho = numbers("coef", coef, SQUARABLE, ("...", "p")), numbers("l1_ratio", l1_ratio, RATIO)
    together(coef=w[..., 0], l1_ratio=rho)
    return np.asarray(rho * np.abs(w).sum(axis=-1) + (1 - rho) / 2 * np.square(w).sum(axis=-1))


def alpha_max(correlation: ArrayLike, optimum: ArrayLike, l1_ratio: ArrayLike) -> Array:
    """The least α with w = 0: max_j |(G o)_j| / ρ; at ρ = 0 inf, unless G o = 0, where it is 0."""
    c, o, _, rho = _check(correlation, optimum, 0.0, l1_ratio)
    return _alpha_max(c, o[..., 0], o[..., 1], rho)


def _alpha_max(c: Number, o1: Number, o2: Number, rho: Number) -> Array:
    largest = np.maximum(*np.abs(_pull(c, o1, o2)))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(largest == 0, 0.0, largest / rho)


def alpha_of_budget(correlation: ArrayLike, optimum: ArrayLike, budget: ArrayLike, l1_ratio: ArrayLike) -> Array:
    """The α whose solution is that of  min D(w) subject to ρ‖w‖₁ + (1 − ρ)/2 ‖w‖₂² <= t  (`budget` = t).

    All four broadcast, as in `solve`. t(α) = P(w(α)) is continuous and falls strictly from t(0) to 0 at `alpha_max`,
    so α is found by bisection to the last bit. The ends: t >= t(0) is no constraint, α = 0; t = 0 is reached by every
    α >= alpha_max, of which the least is returned (inf at ρ = 0). ValueError for t < 0 or what is out of range.

    Source: the two forms are one family by Lagrangian duality: Hastie, Tibshirani & Wainwright (2015), section 2.2.
    """
    c, o, _, rho = _check(correlation, optimum, 0.0, l1_ratio)
    t = numbers("budget", budget, Range(">= 0", 0, np.inf))
    shape = together(budget=t, optimum=c)
    c, t, rho = (np.broadcast_to(value, shape) for value in (c, t, rho))
    o1, o2 = (np.broadcast_to(o[..., j], shape) for j in (0, 1))
    b1, b2 = _pull(c, o1, o2)

    inactive = t >= _budget(c, o1, o2, np.zeros(shape), rho)
    top = _alpha_max(c, o1, o2, rho)
    with np.errstate(divide="ignore", invalid="ignore"):  # ρ = 0: |w| <= |b| / α
        high = np.where(rho == 0, np.sqrt((b1 * b1 + b2 * b2) / (2 * t)), top)
    low, high = np.zeros(shape), np.where(inactive | (t == 0), 0.0, high)
    for _ in range(2100):  # as many halvings as there are doubles; some 60 are needed
        middle = low + (high - low) / 2
        between = (low < middle) & (middle < high)
        if not between.any():
            break
        more = _budget(c, o1, o2, middle, rho) > t
        low = np.where(between & more, middle, low)
        high = np.where(between & ~more, middle, high)
    return np.where((t == 0) & ~inactive, top, high)


def _budget(c: Number, o1: Number, o2: Number, alpha: Number, rho: Number) -> Array:
    """t(α)."""
    return budget(_solve(c, o1, o2, alpha, rho)[0], rho)


# -- the path of solutions


def path(correlation: float, optimum: ArrayLike, l1_ratio: float) -> tuple[Array, Array]:
    """The solutions over all α, from w = 0 to α = 0: (alphas (129,) descending, coef (129, 2)).

    Starts at alpha_max (inf at ρ = 0). Every breakpoint (a weight leaves or reaches zero) is among the alphas, so the
    polygon is exact at ρ = 1. Between them the solutions depend on α through κ/(κ + α(1 − ρ)) for the two
    curvatures κ = 1 ± c of the bowl, so α is sampled by steps of both.
    """
    c, o, _, rho = _check_one(correlation, optimum, 0.0, l1_ratio)
    return _path(c, float(o[0]), float(o[1]), rho)


def _path(c: float, o1: float, o2: float, rho: float) -> tuple[Array, Array]:
    top = float(_alpha_max(c, o1, o2, rho))
    sampled = [_alpha_samples(kappa, top, rho) for kappa in (1 + c, 1 - c)]
    alphas = np.sort(np.concatenate([_kinks(c, o1, o2, rho, top), *sampled]))[::-1]
    coef = _solve(c, o1, o2, alphas, rho)[0]
    return np.concatenate([[top], alphas]), np.concatenate([np.zeros((1, 2)), coef])


def _alpha_samples(kappa: float, top: float, rho: float) -> Array:
    """α in [0, top] (top itself only if ρ > 0) at steps of κ/(κ + α(1 − ρ)) that are fine towards both ends: (56,)."""
    step = np.arange(_SAMPLES) / (_SAMPLES if rho == 0 else _SAMPLES - 1)
    share = step * step * (3 - 2 * step)
    if rho == 0:
        return np.asarray(kappa * (share / (1 - share))) if top > 0 else np.zeros(_SAMPLES)
    below = kappa + (1 - rho) * top * (1 - share)
    return np.asarray(top * (share * np.where(below > 0, kappa / np.where(below > 0, below, 1.0), 1.0)))


def _kinks(c: float, o1: float, o2: float, rho: float, top: float) -> Array:
    """Every α in (0, top) at which a weight may leave or reach zero; zeros beside them: (16,).

    With w_k = 0 and w_j = (b_j − αρ s)/(1 + α(1 − ρ)) the other pull is at its threshold, b_k − c w_j = ± αρ, when

        ± ρ(1 − ρ) α² + (± ρ − (1 − ρ) b_k − c s ρ) α − (1 − c²) o_k = 0,     as b_k − c b_j = (1 − c²) o_k.
    """
    b1, b2 = map(float, _pull(c, o1, o2))
    found = []
    for b_k, o_k in ((b2, o2), (b1, o1)):
        for sign, edge in product((1, -1), (1, -1)):
            square = edge * rho * (1 - rho)
            linear = edge * rho - (1 - rho) * b_k - c * sign * rho
            constant = -((1 + c) * (1 - c) * o_k)
            root = linear * linear - 4 * square * constant
            half = -(linear + (1 if linear >= 0 else -1) * np.sqrt(max(root, 0.0))) / 2
            for numerator, denominator in ((half, square), (constant, half)):
                alpha = numerator / denominator if root >= 0 and denominator != 0 else 0.0
                found.append(alpha if 0 < alpha < top else 0.0)
    return np.array(found)


def budget_curve(correlation: float, optimum: ArrayLike, l1_ratio: float) -> tuple[Array, Array]:
    """(α, t(α)), (129,) each: α from 1e-3 to 10 at equal ratios, and every breakpoint in between."""
    c, o, _, rho = _check_one(correlation, optimum, 0.0, l1_ratio)
    return _budget_curve(c, float(o[0]), float(o[1]), rho)


def _budget_curve(c: float, o1: float, o2: float, rho: float) -> tuple[Array, Array]:
    top = float(_alpha_max(c, o1, o2, rho))
    low, high = ALPHAS
    even = 10 ** (np.log10(low) + (np.log10(high) - np.log10(low)) * np.arange(2 * _SAMPLES) / (2 * _SAMPLES - 1))
    alphas = np.sort(np.clip(np.concatenate([even, _kinks(c, o1, o2, rho, top), [top]]), low, high))
    return alphas, _budget(c, o1, o2, alphas, rho)


# -- curves


def _circle(n_steps: int) -> tuple[Array, Array]:
    """cos and sin of n_steps + 1 equal steps round the circle, exact on the axes; n_steps a multiple of 4."""
    quarter = n_steps // 4
    cos = np.cos(2 * np.pi * np.arange(quarter + 1) / n_steps)
    cos[quarter] = 0
    cos = np.concatenate([cos[:quarter], -cos[quarter:0:-1], -cos[:quarter], cos[quarter:0:-1]])
    sin = np.roll(cos, quarter)
    return np.append(cos, cos[0]), np.append(sin, sin[0])


_COS, _SIN = _circle(POINTS - 1)
_DIRECTIONS = np.stack([_COS, _SIN], axis=-1)  # (129, 2)


def ball(l1_ratio: float, budget: float) -> Array:
    """The boundary P(w) = t, closed, corners included: (129, 2); from the a-axis anticlockwise. t = 0: the origin."""
    return ElasticNet(l1_ratio).boundary(_DIRECTIONS, number("budget", budget, NOT_NEGATIVE))


def loss(correlation: ArrayLike, optimum: ArrayLike, coef: ArrayLike) -> Array:
    """D(w) = ¼ [(1 + c)(d_a + d_b)² + (1 − c)(d_a − d_b)²] with d = w − o: coef (..., 2) -> (...)."""
    c, o, _, _ = _check(correlation, optimum, 0.0, 0.0)
    w = numbers("coef", coef, SQUARABLE, ("...", 2))
    together(coef=w[..., 0], optimum=c)
    d = w - o
    plus, minus = d[..., 0] + d[..., 1], d[..., 0] - d[..., 1]
    return np.asarray(((1 + c) * plus * plus + (1 - c) * minus * minus) / 4)


def contour(correlation: float, optimum: ArrayLike, coef: ArrayLike) -> Array:
    """The contour of D through w = `coef`: (129, 2).

    An ellipse that starts and ends at w: o + G^(−½) R(φ) G^½ (w − o), R the rotation, φ from 0 to 2π. At |c| = 1 it
    is two lines w_a + c w_b = const: 64 points each, w's line first, NaN between them, cut off at |w| = REACH.
    """
    c, (o1, o2), _, _ = _check_one(correlation, optimum, 0.0, 0.0)
    w1, w2 = numbers("coef", coef, SQUARABLE, (2,))
    if abs(c) == 1:
        at, floor = w1 + c * w2, o1 + c * o2
        return _two_lines(c, at, 2 * floor - at)
    p = np.sqrt((1 + c) / 2) * ((w1 - o1) + (w2 - o2))
    q = np.sqrt((1 - c) / 2) * ((w1 - o1) - (w2 - o2))
    return _ellipse(c, o1, o2, p, q)


def _ellipse(c: float, o1: float, o2: float, p: float, q: float) -> Array:
    """(p, q) turned once round; ‖(p, q)‖² = 2D in the coordinates in which the bowl is round."""
    plus = (p * _COS - q * _SIN) / np.sqrt(2 * (1 + c))
    minus = (p * _SIN + q * _COS) / np.sqrt(2 * (1 - c))
    return np.stack([o1 + (plus + minus), o2 + (plus - minus)], axis=-1)


def _two_lines(c: float, first: float, second: float) -> Array:
    """w_a + c w_b = first, then = second, within |w| <= REACH; a line that lies outside is NaN."""
    points = np.full((POINTS, 2), np.nan)
    for start, level in ((0, first), (_LINE + 1, second)):
        low, high = max(-REACH, level - REACH), min(REACH, level + REACH)
        if low <= high:
            x = low + (high - low) * np.arange(_LINE) / (_LINE - 1)
            points[start : start + _LINE] = np.stack([x, c * (level - x)], axis=-1)
    return points


def bowl(correlation: float, optimum: ArrayLike) -> Array:
    """The contours D = m²/2 for m in LEVELS, NaN between them: (5 · 129 + 4, 2). Nothing in it follows α or ρ."""
    c, (o1, o2), _, _ = _check_one(correlation, optimum, 0.0, 0.0)
    floor = o1 + c * o2
    pieces = []
    for m in LEVELS:
        pieces += [_two_lines(c, floor - m, floor + m) if abs(c) == 1 else _ellipse(c, o1, o2, m, 0.0)]
        pieces += [np.full((1, 2), np.nan)]
    return np.concatenate(pieces[:-1])


# -- forces


@dataclass(frozen=True, eq=False)
class Forces:
    """What holds the solution still: pull = −∇D (2,) lies in the box [low, high] = α ∂P, low and high (2,).

    low_j = high_j = α(ρ sign(w_j) + (1 − ρ) w_j) where w_j ≠ 0, and [−αρ, αρ] where w_j = 0. `residual` is the
    distance (in the worst coordinate) of the pull from the box.
    """

    pull: Array
    low: Array
    high: Array
    residual: float


def forces(correlation: float, optimum: ArrayLike, alpha: float, l1_ratio: float) -> Forces:
    """−∇D = G(o − w) and α ∂P at the solution w."""
    c, o, a, rho = _check_one(correlation, optimum, alpha, l1_ratio)
    w, kkt = _solve(c, o[0], o[1], a, rho)
    return _forces(c, o, a, rho, w, float(kkt))


def _forces(c: float, o: Array, alpha: float, rho: float, w: Array, kkt: float) -> Forces:
    pull = np.array(_pull(c, *(o - w)))
    smooth = alpha * rho * np.sign(w) + alpha * (1 - rho) * w
    slack = np.where(w == 0, alpha * rho, 0.0)
    return Forces(pull, smooth - slack, smooth + slack, kkt)


# -- which optima end at zero


@dataclass(frozen=True, eq=False)
class ZeroMap:
    """The square of all optima o in [−reach, reach]², split by which weights are exactly zero in the solution.

    none, a, b, both   polygons (n, 2): `a` is where w_a alone is zero. Each piece is closed and fills SLOT = 12 points
                       by repeating its last one, or is all NaN; NaN between pieces: n = 51, 25, 25, 12
    areas              (4,)  their shares of the square, in this order; they sum to 1

    Without an L1 part a zero set has no area: it is the line (or point) on which a weight happens to be zero.
    """

    none: Array
    a: Array
    b: Array
    both: Array
    areas: Array


def zero_map(correlation: float, alpha: float, l1_ratio: float, reach: float = OPTIMA) -> ZeroMap:
    """Every region by the inequalities of its sign pattern, which are linear in o, with h = 1 + α(1 − ρ), b = G o:

    both zero    |b_a| <= αρ and |b_b| <= αρ
    b zero       s b_a >= αρ and |b_b − c (b_a − αρ s)/h| <= αρ     for s = ±1
    none zero    s_a w_a >= 0 and s_b w_b >= 0, w as in `solve`     for four pairs of signs

    At |c| = 1 the solution of least norm has both weights or none: both zero |o_a + c o_b| <= αρ. ValueError for
    what is out of range.
    """
    c, _, a, rho = _check_one(correlation, (0.0, 0.0), alpha, l1_ratio)
    return _zero_map(c, a, rho, number("reach", reach, between(1e-100, 1e100)))


# n · o >= k as (n_a, n_b, k)
HalfPlane = tuple[float, float, float]
Polygon = list[tuple[float, float]]


def _zero_map(c: float, alpha: float, rho: float, reach: float) -> ZeroMap:
    l1, l2 = alpha * rho, alpha * (1 - rho)
    empty: Polygon = []
    if abs(c) == 1:
        sides = [_cut(reach, [(s, s * c, l1)]) for s in (1, -1)]
        none = [sides[0], empty, empty, sides[1]] if c > 0 else [empty, sides[0], sides[1], empty]
        a, b = [empty, empty], [empty, empty]
        both = [_cut(reach, [(1, c, -l1), (-1, -c, -l1)]) if l1 > 0 else _line(reach, 1, c)]
    else:
        # w = A o − αρ B s on the pattern s, A and B symmetric with equal diagonals
        plus, minus = (1 + c) + l2, (1 - c) + l2
        own, other = ((1 + c) / plus + (1 - c) / minus) / 2, ((1 + c) / plus - (1 - c) / minus) / 2
        none = []
        for s1, s2 in _BOTH:
            at1 = l1 * ((s1 + s2) / plus + (s1 - s2) / minus) / 2
            at2 = l1 * ((s1 + s2) / plus - (s1 - s2) / minus) / 2
            none.append(_cut(reach, [(s1 * own, s1 * other, s1 * at1), (s2 * other, s2 * own, s2 * at2)]))
        # h b_k − c b_j = n_j o_j + n_k o_k
        n_j, n_k = c * l2, (1 + c) * (1 - c) + l2
        if l1 > 0:
            b = []
            for s in (1, -1):
                below, above = l1 * ((1 + s * c) + l2), l1 * ((1 - s * c) + l2)
                b.append(_cut(reach, [(s, s * c, l1), (n_j, n_k, -below), (-n_j, -n_k, -above)]))
            a = [[(y, x) for x, y in piece] for piece in b]
            both = [_cut(reach, [(1, c, -l1), (-1, -c, -l1), (c, 1, -l1), (-c, -1, -l1)])]
        else:
            line = _line(reach, n_j, n_k)
            b = [[(0.0, 0.0), end] for end in line]
            a = [[(y, x) for x, y in piece] for piece in b]
            both = [[(0.0, 0.0)]]
    regions = (none, a, b, both)
    areas = [sum(map(_area, pieces)) / (4 * reach * reach) for pieces in regions]
    laid = [_lay(pieces) for pieces in regions]
    return ZeroMap(laid[0], laid[1], laid[2], laid[3], np.array(areas))


def _cut(reach: float, planes: list[HalfPlane]) -> Polygon:
    """The part of the square where every half-plane holds. Source: Sutherland & Hodgman (1974)."""
    polygon: Polygon = [(-reach, -reach), (reach, -reach), (reach, reach), (-reach, reach)]
    for n1, n2, k in planes:
        kept: Polygon = []
        for i, (x, y) in enumerate(polygon):
            x0, y0 = polygon[i - 1]
            before, here = n1 * x0 + n2 * y0 - k, n1 * x + n2 * y - k
            if (before >= 0) != (here >= 0):
                share = before / (before - here)
                kept.append((x0 + (x - x0) * share, y0 + (y - y0) * share))
            if here >= 0:
                kept.append((x, y))
        polygon = kept
    return polygon


def _line(reach: float, n1: float, n2: float) -> Polygon:
    """The two ends of n · o = 0 in the square."""
    scale = reach / max(abs(n1), abs(n2))
    return [(n2 * scale, -n1 * scale), (-n2 * scale, n1 * scale)]


def _area(polygon: Polygon) -> float:
    """Gauss's shoelace formula; 0 for a line or a point."""
    total = 0.0
    for i, (x, y) in enumerate(polygon):
        x0, y0 = polygon[i - 1]
        total += x0 * y - x * y0
    return abs(total) / 2


def _lay(pieces: list[Polygon]) -> Array:
    """Closed pieces of SLOT points each, NaN between them."""
    laid = np.full((len(pieces) * (SLOT + 1) - 1, 2), np.nan)
    for i, piece in enumerate(pieces):
        if piece:
            closed = [*piece, piece[0]]
            laid[i * (SLOT + 1) : i * (SLOT + 1) + SLOT] = [closed[min(k, len(closed) - 1)] for k in range(SLOT)]
    return laid


# -- one weight: the fee and the tax


def soft_threshold(z: ArrayLike, threshold: ArrayLike) -> Array:
    """S(z) = sign(z) max(|z| − threshold, 0), argmin_w ½(w − z)² + threshold |w|: what a fee leaves."""
    z, threshold = numbers("z", z), numbers("threshold", threshold, NOT_NEGATIVE)
    together(z=z, threshold=threshold)
    return np.asarray(np.sign(z) * np.maximum(np.abs(z) - threshold, 0))


def shrinkage(z: ArrayLike, alpha: ArrayLike, l1_ratio: ArrayLike) -> Array:
    """z / (1 + α(1 − ρ)): what a tax leaves. shrinkage(soft_threshold(z, αρ), α, ρ) = argmin_w ½(w − z)² + α P(w)."""
    z, alpha, l1_ratio = numbers("z", z), numbers("alpha", alpha, STRENGTH), numbers("l1_ratio", l1_ratio, RATIO)
    together(z=z, alpha=alpha, l1_ratio=l1_ratio)
    return np.asarray(z / (1 + alpha * (1 - l1_ratio)))


def shrink_steps(start: float, alpha: float, l1_ratio: float, learning_rate: float, n_steps: int) -> Array:
    """Proximal steps on the penalty alone, w ← S(w, ηαρ) / (1 + ηα(1 − ρ)), η = `learning_rate`: (n_steps + 1,).

    ρ = 1: a constant fee ηα a step, a straight line into 0, then rest. ρ = 0: a constant share, exponential, never 0.
    ValueError for what is out of range.
    """
    start = number("start", start, SQUARABLE)
    _, _, alpha, l1_ratio = _check_one(0.0, (0.0, 0.0), alpha, l1_ratio)
    learning_rate = number("learning_rate", learning_rate, STRENGTH)
    whole("n_steps", n_steps, 0)
    fee, tax = learning_rate * alpha * l1_ratio, 1 + learning_rate * alpha * (1 - l1_ratio)
    w = [float(start)]
    for _ in range(n_steps):
        w.append(copysign(max(abs(w[-1]) - fee, 0.0), w[-1]) / tax)
    return np.array(w)


# -- three weights


def ball_surface(l1_ratio: float, budget: float, n: int = 41) -> Array:
    """P(w) = t in the directions of a globe: (3, n, 2n − 1), coordinate × latitude × longitude, closed.

    n odd, so that the poles, the equator and the meridians of the axes are on it, and with them every corner and
    edge of the octahedron. ValueError otherwise.
    """
    if whole("n", n, 3) % 2 == 0:
        raise ValueError(f"n must be odd and >= 3, got {n}")
    cos, sin = _circle(2 * (n - 1))
    height, width = cos[:n], sin[:n]
    directions = np.stack(np.broadcast_arrays(width[:, None] * cos, width[:, None] * sin, height[:, None]), axis=-1)
    return np.moveaxis(ElasticNet(l1_ratio).boundary(directions, number("budget", budget, NOT_NEGATIVE)), -1, 0)


def sphere_faces(n: int = GLOBE) -> tuple[list[int], list[int], list[int]]:
    """Triangles (i, j, k) between the points of `ball_surface`, numbered row by row, two a cell."""
    rows, columns = whole("n", n, 2), 2 * n - 1
    cells = [row * columns + column for row in range(rows - 1) for column in range(columns - 1)]
    i = cells + [cell + 1 for cell in cells]
    j = [cell + 1 for cell in cells] + [cell + columns + 1 for cell in cells]
    k = [cell + columns for cell in cells] * 2
    return i, j, k


def solve3(gram: ArrayLike, optimum: ArrayLike, alpha: float, l1_ratio: float) -> Solution:
    """argmin_w ½ (w − o)ᵀ G (w − o) + α P(w) for p weights by their 3^p sign patterns; meant for p = 3.

    gram (p, p) symmetric and positive semidefinite, optimum (p,). Where the solution is not unique one of the sparsest
    is returned (`segment` is NaN always). ValueError for what is out of range.
    """
    o = numbers("optimum", optimum, SQUARABLE, ("p",))
    G = numbers("gram", gram, SQUARABLE, (len(o), len(o)))
    _, _, alpha, l1_ratio = _check_one(0.0, (0.0, 0.0), alpha, l1_ratio)
    penalty, b = ElasticNet(l1_ratio), G @ o
    tolerance = _ROUNDING * 4 * (np.abs(o).sum() * max(np.abs(G).max(), 1.0) + alpha * l1_ratio)
    best, least = np.zeros(len(o)), np.inf
    for signs in sorted(product((0, 1, -1), repeat=len(o)), key=np.count_nonzero):
        s, on = np.array(signs, dtype=float), np.array(signs) != 0
        w = np.zeros(len(o))
        if on.any():
            system = G[np.ix_(on, on)] + alpha * (1 - l1_ratio) * np.eye(int(on.sum()))
            w[on] = np.linalg.lstsq(system, b[on] - alpha * l1_ratio * s[on], rcond=None)[0]
        w = np.where(s * w > 0, w, 0.0)
        violation = float(penalty.violation(w, G @ (o - w), alpha).max())
        if violation < least:
            best, least = w, violation
        if violation <= tolerance:
            break
    return Solution(best, np.asarray(least), np.sign(best).astype(np.int64), np.full((2, 2), np.nan))


# -- all of it


def picture(position: Mapping[str, float]) -> dict[str, Array]:
    """All that the page draws at {alpha, l1_ratio, correlation, optimum_a, optimum_b}, as flat arrays of fixed length.

    Shared: the five of the position, `t_inactive` (1 if α = 0: no constraint), `input_x` (121), `steps_x` (61),
    `profile_x` (161). Then, with the prefix l1_ (ρ = 1), mix_ (the position's ρ), l2_ (ρ = 0):

    solution_a, solution_b, kkt, budget (t), level (D at the solution)    1 each
    alpha_max (inf without L1), budget_max (t at α = 0)                   1 each
    ball_x, ball_y           129    see `ball`: P = t through the solution
    limit_x, limit_y         129    the same where it is a constraint, NaN at α = 0
    slack_x, slack_y         129    the same where it is none (α = 0), else NaN
    contour_x, contour_y     129    see `contour`: through the solution
    bowl_x, bowl_y           649    see `bowl`
    path_x, path_y           129    see `path`
    segment_x, segment_y     2      ends of the segment of all solutions, NaN if there is one only
    force_x, force_y         2      from the solution along −∇D, FORCE = ½ long for a pull of 1
    counter_x, counter_y     2      the penalty's force: the same length, the other way
    cone_x, cone_y           5      the box α ∂P on the same scale, from the solution: a point, an edge or a rectangle
    wedge_x, wedge_y         5      the normal cone of the ball, cut off where −∇D ends: see `_column`
    pull_a, pull_b           1      −∇D
    threshold (αρ), zeros    1      `zeros` counts the weights that are exactly zero
    tie                      1      1 if there is a segment of solutions
    force_span               1      1.15 times the largest coordinate of ball, forces and cone: the frame of the forces
    case                     1      which are: 0 none, 1 w_a, 2 w_b, 3 both
    zeromap_none_x, _y 51, zeromap_a_x, _y 25, zeromap_b_x, _y 25, zeromap_both_x, _y 12    see `ZeroMap`
    area_none, area_a, area_b, area_both    1      shares of the square
    budget_curve_x, budget_curve_y   129    see `budget_curve`
    profile_loss, profile_penalty, profile_y    161    D, α P and J along w_a = profile_x, w_b as in the solution
    output_y                 121    argmin ½(w − z)² + α P(w) at z = input_x
    output                   1      the same at z = optimum_a
    steps_y                  61     `shrink_steps` from optimum_a with learning rate 0.1
    touch_zeros              1      how many of three weights are exactly zero in
    touch_x, _y, _z          1      the solution of three uncorrelated weights with the optimum (o_a, o_b, THIRD)
    three_x, _y, _z          561    the ball through it, see `ball_surface`; triangles between them: `sphere_faces`

    Shared as well: `optimum_c` (THIRD) and `zero` (0), 1 each.

    ValueError, naming the field, for what is missing or out of range.
    """
    names = ("alpha", "l1_ratio", "correlation", "optimum_a", "optimum_b")
    missing = [name for name in names if name not in position]
    if missing:
        raise ValueError(f"position lacks {', '.join(missing)}")
    alpha, ratio, correlation, *optimum = (number(name, position[name], SQUARABLE) for name in names)
    _check(correlation, optimum, alpha, ratio)
    shared = {name: np.array([float(position[name])]) for name in names}
    shared |= {
        "t_inactive": np.array([float(alpha == 0)]),
        "input_x": INPUTS,
        "steps_x": np.arange(STEPS + 1.0),
        "profile_x": PROFILE,
        "optimum_c": np.array([THIRD]),
        "zero": np.zeros(1),
    }
    background = bowl(correlation, optimum)
    for prefix, rho in (("l1", 1.0), ("mix", ratio), ("l2", 0.0)):
        column = _column(correlation, np.array(optimum), alpha, rho, background)
        shared |= {f"{prefix}_{name}": values for name, values in column.items()}
    return shared


def _column(c: float, o: Array, alpha: float, rho: float, background: Array) -> dict[str, Array]:
    """The arrays of `picture` for one ρ.

    The wedge is the convex hull of the solution w and the segment w + FORCE · α ∂P: a triangle at a corner (its sides
    run along the normals of the two faces that meet there), a line where the ball is smooth, and at w = 0, where
    every direction is normal to a ball that is a point, the whole box.
    """
    penalty = ElasticNet(rho)
    o1, o2 = float(o[0]), float(o[1])
    w, kkt = _solve(c, o1, o2, alpha, rho)
    t = float(budget(w, rho))
    force = _forces(c, o, alpha, rho, w, float(kkt))
    zeros = zero_map(c, alpha, rho)
    low, high = w + FORCE * force.low, w + FORCE * force.high
    box = np.array([low, [high[0], low[1]], high, [low[0], high[1]], low])
    along_a = np.stack([PROFILE, np.full(len(PROFILE), w[1])], axis=-1)
    profile_loss, profile_penalty = loss(c, o, along_a), alpha * budget(along_a, rho)
    lines = {
        "ball": ball(rho, t),
        "limit": ball(rho, t) if alpha > 0 else np.full((POINTS, 2), np.nan),
        "slack": ball(rho, t) if alpha == 0 else np.full((POINTS, 2), np.nan),
        "contour": contour(c, o, w),
        "bowl": background,
        "path": _path(c, o1, o2, rho)[1],
        "segment": _segment(c, o1, o2, alpha, rho),
        "force": np.array([w, w + FORCE * force.pull]),
        "counter": np.array([w, w - FORCE * force.pull]),
        "cone": box,
        "wedge": np.array([w, low, high, w, w]) if w.any() else box,
        "zeromap_none": zeros.none,
        "zeromap_a": zeros.a,
        "zeromap_b": zeros.b,
        "zeromap_both": zeros.both,
        "budget_curve": np.stack(_budget_curve(c, o1, o2, rho), axis=-1),
    }
    numbers = {
        "solution_a": w[0],
        "solution_b": w[1],
        "kkt": kkt,
        "budget": t,
        "level": loss(c, o, w),
        "alpha_max": _alpha_max(c, o1, o2, rho),
        "budget_max": _budget(c, o1, o2, 0.0, rho),
        "pull_a": force.pull[0],
        "pull_b": force.pull[1],
        "threshold": alpha * rho,
        "zeros": np.count_nonzero(w == 0),
        "case": (w[0] == 0) + 2 * (w[1] == 0),
        "tie": np.isfinite(lines["segment"]).all(),
        "output": penalty.prox(o[:1], alpha)[0],
    }
    framed = np.concatenate([lines[name].ravel() for name in ("ball", "force", "counter", "cone")])
    numbers["force_span"] = 1.15 * (np.abs(framed).max() or 1.0)
    arrays = {name: np.array([float(value)]) for name, value in numbers.items()}
    for name, points in lines.items():
        arrays |= {f"{name}_x": points[:, 0], f"{name}_y": points[:, 1]}
    for name, area in zip(("none", "a", "b", "both"), zeros.areas, strict=True):
        arrays[f"area_{name}"] = np.array([float(area)])
    touch = penalty.prox(np.array([o1, o2, THIRD]), alpha)  # G = I: one weight at a time
    surface = ball_surface(rho, float(penalty.value(touch)), GLOBE)
    arrays["touch_zeros"] = np.array([float(np.count_nonzero(touch == 0))])
    for axis, place, points in zip("xyz", touch, surface, strict=True):
        arrays |= {f"touch_{axis}": np.array([place]), f"three_{axis}": points.ravel()}
    return arrays | {
        "profile_loss": profile_loss,
        "profile_penalty": profile_penalty,
        "profile_y": profile_loss + profile_penalty,
        "output_y": penalty.prox(INPUTS, alpha),
        "steps_y": shrink_steps(o1, alpha, rho, LEARNING_RATE, STEPS),
    }
