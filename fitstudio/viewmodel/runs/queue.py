"""What the Runs page knows of the queue: runs that wait their turn, with their settings frozen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from psygnal import Signal

from fitstudio.actions import queue
from fitstudio.actions.queue import ItemState
from fitstudio.project import Project
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say


@dataclass(frozen=True)
class WaitingRun:
    """One line of the queue.

    Attributes:
        id: Its mark in the queue.
        name: What the run will be called.
        place: From 1; what waits first begins first.
        problem: Why it could not be trained, in words; None while it waits.
        can_go: Whether it can be taken out of the queue; an entry without a mark cannot.
    """

    id: str
    name: str
    place: int
    problem: str | None = None
    can_go: bool = True


class WaitingRuns:
    """The queue of the open project; its file is read and written in the background.

    Args:
        session: The open project.
    """

    changed = Signal()

    def __init__(self, session: ProjectSession) -> None:
        self._session = session
        self.runs: tuple[WaitingRun, ...] = ()
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
            lambda job: _read(project), self._on_read, replaces=f"queue {id(self)}"
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

    def _on_read(self, found: tuple[WaitingRun, ...]) -> None:
        if found != self.runs:
            self.runs = found
            self.changed.emit()


def _read(project: Project) -> tuple[WaitingRun, ...]:
    """What the queue holds; what cannot be read of it stands there with the reason."""
    problem = queue.problem(project.paths)
    if problem is not None:
        return (WaitingRun("", project.paths.queue.name, 0, problem.message, can_go=False),)
    items = queue.list_items(project)
    waiting = [item for item in items if item.state is ItemState.WAITING]
    # A run that never came to be has no folder in which anybody would find the reason.
    stranded = [item for item in items if item.state is ItemState.FAILED and item.run is None]
    return (
        *(WaitingRun(item.id, item.name, place) for place, item in enumerate(waiting, start=1)),
        *(WaitingRun(item.id, item.name, 0, item.problem) for item in stranded),
        *_unreadable(project),
    )


def _unreadable(project: Project) -> Iterator[WaitingRun]:
    file = project.paths.queue.name
    reason = say("An entry of {file} that cannot be read, and is left as it is.", file=file)
    marks = [queue.marked_as(entry) for entry in queue.unreadable(project.paths)]
    for mark in sorted({mark for mark in marks if mark is not None}):
        yield WaitingRun(mark, mark, 0, reason)
    if None in marks:
        yield WaitingRun("", file, 0, reason, can_go=False)
