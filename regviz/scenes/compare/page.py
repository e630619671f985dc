"""What happens on the first screen, from the side panel down?"""

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
from regviz.scenes.compare.board import board
from regviz.scenes.compare.claims import WORDS
from regviz.settings import Settings


@st.cache_data(max_entries=200, show_spinner=False)
def sweep(
    settings: Settings, own_key: str, _own: Data | None
) -> tuple[Any, tuple[Axis, ...], tuple[str, ...], list[str]]:
    """Payload, axes, feature names and notes of one sweep, shared by all visitors with the same settings."""
    fitted = compare(settings, _own)
    drawn = board(fitted)
    return payload(drawn), drawn.axes, fitted.names, notes(fitted)


def show() -> None:
    """The page, below its title."""
    settings, own = panel.side_panel(Settings, ("match", "n_splits"))
    sent, axes, names, told = sweep(settings, fingerprint(own), own)
    panel.choose_weights(names)
    address.mend_position(axes)
    tell(told)
    live(sent, key="compare")
    strength, ratio = address.stop_of(axes).values()
    receipt(lambda link: bundle(compare(settings, own), strength, ratio, link))
    say(WORDS.markdown(settings))
    prepare()
