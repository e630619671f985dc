"""How long does it take to train a whole sweep of small networks, against scikit-learn one by one?

    python -m benchmarks.networks [--quick]

Prints one JSON object a line: 48 models (3 L1 ratios × 16 strengths) × 1,000 epochs, Adam on all of 100 observations,
float32, ours and the peer interleaved in one run on one BLAS thread. `ms` and `peer_ms` are medians of CPU time. The
peer (`MLPRegressor`, `MLPClassifier`: float32, Adam, `batch_size=n`, L2 only) fits a sample of `peer_models` models ×
`peer_epochs` epochs, which `peer_ms` scales up to all; `ratio` is peer over ours. "page" is the same training as the
page has it: 120 kept epochs with gradient norms, validation and accuracy, and a callback.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable
from statistics import median
from time import process_time

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from threadpoolctl import threadpool_limits

from regviz.core import Array
from regviz.core.losses import LogLoss, Loss, SquaredError
from regviz.core.nets.mlp import Architecture
from regviz.core.nets.optimizers import Adam
from regviz.core.nets.training import TrainingSweep, train

ALPHAS, L1_RATIOS, EPOCHS, N = np.r_[0, np.logspace(-5, 0, 15)], np.array([0, 0.5, 1]), 1_000, 100
MODELS = len(ALPHAS) * len(L1_RATIOS)


def wave() -> tuple[Array, Array]:
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (2 * N, 1))
    return X, np.sin(3 * X[:, 0]) + 0.2 * rng.normal(size=2 * N)


def xor() -> tuple[Array, Array]:
    X = np.random.default_rng(0).normal(size=(2 * N, 2))
    return X, (X[:, 0] * X[:, 1] > 0).astype(float)


CASES: dict[str, tuple[Architecture, Callable[[], tuple[Array, Array]], Loss, type]] = {
    "1-16-16-1 tanh, regression": (Architecture(1, (16, 16)), wave, SquaredError(), MLPRegressor),
    "2-8-8-1 tanh, classification": (Architecture(2, (8, 8)), xor, LogLoss(), MLPClassifier),
}


def ours(case: str, page: bool) -> TrainingSweep:
    architecture, data, loss, _ = CASES[case]
    X, y = data()
    return train(
        architecture,
        X[:N],
        y[:N],
        ALPHAS,
        L1_RATIOS,
        loss=loss,
        optimizer=Adam(0.01),
        epochs=EPOCHS,
        generator=np.random.default_rng(0),
        snapshots=120 if page else 2,
        validation=(X[N:], y[N:]) if page else None,
        callback=(lambda progress: True) if page else None,
    )


def peer(case: str, models: int, epochs: int) -> None:
    architecture, data, _, kind = CASES[case]
    X, y = (values[:N].astype(np.float32) for values in data())
    for alpha in ALPHAS[-models:]:
        model = kind(
            hidden_layer_sizes=architecture.hidden,
            activation="tanh",
            alpha=alpha * N,
            batch_size=N,
            learning_rate_init=0.01,
            max_iter=epochs,
            tol=0.0,
            n_iter_no_change=epochs,
            random_state=0,
        )
        model.fit(X, y)


def milliseconds(run: Callable[[], object]) -> float:
    start = process_time()
    run()
    return 1e3 * (process_time() - start)


def compare(case: str, page: bool, repeats: int, models: int, epochs: int) -> dict[str, object]:
    mine, theirs = [], []
    for _ in range(repeats):
        mine += [milliseconds(lambda: ours(case, page)) for _ in range(2)]
        theirs.append(milliseconds(lambda: peer(case, models, epochs)))
    peer_ms = median(theirs) * MODELS / models * EPOCHS / epochs
    return {
        "case": case + (", page" if page else ""),
        "models": MODELS,
        "epochs": EPOCHS,
        "ms": round(median(mine)),
        "us_per_model_epoch": round(1e3 * median(mine) / MODELS / EPOCHS, 2),
        "peer_ms": round(peer_ms),
        "peer_models": models,
        "peer_epochs": epochs,
        "ratio": round(peer_ms / median(mine), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repeats")
    repeats = 2 if parser.parse_args().quick else 5
    warnings.simplefilter("ignore", ConvergenceWarning)
    with threadpool_limits(1, user_api="blas"):
        for page in (False, True):
            for case in CASES:
                print(json.dumps(compare(case, page, repeats, models=2, epochs=300)), flush=True)


if __name__ == "__main__":
    main()
