"""Recognises a file that holds one sample, whose arrays have no axis to count samples by.

A program that saves one row of many often leaves that axis out: a row becomes a vector, and MATLAB
knows no other. Read by itself, such a vector is a column of single values; the model that is to be
used knows better, since it knows what one sample looks like.
"""

from __future__ import annotations

import numpy as np

from fitstudio.data.columns.source import Source
from fitstudio.data.columns.statistics import ArrayLike
from fitstudio.data.preparing.coding.recipe_column import RecipeColumn
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.declared.task.dataset_summary import ARRAY
from fitstudio.words import say


def single_sample(recipe: Recipe, source: Source, notes: list[str]) -> Source:
    """The file as one sample, where each input is there once, without an axis of samples.

    Args:
        recipe: What the model takes.
        source: The file, as it was read.
        notes: Gets a sentence where it is read as one sample.

    Returns:
        The same source, or one with a single row in its place.
    """
    if source.kind == "table" or len(recipe.inputs) > 1:
        return source
    columns = recipe.input.columns
    if not columns or any(column.role != ARRAY for column in columns):
        return source
    found = {column.name: _array_for(column, recipe, source) for column in columns}
    arrays: dict[str, ArrayLike] = {}
    for column in columns:
        array = found[column.name]
        if array is None or tuple(array.shape[1:]) == column.shape:
            return source
        if _without_ones(array.shape) != _without_ones(column.shape):
            return source
        arrays[column.name] = np.asarray(array[:]).reshape(1, *column.shape)
    from fitstudio.data.formats.arrays.source import ArraySource

    notes.append(
        say(
            "The file holds one sample: {name} has the {shape} values that the model takes for "
            "one.",
            name=", ".join(arrays),
            shape=" × ".join(map(str, columns[0].shape)),
        )
    )
    return ArraySource(
        source.path,
        source.file,
        source.kind,
        arrays,
        types={},
        options={**source.options, "one_hot": False},
        close=source.close,
    )


def _array_for(column: RecipeColumn, recipe: Recipe, source: Source) -> ArrayLike | None:
    """The array of the column's name; where there is one input, the only one of its size."""
    if column.name in source.names:
        return source.array(column.name)
    if len(recipe.inputs) > 1:
        return None
    arrays = [source.array(name) for name in source.names]
    arrays = [each for each in arrays if _without_ones(each.shape) == _without_ones(column.shape)]
    whole = source.whole
    if whole is not None and _without_ones(whole.shape) == _without_ones(column.shape):
        return whole
    return arrays[0] if len(arrays) == 1 else None


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)
