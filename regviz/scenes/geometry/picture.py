"""All that the Geometry page draws at one position of its sliders: the arrays of the three columns L1, mix and L2.

two_weights.js computes the same arrays, in the same order, while the pointer is down.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from regviz.core import Array
from regviz.core.checks import SQUARABLE, number
from regviz.core.penalties import ElasticNet
from regviz.core.toy.budget import alpha_max, budget
from regviz.core.toy.forces import Forces, forces
from regviz.core.toy.one_weight import shrink_steps
from regviz.core.toy.shapes import POINTS, ball, bowl, contour
from regviz.core.toy.solution_path import budget_curve, path
from regviz.core.toy.three_weights import GLOBE, ball_surface
from regviz.core.toy.two_weights import Solution, loss, solve
from regviz.core.toy.zero_map import zero_map

FORCE = 0.5  # length on the plane of weights at which a force of 1 is drawn
THIRD = -1.2  # the optimum of the third weight
LEARNING_RATE, STEPS = 0.1, 60  # of the one-weight walk in `picture`
INPUTS = (np.arange(121) - 60) / 20  # z of the shrinkage functions: -3 to 3
PROFILE = (np.arange(161) - 80) / 20  # w_a of the cut through J: -4 to 4


def picture(position: Mapping[str, float]) -> dict[str, Array]:
    """All that the page draws at {alpha, l1_ratio, correlation, optimum_a, optimum_b}, as flat arrays of fixed length.

    Shared: the five of the position, `t_inactive` (1 if α = 0: no constraint), `input_x` (121), `steps_x` (61),
    `profile_x` (161). Then, with the prefix l1_ (ρ = 1), mix_ (the position's ρ), l2_ (ρ = 0):

    solution_a, solution_b, kkt, budget (t), level (D at the solution)    1 each
    alpha_max (inf without L1), budget_max (t at α = 0)                   1 each
    ball_x, ball_y           129    see `ball`: P = t through the solution
    limit_x, limit_y         129    the same where it is a constraint, NaN at α = 0
    slack_x, slack_y         129    the same where it is none (α = 0), else NaN
    contour_x, contour_y     129    see `contour`: through the solution
    bowl_x, bowl_y           649    see `bowl`
    path_x, path_y           129    see `path`
    segment_x, segment_y     2      ends of the segment of all solutions, NaN if there is one only
    force_x, force_y         2      from the solution along −∇D, FORCE = ½ long for a pull of 1
    counter_x, counter_y     2      the penalty's force: the same length, the other way
    cone_x, cone_y           5      the box α ∂P on the same scale, from the solution: a point, an edge or a rectangle
    wedge_x, wedge_y         5      the normal cone of the ball, cut off where −∇D ends: see `_column`
    pull_a, pull_b           1      −∇D
    threshold (αρ), zeros    1      `zeros` counts the weights that are exactly zero
    tie                      1      1 if there is a segment of solutions
    force_span               1      1.15 times the largest coordinate of ball, forces and cone: the frame of the forces
    case                     1      which are: 0 none, 1 w_a, 2 w_b, 3 both
    zeromap_none_x, _y 51, zeromap_a_x, _y 25, zeromap_b_x, _y 25, zeromap_both_x, _y 12    see `ZeroMap`
    area_none, area_a, area_b, area_both    1      shares of the square
    budget_curve_x, budget_curve_y   129    see `budget_curve`
    profile_loss, profile_penalty, profile_y    161    D, α P and J along w_a = profile_x, w_b as in the solution
    output_y                 121    argmin ½(w − z)² + α P(w) at z = input_x
    output                   1      the same at z = optimum_a
    steps_y                  61     `shrink_steps` from optimum_a with learning rate 0.1
    touch_zeros              1      how many of three weights are exactly zero in
    touch_x, _y, _z          1      the solution of three uncorrelated weights with the optimum (o_a, o_b, THIRD)
    three_x, _y, _z          561    the ball through it, see `ball_surface`; triangles between them: `sphere_faces`

    Shared as well: `optimum_c` (THIRD) and `zero` (0), 1 each.

    ValueError, naming the field, for what is missing or out of range.
    """
    names = ("alpha", "l1_ratio", "correlation", "optimum_a", "optimum_b")
    missing = [name for name in names if name not in position]
    if missing:
        raise ValueError(f"position lacks {', '.join(missing)}")
    alpha, ratio, correlation, *optimum = (number(name, position[name], SQUARABLE) for name in names)
    shared = {name: np.array([float(position[name])]) for name in names}
    shared |= {
        "t_inactive": np.array([float(alpha == 0)]),
        "input_x": INPUTS,
        "steps_x": np.arange(STEPS + 1.0),
        "profile_x": PROFILE,
        "optimum_c": np.array([THIRD]),
        "zero": np.zeros(1),
    }
    background = bowl(correlation, optimum)
    ratios = np.array([1.0, ratio, 0.0])
    three, held = solve(correlation, optimum, alpha, ratios), forces(correlation, optimum, alpha, ratios)
    for i, prefix in enumerate(("l1", "mix", "l2")):
        solved = Solution(three.coef[i], three.kkt[i], three.signs[i], three.segment[i])
        force = Forces(held.pull[i], held.low[i], held.high[i], held.residual[i])
        column = _column(correlation, np.array(optimum), alpha, float(ratios[i]), solved, force, background)
        shared |= {f"{prefix}_{name}": values for name, values in column.items()}
    return shared


def _column(
    c: float, o: Array, alpha: float, rho: float, solved: Solution, force: Forces, background: Array
) -> dict[str, Array]:
    """The arrays of `picture` for one ρ.

    The wedge is the convex hull of the solution w and the segment w + FORCE · α ∂P: a triangle at a corner (its sides
    run along the normals of the two faces that meet there), a line where the ball is smooth, and at w = 0, where
    every direction is normal to a ball that is a point, the whole box.
    """
    penalty = ElasticNet(rho)
    w = solved.coef
    t = float(budget(w, rho))
    around, nowhere = ball(rho, t), np.full((POINTS, 2), np.nan)
    zeros = zero_map(c, alpha, rho)
    low, high = w + FORCE * force.low, w + FORCE * force.high
    box = np.array([low, [high[0], low[1]], high, [low[0], high[1]], low])
    along_a = np.stack([PROFILE, np.full(len(PROFILE), w[1])], axis=-1)
    profile_loss, profile_penalty = loss(c, o, along_a), alpha * budget(along_a, rho)
    lines = {
        "ball": around,
        "limit": around if alpha > 0 else nowhere,
        "slack": around if alpha == 0 else nowhere,
        "contour": contour(c, o, w),
        "bowl": background,
        "path": path(c, o, rho)[1],
        "segment": solved.segment,
        "force": np.array([w, w + FORCE * force.pull]),
        "counter": np.array([w, w - FORCE * force.pull]),
        "cone": box,
        "wedge": np.array([w, low, high, w, w]) if w.any() else box,
        "zeromap_none": zeros.none,
        "zeromap_a": zeros.a,
        "zeromap_b": zeros.b,
        "zeromap_both": zeros.both,
        "budget_curve": np.stack(budget_curve(c, o, rho), axis=-1),
    }
    numbers = {
        "solution_a": w[0],
        "solution_b": w[1],
        "kkt": solved.kkt,
        "budget": t,
        "level": loss(c, o, w),
        "alpha_max": alpha_max(c, o, rho),
        "budget_max": budget(lines["path"][-1], rho),
        "pull_a": force.pull[0],
        "pull_b": force.pull[1],
        "threshold": alpha * rho,
        "zeros": np.count_nonzero(w == 0),
        "case": (w[0] == 0) + 2 * (w[1] == 0),
        "tie": np.isfinite(lines["segment"]).all(),
        "output": penalty.prox(o[:1], alpha)[0],
    }
    framed = np.concatenate([lines[name].ravel() for name in ("ball", "force", "counter", "cone")])
    numbers["force_span"] = 1.15 * (np.abs(framed).max() or 1.0)
    arrays = {name: np.array([float(value)]) for name, value in numbers.items()}
    for name, points in lines.items():
        arrays |= {f"{name}_x": points[:, 0], f"{name}_y": points[:, 1]}
    for name, area in zip(("none", "a", "b", "both"), zeros.areas, strict=True):
        arrays[f"area_{name}"] = np.array([float(area)])
    touch = penalty.prox(np.array([*o, THIRD]), alpha)  # G = I: one weight at a time
    surface = ball_surface(rho, float(penalty.value(touch)), GLOBE)
    arrays["touch_zeros"] = np.array([float(np.count_nonzero(touch == 0))])
    for axis, place, points in zip("xyz", touch, surface, strict=True):
        arrays |= {f"touch_{axis}": np.array([place]), f"three_{axis}": points.ravel()}
    return arrays | {
        "profile_loss": profile_loss,
        "profile_penalty": profile_penalty,
        "profile_y": profile_loss + profile_penalty,
        "output_y": penalty.prox(INPUTS, alpha),
        "steps_y": shrink_steps(o[0], alpha, rho, LEARNING_RATE, STEPS),
    }
