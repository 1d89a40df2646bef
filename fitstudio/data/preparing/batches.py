"""Batches that are read while training runs, for data that do not fit into memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


class RowBatches:
    """A sequence of batches, in the order of the samples; ``fit()`` mixes that of the batches.

    It can be sent to reader processes: arrays in files are opened there again.

    Args:
        x: Inputs, anything that takes slices of samples; of a model with several a mapping of them.
        y: Targets.
        weights: Sample weights, or None.
        batch_size: Samples of one batch; the last may be short.
    """

    def __init__(self, x: Any, y: Any, weights: Any = None, *, batch_size: int) -> None:
        if batch_size < 1:
            raise ValueError(f"A batch needs at least one row, not {batch_size}.")
        self.x, self.y, self.weights = x, y, weights
        self.batch_size = batch_size
        first = next(iter(x.values())) if isinstance(x, Mapping) else x
        self.rows = int(first.shape[0])

    def __len__(self) -> int:
        return -(-self.rows // self.batch_size)

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        if not 0 <= index < len(self):
            raise IndexError(f"Batch {index} of {len(self)}.")
        rows = slice(index * self.batch_size, min(self.rows, (index + 1) * self.batch_size))
        batch = _taken(self.x, rows), _taken(self.y, rows)
        return batch if self.weights is None else (*batch, np.asarray(self.weights[rows]))

    def on_epoch_end(self) -> None:
        """Called by ``fit()`` after each epoch; the rows keep their order."""


def _taken(arrays: Any, rows: slice) -> Any:
    if isinstance(arrays, Mapping):
        return {name: np.asarray(array[rows]) for name, array in arrays.items()}
    return np.asarray(arrays[rows])
