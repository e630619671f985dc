"""Is every fit under Huber's and the absolute loss optimal, and does an outlier move it as far as theory says?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.linear_model import QuantileRegressor

from regviz.core.linear import robust
from regviz.core.linear.grid import alpha_max, fit_grid
from regviz.core.linear.robust import (
    absolute_delta,
    fit_absolute,
    fit_huber,
    huber_alpha_max,
    huber_kkt,
    huber_location,
    huber_loss,
    huber_slope,
)

RATIOS = np.array([0.0, 0.5, 1.0])


def outlier(degree: int, n: int, heights: np.ndarray, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Monomials of n points and noisy sines in which one observation is moved up by the given heights."""
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-1, 1, n))
    X = x[:, None] ** np.arange(1, degree + 1)
    Y = np.tile(np.sin(np.pi * x) + 0.2 * rng.normal(size=n), (len(heights), 1))
    Y[:, n // 3] += heights
    return (X - X.mean(axis=0)) / X.std(axis=0), Y


def objective(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, alpha: float, rho: float, delta: float
) -> np.floating:
    r = y - X @ w - b
    h = np.where(np.abs(r) <= delta, r**2 / 2, delta * np.abs(r) - delta**2 / 2) if delta < np.inf else r**2 / 2
    return h.mean() + alpha * (rho * np.abs(w).sum() + (1 - rho) / 2 * (w**2).sum())


def independent_kkt(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, alpha: float, rho: float, delta: float
) -> float:
    """Largest distance of 0 from the subdifferential, in the units of the gradient; nothing of the solver enters."""
    r = y - X @ w - b
    psi = np.where(r > delta, delta, np.where(r < -delta, -delta, r))
    worst = abs(psi.mean())
    for j, wj in enumerate(w):
        g = -(X[:, j] - X[:, j].mean()) @ psi / len(y) + alpha * (1 - rho) * wj
        low, high = (np.sign(wj), np.sign(wj)) if wj != 0 else (-1, 1)
        worst = max(worst, g + alpha * rho * low, -(g + alpha * rho * high))
    return worst


def accuracy(X: np.ndarray, Y: np.ndarray, coef: np.ndarray, delta: float) -> np.ndarray:
    """What `fit_huber` promises of its certificate."""
    residual = np.abs(Y).max() + (np.abs(coef) * np.abs(X).max(axis=0)).sum(axis=-1)
    return 1e-11 + 4e-15 * residual / delta


# --- The loss ----------------------------------------------------------------------------------


def test_the_loss_is_a_square_and_then_a_line() -> None:
    r = np.array([-3, -1, -0.5, 0, 0.5, 1, 3])
    np.testing.assert_allclose(huber_loss(r, 1), [2.5, 0.5, 0.125, 0, 0.125, 0.5, 2.5])
    np.testing.assert_allclose(huber_loss(r, np.inf), r**2 / 2)
    np.testing.assert_allclose(huber_slope(r, 1), [-1, -1, -0.5, 0, 0.5, 1, 1])
    step = 1e-6
    grid = np.linspace(-3, 3, 40)
    slope = (huber_loss(grid + step, 0.7) - huber_loss(grid - step, 0.7)) / (2 * step)
    np.testing.assert_allclose(slope, huber_slope(grid, 0.7), atol=1e-6)


@given(seed=st.integers(0, 10**6), n=st.integers(1, 12), delta=st.floats(1e-3, 30))
def test_the_location_is_the_best_constant(seed: int, n: int, delta: float) -> None:
    Y = 3 * np.random.default_rng(seed).standard_cauchy(size=(2, n))
    for y, b in zip(Y, huber_location(Y, delta), strict=True):
        assert abs(huber_slope(y - b, delta).sum()) <= 1e-12 * max(delta, np.abs(y).max())


def test_the_location_lies_between_median_and_mean() -> None:
    y = np.array([0.0, 1, 2, 3, 100])
    assert huber_location(y, np.inf) == pytest.approx(21.2)
    assert huber_location(y, 1e-6) == pytest.approx(2, abs=1e-5)
    assert huber_location(np.array([0.0, 1, 10, 11]), 0.1) == pytest.approx(5.5)  # a whole range is best: its middle


# --- Certificates ------------------------------------------------------------------------------


@pytest.mark.parametrize("delta", [np.inf, 3, 1, 0.3, 0.1, 0.01, 1e-4])
@pytest.mark.parametrize(("degree", "n"), [(1, 20), (3, 30), (9, 20), (9, 30)])
def test_every_fit_has_its_certificate(degree: int, n: int, delta: float) -> None:
    X, Y = outlier(degree, n, np.linspace(-10, 10, 21))
    alphas = alpha_max(X, Y[10], 1) * np.geomspace(1, 1e-4, 15)
    fits = fit_huber(X, Y, alphas, RATIOS, delta)
    assert fits.coef.shape == (21, 3, 15, degree)
    assert fits.intercept.shape == fits.kkt.shape == (21, 3, 15)
    assert (fits.kkt <= accuracy(X, Y, fits.coef, delta)).all()
    assert fits.kkt.max() <= 1e-9
    for i in range(0, 21, 5):
        scale = np.abs(huber_slope(Y[i] - huber_location(Y[i], delta), delta) @ X).max() / n
        for r, rho in enumerate(RATIOS):
            for k, alpha in enumerate(alphas):
                found = independent_kkt(X, Y[i], fits.coef[i, r, k], fits.intercept[i, r, k], alpha, rho, delta)
                assert found <= 1e-9 * scale


def test_the_certificate_is_not_the_solvers() -> None:
    X, Y = outlier(3, 20, np.array([5.0]))
    fits = fit_huber(X, Y, [0.01], [1.0], 0.3)
    assert huber_kkt(X, Y, [0.01], [1.0], 0.3, fits.coef * 1.001, fits.intercept).min() > 1e-5
    assert huber_kkt(X, Y, [0.01], [1.0], 0.3, fits.coef, fits.intercept + 1e-3).min() > 1e-5
    assert huber_kkt(X, Y, [0.0101], [1.0], 0.3, fits.coef, fits.intercept).min() > 1e-5
    assert huber_kkt(X, Y, [0.01], [1.0], 0.3, 0 * fits.coef, fits.intercept).min() > 1e-5


@given(
    seed=st.integers(0, 10**6),
    n=st.integers(2, 25),
    p=st.integers(1, 8),
    delta=st.floats(1e-2, 10),
    alpha=st.floats(1e-3, 3),
)
@settings(max_examples=100)
def test_any_data(seed: int, n: int, p: int, delta: float, alpha: float) -> None:
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(n, p)), rng.standard_cauchy(size=(3, n))
    fits = fit_huber(X, Y, [alpha, alpha / 10], RATIOS, delta)
    assert (fits.kkt <= 1e-9).all()


@given(seed=st.integers(0, 10**6), n=st.integers(2, 16), p=st.integers(1, 6), delta=st.sampled_from([0.1, 0.5, 1, 2]))
@settings(max_examples=100)
def test_any_ties(seed: int, n: int, p: int, delta: float) -> None:
    """Small whole numbers: rows exactly at δ, equal and constant columns."""
    rng = np.random.default_rng(seed)
    X, Y = rng.integers(-1, 2, (n, p)).astype(float), rng.integers(-2, 3, (3, n)).astype(float)
    assert (fit_huber(X, Y, [0.5, 0.25, 0.01, 0], RATIOS, delta).kkt <= 1e-8).all()


@pytest.mark.parametrize(("seed", "delta"), [(15, 0.01), (20, 0.1), (33, np.inf), (45, 1e-6), (58, 1e-4)])
def test_fits_on_which_the_interior_point_went_round_in_circles(seed: int, delta: float) -> None:
    rng = np.random.default_rng(seed)
    degree, n = int(rng.integers(1, 10)), int(rng.integers(8, 31))
    x = np.sort(rng.uniform(-1, 1, n))
    Y = np.tile(np.sin(np.pi * x) + 0.2 * rng.normal(size=n), (11, 1))
    Y[:, n // 3] = np.linspace(-10, 10, 11)
    X = x[:, None] ** np.arange(1, degree + 1)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    fits = fit_huber(X, Y, alpha_max(X, Y[5], 1) * np.geomspace(1, 1e-4, 25), RATIOS, delta)
    assert (fits.kkt <= accuracy(X, Y, fits.coef, delta)).all()


@pytest.mark.parametrize(
    "case", ["equal columns", "p > n", "n = 2", "n = 1", "constant y", "scales", "constant column"]
)
@pytest.mark.parametrize("delta", [np.inf, 0.1])
def test_degenerate_data(case: str, delta: float) -> None:
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(20, 3)), rng.normal(size=(4, 20))
    X, Y = {
        "equal columns": (np.hstack([X, X]), Y),
        "p > n": (rng.normal(size=(6, 10)), Y[:, :6]),
        "n = 2": (X[:2], Y[:, :2]),
        "n = 1": (X[:1], Y[:, :1]),
        "constant y": (X, np.ones_like(Y)),
        "scales": (X * [1e-6, 1, 1e6], Y),
        "constant column": (np.column_stack([X, np.full(20, 3.0)]), Y),
    }[case]
    fits = fit_huber(X, Y, [1.0, 0.1, 0.01, 0], RATIOS, delta)
    assert fits.kkt.max() <= 1e-9


def test_without_a_penalty_dependent_columns_do_not_drift() -> None:
    X = np.array(
        [[1, 1, 1, 0, -1], [1, 0, 1, -1, 0], [-1, 1, 0, 1, 1], [-1, -1, 0, 0, 0], [0, 0, 1, 0, 1], [0, -1, 1, 0, -1]],
        dtype=float,
    )
    Y = np.array([[1, -2, 2, 1, 2, -2], [1, 0, -1, 1, -1, -1], [2, -1, 0, 0, -2, 1]], dtype=float)
    fits = fit_huber(X, Y, [0], [0.5], 0.1)
    assert fits.kkt.max() <= 1e-9
    assert np.abs(fits.coef).max() < 1e3


# --- Oracles -----------------------------------------------------------------------------------


@pytest.mark.parametrize("delta", [np.inf, 1e6])
def test_a_large_delta_is_the_squared_loss(delta: float) -> None:
    X, Y = outlier(5, 30, np.array([-4.0, 0, 9]))
    alphas = alpha_max(X, Y[1], 1) * np.array([0.01, 1, 0.1, 1e-3])
    fits = fit_huber(X, Y, alphas, RATIOS, delta)
    for i, y in enumerate(Y):
        grid = fit_grid(X, y, alphas, RATIOS)
        np.testing.assert_allclose(fits.coef[i], grid.coef, atol=1e-9 * np.abs(grid.coef).max())
        np.testing.assert_allclose(fits.intercept[i], grid.intercept, atol=1e-9)
        np.testing.assert_array_equal(fits.coef[i] != 0, grid.coef != 0)


@pytest.mark.parametrize("delta", [0.1, 0.5, 2])
@pytest.mark.parametrize("rho", RATIOS)
def test_a_general_minimiser_agrees(rho: float, delta: float) -> None:
    X, Y = outlier(3, 25, np.array([6.0]))
    p, alpha = X.shape[1], 0.02
    fits = fit_huber(X, Y, [alpha], [rho], delta)

    def value(v: np.ndarray) -> tuple[float, np.ndarray]:
        # w = up − down with both >= 0, so that |w| is smooth
        w, b = v[:p] - v[p:-1], v[-1]
        psi = huber_slope(Y[0] - X @ w - b, delta)
        slope = -X.T @ psi / len(X) + alpha * (1 - rho) * w
        l1 = alpha * rho * np.ones(p)
        total = objective(X, Y[0], w, b, alpha, 0, delta) - alpha * rho / 2 * (w**2).sum() + l1 @ (v[:p] + v[p:-1])
        return float(total), np.concatenate([l1 + slope, l1 - slope, [-psi.mean()]])

    bounds = [(0, None)] * (2 * p) + [(None, None)]
    best = minimize(
        value, np.zeros(2 * p + 1), jac=True, bounds=bounds, options={"ftol": 1e-16, "gtol": 1e-10, "maxiter": 9999}
    )
    w = best.x[:p] - best.x[p:-1]
    np.testing.assert_allclose(fits.coef[0, 0, 0], w, atol=1e-5)
    assert fits.intercept[0, 0, 0] == pytest.approx(best.x[-1], abs=1e-5)
    ours = objective(X, Y[0], fits.coef[0, 0, 0], fits.intercept[0, 0, 0], alpha, rho, delta)
    assert ours <= objective(X, Y[0], w, best.x[-1], alpha, rho, delta) + 1e-14


@pytest.mark.parametrize("alpha", [0.3, 0.05, 0.005])
@pytest.mark.parametrize("n", [20, 25])
def test_the_absolute_loss_is_a_linear_program(alpha: float, n: int) -> None:
    """scikit-learn minimises 1/n Σ ½|r| + alpha‖w‖₁: half of ours at twice its alpha."""
    X, Y = outlier(3, n, np.array([-3.0, 0.5, 8]))
    fits = fit_absolute(X, Y, [2 * alpha], [1.0])
    for i, y in enumerate(Y):
        oracle = QuantileRegressor(quantile=0.5, alpha=alpha, solver="highs").fit(X, y)
        w, b = fits.coef[i, 0, 0], fits.intercept[i, 0, 0]
        ours = np.abs(y - X @ w - b).mean() + 2 * alpha * np.abs(w).sum()
        theirs = np.abs(y - oracle.predict(X)).mean() + 2 * alpha * np.abs(oracle.coef_).sum()
        assert ours <= theirs + absolute_delta(Y)
        np.testing.assert_allclose(w, oracle.coef_, atol=2e-5)


def test_the_absolute_loss_without_weights_is_the_median() -> None:
    X, Y = outlier(3, 25, np.array([-3.0, 0.5, 80]))
    delta = absolute_delta(Y)
    empty = huber_alpha_max(X, Y, delta) / delta
    fits = fit_absolute(X, Y, [1.001 * empty.max()], [1.0])
    assert (fits.coef == 0).all()
    np.testing.assert_allclose(fits.intercept[:, 0, 0], np.median(Y, axis=1), atol=1e-5)


@pytest.mark.parametrize("delta", [np.inf, 0.3, 1e-3])
def test_alpha_max_is_where_the_first_weight_enters(delta: float) -> None:
    X, Y = outlier(4, 20, np.array([0.0, 7]))
    for y, top in zip(Y, huber_alpha_max(X, Y, delta), strict=True):
        fits = fit_huber(X, [y], [1.001 * top, 0.99 * top], [1.0], delta)
        np.testing.assert_array_equal((fits.coef[0, 0] != 0).any(axis=-1), [False, True])
    if delta == np.inf:
        assert huber_alpha_max(X, Y, delta)[1] == pytest.approx(alpha_max(X, Y[1], 1))


# --- What the page claims ----------------------------------------------------------------------


@pytest.mark.parametrize("rho", RATIOS)
@pytest.mark.parametrize("degree", [1, 3, 9])
def test_the_loss_bounds_an_outlier_and_the_penalty_does_not(degree: int, rho: float) -> None:
    X, Y = outlier(degree, 25, np.array([0.0, 5.0, 50.0]))
    rest = np.delete(np.arange(25), 25 // 3)

    def curve(delta: float) -> np.ndarray:
        fits = fit_huber(X, Y, [0.01], [rho], delta)
        return (fits.coef @ X.T + fits.intercept[..., None])[:, 0, 0, rest]

    near, far = np.abs(np.diff(curve(0.3), axis=0)).max(axis=1)
    assert far <= 1e-9, "beyond δ an outlier pulls no harder, however far it is"
    assert near > 1e-3
    near, far = np.abs(np.diff(curve(np.inf), axis=0)).max(axis=1)
    assert far > 5 * near, "under the squared loss ten times as far is ten times the pull, for either penalty"


def test_heights_and_strengths_in_any_order() -> None:
    X, Y = outlier(5, 20, np.array([-5.0, 0, 5, 10]))
    alphas = np.array([0.3, 0.1, 0.03, 0.01])
    straight = fit_huber(X, Y, alphas, RATIOS, 0.3)
    turned = fit_huber(X, Y[::-1], alphas[::-1], RATIOS[::-1], 0.3)
    np.testing.assert_allclose(turned.coef, straight.coef[::-1, ::-1, ::-1], atol=1e-9)


def test_the_sharp_delta_by_hand() -> None:
    """A millionth of the least median |y − median|; where that is 0 the mean counts, a constant target not at all."""
    wide, narrow = [0.0, 10, 20, 30, 1000], [0.0, 1, 2, 3, 100]  # medians of |y − median|: 10 and 1, means 206 and 20.4
    assert absolute_delta([wide]) == pytest.approx(10e-6)
    assert absolute_delta([wide, narrow]) == absolute_delta([narrow, wide]) == pytest.approx(1e-6)
    mostly = [5.0, 5, 5, 5, 10]  # half of it stands on its median: the mean is 1
    assert absolute_delta([mostly]) == absolute_delta([mostly, wide]) == pytest.approx(1e-6)
    assert absolute_delta([wide, [7.0] * 5]) == pytest.approx(10e-6)
    assert absolute_delta([[7.0] * 5]) == 1e-6


@pytest.mark.parametrize("level", [3.0, -1e4])
def test_the_level_of_a_column_does_not_matter(level: float) -> None:
    """The intercept takes it: alpha_max, weights and certificate are those of the centred columns."""
    X, Y = outlier(3, 20, np.array([0.0, 5.0]))
    for delta in (0.3, np.inf):
        np.testing.assert_allclose(huber_alpha_max(X + level, Y, delta), huber_alpha_max(X, Y, delta), rtol=1e-9)
        here, there = (fit_huber(x, Y, [0.01], RATIOS, delta) for x in (X, X + level))
        np.testing.assert_allclose(there.coef, here.coef, rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(there.intercept, here.intercept - level * here.coef.sum(axis=-1), rtol=1e-7)
        assert there.kkt.max() <= 1e-10


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("y_unit", [1e-100, 1e-12, 1e15, 1e100])
@pytest.mark.parametrize("x_unit", [1e-100, 1e-12, 1, 1e15, 1e100])
def test_units_do_not_matter(x_unit: float, y_unit: float) -> None:
    """c y and u X, with c δ, c u times the L1 part and u² times the L2 part of α: c/u times the weights."""
    X, Y = outlier(3, 20, np.array([0.0, 5.0]))
    for rho, unit in ((1.0, x_unit * y_unit), (0.0, x_unit**2)):
        for delta in (0.3, np.inf):
            here = fit_huber(X, Y, [0.1, 0.01], [rho], delta)
            there = fit_huber(x_unit * X, y_unit * Y, np.array([0.1, 0.01]) * unit, [rho], y_unit * delta)
            np.testing.assert_allclose(there.coef * (x_unit / y_unit), here.coef, rtol=1e-9, atol=1e-12)
            np.testing.assert_allclose(there.intercept / y_unit, here.intercept, rtol=1e-9, atol=1e-12)
            assert there.kkt.max() <= 1e-10
    assert absolute_delta(y_unit * Y) == pytest.approx(y_unit * absolute_delta(Y), rel=1e-12)
    np.testing.assert_allclose(huber_location(y_unit * Y, y_unit * 0.3) / y_unit, huber_location(Y, 0.3), rtol=1e-12)
    top = huber_alpha_max(x_unit * X, y_unit * Y, y_unit * 0.3)
    np.testing.assert_allclose(top / (x_unit * y_unit), huber_alpha_max(X, Y, 0.3), rtol=1e-9)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("X", {"X": 1e150}),
        ("X", {"X": 1e-150}),
        ("Y", {"Y": 1e150}),
        ("Y", {"Y": 1e-150}),
        ("alphas", {"alphas": 1e150}),
        ("delta", {"delta": 1e-100}),
    ],
)
def test_units_out_of_reach_are_refused_by_name(name: str, change: dict[str, float]) -> None:
    X, Y = outlier(3, 20, np.array([0.0, 5.0]))
    good = {"X": X, "Y": Y, "alphas": np.array([0.1]), "l1_ratios": np.array([0.5]), "delta": 0.3}
    with pytest.raises(ValueError, match=rf"^{name} must .* got"):
        fit_huber(**(good | {key: good[key] * size for key, size in change.items()}))


def test_the_smallest_column_and_target_say_which_strength_is_too_large() -> None:
    X, Y = outlier(3, 20, np.array([0.0, 5.0]))
    units = np.ones(X.shape[1])
    units[0] = 1e-100
    with pytest.raises(ValueError, match=r"alphas must be at most .* in the units of these X and Y, got 1e-60"):
        fit_huber(X * units, Y, [1e-60], [0.0], 0.3)


def test_the_interior_point_alone_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any Newton step to settle a fit: the method that takes over finds the same."""
    X, Y = outlier(3, 20, np.linspace(-5, 5, 5))
    alphas = np.geomspace(1, 1e-3, 6)
    fits = fit_huber(X, Y, alphas, RATIOS, 0.3)
    monkeypatch.setattr(robust, "NEWTON", 1)
    alone = fit_huber(X, Y, alphas, RATIOS, 0.3)
    assert alone.kkt.max() <= 1e-9
    np.testing.assert_allclose(alone.coef, fits.coef, atol=1e-8)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("X", {"X": [[np.nan], [1.0]]}),
        ("X", {"X": [1.0, 2.0]}),
        ("Y", {"Y": [1.0, 2.0]}),
        ("Y", {"Y": [[1.0, np.inf]]}),
        ("alphas", {"alphas": [-1.0]}),
        ("alphas", {"alphas": []}),
        ("l1_ratios", {"l1_ratios": [1.5]}),
        ("delta", {"delta": 0}),
        ("delta", {"delta": np.nan}),
    ],
)
def test_errors_name_the_field(name: str, change: dict[str, object]) -> None:
    good: dict[str, object] = {
        "X": [[1.0], [2.0]],
        "Y": [[1.0, 2.0]],
        "alphas": [0.1],
        "l1_ratios": [1.0],
        "delta": 1.0,
    }
    with pytest.raises(ValueError, match=name):
        fit_huber(**(good | change))
