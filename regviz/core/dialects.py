"""How is this one λ written elsewhere: in a course, in scikit-learn, glmnet, PyTorch, Keras?

Ours is J = D + α (ρ‖w‖₁ + (1 − ρ)/2 ‖w‖₂²) with D = 1/(2n) Σ(y − ŷ)², or 1/n Σ log-loss for two classes. Every
dialect minimises a multiple of it. So one number says how many times our D its data term is; our penalty times that
number is its penalty, in which it names its parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from regviz.core import Array
from regviz.core.checks import NOT_NEGATIVE, POSITIVE, RATIO, number, numbers, whole
from regviz.core.penalties import formula


@dataclass(frozen=True, eq=False)
class Penalty:
    """The penalty beside a dialect's own data term: strength · (ρ‖w‖₁ + (1 − ρ)/2 ‖w‖₂²).

    strength   (...)  our α times the dialect's data scale
    l1_ratio   ρ
    n_samples  n
    y_scale    the population standard deviation of y
    """

    strength: Array
    l1_ratio: float
    n_samples: int
    y_scale: float

    @property
    def l1(self) -> Array:
        """What multiplies Σ|w|."""
        return self.strength * self.l1_ratio

    @property
    def square(self) -> Array:
        """What multiplies Σw²: half of what multiplies ½Σw²."""
        return self.strength * (1 - self.l1_ratio) / 2


Read = Callable[[Penalty], Array]


@dataclass(frozen=True)
class Dialect:
    """One way to write the same problem.

    name        who writes it, with its parameters
    formula     what is minimised, plain text, the data term included
    data_scale  n -> how many times our D its data term is
    parameters  (name, how it is read off the penalty), in the order of its signature
    settings    what else has to stand in the call for that, as it is typed there; empty for a formula of a course
    no_l1       why it can't say ρ > 0; empty if it can
    no_l2       why it can't say ρ < 1; empty if it can
    note        a trap that the formula does not show, or empty
    """

    name: str
    formula: str
    data_scale: Callable[[int], float]
    parameters: tuple[tuple[str, Read], ...]
    settings: str = ""
    no_l1: str = ""
    no_l2: str = ""
    note: str = ""

    def why_not(self, l1_ratio: float) -> str:
        """Why it can't say this L1 ratio, in a sentence; empty if it can. ValueError if it is not 0 to 1."""
        l1_ratio = number("l1_ratio", l1_ratio, RATIO)
        return (self.no_l1 if l1_ratio > 0 else "") or (self.no_l2 if l1_ratio < 1 else "")

    def values(
        self, alpha: ArrayLike, l1_ratio: float, n_samples: int, y_scale: float = 1.0
    ) -> tuple[tuple[str, Array], ...] | None:
        """(parameter, value) for each parameter: the same minimiser as ours; None where `why_not` has a reason.

        alpha      (...) >= 0; every value has its shape
        l1_ratio   ρ in [0, 1]
        n_samples  the rows that are fitted
        y_scale    the population standard deviation of y; only glmnet asks for it

        A parameter that is the inverse of a strength is inf at α = 0. ValueError for values out of range.
        """
        alpha = numbers("alpha", alpha, NOT_NEGATIVE)
        n_samples, y_scale = whole("n_samples", n_samples, 1), number("y_scale", y_scale, POSITIVE)
        if self.why_not(l1_ratio):
            return None
        penalty = Penalty(self.data_scale(n_samples) * alpha, l1_ratio, n_samples, y_scale)
        return tuple((name, np.broadcast_to(read(penalty), alpha.shape)) for name, read in self.parameters)


# --- How many times our data term ----------------------------------------------------------------


def _ours(n: int) -> float:
    """1/(2n) Σ(y − ŷ)², or the mean log-loss."""
    return 1.0


def _mean(n: int) -> float:
    """1/n Σ(y − ŷ)²."""
    return 2.0


def _half_sum(n: int) -> float:
    """½ Σ(y − ŷ)², or the sum of the log-loss."""
    return float(n)


def _sum(n: int) -> float:
    """Σ(y − ŷ)²."""
    return 2.0 * n


# --- Reading a parameter off the penalty ---------------------------------------------------------


def _strength(penalty: Penalty) -> Array:
    """λ (ρ‖w‖₁ + (1 − ρ)/2 ‖w‖₂²)."""
    return penalty.strength


def _ratio(penalty: Penalty) -> Array:
    return np.asarray(penalty.l1_ratio)


def _l1(penalty: Penalty) -> Array:
    """λ‖w‖₁."""
    return penalty.l1


def _square(penalty: Penalty) -> Array:
    """λΣw²."""
    return penalty.square


def _half_square(penalty: Penalty) -> Array:
    """(λ/2)Σw², whose slope is λw."""
    return 2 * penalty.square


def _l1_per_row(penalty: Penalty) -> Array:
    """(λ/n)‖w‖₁."""
    return penalty.n_samples * penalty.l1


def _half_square_per_row(penalty: Penalty) -> Array:
    """(λ/2n)Σw²."""
    return penalty.n_samples * 2 * penalty.square


def _inverse(penalty: Penalty) -> Array:
    """C Σ log-loss + (ρ‖w‖₁ + (1 − ρ)/2 ‖w‖₂²), divided by C."""
    return np.divide(1, penalty.strength, out=np.full_like(penalty.strength, np.inf), where=penalty.strength > 0)


def _glmnet_lambda(penalty: Penalty) -> Array:
    """λ with λ a = αρ and λ(1 − a)/s = α(1 − ρ)."""
    return penalty.strength * (penalty.l1_ratio + penalty.y_scale * (1 - penalty.l1_ratio))


def _glmnet_alpha(penalty: Penalty) -> Array:
    """a = ρ / (ρ + s(1 − ρ))."""
    return np.asarray(penalty.l1_ratio / (penalty.l1_ratio + penalty.y_scale * (1 - penalty.l1_ratio)))


_ONLY_SQUARES = "Its penalty is a sum of squares: it has no term that makes a weight exactly zero."
_ONLY_ABSOLUTE = "Its penalty is a sum of absolute values: it has no squares."
_DECAY = (
    "weight_decay adds a multiple of w to the gradient, which is the slope of a square. |w| pulls by its sign alone, "
    "whatever the size: put it into the loss, or shrink the weights after each step (only that gives exact zeros)."
)
_DECAY_NOTE = (
    "Put the biases in a parameter group with weight_decay=0: by default they decay too. This holds for plain SGD on "
    "all rows at once, when it has come to rest; Adam rescales the decay with the gradient, AdamW keeps it apart."
)
_DESCENT = "fit_intercept=True, tol=1e-14, max_iter=1000000"
_DESCENT_NOTE = "The default tol=1e-4 stops earlier: where features are alike its weights can be off by whole percents."
_GLMNET = 'standardize = FALSE, thresh = 1e-14, maxit = 1e7, family = "{}"'
_GLMNET_NOTE = (
    "standardize = FALSE, because the features are to be taken as they are here, standardised or not; its default "
    "thresh = 1e-7 stops earlier."
)
_KERAS = "bias_regularizer=None"
_KERAS_NOTE = (
    "Its loss is a mean over the rows, so give it all rows in one batch: batch_size=n. Gradient steps on Σ|w| make "
    "weights small, not exactly zero."
)
_LOGISTIC = (
    "Its data term is the log-loss of two classes: no C turns that into a squared error. For a classifier C = 1/(nα)."
)

_PENALTY = formula().replace(" − ", "−")  # set as tightly as the other dialects

DIALECTS: tuple[Dialect, ...] = (
    Dialect(
        name="RegViz",
        formula=f"1/(2n) Σ(y−ŷ)² + λ ({_PENALTY})",
        data_scale=_ours,
        parameters=(("λ", _strength), ("ρ", _ratio)),
    ),
    Dialect(
        name="λΣw² beside the sum of squares",
        formula="Σ(y−ŷ)² + λ Σw²",
        data_scale=_sum,
        parameters=(("λ", _square),),
        no_l1=_ONLY_SQUARES,
    ),
    Dialect(
        name="λΣw² beside the mean squared error",
        formula="1/n Σ(y−ŷ)² + λ Σw²",
        data_scale=_mean,
        parameters=(("λ", _square),),
        no_l1=_ONLY_SQUARES,
    ),
    Dialect(
        name="(λ/2)Σw² beside half the sum of squares",
        formula="½ Σ(y−ŷ)² + (λ/2) Σw²",
        data_scale=_half_sum,
        parameters=(("λ", _half_square),),
        no_l1=_ONLY_SQUARES,
    ),
    Dialect(
        name="(λ/2)Σw² beside half the mean squared error",
        formula="1/(2n) Σ(y−ŷ)² + (λ/2) Σw²",
        data_scale=_ours,
        parameters=(("λ", _half_square),),
        no_l1=_ONLY_SQUARES,
    ),
    Dialect(
        name="(λ/2n)Σw² beside half the mean squared error",
        formula="1/(2n) Σ(y−ŷ)² + (λ/2n) Σw²",
        data_scale=_ours,
        parameters=(("λ", _half_square_per_row),),
        no_l1=_ONLY_SQUARES,
    ),
    Dialect(
        name="λΣ|w| beside the sum of squares",
        formula="Σ(y−ŷ)² + λ Σ|w|",
        data_scale=_sum,
        parameters=(("λ", _l1),),
        no_l2=_ONLY_ABSOLUTE,
    ),
    Dialect(
        name="λΣ|w| beside the mean squared error",
        formula="1/n Σ(y−ŷ)² + λ Σ|w|",
        data_scale=_mean,
        parameters=(("λ", _l1),),
        no_l2=_ONLY_ABSOLUTE,
    ),
    Dialect(
        name="(λ/n)Σ|w| beside half the mean squared error",
        formula="1/(2n) Σ(y−ŷ)² + (λ/n) Σ|w|",
        data_scale=_ours,
        parameters=(("λ", _l1_per_row),),
        no_l2=_ONLY_ABSOLUTE,
    ),
    Dialect(
        name="scikit-learn Ridge(alpha)",
        formula="Σ(y−ŷ)² + alpha Σw²",
        data_scale=_sum,
        parameters=(("alpha", _square),),
        settings="fit_intercept=True",
        no_l1=_ONLY_SQUARES + " Use ElasticNet, or Lasso.",
        note="No 1/n: the same alpha weighs less on more rows.",
    ),
    Dialect(
        name="scikit-learn Lasso(alpha)",
        formula="1/(2n) Σ(y−ŷ)² + alpha Σ|w|",
        data_scale=_ours,
        parameters=(("alpha", _l1),),
        settings=_DESCENT,
        no_l2=_ONLY_ABSOLUTE + " Use ElasticNet, or Ridge.",
        note=_DESCENT_NOTE,
    ),
    Dialect(
        name="scikit-learn ElasticNet(alpha, l1_ratio)",
        formula="1/(2n) Σ(y−ŷ)² + alpha (l1_ratio Σ|w| + (1−l1_ratio)/2 Σw²)",
        data_scale=_ours,
        parameters=(("alpha", _strength), ("l1_ratio", _ratio)),
        settings=_DESCENT,
        note="This is our λ. For l1_ratio=0 scikit-learn itself advises Ridge. " + _DESCENT_NOTE,
    ),
    Dialect(
        name="glmnet(lambda, alpha)",
        formula="1/(2n) Σ(y−ŷ)² + lambda (alpha Σ|w| + (1−alpha)/(2 s) Σw²),  s = sd(y)",
        data_scale=_ours,
        parameters=(("lambda", _glmnet_lambda), ("alpha", _glmnet_alpha)),
        settings=_GLMNET.format("gaussian"),
        note=(
            "glmnet divides y by s (the 1/n kind) before it solves, and multiplies the weights by s after: the L1 part "
            "is then as documented, the squares are divided by s. Its alpha is our ρ only if s = 1, or at 0 and 1. "
            + _GLMNET_NOTE
        ),
    ),
    Dialect(
        name="PyTorch SGD(weight_decay) with MSELoss",
        formula="1/n Σ(y−ŷ)² + (weight_decay/2) Σw²",
        data_scale=_mean,
        parameters=(("weight_decay", _half_square),),
        settings='reduction="mean"',
        no_l1=_DECAY,
        note=_DECAY_NOTE,
    ),
    Dialect(
        name="PyTorch SGD(weight_decay) with half the MSELoss",
        formula="1/(2n) Σ(y−ŷ)² + (weight_decay/2) Σw²",
        data_scale=_ours,
        parameters=(("weight_decay", _half_square),),
        settings='reduction="mean"',
        no_l1=_DECAY,
        note=_DECAY_NOTE,
    ),
    Dialect(
        name='Keras kernel_regularizer=L1L2(l1, l2), loss="mse"',
        formula="1/n Σ(y−ŷ)² + l1 Σ|w| + l2 Σw²",
        data_scale=_mean,
        parameters=(("l1", _l1), ("l2", _square)),
        settings=_KERAS,
        note="No ½ before l2, and none in the loss. " + _KERAS_NOTE,
    ),
    Dialect(
        name="scikit-learn LogisticRegression(C)",
        formula="C Σ log-loss + (l1_ratio Σ|w| + (1−l1_ratio)/2 Σw²)",
        data_scale=_half_sum,
        parameters=(("C", _inverse), ("l1_ratio", _ratio)),
        no_l1=_LOGISTIC,
        no_l2=_LOGISTIC,
    ),
)

CLASSIFICATION_DIALECTS: tuple[Dialect, ...] = (
    Dialect(
        name="RegViz",
        formula=f"1/n Σ log-loss + λ ({_PENALTY})",
        data_scale=_ours,
        parameters=(("λ", _strength), ("ρ", _ratio)),
    ),
    Dialect(
        name="(λ/m)‖w‖₁",
        formula="1/m Σ log-loss + (λ/m) Σ|w|,  m = n rows",
        data_scale=_ours,
        parameters=(("λ", _l1_per_row),),
        no_l2=_ONLY_ABSOLUTE,
    ),
    Dialect(
        name="(λ/2m)‖w‖²",
        formula="1/m Σ log-loss + (λ/2m) Σw²,  m = n rows",
        data_scale=_ours,
        parameters=(("λ", _half_square_per_row),),
        no_l1=_ONLY_SQUARES,
    ),
    Dialect(
        name="scikit-learn LogisticRegression(C, l1_ratio)",
        formula="C Σ log-loss + (l1_ratio Σ|w| + (1−l1_ratio)/2 Σw²)",
        data_scale=_half_sum,
        parameters=(("C", _inverse), ("l1_ratio", _ratio)),
        settings='fit_intercept=True, solver="saga", tol=1e-10, max_iter=200000',
        note=(
            "C is an inverse strength: large C, weak penalty. There is no 1/n: at the same C the penalty weighs less "
            "on more rows. The default solver, lbfgs, knows no L1."
        ),
    ),
    Dialect(
        name="glmnet(lambda, alpha), binomial",
        formula="1/n Σ log-loss + lambda (alpha Σ|w| + (1−alpha)/2 Σw²)",
        data_scale=_ours,
        parameters=(("lambda", _strength), ("alpha", _ratio)),
        settings=_GLMNET.format("binomial"),
        note=_GLMNET_NOTE,
    ),
    Dialect(
        name="PyTorch SGD(weight_decay) with BCEWithLogitsLoss",
        formula="1/n Σ log-loss + (weight_decay/2) Σw²",
        data_scale=_ours,
        parameters=(("weight_decay", _half_square),),
        settings='reduction="mean"',
        no_l1=_DECAY,
        note=_DECAY_NOTE,
    ),
    Dialect(
        name='Keras kernel_regularizer=L1L2(l1, l2), loss="binary_crossentropy"',
        formula="1/n Σ log-loss + l1 Σ|w| + l2 Σw²",
        data_scale=_ours,
        parameters=(("l1", _l1), ("l2", _square)),
        settings=_KERAS,
        note="No ½ before l2. " + _KERAS_NOTE,
    ),
)
