"""Does a room do each piece of work once, a few at a time, and only while somebody waits?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from regviz.frame.jobs import Job, Report, Room
from regviz.scenes.network.page import training_words

SOON = 5.0  # seconds that nothing here should take


def until(true: Callable[[], object], waited: str) -> None:
    """Wait for it."""
    end = time.monotonic() + SOON
    while not true():
        assert time.monotonic() < end, waited
        time.sleep(0.005)


class Work:
    """Work that goes on until it is let go; it counts how often it runs, and how many run at once."""

    running = 0
    most = 0
    lock = threading.Lock()

    def __init__(self, result: Any = "result") -> None:
        self.result, self.go, self.runs, self.stopped = result, Event(), 0, False

    def __call__(self, report: Report[Any]) -> Any:
        with Work.lock:
            Work.running += 1
            Work.most = max(Work.most, Work.running)
        self.runs += 1
        try:
            while not self.go.wait(0.005):
                if not report(0.5, lambda: "half"):
                    self.stopped = True
                    return "half"
            if isinstance(self.result, Exception):
                raise self.result
            report(1.0, lambda: self.result)
            return self.result
        finally:
            with Work.lock:
                Work.running -= 1


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Any:
    before = threading.active_count()
    Work.most = 0
    yield
    until(lambda: threading.active_count() <= before, "all threads end")
    assert Work.running == 0


def keep_asking(room: Room[Any], key: Any, work: Work, job: Job[Any]) -> None:
    """Ask as a page does until the job is done."""
    end = time.monotonic() + SOON
    while not job.done.wait(0.02):
        assert room.ask(key, work) is job
        assert time.monotonic() < end


def test_many_askers_are_given_one_run_and_one_result() -> None:
    room, work = Room[Any](), Work()
    found: list[Job[Any]] = []
    askers = [threading.Thread(target=lambda: found.append(room.ask("key", work))) for _ in range(30)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    until(lambda: found[0].share == 0.5, "a report")
    assert found[0].so_far() == "half"
    assert found[0].seconds_left is not None
    work.go.set()
    assert found[0].done.wait(SOON)
    assert len({id(job) for job in found}) == 1
    assert found[0].so_far() == "result"
    assert room.ask("key", work) is found[0]
    assert work.runs == 1, "kept"


def test_a_few_at_a_time_in_the_order_in_which_they_were_asked() -> None:
    room = Room[Any](n_running=2)
    works = [Work(k) for k in range(6)]
    jobs = []
    for k, work in enumerate(works):
        jobs.append(room.ask(k, work))
        if k < 2:
            until(lambda k=k: works[k].runs, "the first two begin")
    assert [room.ahead(job) for job in jobs] == [0, 0, 0, 1, 2, 3]
    assert [job.started is None for job in jobs] == [False, False, True, True, True, True]
    assert jobs[2].so_far() is None
    assert jobs[2].seconds_left is None
    for k in range(6):
        works[k].go.set()
        assert jobs[k].done.wait(SOON)
        if k + 2 < 6:
            until(lambda k=k: works[k + 2].runs, "the next begins")
            assert not any(work.runs for work in works[k + 3 :])
    assert [job.result for job in jobs] == list(range(6))
    assert Work.most == 2


def test_what_nobody_waits_for_is_given_up_and_can_be_asked_again() -> None:
    room, work = Room[Any](patience=0.1), Work()
    job = room.ask("key", work)
    until(lambda: work.stopped, "given up")
    assert job.done.wait(SOON)
    assert job.result is None
    assert job.error is None
    work.go.set()
    again = room.ask("key", work)
    assert again is not job
    keep_asking(room, "key", work, again)
    assert again.result == "result"


def test_who_comes_while_a_job_is_being_given_up_gets_a_whole_result() -> None:
    """Half a result is nobody's result, though it was computed to its end while somebody asked."""
    room, drawing = Room[Any](patience=0.1), Event()
    seen = Event()

    def work(report: Report[Any]) -> Any:
        while report(0.5, lambda: "half"):
            time.sleep(0.005)
        seen.set()
        drawing.wait(SOON)  # the half is drawn
        return "half"

    first = room.ask("key", work)
    assert seen.wait(SOON)
    whole = Work("whole")
    whole.go.set()
    second = room.ask("key", whole)
    drawing.set()
    assert first.done.wait(SOON)
    keep_asking(room, "key", whole, second)
    assert first.result is None
    assert second.result == "whole"
    assert room.ask("key", whole) is second


def test_who_goes_on_asking_is_not_given_up() -> None:
    room, work = Room[Any](patience=0.15), Work()
    job = room.ask("key", work)
    for _ in range(20):
        time.sleep(0.02)
        assert room.ask("key", work) is job
    work.go.set()
    keep_asking(room, "key", work, job)
    assert job.result == "result"
    assert work.runs == 1


def test_one_that_waits_in_the_queue_is_given_up_and_blocks_nobody() -> None:
    room = Room[Any](n_running=1, patience=0.3)
    first, second, third = Work(1), Work(2), Work(3)
    job = room.ask(1, first)
    until(lambda: first.runs, "the first begins")
    gone = room.ask(2, second)
    last = room.ask(3, third)
    assert room.ahead(last) == 1
    end = time.monotonic() + SOON
    while not gone.done.is_set():  # the others go on asking
        assert room.ask(1, first) is job
        assert room.ask(3, third) is last
        assert time.monotonic() < end
        time.sleep(0.02)
    assert room.ahead(last) == 0
    first.go.set()
    third.go.set()
    keep_asking(room, 3, third, last)
    assert last.result == 3
    assert second.runs == 0


def test_an_error_reaches_all_who_ask_soon_and_is_not_kept() -> None:
    room, work = Room[Any](patience=0.2), Work(ValueError("no"))
    job = room.ask("key", work)
    work.go.set()
    assert job.done.wait(SOON)
    assert isinstance(job.error, ValueError)
    assert room.ask("key", work) is job, "who asks a moment later is told too"
    assert work.runs == 1
    time.sleep(0.3)
    work.result = "well"
    again = room.ask("key", work)
    assert again is not job
    keep_asking(room, "key", work, again)
    assert again.result == "well"


def test_an_error_frees_its_place() -> None:
    room = Room[Any](n_running=1)
    bad, good = Work(ValueError("no")), Work("good")
    bad.go.set()
    good.go.set()
    room.ask(1, bad)
    job = room.ask(2, good)
    assert job.done.wait(SOON)
    assert job.result == "good"


def test_the_results_last_used_are_kept() -> None:
    room, works = Room[Any](n_kept=3), [Work(k) for k in range(6)]
    for k, work in enumerate(works):
        work.go.set()
        job = room.ask(k, work)
        assert job.done.wait(SOON)
        assert job.result == k
        first = room.ask(0, works[0])  # used again and again
        assert first.done.wait(SOON)
    for k in (5, 4, 0):
        room.ask(k, works[k])
    assert [work.runs for work in works] == [1] * 6
    assert room.ask(1, works[1]).done.wait(SOON)
    assert works[1].runs == 2


def test_no_memory_of_what_was_on_the_way() -> None:
    """The last report of a training holds all of it."""
    room, work = Room[Any](), Work()
    job = room.ask("key", work)
    work.go.set()
    assert job.done.wait(SOON)
    assert job._so_far is None


@pytest.mark.parametrize(
    ("share", "spent", "left"), [(0.25, 10.0, 30.0), (0.5, 8.0, 8.0), (0.75, 6.0, 2.0), (1.0, 5.0, 0.0)]
)
def test_the_time_left_is_that_of_the_rest_at_the_present_pace(
    monkeypatch: pytest.MonkeyPatch, share: float, spent: float, left: float
) -> None:
    """A quarter has taken 10 s: the other three take 30."""
    job: Job[Any] = Job()
    assert job.seconds_left is None, "it queues"
    job.started = 100.0
    assert job.seconds_left is None, "no pace yet"
    job.share = share
    monkeypatch.setattr(time, "monotonic", lambda: 100.0 + spent)
    assert job.seconds_left == pytest.approx(left)
    told = training_words(job, 0, 1000)
    assert told == f"Epoch {1000 * share:.0f} of 1000" + (f", about {left:.0f} s left" if left >= 1 else "")


def test_the_time_in_the_queue_is_not_counted() -> None:
    """The pace is that of the work: it starts when the work does."""
    room = Room[Any](n_running=1)
    first, second = Work(1), Work(2)
    room.ask(1, first)
    until(lambda: first.runs, "the first begins")
    job = room.ask(2, second)
    assert training_words(job, room.ahead(job), 1000) == "Waiting for 1 other training to end"
    third = room.ask(3, second)
    assert training_words(third, room.ahead(third), 1000) == "Waiting for 2 other trainings to end"
    time.sleep(0.3)
    asked = time.monotonic()
    first.go.set()
    until(lambda: job.share, "a report")
    assert job.started is not None
    assert job.started >= asked
    left = job.seconds_left
    assert left is not None
    assert left <= time.monotonic() - asked
    second.go.set()
    for waiting in (job, third):
        assert waiting.done.wait(SOON)
