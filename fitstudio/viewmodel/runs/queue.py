"""What the Runs page knows of the queue: runs that wait their turn, with their settings frozen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from psygnal import Signal

from fitstudio.actions import queue
from fitstudio.actions.queue import ItemState, QueueItem
from fitstudio.viewmodel.shell.session import ProjectSession


@dataclass(frozen=True)
class WaitingRun:
    """One line of the queue.

    Attributes:
        id: Its mark in the queue.
        name: What the run will be called.
        place: From 1; what waits first begins first.
        problem: Why it could not be trained, in words; None while it waits.
    """

    id: str
    name: str
    place: int
    problem: str | None = None


class WaitingRuns:
    """The queue of the open project; its file is read and written in the background.

    Args:
        session: The open project.

    Attributes:
        changed: Emitted when it is another queue.
        runs: What waits, in its order, then what could not be trained.
        unreadable: What to know of entries that cannot be read; empty where all can be.
    """

    changed = Signal()

    def __init__(self, session: ProjectSession) -> None:
        self._session = session
        self.runs: tuple[WaitingRun, ...] = ()
        self.unreadable = ""
        session.runs_changed.connect(self.refresh)
        session.queue_changed.connect(self.refresh)

    @property
    def cannot_change(self) -> str | None:
        """Why the queue cannot be changed here, or None."""
        return self._session.cannot_change

    def close(self) -> None:
        """Stops listening to the session."""
        self._session.runs_changed.disconnect(self.refresh, missing_ok=True)
        self._session.queue_changed.disconnect(self.refresh, missing_ok=True)

    def refresh(self) -> None:
        """Reads the queue; `changed` tells when it is another one."""
        project = self._session.project
        self._session.in_background(
            lambda job: (queue.list_items(project), queue.left_as_it_is(project.paths)),
            lambda found: self._on_items(*found),
            replaces=f"queue {id(self)}",
        )

    def remove(self, item: str) -> None:
        """Takes a run out of the queue."""
        self._change(lambda: queue.remove(self._session.project, item))

    def move(self, item: str, by: int) -> None:
        """Moves a waiting run by so many places; negative is to the front."""
        place = next((run.place for run in self.runs if run.id == item), None)
        if place is not None:
            self._change(lambda: queue.move(self._session.project, item, place - 1 + by))

    def _change(self, work: Callable[[], object]) -> None:
        self._session.in_background(lambda job: work(), lambda nothing: self.refresh())

    def _on_items(self, items: list[QueueItem], unreadable: str) -> None:
        waiting = [item for item in items if item.state is ItemState.WAITING]
        # A run that never came to be has no folder in which anybody would find the reason.
        stranded = [item for item in items if item.state is ItemState.FAILED and item.run is None]
        found = tuple(
            WaitingRun(item.id, item.name, place) for place, item in enumerate(waiting, start=1)
        ) + tuple(WaitingRun(item.id, item.name, 0, item.problem) for item in stranded)
        if (found, unreadable) != (self.runs, self.unreadable):
            self.runs, self.unreadable = found, unreadable
            self.changed.emit()
