"""What it means for training that rows lie in pieces of a file, which are read whole or not at all.

HDF5 that is chunked decompresses a whole piece for whatever row of it is wanted. Where the data do
not fit into memory, rows in a random order would have every piece read for nearly every batch.
"""

from __future__ import annotations

import numpy as np

from fitstudio.data.columns.pieces import times_read
from fitstudio.declared.run_spec import RunSpec
from fitstudio.words import Said, say


def note(spec: RunSpec, chunk_rows: int, rows: int) -> Said:
    """What training does with the order of rows, and what that costs, for a person.

    Args:
        spec: What was set.
        chunk_rows: Rows of a piece.
        rows: Rows that train.
    """
    start = say(
        "The data are too large for the memory and are read while training runs; their rows lie "
        "in the file in pieces of {chunk}.",
        chunk=f"{chunk_rows:,}",
    )
    if spec.get("data.feed") == "batches" or spec.get("fit.shuffle") is not True:
        return start
    if spec.get("data.mixing") == "rows":
        return say(
            "{start} Each epoch mixes every row with every other, as you chose: it reads each "
            "piece about {times} times.",
            start=start,
            times=times_read(rows, chunk_rows),
        )
    return say(
        "{start} Each epoch mixes the pieces, and the rows of several pieces with each other; not "
        "every row with every other.",
        start=start,
    )


def held_out_in_order(spec: RunSpec, rows: np.ndarray, training: int) -> np.ndarray:
    """The rows with those that are held out in the order in which they are best read.

    Which rows these are stays as it was drawn, and their order is of no account: they are measured
    one and all, unless only the first of them are asked for.

    Args:
        spec: What was set.
        rows: The rows of the file, those that train first.
        training: How many of them train.
    """
    if spec.get("fit.validation_steps") is not None:
        return rows
    return np.concatenate([rows[:training], np.sort(rows[training:])])
