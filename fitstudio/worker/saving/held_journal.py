"""Keeps an epoch out of the journal until its checkpoint is on the disk.

An epoch that the journal shows as done can always be resumed from, whatever happens next. The
checkpoint is written beside training, so the next epoch's events may come first: they wait in line
behind the one that ends the epoch, and order is kept. Messages, heartbeats and acknowledgements
from other threads go to the journal directly.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from fitstudio.journal import EventType, Journal

_NOTHING = -1


class HeldJournal:
    """The journal as the training thread sees it.

    Args:
        journal: Where events go in the end.
        durable: The newest epoch that a checkpoint holds already; none by default.
    """

    def __init__(self, journal: Journal, *, durable: int = _NOTHING) -> None:
        self._journal = journal
        self._durable = durable
        self._line: deque[tuple[EventType, dict[str, Any]]] = deque()
        self._lock = threading.Lock()

    @property
    def waiting(self) -> bool:
        """Whether an epoch has ended whose checkpoint is not on the disk yet."""
        return bool(self._line)

    def append(self, type: EventType, **fields: Any) -> None:
        """Adds an event, at once or when its turn comes."""
        with self._lock:
            if self._line or self._must_wait(type, fields):
                self._line.append((type, fields))
            else:
                self._journal.append(type, **fields)

    def release(self, epoch: int) -> bool:
        """A checkpoint holds everything up to the end of `epoch`: what waited for that goes out.

        Returns:
            Whether an epoch's end was among it.
        """
        ended = False
        with self._lock:
            self._durable = max(self._durable, epoch)
            while self._line and not self._must_wait(*self._line[0]):
                type, fields = self._line.popleft()
                ended = ended or type is EventType.EPOCH_ENDED
                self._journal.append(type, **fields)
        return ended

    def give_up(self) -> None:
        """The run ends without that checkpoint: what waits was not finished, and is left out."""
        with self._lock:
            self._line.clear()

    def _must_wait(self, type: EventType, fields: dict[str, Any]) -> bool:
        return type is EventType.EPOCH_ENDED and fields["epoch"] > self._durable
