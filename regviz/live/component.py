"""How does a Board get onto a Streamlit page? The Python face of the live component."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile
from typing import Any

import streamlit as st

HTML = """<div class="board"><div class="controls"></div>
<div class="above"><ul class="legend"></ul><label class="presets"></label></div>
<p class="problem" role="alert"></p><div class="grid"></div>
<p class="summary" role="status" aria-live="polite"></p></div>"""

_HERE = Path(__file__).parent
_STATIC = _HERE.parents[1] / "static"  # what Streamlit serves under app/static/


@cache
def plotly_file() -> str:
    """The name, under app/static/, of the plotly.js that the installed plotly package holds.

    Streamlit serves no symbolic links from there, so the file is copied when it is missing or of another
    version. Its name carries the version, so a browser may keep it.
    """
    name = f"plotly-{version('plotly')}.min.js"
    target = _STATIC / name
    if not target.exists():
        spec = find_spec("plotly")
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError("the package plotly is missing: pip install -r requirements.txt")
        _STATIC.mkdir(exist_ok=True)
        for stale in _STATIC.glob("plotly-*"):
            stale.unlink(missing_ok=True)
        part = target.with_suffix(".part")
        copyfile(Path(spec.origin).parent / "package_data" / "plotly.min.js", part)
        part.replace(target)  # nobody ever loads half a file
    return name


def live(payload: Mapping[str, Any], key: str) -> None:
    """Mount a board on the page.

    `payload` comes from `board.payload` and must be unchanged between reruns that change nothing, or it is sent again.
    While the pointer is down nothing reaches Python; on release the browser writes the position of every axis into
    the URL and Streamlit reruns the page, so `st.query_params` has it.
    """
    mount = st.components.v2.component("regviz.live", html=HTML, css=_lean("live.css"), js=_lean("live.js"))
    mount(key=key, data={**payload, "spec": {**payload["spec"], "plotly": plotly_file()}})


@cache
def _lean(name: str) -> str:
    """A source of the component without indentation and comment lines, which every visitor would download."""
    lines = (line.strip() for line in (_HERE / name).read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def share_link() -> None:
    """A button that copies the address of the page as it is at that moment, and the address itself to select."""
    st.components.v2.component("regviz.share", html=SHARE_HTML, css=SHARE_CSS, js=SHARE_JS)(key="share")


SHARE_HTML = """<button type="button">Copy link</button>
<input type="text" readonly aria-label="Link to this picture"><p role="status"></p>"""

SHARE_CSS = """
button { width: 100%; padding: 8px; font: 600 15px var(--st-font); cursor: pointer; color: var(--st-background-color);
  background: var(--st-primary-color); border: 0; border-radius: 8px; }
input { width: 100%; box-sizing: border-box; margin-top: 8px; padding: 6px 8px; font: 13px var(--st-font);
  color: var(--st-text-color); background: var(--st-secondary-background-color); border: 1px solid #8888;
  border-radius: 6px; }
p { margin: 4px 0 0; font: 14px var(--st-font); min-height: 20px; color: var(--st-text-color); }
"""

SHARE_JS = """
export default function ({ parentElement }) {
  const [button, input, status] = ["button", "input", "p"].map((tag) => parentElement.querySelector(tag));
  const refresh = () => (input.value = window.location.href);
  refresh();
  status.textContent = "";
  input.onfocus = () => {
    refresh();
    input.select();
  };
  button.onclick = async () => {
    refresh();
    try {
      await navigator.clipboard.writeText(input.value);
      status.textContent = "Copied.";
    } catch {  // only secure origins have a clipboard
      input.select();
      status.textContent = document.execCommand("copy") ? "Copied." : "Press Ctrl+C to copy.";
    }
  };
}
"""
