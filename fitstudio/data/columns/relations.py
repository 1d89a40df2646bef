"""How the columns of a table hang together: gaps in the same rows, columns that tell each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from fitstudio.data.columns.source import Source
from fitstudio.declared.task.dataset_summary import CONSTANT, NUMBER, TEXT, ColumnSummary

_MOST_PATTERNS = 200
_MOST_TWIN_COLUMNS = 400
_TWIN_ROWS = 5_000
_FEWEST_ROWS = 10
# So many different values are needed before the same order in two columns says anything.
_FEWEST_RANKS = 20
# A class must have so many rows before a limit between it and the others is no accident.
_FEWEST_OF_A_CLASS = 5
_MOST_PARTED = 10
# Where more columns than these part the classes, the task is an easy one and no column a leak.
_MOST_PARTING = 3


def patterns(
    masks: Mapping[str, np.ndarray],
) -> tuple[tuple[tuple[str, ...], int], ...] | None:
    """Which columns have gaps together, the most frequent first.

    Args:
        masks: For columns with gaps, which rows have one.
    """
    names = [name for name, mask in masks.items() if mask.any()]
    if not names:
        return ()
    together = np.packbits(np.stack([masks[name] for name in names], axis=1), axis=1)
    together = together[together.any(axis=1)]
    found, counts = np.unique(together, axis=0, return_counts=True)
    if len(found) > _MOST_PATTERNS:
        return None
    listed = []
    for place in np.argsort(-counts, kind="stable"):
        bits = np.unpackbits(found[place])[: len(names)]
        listed.append(
            (tuple(name for name, bit in zip(names, bits, strict=True) if bit), int(counts[place]))
        )
    return tuple(listed)


def twins(source: Source) -> tuple[tuple[str, str, str], ...]:
    """Pairs of columns of which one tells the other, as a copied target does."""
    described = [
        column for column in source.columns if column.type not in (CONSTANT, TEXT) and column.count
    ][:_MOST_TWIN_COLUMNS]
    numbers = [c for c in described if c.type == NUMBER and (c.distinct or 0) > 1]
    values = _spread_rows(source, numbers)
    linear = tuple(_linear_twins(numbers, values))
    coded = tuple(_coded_twins(source, described))
    known = {(first, second) for first, second, _ in (*linear, *coded)}
    return (
        *linear,
        *coded,
        *(each for each in _rank_twins(numbers, values) if each[:2] not in known),
        *_parting(source, numbers, values, described),
    )


def _spread_rows(source: Source, numbers: list[ColumnSummary]) -> np.ndarray:
    """Some rows of all columns of numbers, spread over the file; one row for each."""
    if source.rows < _FEWEST_ROWS or not numbers:
        return np.zeros((0, len(numbers)))
    rows = _places(source)
    return np.stack([source.scalars(column.name).numbers()[rows] for column in numbers], axis=1)


def _places(source: Source) -> np.ndarray:
    return np.unique(np.linspace(0, source.rows - 1, _TWIN_ROWS).astype(int))


def _linear_twins(
    numbers: list[ColumnSummary], values: np.ndarray
) -> Iterator[tuple[str, str, str]]:
    wanted = [place for place, column in enumerate(numbers) if (column.distinct or 0) > 2]
    names = [numbers[place].name for place in wanted]
    values = values[:, wanted]
    values = values[np.isfinite(values).all(axis=1)]
    if len(names) < 2 or len(values) < _FEWEST_ROWS:
        return
    # Numbers near the largest there are have no spread that could be written down.
    with np.errstate(over="ignore", invalid="ignore"):
        spread = values.std(axis=0)
        usable = np.isfinite(spread) & (spread > 0)
        scaled = np.where(usable, (values - values.mean(axis=0)) / np.where(usable, spread, 1), 0)
    likeness = np.abs(scaled.T @ scaled) / len(values)
    for first, second in np.argwhere(np.triu(likeness > 1 - 1e-9, 1)):
        same = np.array_equal(values[:, first], values[:, second])
        yield names[first], names[second], "same" if same else "proportional"


def _coded_twins(source: Source, columns: list[ColumnSummary]) -> Iterator[tuple[str, str, str]]:
    """Columns that name the same classes in other words, such as a code beside a name."""
    coded = [c for c in columns if c.classes and 2 <= len(c.classes) <= 100][:60]
    for place, first in enumerate(coded):
        for second in coded[place + 1 :]:
            counts = sorted(n for _, n in first.classes), sorted(n for _, n in second.classes)
            # Of a one-to-one pair the counts are the same; most pairs end here.
            if counts[0] != counts[1] or (first.type == NUMBER and second.type == NUMBER):
                continue
            pairs = pl.DataFrame(
                {
                    "a": pl.Series(source.scalars(first.name).labels().tolist(), dtype=pl.String),
                    "b": pl.Series(source.scalars(second.name).labels().tolist(), dtype=pl.String),
                }
            ).drop_nulls()
            if pairs.unique().height == len(first.classes):
                yield first.name, second.name, "one-to-one"


def _rank_twins(numbers: list[ColumnSummary], values: np.ndarray) -> Iterator[tuple[str, str, str]]:
    """Columns that put the rows into the same order, as a copy on another scale does."""
    wanted = [n for n, column in enumerate(numbers) if (column.distinct or 0) > _FEWEST_RANKS]
    by_ranks: dict[bytes, str] = {}
    for place in wanted:
        column = values[:, place]
        if len(column) < _FEWEST_ROWS or not np.isfinite(column).all():
            continue
        _, ranks = np.unique(column, return_inverse=True)
        for order in (ranks, ranks.max() - ranks):
            first = by_ranks.get(order.astype(np.int32).tobytes())
            if first is not None:
                yield first, numbers[place].name, "rank"
                break
        else:
            by_ranks[ranks.astype(np.int32).tobytes()] = numbers[place].name


def _parting(
    source: Source,
    numbers: list[ColumnSummary],
    values: np.ndarray,
    columns: list[ColumnSummary],
) -> Iterator[tuple[str, str, str]]:
    """Numbers of which limits alone part the classes of another column, each class between two."""
    if not len(values):
        return
    rows = _places(source)
    for target in [c for c in columns if 2 <= len(c.classes) <= _MOST_PARTED][:60]:
        labels = source.scalars(target.name).labels()[rows]
        groups = [values[labels == label] for label, _ in target.classes]
        if min(map(len, groups)) < _FEWEST_OF_A_CLASS:
            continue
        low = np.stack([group.min(axis=0) for group in groups])
        high = np.stack([group.max(axis=0) for group in groups])
        order = np.argsort(low, axis=0)
        low, high = np.take_along_axis(low, order, 0), np.take_along_axis(high, order, 0)
        # Gaps make a comparison false, so that only columns without any are found.
        apart = np.isfinite(low).all(axis=0) & (low[1:] > high[:-1]).all(axis=0)
        found = [numbers[place].name for place in np.flatnonzero(apart)]
        found = [name for name in found if name != target.name]
        if len(found) <= _MOST_PARTING:
            yield from ((name, target.name, "parts") for name in found)
