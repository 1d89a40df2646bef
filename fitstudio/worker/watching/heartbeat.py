"""Tells every two seconds that the run is alive, and what it takes of the machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import psutil

from fitstudio.engine.gpu_driver import GraphicsProcessor
from fitstudio.journal import EventType, Journal
from fitstudio.words import say

INTERVAL_S = 2.0
# A beat that comes so much too late was not held up by a busy machine.
_GAP_S = 60.0


class Heartbeat:
    """A thread that writes `pulse` events, whatever the training thread is busy with.

    Args:
        journal: Where they go.
        samples: Gives how many samples have been trained so far.
        clock: The wall clock, which goes on while the computer sleeps.
    """

    def __init__(
        self,
        journal: Journal,
        samples: Callable[[], int] = lambda: 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.samples = samples
        #: For how many seconds the training has waited for rows so far.
        self.waited_s: Callable[[], float] = lambda: 0.0
        self.graphics: GraphicsProcessor | None = None
        self._journal = journal
        self._clock = clock
        self._process = psutil.Process()
        self._last_samples = 0
        self._last_waited_s = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="fitstudio-heartbeat", daemon=True)

    def start(self) -> None:
        """Begins with a heartbeat at once."""
        self._process.cpu_percent()  # the first call only starts the measurement
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        self._journal.append(EventType.PULSE, memory_bytes=self._process.memory_info().rss)
        beat_at = self._clock()
        while not self._ended.wait(INTERVAL_S):
            beat_at, before = self._clock(), beat_at
            self._tell_of_gap(beat_at - before)
            self._journal.append(EventType.PULSE, **self._measure())
            self._journal.sync()

    def _tell_of_gap(self, seconds: float) -> None:
        if seconds < _GAP_S:
            return
        sentence = say(
            "The computer slept, or its clock was set: {seconds} minutes are missing. The run "
            "goes on where it was.",
            seconds=f"{seconds / 60:.0f}",
        )
        self._journal.append(EventType.MESSAGE, level="info", code="gap", sentence=sentence)

    def _measure(self) -> dict[str, Any]:
        samples = self.samples()
        rate = (samples - self._last_samples) / INTERVAL_S
        self._last_samples = samples
        fields: dict[str, Any] = {
            "memory_bytes": self._process.memory_info().rss,
            "cpu_percent": round(self._process.cpu_percent(), 1),
        }
        waited_s = self.waited_s()
        share = max(0.0, waited_s - self._last_waited_s) / INTERVAL_S
        self._last_waited_s = waited_s
        if samples:
            fields["samples_per_s"] = round(rate, 1)
            fields["waiting_for_data"] = round(min(share, 1.0), 3)
        if self.graphics is not None:
            fields |= self.graphics.measure()
        return fields
