"""Which rows of a file can train or check: those without a gap, and those that a column marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from fitstudio.data.columns.gaps import array_gaps, usable_numbers
from fitstudio.data.preparing.coding import encoding
from fitstudio.data.preparing.samples import SampleIndex
from fitstudio.data.source import Source
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import ARRAY, CATEGORY
from fitstudio.declared.task.preparation import preparation_of
from fitstudio.declared.task.task import Slot, SlotColumn, Task
from fitstudio.errors import DataError
from fitstudio.words import say


def usable_samples(source: Source, spec: RunSpec, task: Task, notes: list[str]) -> SampleIndex:
    """A sample for each row that can train or check, in the order of the file.

    Args:
        source: The opened file.
        spec: What was asked for.
        task: What goes in and what comes out.
        notes: Takes what a person should know.

    Raises:
        DataError: If no row can be used.
    """
    usable = np.ones(source.rows, bool)
    for column in _columns(task.inputs):
        if column.role == ARRAY or preparation_of(spec, column.name, column.role).drops:
            usable &= _present(source, column)
    for column in _columns(task.outputs):
        usable &= _present(source, column)
    weight = spec.get("fit.sample_weight")
    if weight is not None:
        _, weighed = encoding.encode_weights(weight, source)
        usable &= weighed
    samples = SampleIndex.of_rows(source.file, usable, source.file_names())
    left_out = source.rows - len(samples)
    if left_out:
        noun = "row" if source.rows == 1 else "rows"
        notes.append(
            say(
                "{left_out} of {rows} {noun} left out, because a value is missing.",
                left_out=left_out,
                rows=source.rows,
                noun=noun,
            )
        )
    if not len(samples):
        raise DataError(
            say("Every row has a missing value in one of the chosen columns."),
            code="data.no-rows",
            remedy=say("Fill missing values in, or leave out the columns with most gaps."),
        )
    return samples


def _columns(slots: Iterable[Slot]) -> list[SlotColumn]:
    return [column for slot in slots for column in slot.columns]


def _present(source: Source, column: SlotColumn) -> np.ndarray:
    """For each row whether it holds something that training can use."""
    if column.role == ARRAY:
        return ~array_gaps(source.array(column.name))
    if column.role == CATEGORY:
        return ~source.scalars(column.name, CATEGORY).missing()
    return usable_numbers(source.scalars(column.name, "number").numbers())


def marked_rows(
    source: Source, samples: SampleIndex, validation: Mapping[str, Any]
) -> tuple[SampleIndex, SampleIndex]:
    """The rows that train and those that a column marks for checking.

    Args:
        source: The opened file.
        samples: The rows that can be used.
        validation: The column and its values, as in ``fit.validation_data``.

    Raises:
        DataError: If one of the two would be empty.
    """
    name = validation.get("column")
    if not isinstance(name, str):
        raise DataError(
            say("The column that names the validation rows is missing."), code="data.option"
        )
    source.require([name])
    labels = source.scalars(name, CATEGORY).labels()[samples.rows]
    values = {str(value) for value in validation.get("values") or ()}
    held_out = np.array([label in values for label in labels], bool)
    for mask, what in ((held_out, "checks"), (~held_out, "trains")):
        if not mask.any():
            raise DataError(
                say(
                    "No row {what}: the values {values} of {name} part the rows wrongly.",
                    what=what,
                    values=sorted(values),
                    name=repr(name),
                ),
                code="data.empty-part",
                remedy=say("Choose other values for the validation rows."),
            )
    return samples.taken(~held_out), samples.taken(held_out)
