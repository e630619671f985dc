"""Does every page render for any URL, as the very first visit to a server, and is its link its whole state?"""

from __future__ import annotations

import csv
import io
import re
import time
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from regviz.frame import address, panel, share
from regviz.frame.scene import Scene
from regviz.frame.words import plain
from regviz.live.board import Axis
from regviz.scenes import scenes
from regviz.scenes.paths.settings import PATH_AXES
from regviz.settings import MATCHES, Knob

ROOT = Path(__file__).parents[1]
PAGES = tuple(scenes().values())
BY_TITLE = {page.title: page for page in PAGES}
QUICK = {"Network": {"epochs": "50", "units": "4"}}  # settings that make a page cheap
# Settings under which a page has other sliders.
ALSO = {"Compare": {"match": "cv"}, "Paths": {"match": "cv"}}


def run(path: str, query: dict[str, str]) -> AppTest:
    """A page with a URL."""
    return opened(path, query).run()


@dataclass(frozen=True)
class Drawn:
    """What a page has drawn: its sliders and the stops at which they stand, the fields of its widgets, its receipt."""

    app: AppTest
    axes: tuple[Axis, ...]
    stops: dict[str, int]
    fields: set[str]
    receipt: bytes | None

    @property
    def warnings(self) -> list[str]:
        return [warning.value.replace("\\", "") for warning in self.app.warning]


def look(app: AppTest) -> Drawn:
    """Run a page and see what it asks of the frame."""
    axes: list[Axis] = []
    stops: dict[str, int] = {}
    names: set[str] = set()
    packed: list[bytes] = []
    mend, bound = address.mend_position, panel._bound

    def mended(found: Iterable[Axis]) -> None:
        mend(found)
        axes[:] = found
        stops.update(address.stop_of(found))

    def drawn(name: str, *args: Any, **kwargs: Any) -> Any:
        names.add(name)
        return bound(name, *args, **kwargs)

    with (
        patch.object(address, "mend_position", mended),
        patch.object(panel, "_bound", drawn),
        patch.object(share.st, "download_button", lambda label, make, *args, **kwargs: packed.append(make())),
    ):
        app.run()
        end = time.monotonic() + 30
        while app.get("progress") and time.monotonic() < end:  # a training goes on
            time.sleep(0.1)
            app.run()
    return Drawn(app, tuple(axes), stops, names, packed[0] if packed else None)


def opened(path: str, query: dict[str, str]) -> AppTest:
    """A page about to be opened by a link, without the app around it."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    if path != "app.py":
        app.switch_page(path)
    app.query_params.update(query)
    return app


@cache
def axes_of(title: str, also: bool = False) -> tuple[Axis, ...]:
    """The sliders of a page; `also`, under its other settings."""
    query = QUICK.get(title, {}) | (ALSO[title] if also else {})
    return look(opened(BY_TITLE[title].path, query)).axes


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_a_page_opens_cold(page: Scene) -> None:
    app = run(page.path, {})
    assert not app.exception
    assert not app.error
    assert not app.warning


def test_every_script_is_in_the_page_table() -> None:
    scripts = {"app.py"} | {f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py")}
    assert scripts == {page.path for page in PAGES}


hostile = st.one_of(
    st.text(max_size=40),
    st.floats().map(str),
    st.sampled_from(["csv", "Your own CSV", "1e999", "NaN", "<script>alert(1)</script>", "a" * 5000, "%00", "\\"]),
    st.sampled_from(["&lt;b&gt;", "https://a.example", ":material/check:", "[x](y)", "$x$ `y` :red[z]", " -> ", "#"]),
)


def _renders(page: Scene, query: dict[str, str]) -> None:
    app = run(page.path, query)
    assert not app.exception, query
    assert [header.value for header in app.title] == [f"RegViz · {page.title}"]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_any_url_renders_without_a_traceback(page: Scene) -> None:
    names = sorted(set().union(*(everything(other) for other in PAGES)))
    own = [name for name in names if name in everything(page)] * 3

    @settings(max_examples=12 if page.path == "app.py" else 5, suppress_health_check=[HealthCheck.too_slow])
    @given(st.dictionaries(st.sampled_from(own + names), hostile, max_size=5))
    def any_url(query: dict[str, str]) -> None:
        _renders(page, query)

    any_url()


@pytest.mark.parametrize("query", [{"alpha": "-7"}, {"noise": "9"}, {"weight_a": "no feature"}])
def test_what_was_wrong_with_a_link_is_told_until_something_changes(query: dict[str, str]) -> None:
    app = run("app.py", query)
    assert len(app.warning) == 1
    assert next(iter(query)) in app.warning[0].value.replace("\\", "")
    app.query_params["l1_ratio"] = "0.7"
    app.run()
    assert not app.warning


# -- one name, one meaning


def everything(page: Scene) -> dict[str, set[str]]:
    """Each name that a URL of the page may have, and the labels of what has it."""
    found = {name: {knob.label} for name, knob in page.settings.knobs().items()}
    for also in (False, True)[: 1 + (page.title in ALSO)]:
        for axis in axes_of(page.title, also):
            found.setdefault(axis.name, set()).add(axis.label)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_a_page_draws_each_of_its_settings_and_no_slider_has_the_name_of_one(page: Scene) -> None:
    shown = look(opened(page.path, QUICK.get(page.title, {})))
    assert shown.fields == set(page.settings.knobs())
    names = [axis.name for axis in shown.axes]
    assert len(set(names)) == len(names) > 0
    assert not set(names) & set(page.settings.knobs())
    for other in ALSO:
        assert not {axis.name for axis in axes_of(other, True)} & set(page.settings.knobs())


def test_nothing_but_the_settings_is_bound_to_the_url() -> None:
    sources = [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "regviz").rglob("*.py")]
    assert [path.name for path in sources for _ in re.findall(r"\bbind=", path.read_text(encoding="utf-8"))] == [
        "panel.py"
    ]


def test_a_name_means_one_thing() -> None:
    """On pages that hand their URL on: one knob, or one slider. On others the range may differ, not what it is."""
    for page in PAGES:
        for other in PAGES:
            ours, theirs = everything(page), everything(other)
            for name in set(ours) & set(theirs):
                if page.subject == other.subject:
                    knobs = [kind.settings.knobs().get(name) for kind in (page, other)]
                    assert knobs[0] == knobs[1], (page.title, other.title, name)
                first_words = {label.split()[0] for label in ours[name] | theirs[name]}
                assert len(first_words) == 1, (page.title, other.title, name, first_words)


def test_what_only_looks_alike_is_kept_apart_by_the_subject() -> None:
    """Geometry's correlation is a slider from -1 to 1, the data's a setting from 0 to 0.95: no link joins the two."""
    slider = next(axis for axis in axes_of("Geometry") if axis.name == "correlation")
    knob = BY_TITLE["Compare"].settings.knobs()["correlation"]
    assert (slider.values[0], slider.values[-1]) == (-1, 1)
    assert (knob.low, knob.high) == (0, 0.95)
    assert BY_TITLE["Geometry"].subject not in {
        page.subject for page in PAGES if "correlation" in page.settings.knobs()
    }


# -- the link is the whole state


@pytest.mark.parametrize(
    ("title", "also"), [*((title, False) for title in BY_TITLE), *((title, True) for title in ALSO)]
)
def test_every_position_survives_a_link(title: str, also: bool) -> None:
    """Both ends and the middle of every slider come back by their link, without a word."""
    page, axes = BY_TITLE[title], axes_of(title, also)
    settings = QUICK.get(title, {}) | (ALSO[title] if also else {})
    for axis in axes:
        assert [axis.nearest(text) for text in axis.text] == list(range(len(axis.text))), axis.name
        assert all(axis.holds(text) for text in axis.text), axis.name
    for part in (0.0, 0.5, 1.0):
        stops = {axis.name: round(part * (len(axis.text) - 1)) for axis in axes}
        position = {axis.name: axis.text[stops[axis.name]] for axis in axes}
        reopened = look(opened(page.path, settings | position))
        assert reopened.stops == stops
        assert {axis.text for axis in reopened.axes} == {axis.text for axis in axes}
        assert not reopened.warnings
        assert reopened.app.query_params == settings | position


def _other(knob: Knob, default: Any) -> str:
    """Another value than the default, as the page itself writes it; cheap to compute."""
    if knob.options:
        return knob.written(next(slug for slug in knob.options if slug != default))
    if isinstance(default, bool):
        return knob.written(not default)
    return knob.written(type(default)(knob.low if knob.low != default else knob.high))


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_every_setting_survives_a_link_and_what_others_have_is_nobodys_business(page: Scene) -> None:
    """Old links may hold settings of other pages: neither read nor told here, nor taken from the page they are of."""
    kind = page.settings
    query = {name: _other(knob, getattr(kind, name)) for name, knob in kind.knobs().items() if "weight_" not in name}
    strange = set().union(*(other.settings.knobs() for other in PAGES)) - set(everything(page))
    shown = look(opened(page.path, query | dict.fromkeys(strange, "<Nope>")))
    assert not shown.app.exception
    assert not shown.warnings
    assert shown.app.query_params == query | dict.fromkeys(strange, "<Nope>")
    for name in query:
        assert shown.app.session_state[name] == getattr(kind.clean(query)[0], name), name


def test_old_spellings_open() -> None:
    """Words for a slug, 1.0 for 1: both were links once."""
    old = {"data": "Correlated groups", "basis": "legendre", "noise": "1.0", "standardize": "False", "degree": "9"}
    app = run("app.py", old)
    assert not app.warning
    assert (app.session_state["data"], app.session_state["noise"]) == ("groups", 1.0)
    new = {"data": "groups", "basis": "legendre", "noise": "1.0", "standardize": "false", "degree": "9"}
    assert app.session_state["left_at"]["data"] == new


def test_from_subject_to_subject_nothing_is_taken_along_and_everything_is_found_again() -> None:
    """The same names, other ranges: 500 points are no number for a network. The link sends the old fields with it."""
    rows = {"n_samples": "500", "noise": "0.4", "random_state": "3", "correlation": "0.9", "data": "sparse"}
    app = opened("app.py", rows)
    app.run()
    expected: dict[str, dict[str, Any]] = {
        "pages/outliers.py": {"noise": 0.25, "random_state": 7},
        "pages/network.py": {"n_samples": 60, "noise": 0.25},
        "pages/geometry.py": {},
        "pages/paths.py": {"n_samples": 500, "noise": 0.4, "random_state": 3, "correlation": 0.9, "data": "sparse"},
        "pages/variance.py": {"n_samples": 500, "noise": 0.4, "data": "sparse"},
        "pages/outliers.py#": {"noise": 0.25},
        "app.py": {"n_samples": 500, "noise": 0.4, "data": "sparse"},
    }
    for path, values in expected.items():
        app.switch_page(path.strip("#"))
        app.query_params.update(rows)  # as Streamlit's links do
        app.run()
        assert not app.exception, path
        assert not app.warning, path
        assert {name: app.session_state[name] for name in values} == values, path
        assert app.query_params == (rows if "n_samples" in values and values["n_samples"] == 500 else {}), path


# -- both ends

# Links that hold together, but at the ends of what may be asked; and what a page has that others have not.
EXTREME: dict[str, list[dict[str, str]]] = {
    "pages/paths.py": [
        {"path_axis": words, "match": match, "basis": "Legendre", "alpha": "0", "l1_ratio": "0"}
        for words, match in zip(PATH_AXES.values(), MATCHES.values(), strict=False)
    ]
    + [{"match": MATCHES["cv"], "factor": "1e9", "path_axis": "size ‖w‖₁", "n_samples": "10", "degree": "20"}],
    "pages/choosing.py": [
        {"n_samples": "10", "n_splits": "20", "validation": "0.5", "degree": "20", "tune_on_test": "true"},
        {"n_samples": "10", "n_splits": "2", "validation": "0", "noise": "0", "tune_on_test": "true"},
        {"data": "Diabetes", "n_samples": "500", "match": MATCHES["cv"], "factor": "3", "tune_on_test": "true"},
        {"data": "Your own CSV", "tune_on_test": "true", "n_splits": "-1", "alpha": "-1"},
    ],
    "pages/variance.py": [
        {"n_samples": "10", "degree": "20", "validation": "0.5", "noise": "0"},
        {"data": "Sparse truth", "correlation": "0.95", "noise": "1", "match": MATCHES["df"]},
    ],
    "pages/outliers.py": [{"noise": "0", "outlier": "8", "share": "0"}, {"noise": "1", "outlier": "x", "share": "7"}],
}


@pytest.mark.slow
@pytest.mark.parametrize(("path", "query"), [(path, query) for path, queries in EXTREME.items() for query in queries])
def test_both_ends_of_a_page(path: str, query: dict[str, str]) -> None:
    _renders(next(page for page in PAGES if page.path == path), query)


def test_the_vault_is_opened_counted_and_closed_again() -> None:
    app = run("pages/choosing.py", {"alpha": "0.01"})
    assert not app.dataframe

    def opened(label: str) -> None:
        next(button for button in app.button if button.label.startswith(label)).click().run()
        assert not app.exception

    opened("Open the vault")
    assert len(app.dataframe[0].value) == 1
    opened("Open the vault")
    assert len(app.dataframe[0].value) == 2
    assert any("**2 times**" in text.value for text in app.markdown)
    opened("New")  # another sample has another vault
    assert not app.dataframe


def test_a_vault_without_rows_is_told() -> None:
    app = run("pages/choosing.py", {"data": "Diabetes", "n_samples": "500"})
    next(button for button in app.button if button.label.startswith("Open the vault")).click().run()
    assert not app.exception
    assert any("No row is left over" in warning.value for warning in app.warning)
    assert not app.dataframe


@pytest.mark.parametrize("data", ["Diabetes", "Cell nuclei", "Your own CSV"])
def test_bias_of_measured_rows_is_refused_in_words(data: str) -> None:
    app = run("pages/variance.py", {"data": data})
    assert not app.exception
    told = any("nobody knows" in warning.value for warning in app.warning)
    assert told == (data != "Your own CSV")  # without a file the last data stay


# Files that are just good enough: lines of numbers under a line of names.
FILES = {
    "one feature": [f"{i % 7},{i}" for i in range(20)],
    "more features than rows": [",".join(str((i * j) % 13 + i) for j in range(1, 52)) for i in range(1, 13)],
    "a rare event": [f"{i % 5},{i % 3},{int(i == 4)}" for i in range(20)],
    "nearly always the same": [f"{int(i == 2)},{i % 4},{i * i}" for i in range(14)],
    "large and small": [f"{i}e-7,{i % 3}e8,{i * i % 11}e9" for i in range(1, 25)],
}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("path", ["pages/paths.py", "pages/choosing.py"])
def test_any_usable_file_is_shown(path: str, file: str) -> None:
    app = run(path, {"data": "Your own CSV", "tune_on_test": "true"})
    width = FILES[file][0].count(",") + 1
    names = ",".join(f"<b>{{{j}}}</b> @x" for j in range(width))
    text = "\n".join([names, *FILES[file]])
    app.file_uploader[0].upload("file.csv", text.encode(), "text/csv").run()
    assert not app.exception
    assert not app.error
    assert app.session_state["own_data"].n_samples == len(FILES[file])
    for button in app.button:
        if button.label.startswith("Open the vault"):
            button.click().run()
            assert len(app.dataframe[0].value) == 1
    assert not app.exception


def _own_rows(n: int = 20, seed: int = 0) -> tuple[str, np.ndarray]:
    """A table of two features and a target, as text and as numbers."""
    table = np.random.default_rng(seed).normal(size=(n, 3)).round(3)
    return "\n".join(["a,b,y", *(",".join(map(str, row)) for row in table)]), table


@pytest.mark.parametrize("path", ["app.py", "pages/paths.py"])
def test_the_receipt_of_an_own_table_holds_its_rows(path: str) -> None:
    text, table = _own_rows()
    app = opened(path, {"data": "Your own CSV", "l1_ratio": "0.3"})
    before = look(app)
    assert before.receipt is not None
    with zipfile.ZipFile(io.BytesIO(before.receipt)) as archive:
        assert "data.csv" not in archive.namelist(), "there is no file yet"
        readme = archive.read("README.txt").decode()
        assert "Data set: Sine" in readme
        assert re.search(r"Open the picture: .*[?&]data=sine\b", readme), "and the link does not ask for one"
    app.file_uploader[0].upload("mine.csv", text.encode(), "text/csv")
    shown = look(app)
    assert not app.exception
    assert shown.receipt is not None
    with zipfile.ZipFile(io.BytesIO(shown.receipt)) as archive:
        rows = list(csv.reader(io.StringIO(archive.read("data.csv").decode())))
        readme = archive.read("README.txt").decode()
    assert rows[0] == ["a", "b", "y"]
    np.testing.assert_array_equal(np.array(rows[1:], dtype=float), table)
    assert "Data set: mine.csv" in readme
    assert "L1 ratio 0.3" in readme
    assert re.search(r"Open the picture: .*[?&]data=csv\b", readme)


def test_the_folds_can_be_set_where_they_count() -> None:
    for path, match, counts in (("app.py", "alpha", False), ("app.py", "cv", True), ("pages/paths.py", "df", False)):
        assert run(path, {"match": MATCHES[match]}).slider(key="n_splits").disabled != counts
    assert not run("pages/choosing.py", {}).slider(key="n_splits").disabled


@pytest.mark.parametrize("data", ["Your own CSV", "Diabetes"])
def test_the_share_box_says_what_a_link_carries(data: str) -> None:
    app = opened("app.py", {"data": data}).run()
    app.session_state["share_open"] = True
    told = " ".join(caption.value for caption in app.run().caption)
    assert ("not a file: your CSV stays with you" in told) == (data == "Your own CSV")
    assert ("Everyone who opens the link sees this picture" in told) == (data != "Your own CSV")


def test_it_is_said_whose_rows_are_shown() -> None:
    """Without a file, with one, after one that is refused, after columns that are: it is always said whose."""

    def told() -> str:
        boxes = [*app.sidebar.caption, *app.sidebar.info, *app.sidebar.error]
        return " ".join(box.value for box in boxes).replace("\\", "").replace("\u2060", "")

    app = run("app.py", {"data": "Your own CSV"})
    assert "Until a file of yours can be used, the data are: Sine." in told()
    assert "The data are those of" not in told()
    app.file_uploader[0].upload("bad.csv", b"a\n1\n", "text/csv").run()
    assert "bad.csv is not used." in told()
    assert "the data are: Sine." in told()
    assert "still" not in told()
    app.file_uploader[0].set_value([]).run()
    app.file_uploader[0].upload("good.csv", _own_rows()[0].encode(), "text/csv").run()
    assert "The data are those of good.csv: 20 rows, y from 2 features." in told()
    assert "Sine" not in told()
    for note in app.session_state["own_table"].notes:
        assert told().count(note) == 1
    app.file_uploader[0].set_value([]).run()
    app.file_uploader[0].upload("bad.csv", b"a\n1\n", "text/csv").run()
    assert "bad.csv is not used." in told()
    assert "The data are still those of good.csv: 20 rows, y from 2 features." in told()
    app.file_uploader[0].set_value([]).run()
    assert "not used" not in told()
    assert "The data are those of good.csv" in told()
    app.sidebar.multiselect[0].set_value([]).run()
    assert "The data are still those of good.csv: 20 rows, y from 2 features." in told()
    app.sidebar.multiselect[0].set_value(["b"]).run()
    assert "The data are those of good.csv: 20 rows, y from 1 feature." in told()
    app.sidebar.selectbox(key="data").set_value("groups").run()
    assert "good.csv" not in told()
    assert not app.exception


def test_a_weight_that_is_not_there_is_told() -> None:
    app = run("app.py", {"weight_a": "x³", "weight_b": "<&lt;>"})
    assert "weight_a" not in " ".join(warning.value for warning in app.warning).replace("\\", "")
    told = " ".join(warning.value for warning in app.warning).replace("\\", "")
    assert "Up (weight_b) must be the name of a feature, got “<&lt;>”; using automatic." in told
    assert app.session_state["weight_a"] == "x³"


@pytest.mark.parametrize("sign", "\\`*_{}[]()<>#+-.!|$:~^&@\"'=")
def test_every_sign_of_quoted_text_is_escaped(sign: str) -> None:
    assert f"\\{sign}" in plain(f"a{sign}b")
    assert plain(f"a{sign}b").replace("\\" + sign, sign).replace("\u2060", "") == f"a{sign}b"


def test_a_bad_value_is_told_and_mended() -> None:
    app = run("app.py", {"degree": "40", "data": "Nope", "alpha": "-3"})
    assert not app.exception
    told = " ".join(warning.value for warning in app.warning).replace("\\", "")
    assert "Degree (degree) must be 1 to 20" in told
    assert "Data set (data) must be one of Sine, Step" in told
    assert "got “Nope”; using Sine." in told
    assert "Strength λ (alpha) must be 0 to" in told
    assert app.query_params["alpha"] in ("0", ["0"])
    assert app.slider(key="degree").value == 20
    assert app.selectbox(key="data").value == "sine"


def test_another_data_set_starts_at_its_own_lambda() -> None:
    app = run("app.py", {"alpha": "0.002"})
    app.selectbox(key="data").set_value("diabetes").run()
    assert not app.exception
    assert "alpha" not in app.query_params
    assert app.slider(key="n_samples").value == 200


def test_a_new_sample_is_the_next_seed() -> None:
    app = run("app.py", {"random_state": "9999"})
    app.button[0].click().run()
    assert app.number_input(key="random_state").value == 0
