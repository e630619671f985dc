"""Does a sample depend on its arguments alone, and do the sliders keep what is already drawn?"""

import dataclasses
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regviz.core.datasets import DATASETS, MAX_SYNTHETIC_SAMPLES, Data, Measured, Synthetic, split

SYNTHETIC = [d for d in DATASETS.values() if isinstance(d, Synthetic)]
MEASURED = [d for d in DATASETS.values() if isinstance(d, Measured)]

seeds = st.integers(0, 2**32)
sizes = st.integers(2, 400)
noises = st.floats(0.0, 10.0)
synthetic = st.sampled_from(SYNTHETIC)
every = pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)


def test_the_table_has_what_the_page_offers() -> None:
    assert {"sine", "step", "kink", "runge", "cubic", "diabetes", "nuclei"} <= set(DATASETS)
    assert all(name == dataset.name for name, dataset in DATASETS.items())
    assert len({dataset.label for dataset in DATASETS.values()}) == len(DATASETS)


@every
def test_entry_describes_itself_in_one_sentence(dataset: Synthetic | Measured) -> None:
    assert dataset.name.isascii()
    assert dataset.name.isalnum()
    assert dataset.name.islower()
    assert 20 < len(dataset.description) < 250
    assert dataset.description[-1] in ".?"


@every
def test_sample_is_pure_read_only_and_pickles(dataset: Synthetic | Measured) -> None:
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
def test_more_points_keep_the_points(dataset: Synthetic | Measured, n: int, m: int, seed: int) -> None:
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
    ],
)
def test_bad_argument_is_named(dataset: Synthetic | Measured, field: str, value: float) -> None:
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
        "from regviz.core import csvdata, features\n"
        "from regviz.core.datasets import DATASETS, split\n"
        "data = DATASETS['sine'].sample(20, 0.1, 0)\n"
        "split(20, 0.3, 0)\n"
        "features.BASES['legendre'].expand(data.X[:, 0], 9, data.domain)\n"
        "csvdata.read_csv(b'a,b\\n' + b'1,2\\n' * 20)\n"
        "heavy = {'sklearn', 'pandas', 'scipy', 'streamlit', 'plotly'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)
