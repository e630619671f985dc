"""What is a live picture? Arrays over the axes of a sweep, and Plotly figures with traces bound to them.

A `Board` holds named arrays whose leading dimensions are the live axes, and `LiveFigure`s: ordinary Plotly
figures (as dictionaries) in which the coordinates of some traces are `Moving` expressions. The browser
evaluates them at the index under the pointer (js/arrays.js); `LiveFigure.at` evaluates the same expressions here,
so tests, downloads and notebooks see the same picture. Coordinates that stand still may name an unswept array
(``"x": "@grid"``), which is then sent once for all figures. Nothing in this file knows what the numbers mean.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regviz import theme
from regviz.live.modules import lean

Index = Mapping[str, int]


@dataclass(frozen=True)
class Axis:
    """One slider: `values[i]` is the number at stop i, `text[i]` how it is written (also in the URL)."""

    name: str  # the URL field, e.g. "alpha"
    label: str  # e.g. "Strength λ"
    values: NDArray[np.float64]  # (n_stops,) ascending
    default: int
    help: str = ""
    ends: tuple[str, str] = ("", "")  # what the two ends mean
    page: int = 10  # stops of a Page Up / Page Down
    place: tuple[int, int] | None = None  # (row, column) among the figures; None keeps it in reach at the top
    play: bool = False  # a button lets it run from stop to stop

    @property
    def text(self) -> tuple[str, ...]:
        return tuple(number_text(value, 4) for value in self.values)

    @property
    def default_text(self) -> str:
        """The default as it is written."""
        return self.text[self.default]

    def holds(self, raw: object) -> bool:
        """Whether what a URL says is a number from one end to the other (between two stops is well)."""
        return bool(self.values[0] <= _read_number(raw) <= self.values[-1])

    def nearest(self, raw: object) -> int:
        """The stop nearest to what a URL or a person wrote; the default if that is not a finite number."""
        value = _read_number(raw)
        if not np.isfinite(value):
            return self.default
        return int(np.argmin(np.abs(self.values - value)))


@dataclass(frozen=True)
class Swept:
    """An array whose leading dimensions are axes: shape (*len(axis) for axis in axes, *rest).

    An axis without a slider is pinned by every reference.

    The numbers are values × scale. Bytes and 16-bit integers travel as such, all else in single precision.
    """

    values: NDArray[Any]
    axes: tuple[str, ...] = ()
    scale: float = 1.0

    @classmethod
    def rounded(cls, values: NDArray[np.floating], axes: tuple[str, ...] = ()) -> Swept:
        """In steps of 1/32767 of the largest size, which halves the bytes. Only an exact 0 becomes 0."""
        scale = float(np.abs(values).max(initial=0)) / 32767 or 1.0
        whole = np.rint(values / scale)
        return cls(np.where(whole == 0, np.sign(values), whole).astype(np.int16), axes, scale)


@dataclass(frozen=True)
class Ref:
    """A swept array, with some of its axes pinned: ``Ref("coef", {"l1_ratio": 10})``; `item` picks one number.

    With `along`, that one number at every stop of the axis: ``Ref("coef", item=2, along="alpha")`` is a path.
    """

    array: str
    pin: Mapping[str, int] = field(default_factory=dict)
    item: int | None = None
    along: str | None = None


@dataclass(frozen=True)
class Mask:
    """Which coordinates are drawn: those with low < v ≤ high, v = vector[take]; the others become gaps."""

    vector: Ref
    low: float
    high: float
    take: str | None = None


@dataclass(frozen=True)
class Moving:
    """The coordinates of a trace at the present index, evaluated in this order:

    v = vector;  v = v[take];  v = matrix @ v;  v = v * template;  only zeros;  v = v + offset;  asinh(v/s);  mask; bins

    `matrix` (m, k), `template` (m,) and `take` (m,) name unswept arrays. `only_zeros` keeps a 0 where v is
    exactly 0 and makes the rest gaps (NaN). `bins` = (low, high, n) counts what is not 0 in n equal bins, of which the
    outermost hold all beyond.
    """

    vector: Ref
    take: str | None = None
    matrix: str | None = None
    template: str | None = None
    only_zeros: bool = False
    offset: Ref | None = None
    asinh: float | None = None
    mask: Mask | None = None
    bins: tuple[float, float, int] | None = None

    def at(self, board: Board, index: Index) -> NDArray[np.float64]:
        """The coordinates (m,) at `index`, a stop for each axis."""
        v = board.read(self.vector, index).ravel()
        if self.take is not None:
            v = v[board.arrays[self.take].values.astype(int)]
        if self.matrix is not None:
            v = board.arrays[self.matrix].values.astype(float) @ v
        if self.template is not None:
            v = v * board.arrays[self.template].values
        if self.only_zeros:
            v = np.where(v == 0, 0.0, np.nan)
        if self.offset is not None:
            v = v + float(board.read(self.offset, index).ravel()[0])
        if self.asinh is not None:
            v = np.arcsinh(v / self.asinh)
        if self.mask is not None:
            w = board.read(self.mask.vector, index).ravel()
            if self.mask.take is not None:
                w = w[board.arrays[self.mask.take].values.astype(int)]
            v = np.where((w > self.mask.low) & (w <= self.mask.high), v, np.nan)
        if self.bins is not None:
            low, high, n = self.bins
            place = np.clip(np.floor((v[np.isfinite(v) & (v != 0)] - low) / (high - low) * n), 0, n - 1)
            v = np.bincount(place.astype(int), minlength=n).astype(float)
        return v


@dataclass(frozen=True)
class LiveTrace:
    """Trace number `trace` of a figure, and which of its coordinates are read from the sweep.

    `customdata` is what hover shows where the drawn coordinate is transformed. A `still` trace belongs to the static
    layer: it is drawn when the slider rests. `z` are the cells of a heat map, row by row; `text` are numbers to be
    written at the points of a trace of mode "text".
    """

    trace: int
    x: Moving | None = None
    y: Moving | None = None
    customdata: Moving | None = None
    still: bool = False
    z: Moving | None = None
    text: Moving | None = None

    def coordinates(self) -> dict[str, Moving]:
        """The expressions there are, by the name of the Plotly attribute."""
        named = {"x": self.x, "y": self.y, "z": self.z, "customdata": self.customdata, "text": self.text}
        return {key: moving for key, moving in named.items() if moving is not None}


@dataclass(frozen=True)
class LiveFigure:
    """A Plotly figure of one subplot with moving traces; `span` makes both axes reach from -span to +span.

    A figure with `handle` = (axis of x, axis of y) has a point at these axes' values that the pointer can drag; with
    "" for y it slides along y = 0. With `scrub` = (axis, x of its stops) the pointer moves that axis anywhere in the
    figure. With `lever` = (axis, y of its stops, x) there is a point at that x which the pointer drags up and down.
    One with a scene (3-D) has no overlay: Plotly itself redraws it.
    """

    name: str
    title: str
    figure: Mapping[str, Any]  # {"data": [...], "layout": what differs from theme.LAYOUT}, colours as roles
    moving: tuple[LiveTrace, ...]
    alt: str  # template: one sentence that says what is to be seen
    column: int
    row: int
    height: int = 220
    span: Ref | None = None  # one number; both axes get the same scale
    caption: str = ""  # template
    handle: tuple[str, str] | None = None
    wide: bool = False  # over all columns
    scrub: tuple[str, Ref] | None = None
    lever: tuple[str, Ref, float] | None = None

    def at(self, board: Board, index: Index, mode: theme.Mode = "light") -> dict[str, Any]:
        """The ordinary Plotly figure, as a dictionary, at one index of the sweep."""
        layout = theme.merge(theme.LAYOUT, self.figure["layout"])
        painted: dict[str, Any] = theme.paint({"data": self.figure["data"], "layout": layout}, mode)
        for trace in painted["data"]:
            for key in ("x", "y"):
                if isinstance(trace.get(key), str):
                    trace[key] = board.arrays[trace[key].removeprefix("@")].values
        for live in self.moving:
            trace = painted["data"][live.trace]
            for key, expression in live.coordinates().items():
                trace[key] = expression.at(board, index)
            if live.text is not None:
                trace["text"] = [number_text(value, 3) if np.isfinite(value) else "" for value in trace["text"]]
            if trace.get("type") == "heatmap":
                trace["z"] = trace["z"].reshape(len(trace["y"]), len(trace["x"]))
        if self.span is not None:
            reach = float(board.read(self.span, index).ravel()[0])
            for key in ("xaxis", "yaxis"):
                painted["layout"][key] = {**painted["layout"][key], "range": [-reach, reach]}
            painted["layout"]["yaxis"]["scaleanchor"] = "x"
        painted["layout"]["title"] = {"text": escape(self.title, quote=False)}  # Plotly reads markup
        return painted


@dataclass(frozen=True)
class Readout:
    """A card of numbers: a title, a headline (template) and rows of (label, template, help)."""

    name: str
    title: str
    headline: str
    rows: tuple[tuple[str, str, str], ...]
    column: int
    row: int
    role: str = "text"  # colour role of the title


@dataclass(frozen=True)
class Note:
    """Words beside the figures: a heading, paragraphs (templates), and a question with its answer to unfold."""

    name: str
    title: str
    paragraphs: tuple[str, ...]
    row: int
    question: str = ""
    answer: str = ""
    column: int = 0
    wide: bool = True


@dataclass(frozen=True)
class Source:
    """Arrays that are computed at the present position instead of read from a sweep, where axes fit in no grid.

    `compute` maps the axes' values to arrays by name; it is the reference. `module` is the text of a JavaScript module
    (its comments do not travel) whose default export does the same in the browser; its export
    `invert(name, value, position)` gives the axis values at which a computed number is `value` (for dials).
    """

    compute: Callable[[Mapping[str, float]], Mapping[str, NDArray[np.float64]]]
    module: str


@dataclass(frozen=True)
class Dial:
    """A slider for a computed number: it shows the number, and moving it moves the axes that `invert` names."""

    name: str
    label: str
    value: Ref
    stops: NDArray[np.float64]
    help: str = ""
    place: tuple[int, int] | None = None


@dataclass(frozen=True)
class Board:
    """All that one live component shows. `values` are the numbers templates may name: (reference, format).

    A format that is a tuple of templates makes words follow a number: the number says which of them is meant.
    `presets` are positions worth a visit, by name: they form a menu called `menu`. What is not the name of an axis is
    that of a setting, with what the address then says of it; None is its default.
    """

    axes: tuple[Axis, ...]
    arrays: Mapping[str, Swept]
    figures: tuple[LiveFigure, ...]
    readouts: tuple[Readout, ...]
    values: Mapping[str, tuple[Ref, str | tuple[str, ...]]]
    summary: str  # template, read aloud on release
    place: str  # template, where the sliders are: in the title of a downloaded picture
    legend: tuple[tuple[int, int], ...] = ()  # (figure, trace) pairs whose samples form the legend
    columns: int = 1
    notes: tuple[Note, ...] = ()
    source: Source | None = None
    dials: tuple[Dial, ...] = ()
    presets: tuple[tuple[str, Mapping[str, float | str | None]], ...] = ()
    menu: str = ""

    def only(self, *names: str) -> Board:
        """The same board with the figures of these names and nothing beside them but the sliders.

        Raises ValueError if no figure has such a name.
        """
        figures = tuple(figure for figure in self.figures if figure.name in names)
        if missing := set(names) - {figure.name for figure in figures}:
            raise ValueError(f"no figure is called {', '.join(sorted(missing))}")
        return replace(self, figures=figures, readouts=(), notes=(), legend=(), presets=(), columns=len(figures))

    @cached_property
    def _computed(self) -> dict[tuple[int, ...], Mapping[str, NDArray[np.float64]]]:
        return {}

    def _compute(self, name: str, index: Index) -> NDArray[np.float64]:
        """A computed array at an index; the last position's arrays are kept."""
        if self.source is None:
            raise KeyError(f"no array is called {name!r}")
        key = tuple(index[axis.name] for axis in self.axes)
        if key not in self._computed:
            self._computed.clear()
            self._computed[key] = self.source.compute({axis.name: axis.values[index[axis.name]] for axis in self.axes})
        return self._computed[key][name]

    @cached_property
    def _axis_order(self) -> dict[str, Axis]:
        return {axis.name: axis for axis in self.axes}

    def index(self, query: Mapping[str, object]) -> dict[str, int]:
        """The stop of every axis that a URL query asks for."""
        return {axis.name: axis.nearest(query[axis.name]) if axis.name in query else axis.default for axis in self.axes}

    def read(self, ref: Ref, index: Index) -> NDArray[np.float64]:
        """The slice of a swept array at an index; pinned axes stay where they are pinned."""
        if ref.array in self.arrays:
            swept = self.arrays[ref.array]
            stops = (
                slice(None) if axis == ref.along else ref.pin[axis] if axis in ref.pin else index[axis]
                for axis in swept.axes
            )
            values = np.asarray(swept.values[tuple(stops)], dtype=float) * swept.scale
        else:
            values = np.asarray(self._compute(ref.array, index), dtype=float)
        return values if ref.item is None else values[..., ref.item]

    def say(self, template: str, index: Index) -> str:
        """A template with its {names} replaced by the numbers at `index`; axes are named by themselves."""

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name in self._axis_order:
                return self._axis_order[name].text[index[name]]
            ref, form = self.values[name]
            number = float(self.read(ref, index).ravel()[0])
            return format_number(number, form) if isinstance(form, str) else self.say(form[round(number)], index)

        return re.sub(r"\{(\w+)\}", value, template)


def _read_number(raw: object) -> float:
    """What Python and JavaScript both read as a number; NaN for anything else."""
    return float(str(raw)) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", str(raw), re.ASCII) else np.nan


def number_text(x: float, digits: int) -> str:
    """`x` to so many significant digits, without trailing zeros; powers of ten beyond 1e-4 … 1e6."""
    if not np.isfinite(x):
        return "–" if np.isnan(x) else ("∞" if x > 0 else "-∞")
    mantissa, exponent = f"{x:.{digits - 1}e}".split("e")
    if x == 0:
        return "0"
    if -4 <= int(exponent) < 6:
        plain = f"{float(f'{mantissa}e{exponent}'):.{max(digits - 1 - int(exponent), 0)}f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    trimmed = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{trimmed}e{int(exponent)}"


def format_number(x: float, form: str) -> str:
    """Formats of templates: a digit d = d significant digits; "int"; "%" = whole per cent."""
    if not np.isfinite(x):
        return number_text(x, 1)
    if form == "int":
        return number_text(round(x), 15)
    if form == "%":
        return f"{round(100 * x)} %"
    return number_text(x, int(form))


# The flat buffers in which numbers travel, and the type in each.
BUFFERS: dict[str, type] = {"floats": np.float32, "shorts": np.int16, "bytes": np.uint8}


def payload(board: Board) -> dict[str, Any]:
    """What the browser gets: a specification in JSON, the palettes, and a deflated buffer for each type of number.

    The specification says where in which buffer each array starts. The position of the sliders is not part of
    it (the URL has it), so a rerun with the same settings sends nothing.
    """
    spec = _spec(board)
    buffers: dict[str, list[NDArray[Any]]] = {kind: [] for kind in BUFFERS}
    sizes = dict.fromkeys(BUFFERS, 0)
    arrays = {}
    used = _arrays_of(spec)  # a board may hold more than it shows
    for name, swept in board.arrays.items():
        if name not in used:
            continue
        kind = next((kind for kind, dtype in BUFFERS.items() if swept.values.dtype == dtype), "floats")
        lengths = swept.values.shape[: len(swept.axes)]
        arrays[name] = {
            "buffer": kind,
            "start": sizes[kind],
            "axes": list(swept.axes),
            "lengths": list(lengths),
            "shape": list(swept.values.shape[len(swept.axes) :]),
            "scale": swept.scale,
        }
        flat = swept.values.ravel()
        buffers[kind].append(flat.astype(BUFFERS[kind]))
        sizes[kind] += flat.size
    packed = {kind: zlib.compress(b"".join(part.tobytes() for part in parts)) for kind, parts in buffers.items()}
    return {"spec": spec | {"arrays": arrays}} | {kind: np.frombuffer(b, np.uint8) for kind, b in packed.items()}


def _spec(board: Board) -> dict[str, Any]:
    """Everything but the numbers, as JSON."""
    return {
        "axes": [
            {
                "name": axis.name,
                "label": axis.label,
                "values": axis.values.tolist(),
                "text": list(axis.text),
                "start": axis.default,
                "help": axis.help,
                "ends": list(axis.ends),
                "page": axis.page,
                "place": axis.place,
                "play": axis.play,
            }
            for axis in board.axes
        ],
        "figures": [_figure_spec(figure) for figure in board.figures],
        "readouts": [
            {
                "name": readout.name,
                "title": readout.title,
                "headline": readout.headline,
                "rows": [list(row) for row in readout.rows],
                "column": readout.column,
                "row": readout.row,
                "role": readout.role,
            }
            for readout in board.readouts
        ],
        "values": {name: {"ref": _ref(ref), "form": form} for name, (ref, form) in _values_of(board).items()},
        "summary": board.summary,
        "place": board.place,
        "legend": [list(pair) for pair in board.legend],
        "columns": board.columns,
        "notes": [
            {
                "name": note.name,
                "title": note.title,
                "paragraphs": list(note.paragraphs),
                "question": note.question,
                "answer": note.answer,
                "column": note.column,
                "row": note.row,
                "wide": note.wide,
            }
            for note in board.notes
        ],
        "source": None if board.source is None else lean(board.source.module),
        "dials": [
            {
                "name": dial.name,
                "label": dial.label,
                "value": _ref(dial.value),
                "stops": dial.stops.tolist(),
                "help": dial.help,
                "place": dial.place,
            }
            for dial in board.dials
        ],
        "menu": board.menu,
        "presets": [[label, dict(position)] for label, position in board.presets],
        "palettes": theme.PALETTES,
        "layout": theme.LAYOUT,
    }


def _values_of(board: Board) -> dict[str, tuple[Ref, str | tuple[str, ...]]]:
    """The values that some template names, also by way of words that follow a number."""
    texts = [board.summary, board.place]
    texts += [text for figure in board.figures for text in (figure.alt, figure.caption)]
    texts += [text for card in board.readouts for text in (card.headline, *(row[1] for row in card.rows))]
    texts += [text for note in board.notes for text in (note.title, *note.paragraphs, note.question, note.answer)]
    found: dict[str, tuple[Ref, str | tuple[str, ...]]] = {}
    while texts:
        for name in re.findall(r"\{(\w+)\}", texts.pop()):
            if name in board.values and name not in found:
                found[name] = board.values[name]
                texts += found[name][1] if isinstance(found[name][1], tuple) else ()
    return found


def _arrays_of(spec: Any) -> set[str]:
    """The names of arrays to which a specification refers: references, fields of expressions, "@name"."""
    if isinstance(spec, dict):
        named = {spec[key] for key in ("array", "take", "matrix", "template") if isinstance(spec.get(key), str)}
        return named.union(*(_arrays_of(value) for value in spec.values()))
    if isinstance(spec, list):
        return set().union(*(_arrays_of(value) for value in spec)) if spec and not isinstance(spec[0], float) else set()
    return {spec[1:]} if isinstance(spec, str) and spec.startswith("@") else set()


def _ref(ref: Ref) -> dict[str, Any]:
    told = {"item": ref.item, "along": ref.along}
    return {"array": ref.array, "pin": dict(ref.pin)} | {key: value for key, value in told.items() if value is not None}


def _moving_spec(moving: Moving) -> dict[str, Any]:
    mask = moving.mask
    told = {
        "take": moving.take,
        "matrix": moving.matrix,
        "template": moving.template,
        "onlyZeros": moving.only_zeros or None,
        "offset": None if moving.offset is None else _ref(moving.offset),
        "asinh": moving.asinh,
        "mask": mask and {"vector": _ref(mask.vector), "low": mask.low, "high": mask.high, "take": mask.take},
        "bins": moving.bins and list(moving.bins),
    }
    return {"vector": _ref(moving.vector)} | {key: value for key, value in told.items() if value is not None}


def _figure_spec(live: LiveFigure) -> dict[str, Any]:
    return {
        "name": live.name,
        "title": live.title,
        "data": [_plain(trace) for trace in live.figure["data"]],
        "layout": _plain(live.figure["layout"]),
        "moving": [
            {"trace": m.trace, "still": m.still}
            | {key: _moving_spec(expression) for key, expression in m.coordinates().items()}
            for m in live.moving
        ],
        "alt": live.alt,
        "caption": live.caption,
        "column": live.column,
        "row": live.row,
        "height": live.height,
        "span": None if live.span is None else _ref(live.span),
        "handle": live.handle,
        "wide": live.wide,
        "lever": live.lever and [live.lever[0], _ref(live.lever[1]), live.lever[2]],
        "scrub": live.scrub and [live.scrub[0], _ref(live.scrub[1])],
    }


def _plain(tree: Any) -> Any:
    """A figure tree as JSON: arrays become lists rounded to seven digits, gaps (NaN) become null."""
    if isinstance(tree, np.ndarray):
        return [_plain(value) for value in tree.tolist()]
    if isinstance(tree, dict):
        return {key: _plain(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_plain(value) for value in tree]
    if isinstance(tree, float):
        return float(f"{tree:.7g}") if np.isfinite(tree) else None
    return tree
