"""Learns a recipe's columns from the training rows, and from no others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from fitstudio.data.columns.source import Source
from fitstudio.data.preparing.coding.recipe_column import RecipeColumn
from fitstudio.data.preparing.learning.notes import preparation_notes
from fitstudio.data.preparing.learning.one_column import learn_array, learn_category, learn_number
from fitstudio.data.preparing.learning.scaling import array_scaling
from fitstudio.declared.catalogue.losses import loss_named
from fitstudio.declared.catalogue.preparations import NUMBER_WAYS
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import ARRAY, CATEGORY
from fitstudio.declared.task.preparation import Preparation, preparation_of
from fitstudio.declared.task.task import SlotColumn
from fitstudio.words import say

_TARGET = {name: Preparation(way, missing="drop") for name, way in NUMBER_WAYS.items()}


def learn_inputs(
    source: Source,
    columns: Iterable[SlotColumn],
    rows: np.ndarray,
    *,
    spec: RunSpec,
    notes: list[str],
) -> tuple[RecipeColumn, ...]:
    """How each input is made.

    Args:
        source: The file.
        columns: The columns of the input, with their roles.
        rows: Numbers of the training rows.
        spec: What was set: how columns are prepared, and the kind of the model, which says what
            belongs together in an array.
        notes: Gets sentences for the recipe.
    """
    model = spec.get("model.kind")
    learned: list[RecipeColumn] = []
    done: dict[str, Preparation] = {}
    for each in columns:
        column = source.column(each.name)
        wanted = done[each.name] = preparation_of(spec, each.name, each.role)
        if each.role == ARRAY:
            learned.append(learn_array(source, column, rows, wanted, model, notes))
        elif each.role == CATEGORY:
            learned.append(learn_category(source, column, rows, wanted))
        else:
            learned.append(learn_number(source, column, rows, wanted))
    notes.extend(preparation_notes(learned, done, len(rows)))
    return tuple(learned)


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
    known = loss_named(loss)
    scaled = "standard" if method == "standard" and known is not None and known.scales else "none"
    learned = []
    for column, role in ((source.column(each.name), each.role) for each in columns):
        if role == CATEGORY:
            learned.append(learn_category(source, column, rows))
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
            learned.append(learn_number(source, column, rows, _TARGET[scaled]))
    if scaled == "standard" and any(column.role != "category" for column in learned):
        notes.append(_scaled_words(learned))
    return tuple(learned)


def _scaled_words(targets: Sequence[RecipeColumn]) -> str:
    match targets:
        case [RecipeColumn(scale=(spread,)) as target]:
            unit = f" {target.unit}" if target.unit else ""
            return say(
                "The target is centred and scaled for training (its spread is {spread}{unit}): "
                "History keeps losses and metrics of the scaled target; results and predictions "
                "are in its own units.",
                spread=f"{spread:.4g}",
                unit=unit,
            )
    return say(
        "The targets are centred and scaled for training, each by its own spread: History keeps "
        "losses and metrics of the scaled targets; results and predictions are in the targets' "
        "own units."
    )
