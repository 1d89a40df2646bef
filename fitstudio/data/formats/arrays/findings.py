"""What arrays hold that a person should know before training, with a change that mends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from fitstudio.data.columns import statistics
from fitstudio.data.columns.pieces import fits_memory, times_read
from fitstudio.data.columns.stand_ins import as_stored, stand_in
from fitstudio.data.formats.arrays.columns import ArrayColumns
from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.task.dataset_summary import ARRAY, NUMBER, ColumnSummary
from fitstudio.words import say
from fitstudio.words.numbers import format_bytes

# Each is looked for in all of its values once more.
_MOST_SEARCHED = 50
# Training takes float32, whatever the file holds.
_TRAINED_BYTES = 4


def find(
    source: ArrayColumns,
    columns: tuple[ColumnSummary, ...],
    options: Mapping[str, Any],
    sampled: int | None,
) -> Iterator[Finding]:
    """All findings about the values of arrays.

    Args:
        source: The file.
        columns: Its columns, described.
        options: ``data.options`` as set; fixes add to them.
        sampled: Rows that statistics were made from, where not from all.
    """
    for column in columns:
        gaps = column.missing + column.infinite
        if column.shape and gaps:
            yield _advice(
                "data.array-gaps",
                say(
                    "**{column}** holds {gaps} values that are missing or no numbers (NaN or "
                    "infinite); rows with one are left out.",
                    column=column.name,
                    gaps=gaps,
                ),
            )
        if column.shape and column.count and column.minimum == column.maximum:
            yield _advice(
                "data.constant",
                say(
                    "**{column}** is the same everywhere: nothing can be learned from it.",
                    column=column.name,
                ),
            )
        if column.dtype in ("int64", "uint64") and column.type == NUMBER and _is_long(column):
            yield _advice(
                "data.long-numbers",
                say(
                    "**{column}** holds numbers of 16 digits and more, which are rounded. If "
                    "they name things, take them for categories, or leave the column out.",
                    column=column.name,
                ),
            )
    for column in columns[:_MOST_SEARCHED]:
        yield from _stand_in(source, column, options)
    for column in columns:
        yield from _read_in_pieces(source, column)
    if sampled is not None:
        yield _advice(
            "data.sampled",
            say(
                "Ranges and means come from {sampled} of {rows} rows, spread over the file: "
                "it is too large to look at all of it.",
                sampled=sampled,
                rows=source.rows,
            ),
        )


def _read_in_pieces(source: ArrayColumns, column: ColumnSummary) -> Iterator[Finding]:
    """What it costs to mix the rows of an array that is too large for the memory."""
    chunk_rows = int(getattr(source.array(column.name), "chunk_rows", 1))
    nbytes = source.rows * int(np.prod(column.shape, dtype=np.int64)) * _TRAINED_BYTES
    if not column.shape or chunk_rows < 2 or fits_memory(nbytes):
        return
    yield Finding(
        "data.read-in-pieces",
        Severity.TOLD,
        "data.mixing",
        say(
            "**{name}** takes {size}, too much for the memory that is free: it is read while "
            "training runs. Its rows lie in pieces of {chunk}: each epoch mixes the pieces, and "
            "the rows of several pieces with each other. To mix every row with every other, each "
            "piece would be read about {times} times an epoch.",
            name=column.name,
            size=format_bytes(nbytes),
            chunk=f"{chunk_rows:,}",
            times=times_read(source.rows, chunk_rows),
        ),
        Fix(say("Mix every row"), {"data.mixing": "rows"}),
    )


def _stand_in(
    source: ArrayColumns, column: ColumnSummary, options: Mapping[str, Any]
) -> Iterator[Finding]:
    """Numbers such as -9999 or 1e20 that programs write where they have no value."""
    array = source.array(column.name)
    mark = stand_in(column.minimum, column.maximum, array.dtype)
    if mark is None or column.type not in (NUMBER, ARRAY):
        return
    hits, nearest = _hits_and_nearest(array, mark)
    # Far from everything else; in a column of such sizes it may be a value like others.
    if not hits or nearest is None or abs(nearest) > 0.5 * abs(mark):
        return
    known = list(options.get("missing") or ())
    what = "value" if hits == 1 else "values"
    side = "below" if mark < 0 else "above"
    yield Finding(
        "data.stand-in",
        Severity.ADVICE,
        "data.options",
        say(
            "**{column}** holds {mark} in {hits} {what}, far {side} all others: it may stand "
            "for a missing value.",
            column=column.name,
            mark=f"{mark:g}",
            hits=hits,
            what=what,
            side=side,
        ),
        Fix(
            say("{mark} means missing", mark=f"{mark:g}"),
            {"data.options": {**options, "missing": [*known, mark]}},
        ),
    )


def _hits_and_nearest(array: statistics.ArrayLike, mark: float) -> tuple[int, float | None]:
    """How often a number occurs, and the value beside it on the way to the others."""
    hits, ends = 0, []
    for block in statistics.looked_at(array):
        values = np.asarray(array[block])
        hit = values == as_stored(mark, values.dtype)
        hits += int(hit.sum())
        others = values[~hit & np.isfinite(values)]
        if others.size:
            ends.append(float(others.min() if mark < 0 else others.max()))
    if not ends:
        return hits, None
    return hits, min(ends) if mark < 0 else max(ends)


def _is_long(column: ColumnSummary) -> bool:
    return max(abs(column.minimum or 0), abs(column.maximum or 0)) > 2**53


def _advice(code: str, sentence: str) -> Finding:
    return Finding(code, Severity.ADVICE, "data.file", sentence)
