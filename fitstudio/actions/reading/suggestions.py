"""Good settings to start from, guessed from what a data file holds; no library needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from fitstudio.declared.parameters.sources import parted_name
from fitstudio.declared.task.dataset_summary import (
    ARRAY,
    CATEGORY,
    CONSTANT,
    ID,
    NUMBER,
    TEXT,
    ColumnSummary,
    DatasetSummary,
)
from fitstudio.declared.task.learning_choices import learning_choices
from fitstudio.declared.task.likely_target import likely_target, parts_of
from fitstudio.declared.task.time_order import time_order

# Counts only beside values that look like codes: whole numbers in a row.
_CLASS_NAMES = re.compile(
    r"(?i)^(y|y_?train|label|labels|class|classes|target|digit|species|type)$"
)
_MOST_INPUT_CLASSES = 50
_FEW_CODES = 20
_OF_NUMBERS = "mean_absolute_error"
_FEWEST_HELD_OUT = 10
_LATE = 0.7


def suggest(
    summary: DatasetSummary,
    *,
    target: Sequence[str] = (),
    inputs: Sequence[str] = (),
    model: str | None = None,
) -> dict[str, Any]:
    """Settings for a new project, by their keys.

    No column gets a role by its name alone; where the target is not clear it is left open, and
    asked for. Row weights are never suggested: a weight may just as well be a measurement.

    Args:
        summary: What the file holds.
        target: Columns to predict, where a person has said so.
        inputs: Columns to predict from, likewise.
        model: The kind of model, likewise; how it learns is suggested to suit it.

    Returns:
        Settings that differ from the defaults: roles, model, epochs, validation, metrics.
    """
    settings: dict[str, Any] = {}
    wanted = list(target)
    if not wanted:
        likely = likely_target(summary)
        wanted = [likely.column] if likely is not None and likely.sure else []
    targets = [c for name in wanted if (c := summary.column(name))]
    part = next((c for c in summary.columns if parts_of(c) and c not in targets), None)
    chosen = [c for name in inputs if (c := summary.column(name))]
    if not chosen:
        chosen = _likely_inputs(summary, [c.name for c in targets], part)
    if chosen:
        settings["fit.x"] = [column.name for column in chosen]
        days = [c.name for c in chosen if c.dates and not c.numeric]
        if days:
            settings["data.columns"] = {name: {"type": NUMBER} for name in days}
    if targets:
        settings["fit.y"] = [column.name for column in targets]
        task = _task(targets, several=bool(summary.sources))
        if "data.columns" in task:
            task["data.columns"] = {**settings.get("data.columns", {}), **task["data.columns"]}
        settings |= task
    numbers = settings.get("compile.metrics") == [_OF_NUMBERS]
    choices = learning_choices(summary, chosen, model=model, numbers=numbers)
    settings |= {each.key: each.value for each in choices}
    settings |= _validation(summary, settings.get("fit.y", []), part)
    return settings


def _likely_inputs(
    summary: DatasetSummary, targets: list[str], part: ColumnSummary | None
) -> list[ColumnSummary]:
    taken = {*targets, *summary.row_names}
    free = [c for c in summary.columns if c.name not in taken and c is not part]
    arrays = [c for c in free if c.type == ARRAY and c.numeric]
    if arrays:
        largest = max(arrays, key=lambda column: _size(column.shape))
        return [largest]
    # Limits and orders may be the law that is looked for; a copy on another scale is not.
    told = {
        name
        for target in targets
        for name, how in summary.telling(target).items()
        if how not in ("parts", "rank")
    }
    usable = [
        c
        for c in free
        if c.type not in (ID, CONSTANT, TEXT)
        and c.count
        and not c.repeats
        # A column that is mostly empty would take most of the rows with it.
        and not c.mostly_missing
        and (c.type != CATEGORY or 2 <= len(c.classes) <= _MOST_INPUT_CLASSES)
    ]
    if usable:
        # Where nothing else is left, a column that tells the target may be the law looked for.
        return [c for c in usable if c.name not in told] or usable
    if not targets:
        return []
    # A date, or a count of the rows, is the axis where there is nothing else to predict from.
    return [c for c in free if c.dates and c.count] or [
        c for c in free if c.type == ID and c.numeric
    ]


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for axis in shape:
        size *= axis
    return size


def _task(targets: list[ColumnSummary], *, several: bool) -> dict[str, Any]:
    match targets:
        case [ColumnSummary(type="category")]:
            return {"compile.metrics": ["accuracy"]}
        case [column] if _is_coded(column, parted_name(column.name)[1] if several else column.name):
            return {
                "compile.metrics": ["accuracy"],
                "data.columns": {column.name: {"type": CATEGORY}},
            }
    return {"compile.metrics": [_OF_NUMBERS]}


def _is_coded(column: ColumnSummary, name: str) -> bool:
    """Whether the numbers are rather classes: two whole numbers, or a few codes named so."""
    if column.type != NUMBER or not column.integer or not column.classes:
        return False
    values = [float(label) for label, _ in column.classes]
    if len(values) == 2:
        return True
    in_a_row = values == [values[0] + place for place in range(len(values))]
    few = 2 < len(values) <= _FEW_CODES and in_a_row
    return few and bool(_CLASS_NAMES.match(name))


def _validation(
    summary: DatasetSummary, targets: list[str], part: ColumnSummary | None
) -> dict[str, Any]:
    """Rows that the file marks, else a fifth of them: at random unless they follow in time."""
    if part is not None:
        return {"fit.validation_data": {"column": part.name, "values": parts_of(part)}}
    if summary.rows < _FEWEST_HELD_OUT:
        return {}
    settings: dict[str, Any] = {"fit.validation_split": 0.2}
    late = any(_begins_late(summary, name) for name in targets)
    if late or not time_order(summary, targets):
        settings["data.row_order"] = "random"
    return settings


def _begins_late(summary: DatasetSummary, target: str) -> bool:
    """Whether a class begins so late that the first rows would not teach it."""
    column = summary.column(target)
    starts = column.class_starts if column is not None else ()
    return any(start > _LATE * summary.rows for start in starts)
