"""Do imports point down, and does the app start light?"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCENES = {path.parent.name for path in ROOT.glob("regviz/scenes/*/__init__.py")}
SOURCES = sorted([*ROOT.glob("regviz/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"])

# Every room (a folder of regviz, or a file beside them) and what lies directly below it. An import may point into the
# same room and to all that lies below, and nowhere else, whether it stands at the top or in a function.
BELOW: dict[str, tuple[str, ...]] = {
    "regviz": (),  # regviz/__init__.py
    "regviz.theme": (),
    "regviz.core": (),
    "regviz.settings": ("regviz.core",),
    "regviz.live": ("regviz.theme",),
    "regviz.live.component": ("regviz.live",),
    "regviz.fits": ("regviz.settings",),
    "regviz.frame": ("regviz.fits", "regviz.live.component"),
    "regviz.charts": ("regviz.fits", "regviz.live"),
    "insides": ("regviz.charts",),  # of a scene: all but its page
    "regviz.scenes": ("insides", "regviz.frame"),
    "pages": ("regviz.scenes",),
    "app": ("regviz.scenes",),
}
# The packages of others, besides Python's own: at the top, and only inside functions, where they cost nothing until
# they are needed.
AT_TOP: dict[str, set[str]] = {
    "regviz.core": {"numpy", "threadpoolctl"},
    "regviz.settings": {"numpy"},
    "regviz.fits": {"numpy"},
    "regviz.live": {"numpy"},
    "regviz.live.component": {"streamlit"},
    "regviz.frame": {"numpy", "streamlit"},
    "regviz.charts": {"numpy"},
    "insides": {"numpy"},
    "regviz.scenes": {"streamlit"},
}
LAZILY: dict[str, set[str]] = {"regviz.core": {"sklearn"}, "regviz.frame": {"segno", "sklearn"}}
# Who may import a module by a name that is computed: the frame others' packages, which stand in the file as text and
# are judged too; the scenes their own folders.
BY_NAME = {"regviz.frame", "regviz.scenes"}
MODULE_NAME = re.compile(r"(regviz|pages|sklearn|scipy|pandas|pyarrow|plotly|streamlit|numpy)(\.\w+)+")
STANDARD = set(sys.stdlib_module_names)


def module_of(path: Path) -> str:
    """regviz/core/linear/grid.py -> regviz.core.linear.grid, regviz/core/__init__.py -> regviz.core."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def scene_of(module: str) -> str:
    """The folder of regviz/scenes in which a module is; empty outside them."""
    room, name = module.split(".")[:2], module.split(".")[2:3]
    return name[0] if room == ["regviz", "scenes"] and name and name[0] in SCENES else ""


def unit_of(module: str) -> str | None:
    """The entry of BELOW that a module is in: the longest that its name starts with; regviz itself has no insides."""
    if scene_of(module) and module.split(".")[3:4] not in ([], ["page"], ["SCENE"]):
        return "insides"
    fits = [unit for unit in BELOW if module == unit or (unit != "regviz" and module.startswith(unit + "."))]
    return max(fits, key=len, default=None)


@cache
def allowed(unit: str) -> frozenset[str]:
    """The unit and all that lies below it; a page is a script, and no page imports another."""
    return frozenset(({unit} - {"pages"}).union(*(allowed(lower) for lower in BELOW[unit])))


def imports(tree: ast.AST, module: str) -> Iterator[tuple[str, bool]]:
    """(what is imported, with its full name; whether inside a function) for every import in a file."""
    lazily = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) in lazily
        elif isinstance(node, ast.ImportFrom):
            package = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*package, *([node.module] if node.module else [])])
            for alias in node.names:
                yield f"{base}.{alias.name}", id(node) in lazily
        elif unit_of(module) in BY_NAME and isinstance(node, ast.Constant):
            text = node.value
            if isinstance(text, str) and MODULE_NAME.fullmatch(text):
                yield text, id(node) in lazily


def complaints(module: str, source: str) -> list[str]:
    """What is wrong with the imports of a file."""
    unit = unit_of(module)
    if unit is None:
        return [f"{module} is in no folder of BELOW: say what lies below it"]
    tree, wrong = ast.parse(source), []
    for name, lazy in imports(tree, module):
        package = name.split(".")[0]
        if package in {"regviz", "pages", "app"}:
            target = unit_of(name)
            if target is None or target not in allowed(unit):
                wrong.append(f"{module} imports {name}, which does not lie below it")
            elif scene_of(name) and scene_of(name) != scene_of(module):
                wrong.append(f"{module} imports {name}: no scene imports another")
        elif package not in STANDARD and package not in AT_TOP.get(unit, set()):
            if package not in LAZILY.get(unit, set()):
                wrong.append(f"{module} imports {name}; its packages are {AT_TOP.get(unit, set()) or 'none'}")
            elif not lazy:
                wrong.append(f"{module} imports {name} at the top: only inside functions")
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    by_name = called & {"import_module", "__import__", "exec", "eval"}
    if by_name and unit not in BY_NAME:
        wrong.append(f"{module} may not call {by_name}: what it imports can't be read here")
    return wrong


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    assert not complaints(module_of(path), path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("regviz.core.linear.grid", "def f():\n    from regviz.charts import axes"),
        ("regviz.core.linear.grid", "def f():\n    import regviz.live.board"),
        (
            "regviz.core.linear.grid",
            "from regviz.core import Array\ndef f():\n    from regviz.settings import Settings",
        ),
        ("regviz.core.linear.grid", "from regviz import theme"),
        ("regviz.core.linear.grid", "from ... import theme"),
        ("regviz.core.linear.grid", "from ...fits.compare import compare"),
        (
            "regviz.core.linear.grid",
            "class A:\n    def f(self):\n        return lambda: __import__('regviz.frame.page')",
        ),
        ("regviz.core.linear.grid", "from importlib import import_module\nimport_module('regviz' + '.fits')"),
        (
            "regviz.core.linear.grid",
            "from sklearn.linear_model import Lasso\ndef f():\n    import sklearn.linear_model",
        ),
        ("regviz.core.linear.grid", "def f():\n    import pandas"),
        ("regviz.core.linear.grid", "if True:\n    import streamlit"),
        ("regviz.core.linear.grid", "import tests.harness"),
        ("regviz.fits.compare", "def f():\n    from regviz.scenes.compare.board import board"),
        ("regviz.fits.compare", "from regviz.live.board import Board"),
        ("regviz.settings", "def f():\n    from regviz.fits.task import L1"),
        ("regviz.live.board", "from regviz.core import Array"),
        ("regviz.live.board", "def f():\n    import streamlit"),
        ("regviz.live.component", "from regviz.fits.task import L1"),
        ("regviz.scenes.compare.board", "def f():\n    from regviz import frame"),
        ("regviz.scenes.compare.board", "from regviz.scenes.compare.page import show"),
        ("regviz.scenes.compare.board", "from regviz.scenes.paths.sweep import paths"),
        ("regviz.scenes.compare.page", "from regviz.scenes.paths import SCENE"),
        ("regviz.scenes.compare.page", "import numpy"),
        ("regviz.scenes", "from regviz.scenes.paths.board import board"),
        ("regviz.charts.axes", "from regviz.frame.words import plain"),
        ("regviz.frame.page", "from regviz.charts import axes"),
        ("regviz.scenes.compare.board", "from regviz.live.component import live"),
        ("regviz.scenes.compare.board", "def f():\n    import plotly.graph_objects"),
        ("regviz.frame.receipt", "def f():\n    from regviz.charts import notes"),
        ("regviz.theme", "from regviz.core import Array"),
        ("regviz.frame.jobs", "import pandas"),
        ("regviz.frame.page", "import segno"),
        (
            "regviz.frame.page",
            "def f():\n    for name in ('regviz.scenes.compare.board',):\n        import_module(name)",
        ),
        ("pages.paths", "import numpy as np"),
        ("pages.paths", "from pages import network"),
        ("regviz.new", "import re"),
        ("regviz.core.linear.grid", "import regviz"),
    ],
)
def test_an_import_that_points_up_is_seen(module: str, source: str) -> None:
    assert len(complaints(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        (
            "regviz.core.linear.grid",
            "import numpy as np\nfrom regviz.core import Array\nfrom ..penalties import ElasticNet",
        ),
        ("regviz.core.data.datasets", "def f():\n    from sklearn.datasets import load_diabetes"),
        ("regviz.scenes.compare.board", "from regviz.core.linear.grid import fit_grid\nfrom regviz import theme"),
        ("regviz.scenes.compare.page", "from regviz.frame import panel\nfrom regviz.scenes.compare.board import board"),
        ("regviz.frame.page", "def f():\n    for name in ('sklearn.datasets',):\n        import_module(name)"),
    ],
)
def test_an_import_that_points_down_is_not(module: str, source: str) -> None:
    assert complaints(module, source) == []


def test_no_module_imports_itself_by_a_detour() -> None:
    """Within a folder too: neither at the top nor inside functions."""
    modules = {module_of(path): path for path in SOURCES}
    graph: dict[str, set[str]] = {}
    for module, path in modules.items():
        named = {name for name, _ in imports(ast.parse(path.read_text(encoding="utf-8")), module)}
        found = {name if name in modules else name.rpartition(".")[0] for name in named} & set(modules)
        # A package's own file is below its modules.
        graph[module] = {name for name in found if name != module}
    assert list(TopologicalSorter(graph).static_order())
    assert list(TopologicalSorter(BELOW).static_order())


def test_colours_stand_in_the_theme_only() -> None:
    colour = re.compile(r"#[0-9a-fA-F]{6}|\brgba?\(")
    named = {path.name for path in SOURCES if colour.search(path.read_text(encoding="utf-8"))}
    assert named == {"theme.py"}


def test_no_file_is_called_utils() -> None:
    assert not [path for path in SOURCES if path.stem in {"utils", "helpers", "common", "misc"}]


@pytest.mark.parametrize("ci", [False, True])
def test_a_run_without_a_browser_says_so_and_fails_in_ci(tmp_path: Path, ci: bool) -> None:
    """A machine without Chromium on which none can be installed; the hooks and the fixture are those of the suite."""
    (tmp_path / "conftest.py").write_text(
        "import os\nfrom types import SimpleNamespace\nfrom tests import conftest\n"
        "from tests.conftest import driver, pytest_sessionfinish, pytest_terminal_summary\n"
        "conftest.chromium_path = lambda: None\n"
        "conftest.os = SimpleNamespace(environ=os.environ, geteuid=lambda: 1000)\n"
        "conftest.subprocess = SimpleNamespace(run=lambda *a, **k: None, DEVNULL=0)\n"
    )
    (tmp_path / "test_it.py").write_text(
        "import pytest\ndef test_page(driver): pass\ndef test_page_again(driver): pass\n"
        "@pytest.mark.skip\ndef test_other(): pass\ndef test_numbers(): pass\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", tmp_path]
    done = subprocess.run(
        [*command, tmp_path],
        env=environment | ({"CI": "true"} if ci else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == (1 if ci else 0), done.stdout
    assert ("2 browser tests were skipped: no Chromium" in done.stdout) != ci
    assert ("IN CI NOTHING IS SKIPPED" in done.stdout) == ci
    assert ("2 errors" in done.stdout) == ci


def test_the_default_sweep_is_light() -> None:
    """The first screen needs neither scikit-learn nor SciPy, pandas or Plotly's Python figures."""
    script = (
        "import sys; from regviz.settings import Settings; from regviz.fits.compare import compare; "
        "from regviz.scenes.compare.board import board; from regviz.live.board import payload; "
        "payload(board(compare(Settings()))); "
        "print(*[m for m in ('sklearn', 'scipy', 'pandas', 'plotly', 'streamlit') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_nothing_of_others_is_tracked() -> None:
    """No minified or generated file, no address of a machine."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert not [name for name in tracked if name.endswith((".min.js", ".whl")) or name.startswith("static/")]
