"""Which budget t goes with a strength α, and which α with a budget?

A penalty in the objective and a bound on it are one family of solutions: t = P(w(α)).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from regviz.core import Array
from regviz.core.checks import RATIO, SQUARABLE, Range, numbers, together
from regviz.core.toy.two_weights import Number, check_problems, pull, solve_unchecked


def budget(coef: ArrayLike, l1_ratio: ArrayLike) -> Array:
    """t = ρ‖w‖₁ + (1 − ρ)/2 ‖w‖₂²: coef (..., p), l1_ratio (...) broadcast."""
    w, rho = numbers("coef", coef, SQUARABLE, ("...", "p")), numbers("l1_ratio", l1_ratio, RATIO)
    together(coef=w[..., 0], l1_ratio=rho)
    return np.asarray(rho * np.abs(w).sum(axis=-1) + (1 - rho) / 2 * np.square(w).sum(axis=-1))


def alpha_max(correlation: ArrayLike, optimum: ArrayLike, l1_ratio: ArrayLike) -> Array:
    """The least α with w = 0: max_j |(G o)_j| / ρ; at ρ = 0 inf, unless G o = 0, where it is 0."""
    c, o, _, rho = check_problems(correlation, optimum, 0.0, l1_ratio)
    return alpha_max_unchecked(c, o[..., 0], o[..., 1], rho)


def alpha_max_unchecked(c: Number, o1: Number, o2: Number, rho: Number) -> Array:
    """`alpha_max` without its checks."""
    largest = np.maximum(*np.abs(pull(c, o1, o2)))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(largest == 0, 0.0, largest / rho)


def alpha_of_budget(correlation: ArrayLike, optimum: ArrayLike, budget: ArrayLike, l1_ratio: ArrayLike) -> Array:
    """The α whose solution is that of  min D(w) subject to ρ‖w‖₁ + (1 − ρ)/2 ‖w‖₂² <= t  (`budget` = t).

    All four broadcast, as in `solve`. t(α) = P(w(α)) is continuous and falls strictly from t(0) to 0 at `alpha_max`,
    so α is found by bisection to the last bit. The ends: t >= t(0) is no constraint, α = 0; t = 0 is reached by every
    α >= alpha_max, of which the least is returned (inf at ρ = 0). ValueError for t < 0 or what is out of range.

    Source: the two forms are one family by Lagrangian duality: Hastie, Tibshirani & Wainwright (2015), section 2.2.
    """
    c, o, _, rho = check_problems(correlation, optimum, 0.0, l1_ratio)
    t = numbers("budget", budget, Range(">= 0", 0, np.inf))
    shape = together(budget=t, optimum=c)
    c, t, rho = (np.broadcast_to(value, shape) for value in (c, t, rho))
    o1, o2 = (np.broadcast_to(o[..., j], shape) for j in (0, 1))
    b1, b2 = pull(c, o1, o2)

    inactive = t >= budget_at(c, o1, o2, np.zeros(shape), rho)
    top = alpha_max_unchecked(c, o1, o2, rho)
    with np.errstate(divide="ignore", invalid="ignore"):  # ρ = 0: |w| <= |b| / α
        high = np.where(rho == 0, np.sqrt((b1 * b1 + b2 * b2) / (2 * t)), top)
    low, high = np.zeros(shape), np.where(inactive | (t == 0), 0.0, high)
    for _ in range(2100):  # as many halvings as there are doubles; some 60 are needed
        middle = low + (high - low) / 2
        between = (low < middle) & (middle < high)
        if not between.any():
            break
        more = budget_at(c, o1, o2, middle, rho) > t
        low = np.where(between & more, middle, low)
        high = np.where(between & ~more, middle, high)
    return np.where((t == 0) & ~inactive, top, high)


def budget_at(c: Number, o1: Number, o2: Number, alpha: Number, rho: Number) -> Array:
    """t(α), without checks."""
    return budget(solve_unchecked(c, o1, o2, alpha, rho)[0], rho)
