"""Are the data reduced without losing anything, and are the normal equations solved to the last digits?"""

from fractions import Fraction

import numpy as np
import pytest

from regviz.core.linear.problem import Problem, is_dependent, solve_normal, triangular_factor


def data(n: int = 40, p: int = 6) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(n + p)
    return rng.normal(size=(n, p)) * np.geomspace(1e-3, 1e3, p) + 5, rng.normal(size=n) - 3


def exact(Z: np.ndarray, target: np.ndarray, l1: np.ndarray, l2: np.ndarray) -> np.ndarray:
    """(ZᵀZ + l2)⁻¹ (Zᵀ target − l1) in whole numbers, by Gauss-Jordan elimination."""
    rows = [[Fraction(v) for v in row] for row in Z.tolist()]
    k = len(l1)
    table = []
    for i in range(k):
        line = [sum((row[i] * row[j] for row in rows), Fraction(0)) for j in range(k)]
        line[i] += Fraction(float(l2[i]))
        right = sum((row[i] * Fraction(t) for row, t in zip(rows, target.tolist(), strict=True)), Fraction(0))
        table.append([*line, right - Fraction(float(l1[i]))])
    for i in range(k):
        table[i] = [value / table[i][i] for value in table[i]]
        for other in range(k):
            if other != i:
                factor = table[other][i]
                table[other] = [a - factor * b for a, b in zip(table[other], table[i], strict=True)]
    return np.array([float(line[-1]) for line in table])


@pytest.mark.parametrize("l2", [0.0, 1e-12, 0.1])
@pytest.mark.parametrize("apart", [1.0, 1e-3, 1e-6])
def test_normal_equations_keep_the_digits_that_the_gram_matrix_loses(apart: float, l2: float) -> None:
    """Columns at angles down to 1e-6: their Gram matrix has the condition 1e12 and more."""
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(8, 1)) + apart * rng.normal(size=(8, 4))
    Z /= np.linalg.norm(Z, axis=0)
    target, l1, strength = rng.normal(size=8), 1e-3 * rng.normal(size=4), np.full(4, l2)
    expected = exact(Z, target, l1, strength)
    for start in (np.zeros(4), expected + 1e-3):
        u = solve_normal(triangular_factor(Z, strength), Z, target, l1, strength, start)
        condition = np.linalg.cond(np.vstack([Z, np.sqrt(l2) * np.eye(4)]))
        assert np.abs(u - expected).max() <= 4 * np.finfo(float).eps * condition * np.abs(expected).max()


def test_several_right_hand_sides_at_once() -> None:
    rng = np.random.default_rng(1)
    Z, targets, l1 = rng.normal(size=(9, 3)), rng.normal(size=(2, 9)), rng.normal(size=(2, 3))
    l2 = np.array([0.0, 1.0, 2.0])
    together = solve_normal(triangular_factor(Z, l2), Z, targets, l1, l2, np.zeros((2, 3)))
    for u, target, pull in zip(together, targets, l1, strict=True):
        np.testing.assert_allclose(u, exact(Z, target, pull, l2), rtol=1e-12)


def test_dependent_columns_are_told() -> None:
    rng = np.random.default_rng(2)
    Z = rng.normal(size=(10, 3))
    Z /= np.linalg.norm(Z, axis=0)
    again = np.column_stack([Z, Z @ [0.6, 0.8, 0]])
    nothing = np.zeros(4)
    assert not is_dependent(triangular_factor(Z, nothing[:3]))
    assert is_dependent(triangular_factor(again, nothing))
    assert is_dependent(triangular_factor(again[:, [0, 1, 3, 2]], nothing)), "not only the last"
    assert not is_dependent(triangular_factor(again + 1e-10 * rng.normal(size=(10, 4)), nothing))
    assert not is_dependent(triangular_factor(again, nothing + 1e-12))
    assert not is_dependent(triangular_factor(Z[:, :0], nothing[:0]))


@pytest.mark.parametrize("n", [5, 7, 8, 400])
def test_compression_changes_no_product(n: int) -> None:
    X, y = data(n)
    problem = Problem.of(X, y)
    assert len(problem.factor) == len(problem.target) <= min(n, 7) or n <= 7
    X_c, y_c = X - X.mean(axis=0), y - y.mean()
    size = np.outer(X_c.std(axis=0), X_c.std(axis=0)) * n
    assert (np.abs(problem.factor.T @ problem.factor - X_c.T @ X_c) <= 1e-13 * size).all()
    np.testing.assert_allclose(problem.x_scale, X.std(axis=0), rtol=1e-12)
    np.testing.assert_allclose(problem.y_scale, y.std(), rtol=1e-12)
    coef = np.linspace(-1, 1, 6) / X.std(axis=0)
    gradient = -X_c.T @ (y_c - X_c @ coef) / n
    np.testing.assert_allclose(problem.gradient(coef), gradient, rtol=1e-9, atol=1e-13 * X.std(axis=0).max())
    slope = problem.rows.slope(coef / problem.unit)
    np.testing.assert_allclose(-slope * problem.x_scale * problem.y_scale, gradient, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(np.square(problem.rows.Z).sum(axis=0), 1, rtol=1e-12)


def test_what_is_constant_has_no_size() -> None:
    X, _ = data()
    X[:, 2] = 0.1
    problem = Problem.of(X, np.full(40, 1e9))
    assert problem.x_scale[2] == problem.unit[2] == problem.y_scale == 0
    assert (problem.unit == 0).all()
    assert problem.positive_x_scale[2] == problem.positive_y_scale == 1
    assert not problem.rows.Z[:, 2].any()
    assert not problem.rows.target.any()


@pytest.mark.parametrize("c", [1e-9, 1.0, 1e9])
def test_the_scale_of_the_certificate(c: float) -> None:
    """alpha_max at ρ = 1; where that is rounding error, max rms(x_j) rms(y): both in the unit of X times that of y."""
    X, y = data()
    X_c, y_c = X - X.mean(axis=0), y - y.mean()
    largest = np.abs(X_c.T @ y_c).max() / 40
    assert Problem.of(X, c * y).gradient_scale == pytest.approx(c * largest, rel=1e-10)
    square = np.array([[1.0, 1, -1, -1], [1, -1, 1, -1]]).T
    orthogonal = np.array([1.0, -1, -1, 1])
    bound = 3.0
    assert Problem.of(square * [1, 3], c * orthogonal).gradient_scale == pytest.approx(c * bound, rel=1e-10)
