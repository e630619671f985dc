"""Is the first screen's sweep right, does it show what it teaches, and do settings survive anything?"""

from __future__ import annotations

from dataclasses import asdict, fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regviz.core.data.datasets import Data
from regviz.core.linear.grid import alpha_max
from regviz.fits.compare import compare
from regviz.fits.task import L1, L1_RATIOS, L2, load, stops
from regviz.settings import MATCHES, OWN_DATA, Settings

DEFAULT = Settings()


def test_stops_are_round_numbers_from_zero() -> None:
    values = stops(1e-3, 1e2)
    assert values[0] == 0
    assert values[1] == 1e-3
    assert values[-1] == 100
    assert np.all(np.diff(values) > 0)
    assert len(values) == 5 * 16 + 2
    assert all(len(f"{value:g}".replace(".", "").strip("0").split("e")[0]) <= 2 for value in values)
    assert np.all(values[2:] / values[1:-1] <= 1.26)


@pytest.mark.parametrize("match", MATCHES)
@pytest.mark.parametrize("data", ["sine", "step", "diabetes", "nuclei"])
def test_every_fit_is_solved(data: str, match: str) -> None:
    sweep = compare(replace(DEFAULT, data=data, match=match, n_samples=60))
    shape = (len(L1_RATIOS), len(sweep.strengths))
    assert sweep.grid.coef.shape == (*shape, len(sweep.names))
    for values in (sweep.df, sweep.train_error, sweep.validation_error, sweep.data_loss, sweep.l1_penalty):
        assert values.shape == shape
        assert np.isfinite(values).all()
    top = alpha_max(sweep.design, sweep.data.y[sweep.train], 1.0)
    assert sweep.grid.kkt[sweep.grid.alphas >= 1e-4 * top].max() <= 1e-12
    assert sweep.grid.kkt[sweep.grid.alphas > 0].max() <= 1e-8


def test_numbers_on_screen_are_those_of_the_fits() -> None:
    sweep = compare(DEFAULT)
    y, design = sweep.data.y[sweep.train], sweep.design
    for r, a in ((L1, 40), (5, 60), (L2, 90), (3, 0)):
        w, b = sweep.grid.coef[r, a], sweep.grid.intercept[r, a]
        alpha, rho = sweep.grid.alphas[r, a], L1_RATIOS[r]
        residual = y - design @ w - b
        assert sweep.train_error[r, a] == pytest.approx(np.sqrt(np.mean(residual**2)), rel=1e-9)
        assert sweep.data_loss[r, a] == pytest.approx(residual @ residual / (2 * len(y)), rel=1e-9)
        assert sweep.l1_penalty[r, a] == pytest.approx(alpha * rho * np.abs(w).sum())
        assert sweep.l2_penalty[r, a] == pytest.approx(alpha * (1 - rho) / 2 * (w @ w))
        drawn = sweep.basis @ sweep.coordinates[r, a]
        noise = sweep.data.noise_sd
        assert noise is not None
        assert sweep.data.truth is not None
        error = np.trapezoid((drawn - sweep.data.truth(sweep.x_line)) ** 2, sweep.x_line) / np.ptp(sweep.x_line)
        assert sweep.expected_error[r, a] == pytest.approx(np.sqrt(error + noise**2), rel=0.05)


def test_the_expected_error_is_that_of_new_points() -> None:
    """A hundred thousand new points of the same source give the same error."""
    sweep = compare(DEFAULT)
    generator = np.random.default_rng(1)
    x = generator.uniform(0, 1, 100_000)
    y = np.sin(2 * np.pi * x) + DEFAULT.noise * generator.normal(size=len(x))
    at = sweep.start
    predicted = np.interp(x, sweep.x_line, sweep.basis @ sweep.coordinates[L1, at])
    assert np.sqrt(np.mean((y - predicted) ** 2)) == pytest.approx(sweep.expected_error[L1, at], rel=0.01)


# -- what the first screen teaches (the claims of the course that it carries)


def test_overfit_against_fixed_is_there_before_anything_is_touched() -> None:
    sweep = compare(DEFAULT)
    for row in (L1, 5, L2):
        assert sweep.expected_error[row, 0] > 5 * sweep.expected_error[row, sweep.start]
        assert sweep.train_error[row, 0] < sweep.train_error[row, sweep.start]
        assert sweep.expected_error[row, sweep.start] < 1.3 * DEFAULT.noise


def test_l1_switches_weights_off_and_l2_never_does() -> None:
    for data in ("sine", "diabetes"):
        sweep = compare(replace(DEFAULT, data=data, n_samples=150))
        zeros = (sweep.grid.coef == 0).sum(axis=-1)
        assert zeros[L2].max() == 0
        assert zeros[L1, sweep.start] > 0
        assert zeros[L1, -1] == len(sweep.names)
        assert 0 < zeros[L1, sweep.start] < len(sweep.names)


def test_weights_shrink_and_the_training_error_rises_with_lambda() -> None:
    sweep = compare(DEFAULT)
    size = np.abs(sweep.grid.coef)
    penalty = L1_RATIOS[:, None] * size.sum(-1) + (1 - L1_RATIOS[:, None]) / 2 * (size**2).sum(-1)
    assert np.all(np.diff(penalty, axis=1) <= 1e-9 * penalty[:, :-1])
    assert np.all(np.diff(sweep.train_error, axis=1) >= -1e-9)
    objective = sweep.data_loss + sweep.l1_penalty + sweep.l2_penalty
    assert np.all(objective <= np.var(sweep.data.y[sweep.train]) / 2 + 1e-12)


def test_too_large_a_lambda_underfits() -> None:
    sweep = compare(DEFAULT)
    best = sweep.expected_error.min(axis=1)
    assert np.all(sweep.expected_error[:, -1] > 1.5 * best)


def test_the_ends_of_the_mix_are_l1_and_l2() -> None:
    assert L1_RATIOS[L1] == 1
    assert L1_RATIOS[L2] == 0


# -- settings that stay put


def test_lambda_noise_and_degree_never_redraw_the_sample() -> None:
    quiet, loud = load(replace(DEFAULT, noise=0.1)), load(replace(DEFAULT, noise=0.4))
    np.testing.assert_array_equal(quiet.X, loud.X)
    assert quiet.truth is not None
    np.testing.assert_allclose((loud.y - quiet.truth(loud.X[:, 0])) / 0.4, (quiet.y - quiet.truth(quiet.X[:, 0])) / 0.1)
    assert np.array_equal(compare(replace(DEFAULT, degree=3)).train, compare(DEFAULT).train)
    assert np.array_equal(load(DEFAULT).y, load(replace(DEFAULT, degree=4, match="df")).y)


def test_the_same_settings_give_the_same_numbers() -> None:
    one, other = compare(DEFAULT), compare(Settings())
    np.testing.assert_array_equal(one.grid.coef, other.grid.coef)


def test_matched_columns_have_what_was_matched() -> None:
    error = compare(replace(DEFAULT, match="error"))
    empty = np.var(error.data.y[error.train])
    np.testing.assert_allclose(error.train_error[L2] ** 2, error.train_error[L1] ** 2, atol=2e-6 * empty)
    df = compare(replace(DEFAULT, match="df"))
    np.testing.assert_allclose(df.df[L2], df.df[L1], atol=1e-4)
    best = compare(replace(DEFAULT, match="cv"))
    assert best.best is not None
    assert best.strengths[best.start] == 1
    np.testing.assert_array_equal(best.grid.alphas[:, best.start], best.best)


def test_the_weights_of_the_constraint_picture_can_be_chosen() -> None:
    chosen = compare(replace(DEFAULT, weight_a="x²", weight_b="x⁵")).slices
    assert chosen is not None
    assert chosen.pair == (1, 4)
    unknown = compare(replace(DEFAULT, weight_a="<script>", weight_b="<script>")).slices
    automatic = compare(DEFAULT).slices
    assert unknown is not None
    assert automatic is not None
    assert unknown.pair == automatic.pair
    twice = compare(replace(DEFAULT, weight_a="x²", weight_b="x²")).slices
    assert twice is not None
    assert twice.pair[0] == 1 != twice.pair[1]
    assert compare(replace(DEFAULT, degree=1)).slices is None


# -- a URL may hold anything


def test_clean_settings_are_left_alone() -> None:
    assert Settings.clean(asdict(DEFAULT)) == (DEFAULT, [])
    words = {"data": "Runge", "match": "same training error", "degree": "7", "noise": "0.35", "standardize": "false"}
    cleaned, problems = Settings.clean(words)
    assert problems == []
    assert (cleaned.data, cleaned.match, cleaned.degree, cleaned.noise) == ("runge", "error", 7, 0.35)
    assert cleaned.standardize is False


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("degree", "40", 20),
        ("degree", "-1e9", 1),
        ("noise", "7", 1.0),
        ("n_samples", "1e300", 500),
        ("degree", "nan", 15),
    ],
)
def test_a_bad_value_becomes_the_nearest_one_and_is_told(name: str, raw: str, value: object) -> None:
    cleaned, problems = Settings.clean({name: raw})
    assert getattr(cleaned, name) == value
    assert len(problems) == 1
    assert name in problems[0]
    assert "must be" in problems[0]


hostile = st.one_of(
    st.text(max_size=50),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(["", "1e999", "-0", "NaN", "../../etc/passwd", "<script>alert(1)</script>", "0x10", "٣", "1_0"]),
)


@pytest.mark.slow
@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from([f.name for f in fields(Settings)]), hostile, min_size=1))
def test_any_url_gives_a_sweep(raw: dict[str, str]) -> None:
    cleaned, _ = Settings.clean(raw)
    if cleaned.data == OWN_DATA:
        cleaned = replace(cleaned, data="sine")
    sweep = compare(cleaned)
    assert np.isfinite(sweep.grid.coef).all()
    assert Settings.clean(asdict(cleaned)) == (cleaned, [])


@pytest.mark.parametrize(
    "extreme",
    [
        {"n_samples": 10, "degree": 20, "validation": 0.5},
        {"noise": 0.0, "degree": 20, "match": "error"},
        {"n_samples": 10, "validation": 0.5, "match": "cv"},
        {"n_samples": 10, "validation": 0.5, "match": "df", "degree": 1},
        {"n_samples": 500, "degree": 20, "standardize": False, "match": "error"},
        {"data": "diabetes", "standardize": False, "n_samples": 442},
        {"data": "nuclei", "standardize": False, "n_samples": 10, "match": "df"},
        {"data": "step", "validation": 0.0},
    ],
)
def test_both_ends_of_every_slider(extreme: dict[str, object]) -> None:
    sweep = compare(replace(DEFAULT, **extreme))  # type: ignore[arg-type]
    assert np.isfinite(sweep.grid.coef).all()


def _table(n: int, p: int) -> Data:
    generator = np.random.default_rng(0)
    X = generator.normal(size=(n, p))
    return Data(
        X=X,
        y=X @ np.linspace(-1, 1, p) + generator.normal(size=n),
        feature_names=tuple(f"column {j}" for j in range(p)),
        target_name="target",
        truth=None,
        noise_sd=None,
        name=OWN_DATA,
        label="file",
    )


@pytest.mark.slow
@pytest.mark.parametrize("match", MATCHES)
def test_the_largest_file_is_still_fitted(match: str) -> None:
    sweep = compare(replace(DEFAULT, data=OWN_DATA, match=match), _table(20_000, 50))
    assert sweep.grid.coef.shape[-1] == 50
    assert len(sweep.shown) == 300
    assert sweep.grid.kkt.max() <= 1e-10


def test_own_data_without_a_file_is_told() -> None:
    with pytest.raises(ValueError, match="upload"):
        compare(replace(DEFAULT, data=OWN_DATA))
