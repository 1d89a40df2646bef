"""Saves the state of a training after each epoch, and wherever in an epoch it is asked to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fitstudio.engine.callbacks import Callback
from fitstudio.worker.callbacks.position import Position
from fitstudio.worker.saving.checkpoints import Checkpoints
from fitstudio.worker.saving.history_files import Row


class Saving(Callback):
    """Makes the checkpoints.

    Args:
        checkpoints: Decides what is saved, and writes it.
        position: Where the training is.
        rows: The finished epochs so far.
        epoch_lines: The same as `epoch_ended` told it, a line of JSON each, for the checkpoint.
        last_epoch: The last epoch there will be, from 0.
    """

    takes_large_test_batches = True

    def __init__(
        self,
        *,
        checkpoints: Checkpoints,
        position: Position,
        rows: list[Row],
        epoch_lines: list[str],
        last_epoch: int,
    ) -> None:
        super().__init__()
        self._checkpoints = checkpoints
        self._position = position
        self._rows = rows
        self._epoch_lines = epoch_lines
        self._last_epoch = last_epoch

    # A save that failed is noticed soon, also in an epoch of hours.

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Looks whether the latest save failed."""
        self._checkpoints.check()

    def on_batch_losses(self, epoch: int, first_step: int, losses: np.ndarray) -> None:
        """Looks whether the latest save failed."""
        self._checkpoints.check()

    def on_test_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Looks whether the latest save failed."""
        self._checkpoints.check()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Saves the state after an epoch; that of the last one is waited for."""
        final = epoch == self._last_epoch or bool(self.model.stop_training)
        values = self._rows[-1][1]
        self._checkpoints.epoch_ended(epoch, values, self._state, final=final)

    def save_here(self, *, within_epoch: bool, name: str = "last") -> None:
        """Saves the state between two batches, or at the end of an epoch.

        A state saved in the middle of a validation goes on with the validation from its beginning.

        Args:
            within_epoch: Whether the epoch at work is not over.
            name: The checkpoint's folder.
        """
        step = self._position.done if within_epoch else 0
        self._checkpoints.save_within(self._position.epoch, step, self._state(), name=name)

    def settle(self) -> None:
        """Waits until the latest checkpoint is on the disk."""
        self._checkpoints.settle()

    def save_restored(self) -> None:
        """Saves the state once more after fit(): a callback has put the best weights back."""
        self._checkpoints.save_within(self._rows[-1][0], 0, self._state())

    def _state(self) -> dict[str, Any]:
        """All that is needed to go on from here: the engine's state and ours."""
        engine = dict(self.model.training_state())
        weights = engine.pop("weights")
        return {
            "weights": weights,
            "engine": engine,
            "worker": {"epochs": "\n".join(self._epoch_lines)},
        }
