"""Rows of numbers, wherever they are: a tensor or array in memory, or a file read piece by piece.

Column
├── TensorColumn   in memory (or on the GPU); slices are views
└── FileColumn     an h5py dataset, a memory map, anything with shape, dtype and slices; never read
                   whole
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from fitstudio.engine import device_memory
from fitstudio.engine.feeding.index_limits import IndexLimit
from fitstudio.engine.feeding.mapped_rows import MappedRows
from fitstudio.engine.feeding.numpy_tensors import to_tensor
from fitstudio.engine.feeding.sending import send

# Reading over so many unwanted bytes costs about as much as one more call of h5py.
_GAP_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Cast:
    """How an array becomes what the model takes.

    An array of the application comes here as float32, whatever type its file holds: the file's own
    type ends in `fitstudio.data.preparing.coding.lazy`. In a notebook it comes as it is.

    Attributes:
        dtype: What its numbers are converted to; None leaves them.
        adds_axis: Whether a flat (n,) becomes (n, 1).
        device: Where it goes.
        limit: What its numbers may be, where the device can't say so in words; see `check`.
    """

    dtype: torch.dtype | None
    adds_axis: bool
    device: torch.device
    limit: IndexLimit | None = None

    def __call__(self, tensor: Tensor) -> Tensor:
        """The tensor converted, moved, and with a second axis if it needs one."""
        if tensor.dtype != self.dtype or tensor.device != self.device:
            tensor = tensor.to(device=self.device, dtype=self.dtype or tensor.dtype)
        return tensor.unsqueeze(-1) if self.adds_axis else tensor

    def sent(self, tensor: Tensor) -> Tensor:
        """As a call, but nobody waits until the tensor has arrived; see `sending`."""
        return self(send(tensor, self.device))

    def check(self, tensor: Tensor, rows: Tensor | int = 0) -> None:
        """Looks at the numbers before they go to the device.

        Args:
            tensor: Rows of the array.
            rows: Their numbers, or that of the first.

        Raises:
            ArgumentError: If one is out of range.
        """
        if self.limit is not None:
            self.limit.check(tensor, rows)


class Column(ABC):
    """One array of a dataset; its first axis counts rows.

    Attributes:
        rows: How many rows.
        sample_shape: The shape of one row.
    """

    rows: int
    sample_shape: tuple[int, ...]

    @property
    @abstractmethod
    def device(self) -> torch.device:
        """Where the rows that are read end up."""

    @abstractmethod
    def read(self, start: int, stop: int) -> Tensor:
        """The rows from `start` up to `stop`."""

    @abstractmethod
    def take(self, rows: Tensor) -> Tensor:
        """The rows with these numbers, in this order."""

    @abstractmethod
    def part(self, start: int, stop: int) -> Column:
        """Rows `start` up to `stop` as a column of their own."""

    @abstractmethod
    def cast(self, cast: Cast) -> Column:
        """The column as the model wants it."""


class TensorColumn(Column):
    """A column in memory."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor
        self.rows = tensor.shape[0]
        self.sample_shape = tuple(tensor.shape[1:])

    @property
    def device(self) -> torch.device:
        """Where the column is."""
        return self.tensor.device

    def read(self, start: int, stop: int) -> Tensor:
        """The rows from `start` up to `stop`, without a copy."""
        return self.tensor[start:stop]

    def take(self, rows: Tensor) -> Tensor:
        """The rows with these numbers, in this order."""
        if rows.device != self.tensor.device:  # where another column is read from a file
            rows = rows.to(self.tensor.device)
        return self.tensor.index_select(0, rows)

    def part(self, start: int, stop: int) -> TensorColumn:
        """Rows `start` up to `stop` as a column of their own, without a copy."""
        return TensorColumn(self.tensor[start:stop])

    def cast(self, cast: Cast) -> Column:
        """The column as the model wants it; in main memory where the device has no room.

        Raises:
            ArgumentError: If it holds a number that is out of range.
        """
        cast.check(self.tensor)
        if self.tensor.device != cast.device and not _has_room(cast.device, self.tensor):
            # It was checked as a whole, and goes there block by block.
            return FileColumn(self.tensor.cpu().numpy(), cast=replace(cast, limit=None))
        return TensorColumn(cast(self.tensor))


class FileColumn(Column):
    """A column that stays where it is and is read in blocks.

    Args:
        source: Has ``shape``, ``dtype`` and slices along the first axis.
        start: Its first row that belongs to the column.
        stop: Where the column ends.
        cast: Done to every block that is read.
    """

    def __init__(
        self, source: Any, start: int = 0, stop: int | None = None, cast: Cast | None = None
    ) -> None:
        self.source = source
        self.start = start
        self._cast = cast
        self._mapped: MappedRows | Literal[False] | None = None
        self.rows = (int(source.shape[0]) if stop is None else stop) - start
        self.sample_shape = tuple(int(size) for size in source.shape[1:])

    @property
    def device(self) -> torch.device:
        """Where blocks go that are read."""
        return torch.device("cpu") if self._cast is None else self._cast.device

    def read(self, start: int, stop: int) -> Tensor:
        """The rows from `start` up to `stop`, read with one call."""
        block = to_tensor(_block(self.source[self.start + start : self.start + stop]))
        return self._cast_block(block, start)

    def take(self, rows: Tensor) -> Tensor:
        """The rows with these numbers, in this order; those close to each other in one read."""
        rows = rows.cpu()
        order, back = torch.sort(rows)
        found = self._take_sorted(order.numpy())
        # Where row k of the result stands in the sorted rows.
        places = torch.empty_like(back).scatter_(0, back, torch.arange(len(back)))
        return self._cast_block(found[places], rows)

    def part(self, start: int, stop: int) -> FileColumn:
        """Rows `start` up to `stop` as a column of their own; nothing is read."""
        return FileColumn(self.source, self.start + start, self.start + stop, self._cast)

    def cast(self, cast: Cast) -> FileColumn:
        """The column with every block that is read converted like this; nothing is read now."""
        return FileColumn(self.source, self.start, self.start + self.rows, cast)

    def pieces(self) -> Tensor | None:
        """For each row the piece of a file that is read whole for it; None if there are none."""
        tell = getattr(self.source, "pieces", None)
        found = tell() if callable(tell) else None
        if found is None:
            return None
        return torch.as_tensor(np.asarray(found)[self.start : self.start + self.rows])

    def _cast_block(self, block: Tensor, rows: Tensor | int) -> Tensor:
        """A block as the model wants it; `rows` are its rows' numbers, or the first of them."""
        if self._cast is None:
            return block
        self._cast.check(block, rows)
        return self._cast.sent(block)

    def _take_sorted(self, rows: np.ndarray) -> Tensor:
        """Rows in ascending order."""
        rows = rows + self.start
        if isinstance(self.source, np.ndarray):
            return to_tensor(self.source[rows])
        if callable(getattr(self.source, "pieces", None)):
            # It knows best which rows are read together.
            return to_tensor(_block(self.source[rows]))
        if self._mapped is None:
            self._mapped = MappedRows.of(self.source) or False
        if self._mapped:
            return to_tensor(self._mapped.take(rows))
        # Rows that are close to each other come with one read: a gap costs less than a call.
        row_bytes = max(1, int(np.prod(self.sample_shape)) * np.dtype(self.source.dtype).itemsize)
        far_apart = np.diff(rows) > max(1, _GAP_BYTES // row_bytes)
        pieces = []
        for run in np.split(rows, np.flatnonzero(far_apart) + 1):
            first = int(run[0])
            block = _block(self.source[first : int(run[-1]) + 1])
            pieces.append(block if len(block) == len(run) else block[run - first])
        return to_tensor(np.concatenate(pieces))


def _block(rows: Any) -> np.ndarray:
    """What a source gave, in memory: read here, in the thread that reads, not later."""
    if hasattr(rows, "toarray"):  # sparse rows
        return rows.toarray()
    return np.array(rows) if isinstance(rows, np.memmap) else np.asarray(rows)


def _has_room(device: torch.device, tensor: Tensor) -> bool:
    """Whether an array may stay on a device; see `device_memory.has_room_for_data`."""
    return device_memory.has_room_for_data(device, tensor.numel() * max(tensor.element_size(), 4))
