"""Which columns does a polynomial of x have, and how are columns put on one scale and back?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev, legendre, polynomial
from numpy.typing import ArrayLike, NDArray

from regviz.core import Array
from regviz.core.checks import SQUARABLE, Range, numbers, together, whole

MIN_DEGREE = 1
MAX_DEGREE = 20
# At this distance, in widths of the domain, even the highest power is far from overflowing.
FAR = 1e12
# Differences of columns must not overflow.
LARGE = Range("finite and at most 1e300 in size", -1e300, 1e300)

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Basis:
    """Polynomials φ₁ … φ_degree of t = 2 (x − low) / (high − low) − 1, without the constant φ₀.

    name, label    the slug in the URL and the words on the page
    vandermonde    (t (n,), degree) -> (n, degree + 1), the constant first
    term           k -> the name of φₖ as plain text: "x²", "P₂", "T₂"
    """

    name: str
    label: str
    vandermonde: Callable[[Array, int], NDArray[np.floating]]
    term: Callable[[int], str]

    def expand(self, x: ArrayLike, degree: int, domain: tuple[float, float]) -> Array:
        """φₖ(t) for k = 1 … degree, with x mapped from the domain to t in [−1, 1].

        x (n,), degree 1 to 20, domain = (low, high) -> (n, degree). Every basis uses this map, the
        monomials too: their "x" is the mapped one, so that no power dwarfs the others. x outside
        the domain is extrapolated. Raises ValueError for a bad degree, domain or shape of x.
        """
        check_degree(degree)
        ends = numbers("domain", domain, SQUARABLE, (2,))
        low, high = float(ends[0]), float(ends[1])
        if not low < high:
            raise ValueError(f"domain must be two finite numbers, low < high, got {domain}")
        x = numbers("x", x, SQUARABLE)
        if x.ndim != 1:
            raise ValueError(f"x must be one-dimensional, got shape {x.shape}")
        with np.errstate(over="ignore"):
            t = ((x - low) - (high - x)) / (high - low)
        if np.abs(t).max(initial=0) > FAR:
            raise ValueError(f"x must lie within {FAR:g} widths of the domain {domain}, got {x[np.abs(t).argmax()]:g}")
        return np.asarray(self.vandermonde(t, degree)[:, 1:], dtype=np.float64)

    def terms(self, degree: int) -> tuple[str, ...]:
        """The plain names of φ₁ … φ_degree. Raises ValueError for a bad degree."""
        check_degree(degree)
        return tuple(self.term(k) for k in range(1, degree + 1))


def check_degree(degree: int) -> None:
    """Raise ValueError unless degree is a whole number from 1 to 20."""
    whole = isinstance(degree, (int, np.integer)) and not isinstance(degree, bool)
    if not whole or not MIN_DEGREE <= degree <= MAX_DEGREE:
        raise ValueError(f"degree must be {MIN_DEGREE} to {MAX_DEGREE}, got {degree}")


BASES: dict[str, Basis] = {
    basis.name: basis
    for basis in (
        Basis(
            name="monomial",
            label="Monomials",
            vandermonde=polynomial.polyvander,
            term=lambda k: "x" if k == 1 else "x" + str(k).translate(_SUPERSCRIPTS),
        ),
        Basis(
            name="legendre",
            label="Legendre",
            vandermonde=legendre.legvander,
            term=lambda k: "P" + str(k).translate(_SUBSCRIPTS),
        ),
        Basis(
            name="chebyshev",
            label="Chebyshev",
            vandermonde=chebyshev.chebvander,
            term=lambda k: "T" + str(k).translate(_SUBSCRIPTS),
        ),
    )
}


@dataclass(frozen=True, eq=False)
class Standardizer:
    """z = (x − mean) / scale, column by column, and the way back for coefficients.

    mean   (n_features,)
    scale  (n_features,)  population standard deviation (divisor n); 1 for a constant column

    Fit it on the training rows only, then transform every row with it.
    """

    mean: Array  # (n_features,)
    scale: Array  # (n_features,)

    @classmethod
    def fit(cls, X: ArrayLike, enabled: bool = True) -> Standardizer:
        """mean and scale of the columns of X (n_samples, n_features); identity if not enabled.

        A column that is constant up to rounding has scale 1, so it becomes (nearly) 0, not noise.
        Raises ValueError if X is not two-dimensional, has no rows or is not finite.
        """
        X = numbers("X", X, LARGE)
        if X.ndim != 2 or X.shape[0] == 0:
            raise ValueError(f"X must be of shape (n_samples, n_features) with a row or more, got {X.shape}")
        if not enabled:
            return cls.identity(X.shape[1])
        # Counted from the first row, a constant column has deviations of exactly 0; divided by the
        # largest of them, no square over- or underflows.
        deviation = X - X[0]
        size = np.abs(deviation).max(axis=0, initial=0.0)
        unit = deviation / np.where(size > 0, size, 1.0)
        mean = X[0] + size * unit.mean(axis=0)
        scale = size * unit.std(axis=0)
        constant = scale <= 8.0 * np.finfo(np.float64).eps * np.abs(X).max(axis=0, initial=0.0)
        return cls(mean, np.where(constant, 1.0, scale))

    @classmethod
    def identity(cls, n_features: int) -> Standardizer:
        """Changes nothing: mean 0, scale 1. For a reader who switches standardising off."""
        whole("n_features", n_features, 0)
        return cls(np.zeros(n_features), np.ones(n_features))

    def transform(self, X: ArrayLike) -> Array:
        """(X − mean) / scale, (n_samples, n_features) -> the same shape; no rows at all are allowed.

        ValueError, as in the two below, for another number of columns or numbers that are not finite.
        """
        X = numbers("X", X, LARGE)
        if X.ndim != 2 or X.shape[1] != len(self.mean):
            raise ValueError(f"X must be of shape (n_samples, {len(self.mean)}), got {X.shape}")
        return (X - self.mean) / self.scale

    def coef_original(self, coef: ArrayLike) -> Array:
        """Weights per unit of the original columns: coef / scale, (..., n_features)."""
        return np.asarray(self._weights(coef) / self.scale)

    def intercept_original(self, coef: ArrayLike, intercept: ArrayLike) -> Array:
        """Intercept for the original columns: intercept − Σⱼ coefⱼ meanⱼ / scaleⱼ.

        coef (..., n_features) and intercept (...) belong to the transformed columns -> (...).
        """
        shift = self.coef_original(coef) @ self.mean
        intercept = numbers("intercept", intercept)
        together(intercept=intercept, coef=shift)
        return np.asarray(intercept - shift)

    def _weights(self, coef: ArrayLike) -> Array:
        coef = numbers("coef", coef)
        if coef.shape[-1:] != self.mean.shape:
            raise ValueError(f"coef must be of shape (..., {len(self.mean)}), got {coef.shape}")
        return coef
