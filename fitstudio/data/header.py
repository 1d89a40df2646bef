"""Finds the line with the column names, and where the data start, below whatever stands above.

Instruments write a preamble (operator, date, integration time), then names, then perhaps units,
then rows of numbers. The clue is the rows: what their columns hold further down in the file.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fitstudio.data.text_format import Reasons, TextFormat, is_blank

_JUDGED_ROWS = 80
_JUDGED_CELLS = 20_000
_UNIT = re.compile(
    r"^(?:[\[(<].{0,14}[\])>]|-|"
    r"[numkMGµμ]?(?:m|g|s|A|V|W|Hz|Pa|K|J|N|L|l|mol|Ohm|Ω|F|T|bar|eV|M)[²³23]?|"
    r"cm[²³23]?|dm[²³23]?|min|h|d|°C|°F|°|deg|rad|%|ppm|ppb|a\.?u\.?|arb\.? ?u\.?|rpm|dB|counts?|"
    r"in|ft|lb|kg|t|years?|days?|psi|1/cm|cm-1|cm\^-1|pH)"
    r"(?:[/*·^ ][\w²³°^-]{1,8})*$"
)


@dataclass(frozen=True)
class _Row:
    line: int  # counted from 1
    cells: list[str]
    span: int = 1  # a quoted cell may hold line ends

    @property
    def next_line(self) -> int:
        return self.line + self.span


def place_names(
    lines: list[str], layout: TextFormat, options: Mapping[str, Any], reasons: Reasons
) -> TextFormat:
    """The layout, completed by the lines with names and units and the first line with data."""
    rows = [
        _Row(number, layout.split(line), line.count("\n") + 1)
        for number, line in enumerate(lines, 1)
        if not is_blank(line) and not _is_comment(line, layout)
    ]
    if "header_line" in options:
        return _as_told(rows, layout, options)
    if not rows:
        return replace(layout, header_line=0, first_line=1)
    width = _usual_width(rows)
    below = rows[max(1, len(rows) // 4) :] or rows
    judged = [row for row in below if len(row.cells) == width]
    judged = judged[-max(10, min(_JUDGED_ROWS, _JUDGED_CELLS // width)) :]
    columns = _Columns(judged, width, layout)
    first = columns.first_data_row(rows)
    found = _Names(rows, layout, columns, width, reasons)
    if first is None:
        return found.above_words()
    return found.above_numbers(first, lines)


def _is_comment(line: str, layout: TextFormat) -> bool:
    return bool(layout.comment) and line.lstrip().startswith(layout.comment)


def _usual_width(rows: list[_Row]) -> int:
    tail = rows[len(rows) // 2 :]
    return Counter(len(row.cells) for row in tail).most_common(1)[0][0]


def _as_told(rows: list[_Row], layout: TextFormat, options: Mapping[str, Any]) -> TextFormat:
    header = int(options["header_line"])
    units = int(options.get("units_line", 0))
    last = next((row for row in rows if row.line == max(header, units)), None)
    first = last.next_line if last else max(header, units) + 1
    if header == 0 and rows and units == 0:
        width = _usual_width(rows)
        first = next((row.line for row in rows if len(row.cells) == width), rows[0].line)
    header_cells = next((row.cells for row in rows if row.line == header), [])
    below = [row for row in rows if row.line >= first]
    row_names = bool(below and header_cells) and _usual_width(below) == len(header_cells) + 1
    if row_names:
        # A separator at the end of each line looks the same, but its cells are empty.
        row_names = any(row.cells[-1] for row in below)
    return replace(
        layout, header_line=header, units_line=units, first_line=first, row_names=row_names
    )


class _Columns:
    """Which columns hold numbers, judged by rows from further down."""

    def __init__(self, judged: list[_Row], width: int, layout: TextFormat) -> None:
        self._layout = layout
        self._missing = {"", *layout.missing, *layout.missing_numbers}
        self.strict: list[int] = []  # nothing but numbers and gaps
        self.numeric: list[int] = []  # mostly numbers
        for place in range(width):
            kinds = Counter(self.kind(row.cells[place]) for row in judged)
            if kinds["number"] and not kinds["text"]:
                self.strict.append(place)
            if kinds["number"] and kinds["number"] >= 2 * kinds["text"]:
                self.numeric.append(place)

    def kind(self, cell: str) -> str:
        if cell in self._missing:
            return "gap"
        return "number" if self._layout.numbers.matches(cell) else "text"

    def kinds(self, row: _Row, places: list[int]) -> Counter[str]:
        return Counter(self.kind(row.cells[place]) for place in places if place < len(row.cells))

    def is_data(self, row: _Row) -> bool:
        """Whether numbers stand where they should; a row of gaps alone does not count."""
        return self._fits(row) and self.kinds(row, self.strict or self.numeric)["number"] > 0

    def _fits(self, row: _Row) -> bool:
        if self.kinds(row, self.strict)["text"]:
            return False
        return self.kinds(row, self.numeric)["text"] <= 0.25 * len(self.numeric)

    def first_data_row(self, rows: list[_Row]) -> int | None:
        """Index of the first row with data that others follow; None without any numbers."""
        if not self.numeric:
            return None
        for index, row in enumerate(rows):
            following = rows[index : index + 4]
            if self.is_data(row) and sum(map(self._fits, following)) >= 0.7 * len(following):
                return index
        return 0

    def names_as_numbers(self, row: _Row, below: _Row) -> bool:
        """Whether the names are numbers, such as wavelengths: rising evenly, unlike data."""
        return len(self.strict) >= 5 and self._rises(row) and not self._rises(below)

    def _rises(self, row: _Row) -> bool:
        cells = [row.cells[place] for place in self.strict if place < len(row.cells)]
        mark, thousands = self._layout.numbers.decimal, self._layout.numbers.thousands
        try:
            values = [
                float(cell.replace(thousands or "\0", "").replace(mark, ".")) for cell in cells
            ]
        except ValueError:
            return False
        steps = [after - before for before, after in itertools.pairwise(values)]
        if not (all(step > 0 for step in steps) or all(step < 0 for step in steps)):
            return False
        sizes = [abs(step) for step in steps]
        return max(sizes) < 3 * min(sizes)  # five numbers are in order by chance soon enough


class _Names:
    """Where the names stand, once it is known what the columns hold."""

    def __init__(
        self, rows: list[_Row], layout: TextFormat, columns: _Columns, width: int, reasons: Reasons
    ) -> None:
        self._rows, self._layout, self._columns = rows, layout, columns
        self._width, self._reasons = width, reasons

    def above_numbers(self, first: int, lines: list[str]) -> TextFormat:
        """For tables in which some columns hold numbers."""
        rows, columns = self._rows, self._columns
        if first == 0 or not self._fits(rows[first - 1]):
            commented = self._commented(rows[first].line, lines)
            if commented:
                return commented
            later = rows[first + 1] if first + 1 < len(rows) else None
            if later and columns.names_as_numbers(rows[first], later):
                return self._named(rows[first], "Its numbers rise evenly, as wavelengths do.")
            self._reasons.add("header_line", "Every line holds numbers: there are no names.")
            return replace(self._layout, header_line=0, first_line=rows[first].line)
        place = first - 1
        while place > 0 and self._mostly_numbers(rows[place]) and self._fits(rows[place - 1]):
            if self._mostly_numbers(rows[place - 1]):
                break
            place -= 1  # a row with a stray word is data still, below the names
        if place > 0 and self._are_units(rows[place]) and self._fits(rows[place - 1]):
            self._reasons.add("units_line", "Below the names stand units.")
            return self._named(rows[place - 1], "Names, above a line of units.", units=rows[place])
        return self._named(rows[place], "It holds words where the lines below hold numbers.")

    def above_words(self) -> TextFormat:
        """For tables without any numbers, where a name looks like a value."""
        rows = [row for row in self._rows if len(row.cells) == self._width] or self._rows
        head, below = rows[0], rows[1:]
        distinct = len(set(head.cells)) == len(head.cells) and all(head.cells)
        repeated = sum(
            any(place < len(row.cells) and row.cells[place] == cell for row in below)
            for place, cell in enumerate(head.cells)
        )
        if distinct and repeated <= 0.3 * len(head.cells):
            return self._named(head, "Its words do not come again below.", sure=len(below) > 5)
        self._reasons.add(
            "header_line", "The first line holds the same words as others: no names.", sure=False
        )
        return replace(self._layout, header_line=0, first_line=head.line)

    def _named(
        self, row: _Row, sentence: str, *, units: _Row | None = None, sure: bool = True
    ) -> TextFormat:
        self._reasons.add("header_line", sentence, sure=sure)
        return replace(
            self._layout,
            header_line=row.line,
            units_line=units.line if units else 0,
            first_line=(units or row).next_line,
            row_names=len(row.cells) == self._width - 1 and self._last_cells_are_filled(row),
        )

    def _fits(self, row: _Row) -> bool:
        filled = sum(1 for cell in row.cells if cell)
        return abs(len(row.cells) - self._width) <= 1 and filled >= 0.5 * (self._width - 1)

    def _last_cells_are_filled(self, header: _Row) -> bool:
        below = [row for row in self._rows if row.line > header.line]
        return any(len(row.cells) == self._width and row.cells[-1] for row in below)

    def _mostly_numbers(self, row: _Row) -> bool:
        kinds = self._columns.kinds(row, self._columns.strict or self._columns.numeric)
        return kinds["number"] > kinds["text"]

    def _are_units(self, row: _Row) -> bool:
        filled = [cell for cell in row.cells if cell]
        named = [cell for cell in filled if cell != "-"]
        return bool(named) and all(_UNIT.match(cell) for cell in filled)

    def _commented(self, first_line: int, lines: list[str]) -> TextFormat | None:
        """Names behind a comment mark, as ``numpy.savetxt`` writes them."""
        mark = self._layout.comment
        if not mark:
            return None
        for number in range(first_line - 1, 0, -1):
            line = lines[number - 1].strip()
            if is_blank(line):
                continue
            cells = self._layout.split(line.removeprefix(mark).strip())
            if len(cells) != self._width or not all(cells):
                return None
            self._reasons.add("header_line", f"The last line with “{mark}” holds the names.")
            return replace(
                self._layout,
                header_line=number,
                first_line=number + 1,
                names_commented=True,
            )
        return None
