"""How do settings become widgets? The side panel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from regviz.core.data.datasets import DATASETS, Data
from regviz.frame import session
from regviz.frame.address import reads_alike, start_anew, tell_of_link, through_history
from regviz.frame.upload import own_data
from regviz.settings import AUTOMATIC, MAX_RANDOM_STATE, OWN_DATA, DataSettings, Knob, Knobs, Settings, shown

K = TypeVar("K", bound=Knobs)
D = TypeVar("D", bound=DataSettings)
T = TypeVar("T")


def side_panel(kind: type[D], more: tuple[str, ...] = ()) -> tuple[D, Data | None]:
    """The data and `more` fields of a page's settings as widgets, and the user's own rows if chosen.

    Widgets that do not apply stay, disabled. Without a file the last other data set stands in for the user's.
    """
    with st.sidebar:
        data = _widget("data", kind, on_change=_data_changed)
        entry = DATASETS.get(data)
        own = own_data() if entry is None else None
        if entry is not None:
            st.session_state[session.LAST_DATA] = data
            st.caption(entry.description)
        elif own is None:
            entry = DATASETS[stand_in()]
            st.info(f"Until a file of yours can be used, the data are: {entry.label}.", icon=":material/upload_file:")
        chosen = _chosen(kind)
        for name in (*DataSettings.knobs(), *more):
            if name != "data":
                off = name == "n_splits" and getattr(chosen, "match", "cv") != "cv"
                _widget(name, kind, disabled=off or not kind.knobs()[name].applies(entry))
    settings = _chosen(kind)
    return (replace(settings, data=stand_in()) if data == OWN_DATA and own is None else settings), own


def stand_in() -> str:
    """The data set that is shown while there is no file of the user's."""
    return str(st.session_state.get(session.LAST_DATA, DataSettings.data))


def all_settings(kind: type[K]) -> K:
    """Every field of a kind of settings as a widget in the side panel."""
    with st.sidebar:
        for name in kind.knobs():
            _widget(name, kind)
    return _chosen(kind)


def _chosen(kind: type[K]) -> K:
    """All settings. Some have their widgets further down: at first only the URL knows them."""
    told = {name: st.query_params.get(name, getattr(kind, name)) for name in kind.knobs()}
    settings, _ = kind.clean({name: st.session_state.get(name, value) for name, value in told.items()})
    return settings


def choose_weights(names: tuple[str, ...]) -> None:
    """The two weights of the constraint picture, by name, below the other settings."""
    problems = []
    with st.sidebar, st.expander("Weights of the constraint picture"):
        for name in ("weight_a", "weight_b"):
            knob = Settings.knobs()[name]
            other = st.session_state.get("weight_a") if name == "weight_b" else None
            options = [AUTOMATIC, *(option for option in names if option != other)]
            raw = st.query_params.get(name, AUTOMATIC)
            if raw not in options:
                problem = f"must be the name of a feature{', another than Across' if raw in names else ''}"
                problems.append(f"{knob.label} ({name}) {problem}, got “{shown(raw)}”; using {AUTOMATIC}.")
            if st.session_state.get(name, AUTOMATIC) not in options:
                st.session_state[name] = AUTOMATIC
            _bound(name, knob, AUTOMATIC, st.selectbox, knob.label, options, help=knob.help)
    tell_of_link("weights", problems if session.LINK_TOLD not in st.session_state else [])


def switch(name: str, kind: type[Knobs]) -> bool:
    """The widget of a field of settings that is true or false, where the page stands."""
    return bool(_widget(name, kind))


def _bound(name: str, knob: Knob, default: Any, draw: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """A widget whose value is the URL field `name`.

    The binding is undone at once on the server, which needs it for nothing more than to take the field out of the
    address as soon as a page without the widget, or with another of the same name, is opened.

    Every release of a slider is a step in the browser's history, and after such a step Streamlit gives each widget the
    value that the address has. Where the widget has it already that is left out: it would undo what the reader changes
    before the answer is back. Streamlit knows a choice by its words only, so they stand for its slug when it reads.
    """
    context = get_script_run_ctx()
    stepped = through_history()
    if context is not None:
        asked = st.query_params.get(name, knob.written(default))
        with context.session_state.query_params() as query:
            told = query._initial_query_params
            if stepped and name in st.session_state and reads_alike(asked, knob.written(st.session_state[name])):
                context.is_history_navigation = False
                told.pop(name, None)
            elif name in told and asked in knob.options:
                told[name] = [knob.options[asked]]
    value = draw(*args, key=name, bind="query-params", **kwargs)
    if context is not None:
        context.is_history_navigation = stepped
        with context.session_state.query_params() as query:
            if (binding := query.get_binding_for_param(name)) is not None:
                query.unbind_widget(binding.widget_id)
    return value


def _widget(name: str, kind: type[Knobs], **kwargs: Any) -> Any:
    """The widget of one field of settings: choices, a switch, a number to type or a slider."""
    knob = kind.knobs()[name]
    default = getattr(kind, name)
    bound = partial(_bound, name, knob, default)
    common = {"help": knob.help, **kwargs}
    if knob.options:
        options, words = list(knob.options), knob.options.__getitem__
        cut_off = max(map(len, knob.options.values())) > 25  # by a select box
        draw: Any = st.radio if cut_off else st.selectbox
        return bound(draw, knob.label, options, options.index(default), format_func=words, **common)
    if isinstance(default, bool):
        return bound(st.toggle, knob.label, default, **common)
    low, high, step = (type(default)(value) for value in (knob.low, knob.high, knob.step))
    if name == "random_state":
        seed, again = st.columns([3, 2], vertical_alignment="bottom", gap="small")
        again.button("New", on_click=_new_sample, help="Another sample: the next seed", width="stretch")
        return bound(seed.number_input, knob.label, low, high, default, step, **common)
    draw = st.number_input if knob.high == MAX_RANDOM_STATE else st.slider
    return bound(draw, knob.label, low, high, default, step, **common)


def _new_sample() -> None:
    seed = int(st.session_state["random_state"])
    st.session_state["random_state"] = seed + 1 if seed < MAX_RANDOM_STATE else 0


def _data_changed() -> None:
    """Another data set: λ starts where it is instructive there, and the number of rows suits it."""
    start_anew()
    entry = DATASETS.get(st.session_state["data"])
    if entry is not None:
        st.session_state["n_samples"] = entry.usual_samples
