"""Compares the units of a new file with those of the training rows."""

from __future__ import annotations

import re

from fitstudio.data.columns.source import Source
from fitstudio.data.preparing.coding.recipe_column import RecipeColumn
from fitstudio.errors import DataError
from fitstudio.words import say

# One base unit with any of its prefixes: mV and V, g and kg.
_BASE = re.compile(r"^[pnuµμmckMG]?(m|g|s|A|V|W|Hz|Pa|K|J|N|L|l|mol|Ohm|Ω|F|T|bar|eV)$")


def compare(column: RecipeColumn, unit: str | None, source: Source, notes: list[str]) -> None:
    """Refuses numbers in another multiple of the unit; of any other difference it takes note.

    Args:
        column: How training measured the column.
        unit: What the file measures it in, if known.
        source: The file.
        notes: Gets a sentence where the units are written otherwise.

    Raises:
        DataError: If the same numbers would mean a thousand times more or less.
    """
    if not unit or not column.unit or unit == column.unit:
        return
    bases = [_BASE.match(each) for each in (unit, column.unit)]
    if all(bases) and len({base[1].lower() for base in bases if base}) == 1:
        raise DataError(
            say(
                "{column} is in {unit} in {file}; the model was trained on {column_unit}.",
                column=repr(column.name),
                unit=unit,
                file=repr(source.file),
                column_unit=column.unit,
            ),
            code="data.other-unit",
            remedy=say("Write the column in {unit}.", unit=column.unit),
        )
    notes.append(
        say(
            "{column} is in {unit} here; in training it was in {column_unit}.",
            column=column.name,
            unit=unit,
            column_unit=column.unit,
        )
    )
