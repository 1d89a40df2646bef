"""What the header says about the device: its name, and how much of its memory is taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import psutil
import pynvml
from psygnal import Signal

from fitstudio.actions import environment
from fitstudio.errors import FitStudioError
from fitstudio.viewmodel.shell.background import Background
from fitstudio.words import say


@dataclass
class DeviceModel:
    """The device that a run would use; asked for once, its memory every few seconds.

    Args:
        background: Where slow work is done.

    Attributes:
        title: "GPU 0 · RTX A4000" or "CPU · 8 cores"; empty while unknown.
        reason: Why this device, in a sentence.
        used: Bytes of its memory in use.
        total: Bytes of its memory.
    """

    background: Background
    title: str = ""
    reason: str = ""
    used: int = 0
    total: int = 0
    _chosen: str = "cpu"
    _asking: bool = field(default=False, repr=False)

    changed = Signal()

    def ask(self) -> None:
        """Has a process with torch say which device it would use."""
        self.background.run(lambda job: environment.devices(), self._on_devices, self._on_failed)

    def look(self) -> None:
        """Reads the memory in use, in the background."""
        if not self._asking and self.title:
            self._asking = True
            chosen = self._chosen
            self.background.run(lambda job: _memory(chosen), self._on_memory, self._on_no_memory)

    def _on_devices(self, found: dict[str, Any]) -> None:
        self._chosen = str(found.get("chosen", "cpu"))
        self.reason = str(found.get("reason") or "")
        own = next((each for each in found["devices"] if each["name"] == self._chosen), None)
        title = str(own["title"]) if own else self._chosen
        number = self._chosen.partition(":")[2]
        self.title = (
            say("GPU {number} · {title}", number=number, title=title.removeprefix("NVIDIA "))
            if number
            else title
        )
        self.changed.emit()
        self.look()

    def _on_failed(self, problem: FitStudioError) -> None:
        self.title, self.reason = say("No device"), str(problem)
        self.changed.emit()

    def _on_memory(self, memory: tuple[int, int]) -> None:
        self._asking = False
        self.used, self.total = memory
        self.changed.emit()

    def _on_no_memory(self, _problem: FitStudioError) -> None:
        self._asking = False
        self.total = 0


def _memory(device: str) -> tuple[int, int]:
    """Bytes in use and in all."""
    if not device.startswith("cuda"):
        memory = psutil.virtual_memory()
        return memory.total - memory.available, memory.total
    pynvml.nvmlInit()
    try:
        handle = pynvml.nvmlDeviceGetHandleByIndex(int(device.partition(":")[2] or 0))
        memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
        return int(memory.used), int(memory.total)
    finally:
        pynvml.nvmlShutdown()
