"""Outliers: one point far away, three losses, two penalties. Robustness comes from the loss."""

from typing import Any

import streamlit as st

from regviz import ui
from regviz.figures import outliers as picture
from regviz.live.board import Axis, payload
from regviz.live.component import live
from regviz.settings import SampleSettings
from regviz.sweeps.outliers import outliers


@st.cache_data(max_entries=100, show_spinner=False)
def sweep(settings: SampleSettings) -> tuple[Any, tuple[Axis, ...]]:
    """Payload and axes of one sweep, shared by all visitors with the same settings."""
    board = picture.board(outliers(settings))
    return payload(board), board.axes


ui.open_page("pages/outliers.py")
board, axes = sweep(ui.all_settings(SampleSettings))
ui.mend_position(axes)
live(board, key="outliers")
st.markdown(picture.WORDS)
