"""How do the JavaScript modules travel? Joined into one, where a host takes a component as one text.

The modules stand in js/ as a browser reads them, with imports and exports. Joined, they share one scope: each after
what it imports, without `import` lines and `export` keywords. So no two may declare the same name at the top, and
imports may neither rename nor go round in a circle; a test sees to that.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

JS = Path(__file__).parent / "js"
IMPORT = re.compile(r'^import \{ ([^}]+) \} from "\./(\w+\.js)";\n', re.M)
_EXPORT = re.compile(r"^export (?!default)", re.M)


def in_order(entry: str) -> list[str]:
    """The names of a module and of all that it needs, each after what it imports."""
    order: dict[str, None] = {}
    for _, name in IMPORT.findall((JS / entry).read_text(encoding="utf-8")):
        order |= dict.fromkeys(in_order(name))
    return [*order, entry]


@cache
def joined(entry: str) -> str:
    """A module and all that it needs as one text, which exports what the module exports by default.

    What it exports by name is a name at the top of the text.
    """
    texts = ((JS / name).read_text(encoding="utf-8") for name in in_order(entry))
    return lean("".join(_EXPORT.sub("", IMPORT.sub("", text)) for text in texts))


@cache
def css() -> str:
    """The looks of every board."""
    return lean(JS.with_name("live.css").read_text(encoding="utf-8"))


@cache
def beside(file: str, name: str) -> str:
    """A small module that stands beside a Python file."""
    return lean(Path(file).with_name(name).read_text(encoding="utf-8"))


def lean(text: str) -> str:
    """JavaScript or CSS without comments, types and indentation, which every visitor would download."""
    bare = re.sub(r"(^|\s)// .*", "", re.sub(r"/\*.*?\*/ ?", "", text, flags=re.S))
    return "\n".join(line.strip() for line in bare.splitlines() if line.strip())
