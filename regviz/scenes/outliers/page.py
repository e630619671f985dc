"""What happens on the page, from the side panel down?"""

from __future__ import annotations

from typing import Any

import streamlit as st

from regviz.frame import address, panel
from regviz.frame.words import say
from regviz.live.board import Axis, payload
from regviz.live.component import live
from regviz.scenes.outliers.board import board
from regviz.scenes.outliers.claims import WORDS
from regviz.scenes.outliers.sweep import outliers
from regviz.settings import SampleSettings


@st.cache_data(max_entries=100, show_spinner=False)
def sweep(settings: SampleSettings) -> tuple[Any, tuple[Axis, ...]]:
    """Payload and axes of one sweep, shared by all visitors with the same settings."""
    drawn = board(outliers(settings))
    return payload(drawn), drawn.axes


def show() -> None:
    """The page, below its title."""
    settings = panel.all_settings(SampleSettings)
    sent, axes = sweep(settings)
    address.mend_position(axes)
    live(sent, key="outliers")
    say(WORDS.markdown(settings))
