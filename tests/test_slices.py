"""Is the ball in the constraint picture the penalty's, the contour the loss's, and the point where they touch best?"""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regviz.core import Array
from regviz.core.linear.grid import alpha_max, fit_grid
from regviz.core.penalties import ElasticNet
from regviz.core.toy.slices import CLEAR_GAP, Slices, ball_radius, clearest_pair, slices

RATIOS = np.array([0.0, 0.3, 1.0])
ANGLES = np.linspace(0, 2 * np.pi, 721)
CIRCLE = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=-1)  # (n_angles, 2)


class Case:
    """A random problem, its fits and their slices: strengths from all of the lasso's to almost none, and 0."""

    def __init__(self, n: int, p: int, seed: int, correlation: float = 0.5, scale: float = 1.0) -> None:
        rng = np.random.default_rng(seed)
        shared = rng.normal(size=(n, 1))
        X = correlation * shared + np.sqrt(1 - correlation**2) * rng.normal(size=(n, p))
        self.X = 2 + scale * X
        self.y = 5 + X @ rng.normal(size=p) + 0.3 * rng.normal(size=n)
        self.alphas = alpha_max(self.X, self.y, 1.0) * np.array([1.5, 0.3, 0.03, 1e-4, 0])
        self.coef = fit_grid(self.X, self.y, self.alphas, RATIOS).coef
        a, b = rng.permutation(p)[:2]
        self.pair = int(a), int(b)

    @property
    def slices(self) -> Slices:
        return slices(self.X, self.y, self.coef, RATIOS, self.pair)

    def loss(self, i: int, j: int, points: Array) -> Array:
        """1/(2n) ‖y − Xw − b‖² at the best b, with the two weights at the points (k, 2): from all rows."""
        w = np.repeat(self.coef[i, j][np.newaxis], len(points), axis=0)
        w[:, list(self.pair)] = points
        residual = self.y - w @ self.X.T
        residual -= residual.mean(axis=1, keepdims=True)
        return np.asarray((residual**2).mean(axis=1) / 2)

    def gradient(self, i: int, j: int, point: Array) -> Array:
        """Of the loss in the two weights, from all rows: (2,)."""
        w = self.coef[i, j].copy()
        w[list(self.pair)] = point
        residual = self.y - self.X @ w
        columns = self.X[:, list(self.pair)]
        return np.asarray(-(columns - columns.mean(axis=0)).T @ (residual - residual.mean()) / len(self.y))


cases = st.builds(
    Case,
    n=st.integers(8, 60),
    p=st.integers(2, 6),
    seed=st.integers(0, 10_000),
    correlation=st.sampled_from([0.0, 0.5, 0.9, 0.99]),
    scale=st.sampled_from([1e-3, 1.0, 1e3]),
)


@given(cases)
@settings(max_examples=60, deadline=None)
def test_the_solution_is_optimal_in_its_slice(case: Case) -> None:
    """−∇D lies in α ∂P, from the bowl as it is given and from the data."""
    s = case.slices
    scale = case.alphas.max()
    for i, rho in enumerate(RATIOS):
        bowl = (s.optimum[i] - s.solution[i]) @ s.gram  # (n_alphas, 2)  −∇D
        violation = ElasticNet(rho).violation(s.solution[i], bowl, case.alphas[:, np.newaxis])
        assert violation.max() <= 1e-11 * scale
        for j in range(len(case.alphas)):
            from_data = -case.gradient(i, j, s.solution[i, j])
            np.testing.assert_allclose(bowl[j], from_data, rtol=0, atol=1e-11 * scale)


@given(cases)
@settings(max_examples=40, deadline=None)
def test_contours_have_their_loss(case: Case) -> None:
    """o + m G^(−½) u has the loss D(o) + m²/2, and those of touch and origin go through these points."""
    s = case.slices
    level = np.var(case.y) / 2
    for i, j in np.ndindex(s.touch.shape):
        lowest = case.loss(i, j, s.optimum[i, j][np.newaxis])[0]
        for m in (s.touch[i, j], s.origin[i, j], np.sqrt(level)):
            points = s.optimum[i, j] + m * CIRCLE[::40] @ s.shape
            np.testing.assert_allclose(case.loss(i, j, points), lowest + m**2 / 2, rtol=1e-9, atol=1e-12 * level)
        at = case.loss(i, j, np.stack([s.solution[i, j], np.zeros(2)]))
        wanted = lowest + np.array([s.touch[i, j], s.origin[i, j]]) ** 2 / 2
        np.testing.assert_allclose(at, wanted, rtol=1e-9, atol=1e-12 * level)


@given(cases)
@settings(max_examples=40, deadline=None)
def test_no_point_of_the_ball_is_better_than_the_touch_point(case: Case) -> None:
    s = case.slices
    radius = s.ball(RATIOS, ANGLES)
    assert radius.shape == (*s.touch.shape, len(ANGLES))
    for i, j in np.ndindex(s.touch.shape):
        boundary = radius[i, j][:, np.newaxis] * CIRCLE
        touch = case.loss(i, j, s.solution[i, j][np.newaxis])[0]
        assert touch <= case.loss(i, j, boundary).min() + 1e-12 * np.var(case.y)
        np.testing.assert_allclose(s.budget[i, j], ElasticNet(RATIOS[i]).value(s.solution[i, j]), rtol=1e-14)


@pytest.mark.parametrize("rho", RATIOS)
@pytest.mark.parametrize("t", [1e-12, 0.3, 1.0, 7e5])
def test_the_ball_is_on_the_ball(rho: float, t: float) -> None:
    radius = ball_radius(rho, t, ANGLES)
    np.testing.assert_allclose(ElasticNet(rho).value(radius[:, np.newaxis] * CIRCLE), t, rtol=1e-12)
    np.testing.assert_allclose(radius[:, np.newaxis] * CIRCLE, ElasticNet(rho).boundary(CIRCLE, t), rtol=1e-12)


def test_diamond_circle_and_point() -> None:
    np.testing.assert_allclose(ball_radius(1.0, 2.0, np.array([0, np.pi / 4])), [2, np.sqrt(2)])
    np.testing.assert_allclose(ball_radius(0.0, 2.0, ANGLES), 2)
    assert (ball_radius(0.5, 0.0, ANGLES) == 0).all()
    assert ball_radius(RATIOS[:, np.newaxis], np.ones(4)[:, np.newaxis, np.newaxis], ANGLES).shape == (4, 3, 721)


def test_an_empty_solution_is_a_ball_of_no_size() -> None:
    case = Case(30, 3, 0)
    s = case.slices
    assert (s.solution[2, 0] == 0).all()
    assert s.budget[2, 0] == 0
    assert s.touch[2, 0] == pytest.approx(s.origin[2, 0], rel=1e-12)
    assert (s.ball(RATIOS, ANGLES)[2, 0] == 0).all()


def test_without_penalty_the_contour_is_a_point() -> None:
    s = Case(30, 3, 0).slices
    np.testing.assert_allclose(s.optimum[:, -1], s.solution[:, -1], rtol=1e-9)
    assert (s.touch[:, -1] <= 1e-9 * s.origin[:, -1]).all()


@pytest.mark.parametrize("same", [1.0, -2.0, 0.0])
def test_collinear_and_constant_pairs_survive(same: float) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(25, 3))
    X[:, 1] = same * X[:, 0]
    y = X @ [1.0, 0.0, 1.0] + 0.1 * rng.normal(size=25)
    alphas = np.array([0.5, 0.01, 0.0])
    s = slices(X, y, fit_grid(X, y, alphas, RATIOS).coef, RATIOS, (0, 1))
    for array in (s.solution, s.optimum, s.shape, s.touch, s.origin, s.budget):
        assert np.isfinite(array).all()
    assert np.linalg.matrix_rank(s.shape) == 1  # across the valley only
    valley = np.array([-same, 1.0]) / np.hypot(same, 1)
    np.testing.assert_allclose((s.optimum - s.solution) @ valley, 0, atol=1e-9)  # the nearest lowest point
    bowl = (s.optimum - s.solution) @ s.gram
    for i, rho in enumerate(RATIOS):
        assert ElasticNet(rho).violation(s.solution[i], bowl[i], alphas[:, np.newaxis]).max() < 1e-12


@pytest.mark.parametrize("units", [(1e-9, 1.0), (1.0, 1e7), (1e-12, 1e15)])
def test_units_of_the_columns_do_not_matter(units: tuple[float, float]) -> None:
    """A small column is no valley: X·u with the weights / u is the same picture, its axes scaled."""
    case = Case(30, 3, 0)
    a, b = case.pair
    u = np.ones(3)
    u[[a, b]] = units
    here, there = case.slices, slices(case.X * u, case.y, case.coef / u, RATIOS, case.pair)
    np.testing.assert_allclose(there.optimum * units, here.optimum, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(there.touch, here.touch, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(there.origin, here.origin, rtol=1e-9)
    inverse = np.linalg.inv(case.slices.gram)
    np.testing.assert_allclose(units * (there.shape @ there.shape) * np.array(units)[:, None], inverse, rtol=1e-9)
    np.testing.assert_allclose(here.shape @ here.shape, inverse, rtol=1e-12)
    chosen = clearest_pair(case.X, case.y, case.coef[:, 1], (None, None))
    assert clearest_pair(case.X * 1e12, case.y, case.coef[:, 1] / 1e12, (None, None)) == chosen
    assert clearest_pair(case.X, case.y * 1e15, case.coef[:, 1] * 1e15, (None, None)) == chosen


@pytest.mark.parametrize("level", [0.1, 1e6 / 3])
@pytest.mark.parametrize("which", [0, 1])
def test_a_constant_column_leaves_a_valley_whatever_its_rounding(level: float, which: int) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(23, 2))
    X[:, which] = level
    s = slices(X, X[:, 1 - which], np.full((1, 1, 2), 0.3), np.array([1.0]), (0, 1))
    assert np.linalg.matrix_rank(s.shape) == 1
    np.testing.assert_allclose(s.optimum[0, 0, [which, 1 - which]], [0.3, 1], rtol=1e-12)


def test_both_columns_constant() -> None:
    X, y = np.ones((10, 2)), np.arange(10.0)
    s = slices(X, y, np.zeros((1, 1, 2)), np.array([1.0]), (0, 1))
    assert (s.shape == 0).all()
    assert (s.touch == 0).all()


@pytest.mark.parametrize("n", [2, 3, 5])
def test_fewer_rows_than_weights(n: int) -> None:
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(n, 6)), rng.normal(size=n)
    s = slices(X, y, fit_grid(X, y, np.array([0.1]), RATIOS).coef, RATIOS, (4, 2))
    assert s.pair == (4, 2)
    assert np.isfinite(s.touch).all()


@pytest.mark.parametrize("pair", [(0, 0), (0, 3), (-1, 0), (3, 1)])
def test_bad_pairs(pair: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="two different columns of 0 to 2"):
        slices(np.eye(3), np.arange(3.0), np.zeros((1, 1, 3)), np.array([1.0]), pair)


def test_many_rows_cost_little_memory() -> None:
    rng = np.random.default_rng(0)
    X, y, coef = rng.normal(size=(20_000, 50)), rng.normal(size=20_000), rng.normal(size=(11, 100, 50))
    tracemalloc.start()
    slices(X, y, coef, np.linspace(0, 1, 11), (3, 7))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5 * X.nbytes  # every residual would be 22 times X


def test_the_clearest_pair_hits_a_corner_and_honours_a_choice() -> None:
    generator = np.random.default_rng(3)
    base = generator.normal(size=(80, 1))
    X = np.hstack([base + 0.3 * generator.normal(size=(80, 3)), generator.normal(size=(80, 2))])
    y = 2 * X[:, 0] + X[:, 3] + 0.1 * generator.normal(size=80)
    ratios = np.array([0.0, 0.5, 1.0])
    coef = fit_grid(X, y, np.array([0.3]), ratios).coef[:, 0]
    a, b = clearest_pair(X, y, coef, (None, None))
    assert a < b
    assert np.count_nonzero(coef[-1, [a, b]]) == 1
    assert clearest_pair(X, y, coef, (4, None))[0] == 4
    assert clearest_pair(X, y, coef, (None, 2))[1] == 2
    assert clearest_pair(X, y, coef, (3, 1)) == (3, 1)
    with pytest.raises(ValueError, match="2 or more"):
        clearest_pair(X[:, :1], y, coef[:, :1], (None, None))


@pytest.mark.parametrize("seed", range(4))
def test_the_clearest_pair_by_its_definition(seed: int) -> None:
    """Of the pairs in which the lasso keeps one weight, the one whose gap, from its slice, is nearest to CLEAR_GAP."""
    case = Case(40, 5, seed)
    coef = fit_grid(case.X, case.y, [0.3 * case.alphas[0]], RATIOS).coef

    def distance(pair: tuple[int, int]) -> float:
        s = slices(case.X, case.y, coef, RATIOS, pair)
        size = np.maximum(np.abs(s.solution), np.abs(s.optimum)).max(axis=-1)
        gap = (np.abs(s.optimum - s.solution).max(axis=-1) / size).min()
        return float(abs(gap - CLEAR_GAP) - (np.count_nonzero(s.solution[-1, 0]) == 1))

    pairs = [(a, b) for a in range(5) for b in range(a + 1, 5)]
    assert clearest_pair(case.X, case.y, coef[:, 0], (None, None)) == min(pairs, key=distance)


def test_a_pair_is_found_among_duplicate_and_constant_columns() -> None:
    x = np.linspace(-1, 1, 20)
    X = np.column_stack([x, x, np.zeros(20)])
    coef = fit_grid(X, x, np.array([0.1]), np.array([0.0, 1.0])).coef[:, 0]
    a, b = clearest_pair(X, x, coef, (None, None))
    assert a != b
