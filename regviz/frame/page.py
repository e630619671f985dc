"""What is around every page? Title, page table, looks; errors in words.

A page calls `open_page` first (Streamlit may run any page as the very first of a fresh server), takes its settings from
the side panel and mounts a live board.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from threading import Thread

import streamlit as st

from regviz.frame import session
from regviz.frame.address import arrive, keep_slugs, read_words, remember, tell_of_url
from regviz.frame.scene import Scene
from regviz.frame.share import share

TAGLINE = "see what regularization does"

ABOUT = (
    f"**RegViz**: {TAGLINE}. Fits and touch points are solved, not sketched: Compare and Geometry also say "
    "by how much the optimality conditions are missed. Networks are trained step by step, and shown at the epoch or "
    "step of the slider, finished or not."
)

_STYLE = """<style>
  [data-testid="stMainBlockContainer"] { padding: 3.8rem 2rem 3rem; max-width: 1500px; }
  [data-testid="stMainBlockContainer"] h1 { font-size: 1.6rem; padding: 0; }
  [data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0.6rem; }
  [data-testid="stSidebarHeader"] { height: 2.6rem; }
  [data-testid="stWidgetLabel"][disabled] { color: inherit; opacity: 0.75; }
  .st-key-slugs { display: none; }
  [data-testid="stMarkdownContainer"] a[target="_self"] { font-size: 0.8em; text-underline-offset: 2px; }
  [data-stale="true"] { opacity: 1 !important; transition: none !important; }
  @media (max-width: 700px) {
    [data-testid="stMainBlockContainer"] { padding: 3.8rem 0.8rem 2rem; }
    [data-testid="stMainBlockContainer"] h1 { font-size: 1.35rem; }
  }
</style>"""


def open_page(scene: Scene, scenes: Iterable[Scene]) -> None:
    """Page config, looks, navigation and title; every page starts with this. Also mends a bad URL, in words."""
    st.set_page_config(
        page_title=f"{scene.title} · RegViz: {TAGLINE}",
        page_icon=str(Path(__file__).with_name("icon.svg")),
        layout="wide",
        menu_items={"About": ABOUT},
    )
    st.html(_STYLE)
    read_words(scene)
    arrive(scene, scenes)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(f"RegViz · {scene.title}", anchor=False, width="content")
        with st.popover("Share", icon=":material/share:", on_change="rerun", key=session.SHARE_OPEN) as popover:
            if popover.open:
                share(scene)
    st.markdown(scene.says)
    _navigation(scene, scenes)
    keep_slugs(scene)
    tell_of_url()


def _navigation(scene: Scene, scenes: Iterable[Scene]) -> None:
    """Links to all pages; each opens where its subject was left."""
    left = remember()
    with st.sidebar:
        for entry in scenes:
            query = left.get(entry.subject, {})
            if entry.subject == scene.subject and entry is not scene:  # the browser adds its widgets' fields itself
                query = {name: value for name, value in query.items() if name not in scene.settings.knobs()}
            st.page_link(entry.path, label=entry.title, icon=entry.icon, query_params=query)


@st.cache_resource(show_spinner=False)
def prepare() -> None:
    """Import scikit-learn behind the first picture, once a process: who then chooses real data need not wait for it."""

    def load() -> None:
        for module in ("sklearn.datasets", "sklearn.model_selection"):
            import_module(module)

    Thread(target=load, daemon=True).start()
