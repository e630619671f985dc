"""Does every page render for any URL, as the very first visit to a server?"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from regviz.settings import Settings
from regviz.ui import PAGES

ROOT = Path(__file__).parents[1]
NAMES = [f.name for f in fields(Settings)] + ["alpha", "l1_ratio", "factor"]


def run(path: str, query: dict[str, str]) -> AppTest:
    """A page with a URL, without the app around it."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    if path != "app.py":
        app.switch_page(path)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_a_page_opens_cold(page: object) -> None:
    app = run(page.path, {})  # type: ignore[attr-defined]
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


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(NAMES), hostile, max_size=5))
def test_any_url_renders_without_a_traceback(query: dict[str, str]) -> None:
    app = run("app.py", query)
    assert not app.exception
    assert [header.value for header in app.title] == ["RegViz · Compare"]


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
