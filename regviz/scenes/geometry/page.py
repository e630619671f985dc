"""What happens on the page, from its title down?"""

from __future__ import annotations

from typing import Any

import streamlit as st

from regviz.frame import address
from regviz.live.board import Axis, payload
from regviz.live.component import live
from regviz.scenes.geometry.board import board


@st.cache_data(max_entries=1, show_spinner=False)
def geometry() -> tuple[Any, tuple[Axis, ...]]:
    """Payload and axes of the board; it has no settings."""
    drawn = board()
    return payload(drawn), drawn.axes


def show() -> None:
    """The page, below its title."""
    sent, axes = geometry()
    address.mend_position(axes)
    live(sent, key="geometry")
