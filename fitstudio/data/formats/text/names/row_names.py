"""Decides what a field without a name is: a row's name at the start, or a column at the end.

R writes the names of rows and leaves their heading out; loggers put remarks behind the last named
column. One heading too few looks the same in both, and a wrong choice shifts every column.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from fitstudio.data.formats.text.names.header_rows import Row
from fitstudio.data.formats.text.values.numbers import NumberFormat
from fitstudio.words import say

_NAMES_ROWS = re.compile(
    r"(?i)(?:^|[_ .-])(?:id|nr|no|num|number|name|sample|run|row|index|key|site)\.?$|^#$"
)

_FEWEST_ROWS = 3  # one or two numbers count up by chance


@dataclass(frozen=True)
class Unnamed:
    """What was found out about fields without a name.

    Args:
        row_names: Whether the first field is the row's name.
        sentence: Why.
        fields: How many fields have no name.
    """

    row_names: bool
    sentence: str
    fields: int


def judge(header: Row, below: list[Row], width: int, numbers: NumberFormat) -> Unnamed | None:
    """What the fields without a name are; None if there are none.

    Args:
        header: The line with the names.
        below: The lines below it.
        width: How many fields these have.
        numbers: How numbers are written.
    """
    full = [row for row in below if len(row.cells) == width]
    # A separator at the end of each line adds a field that belongs to nothing.
    while full and width > len(header.cells) and not any(row.cells[width - 1] for row in full):
        width -= 1
    short = width - len(header.cells)
    if not header.cells or short < 1 or not full:
        return None
    last = [row.cells[width - 1] for row in full]
    first = [row.cells[0] for row in full]
    if short > 1:
        return Unnamed(
            False, say("The last {short} fields of each line have no name.", short=short), short
        )
    if not all(last):
        return Unnamed(False, say("The last field has no name, and is empty in some lines."), 1)
    if not all(first) or len(set(first)) < len(first):
        return Unnamed(
            False, say("The last field has no name; the first does not name the rows."), 1
        )
    numeric = any(map(numbers.matches, first))
    if header.quoted and all(row.quoted and row.bare for row in full):
        return Unnamed(
            True, say("The first field is in quotes and all different, as R writes it."), 1
        )
    if numeric and (len(first) < _FEWEST_ROWS or not _counts(first)):
        return Unnamed(False, say("The last field has no name; the first holds numbers."), 1)
    words = not all(map(numbers.matches, last))
    if words and not numeric:
        return Unnamed(False, say("The last field has no name and holds words, as remarks do."), 1)
    if _NAMES_ROWS.search(header.cells[0]):
        return Unnamed(
            False,
            say(
                "The first field names the rows, as “{cells}” says; the last has no name.",
                cells=header.cells[0],
            ),
            1,
        )
    return Unnamed(
        True, say("The first field is different in every line, as names of rows are."), 1
    )


def _counts(cells: list[str]) -> bool:
    """Whether the cells count 0, 1, 2 … or 1, 2, 3 …"""
    if not all(cell.isdecimal() for cell in cells):
        return False
    values = list(map(int, cells))
    return values[0] in (0, 1) and all(b - a == 1 for a, b in itertools.pairwise(values))
