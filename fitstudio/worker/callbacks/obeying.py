"""Carries out what was asked of a run: stop, pause, go on, snapshot, and the time that it may take.

A stop after the epoch is taken before the epoch is saved, because the last save is waited for;
everything else afterwards, so that a pause or a stop loses nothing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from fitstudio.engine import device, device_memory
from fitstudio.engine.callbacks import Callback
from fitstudio.engine.state.parking import Parked
from fitstudio.journal import EventType
from fitstudio.words import say
from fitstudio.worker.callbacks.position import Position
from fitstudio.worker.callbacks.saving import Saving
from fitstudio.worker.run_process import RunProcess
from fitstudio.worker.watching.requests import StopRun


class StopsAtEpoch(Callback):
    """Ends the training with its epoch, if that was asked for.

    Args:
        process: The training process, with what was asked.
        last_epoch: The last epoch there will be, from 0.

    Attributes:
        by: Who asked for the stop; None if nobody did.
        by_callback: Whether another callback stopped the training.
    """

    def __init__(self, process: RunProcess, *, last_epoch: int) -> None:
        super().__init__()
        self.by: str | None = None
        self.by_callback = False
        self._requests = process.requests
        self._last_epoch = last_epoch

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Notes whether the training ends here, and ends it if that was asked for."""
        self.by_callback = bool(self.model.stop_training)
        if self._requests.stop is not None and epoch < self._last_epoch:
            self.by = self._requests.stop_by
            self.model.stop_training = True


class Obeying(Callback):
    """Pauses, saves snapshots and stops between two batches or epochs, as was asked.

    Args:
        process: The training process, with its journal and what was asked.
        position: Where the training is.
        saving: Saves the state before the run stops.
        budget_s: After how many seconds of training the run stops; None for no limit.
    """

    takes_large_test_batches = True

    def __init__(
        self, process: RunProcess, *, position: Position, saving: Saving, budget_s: float | None
    ) -> None:
        super().__init__()
        self._journal = process.journal
        self._requests = process.requests
        self._position = position
        self._saving = saving
        self._budget_s = budget_s

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Looks at the time that the run may take."""
        self._watch_budget()

    def on_batch_losses(self, epoch: int, first_step: int, losses: np.ndarray) -> None:
        """Looks at what was asked since the last call."""
        self._watch_budget()
        self._obey(within_epoch=True)

    def on_test_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Looks at what was asked, in the middle of a validation."""
        self._watch_budget()
        self._obey(within_epoch=True)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Looks at what was asked, when the epoch is saved."""
        self._obey(within_epoch=False)

    def _watch_budget(self) -> None:
        if self._budget_s is not None and self._position.run_watch.seconds > self._budget_s:
            self._budget_s = None
            self._journal.append(EventType.STOP_REQUESTED, by="time_budget", when="batch")
            self._requests.ask_stop("batch", "time_budget")

    def _obey(self, *, within_epoch: bool) -> None:
        requests = self._requests
        if not requests.waiting:
            return
        self._save_snapshot_if_asked(within_epoch)
        if requests.paused and requests.stop in (None, "epoch"):
            self._pause(within_epoch)
        if requests.stop in ("batch", "now"):
            if within_epoch:
                self._saving.save_here(within_epoch=True)
            raise StopRun(requests.stop_by)
        requests.settled()

    def _save_snapshot_if_asked(self, within_epoch: bool) -> None:
        if not self._requests.snapshot:
            return
        self._requests.snapshot = False
        name = f"snapshot-{self._position.epoch + 1:04d}-{self._position.done:06d}"
        self._saving.save_here(within_epoch=within_epoch, name=name)
        self._tell(
            "snapshot", say("A snapshot is saved in {name}.", name=repr(f"checkpoints/{name}"))
        )

    def _pause(self, within_epoch: bool) -> None:
        began = time.monotonic()
        self._saving.settle()
        self._tell("paused", say("The run is paused."))
        parked = self.model.leave_device()
        while self._requests.paused and self._requests.stop not in ("batch", "now"):
            self._requests.wait_for_change(1.0)
            if self._requests.snapshot:
                self._bring_back(parked)
                self._save_snapshot_if_asked(within_epoch)
                parked = None if parked is None else self.model.leave_device()
        self._bring_back(parked)
        self._position.leave_out(time.monotonic() - began)
        if not self._requests.paused:
            self._tell("continued", say("The run goes on."))

    def _bring_back(self, parked: Parked | None) -> None:
        """Takes the GPU's memory again; waits while other programs have it."""
        told = False
        while parked is not None:
            try:
                parked.bring_back()
                return
            except RuntimeError as error:
                if not device.is_out_of_memory(error):
                    raise
                if self._requests.stop in ("batch", "now"):
                    # Nothing is left to be saved with: all finished epochs are.
                    parked.give_up()
                    raise StopRun(self._requests.stop_by) from error
                if not told:
                    told = True
                    self._tell(
                        "device-full",
                        say(
                            "Other programs have taken the GPU's memory meanwhile. The run "
                            "goes on as soon as there is room again."
                        ),
                    )
                device_memory.let_go(error)
                self._requests.wait_for_change(1.0)

    def _tell(self, code: str, sentence: str) -> None:
        self._journal.append(EventType.MESSAGE, level="info", code=code, sentence=sentence)
