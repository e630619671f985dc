"""Is everything that a public function of the core can't use refused by the name of the field, and never half used?

One table: every public function with arguments that are good. In a copy one argument is made bad, and the answer has to
be a ValueError that begins with its name, or with the name of the one whose shape it has to fit.
"""

from __future__ import annotations

import inspect
import re
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pytest

from regviz.core import checks, dialects, losses, penalties
from regviz.core.data import datasets, features
from regviz.core.linear import matching, robust, selection
from regviz.core.linear.grid import fit_grid
from regviz.core.toy import budget, forces, one_weight, shapes, solution_path, three_weights, two_weights, zero_map
from regviz.core.toy import slices as geometry
from regviz.scenes.geometry import picture as geometry_picture

MODULES = (
    *(checks, datasets, dialects, features, losses, matching, penalties, robust, selection),
    *(
        budget,
        forces,
        geometry,
        geometry_picture,
        one_weight,
        shapes,
        solution_path,
        three_weights,
        two_weights,
        zero_map,
    ),
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(9, 2))
y = X @ [1.0, 2.0] + RNG.normal(size=9)
Y = np.stack([y, y + 1])
ALPHAS, RATIOS = np.array([0.1, 0.01, 0.5]), np.array([0.0, 1.0])
GRID = fit_grid(X, y, ALPHAS, RATIOS)
HUBER = robust.fit_huber(X, Y, ALPHAS, RATIOS, 1.0)
SCALER = features.Standardizer.fit(X)
SLICES = geometry.slices(X, y, GRID.coef, RATIOS, (0, 1))
MOMENTS = selection.Moments.of(X.T)
LINEAR = datasets.DATASETS["groups"]
SPARSE = datasets.DATASETS["sparse"].sample(9, 0.3, 0, 0.5)
SINE, REAL, MOONS = datasets.DATASETS["sine"], datasets.DATASETS["diabetes"], datasets.LABELLED["moons"]
LEGENDRE, PENALTY = features.BASES["legendre"], penalties.ElasticNet(0.5)
PAIR = np.array([1.0, -2.0])
ROWS = {"n_samples": 9, "noise": 0.3, "random_state": 0, "correlation": 0.5}
LABELS = {"y": np.array([0.0, 1.0]), "prediction": np.array([[0.3, -2.0], [1.0, 2.0]])}
POSITION = {"alpha": 0.1, "l1_ratio": 0.5, "correlation": 0.5, "optimum_a": 1.0, "optimum_b": 2.0}


@dataclass(frozen=True)
class Call:
    """A public function with good arguments.

    fixed  those that are not numbers from outside: flags, results of another function
    gaps   those in which NaN and inf may stand: what training calls at each step
    open   those that may be infinite
    """

    function: Callable[..., object]
    good: dict[str, Any]
    fixed: frozenset[str] = field(default=frozenset())
    gaps: bool = False
    open: frozenset[str] = frozenset()


def call(function: Callable[..., object], /, fixed: str = "", gaps: bool = False, open: str = "", **good: Any) -> Call:
    return Call(function, good, frozenset(fixed.split()), gaps, frozenset(open.split()))


def picture(**position: Any) -> object:
    return geometry_picture.picture(position)


problem = {"correlation": 0.5, "optimum": (1.0, 2.0), "alpha": 0.1, "l1_ratio": 0.5}
bare = {name: value for name, value in problem.items() if name != "alpha"}
CALLS: dict[str, Call] = {
    # robust
    "huber_loss": call(robust.huber_loss, residual=y, delta=1.0, open="delta"),
    "huber_slope": call(robust.huber_slope, residual=y, delta=1.0, open="delta"),
    "fit_huber": call(robust.fit_huber, X=X, Y=Y, alphas=ALPHAS, l1_ratios=RATIOS, delta=1.0, open="delta"),
    "fit_absolute": call(robust.fit_absolute, X=X, Y=Y, alphas=ALPHAS, l1_ratios=RATIOS),
    "absolute_delta": call(robust.absolute_delta, Y=Y),
    "huber_location": call(robust.huber_location, Y=Y, delta=1.0, open="delta"),
    "huber_alpha_max": call(robust.huber_alpha_max, X=X, Y=Y, delta=1.0, open="delta"),
    "huber_kkt": call(
        robust.huber_kkt,
        X=X,
        Y=Y,
        alphas=ALPHAS,
        l1_ratios=RATIOS,
        delta=1.0,
        coef=HUBER.coef,
        intercept=HUBER.intercept,
        open="delta",
    ),
    # selection
    "compress": call(selection.compress, table=X),
    "mean_squared_error": call(selection.mean_squared_error, grid=GRID, X=X, y=y, fixed="grid"),
    "cross_validate": call(
        selection.cross_validate,
        features=X,
        y=y,
        alphas=ALPHAS,
        l1_ratios=RATIOS,
        standardize=True,
        n_splits=5,
        random_state=0,
        fixed="standardize",
    ),
    "one_standard_error": call(selection.one_standard_error, errors=RNG.random((5, 2, 3)), alphas=ALPHAS),
    "Moments.of": call(selection.Moments.of, predictions=X.T),
    "Moments.decompose": call(MOMENTS.decompose, truth=y),
    "decompose": call(selection.decompose, predictions=X.T, truth=y),
    # features
    "Basis.expand": call(LEGENDRE.expand, x=y, degree=3, domain=(-5.0, 5.0)),
    "Basis.terms": call(LEGENDRE.terms, degree=3),
    "check_degree": call(features.check_degree, degree=3),
    "Standardizer.fit": call(features.Standardizer.fit, X=X, enabled=True, fixed="enabled"),
    "Standardizer.identity": call(features.Standardizer.identity, n_features=3),
    "Standardizer.transform": call(SCALER.transform, X=X),
    "Standardizer.coef_original": call(SCALER.coef_original, coef=GRID.coef),
    "Standardizer.intercept_original": call(SCALER.intercept_original, coef=GRID.coef, intercept=GRID.intercept),
    # penalties and losses
    "ElasticNet": call(penalties.ElasticNet, l1_ratio=0.5),
    "ElasticNet.value": call(PENALTY.value, coef=PAIR, gaps=True),
    "ElasticNet.subgradient": call(PENALTY.subgradient, coef=PAIR, gaps=True),
    "ElasticNet.violation": call(PENALTY.violation, coef=PAIR, slope=PAIR, alpha=0.1, gaps=True),
    "ElasticNet.prox": call(PENALTY.prox, v=PAIR, step=0.1, gaps=True),
    "ElasticNet.boundary": call(PENALTY.boundary, direction=PAIR, t=0.1),
    "ElasticNet.alpha_max": call(PENALTY.alpha_max, gradient=PAIR),
    **{
        f"{type(loss).__name__}.{method}": call(getattr(loss, method), **LABELS, gaps=True)
        for loss in (losses.SquaredError(), losses.LogLoss())
        for method in ("value", "gradient", "curvature")
    },
    "LogLoss.accuracy": call(losses.LogLoss().accuracy, **LABELS, gaps=True),
    "LogLoss.probability": call(losses.LogLoss().probability, prediction=PAIR, gaps=True),
    # geometry
    "ball_radius": call(geometry.ball_radius, l1_ratio=0.5, budget=1.0, angles=y),
    "Slices.ball": call(SLICES.ball, l1_ratios=RATIOS, angles=y),
    "clearest_pair": call(geometry.clearest_pair, X=X, y=y, coef=GRID.coef[:, 0], wanted=(0, None)),
    "slices": call(geometry.slices, X=X, y=y, coef=GRID.coef, l1_ratios=RATIOS, pair=(0, 1)),
    # matching
    "same_alpha": call(matching.same_alpha, alphas=ALPHAS, l1_ratios=RATIOS),
    "same_training_error": call(matching.same_training_error, X=X, y=y, alphas=ALPHAS, l1_ratios=RATIOS),
    "same_df": call(matching.same_df, X=X, y=y, alphas=ALPHAS, l1_ratios=RATIOS),
    "cross_validated": call(matching.cross_validated, errors=RNG.random((2, 3)), alphas=ALPHAS, factors=RATIOS),
    # toys of one to three weights
    "check_problems": call(two_weights.check_problems, **problem),
    "check_problem": call(two_weights.check_problem, **problem),
    "solve": call(two_weights.solve, **problem),
    "budget": call(budget.budget, coef=PAIR, l1_ratio=0.5),
    "alpha_max": call(budget.alpha_max, **bare),
    "alpha_of_budget": call(budget.alpha_of_budget, **bare, budget=0.3, open="budget"),
    "path": call(solution_path.path, **bare),
    "budget_curve": call(solution_path.budget_curve, **bare),
    "ball": call(shapes.ball, l1_ratio=0.5, budget=0.3),
    "loss": call(two_weights.loss, correlation=0.5, optimum=PAIR, coef=PAIR + 1),
    "contour": call(shapes.contour, correlation=0.5, optimum=PAIR, coef=PAIR + 1),
    "bowl": call(shapes.bowl, correlation=0.5, optimum=PAIR),
    "forces": call(forces.forces, **problem),
    "zero_map": call(zero_map.zero_map, correlation=0.5, alpha=0.1, l1_ratio=0.5, reach=3.0),
    "soft_threshold": call(one_weight.soft_threshold, z=y, threshold=0.1),
    "shrinkage": call(one_weight.shrinkage, z=y, alpha=0.1, l1_ratio=0.5),
    "shrink_steps": call(one_weight.shrink_steps, start=1.0, alpha=0.1, l1_ratio=0.5, learning_rate=0.1, n_steps=3),
    "ball_surface": call(three_weights.ball_surface, l1_ratio=0.5, budget=0.3, n=5),
    "sphere_faces": call(three_weights.sphere_faces, n=5),
    "solve3": call(three_weights.solve3, gram=np.eye(2), optimum=PAIR, alpha=0.1, l1_ratio=0.5),
    "picture": call(picture, **POSITION),
    # datasets
    **{
        f"{type(entry).__name__}.{method}": call(getattr(entry, method), **ROWS)
        for entry in (SINE, LINEAR, REAL)
        for method in ("sample", "code")
    },
    "Linear.covariance": call(LINEAR.covariance, correlation=0.5),  # type: ignore[union-attr]
    "Labelled.sample": call(MOONS.sample, n_samples=9, noise=0.3, random_state=0),
    "Data": call(
        partial(datasets.Data, feature_names=("a", "b"), target_name="y", truth=None, name="n", label="N"),
        X=X,
        y=y,
        noise_sd=0.1,
        true_coef=PAIR,
        true_intercept=0.5,
        covariance=np.eye(2),
    ),
    "Data.draw": call(SPARSE.draw, n_samples=5, random_state=0),
    "Data.expected_error": call(SPARSE.expected_error, coef=np.ones((2, 15)), intercept=np.zeros(2)),
    "Stream.seed": call(datasets.Stream.SPLIT.seed, random_state=0),
    "split": call(datasets.split, n_samples=9, validation_share=0.3, random_state=0),
    # dialects
    "Dialect.why_not": call(dialects.DIALECTS[0].why_not, l1_ratio=0.5),
    "Dialect.values": call(dialects.DIALECTS[0].values, alpha=ALPHAS, l1_ratio=0.5, n_samples=9, y_scale=2.0),
}
# What the numbers of a result are read with, or what is called by one of the above with checked arguments.
NOT_FROM_OUTSIDE = {
    *("SquaredError.accuracy", "Measured.load", "Linear.distance"),
    *("pull", "solve_unchecked", "alpha_max_unchecked", "budget_at", "circle"),
}


def public() -> set[str]:
    """Every public function and method that a module defines and that takes an argument."""
    found = set()
    for module in MODULES[1:]:
        for name, thing in vars(module).items():
            if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
                continue
            if inspect.isfunction(thing):
                found.add(name)
            elif inspect.isclass(thing) and not getattr(thing, "_is_protocol", False):
                for inner, method in vars(thing).items():
                    function = method.__func__ if isinstance(method, classmethod) else method
                    if isinstance(function, types.FunctionType) and not inner.startswith("_"):
                        found.add(f"{thing.__name__}.{inner}")
    return found


def test_the_table_has_every_public_function() -> None:
    assert public() - set(CALLS) - NOT_FROM_OUTSIDE == set()


# Where an array is given one number would do too, and where NaN means something.
ONE_WILL_DO = {
    *(f"huber_{kind}.residual" for kind in ("loss", "slope")),
    *("ball_radius.angles", "Slices.ball.angles", "soft_threshold.z", "shrinkage.z", "Dialect.values.alpha"),
    *("ElasticNet.alpha_max.gradient", "LogLoss.probability.prediction", "ElasticNet.prox.v"),
    *(f"ElasticNet.{rest}" for rest in ("value.coef", "subgradient.coef", "violation.coef", "violation.slope")),
    *("Standardizer.intercept_original.intercept", "Data.expected_error.intercept"),
}
MAY_BE_NONE = {f"Data.{name}" for name in ("noise_sd", "true_coef", "covariance")}


def bad(name: str, argument: str) -> Iterator[tuple[str, Any]]:
    """What this argument of this function must not be."""
    call, value = CALLS[name], CALLS[name].good[argument]
    array = np.asarray(value)
    yield "text", "one"
    yield "a set", {1.0, 2.0}
    if f"{name}.{argument}" not in MAY_BE_NONE:
        yield "nothing", None
    if array.dtype == object:  # a pair of columns of which one is left open
        return
    yield "complex", array * (1 + 0j)
    yield "text inside", array.astype(str)
    yield "an object", np.array(object())
    yield "ragged", [[1.0], [1.0, 2.0]]
    gaps = {"nan": np.nan, "infinity": np.inf, "minus infinity": -np.inf}
    if call.gaps:
        gaps = {}
    elif argument in call.open:
        gaps.pop("infinity")
    if not array.ndim:
        yield "true", True
        yield from gaps.items()
    else:
        for gap, number in gaps.items():
            holed = array.astype(float)
            holed.flat[-1] = number
            yield f"{gap} inside", holed
        if f"{name}.{argument}" not in ONE_WILL_DO:
            yield "no axes", 1.0
    if isinstance(value, int):
        yield from {"a half": value + 0.5, "a float": float(value), "negative": -1, "an array": [value, value]}.items()


@pytest.mark.parametrize("name", CALLS)
def test_what_is_no_number_is_refused_by_name(name: str) -> None:
    call = CALLS[name]
    for argument in call.good.keys() - call.fixed:
        for kind, value in bad(name, argument):
            answer, words = answer_or_words(call, {argument: value})
            assert words, f"{argument} = {kind}, taken for good: {answer!r:.200}"
            assert named(call, words), f"{argument} = {kind}: {words}"
            assert argument in words, f"{argument} = {kind}: {words}"


def named(call: Call, words: str) -> bool:
    """Does the sentence begin with an argument of the function?"""
    return bool(re.match(rf"({'|'.join(call.good)})\b.* must", words))


def answer_or_words(call: Call, change: dict[str, Any]) -> tuple[object, str]:
    """The answer, or the words of the refusal; a warning is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return call.function(**(call.good | change)), ""
        except (ValueError, TypeError) as error:
            return None, str(error)


def lengths(name: str) -> Iterator[tuple[str, Any]]:
    """An array of the table, empty along each axis, one too short along each, with an axis too many."""
    for argument, value in CALLS[name].good.items():
        array = np.asarray(value)
        if argument in CALLS[name].fixed or not array.ndim or array.dtype == object:
            continue
        for axis in range(array.ndim):
            yield argument, np.take(array, [], axis=axis)
            yield argument, np.take(array, range(array.shape[axis] - 1), axis=axis)
        yield argument, array[np.newaxis]


@pytest.mark.parametrize("name", CALLS)
def test_other_lengths_are_refused_by_name_or_mean_something(name: str) -> None:
    """Never an error of NumPy's about some operand, never a warning, never NaN."""
    call = CALLS[name]
    for argument, value in lengths(name):
        answer, words = answer_or_words(call, {argument: value})
        if words:
            assert named(call, words), f"{argument} {value.shape}: {words}"
        else:
            assert value.size == 0 or not has_nan(name, answer), f"{argument} {value.shape}"


# NaN here means: nothing to draw, or no rows.
NAN_MEANS_SOMETHING = {"solve", "solve3", "picture", "zero_map", "contour", "bowl"}


def has_nan(name: str, answer: object) -> bool:
    if name in NAN_MEANS_SOMETHING:
        return False
    if isinstance(answer, np.ndarray | float):
        return bool(np.isnan(answer).any())
    if isinstance(answer, tuple):
        return any(has_nan(name, part) for part in answer)
    return any(has_nan(name, part) for part in getattr(answer, "__dict__", {}).values())


@pytest.mark.parametrize("name", CALLS)
def test_any_size_is_answered_or_refused_by_name(name: str) -> None:
    call = CALLS[name]
    for argument, value in call.good.items():
        array = np.asarray(value)
        if argument in call.fixed or array.dtype.kind != "f":
            continue
        for size in (1e-300, 1e-200, 1e-150, 1e-100, 1e-12, 1e15, 1e100, 1e150, 1e200, 1e300):
            answer, words = answer_or_words(call, {argument: array * size if array.ndim else value * size})
            if words:
                assert named(call, words), f"{argument} times {size}: {words}"
            else:
                assert not has_nan(name, answer), f"{argument} times {size}"


@pytest.mark.parametrize("name", CALLS)
def test_lists_do_as_well_as_arrays(name: str) -> None:
    call = CALLS[name]
    listed = {key: value.tolist() if isinstance(value, np.ndarray) else value for key, value in call.good.items()}
    assert repr(call.function(**listed)) == repr(call.function(**call.good))
