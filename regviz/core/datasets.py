"""Which data can the reader choose, and which of them are held back for validation?

Every data set is one entry of DATASETS. A sample is a pure function of its arguments, and the
sliders for the noise and the number of points never redraw what is already there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from regviz.core import Array

Indices = NDArray[np.intp]
Truth = Callable[[Array], Array]

MIN_SAMPLES = 2
MAX_SYNTHETIC_SAMPLES = 1000
MAX_NOISE = 10.0
MIN_TRAINING = 2

# One stream of random numbers for each purpose. With a common stream the split would repeat the
# numbers that placed the x, and validation would be the left end of the picture.
_SPLIT_STREAM = 1
_ROWS_STREAM = 2


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

    def __post_init__(self) -> None:
        X = np.array(self.X, dtype=np.float64)
        y = np.array(self.y, dtype=np.float64)
        if X.ndim != 2 or y.shape != X.shape[:1] or len(self.feature_names) != X.shape[1]:
            raise ValueError(
                "X must be (n_samples, n_columns) with one y a row and one name a column, "
                f"got X {X.shape}, y {y.shape}, {len(self.feature_names)} names"
            )
        X.setflags(write=False)
        y.setflags(write=False)
        object.__setattr__(self, "X", X)
        object.__setattr__(self, "y", y)

    @property
    def n_samples(self) -> int:
        """Number of rows."""
        return len(self.y)

    def draw(self, n_samples: int, random_state: int) -> Data:
        """`n_samples` of the rows, drawn without replacement.

        The rows are the first n_samples of one fixed shuffle, so a larger number keeps the rows
        that were there. Raises ValueError if n_samples is not 2 to the number of rows.
        """
        _check_whole("n_samples", n_samples, MIN_SAMPLES, self.n_samples)
        shuffle = _generator(random_state, _ROWS_STREAM).permutation(self.n_samples)
        rows = shuffle[:n_samples]
        return replace(self, X=self.X[rows], y=self.y[rows])


@dataclass(frozen=True)
class Synthetic:
    """y = truth(x) + noise · z, with x uniform on the domain and z standard normal.

    The truth is of order 1 on the domain, so noise 0.1 means about the same in every data set.
    """

    name: str
    label: str
    description: str
    domain: tuple[float, float]
    truth: Truth  # (n,) -> (n,)
    max_samples: int = MAX_SYNTHETIC_SAMPLES
    takes_noise: bool = True

    def sample(self, n_samples: int, noise: float, random_state: int) -> Data:
        """Draw `n_samples` points with noise of standard deviation `noise`.

        x and z are the first n_samples of one fixed draw of max_samples: more points keep the
        points that were there, and the noise only scales z. The points are not sorted.
        Raises ValueError if n_samples, noise or random_state is out of range.
        """
        _check_whole("n_samples", n_samples, MIN_SAMPLES, self.max_samples)
        _check_noise(noise)
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


@dataclass(frozen=True)
class Measured:
    """Real rows with named columns; `load()` gives all of them.

    max_samples is the number of rows, written down so that a page can set the limits of its
    slider without loading them.
    """

    name: str
    label: str
    description: str
    load: Callable[[], Data]
    max_samples: int
    takes_noise: bool = False

    def sample(self, n_samples: int, noise: float, random_state: int) -> Data:
        """`n_samples` of the rows, drawn with `random_state`; see Data.draw.

        Real rows bring their own noise: `noise` is checked and otherwise not used.
        Raises ValueError if n_samples, noise or random_state is out of range.
        """
        _check_noise(noise)
        return replace(self.load(), name=self.name, label=self.label).draw(n_samples, random_state)


def split(n_samples: int, validation_share: float, random_state: int) -> tuple[Indices, Indices]:
    """Deal n_samples rows into training and validation: (train_idx, validation_idx), ascending.

    The rows are ordered by one fixed random key each, and the first round(share · n) of them
    validate: at least 1 if the share is above 0, and never so many that fewer than 2 are left for
    training. A larger share keeps every validation row; a larger n keeps nearly all.
    Raises ValueError if n_samples < 2 or validation_share is not in [0, 1).
    """
    _check_whole("n_samples", n_samples, MIN_TRAINING, None)
    if not 0.0 <= validation_share < 1.0:
        raise ValueError(f"validation_share must be 0 or more and less than 1, got {validation_share}")
    order = np.argsort(_generator(random_state, _SPLIT_STREAM).random(n_samples), kind="stable")
    wanted = max(round(validation_share * n_samples), int(validation_share > 0))
    n_validation = min(wanted, n_samples - MIN_TRAINING)
    return np.sort(order[n_validation:]), np.sort(order[:n_validation])


def _generator(random_state: int, *stream: int) -> np.random.Generator:
    _check_whole("random_state", random_state, 0, None)
    return np.random.default_rng([int(random_state), *stream] if stream else int(random_state))


def _check_whole(field: str, value: int, low: int, high: int | None) -> None:
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if whole and low <= value and (high is None or value <= high):
        return
    span = f"{low} or more" if high is None else f"{low} to {high}"
    raise ValueError(f"{field} must be a whole number, {span}, got {value!r}")


def _check_noise(noise: float) -> None:
    if not 0.0 <= noise <= MAX_NOISE:
        raise ValueError(f"noise must be 0 to {MAX_NOISE:g}, got {noise}")


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


Dataset = Synthetic | Measured

DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        Synthetic(
            name="sine",
            label="Sine",
            description="One smooth wave: a low degree follows it, a high degree chases the noise.",
            domain=(0.0, 1.0),
            truth=_sine,
        ),
        Synthetic(
            name="step",
            label="Step",
            description="A jump that no polynomial can make: every fit must round it or ring.",
            domain=(-1.0, 1.0),
            truth=_step,
        ),
        Synthetic(
            name="kink",
            label="Kink",
            description="A corner at 0 in an even function: the odd powers are not needed.",
            domain=(-1.0, 1.0),
            truth=_kink,
        ),
        Synthetic(
            name="runge",
            label="Runge",
            description="Runge's bell 1/(1 + 25x²): high degrees swing wildly near the two ends.",
            domain=(-1.0, 1.0),
            truth=_runge,
        ),
        Synthetic(
            name="cubic",
            label="Cubic",
            description="4x³ − 3x: two powers make it, or one single Chebyshev term; does L1 find them?",
            domain=(-1.0, 1.0),
            truth=_cubic,
        ),
        Measured(
            name="diabetes",
            label="Diabetes",
            description="How far diabetes went in a year, from ten measurements of 442 patients; "
            "the blood values overlap, so L1 keeps some of them and L2 shares among all.",
            load=_load_diabetes,
            max_samples=442,
        ),
        Measured(
            name="nuclei",
            label="Cell nuclei",
            description="The area of the largest nuclei in 569 tissue samples, from ten averages; "
            "radius, perimeter and area say nearly the same, so unregularized weights cancel, "
            "L1 picks one of the three and L2 shares among them.",
            load=_load_nuclei,
            max_samples=569,
        ),
    )
}
