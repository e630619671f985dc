"""Is every fit of the grid the exact solution? Certificates, oracles, and what broke others."""

import tracemalloc
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.polynomial import chebyshev, legendre, polynomial
from sklearn.linear_model import LinearRegression, Ridge, enet_path

from regviz.core.linear import grid as linear
from regviz.core.linear.grid import LinearGrid, alpha_max, effective_df, fit_grid, fit_grids
from regviz.core.linear.problem import Problem

RATIOS = np.linspace(0, 1, 11)
BASES = {
    "monomial": polynomial.polyvander,
    "legendre": legendre.legvander,
    "chebyshev": chebyshev.chebvander,
}


def standardised(X: np.ndarray) -> np.ndarray:
    centred = X - X.mean(axis=0)
    return centred / centred.std(axis=0)


def wave(basis: str, degree: int, n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Noisy sine on n points of [-1, 1] and the standardised basis, without its constant."""
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-1, 1, n))
    y = np.sin(np.pi * x) + 0.2 * rng.normal(size=n)
    return standardised(BASES[basis](x, degree)[:, 1:]), y


def random_problem(n: int = 40, p: int = 6, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    return X, X @ np.resize([1, -2, 0, 0, 0.5, 0], p) + 0.3 * rng.normal(size=n)


def per_fit(grid: LinearGrid) -> tuple[np.ndarray, np.ndarray]:
    """alpha and L1 ratio of each fit: (n_ratios, n_alphas)."""
    alphas = np.broadcast_to(grid.alphas, grid.kkt.shape)
    return alphas, np.broadcast_to(grid.l1_ratios[:, None], grid.kkt.shape)


def independent_kkt(X: np.ndarray, y: np.ndarray, grid: LinearGrid) -> np.ndarray:
    """Worst violation of the conditions as a share of alpha_max, from the raw data and the fits."""
    n = len(y)
    X_c, y_c = X - X.mean(axis=0), y - y.mean()
    X_c = X_c - X_c.mean(axis=0)
    scale = np.abs(X_c.T @ y_c).max() / n
    worst = np.zeros(grid.kkt.shape)
    for i, rho in enumerate(grid.l1_ratios):
        for j, alpha in enumerate(np.broadcast_to(grid.alphas, grid.kkt.shape)[i]):
            w = grid.coef[i, j]
            slope = X_c.T @ (y_c - X_c @ w) / n - alpha * (1 - rho) * w
            on = w != 0
            needed = np.abs(slope[on] - alpha * rho * np.sign(w[on]))
            allowed = np.maximum(np.abs(slope[~on]) - alpha * rho, 0)
            worst[i, j] = np.concatenate([needed, allowed]).max()
    return worst / scale if scale > 0 else worst


def coefficient_rounding(X: np.ndarray, y: np.ndarray, grid: LinearGrid) -> np.ndarray:
    """What rounding w alone does to the certificate: eps sum |w_j| rms(x_j) / rms(y)."""
    spread = X.std(axis=0) / (y.std() or 1)
    return np.finfo(float).eps * (np.abs(grid.coef) * spread).sum(axis=-1)


def correlation_rounding(X: np.ndarray, y: np.ndarray) -> float:
    """What rounding the n terms of xᵀy may do to it, n eps rms(x_j) rms(y) / alpha_max: much where y is orthogonal."""
    largest = alpha_max(X, y, 1)
    return len(y) * np.finfo(float).eps * X.std(axis=0).max() * y.std() / largest if largest > 0 else 0.0


def assert_exact(X: np.ndarray, y: np.ndarray, grid: LinearGrid, bound: float = 1e-13) -> None:
    limit = bound + 64 * coefficient_rounding(X, y, grid)
    assert (grid.kkt <= limit).all()
    assert (independent_kkt(X, y, grid) <= limit + correlation_rounding(X, y)).all()
    predicted = grid.coef @ X.T + grid.intercept[..., None]
    size = np.abs(y).max() + (np.abs(grid.coef) * np.abs(X).max(axis=0)).sum(axis=-1)
    assert (np.abs((y - predicted).mean(axis=-1)) <= 1e-14 * size + 1e-300).all()


# --- Certificates ------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [10, 30, 200])
@pytest.mark.parametrize("degree", [1, 3, 5, 9, 20])
@pytest.mark.parametrize("basis", BASES)
def test_every_fit_has_its_certificate(basis: str, degree: int, n: int) -> None:
    X, y = wave(basis, degree, n)
    scale = alpha_max(X, y, 1)

    grid = fit_grid(X, y, scale * np.geomspace(3, 1e-4, 60), RATIOS)
    assert grid.kkt.max() <= 1e-12
    assert independent_kkt(X, y, grid).max() <= 1e-12
    assert_exact(X, y, grid)

    deep = fit_grid(X, y, scale * np.geomspace(1e-4, 1e-8, 40), RATIOS)
    assert deep.kkt.max() <= 1e-8
    assert independent_kkt(X, y, deep).max() <= 1e-8


@pytest.mark.parametrize("n", [10, 25, 50, 100, 200])
def test_the_grid_of_the_page(n: int) -> None:
    X, y = wave("monomial", 20, n, seed=n)
    alphas = np.append(alpha_max(X, y, 1) * np.geomspace(3, 3e-7, 113), 0)
    grid = fit_grid(X, y, alphas, RATIOS)
    assert grid.kkt[:, :-1].max() <= 1e-11
    # Without a penalty the weights reach 1e8 and more, and their own rounding is all that can be promised.
    assert (grid.kkt <= 1e-14 + 8 * coefficient_rounding(X, y, grid)).all()
    assert_exact(X, y, grid)


def exact_on_support(X: np.ndarray, y: np.ndarray, grid: LinearGrid) -> np.ndarray:
    """The fits solved again on their supports and signs, with 64-bit mantissas: (n_fits, p)."""
    precise = np.longdouble
    alphas, rhos = (a.ravel()[:, None].astype(precise) for a in per_fit(grid))
    signs = np.sign(grid.coef).reshape(-1, X.shape[1])
    X_c, y_c = X.astype(precise), y.astype(precise)
    X_c, y_c = X_c - X_c.mean(axis=0), y_c - y_c.mean()
    on = signs != 0
    A = (X_c.T @ X_c / len(y)) * (on[:, :, None] & on[:, None, :])
    np.einsum("bii->bi", A)[:] += np.where(on, alphas * (1 - rhos), 1)
    w = np.where(on, X_c.T @ y_c / len(y) - alphas * rhos * signs, 0)
    p = X.shape[1]
    for k in range(p):  # Gauss-Jordan elimination; the matrices are positive definite
        pivot = A[:, k, k, None].copy()
        A[:, k], w[:, k] = A[:, k] / pivot, w[:, k] / pivot[:, 0]
        for i in [i for i in range(p) if i != k]:
            factor = A[:, i, k].copy()
            A[:, i] -= factor[:, None] * A[:, k]
            w[:, i] -= factor * w[:, k]
    slope = (y_c - w @ X_c.T) @ X_c / len(y)
    assert (np.sign(w) == signs).all(), "a sign is wrong"
    margin = (np.abs(slope) / (alphas * rhos))[~on]
    assert margin.max() <= 1 + 1e-8, "a column is missing"
    return w


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("n", [30, 100])
def test_supports_and_coefficients_in_higher_precision(basis: str, n: int) -> None:
    X, y = wave(basis, 20, n)
    grid = fit_grid(X, y, alpha_max(X, y, 1) * np.geomspace(1, 1e-5, 60), RATIOS[1:])
    w = exact_on_support(X, y, grid)
    error = np.abs(grid.coef.reshape(w.shape) - w).max(axis=1)
    assert (error <= 1e-6 * np.abs(w).max(axis=1)).all()


# --- Oracles -----------------------------------------------------------------------------------


def test_ridge_is_the_closed_form() -> None:
    X, y = random_problem()
    alphas = [0.01, 0.5, 3.0]
    grid = fit_grid(X, y, alphas, [0.0])
    X_c, y_c, n = X - X.mean(axis=0), y - y.mean(), len(y)
    for j, alpha in enumerate(alphas):
        closed = np.linalg.solve(X_c.T @ X_c / n + alpha * np.eye(X.shape[1]), X_c.T @ y_c / n)
        np.testing.assert_allclose(grid.coef[0, j], closed, rtol=1e-12)
        peer = Ridge(alpha=n * alpha).fit(X, y)
        np.testing.assert_allclose(grid.coef[0, j], peer.coef_, rtol=1e-10)
        np.testing.assert_allclose(grid.intercept[0, j], peer.intercept_, rtol=1e-10)


def test_scikit_learn_agrees_at_tight_tolerance_on_well_conditioned_data() -> None:
    X, y = random_problem(n=60, p=8)
    alphas = alpha_max(X, y, 1) * np.geomspace(1, 1e-3, 20)
    grid = fit_grid(X, y, alphas, RATIOS[1:])
    X_c, y_c = np.asfortranarray(X - X.mean(axis=0)), y - y.mean()
    for i, rho in enumerate(RATIOS[1:]):
        _, coefs, _ = enet_path(X_c, y_c, l1_ratio=rho, alphas=alphas, tol=1e-14, max_iter=100_000)
        np.testing.assert_allclose(grid.coef[i], coefs.T, atol=1e-9)


def test_no_penalty_is_least_squares() -> None:
    X, y = random_problem()
    grid = fit_grid(X, y, [0.0], RATIOS)
    peer = LinearRegression().fit(X, y)
    np.testing.assert_allclose(grid.coef, np.broadcast_to(peer.coef_, grid.coef.shape), rtol=1e-10)
    np.testing.assert_allclose(grid.intercept, peer.intercept_, rtol=1e-10)


def test_one_column_is_the_prox() -> None:
    """With p = 1 and rms(x) = 1: w = soft(x'y/n, alpha rho) / (1 + alpha (1 - rho))."""
    X, y = wave("monomial", 1, 20)
    slope = (X[:, 0] @ y) / len(y)
    alphas = np.array([2.0, 0.3, 0.01, 0.0])
    grid = fit_grid(X, y, alphas, RATIOS)
    alpha, rho = per_fit(grid)
    expected = np.sign(slope) * np.maximum(abs(slope) - alpha * rho, 0) / (1 + alpha * (1 - rho))
    np.testing.assert_allclose(grid.coef[..., 0], expected, atol=1e-15)


# --- Properties --------------------------------------------------------------------------------


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(2, 25),
    p=st.integers(1, 12),
    rho=st.sampled_from([0.0, 1.0]) | st.floats(0, 1),
    share=st.floats(1e-6, 2),
    rank=st.integers(1, 12),
    whole_numbers=st.booleans(),
)
def test_any_data_any_penalty(
    seed: int, n: int, p: int, rho: float, share: float, rank: int, whole_numbers: bool
) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, min(rank, p))) @ rng.normal(size=(min(rank, p), p))
    y = rng.normal(size=n)
    if whole_numbers:  # ties, duplicates, constant columns
        X, y = np.round(X), np.round(y)
    alpha = share * (alpha_max(X, y, 1) or 1)
    grid = fit_grid(X, y, [alpha], [rho])
    assert_exact(X, y, grid)

    def objective(w: np.ndarray, b: np.ndarray) -> np.ndarray:
        squares = np.square(y - w @ X.T - b[:, None]).sum(axis=1) / (2 * n)
        lengths = rho * np.abs(w).sum(axis=1) + (1 - rho) / 2 * np.square(w).sum(axis=1)
        return squares + alpha * lengths

    best = objective(grid.coef[0], grid.intercept[0])
    for radius in (1e-3, 0.1, 1):
        coef = grid.coef[0] + radius * rng.normal(size=(30, p)) * (rng.random((30, p)) < 0.5)
        intercept = grid.intercept[0] + radius * rng.normal(size=30)
        assert (objective(coef, intercept) >= best * (1 - 1e-12)).all()


@pytest.mark.parametrize("rho", [1e-3, 0.2, 0.7, 1.0])
@pytest.mark.parametrize("basis", BASES)
def test_all_zero_at_alpha_max_and_not_below(basis: str, rho: float) -> None:
    X, y = wave(basis, 9, 30)
    largest = alpha_max(X, y, rho)
    grid = fit_grid(X, y, [2 * largest, largest, 0.99 * largest], [rho])
    assert not grid.coef[0, :2].any()
    assert np.count_nonzero(grid.coef[0, 2]) >= 1
    np.testing.assert_allclose(grid.intercept[0, :2], y.mean())


def test_alpha_max_without_an_l1_part() -> None:
    X, y = random_problem()
    assert alpha_max(X, y, 0) == np.inf
    assert alpha_max(X, np.full(len(y), 0.1), 0) == 0
    assert alpha_max(X, y, 0.5) == 2 * alpha_max(X, y, 1)


def test_the_intercept_is_not_penalised() -> None:
    X, y = random_problem()
    alphas = [0.5, 0.01]
    here, there = fit_grid(X, y, alphas, RATIOS), fit_grid(X + 7, y + 1000, alphas, RATIOS)
    np.testing.assert_allclose(there.coef, here.coef, atol=1e-12)
    shift = 1000 - 7 * here.coef.sum(axis=-1)
    np.testing.assert_allclose(there.intercept, here.intercept + shift, rtol=1e-12)


UNITS = [1e-12, 1e-8, 1e-3, 1e6, 1e10, 1e15]


@pytest.mark.parametrize("c", UNITS)
@pytest.mark.parametrize("basis", ["monomial", "legendre"])
def test_another_unit_of_y(basis: str, c: float) -> None:
    """w(c y; c l1, l2) = c w(y; l1, l2), with l1 = αρ and l2 = α(1 − ρ): an L2 penalty does not know the unit of y."""
    X, y = wave(basis, 9, 30)
    alphas = np.append(alpha_max(X, y, 1) * np.geomspace(3, 1e-6, 20), 0)
    lasso, ridge = fit_grid(X, y, alphas, [1.0]), fit_grid(X, y, alphas, [0.0])
    assert_same(fit_grid(X, c * y, c * alphas, [1.0]), lasso, c)
    assert_same(fit_grid(X, c * y, alphas, [0.0]), ridge, c)
    for alpha in alphas[:-1:4]:
        # Where rounding a ratio near 1 changes 1 − ρ, the pair that it does stand for is compared.
        there = alpha / 2 * (c + 1)
        rho = c / (c + 1)
        l1, l2 = there * rho / c, there * (1 - rho)
        here = fit_grid(X, y, [l1 + l2], [l1 / (l1 + l2)])
        assert_same(fit_grid(X, c * y, [there], [rho]), here, c)


@pytest.mark.parametrize("c", UNITS)
def test_another_unit_of_everything(c: float) -> None:
    """w(cX, cy; c²α, ρ) = w(X, y; α, ρ), and with α the objective itself: nothing else has a unit."""
    for X, y in (wave("monomial", 9, 30), random_problem(), CASES["p = 40, n = 10"]):
        alphas = np.append(alpha_max(X, y, 1) * np.geomspace(3, 1e-6, 20), 0)
        assert_same(fit_grid(c * X, c * y, c * c * alphas, RATIOS), fit_grid(X, y, alphas, RATIOS), 1)


def test_another_unit_of_each_column() -> None:
    """The lasso and ridge of columns in other units, with a strength of its own for each: 1e-12 beside 1e15."""
    X, y = random_problem()
    units = np.array([1e-12, 1e15, 1e-6, 1, 1e6, 1e3])
    least = fit_grid(X * units, y, [0.0], RATIOS).coef * units
    np.testing.assert_allclose(least, fit_grid(X, y, [0.0], RATIOS).coef, rtol=1e-9)
    # One column alone carries a penalty that counts: its coefficient is that of the others' residual.
    grid = fit_grid(X * units, y, np.geomspace(1e13, 1e-25, 60), RATIOS)
    assert_exact(X * units, y, grid)


def assert_same(grid: LinearGrid, reference: LinearGrid, c: float) -> None:
    """The coefficients are c times the reference's, to the rounding that the condition of the problem lets through."""
    scale = np.abs(reference.coef).max(axis=-1, keepdims=True)
    assert (np.abs(grid.coef / c - reference.coef) <= 1e-6 * scale).all()
    assert np.median(np.abs(grid.coef / c - reference.coef) / np.where(scale > 0, scale, 1)) <= 1e-11
    assert (grid.kkt <= 1e-13 + 1e3 * reference.kkt).all()
    assert (((grid.coef != 0) == (reference.coef != 0)).mean()) > 0.99


def test_a_weak_ridge_on_a_target_in_millions() -> None:
    """λ is not lost beside the correlations, which have y's unit: it stands beside the Gram matrix."""
    X, y = wave("monomial", 9, 30)
    X_c, big = X - X.mean(axis=0), 1e14 * (y - y.mean())
    closed = np.linalg.solve(X_c.T @ X_c / 30 + np.eye(9), X_c.T @ big / 30)
    np.testing.assert_allclose(fit_grid(X, big, [1.0], [0.0]).coef[0, 0], closed, rtol=1e-10)
    weak = fit_grid(X, 1e6 * y, [1e-9], [0.0, 0.0])
    least = fit_grid(X, 1e6 * y, [0.0], [0.0])
    assert np.abs(weak.coef - least.coef).max() > 1e-4 * np.abs(least.coef).max()
    assert_exact(X, 1e6 * y, weak)


def test_any_order_duplicates_and_zero() -> None:
    X, y = wave("monomial", 9, 30)
    scale = alpha_max(X, y, 1)
    alphas = scale * np.array([1e-3, 0.5, 0, 1e-3, 10, 0, 1e-2])
    rhos = np.array([0.5, 1, 0, 0.5, 0.1])
    grid = fit_grid(X, y, alphas, rhos)
    assert grid.coef.shape == (5, 7, 9)
    assert grid.intercept.shape == grid.kkt.shape == (5, 7)
    np.testing.assert_array_equal(grid.alphas, alphas)
    np.testing.assert_array_equal(grid.l1_ratios, rhos)
    assert_exact(X, y, grid)
    for i, j in product(range(5), range(7)):
        alone = fit_grid(X, y, alphas[[j]], rhos[[i]])
        np.testing.assert_allclose(alone.coef[0, 0], grid.coef[i, j], rtol=1e-8)


def test_one_row_of_alphas_a_ratio() -> None:
    X, y = wave("monomial", 5, 30)
    rng = np.random.default_rng(1)
    alphas = alpha_max(X, y, 1) * 10.0 ** rng.uniform(-5, 0.5, size=(11, 9))
    alphas[3, 2] = alphas[7] = 0
    grid = fit_grid(X, y, alphas, RATIOS)
    assert_exact(X, y, grid)
    for i in range(11):
        np.testing.assert_allclose(fit_grid(X, y, alphas[i], RATIOS[[i]]).coef[0], grid.coef[i], rtol=1e-9, atol=1e-12)


def test_a_single_weak_penalty_is_solved_from_nothing() -> None:
    for seed in range(40):
        X, y = random_problem(n=17, p=12, seed=seed)
        scale = alpha_max(X, y, 1)
        for rho, share in product([0.03, 1.0], [1e-2, 1e-6]):
            assert_exact(X, y, fit_grid(X, y, [share * scale], [rho]))


@pytest.mark.parametrize("seed", [37, 42, 99])
def test_a_step_ends_where_the_first_coefficient_reaches_zero(seed: int) -> None:
    """Collinear columns, noise, no warm start: a full step past the first zero never arrives."""
    rng = np.random.default_rng(seed)
    X = standardised(polynomial.polyvander(rng.uniform(-1, 1, 40), 12)[:, 1:])
    y = rng.normal(size=40)
    assert_exact(X, y, fit_grid(X, y, [1e-4 * alpha_max(X, y, 1)], [1.0, 0.99]))


def test_the_input_stays_as_it_was() -> None:
    X, y = random_problem()
    alphas = np.array([0.1, 1.0])
    copies = X.copy(), y.copy(), alphas.copy()
    grid = fit_grid(X, y, alphas, RATIOS)
    effective_df(X, grid)
    for array, copy in zip((X, y, alphas), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


# --- What broke others -------------------------------------------------------------------------


def cases() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(0)
    X, y = random_problem()
    cube = np.array(list(product([-1.0, 1.0], repeat=3)))
    pairs = np.column_stack([cube[:, 0] * cube[:, 1], cube[:, 0] * cube[:, 2]])
    scales = 10.0 ** np.array([-6, -3, 0, 2, 4, 6])
    x = np.sort(rng.uniform(-3, 3, 100))
    noisy = np.sin(x) + 0.2 * rng.normal(size=100)
    even = standardised(polynomial.polyvander(np.linspace(-1, 1, 50), 20)[:, 1:])
    factors = rng.normal(size=(200, 3))
    return {
        "duplicate columns": (np.hstack([X, X[:, :3]]), y),
        "mirrored and summed columns": (np.column_stack([X, -3 * X[:, 0], X[:, 0] + X[:, 1]]), y),
        "all columns the same": (np.tile(X[:, :1], (1, 5)), y),
        "exact ties": (cube, cube @ [1, 1, 1]),
        "ties with interactions": (np.hstack([cube, pairs]), cube @ [1, -1, 1] + pairs[:, 0]),
        "p = 40, n = 10": (rng.normal(size=(10, 40)), rng.normal(size=10)),
        "no noise": (X, X @ [1, -2, 0, 0, 0.5, 0]),
        "small y": (X, 1e-8 * y),
        "large y": (X, 1e10 * y),
        "column scales 1e-6 to 1e6": (X * scales, y),
        "scales in y too": (X * scales, X @ scales),
        "raw monomials on [-3, 3]": (polynomial.polyvander(x, 20)[:, 1:], noisy),
        "raw monomials, n = 10": (polynomial.polyvander(x[::10], 20)[:, 1:], noisy[::10]),
        "symmetric points, even y": (even, np.cos(3 * np.linspace(-1, 1, 50))),
        "symmetric points, step": (even, np.sign(np.linspace(-1, 1, 50))),
        "constant y": (X, np.full(40, 0.1)),
        "constant column": (np.column_stack([X, np.full(40, 0.1)]), y),
        "only constant columns": (np.full((40, 2), 0.1), y),
        "y orthogonal to X": (cube[:, :2], 0.3 + 0.1 * cube[:, 2]),
        "n = 1": (np.ones((1, 2)), np.ones(1)),
        "n = 2": (np.array([[1.0], [2.0]]), np.array([1.0, 3.0])),
        "n = 2, p = 3": (rng.normal(size=(2, 3)), np.array([1.0, 3.0])),
        "p = 1": (X[:, :1], y),
        "far from zero": (X + 1e6, y - 1e6),
        "low rank": (factors @ rng.normal(size=(3, 30)), factors[:, 0]),
        "whole numbers": (rng.integers(0, 3, (100, 30)).astype(float), 1.0 * (y.sum() > x)),
        "one-hot": (np.eye(5)[rng.integers(0, 5, 100)], noisy),
        "random walks": (np.cumsum(rng.normal(size=(100, 30)), axis=0), np.cumsum(noisy)),
    }


CASES = cases()


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("error")
def test_what_broke_others(name: str) -> None:
    X, y = CASES[name]
    scale = alpha_max(X, y, 1) or 1
    alphas = np.append(scale * np.geomspace(3, 1e-8, 60), 0)
    grid = fit_grid(X, y, alphas, RATIOS)
    assert np.isfinite(grid.coef).all()
    assert grid.kkt.max() <= 1e-8
    assert_exact(X, y, grid)
    df = effective_df(X, grid)
    assert ((df >= 0) & (df <= min(len(y) - 1, X.shape[1]) + 1e-9)).all()


@pytest.mark.parametrize("name", ["raw monomials, n = 10", "raw monomials on [-3, 3]", "symmetric points, step"])
def test_weak_penalties_on_nearly_dependent_columns(name: str) -> None:
    """Where the Gram matrix cannot tell whether a column wants in, it came and went until the steps ran out."""
    X, y = CASES[name]
    grid = fit_grid(X, y, alpha_max(X, y, 1) * np.geomspace(1e-7, 1e-16, 60), RATIOS)
    assert_exact(X, y, grid)


def test_the_rows_settle_what_the_gram_matrix_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even from nothing: no fit of the batch is believed, each is solved from the rows."""
    monkeypatch.setattr(linear, "_elastic_net_paths", lambda gram, corr, l1, l2, wanted, u: u)
    for name in ("raw monomials, n = 10", "duplicate columns", "p = 40, n = 10", "symmetric points, step", "low rank"):
        X, y = CASES[name]
        grid = fit_grid(X, y, alpha_max(X, y, 1) * np.geomspace(1, 1e-7, 8), [0.5, 1])
        assert_exact(X, y, grid)


def test_a_column_that_only_rounding_pulls_stays_out() -> None:
    """It joins, moves to the other side, leaves: once, and not until the steps run out."""
    solved = []

    class Rounded(linear._Gram):
        def solve(self, on: np.ndarray, l1: np.ndarray, l2: np.ndarray, u: np.ndarray) -> np.ndarray:
            solved.append(len(on))
            goal = super().solve(on, l1, l2, u)
            return np.where(on == 1, -1e-9, goal)

    gram = np.array([[1.0, 0.5], [0.5, 1.0]])
    u = linear._active_set(Rounded(gram, np.array([1.0, 0.7])), np.full(2, 0.1), np.zeros(2), np.zeros(2))
    np.testing.assert_allclose(u, [0.9, 0], atol=1e-8)
    assert solved == [0, 1, 2, 1]


@pytest.mark.parametrize("basis", BASES)
def test_the_batch_settles_what_is_usual(basis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are asked, and nothing has to be solved again on them: that is what makes a grid cheap."""
    again = []
    monkeypatch.setattr(linear.Rows, "solve", lambda *_: again.append(1))
    for degree, n in ((5, 30), (9, 30), (20, 100)):
        X, y = wave(basis, degree, n)
        fit_grid(X, y, alpha_max(X, y, 1) * np.geomspace(1, 1e-4, 40), RATIOS)
    assert not again


def test_a_singular_system_leaves_its_batch_as_it_is() -> None:
    """A trace of ridge is for the one that needs it: beside it a system of condition 1e12 keeps its digits."""
    hard = np.diag(10.0 ** -np.arange(0, 13, 3))
    singular = np.ones((5, 5))
    exact = np.ones(5)
    solution = linear._solve_stack(np.stack([hard, singular]), np.stack([hard @ exact, singular @ exact]))
    np.testing.assert_allclose(solution[0], exact, rtol=1e-12)
    np.testing.assert_allclose(singular @ solution[1], singular @ exact, rtol=1e-12)


def test_constant_y_and_constant_columns_have_exact_zeros() -> None:
    X, _ = random_problem()
    grid = fit_grid(X, np.full(40, 0.1), [0, 1e-300, 0.1], RATIOS)
    assert not grid.coef.any()
    assert not grid.kkt.any()
    np.testing.assert_allclose(grid.intercept, 0.1, rtol=1e-15)
    X, y = (array.copy() for array in CASES["constant column"])
    assert not fit_grid(X, y, [0, 1e-3], RATIOS).coef[..., -1].any()
    X[::2, -1] = np.nextafter(0.1, 1)  # constant up to its last bit
    assert not fit_grid(X, y, [0, 1e-3], RATIOS).coef[..., -1].any()


def test_duplicate_columns_share_equally_under_any_l2() -> None:
    X, y = random_problem()
    grid = fit_grid(np.hstack([X, X]), y, [1e-6, 1e-2], RATIOS[:-1])
    np.testing.assert_allclose(grid.coef[..., :6], grid.coef[..., 6:], rtol=1e-6, atol=1e-12)


def test_work_is_bounded_and_the_certificate_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = wave("monomial", 20, 30)
    monkeypatch.setattr(linear, "ROUNDS", 1)
    monkeypatch.setattr(linear, "STEPS", 0)
    alphas = alpha_max(X, y, 1) * np.geomspace(1, 1e-4, 30)
    grid = fit_grid(X, y, alphas, RATIOS)
    assert np.isfinite(grid.coef).all()
    assert grid.kkt.max() > 1e-6
    np.testing.assert_allclose(grid.kkt, independent_kkt(X, y, grid), atol=1e-13)


def test_the_certificate_sees_a_wrong_coefficient() -> None:
    X, y = random_problem()
    grid = fit_grid(X, y, [0.1], [0.5])
    moved = grid.coef * (1 + 1e-9)
    kkt = linear._certificate(Problem.of(X, y), np.array([[0.1]]), np.array([0.5]), moved)
    assert kkt[0, 0] > 1e-11
    # a coefficient of 1e-30 instead of zero has the wrong support, and the wrong pull
    off = np.flatnonzero(grid.coef[0, 0] == 0)[0]
    touched = grid.coef.copy()
    touched[0, 0, off] = 1e-30
    kkt = linear._certificate(Problem.of(X, y), np.array([[0.1]]), np.array([0.5]), touched)
    assert kkt[0, 0] > 1e-3


# --- Many at once ------------------------------------------------------------------------------


def company(*sizes: int, p: int = 6) -> list[tuple[np.ndarray, np.ndarray]]:
    return [random_problem(n, p, seed) for seed, n in enumerate(sizes)]


def assert_as_alone(problems: list, alphas: np.ndarray, ratios: np.ndarray, **tolerance: float) -> None:
    grids = fit_grids(problems, alphas, ratios)
    assert len(grids) == len(problems)
    for (X, y), grid in zip(problems, grids, strict=True):
        alone = fit_grid(X, y, alphas, ratios)
        np.testing.assert_array_equal(grid.alphas, alone.alphas)
        np.testing.assert_array_equal(grid.l1_ratios, alone.l1_ratios)
        np.testing.assert_allclose(grid.coef, alone.coef, **tolerance)
        np.testing.assert_allclose(grid.intercept, alone.intercept, **tolerance)
        np.testing.assert_array_equal(grid.coef != 0, alone.coef != 0)
        assert_exact(X, y, grid)


@pytest.mark.parametrize("sizes", [(40,), (10, 40), (12, 500, 7, 30, 30, 12, 100)])
def test_many_at_once_are_those_one_by_one(sizes: tuple[int, ...]) -> None:
    """Any order of strengths, λ = 0, strengths where some data sets are empty and others are not."""
    alphas = np.random.default_rng(0).permutation(np.append(np.geomspace(10, 1e-4, 40), [0, 0.1]))
    assert_as_alone(company(*sizes), alphas, RATIOS, rtol=1e-9, atol=1e-12)


def test_many_with_their_own_strengths_a_ratio() -> None:
    alphas = np.geomspace(1, 1e-3, 30) * np.array([[0.1], [1], [3]])
    assert_as_alone(company(20, 30, 40), alphas, np.array([0.3, 0, 1]), rtol=1e-9, atol=1e-12)


def test_many_with_fewer_rows_than_columns() -> None:
    assert_as_alone(company(5, 8, 30, 9, p=12), np.geomspace(3, 1e-3, 30), RATIOS[1:], rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("degree", [5, 20])
def test_many_polynomials_have_their_certificates(basis: str, degree: int) -> None:
    problems = [wave(basis, degree, n, seed) for seed, n in enumerate((10, 24, 24, 100, 100, 100))]
    alphas = alpha_max(*problems[-1], 1) * np.geomspace(3, 1e-4, 60)
    for (X, y), grid in zip(problems, fit_grids(problems, alphas, RATIOS), strict=True):
        assert grid.kkt.max() <= 1e-12
        assert independent_kkt(X, y, grid).max() <= 1e-12


@pytest.mark.parametrize("p", sorted({X.shape[1] for X, _ in CASES.values()}))
@pytest.mark.filterwarnings("error")
def test_what_broke_others_in_company(p: int) -> None:
    """Singular, constant or badly scaled data beside others: no certificate is worse than alone."""
    problems = [(X, y) for X, y in CASES.values() if X.shape[1] == p] + [random_problem(30, p)]
    scales = [alpha_max(X, y, 1) or 1 for X, y in problems]
    alphas = np.append(np.median(scales) * np.geomspace(3, 1e-8, 60), 0)
    for (X, y), grid in zip(problems, fit_grids(problems, alphas, RATIOS), strict=True):
        assert np.isfinite(grid.coef).all()
        alone = fit_grid(X, y, alphas, RATIOS)
        assert (grid.kkt <= 1e-13 + 10 * alone.kkt + 64 * coefficient_rounding(X, y, alone)).all()


@pytest.mark.parametrize("largest", [1, 10_000])
def test_chunks_of_problems_change_nothing(largest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    problems, alphas = company(*range(20, 40)), np.geomspace(1, 1e-3, 20)
    together = fit_grids(problems, alphas, RATIOS)
    monkeypatch.setattr(linear, "LARGEST", largest)
    for a, b in zip(together, fit_grids(problems, alphas, RATIOS), strict=True):
        np.testing.assert_allclose(a.coef, b.coef, rtol=1e-9, atol=1e-13)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear, "LARGEST", 10 * 11 * 40 * 40)  # ten at a time
    peaks = []
    for number in (20, 60):
        problems = company(*[60] * number, p=40)
        tracemalloc.start()
        grids = fit_grids(problems, [5.0, 3.0, 2.0], RATIOS)
        peaks.append(tracemalloc.get_traced_memory()[1] - sum(grid.coef.nbytes for grid in grids))
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]


def test_no_problems_no_grids() -> None:
    assert fit_grids([], [0.1], [0.5]) == []


def test_many_refuse_different_columns_and_bad_data() -> None:
    with pytest.raises(ValueError, match="same number of columns, got 5 to 7"):
        fit_grids([random_problem(p=p) for p in (6, 7, 5)], [0.1], [0.5])
    X, y = random_problem()
    with pytest.raises(ValueError, match="X must be finite"):
        fit_grids([(X, y), (X * np.nan, y)], [0.1], [0.5])


# --- Degrees of freedom ------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("p", [6, 20])
def test_df_is_the_covariance_of_fit_and_observation(p: int) -> None:
    """df = Σᵢ cov(ŷᵢ, yᵢ) / σ² (Efron 1986), one more for the intercept, for ridge, elastic net and lasso."""
    rng = np.random.default_rng(0)
    n, sigma, n_resamples = 15, 1.5, 1000
    X = rng.normal(size=(n, p)) + rng.normal(size=(n, 1))
    truth = X @ np.resize([1, -2, 0, 0, 0.5, 0], p)
    noise = sigma * rng.normal(size=(n_resamples, n))
    grids = fit_grids([(X, truth + e) for e in noise], [0.05, 0.3, 1.0], [0, 0.5, 1])
    fitted = np.stack([grid.coef @ X.T + grid.intercept[..., None] for grid in grids])
    df = np.stack([effective_df(X, grid) for grid in grids])
    # The mean of the fits is subtracted to make the estimate sharper; the noise has mean 0.
    covariance = ((fitted - fitted.mean(axis=0)) * noise[:, None, None]).sum(axis=-1) / sigma**2
    difference = covariance - 1 - df
    standard_error = difference.std(axis=0) / np.sqrt(n_resamples)
    assert standard_error.max() < 0.25
    assert (np.abs(difference.mean(axis=0)) < 3.5 * standard_error).all()


@pytest.mark.parametrize("basis", BASES)
def test_df_is_the_divergence_of_the_fit(basis: str) -> None:
    """df = sum_i d(prediction_i)/d(y_i) - 1 for the intercept, while the support stays."""
    X, y = wave(basis, 5, 15)
    alphas = alpha_max(X, y, 1) * np.array([0.5, 0.05, 0.005])
    h = 1e-6

    def predicted(y: np.ndarray) -> np.ndarray:
        grid = fit_grid(X, y, alphas, RATIOS)
        return grid.coef @ X.T + grid.intercept[..., None]

    divergence = -1.0
    for i in range(15):
        step = h * (np.arange(15) == i)
        divergence = divergence + (predicted(y + step) - predicted(y - step))[..., i] / (2 * h)
    df = effective_df(X, fit_grid(X, y, alphas, RATIOS))
    np.testing.assert_allclose(df, divergence, atol=1e-6)


def test_df_at_the_ends() -> None:
    X, y = wave("monomial", 20, 100)
    alphas = np.append(alpha_max(X, y, 1) * np.geomspace(3, 1e-6, 30), 0)
    grid = fit_grid(X, y, alphas, RATIOS)
    df = effective_df(X, grid)
    np.testing.assert_allclose(df[-1], np.count_nonzero(grid.coef[-1], axis=-1))
    np.testing.assert_allclose(df[:, -1], 20)
    hat = X @ np.linalg.solve(X.T @ X + 100 * alphas[10] * np.eye(20), X.T)
    np.testing.assert_allclose(df[0, 10], np.trace(hat))
    assert (np.diff(df[0]) > 0).all()


def test_df_counts_dependent_columns_once() -> None:
    X, y = random_problem()
    twice = np.hstack([X, 3 * X])
    least_squares = fit_grid(twice, y, [0.0], [0.0, 1.0])
    np.testing.assert_allclose(effective_df(twice, least_squares), 6)


# --- Refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"X": [1.0, 2.0]}, r"X must be of shape \(n, p\), not empty, got shape"),
        ({"X": np.empty((2, 0))}, r"X must be of shape \(n, p\), not empty, got shape"),
        ({"X": [[1.0], [np.nan]]}, "X must be finite"),
        ({"y": [1.0, np.inf]}, "y must be finite"),
        ({"y": [1.0, 2.0, 3.0]}, r"y must be of shape \(2,\), not empty, got shape \(3,\)"),
        ({"X": [[1.0], [2j]]}, "X must be real numbers, got "),
        ({"X": [["1"], ["a"]]}, "X must be real numbers, got "),
        ({"y": [1.0, 2j]}, "y must be real numbers, got "),
        ({"X": [[1.0], [1e151]]}, r"X must be finite and at most 1e150 in size, got 1e\+151"),
        ({"X": [[0.0], [1e-121]]}, r"X must have spreads that are 0 or 1e-120 to 1e\+120, got 5e-122"),
        ({"y": [0.0, 1e121]}, r"y must have spreads that are 0 or 1e-120 to 1e\+120, got 5e\+120"),
        ({"X": [[1e-90], [2e-90]], "alphas": [1e200]}, r"alphas must be smaller for data of this size, got 1e\+200"),
        ({"alphas": [1.0, np.nan]}, "alphas must be finite and >= 0, got nan"),
        ({"alphas": [np.inf]}, "alphas must be finite and >= 0, got inf"),
        ({"alphas": [-1.0]}, "alphas must be finite and >= 0, got -1"),
        ({"alphas": []}, "alphas must be"),
        ({"alphas": 1.0}, "alphas must be"),
        ({"alphas": [[1.0], [2.0], [3.0]]}, "alphas must have 2 rows"),
        ({"l1_ratios": [0.5, 1.5]}, "l1_ratios must be 0 to 1, got 1.5"),
        ({"l1_ratios": [0.5, np.nan]}, "l1_ratios must be 0 to 1, got nan"),
        ({"l1_ratios": []}, "l1_ratios must be"),
        ({"alphas": [1j]}, "alphas must be real numbers, got"),
        ({"l1_ratios": ["0.5"]}, "l1_ratios must be real numbers, got"),
    ],
)
def test_refusals_name_the_field(arguments: dict, message: str) -> None:
    valid = {"X": [[1.0], [2.0]], "y": [1.0, 2.0], "alphas": [1.0], "l1_ratios": [0.0, 1.0]}
    with pytest.raises(ValueError, match=message):
        fit_grid(**(valid | arguments))


def test_df_refuses_another_matrix() -> None:
    X, y = random_problem()
    with pytest.raises(ValueError, match="X must have 6 columns, got 5"):
        effective_df(X[:, :5], fit_grid(X, y, [0.1], [0.5]))
