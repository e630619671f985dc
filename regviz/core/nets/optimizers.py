"""How does one step change the weights? Optimizers, and the ways in which a penalty enters their step.

An optimizer moves along the gradient of the data term. The penalty alpha (rho |w|_1 + (1 - rho)/2 |w|_2^2) of every
model comes in through a `Decay`: by a proximal step, in the loss, or decoupled from it. The L1 part is always a
proximal step, so that zeros are exact and can come back; the ways differ in the L2 part.

All arrays are (B, n_parameters): B models at once. `rate` is the step size that an optimizer gives to each parameter:
the learning rate itself, or learning_rate / (sqrt(v) + epsilon) for Adam.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from regviz.core import Array
from regviz.core.checks import BELOW_ONE, POSITIVE, number, require
from regviz.core.penalties import L1, L2, ElasticNet

# Numbers so small slow a processor down (denormal float32 start at 1e-38, and squares are taken): zero, every so often.
TINY, FLUSH_EVERY = 1e-30, 20

# --- The penalties of many models ------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class StackedPenalty:
    """One penalty alpha * ElasticNet(rho) for each of B models.

    groups  runs of models with one L1 ratio: the penalty and its rows
    alpha   (B, n_parameters)  0 where a parameter is not penalised, as biases are
    l1, l2  (B, n_parameters)  alpha rho and alpha (1 - rho)
    """

    groups: tuple[tuple[ElasticNet, slice], ...]
    alpha: Array
    l1: Array
    l2: Array

    @classmethod
    def of(
        cls, alphas: Array, l1_ratios: Array, penalised: NDArray[np.bool_], dtype: DTypeLike = float
    ) -> StackedPenalty:
        """alphas (B,), l1_ratios (B,), penalised (n_parameters,)."""
        groups, start = [], 0
        for ratio, run in groupby(l1_ratios.tolist()):
            stop = start + len(list(run))
            groups.append((ElasticNet(ratio), slice(start, stop)))
            start = stop
        alpha = (alphas[:, None] * penalised).astype(dtype)
        rho = l1_ratios[:, None].astype(dtype)
        return cls(groups=tuple(groups), alpha=alpha, l1=alpha * rho, l2=alpha * (1 - rho))

    def value(self, w: Array) -> Array:
        """alpha * penalty(w) of every model, over its penalised parameters: (B, n_parameters) -> (B,)."""
        values = [
            self.alpha[rows].max(axis=1) * penalty.value(np.where(self.alpha[rows] > 0, w[rows], 0))
            for penalty, rows in self.groups
        ]
        return np.concatenate(values)

    def prox(self, w: Array, rate: float | Array) -> None:
        """w <- argmin_u sum_j (u_j - w_j)^2 / (2 rate_j) + alpha penalty(u), in place.

        `ElasticNet.prox` with a step rate_j alpha of its own for each parameter; alpha = 0 leaves w as it is.
        """
        step = self.alpha * rate
        for penalty, rows in self.groups:
            w[rows] = penalty.prox(w[rows], step[rows])


# --- The ways in which a penalty enters -----------------------------------------------------------


class Decay(Protocol):
    """How a penalty enters an optimizer's step: before it, after it, or both. All in place.

    With one that is `of_objective` the weights rest where J = D + alpha penalty is stationary, whatever the rates.
    """

    @property
    def name(self) -> str: ...
    @property
    def of_objective(self) -> bool: ...
    @property
    def label(self) -> str: ...
    def before(self, w: Array, gradient: Array, learning_rate: float, penalty: StackedPenalty) -> None: ...
    def after(self, w: Array, rate: float | Array, learning_rate: float, penalty: StackedPenalty) -> None: ...


@dataclass(frozen=True)
class Proximal:
    r"""w <- prox(w - rate g): soft threshold at rate alpha rho, then divide by 1 + rate alpha (1 - rho).

    Its fixed points are the stationary points of J = D + alpha penalty, whatever the rates: also under Adam, whose
    rate differs from weight to weight. It shrinks more the larger rate alpha is, and never overshoots zero: no
    alpha can make it diverge.

    Sources: Parikh & Boyd (2014), section 4.2; for Adam's metric Yun, Lozano & Yang (2021), Adaptive proximal
    gradient methods for structured neural networks.
    """

    name: str = "proximal"
    label: str = "proximal step"
    of_objective: bool = True

    def before(self, w: Array, gradient: Array, learning_rate: float, penalty: StackedPenalty) -> None:
        """Nothing: the optimizer sees the data only."""

    def after(self, w: Array, rate: float | Array, learning_rate: float, penalty: StackedPenalty) -> None:
        penalty.prox(w, rate)


@dataclass(frozen=True)
class InLoss:
    r"""g = grad D + l2 w: the L2 part is differentiated with the data, as in the textbook's J.

    Diverges for learning_rate l2 > 2 under SGD. This is what `weight_decay` means in PyTorch's SGD and Adam.
    """

    name: str = "loss"
    label: str = "L2 in the loss"
    of_objective: bool = True

    def before(self, w: Array, gradient: Array, learning_rate: float, penalty: StackedPenalty) -> None:
        gradient += penalty.l2 * L2.subgradient(w)

    def after(self, w: Array, rate: float | Array, learning_rate: float, penalty: StackedPenalty) -> None:
        w[:] = L1.prox(w, rate * penalty.l1)


@dataclass(frozen=True)
class Decoupled:
    r"""w <- (1 - learning_rate l2) w - step(grad D): the weights decay apart from the gradient's step.

    The same as `InLoss` under SGD; another rule under Momentum (SGDW) and Adam (AdamW), where the decay is not
    averaged, nor divided by sqrt(v). Diverges for learning_rate l2 > 2. PyTorch's `AdamW`.

    Source: Loshchilov & Hutter (2019), Decoupled weight decay regularization; their decay per step is
    learning_rate l2 here.
    """

    name: str = "decoupled"
    label: str = "decoupled weight decay"
    of_objective: bool = False

    def before(self, w: Array, gradient: Array, learning_rate: float, penalty: StackedPenalty) -> None:
        w *= 1 - learning_rate * penalty.l2

    def after(self, w: Array, rate: float | Array, learning_rate: float, penalty: StackedPenalty) -> None:
        w[:] = L1.prox(w, rate * penalty.l1)


@dataclass(frozen=True)
class DecoupledImplicit:
    r"""w <- (w - step(grad D)) / (1 + learning_rate l2): decoupled decay that no strength can make diverge.

    1 / (1 + x) = 1 - x + x^2 - ...: the same as `Decoupled` for small learning_rate l2. It is L2's proximal
    step with the plain learning rate. Under SGD and Momentum that is `Proximal` itself.
    """

    name: str = "decoupled-implicit"
    label: str = "decoupled weight decay, implicit"
    of_objective: bool = False

    def before(self, w: Array, gradient: Array, learning_rate: float, penalty: StackedPenalty) -> None:
        """Nothing: the optimizer sees the data only."""

    def after(self, w: Array, rate: float | Array, learning_rate: float, penalty: StackedPenalty) -> None:
        w[:] = L2.prox(L1.prox(w, rate * penalty.l1), learning_rate * penalty.l2)


PROXIMAL, IN_LOSS, DECOUPLED, DECOUPLED_IMPLICIT = Proximal(), InLoss(), Decoupled(), DecoupledImplicit()
DECAYS: dict[str, Decay] = {decay.name: decay for decay in (PROXIMAL, IN_LOSS, DECOUPLED, DECOUPLED_IMPLICIT)}

# --- Optimizers ---------------------------------------------------------------------------------


@dataclass
class State:
    """What an optimizer remembers between steps: their number, and arrays like the weights."""

    steps: int
    moments: tuple[Array, ...]

    def copy(self) -> State:
        return State(self.steps, tuple(moment.copy() for moment in self.moments))


@dataclass(frozen=True)
class Optimizer:
    """w <- w - rate * direction, with the penalty as `decay` says. Values: what changes is in `State` and w."""

    learning_rate: float
    decay: Decay = PROXIMAL

    name: ClassVar[str]
    label: ClassVar[str]
    n_moments: ClassVar[int]

    def __post_init__(self) -> None:
        number("learning_rate", self.learning_rate, POSITIVE)

    def init(self, shape: tuple[int, ...], dtype: DTypeLike = float) -> State:
        """The state before the first step of weights of this shape."""
        return State(0, tuple(np.zeros(shape, dtype=dtype) for _ in range(self.n_moments)))

    def step(self, state: State, w: Array, gradient: Array, penalty: StackedPenalty) -> None:
        """One step in place: `w` and `state` change, `gradient` (of the data term) may be overwritten."""
        self.decay.before(w, gradient, self.learning_rate, penalty)
        rate = self.move(state, w, gradient)
        self.shrink(state, w, rate, penalty)
        state.steps += 1
        if state.steps % FLUSH_EVERY == 0:
            flush(w, *state.moments)

    def shrink(self, state: State, w: Array, rate: float | Array, penalty: StackedPenalty) -> None:
        """What the penalty does after the step, in place."""
        self.decay.after(w, rate, self.learning_rate, penalty)

    def move(self, state: State, w: Array, gradient: Array) -> float | Array:
        """The step without the penalty, in place; returns `rate`, the step size of each parameter."""
        raise NotImplementedError


@dataclass(frozen=True)
class SGD(Optimizer):
    """w <- w - learning_rate g. On all the data at once it is gradient descent."""

    learning_rate: float = 0.1

    name: ClassVar[str] = "sgd"
    label: ClassVar[str] = "SGD"
    n_moments: ClassVar[int] = 0

    def move(self, state: State, w: Array, gradient: Array) -> float:
        w -= self.learning_rate * gradient
        return self.learning_rate


@dataclass(frozen=True)
class Momentum(Optimizer):
    """velocity <- momentum velocity - learning_rate g,  w <- w + velocity.

    Velocity is the way that the weight has really gone: what a proximal step takes back is taken from it too, so
    that the weights come to rest where J is stationary and not at alpha (1 - momentum).

    Sources: Polyak (1964); with a proximal step Ochs, Chen, Brox & Pock (2014), iPiano.
    """

    learning_rate: float = 0.05
    momentum: float = 0.9

    name: ClassVar[str] = "momentum"
    label: ClassVar[str] = "Momentum"
    n_moments: ClassVar[int] = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        number("momentum", self.momentum, BELOW_ONE)

    def move(self, state: State, w: Array, gradient: Array) -> float:
        (velocity,) = state.moments
        velocity *= self.momentum
        velocity -= self.learning_rate * gradient
        w += velocity
        return self.learning_rate

    def shrink(self, state: State, w: Array, rate: float | Array, penalty: StackedPenalty) -> None:
        (velocity,) = state.moments
        moved = w.copy()
        super().shrink(state, w, rate, penalty)
        velocity += w - moved


@dataclass(frozen=True)
class Adam(Optimizer):
    """m, v: running means of g and g^2;  w <- w - learning_rate m^ / (sqrt(v^) + epsilon).

    m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2,  m^ = m / (1 - beta1^t),  v^ = v / (1 - beta2^t).

    Source: Kingma & Ba (2015), algorithm 1.
    """

    learning_rate: float = 0.01
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    name: ClassVar[str] = "adam"
    label: ClassVar[str] = "Adam"
    n_moments: ClassVar[int] = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        number("beta1", self.beta1, BELOW_ONE)
        number("beta2", self.beta2, BELOW_ONE)
        number("epsilon", self.epsilon, POSITIVE)

    def move(self, state: State, w: Array, gradient: Array) -> Array:
        m, v = state.moments
        t = state.steps + 1
        m *= self.beta1
        m += (1 - self.beta1) * gradient
        v *= self.beta2
        np.square(gradient, out=gradient)
        gradient *= 1 - self.beta2
        v += gradient
        # learning_rate / (sqrt(v / c) + epsilon), times sqrt(c) above and below
        root = float(np.sqrt(1 - self.beta2**t))
        rate = np.sqrt(v)
        rate += self.epsilon * root
        np.divide(self.learning_rate * root, rate, out=rate)
        step = np.multiply(rate, m, out=gradient)
        step /= 1 - self.beta1**t
        w -= step
        return rate


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with decoupled weight decay: every weight decays at the same rate, learning_rate l2.

    It does not minimise J: a weight with a large gradient decays as fast as one with a small. The default decay is
    implicit, so that no alpha makes it diverge; AdamW(decay=DECOUPLED) is the published rule.

    Source: Loshchilov & Hutter (2019), algorithm 2.
    """

    decay: Decay = DECOUPLED_IMPLICIT

    name: ClassVar[str] = "adamw"
    label: ClassVar[str] = "AdamW"


OPTIMIZERS: dict[str, type[Optimizer]] = {kind.name: kind for kind in (SGD, Momentum, Adam, AdamW)}


# --- One step, term by term ----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class UpdateTerms:
    """w + data_step + decay_step = new: what one step is made of. Every array (..., n_parameters).

    w               before the step
    gradient        of the data term D at w
    decay_gradient  what the penalty adds to it: l2 w in the loss, else 0
    rate            step size of each parameter
    data_step       the step of the same optimizer, in the same state, without the penalty
    decay_step      what the penalty adds to the step: -learning_rate l2 w for SGD, in the loss or decoupled
    new             after the step
    """

    w: Array
    gradient: Array
    decay_gradient: Array
    rate: Array
    data_step: Array
    decay_step: Array
    new: Array


def update_terms(optimizer: Optimizer, state: State, w: Array, gradient: Array, penalty: StackedPenalty) -> UpdateTerms:
    """The terms of the step that `optimizer.step` would make; nothing is changed. w, gradient (B, n_parameters)."""
    seen, decayed = gradient.copy(), w.copy()
    optimizer.decay.before(decayed, seen, optimizer.learning_rate, penalty)
    decay_gradient = seen - gradient
    rate = optimizer.move(state.copy(), decayed, seen)

    data_only, new = w.copy(), w.copy()
    optimizer.move(state.copy(), data_only, gradient.copy())
    optimizer.step(state.copy(), new, gradient.copy(), penalty)
    return UpdateTerms(
        w=w.copy(),
        gradient=gradient.copy(),
        decay_gradient=decay_gradient,
        rate=np.broadcast_to(np.asarray(rate, dtype=w.dtype), w.shape),
        data_step=data_only - w,
        decay_step=new - data_only,
        new=new,
    )


# --- lambda in other people's words ----------------------------------------------------------------


def kept_per_step(learning_rate: float, l2: float) -> float:
    """The share of a weight that one decoupled step keeps: 1 - learning_rate l2."""
    return 1 - learning_rate * l2


def kept_per_epoch(learning_rate: float, l2: float, steps: int) -> float:
    """The share of a weight that an epoch of `steps` steps keeps: (1 - learning_rate l2)^steps.

    Decay is per step: smaller batches make more steps an epoch, and decay more at the same l2.
    """
    return kept_per_step(learning_rate, l2) ** steps


def l2_for_other_steps(learning_rate: float, l2: float, steps: int, other_steps: int) -> float:
    """The l2 with which `other_steps` steps an epoch keep as much as `steps` do with `l2`.

    (1 - (1 - learning_rate l2)^(steps / other_steps)) / learning_rate, about l2 steps / other_steps.
    ValueError unless learning_rate l2 <= 1.
    """
    require("learning_rate * l2", learning_rate * l2, learning_rate * l2 <= 1, "at most 1")
    return float(1 - kept_per_step(learning_rate, l2) ** (steps / other_steps)) / learning_rate


def pytorch_weight_decay(alpha: float, l1_ratio: float = 0.0) -> float:
    """`weight_decay` of torch.optim.SGD, Adam (`InLoss`) and AdamW (`Decoupled`): alpha (1 - l1_ratio).

    The same number: PyTorch adds weight_decay w to the gradient, which is that of alpha/2 |w|^2; and its AdamW
    multiplies w by 1 - lr weight_decay. (It decays biases too, unless they are in a group of their own.)
    """
    return alpha * (1 - l1_ratio)


def paper_weight_decay(learning_rate: float, l2: float) -> float:
    """lambda of Loshchilov & Hutter (2019), who subtract lambda w itself from w: learning_rate l2.

    Their proposition 1: under SGD, L2 in the loss with l2 is decoupled decay with learning_rate l2.
    """
    return learning_rate * l2


def flush(*arrays: Array) -> None:
    """Set what is below 1e-30 in size to zero, in place."""
    for array in arrays:
        array[np.abs(array) < TINY] = 0
