"""Is every claim of every page true, whatever the reader sets, and does its link show what it tells of?

Each scene with a module `claims` is asked: its claims at random positions of random settings, and the scene of every
claim. Several claims of a scene are asked of one sweep.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from html import unescape
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser

from regviz.charts.claims import Claim, Words
from regviz.core.data.datasets import DATASETS
from regviz.live.board import Board
from regviz.scenes import scenes
from regviz.scenes.choosing.sweep import choosing
from regviz.scenes.network.sweep import network, train_all
from regviz.scenes.variance.sweep import variance
from regviz.settings import Knob, Settings
from tests.harness import open_board, value_of
from tests.test_bindings import positions, random_paths, random_settings
from tests.test_network import random_settings as random_network
from tests.test_pages import Drawn, look, opened

WORDS: dict[str, Words] = {
    name: import_module(f"regviz.scenes.{name}.claims").WORDS
    for name in scenes()
    if find_spec(f"regviz.scenes.{name}.claims") is not None
}


def any_value(knob: Knob, default: Any, rng: np.random.Generator) -> Any:
    """A value that a widget can have."""
    if knob.options:
        return list(knob.options)[int(rng.integers(len(knob.options)))]
    if isinstance(default, bool):
        return bool(rng.integers(2))
    if isinstance(default, str):
        return default
    steps = int(rng.integers(round((knob.high - knob.low) / knob.step) + 1))
    return type(default)(round(knob.low + steps * knob.step, 10))


def any_sweep(words: Words, seed: int) -> Any:
    """A sweep of random settings, of all that the page has."""
    rng = np.random.default_rng([seed, 9])
    kind = words.settings
    return words.sweep(kind(**{name: any_value(knob, getattr(kind, name), rng) for name, knob in kind.knobs().items()}))


def with_known_truth(seed: int) -> Any:
    """Of a source that can be sampled without end: the first eight kinds of random settings."""
    settings, _ = random_settings(seed % 8 + 16 * (seed // 8))
    assert DATASETS[settings.data].takes_noise
    return variance(settings)


def small_network(seed: int) -> Any:
    settings = random_network(np.random.default_rng([seed, 9]))
    return network(settings, train_all(settings), 8 if seed % 5 == 0 else None)


# Of the reader's own tables too, or of a size that is quickly fitted; and how many settings.
SWEEPS: dict[str, Callable[[int], Any]] = {
    "compare": lambda seed: random_paths(seed).sweep,
    "paths": random_paths,
    "choosing": lambda seed: choosing(*random_settings(seed)),
    "variance": with_known_truth,
    "network": small_network,
}
COUNTS = {
    "compare": 48,
    "paths": 48,
    "choosing": 24,
    "variance": 8,
    "outliers": 12,
    "decay": 16,
    "network": 24,
    "geometry": 36,
}
SPARE = 12  # settings of a scene that is not listed
ASKED = [(name, seed) for seed in range(100) for name in WORDS if seed < COUNTS.get(name, SPARE)]


def test_so_many_settings_are_asked() -> None:
    assert len(ASKED) >= 200
    assert set(COUNTS) | set(SWEEPS) <= set(WORDS)


@pytest.mark.parametrize(("name", "seed"), ASKED)
def test_every_claim_is_true(name: str, seed: int) -> None:
    """Both ends of every slider, where they stand first, and two stops at random."""
    words = WORDS[name]
    sweep = SWEEPS[name](seed) if name in SWEEPS else any_sweep(words, seed)
    for index in positions(words.board(sweep), seed):
        for claim in words.claims:
            assert claim.holds(sweep, index), (claim.text, index)


# -- the scenes


@lru_cache(maxsize=3)
def at_scene(name: str, scene: tuple[tuple[str, Any], ...]) -> tuple[Any, Board]:
    words = WORDS[name]
    sweep = words.sweep(words.settings(**dict(scene)))
    return sweep, words.board(sweep)


LINKS = [(name, claim) for name, words in WORDS.items() for claim in words.claims]


@pytest.mark.parametrize(("name", "claim"), LINKS, ids=lambda part: getattr(part, "text", part)[:40])
def test_a_scene_shows_what_its_claim_tells_of(name: str, claim: Claim) -> None:
    words = WORDS[name]
    kind = words.settings
    assert all(value != getattr(kind, field) for field, value in claim.scene.items()), "only what is not the default"
    settings, problems = kind.clean({key: value for key, value in claim.query(kind).items() if key in kind.knobs()})
    assert not problems
    assert settings == kind(**claim.scene)
    sweep, board = at_scene(name, tuple(sorted(claim.scene.items())))
    axes = {axis.name: axis for axis in board.axes}
    assert set(claim.query(kind)) == set(claim.scene) | set(claim.at)
    assert set(claim.at) <= set(axes)
    index = board.index(claim.query(kind))
    for axis, value in claim.at.items():
        assert axes[axis].values[index[axis]] == pytest.approx(value, rel=1e-12)
        assert axes[axis].text[index[axis]] == claim.query(kind)[axis]
    assert claim.holds(sweep, index)
    assert claim.seen(sweep, index)


LINK = re.compile(r'<a href="([^"]*)" target="_self">show&nbsp;me</a>')


def queries_on(page: Drawn) -> list[dict[str, str]]:
    """Where the links on a page lead."""
    return [
        dict(parse_qsl(urlsplit(unescape(address)).query))
        for words in page.app.markdown
        for address in LINK.findall(words.value)
    ]


@pytest.mark.parametrize("name", [name for name, words in WORDS.items() if words.pictured])
def test_what_the_picture_says_is_claimed_in_its_words(name: str) -> None:
    words = WORDS[name]
    board = words.board(words.sweep(words.settings()))
    said = " ".join(text for note in board.notes for text in (*note.paragraphs, note.answer))
    said += " ".join(figure.caption for figure in board.figures)
    assert not [claim.text for claim in words.pictured if not isinstance(claim.text, str) or claim.text not in said]


@pytest.mark.slow
@pytest.mark.parametrize("name", WORDS)
def test_the_links_of_a_page_open_just_its_scenes(name: str) -> None:
    """Settings and sliders as the claim says, all others as they are by themselves, and no warning."""
    words, scene = WORDS[name], scenes()[name]
    kind = words.settings
    found = queries_on(look(opened(scene.path, {})))
    assert found == [claim.query(kind) for claim in words.below]
    seen: list[dict[str, str]] = []
    for claim, query in zip(words.below, found, strict=True):
        if query in seen:
            continue
        seen.append(query)
        shown = look(opened(scene.path, query))
        assert not shown.app.exception
        assert not shown.warnings
        state = shown.app.session_state
        assert {field: state[field] for field in kind.knobs()} == {
            field: claim.scene.get(field, getattr(kind, field)) for field in kind.knobs()
        }
        for axis in shown.axes:
            value = claim.at.get(axis.name)
            assert shown.stops[axis.name] == (axis.default if value is None else axis.nearest(value))
            assert value is None or axis.values[shown.stops[axis.name]] == pytest.approx(value, rel=1e-12)


def test_the_keyboard_follows_a_link_in_the_same_tab(browser: Browser, app_url: str) -> None:
    """On the narrowest screen, in the dark: the link is in view and does what it does anywhere."""
    claim = next(claim for claim in WORDS["compare"].below if claim.scene and claim.at)
    width = 390
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme="dark")
    page = context.new_page()
    open_board(page, f"{app_url}/?alpha=0.5")
    link = page.locator(f"a[href='?{urlencode(claim.query(Settings))}']")
    box = link.bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= box["x"] + box["width"] <= width
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(re.escape(f"?{urlencode(claim.query(Settings))}")))
    board = page.locator(".board")
    board.locator(".plot .overlay path").first.wait_for(state="attached", timeout=60_000)
    assert float(value_of(page, "Strength λ")) == claim.at["alpha"]
    assert len(context.pages) == 1
    assert page.get_by_test_id("stAlert").count() == 0
    page.go_back()
    page.wait_for_url(re.compile(r"alpha=0\.5"))
    board.locator(".plot .overlay path").first.wait_for(state="attached", timeout=60_000)
    assert float(value_of(page, "Strength λ")) == 0.5
    context.close()
