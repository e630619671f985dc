"""Are the errors of a grid those of its fits on any rows, and is cross-validation the loop that it stands for?"""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import ElasticNet
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler

from regviz.core import Array
from regviz.core.linear import LinearGrid, alpha_max, fit_grid
from regviz.core.selection import compress, cross_validate, mean_squared_error

RATIOS = np.array([0.0, 0.3, 1.0])


def sample(n: int, p: int, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) + 3
    return X, X @ rng.normal(size=p) + rng.normal(size=n) + 10


def by_hand(grid: LinearGrid, X: Array, y: Array) -> Array:
    """One fit after the other, every row, as the definition says."""
    return np.array(
        [
            [np.mean((y - X @ w - b) ** 2) for w, b in zip(coefs, intercepts, strict=True)]
            for coefs, intercepts in zip(grid.coef, grid.intercept, strict=True)
        ]
    )


@given(st.integers(1, 40), st.integers(1, 8), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_compressed_rows_have_the_norms_of_all(n: int, p: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    table, v = rng.normal(size=(n, p)), rng.normal(size=p)
    rows = compress(table)
    assert rows.shape == (min(n, p), p)
    np.testing.assert_allclose(np.linalg.norm(rows @ v), np.linalg.norm(table @ v), rtol=1e-12)


@given(st.integers(1, 40), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_errors_on_rows_that_were_not_fitted(n: int, seed: int) -> None:
    X, y = sample(12, 4, seed)
    grid = fit_grid(X, y, alpha_max(X, y, 1.0) * np.array([2, 0.1, 1e-3, 0]), RATIOS)
    rows, target = sample(n, 4, seed + 100)
    np.testing.assert_allclose(mean_squared_error(grid, rows, target), by_hand(grid, rows, target), rtol=1e-11)
    np.testing.assert_allclose(mean_squared_error(grid, X, y), by_hand(grid, X, y), rtol=1e-11)


def test_nothing_cancels_in_a_nearly_exact_fit() -> None:
    """With the Gram matrix an error of 1e-16 of the variance would be noise, or negative."""
    X, _ = sample(50, 3)
    y = X @ [1.0, -2.0, 0.5] + 1e-7 * np.sin(np.arange(50))
    grid = fit_grid(X, y, np.array([0.0]), np.array([1.0]))
    error = mean_squared_error(grid, X, y)
    assert 1e-16 < error[0, 0] < 1e-14
    np.testing.assert_allclose(error, by_hand(grid, X, y), rtol=1e-5)


def test_no_rows_is_not_a_number() -> None:
    X, y = sample(12, 4)
    grid = fit_grid(X, y, np.array([0.1, 1.0]), RATIOS)
    error = mean_squared_error(grid, X[:0], y[:0])
    assert error.shape == (3, 2)
    assert np.isnan(error).all()


def test_many_rows_cost_little_memory() -> None:
    X, y = sample(20_000, 50)
    grid = fit_grid(X, y, np.geomspace(1e-6, 1, 100), np.linspace(0, 1, 11))
    tracemalloc.start()
    mean_squared_error(grid, X, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * X.nbytes  # every residual would be 22 times X


@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize("n", [3, 4, 23])
def test_folds_by_hand(n: int, standardize: bool) -> None:
    X, y = sample(n, 3)
    alphas = np.array([0.0, 0.01, 0.5])
    errors = cross_validate(X, y, alphas, RATIOS, standardize, n_splits=5, random_state=7)
    folds = KFold(min(5, n), shuffle=True, random_state=7)
    assert errors.shape == (min(5, n), 3, 3)
    for error, (train, test) in zip(errors, folds.split(X), strict=True):
        scaler = StandardScaler(with_mean=standardize, with_std=standardize).fit(X[train])
        grid = fit_grid(scaler.transform(X[train]), y[train], alphas, RATIOS)
        np.testing.assert_allclose(error, by_hand(grid, scaler.transform(X[test]), y[test]), rtol=1e-9)


def test_against_scikit_learn() -> None:
    X, y = sample(40, 4)
    alphas, ratios = np.array([0.02, 0.3]), np.array([0.4, 1.0])
    errors = cross_validate(X, y, alphas, ratios)
    for error, (train, test) in zip(errors, KFold(5, shuffle=True, random_state=0).split(X), strict=True):
        scaler = StandardScaler().fit(X[train])
        for i, j in np.ndindex(2, 2):
            peer = ElasticNet(alpha=alphas[j], l1_ratio=ratios[i], tol=1e-12, max_iter=100_000)
            peer.fit(scaler.transform(X[train]), y[train])
            predicted = peer.predict(scaler.transform(X[test]))
            np.testing.assert_allclose(error[i, j], np.mean((y[test] - predicted) ** 2), rtol=1e-8)


def test_the_held_out_fold_takes_no_part_in_its_fit() -> None:
    X, y = sample(20, 2)
    _, test = next(iter(KFold(5, shuffle=True, random_state=0).split(X)))
    far = y.copy()
    far[test[0]] += 1e6
    before = cross_validate(X, y, np.array([10.0]), RATIOS)[0]
    after = cross_validate(X, far, np.array([10.0]), RATIOS)[0]
    assert (np.abs(np.sqrt(after * len(test)) - 1e6) < np.sqrt(before * len(test)) + 1).all()


def test_cross_validation_is_deterministic_and_follows_the_seed() -> None:
    X, y = sample(20, 2)
    first, again, other = (cross_validate(X, y, np.array([0.1]), RATIOS, random_state=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_too_few_samples() -> None:
    X, y = sample(2, 1)
    with pytest.raises(ValueError, match="3 or more training points, got 2"):
        cross_validate(X, y, np.array([0.1]), RATIOS)
