"""What happens on the page, from the side panel down?"""

from __future__ import annotations

from typing import Any

import streamlit as st

from regviz.charts.notes import notes
from regviz.core.data.datasets import Data
from regviz.frame import address, panel, session
from regviz.frame.page import prepare
from regviz.frame.upload import fingerprint
from regviz.frame.words import say, tell
from regviz.live.board import Axis, payload
from regviz.live.component import live
from regviz.scenes.choosing.board import (
    board,
    optimism_board,
    optimism_words,
    vault_intro,
    vault_table,
    vault_words,
)
from regviz.scenes.choosing.claims import WORDS
from regviz.scenes.choosing.settings import ChoosingSettings
from regviz.scenes.choosing.sweep import Opened, choosing, open_vault, optimism, vault_rows
from regviz.settings import Settings


@st.cache_data(max_entries=100, show_spinner=False)
def sweep(settings: Settings, own_key: str, _own: Data | None) -> tuple[Any, tuple[Axis, ...], list[str], str]:
    """Payload, axes, notes and words on the vault of one sweep, shared by all visitors with the same settings."""
    chosen = choosing(settings, _own)
    drawn = board(chosen)
    spare = vault_rows(settings, _own)
    return payload(drawn), drawn.axes, notes(chosen.sweep), vault_intro(spare.n_samples if spare else 0)


@st.cache_data(max_entries=50, show_spinner="Fitting 100 more samples …")
def bought(settings: Settings, own_key: str, _own: Data | None) -> Any:
    """Payload of the picture of what tuning on the test set buys, and its two means."""
    found = optimism(settings, _own)
    return payload(optimism_board(found)), optimism_words(found)


def show() -> None:
    """The page, below its title."""
    chosen, own = panel.side_panel(ChoosingSettings, ("n_splits",))
    settings = Settings.of(chosen)
    sent, axes, told, vault = sweep(settings, fingerprint(own), own)
    address.mend_position(axes)
    tell(told)
    live(sent, key="choosing")

    st.subheader("The vault", anchor=False)
    st.markdown(vault)
    position = address.position(axes)
    records = opened_before((settings, fingerprint(own)))
    if st.button("Open the vault at this λ and ratio", icon=":material/lock_open:"):
        opened = open_vault(settings, own, position["alpha"], position["l1_ratio"])
        if opened is None:
            told_so = "No row is left over for a test set: lower “Points” in the side panel."
            st.warning(told_so, icon=":material/warning:")
        else:
            records.append(opened)
    if records:
        st.dataframe(vault_table(records), hide_index=True, width="content")
        st.markdown(vault_words(records))
    if panel.switch("tune_on_test", ChoosingSettings):
        pictured, words = bought(settings, fingerprint(own), own)
        live(pictured, key="optimism")
        st.markdown(words)
    say(WORDS.markdown(chosen))
    prepare()


def opened_before(subject: object) -> list[Opened]:
    """What this visitor has seen of the vault; another subject starts an empty list."""
    kept = st.session_state.get(session.VAULT_RECORDS)
    if kept is None or kept[0] != subject:
        kept = st.session_state[session.VAULT_RECORDS] = (subject, [])
    held: list[Opened] = kept[1]
    return held
