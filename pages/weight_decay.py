"""Weight decay: L2 in the loss is weight decay under SGD, and another rule under Adam."""

from typing import Any

import streamlit as st

from regviz import ui
from regviz.figures import decay as picture
from regviz.live.board import Axis, payload
from regviz.live.component import live
from regviz.settings import SampleSettings
from regviz.sweeps.decay import decay_runs


@st.cache_data(max_entries=100, show_spinner=False)
def sweep(settings: SampleSettings) -> tuple[Any, tuple[Axis, ...]]:
    """Payload and axes of one sweep, shared by all visitors with the same settings."""
    board = picture.board(decay_runs(settings))
    return payload(board), board.axes


ui.open_page("pages/weight_decay.py")
board, axes = sweep(ui.all_settings(SampleSettings))
ui.mend_position(axes)
live(board, key="decay")
st.markdown(picture.WORDS)
