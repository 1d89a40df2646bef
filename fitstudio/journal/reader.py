"""Reads a run's journal, from the beginning or on from where it stopped, while it is written."""

from __future__ import annotations

from pathlib import Path

from fitstudio.journal.events import DAMAGED, Event, EventType, from_lines
from fitstudio.words import say

# Parsing holds up every other thread of the process: a window must not feel it.
_CHUNK_BYTES = 256 << 10
_BATCH = b'"type":"batch_ended"'


class JournalReader:
    """Follows a journal; never writes, needs no lock.

    Args:
        path: The file; it may not be there yet.
        newest_batches: Whether a batch's event is left out where the next line is one as well:
            it is overtaken at once, and need not even be parsed. `fold` must be told so.

    Attributes:
        damaged: Lines left out so far because their checksum was wrong, they were torn, or their
            content cannot be. The first of the latter is told by a message of the code `DAMAGED`.
        missing: Sequence numbers that never came: lines lost to a full disk or to damage; not
            counted where lines are left out.
        restarts: How often the file turned out to be another one (put back from a backup); what
            was folded before must be forgotten then.
    """

    def __init__(self, path: Path | str, *, newest_batches: bool = False) -> None:
        self.path = Path(path)
        self._newest_batches = newest_batches
        self._forget()
        self.restarts = 0

    def read_new(self) -> list[Event]:
        """The events since the last call; only complete lines are taken.

        Raises:
            OSError: If the file is there and cannot be read (a network drive went away).
        """
        events: list[Event] = []
        try:
            with self.path.open("rb") as file:
                if file.seek(0, 2) < self._offset:
                    self._forget()
                    self.restarts += 1
                    events.clear()
                file.seek(self._offset)
                size = _CHUNK_BYTES
                while data := file.read(size):
                    if self._take(data, events):
                        size = _CHUNK_BYTES
                    elif len(data) < size:
                        break
                    else:
                        size *= 2  # a line longer than that
                    file.seek(self._offset)
        except OSError as problem:
            # What has been taken is handed over; the next call finds out whether it goes on.
            if not events and not isinstance(problem, FileNotFoundError):
                raise
        return events

    def _forget(self) -> None:
        self._offset = 0
        self._expected = 0
        self._reported_damage = False
        self.damaged = 0
        self.missing = 0

    def _take(self, data: bytes, events: list[Event]) -> bool:
        end = data.rfind(b"\n") + 1
        if end == 0:
            return False
        self._offset += end
        lines = data[:end].split(b"\n")
        if self._newest_batches:
            lines = _without_overtaken(lines)
        new, damaged, problem = from_lines(lines)
        self.damaged += damaged
        if problem and not self._reported_damage:
            self._reported_damage = True
            events.append(self._damage(problem, time=new[0].time if new else 0.0))
        for event in new:
            if event.seq > self._expected and not self._newest_batches:
                self.missing += event.seq - self._expected
            self._expected = event.seq + 1
        events += new
        return True

    def _damage(self, problem: str, *, time: float) -> Event:
        """A message that stands in no file: a line was left out that nothing but a hand wrote."""
        fields = {
            "time": time,
            "level": "warning",
            "code": DAMAGED,
            "sentence": say(
                "A line of {file} cannot be used: {problem}. It is left out and everything "
                "else is shown. Put back a copy of the file from a backup.",
                file=self.path.name,
                problem=problem,
            ),
        }
        return Event(EventType.MESSAGE, self._expected, time, fields)


def _without_overtaken(lines: list[bytes]) -> list[bytes]:
    """The lines without those of batches that the next line overtakes."""
    is_batch = [_BATCH in line for line in lines]
    is_batch.append(False)
    return [line for at, line in enumerate(lines) if not (is_batch[at] and is_batch[at + 1])]


def read_all(path: Path | str) -> list[Event]:
    """All events of a journal; none if it is not there."""
    return JournalReader(path).read_new()
