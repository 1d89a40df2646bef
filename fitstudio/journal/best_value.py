"""Follows one monitored metric over the epochs: its best value, and how long that is ago.

The same counting as in the engine's EarlyStopping, from the journal alone, so that every screen can
show "8 of 20 epochs" without asking the worker.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fitstudio.declared.catalogue.callbacks import EARLY_STOPPING
from fitstudio.declared.catalogue.measured_names import higher_is_better


def mode_of(metric: str, mode: str | None = None) -> str:
    """ "max" or "min": which way a metric gets better.

    Args:
        metric: Its name in the logs; `val_` in front makes no difference.
        mode: What a callback says; "auto" and None leave it to the metric. Of one that nobody
            knows less is better, as with a loss.
    """
    if mode in ("min", "max"):
        return mode
    return "max" if higher_is_better(metric) else "min"


def is_better(value: float, than: float, *, mode: str, by: float = 0.0) -> bool:
    """Whether `value` beats `than` by more than `by`; NaN never does, any number beats NaN."""
    if math.isnan(than):
        return not math.isnan(value)
    return value > than + by if mode == "max" else value < than - by


@dataclass(slots=True)
class BestValue:
    """The best value of a metric so far, and the wait for a better one.

    Attributes:
        monitor: Name of the metric.
        mode: "min" or "max".
        value: The best value; None before the first.
        epoch: When that was, from 0.
        waited: Epochs since then that count.
        patience: How many such epochs end the run; None if nothing ends it.
        every: How many epochs lie between two that count; more than 1 where it is not measured in
            each.
    """

    monitor: str
    mode: str
    patience: int | None = None
    min_delta: float = 0.0
    baseline: float | None = None
    start_from_epoch: int = 0
    value: float | None = None
    epoch: int | None = None
    waited: int = 0
    every: int = 1
    last_epoch: int | None = field(default=None, repr=False)

    @classmethod
    def from_callback(cls, settings: Mapping[str, Any]) -> BestValue:
        """The watch that an EarlyStopping with these settings keeps."""
        monitor = str(settings.get("monitor") or "val_loss")
        mode = settings.get("mode")
        if mode not in ("min", "max"):
            # EarlyStopping's own rule for "auto", which is narrower than that of `mode_of`.
            mode = "max" if EARLY_STOPPING.rises_on_auto(monitor) else "min"
        return cls(
            monitor,
            mode,
            patience=int(settings.get("patience") or 0),
            min_delta=abs(float(settings.get("min_delta") or 0.0)),
            baseline=settings.get("baseline"),
            start_from_epoch=int(settings.get("start_from_epoch") or 0),
        )

    @property
    def stops_at(self) -> int | None:
        """The epoch (from 0) that would be the last one if nothing got better any more."""
        if self.patience is None or self.last_epoch is None:
            return None
        return self.last_epoch + max(0, max(1, self.patience) - self.waited) * self.every

    def see(self, epoch: int, logs: Mapping[str, Any]) -> None:
        """Takes in an epoch's logs."""
        value = logs.get(self.monitor)
        if epoch < self.start_from_epoch or not isinstance(value, (int, float)):
            return
        if self.last_epoch is not None:
            self.every = max(1, epoch - self.last_epoch)
        self.last_epoch = epoch
        self.waited += 1
        best = math.nan if self.value is None else self.value
        if is_better(value, best, mode=self.mode, by=self.min_delta):
            self.value, self.epoch = value, epoch
            if self.baseline is None or is_better(value, self.baseline, mode=self.mode):
                self.waited = 0
