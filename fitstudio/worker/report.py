"""The callback that tells the journal what `fit()` does, saves its state, and carries out orders.

It is the last callback, so it sees what the others have added to the logs and whether they stop the
training. It has no hook for single training batches, which would cost time at each of them: it is
told of batches as `on_batch_losses`, many at once, ten times a second or after each long one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from fitstudio.engine import device
from fitstudio.engine.callbacks import Callback
from fitstudio.errors import StorageError
from fitstudio.journal import BatchHistory, EventType
from fitstudio.journal.events import finite
from fitstudio.worker.checkpoints import Keeper, StopRun
from fitstudio.worker.held_journal import HeldJournal
from fitstudio.worker.history_files import Row
from fitstudio.worker.not_finite import NotFiniteError
from fitstudio.worker.requests import Stopwatch
from fitstudio.worker.run import RunProcess

_INTERVAL_S = 0.1


class Reporter(Callback):
    """Reports, saves and obeys.

    Args:
        process: The training process, with its journal and orders.
        held: For what may only be told when its epoch is on the disk.
        keeper: Saves the state.
        rows: The finished epochs so far; filled here.
        epoch_lines: The same as `epoch_ended` told it, a line of JSON each, for the checkpoint.
            A resume tells of those that were saved and not yet told; see `HeldJournal`.
        batch_history: Takes the loss of every batch.
        last_epoch: The last epoch there will be, from 0.
        batch_size: Rows of a batch, for the speed.
        budget_s: After how many seconds of training the run stops; None for no limit.
        stop_on_nan: Whether a loss that is no number ends the run.

    Attributes:
        samples: Rows trained in this process.
        stopped_by: Who asked for the stop that was obeyed; None if nobody did.
        stopped_by_callback: Whether another callback stopped the training.
    """

    takes_large_test_batches = True

    def __init__(
        self,
        *,
        process: RunProcess,
        held: HeldJournal,
        keeper: Keeper,
        rows: list[Row],
        epoch_lines: list[str],
        batch_history: BatchHistory,
        last_epoch: int,
        batch_size: int | None,
        budget_s: float | None,
        stop_on_nan: bool,
    ) -> None:
        super().__init__()
        self.samples = 0
        self.stopped_by: str | None = None
        self.stopped_by_callback = False
        self._process = process
        self._journal = process.journal
        self._orders = process.orders
        self._held = held
        self._keeper = keeper
        self._rows = rows
        self._epoch_lines = epoch_lines
        self._batch_history = batch_history
        self._last_epoch = last_epoch
        self._batch_size = batch_size or 1
        self._budget_s = budget_s
        self._stop_on_nan = stop_on_nan
        self._stopwatch = Stopwatch()
        self._epoch_watch = Stopwatch()
        self._told_at = 0.0
        self._epoch = 0
        self._step = -1
        self._rate: float | None = None
        self._has_gap = False

    # The hooks, in the order in which fit() calls them.

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._epoch, self._step = epoch, -1
        self._epoch_watch = Stopwatch()
        self._rate = self._learning_rate()
        self._held.append(EventType.EPOCH_STARTED, epoch=epoch)
        self._look_around()

    def on_test_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        # A state saved here goes on with the validation from its beginning.
        if self._orders.waiting:
            self._obey(within_epoch=True)
        if time.monotonic() - self._told_at >= _INTERVAL_S:
            self._tell_batch("validate", batch, logs)
            self._look_around()

    def on_test_end(self, logs: Mapping[str, Any] | None = None) -> None:
        values = {f"val_{name}": float(value) for name, value in (logs or {}).items()}
        self._held.append(EventType.VALIDATION_ENDED, epoch=self._epoch, logs=values)

    def on_batch_losses(self, epoch: int, first_step: int, losses: np.ndarray) -> None:
        """Takes the losses of the batches since the last call."""
        self._step = first_step + len(losses) - 1
        self.samples += len(losses) * self._batch_size
        self._write_losses(epoch, first_step, losses)
        if self._stop_on_nan and not np.isfinite(losses).all():
            bad = int(np.flatnonzero(~np.isfinite(losses))[0])
            raise NotFiniteError(epoch, first_step + bad, float(losses[bad]))
        self._tell_batch("train", self._step, self.model.running_logs())
        self._look_around()
        if self._orders.waiting:
            self._obey(within_epoch=True)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        values = {name: float(value) for name, value in (logs or {}).items()}
        self._rows.append((epoch, values))
        ended: dict[str, Any] = {"epoch": epoch, "logs": values}
        ended["seconds"] = round(self._epoch_watch.seconds, 4)
        if self._rate is not None:
            ended["learning_rate"] = self._rate
        self._epoch_lines.append(json.dumps(finite(ended)))
        self._held.append(EventType.EPOCH_ENDED, **ended)
        self.stopped_by_callback = bool(self.model.stop_training)
        if self._orders.stop is not None and epoch < self._last_epoch:
            self.stopped_by = self._orders.stop_by
            self.model.stop_training = True
        final = epoch == self._last_epoch or bool(self.model.stop_training)
        self._keeper.epoch_ended(epoch, values, self._state, final=final)
        if self._orders.waiting:
            self._obey(within_epoch=False)

    # What they do.

    def save_restored(self) -> None:
        """Saves the state once more after fit(): a callback has put the best weights back."""
        self._keeper.save_within(self._rows[-1][0], 0, self._state())

    def _state(self) -> dict[str, Any]:
        """All that is needed to go on from here: the engine's state and ours."""
        engine = dict(self.model.training_state())
        weights = engine.pop("weights")
        return {
            "weights": weights,
            "engine": engine,
            "worker": {"epochs": "\n".join(self._epoch_lines)},
        }

    def _write_losses(self, epoch: int, first_step: int, losses: np.ndarray) -> None:
        """Writes them to `batches.f32`; a disk that takes none leaves a gap, which is told."""
        place = f"epoch {epoch + 1}, batch {first_step + 1}"
        try:
            self._batch_history.append(epoch, first_step, losses.tolist())
        except StorageError as problem:
            if not self._has_gap:
                self._has_gap = True
                self._process.tell(
                    "warning",
                    "batches.gap",
                    f"From {place}, on the losses of single batches are not written: "
                    f"{problem.message} Their curve has a gap there; the epochs are complete.",
                )
            return
        if self._has_gap:
            self._has_gap = False
            self._process.tell(
                "info",
                "batches.written-again",
                f"From {place}, on the losses of single batches are written again.",
            )

    def _tell_batch(self, phase: str, step: int, logs: Mapping[str, Any] | None) -> None:
        self._told_at = time.monotonic()
        steps = self.params.get("steps") if phase == "train" else None
        self._held.append(
            EventType.BATCH_ENDED,
            epoch=self._epoch,
            step=step,
            phase=phase,
            logs={name: float(value) for name, value in (logs or {}).items()},
            **({} if steps is None else {"steps": steps}),
        )

    def _look_around(self) -> None:
        """What is looked at ten times a second."""
        self._keeper.check()
        if self._budget_s is not None and self._stopwatch.seconds > self._budget_s:
            self._budget_s = None
            self._journal.append(EventType.STOP_REQUESTED, by="time_budget", when="batch")
            self._orders.ask_stop("batch", "time_budget")

    def _obey(self, *, within_epoch: bool) -> None:
        orders = self._orders
        self._save_snapshot_if_asked(within_epoch)
        if orders.paused and orders.stop in (None, "epoch"):
            self._pause(within_epoch)
        if orders.stop in ("batch", "now"):
            if within_epoch:
                self._keeper.save_within(self._epoch, self._step + 1, self._state())
            raise StopRun(orders.stop_by)
        orders.settled()

    def _save_snapshot_if_asked(self, within_epoch: bool) -> None:
        if not self._orders.snapshot:
            return
        self._orders.snapshot = False
        done = self._step + 1
        name = f"snapshot-{self._epoch + 1:04d}-{done:06d}"
        step = done if within_epoch else 0
        self._keeper.save_within(self._epoch, step, self._state(), name=name)
        self._tell("snapshot", f"A snapshot is saved in {f'checkpoints/{name}'!r}.")

    def _pause(self, within_epoch: bool) -> None:
        began = time.monotonic()
        self._tell("paused", "The run is paused.")
        if self._orders.free_memory:
            device.release_memory(self.model.device)
        while self._orders.paused and self._orders.stop not in ("batch", "now"):
            self._orders.wait_for_change(1.0)
            self._save_snapshot_if_asked(within_epoch)
        seconds = time.monotonic() - began
        self._stopwatch.leave_out(seconds)
        self._epoch_watch.leave_out(seconds)
        if not self._orders.paused:
            self._tell("continued", "The run goes on.")

    def _tell(self, code: str, sentence: str) -> None:
        self._journal.append(EventType.MESSAGE, level="info", code=code, sentence=sentence)

    def _learning_rate(self) -> float | None:
        rate = getattr(self.model.optimizer, "learning_rate", None)
        return None if rate is None else float(rate)
