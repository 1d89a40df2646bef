"""Which rows train, which check, and which nothing sees: the declared ways to choose them.

The last rows by validation_split are ``fit()``'s own affair; everything else is decided here, once,
from the rows' numbers in the file and the seed of the split, so that it comes out the same in every
run, after a resume, and when the model is measured later.
"""

from __future__ import annotations

import numpy as np

from fitstudio.data.columns.source import Source
from fitstudio.data.preparing.parts.division import Division
from fitstudio.data.preparing.parts.split_rows import NO_PART, Split
from fitstudio.declared.parameters.split import (
    COLUMN,
    LAST,
    RANDOM,
)
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.task import Task
from fitstudio.errors import DataError
from fitstudio.words import say


def divide(source: Source, spec: RunSpec, task: Task, rows: np.ndarray) -> Split | None:
    """The part of each row, as the settings declare it; None where ``fit()`` itself holds rows out.

    Args:
        source: The opened file.
        spec: What was asked for.
        task: What goes in and what comes out.
        rows: The rows that can be used and are not marked for checking already, in any order.

    Raises:
        DataError: If a part would be empty, a class would have no row to train on, or the column
            that decides does not say what is needed.
    """
    kind, test = spec.get("data.split"), float(spec.get("data.test_share"))
    elsewhere = spec.get("fit.validation_data") is not None
    if (kind == LAST and not test) or (elsewhere and not test and kind != COLUMN):
        return None
    rows = np.sort(rows)
    checking = 0.0 if elsewhere else float(spec.get("fit.validation_split"))
    if kind != COLUMN and not checking and not test:
        return None
    if kind == LAST and spec.get("data.row_order") == "random":
        kind = RANDOM  # rows that were asked for at random are not the last ones of the file
    if checking + test >= 1:
        raise DataError(
            say("The shares of the parts leave no row to train on."),
            code="split.empty-part",
            remedy=say("Choose smaller shares."),
        )
    division = Division(source, spec, task, rows, kind, checking, test)
    found = division.parts()
    division.require_parts(found)
    parts = np.full(source.rows, NO_PART, np.int8)
    parts[rows] = found
    return Split(
        parts=parts,
        kind=kind,
        column=division.column,
        seed=division.seed,
        sentence=division.sentence(found, checking_elsewhere=elsewhere),
        notes=tuple(division.notes),
    )
