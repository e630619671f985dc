"""Is each piece of work done once, a few at a time, and only while somebody waits for it?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from regviz.jobs import Job, Report, Room


def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something that has to happen."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


class Gate:
    """Work that goes on reporting until it is let go; it counts how many run."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.started: list[str] = []
        self.running = 0
        self.most = 0
        self.lock = threading.Lock()

    def work(self, name: str) -> Callable[[Report[str]], str]:
        def run(report: Report[str]) -> str:
            with self.lock:
                self.started.append(name)
                self.running += 1
                self.most = max(self.most, self.running)
            try:
                share = 0.0
                while not self.open.is_set():
                    share = min(share + 0.01, 0.9)
                    if not report(share, lambda: f"{name}, half done"):
                        return f"{name}, given up"
                    time.sleep(0.005)
                return name
            finally:
                with self.lock:
                    self.running -= 1

        return run


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open.set()  # no thread outlives its test


def test_work_that_is_asked_for_twice_is_done_once(gate: Gate) -> None:
    room: Room[str] = Room()
    first = room.ask("a", gate.work("a"))
    assert room.ask("a", gate.work("other")) is first
    until(lambda: first.share > 0)
    assert first.so_far() == "a, half done"
    assert not first.done.is_set()
    gate.open.set()
    assert first.done.wait(5)
    assert first.result == first.so_far() == "a"
    again = room.ask("a", gate.work("other"))
    assert again is first
    assert gate.started == ["a"]


def test_few_run_at_once_and_the_others_wait_in_order(gate: Gate) -> None:
    room: Room[str] = Room(n_running=2)
    jobs: list[Job[str]] = []
    for name in "abcde":
        jobs.append(room.ask(name, gate.work(name)))
        time.sleep(0.02)
    until(lambda: gate.running == 2)
    assert [room.ahead(job) for job in jobs] == [0, 0, 0, 1, 2]
    assert [job.started is None for job in jobs] == [False, False, True, True, True]
    gate.open.set()
    assert all(job.done.wait(5) for job in jobs)
    assert [job.result for job in jobs] == list("abcde")
    assert gate.most <= 2
    assert gate.started == list("abcde")


def test_what_nobody_waits_for_is_given_up_and_can_be_asked_again(gate: Gate) -> None:
    room: Room[str] = Room(n_running=1, patience=0.1)
    running, queued = room.ask("a", gate.work("a")), room.ask("b", gate.work("b"))
    assert running.done.wait(5)
    assert running.result is None
    assert queued.done.wait(5)
    assert queued.result is None
    gate.open.set()
    again = room.ask("a", gate.work("a"))
    assert again is not running
    assert again.done.wait(5)
    assert again.result == "a"


def test_who_looks_again_keeps_it_going(gate: Gate) -> None:
    room: Room[str] = Room(patience=0.15)
    job = room.ask("a", gate.work("a"))
    for _ in range(8):
        time.sleep(0.05)
        assert room.ask("a", gate.work("a")) is job
    assert not job.done.is_set()
    gate.open.set()
    assert job.done.wait(5)
    assert job.result == "a"


def test_an_error_reaches_who_waits_and_is_not_kept() -> None:
    def fail(report: Report[str]) -> str:
        raise ValueError("epochs must be 1 to 5000, got 0")

    room: Room[str] = Room()
    job = room.ask("a", fail)
    assert job.done.wait(5)
    assert str(job.error) == "epochs must be 1 to 5000, got 0"
    assert job.so_far() is None
    again = room.ask("a", lambda report: "well")
    assert again.done.wait(5)
    assert again.result == "well"
    assert again.error is None


def test_only_the_last_results_are_kept() -> None:
    room: Room[str] = Room(n_kept=3)
    made = []

    def work(name: str) -> Callable[[Report[str]], str]:
        def run(report: Report[str]) -> str:
            made.append(name)
            return name

        return run

    for name in "abcdef":
        assert room.ask(name, work(name)).done.wait(5)
    assert room.ask("f", work("f")).result == "f"
    assert made == list("abcdef")
    assert room.ask("a", work("a")).done.wait(5)
    assert made == [*"abcdef", "a"], "the first was forgotten"


def test_the_time_left_follows_the_pace() -> None:
    job: Job[str] = Job()
    assert job.seconds_left is None
    job.started, job.share = time.monotonic() - 3.0, 0.75
    assert job.seconds_left == pytest.approx(1.0, abs=0.05)
