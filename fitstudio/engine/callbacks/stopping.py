"""Callbacks that end training: no more progress, or a loss that is no number any more."""

from __future__ import annotations

import math
from typing import Any

from fitstudio.engine.callbacks.callback import Callback
from fitstudio.engine.callbacks.checking import checked, size_of
from fitstudio.engine.callbacks.monitoring import is_better, monitored, wants_maximum, worst
from fitstudio.terminal import say
from fitstudio.words import saying


class EarlyStopping(Callback):
    """Stops when a monitored metric has not improved for `patience` epochs.

    Args:
        monitor: The metric to watch.
        min_delta: An improvement must be larger than this.
        patience: Epochs without improvement after which training stops.
        verbose: 1 says so when it stops.
        mode: ``"min"``, ``"max"``, or ``"auto"``: maximise what ends in acc, accuracy or auc.
        baseline: A value to beat: improvements that miss it do not reset the count.
        restore_best_weights: Put the best epoch's weights back when training ends.
        start_from_epoch: Epochs before this one are ignored.

    Raises:
        ArgumentError: If one of them cannot be, such as a patience of "3" or -1.

    Example:
        >>> import numpy as np
        >>> import torch
        >>> from fitstudio import Model, callbacks
        >>> x = np.zeros((64, 1))
        >>> model = Model(torch.nn.Identity())
        >>> model.compile("sgd", loss="mse")
        >>> stopping = callbacks.EarlyStopping("loss", patience=2, verbose=1)
        >>> history = model.fit(x, x + 1, epochs=9, callbacks=[stopping], verbose=0)
        Epoch 3: early stopping
        >>> len(history.epoch)
        3
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__()
        settings = checked(
            "EarlyStopping",
            monitor=monitor,
            min_delta=size_of(min_delta),
            patience=patience,
            mode=mode,
            baseline=baseline,
            start_from_epoch=start_from_epoch,
        )
        self.monitor: str = settings["monitor"]
        self.min_delta: float = settings["min_delta"]
        self.patience: int = settings["patience"]
        self.verbose = verbose
        self.mode: str = settings["mode"]
        self.baseline: float | None = settings["baseline"]
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch: int = settings["start_from_epoch"]
        self._maximise = wants_maximum(self.mode, self.monitor, callback="EarlyStopping")
        self._start_afresh()

    def _start_afresh(self) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best = worst(self._maximise)
        self.best_epoch = 0
        self.best_weights: Any = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Forgets what an earlier training was like."""
        self._start_afresh()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Compares the epoch with the best so far, and stops where none was for `patience`."""
        current = self.get_monitor_value(logs)
        if current is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            # Something to go back to, even if no epoch is ever better (NaN from the start).
            self._remember(epoch)
        self.wait += 1
        if self._beats(current, self.best):
            self.best = current
            self.best_epoch = epoch
            if self.restore_best_weights:
                self._remember(epoch)
            if self.baseline is None or self._beats(current, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Any = None) -> None:
        """Says at which epoch it stopped, and puts the best weights back where that is set."""
        if self.stopped_epoch > 0 and self.verbose > 0:
            say(
                saying.say(
                    "Epoch {stopped_epoch}: early stopping\n", stopped_epoch=self.stopped_epoch + 1
                )
            )
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose > 0:
                say(
                    saying.say(
                        "Restoring model weights from the end of the best epoch: {best_epoch}.\n",
                        best_epoch=self.best_epoch + 1,
                    )
                )
            self.model.load_weights_from(self.best_weights)

    def get_monitor_value(self, logs: Any) -> float | None:
        """The monitored value, or None with a warning."""
        return monitored(logs, self.monitor, callback="EarlyStopping")

    def identity(self) -> str:
        """What is monitored and which way is better."""
        return f"{self.monitor} {self.mode}"

    def get_state(self) -> dict[str, Any]:
        """The best value, its epoch and weights, and how long it has waited."""
        return {
            "wait": self.wait,
            "stopped_epoch": self.stopped_epoch,
            "best": self.best,
            "best_epoch": self.best_epoch,
            "best_weights": self.best_weights,
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on from what `get_state` gave."""
        self.wait = int(state["wait"])
        self.stopped_epoch = int(state["stopped_epoch"])
        self.best = float(state["best"])
        self.best_epoch = int(state["best_epoch"])
        self.best_weights = state["best_weights"]

    def _beats(self, value: float, reference: float) -> bool:
        return is_better(value, reference, maximise=self._maximise, min_delta=self.min_delta)

    def _remember(self, epoch: int) -> None:
        self.best_epoch = epoch
        self.best_weights = self.model.copy_of_weights()


class TerminateOnNaN(Callback):
    """Stops at the batch whose loss is NaN or infinite."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Stops where the batch's own loss, not the mean so far, is no finite number."""
        # A running mean is no number once one batch's loss is none: looking at that is enough, and
        # does not fetch every metric of every batch.
        loss = getattr(logs, "batch_loss", None)
        loss = (logs or {}).get("loss") if loss is None else float(loss)
        if loss is not None and not math.isfinite(loss):
            say(saying.say("Batch {batch}: Invalid loss, terminating training\n", batch=batch))
            self.model.stop_training = True
