"""Which settings does a page have? One frozen value for each page; a field is a widget key and a URL field.

Default, range and help of a field stand here, once, beside the field; a page that shares it takes it over by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np

from regviz.core.data.datasets import DATASETS, Dataset
from regviz.core.data.features import BASES, MAX_DEGREE, MIN_DEGREE

OWN_DATA = "csv"
AUTOMATIC = "automatic"
MATCHES = {
    "alpha": "same λ",
    "error": "same training error",
    "df": "same effective degrees of freedom",
    "cv": "each at its best λ by cross-validation",
}

MAX_RANDOM_STATE = 9999
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
    options: Mapping[str, str] = field(default_factory=dict)  # slug -> words; the URL has the slug
    applies: Callable[[Dataset | None], bool] = lambda entry: True  # to a data set; None is the reader's own table

    def nearest(self, raw: object, default: Any) -> tuple[Any, str | None]:
        """The valid value nearest to `raw` (text from a URL), and a sentence if that is another value.

        The words of a choice are read like its slug: they stood in links once.
        """
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
        """A value as the URL has it: the slug of a choice, which no translation changes, else the plain value."""
        if isinstance(value, bool):
            return str(value).lower()
        return f"{value:g}" if isinstance(value, float) else str(value)

    def told(self, value: Any) -> str:
        """A value as the reader is told it: the words of a choice, else the plain value."""
        return self.options.get(value) or self.written(value)


def knob(default: Any, label: str, help: str, **limits: Any) -> Any:
    """A field of settings with its `Knob`."""
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
                    problems.append(f"{knob.label} ({name}) {problem}; using {knob.told(values[name])}.")
        return cls(**values), problems


@dataclass(frozen=True)
class NoSettings(Knobs):
    """Of a page that has sliders only."""


def _is_curve(entry: Dataset | None) -> bool:
    """Whether the features are functions of one x."""
    return entry is not None and entry.domain is not None


@dataclass(frozen=True)
class DataSettings(Knobs):
    """Of every page on the reader's data: rows, features and split."""

    data: str = knob(
        "sine",
        "Data set",
        "Synthetic sets have a known true function. With the real ones the features are the columns of the table.",
        options={name: entry.label for name, entry in DATASETS.items()} | {OWN_DATA: "Your own CSV"},
    )
    n_samples: int = knob(
        30,
        "Points",
        "Rows in all, for training and validation together.",
        low=10,
        high=500,
        step=5,
        applies=lambda entry: entry is not None,
    )
    noise: float = knob(
        0.25,
        "Noise",
        "Standard deviation of the noise on y. It scales one fixed draw: the points move, they are not drawn anew.",
        high=1.0,
        step=0.05,
        applies=lambda entry: entry is not None and entry.takes_noise,
    )
    correlation: float = knob(
        0.7,
        "Correlation of the features",
        "Of neighbours, or within a group, where the true weights are known. It deforms one fixed draw; the signal "
        "keeps its size.",
        high=0.95,
        step=0.05,
        applies=lambda entry: entry is not None and entry.takes_correlation,
    )
    random_state: int = knob(
        7, "Sample", "The seed of the sample and of the split. Another number is another sample.", high=MAX_RANDOM_STATE
    )
    degree: int = knob(
        15,
        "Degree",
        "Degree of the polynomial: its number of weights.",
        low=MIN_DEGREE,
        high=MAX_DEGREE,
        applies=_is_curve,
    )
    basis: str = knob(
        "monomial",
        "Basis",
        "What the weights belong to: plain powers of x (strongly correlated) or orthogonal polynomials.",
        options={name: basis.label for name, basis in BASES.items()},
        applies=_is_curve,
    )
    standardize: bool = knob(
        True,
        "Standardise the features",
        "Give every feature mean 0 and variance 1 first. Without it the penalty hits features in large units harder.",
    )
    validation: float = knob(
        0.3, "Validation share", "Part of the rows that is not fitted, only predicted.", high=0.5, step=0.05
    )


@dataclass(frozen=True)
class Settings(DataSettings):
    """And all else that decides a fit: the rule by which the penalties are compared, the weights of their picture."""

    match: str = knob(
        "alpha",
        "Compare at",
        "How strongly each penalty acts. With the same error or degrees of freedom the λ of the slider is that of L1, "
        "and the others follow it. With cross-validation it is a factor on each one's best λ above 0.",
        options=MATCHES,
    )
    weight_a: str = knob(
        AUTOMATIC, "Across", "The weight on the horizontal axis of the constraint picture, by the name of its feature."
    )
    weight_b: str = knob(
        AUTOMATIC, "Up", "The weight on the vertical axis of the constraint picture, by the name of its feature."
    )

    n_splits: int = knob(
        5,
        "Folds",
        "Cross-validation deals the training points into so many parts; each is predicted once by a fit on the others.",
        low=2,
        high=20,
    )

    @classmethod
    def of(cls, page: Knobs) -> Settings:
        """What a page's settings say of the fits; the rest as it is by itself."""
        return cls(**{name: getattr(page, name) for name in cls.knobs() if name in page.knobs()})


@dataclass(frozen=True)
class SampleSettings(Knobs):
    """Of the pages that draw a small sample of their own."""

    noise: float = DataSettings.field("noise")
    random_state: int = DataSettings.field("random_state")
