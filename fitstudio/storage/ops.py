"""The single steps that change a disk, in one object that tests replace to make them fail.

Everything above (atomic files, folders with a manifest, append-only files) is built from these
steps and from nothing else. A step that fails raises the `OSError` of the system; `problem_with`
turns that into a `StorageError` in words.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from fitstudio.errors import StorageError
from fitstudio.words import say
from fitstudio.words.numbers import format_bytes

Result = TypeVar("Result")

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}
_READING = {"read", "open"}
# Only the way out is another one in a project: all of it has to be where one may write.
_PROJECT_FILE = "project.json"
_GONE = {errno.ENOENT, errno.ESTALE, errno.ENODEV, errno.ENXIO}
# Access denied, sharing violation, lock violation: a virus scanner or an indexer has the file open
# for a moment. Waiting helps nearly always (https://github.com/conan-io/conan/pull/19532).
_BUSY_ON_WINDOWS = {5, 32, 33}
_WAITS_S = (0.01, 0.03, 0.06, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8)  # 2.5 seconds altogether


class Ops:
    """The steps as the operating system does them."""

    def open(self, path: Path, flags: int) -> int:
        """Opens a file for writing and returns its descriptor."""
        return os.open(
            path, flags | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0), 0o666
        )

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        """Writes some or all of `data`; returns how many bytes were taken."""
        return os.write(descriptor, data)

    def truncate(self, descriptor: int, length: int) -> None:
        """Cuts the file to `length` bytes."""
        os.ftruncate(descriptor, length)

    def fsync(self, descriptor: int) -> None:
        """Waits until what was written is on the disk."""
        os.fsync(descriptor)

    def close(self, descriptor: int) -> None:
        """Closes a descriptor."""
        os.close(descriptor)

    def replace(self, source: Path, target: Path) -> None:
        """Renames; a file at `target` is replaced in the same instant."""
        os.replace(source, target)

    def sync_folder(self, folder: Path) -> None:
        """Waits until the names in `folder` are on the disk (Windows does so by itself)."""
        if sys.platform == "win32":  # pragma: no cover - not on this system
            return
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def mkdir(self, folder: Path) -> None:
        """Makes one folder; its parent exists, it does not."""
        os.mkdir(folder)

    def unlink(self, path: Path) -> None:
        """Removes a file."""
        os.unlink(path)

    def rmdir(self, folder: Path) -> None:
        """Removes an empty folder."""
        os.rmdir(folder)

    def free_bytes(self, folder: Path) -> int:
        """Room left on the disk that holds `folder`."""
        return shutil.disk_usage(folder).free

    def sleep(self, seconds: float) -> None:
        """Waits, before something is tried again."""
        time.sleep(seconds)


_current = Ops()


def current() -> Ops:
    """The steps in use in this process."""
    return _current


@contextlib.contextmanager
def use(ops: Ops) -> Iterator[Ops]:
    """Puts other steps in place for a while, in this whole process."""
    global _current
    before, _current = _current, ops
    try:
        yield ops
    finally:
        _current = before


def patiently(step: Callable[..., Result], *arguments: Any) -> Result:
    """Does a step; where Windows says that somebody has the file open, tries again for 2.5 s."""
    for wait_s in _WAITS_S:
        try:
            return step(*arguments)
        except OSError as problem:
            if getattr(problem, "winerror", None) not in _BUSY_ON_WINDOWS:
                raise
            _current.sleep(wait_s)
    return step(*arguments)


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Writes all of `data`, however many pieces the system takes it in."""
    rest = memoryview(data).cast("B")
    while rest:
        taken = _current.write(descriptor, rest)
        if taken == 0:
            raise OSError(errno.EIO, "the disk takes no more bytes")
        rest = rest[taken:]


def open_log(path: Path, *, anew: bool = False) -> int:
    """Opens a file that a process of ours is to write its own words to; returns the descriptor.

    Args:
        path: The file; made if missing.
        anew: Empty it first.

    Raises:
        StorageError: If it cannot be opened.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | (os.O_TRUNC if anew else 0)
    try:
        return patiently(_current.open, path, flags)
    except OSError as problem:
        raise problem_with(path, problem) from problem


def require_space(folder: Path, needed_bytes: int) -> None:
    """Says beforehand that a disk is too full.

    Raises:
        StorageError: With code ``storage.full`` if fewer than `needed_bytes` are free, or another
            one if the folder cannot be asked (it was moved away).
    """
    try:
        free = _current.free_bytes(folder)
    except OSError as problem:
        raise problem_with(folder, problem) from problem
    if free < needed_bytes:
        raise _full(
            folder,
            say(
                "{needed_bytes} are needed, {free} are free.",
                needed_bytes=format_bytes(needed_bytes),
                free=format_bytes(free),
            ),
        )


def require_writable(folder: Path) -> None:
    """Says beforehand that nothing can be written in a folder that is there.

    Raises:
        StorageError: With code ``storage.forbidden``.
    """
    if not os.access(folder, os.W_OK | os.X_OK):
        raise problem_with(folder, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def problem_with(path: Path, problem: OSError, *, doing: str = "write") -> StorageError:
    """The error of the system in words, with `errno` kept.

    Codes: ``storage.full``, ``storage.forbidden``, ``storage.gone``, ``storage.busy``, ``storage``.
    """
    if isinstance(problem, StorageError):
        return problem
    details = f"{type(problem).__name__}: {problem}"
    number = problem.errno
    safe = say("What was there before is untouched.")
    if number in _FULL:
        error = _full(path, say("The disk, or your share of it, is full."), details=details)
    elif getattr(problem, "winerror", None) in _BUSY_ON_WINDOWS:
        error = StorageError(
            say(
                "Cannot {doing} {file}: another program has it open.",
                doing=doing,
                file=repr(str(path)),
            ),
            code="storage.busy",
            remedy=say("Close the program that shows this file, then try again."),
            safe=safe,
            details=details,
        )
    elif number in _FORBIDDEN:
        why, remedy = _forbidden(path, doing)
        error = StorageError(
            say("Cannot {doing} {file}: {why}.", doing=doing, file=repr(str(path)), why=why),
            code="storage.forbidden",
            remedy=remedy,
            safe=safe,
            details=details,
        )
    elif number == errno.ENAMETOOLONG:
        error = StorageError(
            say(
                "Cannot {doing} {file}…: its name is longer than the system allows.",
                doing=doing,
                file=repr(str(path)[:80]),
            ),
            code="storage.name-too-long",
            remedy=say("Choose a folder nearer to the top of the disk, or shorter names."),
            details=details,
        )
    elif number in _GONE:
        error = StorageError(
            say(
                "Cannot {doing} {file}: {what} is not there.",
                doing=doing,
                file=repr(str(path)),
                what=say("it") if doing in _READING else say("the folder"),
            ),
            code="storage.gone",
            remedy=say(
                "Was it moved or renamed, or its drive taken out? Put it back, then try again."
            ),
            details=details,
        )
    else:
        error = StorageError(
            say(
                "Cannot {doing} {file}: {strerror}.",
                doing=doing,
                file=repr(str(path)),
                strerror=problem.strerror or problem,
            ),
            remedy=say("Check the disk, then try again."),
            safe=safe,
            details=details,
        )
    error.errno = number
    error.filename = str(path)
    return error


def _forbidden(path: Path, doing: str) -> tuple[str, str]:
    """Why the system does not allow it, as a clause, and the way out."""
    if doing in _READING:
        return say("you have no right to read it"), say("Ask its owner for that right.")
    if os.path.isfile(path) and not os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return say("the file is read-only for you"), say("Allow writing to it, then try again.")
    place = path.absolute()
    if any(os.path.exists(folder / _PROJECT_FILE) for folder in (place, *place.parents)):
        remedy = say(
            "Copy the project to a folder of your own, or ask for the right to write there."
        )
    else:
        remedy = say("Choose a folder of your own, or ask for the right to write there.")
    return say("the folder is read-only for you"), remedy


def _full(path: Path, why: str, *, details: str | None = None) -> StorageError:
    error = StorageError(
        say("Cannot write {file}. {why}", file=repr(str(path)), why=why),
        code="storage.full",
        remedy=say("Free some space on that disk, then try again."),
        safe=say("What was there before is untouched."),
        details=details,
    )
    error.errno = errno.ENOSPC
    return error
