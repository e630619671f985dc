"""From which lowest points o of the loss does the penalty set which of two weights to zero?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regviz.core import Array
from regviz.core.checks import between, number
from regviz.core.toy.two_weights import PATTERNS, check_problem

OPTIMA = 3.0  # the zero-map shows o in [-OPTIMA, OPTIMA]²
SLOT = 12  # points of a piece of the zero-map, the last one repeated

_BOTH = PATTERNS[5:]


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
    c, _, a, rho = check_problem(correlation, (0.0, 0.0), alpha, l1_ratio)
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
