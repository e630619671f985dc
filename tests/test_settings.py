"""Does every setting survive a link, is every other value told in true words, and is the help about optimizers true?"""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import regviz
from regviz.core.nets.optimizers import OPTIMIZERS, Adam, AdamW, StackedPenalty
from regviz.frame import session
from regviz.scenes import scenes
from regviz.scenes.network.settings import NetworkSettings
from regviz.settings import Knob, Knobs

KINDS = {page.title: page.settings for page in scenes().values()}


def _values(knob: Knob, default: object) -> list[object]:
    """Every choice; both ends, the middle and the default of a number."""
    if knob.options:
        return list(knob.options)
    if isinstance(default, bool):
        return [True, False]
    if isinstance(default, str):
        return [default, "x²", "=1 & <b>"]
    steps = round((knob.high - knob.low) / knob.step)
    return [type(default)(round(knob.low + k * knob.step, 10)) for k in (0, 1, steps // 2, steps - 1, steps)] + [
        default
    ]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_value_survives_a_link(kind: type[Knobs]) -> None:
    for name, knob in kind.knobs().items():
        for value in _values(knob, getattr(kind, name)):
            for text in (knob.written(value), knob.told(value), str(value)):  # and old spellings
                settings, problems = kind.clean({name: text})
                assert problems == []
                assert getattr(settings, name) == value
                assert type(getattr(settings, name)) is type(getattr(kind, name))
    assert kind.clean({})[0] == kind()
    assert [f.name for f in fields(kind)] == list(kind.knobs())  # type: ignore[arg-type]


def test_a_choice_stands_in_a_link_as_a_slug_that_is_nobody_elses_words() -> None:
    for kind in KINDS.values():
        for knob in kind.knobs().values():
            for slug, words in knob.options.items():
                assert re.fullmatch("[a-z0-9.]+", knob.written(slug)), "nothing that is encoded, nothing of a language"
                assert knob.told(slug) == words
                assert [other for other, said in knob.options.items() if words in (other, said)] == [slug]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ({"degree": "40"}, "Degree (degree) must be 1 to 20, got “40”; using 20."),
        ({"degree": "a"}, "Degree (degree) must be 1 to 20, got “a”; using 15."),
        ({"noise": "0.33"}, "Noise (noise) goes from 0 to 1 in steps of 0.05, got “0.33”; using 0.35."),
        ({"n_samples": "31"}, "Points (n_samples) goes from 10 to 500 in steps of 5, got “31”; using 30."),
        ({"basis": "b" * 60}, f"must be one of Monomials, Legendre, Chebyshev, got “{'b' * 40}…”; using Monomials."),
        ({"standardize": "?"}, "must be true or false, got “?”; using true."),
    ],
)
def test_another_value_is_told_as_it_stands_on_the_page(raw: dict[str, str], told: str) -> None:
    settings, problems = KINDS["Compare"].clean(raw)
    assert len(problems) == 1
    assert problems[0].endswith(told)
    assert KINDS["Compare"].clean({name: getattr(settings, name) for name in raw}) == (settings, [])


def test_what_is_remembered_of_a_visitor_stands_in_one_place_and_takes_no_name_of_a_setting() -> None:
    keys = {name: value for name, value in vars(session).items() if name.isupper()}
    settings = {name for kind in KINDS.values() for name in kind.knobs()}
    assert len(set(keys.values())) == len(keys) > 15
    assert not set(keys.values()) & settings
    sources = [(path, path.read_text(encoding="utf-8")) for path in Path(regviz.__file__).parent.rglob("*.py")]
    for path, source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Subscript):
                held, key = ast.unparse(node.value), node.slice
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                held, key = ast.unparse(node.func.value), node.args[0]
            else:
                continue
            if held == "st.session_state" and isinstance(key, ast.Constant):
                assert key.value in settings, f"{path}:{node.lineno}: {key.value} has no name in session.py"
    used = {name for path, source in sources for name in re.findall(r"\bsession\.([A-Z_]+)", source)}
    assert used == set(keys)


def test_the_help_says_how_the_penalty_enters_a_step() -> None:
    """The optimizer sees the data alone; then every weight moves towards 0. Adam scales L1 and L2, AdamW L1 only."""
    told = NetworkSettings.knobs()["optimizer"].help
    assert "after each step the penalty moves the weights towards 0" in told
    assert "AdamW does so with the L1 part only, and its L2 part shrinks all weights by the same share" in told
    rng = np.random.default_rng(0)
    w = np.where(rng.random((1, 40)) < 0.5, 2.0, -2.0) + rng.random((1, 40))
    gradients = rng.normal(size=(5, 1, 40)) * np.geomspace(0.1, 3, 40)
    for kind in OPTIMIZERS.values():
        optimizer = kind(learning_rate=0.01)
        for ratio in (1.0, 0.0):
            penalties = [
                StackedPenalty.of(np.array([alpha]), np.array([ratio]), np.ones(40, bool)) for alpha in (0.0, 0.5)
            ]
            state, at = optimizer.init(w.shape), w.copy()
            for gradient in gradients:
                free, held = at.copy(), at.copy()
                optimizer.step(state.copy(), free, gradient.copy(), penalties[0])
                optimizer.step(state.copy(), held, gradient.copy(), penalties[1])
                optimizer.step(state, at, gradient.copy(), penalties[1])
            assert np.all(np.abs(held) < np.abs(free)), "after the step of the data, towards 0"
            move = free - held if ratio == 1 else 1 - held / free
            alike = bool(np.ptp(np.abs(move)) < 1e-12)
            scaled = issubclass(kind, Adam) and not (issubclass(kind, AdamW) and ratio == 0)
            assert alike == (not scaled), (kind.label, ratio)
