"""Geometry: why L1 gives exact zeros and L2 does not, solved at every position of the sliders."""

from typing import Any

import streamlit as st

from regviz import ui
from regviz.figures import geometry as picture
from regviz.live.board import Axis, payload
from regviz.live.component import live


@st.cache_data(max_entries=1, show_spinner=False)
def geometry() -> tuple[Any, tuple[Axis, ...]]:
    """Payload and axes of the board; it has no settings."""
    board = picture.board()
    return payload(board), board.axes


ui.open_page("pages/geometry.py")
board, axes = geometry()
ui.mend_position(axes)
live(board, key="geometry")
