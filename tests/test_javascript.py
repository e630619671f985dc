"""Does the JavaScript say and compute what Python does, and do its modules hold together?

Each function that has a counterpart in Python is asked the same, in Node; what has none has tests of its own in js/.
"""

from __future__ import annotations

import json
import re
import subprocess
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from regviz import theme
from regviz.fits.compare import compare
from regviz.live import modules
from regviz.live.board import Axis, Board, format_number, payload
from regviz.live.modules import IMPORT, JS, css, in_order, joined, lean
from regviz.scenes.compare.board import board as compare_board
from regviz.scenes.geometry import board as geometry
from regviz.scenes.paths.board import board as path_board
from regviz.scenes.paths.sweep import paths
from regviz.settings import Settings
from tests.node import NODE, ROOT, ask, in_base64
from tests.test_live import NUMBERS, as_sent, board, ends_of, every_expression, templates

__all__ = ["board"]  # a fixture
MODULES = sorted(path.name for path in JS.glob("*.js"))
ENTRIES = ("streamlit.js", "page.js")


# -- the counterparts


def test_numbers_are_written_alike_in_both_languages() -> None:
    generator = np.random.default_rng(0)
    ties = [n / 2**k for k in range(6) for n in range(-40, 400)]  # 0.125 has no nearest number of two digits
    sizes = np.exp(generator.uniform(-30, 30, 3000)) * generator.choice([-1, 1], 3000)
    short = [float(f"{value:.{k % 17}g}") for k, value in enumerate(sizes)]
    values = [0.0, -0.0, *ties, *sizes.tolist(), *short, float("-inf"), *(value for value, _, _ in NUMBERS)]
    forms = ["1", "2", "3", "4", "6", "int", "%"]
    texts = ask(
        """
        import { formatNumber } from "./regviz/live/js/numbers.js";
        const { values, forms } = told;
        console.log(JSON.stringify(forms.map((form) => values.map((value) => formatNumber(read(value), form)))));
        """,
        {"values": [str(value) for value in values], "forms": forms},
    )
    for form, said in zip(forms, texts, strict=True):
        assert said == [format_number(value, form) for value in values], form


def test_the_nearest_stop_is_the_same() -> None:
    """Of what a URL or a person wrote, and of numbers: also half-way between two stops, and beyond the last."""
    generator = np.random.default_rng(1)
    axes = [
        Axis("a", "", np.array([0.0, *np.geomspace(1e-5, 10, 60)]), default=7),
        Axis("b", "", np.linspace(-2, 2, 41).round(1), default=0),
        Axis("c", "", np.arange(6.0), default=5, play=True),
        Axis("d", "", np.array([3.0]), default=0),
    ]
    texts = ["0.1", ".5", "5.", "+1e-3", "-2", "1e999", "-1E+2", "1e", "e5", "--1", "1.2.3", "0x10", "1_0", "1,5", "−"]
    texts += ["nan", "NaN", "inf", "Infinity", "true", "null", "", " ", " 1", "1 ", "1\n", "[1]", "１", "١"]
    for axis in axes:
        middles = (axis.values[1:] + axis.values[:-1]) / 2
        numbers = [*middles.tolist(), *axis.values.tolist(), *generator.normal(size=200).tolist(), 1e300, -1e300]
        found = ask(
            """
            import { closest, nearest } from "./regviz/live/js/axis.js";
            const { axis, texts, numbers } = told;
            const asked = [...texts, ...numbers, null, undefined, NaN];
            console.log(JSON.stringify([
              asked.map((raw) => nearest(axis, raw)),
              numbers.map((number) => closest(axis.values, number)),
            ]));
            """,
            {"axis": _axes(axis)[0], "texts": texts, "numbers": numbers},
        )
        assert found[0] == [axis.nearest(raw) for raw in [*texts, *numbers, None, "undefined", np.nan]]
        assert found[1] == [int(np.argmin(np.abs(axis.values - number))) for number in numbers]


def _axes(*axes: Axis) -> list[dict[str, Any]]:
    empty = Board(axes=axes, arrays={}, figures=(), readouts=(), values={}, summary="", place="")
    sent: list[dict[str, Any]] = payload(empty)["spec"]["axes"]
    return sent


def _tree(generator: np.random.Generator, depth: int = 3) -> Any:
    """A JSON-like tree with roles, colours and words under all kinds of keys."""
    kind = generator.integers(7 if depth else 4)
    if kind >= 4:
        keys = generator.choice(["color", "colorscale", "bgcolor", "text", "line", "xaxis", "Color"], 3, replace=False)
        return {str(key): _tree(generator, depth - 1) for key in keys}
    if kind == 3:
        return [_tree(generator, depth - 1) for _ in range(2)] if depth else []
    roles = ["$l1", "$mix/0.2", "$grid", "#123456", "$l1/x", "$ l1", "words of $l1", "$s3/1", "", "$L1"]
    return [str(generator.choice(roles)), round(float(generator.normal()), 3), True][kind]


def test_colours_are_painted_and_layouts_merged_alike() -> None:
    generator = np.random.default_rng(2)
    trees = [_tree(generator) for _ in range(400)] + [theme.LAYOUT]
    trees += [figure.figure["layout"] for figure in compare_board(compare(Settings())).figures]
    pairs = [*pairwise(trees), (theme.LAYOUT, {"xaxis": {"gridcolor": None, "line": {}}})]
    painted, merged = ask(
        """
        import { merge, paint } from "./regviz/live/js/paint.js";
        const { trees, pairs, palettes } = told;
        console.log(JSON.stringify([
          Object.values(palettes).map((palette) => trees.map((tree) => paint(tree, palette))),
          pairs.map(([base, over]) => merge(base, over)),
        ]));
        """,
        {"trees": trees, "pairs": pairs, "palettes": theme.PALETTES},
    )
    for mode, theirs in zip(theme.PALETTES, painted, strict=True):
        assert theirs == [_plain(theme.paint(tree, mode)) for tree in trees], mode
    assert merged == [_plain(theme.merge(base, over)) for base, over in pairs]


def _plain(tree: Any) -> Any:
    """As JSON brings it."""
    if isinstance(tree, dict):
        return {key: _plain(value) for key, value in tree.items()}
    return [_plain(value) for value in tree] if isinstance(tree, list | tuple) else tree


SAY = """
import { Arrays, unpack } from "./regviz/live/js/arrays.js";
import { Board } from "./regviz/live/js/board.js";
const { spec, packed, templates, indexes } = told;
for (const kind in packed) packed[kind] = new Uint8Array(Buffer.from(packed[kind], "base64"));
const arrays = new Arrays(spec.arrays, await unpack(packed), null, spec.axes);
const { say } = Board.prototype;
const said = (index) => templates.map((template) => say.call({ spec, arrays, index, say }, template));
console.log(JSON.stringify(indexes.map(said)));
"""


def test_boards_say_the_same(board: Board) -> None:
    """Every template at many positions, from the arrays as they travel."""
    boards = [every_expression(board), compare_board(compare(Settings())), path_board(paths(Settings()))]
    told = 0
    for shown in boards:
        indexes = ends_of(shown)
        generator = np.random.default_rng(3)
        indexes += [{axis.name: int(generator.integers(len(axis.values))) for axis in shown.axes} for _ in range(20)]
        sent, rounded = payload(shown), as_sent(shown)
        words = templates(shown)
        theirs = ask(SAY, {"spec": sent["spec"], "packed": in_base64(sent), "templates": words, "indexes": indexes})
        for index, said in zip(indexes, theirs, strict=True):
            assert said == [rounded.say(template, index) for template in words], index
            told += sum("{" in template for template in words)
    assert told > 2000


# -- the modules


def sources() -> dict[str, str]:
    return {name: (JS / name).read_text(encoding="utf-8") for name in MODULES}


def complaints(texts: dict[str, str]) -> list[str]:
    """What would keep modules from being joined."""
    wrong, graph = [], {}
    for name, text in texts.items():
        lines = IMPORT.findall(text)
        graph[name] = {target for _, target in lines}
        if len(lines) != len(re.findall(r"^\s*import\b", text, re.M)):
            wrong.append(f"{name} imports otherwise than names from a module beside it")
        for names, target in lines:
            if " as " in names:
                wrong.append(f"{name} gives {names} of {target} another name")
            for each in re.split(r",\s*", names.strip().rstrip(",")):
                pattern = rf"^export (async )?(function|class|const|let) {each}\b"
                if " as " not in names and not re.search(pattern, texts.get(target, ""), re.M):
                    wrong.append(f"{name} imports {each}, which {target} does not export where it declares it")
        if re.search(r"^export (\{|\*|default (?!function \())", text, re.M):
            wrong.append(f"{name} exports what it does not declare there, or a default with a name")
        if re.search(r"^export default", text, re.M) and name not in ENTRIES:
            wrong.append(f"{name} has a default, and is imported by others")
    try:
        TopologicalSorter(graph).prepare()
    except ValueError as circle:
        wrong.append(str(circle))
    return wrong


def test_modules_can_be_joined() -> None:
    texts = sources()
    assert not complaints(texts)
    reached = {name for entry in ENTRIES for name in in_order(entry)}
    assert reached == set(MODULES), "no module is left over"
    assert set(in_order("page.js")) - set(in_order("streamlit.js")) == {"page.js"}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("axis.js", 'import axis from "./numbers.js";\n'),
        ("axis.js", 'import * as numbers from "./numbers.js";\n'),
        ("axis.js", 'import { numberText as text } from "./numbers.js";\n'),
        ("axis.js", 'import { nothing } from "./numbers.js";\n'),
        ("axis.js", 'import { scale } from "d3-scale";\n'),
        ("axis.js", 'import "./numbers.js";\n'),
        ("axis.js", 'import { Board } from "./board.js";\n'),
        ("axis.js", 'export { numberText } from "./numbers.js";\n'),
        ("axis.js", "export default function () {}\n"),
        ("streamlit.js", "export default class Named {}\n"),
    ],
)
def test_what_cannot_be_joined_is_seen(name: str, line: str) -> None:
    texts = sources()
    assert len(complaints(texts | {name: line + texts[name]})) >= 1


def parsed(text: str) -> str:
    """What Node says of a text as a module: nothing if it parses. Names that are declared twice do not."""
    done = subprocess.run([NODE, "--check", "--input-type=module", "-"], input=text, capture_output=True, text=True)
    return done.stderr


@pytest.mark.parametrize("entry", ENTRIES)
def test_joined_modules_share_no_name(entry: str) -> None:
    assert parsed(joined(entry)) == ""
    assert "has already been declared" in parsed(joined(entry) + "\nconst closest = 1;")
    assert not re.findall(r"^(?:import|export(?! default))\b", joined(entry), re.M)


TOKENS = """
import { tokenize } from "espree";
import globals from "globals";
const spaces = (text) => text.replace(/\\s+/g, " ");
const options = { ecmaVersion: "latest", sourceType: "module" };
const words = (text) => tokenize(text, options).map(({ value }) => spaces(value));
console.log(JSON.stringify([words(told.bare), words(told.whole), Object.keys(globals.browser)]));
"""


@pytest.mark.parametrize("entry", ENTRIES)
def test_nothing_but_comments_and_spaces_is_left_out(entry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (ROOT / "node_modules").is_dir(), "make lint sets it up"
    joined.cache_clear()
    bare = joined(entry)
    monkeypatch.setattr(modules, "lean", lambda text: text)
    joined.cache_clear()
    whole = joined(entry)
    joined.cache_clear()
    assert len(bare) < 0.75 * len(whole)
    left, right, browser = ask(TOKENS, {"bare": bare, "whole": whole})
    assert left == right
    declared = re.findall(r"^(?:async )?(?:function|class|const|let) (\w+)", whole, re.M)
    assert len(declared) > 40
    assert not set(declared) & set(browser), "where a module forgets an import it means the browser's own"


def test_a_source_loses_nothing_but_comments_and_spaces() -> None:
    sent, whole = payload(geometry.board())["spec"]["source"], geometry.board().source
    assert whole is not None
    assert len(sent) < 0.75 * len(whole.module)
    left, right, _ = ask(TOKENS, {"bare": sent, "whole": whole.module})
    assert left == right


@pytest.mark.parametrize("words", ["`b // c\n`", "`/* b */ c`", "b /* c */ / d"])
def test_what_looks_like_a_comment_in_words_is_seen(words: str) -> None:
    left, right, _ = ask(TOKENS, {"bare": lean(f"f({words});"), "whole": f"f({words});"})
    assert (left == right) == (words[0] == "b")


def test_one_file_knows_streamlit() -> None:
    texts = sources() | {
        path.name: path.read_text(encoding="utf-8") for path in (JS / "types.d.ts", JS.parent / "live.css")
    }
    host = re.compile(r"streamlit|--st-|popstateevent|getchild", re.I)
    assert {name for name, text in texts.items() if host.search(text)} == {"streamlit.js"}
    for name, text in sources().items():
        assert re.match(r"// [A-Z][^?]+\?", text.replace("\n// ", " ")), (
            f"{name} opens with the question that it answers"
        )


def _fields(name: str) -> set[str]:
    """The fields of an interface in types.d.ts, with those that it extends."""
    types = (JS / "types.d.ts").read_text(encoding="utf-8")
    found = re.search(rf"interface {name}(?: extends (\w+))? {{\n(.*?)\n  }}", types, re.S)
    assert found is not None, name
    own = set(re.findall(r"^    (\w+)\??:", found[2], re.M))
    return own | _fields(found[1]) if found[1] else own


def test_the_types_of_what_travels_are_those_of_the_payload(board: Board) -> None:
    spec = payload(every_expression(board))["spec"]
    sent = {
        "Spec": [spec | {"plotly": "where"}],
        "Axis": spec["axes"],
        "Figure": spec["figures"],
        "Card": spec["readouts"],
        "Note": spec["notes"],
        "Dial": spec["dials"],
        "Swept": list(spec["arrays"].values()),
    }
    for name, items in sent.items():
        assert items, name
        assert all(set(item) == _fields(name) for item in items), name
    assert {key for figure in spec["figures"] for live in figure["moving"] for key in live} == _fields("Trace")


def test_what_checks_the_javascript_is_pinned() -> None:
    pinned = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pinned.values())
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert json.loads(lock)["packages"][""]["devDependencies"] == pinned
    assert '"integrity"' in lock
    assert '"resolved"' not in lock, "from whichever registry npm is set to"


def test_the_looks_lose_nothing_but_comments() -> None:
    source = JS.with_name("live.css").read_text(encoding="utf-8")
    bare = re.sub(r"/\*.*?\*/", "", source, flags=re.S)
    assert css().split() == bare.split()


def test_what_has_no_counterpart_has_tests_of_its_own() -> None:
    command = [NODE, "--test", "--test-reporter=tap", *sorted(map(str, (ROOT / "tests/js").glob("*.test.js")))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    counts = dict(re.findall(r"^# (\w+) (\d+)$", done.stdout, re.M))
    assert int(counts["pass"]) >= 15
    assert counts["fail"] == counts["skipped"] == counts["todo"] == counts["cancelled"] == "0"
