"""How the columns of a table hang together: gaps in the same rows, columns that tell each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from fitstudio.data.column_source import Source
from fitstudio.spec.dataset_summary import CONSTANT, NUMBER, TEXT, ColumnSummary

_MOST_PATTERNS = 200
_MOST_TWIN_COLUMNS = 400
_TWIN_ROWS = 5_000


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
    return (*_linear_twins(source, described), *_coded_twins(source, described))


def _linear_twins(source: Source, columns: list[ColumnSummary]) -> Iterator[tuple[str, str, str]]:
    names = [c.name for c in columns if c.type == NUMBER and (c.distinct or 0) > 2]
    if len(names) < 2 or source.rows < 10:
        return
    rows = np.unique(np.linspace(0, source.rows - 1, _TWIN_ROWS).astype(int))
    values = np.stack([source.scalars(name).numbers()[rows] for name in names], axis=1)
    values = values[np.isfinite(values).all(axis=1)]
    if len(values) < 10:
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
