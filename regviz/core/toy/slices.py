"""What does the constraint picture of two of the weights look like, with the others held at their solution?

Of the whole problem  min D(w) + α·P(w)  a slice is taken: two weights (w_a, w_b) are free, the others stay where
the fit has put them. The slice is a problem of the same kind, its solution is the pair of weights of the full
fit, and its loss is exactly a quadratic bowl

    D(v) = D(o) + ½ (v − o)ᵀ G (v − o),     G = Z_abᵀ Z_ab / n,   o = the bowl's lowest point,

so contours are ellipses and nothing has to be sampled on a grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from regviz.core import Array
from regviz.core.checks import NOT_NEGATIVE, RATIO, SQUARABLE, check_spread, numbers, rms, together, whole
from regviz.core.linear.problem import check_data
from regviz.core.linear.selection import compress
from regviz.core.penalties import ElasticNet

CLEAR_GAP = 0.35
# Two columns with 1 − correlation² below this make a valley.
VALLEY = 4e-14


@dataclass(frozen=True, eq=False)
class Slices:
    """One slice for every fit of a grid of shape (n_ratios, n_alphas).

    pair       (2,)  columns of the two weights
    solution   (n_ratios, n_alphas, 2)  the two weights of the fit: where contour and ball touch
    optimum    (n_ratios, n_alphas, 2)  the bowl's lowest point o
    shape      (2, 2)  G^(−½): the ellipse D = D(o) + ½ m² is  o + m · shape @ (cos φ, sin φ)
    touch      (n_ratios, n_alphas)  m of the contour through the solution
    origin     (n_ratios, n_alphas)  m of the contour through (0, 0)
    budget     (n_ratios, n_alphas)  t = P(solution): the size of the ball
    gram       (2, 2)  G
    """

    pair: tuple[int, int]
    solution: Array
    optimum: Array
    shape: Array
    touch: Array
    origin: Array
    budget: Array
    gram: Array

    def ball(self, l1_ratios: ArrayLike, angles: ArrayLike) -> Array:
        """Distance from the origin to the ball P(w) = t in each direction, (n_ratios, n_alphas, n_angles)."""
        l1_ratios = numbers("l1_ratios", l1_ratios, RATIO, self.budget.shape[:1])
        return ball_radius(l1_ratios[:, np.newaxis, np.newaxis], self.budget[..., np.newaxis], angles)


def ball_radius(l1_ratio: ArrayLike, budget: ArrayLike, angles: ArrayLike) -> Array:
    """r(φ) such that r·(cos φ, sin φ) lies on  ρ‖w‖₁ + (1 − ρ)/2 ‖w‖₂² = t;  broadcasts.

    With q = ρ(|cos φ| + |sin φ|):  r = 2t / (q + √(q² + 2(1 − ρ)t)), which holds at both ends: t/q for the
    diamond (ρ = 1), √(2t) for the circle (ρ = 0). t = 0 gives 0.
    """
    rho, t = numbers("l1_ratio", l1_ratio, RATIO), numbers("budget", budget, NOT_NEGATIVE)
    angles = numbers("angles", angles)
    together(l1_ratio=rho, budget=t, angles=angles)
    q = rho * (np.abs(np.cos(angles)) + np.abs(np.sin(angles)))
    under = q + np.sqrt(q**2 + 2 * (1 - rho) * t)
    return np.asarray(2 * t / np.where(under > 0, under, 1.0))


def clearest_pair(
    X: ArrayLike, y: ArrayLike, coef: ArrayLike, wanted: tuple[int | None, int | None]
) -> tuple[int, int]:
    """The two columns whose slice shows best what the penalties do to correlated features.

    coef (n_fits, n_features): fits of (X, y) by several penalties, the lasso last. Of all pairs, those of which the
    lasso keeps exactly one weight come first (a corner is hit); among them the one in which bowl and ball are of
    like size: the gap |o − w| / max(|o|, |w|) between lowest point o and solution w (largest coordinate, in the fit
    where it is smallest) is nearest to CLEAR_GAP.
    `wanted` holds the columns that the reader has chosen. Raises ValueError with fewer than two columns, or naming
    the field.
    """
    X, y = check_data(X, y)
    p = X.shape[1]
    coef = numbers("coef", coef, SQUARABLE, ("n_fits", p))
    if p < 2:
        raise ValueError(f"X must have 2 or more columns for a pair, got {p}")
    if not isinstance(wanted, tuple | list) or len(wanted) != 2:
        raise ValueError(f"wanted must be two columns or None, got {wanted!r}")
    for column in wanted:
        if column is not None:
            whole("wanted", column, 0, p - 1)
    rows = compress(np.column_stack([X - X.mean(axis=0), y - y.mean()])) / np.sqrt(len(y))
    # In units of a power of two for each column, which changes no digit: products of four columns are taken.
    unit = np.exp2(np.frexp(rms(rows[:, :-1], axis=0))[1])
    check_spread("X", unit)
    Z = rows[:, :-1] / unit
    pull = (rows[:, -1] - (coef * unit) @ Z.T) @ Z  # (n_fits, p)
    gram = Z.T @ Z
    a, b = np.triu_indices(p, 1)
    determinant = gram[a, a] * gram[b, b] - gram[a, b] ** 2
    sound = determinant > 1e-10 * gram[a, a] * gram[b, b]
    safe = np.where(sound, determinant, 1.0)
    way = np.stack(
        [gram[b, b] * pull[:, a] - gram[a, b] * pull[:, b], gram[a, a] * pull[:, b] - gram[a, b] * pull[:, a]]
    )
    way = np.where(sound, way / safe, 0.0) / unit[np.stack([a, b])][:, np.newaxis]  # o − w: (2, n_fits, n_pairs)
    w = np.stack([coef[:, a], coef[:, b]])
    size = np.maximum(np.abs(w), np.abs(w + way)).max(axis=0)
    gap = (np.abs(way).max(axis=0) / np.where(size > 0, size, 1.0)).min(axis=0)
    corner = (w[:, -1] != 0).sum(axis=0) == 1
    fits = np.ones(len(a), dtype=bool)
    for column in wanted:
        if column is not None:
            fits &= (a == column) | (b == column)
    best = int(np.argmax(np.where(fits, corner - np.abs(gap - CLEAR_GAP), -2.0)))
    first, second = int(a[best]), int(b[best])
    return (second, first) if first == wanted[1] or second == wanted[0] else (first, second)


def slices(X: ArrayLike, y: ArrayLike, coef: ArrayLike, l1_ratios: ArrayLike, pair: tuple[int, int]) -> Slices:
    """The slice through every fit of a grid.

    X (n_samples, n_features) and y (n_samples,) are what was fitted, coef (n_ratios, n_alphas, n_features) the
    fits, which carry an unpenalised intercept: X and y are centred here. If the two columns are collinear (or
    constant) the bowl is a valley: o is then the lowest point nearest to the solution, and the ellipse is
    drawn only across the valley. Work beyond one QR factorisation does not grow with n_samples. Raises
    ValueError unless pair names two different columns, and naming the field for other shapes or numbers.
    """
    X, y = check_data(X, y)
    n_features = X.shape[1]
    coef = numbers("coef", coef, SQUARABLE, ("n_ratios", "n_alphas", n_features))
    l1_ratios = numbers("l1_ratios", l1_ratios, RATIO, coef.shape[:1])
    a, b = pair if isinstance(pair, tuple | list) and len(pair) == 2 else (None, None)
    found = range(n_features)
    if isinstance(a, bool) or isinstance(b, bool) or a not in found or b not in found or a == b:
        raise ValueError(f"pair must be two different columns of 0 to {n_features - 1}, got {pair}")
    rows = compress(np.column_stack([X - X.mean(axis=0), y - y.mean()])) / np.sqrt(len(y))
    residual = rows[:, -1] - coef @ rows[:, :-1].T  # (n_ratios, n_alphas, at most n_features + 1)
    columns = rows[:, [a, b]]
    spread = rms(columns, axis=0)
    constant = spread <= 8 * np.finfo(float).eps * np.abs(X[:, [a, b]]).max(axis=0)
    check_spread("X", spread[~constant])
    columns = np.where(constant, 0, columns)
    gram = columns.T @ columns
    root, inverse_root = _roots(columns, gram)
    solution = coef[..., [a, b]]
    pull = residual @ columns  # −∇D at the solution
    optimum = solution + pull @ inverse_root @ inverse_root

    return Slices(
        pair=pair,
        solution=solution,
        optimum=optimum,
        shape=inverse_root,
        touch=np.linalg.norm(pull @ inverse_root, axis=-1),
        origin=np.linalg.norm(optimum @ root, axis=-1),
        budget=np.stack([ElasticNet(float(rho)).value(w) for rho, w in zip(l1_ratios, solution, strict=True)]),
        gram=gram,
    )


def _roots(columns: Array, gram: Array) -> tuple[Array, Array]:
    """G^½ and G^(−½), (2, 2) each, of two columns (m, 2) of any units; of a valley, those across it.

    With s = √det G, taken from a QR so that it keeps its digits, and τ² = tr G + 2s (Cayley and Hamilton):
    G^½ = (G + s I) / τ and G^(−½) = (s I + adj G) / (τ s), without a difference on the diagonal.
    """
    r = np.zeros((2, 2))
    triangle = np.linalg.qr(columns, mode="r")
    r[: len(triangle)] = triangle
    s = abs(r[0, 0] * r[1, 1])
    if s > 0 and r[1, 1] ** 2 > VALLEY * gram[1, 1]:
        trace = np.sqrt(np.trace(gram) + 2 * s)
        adjoint = np.array([[gram[1, 1], -gram[0, 1]], [-gram[0, 1], gram[0, 0]]])
        return (gram + s * np.eye(2)) / trace, (adjoint + s * np.eye(2)) / (trace * s)
    values, vectors = np.linalg.eigh(gram)
    across = np.outer(vectors[:, 1], vectors[:, 1])
    steep = np.sqrt(max(values[1], 0.0))
    return across * steep, across / (steep or np.inf)
