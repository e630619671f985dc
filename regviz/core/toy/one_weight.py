"""What does a penalty do to a single weight, at once and step by step: L1 takes a fee, L2 a tax?"""

from __future__ import annotations

from math import copysign

import numpy as np
from numpy.typing import ArrayLike

from regviz.core import Array
from regviz.core.checks import NOT_NEGATIVE, RATIO, SQUARABLE, STRENGTH, number, numbers, together, whole


def soft_threshold(z: ArrayLike, threshold: ArrayLike) -> Array:
    """S(z) = sign(z) max(|z| − threshold, 0), argmin_w ½(w − z)² + threshold |w|: what a fee leaves."""
    z, threshold = numbers("z", z), numbers("threshold", threshold, NOT_NEGATIVE)
    together(z=z, threshold=threshold)
    return np.asarray(np.sign(z) * np.maximum(np.abs(z) - threshold, 0))


def shrinkage(z: ArrayLike, alpha: ArrayLike, l1_ratio: ArrayLike) -> Array:
    """z / (1 + α(1 − ρ)): what a tax leaves. shrinkage(soft_threshold(z, αρ), α, ρ) = argmin_w ½(w − z)² + α P(w)."""
    z, alpha, l1_ratio = numbers("z", z), numbers("alpha", alpha, STRENGTH), numbers("l1_ratio", l1_ratio, RATIO)
    together(z=z, alpha=alpha, l1_ratio=l1_ratio)
    return np.asarray(z / (1 + alpha * (1 - l1_ratio)))


def shrink_steps(start: float, alpha: float, l1_ratio: float, learning_rate: float, n_steps: int) -> Array:
    """Proximal steps on the penalty alone, w ← S(w, ηαρ) / (1 + ηα(1 − ρ)), η = `learning_rate`: (n_steps + 1,).

    ρ = 1: a constant fee ηα a step, a straight line into 0, then rest. ρ = 0: a constant share, exponential, never 0.
    ValueError for what is out of range.
    """
    start = number("start", start, SQUARABLE)
    alpha, l1_ratio = number("alpha", alpha, STRENGTH), number("l1_ratio", l1_ratio, RATIO)
    learning_rate = number("learning_rate", learning_rate, STRENGTH)
    whole("n_steps", n_steps, 0)
    fee, tax = learning_rate * alpha * l1_ratio, 1 + learning_rate * alpha * (1 - l1_ratio)
    w = [float(start)]
    for _ in range(n_steps):
        w.append(copysign(max(abs(w[-1]) - fee, 0.0), w[-1]) / tax)
    return np.array(w)
