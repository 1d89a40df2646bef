"""Writes the loss of every batch, and ends the run where one is no number."""

from __future__ import annotations

import numpy as np

from fitstudio.engine.callbacks import Callback
from fitstudio.errors import StorageError
from fitstudio.journal import BatchHistory
from fitstudio.words import say
from fitstudio.worker.run_process import RunProcess
from fitstudio.worker.watching.not_finite import NotFiniteError


class BatchLosses(Callback):
    """Keeps `batches.f32` up to date.

    Args:
        process: Tells the person of gaps.
        history: Takes the losses.
        stop_on_nan: Whether a loss that is no number ends the run; it is written all the same.
    """

    def __init__(self, process: RunProcess, history: BatchHistory, *, stop_on_nan: bool) -> None:
        super().__init__()
        self._process = process
        self._history = history
        self._stop_on_nan = stop_on_nan
        self._has_gap = False

    def on_batch_losses(self, epoch: int, first_step: int, losses: np.ndarray) -> None:
        """Takes the losses of the batches since the last call.

        Raises:
            NotFiniteError: If one of them is no number, and that ends the run.
        """
        self._write(epoch, first_step, losses)
        if self._stop_on_nan and not np.isfinite(losses).all():
            bad = int(np.flatnonzero(~np.isfinite(losses))[0])
            raise NotFiniteError(epoch, first_step + bad, float(losses[bad]))

    def _write(self, epoch: int, first_step: int, losses: np.ndarray) -> None:
        """Writes them; a disk that takes none leaves a gap, which is told once."""
        place = say("epoch {epoch}, batch {first_step}", epoch=epoch + 1, first_step=first_step + 1)
        try:
            self._history.append(epoch, first_step, losses.tolist())
        except StorageError as problem:
            if not self._has_gap:
                self._has_gap = True
                self._process.tell(
                    "warning",
                    "batches.gap",
                    say(
                        "From {place}, on the losses of single batches are not written: "
                        "{message} Their curve has a gap there; the epochs are complete.",
                        place=place,
                        message=problem.message,
                    ),
                )
            return
        if self._has_gap:
            self._has_gap = False
            self._process.tell(
                "info",
                "batches.written-again",
                say(
                    "From {place}, on the losses of single batches are written again.", place=place
                ),
            )
