"""Who resists an outlier, the penalty or the loss? Three losses and two penalties, with one point at any height."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regviz.core import Array
from regviz.core.data.features import BASES, Standardizer
from regviz.core.linear.robust import HuberFits, absolute_delta, fit_huber, huber_alpha_max
from regviz.settings import SampleSettings

DOMAIN, DEGREE, SLOPE = (-1.0, 1.0), 3, 1.5
N_POINTS, OUTLIER = 20, 15  # points, and the number of the one that is dragged
HEIGHTS = np.round(np.linspace(-2, 8, 41), 2)
SHARES = np.array([0, 1, 2, 5, 10, 20, 30, 50, 70, 100, 150, 200, 300, 400, 500, 600, 700, 800, 900, 1000]) / 1000
RATIOS = np.array([1.0, 0.0])  # L1, L2
EFFICIENT = 1.345  # Huber's δ in standard deviations of the noise: 95 % of the efficiency of least squares
LEAST_NOISE = 0.05
STILL = 1e-5  # a smaller move is below the accuracy of the absolute loss: none


@dataclass(frozen=True, eq=False)
class Outliers:
    """For every loss (squared, Huber, absolute), penalty (L1, L2), height of the outlier and strength.

    x, y       (N_POINTS,)  y without the outlier's height
    delta      Huber's threshold
    coef       (3, 2, H, S, DEGREE)  standardised features
    intercept  (3, 2, H, S)
    kkt        (3, 2, H, S)
    moved      (3, 2, H, S)  root mean square over the domain of (fit − fit without that point)
    line       (m, DEGREE) features at x_line (m,)
    """

    x: Array
    y: Array
    delta: float
    coef: Array
    intercept: Array
    kkt: Array
    moved: Array
    line: Array
    x_line: Array


def outliers(settings: SampleSettings) -> Outliers:
    """Points along a straight line, one of them out of place, fitted by a cubic in every way."""
    rng = np.random.default_rng(settings.random_state)
    x = np.linspace(*DOMAIN, N_POINTS)
    y = SLOPE * x + settings.noise * rng.standard_normal(N_POINTS)
    raw = BASES["monomial"].expand(x, DEGREE, DOMAIN)
    scaler = Standardizer.fit(raw)
    X = scaler.transform(raw)
    x_line = np.linspace(*DOMAIN, 101)
    line = scaler.transform(BASES["monomial"].expand(x_line, DEGREE, DOMAIN))
    delta = EFFICIENT * max(settings.noise, LEAST_NOISE)

    Y = np.tile(y, (len(HEIGHTS), 1))
    Y[:, OUTLIER] = HEIGHTS
    others = np.arange(N_POINTS) != OUTLIER
    fits, without = [], []
    for threshold in (np.inf, delta, absolute_delta(y[np.newaxis])):
        # λ means another thing to every loss: it is measured by the λ that empties the lasso on the clean points.
        alphas = SHARES * float(huber_alpha_max(X[others], y[np.newaxis, others], threshold)[0])
        fits.append(fit_huber(X, Y, alphas, RATIOS, threshold))
        without.append(fit_huber(X[others], y[np.newaxis, others], alphas, RATIOS, threshold))

    def stacked(parts: list[HuberFits], name: str) -> Array:
        return np.stack([np.moveaxis(getattr(part, name), 0, 1) for part in parts])

    coef, intercept = stacked(fits, "coef"), stacked(fits, "intercept")
    gap = (coef - stacked(without, "coef")) @ line.T + (intercept - stacked(without, "intercept"))[..., np.newaxis]
    return Outliers(
        x=x,
        y=y,
        delta=delta,
        coef=coef,
        intercept=intercept,
        kkt=stacked(fits, "kkt"),
        moved=np.where((moved := np.sqrt(np.square(gap).mean(axis=-1))) > STILL, moved, 0.0),
        line=line,
        x_line=x_line,
    )
