"""Which λ predicts best? Errors of a whole grid of fits on any rows, and K-fold cross-validation of them."""

from __future__ import annotations

import numpy as np

from regviz.core import Array
from regviz.core.features import Standardizer
from regviz.core.linear import LinearGrid, fit_grid


def compress(table: Array) -> Array:
    """At most n_columns rows R such that ‖R v‖ = ‖table v‖ for every v: the triangular factor of a QR.

    table (n_rows, n_columns); a table without more rows than columns comes back as it is. No product of two
    columns is formed, so nothing cancels as it would in tableᵀ table.
    """
    n_rows, n_columns = table.shape
    return np.asarray(np.linalg.qr(table, mode="r")) if n_rows > n_columns else table


def mean_squared_error(grid: LinearGrid, X: Array, y: Array) -> Array:
    """Σ (y − X w − b)² / n of every fit on the rows of X, fitted or not: (n_ratios, n_alphas).

    X (n, n_features), y (n,). Work and memory beyond one QR factorisation of [X, 1, y] do not grow with n. No
    rows: NaN.
    """
    if len(y) == 0:
        return np.full(grid.intercept.shape, np.nan)
    rows = compress(np.column_stack([X, np.ones(len(y)), y]))
    residual = rows[:, -1] - grid.coef @ rows[:, :-2].T - grid.intercept[..., np.newaxis] * rows[:, -2]
    return np.asarray(np.square(residual).sum(axis=-1) / len(y))


def cross_validate(
    features: Array,
    y: Array,
    alphas: Array,
    l1_ratios: Array,
    standardize: bool = True,
    n_splits: int = 5,
    random_state: int = 0,
) -> Array:
    """Mean squared error on the held-out fold, (n_splits, n_ratios, n_alphas).

    features (n_samples, n_features) are not standardised yet: each fold does it with its own training rows. alphas
    and l1_ratios as in `fit_grid`. The folds are those of scikit-learn's ``KFold(n_splits, shuffle=True,
    random_state=random_state)``, at most one for each sample. Raises ValueError with fewer than 3 samples.
    """
    from sklearn.model_selection import KFold

    if len(y) < 3:
        raise ValueError(f"cross-validation needs 3 or more training points, got {len(y)}")
    folds = KFold(min(n_splits, len(y)), shuffle=True, random_state=random_state)
    errors = []
    for train, held_out in folds.split(features):
        scaler = Standardizer.fit(features[train], standardize)
        grid = fit_grid(scaler.transform(features[train]), y[train], alphas, l1_ratios)
        errors.append(mean_squared_error(grid, scaler.transform(features[held_out]), y[held_out]))
    return np.array(errors)
