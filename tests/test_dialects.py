"""Does every dialect, with the values that the table gives it, find the weights that ours finds?

Each objective is written here once more, from its own documentation, and minimised by something that knows nothing of
the table: the library itself, a general minimiser, or the update rule of an optimizer.
"""

import re
from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge

from regviz.core.dialects import CLASSIFICATION_DIALECTS, DIALECTS, Dialect
from regviz.core.linear.grid import fit_grid

ALPHA, N, P = 0.1, 40, 4
RATIOS = (0.0, 0.3, 1.0)

Weights = np.ndarray
Solver = Callable[[np.ndarray, np.ndarray, dict[str, float]], Weights]


def problem() -> tuple[np.ndarray, np.ndarray]:
    """Columns of variance 1 and other means than 0, so that the intercept matters and an intercept that is penalised is
    seen; y has a standard deviation that is far from 1, n is far from 1, and one weight of the lasso is zero."""
    rng = np.random.default_rng(4)
    X = rng.normal(size=(N, P))
    X = (X - X.mean(axis=0)) / X.std(axis=0) + [0.5, -0.7, 0.3, 0.2]
    return X, X @ [3.0, -2, 0.7, 0.0] + 0.5 * rng.normal(size=N) + 5


def labels() -> tuple[np.ndarray, np.ndarray]:
    X, y = problem()
    return X, (y + np.random.default_rng(5).normal(size=N) > 5).astype(float)


def squares(X: np.ndarray, y: np.ndarray, w: Weights, b: float) -> float:
    return float(((y - X @ w - b) ** 2).sum())


def log_loss(X: np.ndarray, y: np.ndarray, w: Weights, b: float) -> float:
    e = X @ w + b
    return float((np.logaddexp(0, e) - y * e).sum())


def absolute(w: Weights) -> float:
    return float(np.abs(w).sum())


def square(w: Weights) -> float:
    return float((w**2).sum())


def minimise(objective: Callable[..., float]) -> Solver:
    """A general minimiser of objective(data sum, n, w, **parameters), |w| split into two halves."""

    def solve(X: np.ndarray, y: np.ndarray, parameters: dict[str, float]) -> Weights:
        def value(v: np.ndarray) -> float:
            up, down, b = v[:P], v[P:-1], v[-1]
            return objective(X, y, up - down, b, up.sum() + down.sum(), **parameters)

        bounds = [(0, None)] * (2 * P) + [(None, None)]
        v = np.full(2 * P + 1, 0.5)
        for _ in range(5):  # from where it stopped, until finite differences can tell no more
            v = minimize(value, v, bounds=bounds, method="SLSQP", options={"ftol": 1e-15, "maxiter": 999}).x
        return v[:P] - v[P:-1]

    return solve


def descend(gradient: Callable[..., np.ndarray]) -> Solver:
    """Full-batch gradient steps on (w, b), as the library would do them, until they stand still."""

    def solve(X: np.ndarray, y: np.ndarray, parameters: dict[str, float]) -> Weights:
        rows = np.column_stack([X, np.ones(len(X))])
        v = np.zeros(P + 1)
        for _ in range(20_000):
            step = gradient(rows, y, v, **parameters)
            v = v - 0.05 * step
        return v[:P]

    return solve


def proximal(loss_gradient: Callable[..., np.ndarray]) -> Solver:
    """min loss + l1 Σ|w| + l2 Σw² of Keras: gradient steps on the smooth part, the threshold for |w|."""

    def solve(X: np.ndarray, y: np.ndarray, parameters: dict[str, float]) -> Weights:
        rows, rate = np.column_stack([X, np.ones(len(X))]), 0.05
        v = np.zeros(P + 1)
        for _ in range(20_000):
            w = v[:P] - rate * (loss_gradient(rows, y, v)[:P] + 2 * parameters["l2"] * v[:P])
            b = v[P] - rate * loss_gradient(rows, y, v)[P]
            v = np.append(np.sign(w) * np.maximum(np.abs(w) - rate * parameters["l1"], 0), b)
        return v[:P]

    return solve


def mse_gradient(rows: np.ndarray, y: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Of torch.nn.MSELoss() and Keras' "mse": the mean of the squares, without a half."""
    return 2 * rows.T @ (rows @ v - y) / len(y)


def bce_gradient(rows: np.ndarray, y: np.ndarray, v: np.ndarray) -> np.ndarray:
    return rows.T @ (1 / (1 + np.exp(-rows @ v)) - y) / len(y)


def with_decay(gradient: np.ndarray, v: np.ndarray, weight_decay: float) -> np.ndarray:
    """torch.optim.SGD adds weight_decay · parameter to the gradient; the bias is in a group with 0."""
    return gradient + weight_decay * np.append(v[:-1], 0)


def glmnet(X: np.ndarray, y: np.ndarray, parameters: dict[str, float]) -> Weights:
    """As documented: y is standardised with the 1/n formula, λ too is in its units, the weights are scaled back."""
    lam, mix = parameters["lambda"], parameters["alpha"]
    s, X = y.std(), X - X.mean(axis=0)
    z = (y - y.mean()) / s
    coef = np.zeros(P)
    for _ in range(2000):  # its coordinate descent, columns of variance 1
        for j in range(P):
            rho = X[:, j] @ (z - X @ coef + X[:, j] * coef[j]) / len(y)
            coef[j] = np.sign(rho) * max(abs(rho) - lam / s * mix, 0) / (1 + lam / s * (1 - mix))
    return s * coef


def settings_of(dialect: str) -> dict[str, object]:
    """What the card says has to stand in the call besides, as Python reads it."""
    said = next(d.settings for d in DIALECTS + CLASSIFICATION_DIALECTS if d.name == dialect)
    return eval(f"dict({said})")


def estimator(make: Callable[..., object], dialect: str) -> Solver:
    """The class of scikit-learn with the parameters and the settings of the card, and nothing else."""

    def solve(X: np.ndarray, y: np.ndarray, parameters: dict[str, float]) -> Weights:
        model = make(**{name: float(value) for name, value in parameters.items()}, **settings_of(dialect))
        return np.ravel(model.fit(X, y).coef_)  # type: ignore[attr-defined]

    return solve


def logistic(X: np.ndarray, y: np.ndarray, parameters: dict[str, float]) -> Weights:
    """By the settings of the card, but for the seed of saga's order."""
    settings = settings_of("scikit-learn LogisticRegression(C, l1_ratio)")
    model = LogisticRegression(
        C=float(parameters["C"]), l1_ratio=float(parameters["l1_ratio"]), random_state=0, **settings
    )
    return np.ravel(model.fit(X, y).coef_)


OURS = minimise(lambda X, y, w, b, l1, λ, ρ: squares(X, y, w, b) / (2 * N) + λ * (ρ * l1 + (1 - ρ) / 2 * square(w)))
SOLVERS: dict[str, Solver] = {
    "RegViz": OURS,
    "λΣw² beside the sum of squares": minimise(lambda X, y, w, b, l1, λ: squares(X, y, w, b) + λ * square(w)),
    "λΣw² beside the mean squared error": minimise(lambda X, y, w, b, l1, λ: squares(X, y, w, b) / N + λ * square(w)),
    "(λ/2)Σw² beside half the sum of squares": minimise(
        lambda X, y, w, b, l1, λ: squares(X, y, w, b) / 2 + λ / 2 * square(w)
    ),
    "(λ/2)Σw² beside half the mean squared error": minimise(
        lambda X, y, w, b, l1, λ: squares(X, y, w, b) / (2 * N) + λ / 2 * square(w)
    ),
    "(λ/2n)Σw² beside half the mean squared error": minimise(
        lambda X, y, w, b, l1, λ: squares(X, y, w, b) / (2 * N) + λ / (2 * N) * square(w)
    ),
    "λΣ|w| beside the sum of squares": minimise(lambda X, y, w, b, l1, λ: squares(X, y, w, b) + λ * l1),
    "λΣ|w| beside the mean squared error": minimise(lambda X, y, w, b, l1, λ: squares(X, y, w, b) / N + λ * l1),
    "(λ/n)Σ|w| beside half the mean squared error": minimise(
        lambda X, y, w, b, l1, λ: squares(X, y, w, b) / (2 * N) + λ / N * l1
    ),
    "scikit-learn Ridge(alpha)": estimator(Ridge, "scikit-learn Ridge(alpha)"),
    "scikit-learn Lasso(alpha)": estimator(Lasso, "scikit-learn Lasso(alpha)"),
    "scikit-learn ElasticNet(alpha, l1_ratio)": estimator(ElasticNet, "scikit-learn ElasticNet(alpha, l1_ratio)"),
    "glmnet(lambda, alpha)": glmnet,
    "PyTorch SGD(weight_decay) with MSELoss": descend(
        lambda rows, y, v, weight_decay: with_decay(mse_gradient(rows, y, v), v, weight_decay)
    ),
    "PyTorch SGD(weight_decay) with half the MSELoss": descend(
        lambda rows, y, v, weight_decay: with_decay(mse_gradient(rows, y, v) / 2, v, weight_decay)
    ),
    'Keras kernel_regularizer=L1L2(l1, l2), loss="mse"': proximal(mse_gradient),
}
CLASSIFIERS: dict[str, Solver] = {
    "RegViz": minimise(lambda X, y, w, b, l1, λ, ρ: log_loss(X, y, w, b) / N + λ * (ρ * l1 + (1 - ρ) / 2 * square(w))),
    "(λ/m)‖w‖₁": minimise(lambda X, y, w, b, l1, λ: log_loss(X, y, w, b) / N + λ / N * l1),
    "(λ/2m)‖w‖²": minimise(lambda X, y, w, b, l1, λ: log_loss(X, y, w, b) / N + λ / (2 * N) * square(w)),
    "scikit-learn LogisticRegression(C, l1_ratio)": logistic,
    "glmnet(lambda, alpha), binomial": minimise(
        lambda X, y, w, b, l1, **k: (
            log_loss(X, y, w, b) / N + k["lambda"] * ((1 - k["alpha"]) / 2 * square(w) + k["alpha"] * l1)
        )
    ),
    "PyTorch SGD(weight_decay) with BCEWithLogitsLoss": descend(
        lambda rows, y, v, weight_decay: with_decay(bce_gradient(rows, y, v), v, weight_decay)
    ),
    'Keras kernel_regularizer=L1L2(l1, l2), loss="binary_crossentropy"': proximal(bce_gradient),
}


def named(case: Dialect | float) -> str:
    return case.name if isinstance(case, Dialect) else str(case)


def read(dialect: Dialect, l1_ratio: float, y_scale: float = 1.0) -> dict[str, float] | None:
    values = dialect.values(ALPHA, l1_ratio, N, y_scale)
    return None if values is None else {name: float(value) for name, value in values}


def said(dialects: tuple[Dialect, ...]) -> list[tuple[Dialect, float]]:
    """Every dialect with every ratio that it can say."""
    return [(dialect, l1_ratio) for dialect in dialects for l1_ratio in RATIOS if not dialect.why_not(l1_ratio)]


# --- The same minimiser ------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:.*l1_reg.*", "ignore:With alpha=0", "ignore:Coordinate descent")
@pytest.mark.parametrize(("dialect", "l1_ratio"), said(DIALECTS), ids=named)
def test_a_dialect_finds_our_weights(dialect: Dialect, l1_ratio: float) -> None:
    X, y = problem()
    assert not 0.9 < y.std() < 1.1
    parameters = read(dialect, l1_ratio, float(y.std()))
    assert parameters is not None
    ours = fit_grid(X, y, [ALPHA], [l1_ratio]).coef[0, 0]
    np.testing.assert_allclose(SOLVERS[dialect.name](X, y, parameters), ours, atol=1e-6)


@pytest.mark.parametrize(("dialect", "l1_ratio"), said(CLASSIFICATION_DIALECTS), ids=named)
def test_a_dialect_finds_our_classifier(dialect: Dialect, l1_ratio: float) -> None:
    """Ours is held by its optimality conditions, from the data."""
    X, y = labels()
    parameters = read(dialect, l1_ratio)
    assert parameters is not None
    w = CLASSIFIERS[dialect.name](X, y, parameters)
    w = np.where(np.abs(w) < 1e-5, 0, w)
    free = minimize(lambda b: log_loss(X, y, w, b[0]), [0.0], method="BFGS", options={"gtol": 1e-9})
    slope = -X.T @ (1 / (1 + np.exp(-X @ w - free.x[0])) - y) / N - ALPHA * (1 - l1_ratio) * w
    off = np.where(
        w != 0, np.abs(slope - ALPHA * l1_ratio * np.sign(w)), np.maximum(np.abs(slope) - ALPHA * l1_ratio, 0)
    )
    assert off.max() <= 2e-6
    assert np.abs(w).max() > 0.1


def test_every_dialect_is_tested() -> None:
    untested = {dialect.name for dialect in DIALECTS} - set(SOLVERS)
    assert untested == {"scikit-learn LogisticRegression(C)"}  # no value at all for a regression
    assert {dialect.name for dialect in CLASSIFICATION_DIALECTS} == set(CLASSIFIERS)


# --- The text that the card shows -----------------------------------------------------------------


def read_formula(text: str, numbers: dict[str, float]) -> float:
    """The value of a displayed formula.

    Sums are the atoms; a missing sign is a product, and binds tighter than a fraction where nothing stands between:
    λ/2n is λ/(2n). What follows two spaces says what a letter means.
    """
    text = text.split(",  ")[0]
    for sign, name in (
        ("Σ(y−ŷ)²", "SQUARES"),
        ("Σ log-loss", "LOGLOSS"),
        ("Σ|w|", "ABS"),
        ("Σw²", "SQ"),
        ("½", "(1/2)"),
        ("−", "-"),
        ("lambda", "λ"),
    ):
        text = text.replace(sign, name)
    text = re.sub(r"(\d)([a-z])", r"(\1*\2)", text)
    tokens = re.findall(r"[^\W\d]\w*|\d+|[-+*/()]", text)
    assert "".join(tokens) == text.replace(" ", ""), f"unread: {text}"
    product = []
    for token in tokens:
        if product and (product[-1] == ")" or product[-1][-1].isalnum()) and (token == "(" or token[0].isalpha()):
            product.append("*")
        product.append(token)
    return float(eval("".join(product), {}, numbers))


def test_the_reader_of_formulas() -> None:
    numbers = {"n": 10.0, "λ": 3.0, "SQUARES": 7.0, "SQ": 5.0}
    assert read_formula("1/(2n) Σ(y−ŷ)² + (λ/2n) Σw²", numbers) == pytest.approx(7 / 20 + 15 / 20)
    assert read_formula("½ Σ(y−ŷ)² + λ (1−λ)/2 Σw²,  n = 1", numbers) == pytest.approx(3.5 + 3 * -2 / 2 * 5)


@pytest.mark.parametrize(("dialect", "l1_ratio"), said(DIALECTS + CLASSIFICATION_DIALECTS), ids=named)
def test_the_displayed_formula_is_a_multiple_of_ours(dialect: Dialect, l1_ratio: float) -> None:
    """As it is shown, with the values beside it: data_scale(n) times J, at any weights and not only the best."""
    rng = np.random.default_rng(6)
    X, y = problem()
    labelled, scale = "log-loss" in dialect.formula, float(y.std())
    if labelled:
        X, y = labels()
    parameters = read(dialect, l1_ratio, scale)
    assert parameters is not None
    for _ in range(3):
        w, b = rng.normal(size=P), rng.normal()
        atoms = {"SQUARES": squares(X, y, w, b), "LOGLOSS": log_loss(X, y, w, b), "ABS": absolute(w), "SQ": square(w)}
        letters = {name.replace("lambda", "λ"): value for name, value in parameters.items()}
        numbers = {"n": N, "m": N, "s": scale, **atoms, **letters}
        data = atoms["LOGLOSS"] / N if labelled else atoms["SQUARES"] / (2 * N)
        ours = data + ALPHA * (l1_ratio * atoms["ABS"] + (1 - l1_ratio) / 2 * atoms["SQ"])
        times = dialect.data_scale(N) * parameters.get("C", 1.0)
        assert read_formula(dialect.formula, numbers) == pytest.approx(times * ours, rel=1e-12)


def test_a_library_says_what_else_the_call_needs() -> None:
    """Formulas of a course need nothing; of glmnet's defaults two would give another answer."""
    for dialect in DIALECTS + CLASSIFICATION_DIALECTS:
        library = dialect.name.startswith(("scikit-learn", "glmnet", "PyTorch", "Keras"))
        assert bool(dialect.settings) == (library and "(C)" not in dialect.name), dialect.name
        if "glmnet" in dialect.name:
            assert "standardize = FALSE, thresh = 1e-14" in dialect.settings
        if "PyTorch" in dialect.name:
            assert "weight_decay=0" in dialect.note


# --- Numbers that one can check by hand ----------------------------------------------------------


def test_numbers() -> None:
    table = {dialect.name: dialect for dialect in DIALECTS}
    assert read(table["scikit-learn Ridge(alpha)"], 0) == {"alpha": pytest.approx(N * ALPHA)}
    assert read(table["scikit-learn Lasso(alpha)"], 1) == {"alpha": pytest.approx(ALPHA)}
    assert read(table["PyTorch SGD(weight_decay) with MSELoss"], 0) == {"weight_decay": pytest.approx(2 * ALPHA)}
    keras = read(table['Keras kernel_regularizer=L1L2(l1, l2), loss="mse"'], 0.3)
    assert keras == {"l1": pytest.approx(2 * ALPHA * 0.3), "l2": pytest.approx(ALPHA * 0.7)}
    glmnet_at = table["glmnet(lambda, alpha)"]
    assert read(glmnet_at, 1, 7.0) == {"lambda": pytest.approx(ALPHA), "alpha": 1}
    assert read(glmnet_at, 0, 7.0) == {"lambda": pytest.approx(7 * ALPHA), "alpha": 0}
    assert read(glmnet_at, 0.3, 1.0) == {"lambda": pytest.approx(ALPHA), "alpha": pytest.approx(0.3)}
    logistic_at = {dialect.name: dialect for dialect in CLASSIFICATION_DIALECTS}
    assert read(logistic_at["scikit-learn LogisticRegression(C, l1_ratio)"], 1) == {
        "C": pytest.approx(1 / (N * ALPHA)),
        "l1_ratio": 1,
    }


# --- The table -----------------------------------------------------------------------------------


@pytest.mark.parametrize("l1_ratio", [0, 1e-3, 0.5, 1])
@pytest.mark.parametrize("dialect", DIALECTS + CLASSIFICATION_DIALECTS, ids=named)
def test_a_value_or_a_reason(dialect: Dialect, l1_ratio: float) -> None:
    alphas = np.array([[0, 0.1, 2.0], [1, 2, 3]])
    values, reason = dialect.values(alphas, l1_ratio, 30), dialect.why_not(l1_ratio)
    assert (values is None) == bool(reason)
    if values is None:
        assert reason.endswith(".")
    else:
        assert all(value.shape == alphas.shape and not np.isnan(value).any() for _, value in values)
    assert len(dialect.formula) <= 80


def test_names_are_unique_and_formulas_name_their_parameters() -> None:
    for table in (DIALECTS, CLASSIFICATION_DIALECTS):
        assert len({dialect.name for dialect in table}) == len(table)
        for dialect in table:
            assert all(name in dialect.formula for name, _ in dialect.parameters)


def test_mixtures_need_both_terms() -> None:
    """A ratio between 0 and 1 is said by those dialects that have both terms, and by no other."""
    both = {dialect.name for dialect in DIALECTS if dialect.values(1.0, 0.5, 30) is not None}
    assert both == {
        "RegViz",
        "scikit-learn ElasticNet(alpha, l1_ratio)",
        "glmnet(lambda, alpha)",
        'Keras kernel_regularizer=L1L2(l1, l2), loss="mse"',
    }


def test_no_penalty_is_an_infinite_C() -> None:
    dialect = next(d for d in CLASSIFICATION_DIALECTS if "LogisticRegression" in d.name)
    values = dict(dialect.values([0.0, 0.5], 0.0, 10) or ())
    np.testing.assert_allclose(values["C"], [np.inf, 0.2])


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("alpha", (-1.0, 0.5, 10)),
        ("alpha", (np.nan, 0.5, 10)),
        ("l1_ratio", (1.0, 1.5, 10)),
        ("n_samples", (1.0, 0.5, 0)),
        ("y_scale", (1.0, 0.5, 10, 0.0)),
    ],
)
def test_errors_name_the_field(name: str, arguments: tuple[float, float, int]) -> None:
    with pytest.raises(ValueError, match=name):
        DIALECTS[0].values(*arguments)
