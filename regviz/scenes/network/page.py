"""What happens on the page while a network trains, and after?"""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from regviz.core.nets.mlp import ACTIVATIONS
from regviz.core.nets.training import Progress, TrainingSweep
from regviz.frame import address, panel, session
from regviz.frame.jobs import Job, Report, Room
from regviz.frame.words import say
from regviz.live.board import Axis, payload
from regviz.live.component import live
from regviz.scenes.network.board import board, check_table, check_words, happened
from regviz.scenes.network.claims import WORDS
from regviz.scenes.network.settings import NetworkSettings
from regviz.scenes.network.sweep import Network, check_gradients, network, train_all

AT_ONCE = 6  # epochs in a picture of an unfinished training


@st.cache_resource(show_spinner=False)
def room() -> Room[tuple[TrainingSweep, Any]]:
    """Where all visitors' trainings run."""
    return Room()


def drawn(net: Network) -> tuple[Any, tuple[Axis, ...], str]:
    """Payload, axes, and what must be said."""
    shown = board(net)
    return payload(shown), shown.axes, happened(net)


def work(settings: NetworkSettings, report: Report[Any]) -> tuple[TrainingSweep, Any]:
    """Train, and draw."""

    def unfinished(progress: Progress) -> tuple[TrainingSweep, Any]:
        sweep = progress.sweep()
        return sweep, drawn(network(settings, sweep, AT_ONCE))

    def tell(progress: Progress) -> bool:
        return report(progress.epoch / progress.epochs, partial(unfinished, progress))

    sweep = train_all(settings, tell)
    return sweep, drawn(network(settings, sweep))


def picture(settings: NetworkSettings, stopped: Any, training: bool) -> None:
    """The picture, of a finished training or of what there is; runs again by itself while it trains."""
    if stopped is not None:
        found = stopped
        with st.container(horizontal=True, vertical_alignment="center"):
            told = f"Stopped after {stopped[0].completed} of {settings.epochs} epochs."
            st.info(told, icon=":material/stop_circle:")
            if st.button("Train to the end", icon=":material/play_arrow:"):
                del st.session_state[session.STOPPED]
                address.run_again()
    else:
        job = room().ask(settings, partial(work, settings))
        finished = job.done.wait(0 if job.share > 0 else 0.35)  # a picture at once, or in a moment a better one
        if finished == training:
            st.session_state[session.TRAINED] = settings if finished else None
            address.run_again()  # how often this runs by itself depends on it
        if job.error is not None:
            st.error(f"This training could not run: {job.error}", icon=":material/error:")
            return
        found = job.so_far()
        if not finished:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.progress(job.share, training_words(job, room().ahead(job), settings.epochs))
                if found is not None and st.button("Stop", icon=":material/stop:"):
                    st.session_state[session.STOPPED] = (settings, found)
                    address.run_again()
    if found is None:
        st.caption("The first picture comes with the first epochs.")
        return
    sweep, (sent, axes, told) = found
    if sweep.completed == settings.epochs:
        address.mend_position(axes)  # before that, the epoch of a link may be yet to come
    if told:
        st.warning(told, icon=":material/warning:")
    live(sent, key="network")
    if not training:
        check(settings, sweep, axes)


def check(settings: NetworkSettings, sweep: TrainingSweep, axes: tuple[Axis, ...]) -> None:
    """The button that compares backpropagation with central differences at the position of the sliders."""
    if st.button("Check the gradients here", icon=":material/rule:"):
        stop = address.stop_of(axes)
        checks = check_gradients(settings, sweep, stop["epoch"], stop["alpha"])
        st.dataframe(check_table(checks), hide_index=True, width="content")
        st.markdown(check_words(checks, ACTIVATIONS[settings.activation].label))


def training_words(job: Job[Any], ahead: int, epochs: int) -> str:
    """How far a training is, or how many have to end before it begins."""
    if job.started is None:
        return f"Waiting for {ahead + 1} other training{'s' if ahead else ''} to end"
    left = job.seconds_left
    told = "" if left is None or left < 1 else f", about {left:.0f} s left"
    return f"Epoch {round(job.share * epochs)} of {epochs}{told}"


def show() -> None:
    """The page, below its title."""
    settings = panel.all_settings(NetworkSettings)
    stopped = st.session_state.get(session.STOPPED)
    stopped = stopped[1] if stopped is not None and stopped[0] == settings else None
    training = stopped is None and st.session_state.get(session.TRAINED) != settings
    st.fragment(picture, run_every=0.5 if training else None)(settings, stopped, training)
    say(WORDS.markdown(settings))
