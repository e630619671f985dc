"""Which fits does the first screen show? A whole grid of L1 ratios and strengths, matched by a rule of fairness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from regviz.core import Array
from regviz.core.data.datasets import Data, Indices
from regviz.core.linear.grid import LinearGrid
from regviz.core.linear.matching import cross_validated, same_alpha
from regviz.core.linear.regression import SQUARED, Regression
from regviz.core.penalties import ElasticNet
from regviz.core.toy.slices import Slices, clearest_pair
from regviz.fits.penalties import PENALTIES, Entry
from regviz.fits.task import L1, L1_RATIOS, L2, MIX_DEFAULT, Task, kept, posed, stops
from regviz.settings import Settings

MAX_POINTS_DRAWN = 300


@dataclass(frozen=True, eq=False)
class Rows:
    """Fits of R penalties at A strengths, and what is told of them."""

    grid: LinearGrid
    df: Array  # (R, A), NaN if the loss or the penalty has none
    train_error: Array  # (R, A) as the loss reports them: root mean squared, if it is the squared one
    validation_error: Array  # (R, A), NaN without validation rows
    expected_error: Array  # (R, A) over new points of the same source, NaN if the truth is unknown
    data_loss: Array  # (R, A) D
    penalty: Array  # (R, A) α P(w)
    # Predictions at x_line or on the shown rows, as basis @ coordinates with orthonormal columns: exact in single
    # precision even where weights of 1e6 cancel.
    coordinates: Array  # (R, A, k)


@dataclass(frozen=True, eq=False)
class Fits(Rows):
    """All fits of a task under one rule of fairness: 11 L1 ratios × all λ, on one data set.

    Arrays "(R, A)" are (n_ratios, n_alphas). Column a of the grid is one position of the strength slider; with
    match = "alpha" all ratios have the same alpha there, else grid.alphas says which one each has.
    """

    task: Task
    data: Data
    train: Indices  # row numbers
    validation: Indices
    names: tuple[str, ...]  # of the features, (p,)
    design: Array  # (n_train, p) standardised features of the training rows
    strengths: Array  # (A,) values of the slider: alphas, or multiples of each best alpha
    start: int  # the slider's position at first
    best: Array | None  # (R,) alphas of the smallest cross-validated error, if match = "cv"
    x_line: Array  # (m,) where the fitted curve is drawn; empty for real data
    shown: Indices  # row numbers drawn in predicted against observed; empty for synthetic data
    basis: Array  # (m or n_shown, k)
    own: Mapping[str, Rows]  # of the penalties that are no row of the grid, one row each, if match = "alpha"

    @property
    def is_curve(self) -> bool:
        """Synthetic data has a curve over x; real data has predicted against observed."""
        return len(self.x_line) > 0


@dataclass(frozen=True, eq=False)
class Compare(Fits):
    """The sweep of the first screen: the fits, and the constraint picture of two of the weights."""

    settings: Settings
    slices: Slices | None  # None if there is only one weight, or the loss has no such picture


def compare(settings: Settings, own: Data | None = None, regression: Regression = SQUARED) -> Compare:
    """The whole sweep of the first screen. Deterministic; scikit-learn is used only for real data and folds."""
    return pictured(settings, posed(settings, own, regression))


def pictured(settings: Settings, task: Task) -> Compare:
    """The fits of a task as the settings compare them, with the constraint picture of the weights that they name."""
    fits = fitted(task, settings.match, settings.n_splits)
    names = fits.names
    chosen = [names.index(name) if name in names else None for name in (settings.weight_a, settings.weight_b)]
    cut = None
    if len(names) > 1 and task.regression.slices is not None:
        wanted = (chosen[0], chosen[1] if chosen[1] != chosen[0] else None)
        pair = clearest_pair(task.X, task.y, fits.grid.coef[[L2, MIX_DEFAULT, L1], fits.start], wanted)
        cut = task.regression.slices(task.X, task.y, fits.grid.coef, L1_RATIOS, pair)
    return Compare(**vars(fits), settings=settings, slices=cut)


def fitted(task: Task, match: str = Settings.match, n_splits: int = Settings.n_splits) -> Fits:
    """The fits of a task, matched by a rule; made once for all who ask. Only match = "cv" needs the number of folds."""
    own = {key: entry for key, entry in PENALTIES.items() if entry.fit is not None and match == "alpha"}
    key = "fits", match, n_splits if match == "cv" else None, tuple(own.items())
    return kept(task, key, lambda: _fitted(task, match, n_splits, own))


def _fitted(task: Task, match: str, n_splits: int, own: Mapping[str, Entry]) -> Fits:
    data, X, y, alphas, start, regression = task.data, task.X, task.y, task.alphas, task.start, task.regression
    strengths, best = alphas, None
    if match == "cv" and len(y) >= 3:
        strengths = stops(1e-3, 1e3)
        best, table = cross_validated(task.folds(n_splits).mean(axis=0), alphas, strengths)
        start = int(np.argmin(np.abs(strengths - 1)))
    elif match in ("alpha", "cv"):
        table = same_alpha(alphas, L1_RATIOS)
    elif match in regression.matches:
        table = regression.matches[match](X, y, alphas, L1_RATIOS)
    else:
        raise ValueError(f"match must be one of {', '.join(['alpha', 'cv', *regression.matches])}, got {match}")

    grid = regression.fit([(X, y)], table, L1_RATIOS)[0]
    x_line, shown = np.zeros(0), np.zeros(0, dtype=int)
    if data.domain is not None and data.truth is not None:
        x_line = np.linspace(*data.domain, 201)
        drawn = task.features_at(x_line)
    else:
        shown = np.sort(np.random.default_rng(0).permutation(data.n_samples)[:MAX_POINTS_DRAWN])
        drawn = task.scaler.transform(task.raw[shown])

    line, triangle = np.linalg.qr(np.column_stack([drawn, np.ones(len(drawn))]))
    values = np.stack([ElasticNet(float(rho)).value(coef) for rho, coef in zip(L1_RATIOS, grid.coef, strict=True)])
    rows = _rows(task, grid, values, triangle)
    others = {}
    for key, entry in own.items():
        assert entry.fit is not None
        assert entry.penalty is not None
        other = entry.fit(task, strengths)
        others[key] = _rows(task, other, entry.penalty.value(other.coef), triangle)
    return Fits(
        **vars(rows),
        task=task,
        data=data,
        train=task.train,
        validation=task.validation,
        names=task.names,
        design=X,
        strengths=strengths,
        start=start,
        best=best,
        x_line=x_line,
        shown=shown,
        basis=line,
        own=others,
    )


def _rows(task: Task, grid: LinearGrid, values: Array, triangle: Array) -> Rows:
    """What is told of fits whose penalties have the `values` (R, A); triangle (k, p + 1) leads to the coordinates."""
    errors, df = task.errors(grid), task.regression.df
    known = df is not None and np.isfinite(grid.l1_ratios).all()
    return Rows(
        grid=grid,
        df=df(task.X, grid) if df is not None and known else np.full(grid.kkt.shape, np.nan),
        train_error=errors.train,
        validation_error=errors.validation,
        expected_error=errors.expected,
        data_loss=task.loss.objective(errors.train),
        penalty=grid.alphas * values,
        coordinates=np.concatenate([grid.coef, grid.intercept[..., np.newaxis]], axis=-1) @ triangle.T,
    )
