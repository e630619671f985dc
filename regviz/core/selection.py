"""Which λ predicts best? K-fold cross-validation of a whole grid of fits."""

from __future__ import annotations

import numpy as np

from regviz.core import Array
from regviz.core.features import Standardizer
from regviz.core.linear import fit_grid


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

    features (n_samples, n_features) are not standardised yet: each fold does it with its own training rows. The
    folds are those of scikit-learn's ``KFold(n_splits, shuffle=True, random_state=random_state)``, at most one for each sample.
    Raises ValueError with fewer than 3 samples.
    """
    from sklearn.model_selection import KFold

    if len(y) < 3:
        raise ValueError(f"cross-validation needs 3 or more training points, got {len(y)}")
    folds = KFold(min(n_splits, len(y)), shuffle=True, random_state=random_state)
    errors = []
    for train, held_out in folds.split(features):
        scaler = Standardizer.fit(features[train], standardize)
        grid = fit_grid(scaler.transform(features[train]), y[train], alphas, l1_ratios)
        predicted = grid.coef @ scaler.transform(features[held_out]).T + grid.intercept[..., np.newaxis]
        errors.append(((y[held_out] - predicted) ** 2).mean(axis=-1))
    return np.array(errors)
