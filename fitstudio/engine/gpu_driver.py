"""What NVIDIA's driver tells of a GPU: without torch, and without taking any of its memory.

torch needs half a gigabyte on a GPU before it can say how much is free there. Where the driver does
not answer, everything here is simply not known.
"""

from __future__ import annotations

from typing import Any

import pynvml


class GraphicsProcessor:
    """An NVIDIA GPU as its driver sees it.

    Args:
        uuid: The GPU's own name, which does not depend on how devices are numbered here.
    """

    def __init__(self, uuid: str) -> None:
        pynvml.nvmlInit()
        self._handle = pynvml.nvmlDeviceGetHandleByUUID(uuid)

    @classmethod
    def find(cls, uuid: str | None) -> GraphicsProcessor | None:
        """The GPU, or None where the driver does not answer; training does not depend on it."""
        try:
            return None if uuid is None else cls(uuid)
        except pynvml.NVMLError:
            return None

    def measure(self) -> dict[str, Any]:
        """Memory in use, how busy, how warm, how much power; what is not told is left out."""
        gpu = self._handle
        asked: dict[str, Any] = {
            "device_memory_bytes": lambda: int(pynvml.nvmlDeviceGetMemoryInfo(gpu).used),
            "device_busy": lambda: int(pynvml.nvmlDeviceGetUtilizationRates(gpu).gpu) / 100,
            "device_temperature": lambda: int(
                pynvml.nvmlDeviceGetTemperature(gpu, pynvml.NVML_TEMPERATURE_GPU)
            ),
            "device_power_w": lambda: pynvml.nvmlDeviceGetPowerUsage(gpu) / 1000,
        }
        found = {name: _told(ask) for name, ask in asked.items()}
        return {name: value for name, value in found.items() if value is not None}

    def free_bytes(self) -> int | None:
        """Memory that no program has taken."""
        return _told(lambda: int(pynvml.nvmlDeviceGetMemoryInfo(self._handle).free))


def driver_version() -> str | None:
    """The driver's version, such as ``"580.65"``."""

    def ask() -> str:
        pynvml.nvmlInit()
        version = pynvml.nvmlSystemGetDriverVersion()
        return version.decode() if isinstance(version, bytes) else str(version)

    return _told(ask)


def _told(ask: Any) -> Any:
    try:
        return ask()
    except pynvml.NVMLError:  # this one is not told, or not on this model
        return None
