"""Which rows are the user's own? Upload, choice of columns, and a key by which they are cached."""

from __future__ import annotations

import hashlib
from dataclasses import fields

import streamlit as st

from regviz.core.data.csvdata import MAX_FEATURES, CsvError, Table, read_csv, to_data
from regviz.core.data.datasets import Data
from regviz.frame import session
from regviz.frame.address import start_anew
from regviz.frame.words import plain


def own_data() -> Data | None:
    """Upload, choose target and features. A file that cannot be used gets a sentence; the last good one stays."""
    upload = st.file_uploader("Your CSV", type=["csv", "tsv", "txt"], help="Up to 5 MB; numbers under a line of names.")
    if upload is not None and st.session_state.get(session.OWN_UPLOAD) != upload.file_id:
        try:
            st.session_state[session.OWN_TABLE] = read_csv(upload.getvalue(), upload.name)
            st.session_state[session.OWN_TABLE_ID] = upload.file_id
            st.session_state[session.OWN_PROBLEM] = ""
            start_anew()
        except CsvError as error:
            st.session_state[session.OWN_PROBLEM] = str(error)
        st.session_state[session.OWN_UPLOAD] = upload.file_id
    refused = ""
    if upload is not None and st.session_state.get(session.OWN_PROBLEM):
        refused = f"{upload.name} is not used. {st.session_state[session.OWN_PROBLEM]}"
        st.error(plain(refused), icon=":material/error:")
    table: Table | None = st.session_state.get(session.OWN_TABLE)
    if table is None:
        return None
    whose = st.empty()  # before anything else is said of them
    for note in table.notes:
        st.caption(plain(note))
    key = hash((st.session_state[session.OWN_TABLE_ID], table.names))  # another file starts with its own defaults
    names = list(table.names)
    target = st.selectbox(
        "Target (what to predict)",
        names,
        names.index(table.default_target),
        key=f"target_{key}",
        on_change=start_anew,
    )
    others = [name for name in names if name != target]
    chosen = st.multiselect(
        "Features",
        others,
        [name for name in table.default_features(target) if name in others],
        key=f"features_{key}_{target}",
        help=f"1 to {MAX_FEATURES} columns.",
    )
    choice = (st.session_state[session.OWN_TABLE_ID], target, tuple(chosen))
    if st.session_state.get(session.OWN_CHOICE) != choice:  # 20,000 rows are not read again for every rerun
        try:
            st.session_state[session.OWN_DATA] = to_data(table, target, chosen)
            st.session_state[session.OWN_CHOICE], st.session_state[session.OWN_REFUSAL] = choice, ""
        except CsvError as error:
            st.session_state[session.OWN_REFUSAL] = str(error)
    elif st.session_state.get(session.OWN_REFUSAL):
        st.session_state[session.OWN_REFUSAL] = ""  # back to the last choice that was well
    refusal = st.session_state.get(session.OWN_REFUSAL, "")
    if refusal:
        st.error(plain(refusal), icon=":material/error:")
    data: Data | None = st.session_state.get(session.OWN_DATA)
    if data is not None:
        for note in data.notes:
            if note not in table.notes:
                st.caption(plain(note))
        whose.caption(plain(_whose(data, still=bool(refused or refusal))))
    return data


def _whose(data: Data, still: bool) -> str:
    """Which file and columns the user's rows are; `still`, if the last file or choice was refused."""
    features = f"{len(data.feature_names)} feature{'s' if len(data.feature_names) > 1 else ''}"
    what = f"{data.label}: {data.n_samples} rows, {data.target_name} from {features}."
    return f"The data are still those of {what}" if still else f"The data are those of {what}"


def fingerprint(own: Data | None) -> str:
    """A key for caching by the content of the user's rows; empty without any."""
    if own is None:
        return ""
    if st.session_state.get(session.OWN_FINGERPRINT, (None,))[0] is not own:
        st.session_state[session.OWN_FINGERPRINT] = (own, digest(own))
    return str(st.session_state[session.OWN_FINGERPRINT][1])


def digest(data: Data) -> str:
    """The same for the same data only: all that a `Data` holds goes in."""
    found = hashlib.sha256()
    for field in fields(data):
        value = getattr(data, field.name)
        array = hasattr(value, "tobytes")
        held = value.tobytes() if array else repr(value).encode()
        found.update(repr((field.name, value.shape if array else "", len(held))).encode() + held)
    return found.hexdigest()
