"""Where a column holds no value that training can use."""

from __future__ import annotations

import numpy as np

from fitstudio.data.columns import statistics
from fitstudio.data.columns.statistics import ArrayLike

# Arrays beyond this are not searched for NaN before training; training itself notices.
_SEARCHED_BYTES = 4 << 30


def array_gaps(array: ArrayLike) -> np.ndarray:
    """For each row whether it holds NaN or infinite values, or nothing at all."""
    rows = array.shape[0]
    known = getattr(array, "gaps", None)
    if known is not None:
        return known.copy()
    size = int(np.prod(array.shape, dtype=np.float64)) * array.dtype.itemsize
    gaps = np.zeros(rows, bool)
    if array.dtype.kind != "f" or size > _SEARCHED_BYTES:
        return gaps
    start = 0
    for block in statistics.row_blocks(array):
        finite = np.isfinite(block).reshape(len(block), -1).all(axis=1)
        gaps[start : start + len(block)] = ~finite
        start += len(block)
    return gaps


def usable_numbers(values: np.ndarray) -> np.ndarray:
    """Where there is a number that training can hold: 1e39 is no better than a gap."""
    with np.errstate(invalid="ignore"):
        return np.abs(values) <= float(np.finfo(np.float32).max)
