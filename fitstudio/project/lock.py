"""Who may write: one process a project (its settings), one process a run (its journal)."""

from __future__ import annotations

import time
from pathlib import Path

from fitstudio.errors import ProjectError, ProjectLockedError, RunError
from fitstudio.project.links import refuse_links_of_project, refuse_links_of_run
from fitstudio.project.paths import ProjectPaths, RunPaths
from fitstudio.storage.file_lock import FileLock, HeldError, Holder, holder_of
from fitstudio.words import say

# A worker writes a heartbeat every two seconds. A journal older than this has no writer, whatever
# note a copied folder carries along from another computer.
_SILENT_S = 120.0


def project_lock(path: Path, *, program: str, take_over: bool = False) -> FileLock:
    """Takes the lock of a project.

    Raises:
        ProjectLockedError: If somebody holds it; the message says who.
        ProjectError: If something in it would be written through a link.
        StorageError: If the folder cannot be written.
    """
    refuse_links_of_project(ProjectPaths(path.parent))
    try:
        return FileLock(path, program=program, take_over=take_over)
    except HeldError as held:
        who = held.holder.say() if held.holder else say("another process")
        raise ProjectLockedError(
            say("The project is open for writing in {who}.", who=who),
            remedy=say("It can be looked at here. Close it there to change it here."),
            safe=say("Nothing was changed."),
        ) from held


def run_lock(folder: Path, *, program: str = "the training process") -> FileLock:
    """Takes the lock of a run, which whoever writes its journal must hold.

    Raises:
        RunError: If somebody holds it (the message says who), or it would be written through a
            link.
        StorageError: If the folder cannot be written.
    """
    paths = RunPaths(folder)
    try:
        refuse_links_of_run(paths)
    except ProjectError as problem:
        raise RunError(
            problem.message, code="run.link", remedy=problem.remedy, safe=problem.safe
        ) from problem
    try:
        return FileLock(paths.lock, program=program, take_over=_silent(paths))
    except HeldError as held:
        who = held.holder.say() if held.holder else say("another process")
        raise RunError(
            say("Run {run} is already being trained by {who}.", run=repr(paths.name), who=who),
            code="run.locked",
            remedy=say("Watch it, or stop it there first."),
        ) from held


def run_holder(folder: Path) -> Holder | None:
    """The living process that trains a run, or None."""
    paths = RunPaths(folder)
    holder = holder_of(paths.lock)
    if holder is not None and not holder.here and _silent(paths):
        return None
    return holder


def _silent(paths: RunPaths) -> bool:
    try:
        return time.time() - paths.journal.stat().st_mtime > _SILENT_S
    except OSError:
        return False
