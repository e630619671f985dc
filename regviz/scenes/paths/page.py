"""What happens on the page, from the side panel down?"""

from __future__ import annotations

from typing import Any

import streamlit as st

from regviz.charts.notes import notes
from regviz.core.data.datasets import Data
from regviz.fits.compare import compare
from regviz.frame import address, panel
from regviz.frame.page import prepare
from regviz.frame.receipt import bundle
from regviz.frame.share import receipt
from regviz.frame.upload import fingerprint
from regviz.frame.words import say, tell
from regviz.live.board import Axis, payload
from regviz.live.component import live
from regviz.scenes.paths.board import board
from regviz.scenes.paths.claims import WORDS
from regviz.scenes.paths.settings import PathsSettings
from regviz.scenes.paths.sweep import paths
from regviz.settings import Settings


@st.cache_data(max_entries=200, show_spinner=False)
def sweep(
    settings: Settings, path_axis: str, own_key: str, _own: Data | None
) -> tuple[Any, tuple[Axis, ...], list[str]]:
    """Payload, axes and notes of one sweep, shared by all visitors with the same settings."""
    fitted = paths(settings, _own, path_axis)
    drawn = board(fitted)
    return payload(drawn), drawn.axes, notes(fitted.sweep)


def show() -> None:
    """The page, below its title."""
    chosen, own = panel.side_panel(PathsSettings, ("match", "n_splits", "path_axis"))
    settings = Settings.of(chosen)
    sent, axes, told = sweep(settings, chosen.path_axis, fingerprint(own), own)
    address.mend_position(axes)
    tell(told)
    live(sent, key="paths")
    strength, ratio = address.stop_of(axes).values()
    receipt(lambda link: bundle(compare(settings, own), strength, ratio, link))
    say(WORDS.markdown(chosen))
    prepare()
