"""Are the errors of a grid those of its fits on any rows, is cross-validation the loop that it stands for, and are its
choice and the split into bias and variance those of the textbook?"""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import ElasticNet
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler

from regviz.core import Array
from regviz.core.data.features import Standardizer
from regviz.core.linear import selection
from regviz.core.linear.grid import LinearGrid, alpha_max, fit_grid, fit_grids
from regviz.core.linear.selection import (
    Moments,
    compress,
    cross_validate,
    decompose,
    mean_squared_error,
    one_standard_error,
)

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


# --- Cross-validation is a loop over folds -------------------------------------------------------


def one_fold_at_a_time(X: Array, y: Array, alphas: Array, ratios: Array, standardize: bool = True) -> Array:
    errors = []
    for train, test in KFold(min(5, len(y)), shuffle=True, random_state=0).split(X):
        scaler = Standardizer.fit(X[train], standardize)
        grid = fit_grid(scaler.transform(X[train]), y[train], alphas, ratios)
        assert grid.kkt.max() < 1e-8
        errors.append(by_hand(grid, scaler.transform(X[test]), y[test]))
    return np.array(errors)


def polynomial(degree: int, n: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(degree)
    x = np.sort(rng.uniform(-1, 1, n))
    return x[:, None] ** np.arange(1, degree + 1), np.sin(np.pi * x) + 0.2 * rng.normal(size=n)


@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize(("degree", "n"), [(3, 12), (5, 30), (9, 31), (20, 100)])
def test_folds_solved_together_are_those_one_by_one(degree: int, n: int, standardize: bool) -> None:
    X, y = polynomial(degree, n)
    alphas, ratios = alpha_max(X, y, 1.0) * np.geomspace(3, 1e-4, 50), np.linspace(0, 1, 11)
    errors = cross_validate(X, y, alphas, ratios, standardize)
    np.testing.assert_allclose(errors, one_fold_at_a_time(X, y, alphas, ratios, standardize), rtol=1e-10)


def degenerate() -> dict[str, tuple[Array, Array]]:
    X, y = sample(20, 4)
    _, held_out = next(iter(KFold(5, shuffle=True, random_state=0).split(X)))
    only_there = np.isin(np.arange(20), held_out)
    wide, target = sample(10, 12)
    return {
        "a column constant in one training fold": (np.column_stack([X, 1.0 * only_there]), y),
        "y constant in one training fold": (X, np.where(only_there, y, 3.0)),
        "y constant": (X, np.full(20, 0.1)),
        "fewer training rows than columns": (wide, target),
        "duplicate columns": (np.hstack([X, X[:, :2]]), y),
        "a column constant everywhere": (np.column_stack([X, np.full(20, 0.1)]), y),
    }


@pytest.mark.parametrize("name", degenerate())
@pytest.mark.filterwarnings("error")
def test_degenerate_folds(name: str) -> None:
    X, y = degenerate()[name]
    alphas, ratios = np.append(np.geomspace(30, 1e-2, 20), 0), np.linspace(0, 1, 6)
    errors = cross_validate(X, y, alphas, ratios)
    assert np.isfinite(errors).all()
    # relative to the size of y: where y is constant the error is 0 but for rounding
    expected = one_fold_at_a_time(X, y, alphas, ratios)
    np.testing.assert_allclose(errors, expected, rtol=1e-8, atol=1e-20 * np.square(y).mean())


# --- One standard error --------------------------------------------------------------------------


def test_one_standard_error_by_hand() -> None:
    """Least mean 2, its sd sqrt(2 / 4), SE sqrt(0.5 / 5) = 0.3162: 2.30 is within, 2.32 is not."""
    alphas = np.array([0.01, 0.1, 1.0])
    folds = np.array([[1, 2, 3, 2, 2], [2.3, 2.3, 2.3, 2.2, 2.4], [2.32, 2.32, 2.32, 2.32, 2.32]])
    choice = one_standard_error(folds.T[:, np.newaxis], alphas)
    np.testing.assert_allclose(choice.mean, [[2, 2.3, 2.32]])
    np.testing.assert_allclose(choice.standard_error, [[np.sqrt(0.1), np.sqrt(0.02 / 4 / 5), 0]], atol=1e-15)
    assert choice.best.tolist() == [0]
    assert choice.one_se.tolist() == [1]


def test_one_standard_error_may_reach_over_a_hill() -> None:
    """It is the largest α within the bound, though one between it and the best is outside."""
    folds = np.array([[1.0, 3.0], [5.0, 5.0], [2.5, 2.5], [9.0, 9.0]]).T[:, np.newaxis]
    assert one_standard_error(folds, np.array([0.0, 1, 2, 3])).one_se.tolist() == [2]


def test_ties_go_to_the_largest_strength() -> None:
    folds = np.ones((3, 2, 4))
    choice = one_standard_error(folds, np.array([0.1, 3.0, 0.0, 1.0]))
    assert choice.best.tolist() == choice.one_se.tolist() == [1, 1]


@given(st.integers(2, 6), st.integers(1, 3), st.integers(1, 8), st.booleans(), st.integers(0, 10**6))
@settings(max_examples=150, deadline=None)
def test_one_standard_error_against_a_loop(n_splits: int, n_ratios: int, n_alphas: int, own: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    errors = rng.integers(0, 6, (n_splits, n_ratios, n_alphas)).astype(float)  # whole numbers: many ties
    lattice = np.append(0.0, np.geomspace(1e-3, 1, n_alphas))
    alphas = np.array([rng.permutation(lattice)[:n_alphas] for _ in range(n_ratios)])
    choice = one_standard_error(errors, alphas if own else alphas[0])
    for i in range(n_ratios):
        strengths = list(alphas[i] if own else alphas[0])
        means, errs = [], []
        for j in range(n_alphas):
            folds = errors[:, i, j]
            mean = sum(folds) / n_splits
            means.append(mean)
            errs.append((sum((e - mean) ** 2 for e in folds) / (n_splits - 1)) ** 0.5 / n_splits**0.5)
        best = max((j for j in range(n_alphas) if means[j] == min(means)), key=lambda j: strengths[j])
        allowed = [j for j in range(n_alphas) if means[j] <= means[best] + errs[best] + 1e-12]
        assert choice.best[i] == best
        # a mean equal to the bound up to rounding may fall on either side of it
        strict = [j for j in allowed if j == best or means[j] <= means[best] + errs[best] - 1e-12]
        assert choice.one_se[i] in {max(js, key=lambda j: strengths[j]) for js in (allowed, strict)}
        assert strengths[choice.one_se[i]] >= strengths[best]
        np.testing.assert_allclose(choice.standard_error[i], errs, atol=1e-12)


@pytest.mark.parametrize("unit", [2.0**-500, 1e-24, 1e30, 2.0**500])
def test_the_choice_does_not_depend_on_units(unit: float) -> None:
    """Errors are in the unit of y squared: y in units from 1e-12 to 1e15, and far beyond, chooses the same."""
    errors = np.random.default_rng(0).random((5, 3, 40))
    alphas = np.geomspace(1e-3, 1, 40)
    here, there = one_standard_error(errors, alphas), one_standard_error(errors * unit, alphas * np.sqrt(unit))
    assert there.best.tolist() == here.best.tolist()
    assert there.one_se.tolist() == here.one_se.tolist()
    assert (here.one_se != here.best).any()
    np.testing.assert_allclose(there.mean / unit, here.mean, rtol=1e-14)
    np.testing.assert_allclose(there.standard_error / unit, here.standard_error, rtol=1e-12)


@pytest.mark.parametrize("unit", [1e-12, 1e15])
def test_cross_validation_does_not_depend_on_the_unit_of_the_target(unit: float) -> None:
    X, y = sample(23, 3)
    alphas = np.array([0.5, 0.01])
    here, there = (cross_validate(X, c * y, c * alphas, [1.0]) for c in (1, unit))
    np.testing.assert_allclose(there / unit**2, here, rtol=1e-9)


def test_one_standard_error_of_a_cross_validation() -> None:
    X, y = polynomial(9, 30)
    alphas = alpha_max(X, y, 1.0) * np.geomspace(1e-4, 3, 40)
    errors = cross_validate(X, y, alphas, RATIOS)
    choice = one_standard_error(errors, alphas)
    assert (alphas[choice.one_se] > alphas[choice.best]).all()
    np.testing.assert_array_equal(choice.best, errors.mean(axis=0).argmin(axis=1))


@pytest.mark.parametrize(
    ("errors", "alphas", "message"),
    [
        (np.ones((1, 2, 3)), np.ones(3), "n_splits >= 2"),
        (np.ones((5, 3)), np.ones(3), "errors must be"),
        (np.ones((5, 2, 3)), np.ones(2), r"alphas must have shape \(3,\) or \(2, 3\), got \(2,\)"),
        (np.full((5, 2, 3), np.nan), np.ones(3), "errors must be finite and >= 0, got nan"),
    ],
)
def test_one_standard_error_refuses(errors: Array, alphas: Array, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        one_standard_error(errors, alphas)


# --- Bias and variance -----------------------------------------------------------------------------


def test_bias_and_variance_by_hand() -> None:
    """Two resamples, two points: means 2 and 5, truth 1 and 5; deviations 1, 1 and 2, 2."""
    bias_squared, variance = decompose(np.array([[1.0, 3.0], [3.0, 7.0]]), np.array([1.0, 5.0]))
    assert bias_squared == (1 + 0) / 2
    assert variance == (1 + 4) / 2


@pytest.mark.parametrize("chunk", [1, 100, 10**6])
@pytest.mark.parametrize("shape", [(1, 5), (7, 4), (30, 3, 2, 4)])
def test_bias_and_variance_add_up_to_the_error(
    shape: tuple[int, ...], chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "CHUNK", chunk)
    rng = np.random.default_rng(0)
    predictions, truth = rng.normal(size=shape), rng.normal(size=shape[-1])
    bias_squared, variance = decompose(predictions, truth)
    assert bias_squared.shape == variance.shape == shape[1:-1]
    np.testing.assert_allclose(variance, predictions.var(axis=0).mean(axis=-1), atol=1e-15)
    np.testing.assert_allclose(bias_squared + variance, np.square(predictions - truth).mean(axis=(0, -1)), rtol=1e-13)


def test_moments_add_up_in_any_parts_without_cancelling() -> None:
    rng = np.random.default_rng(0)
    predictions = 1e8 + rng.normal(size=(50, 3, 4))  # Σ x² − (Σ x)² / n would have no digit left
    whole = Moments.of(predictions)
    parts = Moments.of(predictions[:1]) + Moments.of(predictions[1:8]) + Moments.of(predictions[8:])
    assert whole.count == parts.count == 50
    np.testing.assert_allclose(parts.mean, predictions.mean(axis=0), rtol=1e-15)
    np.testing.assert_allclose(parts.scatter / 50, predictions.var(axis=0), rtol=1e-6)
    np.testing.assert_allclose(whole.scatter, parts.scatter, rtol=1e-6)


def test_many_predictions_cost_little_memory() -> None:
    predictions = np.random.default_rng(0).normal(size=(200, 11, 50, 100))
    tracemalloc.start()
    decompose(predictions, np.zeros(100))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < predictions.nbytes / 2


def resampled(n_resamples: int) -> tuple[Array, Array, Array, Array, Array, float]:
    """(X, truth, noise, alphas, predictions (n_resamples, n_ratios, n_alphas, n), sigma) of fits at the points of X."""
    rng = np.random.default_rng(0)
    X, _ = polynomial(6, 25)
    X = Standardizer.fit(X).transform(X)
    truth, sigma = np.sin(3 * X[:, 0]), 0.5
    noise = sigma * rng.normal(size=(n_resamples, 25))
    alphas = np.array([0.003, 0.1, 1.0])
    grids = fit_grids([(X, truth + e) for e in noise], alphas, RATIOS)
    predictions = np.stack([grid.coef @ X.T + grid.intercept[..., np.newaxis] for grid in grids])
    return X, truth, noise, alphas, predictions, sigma


def test_bias_variance_and_noise_are_the_error_on_new_data() -> None:
    """ESL eq. 7.9: E (y_new − ŷ)² = σ² + bias² + variance, within its Monte Carlo error."""
    _, truth, _, _, predictions, sigma = resampled(1500)
    bias_squared, variance = decompose(predictions, truth)
    new = truth + sigma * np.random.default_rng(1).normal(size=(1500, 25))
    errors = np.square(new[:, np.newaxis, np.newaxis] - predictions).mean(axis=-1)  # (n_resamples, R, A)
    standard_error = errors.std(axis=0) / np.sqrt(1500)
    expected = sigma**2 + bias_squared + variance
    assert (np.abs(errors.mean(axis=0) - expected) < 3.5 * standard_error).all()
    assert (standard_error < 0.05 * expected).all()


def test_bias_and_variance_of_ridge_are_those_of_its_hat_matrix() -> None:
    """ŷ = S y, S = 11ᵀ/n + X (XᵀX + nα)⁻¹ Xᵀ: bias² = ‖S f − f‖² / n, variance = σ² tr(S Sᵀ) / n."""
    X, truth, _, alphas, predictions, sigma = resampled(1500)
    n_resamples, n = len(predictions), len(truth)
    bias_squared, variance = decompose(predictions, truth)
    for j, alpha in enumerate(alphas):
        S = np.full((n, n), 1 / n) + X @ np.linalg.solve(X.T @ X + n * alpha * np.eye(6), X.T)
        bias = S @ truth - truth
        deviation = predictions[:, 0, j] - S @ truth  # (n_resamples, n)
        spread = np.square(deviation).mean(axis=1).std() / np.sqrt(n_resamples)
        assert abs(variance[0, j] - sigma**2 * np.trace(S @ S.T) / n) < 3.5 * spread
        drift = (2 * deviation @ bias / n).std() / np.sqrt(n_resamples)
        assert (
            abs(bias_squared[0, j] - np.square(bias).mean() - variance[0, j] / n_resamples)
            < 3.5 * drift + 1e-3 * variance[0, j]
        )


@pytest.mark.parametrize(
    ("predictions", "truth", "message"),
    [
        (np.ones(3), np.ones(3), "predictions must be"),
        (np.ones((0, 3)), np.ones(3), "predictions must be"),
        (np.ones((5, 3)), np.ones(4), r"truth must be of shape \(3,\), not empty, got shape \(4,\)"),
        (np.ones((5, 3)), 1.0, "truth must be of shape"),
    ],
)
def test_decompose_refuses(predictions: Array, truth: Array, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        decompose(predictions, truth)
