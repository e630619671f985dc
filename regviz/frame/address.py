"""How does the address carry the state?

Widget key = settings field = URL field. Every page has its own class of settings. Names of settings, sliders and
switches share one URL: pages on one `subject` hand it on to each other, others never do, and whoever comes to another
page is shown what the address says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from regviz.frame import session
from regviz.frame.scene import Scene
from regviz.frame.words import plain
from regviz.live.board import Axis
from regviz.live.modules import beside
from regviz.settings import shown


def arrive(scene: Scene, scenes: Iterable[Scene]) -> None:
    """Coming to a page, before any widget: only the address counts, and what it has wrong is mended.

    Streamlit hands what a widget held to the widget of the same name on another page, which may have another range, and
    a link to another page takes along the fields of the widgets that are left behind. Here pages share what the links
    to all pages carry, and nothing else.
    """
    before = st.session_state.get(session.PAGE)
    if before == scene.path:
        return
    st.session_state[session.PAGE], st.session_state[session.SUBJECT] = scene.path, scene.subject
    query = st.query_params.to_dict()
    if before is not None:
        for name in {name for other in scenes for name in other.settings.knobs()}:
            st.session_state.pop(name, None)
        if not through_history():
            query = st.session_state[session.LEFT_AT].get(scene.subject, {})
    knobs = scene.settings.knobs()
    raw = {name: value for name, value in query.items() if name in knobs}
    settings, problems = scene.settings.clean(raw)
    st.session_state[session.URL_PROBLEMS] = problems if before is None else []  # of a link, not of a step back
    right = {name: knobs[name].written(getattr(settings, name)) for name in raw}
    wrong = {name: right[name] for name in raw if not reads_alike(raw[name], right[name])}
    query = query | wrong
    if query != st.query_params.to_dict() or any(len(st.query_params.get_all(name)) > 1 for name in query):
        st.query_params.from_dict(query)
        st.rerun()


def read_words(scene: Scene) -> None:
    """Old links have the words of a choice: the server takes them for its slug, as the browser does at once."""
    context = get_script_run_ctx()
    if context is None:
        return
    with context.session_state.query_params() as query:
        for name, knob in scene.settings.knobs().items():
            for slug, words in knob.options.items():
                if query.get_all(name) == [words] != [slug]:
                    query.set_with_no_forward_msg(name, slug)


def through_history() -> bool:
    """Whether the reader has gone back or forward: then the browser's address is right as it is."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def keep_slugs(scene: Scene) -> None:
    """From here on the browser's address never has the words of a choice of this page, but its slug.

    Streamlit's widgets write themselves into the address at the moment of a change, with the words that they show.
    That moment is the right one (an answer of the server may come after the next release of a slider, and would undo
    it), so the words are replaced in the browser as they are written, and so are those of an old link.
    """
    slugs = {
        f"{name}={words}": f"{name}={slug}"
        for name, knob in scene.settings.knobs().items()
        for slug, words in knob.options.items()
        if words != slug
    }
    if slugs:
        st.components.v2.component("regviz_slugs", js=beside(__file__, "slugs.js"))(
            key=session.SLUGS, data={"slugs": slugs}
        )


def reads_alike(one: str, other: str) -> bool:
    """The same text, or the same number."""
    try:
        return float(one) == float(other)
    except ValueError:
        return one == other


def remember() -> dict[str, dict[str, str]]:
    """The address at which each subject was left, this page's among them."""
    left: dict[str, dict[str, str]] = st.session_state.setdefault(session.LEFT_AT, {})
    left[st.session_state[session.SUBJECT]] = st.query_params.to_dict()
    return left


def tell_of_url() -> None:
    told = st.session_state[session.URL_TOLD] = st.session_state.pop(session.URL_PROBLEMS, [])
    for problem in told:
        st.warning(plain(problem), icon=":material/link_off:")


def tell_of_link(what: str, problems: list[str]) -> None:
    """What was wrong with the link that a visit began with; it stands there until something changes."""
    now = st.query_params.to_dict()
    told = st.session_state.setdefault(session.LINK_TOLD, {})
    if what not in told:
        told[what] = (now, problems)
    for problem in told[what][1] if told[what][0] == now else ():
        st.warning(plain(problem), icon=":material/link_off:")


def run_again() -> None:
    """Run the page once more at once; what the visitor was told of the link stays."""
    st.session_state[session.URL_PROBLEMS] = st.session_state.get(session.URL_TOLD, [])
    st.rerun()


def mend_position(axes: Iterable[Axis]) -> None:
    """Sliders whose position in the URL is not one they can have take the nearest.

    A link that is opened like that is told so, until something changes. Later it is only that another setting has
    another range.
    """
    problems = []
    for axis in axes:
        raw = st.query_params.get(axis.name)
        if raw is not None and not axis.holds(raw):
            right = axis.text[axis.nearest(raw)]
            st.query_params[axis.name] = right
            low, high = axis.text[0], axis.text[-1]
            problems.append(f"{axis.label} ({axis.name}) must be {low} to {high}, got “{shown(raw)}”; using {right}.")
    remember()
    tell_of_link("position", problems)


def stop_of(axes: Iterable[Axis]) -> dict[str, int]:
    """The stops at which the sliders stand, by axis name; the URL has them since the last release."""
    return {axis.name: axis.nearest(st.query_params.get(axis.name, axis.default_text)) for axis in axes}


def position(axes: Iterable[Axis]) -> dict[str, float]:
    """Where the sliders stand, by axis name; the URL has it since the last release."""
    stops = stop_of(axes)
    return {axis.name: float(axis.values[stops[axis.name]]) for axis in axes}


def link(query: Mapping[str, str]) -> str:
    """The address of a picture of this page."""
    url = st.context.url or ""
    return f"{url}?{urlencode(query)}" if query else url


def start_anew() -> None:
    """λ stands where it is instructive for these data, not where it was for others."""
    for name in ("alpha", "factor"):
        if name in st.query_params:
            del st.query_params[name]
