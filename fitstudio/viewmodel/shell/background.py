"""Work that would make the window wait, done in threads; its outcome comes back to the window.

    window's thread                      a thread of the pool
    ───────────────                      ────────────────────
    run(work, done, failed)   ───────►   value = work(job)
    done(value) or failed(error)  ◄───   post(…)

Only the window's thread touches widgets and view models. How a call gets back to it is the
toolkit's matter: the window hands in `post`. Without a window (tests) calls wait in a queue until
`deliver` is called.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fitstudio.errors import FitStudioError
from fitstudio.words import say

_log = logging.getLogger(__name__)
_THREADS = 4

Value = TypeVar("Value")
Post = Callable[[Callable[[], None]], None]


@dataclass(eq=False)
class Job:
    """One piece of work under way.

    Attributes:
        cancelled: Set by `cancel`; long work looks at it. The outcome of cancelled work is dropped.
    """

    cancelled: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Asks the work to stop, and drops its outcome."""
        self.cancelled.set()


class Background:
    """A small pool of threads, and the way back from them.

    Args:
        post: Called in a thread of the pool with a function that the window's thread is to call.
    """

    def __init__(self, post: Post | None = None) -> None:
        self._waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._post: Post = post or self._waiting.put
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="fitstudio-background")
        self._latest: dict[str, Job] = {}

    def run(
        self,
        work: Callable[[Job], Value],
        done: Callable[[Value], None] | None = None,
        failed: Callable[[FitStudioError], None] | None = None,
        *,
        replaces: str | None = None,
    ) -> Job:
        """Does `work` in a thread and hands its value to `done` in the window's thread.

        Args:
            work: Gets the job, so that long work can look whether it was cancelled.
            done: Called with the value.
            failed: Called with the error; an error that is none of ours is wrapped in one.
            replaces: A name; work that was started before under the same name is cancelled.
        """
        job = Job()
        if replaces is not None:
            previous = self._latest.get(replaces)
            if previous is not None:
                previous.cancel()
            self._latest[replaces] = job
        self._pool.submit(self._do, job, work, done, failed)
        return job

    def post(self, call: Callable[[], None]) -> None:
        """Has the window's thread call something soon; safe from any thread (progress)."""
        self._post(call)

    def deliver(self, timeout_s: float | None = None) -> bool:
        """Makes one waiting call, where no window takes them; False if none came in time."""
        try:
            call = self._waiting.get(timeout=timeout_s)
        except queue.Empty:
            return False
        call()
        return True

    def close(self) -> None:
        """Cancels what is waiting; work under way ends by itself and its outcome is dropped."""
        for job in self._latest.values():
            job.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _do(
        self,
        job: Job,
        work: Callable[[Job], Any],
        done: Callable[[Any], None] | None,
        failed: Callable[[FitStudioError], None] | None,
    ) -> None:
        if job.cancelled.is_set():
            return
        try:
            value = work(job)
        except FitStudioError as problem:
            self._hand_back(job, failed or _log_problem, problem)
        except Exception as problem:
            _log.exception("background work failed")
            wrapped = FitStudioError(
                say("Something went wrong inside FitStudio."),
                code="internal",
                safe=say("Your project is as it was."),
                details=f"{type(problem).__name__}: {problem}",
            )
            self._hand_back(job, failed or _log_problem, wrapped)
        else:
            if done is not None:
                self._hand_back(job, done, value)

    def _hand_back(self, job: Job, receiver: Callable[[Any], None], value: Any) -> None:
        def deliver() -> None:
            # Asked again at the last moment: a newer request may have come in the meantime.
            if not job.cancelled.is_set():
                receiver(value)

        self._post(deliver)


def _log_problem(problem: FitStudioError) -> None:
    _log.error("%s (%s) %s", problem, problem.code, problem.details or "")
