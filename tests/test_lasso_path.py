"""Is every corner of the lasso's path where theory says, and nothing missed between two of them?"""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes

from regviz.core.linear import lasso_path as module
from regviz.core.linear.grid import alpha_max, fit_grid
from regviz.core.linear.lasso_path import LassoPath, lasso_path

CUBE = np.array(list(product([-1.0, 1.0], repeat=3)))


def powers(degree: int, n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Noisy sine on n points of [-1, 1] and its standardised monomials."""
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-1, 1, n))
    X = x[:, None] ** np.arange(1, degree + 1)
    return (X - X.mean(axis=0)) / X.std(axis=0), np.sin(np.pi * x) + 0.2 * rng.normal(size=n)


def random_problem(n: int, p: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    return X, X @ rng.normal(size=p) + rng.normal(size=n)


def violation(X: np.ndarray, y: np.ndarray, alphas: np.ndarray, coef: np.ndarray) -> np.ndarray:
    """Worst violation of the conditions at each strength, as a share of alpha_max, from the raw data."""
    x = X - X.mean(axis=0)
    slope = (y - y.mean() - coef @ x.T) @ x / len(y)
    needed = np.abs(slope - alphas[:, None] * np.sign(coef))
    allowed = np.maximum(np.abs(slope) - alphas[:, None], 0)
    return np.where(coef != 0, needed, allowed).max(axis=1) / np.abs((y - y.mean()) @ x / len(y)).max()


def between(path: LassoPath) -> np.ndarray:
    """Strengths at the corners and at three places between each two."""
    low, high = path.alphas[1:], path.alphas[:-1]
    return np.concatenate([path.alphas, *(low + share * (high - low) for share in (0.02, 0.5, 0.98))])


def supports(path: LassoPath) -> list[set[int]]:
    """The features that are in just below each corner, told from the events alone."""
    found: set[int] = set()
    result = []
    for alpha in path.alphas[:-1]:
        for event in path.events:
            if event.alpha == alpha:
                assert (event.feature in found) != event.enters, "an event that changes nothing"
                found = found ^ {event.feature}
        result.append(found)
    return result


def assert_exact(X: np.ndarray, y: np.ndarray, path: LassoPath, bound: float = 1e-12) -> None:
    assert path.complete
    assert (np.diff(path.alphas) < 0).all()
    alphas = between(path)
    coef = path.at(alphas)
    assert violation(X, y, alphas, coef).max() <= bound
    assert path.kkt.max() <= bound
    np.testing.assert_allclose(path.at(path.alphas), path.coef, atol=0, rtol=0)
    np.testing.assert_allclose(path.intercept + path.coef @ X.mean(axis=0), y.mean(), atol=1e-9 * (1 + np.abs(y).max()))
    middle = path.at((path.alphas[1:] + path.alphas[:-1]) / 2)
    for inside, row in zip(supports(path), middle, strict=True):
        assert inside == set(np.flatnonzero(row))
    assert {event.alpha for event in path.events} <= set(path.alphas)
    assert [event.alpha for event in path.events] == sorted((event.alpha for event in path.events), reverse=True)


# --- Published ---------------------------------------------------------------------------------


def test_the_diabetes_data_of_the_lars_paper() -> None:
    """Efron et al. (2004), section 2 and figure 1: order of entry, variable 7 (hdl) leaves and comes back."""
    X, y = load_diabetes(return_X_y=True)
    path = lasso_path(X, y)
    assert_exact(X, y, path, 1e-13)
    assert [feature + 1 for feature in path.order_of_entry] == [3, 9, 4, 7, 2, 10, 5, 8, 6, 1]
    # LARS takes 10 steps, one a variable; the lasso 12, because of the one that leaves.
    assert len(path.events) == 12
    assert [(event.feature + 1, event.enters) for event in path.events[-2:]] == [(7, False), (7, True)]
    scaled = lasso_path((X - X.mean(axis=0)) / X.std(axis=0), y)
    assert scaled.order_of_entry == path.order_of_entry
    np.testing.assert_allclose(scaled.alphas, path.alphas * np.sqrt(len(y)), rtol=1e-9)


# --- Closed forms ------------------------------------------------------------------------------


def test_one_feature() -> None:
    X, y = random_problem(12, 1)
    path = lasso_path(X, y)
    x = X[:, 0] - X.mean()
    slope, square = x @ y / 12, x @ x / 12
    assert len(path.alphas) == 2
    assert path.alphas[0] == pytest.approx(abs(slope))
    assert path.lowest_alpha == pytest.approx(1e-6 * abs(slope))
    assert path.coef[-1, 0] == pytest.approx(slope / square * (1 - 1e-6), rel=1e-12)


def test_orthogonal_columns_enter_at_their_slope() -> None:
    y = CUBE @ [3.0, -1.0, 2.0] + 7
    path = lasso_path(CUBE, y)
    assert [(event.feature, event.enters) for event in path.events] == [(0, True), (2, True), (1, True)]
    np.testing.assert_allclose(path.alphas, [3, 2, 1, 3e-6], rtol=1e-12)
    strength = np.array([4, 2.5, 1.5, 0.5])
    soft = np.sign([3, -1, 2]) * np.maximum(np.abs([3, -1, 2]) - strength[:, None], 0)
    np.testing.assert_allclose(path.at(strength), soft, atol=1e-13)
    np.testing.assert_allclose(path.intercept, 7)


# --- Certificates and the grid -----------------------------------------------------------------


@pytest.mark.parametrize(("n", "p"), [(40, 3), (60, 10), (200, 50), (60, 50), (10, 40), (2, 3)])
def test_random_data(n: int, p: int) -> None:
    X, y = random_problem(n, p, seed=n + p)
    path = lasso_path(X, y)
    assert_exact(X, y, path)
    alphas = between(path)
    grid = fit_grid(X, y, alphas, [1.0])
    scale = np.abs(grid.coef[0]).max(axis=1, keepdims=True) + 1e-300
    assert (np.abs(path.at(alphas) - grid.coef[0]) <= 1e-9 * scale).all()


@pytest.mark.parametrize("n", [15, 30, 100])
@pytest.mark.parametrize("degree", [3, 9, 20])
def test_monomials(degree: int, n: int) -> None:
    """Their columns are all but dependent, so weights of two exact solvers differ; what they predict does not."""
    X, y = powers(degree, n)
    path = lasso_path(X, y)
    assert_exact(X, y, path, 1e-10)
    alphas = between(path)
    grid = fit_grid(X, y, alphas, [1.0]).coef[0]
    weights = {3: 1e-9, 9: 1e-6, 20: 1e-3}[degree]
    assert np.abs(path.at(alphas) - grid).max() <= weights * np.abs(grid).max()
    assert np.abs((path.at(alphas) - grid) @ X.T).max() <= 1e-7 * y.std()


@pytest.mark.parametrize("degree", [5, 9])
def test_the_grid_sees_each_event(degree: int) -> None:
    """Just above and just below each corner an independent solver has the support that the events tell."""
    X, y = powers(degree, 30)
    path = lasso_path(X, y, 1e-4)
    below = supports(path)
    assert any(not event.enters for event in path.events), "a path with a drop is meant"
    for k, ((high, low), inside) in enumerate(zip(pairwise(path.alphas), below, strict=True)):
        step = 1e-3 * (high - low)
        grid = fit_grid(X, y, [high - step, low + step], [1.0])
        for row in grid.coef[0]:
            assert set(np.flatnonzero(row)) == inside, k


@given(seed=st.integers(0, 10**6), n=st.integers(2, 25), p=st.integers(1, 12))
@settings(max_examples=80)
def test_any_data(seed: int, n: int, p: int) -> None:
    X, y = random_problem(n, p, seed)
    assert_exact(X, y, lasso_path(X, y), 1e-9)


@pytest.mark.slow
@given(seed=st.integers(0, 10**6), n=st.integers(2, 16), p=st.integers(1, 9))
@settings(max_examples=150)
@example(seed=11, n=8, p=7)  # one weight leaves where another joins: what is left of it must be exactly zero
def test_any_ties(seed: int, n: int, p: int) -> None:
    """Small whole numbers: equal, opposite, constant and dependent columns, columns that enter together."""
    rng = np.random.default_rng(seed)
    X, y = rng.integers(-1, 2, (n, p)).astype(float), rng.integers(-2, 3, n).astype(float)
    if alpha_max(X, y, 1.0) > 1e-12:
        assert_exact(X, y, lasso_path(X, y), 1e-9)


# --- Degenerate --------------------------------------------------------------------------------


def test_columns_that_enter_together() -> None:
    X, y = CUBE, CUBE @ [1.0, -1.0, 1.0]
    path = lasso_path(X, y)
    assert_exact(X, y, path)
    assert [event.alpha for event in path.events] == [path.alphas[0]] * 3
    assert len(path.alphas) == 2


def test_a_full_design_with_interactions() -> None:
    columns = [CUBE, CUBE[:, [0]] * CUBE[:, [1]], CUBE[:, [1]] * CUBE[:, [2]], CUBE.prod(axis=1)[:, None]]
    X, y = np.hstack(columns), np.array([1, 2, 3, 4, 4, 3, 2, 2.0])
    assert_exact(X, y, lasso_path(X, y))


def test_a_tied_column_that_would_stand_still() -> None:
    """Two columns reach α together, and one of them enters with a slope of zero: rounding may not let it in and out."""
    X = np.array([[-1, -1, 0, 0], [1, 1, -1, -1], [1, -1, -1, -1], [0, 0, 0, -1.0]])
    path = lasso_path(X, [-1.0, -1, -1, 0])
    assert_exact(X, np.array([-1.0, -1, -1, 0]), path)


def test_equal_columns() -> None:
    X, y = random_problem(30, 3)
    path = lasso_path(np.column_stack([X, X[:, 0], -X[:, 1], X[:, 2] + X[:, 0]]), y)
    assert path.complete
    assert path.kkt.max() <= 1e-12
    alone = lasso_path(np.column_stack([X, X[:, 2] + X[:, 0]]), y)
    np.testing.assert_allclose(path.alphas, alone.alphas, rtol=1e-9)


@pytest.mark.parametrize("y", [np.zeros(9), np.full(9, 3.7)])
def test_constant_y(y: np.ndarray) -> None:
    path = lasso_path(random_problem(9, 4)[0], y)
    assert path.complete
    assert path.events == ()
    assert path.order_of_entry == ()
    np.testing.assert_array_equal(path.alphas, [0])
    np.testing.assert_array_equal(path.coef, np.zeros((1, 4)))
    np.testing.assert_allclose(path.intercept, y[0])
    np.testing.assert_array_equal(path.at([0, 1]), np.zeros((2, 4)))


def test_a_constant_column_never_enters() -> None:
    X, y = random_problem(20, 3)
    path = lasso_path(np.column_stack([X, np.full(20, 1e6)]), y)
    assert_exact(X, y, lasso_path(X, y))
    assert 3 not in path.order_of_entry
    assert (path.coef[:, 3] == 0).all()


@pytest.mark.parametrize("size", [1e-8, 1e8])
def test_units_do_not_matter(size: float) -> None:
    X, y = random_problem(30, 6)
    path = lasso_path(X, y)
    np.testing.assert_allclose(lasso_path(X, size * y).coef, size * path.coef, rtol=1e-9)
    np.testing.assert_allclose(lasso_path(size * X, y).alphas, size * path.alphas, rtol=1e-9)
    wild = lasso_path(X * np.geomspace(1e-3, 1e3, 6), y)
    assert_exact(X * np.geomspace(1e-3, 1e3, 6), y, wild)


def test_a_limit_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = powers(9, 30)
    whole = lasso_path(X, y)
    monkeypatch.setattr(module, "CORNERS", 0)
    monkeypatch.setattr(module, "MORE_CORNERS", 5)
    path = lasso_path(X, y)
    assert not path.complete
    assert path.lowest_alpha > 1e-6 * path.alphas[0]
    np.testing.assert_array_equal(path.coef, whole.coef[: len(path.coef)])
    assert path.events == whole.events[: len(path.events)]


def test_where_the_certificate_ends_so_does_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = powers(20, 30)
    whole = lasso_path(X, y)
    first_bad = 5
    monkeypatch.setattr(module, "TRUSTED", np.sort(whole.kkt)[:first_bad].max())
    path = lasso_path(X, y)
    assert not path.complete
    assert (path.kkt <= module.TRUSTED).all()
    assert len(path.alphas) < len(whole.alphas)
    assert all(event.alpha > path.lowest_alpha for event in path.events)


def test_the_certificate_looks_between_the_corners_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A corner that is passed by leaves both its neighbours exact, and the straight line between them wrong."""
    X, y = random_problem(30, 4)
    whole = lasso_path(X, y)
    assert len(whole.alphas) > 4
    follow = module._Tracker.follow

    def blind(self: module._Tracker, lowest: float) -> tuple:
        levels, weights, events, complete = follow(self, lowest)
        kept = np.arange(len(levels)) != 2
        return levels[kept], weights[kept], [event for event in events if event[0] != levels[2]], complete

    monkeypatch.setattr(module._Tracker, "follow", blind)
    path = lasso_path(X, y)
    assert not path.complete
    np.testing.assert_array_equal(path.alphas, whole.alphas[:2])
    # with a mark that lets it pass, the certificate is the violation half way, which the rows give
    monkeypatch.setattr(module, "TRUSTED", 1.0)
    path = lasso_path(X, y)
    middle = (path.alphas[1] + path.alphas[2]) / 2
    expected = violation(X, y, np.array([middle]), (path.coef[1] + path.coef[2])[np.newaxis] / 2)[0]
    assert expected > 1e-4
    assert path.kkt[2] == pytest.approx(expected, rel=1e-9)
    assert path.kkt[1] <= 1e-12


@pytest.mark.parametrize("lowest", [0, 1, -0.1, 2, np.nan])
def test_lowest_is_refused_by_name(lowest: float) -> None:
    with pytest.raises(ValueError, match="lowest"):
        lasso_path([[1.0], [2.0]], [1.0, 2.0], lowest)


def test_data_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="X must"):
        lasso_path([[np.nan], [2.0]], [1.0, 2.0])
    with pytest.raises(ValueError, match="y must"):
        lasso_path([[1.0], [2.0]], [1.0, 2.0, 3.0])
