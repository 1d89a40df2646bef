"""Callbacks that change the learning rate between epochs."""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Callable
from typing import Any

from fitstudio.engine.callbacks.callback import Callback
from fitstudio.engine.callbacks.checking import checked
from fitstudio.engine.callbacks.monitoring import is_better, monitored, wants_maximum, worst
from fitstudio.errors import ArgumentError
from fitstudio.terminal import say
from fitstudio.words import saying


class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch.

    Args:
        schedule: A function ``(epoch, rate)`` or ``(epoch)`` that returns the rate to use.
        verbose: 1 prints the rate.
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        super().__init__()
        self.schedule = schedule
        self.verbose = verbose
        self._takes_rate = _takes_two(schedule)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Sets the epoch's rate.

        Raises:
            ArgumentError: If the schedule gives no finite number of 0 or more.
        """
        optimizer = self.model.optimizer
        if self._takes_rate:
            rate = self.schedule(epoch, float(optimizer.learning_rate))
        else:
            rate = self.schedule(epoch)
        number = _number(rate)
        if number is None or not 0.0 <= number < math.inf:
            raise ArgumentError(
                saying.say(
                    "The schedule of LearningRateScheduler gave {rate} for epoch {epoch}.",
                    rate=repr(rate),
                    epoch=epoch,
                ),
                code="callback.schedule",
                remedy=saying.say(
                    "It should return the learning rate as a float: 0 or more, and finite."
                ),
            )
        optimizer.learning_rate = rate = number
        if self.verbose > 0:
            say(
                saying.say(
                    "\nEpoch {epoch}: LearningRateScheduler setting learning rate to {rate}.\n",
                    epoch=epoch + 1,
                    rate=rate,
                )
            )

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Adds the rate to the logs as "lr"."""
        if logs is not None:
            logs["lr"] = float(self.model.optimizer.learning_rate)


class ReduceLROnPlateau(Callback):
    """Lowers the learning rate when a monitored metric has stopped improving.

    Args:
        monitor: The metric to watch.
        factor: What the rate is multiplied by; below 1.
        patience: Epochs without improvement after which it is lowered.
        verbose: 1 says so.
        mode: ``"min"``, ``"max"``, or ``"auto"``: maximise what contains acc.
        min_delta: An improvement must be larger than this.
        cooldown: Epochs after a reduction in which nothing is counted.
        min_lr: The rate does not go below it.

    Raises:
        ArgumentError: If one of them cannot be, such as a factor of 1 or a patience of -1.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0,
        *,
        epsilon: float | None = None,
    ) -> None:
        super().__init__()
        if epsilon is not None:
            warnings.warn(
                saying.say("epsilon is the old name of min_delta."),
                DeprecationWarning,
                stacklevel=2,
            )
            min_delta = epsilon
        settings = checked(
            "ReduceLROnPlateau",
            monitor=monitor,
            factor=factor,
            patience=patience,
            mode=mode,
            min_delta=min_delta,
            cooldown=cooldown,
            min_lr=min_lr,
        )
        self.monitor: str = settings["monitor"]
        self.factor: float = settings["factor"]
        self.patience: int = settings["patience"]
        self.verbose = verbose
        self.mode: str = settings["mode"]
        self.min_delta: float = settings["min_delta"]
        self.cooldown: int = settings["cooldown"]
        self.min_lr: float = settings["min_lr"]
        self._maximise = wants_maximum(self.mode, self.monitor, callback="ReduceLROnPlateau")
        self._start_afresh()

    def _start_afresh(self) -> None:
        self.wait = 0
        self.cooldown_counter = 0
        self.best = worst(self._maximise)

    def on_train_begin(self, logs: Any = None) -> None:
        """Forgets what an earlier training was like."""
        self._start_afresh()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Adds the rate to the logs as "lr", and lowers it where patience is at an end."""
        logs = {} if logs is None else logs
        optimizer = self.model.optimizer
        rate = float(optimizer.learning_rate)
        logs["lr"] = rate
        current = monitored(logs, self.monitor, callback="ReduceLROnPlateau")
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if is_better(current, self.best, maximise=self._maximise, min_delta=self.min_delta):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience and rate > self.min_lr:
                optimizer.learning_rate = max(rate * self.factor, self.min_lr)
                self.cooldown_counter = self.cooldown
                self.wait = 0
                if self.verbose > 0:
                    say(
                        saying.say(
                            "\nEpoch {epoch}: ReduceLROnPlateau reducing learning rate to "
                            "{learning_rate}.\n",
                            epoch=epoch + 1,
                            learning_rate=float(optimizer.learning_rate),
                        )
                    )

    def in_cooldown(self) -> bool:
        """Whether a reduction is so recent that nothing is counted."""
        return self.cooldown_counter > 0

    def identity(self) -> str:
        """What is monitored and which way is better."""
        return f"{self.monitor} {self.mode}"

    def get_state(self) -> dict[str, Any]:
        """The best value, and how many epochs it has waited and will rest."""
        return {"wait": self.wait, "cooldown_counter": self.cooldown_counter, "best": self.best}

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on from what `get_state` gave."""
        self.wait = int(state["wait"])
        self.cooldown_counter = int(state["cooldown_counter"])
        self.best = float(state["best"])


def _number(value: Any) -> float | None:
    if isinstance(value, (str, bytes, bool)):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _takes_two(schedule: Callable[..., float]) -> bool:
    """Whether the schedule wants the current rate as well."""
    try:
        inspect.signature(schedule).bind(0, 0.0)
    except TypeError:
        return False
    except ValueError:  # a function written in C that does not tell
        return True
    return True
