"""What does a penalty cost, pull and shrink? L1, L2 and everything between, as values.

One family covers all: `ElasticNet(l1_ratio)`; `L1` and `L2` are its two ends. The strength alpha is
never part of a penalty: the objective is D(w, b) + alpha * penalty(w), and biases are not in w.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from regviz.core import Array
from regviz.core.checks import NOT_NEGATIVE, RATIO, SQUARABLE, number, numbers, reals, together


def formula(absolute: str = "Σ|w|", square: str = "Σw²") -> str:
    """The penalty as plain text, with ρ the L1 ratio and its two sums as given."""
    return f"ρ {absolute} + (1 − ρ)/2 {square}"


@dataclass(frozen=True)
class ElasticNet:
    r"""Penalty(w) = rho ||w||_1 + (1 - rho)/2 ||w||_2^2, with rho = `l1_ratio` in [0, 1].

    Every method takes coefficients along the last axis and any axes in front of it, in single or double precision.
    Those that training calls at each step let NaN and inf pass; all refuse what is no array of real numbers.

    Source: Zou & Hastie (2005); the 1/2 and the mixing as in Friedman, Hastie & Tibshirani (2010).
    """

    l1_ratio: float

    def __post_init__(self) -> None:
        number("l1_ratio", self.l1_ratio, RATIO)

    def value(self, coef: ArrayLike) -> Array:
        """rho sum |w_j| + (1 - rho)/2 sum w_j^2: (..., p) -> (...)."""
        coef = reals("coef", coef)
        l1_norm = np.abs(coef).sum(axis=-1)
        with np.errstate(over="ignore"):  # inf is the answer then
            squared_l2_norm = np.square(coef).sum(axis=-1)
        return np.asarray(self.l1_ratio * l1_norm + (1 - self.l1_ratio) / 2 * squared_l2_norm)

    def subgradient(self, coef: ArrayLike) -> Array:
        """rho sign(w) + (1 - rho) w, the subgradient of least norm (sign(0) = 0): (..., p)."""
        coef = reals("coef", coef)
        return np.asarray(self.l1_ratio * np.sign(coef) + (1 - self.l1_ratio) * coef)

    def violation(self, coef: ArrayLike, slope: ArrayLike, alpha: ArrayLike) -> Array:
        """How far each entry of `slope` lies outside alpha times the subdifferential at `coef`.

        |slope_j - alpha (rho sign(w_j) + (1 - rho) w_j)|   where w_j != 0
        max(|slope_j| - alpha rho, 0)                       where w_j == 0

        With slope = -gradient of the data term, all zero means: `coef` is optimal (the KKT
        conditions). Shapes: coef and slope (..., p), alpha broadcasts against them -> (..., p).
        """
        coef, slope, alpha = reals("coef", coef), reals("slope", slope), _weight("alpha", alpha)
        together(coef=coef, slope=slope, alpha=np.asarray(alpha))
        residual = np.abs(slope - alpha * self.subgradient(coef))
        return np.where(coef != 0, residual, np.maximum(residual - alpha * self.l1_ratio, 0))

    def prox(self, v: ArrayLike, step: ArrayLike) -> Array:
        """argmin_w 1/2 ||w - v||^2 + step * penalty(w): soft threshold, then shrink.

        sign(v) max(|v| - step rho, 0) / (1 + step (1 - rho)). For a gradient step of size
        learning_rate, step = learning_rate * alpha.

        Source: Parikh & Boyd (2014), Proximal Algorithms, sections 6.1 and 6.5.
        """
        v, step = reals("v", v), _weight("step", step)
        together(v=v, step=np.asarray(step))
        soft = np.sign(v) * np.maximum(np.abs(v) - step * self.l1_ratio, 0)
        return np.asarray(soft / (1 + step * (1 - self.l1_ratio)))

    def boundary(self, direction: ArrayLike, t: ArrayLike) -> Array:
        """The point r * direction, r >= 0, where the penalty equals t: (..., p) -> (..., p).

        With q = rho ||u||_1 and s = (1 - rho) ||u||_2^2, r solves q r + s r^2 / 2 = t:
        r = 2t / (q + sqrt(q^2 + 2 s t)), which loses no digit at either end. t >= 0 broadcasts
        against direction's leading axes. ValueError if a direction is zero or a t negative.
        """
        t, direction = numbers("t", t, NOT_NEGATIVE), numbers("direction", direction, SQUARABLE, ("...", "p"))
        together(t=t, direction=direction[..., 0])
        if not np.any(direction, axis=-1).all():
            raise ValueError("direction must not be zero")
        q = self.l1_ratio * np.abs(direction).sum(axis=-1)
        s = (1 - self.l1_ratio) * np.square(direction).sum(axis=-1)
        denominator = q + np.sqrt(q**2 + 2 * s * t)
        # 0 / 0 only for t = 0, where the ball is the origin
        radius = 2 * t / np.where(denominator > 0, denominator, 1)
        return np.asarray(radius[..., None] * direction)

    def alpha_max(self, gradient: ArrayLike) -> float:
        """The least alpha whose solution is w = 0: max_j |gradient_j| / rho.

        `gradient` (p,) is that of the data term at w = 0 (and at its best bias). Without an L1
        part no finite alpha gives exactly zero: inf, unless the gradient itself is 0.
        """
        largest = float(np.abs(numbers("gradient", gradient)).max(initial=0))
        if largest == 0:
            return 0.0
        return largest / self.l1_ratio if self.l1_ratio > 0 else np.inf


def _weight(field: str, value: ArrayLike) -> Array | float:
    """An array, or a number as it is: as an array of no axes it would make single precision double."""
    array = reals(field, value)
    return value if isinstance(value, (int, float)) else array


L1 = ElasticNet(1.0)
L2 = ElasticNet(0.0)
