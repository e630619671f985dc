"""What do all sweeps on the reader's data share? Rows, split, standardised features, and the values of the sliders."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regviz.core import Array
from regviz.core.data.datasets import DATASETS, Data, Indices, Stream, split
from regviz.core.data.features import BASES, Standardizer
from regviz.core.linear.grid import LinearGrid, alpha_max
from regviz.core.linear.selection import mean_squared_error
from regviz.settings import MAX_RANDOM_STATE, OWN_DATA, Settings

L1_RATIOS = np.round(np.linspace(0, 1, 11), 1)
MIX_DEFAULT = 5  # the L1 ratio 0.5
L2, L1 = 0, len(L1_RATIOS) - 1  # rows of the sweep
# Where the slider stands at first, as a share of the λ at which the lasso is empty: (curves, tables of features).
START = (0.01, 0.1)


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be fitted: some rows of features and targets to learn from, others to validate on."""

    settings: Settings
    data: Data
    train: Indices  # row numbers
    validation: Indices
    names: tuple[str, ...]  # of the features, (p,)
    raw: Array  # (n, p) features of all rows, not standardised
    scaler: Standardizer  # fitted on the training rows

    @classmethod
    def of(cls, settings: Settings, own: Data | None = None) -> Task:
        """The task that the settings pose; `own` is the user's table, needed for data = "csv"."""
        data = load(settings, own)
        train, validation = split(data.n_samples, settings.validation, settings.random_state)
        if data.domain is None:
            raw, names = data.X, data.feature_names
        else:
            basis = BASES[settings.basis]
            raw, names = basis.expand(data.X[:, 0], settings.degree, data.domain), basis.terms(settings.degree)
        return cls(settings, data, train, validation, names, raw, Standardizer.fit(raw[train], settings.standardize))

    @property
    def X(self) -> Array:
        """(n_train, p) standardised."""
        return self.scaler.transform(self.raw[self.train])

    @property
    def y(self) -> Array:
        """(n_train,)"""
        return self.data.y[self.train]

    @property
    def alphas(self) -> Array:
        """Stops of the strength slider: 0 and six decades up to 3 times the λ at which the lasso is empty."""
        return alpha_stops(alpha_max(self.X, self.y, 1.0))

    @property
    def start(self) -> int:
        """The stop at which the strength is instructive for data of this kind."""
        goal = START[self.data.domain is None] * alpha_max(self.X, self.y, 1.0)
        return int(np.argmin(np.abs(self.alphas - goal)))

    def features_at(self, x: Array) -> Array:
        """Standardised features (m, p) of points x (m,) on the line; for data with a domain."""
        assert self.data.domain is not None
        return self.scaler.transform(BASES[self.settings.basis].expand(x, self.settings.degree, self.data.domain))

    def expected_error(self, grid: LinearGrid) -> Array:
        """Mean squared error on infinitely many new rows of the same source, (R, A); NaN if the truth is unknown."""
        data = self.data
        if data.domain is not None and data.truth is not None and data.noise_sd is not None:
            # The mean over x uniform on the domain, by the midpoint rule, plus the variance of the noise.
            middle = midpoints(data.domain)
            bias = mean_squared_error(grid, self.features_at(middle), data.truth(middle))
            return np.asarray(bias + data.noise_sd**2)
        if data.true_coef is not None:
            intercept = self.scaler.intercept_original(grid.coef, grid.intercept)
            return data.expected_error(self.scaler.coef_original(grid.coef), intercept)
        return np.full(grid.intercept.shape, np.nan)


def resample_seeds(settings: Settings, count: int) -> list[int]:
    """Seeds for `count` further samples of the same source, none of them that of the page."""
    drawn = np.random.SeedSequence(Stream.SAMPLES.seed(settings.random_state)).generate_state(count, np.uint32)
    return [int(seed) + MAX_RANDOM_STATE + 1 for seed in drawn]


def midpoints(domain: tuple[float, float], n: int = 400) -> Array:
    """The middles of n equal parts of the domain: the mean over them is the midpoint rule."""
    return np.asarray(domain[0] + (domain[1] - domain[0]) * (np.arange(n) + 0.5) / n)


def load(settings: Settings, own: Data | None = None) -> Data:
    """The rows that the settings ask for; `own` is the user's table, needed for data = "csv"."""
    if settings.data == OWN_DATA:
        if own is None:
            raise ValueError("data “csv” needs a CSV file: upload one in the side panel")
        return own
    entry = DATASETS[settings.data]
    n_samples = min(settings.n_samples, entry.max_samples)
    return entry.sample(n_samples, settings.noise, settings.random_state, settings.correlation)


def stops(low: float, high: float) -> Array:
    """0, then round numbers from about `low` to `high`, 16 a decade: 1, 1.2, 1.4, … 8, 9, 10."""
    mantissas = (1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9)
    powers = range(int(np.floor(np.log10(low))), int(np.floor(np.log10(high))) + 1)
    lattice = np.array([float(f"{mantissa}e{power}") for power in powers for mantissa in mantissas])
    return np.append(0.0, lattice[(lattice > low * 0.999) & (lattice < high * 1.001)])


def alpha_stops(top: float) -> Array:
    """λ = 0 and six decades up to 3 times the λ at which the lasso is empty."""
    top = top if top > 0 else 1.0
    return stops(3e-6 * top, 3 * top)


def to_unit(x: Array, domain: tuple[float, float]) -> Array:
    """x mapped so that the domain has mean 0 and, uniformly filled, variance 1."""
    low, high = domain
    return np.asarray((2 * (x - low) / (high - low) - 1) * np.sqrt(3))
