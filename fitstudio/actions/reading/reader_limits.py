"""When a process that reads a file has had enough: processor time, memory, or no progress at all.

The clock on the wall is no judge: on a busy or slow machine a sound file takes any time it takes.
"""

from __future__ import annotations

from dataclasses import dataclass

import psutil

from fitstudio.errors import DataError
from fitstudio.words import say

# Sound files need a small part of this; what needs all of it runs in a circle.
LEAST_CPU_SECONDS = 120.0
CPU_SECONDS_PER_GIB = 1_200.0
# Neither working nor reading for so long: a disk or a network folder that does not answer.
STANDSTILL_SECONDS = 300.0
_LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Progress:
    """What a process has done so far."""

    cpu_seconds: float
    read_bytes: int
    memory_bytes: int
    waiting: bool


class ReaderLimits:
    """Watches one reader; asked again and again while it works.

    Args:
        file: The file's name, for messages.
        size: Its size in bytes.
        memory_bytes: More than this it may not take.
    """

    def __init__(self, file: str, size: int, memory_bytes: int) -> None:
        self._file = file
        self._memory_bytes = memory_bytes
        self.cpu_seconds = LEAST_CPU_SECONDS + CPU_SECONDS_PER_GIB * size / (1 << 30)
        self._last: Progress | None = None
        # Counted in looks, not by the clock: while the machine sleeps nobody looks.
        self._idle_looks = 0
        self._unlooked = 0.0

    def waited(self, seconds: float, pid: int) -> DataError | None:
        """Called after each short wait; why the reader has to be ended now, or None."""
        self._unlooked += seconds
        if self._unlooked < _LOOK_SECONDS:
            return None
        self._unlooked = 0.0
        now = progress_of(pid)
        return None if now is None else self.judge(now)

    def judge(self, now: Progress) -> DataError | None:
        """Why a reader that has come so far has to be ended, or None."""
        before, self._last = self._last, now
        if now.cpu_seconds > self.cpu_seconds:
            return DataError(
                say(
                    "Reading {file} took more than {cpu_seconds} seconds of processor time "
                    "and was ended.",
                    file=repr(self._file),
                    cpu_seconds=f"{self.cpu_seconds:.0f}",
                ),
                code="data.timeout",
                remedy=say(
                    "Files of its size need far less. Save it again from the program that "
                    "made it, or in another format."
                ),
            )
        if now.memory_bytes > self._memory_bytes:
            return too_large(self._file)
        moved = before is None or (
            now.cpu_seconds > before.cpu_seconds or now.read_bytes > before.read_bytes
        )
        self._idle_looks = self._idle_looks + 1 if now.waiting and not moved else 0
        if self._idle_looks * _LOOK_SECONDS < STANDSTILL_SECONDS:
            return None
        return DataError(
            say(
                "Reading {file} has stood still for {standstill_seconds} minutes and was ended.",
                file=repr(self._file),
                standstill_seconds=f"{STANDSTILL_SECONDS / 60:.0f}",
            ),
            code="data.standstill",
            remedy=say(
                "If it lies on a network drive or a removable disk, see that this answers, or "
                "copy the file to this computer; then try again."
            ),
        )


def progress_of(pid: int) -> Progress | None:
    """What a process has done so far; None if it has ended."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            times, status = process.cpu_times(), process.status()
            memory = process.memory_info().rss
        counters = process.io_counters() if hasattr(process, "io_counters") else None
    except psutil.Error:
        return None
    # Where the system tells, what was asked of the disk's cache counts as reading, too.
    read = getattr(counters, "read_chars", getattr(counters, "read_bytes", 0))
    waiting = status in (psutil.STATUS_SLEEPING, psutil.STATUS_DISK_SLEEP, psutil.STATUS_IDLE)
    return Progress(times.user + times.system, int(read or 0), int(memory), waiting)


def too_large(file: str, details: str | None = None) -> DataError:
    """The error for a file that needs more memory than reading may take."""
    return DataError(
        say("{file} needs more memory than reading may take.", file=repr(file)),
        code="data.too-large",
        remedy=say("Save the data as NPY or HDF5, which are not read whole."),
        details=details,
    )
