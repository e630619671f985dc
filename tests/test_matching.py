"""Are matched fits equal in what they are matched on, where that is possible, and do the alphas suit a slider?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regviz.core import Array
from regviz.core.data.features import BASES, Standardizer
from regviz.core.linear.grid import alpha_max, fit_grid
from regviz.core.linear.matching import cross_validated, same_alpha, same_df, same_training_error

RATIOS = np.round(np.linspace(0, 1, 11), 1)
FEW = np.array([0.0, 0.3, 0.9, 1.0])


def polynomial(n: int, degree: int, basis: str = "monomial", seed: int = 1) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-1, 1, n))
    y = np.sin(np.pi * x) + 0.3 * rng.normal(size=n)
    return Standardizer.fit(raw := BASES[basis].expand(x, degree, (-1, 1))).transform(raw), y


def table(n: int, p: int, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) + 0.5 * rng.normal(size=(n, 1))
    return X, X @ (rng.normal(size=p) * (rng.random(p) < 0.6)) + rng.normal(size=n)


def strengths(X: Array, y: Array, n: int = 40) -> Array:
    """Zero, then seven decades up to three times the empty lasso's, as on the slider."""
    return np.append(0.0, alpha_max(X, y, 1.0) * np.geomspace(3e-7, 3, n))


def errors(X: Array, y: Array, alphas: Array, ratios: Array) -> Array:
    """Σ (y − ŷ)² / n from all rows, as a share of the empty model's."""
    grid = fit_grid(X, y, alphas, ratios)
    residual = y - grid.coef @ X.T - grid.intercept[..., np.newaxis]
    return np.asarray((residual**2).mean(axis=-1) / np.var(y))


def trace(X: Array, alphas: Array, ratios: Array, coef: Array) -> Array:
    """Effective degrees of freedom as the trace of a hat matrix, fit by fit.

    With Q1 the first n rows of Q in the QR factorisation of [X_S; √(nα(1 − ρ)) I], the hat matrix is Q1 Q1ᵀ.
    """
    n, Z = len(X), X - X.mean(axis=0)
    out = np.empty(alphas.shape)
    for i, j in np.ndindex(alphas.shape):
        S = Z[:, coef[i, j] != 0]
        ridge = np.sqrt(n * alphas[i, j] * (1 - ratios[i])) * np.eye(S.shape[1])
        bare = alphas[i, j] * (1 - ratios[i]) == 0
        out[i, j] = np.linalg.matrix_rank(S) if bare else np.sum(np.linalg.qr(np.vstack([S, ridge]))[0][:n] ** 2)
    return out


def dfs(X: Array, y: Array, alphas: Array, ratios: Array) -> Array:
    return trace(X, alphas, ratios, fit_grid(X, y, alphas, ratios).coef)


def check_table(found: Array, alphas: Array, ratios: Array) -> None:
    assert found.shape == (len(ratios), len(alphas))
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert ((found == 0) == (alphas == 0)).all()
    np.testing.assert_array_equal(found[ratios == 1], np.tile(alphas, (np.sum(ratios == 1), 1)))


def check_errors(X: Array, y: Array, alphas: Array, ratios: Array) -> None:
    """Equal to 1e-6, or as small as the ratio's can be; and alpha rises with the lasso's."""
    found = same_training_error(X, y, alphas, ratios)
    check_table(found, alphas, ratios)
    assert (np.diff(found[:, np.argsort(alphas)], axis=1) >= 0).all()
    got, goal = errors(X, y, found, ratios), errors(X, y, alphas[np.newaxis], np.array([1.0]))
    top = alpha_max(X, y, 1.0)
    out_of_reach = goal <= errors(X, y, np.full((len(ratios), 1), 1.01e-14 * top), ratios)
    off = np.where(out_of_reach & (found <= 1e-14 * top), 0, np.abs(got - goal))
    assert off.max() <= 1e-6, (off.max(), np.unravel_index(off.argmax(), off.shape))


POLYNOMIALS = [
    pytest.param(n, degree, basis, id=f"{basis}{degree}-{n}")
    for basis in ("monomial", "legendre")
    for n, degree in ((21, 15), (21, 20), (140, 20), (7, 20), (30, 5), (30, 1))
]


@pytest.mark.parametrize(("n", "degree", "basis"), POLYNOMIALS)
def test_equal_training_errors_of_polynomials(n: int, degree: int, basis: str) -> None:
    X, y = polynomial(n, degree, basis)
    check_errors(X, y, strengths(X, y, 112), RATIOS)


@given(st.integers(2, 40), st.integers(1, 10), st.integers(0, 10_000), st.sampled_from([1e-8, 1.0, 1e8]))
@settings(max_examples=40, deadline=None)
def test_equal_training_errors_of_tables(n: int, p: int, seed: int, scale: float) -> None:
    X, y = table(n, p, seed)
    check_errors(X, scale * y, strengths(X, scale * y), FEW)


def test_columns_of_very_different_size() -> None:
    X, y = table(30, 5)
    X *= [1e-3, 1, 1e3, 10, 1]
    check_errors(X, y, strengths(X, y), FEW)


@pytest.mark.parametrize("size", [1e-12, 1e6, 1e15])
def test_units_of_the_target_do_not_matter(size: float) -> None:
    """c·y under lassos of c·α has the ridges of y under lassos of α: their alphas, and so their errors and df."""
    for X, y in (table(30, 5), polynomial(140, 12)):
        alphas, ridge = strengths(X, y, 30), np.array([0.0])
        np.testing.assert_allclose(
            same_df(X, size * y, size * alphas, ridge), same_df(X, y, alphas, ridge), rtol=1e-9, atol=0
        )
        here, there = (same_training_error(X, c * y, c * alphas, ridge)[0] for c in (1, size))
        Z = X - X.mean(axis=0)
        U, d, _ = np.linalg.svd(Z, full_matrices=False)
        target, square = y - y.mean(), d[:, np.newaxis] ** 2
        shrunk = [len(y) * found / (square + len(y) * found) * (target @ U)[:, np.newaxis] for found in (here, there)]
        errors_of = [np.square(part).sum(axis=0) / np.square(target).sum() for part in shrunk]
        np.testing.assert_allclose(*errors_of, atol=1e-8)


def awkward() -> list[tuple[Array, Array]]:
    X, y = table(30, 4)
    duplicates = np.column_stack([X, X[:, 0], -X[:, 1], np.ones(30)])
    design = np.array(np.meshgrid([-1.0, 1], [-1, 1], [-1, 1])).reshape(3, 8).T  # ties at every breakpoint
    return [
        (X[:2], y[:2]),
        (X[:, :1], y),
        (X[:2, :1], y[:2]),
        (duplicates, y),
        (design, design.sum(axis=1)),
        (X, X @ [1.0, 0, 0, 2.0]),
    ]


@pytest.mark.parametrize("case", range(len(awkward())))
def test_awkward_cases_match_too(case: int) -> None:
    X, y = awkward()[case]
    alphas = strengths(X, y)
    check_errors(X, y, alphas, FEW)
    found = same_df(X, y, alphas, FEW)
    check_table(found, alphas, FEW)
    ridge, goal = dfs(X, y, found[:1], FEW[:1])[0], dfs(X, y, alphas[np.newaxis], np.array([1.0]))[0]
    lowest = found[0] <= 1e-14 * alpha_max(X, y, 1.0)
    assert (np.abs(ridge - goal)[~lowest] <= 1e-6).all()


def test_constant_target_and_other_small_cases() -> None:
    X, y = table(10, 3)
    alphas = np.array([0.0, 0.1, 2.0])
    for match in (same_training_error, same_df):
        np.testing.assert_array_equal(match(X, np.ones(10), alphas, FEW), same_alpha(alphas, FEW))
        np.testing.assert_array_equal(match(np.ones((10, 3)), y, alphas, FEW), same_alpha(alphas, FEW))
        np.testing.assert_array_equal(match(X, y, np.zeros(2), FEW), np.zeros((4, 2)))
        np.testing.assert_array_equal(match(X, y, alphas, FEW[-1:]), alphas[np.newaxis])
        extreme = np.array([1.0, 0.5, 1 - 1e-12, 1e-12])
        check_table(match(X, y, alphas, extreme), alphas, extreme)


def test_unordered_and_repeated_alphas_and_ratios() -> None:
    X, y = table(30, 5)
    alphas, ratios = strengths(X, y, 15), np.array([0.5, 1.0, 0.0, 0.5])
    shuffle = np.random.default_rng(0).permutation(np.repeat(np.arange(16), 2))
    for match in (same_training_error, same_df):
        plain = match(X, y, alphas, np.array([0.0, 0.5, 1.0]))
        np.testing.assert_allclose(match(X, y, alphas[shuffle], ratios), plain[[1, 2, 0, 1]][:, shuffle], rtol=1e-9)


def test_an_empty_lasso_has_empty_followers() -> None:
    X, y = table(30, 5)
    top = alpha_max(X, y, 1.0)
    for match in (same_training_error, same_df):
        found = match(X, y, np.array([1.0, 1.7]) * top, FEW)
        np.testing.assert_allclose(found[1:3], np.tile(top / FEW[1:3, np.newaxis], 2), rtol=1e-4)
        assert errors(X, y, found, FEW).min() > 1 - 1e-6
        assert dfs(X, y, found, FEW).max() <= 1e-6


@pytest.mark.parametrize(
    ("X", "y"),
    [table(30, 5), table(60, 10, 3), polynomial(140, 20), polynomial(21, 20, "legendre"), polynomial(7, 20)],
    ids=["5", "10", "monomial", "legendre", "wide"],
)
def test_equal_degrees_of_freedom(X: Array, y: Array) -> None:
    """To 1e-6 for a ridge. For a mix to 1e-6, or at a jump across the goal, on its nearer side."""
    alphas = strengths(X, y, 112)
    found = same_df(X, y, alphas, RATIOS)
    check_table(found, alphas, RATIOS)
    goal = dfs(X, y, alphas[np.newaxis], np.array([1.0]))
    rise = np.round(np.diff(goal[:, 1:]))  # of the df, when alpha > 0 goes up; the alphas found go the other way
    assert (np.diff(found[:-1, 1:], axis=1) * rise <= 0).all()
    assert (np.diff(found[:-1, 1:], axis=1)[:, rise[0] == 0] == 0).all()

    top = alpha_max(X, y, 1.0)
    blur = 2e-6 + 2e-12 * top / np.maximum(found, 1e-15 * top)  # correlations are known to 1e-13 of the largest
    here, above, below = (dfs(X, y, found * factor, RATIOS) for factor in (1, 1 + blur, 1 - np.minimum(blur, 1)))
    matched = (np.abs(here - goal) <= 1e-6) | (found <= 1e-14 * top)
    assert matched[0].all()
    jump = (above < goal) & (goal < below)
    nearer = np.abs(here - goal) <= np.minimum(goal - above, below - goal) + 1e-4
    assert (matched | (jump & (nearer | (blur > 1e-5))))[:-1].all()
    assert np.mean(np.abs(here - goal)[:, 1:]) < 0.2


def test_the_first_alpha_that_reaches_the_degrees_of_freedom() -> None:
    X, y = table(60, 8, 2)
    alphas = strengths(X, y, 30)[1:]
    found = same_df(X, y, alphas, FEW)
    goal = dfs(X, y, alphas[np.newaxis], np.array([1.0]))[0]
    for i, rho in enumerate(FEW[:-1]):
        for alpha, wanted in set(zip(found[i], goal, strict=True)):
            above = alpha * np.geomspace(1 + 1e-5, 1e4, 400)
            assert dfs(X, y, above[np.newaxis], np.array([rho])).max() < max(wanted, 1e-6)


def test_cross_validated_takes_the_largest_of_equally_good_alphas() -> None:
    alphas = np.array([0.0, 0.1, 1.0, 10.0])
    e = np.array([[1, 2, 1, 3], [0.1, 2, 3, 4], [5, 5, 5, 5 * (1 + 1e-14)], [0, 0, 0, 1e-30]])
    best, found = cross_validated(e, alphas, np.array([0.0, 0.5, 2.0]))
    np.testing.assert_array_equal(best, [1, 0.1, 10, 1])
    np.testing.assert_array_equal(found, best[:, np.newaxis] * [0, 0.5, 2])


def test_cross_validated_with_nothing_but_zero() -> None:
    best, found = cross_validated(np.ones((2, 1)), np.zeros(1), np.array([1.0, 2.0]))
    assert (best == 0).all()
    assert (found == 0).all()


def test_same_alpha() -> None:
    np.testing.assert_array_equal(same_alpha(np.array([1.0, 2.0]), RATIOS), np.tile([1.0, 2.0], (11, 1)))


def test_twenty_thousand_rows_of_fifty_columns() -> None:
    X, y = table(20_000, 50)
    alphas = strengths(X, y, 30)
    found = same_training_error(X, y, alphas, FEW)
    same_df(X, y, alphas, FEW)
    got = errors(X, y, found[:, ::6], FEW)
    assert np.abs(got - got[-1]).max() <= 1e-6
