"""Which paths do the weights take? The sweep of Compare, read along λ, with the exact corners of the lasso."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regviz.core import Array
from regviz.core.data.datasets import Data
from regviz.core.linear.lasso_path import LassoPath
from regviz.core.linear.regression import SQUARED, Regression
from regviz.fits.compare import Compare, compare
from regviz.fits.task import L1, kept
from regviz.scenes.paths.settings import PathsSettings
from regviz.settings import Settings


@dataclass(frozen=True, eq=False)
class Paths:
    """A Compare sweep and the exact lasso path under it.

    path_axis      what the weights are drawn against, a key of `PATH_AXES`
    alphas, coef   (K,), (K, p): the lasso at every stop of the slider and at every corner in between, rising
    corners        (C,) strengths at which a weight enters or leaves the lasso
    order          features by their first entry into the lasso, the others behind
    entry          (R, p) the largest λ of the sweep with a weight that is not zero; NaN if there is none. For the
                   lasso it is exact.
    """

    sweep: Compare
    path_axis: str
    path: LassoPath
    alphas: Array
    coef: Array
    corners: Array
    order: tuple[int, ...]
    entry: Array


def paths(
    settings: Settings,
    own: Data | None = None,
    path_axis: str = PathsSettings.path_axis,
    regression: Regression = SQUARED,
) -> Paths:
    """All paths of the settings, and the corners of the lasso's; ValueError if the loss has no path to be drawn."""
    sweep = compare(settings, own, regression)
    task, exact = sweep.task, sweep.task.regression.path
    if exact is None:
        raise ValueError(f"regression must have a path to be drawn, got {task.loss.error_name} without")
    path = kept(task, "lasso", lambda: exact(task.X, task.y))
    grid = sweep.grid
    corners = np.array([event.alpha for event in path.events])
    corners = corners[corners > 0]
    stops = np.broadcast_to(grid.alphas, grid.kkt.shape)[L1]
    inside = (corners > stops[stops > 0].min(initial=np.inf)) & (corners < stops.max())
    between = np.setdiff1d(corners[inside], stops)
    alphas = np.concatenate([stops, between])
    coef = np.concatenate([grid.coef[L1], path.at(between)])
    rising = np.argsort(alphas, kind="stable")
    table = np.broadcast_to(grid.alphas, grid.kkt.shape)[..., np.newaxis]
    entry = np.where(grid.coef != 0, table, -np.inf).max(axis=1)
    entry = np.where(np.isfinite(entry), entry, np.nan)
    order = path.order_of_entry
    for event in reversed([event for event in path.events if event.enters]):
        entry[L1, event.feature] = event.alpha
    rest = tuple(j for j in range(grid.coef.shape[-1]) if j not in order)
    return Paths(
        sweep=sweep,
        path_axis=path_axis,
        path=path,
        alphas=alphas[rising],
        coef=coef[rising],
        corners=np.unique(corners),
        order=order + rest,
        entry=entry,
    )
