"""Disks that fail on purpose: for tests, and for anyone who wants to try how much FitStudio bears.

`CountingOps` counts the steps; `FailingOps` makes the nth fail; `DyingOps` ends the process there,
or after a given byte; `FullFor` takes no byte of files of a name. Power cuts are in `power_cuts`.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable
from pathlib import Path

from fitstudio.storage.ops import Ops


class CountingOps(Ops):
    """Counts every step that changes the disk, and every byte written."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.bytes_written = 0

    def before(self, step: str) -> None:
        """Called before each step; overridden to make one go wrong."""

    def open(self, path: Path, flags: int) -> int:
        self._count("open")
        return super().open(path, flags)

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        self._count("write")
        taken = super().write(descriptor, data)
        self.bytes_written += taken
        return taken

    def truncate(self, descriptor: int, length: int) -> None:
        self._count("truncate")
        super().truncate(descriptor, length)

    def fsync(self, descriptor: int) -> None:
        self._count("fsync")
        super().fsync(descriptor)

    def replace(self, source: Path, target: Path) -> None:
        self._count("replace")
        super().replace(source, target)

    def sync_folder(self, folder: Path) -> None:
        self._count("sync_folder")
        super().sync_folder(folder)

    def mkdir(self, folder: Path) -> None:
        self._count("mkdir")
        super().mkdir(folder)

    def unlink(self, path: Path) -> None:
        self._count("unlink")
        super().unlink(path)

    def rmdir(self, folder: Path) -> None:
        self._count("rmdir")
        super().rmdir(folder)

    def _count(self, step: str) -> None:
        self.before(step)
        self.steps.append(step)


class FailingOps(CountingOps):
    """Lets the step with number `at` (from 0) fail, and all later ones too while `lasting`.

    Args:
        at: Which step fails first.
        number: The `errno` to fail with.
        lasting: Whether the disk stays broken (full) or fails once.
        only: Names of the steps that are counted and can fail; all by default.
        windows_error: Fail as Windows does, with this `winerror`.
    """

    def __init__(
        self,
        at: int,
        number: int,
        *,
        lasting: bool = False,
        only: tuple[str, ...] = (),
        windows_error: int | None = None,
    ) -> None:
        super().__init__()
        self.at = at
        self.number = number
        self.lasting = lasting
        self.only = only
        self.windows_error = windows_error
        self.failed = 0
        self.slept_s = 0.0
        self._reached = 0

    def before(self, step: str) -> None:
        if self.only and step not in self.only:
            return
        reached, self._reached = self._reached, self._reached + 1
        if reached == self.at or (self.lasting and reached > self.at):
            self.failed += 1
            problem = OSError(self.number, os.strerror(self.number))
            if self.windows_error is not None:
                problem.winerror = self.windows_error  # type: ignore[attr-defined]
            raise problem

    def sleep(self, seconds: float) -> None:
        self.slept_s += seconds


class FullFor(Ops):
    """A disk that takes no byte of files with a name, while it is full."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.full = True
        self.failed = 0
        self._descriptors: set[int] = set()

    def open(self, path: Path, flags: int) -> int:
        descriptor = super().open(path, flags)
        if self.name in path.name:
            self._descriptors.add(descriptor)
        return descriptor

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        if self.full and descriptor in self._descriptors:
            self.failed += 1
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(descriptor, data)

    def close(self, descriptor: int) -> None:
        self._descriptors.discard(descriptor)
        super().close(descriptor)


class DyingOps(CountingOps):
    """Ends this process, as SIGKILL or a power switch does, at one exact place.

    Args:
        at_step: Die instead of doing the step with this number (from 0).
        after_byte: Die when exactly this many bytes have been written in all.
    """

    def __init__(self, *, at_step: int | None = None, after_byte: int | None = None) -> None:
        super().__init__()
        self.at_step = at_step
        self.after_byte = after_byte

    def before(self, step: str) -> None:
        if self.at_step == len(self.steps):
            self.die()

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        if self.after_byte is not None:
            room = self.after_byte - self.bytes_written
            if room <= len(data):
                self.before("write")
                os.write(descriptor, data[:room])
                self.die()
        return super().write(descriptor, data)

    def die(self) -> None:
        """Ends the process; no handler, buffer or `finally` of it runs."""
        if hasattr(signal, "SIGKILL"):
            os.kill(os.getpid(), signal.SIGKILL)
        os._exit(9)


class PowerOff(BaseException):
    """Raised by `FrozenOps`. Not an `Exception`: nothing may catch it and carry on."""


class FrozenOps(DyingOps):
    """A disk that nothing reaches any more after one exact place.

    It is left as a kill there leaves it, for a hundredth of the price of a process: whatever the
    program still tries, each step raises `PowerOff`.
    """

    def __init__(self, *, at_step: int | None = None, after_byte: int | None = None) -> None:
        super().__init__(at_step=at_step, after_byte=after_byte)
        self.off = False

    def before(self, step: str) -> None:
        if self.off or self.at_step == len(self.steps):
            self.die()

    def die(self) -> None:
        self.off = True
        raise PowerOff


class SlowOps(Ops):
    """A network share that takes `seconds` for each rename and sync."""

    def __init__(self, seconds: float, sleep: Callable[[float], None]) -> None:
        self._seconds = seconds
        self._sleep = sleep

    def replace(self, source: Path, target: Path) -> None:
        self._sleep(self._seconds)
        super().replace(source, target)

    def fsync(self, descriptor: int) -> None:
        self._sleep(self._seconds)
        super().fsync(descriptor)
