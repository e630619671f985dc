"""How badly do predictions miss the data? The data term D of the objective, as a value."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from regviz.core import Array
from regviz.core.checks import reals


class Loss(Protocol):
    """What a model needs to know of its data term; predictions (..., n) against y (n,).

    float32 in, float32 out. NaN and inf pass, since a network may diverge; ValueError, naming the field, for what is no
    array of real numbers, or for a number of observations that differs. `accuracy` is None where right and wrong mean
    nothing.
    """

    def value(self, y: ArrayLike, prediction: ArrayLike) -> Array: ...
    def gradient(self, y: ArrayLike, prediction: ArrayLike) -> Array: ...
    def curvature(self, y: ArrayLike, prediction: ArrayLike) -> Array: ...
    def accuracy(self, y: ArrayLike, prediction: ArrayLike) -> Array | None: ...


@dataclass(frozen=True)
class SquaredError:
    """D = 1/(2n) sum_i (y_i - prediction_i)^2, over the last axis (n,); any axes in front."""

    def value(self, y: ArrayLike, prediction: ArrayLike) -> Array:
        """1/2 mean (y - prediction)^2: (..., n) -> (...)."""
        y, prediction = _pair(y, prediction)
        with np.errstate(over="ignore"):  # inf is the answer then
            return np.asarray(np.square(y - prediction).mean(axis=-1) / 2)

    def gradient(self, y: ArrayLike, prediction: ArrayLike) -> Array:
        """dD/dprediction = (prediction - y) / n: (..., n). That in w is X^T gradient."""
        y, prediction = _pair(y, prediction)
        return np.asarray((prediction - y) / y.shape[-1])

    def curvature(self, y: ArrayLike, prediction: ArrayLike) -> Array:
        """d2D/dprediction2 = 1/n at every observation: (..., n). The Hessian in w is X^T X / n."""
        y, prediction = _pair(y, prediction)
        shape = np.broadcast_shapes(y.shape, prediction.shape)
        return np.full(shape, 1 / y.shape[-1], dtype=np.result_type(y, prediction, 0.0))

    def accuracy(self, y: ArrayLike, prediction: ArrayLike) -> None:
        """None: a regression is never simply right or wrong."""
        return


@dataclass(frozen=True)
class LogLoss:
    """D = 1/n sum_i [log(1 + exp(z_i)) - y_i z_i], over the last axis (n,); any axes in front.

    z are logits, y is 0 or 1, and sigma(z) = 1 / (1 + exp(-z)) is the probability of y = 1. It is the
    negative log-likelihood per observation: -mean(y log sigma(z) + (1 - y) log(1 - sigma(z))).

    Source: Hastie, Tibshirani & Friedman (2009), eq. 4.20, with 1/n in front.
    """

    def value(self, y: ArrayLike, prediction: ArrayLike) -> Array:
        """mean(max(z, 0) - y z + log(1 + exp(-|z|))): (..., n) -> (...); no exp of a large number."""
        y, z = _pair(y, prediction)
        return np.asarray((np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))).mean(axis=-1))

    def gradient(self, y: ArrayLike, prediction: ArrayLike) -> Array:
        """dD/dz = (sigma(z) - y) / n: (..., n)."""
        y, prediction = _pair(y, prediction)
        return np.asarray((self.probability(prediction) - y) / y.shape[-1])

    def curvature(self, y: ArrayLike, prediction: ArrayLike) -> Array:
        """d2D/dz2 = sigma(z) (1 - sigma(z)) / n: (..., n)."""
        y, prediction = _pair(y, prediction)
        e = np.exp(-np.abs(prediction))
        shape = np.broadcast_shapes(y.shape, prediction.shape)
        return np.broadcast_to(np.asarray(e / np.square(1 + e) / y.shape[-1]), shape)

    def accuracy(self, y: ArrayLike, prediction: ArrayLike) -> Array:
        """The share of observations on the right side of z = 0, where z = 0 counts as class 0: (..., n) -> (...)."""
        y, prediction = _pair(y, prediction)
        return np.asarray(((prediction > 0) == (y > 0.5)).mean(axis=-1))

    def probability(self, prediction: ArrayLike) -> Array:
        """sigma(z) = 1 / (1 + exp(-z)) = (1 + tanh(z/2)) / 2, which cannot overflow: any shape."""
        return np.asarray(0.5 * (1 + np.tanh(0.5 * reals("prediction", prediction))))


def _pair(y: ArrayLike, prediction: ArrayLike) -> tuple[Array, Array]:
    y, prediction = reals("y", y), reals("prediction", prediction)
    if not y.ndim or not prediction.ndim or not 0 < y.shape[-1] == prediction.shape[-1]:
        raise ValueError(
            "y and prediction must have one value an observation on the last axis, 1 or more, "
            f"got shapes {y.shape} and {prediction.shape}"
        )
    return y, prediction
