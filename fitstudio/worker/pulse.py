"""Tells every two seconds that the run is alive, and what it takes of the machine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import psutil
import pynvml

from fitstudio.journal import EventType, Journal

INTERVAL_S = 2.0


class Pulse:
    """A thread that writes `pulse` events, whatever the training thread is busy with.

    Args:
        journal: Where they go.
        samples: Gives how many samples have been trained so far.
    """

    def __init__(self, journal: Journal, samples: Callable[[], int] = lambda: 0) -> None:
        self.samples = samples
        self.graphics: GraphicsProcessor | None = None
        self._journal = journal
        self._process = psutil.Process()
        self._last_samples = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="fitstudio-pulse", daemon=True)

    def start(self) -> None:
        """Begins with a pulse at once."""
        self._process.cpu_percent()  # the first call only starts the measurement
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        self._journal.append(EventType.PULSE, memory_bytes=self._process.memory_info().rss)
        while not self._ended.wait(INTERVAL_S):
            self._journal.append(EventType.PULSE, **self._measure())
            self._journal.sync()

    def _measure(self) -> dict[str, Any]:
        samples = self.samples()
        rate = (samples - self._last_samples) / INTERVAL_S
        self._last_samples = samples
        fields: dict[str, Any] = {
            "memory_bytes": self._process.memory_info().rss,
            "cpu_percent": round(self._process.cpu_percent(), 1),
        }
        if samples:
            fields["samples_per_s"] = round(rate, 1)
        if self.graphics is not None:
            fields |= self.graphics.measure()
        return fields


class GraphicsProcessor:
    """An NVIDIA GPU as its driver sees it.

    Args:
        uuid: The GPU's own name, which does not depend on how devices are numbered here.
    """

    def __init__(self, uuid: str) -> None:
        pynvml.nvmlInit()
        self._handle = pynvml.nvmlDeviceGetHandleByUUID(uuid)

    @classmethod
    def find(cls, uuid: str) -> GraphicsProcessor | None:
        """The GPU, or None where the driver does not answer; training does not depend on it."""
        try:
            return cls(uuid)
        except pynvml.NVMLError:
            return None

    def measure(self) -> dict[str, Any]:
        """Memory in use, how busy, how warm; what the driver does not tell is left out."""
        fields: dict[str, Any] = {}
        try:
            fields["device_memory_bytes"] = int(pynvml.nvmlDeviceGetMemoryInfo(self._handle).used)
            busy = pynvml.nvmlDeviceGetUtilizationRates(self._handle).gpu
            fields["device_busy"] = int(busy) / 100
            fields["device_temperature"] = pynvml.nvmlDeviceGetTemperature(
                self._handle, pynvml.NVML_TEMPERATURE_GPU
            )
        except pynvml.NVMLError:
            pass
        return fields
