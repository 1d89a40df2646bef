"""Gives the batches of a data file to `fit()`, which reads them with its own workers."""

from __future__ import annotations

from typing import Any

from fitstudio.data.preparing.batches import RowBatches
from fitstudio.engine.sequence import Sequence


class RowSequence(Sequence):
    """A `fitstudio.Sequence` over `RowBatches`; the engine does not know data files.

    Args:
        batches: What reads the file; it can be pickled, so that processes can read as well.
    """

    def __init__(self, batches: RowBatches) -> None:
        self._batches = batches

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> Any:
        return self._batches[index]

    def on_epoch_end(self) -> None:
        """Tells the batches that an epoch is over."""
        self._batches.on_epoch_end()
