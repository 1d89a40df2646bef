"""Follows a run: what is new in its journal, and whether its process still answers."""

from __future__ import annotations

import time

from fitstudio.actions import processes, run_ending
from fitstudio.journal import JournalReader, RunState, fold
from fitstudio.project.lock import run_holder
from fitstudio.project.paths import RunPaths

_LOOK_AFTER_S = 2.0
# A worker sends a pulse every two seconds, from a thread that no batch can hold up.
NOT_ANSWERING_S = 20.0


class RunWatcher:
    """Keeps a run's state up to date; `poll` it as often as you like.

    Args:
        paths: The run.

    Attributes:
        state: The state so far.
        missing: The folder is gone: somebody has moved or removed it.
    """

    def __init__(self, paths: RunPaths) -> None:
        self.paths = paths
        self.missing = False
        self._reader = JournalReader(paths.journal)
        self._restarts = 0
        self._looked_after = 0.0
        self._heard = time.monotonic()
        self.state = RunState()

    @property
    def not_answering_s(self) -> float | None:
        """For how long the process has been there without a word; None if it answers.

        It hangs, or the machine is too busy for it: wait, or end its process.
        """
        silent = time.monotonic() - self._heard
        if silent < NOT_ANSWERING_S or not self.state.running or not self.state.attempts:
            return None
        return silent if run_holder(self.paths.folder) is not None else None

    def poll(self) -> RunState:
        """Takes in what is new; now and then also looks whether the process is still there.

        Raises:
            OSError: If the folder cannot be read at the moment (a network drive went away).
        """
        events = self._reader.read_new()
        if self._reader.restarts != self._restarts:
            self._restarts = self._reader.restarts
            self.state = RunState()
        if events:
            self._heard = time.monotonic()
            fold(events, self.state)
        now = time.monotonic()
        if now - self._looked_after >= _LOOK_AFTER_S:
            self._looked_after = now
            self._look_after()
        return self.state

    def _look_after(self) -> None:
        processes.reap()
        self.missing = not self.paths.folder.is_dir()
        if self.missing or not self.state.running:
            return
        if run_ending.settle(self.paths, self.state) is not self.state:
            fold(self._reader.read_new(), self.state)
