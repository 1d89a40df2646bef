"""Writes a folder of files that belong together, whole or not at all.

Replacing `last` while keeping what it held as `previous` goes through these names, in this order,
with an fsync of the parent after each step, so that after a kill or a power cut at any point at
least one sealed version stands under a name that readers look at, or `settle` puts it there:

    .last.new-…      filled, every file synced, manifest last
    previous         → .previous.old-…
    last             → previous           (or → .last.old-… where nothing is kept)
    .last.new-…      → last
    .….old-…         removed, its manifest first
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fitstudio.errors import CheckpointError, StorageError
from fitstudio.storage import atomic, manifest, ops
from fitstudio.words import say


def write_folder(
    final: Path,
    write: Callable[[Path], None],
    *,
    keep_as: Path | None = None,
    facts: Mapping[str, Any] | None = None,
    sealed: bool = True,
) -> None:
    """Makes the folder `final` with what `write` puts into it.

    Args:
        final: The folder to make or replace; the folder above it exists.
        write: Called with an empty folder; writes the files there, with the functions of `atomic`.
        keep_as: Where a folder that `final` replaces is kept; what stood there goes.
        facts: Fields for the manifest.
        sealed: Write a manifest. A run folder, which goes on changing, has none.

    Raises:
        StorageError: If it could not be written; a folder that was there is untouched.
    """
    disk = ops.current()
    fresh = atomic.beside(final, "new")
    try:
        try:
            disk.mkdir(fresh)
            write(fresh)
            if sealed:
                manifest.write_manifest(fresh, **(facts or {}))
                manifest.verify_manifest(fresh)
            disk.sync_folder(fresh)
        except BaseException:
            remove_tree(fresh, quietly=True)
            raise
        _exchange(fresh, final, keep_as)
    except OSError as problem:
        raise ops.problem_with(final, problem) from problem
    except CheckpointError as problem:
        raise StorageError(
            say("{final} does not read back as it was written.", final=repr(str(final))),
            code="storage.read-back",
            remedy=say("The disk may be failing: move the project to another one."),
            safe=say("The previous version is untouched."),
            details=problem.message,
        ) from problem


def settle(parent: Path, *, older_than_s: float = 0.0) -> list[str]:
    """Clears up after a process that died while writing in `parent`.

    A folder that was complete but not yet in its place goes there; what is unfinished goes away.

    Args:
        parent: The folder to look through.
        older_than_s: Leave younger ones alone, where another process may be writing just now.

    Returns:
        What was done, a sentence each, for the log.
    """
    done = []
    for path in sorted(parent.iterdir()):
        found = atomic.leftover(path)
        if found is None or time.time() - path.lstat().st_mtime < older_than_s:
            continue
        name, stage = found
        final = parent / name
        if path.is_dir() and not final.exists() and _complete(path):
            move(path, final)
            done.append(
                say("Put {name} in its place, which a crash had prevented.", name=repr(name))
            )
        else:
            remove_tree(path, quietly=True)
            done.append(
                say(
                    "Removed an unfinished or replaced {name} ({stage}).",
                    name=repr(name),
                    stage=stage,
                )
            )
    return done


def move(source: Path, target: Path) -> None:
    """Renames a file or folder and waits until that is on the disk.

    Raises:
        StorageError: If the system refuses.
    """
    try:
        _rename(source, target)
        if source.parent != target.parent:
            ops.current().sync_folder(source.parent)
    except OSError as problem:
        raise ops.problem_with(source, problem, doing="move") from problem


def remove_tree(path: Path, *, quietly: bool = False) -> None:
    """Removes a file, or a folder with all in it. Links are removed, never followed.

    Raises:
        StorageError: If something cannot be removed, unless `quietly`.
    """
    try:
        _remove(path)
    except OSError as problem:
        if not quietly:
            raise ops.problem_with(path, problem, doing="remove") from problem


def _exchange(fresh: Path, final: Path, keep_as: Path | None) -> None:
    replaced = []
    if final.exists():
        if keep_as is None:
            replaced.append(atomic.beside(final, "old"))
            _rename(final, replaced[0])
        else:
            if keep_as.exists():
                replaced.append(atomic.beside(keep_as, "old"))
                _rename(keep_as, replaced[0])
            _rename(final, keep_as)
    _rename(fresh, final)
    for path in replaced:
        _discard(path)


def _discard(folder: Path) -> None:
    """Removes a version that is not wanted any more, its seal first.

    Should a power cut undo half of the removal, `settle` must not take it for the newest version.
    """
    disk = ops.current()
    try:
        disk.unlink(folder / manifest.NAME)
        disk.sync_folder(folder)
    except OSError:
        pass  # it has none
    remove_tree(folder, quietly=True)  # the next `settle` removes what cannot be removed now


def _rename(source: Path, target: Path) -> None:
    disk = ops.current()
    ops.patiently(disk.replace, source, target)
    disk.sync_folder(target.parent)


def _remove(path: Path) -> None:
    disk = ops.current()
    if path.is_symlink() or not path.is_dir():
        ops.patiently(disk.unlink, path)
        return
    for entry in list(path.iterdir()):
        _remove(entry)
    ops.patiently(disk.rmdir, path)


def _complete(folder: Path) -> bool:
    try:
        manifest.verify_manifest(folder)
    except CheckpointError:
        return False
    return True
