"""Follows a run: what is new in its journal, and whether its process is there and answers.

    look()   reads what is new, and now and then looks after the process: it may wait for a disk
    take()   folds what a look has brought into `state`: quick, touches no disk
    poll()   both

A program that must not wait calls `look` in a thread and `take` in another. Each look's `News` is
handed over whole, and `state` belongs to whoever takes: nothing is shared, nothing is locked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from fitstudio.actions.launchers import launcher_of, processes
from fitstudio.actions.run import run_ending
from fitstudio.journal import (
    BatchHistoryReader,
    Event,
    EventType,
    JournalReader,
    RunState,
    fold,
    read_all,
)
from fitstudio.project.paths import RunPaths

_LOOK_AFTER_S = 2.0
# A worker sends a heartbeat every two seconds, from a thread that no batch can hold up.
NOT_ANSWERING_S = 20.0


@dataclass(frozen=True, slots=True)
class News:
    """What one look has brought.

    Attributes:
        events: What has happened since the look before.
        losses: The losses of single batches since then, as they stand in `batches.f32`.
        state: The state that all events so far lead to, where the journal was read from its
            beginning: at the first look, and when it was put back from a backup. What was known
            before is to be forgotten then, and `events` is empty.
    """

    events: list[Event] = field(default_factory=list)
    losses: bytes = b""
    state: RunState | None = None

    def __bool__(self) -> bool:
        return bool(self.events or self.losses or self.state is not None)


class RunFollower:
    """Keeps a run's state up to date; `poll` it as often as you like.

    Args:
        paths: The run; its files may not be there yet.
        looks_after: Whether the end of a process that is gone without a word is noted.
        with_losses: Whether the loss of every batch is read as well.
        steady: The steady clock.

    Attributes:
        state: The state so far.
        missing: The folder is gone: somebody has moved or removed it.
    """

    def __init__(
        self,
        paths: RunPaths,
        *,
        looks_after: bool = True,
        with_losses: bool = False,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self.paths = paths
        self.state = RunState()
        self.missing = False
        self._looks_after = looks_after
        self._with_losses = with_losses
        self._steady = steady
        self._reader = JournalReader(paths.journal, newest_batches=True)
        self._history = BatchHistoryReader(paths.batches)
        self._restarts: int | None = None
        self._running = True
        self._has_process = not looks_after
        self._looked_after: float | None = None
        self._last_event_at = steady()

    @property
    def not_answering_s(self) -> float | None:
        """For how long the process has been there without a word; None if it answers.

        It hangs, or the machine is too busy for it: wait, or end its process.
        """
        silent = self._steady() - self._last_event_at
        if silent < NOT_ANSWERING_S or not self.state.running or not self.state.attempts:
            return None
        return silent if self._has_process else None

    def poll(self) -> RunState:
        """Takes in what is new; now and then also looks whether the process is still there.

        Raises:
            OSError: If the folder cannot be read at the moment (a network drive went away).
        """
        return self.take(self.look())

    def look(self) -> News:
        """Reads what is new. Nothing is lost where it raises: the next look brings it.

        Raises:
            OSError: If the folder cannot be read at the moment (a network drive went away).
        """
        events = self._reader.read_new()
        anew = self._reader.restarts != self._restarts
        if anew:
            self._restarts = self._reader.restarts
            self._history = BatchHistoryReader(self.paths.batches)
        state = fold(events, with_gaps=True) if anew else None
        self._running = _runs_after(events, self._running) if state is None else state.running
        if events:
            self._last_event_at = self._steady()
        ended = self._look_after() if self._is_due() else []
        if state is not None:
            fold(ended, state, with_gaps=True)
        return News([*events, *ended] if state is None else [], self._new_losses(), state)

    def take(self, news: News) -> RunState:
        """Takes in what a look has brought."""
        if news.state is not None:
            self.state = news.state
        self.take_events(news.events)
        return self.state

    def take_events(self, events: Iterable[Event]) -> None:
        """Takes in some of the events of a look: a long list may be taken piece by piece."""
        fold(events, self.state, with_gaps=True)

    def _new_losses(self) -> bytes:
        if not self._with_losses:
            return b""
        try:
            return self._history.read_new_bytes()
        except OSError:
            return b""  # the folder went away in between: the next look says so

    def _is_due(self) -> bool:
        now = self._steady()
        if self._looked_after is not None and now - self._looked_after < _LOOK_AFTER_S:
            return False
        self._looked_after = now
        return True

    def _look_after(self) -> list[Event]:
        """Notes the run's end if its process is gone; what that adds to the journal."""
        self.missing = not self.paths.folder.is_dir()
        if not self._looks_after:
            return []
        processes.reap()
        self._has_process = launcher_of(self.paths).is_alive(self.paths)
        if self._has_process or self.missing or not self._running:
            return []
        try:
            state = fold(read_all(self.paths.journal))
        except OSError:
            return []  # the folder went away in between: the next look says so
        try:
            noted = run_ending.note_if_gone(self.paths, state)
            ended = self._reader.read_new() if noted else []
        except OSError:
            # A folder for reading only: say so here, and leave the file as it is.
            ended = [run_ending.end_of_gone(self.paths, state)]
        self._running = _runs_after(ended, self._running)
        return ended


def _runs_after(events: list[Event], before: bool) -> bool:
    """Whether the run goes on after these events, as the fold would tell."""
    for event in reversed(events):
        if event.type == EventType.RUN_ENDED:
            return False
        if event.type == EventType.RUN_STARTED or event.fields.get("code") == "worker.starting":
            return True
    return before
