"""What must a reader know of the data, to read the fits of them rightly?"""

from __future__ import annotations

import numpy as np

from regviz.fits.compare import Compare


def notes(sweep: Compare) -> list[str]:
    """Sentences on what a reader must know about this sweep to read it rightly."""
    told = []
    n_train, p = sweep.design.shape
    same = np.ptp(sweep.design, axis=0) == 0
    if same.any():
        constant = [name for name, flat in zip(sweep.names, same, strict=True) if flat]
        more = f" and {len(constant) - 5} more" if len(constant) > 5 else ""
        told.append(
            f"{', '.join(constant[:5])}{more}: the same in all training rows, so the weight is 0 under every penalty, "
            "L2 too."
        )
    free = p - int(same.sum())
    if np.linalg.matrix_rank(sweep.design - sweep.design.mean(axis=0)) < free:
        why = f"{free} weights and {n_train} training points" if free >= n_train else "Some features add up to others"
        units = "" if sweep.settings.standardize else " (of the weights that standardised features would have)"
        told.append(
            f"{why}: at λ = 0 many choices of the weights have the same, least training error. Shown there is the one "
            f"with the smallest ‖w‖₂{units}; as λ falls towards 0, L1 tends to one with the smallest ‖w‖₁."
        )
    return told
