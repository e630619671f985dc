"""Does `make help` name what can be made, do the hooks check what `make lint` checks, and is the browser left out?"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_help_names_every_target() -> None:
    phony = {name for names in re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.M) for name in names.split()}
    told = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert set(re.findall(r"^make (\S+) +\S", told, re.M)) == phony - {"glmnet"}  # a part of peers
    assert subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, text=True).stdout == told


def test_the_hooks_run_what_make_lint_runs() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"^ +entry: (.+)$", hooks, re.M) == ["make lint"]
    assert re.findall(r"\brepo: (.+)$", hooks, re.M) == ["local"], "nothing is fetched"
    assert "pass_filenames: false" in hooks  # the whole tree, as make does


def test_what_uses_chromium_is_marked(request: pytest.FixtureRequest) -> None:
    """So that `make test-fast` leaves it out."""
    asked = [item for item in request.session.items if "driver" in getattr(item, "fixturenames", ())]
    assert all(item.get_closest_marker("browser") for item in asked)
    fast = re.search(r'^test-fast:.*\n\t.* -m "(.+)"$', MAKEFILE, re.M)
    assert fast is not None
    assert fast[1] == "not browser and not slow"
