"""What is minimised beside the penalty, by which solver, and what else is known of its solutions? A loss as one value.

All that fits and judges reads a `Regression`: `SQUARED`, or another one with a loss and a solver of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from regviz.core import Array
from regviz.core.checks import SQUARABLE, numbers, reals
from regviz.core.linear.grid import LinearGrid, alpha_max, effective_df, fit_grids
from regviz.core.linear.lasso_path import LassoPath, lasso_path
from regviz.core.linear.matching import same_df, same_training_error
from regviz.core.linear.selection import mean_squared_error
from regviz.core.losses import Loss, SquaredError
from regviz.core.toy.slices import Slices, slices

Fit = Callable[[Sequence[tuple[ArrayLike, ArrayLike]], ArrayLike, ArrayLike], list[LinearGrid]]
Match = Callable[[ArrayLike, ArrayLike, ArrayLike, ArrayLike], Array]
# Predictions held at once while errors are taken.
CHUNK = 1_000_000


def mean_error(loss: Loss, grid: LinearGrid, X: ArrayLike, y: ArrayLike) -> Array:
    """loss.error of every fit on the rows of X, fitted or not: (n_ratios, n_alphas).

    X (n, n_features), y (n,). No rows: NaN. ValueError, naming the field, for wrong shapes or numbers that are not
    finite.
    """
    if reals("y", y).shape == (0,):
        return np.full(grid.intercept.shape, np.nan)
    X = numbers("X", X, SQUARABLE, ("n", grid.coef.shape[-1]))
    y = numbers("y", y, SQUARABLE, (len(X),))
    coef, intercept = grid.coef.reshape(-1, X.shape[1]), grid.intercept.ravel()
    size = max(1, CHUNK // len(y))
    parts = [
        loss.error(y, coef[first : first + size] @ X.T + intercept[first : first + size, np.newaxis])
        for first in range(0, len(coef), size)
    ]
    return np.concatenate(parts).reshape(grid.intercept.shape)


@dataclass(frozen=True, eq=False)
class Regression:
    """A loss, its solver, and what is known of the solutions; what is not known stays None and is not shown.

    loss        the data term D, and how its errors are told
    fit         (problems, alphas, l1_ratios) -> their fits, as `fit_grids`
    alpha_max   (X, y, l1_ratio) -> the least α at which every coefficient is zero
    mean_error  (grid, X, y) -> loss.error of every fit (n_ratios, n_alphas); the module's unless there is a faster way
    df          (X, grid) -> effective degrees of freedom (n_ratios, n_alphas)
    matches     rules by which the L1 ratios can be compared beside the same α, by name: (X, y, alphas, l1_ratios) ->
                alphas (n_ratios, n_alphas)
    path        (X, y) -> the lasso at every α
    slices      (X, y, coef, l1_ratios, pair) -> the constraint picture of two weights
    """

    loss: Loss
    fit: Fit
    alpha_max: Callable[[ArrayLike, ArrayLike, float], float]
    mean_error: Callable[[LinearGrid, ArrayLike, ArrayLike], Array] = None  # type: ignore[assignment]
    df: Callable[[ArrayLike, LinearGrid], Array] | None = None
    matches: Mapping[str, Match] = field(default_factory=lambda: MappingProxyType({}))
    path: Callable[[ArrayLike, ArrayLike], LassoPath] | None = None
    slices: Callable[[ArrayLike, ArrayLike, ArrayLike, ArrayLike, tuple[int, int]], Slices] | None = None

    def __post_init__(self) -> None:
        if self.mean_error is None:
            object.__setattr__(self, "mean_error", partial(mean_error, self.loss))


SQUARED = Regression(
    loss=SquaredError(),
    fit=fit_grids,
    alpha_max=alpha_max,
    mean_error=mean_squared_error,
    df=effective_df,
    matches=MappingProxyType({"error": same_training_error, "df": same_df}),
    path=lasso_path,
    slices=slices,
)
