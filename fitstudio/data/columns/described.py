"""Describes an array with several values a row: its shape, its range, how its values lie."""

from __future__ import annotations

import numpy as np

from fitstudio.data.columns import statistics
from fitstudio.data.columns.statistics import ArrayLike
from fitstudio.declared.task.dataset_summary import ARRAY, ColumnSummary
from fitstudio.errors import DataError
from fitstudio.words import say


def describe_array(
    name: str, array: ArrayLike, shape: tuple[int, ...], unit: str | None
) -> tuple[ColumnSummary, int]:
    """What is known about an array with several values a row, and how many rows say so."""
    blocks = statistics.looked_at(array)
    looked = sum(block.stop - block.start for block in blocks)
    found = statistics.Statistics()
    for block in blocks:
        found.add(_values(name, array, block))
    counts = np.zeros(statistics.BINS, np.int64)
    if found.count:
        for block in blocks[:: max(1, len(blocks) // 8)]:
            counts += statistics.histogram(
                _values(name, array, block), found.minimum, found.maximum
            )
    column = ColumnSummary(
        name=name, type=ARRAY, dtype=str(array.dtype), shape=shape, unit=unit,
        histogram=tuple(counts.tolist()) if found.count else (), **found.as_fields(),
    )  # fmt: skip
    return column, looked


def _values(name: str, array: ArrayLike, block: slice) -> np.ndarray:
    try:
        return np.asarray(array[block])
    except OSError as problem:
        raise DataError(
            say(
                "Rows {start} to {stop} of {name} cannot be read: {strerror}.",
                start=block.start + 1,
                stop=block.stop,
                name=repr(name),
                strerror=problem.strerror or problem,
            ),
            code="data.unreadable",
            details=str(problem),
        ) from problem
