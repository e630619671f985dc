"""What does a small neural network predict, and how does its loss change with every weight?

Many networks of one architecture are computed at once, on the same observations: B models, each with its own
parameters. They lie in one flat array (B, n_parameters), of which every layer is a view.

    z_1 = W_1 [x; 1],   a_l = f(z_l),   z_{l+1} = W_{l+1} [a_l; 1],   prediction = z_{L}

W_l (out, in + 1) has the bias as its last column, for an input that is always 1. Inside, observations are the last
axis: activations are (B, units + 1, n) with the last row 1, so that the bias and its gradient cost nothing extra.

Source: Goodfellow, Bengio & Courville (2016), Deep Learning, algorithms 6.3 and 6.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from regviz.core import Array
from regviz.core.checks import is_whole, require, whole
from regviz.core.losses import Loss

MAX_LAYERS, MAX_UNITS = 3, 32

# Numbers in one buffer: what fits a core's cache.
BUFFER = 2**17

# --- Activations ---------------------------------------------------------------------------------


class Activation(Protocol):
    """The non-linearity f of the hidden units. Arrays of any shape; `out` is filled and returned.

    One that is not `smooth` has a kink at z = 0, where f(z) leaves 0: there it has no derivative.
    """

    @property
    def name(self) -> str: ...
    @property
    def smooth(self) -> bool: ...
    @property
    def label(self) -> str: ...
    def value(self, z: Array, out: Array) -> Array: ...
    def slope(self, a: Array, out: Array) -> Array: ...
    def initial_std(self, fan_in: int, fan_out: int) -> float: ...


@dataclass(frozen=True)
class Tanh:
    """f(z) = tanh z, f'(z) = 1 - f(z)^2; initial weights after Glorot & Bengio (2010)."""

    name: str = "tanh"
    label: str = "tanh"
    smooth: bool = True

    def value(self, z: Array, out: Array) -> Array:
        return np.tanh(z, out=out)

    def slope(self, a: Array, out: Array) -> Array:
        """f' = 1 - a^2, from the output a = f(z)."""
        np.square(a, out=out)
        return np.subtract(1, out, out=out)

    def initial_std(self, fan_in: int, fan_out: int) -> float:
        """sqrt(2 / (fan_in + fan_out))."""
        return float(np.sqrt(2 / (fan_in + fan_out)))


@dataclass(frozen=True)
class Relu:
    """f(z) = max(z, 0), f'(z) = 1 for z > 0, else 0; initial weights after He et al. (2015)."""

    name: str = "relu"
    label: str = "ReLU"
    smooth: bool = False

    def value(self, z: Array, out: Array) -> Array:
        return np.maximum(z, 0, out=out)

    def slope(self, a: Array, out: Array) -> Array:
        """f' = 1 where the output a = f(z) is > 0, else 0."""
        np.greater(a, 0, out=out, casting="unsafe")  # bool to float; sign(a) takes twice as long
        return out

    def initial_std(self, fan_in: int, fan_out: int) -> float:
        """sqrt(2 / fan_in)."""
        return float(np.sqrt(2 / fan_in))


TANH, RELU = Tanh(), Relu()
ACTIVATIONS: dict[str, Activation] = {f.name: f for f in (TANH, RELU)}

# --- Architecture --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Architecture:
    """n_inputs - hidden - n_outputs: fully connected layers, linear outputs (a prediction, or logits).

    `hidden` has the units of each hidden layer: at most 3 layers of 1 to 32 units. () is the linear model, in which
    the objective is convex. ValueError if a size is not a whole number, or out of range.
    """

    n_inputs: int
    hidden: tuple[int, ...] = (16, 16)
    activation: Activation = TANH
    n_outputs: int = 1

    def __post_init__(self) -> None:
        whole("n_inputs", self.n_inputs, 1)
        whole("n_outputs", self.n_outputs, 1, MAX_UNITS)
        valid = isinstance(self.hidden, tuple) and len(self.hidden) <= MAX_LAYERS
        valid = valid and all(is_whole(units) and 1 <= units <= MAX_UNITS for units in self.hidden)
        sizes = f"a tuple of at most {MAX_LAYERS} layers of 1 to {MAX_UNITS} units, whole numbers"
        require("hidden", self.hidden, valid, sizes)

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """(out, in + 1) of every layer, the output layer last."""
        return tuple((n_out, n_in + 1) for n_in, n_out in pairwise((self.n_inputs, *self.hidden, self.n_outputs)))

    @property
    def n_layers(self) -> int:
        """Layers of weights: hidden layers and the output."""
        return len(self.hidden) + 1

    @property
    def n_parameters(self) -> int:
        """Weights and biases of one model."""
        return sum(n_out * n_in for n_out, n_in in self.shapes)

    @property
    def widest(self) -> int:
        """Rows of the largest layer of activations, with its row of ones."""
        return 1 + max(self.n_inputs, *self.hidden, self.n_outputs)

    @property
    def slices(self) -> tuple[slice, ...]:
        """Where every layer lies in a flat array of parameters."""
        ends = np.cumsum([0, *(n_out * n_in for n_out, n_in in self.shapes)])
        return tuple(slice(int(start), int(stop)) for start, stop in pairwise(ends))

    def layers(self, parameters: Array) -> tuple[Array, ...]:
        """Views of every layer: (..., n_parameters) -> (..., out, in + 1) each; the bias is the last column."""
        lead = parameters.shape[:-1]
        return tuple(
            parameters[..., where].reshape(*lead, *shape) for where, shape in zip(self.slices, self.shapes, strict=True)
        )

    @property
    def is_weight(self) -> NDArray[np.bool_]:
        """Which parameters are weights, not biases: (n_parameters,)."""
        mask = np.ones(self.n_parameters, dtype=bool)
        for layer in self.layers(mask):
            layer[:, -1] = False
        return mask

    def initial(self, generator: np.random.Generator, scale: float = 1.0) -> Array:
        """Random parameters of one model (n_parameters,): normal, of standard deviation scale * initial_std.

        Biases are drawn like the weights of their layer: the units' kinks start at different places. The draw does
        not depend on `scale`, which multiplies it.
        """
        std = np.concatenate(
            [np.full(n_out * n_in, self.activation.initial_std(n_in - 1, n_out)) for n_out, n_in in self.shapes]
        )
        return np.asarray(scale * std * generator.standard_normal(self.n_parameters))


# --- The two passes ------------------------------------------------------------------------------


def feature_major(X: Array, dtype: DTypeLike = float) -> Array:
    """[X, 1] with observations last: (..., n, n_inputs) -> (..., n_inputs + 1, n), the last row 1."""
    *front, n, n_inputs = X.shape
    inputs = np.ones((*front, n_inputs + 1, n), dtype=dtype)
    inputs[..., :-1, :] = X.swapaxes(-1, -2)
    return inputs


class Workspace:
    """The forward and the backward pass of `n_models` networks on n observations, in buffers made once.

    A mask on the activations of a hidden layer, (units, n) or (n_models, units, n), multiplies the output of every
    unit in both passes: `masks` has one, or None, for each hidden layer. Dropout is such a mask.

    Predictions, and the slope of a loss in them, are (n_models, n) with one output, (n_models, n_outputs, n) with more.
    """

    def __init__(self, architecture: Architecture, n_models: int, n: int, dtype: DTypeLike = float) -> None:
        self.activation, self.single = architecture.activation, architecture.n_outputs == 1
        self.no_masks = (None,) * len(architecture.hidden)
        # of every layer z, then f(z) in its place, and in the backward pass dD/dz
        self.z = [np.empty((n_models, n_out, n), dtype=dtype) for n_out, _ in architecture.shapes]
        self.a = [np.ones((n_models, units + 1, n), dtype=dtype) for units in architecture.hidden]
        self.above = [np.empty((n_models, units, n), dtype=dtype) for units in architecture.hidden]

    def forward(self, layers: Sequence[Array], inputs: Array, masks: Sequence[Array | None] = ()) -> Array:
        """Predictions, valid until the next pass.

        layers  (n_models, out, in + 1) each, of `Architecture.layers`
        inputs  (n_inputs + 1, n), or (n_models, n_inputs + 1, n), of `feature_major`
        """
        first, *rest = layers
        z = self.z[0]
        if inputs.ndim == 2:  # all models see the same inputs: one product
            np.matmul(first.reshape(-1, len(inputs)), inputs, out=z.reshape(-1, inputs.shape[1]))
        else:
            np.matmul(first, inputs, out=z)
        for W, a, mask, z_next in zip(rest, self.a, masks or self.no_masks, self.z[1:], strict=True):
            self.activation.value(z, out=z)
            a[:, :-1] = z if mask is None else z * mask
            z = np.matmul(W, a, out=z_next)
        return z[:, 0] if self.single else z

    def backward(
        self,
        layers: Sequence[Array],
        inputs: Array,
        slope: Array,
        gradients: Sequence[Array],
        masks: Sequence[Array | None] = (),
    ) -> None:
        """Fill `gradients`, shaped as `layers`, with dD/dW after `forward` with the same arguments.

        slope  dD/dprediction, shaped as the predictions

            dD/dW_l = dD/dz_l [a_{l-1}; 1]^T,   dD/dz_{l-1} = f'(z_{l-1}) * W_l^T dD/dz_l  (without the bias column)
        """
        delta = slope[:, None] if self.single else slope
        hidden = zip(layers[1:], gradients[1:], self.a, self.z, self.above, masks or self.no_masks, strict=False)
        for W, gradient, a, z, above, mask in reversed(list(hidden)):
            np.matmul(delta, a.swapaxes(1, 2), out=gradient)
            # matmul is slow where it is an outer product: one row in delta
            product = np.multiply if delta.shape[1] == 1 else np.matmul
            product(W[:, :, :-1].swapaxes(1, 2), delta, out=above)
            delta = self.activation.slope(z, out=z)
            delta *= above
            if mask is not None:
                delta *= mask
        if inputs.ndim == 2:
            gradients[0][:] = (delta.reshape(-1, inputs.shape[1]) @ inputs.T).reshape(gradients[0].shape)
        else:
            np.matmul(delta, inputs.swapaxes(1, 2), out=gradients[0])


def forward(architecture: Architecture, parameters: Array, X: Array) -> Array:
    """Predictions (logits for a classifier) of any number of models: (..., n_parameters), (n, n_inputs) -> (..., n).

    With several outputs (..., n_outputs, n). ValueError if X has another number of columns.
    """
    if X.ndim != 2 or X.shape[1] != architecture.n_inputs:
        raise ValueError(f"X must be (n, {architecture.n_inputs}), got shape {X.shape}")
    flat = parameters.reshape(-1, architecture.n_parameters)
    inputs = feature_major(X, flat.dtype)
    outputs = () if architecture.n_outputs == 1 else (architecture.n_outputs,)
    predictions = np.empty((len(flat), *outputs, len(X)), dtype=flat.dtype)
    at_once = max(1, min(len(flat), BUFFER // (architecture.widest * max(len(X), 1))))
    workspace = Workspace(architecture, at_once, len(X), flat.dtype)
    for start in range(0, len(flat), at_once):
        rows = slice(start, start + at_once)
        models = flat[rows]
        if len(models) < at_once:
            workspace = Workspace(architecture, len(models), len(X), flat.dtype)
        predictions[rows] = workspace.forward(architecture.layers(models), inputs)
    return predictions.reshape(*parameters.shape[:-1], *outputs, len(X))


def loss_and_gradient(
    architecture: Architecture,
    parameters: Array,
    X: Array,
    y: Array,
    loss: Loss,
    masks: Sequence[Array | None] = (),
) -> tuple[Array, Array]:
    """The data term D and its gradient for B models, without any penalty: (B,) and (B, n_parameters).

    parameters (B, n_parameters), X (n, n_inputs) or (B, n, n_inputs), y (n,); masks as in `Workspace`.
    """
    workspace = Workspace(architecture, len(parameters), X.shape[-2], parameters.dtype)
    inputs, layers = feature_major(X, parameters.dtype), architecture.layers(parameters)
    gradient = np.empty_like(parameters)
    prediction = workspace.forward(layers, inputs, masks)
    value, slope = loss.value(y, prediction), loss.gradient(y, prediction)
    workspace.backward(layers, inputs, slope, architecture.layers(gradient), masks)
    return value, gradient


# --- Is the gradient right? ----------------------------------------------------------------------

SAME = 1e-5  # relative difference up to which two gradients are the same


@dataclass(frozen=True, eq=False)
class GradientCheck:
    """Backpropagation against central differences, for one model.

    analytic    (n_parameters,)  by backpropagation
    numeric     (n_parameters,)  by (D(w + h) - D(w - h)) / 2h, one parameter at a time
    difference  (n_layers,)      |analytic - numeric| / (|analytic| + |numeric|), Euclidean norms over a layer
    kinks       (n_parameters,)  where a unit switches on or off between w - h and w + h: no difference can follow that
    smooth      (n_layers,)      the difference without the parameters at a kink
    bend        (n_layers,)      as `smooth`, of `numeric` and the same with h / 2: how far numeric itself is off; 0
                                 where `smooth` is small everywhere and needs no reason

    The two are at odds where `smooth` is large and `bend` is not: then backpropagation is wrong.
    """

    analytic: Array
    numeric: Array
    difference: Array
    kinks: NDArray[np.bool_]
    smooth: Array
    bend: Array

    @property
    def right(self) -> bool:
        """Without the parameters at a kink the gradients are the same."""
        return bool((self.smooth <= SAME).all())

    @property
    def wrong(self) -> bool:
        """They are not, and the bend of D within a step, which is 3/4 of it or so, is not the reason."""
        return bool(((self.smooth > SAME) & (self.smooth > 3 * self.bend)).any())


def gradient_check(
    architecture: Architecture, parameters: Array, X: Array, y: Array, loss: Loss, step: float = 1e-5
) -> GradientCheck:
    """Compare the two gradients of the data term of one model, in float64: parameters (n_parameters,).

    About 1e-9 where all is right and 1e-2 to 1 where it is not. The denominator is at least 1e7 times the rounding
    error eps (1 + D) / step of a difference, so that vanished gradients are not blamed on it.

    Source: Goodfellow, Bengio & Courville (2016), section 11.5.
    """
    w, X, y = (np.asarray(array, dtype=float) for array in (parameters, X, y))
    value, gradient = loss_and_gradient(architecture, w[None], X, y, loss)
    analytic = gradient[0]
    numeric, kinks = _central_differences(architecture, w, X, y, loss, step)

    floor = 1e7 * np.finfo(float).eps * (1 + float(value[0])) / step
    norm = np.linalg.norm

    def difference(one: Array, other: Array, which: NDArray[np.bool_]) -> Array:
        one, other = np.where(which, one, 0), np.where(which, other, 0)
        return np.array(
            [
                norm(one[layer] - other[layer]) / max(norm(one[layer]) + norm(other[layer]), floor)
                for layer in architecture.slices
            ]
        )

    smooth, bend = difference(analytic, numeric, ~kinks), np.zeros(architecture.n_layers)
    if (smooth > SAME).any():
        finer, _ = _central_differences(architecture, w, X, y, loss, step / 2)
        bend = difference(finer, numeric, ~kinks)
    return GradientCheck(
        analytic=analytic,
        numeric=numeric,
        difference=difference(analytic, numeric, np.ones_like(kinks)),
        kinks=kinks,
        smooth=smooth,
        bend=bend,
    )


def _central_differences(
    architecture: Architecture, w: Array, X: Array, y: Array, loss: Loss, step: float
) -> tuple[Array, NDArray[np.bool_]]:
    """(D(w + step) - D(w - step)) / (2 step) for each parameter, and whether a kink lies within its step."""
    inputs, smooth = feature_major(X), architecture.activation.smooth
    numeric, kinks = np.empty_like(w), np.zeros(len(w), dtype=bool)

    def at(models: Array) -> tuple[Array, list[NDArray[np.bool_]]]:
        """D of each model, and where there are kinks, which hidden units are on for which observation."""
        workspace = Workspace(architecture, len(models), len(X))
        prediction = workspace.forward(architecture.layers(models), inputs)
        return loss.value(y, prediction), [] if smooth else [a[:, :-1] > 0 for a in workspace.a]

    _, here = at(w[None])
    for start in range(0, len(w), 64):
        which = np.arange(start, min(start + 64, len(w)))
        nudge = np.zeros((len(which), len(w)))
        nudge[np.arange(len(which)), which] = step
        (up, on_up), (down, on_down) = at(w + nudge), at(w - nudge)
        numeric[which] = (up - down) / (2 * step)
        for on, above, below in zip(here, on_up, on_down, strict=True):
            kinks[which] |= ((above != on) | (below != on)).any(axis=(1, 2))
    return numeric, kinks
