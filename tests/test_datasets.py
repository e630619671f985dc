"""Does a sample depend on its arguments alone, and do the sliders keep what is already drawn?"""

import dataclasses
import pickle
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import regviz
from regviz.core.data.datasets import (
    DATASETS,
    LABELLED,
    MAX_SYNTHETIC_SAMPLES,
    Data,
    Dataset,
    Labelled,
    Linear,
    Measured,
    Stream,
    Synthetic,
    split,
)
from regviz.core.data.features import Standardizer
from regviz.core.linear.grid import alpha_max, fit_grid

SYNTHETIC = [d for d in DATASETS.values() if isinstance(d, Synthetic)]
MEASURED = [d for d in DATASETS.values() if isinstance(d, Measured)]
LINEAR = [d for d in DATASETS.values() if isinstance(d, Linear)]

seeds = st.integers(0, 2**32)
sizes = st.integers(2, 400)
noises = st.floats(0.0, 10.0)
synthetic = st.sampled_from(SYNTHETIC)
correlations = st.floats(0.0, 0.99)
linear = pytest.mark.parametrize("dataset", LINEAR, ids=lambda d: d.name)
labelled = pytest.mark.parametrize("dataset", LABELLED.values(), ids=LABELLED)
every = pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)


def test_the_table_has_what_the_page_offers() -> None:
    assert {"sine", "step", "kink", "runge", "cubic", "diabetes", "nuclei"} <= set(DATASETS)
    assert {"sparse", "dense", "groups"} <= set(DATASETS)
    assert all(name == dataset.name for name, dataset in DATASETS.items())
    assert len({dataset.label for dataset in DATASETS.values()}) == len(DATASETS)


@every
def test_entry_describes_itself_in_one_sentence(dataset: Dataset) -> None:
    assert dataset.name.isascii()
    assert dataset.name.isalnum()
    assert dataset.name.islower()
    assert 20 < len(dataset.description) < 250
    assert dataset.description[-1] in ".?"


@every
def test_sample_is_pure_read_only_and_pickles(dataset: Dataset) -> None:
    a, b = dataset.sample(30, 0.3, 7), dataset.sample(30, 0.3, 7)
    np.testing.assert_array_equal(a.X, b.X)
    np.testing.assert_array_equal(a.y, b.y)
    assert a.X.shape == (30, len(a.feature_names))
    assert a.y.shape == (30,)
    assert a.n_samples == 30
    assert (a.name, a.label) == (dataset.name, dataset.label)
    assert not np.array_equal(a.y, dataset.sample(30, 0.3, 8).y)
    with pytest.raises(ValueError, match="read-only"):
        a.X[0, 0] = 1.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        a.name = "other"  # type: ignore[misc]
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(a)).y, a.y)


@given(synthetic, sizes, noises, seeds)
def test_noise_scales_one_draw(dataset: Synthetic, n: int, noise: float, seed: int) -> None:
    unit, scaled = dataset.sample(n, 1.0, seed), dataset.sample(n, noise, seed)
    np.testing.assert_array_equal(unit.X, scaled.X)
    truth = dataset.truth(unit.X[:, 0])
    np.testing.assert_array_equal(dataset.sample(n, 0.0, seed).y, truth)
    np.testing.assert_allclose(scaled.y - truth, noise * (unit.y - truth), rtol=0, atol=1e-13)
    assert scaled.noise_sd == noise


@given(st.sampled_from(list(DATASETS.values())), sizes, sizes, seeds)
@settings(deadline=None)
def test_more_points_keep_the_points(dataset: Dataset, n: int, m: int, seed: int) -> None:
    few, many = sorted((n, m))
    a, b = dataset.sample(few, 0.5, seed), dataset.sample(many, 0.5, seed)
    np.testing.assert_array_equal(a.X, b.X[:few])
    np.testing.assert_array_equal(a.y, b.y[:few])


@pytest.mark.parametrize("dataset", SYNTHETIC, ids=lambda d: d.name)
def test_truth_is_of_order_one_and_fills_the_domain(dataset: Synthetic) -> None:
    low, high = dataset.domain
    y = dataset.truth(np.linspace(low, high, 1001))
    assert y.shape == (1001,)
    assert np.isfinite(y).all()
    assert 0.9 <= np.abs(y).max() <= 1.1
    assert np.ptp(y) >= 0.9
    data = dataset.sample(MAX_SYNTHETIC_SAMPLES, 1.0, 0)
    x = data.X[:, 0]
    assert low <= x.min() < low + 0.02 * (high - low)
    assert high - 0.02 * (high - low) < x.max()
    assert x.max() <= high
    assert data.domain == dataset.domain
    assert data.truth is dataset.truth
    z = data.y - dataset.truth(x)
    assert abs(z.mean()) < 0.15
    assert abs(z.std() - 1) < 0.1
    assert abs(np.corrcoef(x, z)[0, 1]) < 0.15


@pytest.mark.parametrize("dataset", MEASURED, ids=lambda d: d.name)
def test_real_rows_are_drawn_without_replacement_in_their_units(dataset: Measured) -> None:
    whole = dataset.load()
    assert whole.n_samples == dataset.max_samples
    assert (whole.name, whole.label) == (dataset.name, dataset.label)
    drawn = dataset.sample(dataset.max_samples, 0.0, 3)
    np.testing.assert_array_equal(np.sort(drawn.y), np.sort(whole.y))
    pairs = {(*row, y) for row, y in zip(whole.X, whole.y, strict=True)}
    assert all((*row, y) in pairs for row, y in zip(drawn.X, drawn.y, strict=True))
    np.testing.assert_array_equal(drawn.y, dataset.sample(dataset.max_samples, 5.0, 3).y)
    assert drawn.truth is None
    assert drawn.noise_sd is None
    assert drawn.domain is None
    assert len(set(drawn.feature_names)) == drawn.X.shape[1] == 10
    assert drawn.target_name not in drawn.feature_names


def test_diabetes_is_unscaled_and_nuclei_has_its_correlated_group() -> None:
    diabetes = DATASETS["diabetes"].sample(442, 0.0, 0)
    age = diabetes.X[:, diabetes.feature_names.index("age")]
    assert age.min() >= 19
    assert age.max() <= 79
    assert 25 <= diabetes.y.min() < diabetes.y.max() <= 346
    nuclei = DATASETS["nuclei"].sample(569, 0.0, 0)
    group = [nuclei.feature_names.index(name) for name in ("radius", "perimeter", "area")]
    assert np.corrcoef(nuclei.X[:, group].T).min() > 0.98


@every
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("n_samples", 1),
        ("n_samples", -5),
        ("n_samples", 10**9),
        ("n_samples", 10.0),
        ("n_samples", True),
        ("noise", -0.1),
        ("noise", float("nan")),
        ("noise", float("inf")),
        ("random_state", -1),
        ("random_state", 0.5),
        ("correlation", -0.1),
        ("correlation", 1.0),
        ("correlation", float("nan")),
    ],
)
def test_bad_argument_is_named(dataset: Dataset, field: str, value: float) -> None:
    arguments = {"n_samples": 20, "noise": 0.1, "random_state": 0} | {field: value}
    with pytest.raises(ValueError, match=f"^{field} must be .*, got "):
        dataset.sample(**arguments)  # type: ignore[arg-type]


@every
@pytest.mark.parametrize(
    ("n", "noise", "seed", "correlation"), [(2, 0.0, 0, 0.0), (60, 0.25, 7, 0.7), (200, 1.0, 9, 0.95)]
)
def test_code_makes_the_same_rows_without_ours(
    dataset: Dataset, n: int, noise: float, seed: int, correlation: float
) -> None:
    code = dataset.code(n, noise, seed, correlation)
    assert "regviz" not in code
    made: dict[str, object] = {"np": np}
    exec(code, made)
    data = dataset.sample(n, noise, seed, correlation)
    X = made["X"] if data.domain is None else np.asarray(made["x"])[:, np.newaxis]
    np.testing.assert_array_equal(X, data.X)
    np.testing.assert_allclose(made["y"], data.y, rtol=1e-15, atol=1e-15)  # type: ignore[arg-type]
    assert data.domain is None or data.domain == (made["low"], made["high"])


# -- known weights


@linear
@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.7, 0.95, 0.99])
def test_a_large_sample_has_the_covariance_and_the_signal(dataset: Linear, correlation: float) -> None:
    data = replace(dataset, max_samples=200_000).sample(200_000, 0.5, 3, correlation)
    coef, covariance = data.true_coef, data.covariance
    assert coef is not None
    assert covariance is not None
    assert coef @ covariance @ coef == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(np.cov(data.X.T), covariance, atol=0.02)
    np.testing.assert_allclose(data.X.mean(axis=0), 0, atol=0.01)
    assert np.var(data.X @ coef) == pytest.approx(1, abs=0.02)
    residual = data.y - data.X @ coef
    assert residual.mean() == pytest.approx(data.true_intercept, abs=0.01)
    assert residual.std() == pytest.approx(0.5, abs=0.005)
    assert np.abs(data.X.T @ residual).max() / 200_000 < 0.01
    fitted = np.linalg.lstsq(data.X, data.y)[0]
    assert np.abs(fitted - coef).max() < 0.05


def test_the_covariances_are_what_the_labels_say() -> None:
    sparse, groups = DATASETS["sparse"], DATASETS["groups"]
    assert isinstance(sparse, Linear)
    assert isinstance(groups, Linear)
    i, j = np.indices((15, 15))
    np.testing.assert_allclose(sparse.covariance(0.7), 0.7 ** abs(i - j))
    np.testing.assert_array_equal(
        groups.covariance(0.9), np.kron(np.eye(5), np.full((3, 3), 0.9)) + 0.1 * np.eye(15) + 0
    )
    for dataset in LINEAR:
        np.testing.assert_array_equal(dataset.covariance(0.0), np.eye(15))
    matters = {d.name: np.count_nonzero(d.weights) for d in LINEAR}
    assert matters == {"sparse": 3, "dense": 15, "groups": 6}
    dense = np.abs(next(d for d in LINEAR if d.name == "dense").weights)
    assert dense.max() <= 1.5 * dense.min()


@linear
@given(sizes, noises, correlations, seeds)
@settings(max_examples=25, deadline=None)
def test_noise_scales_one_draw_of_linear_data(dataset: Linear, n: int, noise: float, r: float, seed: int) -> None:
    n = min(n, dataset.max_samples)
    unit, scaled, still = (dataset.sample(n, level, seed, r) for level in (1.0, noise, 0.0))
    np.testing.assert_array_equal(unit.X, scaled.X)
    np.testing.assert_allclose(still.y, still.X @ still.true_coef, rtol=0, atol=1e-12)
    np.testing.assert_allclose(scaled.y - still.y, noise * (unit.y - still.y), rtol=0, atol=1e-12)
    assert scaled.noise_sd == noise


@linear
def test_correlation_deforms_one_draw_continuously(dataset: Linear) -> None:
    """Twice as short a step moves the points half as far, from one end of the slider to the other."""
    for r in (0.0, 0.3, 0.7, 0.95):
        here = dataset.sample(200, 0.25, 5, r)
        moved = []
        for step in (2e-4, 1e-4):
            there = dataset.sample(200, 0.25, 5, r + step)
            assert there.true_coef is not None
            moved.append([np.abs(there.X - here.X).max(), np.abs(there.y - here.y).max()])
            assert np.abs(there.true_coef - here.true_coef).max() < 20 * step
        np.testing.assert_allclose(moved[0], 2 * np.array(moved[1]), rtol=0.05, atol=1e-9)
    assert not np.array_equal(dataset.sample(30, 0.25, 5, 0.3).X, dataset.sample(30, 0.25, 5, 0.7).X)


@pytest.mark.parametrize("dataset", [*SYNTHETIC, *MEASURED], ids=lambda d: d.name)
def test_data_without_a_correlation_ignore_it(dataset: Synthetic | Measured) -> None:
    assert not dataset.takes_correlation
    a, b = dataset.sample(30, 0.3, 7), dataset.sample(30, 0.3, 7, 0.9)
    np.testing.assert_array_equal(a.X, b.X)
    np.testing.assert_array_equal(a.y, b.y)


@linear
def test_the_expected_error_is_that_of_a_million_new_rows(dataset: Linear) -> None:
    data = dataset.sample(40, 0.5, 1, 0.7)
    coef = np.linalg.lstsq(data.X, data.y)[0]
    fits = [(coef, 0.0), (0.5 * coef, 0.3), (np.zeros(15), -0.2), (np.linspace(-1, 1, 15), 1.0)]
    errors = data.expected_error(np.array([w for w, _ in fits]), np.array([b for _, b in fits]))
    assert errors.shape == (4,)
    fresh = replace(dataset, max_samples=250_000)
    squares = np.zeros(4)
    for seed in range(1, 5):
        rows = fresh.sample(250_000, 0.5, 1000 + seed, 0.7)
        squares += [np.mean((rows.y - rows.X @ w - b) ** 2) / 4 for w, b in fits]
    np.testing.assert_allclose(squares, errors, rtol=0.01)
    assert data.true_coef is not None
    assert data.expected_error(data.true_coef, data.true_intercept) == pytest.approx(0.25, abs=1e-15)


def test_expected_error_needs_known_weights() -> None:
    for name in ("sine", "diabetes"):
        data = DATASETS[name].sample(20, 0.1, 0)
        with pytest.raises(ValueError, match=f"expected_error must have known true weights, got data “{name}”"):
            data.expected_error(np.zeros(data.X.shape[1]), 0.0)


def _best_expected_errors(dataset: Dataset, seed: int, correlation: float = 0.7) -> tuple[float, float]:
    """Root mean squared, of L1 and of L2, each at its best λ."""
    data = dataset.sample(dataset.usual_samples, 0.25, seed, correlation)
    train, _ = split(data.n_samples, 0.3, seed)
    scaler = Standardizer.fit(data.X[train])
    X, y = scaler.transform(data.X[train]), data.y[train]
    grid = fit_grid(X, y, alpha_max(X, y, 1.0) * np.geomspace(1e-5, 3, 40), [1.0, 0.0])
    errors = data.expected_error(scaler.coef_original(grid.coef), scaler.intercept_original(grid.coef, grid.intercept))
    l1, l2 = np.sqrt(errors.min(axis=1))
    return float(l1), float(l2)


def test_l1_predicts_better_where_few_features_matter_and_l2_where_all_do() -> None:
    """Row 18 of the curriculum, at the settings that a reader meets first."""
    sparse = np.array([_best_expected_errors(DATASETS["sparse"], seed) for seed in range(100)])
    dense = np.array([_best_expected_errors(DATASETS["dense"], seed) for seed in range(100)])
    assert np.mean(sparse[:, 0] < sparse[:, 1]) >= 0.95
    assert np.mean(dense[:, 1] <= dense[:, 0]) >= 0.9
    # The noise alone is 0.25: compare what the fits add to it.
    assert sparse[:, 0].mean() - 0.25 < 0.6 * (sparse[:, 1].mean() - 0.25)
    assert dense[:, 1].mean() - 0.25 < 0.95 * (dense[:, 0].mean() - 0.25)


def test_within_a_group_l1_picks_and_l2_shares() -> None:
    """The share of the largest of three equally good twins: 1/3 if they share, 1 if one is picked."""
    shares: dict[str, list[float]] = {"l1": [], "l2": []}
    dropped = 0
    for seed in range(100):
        data = DATASETS["groups"].sample(DATASETS["groups"].usual_samples, 0.25, seed, 0.9)
        train, _ = split(data.n_samples, 0.3, seed)
        X, y = Standardizer.fit(data.X[train]).transform(data.X[train]), data.y[train]
        coef = fit_grid(X, y, [0.2 * alpha_max(X, y, 1.0)], [1.0, 0.0]).coef[:, 0].reshape(2, 5, 3)
        for name, groups in zip(shares, np.abs(coef[:, [0, 2]]), strict=True):
            shares[name].append(float((groups.max(axis=1) / groups.sum(axis=1)).mean()))
        dropped += bool((coef[0, [0, 2]] == 0).any())
        assert (coef[1] != 0).all()
    assert np.mean(shares["l1"]) > 0.55
    assert np.mean(shares["l2"]) < 0.42
    assert np.mean(np.array(shares["l1"]) > shares["l2"]) >= 0.9
    assert dropped >= 50


# -- two classes


@labelled
def test_labelled_entry_describes_itself(dataset: Labelled) -> None:
    assert LABELLED[dataset.name] is dataset
    assert dataset.name.isascii()
    assert dataset.name.isalnum()
    assert dataset.name.islower()
    assert 20 < len(dataset.description) < 250
    assert dataset.description[-1] == "."
    assert 4 <= dataset.usual_samples <= dataset.max_samples


@labelled
@given(st.integers(4, 400), st.integers(4, 400), noises, seeds)
@settings(max_examples=40, deadline=None)
def test_labelled_samples_keep_their_contract(dataset: Labelled, n: int, m: int, noise: float, seed: int) -> None:
    few, many = sorted((n, m))
    a, b = dataset.sample(few, noise, seed), dataset.sample(many, noise, seed)
    np.testing.assert_array_equal(a.X, b.X[:few])
    np.testing.assert_array_equal(a.y, b.y[:few])
    assert a.X.shape == (few, 2)
    assert a.feature_names == ("x₁", "x₂")
    assert set(a.y.tolist()) == {0.0, 1.0}
    assert abs(few - 2 * np.count_nonzero(a.y)) <= 1
    still, unit = dataset.sample(few, 0.0, seed), dataset.sample(few, 1.0, seed)
    np.testing.assert_allclose(a.X - still.X, noise * (unit.X - still.X), rtol=0, atol=1e-12)
    assert a.noise_sd is None


@labelled
def test_labelled_points_fill_the_plane_evenly(dataset: Labelled) -> None:
    data = dataset.sample(1000, 0.05, 0)
    assert np.mean(np.abs(data.X) <= 1.5) > 0.999
    assert np.all(np.abs(data.X.mean(axis=0)) < 0.1)
    assert np.all(data.X.max(axis=0) > 0.55)
    assert np.all(data.X.min(axis=0) < -0.55)
    assert not np.array_equal(data.X, dataset.sample(1000, 0.05, 1).X)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(data)).X, data.X)


@pytest.mark.parametrize(("name", "low", "high"), [("blobs", 0.9, 1.0), ("moons", 0.75, 0.95), ("circles", 0.4, 0.7),
                                                   ("xor", 0.4, 0.6), ("spirals", 0.4, 0.75)])  # fmt: skip
def test_what_a_straight_line_and_a_neighbour_can_do(name: str, low: float, high: float) -> None:
    """A line divides blobs only; the nearest of the other points knows the class in all."""
    data = LABELLED[name].sample(500, 0.03, 4)
    table = np.column_stack([data.X, np.ones(500)])
    line = table @ np.linalg.lstsq(table, 2 * data.y - 1)[0]
    assert low <= np.mean((line > 0) == (data.y == 1)) <= high
    distance = ((data.X[:, None] - data.X) ** 2).sum(axis=-1) + 1e9 * np.eye(500)
    assert np.mean(data.y[distance.argmin(axis=1)] == data.y) > 0.93


def test_the_shapes_without_noise() -> None:
    def sides(name: str) -> tuple[np.ndarray, np.ndarray]:
        data = LABELLED[name].sample(400, 0.0, 2)
        return data.X[data.y == 0], data.X[data.y == 1]

    for part, radius in zip(sides("circles"), (1.0, 0.5), strict=True):
        np.testing.assert_allclose(np.hypot(*part.T), radius)
    upper, lower = sides("moons")
    np.testing.assert_allclose(np.hypot(*(upper * 1.5 + [0.5, 0.25]).T), 1)
    np.testing.assert_allclose(np.hypot(*(lower * 1.5 - [0.5, 0.25]).T), 1)
    same, opposite = sides("xor")
    assert (same.prod(axis=1) > 0).all()
    assert (opposite.prod(axis=1) < 0).all()
    for part in sides("spirals"):
        assert 0.1 <= np.hypot(*part.T).min() < 0.15
        assert 0.95 < np.hypot(*part.T).max() <= 1.0


@labelled
@pytest.mark.parametrize(
    ("field", "value"),
    [("n_samples", 3), ("n_samples", 10**6), ("n_samples", 8.0), ("noise", -0.1), ("random_state", -1)],
)
def test_bad_argument_of_a_labelled_set_is_named(dataset: Labelled, field: str, value: float) -> None:
    arguments = {"n_samples": 20, "noise": 0.1, "random_state": 0} | {field: value}
    with pytest.raises(ValueError, match=f"^{field} must be .*, got "):
        dataset.sample(**arguments)  # type: ignore[arg-type]


def test_data_refuses_shapes_that_do_not_fit() -> None:
    for X, y, names in [
        (np.zeros(3), np.zeros(3), ("a",)),
        (np.zeros((3, 1)), np.zeros(2), ("a",)),
        (np.zeros((3, 2)), np.zeros(3), ("a",)),
    ]:
        with pytest.raises(ValueError, match="X must be"):
            Data(X, y, names, "y", None, None, "n", "N")
    rows = (np.zeros((3, 2)), np.zeros(3), ("a", "b"), "y", None, 0.1, "n", "N")
    with pytest.raises(ValueError, match=r"true_coef must be .*, got \(3,\) and \(2, 2\) for 2 columns"):
        Data(*rows, true_coef=np.zeros(3), covariance=np.eye(2))
    with pytest.raises(ValueError, match="must be given together"):
        Data(*rows, true_coef=np.zeros(2))


@given(st.integers(2, 1000), st.floats(0, 1, exclude_max=True), seeds)
def test_split_deals_every_row_once(n: int, share: float, seed: int) -> None:
    train, validation = split(n, share, seed)
    again = split(n, share, seed)
    np.testing.assert_array_equal(train, again[0])
    np.testing.assert_array_equal(validation, again[1])
    np.testing.assert_array_equal(np.sort(np.concatenate([train, validation])), np.arange(n))
    assert (np.diff(train) > 0).all()
    assert (np.diff(validation) > 0).all()
    assert len(train) >= 2
    assert len(validation) == min(max(round(share * n), share > 0), n - 2)


@given(st.integers(2, 300), st.floats(0, 0.9), st.floats(0, 0.9), seeds)
def test_a_larger_share_keeps_the_validation_rows(n: int, a: float, b: float, seed: int) -> None:
    few, many = split(n, min(a, b), seed)[1], split(n, max(a, b), seed)[1]
    assert set(few.tolist()) <= set(many.tolist())


@given(st.integers(20, 300), seeds)
def test_one_more_point_moves_at_most_one_other(n: int, seed: int) -> None:
    before, after = (set(split(m, 0.3, seed)[1].tolist()) for m in (n, n + 1))
    assert len(before - after) <= 1


def test_old_links_keep_their_rows() -> None:
    """Streams 1 and 2 of the seed deal the split and draw the rows: another number would change what a link shows."""
    order = np.argsort(np.random.default_rng([7, 1]).random(20))
    np.testing.assert_array_equal(split(20, 0.3, 7)[1], np.sort(order[:6]))
    rows = np.random.default_rng([7, 2]).permutation(442)[:20]
    diabetes = DATASETS["diabetes"]
    assert isinstance(diabetes, Measured)
    np.testing.assert_array_equal(diabetes.sample(20, 0.0, 7).y, diabetes.load().y[rows])


def test_split_is_unrelated_to_x() -> None:
    """One stream for both would put the validation rows at the left end."""
    gaps = []
    for seed in range(40):
        x = DATASETS["sine"].sample(200, 0.0, seed).X[:, 0]
        train, validation = split(200, 0.5, seed)
        gaps.append(x[train].mean() - x[validation].mean())
    assert abs(np.mean(gaps)) < 0.03


@pytest.mark.parametrize(
    ("n", "share", "seed", "field"),
    [
        (1, 0.2, 0, "n_samples"),
        (2.0, 0.2, 0, "n_samples"),
        (10, 1.0, 0, "validation_share"),
        (10, -0.1, 0, "validation_share"),
        (10, float("nan"), 0, "validation_share"),
        (10, 0.2, -1, "random_state"),
    ],
)
def test_split_names_the_bad_argument(n: int, share: float, seed: int, field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field} must be"):
        split(n, share, seed)


def test_default_path_imports_neither_sklearn_nor_pandas() -> None:
    program = (
        "import sys\n"
        "from regviz.core.data import csvdata, features\n"
        "from regviz.core.data.datasets import DATASETS, split\n"
        "from regviz.core.data.datasets import LABELLED\n"
        "[entry.sample(20, 0.1, 0) for entry in LABELLED.values()]\n"
        "DATASETS['groups'].sample(20, 0.1, 0, 0.7)\n"
        "data = DATASETS['sine'].sample(20, 0.1, 0)\n"
        "split(20, 0.3, 0)\n"
        "features.BASES['legendre'].expand(data.X[:, 0], 9, data.domain)\n"
        "csvdata.read_csv(b'a,b\\n' + b'1,2\\n' * 20)\n"
        "heavy = {'sklearn', 'pandas', 'scipy', 'streamlit', 'plotly'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)


def test_the_streams_stay_what_they_are() -> None:
    """With another number a link of today would show other rows."""
    assert [(stream.name, stream.value) for stream in Stream] == [
        ("SPLIT", 1),
        ("ROWS", 2),
        ("VAULT", 3),
        ("SAMPLES", 4),
    ]
    for stream in Stream:
        drawn = np.random.default_rng(stream.seed(7)).random(5)
        np.testing.assert_array_equal(drawn, np.random.default_rng([7, stream.value]).random(5))
    sources = [path for path in Path(regviz.__file__).parent.rglob("*.py") if path.name != "datasets.py"]
    own = [
        path.name for path in sources if re.search(r"(default_rng|SeedSequence)\(\[", path.read_text(encoding="utf-8"))
    ]
    assert not own, "a stream with a number of its own"
