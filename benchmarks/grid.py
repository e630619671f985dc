"""How long does a whole grid of elastic-net fits take, and how exact is it, against scikit-learn?

    python -m benchmarks.grid [--quick]

Prints one JSON object a line: 100 strengths × 11 L1 ratios of one problem, ours and the peer's
(`enet_path`, and a loop of `Ridge` for the ratio 0), interleaved in one run on one BLAS thread.
`ms` and `peer_ms` are medians of CPU time, `ratio` is peer over ours, the KKT figures are the
largest violation of the optimality conditions as a share of alpha_max, `peer_warnings` counts its
fits that did not converge. The peer runs as it comes, and with a tighter `tol` and more iterations.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

import numpy as np
from numpy.polynomial import legendre, polynomial
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Ridge, enet_path
from threadpoolctl import threadpool_limits

from regviz.core import Array
from regviz.core.linear.grid import alpha_max, fit_grid
from regviz.core.penalties import ElasticNet

L1_RATIOS = np.linspace(0, 1, 11)
DEFAULT, TIGHT = {"tol": 1e-4, "max_iter": 1_000}, {"tol": 1e-8, "max_iter": 20_000}


def wave(vander: Any, degree: int, n: int) -> tuple[Array, Array]:
    """A noisy sine on [-1, 1] and a standardised polynomial basis without its constant."""
    rng = np.random.default_rng(0)
    x = np.sort(rng.uniform(-1, 1, n))
    basis = vander(x, degree)[:, 1:]
    y = np.sin(np.pi * x) + 0.2 * rng.normal(size=n)
    return (basis - basis.mean(axis=0)) / basis.std(axis=0), y


CASES: dict[str, Callable[[], tuple[Array, Array]]] = {
    "polynomial degree 5, n 30": lambda: wave(polynomial.polyvander, 5, 30),
    "polynomial degree 9, n 30": lambda: wave(polynomial.polyvander, 9, 30),
    "polynomial degree 20, n 100": lambda: wave(polynomial.polyvander, 20, 100),
    "Legendre degree 20, n 100": lambda: wave(legendre.legvander, 20, 100),
    "diabetes": lambda: load_diabetes(return_X_y=True),
}


def peer_grid(X: Array, y: Array, alphas: Array, **options: float) -> tuple[Array, int]:
    """scikit-learn's coefficients (n_ratios, n_alphas, p) and its number of warnings."""
    X_c, y_c = np.asfortranarray(X - X.mean(axis=0)), y - y.mean()
    coef = np.empty((len(L1_RATIOS), len(alphas), X.shape[1]))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        for rho, row in zip(L1_RATIOS, coef, strict=True):
            if rho > 0:
                row[:] = enet_path(X_c, y_c, l1_ratio=rho, alphas=alphas, **options)[1].T
                continue
            for j, alpha in enumerate(alphas):
                row[j] = Ridge(alpha=len(y) * alpha, fit_intercept=False).fit(X_c, y_c).coef_
    return coef, sum(issubclass(w.category, ConvergenceWarning) for w in caught)


def kkt_max(X: Array, y: Array, alphas: Array, coef: Array) -> float:
    """Largest violation of the optimality conditions over the grid, as a share of alpha_max."""
    X_c, y_c = X - X.mean(axis=0), y - y.mean()
    slope = (y_c - coef @ X_c.T) @ X_c / len(y)  # (n_ratios, n_alphas, p)
    worst = [
        ElasticNet(rho).violation(w, s, alphas[:, None]).max() for rho, w, s in zip(L1_RATIOS, coef, slope, strict=True)
    ]
    return float(max(worst) / alpha_max(X, y, 1))


def milliseconds(run: Callable[[], object]) -> float:
    start = process_time()
    run()
    return 1e3 * (process_time() - start)


def compare(case: str, options: dict[str, float], repeats: int) -> dict[str, object]:
    X, y = CASES[case]()
    alphas = alpha_max(X, y, 1) * np.logspace(0, -4, 100)
    ours, theirs = [], []
    for _ in range(repeats):
        ours += [milliseconds(lambda: fit_grid(X, y, alphas, L1_RATIOS)) for _ in range(5)]
        theirs.append(milliseconds(lambda: peer_grid(X, y, alphas, **options)))
    peer_coef, peer_warnings = peer_grid(X, y, alphas, **options)
    return {
        "case": case,
        **options,
        "ms": round(median(ours), 2),
        "peer_ms": round(median(theirs), 1),
        "ratio": round(median(theirs) / median(ours), 1),
        "kkt_max": kkt_max(X, y, alphas, fit_grid(X, y, alphas, L1_RATIOS).coef),
        "peer_kkt_max": kkt_max(X, y, alphas, peer_coef),
        "peer_warnings": peer_warnings,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repeats")
    quick = parser.parse_args().quick
    with threadpool_limits(1, user_api="blas"):
        for options, repeats in ((DEFAULT, 3 if quick else 9), (TIGHT, 1 if quick else 3)):
            for case in CASES:
                print(json.dumps(compare(case, options, repeats)), flush=True)


if __name__ == "__main__":
    main()
