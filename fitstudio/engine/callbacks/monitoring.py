"""What the callbacks that watch a monitored metric share: which direction is better."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any

from fitstudio.declared.catalogue.watching import rises_on_auto
from fitstudio.words import say


def wants_maximum(mode: str, monitor: str, *, callback: str) -> bool:
    """Whether larger values of the monitored metric are better.

    Args:
        mode: ``"min"``, ``"max"``, or ``"auto"`` to tell from the name, as the reference does.
        monitor: The metric's name.
        callback: The callback's name, on which the reference's rule depends.
    """
    return mode == "max" or (mode == "auto" and rises_on_auto(callback, monitor))


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
            say(
                "{callback} watches {monitor}, which is not in the logs. Available are: {there}.",
                callback=callback,
                monitor=repr(monitor),
                there=there,
            ),
            RuntimeWarning,
            stacklevel=3,
        )
        return None
    return float(value)
