"""Rows of an array in the order in which another file names them; read when they are asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from fitstudio.data.columns.statistics import ArrayLike

NO_ROW = -1


class PickedArray:
    """An array with a row for each of `rows`; it looks as `ArrayLike` does, and can be pickled.

    Args:
        array: The array as it stands in its file.
        rows: For each row the row of the array that it is, or `NO_ROW`: then its numbers are NaN.
    """

    def __init__(self, array: ArrayLike, rows: np.ndarray) -> None:
        self._array = array
        self._rows = rows
        self.shape = (len(rows), *array.shape[1:])
        dtype = np.dtype(array.dtype)
        if dtype.kind in "biu" and bool((rows == NO_ROW).any()):
            dtype = np.dtype(np.float32 if dtype.itemsize < 3 else np.float64)
        self.dtype = dtype

    @property
    def ndim(self) -> int:
        """How many axes there are, the rows among them."""
        return len(self.shape)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, key: Any) -> Any:
        first, rest = (key[0], key[1:]) if isinstance(key, tuple) else (key, ())
        wanted = np.asarray(self._rows[first])
        # Files are read forwards, each row once.
        needed, places = np.unique(wanted[wanted != NO_ROW], return_inverse=True)
        found = np.zeros((wanted.size, *self.shape[1:]), self.dtype)
        flat = wanted.reshape(-1)
        if len(needed):
            found[flat != NO_ROW] = np.asarray(self._array[needed])[places.reshape(-1)]
        if self.dtype.kind in "fmM":
            found[flat == NO_ROW] = np.nan if self.dtype.kind == "f" else "NaT"
        found = found.reshape(*wanted.shape, *self.shape[1:])
        return found[(*[slice(None)] * wanted.ndim, *rest)] if rest else found
