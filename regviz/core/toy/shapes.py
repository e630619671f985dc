"""How are the ball of the penalty and the contours of the loss drawn?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from regviz.core import Array
from regviz.core.checks import NOT_NEGATIVE, SQUARABLE, number, numbers
from regviz.core.penalties import ElasticNet
from regviz.core.toy.two_weights import REACH, check_problem

POINTS = 129  # vertices of a closed curve, the first one repeated
LEVELS = (0.6, 1.2, 1.8, 2.4, 3.0)  # m of the background ellipses D = m²/2: equal steps outward
_LINE = 64  # points of each of the two lines that are the contour when |c| = 1


def circle(n_steps: int) -> tuple[Array, Array]:
    """cos and sin of n_steps + 1 equal steps round the circle, exact on the axes; n_steps a multiple of 4."""
    quarter = n_steps // 4
    cos = np.cos(2 * np.pi * np.arange(quarter + 1) / n_steps)
    cos[quarter] = 0
    cos = np.concatenate([cos[:quarter], -cos[quarter:0:-1], -cos[:quarter], cos[quarter:0:-1]])
    sin = np.roll(cos, quarter)
    return np.append(cos, cos[0]), np.append(sin, sin[0])


_COS, _SIN = circle(POINTS - 1)
_DIRECTIONS = np.stack([_COS, _SIN], axis=-1)  # (129, 2)


def ball(l1_ratio: float, budget: float) -> Array:
    """The boundary P(w) = t, closed, corners included: (129, 2); from the a-axis anticlockwise. t = 0: the origin."""
    return ElasticNet(l1_ratio).boundary(_DIRECTIONS, number("budget", budget, NOT_NEGATIVE))


def contour(correlation: float, optimum: ArrayLike, coef: ArrayLike) -> Array:
    """The contour of D through w = `coef`: (129, 2).

    An ellipse that starts and ends at w: o + G^(−½) R(φ) G^½ (w − o), R the rotation, φ from 0 to 2π. At |c| = 1 it
    is two lines w_a + c w_b = const: 64 points each, w's line first, NaN between them, cut off at |w| = REACH.
    """
    c, (o1, o2), _, _ = check_problem(correlation, optimum, 0.0, 0.0)
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
    c, (o1, o2), _, _ = check_problem(correlation, optimum, 0.0, 0.0)
    floor = o1 + c * o2
    pieces = []
    for m in LEVELS:
        pieces += [_two_lines(c, floor - m, floor + m) if abs(c) == 1 else _ellipse(c, o1, o2, m, 0.0)]
        pieces += [np.full((1, 2), np.nan)]
    return np.concatenate(pieces[:-1])
