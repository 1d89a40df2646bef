"""Counts the lines of a table that are not like the others, and says which are left out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from fitstudio.data.formats.text.layout import TextFormat
from fitstudio.data.formats.text.lines.other_lines import OtherLines

NAMED = 20  # so many line numbers are kept for the message


@dataclass
class Oddities:
    """Lines that are not like the others.

    Args:
        too_long: Line number and number of fields; the first ones.
        too_long_count: How many there are.
        too_short: The same for lines with too few fields.
        too_short_count: How many there are.
        blank: Empty lines between the data.
        repeated: Lines that hold the names again and are left out; the first ones.
        repeated_count: How many there are.
        others: Lines that are no samples and are left out, each with what it is; all of them.
        other_words: What the first of these starts with.
        quotes_given_up: The line with a quote that never ends, if quotes had to be read as text.
        trailing: Whether each line ends with a separator and nothing after it.
        trailing_lines: Where only some do: these, the first ones.
        trailing_count: How many there are.
    """

    too_long: list[tuple[int, int]] = field(default_factory=list)
    too_long_count: int = 0
    too_short: list[tuple[int, int]] = field(default_factory=list)
    too_short_count: int = 0
    blank: int = 0
    repeated: list[int] = field(default_factory=list)
    repeated_count: int = 0
    others: dict[int, str] = field(default_factory=dict)
    other_words: str = ""
    quotes_given_up: int | None = None
    trailing: bool = False
    trailing_lines: list[int] = field(default_factory=list)
    trailing_count: int = 0


def without_empty_ends(
    names: list[str],
    frame: pl.DataFrame,
    fields: np.ndarray,
    width: int,
    lines: np.ndarray,
    oddities: Oddities,
) -> tuple[list[str], int, np.ndarray]:
    """Separators at the end of lines with nothing behind them belong to no column.

    Returns:
        The names, the number of columns, and the number of fields of each line, without them.
    """
    named = list(names)
    while len(named) > 1 and not named[-1]:
        named.pop()
    filled = frame.select(pl.all().is_not_null().any()).row(0)
    if named and width > len(named) and not any(filled[len(named) : width]):
        # Each line ends with one, or the names alone do.
        oddities.trailing = bool((fields[fields > 0] > len(named)).all())
        names, width = named, len(named)
    if oddities.trailing:
        return names, width, np.minimum(fields, np.where(fields == width + 1, width, fields))
    longer = np.flatnonzero(fields > width)
    if len(longer):
        extra = frame.select(frame.columns[width:])[longer]
        empty = extra.select(pl.all_horizontal(pl.all().is_null()).alias("empty"))["empty"]
        longer = longer[empty.to_numpy()]
        fields = fields.copy()
        fields[longer] = width
        oddities.trailing_count = len(longer)
        oddities.trailing_lines = [int(line) for line in lines[longer[:NAMED]]]
    return names, width, fields


def leave_out(
    found: OtherLines,
    frame: pl.DataFrame,
    fields: np.ndarray,
    lines: np.ndarray,
    layout: TextFormat,
    oddities: Oddities,
) -> np.ndarray:
    """Which lines are left out since they are no samples; a person may have them back."""
    left_out = np.zeros(len(fields), bool)
    if layout.repeated_names == "skip" and found.repeated:
        left_out[found.repeated] = True
        oddities.repeated_count = len(found.repeated)
        oddities.repeated = [int(line) for line in lines[found.repeated[:NAMED]]]
    if layout.other_lines == "skip" and found.others:
        rows = sorted(found.others)
        left_out[rows] = True
        oddities.others = {int(lines[row]): found.others[row] for row in rows}
        oddities.other_words = next((cell for cell in frame.row(rows[0]) if cell), "")
    return left_out
