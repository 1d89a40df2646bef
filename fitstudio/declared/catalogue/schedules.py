"""The learning rate by plan: what `LearningRateScheduler` of the catalogue computes."""

from __future__ import annotations

import math
from collections.abc import Mapping
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
    last = max(1, epochs - 1 - warmup)
    done = min(1.0, (epoch - warmup) / last)
    final = float(values["final"])
    if values["schedule"] == "cosine":
        done = 0.5 - 0.5 * math.cos(math.pi * done)
    return initial_rate + (final - initial_rate) * done
