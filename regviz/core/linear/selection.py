"""Which λ predicts best? Errors of a whole grid of fits on any rows, cross-validation and what it chooses, bias and
variance over resamples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regviz.core import Array
from regviz.core.checks import NOT_NEGATIVE, RATIO, SQUARABLE, numbers, reals, whole
from regviz.core.data.features import Standardizer
from regviz.core.linear.grid import LinearGrid, fit_grids

# Numbers held at once while moments are taken of many resamples.
CHUNK = 1_000_000


def compress(table: ArrayLike) -> Array:
    """At most n_columns rows R such that ‖R v‖ = ‖table v‖ for every v: the triangular factor of a QR.

    table (n_rows, n_columns); a table without more rows than columns comes back as it is. No product of two
    columns is formed, so nothing cancels as it would in tableᵀ table.
    """
    table = numbers("table", table, SQUARABLE, ("n_rows", "n_columns"))
    n_rows, n_columns = table.shape
    return np.asarray(np.linalg.qr(table, mode="r")) if n_rows > n_columns else table


def mean_squared_error(grid: LinearGrid, X: ArrayLike, y: ArrayLike) -> Array:
    """Σ (y − X w − b)² / n of every fit on the rows of X, fitted or not: (n_ratios, n_alphas).

    X (n, n_features), y (n,). Work and memory beyond one QR factorisation of [X, 1, y] do not grow with n. No
    rows: NaN. ValueError, naming the field, for wrong shapes or numbers that are not finite.
    """
    if reals("y", y).shape == (0,):
        return np.full(grid.intercept.shape, np.nan)
    X = numbers("X", X, SQUARABLE, ("n", grid.coef.shape[-1]))
    y = numbers("y", y, SQUARABLE, (len(X),))
    rows = compress(np.column_stack([X, np.ones(len(y)), y]))
    residual = rows[:, -1] - grid.coef @ rows[:, :-2].T - grid.intercept[..., np.newaxis] * rows[:, -2]
    return np.asarray(np.square(residual).sum(axis=-1) / len(y))


def cross_validate(
    features: ArrayLike,
    y: ArrayLike,
    alphas: ArrayLike,
    l1_ratios: ArrayLike,
    standardize: bool = True,
    n_splits: int = 5,
    random_state: int = 0,
    fit: Callable[[Sequence[tuple[ArrayLike, ArrayLike]], ArrayLike, ArrayLike], list[LinearGrid]] = fit_grids,
    mean_error: Callable[[LinearGrid, ArrayLike, ArrayLike], Array] = mean_squared_error,
) -> Array:
    """Mean squared error on the held-out fold, (n_splits, n_ratios, n_alphas).

    Of another loss, the `mean_error` of what `fit` finds; see `Regression`.

    features (n_samples, n_features) are not standardised yet: each fold does it with its own training rows. alphas
    and l1_ratios as in `fit_grid`. The folds are those of scikit-learn's ``KFold(n_splits, shuffle=True,
    random_state=random_state)``, at most one for each sample. ValueError, naming the field, with fewer than 3 samples
    or 2 folds, for wrong shapes or values out of range.
    """
    from sklearn.model_selection import KFold

    table = numbers("features", features, SQUARABLE, ("n_samples", "n_features"))
    y = numbers("y", y, SQUARABLE, (len(table),))
    alphas, l1_ratios = numbers("alphas", alphas, NOT_NEGATIVE), numbers("l1_ratios", l1_ratios, RATIO)
    if len(y) < 3:
        raise ValueError(f"y must have 3 or more training points, got {len(y)}")
    n_splits = min(whole("n_splits", n_splits, 2), len(y))
    random_state = whole("random_state", random_state, 0, 2**32 - 1)
    folds = list(KFold(n_splits, shuffle=True, random_state=random_state).split(table))
    scaled = [Standardizer.fit(table[train], standardize).transform(table) for train, _ in folds]
    grids = fit([(X[train], y[train]) for X, (train, _) in zip(scaled, folds, strict=True)], alphas, l1_ratios)
    return np.array(
        [
            mean_error(grid, X[held_out], y[held_out])
            for grid, X, (_, held_out) in zip(grids, scaled, folds, strict=True)
        ]
    )


@dataclass(frozen=True, eq=False)
class Choice:
    """Which strength cross-validation chooses for each L1 ratio; see `one_standard_error`.

    mean            (n_ratios, n_alphas)  of the fold errors
    standard_error  (n_ratios, n_alphas)  of that mean
    best            (n_ratios,)  index of the alpha of least mean error
    one_se          (n_ratios,)  index of the largest alpha within one standard error of it
    """

    mean: Array
    standard_error: Array
    best: NDArray[np.intp]
    one_se: NDArray[np.intp]


def one_standard_error(errors: ArrayLike, alphas: ArrayLike) -> Choice:
    """The strength of least cross-validated error, and the strongest one that is no worse within its error.

    errors (n_splits, n_ratios, n_alphas), as from `cross_validate`; alphas (n_alphas,) or (n_ratios, n_alphas), in
    any order. For each L1 ratio, with eₖ(α) the error of fold k of K,

        mean(α) = Σₖ eₖ(α) / K        SE(α) = sqrt(Σₖ (eₖ(α) − mean(α))² / (K − 1)) / sqrt(K)
        best    = the α of least mean(α), the largest of them if there are several
        one_se  = the largest α with mean(α) ≤ mean(best) + SE(best), whatever lies between it and best

    so one_se is never a weaker penalty than best. Folds count equally, whatever their size. glmnet's lambda.min and
    lambda.1se weight each fold by its share πₖ of the rows, in the mean and in
    SE(α) = sqrt(Σₖ πₖ (eₖ(α) − mean(α))² / (K − 1)): the same for folds of equal size. The folds share training rows,
    so SE is a rough figure and gives no confidence interval.

    Raises ValueError for fewer than 2 folds, values that are negative or not finite, or shapes that do not match.

    Source: Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, section 7.10.
    """
    errors = numbers("errors", errors, NOT_NEGATIVE, ("n_splits", "n_ratios", "n_alphas"))
    alphas = numbers("alphas", alphas, NOT_NEGATIVE)
    if len(errors) < 2:
        raise ValueError(f"errors must be of shape (n_splits, n_ratios, n_alphas), n_splits >= 2, got {errors.shape}")
    if alphas.shape not in (errors.shape[2:], errors.shape[1:]):
        raise ValueError(f"alphas must have shape {errors.shape[2:]} or {errors.shape[1:]}, got {alphas.shape}")
    # A power of two changes no digit, and keeps the squares of any unit within reach.
    unit = np.ldexp(1.0, np.frexp(errors.max())[1] - 1)
    mean = (errors / unit).mean(axis=0) * unit
    standard_error = (errors / unit).std(axis=0, ddof=1) / np.sqrt(len(errors)) * unit

    def strongest(allowed: NDArray[np.bool_]) -> NDArray[np.intp]:
        return np.asarray(np.where(allowed, alphas, -1).argmax(axis=1))

    best = strongest(mean == mean.min(axis=1, keepdims=True))[:, np.newaxis]
    bound = np.take_along_axis(mean, best, axis=1) + np.take_along_axis(standard_error, best, axis=1)
    return Choice(mean, standard_error, best[:, 0], strongest(mean <= bound))


@dataclass(frozen=True, eq=False)
class Moments:
    """Mean and scatter of predictions over resamples, which add up: part + part = moments of both together.

    count    number of resamples
    mean     (..., m)
    scatter  (..., m)  Σ (prediction − mean)²

    Only deviations from a mean are squared, so nothing cancels. Source: Chan, Golub & LeVeque (1983), Algorithms
    for computing the sample variance, eq. 2.1.
    """

    count: int
    mean: Array
    scatter: Array

    @classmethod
    def of(cls, predictions: ArrayLike) -> Moments:
        """predictions (n_resamples, ..., m), one resample or more."""
        predictions = _predictions(predictions)
        mean = predictions.mean(axis=0)
        return cls(len(predictions), mean, np.square(predictions - mean).sum(axis=0))

    def __add__(self, other: Moments) -> Moments:
        count = self.count + other.count
        step = other.mean - self.mean
        return Moments(
            count,
            self.mean + step * (other.count / count),
            self.scatter + other.scatter + step**2 * (self.count * other.count / count),
        )

    def decompose(self, truth: ArrayLike) -> tuple[Array, Array]:
        """(bias², variance), each (...), as `decompose` has them; truth (m,)."""
        truth = numbers("truth", truth, SQUARABLE, self.mean.shape[-1:])
        bias_squared = np.square(self.mean - truth).mean(axis=-1)
        return np.asarray(bias_squared), np.asarray(self.scatter.mean(axis=-1) / self.count)


def decompose(predictions: ArrayLike, truth: ArrayLike) -> tuple[Array, Array]:
    """Squared bias and variance of a fit over resamples of its data, averaged over m points: two arrays (...).

    predictions (n_resamples, ..., m): fits on T resamples, all at the same m points; truth f (m,) there. With f̂ₜ(xᵢ) a
    prediction and f̄(xᵢ) = Σₜ f̂ₜ(xᵢ) / T,

        bias²    = Σᵢ (f̄(xᵢ) − f(xᵢ))² / m
        variance = Σᵢ Σₜ (f̂ₜ(xᵢ) − f̄(xᵢ))² / (T m)

    so that bias² + variance = Σᵢ Σₜ (f̂ₜ(xᵢ) − f(xᵢ))² / (T m), the error against the truth, exactly. On new noisy data
    the expected error is σ² more. With finite T this bias² is too high, and this variance too low, by
    variance / (T − 1) on average.

    Predictions that do not fit into memory: ``Moments.of(part) + Moments.of(part) + …`` and its `decompose`.

    Raises ValueError for shapes that do not match, no resamples, or numbers that are not finite.

    Source: Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, eq. 7.9.
    """
    predictions = _predictions(predictions)
    size = max(1, CHUNK // predictions[0].size)
    parts: Iterable[Moments] = (
        Moments.of(predictions[first : first + size]) for first in range(0, len(predictions), size)
    )
    return reduce(add, parts).decompose(truth)


def _predictions(values: ArrayLike) -> Array:
    table = numbers("predictions", values, SQUARABLE)
    if table.ndim < 2 or 0 in table.shape:
        raise ValueError(f"predictions must be of shape (n_resamples, ..., m), not empty, got shape {table.shape}")
    return table
