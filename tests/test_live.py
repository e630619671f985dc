"""Does a board say and evaluate what it holds?"""

from __future__ import annotations

import json
import zlib

import numpy as np
import pytest

from regviz import theme
from regviz.live.board import (
    Axis,
    Board,
    LiveFigure,
    LiveTrace,
    Moving,
    Ref,
    Swept,
    format_number,
    number_text,
    payload,
)

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
    import plotly.graph_objects as go

    figure = go.Figure(board.figures[0].at(board, board.index({}), "dark"))
    assert figure.data[0].line.color == "rgba(255,145,71,0.5)"
    assert tuple(figure.layout.xaxis.range) == (0, 1)
    assert figure.layout.yaxis.gridcolor == theme.PALETTES["dark"]["grid"]
    assert len(figure.data[0].y) == 5


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
