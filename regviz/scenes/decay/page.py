"""What happens on the page, from the side panel down?"""

from __future__ import annotations

from typing import Any

import streamlit as st

from regviz.frame import address, panel
from regviz.frame.words import say
from regviz.live.board import Axis, payload
from regviz.live.component import live
from regviz.scenes.decay.board import board
from regviz.scenes.decay.claims import WORDS
from regviz.scenes.decay.sweep import decay_runs
from regviz.settings import SampleSettings


@st.cache_data(max_entries=100, show_spinner=False)
def sweep(settings: SampleSettings) -> tuple[Any, tuple[Axis, ...]]:
    """Payload and axes of one sweep, shared by all visitors with the same settings."""
    drawn = board(decay_runs(settings))
    return payload(drawn), drawn.axes


def show() -> None:
    """The page, below its title."""
    settings = panel.all_settings(SampleSettings)
    sent, axes = sweep(settings)
    address.mend_position(axes)
    live(sent, key="decay")
    say(WORDS.markdown(settings))
