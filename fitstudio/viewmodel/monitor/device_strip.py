"""What a run takes of the machine: how busy, how much memory, how warm or how quick."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psutil

from fitstudio.journal.run_state import RunState
from fitstudio.words import say
from fitstudio.words.numbers import format_bytes, format_count

_TEMPERATURE_SCALE_C = 100.0


@dataclass(frozen=True, slots=True)
class MeterReading:
    """One meter: its newest value in words, and its course as shares of a fixed scale.

    Attributes:
        title: What is measured.
        value: The newest value.
        rest: What follows it, quieter: a unit, "of 16 GB".
        shares: The course, 0 to 1, the newest last; not-a-number where nothing was measured.
    """

    title: str
    value: str
    rest: str
    shares: tuple[float, ...]


def device_title(state: RunState) -> str:
    """What the run trains on: "GPU 0 · RTX A4000"."""
    if isinstance(state.device, Mapping):
        return str(state.device.get("title") or state.device.get("name") or "")
    return str(state.device or "")


def read_meters(state: RunState) -> list[MeterReading]:
    """The meters that the run's heartbeats allow, at most three; none before the first."""
    heartbeats = list(state.heartbeats)
    if not heartbeats:
        return []
    meters = [
        _busy(heartbeats),
        _memory(heartbeats, state),
        _temperature(heartbeats) or _speed(heartbeats),
    ]
    return [meter for meter in meters if meter is not None]


def _busy(heartbeats: Sequence[Mapping[str, Any]]) -> MeterReading | None:
    shares = _course(heartbeats, "device_busy")
    if not _known(shares):
        cores = os.cpu_count() or 1
        shares = tuple(share / 100 / cores for share in _course(heartbeats, "cpu_percent"))
    newest = _newest(shares)
    if newest is None:
        return None
    return MeterReading(say("Busy"), f"{newest * 100:.0f}", "%", shares)


def _memory(heartbeats: Sequence[Mapping[str, Any]], state: RunState) -> MeterReading | None:
    used = _course(heartbeats, "device_memory_bytes")
    total = 0.0
    if _known(used):
        if isinstance(state.device, Mapping):
            total = float(state.device.get("memory_bytes") or 0.0)
    else:
        used = _course(heartbeats, "memory_bytes")
        total = float(psutil.virtual_memory().total)
    newest = _newest(used)
    if newest is None:
        return None
    scale = total or max(share for share in used if not math.isnan(share))
    value, _, unit = format_bytes(newest).partition(" ")
    rest = say("{unit} of {total}", unit=unit, total=format_bytes(total)) if total else unit
    if total and format_bytes(total).endswith(unit):
        rest = say("of {total}", total=format_bytes(total))
    return MeterReading(say("Memory"), value, rest, tuple(share / scale for share in used))


def _temperature(heartbeats: Sequence[Mapping[str, Any]]) -> MeterReading | None:
    course = _course(heartbeats, "device_temperature")
    newest = _newest(course)
    if newest is None:
        return None
    shares = tuple(each / _TEMPERATURE_SCALE_C for each in course)
    return MeterReading(say("Temperature"), f"{newest:.0f}", "°C", shares)


def _speed(heartbeats: Sequence[Mapping[str, Any]]) -> MeterReading | None:
    course = _course(heartbeats, "samples_per_s")
    newest = _newest(course)
    if newest is None:
        return None
    scale = max(each for each in course if not math.isnan(each)) or 1.0
    shares = tuple(each / scale for each in course)
    return MeterReading(say("Speed"), format_count(round(newest)), "rows/s", shares)


def _course(heartbeats: Sequence[Mapping[str, Any]], name: str) -> tuple[float, ...]:
    values = (heartbeat.get(name) for heartbeat in heartbeats)
    return tuple(float(each) if isinstance(each, (int, float)) else math.nan for each in values)


def _known(course: Sequence[float]) -> bool:
    return any(not math.isnan(each) for each in course)


def _newest(course: Sequence[float]) -> float | None:
    return next((each for each in reversed(course) if not math.isnan(each)), None)
