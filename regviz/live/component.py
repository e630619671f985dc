"""How does a Board get onto a Streamlit page? The Python face of the live component."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

import streamlit as st
from streamlit.components.v1 import declare_component

from regviz.live.modules import css, joined

_STATIC = Path(__file__).parents[2] / "static"  # what Streamlit serves under app/static/


def _copy_plotly(name: str) -> bool:
    """Whether plotly.js lies in the folder `static` under that name; it is copied there if it can be.

    Streamlit serves no symbolic links from there. An installation that nobody may write to has no such file.
    """
    target = _STATIC / name
    if target.exists():
        return True
    with suppress(OSError):
        _STATIC.mkdir(exist_ok=True)
        with TemporaryDirectory(dir=_STATIC) as place:
            copyfile(_plotly_folder() / "plotly.min.js", part := Path(place) / name)
            part.replace(target)  # nobody ever loads half a file
        for other in _STATIC.glob("plotly-*"):
            if other != target:
                other.unlink(missing_ok=True)
    return target.exists()


def _plotly_folder() -> Path:
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("the package plotly is missing: pip install -r requirements.txt")
    return Path(spec.origin).parent / "package_data"


def plotly_address() -> str:
    """Where, below the app's address, the browser finds the plotly.js of the installed package.

    A browser keeps what comes from app/static/ (its name carries the version). Where nothing can be written or that
    route is switched off, Streamlit serves the package's own folder as that of a component; then it is fetched at
    every visit.
    """
    name = f"plotly-{version('plotly')}.min.js"
    if st.get_option("server.enableStaticServing") and _copy_plotly(name):
        return f"app/static/{name}"
    return f"component/{declare_component('plotly', path=_plotly_folder()).name}/plotly.min.js"


def live(payload: Mapping[str, Any], key: str) -> None:
    """Mount a board on the page.

    `payload` comes from `board.payload` and must be unchanged between reruns that change nothing, or it is sent again.
    While the pointer is down nothing reaches Python; on release the browser writes the position of every axis into
    the URL and Streamlit reruns the page, so `st.query_params` has it.
    """
    mount = st.components.v2.component("regviz.live", css=css(), js=joined("streamlit.js"))
    mount(key=key, data={**payload, "spec": {**payload["spec"], "plotly": plotly_address()}})
