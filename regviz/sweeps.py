"""Which fits does a page show? Settings in, a whole sweep of exact fits out.

This is the only orchestration between the mathematics in `core` and the figures. A `Settings` field is a widget key and
a URL field; its default, range and help stand here, once, beside the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from regviz.core import Array
from regviz.core.datasets import DATASETS, Data, Indices, split
from regviz.core.features import BASES, MAX_DEGREE, MIN_DEGREE, Standardizer
from regviz.core.geometry import Slices, clearest_pair, slices
from regviz.core.linear import LinearGrid, alpha_max, effective_df, fit_grid
from regviz.core.matching import cross_validated, same_alpha, same_df, same_training_error
from regviz.core.selection import cross_validate, mean_squared_error

OWN_DATA = "csv"
AUTOMATIC = "automatic"
MATCHES = {
    "alpha": "same λ",
    "error": "same training error",
    "df": "same effective degrees of freedom",
    "cv": "each at its best λ by cross-validation",
}
L1_RATIOS = np.round(np.linspace(0, 1, 11), 1)
MIX_DEFAULT = 5  # the L1 ratio 0.5
L2, L1 = 0, len(L1_RATIOS) - 1  # rows of the sweep
MAX_POINTS_DRAWN = 300
# Where the slider stands at first, as a share of the λ at which the lasso is empty: (curves, tables of features).
START = (0.01, 0.1)


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
        text = str(raw)[:40]
        if self.options:
            for slug, words in self.options.items():
                if raw in (slug, words):
                    return slug, None
            return default, f"must be one of {', '.join(self.options)}, got “{text}”"
        if isinstance(default, str):  # a name; whether it exists depends on the data
            return text, None
        if isinstance(default, bool):
            if text.lower() in ("true", "1", "false", "0"):
                return text.lower() in ("true", "1"), None
            return default, f"must be true or false, got “{text}”"
        try:
            number = float(text)
        except ValueError:
            number = np.nan
        span = f"must be {self.low:g} to {self.high:g}, got “{text}”"
        if not np.isfinite(number):
            return default, span
        snapped = self.low + round((min(max(number, self.low), self.high) - self.low) / self.step) * self.step
        snapped = type(default)(min(round(snapped, 10), self.high))
        return snapped, None if self.low <= number <= self.high else span


def _knob(default: Any, label: str, help: str, **limits: Any) -> Any:
    return field(default=default, metadata={"knob": Knob(label, help, **limits)})


@dataclass(frozen=True)
class Settings:
    """Everything but the positions of the live sliders. Field name = widget key = URL name."""

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
    random_state: int = _knob(
        7, "Sample", "The seed of the sample and of the split. Another number is another sample.", high=9999
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
    match: str = _knob(
        "alpha",
        "Compare at",
        "How strongly each penalty acts. The λ of the slider is then that of L1; the others follow it by this rule.",
        options=MATCHES,
    )
    weight_a: str = _knob(
        AUTOMATIC, "Across", "The weight on the horizontal axis of the constraint picture, by the name of its feature."
    )
    weight_b: str = _knob(
        AUTOMATIC, "Up", "The weight on the vertical axis of the constraint picture, by the name of its feature."
    )

    @classmethod
    def knobs(cls) -> dict[str, Knob]:
        """The knob of every field, by field name."""
        return {f.name: f.metadata["knob"] for f in fields(cls)}

    @classmethod
    def clean(cls, raw: Mapping[str, object]) -> tuple[Settings, list[str]]:
        """The valid settings nearest to `raw` (a URL), and a sentence for each value that had to change."""
        values, problems = {}, []
        for f in fields(cls):
            if f.name in raw:
                knob: Knob = f.metadata["knob"]
                values[f.name], problem = knob.nearest(raw[f.name], f.default)
                if problem:
                    problems.append(f"{knob.label} ({f.name}) {problem}; using {values[f.name]}.")
        return cls(**values), problems


@dataclass(frozen=True, eq=False)
class Compare:
    """The sweep of the first screen: 11 L1 ratios × all λ, on one data set.

    Arrays "(R, A)" are (n_ratios, n_alphas). Column a of the grid is one position of the strength slider; with
    match = "alpha" all ratios have the same alpha there, else grid.alphas says which one each has.
    """

    settings: Settings
    data: Data
    train: Indices  # row numbers
    validation: Indices
    names: tuple[str, ...]  # of the features, (p,)
    design: Array  # (n_train, p) standardised features of the training rows
    strengths: Array  # (A,) values of the slider: alphas, or multiples of each best alpha
    start: int  # the slider's position at first
    grid: LinearGrid
    df: Array  # (R, A)
    train_error: Array  # (R, A) root mean squared
    validation_error: Array  # (R, A), NaN without validation rows
    expected_error: Array  # (R, A) over new points of the same source, NaN if the truth is unknown
    data_loss: Array  # (R, A) 1/(2n) Σ (y − ŷ)²
    l1_penalty: Array  # (R, A) α ρ ‖w‖₁
    l2_penalty: Array  # (R, A) α (1 − ρ)/2 ‖w‖₂²
    slices: Slices | None  # None if there is only one weight
    best: Array | None  # (R,) alphas of the smallest cross-validated error, if match = "cv"
    x_line: Array  # (m,) where the fitted curve is drawn; empty for real data
    shown: Indices  # row numbers drawn in predicted against observed; empty for synthetic data
    # Predictions at x_line or on the shown rows, as basis @ coordinates with orthonormal columns: exact in single
    # precision even where weights of 1e6 cancel.
    basis: Array  # (m or n_shown, k)
    coordinates: Array  # (R, A, k)

    @property
    def is_curve(self) -> bool:
        """Synthetic data has a curve over x; real data has predicted against observed."""
        return len(self.x_line) > 0


def load(settings: Settings, own: Data | None = None) -> Data:
    """The rows that the settings ask for; `own` is the user's table, needed for data = "csv"."""
    if settings.data == OWN_DATA:
        if own is None:
            raise ValueError("data “csv” needs a CSV file: upload one in the side panel")
        return own
    entry = DATASETS[settings.data]
    return entry.sample(min(settings.n_samples, entry.max_samples), settings.noise, settings.random_state)


def stops(low: float, high: float) -> Array:
    """0, then round numbers from about `low` to `high`, 16 a decade: 1, 1.2, 1.4, … 8, 9, 10."""
    mantissas = (1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9)
    powers = range(int(np.floor(np.log10(low))), int(np.floor(np.log10(high))) + 1)
    lattice = np.array([float(f"{mantissa}e{power}") for power in powers for mantissa in mantissas])
    return np.append(0.0, lattice[(lattice > low * 0.999) & (lattice < high * 1.001)])


def alpha_stops(top: float) -> Array:
    """λ = 0 and six decades up to 3 times the λ at which the lasso is empty."""
    top = top if top > 0 else 1.0
    return stops(3e-6 * top, 3 * top)


def compare(settings: Settings, own: Data | None = None) -> Compare:
    """Fit the whole sweep of the first screen. Deterministic; scikit-learn is used only for real data and folds."""
    data = load(settings, own)
    train, validation = split(data.n_samples, settings.validation, settings.random_state)
    if data.domain is None:
        raw, names, domain = data.X, data.feature_names, None
    else:
        basis, domain = BASES[settings.basis], data.domain
        raw, names = basis.expand(data.X[:, 0], settings.degree, domain), basis.terms(settings.degree)
    scaler = Standardizer.fit(raw[train], settings.standardize)
    features = scaler.transform(raw)
    X, y = features[train], data.y[train]

    top = alpha_max(X, y, 1.0)
    alphas = alpha_stops(top)
    strengths, best = alphas, None
    start = int(np.argmin(np.abs(alphas - START[domain is None] * top)))
    if settings.match == "cv" and len(y) >= 3:
        errors = cross_validate(
            raw[train], y, alphas, L1_RATIOS, settings.standardize, random_state=settings.random_state
        ).mean(axis=0)
        strengths = stops(1e-3, 1e3)
        best, table = cross_validated(errors, alphas, strengths)
        start = int(np.argmin(np.abs(strengths - 1)))
    elif settings.match == "error":
        table = same_training_error(X, y, alphas, L1_RATIOS)
    elif settings.match == "df":
        table = same_df(X, y, alphas, L1_RATIOS)
    else:
        table = same_alpha(alphas, L1_RATIOS)

    grid = fit_grid(X, y, table, L1_RATIOS)
    coef = grid.coef

    def rms(design: Array, target: Array) -> Array:
        return np.sqrt(mean_squared_error(grid, design, target))

    expected = np.full(table.shape, np.nan)
    x_line, shown = np.zeros(0), np.zeros(0, dtype=int)
    if domain is not None and data.truth is not None and data.noise_sd is not None:
        # The mean over x uniform on the domain, by the midpoint rule, plus the variance of the noise.
        middle = domain[0] + (domain[1] - domain[0]) * (np.arange(400) + 0.5) / 400
        bias = rms(scaler.transform(basis.expand(middle, settings.degree, domain)), data.truth(middle))
        expected = np.sqrt(bias**2 + data.noise_sd**2)
        x_line = np.linspace(*domain, 201)
        drawn = scaler.transform(basis.expand(x_line, settings.degree, domain))
    else:
        shown = np.sort(np.random.default_rng(0).permutation(data.n_samples)[:MAX_POINTS_DRAWN])
        drawn = features[shown]

    rho = L1_RATIOS[:, np.newaxis]
    size = np.abs(coef)
    train_error = rms(X, y)
    line, triangle = np.linalg.qr(np.column_stack([drawn, np.ones(len(drawn))]))
    coordinates = np.concatenate([coef, grid.intercept[..., np.newaxis]], axis=-1) @ triangle.T
    chosen = [names.index(name) if name in names else None for name in (settings.weight_a, settings.weight_b)]
    pair = None
    if len(names) > 1:
        wanted = (chosen[0], chosen[1] if chosen[1] != chosen[0] else None)
        pair = clearest_pair(X, y, coef[[L2, MIX_DEFAULT, L1], start], wanted)
    return Compare(
        settings=settings,
        data=data,
        train=train,
        validation=validation,
        names=names,
        design=X,
        strengths=strengths,
        start=start,
        grid=grid,
        df=effective_df(X, grid),
        train_error=train_error,
        validation_error=rms(features[validation], data.y[validation]),
        expected_error=expected,
        data_loss=train_error**2 / 2,
        l1_penalty=table * rho * size.sum(axis=-1),
        l2_penalty=table * (1 - rho) / 2 * (size**2).sum(axis=-1),
        slices=None if pair is None else slices(X, y, coef, L1_RATIOS, pair),
        best=best,
        x_line=x_line,
        shown=shown,
        basis=line,
        coordinates=coordinates,
    )
