"""How does the ball look in three dimensions, and where does the solution touch it?"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from regviz.core import Array
from regviz.core.checks import NOT_NEGATIVE, RATIO, SQUARABLE, STRENGTH, number, numbers, whole
from regviz.core.penalties import ElasticNet
from regviz.core.toy.shapes import circle
from regviz.core.toy.two_weights import ROUNDING, Solution

GLOBE = 17  # latitudes of the ball in 3-D


def ball_surface(l1_ratio: float, budget: float, n: int = 41) -> Array:
    """P(w) = t in the directions of a globe: (3, n, 2n − 1), coordinate × latitude × longitude, closed.

    n odd, so that the poles, the equator and the meridians of the axes are on it, and with them every corner and
    edge of the octahedron. ValueError otherwise.
    """
    if whole("n", n, 3) % 2 == 0:
        raise ValueError(f"n must be odd and >= 3, got {n}")
    cos, sin = circle(2 * (n - 1))
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
    alpha, l1_ratio = number("alpha", alpha, STRENGTH), number("l1_ratio", l1_ratio, RATIO)
    penalty, b = ElasticNet(l1_ratio), G @ o
    tolerance = ROUNDING * 4 * (np.abs(o).sum() * max(np.abs(G).max(), 1.0) + alpha * l1_ratio)
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
