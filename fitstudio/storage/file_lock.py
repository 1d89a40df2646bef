"""A lock that the system takes back when its holder dies, with a note that says who holds it.

The system's lock on the file decides on one machine. The note inside decides where a shared folder
does not pass locks on: a holder on another machine counts as alive.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import sys
import time
import weakref
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta

from fitstudio.storage import atomic, checked, ops
from fitstudio.storage.checked import Moment
from fitstudio.words import say

_NOTE_LIMIT_BYTES = 4096
_UNKNOWN_PROGRAM = "another process"
_UNSUPPORTED = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}


@dataclass(frozen=True)
class Holder:
    """Who holds a lock.

    Args:
        pid: The process; None where nobody knows.
        host: The name of its computer.
        since: When it took the lock (wall clock); None where nobody knows.
        program: What it is, for people: "the window", "the training process".
    """

    pid: Annotated[int, Meta(gt=0, lt=2**31)] | None
    host: str
    since: Moment | None
    program: str

    @property
    def here(self) -> bool:
        """Whether that is this computer."""
        return self.host == platform.node()

    def say(self) -> str:
        """For a sentence: "the window (process 4711 on this computer, since 14:03)"."""
        where = say("this computer") if self.here else repr(self.host)
        process = say("a process") if self.pid is None else say("process {pid}", pid=self.pid)
        since = say("an unknown time")
        if self.since is not None:
            since = time.strftime("%Y-%m-%d %H:%M", time.localtime(self.since))
        return say(
            "{program} ({process} on {where}, since {since})",
            program=self.program,
            process=process,
            where=where,
            since=since,
        )


class HeldError(Exception):
    """Somebody else holds the lock; `holder` is None where they have not said who they are."""

    def __init__(self, path: Path, holder: Holder | None) -> None:
        super().__init__(
            say(
                "{file} is held by {holder}",
                file=path,
                holder=holder.say() if holder else say("another process"),
            )
        )
        self.holder = holder


class FileLock:
    """Holds a lock file until `release`, or until this process ends, however it ends.

    Args:
        path: The lock file; made if missing, never removed.
        program: What this process is, for people.
        take_over: Take it from a holder on another machine, who cannot be asked.

    Raises:
        HeldError: If somebody else holds it.
        StorageError: If the file cannot be written.
    """

    def __init__(self, path: Path, *, program: str, take_over: bool = False) -> None:
        self.path = path
        self.holder = Holder(os.getpid(), platform.node(), time.time(), program)
        try:
            descriptor = ops.patiently(ops.current().open, path, os.O_RDWR | os.O_CREAT)
        except OSError as problem:
            raise ops.problem_with(path, problem) from problem
        try:
            locked = _lock(descriptor, exclusive=True)
            before = _note(path)
            if locked is False or (before and not take_over and _counts(before, locked)):
                raise HeldError(path, before)
            _write_note(descriptor, json.dumps(asdict(self.holder)).encode())
        except OSError as problem:
            ops.current().close(descriptor)
            raise ops.problem_with(path, problem) from problem
        except BaseException:
            ops.current().close(descriptor)
            raise
        self._finalizer = weakref.finalize(self, _release, descriptor, os.getpid())

    def release(self) -> None:
        """Gives the lock back; a second call does nothing."""
        self._finalizer()

    def __enter__(self) -> FileLock:
        return self

    def __exit__(self, *exception: object) -> None:
        self.release()


def holder_of(path: Path) -> Holder | None:
    """Who holds a lock at the moment; None if nobody does. Writes nothing."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        locked = _lock(descriptor, exclusive=False)
        note = _note(path)
        if locked is False:
            return note or Holder(None, platform.node(), None, _UNKNOWN_PROGRAM)
        if locked:
            _unlock(descriptor)
        return note if note and _counts(note, locked) else None
    finally:
        os.close(descriptor)


def _counts(note: Holder, locked: bool | None) -> bool:
    """Whether a note left in a file that the system would let us have means a living holder."""
    if not note.here:
        return True  # on a shared folder that does not pass locks on, we cannot know better
    return locked is None and _alive(note.pid)


def _alive(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it is there, and somebody else's
    return True


def _release(descriptor: int, pid: int) -> None:
    if os.getpid() != pid:
        # A forked child has inherited the descriptor, not the lock: it must not give it back.
        with contextlib.suppress(OSError):
            os.close(descriptor)
        return
    with contextlib.suppress(OSError):  # the folder may be gone; the descriptor closes all the same
        ops.current().truncate(descriptor, 0)
    with contextlib.suppress(OSError):
        _unlock(descriptor)
    with contextlib.suppress(OSError):
        ops.current().close(descriptor)


def _write_note(descriptor: int, note: bytes) -> None:
    ops.current().truncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    ops.write_all(descriptor, note)


def _note(path: Path) -> Holder | None:
    """What stands in a lock file, as far as it can be; anybody may have written there."""
    try:
        with path.open("rb") as file:
            content = atomic.parse_json(file.read(_NOTE_LIMIT_BYTES))
    except (OSError, ValueError):
        return None  # empty, or torn by a crash: nobody
    known = checked.fitting(content, Holder)
    if not {"pid", "host", "program"} & known.keys():
        return None
    return Holder(
        known.get("pid"),
        known.get("host", platform.node())[:100],
        known.get("since"),
        known.get("program", _UNKNOWN_PROGRAM)[:100],
    )


if sys.platform == "win32":  # pragma: no cover - not on this system
    import msvcrt

    # `os.kill` would end the process there; but every Windows folder knows locks, so nobody asks.

    # One byte far behind the note, so that others can read the note while it is locked.
    _BYTE = 1 << 30

    def _lock(descriptor: int, *, exclusive: bool) -> bool | None:
        del exclusive  # Windows has no shared one here; a probe holds it for a moment only
        os.lseek(descriptor, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, _BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int, *, exclusive: bool) -> bool | None:
        """True: locked. False: somebody has it. None: this folder knows no locks."""
        kind: Any = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
        for _ in range(10):
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                # A probe by `holder_of` holds it for microseconds: it must not win by that.
                if not exclusive:
                    return False
                time.sleep(0.005)
            except OSError as problem:
                if problem.errno in _UNSUPPORTED:
                    return None
                raise
            else:
                return True
        return False

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
