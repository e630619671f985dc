"""Does every page render for any URL, as the very first visit to a server?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from regviz.settings import MATCHES, PATH_AXES
from regviz.ui import PAGES, Page

ROOT = Path(__file__).parents[1]
# What a URL may hold beside the settings: positions of sliders, and a switch.
POSITIONS = ["alpha", "l1_ratio", "factor", "outlier", "share", "epoch", "correlation", "optimum_a", "tune_on_test"]


def run(path: str, query: dict[str, str]) -> AppTest:
    """A page with a URL, without the app around it."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    if path != "app.py":
        app.switch_page(path)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_a_page_opens_cold(page: Page) -> None:
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
)


def _renders(page: Page, query: dict[str, str]) -> None:
    app = run(page.path, query)
    assert not app.exception, query
    assert [header.value for header in app.title] == [f"RegViz · {page.title}"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_any_url_renders_without_a_traceback(page: Page) -> None:
    names = [*page.settings.knobs(), *POSITIONS]

    @settings(max_examples=12 if page.path == "app.py" else 5, suppress_health_check=[HealthCheck.too_slow])
    @given(st.dictionaries(st.sampled_from(names), hostile, max_size=5))
    def any_url(query: dict[str, str]) -> None:
        _renders(page, query)

    any_url()


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


def test_a_bad_value_is_told_and_mended() -> None:
    app = run("app.py", {"degree": "40", "data": "Nope", "alpha": "-3"})
    assert not app.exception
    told = " ".join(warning.value for warning in app.warning).replace("\\", "")
    assert "Degree (degree) must be 1 to 20" in told
    assert "Data set (data) must be one of" in told
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
