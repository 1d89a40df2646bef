"""The states of runs, kept while they are under way: asking again costs only what is new.

A window lists its runs every second. The journal of a run that has been trained for a night holds a
few hundred thousand lines; going through all of them each time would take longer than a second.
"""

from __future__ import annotations

import copy
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

from fitstudio.actions.run.following import RunFollower
from fitstudio.journal import RunState
from fitstudio.project.paths import RunPaths


@dataclass
class _Followed:
    follower: RunFollower
    lock: threading.Lock = field(default_factory=threading.Lock)

    def update(self) -> RunState:
        """The state as of now, as a copy that nobody changes."""
        with self.lock:
            return _copy(self.follower.poll())


_followed: dict[Path, _Followed] = {}
_lock = threading.Lock()


def state_of(paths: RunPaths) -> RunState:
    """A run's state as its journal tells it now; the caller may keep and change it.

    Raises:
        OSError: If the journal is there and cannot be read.
    """
    with _lock:
        followed = _followed.setdefault(
            paths.folder, _Followed(RunFollower(paths, looks_after=False))
        )
    state = followed.update()
    if not state.running:
        # It has ended: its summary is kept beside it, and a resume is followed from the beginning.
        with _lock:
            _followed.pop(paths.folder, None)
    return state


def _copy(state: RunState) -> RunState:
    """A copy that shares only what is never changed (rows, messages, events' fields)."""
    copied = copy.copy(state)
    copied.epochs = list(state.epochs)
    copied.repeated = list(state.repeated)
    copied.trims = list(state.trims)
    copied.batch_points = list(state.batch_points)
    copied.early_stoppings = [replace(watch) for watch in state.early_stoppings]
    copied.watch = None if state.watch is None else replace(state.watch)
    copied.acknowledged = set(state.acknowledged)
    copied.messages = state.messages.copy()
    copied.checkpoints = dict(state.checkpoints)
    copied.heartbeats = state.heartbeats.copy()
    return copied
