"""Whose rows are whose? Test rows, samples and cached pictures are of the data and the seed that they claim."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from regviz.core.data.datasets import Data
from regviz.fits.task import Task, load, resample_seeds
from regviz.frame.upload import digest
from regviz.scenes.choosing.sweep import choosing, open_vault, vault_rows
from regviz.settings import MAX_RANDOM_STATE, OWN_DATA, Settings


def _own(n: int = 24, seed: int = 0) -> Data:
    rng = np.random.default_rng(seed)
    return Data(rng.normal(size=(n, 2)), np.arange(n, dtype=float), ("a", "b"), "y", None, None, OWN_DATA, "own.csv")


def test_a_cached_picture_is_of_the_same_table_only() -> None:
    """Two visitors share a picture only if nothing in their tables differs."""
    own = replace(_own(), true_coef=np.zeros(2), covariance=np.eye(2))
    others: dict[str, object] = {
        "X": own.X + np.eye(24, 2),
        "y": own.y[::-1],
        "feature_names": ("a", "c"),
        "target_name": "z",
        "noise_sd": 1.0,
        "truth": np.sin,
        "name": "sine",
        "label": "other.csv",
        "domain": (0.0, 1.0),
        "notes": ("2 rows left out",),
        "true_coef": np.ones(2),
        "true_intercept": 1.0,
        "covariance": 2 * np.eye(2),
    }
    assert set(others) == {field.name for field in fields(Data)}, "a new field needs its other value here"
    found = {name: digest(replace(own, **{name: value})) for name, value in others.items()}
    found["none"] = digest(own)
    found["transposed"] = digest(replace(own, X=own.X.T.reshape(own.X.shape)))
    found["name moved"] = digest(replace(own, feature_names=("a", "b, y"), target_name=""))
    assert len(set(found.values())) == len(found), found
    assert digest(_own()) == digest(_own())


@pytest.mark.parametrize("seed", [0, 7, MAX_RANDOM_STATE])
def test_the_vault_of_an_own_table_is_the_rest_of_it(seed: int) -> None:
    own, settings = _own(), Settings(data=OWN_DATA, random_state=seed)
    test = vault_rows(settings, own)
    used = choosing(settings, own).sweep.data
    assert test is not None
    assert sorted([*test.y, *used.y]) == own.y.tolist(), "every row is in one of the two, and in one only"
    for rows in (test, used):
        np.testing.assert_array_equal(rows.X, own.X[rows.y.astype(int)], "a row keeps its target")
    opened = open_vault(settings, own, 0.01, 0.5)
    assert opened is not None
    assert opened.n_rows == test.n_samples


def test_another_seed_sets_other_rows_aside() -> None:
    vaults = [vault_rows(Settings(data=OWN_DATA, random_state=seed), _own()) for seed in range(6)]
    assert len({tuple(rows.y) for rows in vaults if rows is not None}) == 6
    splits = [Task.of(Settings(data=OWN_DATA, random_state=seed), _own()).validation for seed in range(6)]
    assert len({tuple(rows) for rows in splits}) == 6


@pytest.mark.parametrize("data", ["sine", "sparse", "diabetes"])
def test_the_vault_has_no_row_of_the_page(data: str) -> None:
    settings = Settings(data=data, n_samples=60)
    page, test = load(settings), vault_rows(settings)
    assert test is not None
    assert not {tuple(row) for row in page.X.tolist()} & {tuple(row) for row in test.X.tolist()}


def test_no_other_sample_is_that_of_a_page() -> None:
    """Whatever seed the page has, its further samples have none that a page can have, and each another."""
    lists = {seed: resample_seeds(Settings(random_state=seed), 200) for seed in (0, 7, 8, MAX_RANDOM_STATE)}
    for seeds in lists.values():
        assert min(seeds) > MAX_RANDOM_STATE
        assert len(set(seeds)) == 200
    assert len({seed for seeds in lists.values() for seed in seeds}) == 800, "other pages have other further samples"
    assert resample_seeds(Settings(random_state=7), 60) == lists[7][:60], "more samples do not change the first"


def test_nor_where_the_draw_is_as_small_as_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    class Least:
        def __init__(self, _: object) -> None: ...

        def generate_state(self, count: int, dtype: type) -> np.ndarray:
            return np.arange(count, dtype=dtype)

    monkeypatch.setattr(np.random, "SeedSequence", Least)
    assert min(resample_seeds(Settings(random_state=MAX_RANDOM_STATE), 3)) > MAX_RANDOM_STATE
