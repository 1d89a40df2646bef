"""Holds the training up while the disk is full or away, until it takes a file or the run stops."""

from __future__ import annotations

from collections.abc import Callable

from fitstudio.errors import StorageError
from fitstudio.journal import EventType, Journal
from fitstudio.words import say
from fitstudio.worker.watching.requests import Requests, StopRun

_RETRY_S = 2.0
# What passes: a full disk, a network drive that is away, a file that another program has open.
_PASSING = ("storage.full", "storage.gone", "storage.busy")


class DiskWait:
    """Waits for the disk in the training thread.

    Args:
        journal: Told that the run waits, and that it goes on.
        requests: What the person wants, who may stop a run that waits.
    """

    def __init__(self, journal: Journal, requests: Requests) -> None:
        self._journal = journal
        self._requests = requests

    def carry_out(self, write: Callable[[], None], *, what: str) -> None:
        """Writes something, now or when the disk takes it.

        Args:
            write: Writes it whole, or raises and leaves nothing.
            what: What it is, for the sentence: "the file of ModelCheckpoint".

        Raises:
            StorageError: If waiting cannot help.
            StopRun: If the person stops the run meanwhile.
        """

        def attempt() -> StorageError | None:
            try:
                write()
            except StorageError as problem:
                if problem.code not in _PASSING:
                    raise
                return problem
            return None

        problem = attempt()
        if problem is not None:
            done = say(
                "{what}{what_2} is written and the run goes on.",
                what=what[:1].upper(),
                what_2=what[1:],
            )
            self.until_done(attempt, problem, say("{what} could not be written.", what=what), done)

    def until_done(
        self,
        attempt: Callable[[], StorageError | None],
        problem: StorageError,
        sentence: str,
        done: str,
    ) -> None:
        """Tries again until it works.

        Args:
            attempt: Tries it; gives what was wrong, or None.
            problem: What was wrong with the first attempt.
            sentence: What could not be done.
            done: What is told afterwards.

        Raises:
            StopRun: If the person stops the run meanwhile.
        """
        self._tell(
            "warning",
            "paused",
            say(
                "The run waits: {sentence} {message} {remedy} The run then goes on by itself; "
                "nothing is lost.",
                sentence=sentence,
                message=problem.message,
                remedy=problem.remedy or "",
            ),
        )
        while True:
            self._requests.wait_for_change(_RETRY_S)
            if self._requests.stop in ("batch", "now"):
                raise StopRun(self._requests.stop_by)
            if attempt() is None:
                self._tell("info", "continued", done)
                return

    def _tell(self, level: str, code: str, sentence: str) -> None:
        self._journal.append(EventType.MESSAGE, level=level, code=code, sentence=sentence)
