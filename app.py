"""Compare: L1, elastic net and L2 side by side under one λ. The first screen of RegViz."""

from typing import Any

import streamlit as st

from regviz import ui
from regviz.core.datasets import Data
from regviz.figures import compare as picture
from regviz.live.board import Axis, payload
from regviz.live.component import live
from regviz.receipt import bundle
from regviz.settings import CompareSettings, Settings
from regviz.sweeps.compare import compare


@st.cache_data(max_entries=200, show_spinner=False)
def sweep(
    settings: Settings, own_key: str, _own: Data | None
) -> tuple[Any, tuple[Axis, ...], tuple[str, ...], list[str]]:
    """Payload, axes, feature names and notes of one sweep, shared by all visitors with the same settings."""
    fitted = compare(settings, _own)
    board = picture.board(fitted)
    return payload(board), board.axes, fitted.names, picture.notes(fitted)


ui.open_page("app.py")
settings, own = ui.side_panel(CompareSettings, ("match", "n_splits"))
board, axes, names, notes = sweep(settings, ui.fingerprint(own), own)
ui.choose_weights(names)
ui.mend_position(axes)
ui.tell(notes)
live(board, key="compare")
strength, ratio = ui.stop_of(axes).values()
ui.receipt(lambda link: bundle(compare(settings, own), strength, ratio, link))
st.markdown(picture.WORDS)
ui.prepare()
