"""What do all pages share? The frame around them: page table, side panel, sharing, errors in words.

A page calls `open_page` first (Streamlit may run any page as the very first of a fresh server), takes its Settings from
the side panel and mounts a live board. Widget key = Settings field = URL field, so the URL is the state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import streamlit as st

from regviz.core.csvdata import MAX_FEATURES, CsvError, Table, read_csv, to_data
from regviz.core.datasets import DATASETS, Data
from regviz.jobs import Job
from regviz.live.board import Axis
from regviz.live.component import share_link
from regviz.settings import AUTOMATIC, MAX_RANDOM_STATE, OWN_DATA, Knob, Knobs, NetworkSettings, Settings

K = TypeVar("K", bound=Knobs)

TAGLINE = "see what regularization does"


@dataclass(frozen=True)
class Page:
    """One entry of the page table: script, name, and the sentence under the name.

    Pages on the same `subject` have the same settings and sliders, which stay when the reader goes from one to another.
    """

    path: str
    title: str
    icon: str
    says: str
    subject: str = "data"
    settings: type[Knobs] = Settings


PAGES: tuple[Page, ...] = (
    Page(
        "app.py",
        "Compare",
        ":material/compare:",
        "Drag λ: **L1** switches weights off one by one, **L2** makes all of them small, your **mix** does both.",
    ),
    Page(
        "pages/geometry.py",
        "Geometry",
        ":material/pentagon:",
        "Why does **L1** give exact zeros and **L2** none? Drag the cross, λ, the ratio: every touch point is solved.",
        subject="geometry",
    ),
    Page(
        "pages/paths.py",
        "Paths",
        ":material/timeline:",
        "Follow every weight from λ = ∞ to 0: **L1** lets them in one by one, **L2** moves all of them together.",
    ),
    Page(
        "pages/choosing.py",
        "Choose λ",
        ":material/target:",
        "Which λ predicts best? Training error cannot say: let points that the fit has not seen decide.",
    ),
    Page(
        "pages/variance.py",
        "Bias & variance",
        ":material/scatter_plot:",
        "What would **another sample** have given? With more λ the fits scatter less, and miss the truth more.",
    ),
    Page(
        "pages/outliers.py",
        "Outliers",
        ":material/person_pin_circle:",
        "Drag the ringed point away. Which fits follow it? Look at the **loss**, not at the penalty.",
        subject="outliers",
    ),
    Page(
        "pages/network.py",
        "Network",
        ":material/hub:",
        "A small network trained under every λ. Drag λ, drag or play the epoch: **L1** cuts wires, **L2** thins them.",
        subject="network",
        settings=NetworkSettings,
    ),
    Page(
        "pages/weight_decay.py",
        "Weight decay",
        ":material/trending_down:",
        "Is L2 in the loss the same as weight decay? Under **SGD** yes, up to rounding; under **Adam** no.",
        subject="decay",
    ),
)

_STYLE = """<style>
  [data-testid="stMainBlockContainer"] { padding: 3.8rem 2rem 3rem; max-width: 1500px; }
  [data-testid="stMainBlockContainer"] h1 { font-size: 1.6rem; padding: 0; }
  [data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0.6rem; }
  [data-testid="stSidebarHeader"] { height: 2.6rem; }
  [data-testid="stWidgetLabel"][disabled] { color: inherit; opacity: 0.75; }
  [data-stale="true"] { opacity: 1 !important; transition: none !important; }
  @media (max-width: 700px) {
    [data-testid="stMainBlockContainer"] { padding: 3.8rem 0.8rem 2rem; }
    [data-testid="stMainBlockContainer"] h1 { font-size: 1.35rem; }
  }
</style>"""


def open_page(path: str) -> Page:
    """Page config, looks, navigation and title; every page starts with this. Also mends a bad URL, in words."""
    page = next(page for page in PAGES if page.path == path)
    st.set_page_config(
        page_title=f"{page.title} · RegViz: {TAGLINE}",
        page_icon=str(Path(__file__).with_name("icon.svg")),
        layout="wide",
        menu_items={"About": f"**RegViz**: {TAGLINE}. Every picture is the exact solution of its problem."},
    )
    st.html(_STYLE)
    _mend_url(page.settings)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(f"RegViz · {page.title}", anchor=False, width="content")
        with st.popover("Share", icon=":material/share:", on_change="rerun", key="share_open") as share:
            if share.open:
                _share()
    st.markdown(page.says)
    _navigation(page)
    _tell_of_url()
    return page


def _tell_of_url() -> None:
    told = st.session_state["url_told"] = st.session_state.pop("url_problems", [])
    for problem in told:
        st.warning(_plain(problem), icon=":material/link_off:")


def run_again() -> None:
    """Run the page once more at once; what the visitor was told of the link stays."""
    st.session_state["url_problems"] = st.session_state.get("url_told", [])
    st.rerun()


def _navigation(page: Page) -> None:
    """Links to all pages; each opens where its subject was left."""
    left: dict[str, dict[str, str]] = st.session_state.setdefault("left_at", {})
    left[page.subject] = st.query_params.to_dict()
    with st.sidebar:
        for entry in PAGES:
            query = left.get(entry.subject, {})
            st.page_link(entry.path, label=entry.title, icon=entry.icon, query_params=query)


@st.cache_resource(show_spinner=False)
def prepare() -> None:
    """Import scikit-learn behind the first picture, once a process: who then chooses real data need not wait for it."""

    def load() -> None:
        for module in ("sklearn.datasets", "sklearn.model_selection"):
            import_module(module)

    Thread(target=load, daemon=True).start()


# -- the URL is the state


def _mend_url(kind: type[Knobs]) -> None:
    """Once a session, before any widget is bound: replace what the URL has wrong by the nearest valid value."""
    if "url_mended" in st.session_state:
        return
    st.session_state["url_mended"] = True
    raw = {name: value for name, value in st.query_params.items() if name in kind.knobs()}
    settings, problems = kind.clean(raw)
    st.session_state["url_problems"] = problems
    right = {name: written(kind.knobs()[name], getattr(settings, name)) for name in raw}
    if right != raw:
        st.query_params.update(right)
        st.rerun()


def mend_position(axes: Iterable[Axis]) -> None:
    """Sliders whose position in the URL is not one they can have take the nearest.

    A link that is opened like that is told so, until something changes. Later it is only that another setting has
    another range.
    """
    first = "position_seen" not in st.session_state
    problems = []
    for axis in axes:
        raw = st.query_params.get(axis.name)
        if raw is not None and not axis.holds(raw):
            right = axis.text[axis.nearest(raw)]
            st.query_params[axis.name] = right
            low, high = axis.text[0], axis.text[-1]
            problems.append(f"{axis.label} ({axis.name}) must be {low} to {high}, got “{raw[:40]}”; using {right}.")
    now = st.query_params.to_dict()
    if first:
        st.session_state["position_told"] = (now, problems)
    st.session_state["position_seen"] = True
    when, told = st.session_state.get("position_told", (now, []))
    for problem in told if when == now else ():
        st.warning(_plain(problem), icon=":material/link_off:")


def receipt(make: Callable[[str], bytes]) -> None:
    """A button that downloads what `make` packs for the link of the present picture; packed when it is clicked."""
    link = _link()
    st.download_button(
        "Receipt",
        lambda: make(link),
        "regviz-receipt.zip",
        "application/zip",
        icon=":material/receipt_long:",
        on_click="ignore",
        help="The link, the seed, a Python script that makes these three fits anew, and the whole path as CSV.",
    )


def training_words(job: Job[Any], ahead: int, epochs: int) -> str:
    """How far a training is, or how many have to end before it begins."""
    if job.started is None:
        return f"Waiting for {ahead + 1} other training{'s' if ahead else ''} to end"
    left = job.seconds_left
    told = "" if left is None or left < 1 else f", about {left:.0f} s left"
    return f"Epoch {round(job.share * epochs)} of {epochs}{told}"


def stop_of(axes: Iterable[Axis]) -> dict[str, int]:
    """The stops at which the sliders stand, by axis name; the URL has them since the last release."""
    return {axis.name: axis.nearest(st.query_params.get(axis.name, axis.default_text)) for axis in axes}


def position(axes: Iterable[Axis]) -> dict[str, float]:
    """Where the sliders stand, by axis name; the URL has it since the last release."""
    stops = stop_of(axes)
    return {axis.name: float(axis.values[stops[axis.name]]) for axis in axes}


def records(name: str, subject: object) -> list[Any]:
    """A list that this visitor keeps adding to; another subject starts an empty one."""
    kept = st.session_state.get(f"{name}_records")
    if kept is None or kept[0] != subject:
        kept = st.session_state[f"{name}_records"] = (subject, [])
    held: list[Any] = kept[1]
    return held


def written(knob: Knob, value: Any) -> str:
    """A setting as Streamlit writes it into the URL: the words of a choice, else the plain value."""
    return knob.options[value] if knob.options else str(value).lower() if isinstance(value, bool) else str(value)


def _link() -> str:
    """The address of the present picture."""
    url = st.context.url or ""
    query = urlencode(st.query_params.to_dict())
    return f"{url}?{query}" if query else url


def _share() -> None:
    import segno

    link = _link()
    share_link()
    if len(link) < 2000:
        st.image(segno.make(link, error="m").svg_inline(scale=6, border=3, light="#ffffff"), width=280)
    else:
        st.caption(f"At {len(link):,} characters this link is too long for a QR code.")
    st.caption("Everyone who opens the link sees this picture, slider positions included.")
    if urlsplit(link).hostname in ("localhost", "127.0.0.1", "::1"):
        st.caption("This address works on this computer only: the README says how to let a class in.")
    if st.session_state.get("data") == OWN_DATA:
        st.caption("Your CSV stays with you: the link carries the settings, not the file.")


# -- side panel


_DATA_FIELDS = ("n_samples", "noise", "correlation", "random_state", "degree", "basis", "standardize", "validation")


def side_panel(more: tuple[str, ...] = ("match",)) -> tuple[Settings, Data | None]:
    """The data and `more` fields of Settings as widgets bound to their URL fields; the user's own rows if chosen.

    Widgets that do not apply stay, disabled: a widget that is not drawn would lose its value and its URL field.
    """
    with st.sidebar:
        data = _widget("data", on_change=_data_changed)
        entry = DATASETS.get(data)
        own = _own_data() if entry is None else None
        if entry is not None:
            st.caption(entry.description)
        elif own is None:
            st.session_state.setdefault("last_data", Settings.data)
            entry = DATASETS[st.session_state["last_data"]]
        takes = {
            "n_samples": own is None,
            "noise": entry is not None and entry.takes_noise,
            "correlation": entry is not None and entry.takes_correlation,
            "degree": getattr(entry, "domain", None) is not None,
            "basis": getattr(entry, "domain", None) is not None,
        }
        for name in (*_DATA_FIELDS, *more):
            _widget(name, disabled=not takes.get(name, True))
    settings = _chosen(Settings)
    if data == OWN_DATA and own is None:
        settings = replace(settings, data=st.session_state["last_data"])
    else:
        st.session_state["last_data"] = data if own is None else st.session_state.get("last_data", Settings.data)
    return settings, own


def few_settings(*names: str) -> Settings:
    """The named fields of Settings as widgets in the side panel; the others keep their defaults."""
    with st.sidebar:
        for name in names:
            _widget(name)
    return replace(Settings(), **{name: getattr(_chosen(Settings), name) for name in names})


def all_settings(kind: type[K]) -> K:
    """Every field of a kind of settings as a widget in the side panel."""
    with st.sidebar:
        for name in kind.knobs():
            _widget(name, kind)
    return _chosen(kind)


def _chosen(kind: type[K]) -> K:
    """All settings. Some have their widgets further down or on other pages: at first only the URL knows them."""
    told = {name: st.query_params.get(name, getattr(kind, name)) for name in kind.knobs()}
    settings, _ = kind.clean({name: st.session_state.get(name, value) for name, value in told.items()})
    return settings


def choose_weights(names: tuple[str, ...]) -> None:
    """The two weights of the constraint picture, by name, below the other settings."""
    with st.sidebar, st.expander("Weights of the constraint picture"):
        for name in ("weight_a", "weight_b"):
            knob = Settings.knobs()[name]
            other = st.session_state.get("weight_a") if name == "weight_b" else None
            options = [AUTOMATIC, *(option for option in names if option != other)]
            if st.session_state.get(name, AUTOMATIC) not in options:
                st.session_state[name] = AUTOMATIC
            st.selectbox(knob.label, options, help=knob.help, key=name, bind="query-params")


def _widget(name: str, kind: type[Knobs] = Settings, **kwargs: Any) -> Any:
    """The widget of one field of settings: choices, a switch, a number to type or a slider."""
    knob = kind.knobs()[name]
    default = getattr(kind, name)
    common = {"help": knob.help, "key": name, "bind": "query-params", **kwargs}
    if knob.options:
        options = list(knob.options)
        at = options.index(default)
        if max(map(len, knob.options.values())) > 25:  # a select box would cut them off
            return st.radio(knob.label, options, at, format_func=knob.options.__getitem__, **common)
        return st.selectbox(knob.label, options, at, format_func=knob.options.__getitem__, **common)
    if isinstance(default, bool):
        return st.toggle(knob.label, default, **common)
    low, high, step = (type(default)(value) for value in (knob.low, knob.high, knob.step))
    if name == "random_state":
        seed, again = st.columns([3, 2], vertical_alignment="bottom", gap="small")
        again.button("New", on_click=_new_sample, help="Another sample: the next seed", width="stretch")
        return seed.number_input(knob.label, low, high, default, step, **common)
    if knob.high == MAX_RANDOM_STATE:
        return st.number_input(knob.label, low, high, default, step, **common)
    return st.slider(knob.label, low, high, default, step, **common)


def _new_sample() -> None:
    seed = int(st.session_state["random_state"])
    st.session_state["random_state"] = seed + 1 if seed < Settings.knobs()["random_state"].high else 0


def _data_changed() -> None:
    """Another data set: λ starts where it is instructive there, and the number of rows suits it."""
    _start_anew()
    entry = DATASETS.get(st.session_state["data"])
    if entry is not None:
        st.session_state["n_samples"] = entry.usual_samples


def _start_anew() -> None:
    """λ stands where it is instructive for these data, not where it was for others."""
    for name in ("alpha", "factor"):
        if name in st.query_params:
            del st.query_params[name]


# -- the user's own CSV


def _own_data() -> Data | None:
    """Upload, choose target and features. A file that cannot be used gets a sentence; the last good one stays."""
    upload = st.file_uploader("Your CSV", type=["csv", "tsv", "txt"], help="Up to 5 MB; numbers under a line of names.")
    if upload is not None and st.session_state.get("own_upload") != upload.file_id:
        try:
            st.session_state["own_table"] = read_csv(upload.getvalue(), upload.name)
            st.session_state["own_problem"] = ""
            _start_anew()
        except CsvError as error:
            st.session_state["own_problem"] = str(error)
        st.session_state["own_upload"] = upload.file_id
    if st.session_state.get("own_problem"):
        st.error(_plain(st.session_state["own_problem"]), icon=":material/error:")
    table: Table | None = st.session_state.get("own_table")
    if table is None:
        st.info("Upload a CSV file to see it; until then the last picture stays.", icon=":material/upload_file:")
        return None
    key = hash(table.names)  # another file starts with its own defaults
    names = list(table.names)
    target = st.selectbox(
        "Target (what to predict)",
        names,
        names.index(table.default_target),
        key=f"target_{key}",
        on_change=_start_anew,
    )
    others = [name for name in names if name != target]
    chosen = st.multiselect(
        "Features",
        others,
        [name for name in table.default_features(target) if name in others],
        key=f"features_{key}_{target}",
        help=f"1 to {MAX_FEATURES} columns.",
    )
    choice = (st.session_state.get("own_upload"), target, tuple(chosen))
    if st.session_state.get("own_choice") != choice:  # 20,000 rows are not read again for every rerun
        try:
            st.session_state["own_data"] = to_data(table, target, chosen)
            st.session_state["own_choice"], st.session_state["own_refusal"] = choice, ""
        except CsvError as error:
            st.session_state["own_refusal"] = str(error)
    elif st.session_state.get("own_refusal"):
        st.session_state["own_refusal"] = ""  # back to the last choice that was well
    if st.session_state.get("own_refusal"):
        st.error(_plain(st.session_state["own_refusal"]), icon=":material/error:")
    data: Data | None = st.session_state.get("own_data")
    for note in data.notes if data is not None else ():
        st.caption(_plain(note))
    return data


def _plain(text: str) -> str:
    """Text from a file, so that Markdown shows it as it is."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()<>#+-.!|$:~^" else sign for sign in text)


def fingerprint(own: Data | None) -> str:
    """A key for caching by the content of the user's rows; empty without any."""
    if own is None:
        return ""
    if st.session_state.get("own_fingerprint", (None,))[0] is own:
        return str(st.session_state["own_fingerprint"][1])
    digest = hashlib.sha256(own.X.tobytes() + own.y.tobytes())
    digest.update(repr((own.feature_names, own.target_name)).encode())
    st.session_state["own_fingerprint"] = (own, digest.hexdigest())
    return digest.hexdigest()
