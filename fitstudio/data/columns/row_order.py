"""What the order of rows tells: values that rise, neighbours that are alike, where classes are."""

from __future__ import annotations

from typing import Any

import numpy as np

# Classes are counted in so many equal parts of the file.
BLOCKS = 20
_MOST_CLASSES = 100
_FEWEST_ROWS = 20
# Neighbours are compared in so many rows from the middle of the file.
_MOST_COMPARED = 20_000
# A clock that was set back now and then still shows the order of time.
_MOST_STEPS_BACK = 0.01


def direction(values: np.ndarray) -> str:
    """ "rising" or "falling" where values (nearly) all go one way from row to row, else empty."""
    present = values[np.isfinite(values)]
    if len(present) < _FEWEST_ROWS or present[0] == present[-1]:
        return ""
    steps = np.diff(present)
    allowed = _MOST_STEPS_BACK * len(steps)
    if int((steps < 0).sum()) <= allowed and int((steps > 0).sum()) > len(steps) / 2:
        return "rising"
    if int((steps > 0).sum()) <= allowed and int((steps < 0).sum()) > len(steps) / 2:
        return "falling"
    return ""


def likeness(values: np.ndarray) -> float | None:
    """How alike neighbouring rows are beyond a common trend, from 0 (as by chance) to 1.

    The correlation of ranks between each value and the next, so that a few extreme values do not
    decide; the smaller one of neighbours and of rows three apart, since a curve stays alike over
    both and a few repeated measurements do not. The straight trend is taken off first: what is
    left of a sorted file, a few rows being out of place, is not alike at all.
    """
    skipped = max(0, len(values) - _MOST_COMPARED) // 2
    values = values[skipped : skipped + _MOST_COMPARED]
    present = values[np.isfinite(values)]
    if len(present) < 5 * _FEWEST_ROWS:
        return None
    ranks = np.argsort(np.argsort(present, kind="stable"), kind="stable").astype(np.float64)
    ranks -= ranks.mean()
    rows = np.arange(len(ranks)) - (len(ranks) - 1) / 2
    ranks -= rows * (np.dot(rows, ranks) / np.dot(rows, rows))
    whole = float(np.dot(ranks, ranks))
    if whole < len(ranks):
        return 0.0
    alike = [float(np.dot(ranks[:-lag], ranks[lag:])) / whole for lag in (1, 3)]
    return max(0.0, min(alike))


def of_classes(codes: np.ndarray, classes: int) -> dict[str, Any]:
    """Where the classes stand in the file, as fields of a `ColumnSummary`.

    Args:
        codes: The class number of each row, below 0 where there is none.
        classes: How many classes there are.
    """
    if not 1 < classes <= _MOST_CLASSES or not len(codes):
        return {}
    rows = np.flatnonzero(codes >= 0)
    present = codes[rows]
    starts = np.full(classes, len(codes), np.int64)
    np.minimum.at(starts, present, rows)
    blocks = np.zeros((classes, BLOCKS), np.int64)
    np.add.at(blocks, (present, rows * BLOCKS // len(codes)), 1)
    return {
        "class_starts": tuple(starts.tolist()),
        "class_blocks": tuple(tuple(counts) for counts in blocks.tolist()),
    }
