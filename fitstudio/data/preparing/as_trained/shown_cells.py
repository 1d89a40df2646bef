"""A cell of a table as sentences show it, with its column and line."""

from __future__ import annotations

import numpy as np

from fitstudio.data.formats.text.table import TableSource
from fitstudio.words import say


def first_filled(source: TableSource, name: str) -> int:
    """The first row with a value."""
    present = source.text(name).is_not_null().to_numpy()
    return int(np.argmax(present))


def shown_cell(source: TableSource, name: str, row: int) -> str:
    """The cell, then its column and its line in the file."""
    return say(
        "“{source}” ({name}, line {lines})",
        source=source.text(name)[row],
        name=name,
        lines=source.line_of(row),
    )
