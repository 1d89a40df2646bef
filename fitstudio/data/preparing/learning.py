"""Learns a recipe's columns from the training rows, and from no others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from fitstudio.data.columns import statistics
from fitstudio.data.columns.source import Source
from fitstudio.data.preparing.recipe_column import RecipeColumn
from fitstudio.data.preparing.scaling import array_scaling, number_scaling, scaling_axis
from fitstudio.declared.task.dataset_summary import ARRAY, CATEGORY, ColumnSummary
from fitstudio.declared.task.task import SlotColumn
from fitstudio.words import say

# Losses for which the size of a number has no meaning of its own, so that scaling changes nothing
# but how well it is learned. Percentages, logarithms and counts need the true size.
_SCALABLE_LOSSES = frozenset(
    {
        "mean_squared_error", "mse", "MeanSquaredError",
        "mean_absolute_error", "mae", "MeanAbsoluteError",
        "huber", "huber_loss", "Huber", "log_cosh", "logcosh", "LogCosh",
    }
)  # fmt: skip


def learn_inputs(
    source: Source,
    columns: Iterable[SlotColumn],
    rows: np.ndarray,
    *,
    method: str,
    fill: bool,
    model: str,
    notes: list[str],
) -> tuple[RecipeColumn, ...]:
    """How each input is made.

    Args:
        source: The file.
        columns: The columns of the input, with their roles.
        rows: Numbers of the training rows.
        method: "standard", "minmax" or "none".
        fill: Whether gaps are filled.
        model: The kind of the model, which says what belongs together in an array.
        notes: Gets sentences for the recipe.
    """
    learned = tuple(
        _learn_array(source, column, rows, method, model, notes)
        if role == ARRAY
        else _learn_category(source, column, rows, fill=fill)
        if role == CATEGORY
        else _learn_number(source, column, rows, method, fill=fill)
        for column, role in ((source.column(each.name), each.role) for each in columns)
    )
    words = {
        "standard": say("centred and scaled"),
        "minmax": say("brought to the range from 0 to 1"),
    }
    if method in words and any(column.role != "category" for column in learned):
        notes.append(
            say(
                "Numbers are {words}, as the {rows} training rows have them.",
                words=words[method],
                rows=len(rows),
            )
        )
    if any(column.role == "category" for column in learned):
        notes.append(say("Words become a 0 or 1 for each class."))
    if fill:
        notes.append(say("Gaps are filled with the middle value or the commonest class."))
    return learned


def learn_targets(
    source: Source,
    columns: Iterable[SlotColumn],
    rows: np.ndarray,
    *,
    loss: str,
    encoding: str,
    method: str,
    notes: list[str],
) -> tuple[RecipeColumn, ...]:
    """How each target is made; numbers are scaled where the loss allows it."""
    scaled = "standard" if method == "standard" and loss in _SCALABLE_LOSSES else "none"
    learned = []
    for column, role in ((source.column(each.name), each.role) for each in columns):
        if role == CATEGORY:
            learned.append(_learn_category(source, column, rows, fill=False))
        elif role == ARRAY and encoding == "onehot":
            labels = tuple(map(str, range(column.shape[0])))
            learned.append(
                RecipeColumn(name=column.name, role="array", shape=column.shape, labels=labels)
            )
        elif role == ARRAY:
            center, scale, _ = array_scaling(source.array(column.name), rows, "all", scaled)
            learned.append(
                RecipeColumn(
                    name=column.name, role="array", shape=column.shape, center=center,
                    scale=scale, unit=column.unit,
                )
            )  # fmt: skip
        else:
            learned.append(_learn_number(source, column, rows, scaled, fill=False))
    if scaled == "standard" and any(column.role != "category" for column in learned):
        notes.append(_scaled_words(learned))
    return tuple(learned)


def _scaled_words(targets: Sequence[RecipeColumn]) -> str:
    match targets:
        case [RecipeColumn(scale=(spread,)) as target]:
            unit = f" {target.unit}" if target.unit else ""
            return say(
                "The target is centred and scaled for training: loss and metrics are in "
                "multiples of its spread ({spread}{unit}); results and predictions are in its "
                "own units.",
                spread=f"{spread:.4g}",
                unit=unit,
            )
    return say(
        "The targets are centred and scaled for training, each by its own spread: loss and "
        "metrics are in multiples of these; results and predictions are in the targets' own "
        "units."
    )


def _learn_number(
    source: Source, column: ColumnSummary, rows: np.ndarray, method: str, *, fill: bool
) -> RecipeColumn:
    values = source.scalars(column.name, "number").numbers()[rows]
    present = values[np.isfinite(values)]
    middle = None
    if fill:
        middle = float(np.median(present)) if len(present) else 0.0
        values = np.where(np.isfinite(values), values, middle)
    center, scale = number_scaling(values, method)
    return RecipeColumn(
        name=column.name, role="number", center=(center,), scale=(scale,), fill=middle,
        low=float(present.min()) if len(present) else None,
        high=float(present.max()) if len(present) else None, unit=column.unit,
    )  # fmt: skip


def _learn_category(
    source: Source, column: ColumnSummary, rows: np.ndarray, *, fill: bool
) -> RecipeColumn:
    found = source.scalars(column.name, CATEGORY)
    commonest = None
    if fill:
        labels = [label for label in found.labels()[rows] if label is not None]
        if labels:
            names, counts = np.unique(np.array(labels, dtype=str), return_counts=True)
            commonest = str(names[np.argmax(counts)])
    # All classes of the file, not of the training rows only: the shape of the model must not hang
    # on which rows are held out, and that a class exists says nothing about any row.
    return RecipeColumn(
        name=column.name, role="category",
        labels=tuple(statistics.sorted_labels([label for label, _ in column.classes])),
        numeric_labels=found.values is not None, fill=commonest,
    )  # fmt: skip


def _learn_array(
    source: Source,
    column: ColumnSummary,
    rows: np.ndarray,
    method: str,
    model: str,
    notes: list[str],
) -> RecipeColumn:
    axis = scaling_axis(column.shape, model)
    center, scale, all_seen = array_scaling(source.array(column.name), rows, axis, method)
    if not all_seen:
        notes.append(
            say(
                "Mean and spread of {column} come from a part of its training rows.",
                column=column.name,
            )
        )
    return RecipeColumn(
        name=column.name, role="array", shape=column.shape, center=center, scale=scale,
        unit=column.unit,
    )  # fmt: skip
