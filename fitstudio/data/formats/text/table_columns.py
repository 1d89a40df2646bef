"""The columns of a text table: cells, units, numbers as they are written, copies of rows."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from fitstudio.data.columns.described import describe_array
from fitstudio.data.columns.source import Source
from fitstudio.data.columns.statistics import ArrayLike, unit_of
from fitstudio.data.columns.values import WORDS, TableColumn
from fitstudio.data.formats.text.cells import Cells, Oddities
from fitstudio.data.formats.text.column_types import of_numbers, summarise, type_of
from fitstudio.data.formats.text.guesses import as_options, say_guesses
from fitstudio.data.formats.text.layout import Reasons, TextFormat
from fitstudio.data.formats.text.values.dates import unit_of_dates
from fitstudio.data.formats.text.values.numbers import FORMATS, NumberFormat, pure_numbers
from fitstudio.declared.task.dataset_summary import CATEGORY, CONSTANT, ID, NUMBER, ColumnSummary
from fitstudio.words import say

if TYPE_CHECKING:
    from fitstudio.data.formats.pictures.listed import ListedPictures

_LONGEST_NAME = 200
_MOST_COMPARED = 2_000_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class TableColumns(Source):
    """The columns of a text table, which is in memory as a whole."""

    def __init__(
        self,
        path: Path,
        file: str,
        size: int,
        layout: TextFormat,
        cells: Cells,
        types: Mapping[str, str],
    ) -> None:
        super().__init__(path, file, "table")
        self.layout = layout
        self.rows = cells.frame.height
        self.oddities: Oddities = cells.oddities
        self.lines = cells.lines
        self.renamed: list[tuple[str, str]] = []
        self.size = size
        self._types = types
        self._cells = cells.frame
        self._names = self._unique_names(cells.names, cells.frame.width)
        self._places = {name: place for place, name in enumerate(self._names)}
        # The frame makes a new list of all names whenever it is asked for them.
        self._raw_names = tuple(cells.frame.columns)
        self._units = cells.units
        self._columns: dict[tuple[str, str | None], TableColumn] = {}
        self._pure: dict[str, pl.Series] | None = None
        self.zeros = 0
        self.copies_left_out = 0
        self.given: dict[str, Any] = {}
        self.given_columns: dict[str, Any] = {}
        self._gap_markers: set[str] | None = None
        self._date_orders: dict[str, str] = {}
        #: The pictures that a column names, and how many of them say what they are like; or None.
        self.pictures_looked_at: int | None = None
        self.pictures: ListedPictures | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, as they can be chosen: each differs from all others."""
        return self._names

    def single_names(self) -> list[str]:
        """The names of all columns: a table holds single values."""
        # Beside answers a picture is shown by its name, as a single value.
        return list(self._names)

    def file_names(self) -> Sequence[str] | None:
        """For each row the picture that it names; None where no column names pictures."""
        return None if self.pictures is None else self.pictures.names

    def is_picture(self, name: str) -> bool:
        """Whether the cells of a column name pictures, which stand for them."""
        return self.pictures is not None and self.pictures.column == name

    def scalars(self, name: str, wanted: str | None = None) -> TableColumn:
        """A column of its own type, or of the one that is wanted; worked out once."""
        wanted = wanted or self._types.get(name)
        if (name, wanted) not in self._columns:
            self.require([name])
            place = self._places[name]
            pure = self._pure_numbers().get(self._raw_names[place])
            exact = wanted != CATEGORY or not self._has_long_digits(name)
            if pure is not None and wanted != WORDS and exact:
                column = of_numbers(name, pure, self.text(name), wanted)
            else:
                column = type_of(name, self.text(name), self._layout_of(name), wanted)
            unit = self._units[place] if place < len(self._units) else ""
            column.unit = column.cell_unit or unit.strip("[]()<>- ") or unit_of(name)
            column.title = next((old for new, old in self.renamed if new == name), None)
            if column.dates and column.values is not None:
                column.unit = unit_of_dates(column.dates)
            self._columns[name, wanted] = column
        return self._columns[name, wanted]

    def read_dates(self, name: str, order: str) -> None:
        """Reads the dates of a column in this order ("dmy" or "mdy") where they do not tell."""
        self._date_orders[name] = order
        for known in [key for key in self._columns if key[0] == name]:
            del self._columns[known]

    def read_numbers(self, numbers: NumberFormat) -> None:
        """Reads the numbers of all columns in this format."""
        if numbers == self.layout.numbers:
            return
        self.layout = replace(self.layout, numbers=numbers)
        self._columns.clear()
        self._described.clear()
        self._pure = None
        self.options |= {"decimal": numbers.decimal, "thousands": numbers.thousands}

    def _layout_of(self, name: str) -> TextFormat:
        order = self._date_orders.get(name)
        return self.layout if order is None else replace(self.layout, dates=order)

    def is_pure(self, name: str) -> bool:
        """Whether a column holds nothing but plain numbers and empty cells."""
        return self._raw_names[self._places[name]] in self._pure_numbers()

    @property
    def unit_cells(self) -> dict[str, str]:
        """What the line with the units says, by column; empty if there is none."""
        return dict(zip(self._names, self._units, strict=False))

    def shows_marks(self, name: str) -> bool:
        """Whether a cell that is a number holds the decimal mark or the one between thousands."""
        numbers, cells = self.layout.numbers, self.text(name)
        for mark in filter(None, (numbers.decimal, numbers.thousands)):
            marked = cells.filter(cells.str.contains(mark, literal=True).fill_null(False))
            if len(marked) and not bool(numbers.read(marked.str.strip_suffix("%"))[1].all()):
                return True
        return False

    def line_of(self, row: int) -> str:
        """The line of the file that a row starts at, as sentences name it."""
        return str(int(self.lines[row]))

    def _has_long_digits(self, name: str) -> bool:
        """Whether numbers of this column have more digits than are kept: as names they count."""
        return bool(self.text(name).str.contains(r"^[+-]?\d{16,}$").any())

    def _pure_numbers(self) -> dict[str, pl.Series]:
        if self._pure is None:
            markers = (*self.layout.missing, *self.layout.missing_numbers)
            self._pure = pure_numbers(self._cells, self.layout.numbers, markers)
        return self._pure

    def text(self, name: str) -> pl.Series:
        """The cells as they stand in the file; null where empty."""
        return self._cells.to_series(self._places[name])

    def array(self, name: str) -> ArrayLike:
        """The numbers or labels of a column, or the pictures that it names."""
        if self.pictures is not None and self.is_picture(name):
            return self.pictures.array
        column = self.scalars(name)
        return column.labels() if column.values is None else column.numbers()

    def cells(self, name: str, start: int, stop: int) -> list[str | None]:
        """The cells as they stand in the file; None where they count as missing."""
        # Asked for a few rows at a time, over and over: only these are looked at.
        column, shown = self.scalars(name), self.text(name)[start:stop].to_list()
        gaps = column.missing(start, stop)
        first, last = np.searchsorted(column.unparsed, (start, stop))
        gaps[column.unparsed[first:last] - start] = False
        return [None if gap else cell for cell, gap in zip(shown, gaps.tolist(), strict=True)]

    def reconsider_numbers(self, reasons: Reasons) -> None:
        """Looks again at how numbers are written, if cells further down do not fit.

        The first lines decide at first; a file whose decimals or thousands come late shows here.
        """
        doubtful = [name for name in self._names if len(self.scalars(name).unparsed)]
        doubtful += [name for name in self._names if self._looks_numeric(name)]
        if not doubtful:
            return
        best, fewest = self.layout.numbers, self._unreadable(doubtful, self.layout.numbers)
        for other in FORMATS:
            count = self._unreadable(doubtful, other)
            if count < fewest:
                best, fewest = other, count
        if best != self.layout.numbers and not self._costs_more(best, doubtful):
            self.read_numbers(best)
            reasons.add("decimal", say("So most cells further down are numbers."), sure=False)

    def _costs_more(self, numbers: NumberFormat, doubtful: list[str]) -> bool:
        """Whether a format that mends some columns would make more cells of others unreadable."""
        gained = self._unreadable(doubtful, self.layout.numbers)
        gained -= self._unreadable(doubtful, numbers)
        others = [
            name
            for name in self._names
            if name not in doubtful and self.scalars(name).values is not None
        ]
        lost = 0
        for name in others:
            lost += self._unreadable([name], numbers) - len(self.scalars(name).unparsed)
            if lost >= gained:
                return True
        return False

    def _looks_numeric(self, name: str) -> bool:
        column = self.scalars(name)
        if column.cells is None or column.dates or column.padded:
            return False
        shaped = column.cells.str.contains(r"^[+-]?\d[\d.,' ]*\d(?:[eE][+-]?\d+)?$")
        return int(shaped.sum()) > 0.8 * max(1, len(column.cells) - column.cells.null_count())

    def _unreadable(self, names: list[str], numbers: NumberFormat) -> int:
        gaps = [*self.layout.missing, *self.layout.missing_numbers]
        return sum(
            int(numbers.read(cells.filter(~cells.is_in(gaps)))[1].sum())
            for cells in map(self.text, names)
        )

    def copies(self) -> np.ndarray | None:
        """Which rows are exact copies of rows above them; None where copies are to be expected."""
        described = [c for c in self.columns if c.type not in (ID, CONSTANT)]
        measured = [c for c in described if c.type == NUMBER and (c.distinct or 0) > 20]
        if len(described) < 3 or not measured or self.rows > _MOST_COMPARED:
            return None
        frame = pl.DataFrame({c.name: self.text(c.name) for c in described})
        return ~frame.select(pl.struct(pl.all()).is_first_distinct()).to_series().to_numpy()

    def leave_out_copies(self) -> None:
        """Keeps the first of rows that are exact copies of each other."""
        copies = self.copies()
        if copies is None or not copies.any():
            return
        self.copies_left_out = int(copies.sum())
        self._cells = self._cells.filter(pl.Series(~copies))
        self.lines = self.lines[~copies]
        self.rows = self._cells.height
        self._columns.clear()
        self._described.clear()
        self._pure = None

    def conclude(
        self, reasons: Reasons, options: Mapping[str, Any], columns: dict[str, Any], zeros: int
    ) -> None:
        """Sets down how the file was understood."""
        self.given, self.given_columns, self.zeros = dict(options), columns, zeros
        markers = self._markers()
        self.guesses = say_guesses(self.layout, reasons, options, markers)
        self.options = as_options(self.layout)
        if "copies" in options:
            self.options["copies"] = options["copies"]

    def gap_markers(self) -> set[str]:
        """The markers of missing values that stand in columns of numbers."""
        if self._gap_markers is None:
            pure = self._pure_numbers()
            cells = [
                self.text(name)
                for name in self._names
                if self._raw_names[self._places[name]] not in pure
                and self.scalars(name).values is not None
            ]
            known = list(self.layout.missing)
            self._gap_markers = {
                marker for each in cells for marker in each.filter(each.is_in(known)).unique()
            }
        return self._gap_markers

    def _markers(self) -> list[str]:
        """The markers of missing values that do occur."""
        found: dict[str, int] = {}
        pure = self._pure_numbers()
        for name in self._names:
            if self._raw_names[self._places[name]] in pure:
                continue
            markers = self.layout.missing
            if self.scalars(name).values is not None:
                markers = (*markers, *self.layout.missing_numbers)
            cells = self.text(name)
            hits = cells.filter(cells.is_in(list(markers)))
            if len(hits):
                for value, count in hits.value_counts().rows():
                    found[value] = found.get(value, 0) + count
        return sorted(found, key=lambda marker: -found[marker])

    def _unique_names(self, header: list[str], width: int) -> tuple[str, ...]:
        """Names for all columns; what had to be changed is remembered and said."""
        wanted = [*header[:width], *[""] * (width - len(header))]
        taken = {name for name in wanted if name}
        names: dict[str, None] = {}
        for place, title in enumerate(wanted, 1):
            clean = " ".join(_CONTROL.sub(" ", title).split())
            if len(clean) > _LONGEST_NAME:
                clean = clean[: _LONGEST_NAME - 1] + "…"
            name = clean or f"column_{place}"
            number = 2
            while name in names or (name != title and name in taken):
                name = f"{clean or f'column_{place}'}_{number}"
                number += 1
            if name != title and header:
                self.renamed.append((name, title))
            names[sys.intern(name)] = None
        return tuple(names)

    def _describe(self, name: str) -> ColumnSummary:
        if self.pictures is None or not self.is_picture(name):
            return summarise(self.scalars(name))
        array = self.pictures.array
        found, looked = describe_array(name, array, tuple(array.shape[1:]), None)
        self.pictures_looked_at = looked
        return replace(found, missing=int(self.pictures.gaps.sum()))
