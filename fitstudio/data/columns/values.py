"""One column of single values, as text and, where that makes sense, as numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from fitstudio.data.columns import statistics

WORDS = "words"  # wanted by a recipe: the text as it is written


@dataclass
class TableColumn:
    """One column of a table, as text and, where that makes sense, as numbers.

    Args:
        name: Unique in the table.
        type: What it is taken for.
        cells: Text, null where missing, for columns of words; else None.
        values: Numbers, NaN where missing or unreadable; None for columns of words.
        unparsed: Rows whose cell should be a number and is not.
        padded: Whether digits have zeros in front, as identifiers do.
        dates: How they are written if the cells are dates or times of day, else None.
        ambiguous_dates: Whether day and month could be exchanged.
        long_digits: Cells with more digits than a number keeps.
        title: The header as it stands in the file, where the name had to be changed.
        unit: What the numbers are measured in.
        cell_unit: The unit that stands in every cell, or "".
        marked: Rows whose number has a mark, such as "5*".
        errors: How many cells give an error, such as "1.2 ± 0.1".
        negative: How many numbers stand in brackets, for a minus.
        mixed_units: Where cells have different units: each with its number of cells.
    """

    name: str
    type: str
    cells: pl.Series | None
    values: np.ndarray | None
    unparsed: np.ndarray
    padded: bool = False
    dates: str | None = None
    ambiguous_dates: bool = False
    long_digits: int = 0
    title: str | None = None
    unit: str | None = None
    cell_unit: str = ""
    marked: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    errors: int = 0
    negative: int = 0
    mixed_units: dict[str, int] = field(default_factory=dict)

    def labels(self, start: int = 0, stop: int | None = None) -> np.ndarray:
        """The values of some rows, or of all, as labels (text); None where missing."""
        if self.cells is not None:
            return self.cells[start:stop].to_numpy()
        assert self.values is not None
        found, places = np.unique(self.values[start:stop], return_inverse=True)
        names = np.array(
            [None if np.isnan(value) else statistics.number_label(value) for value in found],
            dtype=object,
        )
        return names[places] if len(found) else np.zeros(0, object)

    def numbers(self) -> np.ndarray:
        """The values as numbers, NaN where there is none."""
        return self.values if self.values is not None else np.full(len(self), np.nan)

    def __len__(self) -> int:
        if self.values is not None:
            return len(self.values)
        return 0 if self.cells is None else len(self.cells)

    def missing(self, start: int = 0, stop: int | None = None) -> np.ndarray:
        """For each of some rows, or of all, whether the value is missing."""
        if self.values is not None:
            return np.isnan(self.values[start:stop])
        assert self.cells is not None
        # A copy, which whoever asked may write to.
        return np.array(self.cells[start:stop].is_null())
