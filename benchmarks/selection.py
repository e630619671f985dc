"""How long does a 5-fold cross-validation of a whole grid take, and is its choice right, against scikit-learn?

    python -m benchmarks.selection [--quick]

Prints one JSON object a line: 100 strengths × 10 L1 ratios (0.1 … 1; `ElasticNetCV` has no ratio 0) × 5 folds of one
problem, ours and the peer's as it comes, on the same standardised columns (which neither standardises again inside
the folds) and the same folds, interleaved in one run on one BLAS thread. `ms` and `peer_ms` are medians of CPU time,
`ratio` is peer over ours, `all_ratios_ms` is ours with the ratio 0 as well, `page_ms` ours over λ = 0 and six decades.

`ratio_chosen` and `alpha_chosen` (as a share of the largest λ) are the pair of least mean error over the folds, of
each side by its own errors. `error` and `peer_error` are the mean errors of exact fits at these two pairs: the smaller
one belongs to the right choice. `peer_off` is the largest relative error of the peer's mean errors.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from numpy.polynomial import polynomial
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import ElasticNetCV
from sklearn.model_selection import KFold
from threadpoolctl import threadpool_limits

from benchmarks.grid import L1_RATIOS, milliseconds, wave
from regviz.core import Array
from regviz.core.linear.grid import alpha_max
from regviz.core.linear.selection import cross_validate


def diabetes() -> tuple[Array, Array]:
    X, y = load_diabetes(return_X_y=True)
    return (X - X.mean(axis=0)) / X.std(axis=0), y


CASES: dict[str, Callable[[], tuple[Array, Array]]] = {
    "polynomial degree 5, n 30": lambda: wave(polynomial.polyvander, 5, 30),
    "polynomial degree 9, n 30": lambda: wave(polynomial.polyvander, 9, 30),
    "polynomial degree 20, n 100": lambda: wave(polynomial.polyvander, 20, 100),
    "diabetes": diabetes,
}


def compare(case: str, repeats: int) -> dict[str, object]:
    X, y = CASES[case]()
    top = alpha_max(X, y, 1)
    alphas, page = top * np.logspace(0, -4, 100), np.append(0, top * np.geomspace(3e-6, 3, 96))
    ratios = L1_RATIOS[1:]
    folds = KFold(5, shuffle=True, random_state=0)

    def ours(strengths: Array, l1_ratios: Array) -> Array:
        return cross_validate(X, y, strengths, l1_ratios, standardize=False)

    def theirs() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return ElasticNetCV(l1_ratio=ratios, alphas=alphas, cv=folds).fit(X, y)

    times: dict[str, list[float]] = {name: [] for name in ("ms", "peer_ms", "all_ratios_ms", "page_ms")}
    for _ in range(repeats):
        times["peer_ms"].append(milliseconds(theirs))
        for _ in range(5):
            times["ms"].append(milliseconds(lambda: ours(alphas, ratios)))
            times["all_ratios_ms"].append(milliseconds(lambda: ours(alphas, L1_RATIOS)))
            times["page_ms"].append(milliseconds(lambda: ours(page, L1_RATIOS)))

    exact = ours(alphas, ratios).mean(axis=0)
    estimate = theirs().mse_path_.mean(axis=-1)  # (n_ratios, n_alphas), alphas descending as given
    mine, peers = (np.unravel_index(errors.argmin(), errors.shape) for errors in (exact, estimate))
    ms = {name: median(values) for name, values in times.items()}
    return {
        "case": case,
        **{name: round(value, 1) for name, value in ms.items()},
        "ratio": round(ms["peer_ms"] / ms["ms"], 1),
        "same_choice": mine == peers,
        "ratio_chosen": [round(float(ratios[choice[0]]), 1) for choice in (mine, peers)],
        "alpha_chosen": [float(f"{alphas[choice[1]] / top:.3g}") for choice in (mine, peers)],
        "error": float(exact[mine]),
        "peer_error": float(exact[peers]),
        "peer_off": float(np.abs(estimate / exact - 1).max()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repeats")
    repeats = 3 if parser.parse_args().quick else 9
    with threadpool_limits(1, user_api="blas"):
        for case in CASES:
            print(json.dumps(compare(case, repeats)), flush=True)


if __name__ == "__main__":
    main()
