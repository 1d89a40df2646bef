"""Good settings to start from, guessed from what a data file holds; no library needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from fitstudio.spec.columns import usual_model
from fitstudio.spec.dataset_summary import (
    ARRAY,
    CATEGORY,
    CONSTANT,
    ID,
    NUMBER,
    TEXT,
    ColumnSummary,
    DatasetSummary,
)

_TARGET_NAMES = re.compile(
    r"(?i)^(y|y_?train|target|targets|label|labels|class|classes|outcome|output|response|species|"
    r"diagnosis|category|type|quality|result|digit|state|fault|condition)$"
)
_WEIGHT_NAMES = re.compile(r"(?i)^(sample_?)?weights?$")
_PART_NAMES = re.compile(r"(?i)^(part|split|set|subset|fold|partition)$")
_CLASS_NAMES = re.compile(
    r"(?i)^(y|y_?train|label|labels|class|classes|target|digit|species|type)$"
)
_MOST_TARGET_CLASSES = 100
_MOST_INPUT_CLASSES = 50
_FEW_CODES = 20


def suggest(
    summary: DatasetSummary, *, target: Sequence[str] = (), inputs: Sequence[str] = ()
) -> dict[str, Any]:
    """Settings for a new project, by their keys.

    Args:
        summary: What the file holds.
        target: Columns to predict, where a person has said so.
        inputs: Columns to predict from, likewise.

    Returns:
        Settings that differ from the defaults: roles, model, epochs, validation, metrics. Without
        a column that could be predicted, the roles are left open.
    """
    settings: dict[str, Any] = {}
    targets = [c for name in target if (c := summary.column(name))] or _likely_target(summary)
    weight = next((c.name for c in summary.columns if _WEIGHT_NAMES.match(c.name)), None)
    chosen = [c for name in inputs if (c := summary.column(name))]
    if not chosen:
        chosen = _likely_inputs(summary, [c.name for c in targets], weight)
    if chosen:
        settings["fit.x"] = [column.name for column in chosen]
        settings["model.kind"] = usual_model(chosen)
    if targets:
        settings["fit.y"] = [column.name for column in targets]
        settings |= _task(targets)
    if weight is not None and weight not in settings.get("fit.y", ()):
        settings["fit.sample_weight"] = weight
    settings["fit.epochs"] = _epochs(summary)
    if targets and chosen:
        settings |= _validation(summary, targets)
    return settings


def _likely_target(summary: DatasetSummary) -> list[ColumnSummary]:
    possible = [c for c in summary.columns if _can_be_target(c)]
    if not possible or len(summary.columns) < 2:
        return []
    for column in possible:
        if _TARGET_NAMES.match(column.name):
            return [column]
    if summary.kind != "table":
        # Beside arrays of inputs, the single values are what they mean.
        single = [c for c in possible if not c.shape]
        return (single or possible)[-1:]
    # Tables have the target last, or first; classes are likelier than numbers.
    for column in (possible[-1], possible[0]):
        if column.type == CATEGORY and column in (summary.columns[-1], summary.columns[0]):
            return [column]
    return possible[-1:]


def _can_be_target(column: ColumnSummary) -> bool:
    if column.type == CATEGORY:
        return 2 <= len(column.classes) <= _MOST_TARGET_CLASSES
    if _WEIGHT_NAMES.match(column.name) or _PART_NAMES.match(column.name):
        return False
    if column.type == ARRAY:
        return len(column.shape) == 1
    return column.type == NUMBER


def _likely_inputs(
    summary: DatasetSummary, targets: list[str], weight: str | None
) -> list[ColumnSummary]:
    free = [
        c
        for c in summary.columns
        if c.name not in targets and c.name != weight and not _PART_NAMES.match(c.name)
    ]
    arrays = [c for c in free if c.type == ARRAY and c.numeric]
    if arrays:
        largest = max(arrays, key=lambda column: _size(column.shape))
        return [largest]
    told = {name for a, b, _ in summary.twins for name in (a, b) if {a, b} & set(targets)}
    usable = [
        c
        for c in free
        if c.type not in (ID, CONSTANT, TEXT)
        and c.count
        # A column that is mostly empty would take most of the rows with it.
        and not c.mostly_missing
        and (c.type != CATEGORY or 2 <= len(c.classes) <= _MOST_INPUT_CLASSES)
    ]
    # Where nothing else is left, a column that tells the target may be just the law looked for.
    return [c for c in usable if c.name not in told] or usable


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for axis in shape:
        size *= axis
    return size


def _task(targets: list[ColumnSummary]) -> dict[str, Any]:
    if len(targets) == 1 and targets[0].type == CATEGORY:
        return {"compile.metrics": ["accuracy"]}
    if len(targets) == 1 and _is_coded(targets[0]):
        return {
            "compile.metrics": ["accuracy"],
            "data.columns": {targets[0].name: {"type": CATEGORY}},
        }
    return {"compile.metrics": ["mean_absolute_error"]}


def _is_coded(column: ColumnSummary) -> bool:
    """Whether the numbers are rather classes: 0 and 1, or a few codes named so."""
    if column.type != NUMBER or not column.integer or not column.classes:
        return False
    values = [float(label) for label, _ in column.classes]
    in_a_row = values == [values[0] + place for place in range(len(values))]
    if len(values) == 2 and in_a_row:
        return True
    few = 2 < len(values) <= _FEW_CODES and in_a_row
    return few and bool(_CLASS_NAMES.match(column.name))


def _epochs(summary: DatasetSummary) -> int:
    """So many that a small network has about three thousand steps."""
    steps = max(1, summary.rows // 32)
    epochs = max(10, min(100, 3_000 // steps))
    return int(round(epochs, -1))


def _validation(summary: DatasetSummary, targets: list[ColumnSummary]) -> dict[str, Any]:
    part = next((c for c in summary.columns if _PART_NAMES.match(c.name) and c.classes), None)
    if part is not None:
        labels = [label for label, _ in part.classes]
        held = [label for label in labels if re.match(r"(?i)(val|test|dev)", label)]
        if held and len(held) < len(labels):
            return {"fit.validation_data": {"column": part.name, "values": held}}
    if summary.rows < 10:
        return {}
    settings: dict[str, Any] = {"fit.validation_split": 0.2}
    if any(column.sorted_runs for column in targets):
        settings["data.row_order"] = "random"
    return settings
