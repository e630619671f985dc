"""Does a board say and evaluate what it holds?"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regviz import theme
from regviz.fits.compare import compare
from regviz.live.board import (
    Axis,
    Board,
    Dial,
    LiveFigure,
    LiveTrace,
    Mask,
    Moving,
    Note,
    Readout,
    Ref,
    Swept,
    format_number,
    number_text,
    payload,
)
from regviz.scenes.compare.board import board as compare_board
from regviz.scenes.decay.board import board as decay_board
from regviz.scenes.decay.sweep import decay_runs
from regviz.scenes.paths.board import board as path_board
from regviz.scenes.paths.sweep import paths
from regviz.settings import Settings
from tests.node import ask, in_base64


def ends_of(board: Board) -> list[dict[str, int]]:
    """Where the sliders stand first, and all of them at either end."""
    first = {axis.name: 0 for axis in board.axes}
    last = {axis.name: len(axis.values) - 1 for axis in board.axes}
    return [board.index({}), first, last]


def sound(board: Board, indexes: Iterable[dict[str, int]] | None = None) -> None:
    """Every figure is one that Plotly takes, in both modes; all words are complete; all of it can travel as JSON."""
    for k, index in enumerate(ends_of(board) if indexes is None else indexes):
        for figure in board.figures:
            for mode in ("light", "dark")[: 2 if k == 0 else 1]:
                go.Figure(figure.at(board, index, mode))  # type: ignore[arg-type]
            assert len(board.say(figure.alt, index)) > 20
            assert_ticks_are_true(board, figure, index)
        for template in templates(board):
            assert "{" not in board.say(template, index), template
    json.dumps(payload(board)["spec"], allow_nan=False)


def assert_ticks_are_true(board: Board, figure: LiveFigure, index: dict[str, int]) -> int:
    """A written tick label is the number, or the name, that is drawn at its place; how many were held against it."""
    drawn = figure.at(board, index)
    told = 0
    for key in ("x", "y"):
        axis = drawn["layout"].get(f"{key}axis", {})
        if axis.get("ticktext") is None:
            continue
        assert len(axis["tickvals"]) == len(axis["ticktext"])
        true = _reading(board, figure, drawn, key, index)
        for place, text in zip(axis["tickvals"], axis["ticktext"], strict=True):
            what = true(float(place))
            if isinstance(what, str):
                assert what.startswith(text), (figure.name, key, place)
            elif re.match(r"[−\d]", text) is None:
                continue  # a name that no trace bears
            else:
                number = float(text.replace("−", "-"))
                assert number == pytest.approx(what, rel=1e-6, abs=1e-12), (figure.name, key, place)
            told += 1
    return told


def _reading(
    board: Board, figure: LiveFigure, drawn: dict[str, Any], key: str, index: dict[str, int]
) -> Callable[[float], float | str]:
    """What stands at a place of an axis with written labels: read from what is drawn there, not from the axis."""
    histogram = figure.name.startswith("histogram") and key == "x"  # on the axis on which the weights are drawn
    drawers = [other for other in board.figures if other is figure or histogram]
    expressions = [live.coordinates().get("y" if histogram else key) for other in drawers for live in other.moving]
    if soft := next((moving.asinh for moving in expressions if moving is not None and moving.asinh is not None), None):
        return lambda place: soft * np.sinh(place)
    if key == "x" and figure.scrub is not None and drawn["layout"]["xaxis"]["title"]["text"] == "λ":
        name, column = figure.scrub[0], figure.name.split("_")[-1]
        stops = next(axis.values for axis in board.axes if axis.name == name)
        if told := board.values.get(f"{column}_lambda"):  # each column at a λ of its own
            stops = np.array([float(board.read(told[0], index | {name: k}).ravel()[0]) for k in range(len(stops))])
        places = board.read(figure.scrub[1], index)
        (first, *_, last), zero = np.flatnonzero(stops), places[0]
        assert stops[0] == 0, "with a place of its own, left of the others"
        slope = np.log(stops[last] / stops[first]) / (places[last] - places[first])
        return lambda place: stops[first] * np.exp(slope * (place - places[first])) if place > zero + 1e-9 else 0.0
    if key == "x" and "‖w‖₁" in drawn["layout"]["xaxis"].get("title", {}).get("text", ""):
        path = next(other for other in board.figures if other.name == f"path_{figure.name.split('_')[1]}")
        here = next(
            trace
            for trace in path.at(board, index | {board.axes[0].name: 0})["data"]
            if trace["name"] == "weights at λ"
        )
        soft = float(np.abs(here["customdata"]).sum() / np.sinh(here["x"][0]))  # they stand at their Σ|w|
        return lambda place: soft * np.sinh(place)
    for trace in drawn["data"]:
        if trace.get("type") == "bar" and trace.get("text") is not None:
            names = dict(zip(np.asarray(trace[key], dtype=float).tolist(), trace["text"], strict=True))
            return lambda place: names[place]
    return lambda place: 10**place if place >= -16 else 0.0  # a logarithm, with a place of its own for what is less


def templates(board: Board) -> list[str]:
    """All words of a board in which numbers may stand."""
    told = [board.summary, board.place]
    told += [text for figure in board.figures for text in (figure.alt, figure.caption)]
    told += [text for card in board.readouts for text in (card.headline, *(row[1] for row in card.rows))]
    return told + [text for note in board.notes for text in (note.title, *note.paragraphs, note.question, note.answer)]


def sent_size(board: Board) -> tuple[int, int]:
    """Bytes of a payload: as it travels (numbers deflated), and with the numbers as they are in the browser."""
    sent = payload(board)
    words = len(json.dumps(sent["spec"]))
    packed = [sent[kind] for kind in ("floats", "shorts", "bytes")]
    return words + sum(part.nbytes for part in packed), words + sum(len(zlib.decompress(part)) for part in packed)


def as_sent(board: Board) -> Board:
    """The board with its arrays read back from the payload, in the precision in which they travel."""
    sent = payload(board)
    types = {"floats": np.float32, "shorts": np.int16, "bytes": np.uint8}
    arrays = {}
    for name, entry in sent["spec"]["arrays"].items():
        shape = (*entry["lengths"], *entry["shape"])
        numbers = np.frombuffer(zlib.decompress(sent[entry["buffer"]]), types[entry["buffer"]])
        part = numbers[entry["start"] : entry["start"] + int(np.prod(shape))].reshape(shape)
        arrays[name] = Swept(part.astype(float), tuple(entry["axes"]), entry["scale"])
    return replace(board, arrays=arrays)


_EVALUATE = """
import { Arrays, unpack } from "./regviz/live/js/arrays.js";
const { spec, packed, asked } = told;
for (const kind in packed) packed[kind] = new Uint8Array(Buffer.from(packed[kind], "base64"));
const held = new Arrays(spec.arrays, await unpack(packed), null, spec.axes);
const plain = (v) => (Number.isFinite(v) ? v : null);
console.log(JSON.stringify(asked.map(([moving, index]) => Array.from(held.evaluate(moving, index), plain))));
"""


def same_in_javascript(board: Board, indexes: Iterable[dict[str, int]] | None = None) -> int:
    """arrays.js reads the coordinates that board.py reads from the same payload; how many expressions were compared."""
    sent = payload(board)
    asked, expected = [], []
    rounded = as_sent(board)
    for index in ends_of(board) if indexes is None else indexes:
        for figure, spec in zip(board.figures, sent["spec"]["figures"], strict=True):
            for live, told in zip(figure.moving, spec["moving"], strict=True):
                for key, moving in live.coordinates().items():
                    asked.append([told[key], index])
                    expected.append(moving.at(rounded, index))
    theirs = ask(_EVALUATE, {"spec": sent["spec"], "packed": in_base64(sent), "asked": asked})
    for (_, index), their, ours in zip(asked, theirs, expected, strict=True):
        np.testing.assert_allclose(np.array(their, dtype=float), ours, rtol=1e-9, atol=1e-12, err_msg=str(index))
    return len(asked)


NUMBERS = [
    (0.0, 3, "0"),
    (-0.0, 3, "0"),
    (1.0, 3, "1"),
    (0.0123456, 3, "0.0123"),
    (0.00012, 4, "0.00012"),
    (0.0000123, 3, "1.23e-5"),
    (99999.6, 3, "100000"),
    (123456.0, 3, "123000"),
    (1234567.0, 3, "1.23e6"),
    (-2.5, 3, "-2.5"),
    (3.2e-15, 1, "3e-15"),
    (9.99e-16, 1, "1e-15"),
    (0.9996, 3, "1"),
    (float("inf"), 3, "∞"),
    (float("nan"), 3, "–"),
]


@pytest.mark.parametrize(("value", "digits", "text"), NUMBERS)
def test_number_text(value: float, digits: int, text: str) -> None:
    assert number_text(value, digits) == text


def test_formats() -> None:
    assert format_number(12.0, "int") == "12"
    assert format_number(0.256, "%") == "26 %"
    assert format_number(0.2564, "2") == "0.26"


@pytest.fixture
def board() -> Board:
    """Two axes, every kind of expression."""
    generator = np.random.default_rng(0)
    coef = generator.normal(size=(3, 4, 2))
    coef[1, 2, 1] = 0.0
    return Board(
        axes=(
            Axis("alpha", "λ", np.array([0.0, 0.01, 0.1, 1.0]), default=2),
            Axis("l1_ratio", "ratio", np.array([0.0, 0.5, 1.0]), default=1),
        ),
        arrays={
            "coef": Swept(coef, ("l1_ratio", "alpha")),
            "shift": Swept(generator.normal(size=(3, 4)), ("l1_ratio", "alpha")),
            "count": Swept(np.arange(12, dtype=np.uint8).reshape(3, 4), ("l1_ratio", "alpha")),
            "basis": Swept(generator.normal(size=(5, 2))),
            "ring": Swept(np.array([1.0, 0.0, -1.0])),
            "back": Swept(np.array([1, 0, 1], dtype=np.uint8)),
            "x": Swept(np.arange(5.0)),
        },
        figures=(
            LiveFigure(
                name="one",
                title="One",
                figure={
                    "data": [{"type": "scatter", "x": "@x", "line": {"color": "$l1/0.5"}}],
                    "layout": {"xaxis": {"range": [0, 1]}},
                },
                moving=(LiveTrace(0, y=Moving(Ref("coef"), matrix="basis", offset=Ref("shift"))),),
                alt="{alpha} and {n}",
                column=0,
                row=0,
            ),
        ),
        readouts=(),
        values={"n": (Ref("count", {"l1_ratio": 2}), "int")},
        summary="λ {alpha}",
        place="λ {alpha}",
    )


def test_expressions(board: Board) -> None:
    index = {"alpha": 2, "l1_ratio": 1}
    coef, shift = board.arrays["coef"].values, board.arrays["shift"].values
    basis = board.arrays["basis"].values
    np.testing.assert_allclose(
        Moving(Ref("coef"), matrix="basis", offset=Ref("shift")).at(board, index), basis @ coef[1, 2] + shift[1, 2]
    )
    np.testing.assert_array_equal(
        Moving(Ref("coef", {"alpha": 0}), asinh=0.5).at(board, index), np.arcsinh(coef[1, 0] / 0.5)
    )
    np.testing.assert_array_equal(Moving(Ref("coef"), only_zeros=True).at(board, index), [np.nan, 0.0])
    np.testing.assert_array_equal(Moving(Ref("coef"), take="back").at(board, index), coef[1, 2][[1, 0, 1]])
    np.testing.assert_array_equal(
        Moving(Ref("shift"), template="ring").at(board, index), shift[1, 2] * np.array([1, 0, -1])
    )
    assert board.read(Ref("coef", item=1), {"alpha": 0, "l1_ratio": 2}) == coef[2, 0, 1]


def test_words(board: Board) -> None:
    assert board.say("{alpha}: {n} of many", {"alpha": 1, "l1_ratio": 0}) == "0.01: 9 of many"
    with pytest.raises(KeyError):
        board.say("{nothing}", {"alpha": 1, "l1_ratio": 0})


@pytest.mark.parametrize(
    ("raw", "stop"),
    [("0.1", 2), ("0.06", 2), ("7", 3), ("-1", 0), ("1e-9", 0), ("x", 2), ("nan", 2), ("inf", 2), ("", 2)],
)
def test_a_position_from_a_url_is_the_nearest_stop(board: Board, raw: str, stop: int) -> None:
    assert board.index({"alpha": raw})["alpha"] == stop


def test_payload_holds_the_arrays(board: Board) -> None:
    sent = payload(board)
    spec = json.loads(json.dumps(sent["spec"]))  # plain JSON
    entry = spec["arrays"]["coef"]
    start = entry["start"]
    numbers = np.frombuffer(zlib.decompress(sent[entry["buffer"]]), np.float32)
    np.testing.assert_array_equal(numbers[start : start + 24], board.arrays["coef"].values.ravel().astype(np.float32))
    assert spec["arrays"]["count"]["buffer"] == "bytes"
    assert sent["bytes"].dtype == np.uint8


def test_figure_at_an_index_is_a_plotly_figure(board: Board) -> None:
    figure = go.Figure(board.figures[0].at(board, board.index({}), "dark"))
    assert figure.data[0].line.color == "rgba(255,145,71,0.5)"
    assert tuple(figure.layout.xaxis.range) == (0, 1)
    assert figure.layout.yaxis.gridcolor == theme.PALETTES["dark"]["grid"]
    assert len(figure.data[0].y) == 5


def test_a_path_is_one_number_at_every_stop(board: Board) -> None:
    coef = board.arrays["coef"].values
    index = {"alpha": 3, "l1_ratio": 1}
    np.testing.assert_array_equal(board.read(Ref("coef", item=1, along="alpha"), index), coef[1, :, 1])
    np.testing.assert_array_equal(board.read(Ref("coef", item=1, along="l1_ratio"), index), coef[:, 3, 1])
    pinned = Ref("coef", {"l1_ratio": 2}, item=0, along="alpha")
    np.testing.assert_array_equal(board.read(pinned, index), coef[2, :, 0])
    np.testing.assert_array_equal(board.read(Ref("count", {"alpha": 0}, along="alpha"), index), [4, 5, 6, 7])
    thinned = Moving(Ref("shift", along="alpha"), take="back").at(board, index)
    np.testing.assert_array_equal(thinned, board.arrays["shift"].values[1, [1, 0, 1]])


reals = st.floats(-1e6, 1e6, allow_subnormal=False)


@given(st.lists(reals | st.sampled_from([0.0, 1e-300, -1e-12]), min_size=1, max_size=30))
def test_rounding_keeps_signs_and_zeros(numbers: list[float]) -> None:
    values = np.array(numbers)
    swept = Swept.rounded(values)
    assert swept.values.dtype == np.int16
    back = swept.values * swept.scale
    step = np.abs(values).max() / 32767
    # What would become 0 is kept apart from it: it is off by at most a whole step.
    tiny = (np.abs(values) < step / 2) & (values != 0)
    assert np.all(np.abs(back - values)[~tiny] <= step / 2 * (1 + 1e-9))
    assert np.all(np.abs(back - values)[tiny] <= step * (1 + 1e-9))
    np.testing.assert_array_equal(np.sign(back), np.sign(values))
    held = Board(axes=(), arrays={"v": swept}, figures=(), readouts=(), values={}, summary="", place="")
    np.testing.assert_array_equal(held.read(Ref("v"), {}), back)


def test_a_mask_leaves_gaps(board: Board) -> None:
    index = {"alpha": 1, "l1_ratio": 0}
    before = {name: swept.values.copy() for name, swept in board.arrays.items()}
    upper = Mask(Ref("ring"), low=0.0, high=1.0)  # low < v <= high
    np.testing.assert_array_equal(Moving(Ref("ring"), mask=upper).at(board, index), [1, np.nan, np.nan])
    lower = Mask(Ref("ring"), low=-1.0, high=0.0)
    np.testing.assert_array_equal(Moving(Ref("ring"), mask=lower).at(board, index), [np.nan, 0, np.nan])
    taken = Mask(Ref("ring"), low=-0.5, high=0.5, take="back")  # ring[[1, 0, 1]] = 0, 1, 0
    np.testing.assert_array_equal(Moving(Ref("ring"), mask=taken).at(board, index), [1, np.nan, -1])
    for name, values in before.items():
        np.testing.assert_array_equal(board.arrays[name].values, values, err_msg="a gap is in the drawing alone")


def test_bins_count_what_is_not_zero(board: Board) -> None:
    values = np.array([-9.0, -1.0, -0.2, 0.0, 0.0, 0.3, 0.9999, 1.0, 7.0])
    held = replace(board, arrays={"v": Swept(values)})
    counts = Moving(Ref("v"), bins=(-1.0, 1.0, 4)).at(held, {})
    np.testing.assert_array_equal(counts, [2, 1, 1, 3])
    assert counts.sum() == np.sum(values != 0)


def every_expression(board: Board) -> Board:
    """Words at points, a heat map, and everything else that a figure may refer to."""
    trace = {"type": "scatter", "mode": "text"}
    figure = LiveFigure(
        name="all",
        title="All",
        figure={
            "data": [
                trace | {"x": "@x", "text": []},
                {"type": "heatmap", "x": [0.0, 1.0], "y": "@three"},
                trace | {"x": [None, 1.0], "name": "@named_only_in_words", "y": ["@held"]},
            ],
            "layout": {"xaxis": {}, "yaxis": {}},
        },
        moving=(
            LiveTrace(0, y=Moving(Ref("coef"), matrix="basis"), text=Moving(Ref("words"))),
            LiveTrace(1, z=Moving(Ref("cells"))),
            LiveTrace(2, x=Moving(Ref("ring"), take="back", template="weights", offset=Ref("shift"), mask=None)),
            LiveTrace(2, y=Moving(Ref("ring"), mask=Mask(Ref("masked"), 0, 1, take="picked"))),
            LiveTrace(2, y=Moving(Ref("coef"), matrix="basis", bins=(-1, 1, 4))),
            LiveTrace(2, customdata=Moving(Ref("held_path", along="alpha"), only_zeros=True)),
            LiveTrace(2, x=Moving(Ref("held_path", along="alpha"), asinh=0.2), y=Moving(Ref("held_path"))),
        ),
        alt="{told} of it",
        caption="{by_number}",
        column=0,
        row=0,
        span=Ref("reach"),
        scrub=("alpha", Ref("places", along="alpha")),
        lever=("l1_ratio", Ref("heights", along="l1_ratio"), 0.5),
    )
    two = np.arange(2.0)
    ratio, swept = ("l1_ratio",), ("l1_ratio", "alpha")
    more = {
        "three": Swept(np.arange(3.0)),
        "words": Swept(np.array([1.23456, np.nan, 0.0, -2e-7, 1e9])),
        "cells": Swept(np.arange(18.0).reshape(3, 6), ratio),
        "weights": Swept(np.array([1.0, 2.0, 3.0])),
        "masked": Swept(two),
        "picked": Swept(np.array([0, 1, 0], dtype=np.uint8)),
        "held": Swept(two),
        "held_path": Swept.rounded(np.linspace(-1, 1, 12).reshape(3, 4), swept),
        "reach": Swept(np.array(3.0)),
        "places": Swept(np.arange(4.0), ("alpha",)),
        "heights": Swept(np.arange(3.0), ratio),
        "told_by": Swept(np.arange(12.0).reshape(3, 4), swept),
        "chosen": Swept(np.array([0, 1, 0, 1], dtype=np.uint8), ("alpha",)),
        "deeper": Swept(np.array(7.5)),
        "in_a_note": Swept(np.array(1.0)),
        "in_a_card": Swept(np.array(2.0)),
        "in_a_headline": Swept(np.array(2.0)),
        "in_the_place": Swept(np.array(2.0)),
        "dialled": Swept(np.array(0.5)),
        "nobody": Swept(np.zeros(1000)),
        "nor_this": Swept(np.zeros(1000)),
    }
    values: dict[str, tuple[Ref, str | tuple[str, ...]]] = {
        "n": board.values["n"],
        "told": (Ref("told_by"), "3"),
        "by_number": (Ref("chosen"), ("few", "many: {deep}")),
        "deep": (Ref("deeper"), "2"),
        "note": (Ref("in_a_note"), "2"),
        "card": (Ref("in_a_card"), "2"),
        "headline": (Ref("in_a_headline"), "2"),
        "place": (Ref("in_the_place"), "2"),
        "unsaid": (Ref("nor_this"), "2"),
    }
    return replace(
        board,
        arrays={**board.arrays, **more},
        figures=(*board.figures, figure),
        values=values,
        place="{place}",
        notes=(Note("note", "", ("so",), 0, question="why?", answer="{note}"),),
        readouts=(Readout("card", "", "{headline}", (("row", "{card}", ""),), 0, 0),),
        dials=(Dial("dial", "Dial", Ref("dialled"), np.arange(2.0)),),
    )


def test_what_nobody_refers_to_does_not_travel(board: Board) -> None:
    drawn = every_expression(board)
    arrays = payload(drawn)["spec"]["arrays"]
    assert set(drawn.arrays) - set(arrays) == {"nobody", "nor_this"}
    assert arrays["held_path"]["buffer"] == "shorts"
    assert arrays["held_path"]["scale"] == pytest.approx(1 / 32767)
    assert arrays["coef"]["scale"] == 1
    assert arrays["chosen"]["buffer"] == "bytes"
    assert "unsaid" not in payload(drawn)["spec"]["values"]
    back = as_sent(drawn)
    for name in arrays:
        np.testing.assert_allclose(
            back.arrays[name].values * back.arrays[name].scale,
            drawn.arrays[name].values * drawn.arrays[name].scale,
            rtol=1e-7,
        )


def test_a_board_of_one_figure_carries_only_what_that_needs(board: Board) -> None:
    drawn = every_expression(board)
    for figure in drawn.figures:
        alone = drawn.only(figure.name)
        spec = payload(alone)["spec"]
        assert [shown["name"] for shown in spec["figures"]] == [figure.name]
        assert (spec["readouts"], spec["notes"], spec["legend"], spec["presets"]) == ([], [], [], [])
        assert [axis.name for axis in alone.axes] == [axis.name for axis in drawn.axes]
        assert set(spec["arrays"]) < set(payload(drawn)["spec"]["arrays"])
        for index in ends_of(drawn):
            assert repr(figure.at(alone, index)) == repr(figure.at(drawn, index))
    with pytest.raises(ValueError, match="no figure is called nothing"):
        drawn.only(drawn.figures[0].name, "nothing")


def test_words_and_cells_at_an_index(board: Board) -> None:
    drawn = every_expression(board)
    index = {"alpha": 1, "l1_ratio": 2}
    data = drawn.figures[1].at(drawn, index)["data"]
    assert data[0]["text"] == ["1.23", "", "0", "-2e-7", "1e9"]
    np.testing.assert_array_equal(data[1]["z"], np.arange(12.0, 18.0).reshape(3, 2))  # a row for each y
    assert drawn.say(drawn.figures[1].caption, index) == "many: 7.5"


def test_written_ticks_are_true() -> None:
    """Of boards that no other test asks; those of the other pages are asked with everything else in them."""
    for settings in (Settings(), Settings(degree=20, n_samples=10), Settings(data="diabetes", n_samples=200)):
        shown = compare_board(compare(settings))
        assert sum(assert_ticks_are_true(shown, figure, shown.index({})) for figure in shown.figures) >= 30
    shown = decay_board(decay_runs(Settings()))
    assert sum(assert_ticks_are_true(shown, figure, shown.index({})) for figure in shown.figures) >= 10
    shown = path_board(paths(Settings(degree=20, n_samples=10), None, "norm"))
    index = shown.index({"alpha": "0.001"})
    assert sum(assert_ticks_are_true(shown, figure, index) for figure in shown.figures) >= 60


def test_javascript_reads_the_same(board: Board) -> None:
    drawn = every_expression(board)
    every = [{"alpha": a, "l1_ratio": r} for a in range(4) for r in range(3)]
    assert same_in_javascript(drawn, every) == 12 * 10


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("role", ["text", "muted", "l1", "mix", "l2", "validation", "truth", "train", *theme.SERIES])
def test_roles_can_be_read_on_their_background(mode: theme.Mode, role: str) -> None:
    """WCAG 2.2 contrast of 4.5 : 1, since every one of these also colours text."""
    palette = theme.PALETTES[mode]
    for ground in ("background", "surface"):
        low, high = sorted((_luminance(palette[role]), _luminance(palette[ground])))
        assert (high + 0.05) / (low + 0.05) >= 4.5, (role, ground)


def _as_seen(colour: str, matrix: list[list[float]]) -> np.ndarray:
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(matrix) @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ seen
    f = np.cbrt(xyz / np.array([0.9505, 1.0, 1.089]))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


# Full protanopia, deuteranopia, tritanopia on linear RGB: Machado, Oliveira, Fernandes (2009), table of severity 1.0.
BLINDNESS = {
    "none": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("kind", BLINDNESS)
def test_the_three_penalties_differ_in_every_eye(mode: theme.Mode, kind: str) -> None:
    """CIELAB distance of at least 20 between L1, mix and L2 (a just noticeable one is about 2)."""
    palette = theme.PALETTES[mode]
    seen = [_as_seen(palette[role], BLINDNESS[kind]) for role in ("l1", "mix", "l2")]
    distances = [np.linalg.norm(seen[i] - seen[j]) for i, j in ((0, 1), (0, 2), (1, 2))]
    assert min(distances) >= 20, distances
