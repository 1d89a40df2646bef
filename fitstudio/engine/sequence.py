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

    Example:
        >>> import numpy as np
        >>> import torch
        >>> from fitstudio import Model, Sequence
        >>> class Rows(Sequence):
        ...     def __init__(self, x, y, batch_size):
        ...         self.x, self.y, self.batch_size = x, y, batch_size
        ...
        ...     def __len__(self):
        ...         return -(-len(self.x) // self.batch_size)
        ...
        ...     def __getitem__(self, index):
        ...         rows = slice(index * self.batch_size, (index + 1) * self.batch_size)
        ...         return self.x[rows], self.y[rows]
        >>> x = np.ones((20, 3))
        >>> model = Model(torch.nn.Linear(3, 1))
        >>> model.compile("sgd", loss="mse")
        >>> history = model.fit(Rows(x, x[:, 0], batch_size=8), epochs=2, verbose=0)
        >>> history.params["steps"]
        3
    """

    def __getitem__(self, index: int) -> Any:
        """Batch number `index`, from 0."""
        raise NotImplementedError(f"{type(self).__name__} does not implement __getitem__().")

    def __len__(self) -> int:
        """How many batches there are."""
        raise NotImplementedError(f"{type(self).__name__} does not implement __len__().")

    def on_epoch_end(self) -> None:
        """Called after each epoch; a place to reorder the samples."""

    def __iter__(self) -> Iterator[Any]:
        """All batches in order."""
        for index in range(len(self)):
            yield self[index]
