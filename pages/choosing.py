"""Choose λ: errors on training, validation and held-out folds, and a test set that stays in its vault."""

from typing import Any

import streamlit as st

from regviz import ui
from regviz.core.datasets import Data
from regviz.figures import choosing as picture
from regviz.figures.compare import notes
from regviz.live.board import Axis, payload
from regviz.live.component import live
from regviz.settings import ChoosingSettings, Settings
from regviz.sweeps.choosing import choosing, open_vault, optimism, vault_rows


@st.cache_data(max_entries=100, show_spinner=False)
def sweep(settings: Settings, own_key: str, _own: Data | None) -> tuple[Any, tuple[Axis, ...], list[str], str]:
    """Payload, axes, notes and words on the vault of one sweep, shared by all visitors with the same settings."""
    chosen = choosing(settings, _own)
    board = picture.board(chosen)
    spare = vault_rows(settings, _own)
    return payload(board), board.axes, notes(chosen.sweep), picture.vault_intro(spare.n_samples if spare else 0)


@st.cache_data(max_entries=50, show_spinner="Fitting 100 more samples …")
def bought(settings: Settings, own_key: str, _own: Data | None) -> Any:
    """Payload of the picture of what tuning on the test set buys, and its two means."""
    found = optimism(settings, _own)
    return payload(picture.optimism_board(found)), picture.optimism_words(found)


ui.open_page("pages/choosing.py")
settings, own = ui.side_panel(ChoosingSettings, ("n_splits",))
board, axes, told, vault = sweep(settings, ui.fingerprint(own), own)
ui.mend_position(axes)
ui.tell(told)
live(board, key="choosing")

st.subheader("The vault", anchor=False)
st.markdown(vault)
position = ui.position(axes)
records = ui.records("vault", (settings, ui.fingerprint(own)))
if st.button("Open the vault at this λ and ratio", icon=":material/lock_open:"):
    opened = open_vault(settings, own, position["alpha"], position["l1_ratio"])
    if opened is None:
        st.warning("No row is left over for a test set: lower “Points” in the side panel.", icon=":material/warning:")
    else:
        records.append(opened)
if records:
    st.dataframe(picture.vault_table(records), hide_index=True, width="content")
    st.markdown(picture.vault_words(records))
if ui.switch("tune_on_test", ChoosingSettings):
    pictured, words = bought(settings, ui.fingerprint(own), own)
    live(pictured, key="optimism")
    st.markdown(words)
st.markdown(picture.WORDS)
ui.prepare()
