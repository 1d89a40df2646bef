"""What the callbacks that watch a monitored metric share: which direction is better."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any

MODES = ("auto", "min", "max")


def wants_maximum(mode: str, monitor: str, grows: Callable[[str], bool], *, callback: str) -> bool:
    """Whether larger values of the monitored metric are better.

    Args:
        mode: ``"min"``, ``"max"``, or ``"auto"`` to tell from the name.
        monitor: The metric's name.
        grows: For "auto": whether a metric of that name is maximised.
        callback: The callback's name, for the warning about an unknown mode.
    """
    if mode not in MODES:
        warnings.warn(
            f"{callback} mode {mode!r} is unknown, so 'auto' is used.", RuntimeWarning, stacklevel=3
        )
        mode = "auto"
    return mode == "max" or (mode == "auto" and grows(monitor))


def worst(maximise: bool) -> float:
    """What every first value improves on."""
    return -math.inf if maximise else math.inf


def is_better(value: float, reference: float, *, maximise: bool, min_delta: float = 0.0) -> bool:
    """Whether `value` beats `reference` by more than `min_delta`."""
    if maximise:
        return bool(value - min_delta > reference)
    return bool(value + min_delta < reference)


def monitored(logs: Mapping[str, Any] | None, monitor: str, *, callback: str) -> float | None:
    """The monitored value, or None with a warning that lists what there is."""
    value = (logs or {}).get(monitor)
    if value is None:
        there = ", ".join(sorted(logs or {})) or "none"
        warnings.warn(
            f"{callback} watches {monitor!r}, which is not in the logs. Available are: {there}.",
            RuntimeWarning,
            stacklevel=3,
        )
        return None
    return float(value)
