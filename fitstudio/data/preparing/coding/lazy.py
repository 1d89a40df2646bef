"""Arrays that are read, reordered and scaled row by row when they are asked for.

They look like NumPy arrays as far as training needs it: shape, dtype, length and indexing by rows.
The type of the numbers in a file ends here, at float32; what a model takes them as, and on which
device, is decided in `fitstudio.engine.feeding.columns.Cast`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fitstudio.data.columns.pieces import fits_memory
from fitstudio.data.columns.statistics import ArrayLike, rows_in_block
from fitstudio.data.preparing.coding.steps import Step, as_single, taken


class LazyArray:
    """Some rows of one or several arrays, in any order, scaled and as float32.

    Args:
        parts: Arrays of one shape; several are stacked as channels, behind their own axes.
        rows: The rows to take, in this order; None for all.
        sample_shape: The shape of one row of each part.
        center: What is taken off, for each part.
        scale: What it is then divided by.
        steps: What else is done to the numbers of each part, before that and after it.
        whole_pieces: Whether rows that lie in one piece of the file are to stay together when
            training mixes them; see `pieces`.
    """

    def __init__(
        self,
        parts: tuple[ArrayLike, ...],
        rows: np.ndarray | None,
        sample_shape: tuple[int, ...],
        center: tuple[np.ndarray, ...],
        scale: tuple[np.ndarray, ...],
        *,
        steps: tuple[tuple[Sequence[Step], Sequence[Step]], ...] = (),
        whole_pieces: bool = True,
    ) -> None:
        self._parts = parts
        self._rows = rows
        self._sample_shape = sample_shape
        self._center = center
        self._scale = scale
        self._steps = steps or (((), ()),) * len(parts)
        self._whole_pieces = whole_pieces
        count = parts[0].shape[0] if rows is None else len(rows)
        stacked = sample_shape if len(parts) == 1 else (*sample_shape, len(parts))
        self.shape: tuple[int, ...] = (count, *stacked)
        self.dtype = np.dtype(np.float32)

    @property
    def ndim(self) -> int:
        """How many axes there are, the rows among them."""
        return len(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes that all of it takes in memory."""
        return int(np.prod(self.shape, dtype=np.float64)) * self.dtype.itemsize

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> np.ndarray:
        if isinstance(key, tuple):
            first, rest = key[0], key[1:]
            rows = self[first]
            single = isinstance(first, int | np.integer)
            return rows[rest] if single else rows[(slice(None), *rest)]
        if isinstance(key, int | np.integer):
            place = int(key) + (len(self) if key < 0 else 0)
            if not 0 <= place < len(self):
                raise IndexError(f"Row {key} of {len(self)}.")
            return self._read(slice(place, place + 1))[0]
        return self._read(key)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        result = np.empty(self.shape, self.dtype)
        step = rows_in_block(self)
        for start in range(0, len(self), step):
            result[start : start + step] = self._read(slice(start, start + step))
        return result if dtype is None else result.astype(dtype, copy=False)

    def picked(self, rows: np.ndarray) -> LazyArray:
        """The same with only these rows, in this order; nothing is read."""
        wanted = rows if self._rows is None else self._rows[rows]
        return LazyArray(
            self._parts,
            wanted,
            self._sample_shape,
            self._center,
            self._scale,
            steps=self._steps,
            whole_pieces=self._whole_pieces,
        )

    @property
    def chunk_rows(self) -> int:
        """Rows that lie in the file as one piece, which is read whole; 1 where there are none."""
        return max(int(getattr(part, "chunk_rows", 1)) for part in self._parts)

    def pieces(self) -> np.ndarray | None:
        """For each row the number of the piece of the file that it lies in.

        Whoever mixes the rows does well to take those of a piece together: it is decompressed
        whole for whatever part of it is wanted. None where rows can be read one by one, or where
        they are to be mixed all the same.
        """
        if not self._whole_pieces or self.chunk_rows < 2:
            return None
        rows = np.arange(len(self)) if self._rows is None else self._rows
        return rows // self.chunk_rows

    def _read(self, key: Any) -> np.ndarray:
        wanted = self._rows[key] if self._rows is not None else key
        blocks = [
            self._scaled(np.asarray(part[wanted]), place) for place, part in enumerate(self._parts)
        ]
        return blocks[0] if len(blocks) == 1 else np.stack(blocks, axis=-1)

    def _scaled(self, block: np.ndarray, place: int) -> np.ndarray:
        # One pass in float64 a block: exact for large integers, and the block is small.
        values = block.reshape(len(block), *self._sample_shape).astype(np.float64)
        before, after = self._steps[place]
        values = taken(before, values)
        values -= self._center[place]
        values /= self._scale[place]
        return as_single(taken(after, values))


def in_memory(array: LazyArray) -> bool:
    """Whether the array is small enough to be read at once."""
    return fits_memory(array.nbytes)


def in_memory_if_small(array: LazyArray, *, lazily: bool | None = None) -> np.ndarray | LazyArray:
    """The array read now, if it is small.

    Args:
        array: The array.
        lazily: Whether it stays in its file, where that was decided before; a run that goes on
            reads its rows as it did, however much memory is free now.
    """
    if lazily is None:
        lazily = not in_memory(array)
    return array if lazily else np.asarray(array)
