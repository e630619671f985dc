"""How can the reader make the page's fit anew, without RegViz? A Python script, and a ZIP of it with the whole path.

The script rebuilds data, split, features and the exact solution with NumPy and scikit-learn alone. Nothing that a user
wrote becomes code: names of columns stand in it as string literals only, and the text of a file not at all.
"""

from __future__ import annotations

import csv
import io
import platform
import zipfile
from collections.abc import Iterable
from importlib.metadata import version
from string import Template

import numpy as np

from regviz.core import Array
from regviz.core.data.datasets import DATASETS, Stream
from regviz.core.data.features import BASES
from regviz.fits.compare import Compare
from regviz.fits.task import L1, L1_RATIOS, L2
from regviz.settings import Settings

_SCRIPT = Template('''\
"""One fit of RegViz's Compare page, made anew: L1 (lasso), a mix (elastic net) and L2 (ridge).

    J(w, b) = 1/(2n) Σ (y − Xw − b)² + λ · [ ρ Σ|w| + (1 − ρ)/2 Σ w² ],    ρ = L1 ratio

Run it with:  pip install numpy scikit-learn && python fit.py
"""

import warnings
from pathlib import Path

import numpy as np
from sklearn.linear_model import ElasticNet, LinearRegression, Ridge
from sklearn.metrics import root_mean_squared_error

NAMES = $names
FITS = $fits  # column: (λ, L1 ratio)

$data
# The split: every row gets a fixed random key, and the rows with the smallest keys validate.
order = np.argsort(np.random.default_rng($split).random(len(y)), kind="stable")
validation, train = np.sort(order[:$n_validation]), np.sort(order[$n_validation:])
$features

def exact_fit(X, y, alpha, l1_ratio):
    """Weights and intercept at the minimum of J, by feature-sign search (Lee et al., 2006).

    Which weights are not zero, and with which sign? Once that is known the rest is a linear system. So: let the
    weight join that most wants to, solve, and drop a weight that would change its sign. J falls in every step.
    """
    x_mean, y_mean = X.mean(axis=0), y.mean()
    X, y = X - x_mean, y - y_mean  # takes the intercept out of the problem: it is not penalised
    size = np.sqrt(np.mean(X**2, axis=0))  # in columns of size 1 rounding errors are smallest
    constant = size <= 1e-14 * np.abs(x_mean)
    size[constant], X[:, constant] = 1, 0
    X = X / size
    l1, l2 = alpha * l1_ratio / size, alpha * (1 - l1_ratio) / size**2
    gram, pull = X.T @ X / len(y), X.T @ y / len(y)
    w, sign = np.zeros_like(pull), np.zeros_like(pull)
    lost = np.maximum(l1 / (np.abs(pull).max() or 1), l2) <= 1e-14  # no penalty, or one below rounding error
    if lost[~constant].all():
        w = np.linalg.lstsq(X, y, rcond=None)[0]  # least squares, of all solutions the shortest
    elif l1_ratio == 0:
        w = np.linalg.solve(gram + np.diag(l2), pull)  # L2 alone: one linear system
    else:
        for _ in range(100 * len(w)):
            on, goal = np.flatnonzero(sign), w.copy()
            system = gram[np.ix_(on, on)] + np.diag(l2[on] + 1e-14)  # a trace of ridge, for dependent columns
            for _ in range(2):  # the second step takes its effect away
                goal[on] += np.linalg.solve(system, (pull - gram @ goal - l1 * sign - l2 * goal)[on])
            crossing = np.flatnonzero(goal * sign < 0)
            if len(crossing):  # go only as far as the first weight that reaches zero
                shares = w[crossing] / (w - goal)[crossing]
                w = w + shares.min() * (goal - w)
                w[crossing[shares.argmin()]] = sign[crossing[shares.argmin()]] = 0
                continue
            w = goal
            slope = pull - gram @ w  # how much each weight wants to grow; the L1 penalty holds it back
            excess = np.where(sign == 0, np.abs(slope) - l1, 0)
            if excess.max() <= 2e-15 * (np.sqrt(np.mean(y**2)) + np.abs(w).sum()):  # rounding error
                break
            sign[excess.argmax()] = np.sign(slope[excess.argmax()])
    w = w / size
    return w, y_mean - w @ x_mean


def library_fit(X, y, alpha, l1_ratio):
    """The same by scikit-learn, whose Ridge leaves out the 1/n. Coordinate descent may not arrive in time."""
    if alpha == 0:
        return LinearRegression().fit(X, y)
    if l1_ratio == 0:
        return Ridge(alpha=alpha * len(y), solver="svd").fit(X, y)
    return ElasticNet(alpha=alpha, l1_ratio=l1_ratio, tol=1e-12, max_iter=10_000).fit(X, y)


# Fit the training rows, measure on both parts.
results, differences = {}, {}
for column, (alpha, l1_ratio) in FITS.items():
    w, b = exact_fit(X[train], y[train], alpha, l1_ratio)
    results[column] = [*w, b, np.sum(w == 0)]
    for rows in (train, validation):
        results[column].append(root_mean_squared_error(y[rows], X[rows] @ w + b) if len(rows) else np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        predicted = library_fit(X[train], y[train], alpha, l1_ratio).predict(X[train])
    differences[column] = np.abs(predicted - X[train] @ w - b).max()

print(f"{'weight':<24}" + "".join(f"{column:>18}" for column in FITS))
for row, label in enumerate([*NAMES, "intercept", "zeros", "training error", "validation error"]):
    print(f"{label:<24}" + "".join(f"{results[column][row]:18.8g}" for column in FITS))
print("\\nLargest difference to the predictions of scikit-learn, which stops when it is near enough:")
print(f"{'':<24}" + "".join(f"{difference:18.1e}" for difference in differences.values()))
''')

_PACKAGES = ("numpy", "scikit-learn")

_OWN = """\
# Your table: the target is the last column.
table = np.loadtxt(Path(__file__).with_name("data.csv"), delimiter=",", skiprows=1, ndmin=2, encoding="utf-8")
X, y = table[:, :-1], table[:, -1]
"""

_CURVE = """
# The features: polynomials of x mapped to t in [-1, 1], without the constant, which is the intercept.
t = ((x - low) - (high - x)) / (high - low)
X = {vandermonde}(t, {degree})[:, 1:]
"""

_STANDARDIZE = """
# Every feature gets mean 0 and variance 1 on the training rows; one that is constant there stays as it is.
mean, scale = X[train].mean(axis=0), X[train].std(axis=0)
X = (X - mean) / np.where(scale > 1e-14 * np.abs(mean), scale, 1)
"""


def script(sweep: Compare, strength: int, l1_ratio: int) -> str:
    """A Python script that makes the three fits shown at a position of the sliders, and prints them.

    strength and l1_ratio are the positions (indices) of the two sliders: columns and rows of `sweep.grid`. The
    script needs NumPy and scikit-learn (1.4 or later), and for a user's own table the file data.csv beside it. Its
    weights are those of `sweep.grid.coef` up to rounding, and belong to the same (standardised) features. Raises
    IndexError if a position is not on its slider.
    """
    settings, data = sweep.settings, sweep.data
    entry = DATASETS.get(data.name)
    made = _OWN
    if entry is not None:
        made = entry.code(data.n_samples, settings.noise, settings.random_state, settings.correlation) + "\n"
    features = ""
    if data.domain is not None:
        vandermonde = BASES[settings.basis].vandermonde
        module = vandermonde.__module__.replace("numpy", "np", 1)
        features += _CURVE.format(vandermonde=f"{module}.{vandermonde.__name__}", degree=int(settings.degree))
    if settings.standardize:
        features += _STANDARDIZE
    fits = {
        column: (float(_alphas(sweep)[row, strength]), float(L1_RATIOS[row]))
        for column, row in _columns(sweep, strength, l1_ratio).items()
    }
    return _SCRIPT.substitute(
        names=repr([str(name) for name in sweep.names]),
        fits=repr(fits),
        data=made,
        split=Stream.SPLIT.seed(settings.random_state),
        n_validation=len(sweep.validation),
        features=features,
    )


def bundle(sweep: Compare, strength: int, l1_ratio: int, link: str) -> bytes:
    """A ZIP of README.txt, fit.py (see `script`), path.csv and, for a user's own table, data.csv.

    `link` reopens the picture; it stands in README.txt only. The same arguments give the same bytes. Raises
    IndexError if a position is not on its slider.
    """
    files = {
        "README.txt": _readme(sweep, strength, l1_ratio, link),
        "fit.py": script(sweep, strength, l1_ratio),
        "path.csv": _path(sweep, strength, l1_ratio),
    }
    if _is_own(sweep):
        header = [*sweep.data.feature_names, sweep.data.target_name]
        files["data.csv"] = _csv(header, np.column_stack([sweep.data.X, sweep.data.y]).tolist())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)  # dated 1980: the time of packing would make every ZIP another one
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text.encode())
    return packed.getvalue()


def _columns(sweep: Compare, strength: int, l1_ratio: int) -> dict[str, int]:
    """Column of the page -> row of the sweep; the mix has the row of its slider."""
    for name, position, length in (
        ("strength", strength, len(sweep.strengths)),
        ("l1_ratio", l1_ratio, len(L1_RATIOS)),
    ):
        if not 0 <= position < length:
            raise IndexError(f"{name} must be a position from 0 to {length - 1}, got {position}")
    return {"L1": L1, "mix": l1_ratio, "L2": L2}


def _alphas(sweep: Compare) -> Array:
    """(R, A), whether the ratios share their alphas or not."""
    return np.broadcast_to(sweep.grid.alphas, sweep.grid.intercept.shape)


def _readme(sweep: Compare, strength: int, l1_ratio: int, link: str) -> str:
    settings, data = sweep.settings, sweep.data
    lines = [
        "A fit of RegViz, to go on with",
        "",
        f"Open the picture:  {_line(link)}",
        f"Make it anew:      python fit.py   (needs {', '.join(_PACKAGES)})",
        "",
        "fit.py    makes the three fits of the picture and prints weights and errors",
        "path.csv  every fit of the three columns over the whole λ slider",
    ]
    if _is_own(sweep):
        lines.append(
            "data.csv  your table as it was fitted; the last column is the target. Upload it where the link opens"
        )
    lines += ["", "Position of the sliders"]
    for column, row in _columns(sweep, strength, l1_ratio).items():
        lines.append(f"  {column:<4} λ {_alphas(sweep)[row, strength]:.12g}, L1 ratio {L1_RATIOS[row]:g}")
    lines += ["", "Settings"]
    for name, knob in Settings.knobs().items():
        if knob.applies(DATASETS.get(data.name)):
            value = getattr(settings, name)
            words = data.label if name == "data" else knob.options.get(value, value)
            lines.append(f"  {knob.label}: {_line(str(words))}")
    lines += [
        "",
        f"{len(sweep.train)} rows are fitted and {len(sweep.validation)} validate. The weights belong to the features "
        f"{'with mean 0 and variance 1 in the fitted rows' if settings.standardize else 'as they are'}.",
        "Errors are root mean squared; the expected error, where known, is that on infinitely many new rows.",
        "",
        "Made with " + ", ".join([f"Python {platform.python_version()}", *(f"{p} {version(p)}" for p in _PACKAGES)]),
    ]
    return "\n".join(lines) + "\n"


def _path(sweep: Compare, strength: int, l1_ratio: int) -> str:
    """The path of the three columns as CSV: a row for each λ, an empty cell where an error is not known."""
    columns = {
        "intercept": sweep.grid.intercept,
        "zeros": (sweep.grid.coef == 0).sum(axis=-1),
        "df": sweep.df,
        "train_error": sweep.train_error,
        "validation_error": sweep.validation_error,
        "expected_error": sweep.expected_error,
    }
    header = ["penalty", "l1_ratio", "alpha", *(f"weight of {name}" for name in sweep.names), *columns]
    rows: list[list[object]] = []
    for column, row in _columns(sweep, strength, l1_ratio).items():
        fits = zip(_alphas(sweep)[row], sweep.grid.coef[row], *(v[row] for v in columns.values()), strict=True)
        rows += [[column, L1_RATIOS[row], alpha, *weights, *others] for alpha, weights, *others in fits]
    return _csv(header, rows)


def _csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """CSV with numbers that read back exactly, empty for NaN; no name is a formula to a spreadsheet."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(
        "'" + name if name.lstrip().startswith(("=", "+", "-", "@")) else name for name in map(_line, header)
    )
    writer.writerows([["" if cell != cell else cell for cell in row] for row in rows])
    return written.getvalue()


def _line(text: str) -> str:
    """The text in one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _is_own(sweep: Compare) -> bool:
    return sweep.data.name not in DATASETS
