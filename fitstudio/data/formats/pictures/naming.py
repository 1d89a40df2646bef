"""Finds the column of a table whose cells are names of pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from fitstudio.data.columns.source import missing_columns
from fitstudio.data.formats.pictures.beside import Beside, plain
from fitstudio.declared.formats.listed_pictures import NO_COLUMN
from fitstudio.declared.formats.pictures import PICTURE_ENDINGS
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.words import say

# So many cells of a column are tried; most of them must be there as pictures.
_TRIED = 60
_MOST_OF_THEM = 0.5
# Names without an ending could be anything: nearly all of them must be pictures.
_NEARLY_ALL = 0.9
_FEWEST_NAMES = 2


def find_column(
    cells: Mapping[str, pl.Series], beside: Beside, wanted: object
) -> tuple[str | None, list[str]]:
    """The column that names pictures, and all that could.

    Args:
        cells: The cells of each column that may.
        beside: The pictures around the table.
        wanted: What a person has said: a column, "none", or None.
    """
    fitting: list[str] = []
    for name, column in cells.items():
        tried = some_of(column)
        if len(set(tried)) < _FEWEST_NAMES:
            continue
        ends = sum(cell.lower().endswith(PICTURE_ENDINGS) for cell in tried)
        with_endings = ends > _MOST_OF_THEM * len(tried)
        if not with_endings and (wanted is not None or beside.is_empty):
            continue
        beside.settle(tried)
        there = sum(beside.find(cell) is not None for cell in tried)
        least = _MOST_OF_THEM if with_endings else _NEARLY_ALL
        if there and there >= least * len(tried):
            fitting.append(name)
    if wanted is not None:
        return (None if wanted == NO_COLUMN else str(wanted)), fitting
    return (fitting[0] if fitting else None), fitting


def named_but_missing(cells: Mapping[str, pl.Series], beside: Beside) -> Finding | None:
    """What to say of a column that can only name pictures, of which none is there."""
    for name, column in cells.items():
        tried = some_of(column)
        if len(tried) < _FEWEST_NAMES:
            continue
        if not all(cell.lower().endswith(PICTURE_ENDINGS) and plain(cell) for cell in tried):
            continue
        beside.settle(tried)
        if any(beside.find(cell) is not None for cell in tried):
            continue
        return Finding(
            "data.pictures-not-there",
            Severity.ADVICE,
            "data.file",
            say(
                "**{name}** names pictures, such as {example}, and none of them lies beside the "
                "table or in a folder there: it is read as text. Put the pictures there to train "
                "on them.",
                name=name,
                example=repr(tried[0]),
            ),
        )
    return None


def column_called(wanted: str, names: Sequence[str], file: str) -> str:
    """The column of this name, in whatever letters.

    Raises:
        DataError: If there is none.
    """
    if wanted in names:
        return wanted
    found = [name for name in names if name.casefold() == wanted.casefold()]
    if len(found) != 1:
        raise missing_columns([wanted], names, file)
    return found[0]


def some_of(cells: pl.Series) -> list[str]:
    """Some cells that hold something, spread over the column."""
    there = cells.drop_nulls()
    if not len(there):
        return []
    places = np.unique(np.linspace(0, len(there) - 1, min(len(there), _TRIED)).astype(int))
    return [cell.strip() for cell in there.gather(places.tolist()).to_list()]
