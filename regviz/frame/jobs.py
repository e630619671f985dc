"""Who computes what, when many ask for long work at once? Each piece once, a few at a time, for all who wait for it.

A `Room` lets at most `n_running` threads work; further jobs queue. A job whose askers have all gone is given up: who
waits for one asks for it again and again, sooner than after `patience` seconds.
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
        self.ended: float | None = None
        self.done = Event()
        self._so_far: Callable[[], T] | None = None

    def touch(self) -> None:
        """Somebody still waits for it."""
        self.seen = time.monotonic()

    def so_far(self) -> T | None:
        """The result, or what there is of it."""
        so_far = self._so_far  # until there is a result, even if that comes just now
        return self.result if so_far is None else so_far()

    @property
    def seconds_left(self) -> float | None:
        """At the present pace; None before there is one."""
        if self.started is None or self.share <= 0:
            return None
        return (time.monotonic() - self.started) * (1 - self.share) / self.share


class Room(Generic[T]):
    """Jobs by key. Finished ones are kept, the `n_kept` last used; `patience` in seconds.

    An error is told for `patience` seconds to all who ask; then the work is tried anew.
    """

    def __init__(self, n_running: int = 2, n_kept: int = 16, patience: float = 10.0) -> None:
        self.n_running, self.n_kept, self.patience = n_running, n_kept, patience
        self._jobs: OrderedDict[Hashable, Job[T]] = OrderedDict()
        self._queue: list[Job[T]] = []
        self._running = 0
        self._changed = Condition()

    def ask(self, key: Hashable, work: Callable[[Report[T]], T]) -> Job[T]:
        """The job of this key; it is started, or queued, if there is none. `work` gets a function to report to."""
        with self._changed:
            job = self._jobs.get(key)
            if job is None or (job.error is not None and job.ended is not None and self._is_long_ago(job.ended)):
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
                if self._given_up(key, job):
                    self._queue.remove(job)
                    self._end(job)
                    return
            self._queue.pop(0)
            self._running += 1
            self._changed.notify_all()
        job.started = time.monotonic()

        def report(share: float, so_far: Callable[[], T]) -> bool:
            job.share, job._so_far = share, so_far
            time.sleep(0)  # lets those who serve sliders and pages have their turn
            with self._changed:
                return not self._given_up(key, job)

        result: T | None = None
        error: Exception | None = None
        try:
            result = work(report)
        except Exception as problem:  # it belongs to those who wait
            error = problem
        with self._changed:
            self._running -= 1
            if self._jobs.get(key) is job:  # what was given up is half a result
                job.result, job.error = result, error
            self._end(job)

    def _given_up(self, key: Hashable, job: Job[T]) -> bool:
        """Whether nobody waits any more; from then on, who asks gets another job."""
        if self._jobs.get(key) is job and self._is_long_ago(job.seen):
            del self._jobs[key]
        return self._jobs.get(key) is not job

    def _is_long_ago(self, when: float) -> bool:
        return time.monotonic() - when > self.patience

    def _end(self, job: Job[T]) -> None:
        job.ended = time.monotonic()
        job._so_far = None  # it holds on to all that was computed
        job.done.set()
        self._changed.notify_all()
