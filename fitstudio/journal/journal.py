"""Writes a run's journal: one line an event, only ever added to, by one process at a time.

A line is with the system as soon as `append` returns, so the end of this process loses nothing; the
lines that matter most are also on the disk by then. Where the disk is full, lines wait in memory
and the training goes on.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

from fitstudio.errors import StorageError
from fitstudio.journal.event_fields import AnyEvent
from fitstudio.journal.events import FIELDS, FORMAT, EventType, from_lines, to_line
from fitstudio.storage import AppendFile
from fitstudio.storage.special_files import open_to_read
from fitstudio.words import say_count

# A power cut may cost the last moments of the rest, which a resume trains again anyway.
_SYNCED_AT_ONCE = {
    EventType.RUN_STARTED,
    EventType.CHECKPOINT_SAVED,
    EventType.STOP_REQUESTED,
    EventType.RUN_ENDED,
}
_SYNC_INTERVAL_S = 1.0
_RETRY_INTERVAL_S = 1.0
_HELD_LINES = 20_000
_FLEETING = {EventType.BATCH_ENDED, EventType.PULSE}
_TAIL_BYTES = 1 << 16
# What `append` itself puts in front of every line.
_HEAD = AnyEvent.__required_keys__


class Journal:
    """The writing end of a journal. Threads may share it.

    Args:
        path: The file; made if missing, continued if there. Hold the run's lock.
        clock: The wall clock, for `time`.
        steady: The steady clock, for `elapsed`.

    Attributes:
        torn: Whether the file ended in half a line, which a crash had left; it stays, alone on
            its line, and readers leave it out.
        problem: What keeps lines from the disk at the moment, or None.
    """

    def __init__(self, path: Path | str, *, clock=time.time, steady=time.monotonic) -> None:
        self._clock = clock
        self._steady = steady
        self._began = steady()
        self._lock = threading.Lock()
        self._held: deque[tuple[bool, bytes]] = deque()
        self._dropped = 0
        self._synced_at = self._tried_at = self._began
        self._file = AppendFile(path)
        self._seq, self.torn = _last_seq(Path(path))
        self._line_open = self.torn
        self.problem: StorageError | None = None

    @property
    def held(self) -> int:
        """How many lines wait in memory for the disk."""
        return len(self._held)

    def append(self, type: EventType | str, **fields: Any) -> int:
        """Adds an event and returns its sequence number.

        Never raises for the disk's sake: see `problem` and `held`.

        Raises:
            TypeError: If a field is missing that this type of event must have.
        """
        needed = FIELDS[type].__required_keys__ - _HEAD if type in FIELDS else ()
        missing = [name for name in sorted(needed) if name not in fields]
        if missing:
            raise TypeError(f"The event {type!s} needs {', '.join(missing)}.")
        with self._lock:
            seq = self._append(str(type), fields)
            due = type in _SYNCED_AT_ONCE or (
                type == EventType.EPOCH_ENDED
                and self._steady() - self._synced_at >= _SYNC_INTERVAL_S
            )
        if due:
            self.sync()
        return seq

    def sync(self) -> None:
        """Waits until all lines are on the disk; the heartbeat calls it every two seconds."""
        with self._lock:
            self._write_held()
            self._synced_at = self._steady()
        # Outside the lock: a slow disk must not keep the training thread from its next line.
        try:
            self._file.sync()
        except StorageError as problem:
            self.problem = problem

    def close(self) -> None:
        """Writes what was held, syncs, closes."""
        self.sync()
        with self._lock:
            self._file.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _append(self, type: str, fields: dict[str, Any]) -> int:
        now = self._steady()
        if self._held and now - self._tried_at >= _RETRY_INTERVAL_S:
            self._write_held()
        self._seq += 1
        line = self._line(self._seq, type, now, fields)
        if self._held or not self._write(line):
            self._hold(type in _FLEETING, line)
        return self._seq

    def _line(self, seq: int, type: str, now: float, fields: dict[str, Any]) -> bytes:
        head = {
            "format": FORMAT,
            "seq": seq,
            "time": round(self._clock(), 3),
            "elapsed": round(now - self._began, 3),
            "type": type,
        }
        return to_line(head | fields)

    def _write(self, lines: bytes) -> bool:
        """Whether the lines are in the file; if not, nothing of them is, or only a torn piece."""
        before = self._file.size
        try:
            self._file.append(b"\n" + lines if self._line_open else lines)
        except StorageError as problem:
            self.problem = problem
            self._tried_at = self._steady()
            self._line_open = self._line_open or self._file.size != before
            return False
        self._line_open = False
        return True

    def _hold(self, fleeting: bool, line: bytes) -> None:
        if len(self._held) >= _HELD_LINES:
            # Readers see the gap in the sequence numbers. Epochs are kept longest.
            victim = next((item for item in self._held if item[0]), self._held[0])
            self._held.remove(victim)
            self._dropped += 1
        self._held.append((fleeting, line))

    def _write_held(self) -> None:
        if not self._held or not self._write(b"".join(line for _, line in self._held)):
            return
        count, self._held, self.problem = len(self._held), deque(), None
        self._append(
            EventType.MESSAGE,
            {
                "level": "warning",
                "code": "journal.held",
                "sentence": say_count(
                    count,
                    "{number} line of this log waited in memory because the disk took none; "
                    "{dropped} less important ones were left out.",
                    "{number} lines of this log waited in memory because the disk took none; "
                    "{dropped} less important ones were left out.",
                    dropped=self._dropped,
                )
                if self._dropped
                else say_count(
                    count,
                    "{number} line of this log waited in memory because the disk took none.",
                    "{number} lines of this log waited in memory because the disk took none.",
                ),
            },
        )
        self._dropped = 0


def _last_seq(path: Path) -> tuple[int, bool]:
    """The last good sequence number (-1 if none), and whether the file ends in half a line."""
    with open_to_read(path) as file:
        size = file.seek(0, os.SEEK_END)
        torn = False
        length = _TAIL_BYTES
        while size:
            start = max(0, size - length)
            file.seek(start)
            tail = file.read()
            torn = not tail.endswith(b"\n")
            lines = tail.split(b"\n")
            # The last piece is empty or torn (or lacks nothing but its line feed), the first one
            # was probably cut by where we began.
            events = from_lines(lines[1 if start else 0 :]).events
            if events or start == 0:
                return max((event.seq for event in events), default=-1), torn
            length *= 8
    return -1, torn
