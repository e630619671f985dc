"""How badly do predictions miss the data? The data term D of the objective, as a value."""

from dataclasses import dataclass

import numpy as np

from regviz.core import Array


@dataclass(frozen=True)
class SquaredError:
    """D = 1/(2n) sum_i (y_i - prediction_i)^2, over the last axis (n,); any axes in front."""

    latex: str = r"\frac{1}{2n}\sum_{i=1}^{n}(y_i - \hat y_i)^2"

    def value(self, y: Array, prediction: Array) -> Array:
        """1/2 mean (y - prediction)^2: (..., n) -> (...)."""
        return np.asarray(np.square(y - prediction).mean(axis=-1) / 2)

    def gradient(self, y: Array, prediction: Array) -> Array:
        """dD/dprediction = (prediction - y) / n: (..., n). That in w is X^T gradient."""
        return np.asarray((prediction - y) / y.shape[-1])

    def curvature(self, y: Array, prediction: Array) -> Array:
        """d2D/dprediction2 = 1/n at every observation: (..., n). The Hessian in w is X^T X / n."""
        return np.full(np.broadcast_shapes(y.shape, prediction.shape), 1 / y.shape[-1])
