"""The process that works on a project's queue: one run after another, until nothing waits.

It holds `queue.lock` as long as it works, so there is one for each project. It needs neither torch
nor the window, and a crash of a run does not touch it. If it dies itself, the queue stands as it
is, and the next who opens the project starts another one.
"""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path

import psutil

from fitstudio.actions import queue, requests, runs
from fitstudio.actions.launchers import launcher_of, processes
from fitstudio.actions.queue import ItemState, QueueItem
from fitstudio.actions.run import run_ending
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import FitStudioError, RunError
from fitstudio.journal import Outcome, Reason, RunState, fold, read_all
from fitstudio.project import Project, RunPaths
from fitstudio.storage.file_lock import FileLock, HeldError
from fitstudio.words import say

_LOOK_INTERVAL_S = 0.5
_MOST_ATTEMPTS = 3

_log = logging.getLogger("fitstudio.queue")


def main(argv: list[str] | None = None) -> int:
    """Works on the queue of the project in the first argument; returns the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if len(words) != 1:
        sys.stderr.write("queue_process PROJECT\n")
        return 2
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        project = Project.open(Path(words[0]), read_only=True)
        work(project)
    except FitStudioError as problem:
        _log.error("%s", problem)
        return 1
    return 0


def work(project: Project) -> None:
    """Starts what waits, one after another; returns when nothing waits or somebody else works."""
    while _has_work(project):
        try:
            lock = FileLock(project.paths.queue_lock, program="the queue")
        except HeldError as held:
            _log.info("%s", held)
            return
        with lock:
            while (item := _next(project)) is not None:
                _do(project, item)
        # Something may have been queued between the last look and the release of the lock, by
        # somebody who saw it held and so started nobody: look once more.


def _has_work(project: Project) -> bool:
    return _next(project) is not None


def _next(project: Project) -> QueueItem | None:
    """What a crash has left running comes before what waits."""
    items = queue.read(project.paths)
    for state in (ItemState.RUNNING, ItemState.WAITING):
        for item in items:
            if item.state is state:
                return item
    return None


def _do(project: Project, item: QueueItem) -> None:
    """Sees an item through to its end."""
    try:
        if item.run is None:
            _wait_until_free(project, item)
            item = _begin(project, item)
        while _goes_on(project, item):
            item = _again(project, item)
        _finish(project, item)
    except _Removed:
        _log.info("%s is not the next any more.", item.id)
    except FitStudioError as problem:
        _log.warning("%s: %s", item.id, problem)
        queue.change(project.paths, item.id, state=ItemState.FAILED, problem=str(problem))


def _wait_until_free(project: Project, item: QueueItem) -> None:
    """Waits until no other run of the project trains, and the device has room."""
    while _busy(project) or not _room(item.needs_bytes):
        time.sleep(_LOOK_INTERVAL_S)
        _refuse_removed(project, item)
        if _next(project) != item:
            raise _Removed  # something else was put before it


def _begin(project: Project, item: QueueItem) -> QueueItem:
    changed = queue.change(project.paths, item.id, state=ItemState.RUNNING, attempts=1)
    if changed is None:
        raise _Removed
    spec = RunSpec.from_json(changed.spec)
    handle = runs.start_run(project, spec=spec, name=changed.name)
    _log.info("%s is run %s.", item.id, handle.run)
    return queue.change(project.paths, item.id, run=handle.run) or changed


def _goes_on(project: Project, item: QueueItem) -> bool:
    """Waits for the run's end; whether it was cut off and should be resumed."""
    paths = _paths(project, item)
    while launcher_of(paths).is_alive(paths):
        time.sleep(_LOOK_INTERVAL_S)
    processes.reap()
    state = run_ending.settle(paths, _state(paths), started_here=True)
    cut_off = state.outcome is Outcome.INTERRUPTED or (
        state.outcome is Outcome.STOPPED and state.reason == Reason.SYSTEM
    )
    return cut_off and item.attempts < _MOST_ATTEMPTS


def _again(project: Project, item: QueueItem) -> QueueItem:
    """Resumes what a crash, a power cut or a shutdown has cut off."""
    changed = queue.change(project.paths, item.id, attempts=item.attempts + 1)
    if changed is None or changed.run is None:
        raise _Removed
    requests.resume_run(project, changed.run)
    return changed


def _finish(project: Project, item: QueueItem) -> None:
    state = _state(_paths(project, item))
    failed = state.outcome not in (Outcome.COMPLETED, Outcome.STOPPED)
    queue.change(
        project.paths,
        item.id,
        state=ItemState.FAILED if failed else ItemState.DONE,
        problem=state.outcome_sentence() if failed else None,
    )


def _paths(project: Project, item: QueueItem) -> RunPaths:
    if item.run is None:
        raise RunError(say("{item} was never begun.", item=repr(item.name)), code="queue.not-begun")
    return runs.find(project, item.run)


def _state(paths: RunPaths) -> RunState:
    return fold(read_all(paths.journal))


def _busy(project: Project) -> bool:
    return any(launcher_of(paths).is_alive(paths) for paths in project.paths.run_folders())


def _refuse_removed(project: Project, item: QueueItem) -> None:
    if all(each.id != item.id for each in queue.read(project.paths)):
        raise _Removed


def _room(needs_bytes: int | None) -> bool:
    """Whether that much memory is free: on some graphics processor, or else in the machine."""
    if needs_bytes is None:
        return True
    free = _free_device_bytes()
    return (psutil.virtual_memory().available if free is None else free) >= needs_bytes


def _free_device_bytes() -> int | None:
    # Only asked for by few, and loading the driver's library takes a while.
    import pynvml

    try:
        pynvml.nvmlInit()
        devices = [
            pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())
        ]
        return max(
            (int(pynvml.nvmlDeviceGetMemoryInfo(each).free) for each in devices), default=None
        )
    except pynvml.NVMLError:
        return None


class _Removed(Exception):  # noqa: N818 - no error: a person changed the queue
    """The item at hand is not the one to work on any more."""


if __name__ == "__main__":
    sys.exit(main())
