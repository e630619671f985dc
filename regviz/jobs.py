"""Who computes what, when many ask for long work at once? Each piece once, a few at a time, for all who wait for it.

A `Room` starts at most `n_running` threads that work; further jobs queue. A job whose askers have all gone is given up.
Nothing in this file knows of networks or of Streamlit.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Condition, Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")
Report = Callable[[float, Callable[[], T]], bool]  # (share done, what there is so far) -> whether to go on


class Job(Generic[T]):
    """One piece of work: `share` of it is done; `so_far()` is what there is, None before the first report."""

    def __init__(self) -> None:
        self.share = 0.0
        self.started: float | None = None  # None while it queues
        self.seen = time.monotonic()
        self.result: T | None = None
        self.error: Exception | None = None
        self.done = Event()
        self._so_far: Callable[[], T] | None = None

    def touch(self) -> None:
        """Somebody still waits for it."""
        self.seen = time.monotonic()

    def so_far(self) -> T | None:
        """The result, or what there is of it."""
        if self.result is not None:
            return self.result
        return None if self._so_far is None else self._so_far()

    @property
    def seconds_left(self) -> float | None:
        """At the present pace; None before there is one."""
        if self.started is None or self.share <= 0:
            return None
        return (time.monotonic() - self.started) * (1 - self.share) / self.share


class Room(Generic[T]):
    """Jobs by key. Finished ones are kept, the `n_kept` last used; `patience` in seconds."""

    def __init__(self, n_running: int = 2, n_kept: int = 16, patience: float = 4.0) -> None:
        self.n_running, self.n_kept, self.patience = n_running, n_kept, patience
        self._jobs: OrderedDict[Hashable, Job[T]] = OrderedDict()
        self._queue: list[Job[T]] = []
        self._running = 0
        self._changed = Condition()

    def ask(self, key: Hashable, work: Callable[[Report[T]], T]) -> Job[T]:
        """The job of this key; it is started, or queued, if there is none. `work` gets a function to report to."""
        with self._changed:
            job = self._jobs.get(key)
            if job is None:
                job = self._jobs[key] = Job()
                self._queue.append(job)
                Thread(target=self._run, args=(key, job, work), daemon=True).start()
            job.touch()
            self._jobs.move_to_end(key)
            finished = [name for name, other in self._jobs.items() if other.done.is_set()]
            for name in finished[: max(0, len(finished) - self.n_kept)]:
                del self._jobs[name]
            return job

    def ahead(self, job: Job[T]) -> int:
        """How many jobs wait in front of it."""
        with self._changed:
            return self._queue.index(job) if job in self._queue else 0

    def _run(self, key: Hashable, job: Job[T], work: Callable[[Report[T]], T]) -> None:
        with self._changed:
            while self._queue[0] is not job or self._running >= self.n_running:
                self._changed.wait(timeout=0.5)
                if self._given_up(job):
                    self._queue.remove(job)
                    self._forget(key, job)
                    return
            self._queue.pop(0)
            self._running += 1
            self._changed.notify_all()
        job.started = time.monotonic()

        def report(share: float, so_far: Callable[[], T]) -> bool:
            job.share, job._so_far = share, so_far
            time.sleep(0)  # lets those who serve sliders and pages have their turn
            return not self._given_up(job)

        try:
            result = work(report)
            if not self._given_up(job):
                job.result = result
        except Exception as error:  # it belongs to those who wait
            job.error = error
        with self._changed:
            self._running -= 1
            if job.result is None:
                self._forget(key, job)
            self._changed.notify_all()
        job.done.set()

    def _given_up(self, job: Job[T]) -> bool:
        return time.monotonic() - job.seen > self.patience

    def _forget(self, key: Hashable, job: Job[T]) -> None:
        """What has no result is computed anew when it is asked for again."""
        if self._jobs.get(key) is job:
            del self._jobs[key]
        job.done.set()
        self._changed.notify_all()
