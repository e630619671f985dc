"""Do imports point down, and does the app start light?"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted([*ROOT.glob("regviz/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"])

# Who may import what: the first entry that a file's path starts with counts. "top" is what a module may name while
# it is imported; what is inside functions is free unless it is in "never".
RULES: tuple[tuple[str, set[str], set[str]], ...] = (
    # path, packages allowed, packages never allowed (not even inside a function)
    ("regviz/core/", {"regviz.core", "numpy", "threadpoolctl"}, {"streamlit", "plotly", "regviz.sweeps", "regviz.ui"}),
    ("regviz/settings.py", {"regviz.core", "numpy"}, {"streamlit", "plotly", "regviz.sweeps", "regviz.ui"}),
    (
        "regviz/sweeps/",
        {"regviz.core", "numpy", "regviz.settings", "regviz.sweeps"},
        {"streamlit", "plotly", "regviz.figures", "regviz.ui"},
    ),
    (
        "regviz/receipt.py",
        {"numpy", "regviz.core", "regviz.settings", "regviz.sweeps"},
        {"streamlit", "plotly", "regviz.figures", "regviz.ui"},
    ),
    ("regviz/theme.py", set(), {"streamlit", "regviz"}),
    ("regviz/live/component.py", {"streamlit", "regviz.live"}, {"regviz.core", "regviz.sweeps", "regviz.figures"}),
    ("regviz/live/", {"numpy", "regviz.theme"}, {"streamlit", "regviz.core", "regviz.sweeps", "regviz.figures"}),
    (
        "regviz/figures/",
        {
            "numpy",
            "regviz.core",
            "regviz.theme",
            "regviz.live.board",
            "regviz.settings",
            "regviz.sweeps",
            "regviz.figures",
        },
        {"streamlit", "plotly", "regviz.ui"},
    ),
    ("regviz/jobs.py", set(), {"streamlit", "plotly", "regviz"}),
    (
        "regviz/ui.py",
        {"streamlit", "regviz.core", "regviz.jobs", "regviz.live", "regviz.settings"},
        {"numpy", "regviz.figures"},
    ),
    ("regviz/__init__.py", set(), {"streamlit", "plotly"}),
    ("app.py", {"streamlit", "regviz"}, {"numpy", "plotly"}),
    ("pages/", {"streamlit", "regviz"}, {"numpy", "plotly"}),
)
STANDARD = set(sys.stdlib_module_names)


def _names(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _inside(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    relative = path.relative_to(ROOT).as_posix()
    _, allowed, never = next(rule for rule in RULES if relative.startswith(rule[0]))
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lazily = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside_functions = set().union(*(_names(node) for node in lazily)) if lazily else set()
    everything = _names(tree)
    banned = {name for name in everything if _inside(name, never)}
    assert not banned, f"{relative} must never import {banned}"
    at_import = {name for name in everything - inside_functions if name.split(".")[0] not in STANDARD}
    too_high = {name for name in at_import if not _inside(name, allowed)}
    assert not too_high, f"{relative} imports {too_high}; allowed are {allowed}"


def test_no_file_is_called_utils() -> None:
    assert not [path for path in SOURCES if path.stem in {"utils", "helpers", "common", "misc"}]


def test_the_default_sweep_is_light() -> None:
    """The first screen needs neither scikit-learn nor SciPy, pandas or Plotly's Python figures."""
    script = (
        "import sys; from regviz.settings import Settings; from regviz.sweeps.compare import compare; "
        "from regviz.figures.compare import board; from regviz.live.board import payload; "
        "payload(board(compare(Settings()))); "
        "print(*[m for m in ('sklearn', 'scipy', 'pandas', 'plotly', 'streamlit') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_nothing_of_others_is_tracked() -> None:
    """No minified or generated file, no address of a machine."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert not [name for name in tracked if name.endswith((".min.js", ".whl")) or name.startswith("static/")]
