"""Bias and variance: what the same λ gives on other samples, and which λ has the least sum of both."""

from dataclasses import replace
from typing import Any

import streamlit as st

from regviz import ui
from regviz.figures import variance as picture
from regviz.live.board import Axis, payload
from regviz.live.component import live
from regviz.settings import DataSettings, Settings
from regviz.sweeps.variance import refused, variance


@st.cache_data(max_entries=100, show_spinner="Fitting 60 samples …")
def sweep(settings: Settings) -> tuple[Any, tuple[Axis, ...]]:
    """Payload and axes of one sweep, shared by all visitors with the same settings."""
    board = picture.board(variance(settings))
    return payload(board), board.axes


ui.open_page("pages/variance.py")
settings, _ = ui.side_panel(DataSettings)
if told := refused(settings):
    st.warning(told, icon=":material/warning:")
board, axes = sweep(replace(settings, data=Settings.data) if told else settings)
ui.mend_position(axes)
live(board, key="variance")
st.markdown(picture.WORDS)
ui.prepare()
