"""Is a task posed once, and anew only where something that decides it is another?"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from regviz.core.data.datasets import DATASETS
from regviz.fits import compare as module
from regviz.fits import task
from regviz.fits.compare import compare
from regviz.fits.task import KEPT, Task, decisive, kept, posed
from regviz.scenes.choosing.sweep import choosing, open_vault, vault_rows
from regviz.settings import MATCHES, OWN_DATA, DataSettings, Settings
from tests.test_paths import table

OWN = Settings(data=OWN_DATA)
# Another value for every setting that decides a task.
OTHER: dict[str, Any] = {
    "data": "step",
    "n_samples": 40,
    "noise": 0.5,
    "correlation": 0.2,
    "random_state": 8,
    "degree": 4,
    "basis": "legendre",
    "standardize": False,
    "validation": 0.5,
}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what is computed, in order."""
    calls: list[str] = []

    def told(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **kwargs: Any) -> Any:
            calls.append(name)
            return function(*args, **kwargs)

        return called

    monkeypatch.setattr(Task, "of", told("task", Task.of))
    monkeypatch.setattr(module, "_rows", told("rows", module._rows))
    monkeypatch.setattr(task, "cross_validate", told("folds", task.cross_validate))
    return calls


def test_every_setting_of_the_data_has_its_other_value() -> None:
    assert set(OTHER) == set(DataSettings.knobs())


@pytest.mark.parametrize("data", [*DATASETS, OWN_DATA])
@pytest.mark.parametrize("name", [name for name in OTHER if name != "data"])
def test_a_setting_is_in_the_key_if_and_only_if_it_changes_the_task(
    name: str, data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data=data, n_samples=30, random_state=1)
    other = replace(settings, **{name: OTHER[name]})
    own = table(30, 3) if data == OWN_DATA else None
    monkeypatch.setattr(task, "decisive", lambda whole: whole)  # the tasks are made from all settings
    one, two = Task.of(settings, own), Task.of(other, own)
    arrays = [(t.data.X, t.data.y, t.train, t.validation, t.raw, t.X, t.alphas) for t in (one, two)]
    same = all(np.array_equal(a, b) for a, b in zip(*arrays, strict=True)) and one.names == two.names
    assert (decisive(settings) == decisive(other)) == same


def test_what_decides_no_task_makes_none(made: list[str]) -> None:
    """The weights of the picture refit nothing, nor does a number of folds that nobody asks for."""
    settings = Settings(random_state=4711)
    first = compare(settings)
    again = compare(replace(settings, weight_a="x²", weight_b="x⁵", n_splits=3))
    assert made == ["task", "rows"]
    assert again.grid is first.grid
    assert again.slices is not None
    assert first.slices is not None
    assert again.slices.pair == (1, 4)
    assert again.settings.weight_a == "x²"
    assert first.settings.weight_a == Settings.weight_a
    compare(replace(settings, match="cv"))
    compare(replace(settings, match="cv", weight_a="x²"))
    choosing(settings)  # whose folds are the same, and its grid that of the same λ
    assert made[2:4] == ["folds", "rows"]
    assert made[4:] == ["task"] * 20, "of each degree"
    compare(replace(settings, match="cv", n_splits=3))
    assert made[24:] == ["folds", "rows"]


@pytest.mark.parametrize("own", [None, table(40, 3)], ids=["sine", "own"])
def test_the_vault_asks_for_the_task_of_the_page(own: Any, made: list[str]) -> None:
    settings = replace(Settings() if own is None else OWN, random_state=4712)
    found = choosing(settings, own)
    assert made == ["task", "folds", "rows"] + ["task"] * (20 if own is None else 0), "and one of each degree"
    made.clear()
    assert vault_rows(settings, own) is not None
    assert open_vault(settings, own, 0.01, 0.5) == open_vault(settings, own, 0.01, 0.5)
    assert made == []
    assert choosing(settings, own).sweep.task is found.sweep.task


@pytest.mark.parametrize("match", MATCHES)
def test_what_is_kept_is_what_would_be_made(match: str) -> None:
    settings = replace(Settings(random_state=4713), match=match)
    kept_fits, new = compare(settings), module.pictured(settings, Task.of(settings))
    assert kept_fits.task is not new.task
    for name in ("strengths", "df", "train_error", "validation_error", "expected_error", "coordinates"):
        np.testing.assert_array_equal(getattr(kept_fits, name), getattr(new, name))
    np.testing.assert_array_equal(kept_fits.grid.coef, new.grid.coef)


def test_nobody_can_change_what_others_read() -> None:
    found = posed(Settings())
    for values in (found.X, found.y, found.held_out, found.alphas, found.folds(5)):
        with pytest.raises(ValueError, match="read-only"):
            values[...] = 0


def test_a_users_table_and_its_task_go_together() -> None:
    """Two tables share nothing, even if they are equal, and nothing of a table stays when its session ends."""
    one, two = table(40, 3), table(40, 3)
    assert compare(OWN, one).task is compare(OWN, one).task
    assert compare(OWN, one).task is not compare(OWN, two).task
    assert posed(Settings(), one) is posed(Settings()), "other data are not the table's"
    gone = [weakref.ref(one), weakref.ref(compare(OWN, one).task), weakref.ref(choosing(OWN, one).sweep.task)]
    del one
    gc.collect()
    assert [ref() for ref in gone] == [None] * 3


def test_a_value_keeps_a_few_things_only() -> None:
    owner = table(5, 1)
    for key in range(2 * KEPT):
        assert kept(owner, key, lambda key=key: [key]) == [key]  # type: ignore[misc]
    assert kept(owner, 2 * KEPT - 1, list) == [2 * KEPT - 1]
    assert kept(owner, 0, lambda: ["anew"]) == ["anew"]
    assert len(vars(owner)["_kept"]) == KEPT
