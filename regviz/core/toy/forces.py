"""What holds the solution still: how hard does the loss pull, and what can the penalty put against it?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from regviz.core import Array
from regviz.core.toy.two_weights import check_problems, pull, solve_unchecked


@dataclass(frozen=True, eq=False)
class Forces:
    """What holds a solution still: pull = −∇D (..., 2) lies in the box [low, high] = α ∂P, low and high (..., 2).

    low_j = high_j = α(ρ sign(w_j) + (1 − ρ) w_j) where w_j ≠ 0, and [−αρ, αρ] where w_j = 0. `residual` (...) is the
    distance (in the worst coordinate) of the pull from the box.
    """

    pull: Array
    low: Array
    high: Array
    residual: Array


def forces(correlation: ArrayLike, optimum: ArrayLike, alpha: ArrayLike, l1_ratio: ArrayLike) -> Forces:
    """−∇D = G(o − w) and α ∂P at the solutions w; the four broadcast as in `solve`."""
    c, o, alpha, rho = check_problems(correlation, optimum, alpha, l1_ratio)
    w, kkt = solve_unchecked(c, o[..., 0], o[..., 1], alpha, rho)
    towards, l1, l2 = o - w, (alpha * rho)[..., np.newaxis], (alpha * (1 - rho))[..., np.newaxis]
    smooth, slack = l1 * np.sign(w) + l2 * w, np.where(w == 0, l1, 0.0)
    return Forces(np.stack(pull(c, towards[..., 0], towards[..., 1]), axis=-1), smooth - slack, smooth + slack, kkt)
