"""What happens on the page, from the side panel down?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from regviz.frame import address, panel
from regviz.frame.page import prepare
from regviz.frame.words import say
from regviz.live.board import Axis, payload
from regviz.live.component import live
from regviz.scenes.variance.board import board
from regviz.scenes.variance.claims import WORDS
from regviz.scenes.variance.sweep import refused, variance
from regviz.settings import DataSettings, Settings


@st.cache_data(max_entries=100, show_spinner="Fitting 60 samples …")
def sweep(settings: Settings) -> tuple[Any, tuple[Axis, ...]]:
    """Payload and axes of one sweep, shared by all visitors with the same settings."""
    drawn = board(variance(settings))
    return payload(drawn), drawn.axes


def show() -> None:
    """The page, below its title."""
    chosen, _ = panel.side_panel(DataSettings)
    settings = Settings.of(chosen)
    if told := refused(settings):
        st.warning(told, icon=":material/warning:")
    sent, axes = sweep(replace(settings, data=Settings.data) if told else settings)
    address.mend_position(axes)
    live(sent, key="variance")
    say(WORDS.markdown(chosen))
    prepare()
