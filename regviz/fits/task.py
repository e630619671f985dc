"""What do all sweeps on the reader's data share? Rows, split, standardised features, and the values of the sliders."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from threading import Lock
from typing import TypeVar

import numpy as np

from regviz.core import Array
from regviz.core.data.datasets import DATASETS, Data, Indices, Stream, split
from regviz.core.data.features import BASES, Standardizer
from regviz.core.linear.grid import LinearGrid
from regviz.core.linear.regression import SQUARED, Regression
from regviz.core.linear.selection import cross_validate
from regviz.core.losses import Loss
from regviz.settings import MAX_RANDOM_STATE, OWN_DATA, DataSettings

T = TypeVar("T")

L1_RATIOS = np.round(np.linspace(0, 1, 11), 1)
MIX_DEFAULT = 5  # the L1 ratio 0.5
L2, L1 = 0, len(L1_RATIOS) - 1  # rows of the sweep
# Where the slider stands at first, as a share of the λ at which the lasso is empty: (curves, tables of features).
START = (0.01, 0.1)
# Tasks that are kept for all visitors, and things that are kept with each: some 0.3 MB for the fits of one rule.
TASKS, KEPT = 32, 4


@dataclass(frozen=True)
class Errors:
    """Errors of the fits of a grid as the loss reports them (squared: their roots), each (R, A)."""

    train: Array
    validation: Array  # NaN without validation rows
    expected: Array  # over new points of the same source, NaN if the truth is unknown


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be fitted: some rows of features and targets to learn from, others to validate on.

    What follows from these is worked out once and read-only.
    """

    settings: DataSettings  # those that decide the task; the others as they are by themselves
    data: Data
    train: Indices  # row numbers
    validation: Indices
    names: tuple[str, ...]  # of the features, (p,)
    raw: Array  # (n, p) features of all rows, not standardised
    scaler: Standardizer  # fitted on the training rows
    regression: Regression = SQUARED  # what is minimised

    @classmethod
    def of(cls, settings: DataSettings, own: Data | None = None, regression: Regression = SQUARED) -> Task:
        """The task that the settings pose, made anew; `own` is the user's table, needed for data = "csv"."""
        settings = decisive(settings)
        data = load(settings, own)
        train, validation = split(data.n_samples, settings.validation, settings.random_state)
        if data.domain is None:
            raw, names = data.X, data.feature_names
        else:
            basis = BASES[settings.basis]
            raw, names = basis.expand(data.X[:, 0], settings.degree, data.domain), basis.terms(settings.degree)
        scaler = Standardizer.fit(raw[train], settings.standardize)
        return cls(settings, data, train, validation, names, raw, scaler, regression)

    @property
    def loss(self) -> Loss:
        """The data term, and how its errors are told."""
        return self.regression.loss

    @cached_property
    def X(self) -> Array:
        """(n_train, p) standardised."""
        return _still(self.scaler.transform(self.raw[self.train]))

    @cached_property
    def y(self) -> Array:
        """(n_train,)"""
        return _still(self.data.y[self.train])

    @cached_property
    def held_out(self) -> Array:
        """(n_validation, p) standardised features of the validation rows."""
        return _still(self.scaler.transform(self.raw[self.validation]))

    @cached_property
    def alpha_max(self) -> float:
        """The least λ at which the lasso is empty."""
        return self.regression.alpha_max(self.X, self.y, 1.0)

    @cached_property
    def alphas(self) -> Array:
        """Stops of the strength slider: 0 and six decades up to 3 times the λ at which the lasso is empty."""
        return _still(alpha_stops(self.alpha_max))

    @cached_property
    def start(self) -> int:
        """The stop at which the strength is instructive for data of this kind."""
        goal = START[self.data.domain is None] * self.alpha_max
        return int(np.argmin(np.abs(self.alphas - goal)))

    def features_at(self, x: Array) -> Array:
        """Standardised features (m, p) of points x (m,) on the line; for data with a domain."""
        assert self.data.domain is not None
        return self.scaler.transform(BASES[self.settings.basis].expand(x, self.settings.degree, self.data.domain))

    def seen(self, rows: Data) -> tuple[Array, Array]:
        """Other rows of the same columns as the fits see them: (standardised features, targets)."""
        if self.data.domain is None:
            return self.scaler.transform(rows.X), rows.y
        return self.features_at(rows.X[:, 0]), rows.y

    def mean_error(self, grid: LinearGrid, X: Array, y: Array) -> Array:
        """The loss's mean error of every fit on standardised rows X (n, p), y (n,): (R, A), NaN without rows."""
        return self.regression.mean_error(grid, X, y)

    def expected_error(self, grid: LinearGrid) -> Array:
        """The same on infinitely many new rows of the same source, (R, A); NaN if the truth, or the effect of noise on
        the loss, is unknown."""
        data = self.data
        if not self.loss.adds_variance:
            return np.full(grid.intercept.shape, np.nan)
        if data.domain is not None and data.truth is not None and data.noise_sd is not None:
            # The mean over x uniform on the domain, by the midpoint rule, plus the variance of the noise.
            middle = midpoints(data.domain)
            bias = self.mean_error(grid, self.features_at(middle), data.truth(middle))
            return np.asarray(bias + data.noise_sd**2)
        if data.true_coef is not None:
            intercept = self.scaler.intercept_original(grid.coef, grid.intercept)
            return data.expected_error(self.scaler.coef_original(grid.coef), intercept)
        return np.full(grid.intercept.shape, np.nan)

    def errors(self, grid: LinearGrid) -> Errors:
        """What is told of the errors of fits of this task."""
        reported = self.loss.reported
        return Errors(
            train=reported(self.mean_error(grid, self.X, self.y)),
            validation=reported(self.mean_error(grid, self.held_out, self.data.y[self.validation])),
            expected=reported(self.expected_error(grid)),
        )

    def folds(self, n_splits: int) -> Array:
        """The loss's mean error on each held-out fold of the training rows at all stops, (n_splits, R, A), read-only.

        ValueError with fewer than 3 training points.
        """

        def made() -> Array:
            return _still(
                cross_validate(
                    self.raw[self.train],
                    self.y,
                    self.alphas,
                    L1_RATIOS,
                    self.settings.standardize,
                    n_splits,
                    self.settings.random_state,
                    self.regression.fit,
                    self.regression.mean_error,
                )
            )

        return kept(self, ("folds", n_splits), made)


def posed(settings: DataSettings, own: Data | None = None, regression: Regression = SQUARED) -> Task:
    """The task that the settings pose: the same for all who ask, a user's table aside, which keeps its own."""
    settings = decisive(settings)
    if own is None or settings.data != OWN_DATA:
        return _posed(settings, regression)
    return kept(own, ("task", settings, regression), lambda: Task.of(settings, own, regression))


@lru_cache(maxsize=TASKS)
def _posed(settings: DataSettings, regression: Regression) -> Task:
    return Task.of(settings, regression=regression)


def decisive(settings: DataSettings) -> DataSettings:
    """The settings with all that does not decide the task as it is by itself: no match, no degree of a table."""
    entry = DATASETS.get(settings.data)
    knobs = DataSettings.knobs().items()
    return DataSettings(**{name: getattr(settings, name) for name, knob in knobs if knob.applies(entry)})


_LOCK = Lock()


def kept(owner: object, key: Hashable, make: Callable[[], T]) -> T:
    """What follows from a value (a task, a user's table): made once, and held by that value as long as it is there.

    At most KEPT things a value; the oldest makes room.
    """
    held: dict[Hashable, T] = vars(owner).setdefault("_kept", {})
    found = held.get(key)
    if found is None:
        found = make()
        with _LOCK:
            held[key] = found
            while len(held) > KEPT:
                del held[next(iter(held))]
    return found


def _still(values: Array) -> Array:
    """The same array, which nobody may write to any more: many read it."""
    values.setflags(write=False)
    return values


def resample_seeds(settings: DataSettings, count: int) -> list[int]:
    """Seeds for `count` further samples of the same source, none of them that of the page."""
    drawn = np.random.SeedSequence(Stream.SAMPLES.seed(settings.random_state)).generate_state(count, np.uint32)
    return [int(seed) + MAX_RANDOM_STATE + 1 for seed in drawn]


def midpoints(domain: tuple[float, float], n: int = 400) -> Array:
    """The middles of n equal parts of the domain: the mean over them is the midpoint rule."""
    return np.asarray(domain[0] + (domain[1] - domain[0]) * (np.arange(n) + 0.5) / n)


def load(settings: DataSettings, own: Data | None = None) -> Data:
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
