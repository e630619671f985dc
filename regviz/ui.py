"""What do all pages share? The frame around them: page table, side panel, sharing, errors in words.

A page calls `open_page` first (Streamlit may run any page as the very first of a server), then draws its side panel
from Settings and mounts a live board. Widget key = Settings field = URL field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from regviz.live.board import Board, Index
from regviz.live.component import live
from regviz.sweeps import Knob, Settings

TAGLINE = "See what regularization does"


@dataclass(frozen=True)
class Page:
    """One entry of the page table."""

    path: str  # the script, as Streamlit names it
    title: str
    icon: str
    says: str  # one sentence under the title


PAGES: tuple[Page, ...] = (
    Page(
        "app.py",
        "Compare",
        ":material/compare:",
        "One dataset, one λ, three penalties. Drag λ: L1 switches weights off, L2 makes them all small.",
    ),
)


def open_page(path: str) -> Page:
    """Page config, navigation and looks; every page starts with this."""
    page = next(page for page in PAGES if page.path == path)
    st.set_page_config(
        page_title=f"{page.title} · RegViz: {TAGLINE.lower()}",
        page_icon=":material/tune:",
        layout="wide",
        initial_sidebar_state="auto",
        menu_items={"About": f"**RegViz** · {TAGLINE}. Every picture is the exact solution of its problem."},
    )
    st.html(_STYLE)
    if len(PAGES) > 1:
        with st.sidebar:
            for entry in PAGES:
                st.page_link(entry.path, label=entry.title, icon=entry.icon)
    return page
