"""How do data and penalties pull at the weights under the sliders? What several pages claim of the same fits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from regviz.core import Array
from regviz.fits.compare import Compare
from regviz.fits.task import L1, L2
from regviz.live.board import Index

EXACT = 1e-7  # of the size of a pull: what a solution may be off


def rows_of(index: Index) -> dict[str, tuple[int, int]]:
    """(ratio, strength) of every column."""
    a = next(stop for name, stop in index.items() if name != "l1_ratio")
    return {"l1": (L1, a), "mix": (index["l1_ratio"], a), "l2": (L2, a)}


def alphas_of(sweep: Compare) -> Array:
    """λ of every fit, (R, A)."""
    return np.broadcast_to(sweep.grid.alphas, sweep.grid.kkt.shape)


def centred(sweep: Compare) -> Array:
    """(n_train, p)"""
    return np.asarray(sweep.design - sweep.design.mean(axis=0))


def target(sweep: Compare) -> Array:
    """(n_train,)"""
    return sweep.data.y[sweep.train]


def residual(sweep: Compare, r: int, a: int) -> Array:
    """y − ŷ on the training rows, (n_train,)."""
    grid = sweep.grid
    return np.asarray(target(sweep) - sweep.design @ grid.coef[r, a] - grid.intercept[r, a])


def pull(sweep: Compare, r: int, a: int) -> Array:
    """−∇D, how the data pull at each weight: (p,)."""
    return np.asarray(centred(sweep).T @ residual(sweep, r, a) / len(sweep.train))


def pull_size(sweep: Compare, a: int) -> float:
    """Of a pull: rounding is a small part of it."""
    y, norms = target(sweep), np.linalg.norm(centred(sweep), axis=0)
    huge = max(norms @ np.abs(sweep.grid.coef[r, a]) for r in (L2, L1))
    return float(norms.max() / len(y) * (np.linalg.norm(y - y.mean()) + 1e-4 * huge)) + 1e-300


def loud(sweep: Compare) -> NDArray[np.bool_]:
    """Features that say something: not the same in all training rows. (p,)"""
    return np.asarray(np.ptp(sweep.design, axis=0) > 0)


def silent_target(sweep: Compare) -> bool:
    """Whether y is the same in all training rows."""
    return bool(np.ptp(target(sweep)) == 0)


# --- Claimed on more than one page ----------------------------------------------------------------


def enough_empties_l1(sweep: Compare, _: Index) -> bool:
    """From alpha_max = max |zᵀ(y − ȳ)| / n on no weight of the lasso is left."""
    y = target(sweep)
    top = np.abs(centred(sweep).T @ (y - y.mean())).max() / len(y)
    return not sweep.grid.coef[L1, alphas_of(sweep)[L1] >= top * (1 + 1e-9)].any()


def alike_share(sweep: Compare, index: Index) -> bool:
    """Of L2, α (w_i − w_j) = (z_i − z_j)ᵀ(y − ŷ) / n: the gap is small where the features are alike or α is large."""
    r, a = rows_of(index)["l2"]
    w, Z = sweep.grid.coef[r, a], centred(sweep)
    gaps = np.abs(w[:, np.newaxis] - w)
    apart = np.linalg.norm(Z[:, :, np.newaxis] - Z[:, np.newaxis], axis=0)
    bound = apart * np.linalg.norm(residual(sweep, r, a)) / len(sweep.train)
    return bool(np.all(alphas_of(sweep)[r, a] * gaps <= bound + EXACT * pull_size(sweep, a)))


def share_nearly(sweep: Compare, index: Index, near: float = 0.15) -> bool:
    """Of L2's larger weights, those of features with a correlation above 0.9 are equal up to a share; at λ = 0 not."""
    r, a = rows_of(index)["l2"]
    i, j = np.nonzero(np.triu(np.corrcoef(sweep.design.T) > 0.9, 1))

    def apart(w: Array) -> Array:
        large = np.maximum(np.abs(w[i]), np.abs(w[j]))
        return np.asarray((np.abs(w[i] - w[j]) / large)[large > 0.3 * np.abs(w).max()])

    here, there = apart(sweep.grid.coef[r, a]), apart(sweep.grid.coef[r, 0])
    return bool(len(here) and here.max() <= near and there.max() > 0.5)
