"""Do the penalties and the loss keep their promises? Each property is tried on the whole family."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from regviz.core.losses import SquaredError
from regviz.core.penalties import L1, L2, ElasticNet

RATIOS = [0.0, 1e-9, 0.3, 0.5, 0.9, 1.0]

ratios = st.sampled_from(RATIOS) | st.floats(0, 1)
vectors = arrays(float, st.integers(1, 6), elements=st.floats(-100, 100, allow_subnormal=False))


def test_the_ends_are_the_l1_and_half_the_squared_l2_norm() -> None:
    coef = np.array([[3.0, -4.0], [0.0, 2.0]])
    assert ElasticNet(1.0) == L1
    assert ElasticNet(0.0) == L2
    np.testing.assert_allclose(L1.value(coef), [7, 2])
    np.testing.assert_allclose(L2.value(coef), [12.5, 2])
    np.testing.assert_allclose(ElasticNet(0.25).value(coef), [0.25 * 7 + 0.75 * 12.5, 2])


@given(ratios, vectors, st.floats(0, 10), st.integers(0, 2**32 - 1))
def test_prox_beats_its_neighbours(rho: float, v: np.ndarray, step: float, seed: int) -> None:
    penalty = ElasticNet(rho)

    def objective(w: np.ndarray) -> np.ndarray:
        return 0.5 * np.square(w - v).sum(axis=-1) + step * penalty.value(w)

    best = penalty.prox(v, step)
    rng = np.random.default_rng(seed)
    for radius in (1e-4, 0.1, 10):
        near = best + radius * rng.normal(size=(20, len(v)))
        assert (objective(near) >= objective(best) * (1 - 1e-12)).all()
    # and the optimality condition says the same: v - w lies in step * subdifferential(w)
    scale = 1 + np.abs(v).max()
    assert penalty.violation(best, v - best, step).max() <= 1e-14 * scale


@given(ratios, vectors, st.floats(1e-6, 1e3))
def test_boundary_points_have_value_t(rho: float, direction: np.ndarray, t: float) -> None:
    direction = np.where(np.abs(direction) < 1e-3, 0, direction)
    if not direction.any():
        return
    penalty = ElasticNet(rho)
    point = penalty.boundary(direction, t)
    np.testing.assert_allclose(penalty.value(point), t, rtol=1e-12)
    np.testing.assert_allclose(point / np.abs(point).max(), direction / np.abs(direction).max())


def test_boundary_of_many_directions_and_the_ball_of_size_zero() -> None:
    angles = np.linspace(0, 2 * np.pi, 7)
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    for rho in RATIOS:
        penalty = ElasticNet(rho)
        assert penalty.boundary(directions, 2.0).shape == (7, 2)
        sizes = np.linspace(0, 3, 7)
        np.testing.assert_allclose(penalty.value(penalty.boundary(directions, sizes)), sizes)
        assert not penalty.boundary(directions, 0.0).any()


@given(ratios, vectors, st.floats(0.01, 10))
def test_subgradient_lies_in_the_subdifferential(rho: float, w: np.ndarray, alpha: float) -> None:
    penalty = ElasticNet(rho)
    assert penalty.violation(w, alpha * penalty.subgradient(w), alpha).max() == 0
    # a subgradient supports the function from below
    other = w[::-1] + 1
    below = penalty.value(w) + (penalty.subgradient(w) * (other - w)).sum()
    assert penalty.value(other) >= below - 1e-9 * (1 + np.abs(below))


def test_violation_is_the_distance_to_the_subdifferential() -> None:
    coef = np.array([0.0, 0.0, 2.0, -2.0])
    slope = np.array([0.5, -3.0, 1.0, 1.0])
    np.testing.assert_allclose(L1.violation(coef, slope, 1.0), [0, 2, 0, 2])
    np.testing.assert_allclose(L2.violation(coef, slope, 1.0), [0.5, 3, 1, 3])
    np.testing.assert_allclose(ElasticNet(0.5).violation(coef, slope, 2.0), [0, 2, 2, 4])


def test_gradient_where_it_exists_agrees_with_finite_differences() -> None:
    coef, h = np.array([0.7, -1.3, 2.0]), 1e-6
    for rho in RATIOS:
        penalty = ElasticNet(rho)
        steps = h * np.eye(3)
        numeric = (penalty.value(coef + steps) - penalty.value(coef - steps)) / (2 * h)
        np.testing.assert_allclose(penalty.subgradient(coef), numeric, rtol=1e-8)


def test_alpha_max() -> None:
    gradient = np.array([0.5, -2.0])
    assert L1.alpha_max(gradient) == 2
    assert ElasticNet(0.5).alpha_max(gradient) == 4
    assert L2.alpha_max(gradient) == np.inf
    assert L2.alpha_max(np.zeros(2)) == 0


@pytest.mark.parametrize("rho", [-0.1, 1.1, float("nan")])
def test_a_ratio_out_of_range_is_refused(rho: float) -> None:
    with pytest.raises(ValueError, match="l1_ratio must be 0 to 1"):
        ElasticNet(rho)


def test_boundary_refuses_what_has_no_boundary() -> None:
    with pytest.raises(ValueError, match="direction must not be zero"):
        L1.boundary(np.zeros(2), 1.0)
    with pytest.raises(ValueError, match="t must be finite and >= 0, got -1"):
        L1.boundary(np.ones(2), -1.0)


def test_squared_error_has_the_half_and_the_mean() -> None:
    y, prediction = np.array([1.0, 2.0]), np.array([[2.0, 4.0], [1.0, 2.0]])
    np.testing.assert_allclose(SquaredError().value(y, prediction), [(1 + 4) / 4, 0])


def test_squared_error_derivatives_agree_with_finite_differences() -> None:
    loss, rng, h = SquaredError(), np.random.default_rng(0), 1e-4
    y, prediction = rng.normal(size=5), rng.normal(size=5)
    ahead, behind = prediction + h * np.eye(5), prediction - h * np.eye(5)
    slope = (loss.value(y, ahead) - loss.value(y, behind)) / (2 * h)
    bend = (loss.value(y, ahead) - 2 * loss.value(y, prediction) + loss.value(y, behind)) / h**2
    np.testing.assert_allclose(loss.gradient(y, prediction), slope, rtol=1e-8)
    np.testing.assert_allclose(loss.curvature(y, prediction), bend, rtol=1e-6)
