"""What the loop reads its batches from, whatever the data are.

Batches
├── ArrayBatches      arrays, tensors, h5py datasets, memory maps: rows by number (batches_array)
├── SequenceBatches   a Sequence: batches by number                              (batches_source)
├── DatasetBatches    a DataLoader or another iterable that can start again      (batches_source)
└── StreamBatches     a generator or iterator: one stream, never restarted       (batches_source)

Who owns what: a `Batches` knows how many steps an epoch has, where an epoch starts, and when the
data are used up. `Binding` turns what a source gave into tensors. The loop counts and warns.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np

from fitstudio.engine.feeding.binding import Batch
from fitstudio.errors import ArgumentError
from fitstudio.words import say


class Batches(ABC):
    """Batches for the epochs of one fit, or the runs of a validation."""

    @property
    @abstractmethod
    def steps(self) -> int | None:
        """Steps of an epoch; None if only the end of the data will tell."""

    def found_steps(self, steps: int) -> None:
        """Learns from the end of the first epoch how many steps an epoch has."""
        return

    @abstractmethod
    def epoch(self, epoch: int, first_step: int = 0) -> Iterator[Batch]:
        """The batches of an epoch, at most `steps`; fewer if the data end before.

        Args:
            epoch: The epoch's number, from 0.
            first_step: Batches of it that were trained on before an interruption.
        """

    def look_ahead(self, epoch: int, first_step: int = 0) -> None:
        """Reads the first batch, so that what does not fit is found before training.

        Raises:
            ArgumentError: If there is none, or it does not fit the model.
        """
        return

    def is_used_up(self, epoch: int) -> bool:
        """Whether there is no batch left for an epoch."""
        return False

    def end_epoch(self) -> None:
        """Tells the source that an epoch, or a validation run, has ended."""
        return

    def close(self) -> None:
        """Ends threads and processes that read ahead."""
        return

    def row_numbers(self, epoch: int, step: int) -> np.ndarray | None:
        """The numbers of a batch's rows, where the source has numbered rows."""
        return None

    def get_state(self) -> dict[str, Any]:
        """What decides the order of the batches, for a checkpoint."""
        return {}

    def set_state(self, state: dict[str, Any]) -> None:
        """Puts it back."""
        return


def nothing_to_read(argument: str) -> ArgumentError:
    """The error for a source without a single batch."""
    return ArgumentError(
        say("The source given as {argument} has no batch: it ended at once.", argument=argument),
        code="fit.empty-source",
        remedy=say("If it is a generator, it may have been used up before: make a new one."),
    )
