"""Do links that are out in the world go on opening the same pictures?

`old_links.json` has links of version 0.1.0, as Share copied them or as people spoilt them, and what their readers saw:
the settings, where the sliders stood, every read-out, some coordinates. They are never recorded anew, only added to.
What is compared is what a reader sees, so that a link breaks here only if it breaks for them.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from regviz.live.board import Board, LiveFigure, payload

ROOT = Path(__file__).parents[1]
RECORDS = Path(__file__).with_name("old_links.json")
LINKS: list[dict[str, Any]] = json.loads(RECORDS.read_text(encoding="utf-8"))
CLOSE = 1e-5  # of each coordinate
ROUNDING = 1e-9  # below that a number says how well something was solved, on this processor
NUMBER = re.compile(r"(-?\d+(?:\.\d+)?(?:e-?\d+)?)")
WIDGETS = ("selectbox", "radio", "slider", "number_input", "toggle")


# -- a link, opened


@dataclass(frozen=True)
class Seen:
    """A page with its boards in their order, and the names in its warnings: what was wrong with the link."""

    app: AppTest
    boards: list[Board]
    told: list[str]


def opened(link: str) -> Seen:
    """The page of a link; a network is trained to the end."""
    url = urlsplit(link)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    if url.path != "/":
        app.switch_page(f"pages{url.path}.py")
    app.query_params.update({name: value for name, (value, *_) in parse_qs(url.query, True).items()})
    made: list[Board] = []
    sent: dict[str, Mapping[str, Any]] = {}  # what the browser gets, by the key of the component
    told: set[str] = set()
    build, component = Board.__init__, streamlit.components.v2.component

    def built(board: Board, *args: Any, **kwargs: Any) -> None:
        build(board, *args, **kwargs)
        made.append(board)

    def declared(*args: Any, **kwargs: Any) -> Any:
        mount = component(*args, **kwargs)

        def mounted(*args: Any, **kwargs: Any) -> Any:
            sent[kwargs["key"]] = kwargs.get("data") or {}
            return mount(*args, **kwargs)

        return mounted

    def run() -> None:
        sent.clear()
        app.run()
        words = " ".join(warning.value.replace("\\", "") for warning in app.warning)
        told.update(re.findall(r"\((\w+)\) (?:must|goes)", words))

    streamlit.cache_data.clear()  # a board of another test would not be made again
    streamlit.cache_resource.clear()
    with patch.object(Board, "__init__", built), patch.object(streamlit.components.v2, "component", declared):
        run()
        end = time.monotonic() + 30
        while app.get("progress") and time.monotonic() < end:  # a training goes on
            time.sleep(0.05)
            run()
    assert not app.exception
    specs = [data["spec"] for data in sent.values() if "spec" in data]
    return Seen(app, [_board_of(spec, made) for spec in specs], sorted(told))


def _board_of(spec: Mapping[str, Any], made: list[Board]) -> Board:
    """The board that was sent."""
    for board in reversed(made):
        if all(spec.get(key) == value for key, value in payload(board)["spec"].items()):
            return board
    raise AssertionError("no board was made: does something other than Streamlit's caches keep it?")


# -- what its reader sees


def settings_of(app: AppTest, names: Iterable[str]) -> dict[str, Any]:
    return {name: app.session_state[name] for name in names}


def says(board: Board, index: Mapping[str, int]) -> list[list[str]]:
    """The summary, then every card and note, whatever their order."""
    cards = [
        [card.title, board.say(card.headline, index)]
        + [f"{label}: {board.say(template, index)}" for label, template, _ in card.rows]
        for card in board.readouts
    ]
    notes = [
        [board.say(text, index) for text in (note.title, *note.paragraphs, note.question, note.answer) if text]
        for note in board.notes
    ]
    return [[board.say(board.summary, index)], *sorted(cards), *sorted(notes)]


def trace_of(board: Board, figure: LiveFigure, name: str, index: Mapping[str, int]) -> dict[str, Any]:
    """Some coordinates of the trace of that name, to six digits; gaps are null."""
    trace = next(trace for trace in figure.at(board, index)["data"] if trace.get("name") == name)
    found: dict[str, Any] = {"figure": figure.name, "name": name}
    for key in ("z",) if "z" in trace else ("x", "y"):
        values = np.asarray(trace[key], dtype=float).ravel()
        picked = values[np.linspace(0, len(values) - 1, min(len(values), 6)).astype(int)]
        found[key] = [float(f"{value:.5e}") if np.isfinite(value) else None for value in picked]
        found[f"length of {key}"] = len(values)
    return found


def record(link: str) -> dict[str, Any]:
    """The link with what its reader sees now; of every board three traces, one at its beginning, middle and end.

    To add a link: `write([*LINKS, record("/paths?alpha=0.01")])`.
    """
    seen = opened(link)
    pictures = []
    for board in seen.boards:
        index = board.index(seen.app.query_params)
        moving = list(_moving(board, index))
        pictures.append(
            {
                "stops": {axis.name: axis.text[index[axis.name]] for axis in board.axes},
                "says": says(board, index),
                "traces": [moving[k] for k in sorted({0, len(moving) // 2, len(moving) - 1}) if moving],
            }
        )
    fields = [widget.key for kind in WIDGETS for widget in seen.app.get(kind) if widget.key]
    return {
        "link": link,
        "title": seen.app.title[0].value,
        "told": seen.told,
        "settings": settings_of(seen.app, fields),
        "boards": pictures,
    }


def _moving(board: Board, index: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """The traces that are elsewhere at other stops, and whose name no other trace of the figure has."""
    lengths = {axis.name: len(axis.text) for axis in board.axes}
    elsewhere = {name: (index[name] + length // 2) % length for name, length in lengths.items()}
    for figure in board.figures:
        names = [trace.get("name") for trace in figure.figure["data"]]
        for name in names:
            if name and names.count(name) == 1:
                trace = trace_of(board, figure, name, index)
                numbers = {*trace.get("y", trace.get("z"))} - {None}
                if len(numbers) > 2 and trace != trace_of(board, figure, name, elsewhere):
                    yield trace


def write(records: list[dict[str, Any]]) -> None:
    """All links with what their readers saw, into the file; a line each."""
    lines = ",\n".join(json.dumps(recorded, ensure_ascii=False) for recorded in records)
    RECORDS.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


# -- it is still the same


def alike(seen: str, recorded: str) -> bool:
    """The same words and the same numbers."""
    ours, theirs = NUMBER.split(seen), NUMBER.split(recorded)
    return len(ours) == len(theirs) and all(
        one == other or (k % 2 == 1 and max(abs(float(one)), abs(float(other))) < ROUNDING)
        for k, (one, other) in enumerate(zip(ours, theirs, strict=True))
    )


def close(seen: list[float | None], recorded: list[float | None]) -> bool:
    """The same coordinates, gaps included; a 0 may be the rounding of the largest."""
    ours, theirs = np.array(seen, dtype=float), np.array(recorded, dtype=float)
    zero = ROUNDING * np.nanmax(np.abs(theirs), initial=0.0)
    return ours.shape == theirs.shape and np.allclose(ours, theirs, rtol=CLOSE, atol=zero, equal_nan=True)


@pytest.mark.parametrize("recorded", LINKS, ids=lambda recorded: recorded["link"])
def test_an_old_link_opens_the_same_picture(recorded: dict[str, Any]) -> None:
    seen = opened(recorded["link"])
    assert seen.app.title[0].value == recorded["title"]
    assert seen.told == recorded["told"]
    assert settings_of(seen.app, recorded["settings"]) == recorded["settings"]
    for board, picture in zip(seen.boards, recorded["boards"], strict=True):
        index = board.index(seen.app.query_params)
        assert {axis.name: axis.text[index[axis.name]] for axis in board.axes} == picture["stops"]
        for ours, theirs in zip(says(board, index), picture["says"], strict=True):
            other = [pair for pair in zip(ours, theirs, strict=True) if not alike(*pair)]
            assert not other, "now, and then"
        for trace in picture["traces"]:
            figure = next(figure for figure in board.figures if figure.name == trace["figure"])
            now = trace_of(board, figure, trace["name"], index)
            for key, values in trace.items():
                if isinstance(values, list):
                    assert close(now[key], values), (trace["figure"], trace["name"], key, now[key], values)
                else:
                    assert now[key] == values
