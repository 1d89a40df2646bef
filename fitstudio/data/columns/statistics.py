"""Numbers that describe a column: range, mean, spread, histogram, classes, order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

BINS = 24
MOST_CLASSES = 1_000
_BLOCK_BYTES = 32 << 20
# Statistics look at no more than this of one array; what was left out is said.
_LOOKED_AT_BYTES = 1 << 30
# Of rows that have to be decoded, such as pictures, no more than this many.
_LOOKED_AT_SLOWLY = 400
_NEARLY_TOO_LARGE = 1e300


class ArrayLike(Protocol):
    """What arrays in memory, memory-mapped files, HDF5 datasets and lazy arrays have in common."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows first, then the axes of one row."""
        ...

    @property
    def dtype(self) -> np.dtype:
        """The type of its numbers."""
        ...

    def __getitem__(self, key: Any, /) -> Any: ...


@dataclass
class Statistics:
    """What is known about numbers; built up block by block, so that nothing is read whole."""

    count: int = 0
    missing: int = 0
    infinite: int = 0
    mean: float = 0.0
    minimum: float = np.inf
    maximum: float = -np.inf
    integer: bool = True
    _squares: float = field(default=0.0, repr=False)

    def add(self, values: np.ndarray) -> None:
        """Takes in more values; NaN is missing."""
        values = np.asarray(values).reshape(-1)
        whole = values.dtype.kind in "iub"
        values = values.astype(np.float64, copy=False)
        if not whole:
            nan, infinite = np.isnan(values), np.isinf(values)
            self.missing += int(nan.sum())
            self.infinite += int(infinite.sum())
            if self.missing or self.infinite:
                values = values[~(nan | infinite)]
        if not len(values):
            return
        if self.integer and not whole:
            self.integer = bool(np.all(values == np.rint(values)))
        # Chan's way of joining two sets: exact where sums of squares would cancel out.
        with np.errstate(over="ignore", invalid="ignore"):
            count, mean = len(values), values.mean()
            squares = np.square(values - mean).sum()
            together = self.count + count
            step = mean - self.mean
            self._squares += squares + step * step * (self.count * count / together)
            self.mean += step * (count / together)
        self.count = together
        self.minimum = min(self.minimum, float(values.min()))
        self.maximum = max(self.maximum, float(values.max()))

    @property
    def std(self) -> float:
        """The standard deviation, dividing by the number of values."""
        return float(np.sqrt(self._squares / self.count)) if self.count else 0.0

    def as_fields(self) -> dict[str, Any]:
        """The fields of a `ColumnSummary`."""
        known = self.count > 0
        return {
            "count": self.count,
            "missing": self.missing,
            "infinite": self.infinite,
            "minimum": self.minimum if known else None,
            "maximum": self.maximum if known else None,
            # Numbers near the largest there are have no mean that could be written down.
            "mean": float(self.mean) if known and np.isfinite(self.mean) else None,
            "std": self.std if known and np.isfinite(self.std) else None,
            "integer": known and self.integer,
        }


def of_values(values: np.ndarray) -> Statistics:
    """The statistics of numbers that are in memory."""
    found = Statistics()
    found.add(values)
    return found


def histogram(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Counts in equal bins; values that are not finite are left out.

    A figure for the eye must never stop a file from being read: the bin of a value is worked out
    from its place between `low` and `high`, so that no edges have to be told apart, however close
    together or far apart the two are.
    """
    values = np.asarray(values, np.float64).reshape(-1)
    values = values[np.isfinite(values)]
    if high <= low:
        counts = np.zeros(BINS, np.int64)
        counts[BINS // 2] = len(values)
        return counts
    if max(abs(low), abs(high)) > _NEARLY_TOO_LARGE:
        # The range, or a multiple of it, is beyond float64: make everything smaller.
        values, low, high = values / 128, low / 128, high / 128
    places = (values - low) * BINS / (high - low)
    return np.bincount(np.clip(places, 0, BINS - 1).astype(np.int64), minlength=BINS)


def row_blocks(array: ArrayLike, rows: np.ndarray | None = None) -> Iterator[np.ndarray]:
    """The array in pieces small enough for memory: all rows, or only some, in rising order."""
    total = array.shape[0] if rows is None else len(rows)
    step = rows_in_block(array)
    for start in range(0, total, step):
        stop = min(total, start + step)
        key = slice(start, stop) if rows is None else rows[start:stop]
        yield np.asarray(array[key])


def rows_in_block(array: ArrayLike) -> int:
    """How many rows of the array are read at once."""
    row_bytes = max(1, int(np.prod(array.shape[1:], dtype=np.float64)) * array.dtype.itemsize)
    return max(1, _BLOCK_BYTES // row_bytes)


def looked_at(array: ArrayLike) -> list[slice]:
    """The parts of an array that statistics are made from: all, or blocks spread over it."""
    rows = array.shape[0]
    if getattr(array, "is_slow", False):
        gaps = getattr(array, "gaps", None)
        there = np.arange(rows) if gaps is None else np.flatnonzero(~gaps)
        count = len(there)
        places = np.linspace(0, count, min(count, _LOOKED_AT_SLOWLY) + 1).astype(int)[:-1]
        return [slice(int(row), int(row) + 1) for row in there[places]]
    step = rows_in_block(array)
    blocks = [slice(start, min(rows, start + step)) for start in range(0, rows, step)]
    most = max(1, _LOOKED_AT_BYTES // _BLOCK_BYTES)
    if len(blocks) <= most:
        return blocks
    places = np.linspace(0, len(blocks) - 1, most).round().astype(int)
    return [blocks[place] for place in np.unique(places)]


def number_label(value: float) -> str:
    """A number as the name of a class: 3, not 3.0."""
    return (
        str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
    )


def sorted_labels(labels: list[str]) -> list[str]:
    """Labels in the order of class indices: numbers by size, words by their characters."""
    try:
        return sorted(labels, key=lambda label: (float(label), label))
    except ValueError:
        return sorted(labels)


def runs_of(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Equal neighbours joined: where each run starts, and how long it is."""
    if not len(codes):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    starts = np.concatenate(([0], np.flatnonzero(codes[1:] != codes[:-1]) + 1))
    return starts, np.diff(np.append(starts, len(codes)))


def is_grouped(codes: np.ndarray, distinct: int) -> bool:
    """Whether equal values stand together, far more than chance would have it."""
    if distinct < 2 or len(codes) < 8 or len(codes) < 2 * distinct:
        return False
    starts, _ = runs_of(codes)
    _, counts = np.unique(codes, return_counts=True)
    share = counts / len(codes)
    by_chance = (len(codes) - 1) * float(1 - np.square(share).sum())
    changes = len(starts) - 1
    return changes <= max(distinct - 1, 0.1 * by_chance) and changes < by_chance


_UNIT_IN_BRACKETS = re.compile(r"[\[(]\s*([^\[\]()]{1,14}?)\s*[\])]\s*$")
_UNIT_AT_END = re.compile(
    r"(?i)[_ ](mm|cm|m|km|um|nm|g|mg|kg|ug|s|ms|min|h|hr|hz|khz|mhz|v|mv|a|ma|w|kw|k|degc|celsius|"
    r"pa|kpa|mpa|bar|mbar|ml|l|mol|mmol|pct|percent|ppm|ppb|deg|rad|rpm|db|years?|days?|usd|eur)$"
)


def unit_of(name: str) -> str | None:
    """The unit that a name ends with: ``bill_length_mm``, ``Temperature [°C]``."""
    found = _UNIT_IN_BRACKETS.search(name)
    if found:
        return found[1]
    found = _UNIT_AT_END.search(name)
    if not found:
        return None
    unit = found[1]
    return {"pct": "%", "percent": "%", "degc": "°C", "celsius": "°C", "um": "µm", "ug": "µg"}.get(
        unit.lower(), unit
    )
