"""Which settings does a page have? One frozen value for each page; a field is a widget key and a URL field.

Default, range and help of a field stand here, once, beside the field; a page that shares it takes it over by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np

from regviz.core.datasets import DATASETS, LABELLED
from regviz.core.features import BASES, MAX_DEGREE, MIN_DEGREE
from regviz.core.mlp import ACTIVATIONS, MAX_LAYERS, MAX_UNITS
from regviz.core.optimizers import OPTIMIZERS

OWN_DATA = "csv"
AUTOMATIC = "automatic"
MATCHES = {
    "alpha": "same λ",
    "error": "same training error",
    "df": "same effective degrees of freedom",
    "cv": "each at its best λ by cross-validation",
}


MAX_RANDOM_STATE = 9999
PATH_AXES = {"alpha": "strength λ", "norm": "size ‖w‖₁", "df": "degrees of freedom"}


MAX_TEXT = 40  # letters of a URL's value that are read


def shown(raw: object) -> str:
    """What a URL says, short enough for a sentence."""
    text = str(raw)
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


@dataclass(frozen=True)
class Knob:
    """What a widget needs to know of a field: numbers have a range and a step, choices have options."""

    label: str
    help: str
    low: float = 0
    high: float = 0
    step: float = 1
    options: Mapping[str, str] = field(default_factory=dict)  # slug -> words; the URL has the words

    def nearest(self, raw: object, default: Any) -> tuple[Any, str | None]:
        """The valid value nearest to `raw` (text from a URL), and a sentence if that is another value."""
        text, got = str(raw)[:MAX_TEXT], f"got “{shown(raw)}”"
        if self.options:
            for slug, words in self.options.items():
                if raw in (slug, words):
                    return slug, None
            return default, f"must be one of {', '.join(self.options.values())}, {got}"
        if isinstance(default, str):  # a name; whether it exists depends on the data
            return text, None
        if isinstance(default, bool):
            if text.lower() in ("true", "1", "false", "0"):
                return text.lower() in ("true", "1"), None
            return default, f"must be true or false, {got}"
        try:
            number = float(text)
        except ValueError:
            number = np.nan
        span = f"must be {self.low:g} to {self.high:g}, {got}"
        if not np.isfinite(number):
            return default, span
        steps = round((min(max(number, self.low), self.high) - self.low) / self.step)
        snapped = type(default)(min(round(self.low + steps * self.step, 10), self.high))
        if not self.low <= number <= self.high:
            return snapped, span
        apart = abs(number - snapped) > 1e-9
        return snapped, f"goes from {self.low:g} to {self.high:g} in steps of {self.step:g}, {got}" if apart else None

    def written(self, value: Any) -> str:
        """A value as the URL has it, and as it is told: the words of a choice, else the plain value."""
        if self.options:
            return self.options[value]
        if isinstance(value, bool):
            return str(value).lower()
        return f"{value:g}" if isinstance(value, float) else str(value)


def _knob(default: Any, label: str, help: str, **limits: Any) -> Any:
    return field(default=default, metadata={"knob": Knob(label, help, **limits)})


class Knobs:
    """A frozen dataclass of which every field has a `Knob`. Field name = widget key = URL name.

    Everything but the positions of the live sliders. Pages on one subject hand their URL on to each other: among them
    a name is one knob or one slider. Elsewhere the same name may have another range, but not another meaning.
    """

    @classmethod
    def knobs(cls) -> dict[str, Knob]:
        """The knob of every field, by field name."""
        return {f.name: f.metadata["knob"] for f in fields(cls)}  # type: ignore[arg-type]

    @classmethod
    def field(cls, name: str) -> Any:
        """The same field for another kind of settings."""
        return field(default=getattr(cls, name), metadata={"knob": cls.knobs()[name]})

    @classmethod
    def clean(cls, raw: Mapping[str, object]) -> tuple[Self, list[str]]:
        """The valid settings nearest to `raw` (a URL), and a sentence for each value that had to change."""
        values, problems = {}, []
        for name, knob in cls.knobs().items():
            if name in raw:
                values[name], problem = knob.nearest(raw[name], getattr(cls, name))
                if problem:
                    problems.append(f"{knob.label} ({name}) {problem}; using {knob.written(values[name])}.")
        return cls(**values), problems


@dataclass(frozen=True)
class NoSettings(Knobs):
    """Of a page that has sliders only."""


@dataclass(frozen=True)
class DataSettings(Knobs):
    """Of every page on the reader's data: rows, features and split."""

    data: str = _knob(
        "sine",
        "Data set",
        "Synthetic sets have a known true function. With the real ones the features are the columns of the table.",
        options={name: entry.label for name, entry in DATASETS.items()} | {OWN_DATA: "Your own CSV"},
    )
    n_samples: int = _knob(30, "Points", "Rows in all, for training and validation together.", low=10, high=500, step=5)
    noise: float = _knob(
        0.25,
        "Noise",
        "Standard deviation of the noise on y. It scales one fixed draw: the points move, they are not drawn anew.",
        high=1.0,
        step=0.05,
    )
    correlation: float = _knob(
        0.7,
        "Correlation of the features",
        "Of neighbours, or within a group, where the true weights are known. It deforms one fixed draw; the signal "
        "keeps its size.",
        high=0.95,
        step=0.05,
    )
    random_state: int = _knob(
        7, "Sample", "The seed of the sample and of the split. Another number is another sample.", high=MAX_RANDOM_STATE
    )
    degree: int = _knob(
        15, "Degree", "Degree of the polynomial: its number of weights.", low=MIN_DEGREE, high=MAX_DEGREE
    )
    basis: str = _knob(
        "monomial",
        "Basis",
        "What the weights belong to: plain powers of x (strongly correlated) or orthogonal polynomials.",
        options={name: basis.label for name, basis in BASES.items()},
    )
    standardize: bool = _knob(
        True,
        "Standardise the features",
        "Give every feature mean 0 and variance 1 first. Without it the penalty hits features in large units harder.",
    )
    validation: float = _knob(
        0.3, "Validation share", "Part of the rows that is not fitted, only predicted.", high=0.5, step=0.05
    )


@dataclass(frozen=True)
class CompareSettings(DataSettings):
    """And of Compare: the rule by which the penalties are compared, and the weights of its constraint picture."""

    match: str = _knob(
        "alpha",
        "Compare at",
        "How strongly each penalty acts. With the same error or degrees of freedom the λ of the slider is that of L1, "
        "and the others follow it. With cross-validation it is a factor on each one's best λ above 0.",
        options=MATCHES,
    )
    weight_a: str = _knob(
        AUTOMATIC, "Across", "The weight on the horizontal axis of the constraint picture, by the name of its feature."
    )
    weight_b: str = _knob(
        AUTOMATIC, "Up", "The weight on the vertical axis of the constraint picture, by the name of its feature."
    )

    n_splits: int = _knob(
        5,
        "Folds",
        "Cross-validation deals the training points into so many parts; each is predicted once by a fit on the others.",
        low=2,
        high=20,
    )


@dataclass(frozen=True)
class PathsSettings(DataSettings):
    """And of Paths."""

    match: str = CompareSettings.field("match")
    n_splits: int = CompareSettings.field("n_splits")
    path_axis: str = _knob(
        "alpha",
        "Draw the paths against",
        "What the horizontal axis shows. The paths are the same fits; only their places differ.",
        options=PATH_AXES,
    )


@dataclass(frozen=True)
class ChoosingSettings(DataSettings):
    """And of Choose λ."""

    n_splits: int = CompareSettings.field("n_splits")
    tune_on_test: bool = _knob(
        False,
        "Show what tuning on the test set would buy",
        "Fits 100 further samples, and chooses λ and ratio on their test rows.",
    )


@dataclass(frozen=True)
class Settings(CompareSettings):
    """All that decides a fit or a picture on the reader's data: what the sweeps are asked for."""

    path_axis: str = PathsSettings.field("path_axis")


@dataclass(frozen=True)
class SampleSettings(Knobs):
    """Of the pages that draw a small sample of their own."""

    noise: float = DataSettings.field("noise")
    random_state: int = DataSettings.field("random_state")


PROBLEMS = {name: f"Curve: {entry.label}" for name, entry in DATASETS.items() if hasattr(entry, "domain")} | {
    name: f"Classes: {entry.label}" for name, entry in LABELLED.items()
}
WHOLE = "all"
BATCH_SIZES = {WHOLE: "all points", **{str(size): str(size) for size in (5, 10, 20, 50)}}
LEARNING_RATES = {f"{rate:g}": f"{rate:g}" for rate in (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)}


@dataclass(frozen=True)
class NetworkSettings(Knobs):
    """Of the pages on small neural networks."""

    problem: str = _knob(
        "sine",
        "Problem",
        "A curve to follow (one input) or two classes to tell apart (two inputs).",
        options=PROBLEMS,
    )
    n_samples: int = _knob(60, "Points", "Rows in all, for training and validation together.", low=10, high=200, step=5)
    noise: float = DataSettings.field("noise")
    random_state: int = Settings.field("random_state")
    validation: float = Settings.field("validation")
    depth: int = _knob(2, "Hidden layers", "Layers between the inputs and the output.", low=1, high=MAX_LAYERS)
    units: int = _knob(16, "Units in each", "Neurons in every hidden layer.", low=1, high=MAX_UNITS)
    activation: str = _knob(
        "tanh",
        "Activation",
        "What a neuron does with its sum.",
        options={name: f.label for name, f in ACTIVATIONS.items()},
    )
    optimizer: str = _knob(
        "adam",
        "Optimizer",
        "How a gradient becomes a step. The gradient is that of the data alone; after each step the penalty moves the "
        "weights towards 0. Adam scales that move for each weight as it scales its step; AdamW does so with the L1 "
        "part only, and its L2 part shrinks all weights by the same share.",
        options={name: kind.label for name, kind in OPTIMIZERS.items()},
    )
    learning_rate: str = _knob(
        "0.01",
        "Learning rate η",
        "Size of a step. Too large, and training explodes or overshoots.",
        options=LEARNING_RATES,
    )
    batch_size: str = _knob(
        WHOLE, "Batch", "Points in one step. Fewer make more steps an epoch, and noisier ones.", options=BATCH_SIZES
    )
    epochs: int = _knob(1000, "Epochs", "How often training goes through all points.", low=50, high=2000, step=50)
    initial_state: int = _knob(
        0, "Initial weights", "The seed of the initial weights, the same for every λ.", high=MAX_RANDOM_STATE
    )
    initial_scale: float = _knob(
        1.0,
        "Their size",
        "Factor on the initial weights: near 0 gradients vanish, far above 1 they explode.",
        low=0.1,
        high=5,
        step=0.1,
    )
    penalise_biases: bool = _knob(
        False,
        "Penalise biases too",
        "Biases only shift; penalised, they pull the fit off the data's level. Try it with a strong λ.",
    )
