"""Which data can the reader choose, and which of them are held back for validation?

Every data set is one entry of DATASETS, or of LABELLED if a class is to be predicted. A sample is
a pure function of its arguments, and the sliders for the noise, the correlation and the number of
points never redraw what is already there. `code` says the same as `sample` in lines of Python that
need nothing of ours, for a reader who wants to go on in a notebook.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum, unique
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regviz.core import Array
from regviz.core.checks import BELOW_ONE, NOT_NEGATIVE, SQUARABLE, between, number, numbers, together, whole

Indices = NDArray[np.intp]
Truth = Callable[[Array], Array]

MIN_SAMPLES = 2
MIN_LABELLED_SAMPLES = 4
MAX_SYNTHETIC_SAMPLES = 1000
MAX_NOISE = 10.0
MAX_CORRELATION = 0.99
MIN_TRAINING = 2


@unique
class Stream(IntEnum):
    """One stream of random numbers for each purpose; the samples themselves are drawn from the seed alone.

    With a common stream the split would repeat the numbers that placed the x, and validation would be the left end
    of the picture.
    """

    SPLIT = 1  # training and validation
    ROWS = 2  # of measured data: which of them
    VAULT = 3  # test rows of a table that has no others
    SAMPLES = 4  # seeds of further samples

    def seed(self, random_state: int) -> list[int]:
        """What `numpy.random` takes for this stream. Raises ValueError if random_state is no whole number ≥ 0."""
        return [whole("random_state", random_state, 0), int(self)]


@dataclass(frozen=True, eq=False)
class Data:
    """Rows to fit: y ≈ f(X). The arrays are read-only.

    X              (n_samples, n_columns)  raw columns, in their own units
    y              (n_samples,)            what is to be predicted, in its own unit
    feature_names  n_columns names; target_name the name of y
    truth          the function behind synthetic data, (n,) -> (n,); None where nobody knows it
    noise_sd       standard deviation of the noise on y; None where nobody knows it
    name, label    the slug in the URL and the words on the page
    domain         the ends of the x axis of one-column synthetic data, else None
    notes          sentences on what was done to the rows (user files), for the page to show
    true_coef      (n_columns,)  w* where y = Xw* + b* + noise is known to be the source, else None
    true_intercept b*
    covariance     (n_columns, n_columns)  of new rows, whose mean is 0; given with true_coef

    Raises ValueError if the shapes do not fit together.
    """

    X: Array  # (n_samples, n_columns)
    y: Array  # (n_samples,)
    feature_names: tuple[str, ...]
    target_name: str
    truth: Truth | None
    noise_sd: float | None
    name: str
    label: str
    domain: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()
    true_coef: Array | None = None  # (n_columns,)
    true_intercept: float = 0.0
    covariance: Array | None = None  # (n_columns, n_columns)

    def __post_init__(self) -> None:
        X = np.array(numbers("X", self.X))
        y = np.array(numbers("y", self.y))
        if X.ndim != 2 or y.shape != X.shape[:1] or len(self.feature_names) != X.shape[1]:
            raise ValueError(
                "X must be (n_samples, n_columns) with one y a row and one name a column, "
                f"got X {X.shape}, y {y.shape}, {len(self.feature_names)} names"
            )
        arrays = {"X": X, "y": y}
        if self.true_coef is not None and self.covariance is not None:
            arrays["true_coef"] = coef = np.array(numbers("true_coef", self.true_coef))
            arrays["covariance"] = covariance = np.array(numbers("covariance", self.covariance))
            if coef.shape != X.shape[1:] or covariance.shape != 2 * coef.shape:
                raise ValueError(
                    "true_coef must be (n_columns,) and covariance (n_columns, n_columns), "
                    f"got {coef.shape} and {covariance.shape} for {X.shape[1]} columns"
                )
        elif self.true_coef is not None or self.covariance is not None:
            raise ValueError("true_coef and covariance must be given together, got one of them")
        number("true_intercept", self.true_intercept)
        if self.noise_sd is not None:
            number("noise_sd", self.noise_sd, NOT_NEGATIVE)
        for field, values in arrays.items():
            values.setflags(write=False)
            object.__setattr__(self, field, values)

    @property
    def n_samples(self) -> int:
        """Number of rows."""
        return len(self.y)

    def expected_error(self, coef: ArrayLike, intercept: ArrayLike) -> Array:
        """Mean squared error of ŷ = Xw + b on infinitely many new rows of the same source.

            E (y − ŷ)² = (w − w*)ᵀ Σ (w − w*) + (b − b*)² + noise_sd²

        coef (..., n_columns) and intercept (...) belong to the raw columns -> (...). It is in the
        unit of y squared. Raises ValueError where the true weights are not known.
        """
        if self.true_coef is None or self.covariance is None or self.noise_sd is None:
            raise ValueError(f"expected_error must have known true weights, got data “{self.name}” without")
        coef, intercept = numbers("coef", coef, SQUARABLE), numbers("intercept", intercept, SQUARABLE)
        if coef.shape[-1:] != self.true_coef.shape:
            raise ValueError(f"coef must be of shape (..., {len(self.true_coef)}), got {coef.shape}")
        together(coef=coef[..., 0], intercept=intercept)
        wrong = coef - self.true_coef
        bias = np.square(intercept - self.true_intercept)
        return np.asarray(((wrong @ self.covariance) * wrong).sum(axis=-1) + bias + self.noise_sd**2)

    def draw(self, n_samples: int, random_state: int) -> Data:
        """`n_samples` of the rows, drawn without replacement.

        The rows are the first n_samples of one fixed shuffle, so a larger number keeps the rows
        that were there. Raises ValueError if n_samples is not 2 to the number of rows.
        """
        whole("n_samples", n_samples, MIN_SAMPLES, self.n_samples)
        shuffle = _generator(random_state, Stream.ROWS).permutation(self.n_samples)
        rows = shuffle[:n_samples]
        return replace(self, X=self.X[rows], y=self.y[rows])


@dataclass(frozen=True)
class Synthetic:
    """y = truth(x) + noise · z, with x uniform on the domain and z standard normal.

    The truth is of order 1 on the domain, so noise 0.1 means about the same in every data set.
    formula is the truth as a Python expression of x; usual_samples suits a first look.
    """

    name: str
    label: str
    description: str
    domain: tuple[float, float]
    truth: Truth  # (n,) -> (n,)
    formula: str
    max_samples: int = MAX_SYNTHETIC_SAMPLES
    usual_samples: int = 30
    takes_noise: bool = True
    takes_correlation: bool = False

    def sample(self, n_samples: int, noise: float, random_state: int, correlation: float = 0.0) -> Data:
        """Draw `n_samples` points with noise of standard deviation `noise`.

        x and z are the first n_samples of one fixed draw of max_samples: more points keep the
        points that were there, and the noise only scales z. The points are not sorted. One column
        correlates with no other: `correlation` is checked and otherwise not used.
        Raises ValueError if n_samples, noise, random_state or correlation is out of range.
        """
        _check_sample(n_samples, noise, random_state, correlation, self.max_samples)
        generator = _generator(random_state)
        u = generator.random(self.max_samples)[:n_samples]
        z = generator.standard_normal(self.max_samples)[:n_samples]
        low, high = self.domain
        x = low + (high - low) * u
        return Data(
            X=x[:, np.newaxis],
            y=self.truth(x) + noise * z,
            feature_names=("x",),
            target_name="y",
            truth=self.truth,
            noise_sd=float(noise),
            name=self.name,
            label=self.label,
            domain=self.domain,
        )

    def code(self, n_samples: int, noise: float, random_state: int, correlation: float = 0.0) -> str:
        """Python that makes low, high, x (n_samples,) and y as `sample` does; it needs np."""
        _check_sample(n_samples, noise, random_state, correlation, self.max_samples)
        low, high = self.domain
        return f"""\
# {self.max_samples} points are drawn and the first {n_samples} taken, so that more points keep these.
rng = np.random.default_rng({int(random_state)})
low, high = {low!r}, {high!r}
x = low + (high - low) * rng.random({self.max_samples})[:{int(n_samples)}]
noise = {float(noise)!r} * rng.standard_normal({self.max_samples})[:{int(n_samples)}]
y = {self.formula} + noise"""


@dataclass(frozen=True)
class Linear:
    """y = Xw* + noise · z with known weights w*, the rows of X Gaussian with mean 0 and covariance Σ.

        Σᵢⱼ = r^d(i, j),    w* = weights / √(weightsᵀ Σ weights)

    r is the correlation of the features; d, the distance of two features, is 0 only from itself, so
    every column has variance 1. At *every* r the signal Xw* has variance 1: the noise slider means
    the same everywhere, and the correlation slider changes nothing but the correlation. The price is
    that the true weights are rescaled as it moves, smoothly and all by the same factor.

    weights   (n_features,)  the true weights up to a common factor
    distance  d as a function of the column numbers i and j, two arrays of one shape
    formula   d as a Python expression of i and j
    """

    name: str
    label: str
    description: str
    feature_names: tuple[str, ...]
    weights: tuple[float, ...]
    distance: Callable[[Indices, Indices], Array]
    formula: str
    max_samples: int = MAX_SYNTHETIC_SAMPLES
    usual_samples: int = 40
    takes_noise: bool = True
    takes_correlation: bool = True
    domain: ClassVar[None] = None

    def covariance(self, correlation: float) -> Array:
        """Σ, (n_features, n_features), for a correlation r from 0 to 0.99."""
        _check_correlation(correlation)
        i, j = np.indices(2 * (len(self.weights),))
        return np.asarray(correlation ** self.distance(i, j), dtype=np.float64)

    def sample(self, n_samples: int, noise: float, random_state: int, correlation: float = 0.0) -> Data:
        """Draw `n_samples` rows with noise of standard deviation `noise`.

        X = Z L(r)ᵀ with L the Cholesky factor of Σ. Z and z are the first n_samples rows of one
        fixed draw of max_samples: more points keep the points that were there, the noise only
        scales z, and the correlation deforms the same Z continuously.
        Raises ValueError if n_samples, noise, random_state or correlation is out of range.
        """
        _check_sample(n_samples, noise, random_state, correlation, self.max_samples)
        covariance = self.covariance(correlation)
        generator = _generator(random_state)
        Z = generator.standard_normal((self.max_samples, len(self.weights)))
        z = generator.standard_normal(self.max_samples)
        # Products of all rows, then the first of them: BLAS may round a shorter product differently.
        X = Z @ np.linalg.cholesky(covariance).T
        weights = np.array(self.weights)
        coef = weights / np.sqrt(weights @ covariance @ weights)
        y = X @ coef + noise * z
        return Data(
            X=X[:n_samples],
            y=y[:n_samples],
            feature_names=self.feature_names,
            target_name="y",
            truth=None,
            noise_sd=float(noise),
            name=self.name,
            label=self.label,
            true_coef=coef,
            covariance=covariance,
        )

    def code(self, n_samples: int, noise: float, random_state: int, correlation: float = 0.0) -> str:
        """Python that makes X (n_samples, n_features) and y as `sample` does; it needs np."""
        _check_sample(n_samples, noise, random_state, correlation, self.max_samples)
        p = len(self.weights)
        return f"""\
# Gaussian features with a known covariance, {self.max_samples} rows; the first {n_samples} are taken.
i, j = np.indices(({p}, {p}))
covariance = {float(correlation)!r} ** ({self.formula})
rng = np.random.default_rng({int(random_state)})
X = rng.standard_normal(({self.max_samples}, {p})) @ np.linalg.cholesky(covariance).T
# The true weights, scaled so that the signal has variance 1.
true_weights = np.array({list(self.weights)!r})
true_weights = true_weights / np.sqrt(true_weights @ covariance @ true_weights)
y = X @ true_weights + {float(noise)!r} * rng.standard_normal({self.max_samples})
X, y = X[:{int(n_samples)}], y[:{int(n_samples)}]"""


@dataclass(frozen=True)
class Measured:
    """Real rows with named columns; `load()` gives all of them.

    max_samples is the number of rows, written down so that a page can set the limits of its
    slider without loading them. formula is Python that makes X and y as `load` does.
    """

    name: str
    label: str
    description: str
    load: Callable[[], Data]
    formula: str
    max_samples: int
    usual_samples: int = 200
    takes_noise: bool = False
    takes_correlation: bool = False
    domain: ClassVar[None] = None

    def sample(self, n_samples: int, noise: float, random_state: int, correlation: float = 0.0) -> Data:
        """`n_samples` of the rows, drawn with `random_state`; see Data.draw.

        Real rows bring their own noise and correlation: both arguments are checked and otherwise
        not used. Raises ValueError if n_samples, noise, random_state or correlation is out of range.
        """
        _check_sample(n_samples, noise, random_state, correlation, self.max_samples)
        return replace(self.load(), name=self.name, label=self.label).draw(n_samples, random_state)

    def code(self, n_samples: int, noise: float, random_state: int, correlation: float = 0.0) -> str:
        """Python that makes X (n_samples, n_features) and y as `sample` does; it needs np."""
        _check_sample(n_samples, noise, random_state, correlation, self.max_samples)
        return f"""\
{self.formula}
rows = np.random.default_rng({Stream.ROWS.seed(random_state)}).permutation(len(y))[:{int(n_samples)}]
X, y = X[rows], y[rows]"""


@dataclass(frozen=True)
class Labelled:
    """Points of two classes in the plane: X = shape(u, side) + noise · z, y = side.

    u is uniform on the unit square, z standard normal in two dimensions, and the sides 0 and 1
    alternate, so that they are equal in number for every even n_samples and differ by one for odd.
    shape fills about [−1, 1]². `description` says what the boundary looks like.
    """

    name: str
    label: str
    description: str
    shape: Callable[[Array, Array], Array]  # (n, 2), (n,) -> (n, 2)
    max_samples: int = MAX_SYNTHETIC_SAMPLES
    usual_samples: int = 100

    def sample(self, n_samples: int, noise: float, random_state: int) -> Data:
        """Draw `n_samples` points x₁, x₂ of the classes y = 0.0 and 1.0.

        u and z are the first n_samples of one fixed draw of max_samples: more points keep the
        points that were there, and the noise only scales z. It blurs the points, not the classes:
        Data.noise_sd, the noise on y, is None. Raises ValueError if n_samples (at least 4), noise
        or random_state is out of range.
        """
        _check_sample(n_samples, noise, random_state, 0.0, self.max_samples, MIN_LABELLED_SAMPLES)
        generator = _generator(random_state)
        u = generator.random((self.max_samples, 2))[:n_samples]
        z = generator.standard_normal((self.max_samples, 2))[:n_samples]
        side = np.asarray(np.arange(n_samples) % 2, dtype=np.float64)
        return Data(
            X=self.shape(u, side) + noise * z,
            y=side,
            feature_names=("x₁", "x₂"),
            target_name="class",
            truth=None,
            noise_sd=None,
            name=self.name,
            label=self.label,
        )


def split(n_samples: int, validation_share: float, random_state: int) -> tuple[Indices, Indices]:
    """Deal n_samples rows into training and validation: (train_idx, validation_idx), ascending.

    The rows are ordered by one fixed random key each, and the first round(share · n) of them
    validate: at least 1 if the share is above 0, and never so many that fewer than 2 are left for
    training. A larger share keeps every validation row; a larger n keeps nearly all.
    Raises ValueError if n_samples < 2 or validation_share is not in [0, 1).
    """
    whole("n_samples", n_samples, MIN_TRAINING)
    validation_share = number("validation_share", validation_share, BELOW_ONE)
    order = np.argsort(_generator(random_state, Stream.SPLIT).random(n_samples), kind="stable")
    wanted = max(round(validation_share * n_samples), int(validation_share > 0))
    n_validation = min(wanted, n_samples - MIN_TRAINING)
    return np.sort(order[n_validation:]), np.sort(order[:n_validation])


def _generator(random_state: int, stream: Stream | None = None) -> np.random.Generator:
    seed = whole("random_state", random_state, 0) if stream is None else stream.seed(random_state)
    return np.random.default_rng(seed)


def _check_noise(noise: float) -> None:
    number("noise", noise, between(0, MAX_NOISE))


def _check_correlation(correlation: float) -> None:
    number("correlation", correlation, between(0, MAX_CORRELATION))


def _check_sample(
    n_samples: int,
    noise: float,
    random_state: int,
    correlation: float,
    max_samples: int,
    min_samples: int = MIN_SAMPLES,
) -> None:
    """What every sample and every code is made of."""
    whole("n_samples", n_samples, min_samples, max_samples)
    _check_noise(noise)
    whole("random_state", random_state, 0)
    _check_correlation(correlation)


# The truths are named functions rather than lambdas so that Data can be pickled into a cache.


def _sine(x: Array) -> Array:
    return np.sin(2.0 * np.pi * x)


def _step(x: Array) -> Array:
    return np.where(x < 0.0, -1.0, 1.0)


def _kink(x: Array) -> Array:
    return 2.0 * np.abs(x) - 1.0


def _runge(x: Array) -> Array:
    return 1.0 / (1.0 + 25.0 * x**2)


def _cubic(x: Array) -> Array:
    return 4.0 * x**3 - 3.0 * x


def _steps_apart(i: Indices, j: Indices) -> Array:
    return np.asarray(np.abs(i - j), dtype=np.float64)


def _in_groups_of_three(i: Indices, j: Indices) -> Array:
    return np.where(i == j, 0.0, np.where(i // 3 == j // 3, 1.0, np.inf))


# Of the labelled sets: u (n, 2) uniform on the unit square, side (n,) 0 or 1 -> (n, 2). Not
# scikit-learn's make_moons and its like: there another number of points redraws all of them.


def _on_circle(angle: Array, radius: Array | float = 1.0) -> Array:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)


def _moons(u: Array, side: Array) -> Array:
    """The half circles of make_moons, the lower one the upper one turned round; centred."""
    upper = (_on_circle(np.pi * u[:, 0]) - [0.5, 0.25]) / 1.5
    return np.where(side[:, np.newaxis] == 0, upper, -upper)


def _circles(u: Array, side: Array) -> Array:
    return _on_circle(2 * np.pi * u[:, 0], np.where(side == 0, 1.0, 0.5))


def _spirals(u: Array, side: Array) -> Array:
    return _on_circle(np.pi * (3 * u[:, 0] + side), 0.1 + 0.9 * u[:, 0])


def _xor(u: Array, side: Array) -> Array:
    """Four squares with a gap between them; opposite ones are of one class."""
    size = 0.1 + 0.9 * np.abs(2 * u - 1)
    sign = np.where(u < 0.5, -1.0, 1.0)
    sign[:, 1] = sign[:, 0] * np.where(side == 0, 1.0, -1.0)
    return size * sign


def _blobs(u: Array, side: Array) -> Array:
    """Two round clouds, normal with standard deviation 0.25 (Box and Muller)."""
    cloud = 0.25 * _on_circle(2 * np.pi * u[:, 0], np.sqrt(-2 * np.log(1 - u[:, 1])))
    return cloud + np.where(side == 0, -0.5, 0.5)[:, np.newaxis]


def _load_diabetes() -> Data:
    """Efron, Hastie, Johnstone, Tibshirani (2004), Least angle regression, Ann. Statist. 32."""
    from sklearn.datasets import load_diabetes

    X, y = load_diabetes(return_X_y=True, scaled=False)
    return Data(
        X=X,
        y=y,
        feature_names=(
            "age",
            "sex",
            "body mass index",
            "blood pressure",
            "total cholesterol",
            "LDL",
            "HDL",
            "cholesterol / HDL",
            "log triglycerides",
            "blood sugar",
        ),
        target_name="disease progression",
        truth=None,
        noise_sd=None,
        name="diabetes",
        label="Diabetes",
    )


def _load_nuclei() -> Data:
    """Street, Wolberg, Mangasarian (1993), Wisconsin diagnostic breast cancer: columns 1-10, 24."""
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer()
    names = [str(name) for name in bunch.feature_names]
    means = [j for j, name in enumerate(names) if name.startswith("mean ")]
    return Data(
        X=bunch.data[:, means],
        y=bunch.data[:, names.index("worst area")],
        feature_names=tuple(names[j].removeprefix("mean ") for j in means),
        target_name="area of the largest nuclei",
        truth=None,
        noise_sd=None,
        name="nuclei",
        label="Cell nuclei",
    )


Dataset = Synthetic | Linear | Measured

_FIFTEEN = tuple(f"x{j}" for j in range(1, 16))

DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        Synthetic(
            name="sine",
            label="Sine",
            description="One smooth wave: a low degree follows it, a high degree can chase the noise too.",
            domain=(0.0, 1.0),
            truth=_sine,
            formula="np.sin(2 * np.pi * x)",
        ),
        Synthetic(
            name="step",
            label="Step",
            description="A jump that no polynomial can make: every fit must round it or ring.",
            domain=(-1.0, 1.0),
            truth=_step,
            formula="np.where(x < 0, -1.0, 1.0)",
        ),
        Synthetic(
            name="kink",
            label="Kink",
            description="A corner at 0 in an even function: the odd powers are not needed.",
            domain=(-1.0, 1.0),
            truth=_kink,
            formula="2 * np.abs(x) - 1",
        ),
        Synthetic(
            name="runge",
            label="Runge",
            description="Runge's bell 1/(1 + 25x²): high degrees tend to swing wildly near the two ends.",
            domain=(-1.0, 1.0),
            truth=_runge,
            formula="1 / (1 + 25 * x**2)",
        ),
        Synthetic(
            name="cubic",
            label="Cubic",
            description="4x³ − 3x: two powers make it, or one single Chebyshev term; does L1 find them?",
            domain=(-1.0, 1.0),
            truth=_cubic,
            formula="4 * x**3 - 3 * x",
        ),
        Linear(
            name="sparse",
            label="Sparse truth",
            description="Only x3, x8 and x13 of 15 features matter. Does L1 find them, and what does L2 do with the "
            "other twelve? Which of the two predicts better?",
            feature_names=_FIFTEEN,
            weights=(0, 0, 1, 0, 0, 0, 0, -0.8, 0, 0, 0, 0, 0.6, 0, 0),
            distance=_steps_apart,
            formula="abs(i - j)",
        ),
        Linear(
            name="dense",
            label="Dense truth",
            description="All 15 features matter a little: every weight that is set to zero is a mistake. "
            "Which of the two penalties predicts better?",
            feature_names=_FIFTEEN,
            weights=(1, 0.8, 1.1, -0.9, 1, 1.2, -0.8, -1, -1.1, 0.9, 0.8, -1.2, 1, -0.9, 1),
            distance=_steps_apart,
            formula="abs(i - j)",
        ),
        Linear(
            name="groups",
            label="Correlated groups",
            description="Five groups of three features, and groups a and c matter. The more alike the members of a "
            "group are, the less the data can tell which it is: does L1 keep one, does L2 share among all three?",
            feature_names=tuple(f"{group}{member}" for group in "abcde" for member in (1, 2, 3)),
            weights=(1, 1, 1, 0, 0, 0, -1, -1, -1, 0, 0, 0, 0, 0, 0),
            distance=_in_groups_of_three,
            formula="np.where(i == j, 0, np.where(i // 3 == j // 3, 1, np.inf))",
        ),
        Measured(
            name="diabetes",
            label="Diabetes",
            description="How far diabetes went in a year, from ten measurements of 442 patients; "
            "the blood values overlap: which of them does L1 keep, and how does L2 share the weight?",
            load=_load_diabetes,
            formula="""from sklearn.datasets import load_diabetes

X, y = load_diabetes(return_X_y=True, scaled=False)""",
            max_samples=442,
        ),
        Measured(
            name="nuclei",
            label="Cell nuclei",
            description="The area of the largest nuclei in 569 tissue samples, from ten averages; "
            "radius, perimeter and area say nearly the same: what are their weights at λ = 0, under L1, under L2?",
            load=_load_nuclei,
            formula="""from sklearn.datasets import load_breast_cancer

table = load_breast_cancer().data
X, y = table[:, :10], table[:, 23]  # the ten means; the worst area""",
            max_samples=569,
        ),
    )
}

LABELLED: dict[str, Labelled] = {
    labelled.name: labelled
    for labelled in (
        Labelled(
            name="moons",
            label="Moons",
            description="Two half circles that hook into each other: the boundary must bend twice.",
            shape=_moons,
        ),
        Labelled(
            name="circles",
            label="Circles",
            description="A ring round a ring: no straight line divides them, a circle does.",
            shape=_circles,
        ),
        Labelled(
            name="spirals",
            label="Spirals",
            description="Two arms that turn one and a half times: only a flexible model can follow them.",
            shape=_spirals,
        ),
        Labelled(
            name="xor",
            label="XOR",
            description="Four squares, opposite ones alike: neither input says anything alone, their product says all.",
            shape=_xor,
        ),
        Labelled(
            name="blobs",
            label="Blobs",
            description="Two round clouds: a straight line is the best boundary, and all bends are overfitting.",
            shape=_blobs,
        ),
    )
}
