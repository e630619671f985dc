"""How does a text of others, a file or a URL, get onto a page?"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable

import streamlit as st

_TRANSFORMED = re.compile(r"(?<=[:@])(?=\S)|(?<=[-<>=~])(?=[-=>])|(?<=[wW]{3})(?=\.)")


def plain(text: str) -> str:
    """Text from a file or a URL, so that Markdown shows it as it is.

    All its signs are escaped. What is looked for after that (addresses, icons, arrows) is broken by a joiner, which has
    no width.
    """
    broken = _TRANSFORMED.sub("\u2060", text)
    return "".join(f"\\{sign}" if sign in string.punctuation else sign for sign in broken)


def tell(notes: Iterable[str]) -> None:
    """What a reader must know of the data; a note may hold names of the reader's own columns."""
    for note in notes:
        st.info(plain(note), icon=":material/info:")


def say(words: str) -> None:
    """The words of a page below its picture: Markdown of ours, whose links may open in the same tab."""
    st.markdown(words, unsafe_allow_html=True)
