"""Is every picture of the Geometry page solved: certified, touching, inverted, and the same in both languages?"""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page

from regviz.core import Array
from regviz.core.linear.grid import fit_grid
from regviz.core.penalties import ElasticNet
from regviz.core.toy import solution_path
from regviz.core.toy.budget import alpha_max, alpha_of_budget, budget
from regviz.core.toy.forces import forces
from regviz.core.toy.one_weight import shrink_steps, shrinkage, soft_threshold
from regviz.core.toy.shapes import LEVELS
from regviz.core.toy.slices import ball_radius
from regviz.core.toy.solution_path import budget_curve, path
from regviz.core.toy.three_weights import GLOBE, ball_surface, solve3, sphere_faces
from regviz.core.toy.two_weights import REACH, loss, solve
from regviz.core.toy.zero_map import OPTIMA, SLOT, zero_map
from regviz.scenes.geometry.picture import FORCE, THIRD, picture

MODULE = Path(__file__).parents[1] / "regviz/scenes/geometry/two_weights.js"
ANGLES = np.linspace(0, 2 * np.pi, 1441)
COLUMNS = ("l1", "mix", "l2")
AXES = ("alpha", "l1_ratio", "correlation", "optimum_a", "optimum_b")
STEEP = (0.9, -0.99, 0.999, 1 - 1e-6, -1 + 1e-12)


class Problems:
    """Random problems: correlation, alpha, l1_ratio (n,), optimum (n, 2); every fourth of them steep or on a grid."""

    def __init__(self, n: int, seed: int, steep: bool = True) -> None:
        rng = np.random.default_rng(seed)
        self.correlation = rng.uniform(-0.95, 0.95, n)
        self.optimum = rng.uniform(-3, 3, (n, 2))
        self.alpha = 10 ** rng.uniform(-3, 1, n)
        self.l1_ratio = np.where(rng.random(n) < 0.5, rng.random(n), rng.choice([0, 0.01, 0.5, 0.99, 1], n))
        if steep:
            self.correlation[::4] = rng.choice(STEEP, len(self.correlation[::4]))
            self.optimum[1::4] = np.round(self.optimum[1::4])
            self.alpha[2::4] = np.round(self.alpha[2::4])

    @property
    def all(self) -> tuple[Array, Array, Array, Array]:
        return self.correlation, self.optimum, self.alpha, self.l1_ratio

    @property
    def gram(self) -> Array:
        """(n, 2, 2)."""
        one = np.ones_like(self.correlation)
        return np.stack([one, self.correlation, self.correlation, one], axis=-1).reshape(-1, 2, 2)

    def positions(self) -> list[dict[str, float]]:
        columns = (self.alpha, self.l1_ratio, self.correlation, *self.optimum.T)
        return [dict(zip(AXES, map(float, row), strict=True)) for row in zip(*columns, strict=True)]


def degenerate_positions() -> list[dict[str, float]]:
    """No penalty, too much of it, exactly enough; ties; valleys; a lowest point at 0, on an axis, on a diagonal."""
    optima = ((0.0, 0.0), (1.0, 1.0), (2.0, 0.0), (-1.0, 2.0), (3.0, -3.0))
    found = []
    for c, rho, (a, b) in itertools.product((-1.0, 0.0, 1.0, 0.5, *STEEP), (0.0, 0.5, 1.0), optima):
        strongest = float(alpha_max(c, (a, b), rho))
        alphas = {0.0, 1e-9, 10.0, strongest if np.isfinite(strongest) else 1.0}
        if abs(c) < 1:  # where the second weight enters, to the last bit
            alphas.add(max(solution_path._kinks(c, a, b, rho, strongest)))
        found += [dict(zip(AXES, (alpha, rho, c, a, b), strict=True)) for alpha in sorted(alphas)]
    return found


DEGENERATE = degenerate_positions()


def arguments(positions: Sequence[dict[str, float]]) -> tuple[Array, Array, Array, Array]:
    alpha, rho, c, a, b = np.array([[p[name] for name in AXES] for p in positions]).T
    return c, np.stack([a, b], axis=-1), alpha, rho


def objective(c: float, o: Array, alpha: float, rho: float, w: Array) -> Array:
    d = w - o
    bowl = (d[..., 0] ** 2 + 2 * c * d[..., 0] * d[..., 1] + d[..., 1] ** 2) / 2
    return np.asarray(bowl + alpha * ElasticNet(rho).value(w))


def data(gram: Array, rng: np.random.Generator) -> Array:
    """Rows X (n, p) with zero mean and XᵀX/n = gram, to rounding."""
    p = len(gram)
    centred = rng.normal(size=(3 * p, p))
    q = np.linalg.qr(centred - centred.mean(axis=0))[0]
    values, vectors = np.linalg.eigh(gram)
    return np.asarray(np.sqrt(3 * p) * q @ (vectors * np.sqrt(np.maximum(values, 0))).T)


# -- the solution


def check_certificates(c: Array, o: Array, alpha: Array, rho: Array) -> None:
    """−∇D in α ∂P, from G as a matrix and the penalty's own subdifferential."""
    found = solve(c, o, alpha, rho)
    for i in range(len(c)):
        pull = np.array([[1, c[i]], [c[i], 1]]) @ (o[i] - found.coef[i])
        assert ElasticNet(rho[i]).violation(found.coef[i], pull, alpha[i]).max() <= 1e-12
    assert found.kkt.max() <= 1e-14
    assert (found.signs == np.sign(found.coef)).all()


def test_every_solution_has_its_certificate() -> None:
    check_certificates(*Problems(4000, 0).all)


def test_degenerate_solutions_have_their_certificate() -> None:
    check_certificates(*arguments(DEGENERATE))


def test_no_point_of_the_ball_is_better() -> None:
    """D on a finely sampled ball through the solution is nowhere lower than at the solution."""
    problems = Problems(1500, 1)
    c, o, alpha, rho = problems.all
    w = solve(*problems.all).coef
    radius = ball_radius(rho[:, None], budget(w, rho)[:, None], ANGLES)
    boundary = radius[..., None] * np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=-1)  # (n, n_angles, 2)
    best = loss(c[:, None], o[:, None], boundary).min(axis=1)
    assert (loss(c, o, w) <= best + 1e-13).all()
    assert (best - loss(c, o, w))[alpha < 1].max() < 0.2  # the samples do come near


def test_scipy_finds_the_same_point_on_the_budget() -> None:
    """min D subject to P <= t with w = u − v, u, v >= 0, where everything is smooth."""
    from scipy.optimize import minimize

    problems = Problems(1000, 2, steep=False)
    w = solve(*problems.all).coef
    for G, o, rho, solution in zip(problems.gram, problems.optimum, problems.l1_ratio, w, strict=True):
        t = float(budget(solution, rho))

        def loss(x: Array, G: Array = G, o: Array = o) -> tuple[float, Array]:
            d = x[:2] - x[2:] - o
            return float(d @ G @ d / 2), np.concatenate([G @ d, -G @ d])

        def room(x: Array, rho: float = rho, t: float = t) -> float:
            return float(t - rho * x.sum() - (1 - rho) / 2 * ((x[:2] - x[2:]) ** 2).sum())

        def room_slope(x: Array, rho: float = rho) -> Array:
            slope = (1 - rho) * (x[:2] - x[2:])
            return np.asarray(-rho - np.concatenate([slope, -slope]))

        start = np.maximum(np.concatenate([solution, -solution]), 0) * 0.5 + 0.01
        found = minimize(
            loss,
            start,
            jac=True,
            method="SLSQP",
            bounds=[(0, None)] * 4,
            constraints={"type": "ineq", "fun": room, "jac": room_slope},
            options={"ftol": 1e-15, "maxiter": 300},
        )
        np.testing.assert_allclose(found.x[:2] - found.x[2:], solution, rtol=0, atol=1e-6)


def test_the_same_problem_as_data() -> None:
    rng = np.random.default_rng(3)
    problems = Problems(300, 3, steep=False)
    w = solve(*problems.all).coef
    for G, o, alpha, rho, solution in zip(problems.gram, *problems.all[1:], w, strict=True):
        X = data(G, rng)
        np.testing.assert_allclose(fit_grid(X, X @ o, [alpha], [rho]).coef[0, 0], solution, rtol=0, atol=1e-12)


def test_without_penalty_and_with_too_much() -> None:
    c, o, _, rho = Problems(500, 4, steep=False).all
    assert (solve(c, o, 0.0, rho).coef == o).all()
    enough = alpha_max(c, o, rho)
    some = np.isfinite(enough)
    assert (enough[~some] == np.inf).all()
    assert (rho[~some] == 0).all()
    at = [values[some] for values in (c, o, enough, rho)]
    assert (solve(*at).coef == 0).all(), "exactly zero at alpha_max, not nearly"
    assert (solve(at[0], at[1], at[2] * 1.5, at[3]).coef == 0).all()
    assert (solve(at[0], at[1], at[2] * (1 - 1e-9), at[3]).coef != 0).any(axis=1).all()


@pytest.mark.parametrize("c", [1.0, -1.0])
@pytest.mark.parametrize("o", [(2.0, 1.0), (-1.5, 0.3), (3.0, 3.0), (1.0, -3.0)])
@pytest.mark.parametrize("alpha", [0.0, 0.1, 0.6])
def test_a_valley_has_a_segment_of_solutions(c: float, o: tuple[float, float], alpha: float) -> None:
    optimum = np.array(o)
    found = solve(c, optimum, alpha, 1.0)
    if alpha > 0 and not found.coef.any():
        assert np.isnan(found.segment).all()
        return
    first, last = found.segment
    along = first + np.linspace(0, 1, 11)[:, None] * (last - first)
    best = objective(c, optimum, alpha, 1, found.coef)
    np.testing.assert_allclose(objective(c, optimum, alpha, 1, along), best, rtol=0, atol=1e-14)
    beyond = np.array([first - 1e-3 * (last - first), last + 1e-3 * (last - first)])
    assert (objective(c, optimum, alpha, 1, beyond) > best + 1e-7).all() == (alpha > 0)
    if alpha == 0:  # the floor has no end: up to the edge of the drawing
        assert np.abs(found.segment).max(axis=1) == pytest.approx(REACH)
    assert np.linalg.norm(found.coef) <= np.linalg.norm(along, axis=1).min() + 1e-12, "the one of least norm"
    assert np.isnan(solve(c, optimum, 0.6, 0.5).segment).all(), "an L2 part makes it unique"
    assert np.isnan(solve(0.999, optimum, alpha, 1.0).segment).all()


def test_bad_problems() -> None:
    for arguments, message in (
        ((1.1, (0, 0), 1, 1), "correlation must be -1 to 1"),
        ((np.nan, (0, 0), 1, 1), "correlation must be -1 to 1"),
        ((0, (0, np.inf), 1, 1), "optimum must be finite and at most 1e150"),
        ((0, 3, 1, 1), r"optimum must be of shape \(\.\.\., 2\)"),
        ((0, (0, 0, 0), 1, 1), r"optimum must be of shape \(\.\.\., 2\)"),
        ((0, (0, 0), -1, 1), "alpha must be >= 0 and at most 1e150"),
        ((0, (0, 0), np.inf, 1), "alpha must be >= 0 and at most 1e150"),
        ((0, (0, 0), 1, -0.1), "l1_ratio must be 0 to 1"),
    ):
        with pytest.raises(ValueError, match=message):
            solve(*arguments)
    with pytest.raises(ValueError, match="budget must be >= 0"):
        alpha_of_budget(0, (1, 1), -1, 1)
    with pytest.raises(ValueError, match="reach"):
        zero_map(0, 1, 1, 0)
    with pytest.raises(ValueError, match="position lacks optimum_b"):
        picture({"alpha": 1, "l1_ratio": 1, "correlation": 0, "optimum_a": 1})
    with pytest.raises(ValueError, match="l1_ratio must be 0 to 1"):
        picture({**DEGENERATE[0], "l1_ratio": 2})


# -- budget and path


def test_budget_and_strength_are_one_family() -> None:
    """α → t → α, and t → α → t."""
    problems = Problems(2500, 5)
    c, o, alpha, rho = problems.all
    t = budget(solve(*problems.all).coef, rho)
    expected = np.minimum(alpha, alpha_max(c, o, rho))  # from alpha_max on t = 0, and the least α is meant
    back = alpha_of_budget(c, o, t, rho)
    assert (np.abs(back - expected) <= 1e-10 * np.maximum(expected, 1)).all()

    some = np.random.default_rng(5).uniform(0, 1, len(c)) * budget(solve(c, o, 0.0, rho).coef, rho)
    usual = np.abs(c) < 0.9999  # at the steepest, t falls by more than 1e-10 between two doubles α
    at = alpha_of_budget(c, o, some, rho)
    again = budget(solve(c, o, at, rho).coef, rho)
    assert np.abs(again - some)[usual].max() <= 1e-10


def test_the_ends_of_the_budget() -> None:
    c, o, _, rho = Problems(500, 6).all
    c[::5] = np.sign(c[::5])
    free = budget(solve(c, o, 0.0, rho).coef, rho)
    assert (alpha_of_budget(c, o, free, rho) == 0).all(), "t of the unconstrained optimum: inactive"
    assert (alpha_of_budget(c, o, free * 3 + 1, rho) == 0).all()
    np.testing.assert_array_equal(alpha_of_budget(c, o, 0.0, rho), alpha_max(c, o, rho))
    assert alpha_of_budget(0.5, (0.0, 0.0), 0.0, 1.0) == 0


def test_the_budget_falls_as_the_strength_grows() -> None:
    for position in [*Problems(200, 7).positions(), *DEGENERATE[::7]]:
        c, (a, b), rho = position["correlation"], (position["optimum_a"], position["optimum_b"]), position["l1_ratio"]
        alphas, t = budget_curve(c, (a, b), rho)
        assert (np.diff(alphas) >= 0).all()
        assert (np.diff(t) <= 1e-13).all()
        assert (alphas[0], alphas[-1]) == (1e-3, 10)
        strongest = float(alpha_max(c, (a, b), rho))
        if 1e-3 <= strongest <= 10:
            assert strongest in alphas, "the curve meets the axis at a point of its own"


def distance(points: Array, polygon: Array) -> Array:
    """From each point (n, 2) to the polygon (m, 2), (n,)."""
    start, step = polygon[:-1], np.diff(polygon, axis=0)
    length = (step**2).sum(axis=1)
    share = ((points[:, None] - start) * step).sum(axis=2) / np.where(length > 0, length, 1)
    nearest = start + np.clip(share, 0, 1)[..., None] * step
    return np.asarray(np.linalg.norm(points[:, None] - nearest, axis=2).min(axis=1))


@pytest.mark.slow
def test_the_path_is_where_the_solutions_are() -> None:
    rng = np.random.default_rng(8)
    for position in [*Problems(250, 8).positions(), *DEGENERATE[::7]]:
        c, o = position["correlation"], np.array([position["optimum_a"], position["optimum_b"]])
        # Rounding along a valley; and where α is so small that a pattern holds beside its place.
        rounding = 0.0 if abs(c) == 1 else 1e-14 / (1 - abs(c))
        for rho in (1.0, position["l1_ratio"], 0.0):
            alphas, w = path(c, o, rho)
            assert alphas.shape == (129,)
            assert (np.diff(alphas) <= 0).all()
            assert (w[0] == 0).all()
            np.testing.assert_array_equal(w[-1], solve(c, o, 0.0, rho).coef)
            np.testing.assert_array_equal(w[1:], solve(c, o, alphas[1:], rho).coef)
            strongest = alphas[0] if rho > 0 else 20.0
            others = solve(c, o, strongest * rng.random(200) ** 3, rho).coef
            assert distance(others, w).max() <= (1e-12 + rounding if rho == 1 else 3e-3), (c, o, rho)


# -- curves through the solution


def drawn(arrays: dict[str, Array], column: str, name: str) -> Array:
    return np.stack([arrays[f"{column}_{name}_x"], arrays[f"{column}_{name}_y"]], axis=-1)


@pytest.mark.slow
@pytest.mark.parametrize("positions", [Problems(150, 9).positions(), DEGENERATE[::5]], ids=["random", "degenerate"])
def test_drawn_points_lie_on_ball_and_contour(positions: list[dict[str, float]]) -> None:
    for position in positions:
        arrays = picture(position)
        c, o = position["correlation"], np.array([position["optimum_a"], position["optimum_b"]])
        for column, rho in zip(COLUMNS, (1.0, position["l1_ratio"], 0.0), strict=True):
            get = partial(drawn, arrays, column)
            w = np.array([arrays[f"{column}_solution_a"][0], arrays[f"{column}_solution_b"][0]])
            t, level = arrays[f"{column}_budget"][0], arrays[f"{column}_level"][0]
            penalty = ElasticNet(rho)
            assert t == pytest.approx(float(penalty.value(w)), abs=1e-14)
            np.testing.assert_allclose(penalty.value(get("ball")), t, rtol=1e-12, atol=0)
            assert (get("ball")[0] == get("ball")[-1]).all()
            assert (get("ball")[[32, 96], 0] == 0).all(), "corners lie on the axes"
            assert (get("ball")[[0, 64], 1] == 0).all()
            assert arrays[f"{column}_kkt"][0] <= 1e-14

            contour = get("contour")
            given = ~np.isnan(contour[:, 0])
            assert given.sum() in (64, 128, 129)
            digits = np.abs(contour[given]).max() ** 2  # the longest ellipses reach 1e6
            np.testing.assert_allclose(loss(c, o, contour[given]), level, rtol=1e-9, atol=1e-15 * digits)
            near = distance(w[None], contour[:64] if abs(c) == 1 else contour)
            assert near.max() <= 1e-9, "the contour goes through the solution"

            rings = get("bowl")
            for m, start in zip(LEVELS, range(0, 650, 130), strict=True):
                ring = rings[start : start + 129]
                ring = ring[~np.isnan(ring[:, 0])]
                np.testing.assert_allclose(loss(c, o, ring), m * m / 2, rtol=1e-9, atol=1e-9)

            pull = np.array([arrays[f"{column}_pull_a"][0], arrays[f"{column}_pull_b"][0]])
            np.testing.assert_allclose(pull, np.array([[1, c], [c, 1]]) @ (o - w), rtol=0, atol=1e-13)
            np.testing.assert_allclose(np.diff(get("force"), axis=0)[0], FORCE * pull, atol=1e-13)
            box = get("cone")
            tip = get("force")[1]
            assert (box.min(axis=0) - 1e-12 <= tip).all(), "the force ends in the box"
            assert (tip <= box.max(axis=0) + 1e-12).all()
            free = np.ptp(box, axis=0) / (2 * FORCE)
            np.testing.assert_allclose(free, np.where(w == 0, arrays[f"{column}_threshold"], 0), atol=1e-13)
            if w.any():
                assert (get("wedge")[0] == w).all()
                assert distance(tip[None], get("wedge")[1:3])[0] <= 1e-12, "the wedge is cut off where the force ends"
            assert arrays[f"{column}_zeros"][0] == (w == 0).sum()

            along = np.stack([arrays["profile_x"], np.full(161, w[1])], axis=-1)
            whole = objective(c, o, position["alpha"], rho, along)
            np.testing.assert_allclose(arrays[f"{column}_profile_y"], whole, rtol=1e-12, atol=1e-12)
            assert whole.min() >= objective(c, o, position["alpha"], rho, w) - 1e-12


def test_the_pull_lies_in_the_box() -> None:
    for position in [*Problems(300, 14).positions(), *DEGENERATE[::3]]:
        optimum = (position["optimum_a"], position["optimum_b"])
        found = forces(position["correlation"], optimum, position["alpha"], position["l1_ratio"])
        assert found.residual <= 1e-14
        assert (found.low - 1e-12 <= found.pull).all()
        assert (found.pull <= found.high + 1e-12).all()


def test_the_background_follows_the_bowl_alone() -> None:
    position = dict(DEGENERATE[0], correlation=0.4, optimum_a=1.0, optimum_b=-2.0)
    one, other = picture({**position, "alpha": 0.1}), picture({**position, "alpha": 3.0, "l1_ratio": 0.9})
    np.testing.assert_array_equal(one["mix_bowl_x"], other["l2_bowl_x"])


def test_the_picture_has_fixed_lengths() -> None:
    lengths = {tuple((name, len(values)) for name, values in picture(p).items()) for p in DEGENERATE[::9]}
    assert len(lengths) == 1
    assert all(values.dtype == np.float64 for values in picture(DEGENERATE[0]).values())


# -- which optima end at zero


def pieces_of(polygon: Array) -> list[Array]:
    gaps = np.flatnonzero(np.isnan(polygon[:, 0]))
    return [piece for piece in np.split(polygon, gaps) if (~np.isnan(piece[:, 0])).sum() > 0]


def inside(points: Array, polygon: Array) -> NDArray[np.bool_]:
    """Whether each point lies in one of the convex pieces."""
    found = np.zeros(len(points), dtype=bool)
    for piece in pieces_of(polygon):
        corners = piece[~np.isnan(piece[:, 0])]
        step = np.diff(corners, axis=0)
        away = points[:, None] - corners[:-1]
        side = step[:, 0] * away[..., 1] - step[:, 1] * away[..., 0]
        area = corners[:-1, 0] @ corners[1:, 1] - corners[1:, 0] @ corners[:-1, 1]
        if area != 0:
            found |= (side * np.sign(area) >= -1e-12).all(axis=1)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("c", "alphas"), [(0.0, (0.5, 2.0)), (0.6, (0.7, 4.0)), (-0.95, (0.3, 1.2)), (1.0, (0.8, 9.0))]
)
def test_zero_maps_agree_with_fits_to_data(c: float, alphas: tuple[float, float]) -> None:
    """Random optima, each fitted exactly to two features with this correlation: where fell their zeros?"""
    rng = np.random.default_rng(10)
    optima = rng.uniform(-3, 3, (1000, 2))
    ratios = np.array([0.0, 0.4, 1.0]) if c < 1 else np.array([0.0, 0.4])  # the lasso's valley has many solutions
    X = data(np.array([[1, c], [c, 1]]), rng)
    if c == 1:
        X[:, 1] = X[:, 0]
    coef = np.array([fit_grid(X, X @ o, alphas, ratios).coef for o in optima])  # (n, n_ratios, n_alphas, 2)
    for (i, rho), (j, alpha) in itertools.product(enumerate(ratios), enumerate(alphas)):
        zero = coef[:, i, j] == 0
        fell = {"none": ~zero.any(1), "a": zero[:, 0] & ~zero[:, 1], "b": zero[:, 1] & ~zero[:, 0], "both": zero.all(1)}
        regions = zero_map(c, alpha, rho)
        assert regions.areas.sum() == pytest.approx(1, abs=1e-13)
        for share, (name, members) in zip(regions.areas, fell.items(), strict=True):
            np.testing.assert_array_equal(
                inside(optima, getattr(regions, name)), members, err_msg=f"{rho} {alpha} {name}"
            )
            error = np.sqrt(share * (1 - share) / len(optima))
            assert abs(members.mean() - share) <= 4 * error + 1e-12


def test_zero_maps_in_closed_form() -> None:
    """c = 0: a cross of stripes |o_j| <= αρ; at ρ = 0 and at α = 0 lines without area; from α = 2 · 3 on, all zero."""
    np.testing.assert_allclose(zero_map(0, 1.5, 1).areas, [0.25, 0.25, 0.25, 0.25], atol=1e-15)
    np.testing.assert_allclose(zero_map(0, 2.0, 0.5, 4).areas, [9 / 16, 3 / 16, 3 / 16, 1 / 16], atol=1e-15)
    for c, alpha, rho in itertools.product((-1, -0.5, 0, 0.9, 1), (0, 2.0), (0, 0.5)):
        if alpha * rho == 0:
            regions = zero_map(c, alpha, rho)
            np.testing.assert_allclose(regions.areas, [1, 0, 0, 0], atol=1e-15)
            for name, zeros in (("a", [True, False]), ("b", [False, True]), ("both", [True, True])):
                points = getattr(regions, name)
                points = points[~np.isnan(points[:, 0])]
                points = points[(points != 0).any(axis=1) | (name == "both")]
                w = solve(c, points, alpha, rho).coef
                np.testing.assert_array_equal(np.abs(w) <= 1e-15, np.broadcast_to(zeros, w.shape), err_msg=name)
    np.testing.assert_allclose(zero_map(0.3, 4, 1).areas, [0, 0, 0, 1], atol=1e-15)
    strip = 1 - (6 - 0.8) ** 2 / 36
    np.testing.assert_allclose(zero_map(-1, 0.8, 1).areas, [1 - strip, 0, 0, strip], atol=1e-15)


def test_zero_maps_tile_the_square() -> None:
    for position in [*Problems(200, 11).positions(), *DEGENERATE]:
        regions = zero_map(position["correlation"], position["alpha"], position["l1_ratio"])
        assert regions.areas.sum() == pytest.approx(1, abs=1e-9)
        for polygon in (regions.none, regions.a, regions.b, regions.both):
            assert np.abs(polygon[~np.isnan(polygon[:, 0])]).max(initial=0) <= OPTIMA + 1e-12
            for piece in pieces_of(polygon):
                corners = piece[~np.isnan(piece[:, 0])]
                assert len(corners) == SLOT
                assert (corners[0] == corners[-1]).all(), "closed"


# -- one weight and three


def test_the_fee_is_constant_and_the_tax_is_a_share() -> None:
    rng = np.random.default_rng(12)
    for _ in range(200):
        start, alpha, rate = rng.uniform(-3, 3), 10 ** rng.uniform(-3, 1), 10 ** rng.uniform(-2, 0)
        k = np.arange(41)
        fee = shrink_steps(start, alpha, 1.0, rate, 40)
        np.testing.assert_allclose(fee, np.sign(start) * np.maximum(abs(start) - k * rate * alpha, 0), atol=1e-12)
        assert (fee[np.abs(fee) < 1e-14] == 0).all(), "then rest"
        tax = shrink_steps(start, alpha, 0.0, rate, 40)
        np.testing.assert_allclose(tax, start * (1 + rate * alpha) ** -k, rtol=1e-12)
        assert (tax != 0).all()
        rho = rng.random()
        both, w = shrink_steps(start, alpha, rho, rate, 40), start
        for step in both:
            assert step == pytest.approx(w, abs=1e-13)
            w = float(ElasticNet(rho).prox(np.array([w]), rate * alpha)[0])
    with pytest.raises(ValueError, match="learning_rate"):
        shrink_steps(1, 1, 1, -1, 3)
    with pytest.raises(ValueError, match="n_steps"):
        shrink_steps(1, 1, 1, 1, -3)


def test_output_against_input_is_the_best_weight() -> None:
    z = np.linspace(-3, 3, 25)
    candidates = np.linspace(-3, 3, 6001)
    for alpha, rho in itertools.product((0, 0.4, 2.0), (0, 0.3, 1)):
        out = shrinkage(soft_threshold(z, alpha * rho), alpha, rho)
        cost = (candidates - z[:, None]) ** 2 / 2 + alpha * ElasticNet(rho).value(candidates[:, None])
        np.testing.assert_allclose(out, candidates[cost.argmin(axis=1)], atol=5.1e-4)
        arrays = picture({**DEGENERATE[0], "alpha": alpha, "l1_ratio": rho, "optimum_a": 1.25})
        np.testing.assert_allclose(arrays["mix_output_y"][::5], out, atol=1e-15)
        assert arrays["mix_output"][0] == arrays["mix_output_y"][np.argmin(np.abs(arrays["input_x"] - 1.25))]


def test_three_weights_are_those_of_a_fit() -> None:
    rng = np.random.default_rng(13)
    for _ in range(250):
        mix = rng.normal(size=(3, 5))
        gram = mix @ mix.T
        gram /= np.sqrt(np.outer(np.diag(gram), np.diag(gram)))
        o, alpha, rho = rng.uniform(-3, 3, 3), 10 ** rng.uniform(-2, 1), rng.choice([0, 0.5, 0.9, 1])
        found = solve3(gram, o, alpha, rho)
        assert found.kkt <= 1e-12
        assert ElasticNet(rho).violation(found.coef, gram @ (o - found.coef), alpha).max() <= 1e-12
        X = data(gram, rng)
        np.testing.assert_allclose(found.coef, fit_grid(X, X @ o, [alpha], [rho]).coef[0, 0], rtol=0, atol=1e-10)


def test_three_weights_in_degenerate_cases() -> None:
    o = np.array([2.0, -1.0, 0.5])
    np.testing.assert_allclose(solve3(np.eye(3), o, 0, 1).coef, o, atol=1e-15)
    assert (solve3(np.eye(3), o, 2, 1).coef == 0).all()
    for rho in (0, 0.5, 1):
        assert solve3(np.ones((3, 3)), o, 0.3, rho).kkt <= 1e-13, "three copies of one feature"
    for rho in (0.0, 0.3, 1.0):  # without the third weight it is the two-weight problem
        gram = np.array([[1, 0.7, 0], [0.7, 1, 0], [0, 0, 1]])
        two = solve(0.7, (2.0, -1.0), 0.4, rho).coef
        np.testing.assert_allclose(solve3(gram, (2, -1, 0), 0.4, rho).coef, [*two, 0], atol=1e-14)
    with pytest.raises(ValueError, match="gram must be"):
        solve3(np.eye(2), o, 1, 1)


@pytest.mark.slow
def test_three_weights_touch_their_ball() -> None:
    """In the picture: uncorrelated features, so solve3 with G = I; the drawn ball has the solution's budget."""
    for position in [*Problems(100, 15).positions(), *DEGENERATE[::11]]:
        arrays = picture(position)
        optimum = [position["optimum_a"], position["optimum_b"], THIRD]
        for column, rho in zip(COLUMNS, (1.0, position["l1_ratio"], 0.0), strict=True):
            touch, ball = (
                np.stack([arrays[f"{column}_{kind}_{axis}"] for axis in "xyz"], -1) for kind in ("touch", "three")
            )
            np.testing.assert_allclose(touch[0], solve3(np.eye(3), optimum, position["alpha"], rho).coef, atol=1e-14)
            np.testing.assert_allclose(ElasticNet(rho).value(ball), ElasticNet(rho).value(touch[0]), rtol=1e-12)
            w = np.array([arrays[f"{column}_solution_a"][0], arrays[f"{column}_solution_b"][0]])
            assert arrays[f"{column}_case"][0] == (w == 0) @ [1, 2]


def test_the_faces_close_the_surface() -> None:
    """Every edge of the triangles that has a length is shared by two of them."""
    points = np.moveaxis(ball_surface(1.0, 1.0, GLOBE), 0, -1).reshape(-1, 3).round(12) + 0.0
    place = np.unique(points, axis=0, return_inverse=True)[1].ravel()
    faces = place[np.stack(sphere_faces(), axis=-1)]
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    edges = edges[edges[:, 0] != edges[:, 1]]
    counts = np.unique(edges, axis=0, return_counts=True)[1]
    assert (counts % 2 == 0).all()


@pytest.mark.parametrize("rho", [0.0, 0.4, 1.0])
def test_the_surface_of_the_ball(rho: float) -> None:
    surface = np.moveaxis(ball_surface(rho, 1.3, 21), 0, -1)
    assert surface.shape == (21, 41, 3)
    np.testing.assert_allclose(ElasticNet(rho).value(surface), 1.3, rtol=1e-12)
    axis = float(np.abs(surface).max())
    for corner in np.concatenate([np.eye(3), -np.eye(3)]):
        gap = np.abs(surface - axis * corner).max(axis=-1)
        assert gap.min() <= 1e-15, "every corner is a point of the surface"
    np.testing.assert_allclose(surface[:, 0], surface[:, -1], atol=1e-15)
    assert (ball_surface(rho, 0.0, 5) == 0).all()
    with pytest.raises(ValueError, match="n must be odd"):
        ball_surface(rho, 1, 20)


# -- the same in the browser

CALL = """async ([source, positions]) => {
  window.module ??= import(URL.createObjectURL(new Blob([source], {type: 'text/javascript'})));
  const {default: picture} = await window.module;
  const pictures = positions.map(picture);
  const names = Object.keys(pictures[0]);
  const lengths = names.map((name) => pictures[0][name].length);
  const total = lengths.reduce((a, b) => a + b, 0);
  const flat = new Float64Array(total * positions.length);
  pictures.forEach((p, i) => {
    if (Object.keys(p).join() !== names.join()) throw new Error('names or their order differ');
    let at = i * total;
    for (const [k, name] of names.entries()) {
      if (p[name].length !== lengths[k]) throw new Error('the length of ' + name + ' differs');
      flat.set(p[name], at);
      at += lengths[k];
    }
  });
  let text = '';
  const bytes = new Uint8Array(flat.buffer);
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return {names, lengths, numbers: btoa(text)};
}"""


def check_mirror(page: Page, positions: list[dict[str, float]]) -> None:
    """Every array of `picture` is the same in both languages."""
    source = MODULE.read_text(encoding="utf-8")
    for start in range(0, len(positions), 50):
        batch = positions[start : start + 50]
        got = page.evaluate(CALL, [source, batch])
        numbers = np.frombuffer(base64.b64decode(got["numbers"]), dtype="<f8").reshape(len(batch), -1)
        for position, row in zip(batch, numbers, strict=True):
            want = picture(position)
            assert got["names"] == list(want)
            assert got["lengths"] == [len(values) for values in want.values()]
            starts = np.cumsum([0, *got["lengths"]])[:-1]
            expected = np.concatenate(list(want.values()))
            finite = np.isfinite(expected)
            sizes = np.maximum.reduceat(np.where(finite, np.abs(expected), 0), starts)
            reach = np.repeat(np.maximum(sizes, OPTIMA), got["lengths"])
            alike = (expected == row) | (np.isnan(expected) & np.isnan(row))
            near = finite & (np.abs(row - np.where(finite, expected, 0)) <= 1e-10 * reach)
            wrong = np.searchsorted(starts, np.flatnonzero(~(alike | near)), side="right") - 1
            assert not len(wrong), f"{ {got['names'][k] for k in wrong} } differ at {position}"


def test_the_browser_computes_the_same_at_random(page: Page) -> None:
    check_mirror(page, Problems(200, 20).positions())


def test_the_browser_computes_the_same_in_degenerate_cases(page: Page) -> None:
    check_mirror(page, DEGENERATE)


def test_the_browser_inverts_the_same(page: Page) -> None:
    problems = Problems(1000, 21)
    c, o, alpha, rho = problems.all
    c[::9] = np.sign(c[::9])
    t = budget(solve(c, o, alpha, rho).coef, rho)
    t[::7] = 0
    t[3::7] *= 5  # often beyond the unconstrained optimum
    want = alpha_of_budget(c, o, t, rho)
    cases = [[*row] for row in np.column_stack([c, o, t, rho]).tolist()]
    found = page.evaluate(
        """async ([source, cases]) => {
          const m = await import(URL.createObjectURL(new Blob([source], {type: 'text/javascript'})));
          return JSON.stringify(cases.map(([c, a, b, t, rho]) => {
            const alpha = m.alphaOfBudget(c, a, b, t, rho);
            const position = {alpha: 1, l1_ratio: rho, correlation: c, optimum_a: a, optimum_b: b};
            return [alpha === Infinity ? 'inf' : alpha, m.invert('mix_budget', t, position).alpha];
          }));
        }""",
        [MODULE.read_text(encoding="utf-8"), cases],
    )
    got, dialled = np.array([[float(value) for value in pair] for pair in json.loads(found)]).T
    np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-10)
    np.testing.assert_array_equal(dialled, np.minimum(got, 1e6))
