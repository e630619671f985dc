"""What would another sample have given? The same fits on many samples: their scatter, their mean, their error."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from regviz.core import Array
from regviz.core.data.datasets import DATASETS
from regviz.core.linear.grid import fit_grids
from regviz.core.linear.selection import Moments
from regviz.fits.task import L1_RATIOS, Task, midpoints, posed, resample_seeds
from regviz.settings import OWN_DATA, Settings

RESAMPLES, DRAWN = 60, 10  # samples in all; those whose fits are drawn
TOGETHER = 10  # samples that are fitted in one stack
POINTS, PROBES = 101, 400


@dataclass(frozen=True, eq=False)
class Variance:
    """Fits of many samples at the same strengths, and what they have in common.

    alphas         (A,)
    start          the stop at which the slider stands first
    bias_squared   (R, A)  mean over the domain of (mean fit − truth)², free of the scatter of that mean
    variance       (R, A)  mean over the domain of the scatter around the mean fit, Σ (fit − mean fit)² / (T − 1); the
                   sum of both is exactly the mean squared distance of all T fits from the truth
    noise          variance of the noise
    mean           (R, A, m) mean of all fits where they are drawn: at x_line for curves, else the weights
    drawn          (R, A, DRAWN, m) the first of the fits there
    truth          (m,) the same of the truth
    x_line         (m,) for curves; empty for data with known weights, where m is the number of features
    names          of the features
    """

    settings: Settings
    alphas: Array
    start: int
    bias_squared: Array
    variance: Array
    noise: float
    mean: Array
    drawn: Array
    truth: Array
    x_line: Array
    names: tuple[str, ...]

    @property
    def bias_known(self) -> Array:
        """bias² where RESAMPLES samples can tell it, NaN elsewhere: (R, A).

        The mean of T fits scatters with variance / T around its expectation. Where that is more than a tenth of the
        least expected error, and of bias² itself, what is left after its subtraction is chance.
        """
        least = (self.bias_squared + self.variance).min() + self.noise
        told = self.variance / RESAMPLES <= 0.1 * np.maximum(self.bias_squared, least)
        return np.where(told, self.bias_squared, np.nan)

    @property
    def is_curve(self) -> bool:
        """Curves over x, or the weights of data with many features."""
        return len(self.x_line) > 0


def refused(settings: Settings) -> str:
    """Why this data set has no bias and variance to show, as a sentence; empty if it has."""
    if settings.data != OWN_DATA and DATASETS[settings.data].takes_noise:
        return ""
    return (
        "Bias is the distance from the truth, and of measured rows nobody knows it: choose one of the synthetic data "
        "sets in the side panel. The picture below is that of the sine."
    )


def variance(settings: Settings) -> Variance:
    """Fit RESAMPLES samples of the source at the strengths that suit the present one."""
    here = posed(settings)
    alphas = thinned(here.alphas)
    tasks = [Task.of(replace(here.settings, random_state=seed)) for seed in resample_seeds(settings, RESAMPLES)]
    is_curve = here.data.domain is not None
    if is_curve:
        assert here.data.domain is not None
        assert here.data.truth is not None
        x_line = np.linspace(*here.data.domain, POINTS)
        probes = midpoints(here.data.domain, PROBES)
        goal, truth = here.data.truth(probes), here.data.truth(x_line)
    else:
        assert here.data.true_coef is not None
        x_line = np.zeros(0)
        entry = DATASETS[settings.data]
        probes = entry.sample(PROBES, 0.0, resample_seeds(settings, RESAMPLES + 1)[-1], settings.correlation).X
        goal, truth = probes @ here.data.true_coef, here.data.true_coef
    moments, curves = [], []
    for first in range(0, RESAMPLES, TOGETHER):
        some = tasks[first : first + TOGETHER]
        grids = fit_grids([(task.X, task.y) for task in some], alphas, L1_RATIOS)
        predicted, shown = [], []
        for task, grid in zip(some, grids, strict=True):
            at = task.features_at(probes) if is_curve else task.scaler.transform(probes)
            predicted.append(grid.coef @ at.T + grid.intercept[..., np.newaxis])
            if is_curve:
                shown.append(grid.coef @ task.features_at(x_line).T + grid.intercept[..., np.newaxis])
            else:
                shown.append(task.scaler.coef_original(grid.coef))
        moments.append(Moments.of(np.array(predicted)))
        curves.append(np.array(shown))
    raw, scatter = sum(moments[1:], moments[0]).decompose(goal)
    # The mean of T fits itself scatters, by the variance / T of one fit: so much of what looks like bias is that.
    # Moments divide the scatter by T, not by T − 1, hence variance / T = scatter / (T − 1). The sum stays.
    bias_squared = np.maximum(raw - scatter / (RESAMPLES - 1), 0)
    every = np.concatenate(curves)
    return Variance(
        settings=settings,
        alphas=alphas,
        start=int(np.argmin(np.abs(alphas - here.alphas[here.start]))),
        bias_squared=bias_squared,
        variance=raw + scatter - bias_squared,
        noise=float(here.data.noise_sd or 0.0) ** 2,
        mean=every.mean(axis=0),
        drawn=np.moveaxis(every[:DRAWN], 0, 2),
        truth=truth,
        x_line=x_line,
        names=here.names,
    )


def thinned(alphas: Array) -> Array:
    """0 and every other stop: the fits of one sample are many enough."""
    return np.append(alphas[:1], alphas[1::2])
