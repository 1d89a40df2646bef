"""Classes of one column that stand only beside some classes of another, such as one batch of two.

Where such a batch is held out to check the model on, the class would never be trained.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from fitstudio.data.columns.source import Source
from fitstudio.declared.task.dataset_summary import ColumnSummary

_MOST_COLUMNS = 16
_MOST_CLASSES = 100
# A class beside more values than these is rare in none of them.
_MOST_VALUES = 20
_MOST_KEPT = 1_000

OnlyWith = tuple[str, str, str, tuple[str, ...]]


def only_with(source: Source, columns: tuple[ColumnSummary, ...]) -> tuple[OnlyWith, ...]:
    """The classes with the column and the values beside which alone they stand.

    Args:
        source: The file.
        columns: Its columns, described.
    """
    wanted = [each for each in columns if 2 <= len(each.classes) <= _MOST_CLASSES]
    codes = {each.name: _codes(source, each) for each in wanted[:_MOST_COLUMNS]}
    found: list[OnlyWith] = []
    for first, second in combinations(wanted[:_MOST_COLUMNS], 2):
        a, b = codes[first.name], codes[second.name]
        both = (a >= 0) & (b >= 0)
        size = len(second.classes)
        counts = np.bincount(a[both] * size + b[both], minlength=len(first.classes) * size)
        together = counts.reshape(-1, size) > 0
        found += _narrow(first, second, together)
        found += _narrow(second, first, together.T)
        if len(found) > _MOST_KEPT:
            break
    return tuple(found[:_MOST_KEPT])


def _codes(source: Source, column: ColumnSummary) -> np.ndarray:
    """The number of each row's class, -1 where there is none."""
    index = {label: number for number, (label, _) in enumerate(column.classes)}
    labels = source.scalars(column.name).labels()
    return np.array([index.get(label, -1) for label in labels], np.int64)


def _narrow(
    column: ColumnSummary, other: ColumnSummary, together: np.ndarray
) -> Iterator[OnlyWith]:
    values = [label for label, _ in other.classes]
    for (label, _), beside in zip(column.classes, together, strict=True):
        places = np.flatnonzero(beside)
        if 0 < len(places) <= min(_MOST_VALUES, len(values) - 1):
            yield column.name, label, other.name, tuple(values[place] for place in places)
