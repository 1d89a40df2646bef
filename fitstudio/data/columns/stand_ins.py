"""Numbers that programs write where they have no value, and arrays read with them as gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fitstudio.data.columns.statistics import ArrayLike

# Far below what is measured; instruments, databases and surveys write them.
LOW_STAND_INS = frozenset(
    {-99.0, -999.0, -9999.0, -99999.0, -999999.0, -999.25, -99.99, -999.9, -9999.9}
)
# Far above: masked arrays of NumPy, netCDF's fill values of floats, and models of the weather.
HIGH_STAND_INS = frozenset({1e20, 9.969209968386869e36, 1e36, 1e35, 1e30, 9.999e20})


class GapsArray:
    """An array in which some numbers stand for none: they are NaN when it is read.

    Args:
        array: As it is in the file.
        marks: The numbers.
    """

    def __init__(self, array: ArrayLike, marks: tuple[float, ...]) -> None:
        self._array, self._marks = array, marks
        stored = array.dtype
        self.whole_numbers = stored.kind in "iu" or getattr(array, "whole_numbers", False)
        self.dtype = stored if stored.kind == "f" else np.dtype(np.float64)
        self.shape = array.shape
        self.chunk_rows: int = getattr(array, "chunk_rows", 1)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> Any:
        stored = np.asarray(self._array[key])
        missing = np.zeros(stored.shape, bool)
        for mark in self._marks:
            missing |= stored == as_stored(mark, stored.dtype)
        values = stored.astype(self.dtype)
        values[missing] = np.nan
        return values


def with_gaps(
    arrays: Mapping[str, ArrayLike], missing: Sequence[float] | None
) -> dict[str, ArrayLike]:
    """The arrays, with the numbers of the option ``missing`` as gaps."""
    if missing is None:
        return dict(arrays)
    marks = tuple(missing)
    # Where no value could be such a number, the array stays as it is.
    return {
        name: GapsArray(array, marks)
        if marks and array.dtype.kind in "iuf"
        and any(not np.isnan(as_stored(mark, array.dtype)) for mark in marks)
        else array
        for name, array in arrays.items()
    }  # fmt: skip


def as_stored(value: float, dtype: np.dtype) -> Any:
    """A number as an array of this type holds it; NaN, equal to nothing, where it cannot."""
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            return dtype.type(value)
    if dtype.kind not in "iu":
        return np.nan
    limits = np.iinfo(dtype)
    whole = value == value and abs(value) != np.inf and value == int(value)
    return dtype.type(int(value)) if whole and limits.min <= value <= limits.max else np.nan


def stand_in(lowest: float | None, highest: float | None, dtype: np.dtype) -> float | None:
    """The end of a range that is a number programs write where they have no value, or None."""
    for end, known in ((lowest, LOW_STAND_INS), (highest, HIGH_STAND_INS)):
        if end is None:
            continue
        for mark in known:
            stored = as_stored(mark, dtype)
            if not np.isnan(stored) and end == float(stored):
                return mark
    return None
