"""What do all pages share? The frame around them: page table, side panel, sharing, errors in words.

A page calls `open_page` first (Streamlit may run any page as the very first of a fresh server), takes its settings from
the side panel and mounts a live board. Widget key = settings field = URL field, so the URL is the state.

Every page has its own class of settings. Names of settings, sliders and switches share one URL: pages on one `subject`
hand it on to each other, others never do, and whoever comes to another page is shown what the address says.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from regviz.core.csvdata import MAX_FEATURES, CsvError, Table, read_csv, to_data
from regviz.core.datasets import DATASETS, Data
from regviz.jobs import Job
from regviz.live.board import Axis
from regviz.live.component import share_link
from regviz.settings import (
    AUTOMATIC,
    MAX_RANDOM_STATE,
    OWN_DATA,
    ChoosingSettings,
    CompareSettings,
    DataSettings,
    Knob,
    Knobs,
    NetworkSettings,
    NoSettings,
    PathsSettings,
    SampleSettings,
    Settings,
    shown,
)

K = TypeVar("K", bound=Knobs)
T = TypeVar("T")

TAGLINE = "see what regularization does"
ABOUT = (
    f"**RegViz**: {TAGLINE}. Fits and touch points are solved, not sketched: Compare and Geometry also say "
    "by how much the optimality conditions are missed. Networks are trained step by step, and shown at the epoch or "
    "step of the slider, finished or not."
)


@dataclass(frozen=True)
class Page:
    """One entry of the page table: script, name, the sentence under the name, and just the settings that it has.

    What pages on the same `subject` share, settings and sliders, stays when the reader goes from one to another.
    """

    path: str
    title: str
    icon: str
    says: str
    settings: type[Knobs]
    subject: str = "data"


PAGES: tuple[Page, ...] = (
    Page(
        "app.py",
        "Compare",
        ":material/compare:",
        "Drag λ: **L1** switches weights off, **L2** makes them small and keeps them, your **mix** lies in between.",
        CompareSettings,
    ),
    Page(
        "pages/geometry.py",
        "Geometry",
        ":material/pentagon:",
        "Why does **L1** so often give exact zeros, and **L2** hardly ever? Drag the cross, λ, the ratio: every touch "
        "point is solved.",
        NoSettings,
        subject="geometry",
    ),
    Page(
        "pages/paths.py",
        "Paths",
        ":material/timeline:",
        "Follow every weight from the largest λ to 0: **L1** lets them in one by one, **L2** moves them all.",
        PathsSettings,
    ),
    Page(
        "pages/choosing.py",
        "Choose λ",
        ":material/target:",
        "Which λ predicts best? Training error cannot say: let points that the fit has not seen decide.",
        ChoosingSettings,
    ),
    Page(
        "pages/variance.py",
        "Bias & variance",
        ":material/scatter_plot:",
        "What would **another sample** have given? As a rule, with more λ the fits scatter less, and their "
        "mean misses the truth by more.",
        DataSettings,
    ),
    Page(
        "pages/outliers.py",
        "Outliers",
        ":material/person_pin_circle:",
        "Drag the ringed point away. Which fits follow it? Look at the **loss**, not at the penalty.",
        SampleSettings,
        subject="outliers",
    ),
    Page(
        "pages/network.py",
        "Network",
        ":material/hub:",
        "A small network trained under every λ. Drag λ, drag or play the epoch: which wires does **L1** cut, and which "
        "does **L2** thin?",
        NetworkSettings,
        subject="network",
    ),
    Page(
        "pages/weight_decay.py",
        "Weight decay",
        ":material/trending_down:",
        "Is L2 in the loss the same as weight decay? Under **SGD** yes, up to rounding; under **Adam** no.",
        SampleSettings,
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
        menu_items={"About": ABOUT},
    )
    st.html(_STYLE)
    _arrive(page)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(f"RegViz · {page.title}", anchor=False, width="content")
        with st.popover("Share", icon=":material/share:", on_change="rerun", key="share_open") as share:
            if share.open:
                _share(page)
    st.markdown(page.says)
    _navigation(page)
    _tell_of_url()
    return page


def _tell_of_url() -> None:
    told = st.session_state["url_told"] = st.session_state.pop("url_problems", [])
    for problem in told:
        st.warning(_plain(problem), icon=":material/link_off:")


def tell(notes: Iterable[str]) -> None:
    """What a reader must know of the data; a note may hold names of the reader's own columns."""
    for note in notes:
        st.info(_plain(note), icon=":material/info:")


def run_again() -> None:
    """Run the page once more at once; what the visitor was told of the link stays."""
    st.session_state["url_problems"] = st.session_state.get("url_told", [])
    st.rerun()


def _navigation(page: Page) -> None:
    """Links to all pages; each opens where its subject was left."""
    left = _remember(page)
    with st.sidebar:
        for entry in PAGES:
            query = left.get(entry.subject, {})
            if entry.subject == page.subject and entry is not page:  # the browser adds the fields of its widgets itself
                query = {name: value for name, value in query.items() if name not in page.settings.knobs()}
            st.page_link(entry.path, label=entry.title, icon=entry.icon, query_params=query)


def _remember(page: Page) -> dict[str, dict[str, str]]:
    """The address at which each subject was left, this page's among them."""
    left: dict[str, dict[str, str]] = st.session_state.setdefault("left_at", {})
    left[page.subject] = st.query_params.to_dict()
    return left


@st.cache_resource(show_spinner=False)
def prepare() -> None:
    """Import scikit-learn behind the first picture, once a process: who then chooses real data need not wait for it."""

    def load() -> None:
        for module in ("sklearn.datasets", "sklearn.model_selection"):
            import_module(module)

    Thread(target=load, daemon=True).start()


# -- the URL is the state


def _arrive(page: Page) -> None:
    """Coming to a page, before any widget: only the address counts, and what it has wrong is mended.

    Streamlit hands what a widget held to the widget of the same name on another page, which may have another range, and
    a link to another page takes along the fields of the widgets that are left behind. Here pages share what the links
    of `_navigation` carry, and nothing else.
    """
    before = st.session_state.get("page")
    if before == page.path:
        return
    st.session_state["page"] = page.path
    query = st.query_params.to_dict()
    if before is not None:
        for name in {name for other in PAGES for name in other.settings.knobs()}:
            st.session_state.pop(name, None)
        if not _through_history():
            query = st.session_state["left_at"].get(page.subject, {})
    knobs = page.settings.knobs()
    raw = {name: value for name, value in query.items() if name in knobs}
    settings, problems = page.settings.clean(raw)
    st.session_state["url_problems"] = problems if before is None else []  # of a link, not of a step back
    right = {name: knobs[name].written(getattr(settings, name)) for name in raw}
    wrong = {name: right[name] for name in raw if not _reads_alike(raw[name], right[name])}
    query = query | wrong
    if query != st.query_params.to_dict() or any(len(st.query_params.get_all(name)) > 1 for name in query):
        st.query_params.from_dict(query)
        st.rerun()


def _through_history() -> bool:
    """Whether the reader has gone back or forward: then the browser's address is right as it is."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _reads_alike(one: str, other: str) -> bool:
    """The same text, or the same number."""
    try:
        return float(one) == float(other)
    except ValueError:
        return one == other


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
    _remember(next(page for page in PAGES if page.path == st.session_state["page"]))
    _tell_of_link("position", problems)


def _tell_of_link(what: str, problems: list[str]) -> None:
    """What was wrong with the link that a visit began with; it stands there until something changes."""
    now = st.query_params.to_dict()
    told = st.session_state.setdefault("link_told", {})
    if what not in told:
        told[what] = (now, problems)
    for problem in told[what][1] if told[what][0] == now else ():
        st.warning(_plain(problem), icon=":material/link_off:")


def receipt(make: Callable[[str], bytes]) -> None:
    """A button that downloads what `make` packs for the link of the present picture; packed when it is clicked."""
    query = st.query_params.to_dict()
    if st.session_state.get("data") == OWN_DATA and st.session_state.get("own_data") is None:
        query["data"] = DataSettings.knobs()["data"].written(_stand_in())
    link = _link(query)
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


def _link(query: Mapping[str, str]) -> str:
    """The address of a picture of this page."""
    url = st.context.url or ""
    return f"{url}?{urlencode(query)}" if query else url


def _share(page: Page) -> None:
    import segno

    link = _link(st.query_params.to_dict())
    share_link()
    if len(link) < 2000:
        st.image(segno.make(link, error="m").svg_inline(scale=6, border=3, light="#ffffff"), width=280)
    else:
        st.caption(f"At {len(link):,} characters this link is too long for a QR code.")
    if "data" in page.settings.knobs() and st.session_state.get("data") == OWN_DATA:
        st.caption(
            "The link carries the settings and slider positions, not a file: your CSV stays with you. Who opens the "
            f"link sees the data set {DATASETS[DataSettings.data].label} until they upload a file."
        )
    else:
        st.caption("Everyone who opens the link sees this picture, slider positions included.")
    if urlsplit(link).hostname in ("localhost", "127.0.0.1", "::1"):
        st.caption("This address works on this computer only: the README says how to let a class in.")


# -- side panel


_DATA_FIELDS = ("n_samples", "noise", "correlation", "random_state", "degree", "basis", "standardize", "validation")


def side_panel(kind: type[DataSettings], more: tuple[str, ...] = ()) -> tuple[Settings, Data | None]:
    """The data and `more` fields of a page's settings as widgets, and the user's own rows if chosen.

    Widgets that do not apply stay, disabled. Without a file the last other data set stands in for the user's.
    """
    with st.sidebar:
        data = _widget("data", kind, on_change=_data_changed)
        entry = DATASETS.get(data)
        own = _own_data() if entry is None else None
        if entry is not None:
            st.session_state["last_data"] = data
            st.caption(entry.description)
        elif own is None:
            entry = DATASETS[_stand_in()]
            st.info(f"Until a file of yours can be used, the data are: {entry.label}.", icon=":material/upload_file:")
        chosen = _chosen(kind)
        takes = {
            "n_samples": own is None,
            "noise": entry is not None and entry.takes_noise,
            "correlation": entry is not None and entry.takes_correlation,
            "degree": getattr(entry, "domain", None) is not None,
            "basis": getattr(entry, "domain", None) is not None,
            "n_splits": getattr(chosen, "match", "cv") == "cv",
        }
        for name in (*_DATA_FIELDS, *more):
            _widget(name, kind, disabled=not takes.get(name, True))
    told = {name: value for name, value in asdict(_chosen(kind)).items() if name in Settings.knobs()}
    settings = Settings(**told)
    return (replace(settings, data=_stand_in()) if data == OWN_DATA and own is None else settings), own


def _stand_in() -> str:
    """The data set that is shown while there is no file of the user's."""
    return str(st.session_state.get("last_data", DataSettings.data))


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
            knob = CompareSettings.knobs()[name]
            other = st.session_state.get("weight_a") if name == "weight_b" else None
            options = [AUTOMATIC, *(option for option in names if option != other)]
            raw = st.query_params.get(name, AUTOMATIC)
            if raw not in options:
                problem = f"must be the name of a feature{', another than Across' if raw in names else ''}"
                problems.append(f"{knob.label} ({name}) {problem}, got “{shown(raw)}”; using {AUTOMATIC}.")
            if st.session_state.get(name, AUTOMATIC) not in options:
                st.session_state[name] = AUTOMATIC
            _bound(name, knob, AUTOMATIC, st.selectbox, knob.label, options, help=knob.help)
    _tell_of_link("weights", problems if "link_told" not in st.session_state else [])


def switch(name: str, kind: type[Knobs]) -> bool:
    """The widget of a field of settings that is true or false, where the page stands."""
    return bool(_widget(name, kind))


def _bound(name: str, knob: Knob, default: Any, draw: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """A widget whose value is the URL field `name`.

    The binding is undone at once on the server, which needs it for nothing more than to take the field out of the
    address as soon as a page without the widget, or with another of the same name, is opened.

    Every release of a slider is a step in the browser's history, and after such a step Streamlit gives each widget the
    value that the address has. Where the widget has it already that is left out: it would undo what the reader changes
    before the answer is back.
    """
    context = get_script_run_ctx()
    stepped = _through_history()
    if context is not None and stepped and name in st.session_state:
        now = knob.written(st.session_state[name])
        if _reads_alike(st.query_params.get(name, knob.written(default)), now):
            context.is_history_navigation = False
            with context.session_state.query_params() as query:
                query._initial_query_params.pop(name, None)
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
            st.session_state["own_table_id"] = upload.file_id
            st.session_state["own_problem"] = ""
            _start_anew()
        except CsvError as error:
            st.session_state["own_problem"] = str(error)
        st.session_state["own_upload"] = upload.file_id
    refused = ""
    if upload is not None and st.session_state.get("own_problem"):
        refused = f"{upload.name} is not used. {st.session_state['own_problem']}"
        st.error(_plain(refused), icon=":material/error:")
    table: Table | None = st.session_state.get("own_table")
    if table is None:
        return None
    whose = st.empty()  # before anything else is said of them
    for note in table.notes:
        st.caption(_plain(note))
    key = hash((st.session_state["own_table_id"], table.names))  # another file starts with its own defaults
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
    choice = (st.session_state["own_table_id"], target, tuple(chosen))
    if st.session_state.get("own_choice") != choice:  # 20,000 rows are not read again for every rerun
        try:
            st.session_state["own_data"] = to_data(table, target, chosen)
            st.session_state["own_choice"], st.session_state["own_refusal"] = choice, ""
        except CsvError as error:
            st.session_state["own_refusal"] = str(error)
    elif st.session_state.get("own_refusal"):
        st.session_state["own_refusal"] = ""  # back to the last choice that was well
    refusal = st.session_state.get("own_refusal", "")
    if refusal:
        st.error(_plain(refusal), icon=":material/error:")
    data: Data | None = st.session_state.get("own_data")
    if data is not None:
        for note in data.notes:
            if note not in table.notes:
                st.caption(_plain(note))
        whose.caption(_plain(_whose(data, still=bool(refused or refusal))))
    return data


def _whose(data: Data, still: bool) -> str:
    """Which file and columns the user's rows are; `still`, if the last file or choice was refused."""
    features = f"{len(data.feature_names)} feature{'s' if len(data.feature_names) > 1 else ''}"
    what = f"{data.label}: {data.n_samples} rows, {data.target_name} from {features}."
    return f"The data are still those of {what}" if still else f"The data are those of {what}"


_TRANSFORMED = re.compile(r"(?<=[:@])(?=\S)|(?<=[-<>=~])(?=[-=>])|(?<=[wW]{3})(?=\.)")


def _plain(text: str) -> str:
    """Text from a file or a URL, so that Markdown shows it as it is.

    All its signs are escaped. What is looked for after that (addresses, icons, arrows) is broken by a joiner, which has
    no width.
    """
    broken = _TRANSFORMED.sub("\u2060", text)
    return "".join(f"\\{sign}" if sign in string.punctuation else sign for sign in broken)


def fingerprint(own: Data | None) -> str:
    """A key for caching by the content of the user's rows; empty without any."""
    if own is None:
        return ""
    if st.session_state.get("own_fingerprint", (None,))[0] is not own:
        st.session_state["own_fingerprint"] = (own, digest(own))
    return str(st.session_state["own_fingerprint"][1])


def digest(data: Data) -> str:
    """The same for the same data only: all that a `Data` holds goes in."""
    found = hashlib.sha256()
    for field in fields(data):
        value = getattr(data, field.name)
        array = hasattr(value, "tobytes")
        held = value.tobytes() if array else repr(value).encode()
        found.update(repr((field.name, value.shape if array else "", len(held))).encode() + held)
    return found.hexdigest()
