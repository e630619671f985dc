"""What is left of the data of a linear fit once units, intercept and surplus rows are taken out?

Columns and target are centred (which is the intercept), compressed by QR, and brought to root mean square 1: nothing
that is solved depends on a unit. The normal equations are solved from the rows, never from the Gram matrix, whose
rounding error alone can turn a sign where columns are nearly dependent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regviz.core import Array
from regviz.core.checks import SQUARABLE, check_spread, numbers

EPS = float(np.finfo(float).eps)

# Below this share of what it is compared with, a number is rounding error.
NEGLIGIBLE = 1e-14
# A column whose distance from the span of others is below this, as a share of its length, is dependent on them.
DEPENDENT = 64 * EPS
# Added to singular systems, in standard units: above the rounding error of a Gram matrix.
TRACE = 64 * EPS


@dataclass(frozen=True, eq=False)
class Problem:
    """The centred data in at most p + 1 rows: ‖target − factor w‖ = ‖y − Xw − b‖ for the best b.

    n        number of observations
    x_mean   (p,)
    y_mean
    factor   (rows, p)
    target   (rows,)
    x_scale  (p,)  root mean square of each centred column, 0 if constant
    y_scale  root mean square of the centred y, 0 if constant
    """

    n: int
    x_mean: Array
    y_mean: float
    factor: Array
    target: Array
    x_scale: Array
    y_scale: float

    @classmethod
    def of(cls, X: Array, y: Array) -> Problem:
        """Centre, and compress the rows by QR: an orthogonal factor changes no product."""
        n, p = X.shape
        data = np.column_stack([X, y])
        constant = np.ptp(data, axis=0) <= 4 * EPS * np.abs(data).max(axis=0)
        mean = data.mean(axis=0)
        mean += (data - mean).mean(axis=0)  # a second pass, for columns far from zero
        centred = np.where(constant, 0, data - mean)
        spread = np.abs(centred).max(axis=0)
        check_spread("X", spread[:p])
        check_spread("y", spread[p:])
        rows = np.asarray(np.linalg.qr(centred, mode="r")) if n > p + 1 else centred
        scale = np.sqrt(np.square(rows).sum(axis=0) / n)
        return cls(
            n=n,
            x_mean=mean[:p],
            y_mean=float(mean[p]),
            factor=rows[:, :p],
            target=rows[:, p],
            x_scale=scale[:p],
            y_scale=float(scale[p]),
        )

    @property
    def positive_x_scale(self) -> Array:
        """`x_scale` to divide by: 1 for a constant column."""
        return np.where(self.x_scale > 0, self.x_scale, 1)

    @property
    def positive_y_scale(self) -> float:
        """`y_scale` to divide by: 1 for a constant y."""
        return self.y_scale or 1.0

    @property
    def unit(self) -> Array:
        """Coefficient in the data's units = unit * coefficient in standard units; 0 if constant."""
        return np.where(self.x_scale > 0, self.y_scale / self.positive_x_scale, 0)

    @cached_property
    def rows(self) -> Rows:
        """The same in standard units."""
        root = np.sqrt(self.n)
        return Rows(self.factor / (root * self.positive_x_scale), self.target / (root * self.positive_y_scale))

    def gradient(self, coef: Array) -> Array:
        """Of 1/(2n) ‖y − Xw − b‖² at `coef` (..., p) and the best b: (..., p)."""
        return (coef @ self.factor.T - self.target) @ self.factor / self.n

    @property
    def gradient_at_zero(self) -> Array:
        """−X_cᵀ y_c / n: (p,)."""
        return self.gradient(np.zeros(self.factor.shape[1]))

    @property
    def gradient_scale(self) -> float:
        """alpha_max at ρ = 1; where that is rounding error, its upper bound max rms(x_j) rms(y)."""
        largest = float(np.abs(self.gradient_at_zero).max())
        bound = float(self.x_scale.max()) * self.y_scale
        return largest if largest > NEGLIGIBLE * bound else bound


@dataclass(frozen=True, eq=False)
class Rows:
    """A problem in standard units: ½ ‖target − Z u‖² is its data term.

    Z       (rows, p)  ZᵀZ has the diagonal 1, or 0 for a constant column
    target  (rows,)  of length 1, or 0 for a constant y
    """

    Z: Array
    target: Array

    def slope(self, u: Array) -> Array:
        """Zᵀ(target − Z u): (..., p) -> (..., p)."""
        return np.asarray((self.target - u @ self.Z.T) @ self.Z)

    def solve(self, on: NDArray[np.intp], l1: Array, l2: Array, u: Array) -> Array:
        """(Z_SᵀZ_S + l2)⁻¹ (Z_Sᵀ target − l1) on the columns `on`, from u nearby; l1 with its signs.

        All arrays (|S|,). Dependent columns get a trace of ridge on the step from u.
        """
        Z = self.Z[:, on]
        R = triangular_factor(Z, l2)
        if is_dependent(R):
            R = triangular_factor(Z, l2 + TRACE)
        return solve_normal(R, Z, self.target, l1, l2, u)


def triangular_factor(Z: Array, l2: Array) -> Array:
    """R (k, k) with RᵀR = ZᵀZ + diag(l2), by QR of [Z; √l2]: Z (rows, k), l2 (k,) >= 0."""
    return np.asarray(np.linalg.qr(np.vstack([Z, np.diag(np.sqrt(l2))]), mode="r"))


def is_dependent(R: Array) -> bool:
    """Whether a column of the matrix that R is a factor of, columns of length 1 or more, depends on those before it."""
    return bool(np.abs(np.diagonal(R)).min(initial=1) <= DEPENDENT)


def solve_normal(R: Array, Z: Array, target: Array, l1: Array, l2: Array, u: Array) -> Array:
    """(ZᵀZ + l2)⁻¹ (Zᵀ target − l1) by R = triangular_factor(Z, l2), from u nearby.

    Z (rows, k), target (..., rows), l1, l2, u (..., k) -> (..., k). Refined once, with residuals from the rows.

    Source: Björck (1987), Stability analysis of the method of semi-normal equations for linear least squares problems.
    """
    for _ in range(2):
        right = (target - u @ Z.T) @ Z - l1 - l2 * u
        u = u + np.linalg.solve(R, np.linalg.solve(R.T, right.T)).T
    return u


def check_matrix(X: ArrayLike) -> Array:
    """X as an array (n, p); ValueError, naming the field, if it is none, or not finite."""
    return numbers("X", X, SQUARABLE, ("n", "p"))


def check_data(X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """X (n, p) and y (n,) as arrays; ValueError, naming the field, if they are not."""
    X = check_matrix(X)
    return X, numbers("y", y, SQUARABLE, (len(X),))
