"""Paths: every weight against λ, who enters first, and what is left at the λ under the cursor."""

from typing import Any

import streamlit as st

from regviz import ui
from regviz.core.datasets import Data
from regviz.figures import paths as picture
from regviz.figures.compare import notes
from regviz.live.board import Axis, payload
from regviz.live.component import live
from regviz.receipt import bundle
from regviz.settings import PathsSettings, Settings
from regviz.sweeps.compare import compare
from regviz.sweeps.paths import paths


@st.cache_data(max_entries=200, show_spinner=False)
def sweep(settings: Settings, own_key: str, _own: Data | None) -> tuple[Any, tuple[Axis, ...], list[str]]:
    """Payload, axes and notes of one sweep, shared by all visitors with the same settings."""
    fitted = paths(settings, _own)
    board = picture.board(fitted)
    return payload(board), board.axes, notes(fitted.sweep)


ui.open_page("pages/paths.py")
settings, own = ui.side_panel(PathsSettings, ("match", "n_splits", "path_axis"))
board, axes, told = sweep(settings, ui.fingerprint(own), own)
ui.mend_position(axes)
ui.tell(told)
live(board, key="paths")
strength, ratio = ui.stop_of(axes).values()
ui.receipt(lambda link: bundle(compare(settings, own), strength, ratio, link))
st.markdown(picture.WORDS)
ui.prepare()
