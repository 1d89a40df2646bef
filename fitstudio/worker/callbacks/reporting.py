"""Tells the journal what `fit()` does.

There is no hook for single training batches, which would cost time at each of them: batches come as
`on_batch_losses`, many at once, ten times a second or after each long one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from fitstudio.engine.callbacks import Callback
from fitstudio.journal import EventType
from fitstudio.journal.events import finite
from fitstudio.worker.callbacks.position import Position
from fitstudio.worker.saving.held_journal import HeldJournal
from fitstudio.worker.saving.history_files import Row

_INTERVAL_S = 0.1


class Reporting(Callback):
    """Tells of epochs, batches and validations, and keeps the position up to date.

    Args:
        held: The journal, for what may only be told when its epoch is on the disk.
        position: Where the training is; set here.
        rows: The finished epochs so far; filled here.
        epoch_lines: The same as `epoch_ended` told it, a line of JSON each, for the checkpoint.
            A resume tells of those that were saved and not yet told; see `HeldJournal`.
        batch_size: Rows of a batch, for the speed.
    """

    takes_large_test_batches = True

    def __init__(
        self,
        *,
        held: HeldJournal,
        position: Position,
        rows: list[Row],
        epoch_lines: list[str],
        batch_size: int | None,
    ) -> None:
        super().__init__()
        self._held = held
        self._position = position
        self._rows = rows
        self._epoch_lines = epoch_lines
        self._batch_size = batch_size or 1
        self._reported_at = 0.0
        self._rate: float | None = None

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Tells that an epoch begins."""
        self._position.begin(epoch)
        self._rate = self._learning_rate()
        self._held.append(EventType.EPOCH_STARTED, epoch=epoch)

    def on_batch_losses(self, epoch: int, first_step: int, losses: np.ndarray) -> None:
        """Tells of the newest of the batches since the last call."""
        self._position.step = first_step + len(losses) - 1
        self._position.samples += len(losses) * self._batch_size
        self._position.waited_s = self.model.waited_s
        self._tell_batch("train", self._position.step, self.model.running_logs())

    def on_test_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Tells how far the validation is, ten times a second at most."""
        if time.monotonic() - self._reported_at >= _INTERVAL_S:
            self._tell_batch("validate", batch, logs)

    def on_test_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """Tells what the validation has measured."""
        values = {f"val_{name}": float(value) for name, value in (logs or {}).items()}
        self._held.append(EventType.VALIDATION_ENDED, epoch=self._position.epoch, logs=values)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Tells what the epoch has measured, and keeps it for the checkpoint."""
        values = {name: float(value) for name, value in (logs or {}).items()}
        self._rows.append((epoch, values))
        ended: dict[str, Any] = {"epoch": epoch, "logs": values}
        ended["seconds"] = round(self._position.epoch_watch.seconds, 4)
        if self._rate is not None:
            ended["learning_rate"] = self._rate
        self._epoch_lines.append(json.dumps(finite(ended)))
        self._held.append(EventType.EPOCH_ENDED, **ended)

    def _tell_batch(self, phase: str, step: int, logs: Mapping[str, Any] | None) -> None:
        self._reported_at = time.monotonic()
        steps = self.params.get("steps") if phase == "train" else None
        self._held.append(
            EventType.BATCH_ENDED,
            epoch=self._position.epoch,
            step=step,
            phase=phase,
            logs={name: float(value) for name, value in (logs or {}).items()},
            **({} if steps is None else {"steps": steps}),
        )

    def _learning_rate(self) -> float | None:
        rate = getattr(self.model.optimizer, "learning_rate", None)
        return None if rate is None else float(rate)
