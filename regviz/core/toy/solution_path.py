"""Where do the two weights go as the penalty grows, and how does their budget fall?"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from regviz.core import Array
from regviz.core.toy.budget import alpha_max_unchecked, budget_at
from regviz.core.toy.two_weights import check_problem, pull, solve_unchecked

ALPHAS = (1e-3, 1e1)  # the ends of the curve t(α)
_SAMPLES = 56  # positions on a path for each of the two curvatures of the bowl


def path(correlation: float, optimum: ArrayLike, l1_ratio: float) -> tuple[Array, Array]:
    """The solutions over all α, from w = 0 to α = 0: (alphas (129,) descending, coef (129, 2)).

    Starts at alpha_max (inf at ρ = 0). Every breakpoint (a weight leaves or reaches zero) is among the alphas, so the
    polygon is exact at ρ = 1. Between them the solutions depend on α through κ/(κ + α(1 − ρ)) for the two
    curvatures κ = 1 ± c of the bowl, so α is sampled by steps of both.
    """
    c, o, _, rho = check_problem(correlation, optimum, 0.0, l1_ratio)
    o1, o2 = map(float, o)
    top = float(alpha_max_unchecked(c, o1, o2, rho))
    sampled = [_alpha_samples(kappa, top, rho) for kappa in (1 + c, 1 - c)]
    alphas = np.sort(np.concatenate([_kinks(c, o1, o2, rho, top), *sampled]))[::-1]
    coef = solve_unchecked(c, o1, o2, alphas, rho)[0]
    return np.concatenate([[top], alphas]), np.concatenate([np.zeros((1, 2)), coef])


def _alpha_samples(kappa: float, top: float, rho: float) -> Array:
    """α in [0, top] (top itself only if ρ > 0) at steps of κ/(κ + α(1 − ρ)) that are fine towards both ends: (56,)."""
    step = np.arange(_SAMPLES) / (_SAMPLES if rho == 0 else _SAMPLES - 1)
    share = step * step * (3 - 2 * step)
    if rho == 0:
        return np.asarray(kappa * (share / (1 - share))) if top > 0 else np.zeros(_SAMPLES)
    below = kappa + (1 - rho) * top * (1 - share)
    return np.asarray(top * (share * np.where(below > 0, kappa / np.where(below > 0, below, 1.0), 1.0)))


def _kinks(c: float, o1: float, o2: float, rho: float, top: float) -> Array:
    """Every α in (0, top) at which a weight may leave or reach zero; zeros beside them: (16,).

    With w_k = 0 and w_j = (b_j − αρ s)/(1 + α(1 − ρ)) the other pull is at its threshold, b_k − c w_j = ± αρ, when

        ± ρ(1 − ρ) α² + (± ρ − (1 − ρ) b_k − c s ρ) α − (1 − c²) o_k = 0,     as b_k − c b_j = (1 − c²) o_k.
    """
    b1, b2 = map(float, pull(c, o1, o2))
    found = []
    for b_k, o_k in ((b2, o2), (b1, o1)):
        for sign, edge in product((1, -1), (1, -1)):
            square = edge * rho * (1 - rho)
            linear = edge * rho - (1 - rho) * b_k - c * sign * rho
            constant = -((1 + c) * (1 - c) * o_k)
            root = linear * linear - 4 * square * constant
            half = -(linear + (1 if linear >= 0 else -1) * np.sqrt(max(root, 0.0))) / 2
            for numerator, denominator in ((half, square), (constant, half)):
                alpha = numerator / denominator if root >= 0 and denominator != 0 else 0.0
                found.append(alpha if 0 < alpha < top else 0.0)
    return np.array(found)


def budget_curve(correlation: float, optimum: ArrayLike, l1_ratio: float) -> tuple[Array, Array]:
    """(α, t(α)), (129,) each: α from 1e-3 to 10 at equal ratios, and every breakpoint in between."""
    c, o, _, rho = check_problem(correlation, optimum, 0.0, l1_ratio)
    o1, o2 = map(float, o)
    top = float(alpha_max_unchecked(c, o1, o2, rho))
    low, high = ALPHAS
    even = 10 ** (np.log10(low) + (np.log10(high) - np.log10(low)) * np.arange(2 * _SAMPLES) / (2 * _SAMPLES - 1))
    alphas = np.sort(np.clip(np.concatenate([even, _kinks(c, o1, o2, rho, top), [top]]), low, high))
    return alphas, budget_at(c, o1, o2, alphas, rho)
