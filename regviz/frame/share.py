"""What can be taken along? The link, as text and as a QR code, and the receipt."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import streamlit as st

from regviz.core.data.datasets import DATASETS
from regviz.frame import session
from regviz.frame.address import link
from regviz.frame.panel import stand_in
from regviz.frame.scene import Scene
from regviz.live.modules import beside
from regviz.settings import OWN_DATA, DataSettings


def share(scene: Scene) -> None:
    """The insides of the button "Share"."""
    import segno

    address = link(st.query_params.to_dict())
    st.components.v2.component("regviz_share", html=HTML, css=CSS, js=beside(__file__, "share.js"))(key="share")
    if len(address) < 2000:
        st.image(segno.make(address, error="m").svg_inline(scale=6, border=3, light="white"), width=280)
    else:
        st.caption(f"At {len(address):,} characters this link is too long for a QR code.")
    if "data" in scene.settings.knobs() and st.session_state.get("data") == OWN_DATA:
        st.caption(
            "The link carries the settings and slider positions, not a file: your CSV stays with you. Who opens the "
            f"link sees the data set {DATASETS[DataSettings.data].label} until they upload a file."
        )
    else:
        st.caption("Everyone who opens the link sees this picture, slider positions included.")
    if urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1"):
        st.caption("This address works on this computer only: the README says how to let a class in.")


def receipt(make: Callable[[str], bytes]) -> None:
    """A button that downloads what `make` packs for the link of the present picture; packed when it is clicked."""
    query = st.query_params.to_dict()
    if st.session_state.get("data") == OWN_DATA and st.session_state.get(session.OWN_DATA) is None:
        query["data"] = DataSettings.knobs()["data"].written(stand_in())
    address = link(query)
    st.download_button(
        "Receipt",
        lambda: make(address),
        "regviz-receipt.zip",
        "application/zip",
        icon=":material/receipt_long:",
        on_click="ignore",
        help="The link, the seed, a Python script that makes these three fits anew, and the whole path as CSV.",
    )


HTML = """<button type="button">Copy link</button>
<input type="text" readonly aria-label="Link to this picture"><p role="status"></p>"""

CSS = """
button { width: 100%; padding: 8px; font: 600 15px var(--st-font); cursor: pointer; color: var(--st-background-color);
  background: var(--st-primary-color); border: 0; border-radius: 8px; }
input { width: 100%; box-sizing: border-box; margin-top: 8px; padding: 6px 8px; font: 13px var(--st-font);
  color: var(--st-text-color); background: var(--st-secondary-background-color); border: 1px solid #8888;
  border-radius: 6px; }
p { margin: 4px 0 0; font: 14px var(--st-font); min-height: 20px; color: var(--st-text-color); }
"""
