"""Opens pictures for a model that learned them from elsewhere: a folder, a table, or one picture.

A model of pictures does not mind where they lie. One that was trained on a folder answers for a
table that names pictures, one that was trained on such a table answers for a folder, and both for
a single picture; all of them are brought to the form that the training's had.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fitstudio.data.preparing.coding.recipe_column import RecipeColumn
from fitstudio.data.preparing.recipe.reading import Reading
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.data.source import Source, find_file, is_picture, kind_of, open_source
from fitstudio.declared.formats.listed_pictures import (
    COLUMN,
    NO_COLUMN,
    as_in_folders,
    as_in_tables,
)
from fitstudio.declared.formats.pictures import PICTURES
from fitstudio.declared.formats.text import TABLE
from fitstudio.declared.task.dataset_summary import ARRAY, CATEGORY
from fitstudio.words import say


def open_other_pictures(
    recipe: Recipe, reading: Reading, data: Mapping[str, Any], base: Path, notes: list[str]
) -> Source | None:
    """The pictures, where they come in another way than in training; else None.

    Args:
        recipe: What was learned in training.
        reading: How the training's files were read.
        data: ``file``, and ``kind``, ``options`` and so on where they are given for this file.
        base: The folder that a relative path starts from.
        notes: Gets a sentence for whatever is not quite as in training.

    Raises:
        DataError: If they cannot be read.
    """
    column = _picture_column(recipe, reading)
    if column is None:
        return None
    path = find_file(str(data.get("file") or ""), base)
    said = dict(data.get("options") or {})
    if path.is_dir() or is_picture(path):
        if reading.kind == PICTURES.name and path.is_dir():
            return None  # as in training
        options = reading.options
        kept = options if reading.kind == PICTURES.name else as_in_folders(options)
        kept = {name: value for name, value in kept.items() if PICTURES.option(name) is not None}
        asked = {**data, "kind": PICTURES.name, "options": {**kept, **said}}
        source = open_source(asked, base)
        return source if reading.kind == PICTURES.name else _named(source, recipe, column, notes)
    kind = data.get("kind") or kind_of(path)
    if reading.kind != PICTURES.name or kind != TABLE.name:
        return None
    asked = {**data, "kind": TABLE.name, "options": {**as_in_tables(reading.options), **said}}
    return open_source(asked, base)


def _picture_column(recipe: Recipe, reading: Reading) -> RecipeColumn | None:
    """The one input of a model of pictures; None for any other model."""
    named = reading.options.get(COLUMN) not in (None, NO_COLUMN)
    if reading.kind != PICTURES.name and not (reading.kind == TABLE.name and named):
        return None
    columns = recipe.input_columns
    return columns[0] if len(columns) == 1 and columns[0].role == ARRAY else None


def _named(source: Source, recipe: Recipe, column: RecipeColumn, notes: list[str]) -> Source:
    """The pictures of a folder under the name that the column of the table had."""
    from fitstudio.data.formats.picture_folder import CLASS, PICTURE, PictureSource, renamed

    assert isinstance(source, PictureSource)
    names = {PICTURE: column.name}
    target = next((each for each in recipe.target_columns if each.role == CATEGORY), None)
    if target is not None and CLASS in source.names:
        names[CLASS] = target.name
        notes.append(
            say("The folder that a picture lies in is taken for {name}.", name=repr(target.name))
        )
    return renamed(source, names)
