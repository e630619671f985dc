"""Does CONTRIBUTING.md tell the truth? Its pieces of code go into a copy of the sources, and nothing else does."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent, indent

import pytest

ROOT = Path(__file__).parents[1]
PIECE = re.compile(
    r"^( *)```python (?:new (?P<new>\S+)|into (?P<into>\S+) (?P<where>after|before) (?P<line>[^\n]+))\n"
    r"(?P<code>.*?)^ *```$",
    re.M | re.S,
)

LOOK = """
from streamlit.testing.v1 import AppTest
from regviz.fits.penalties import PENALTIES

page = AppTest.from_file("app.py", default_timeout=30)
page.switch_page("pages/shrink.py")
page.query_params["alpha"] = "3"
page.run()
assert not page.exception and not page.error and not page.warning, page
assert [title.value for title in page.title] == ["RegViz · Shrink"]
assert page.query_params["alpha"] in ("3", ["3"])

first = AppTest.from_file("app.py", default_timeout=30)
first.query_params["data"] = "Tent"
first.run()
assert not first.exception and not first.error and not first.warning, first
assert first.selectbox(key="data").value == "tent"
assert "quarter" in PENALTIES
(words,) = [words.value for words in page.markdown if "What to look at" in words.value]
assert "L2** leaves something of the weight" in words and 'href="?alpha=10"' in words
assert "no polynomial has a corner" in " ".join(caption.value for caption in first.sidebar.caption)
"""


def put(piece: re.Match[str], folder: Path) -> None:
    """A new file, or lines beside the one line that has those words: before it, or after it and one step further in."""
    code = dedent(piece["code"])
    if piece["new"]:
        path = folder / piece["new"]
        assert not path.exists(), path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")
        return
    path = folder / piece["into"]
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    (at,) = (i for i, line in enumerate(lines) if piece["line"] in line)
    if piece["where"] == "after":
        code = indent(code, " " * (len(lines[at]) - len(lines[at].lstrip()) + 4))
        at += 1
    else:
        code += "\n\n"
    path.write_text("".join([*lines[:at], code, *lines[at:]]), encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources with everything added that CONTRIBUTING.md adds."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("app.py", "pages", "regviz", "tests", ".streamlit", "pyproject.toml", "README.md"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    pieces = list(PIECE.finditer((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert len(pieces) >= 9
    for piece in pieces:
        put(piece, folder)
    return folder


def run(folder: Path, *command: str) -> None:
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_added_is_on_the_pages(copy: Path) -> None:
    run(copy, "-c", LOOK)


def test_and_passes_the_tests_that_ask_every_page_and_data_set(copy: Path) -> None:
    asked = "detour or page_table or tent or shrink or (Shrink and (draws or position_survives))"
    files = [
        f"tests/{name}.py"
        for name in ("test_architecture", "test_pages", "test_datasets", "test_settings", "test_claims")
    ]
    run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files, "-k", asked)


def test_its_code_is_as_neat_as_ours(copy: Path) -> None:
    run(copy, "-m", "ruff", "check", "regviz", "pages", "app.py")
    run(copy, "-m", "ruff", "format", "--check", "regviz", "pages", "app.py")
