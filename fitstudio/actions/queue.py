"""The queue of a project: runs that wait their turn, with their settings frozen.

`queue.json` is the whole truth: waiting items in their order, then what became of earlier ones. A
small process of its own (`queue_process`) starts one run after another; it survives the window, and
whoever opens the project after a reboot starts it again with `start`. A run that fails is noted,
and the next one begins.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Any

from fitstudio.actions.launchers import processes
from fitstudio.actions.run.run_making import editing
from fitstudio.actions.run.run_names import title_of
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import ProjectError, RunError, SpecError, StorageError
from fitstudio.project import Project, ProjectPaths
from fitstudio.project.run_files import read_spec
from fitstudio.storage import atomic, checked, ops
from fitstudio.storage.checked import Count, MisfitError, Moment, Plain
from fitstudio.storage.file_lock import holder_of
from fitstudio.words import say

_FORMAT = 1
_KEPT_FINISHED = 100


class ItemState(StrEnum):
    """What has become of an item."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class QueueItem(Plain):
    """One run that waits, runs, or has been.

    Args:
        id: Its mark in the queue.
        name: What the run is (or will be) called.
        state: What has become of it.
        spec: What it is to do, as plain data, frozen when it was queued.
        created: When it was queued.
        run: The run's folder name, once it has one.
        attempts: How often its process was started.
        problem: Why it failed, in words.
        needs_bytes: Begin only when that much memory is free on the device.
    """

    id: str
    name: str
    state: ItemState = ItemState.WAITING
    spec: Mapping[str, Any] = field(repr=False)
    created: Moment = 0.0
    run: str | None = None
    attempts: Count = 0
    problem: str | None = None
    needs_bytes: Count | None = None


@dataclass(frozen=True)
class _QueueFile:
    items: list[Any]


def enqueue(
    project: Project,
    spec: RunSpec | None = None,
    *,
    name: str | None = None,
    needs_bytes: int | None = None,
) -> QueueItem:
    """Adds a run to the end of the queue; `start` sees to it that somebody works on it.

    Args:
        project: The project.
        spec: What is to be done, frozen from now on; the project's settings by default.
        name: What the run is called.
        needs_bytes: Wait until that much memory is free on the device (courtesy to others).

    Raises:
        StorageError: If it cannot be written.
        ProjectError: If the project could not be opened to be changed.
    """
    project.require_changeable()
    if needs_bytes is not None and needs_bytes < 0:
        raise ValueError(f"needs_bytes is 0 or more; not {needs_bytes}.")
    spec = spec or project.settings
    with editing(project.paths):
        items = read(project.paths)
        before = _spec_before(project.paths, items)
        differences = spec.differences(before) if before is not None else None
        item = QueueItem(
            id=_new_id(items, unreadable(project.paths)),
            name=str(name or spec.get("run.name") or title_of(spec, differences)),
            spec=spec.to_json(),
            created=round(time.time(), 3),
            needs_bytes=needs_bytes,
        )
        write(project.paths, [*items, item])
    return item


def list_items(project: Project) -> list[QueueItem]:
    """All items: what has been, what runs, what waits, in the order of the queue."""
    return read(project.paths)


def remove(project: Project, item_id: str) -> None:
    """Takes an item out of the queue, or what cannot be read; a run that was begun goes on.

    Raises:
        RunError: If there is no such item.
        StorageError: If it cannot be written.
        ProjectError: If the project could not be opened to be changed.
    """
    project.require_changeable()
    with editing(project.paths):
        items = read(project.paths)
        if all(item.id != item_id for item in items) and any(
            marked_as(each) == item_id for each in unreadable(project.paths)
        ):
            write(project.paths, items, without=item_id)
            return
        gone = _find(items, item_id)
        write(project.paths, [item for item in items if item is not gone])


def move(project: Project, item_id: str, place: int) -> None:
    """Moves a waiting item to another place among the waiting ones, counted from 0.

    Raises:
        RunError: If there is no such item, or it does not wait any more.
        StorageError: If it cannot be written.
        ProjectError: If the project could not be opened to be changed.
    """
    project.require_changeable()
    with editing(project.paths):
        items = read(project.paths)
        moved = _find(items, item_id)
        if moved.state is not ItemState.WAITING:
            raise RunError(
                say("{moved} does not wait any more.", moved=repr(moved.name)),
                code="queue.not-waiting",
                remedy=say("Only what waits can change its place."),
            )
        waiting = [item for item in items if item.state is ItemState.WAITING and item is not moved]
        waiting.insert(max(0, place), moved)
        write(
            project.paths,
            [item for item in items if item.state is not ItemState.WAITING] + waiting,
        )


def start(project: Project) -> bool:
    """Sees to it that a process works on the queue; whether one is needed.

    Called when something was queued, and when a project is opened: after a reboot that is what
    brings the queue back to life.

    Raises:
        ProjectError: If the project could not be opened to be changed.
    """
    project.require_changeable()
    items = read(project.paths)
    if not any(item.state in (ItemState.WAITING, ItemState.RUNNING) for item in items):
        return False
    if holder_of(project.paths.queue_lock) is not None:
        return True
    log = ops.open_log(project.paths.queue_log, anew=True)
    try:
        processes.start_detached(processes.queue_command(str(project.folder)), log=log)
    finally:
        ops.current().close(log)
    return True


def read(paths: ProjectPaths) -> list[QueueItem]:
    """The items as they stand in the file; one that cannot be read is left out, and kept there."""
    try:
        return _entries(paths)[0]
    except StorageError:
        return []


def unreadable(paths: ProjectPaths) -> list[Any]:
    """What stands in the queue and is no item, as a later version or a slip of the pen leaves it.

    It is never started, and stays in the file as it is.
    """
    try:
        return _entries(paths)[1]
    except StorageError:
        return []


def marked_as(entry: Any) -> str | None:
    """The mark of an entry that is no item, if it has one."""
    mark = entry.get("id") if isinstance(entry, dict) else None
    return mark if isinstance(mark, str) else None


def problem(paths: ProjectPaths) -> StorageError | None:
    """What is wrong with the queue's file as a whole; None where there is none, or it can be read.

    A queue that cannot be read is not empty: what waits in it is started by nobody.
    """
    try:
        if os.path.lexists(paths.queue):
            checked.read(paths.queue, _QueueFile)
    except StorageError as problem:
        return problem
    return None


def write(paths: ProjectPaths, items: list[QueueItem], *, without: str | None = None) -> None:
    """Writes the items; of those that are over only the latest are kept. Hold `editing`.

    What is no item stays behind the others. A file that is no queue at all is put aside under
    another name first: it may hold what somebody wants back.

    Args:
        paths: The project.
        items: The items.
        without: The mark of an entry that is no item, and is to go.

    Raises:
        StorageError: If it cannot be written, or what is there cannot be read; the queue is as it
            was.
    """
    foreign: list[Any] = []
    if os.path.lexists(paths.queue):
        try:
            foreign = _entries(paths)[1]
        except StorageError as problem:
            if problem.code != "storage.damaged":
                raise
            _put_aside(paths.queue)
    over = [item for item in items if item.state in (ItemState.DONE, ItemState.FAILED)]
    dropped = over[:-_KEPT_FINISHED]
    kept = [item.to_json() for item in items if item not in dropped]
    foreign = [each for each in foreign if without is None or marked_as(each) != without]
    atomic.write_json(paths.queue, {"format": _FORMAT, "items": [*kept, *foreign]})


def change(paths: ProjectPaths, item_id: str, **fields: Any) -> QueueItem | None:
    """Changes an item; None if it was removed meanwhile.

    Raises:
        StorageError: If it cannot be written.
    """
    with editing(paths):
        items = read(paths)
        for index, item in enumerate(items):
            if item.id == item_id:
                items[index] = replace(item, **fields)
                write(paths, items)
                return items[index]
    return None


def _entries(paths: ProjectPaths) -> tuple[list[QueueItem], list[Any]]:
    """The items of the file, and what stands between them and is none.

    Raises:
        StorageError: If there is no such file, or it is no queue.
    """
    items: list[QueueItem] = []
    foreign: list[Any] = []
    for entry in checked.read(paths.queue, _QueueFile).items:
        try:
            items.append(QueueItem.from_json(entry))
        except MisfitError:
            foreign.append(entry)
    return items, foreign


def _put_aside(path: Path) -> None:
    names = (f"{path.stem}.unreadable{number or ''}{path.suffix}" for number in count())
    free = next(each for name in names if not os.path.lexists(each := path.with_name(name)))
    try:
        ops.current().replace(path, free)
    except OSError as problem:
        raise ops.problem_with(path, problem, doing="write") from problem


def _spec_before(paths: ProjectPaths, items: list[QueueItem]) -> RunSpec | None:
    """What a new item is named against: the last one that waits, or else the newest run."""
    try:
        for item in reversed(items):
            if item.state is ItemState.WAITING:
                return RunSpec.from_json(item.spec)
        runs = paths.run_folders()
        return read_spec(runs[-1].spec) if runs else None
    except (SpecError, StorageError, ProjectError):
        return None


def _find(items: list[QueueItem], item_id: str) -> QueueItem:
    for item in items:
        if item.id == item_id:
            return item
    waiting = ", ".join(item.id for item in items if item.state is ItemState.WAITING)
    raise RunError(
        say("There is no {item_id} in the queue.", item_id=repr(item_id)),
        code="queue.missing",
        remedy=say("Waiting are: {waiting}.", waiting=waiting)
        if waiting
        else say("Nothing waits."),
    )


def _new_id(items: list[QueueItem], foreign: list[Any]) -> str:
    ids = [item.id for item in items]
    ids += [str(entry.get("id")) for entry in foreign if isinstance(entry, dict)]
    numbers = [int(each[1:]) for each in ids if each[1:].isdecimal()]
    return f"q{max(numbers, default=0) + 1}"
