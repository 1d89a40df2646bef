"""Learns from training rows how numbers are centred and scaled; never reads an array whole."""

from __future__ import annotations

import numpy as np

from fitstudio.data.columns.statistics import ArrayLike, rows_in_block
from fitstudio.declared.catalogue.models import MODELS
from fitstudio.declared.catalogue.preparations import NUMBER_WAYS

# More than this of an array is not looked at: rows spread over it tell the same.
_LOOKED_AT_BYTES = 1 << 30
# Medians need the values themselves in memory, all at once.
_SORTED_BYTES = 1 << 27
_MOST_CHANNELS = 64


def scaling_axis(shape: tuple[int, ...], model: str) -> str:
    """Which numbers of an array are scaled together.

    Args:
        shape: Of one sample.
        model: The kind of the model.

    Returns:
        "each" number on its own (features without order), "last" axis (channels), or "all".
    """
    goes_along = model in MODELS and MODELS[model].along_a_line
    if len(shape) == 1:
        return "all" if goes_along else "each"
    if len(shape) == 2:
        return "last" if goes_along and shape[1] <= _MOST_CHANNELS else "all"
    return "last" if shape[-1] <= _MOST_CHANNELS else "all"


def array_scaling(
    array: ArrayLike, rows: np.ndarray, axis: str, method: str
) -> tuple[tuple[float, ...], tuple[float, ...], bool]:
    """Center and scale of an array, from training rows.

    Args:
        array: The array.
        rows: Numbers of the training rows.
        axis: What `scaling_axis` says.
        method: "standard", "minmax", "robust", "robust_smooth" or "none".

    Returns:
        Center, scale, and whether all of the training rows were looked at.
    """
    if method == "none":
        return (0.0,), (1.0,), True
    rows = np.sort(rows)
    step = rows_in_block(array)
    blocks = [rows[start : start + step] for start in range(0, len(rows), step)]
    row_bytes = max(1, int(np.prod(array.shape[1:], dtype=np.float64)) * array.dtype.itemsize)
    by_middle = NUMBER_WAYS[method].by_middle
    looked_at = _SORTED_BYTES if by_middle else _LOOKED_AT_BYTES
    most = max(1, looked_at // (row_bytes * step))
    all_seen = len(blocks) <= most
    if not all_seen:
        places = np.linspace(0, len(blocks) - 1, most).round().astype(int)
        blocks = [blocks[place] for place in np.unique(places)]
    features = array.shape[-1] if axis in ("each", "last") and len(array.shape) > 1 else 1
    parts = (np.asarray(array[block], np.float64).reshape(-1, features) for block in blocks)
    if by_middle:
        center, scale = middle_half(np.concatenate(list(parts)))
    else:
        found = _Moments()
        for values in parts:
            found.add(values)
        center, scale = found.scaling(method)
    return tuple(center.tolist()), tuple(scale.tolist()), all_seen


def number_scaling(values: np.ndarray, method: str) -> tuple[float, float]:
    """Center and scale of single numbers; gaps are left out."""
    present = values[np.isfinite(values)]
    if method == "none" or not len(present):
        return 0.0, 1.0
    found = _Moments()
    found.add(present.astype(np.float64)[:, None])
    center, scale = found.scaling(method)
    return float(center[0]), float(scale[0])


def middle_half(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The median of each column and the width of the middle half of its values.

    Where half of the values are the same, half of their range stands in for the width.

    Args:
        values: Finite numbers, in columns.
    """
    if not len(values):
        return np.zeros(values.shape[1]), np.ones(values.shape[1])
    low, quarter, middle, three_quarters, high = np.percentile(values, (0, 25, 50, 75, 100), axis=0)
    width = three_quarters - quarter
    scale = np.where(width > 0.0, width, high / 2 - low / 2)
    # What never changes is left at 0, not blown up: rounding makes spreads of 1e-17.
    flat = scale <= 1e-12 * np.maximum(np.abs(low), np.abs(high))
    return middle, np.where(flat | (scale == 0), 1.0, scale)


class _Moments:
    """Mean, spread and range of columns, block by block."""

    def __init__(self) -> None:
        self.count = 0
        self.mean: np.ndarray | float = 0.0
        self.squares: np.ndarray | float = 0.0
        self.low: np.ndarray | float = np.inf
        self.high: np.ndarray | float = -np.inf

    def add(self, values: np.ndarray) -> None:
        count = len(values)
        if not count:
            return
        together = self.count + count
        with np.errstate(over="ignore", invalid="ignore"):
            mean = values.mean(axis=0)
            squares = np.square(values - mean).sum(axis=0)
            step = mean - self.mean
            self.squares = self.squares + squares + step * step * (self.count * count / together)
            self.mean = self.mean + step * (count / together)
        self.count = together
        self.low = np.minimum(self.low, values.min(axis=0))
        self.high = np.maximum(self.high, values.max(axis=0))

    def scaling(self, method: str) -> tuple[np.ndarray, np.ndarray]:
        mean, low, high = (np.atleast_1d(np.asarray(v)) for v in (self.mean, self.low, self.high))
        half = high / 2 - low / 2
        if method == "minmax":
            center, scale = low, 2 * np.minimum(half, np.finfo(np.float64).max / 2)
        else:
            scale = np.sqrt(np.atleast_1d(np.asarray(self.squares)) / max(1, self.count))
            # Sums of numbers near the largest there are overflow; their range does not.
            overflown = ~np.isfinite(mean) | ~np.isfinite(scale)
            center = np.where(overflown, low / 2 + high / 2, mean)
            scale = np.where(overflown, half, scale)
        # What never changes is left at 0, not blown up: rounding makes spreads of 1e-17.
        flat = scale <= 1e-12 * np.maximum(np.abs(low), np.abs(high))
        return center, np.where(flat | (scale == 0) | ~np.isfinite(scale), 1.0, scale)
