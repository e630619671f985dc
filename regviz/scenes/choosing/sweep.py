"""Which λ should one take? Errors of every fit on every kind of rows, and what looking at the test set would buy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from regviz.core import Array
from regviz.core.data.datasets import DATASETS, Data, Indices, Stream
from regviz.core.data.features import MAX_DEGREE, MIN_DEGREE
from regviz.core.linear.grid import fit_grid, fit_grids
from regviz.core.linear.selection import Choice, cross_validate, mean_squared_error, one_standard_error
from regviz.fits.compare import Compare, compare
from regviz.fits.task import L1, L1_RATIOS, L2, MIX_DEFAULT, Task, load, resample_seeds
from regviz.settings import OWN_DATA, Settings

# A test set of as many rows as there are training points; of a table without spare rows, this share is set aside.
TEST_SHARE = 0.25
RESAMPLES = 100


@dataclass(frozen=True, eq=False)
class ByDegree:
    """Root mean squared errors of every degree at the same strengths: (R, A, n_degrees)."""

    degrees: Indices  # (n_degrees,)
    train: Array
    validation: Array  # NaN without validation rows
    expected: Array


@dataclass(frozen=True, eq=False)
class Choosing:
    """A Compare sweep at the same λ for all, cross-validated.

    folds      (K, R, A)  mean squared error on each held-out fold of the training rows
    choice     the λ of least cross-validated error and that of the one-standard-error rule, for each L1 ratio
    by_degree  errors of all degrees, for curves
    """

    sweep: Compare
    folds: Array
    choice: Choice
    by_degree: ByDegree | None


def choosing(settings: Settings, own: Data | None = None) -> Choosing:
    """Errors of all fits; ValueError with fewer than 3 training points.

    If the test rows have to come out of the reader's own table they are set aside here, so nothing on the page but the
    vault ever sees them.
    """
    settings = replace(settings, match="alpha")
    kept = None if own is None else _without_test(own, settings)[0]
    task = Task.of(settings, kept)
    folds = cross_validate(
        task.raw[task.train],
        task.y,
        task.alphas,
        L1_RATIOS,
        settings.standardize,
        settings.n_splits,
        settings.random_state,
    )
    return Choosing(
        sweep=compare(settings, kept),
        folds=folds,
        choice=one_standard_error(folds, task.alphas),
        by_degree=None if task.data.domain is None else _by_degree(task),
    )


def _by_degree(task: Task) -> ByDegree:
    """All degrees at the strengths of the slider, which are those of the chosen degree."""
    degrees = np.arange(MIN_DEGREE, MAX_DEGREE + 1)
    errors = []
    for degree in degrees:
        other = Task.of(replace(task.settings, degree=int(degree)))
        grid = fit_grid(other.X, other.y, task.alphas, L1_RATIOS)
        held_out = other.scaler.transform(other.raw[other.validation])
        errors.append(
            [
                mean_squared_error(grid, other.X, other.y),
                mean_squared_error(grid, held_out, other.data.y[other.validation]),
                other.expected_error(grid),
            ]
        )
    return ByDegree(degrees, *np.sqrt(np.moveaxis(np.array(errors), 0, -1)))


# --- The vault -----------------------------------------------------------------------------------


def _without_test(data: Data, settings: Settings) -> tuple[Data, Data]:
    """A table that has no spare rows, dealt into (rows to work with, test rows)."""
    rng = np.random.default_rng(Stream.VAULT.seed(settings.random_state))
    order = rng.permutation(data.n_samples)
    cut = max(1, round(TEST_SHARE * data.n_samples))
    return _rows(data, np.sort(order[cut:])), _rows(data, np.sort(order[:cut]))


def _rows(data: Data, rows: Indices) -> Data:
    return replace(data, X=data.X[rows], y=data.y[rows])


def vault_rows(settings: Settings, own: Data | None = None) -> Data | None:
    """Rows that took no part in anything on the page; None if the data set has none to spare.

    Synthetic data: new rows of the same source. Measured data: rows that the sample left out. The reader's own table:
    the quarter that `choosing` set aside.
    """
    if own is not None:
        return _without_test(own, settings)[1]
    task = Task.of(settings)
    n, wanted = task.data.n_samples, len(task.train)
    # A larger sample keeps the rows that are there: what comes behind them is new.
    longer = load(replace(settings, n_samples=n + wanted))
    spare = np.arange(n, longer.n_samples)
    return _rows(longer, spare) if len(spare) else None


@dataclass(frozen=True)
class Opened:
    """What the vault says at one position: root mean squared test errors and those of the validation rows."""

    n_rows: int
    alpha: float
    l1_ratio: float
    test: tuple[float, float, float]  # L1, mix, L2


def open_vault(settings: Settings, own: Data | None, alpha: float, l1_ratio: float) -> Opened | None:
    """Test errors of the three fits at a position of the sliders; None without test rows."""
    rows = vault_rows(settings, own)
    if rows is None:
        return None
    settings = replace(settings, match="alpha")
    task = Task.of(settings, None if own is None else _without_test(own, settings)[0])
    grid = fit_grid(task.X, task.y, np.array([alpha]), np.array([1.0, l1_ratio, 0.0]))
    errors = np.sqrt(mean_squared_error(grid, *_seen(task, rows)))[:, 0]
    return Opened(rows.n_samples, alpha, l1_ratio, (float(errors[0]), float(errors[1]), float(errors[2])))


@dataclass(frozen=True, eq=False)
class Optimism:
    """Over resamples: by which share of the true mean squared error the reported one is off.

    Of a fit that the test rows did not choose, the expectation is 0. (Of measured data the true error is itself the
    mean over a few rows, and its inverse is too large on average: there it is a share of the mean over all samples.)

    tuned_on_test   (RESAMPLES,)  λ and ratio chosen for the least test error, which is then reported
    tuned_honestly  (RESAMPLES,)  chosen on validation rows, the test error reported
    """

    tuned_on_test: Array
    tuned_honestly: Array
    n_test: int


def optimism(settings: Settings, own: Data | None = None) -> Optimism:
    """What tuning on the test set buys: many samples of the same source, each fitted, tuned and reported in two ways.

    Every sample has training, validation and as many test rows. The true error of a fit is the expected one where the
    truth is known; else that on the rows of the table which are in none of the three.
    """
    ratios = L1_RATIOS[[L2, MIX_DEFAULT, L1]]
    alphas = Task.of(settings, own).alphas[::3]
    samples = list(_samples(settings, own))
    grids = fit_grids([(task.X, task.y) for task, _, _ in samples], alphas, ratios)
    found = []
    for grid, (task, test, rest) in zip(grids, samples, strict=True):
        held_out = mean_squared_error(grid, *_seen(task, _rows(task.data, task.validation)))
        reported = mean_squared_error(grid, *_seen(task, test))
        true = task.expected_error(grid) if rest is None else mean_squared_error(grid, *_seen(task, rest))
        chosen = [np.argmin(reported), np.argmin(held_out)]
        found.append([reported.ravel()[chosen], true.ravel()[chosen]])
    reported, true = np.moveaxis(np.array(found), 0, -1)  # (2 ways to choose, RESAMPLES)
    unit = true if samples[0][2] is None else np.tile(true.mean(axis=1, keepdims=True), len(found))
    on_test, honest = np.divide(reported - true, unit, out=np.zeros_like(true), where=unit > 0)
    return Optimism(on_test, honest, samples[0][1].n_samples)


def _samples(settings: Settings, own: Data | None) -> Iterator[tuple[Task, Data, Data | None]]:
    """(task, test rows, rows that tell the true error if nothing else does), RESAMPLES times."""
    if settings.validation == 0:
        settings = replace(settings, validation=Settings.validation)
    seeds = resample_seeds(settings, RESAMPLES)
    table = own if own is not None else _whole_table(settings)
    for seed in seeds:
        if table is None:
            task = Task.of(replace(settings, random_state=seed))
            test = vault_rows(task.settings)
            assert test is not None  # a source of new rows does not run dry
            yield task, _rows(test, np.arange(min(len(task.validation), test.n_samples))), None
            continue
        order = np.random.default_rng(seed).permutation(table.n_samples)
        n = min(settings.n_samples, table.n_samples * 2 // 3) if own is None else table.n_samples * 2 // 3
        sample = _rows(table, order[:n])
        task = Task.of(replace(settings, data=OWN_DATA, random_state=seed), sample)
        n_test = min(len(task.validation), (table.n_samples - n) // 2)
        yield task, _rows(table, order[n : n + n_test]), _rows(table, order[n + n_test :])


def _whole_table(settings: Settings) -> Data | None:
    """All rows of measured data; None for a source that can be sampled without end."""
    entry = DATASETS[settings.data]
    if entry.takes_noise:
        return None
    return load(replace(settings, n_samples=entry.max_samples))


def _seen(task: Task, rows: Data) -> tuple[Array, Array]:
    """Rows as the fits of a task see them: (standardised features, targets)."""
    if task.data.domain is None:
        return task.scaler.transform(rows.X), rows.y
    return task.features_at(rows.X[:, 0]), rows.y
