"""The learning rate by plan: what `LearningRateScheduler` of the catalogue computes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from fitstudio.declared.catalogue.callbacks import LEARNING_RATE_SCHEDULER


def rate_at(settings: Mapping[str, Any], epoch: int, initial_rate: float, epochs: int) -> float:
    """The learning rate of an epoch.

    Args:
        settings: The callback's settings by name; what is left out is at its default.
        epoch: Counted from 0.
        initial_rate: The optimiser's learning rate before training.
        epochs: The number of the last epoch (``fit.epochs``).
    """
    values = LEARNING_RATE_SCHEDULER.defaults() | dict(settings)
    warmup = int(values["warmup"])
    if epoch < warmup:
        return initial_rate * (epoch + 1) / (warmup + 1)
    if values["schedule"] == "table":
        table = values["table"] or [initial_rate]
        return float(table[min(epoch, len(table) - 1)])
    if values["schedule"] == "step":
        return initial_rate * values["factor"] ** ((epoch - warmup) // int(values["every"]))
    if values["schedule"] == "exponential":
        return initial_rate * values["factor"] ** (epoch - warmup)
    final = float(values["final"])
    gone = _GONE[values["schedule"]](epoch - warmup, epochs - warmup, values)
    return initial_rate + (final - initial_rate) * gone


def _line(epoch: int, epochs: int) -> float:
    """How far on an epoch is: 0 in the first, 1 in the last."""
    return min(1.0, epoch / max(1, epochs - 1))


def _cosine(done: float) -> float:
    return 0.5 - 0.5 * math.cos(math.pi * done)


def _cosine_cycles(epoch: int, epochs: int, cycles: int) -> float:
    """Each cycle begins and ends at the final rate, and takes twice as long as the one before.

    The rate is that of the middle of an epoch: at its beginning the first one would learn nothing.
    """
    done = min(1.0, (epoch + 0.5) / max(1, epochs))
    return 0.5 + 0.5 * math.cos(2.0 * math.pi * math.log2(1.0 + (2**cycles - 1) * done))


# How much of the way from the first to the final rate an epoch has gone, by plan.
_GONE: Mapping[str, Callable[[int, int, Mapping[str, Any]], float]] = {
    "linear": lambda epoch, epochs, _: _line(epoch, epochs),
    "cosine": lambda epoch, epochs, _: _cosine(_line(epoch, epochs)),
    "flat_cosine": lambda epoch, epochs, _: _cosine(max(0.0, 2.0 * _line(epoch, epochs) - 1.0)),
    "cosine_cycles": lambda epoch, epochs, values: _cosine_cycles(epoch, epochs, values["cycles"]),
}
