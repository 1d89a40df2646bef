"""A source of batches by number, which several workers can read at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Sequence:
    """Base of data sets that make batch number ``i`` on request.

    Override ``__getitem__`` (returns ``(inputs, targets)`` or ``(inputs, targets, weights)``) and
    ``__len__`` (the number of batches). `on_epoch_end` is called after each epoch.

    A Sequence that changes in `on_epoch_end` may also have ``get_state()`` and ``set_state(state)``
    (plain data); with them a resumed training finds it as it was.
    """

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not implement __getitem__().")

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} does not implement __len__().")

    def on_epoch_end(self) -> None:
        """Called after each epoch; a place to reorder the samples."""

    def __iter__(self) -> Iterator[Any]:
        for index in range(len(self)):
            yield self[index]
