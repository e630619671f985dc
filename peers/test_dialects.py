"""Do glmnet, PyTorch and Keras themselves say what the dialects say of them?

The libraries are too large for the suite, which has them as formulas. Here they run: R's glmnet with the settings of
the card word for word, PyTorch's SGD until it stands still, Keras' own loss at any weights. `make peers` installs them.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

os.environ["KERAS_BACKEND"] = "torch"  # read while Keras is imported

import keras
import torch

from regviz.core.dialects import CLASSIFICATION_DIALECTS, DIALECTS, Dialect
from regviz.core.linear.grid import fit_grid

ALPHA, N, P = 0.1, 40, 4
RATIOS = (0.0, 0.3, 1.0)
# Columns of one spread and of several; glmnet's own standardising would leave the first alone.
UNITS = {"standardised": np.ones(P), "raw": np.array([1.0, 0.5, 3.0, 1.5])}


def problem(units: str = "standardised") -> tuple[np.ndarray, np.ndarray]:
    """X with means other than 0, y with a standard deviation far from 1."""
    rng = np.random.default_rng(4)
    X = rng.normal(size=(N, P))
    X = ((X - X.mean(axis=0)) / X.std(axis=0) + [0.5, -0.7, 0.3, 0.2]) * UNITS[units]
    return X, X @ [3.0, -2, 0.7, 0.0] + 0.5 * rng.normal(size=N) + 5


def labels(units: str = "standardised") -> tuple[np.ndarray, np.ndarray]:
    X, y = problem(units)
    return X, (y + np.random.default_rng(5).normal(size=N) > np.median(y)).astype(float)


def violation(X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, l1_ratio: float) -> float:
    """Of the optimality conditions of our J with the log-loss."""
    off = 1 / (1 + np.exp(-X @ w - b)) - y
    slope = -X.T @ off / N - ALPHA * (1 - l1_ratio) * w
    at_zero = np.maximum(np.abs(slope) - ALPHA * l1_ratio, 0)
    return max(float(np.where(w != 0, np.abs(slope - ALPHA * l1_ratio * np.sign(w)), at_zero).max()), abs(off.mean()))


def named(start: str) -> list[Dialect]:
    found = [d for d in DIALECTS + CLASSIFICATION_DIALECTS if d.name.startswith(start)]
    assert found
    return found


def values(dialect: Dialect, l1_ratio: float, y: np.ndarray) -> dict[str, float]:
    found = dialect.values(ALPHA, l1_ratio, N, float(y.std()))
    assert found is not None
    return {name: float(value) for name, value in found}


# --- glmnet --------------------------------------------------------------------------------------


def glmnet(X: np.ndarray, y: np.ndarray, calls: list[str], folder: Path) -> np.ndarray:
    """(intercept, weights) of each call, by one R."""
    np.savetxt(folder / "table.csv", np.column_stack([y, X]), delimiter=",", fmt="%.17g")
    script = [
        "suppressMessages(library(glmnet))",
        f"table <- as.matrix(read.csv('{folder}/table.csv', header = FALSE))",
    ]
    script += ["y <- table[, 1]; X <- table[, -1]"]
    script += [f"cat(format(as.vector(coef(glmnet(X, y, {call}))), digits = 17), '\\n')" for call in calls]
    done = subprocess.run(["Rscript", "-e", "\n".join(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return np.array([[float(word) for word in line.split()] for line in done.stdout.splitlines()])


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("dialect", named("glmnet"), ids=lambda dialect: dialect.name)
def test_glmnet_with_the_settings_of_the_card(dialect: Dialect, units: str, tmp_path: Path) -> None:
    binomial = "binomial" in dialect.name
    X, y = labels(units) if binomial else problem(units)
    calls = [
        ", ".join([*(f"{name} = {value!r}" for name, value in values(dialect, rho, y).items()), dialect.settings])
        for rho in RATIOS
    ]
    found = glmnet(X, y, calls, tmp_path)
    for rho, (b, *w) in zip(RATIOS, found, strict=True):
        if binomial:
            assert violation(X, y, np.array(w), b, rho) <= 1e-6
        else:
            np.testing.assert_allclose(w, fit_grid(X, y, [ALPHA], [rho]).coef[0, 0], atol=1e-6)


def test_glmnet_without_them_says_something_else(tmp_path: Path) -> None:
    """The card does not warn of nothing: on raw columns its own standardising changes the weights."""
    dialect, (X, y) = named("glmnet")[0], problem("raw")
    call = ", ".join(f"{name} = {value!r}" for name, value in values(dialect, 0.3, y).items())
    ours = fit_grid(X, y, [ALPHA], [0.3]).coef[0, 0]
    (_, *own), (_, *loose) = glmnet(X, y, [f"{call}, thresh = 1e-14", f"{call}, standardize = FALSE"], tmp_path)
    assert np.abs(own - ours).max() > 1e-3
    assert np.abs(loose - ours).max() > 1e-7


# --- PyTorch -------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", named("PyTorch"), ids=lambda dialect: dialect.name)
def test_pytorch_comes_to_rest_at_our_weights(dialect: Dialect) -> None:
    binary = "BCE" in dialect.name
    X, y = labels() if binary else problem()
    assert dialect.settings == 'reduction="mean"'
    kind = torch.nn.BCEWithLogitsLoss if binary else torch.nn.MSELoss
    loss, share = kind(reduction="mean"), 0.5 if "half" in dialect.name else 1.0
    layer = torch.nn.Linear(P, 1, dtype=torch.float64)
    groups = [{"params": [layer.weight], **values(dialect, 0.0, y)}, {"params": [layer.bias], "weight_decay": 0}]
    optimizer = torch.optim.SGD(groups, lr=0.3)
    rows, target = torch.tensor(X), torch.tensor(y)[:, None]
    for _ in range(2000):
        optimizer.zero_grad()
        (share * loss(layer(rows), target)).backward()
        optimizer.step()
    w, b = layer.weight.detach().numpy()[0], float(layer.bias.detach())
    if binary:
        assert violation(X, y, w, b, 0.0) <= 1e-9
    else:
        np.testing.assert_allclose(w, fit_grid(X, y, [ALPHA], [0.0]).coef[0, 0], rtol=1e-9)


# --- Keras ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("l1_ratio", RATIOS)
@pytest.mark.parametrize("dialect", named("Keras"), ids=lambda dialect: dialect.name)
def test_keras_measures_a_multiple_of_our_objective(dialect: Dialect, l1_ratio: float) -> None:
    """What `evaluate` says at weights and biases of any kind, all rows in one batch: data_scale · J."""
    binary = "crossentropy" in dialect.name
    X, y = labels() if binary else problem()
    keras.config.set_floatx("float64")
    regularizer = keras.regularizers.L1L2(**values(dialect, l1_ratio, y))
    settings = eval(f"dict({dialect.settings})")
    layer = keras.layers.Dense(1, kernel_regularizer=regularizer, **settings)
    model = keras.Sequential([keras.Input((P,)), layer])
    # On logits: its sigmoid and clipped logarithm are the same but for the last digits.
    model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True) if binary else "mse")
    rng = np.random.default_rng(7)
    for _ in range(3):
        w, b = rng.normal(size=P), rng.normal()
        layer.set_weights([w[:, None], np.array([b])])
        z = X @ w + b
        data = np.mean(np.logaddexp(0, z) - y * z) if binary else np.mean((y - z) ** 2) / 2
        ours = data + ALPHA * (l1_ratio * np.abs(w).sum() + (1 - l1_ratio) / 2 * (w**2).sum())
        measured = model.evaluate(X, y[:, None], batch_size=N, verbose=0)
        assert measured == pytest.approx(dialect.data_scale(N) * ours, rel=1e-6)
