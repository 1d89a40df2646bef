"""Finds the line with the column names, and where the data start, below whatever stands above.

Instruments write a preamble (operator, date, integration time), then names, then perhaps units,
then rows of numbers. The clue is the rows: what their columns hold further down in the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fitstudio.data.formats.text.layout import Reasons, TextFormat, is_blank
from fitstudio.data.formats.text.names.header_rows import (
    Columns,
    Row,
    are_units,
    is_by_product,
    unit_share,
    usual_width,
)
from fitstudio.data.formats.text.names.row_names import judge
from fitstudio.words import say, say_count

_JUDGED_ROWS = 80
_JUDGED_CELLS = 20_000
_MOST_BELOW_NAMES = 4  # so many lines with units and the like stand below names
_MOSTLY = 0.5  # a line with so many units below names is a line of units
_MOST_ABOVE = 40  # further up no names are looked for


def place_names(
    lines: list[str], layout: TextFormat, options: Mapping[str, Any], reasons: Reasons
) -> TextFormat:
    """The layout, completed by the lines with names and units and the first line with data."""
    rows = _rows(lines, layout)
    if not rows:
        return replace(layout, header_line=0, first_line=1)
    width = usual_width(rows)
    below = rows[max(1, len(rows) // 4) :] or rows
    judged = [row for row in below if len(row.cells) == width]
    judged = judged[-max(10, min(_JUDGED_ROWS, _JUDGED_CELLS // width)) :]
    columns = Columns(judged, width, layout)
    found = _Names(rows, layout, columns, reasons, options)
    if "header_line" in options:
        return found.as_told(lines)
    first = columns.first_data_row(rows)
    if first is None:
        return found.above_words()
    return found.above_numbers(first, lines)


def _rows(lines: list[str], layout: TextFormat) -> list[Row]:
    rows: list[Row] = []
    gap = False
    for number, line in enumerate(lines, 1):
        if is_blank(line):
            # The other lines of a quoted cell are kept as empty ones.
            gap = gap or not rows or number >= rows[-1].next_line
        elif not _is_comment(line, layout):
            cells, quote = layout.split(line), layout.quote
            quoted = bool(quote) and line.lstrip().startswith(quote)
            bare = not quoted or line.count(quote) < 2 * len(cells)
            rows.append(Row(number, cells, line.count("\n") + 1, gap, quoted, bare))
            gap = False
    return rows


def _is_comment(line: str, layout: TextFormat) -> bool:
    return bool(layout.comment) and line.lstrip().startswith(layout.comment)


class _Names:
    """Where the names stand, once it is known what the columns hold."""

    def __init__(
        self,
        rows: list[Row],
        layout: TextFormat,
        columns: Columns,
        reasons: Reasons,
        options: Mapping[str, Any],
    ) -> None:
        self._rows, self._layout, self._columns = rows, layout, columns
        self._reasons, self._options = reasons, options
        self._width = columns.width

    def as_told(self, lines: list[str]) -> TextFormat:
        """Where a person has said which line holds the names."""
        options, layout, rows = self._options, self._layout, self._rows
        number = int(options["header_line"])
        units_line = int(options.get("units_line", 0))
        top = max(number, units_line)
        below = [row for row in rows if row.line > top]
        header = next((row for row in rows if row.line == number), None)
        commented = False
        if header is None and 0 < number <= len(lines) and _is_comment(lines[number - 1], layout):
            commented = True
            bare = lines[number - 1].strip().removeprefix(layout.comment).strip()
            header = Row(number, layout.split(bare))
        if "first_line" in options:
            first = int(options["first_line"])
        elif top == 0:
            first = next((row.line for row in rows if len(row.cells) == self._width), rows[0].line)
        else:
            units, skipped = self._below_names(below)
            if "units_line" not in options and units is not None:
                units_line = units.line
            last = next((row for row in reversed(rows) if row.line <= top), None)
            first = last.next_line if last and last.line == top else top + 1
            first = below[skipped - 1].next_line if skipped else first
        named = replace(
            layout, header_line=number, units_line=units_line, first_line=max(first, top + 1),
            names_commented=commented,
        )  # fmt: skip
        return self._with_row_names(named, header)

    def _below_names(self, below: list[Row]) -> tuple[Row | None, int]:
        """The line with units and how many lines below the names are no samples."""
        units = None
        for place, row in enumerate(below[:_MOST_BELOW_NAMES]):
            if not (self._columns.is_pure(row) or is_by_product(row)) or not self._columns.numeric:
                return units, place
            if _is_units_line(row) and units is None:
                units = row
            elif not is_by_product(row):
                return units, place
        return units, 0

    def above_numbers(self, first: int, lines: list[str]) -> TextFormat:
        """For tables in which some columns hold numbers."""
        rows, columns = self._rows, self._columns
        start = self._first_sample(first)
        run = self._run_above(start)
        later = rows[start + 1] if start + 1 < len(rows) else None
        if later and columns.names_as_numbers(rows[start], later):
            by_word = run and any(columns.look_like_names(row) for row in run)
            if not by_word:
                return self._named(
                    rows[start], [], start + 1, say("Its numbers rise evenly, as wavelengths do.")
                )
        if not run:
            commented = self._commented(rows[start].line, lines)
            if commented:
                return commented
            self._say_no_names(start)
            return replace(self._layout, header_line=0, first_line=rows[start].line)
        others = [row for row in run if not are_units(row) and not is_by_product(row)]
        best = max(others, key=self._score, default=run[-1])
        below = [row for row in run if row.line > best.line]
        rivals = [
            row for row in others
            if row is not best and self._score(row) > self._score(best) - 0.1
        ]  # fmt: skip
        sentence = say("It holds words where the lines below hold numbers.")
        if any(map(_is_units_line, below)):
            self._reasons.add("units_line", say("Below the names stand units."))
            sentence = say("Names, above a line of units.")
        doubtful = bool(rivals) and self._width > 2 and len(rivals) < 3
        if doubtful:
            lined = ", ".join(str(row.line) for row in sorted(rivals, key=lambda row: row.line))
            sentence = say_count(
                len(rivals),
                "Line {lined} holds words as well.",
                "Lines {lined} hold words as well.",
                lined=lined,
            )
        return self._named(best, below, start, sentence, sure=not doubtful)

    def _say_no_names(self, start: int) -> None:
        above = self._rows[start - 1] if start else None
        words = len(above.filled) if above and self._columns.is_pure(above) else 0
        if above is None or words < 2 or self._rows[start].after_gap:
            self._reasons.add("header_line", say("Every line holds numbers: there are no names."))
            return
        self._reasons.add(
            "header_line",
            say(
                "Line {line} is too short to name each column: {words} of {width}.",
                line=above.line,
                words=words,
                width=self._width,
            ),
            sure=False,
        )

    def _first_sample(self, first: int) -> int:
        """The first sample: those below a limit hold words where others hold numbers."""
        rows, start = self._rows, first
        while start > 0 and not rows[start].after_gap and self._is_sample(start - 1, first):
            start -= 1
        return start

    def _is_sample(self, index: int, first: int) -> bool:
        row, columns = self._rows[index], self._columns
        if len(row.cells) != self._width:
            return False
        kinds = columns.kinds(row, columns.numeric)
        named = self._names_stand_above(index)
        if kinds["number"]:
            if columns.names_as_numbers(row, self._rows[first]):
                return False
            return named or (not columns.are_unlike_data(row) and not self._distinct_words(row))
        if not kinds["text"]:
            written = any(row.cells[place] for place in columns.numeric)
            return written and (kinds["limit"] > 0 or columns.resembles_samples(row, []) or named)
        if _is_units_line(row) or is_by_product(row):
            return False
        beside = self._rows[index + 1 : index + 2]
        beside += [each for each in self._rows[max(0, index - 1) : index] if not row.after_gap]
        return named and columns.resembles_samples(row, beside)

    def _distinct_words(self, row: Row) -> bool:
        """Whether more of its cells are words than numbers, as in names of which one is a year."""
        kinds = self._columns.kinds(row, self._columns.numeric)
        return kinds["text"] > kinds["number"]

    def _names_stand_above(self, index: int) -> bool:
        for place in range(index - 1, max(-1, index - _MOST_ABOVE), -1):
            row = self._rows[place]
            if self._rows[place + 1].after_gap and place + 1 != index:
                return False
            if self._columns.look_like_names(row):
                return True
            if abs(len(row.cells) - self._width) > 1:
                return False
        return False

    def _run_above(self, start: int) -> list[Row]:
        """The lines above the first sample that can be names or belong to them, lowest first."""
        rows, run = self._rows, []
        for place in range(start - 1, max(-1, start - _MOST_ABOVE), -1):
            row = rows[place]
            named = any(not are_units(each) and not is_by_product(each) for each in run)
            if named and (rows[place + 1].after_gap or not self._columns.is_pure(row)):
                break
            mixed = not self._columns.is_pure(row) and not is_by_product(row)
            if mixed and rows[place + 1].after_gap and not self._rises_above(row, start):
                break  # a pair such as "Gain;3" in a preamble
            if not self._fits(row) and not (is_by_product(row) and len(row.cells) == self._width):
                break
            run.append(row)
            if mixed:
                break
        if run and all(is_by_product(row) and not self._fits(row) for row in run):
            return []
        return run

    def _rises_above(self, row: Row, start: int) -> bool:
        return self._columns.names_as_numbers(row, self._rows[start])

    def _score(self, row: Row) -> float:
        """How completely and how distinctly a line names the columns; of equals the lower wins."""
        filled = row.filled
        distinct = 0.6 * len(set(filled)) / self._width
        return len(filled) / self._width + distinct - 0.5 * unit_share(row) + row.line * 1e-9

    def above_words(self) -> TextFormat:
        """For tables without any numbers, where a name looks like a value."""
        near = (self._width, self._width - 1)
        rows = [row for row in self._rows if len(row.cells) in near] or self._rows
        if len(rows[0].cells) < self._width and not all(rows[0].cells):
            rows = [row for row in rows if len(row.cells) == self._width] or rows
        head, below = rows[0], [row for row in rows[1:] if not _same_words(row, rows[0])]
        distinct = len(set(head.cells)) == len(head.cells) and all(head.cells)
        shift = self._width - len(head.cells)
        repeated = sum(
            any(
                cell in row.cells[place : place + shift + 1] for row in below
            )
            for place, cell in enumerate(head.cells)
        )  # fmt: skip
        if distinct and repeated <= 0.3 * len(head.cells):
            skipped = 0
            while skipped < min(2, len(below) - 1) and _is_by_orange(below[: skipped + 1]):
                skipped += 1
            start = self._rows.index(head) + 1 + skipped
            return self._named(
                head, [], start, say("Its words do not come again below."), sure=len(below) > 5
            )
        self._reasons.add(
            "header_line",
            say("The first line holds the same words as others: no names."),
            sure=False,
        )
        return replace(self._layout, header_line=0, first_line=head.line)

    def _named(
        self, row: Row, below: list[Row], start: int, sentence: str, *, sure: bool = True
    ) -> TextFormat:
        self._reasons.add("header_line", sentence, sure=sure)
        ordered = sorted(below, key=lambda each: each.line)
        units = next(filter(_is_units_line, ordered), None)
        # A line that has nothing below it is followed by the end of the file.
        last = max([row, *below], key=lambda each: each.line)
        first = self._rows[start].line if start < len(self._rows) else last.next_line
        named = replace(
            self._layout,
            header_line=row.line,
            units_line=units.line if units else 0,
            first_line=first,
        )
        return self._with_row_names(named, row)

    def _with_row_names(self, layout: TextFormat, header: Row | None) -> TextFormat:
        """Whether the first field, which has no heading, is the row's name."""
        if header is None:
            return layout
        below = [row for row in self._rows if row.line >= layout.first_line]
        found = judge(header, below, self._width, layout.numbers)
        if found is None:
            return layout
        told = self._options.get("row_names")
        self._reasons.add("row_names", found.sentence, sure=False)
        return replace(layout, row_names=found.row_names if told is None else bool(told))

    def _fits(self, row: Row) -> bool:
        if self._width == 1:
            return len(row.cells) == 1
        enough = len(row.filled) >= 0.5 * (self._width - 1)
        return enough and max(1, 0.6 * self._width) <= len(row.cells) <= self._width + 1

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
            self._reasons.add(
                "header_line", say("The last line with “{mark}” holds the names.", mark=mark)
            )
            return replace(
                self._layout,
                header_line=number,
                first_line=number + 1,
                names_commented=True,
            )
        return None


def _same_words(row: Row, other: Row) -> bool:
    """Whether a line repeats another, whatever its spaces and capitals."""
    first, second = (" ".join(" ".join(each.cells).split()).lower() for each in (row, other))
    return first == second


def _is_units_line(row: Row) -> bool:
    """Whether a line below the names holds units, a few of them perhaps unknown."""
    return unit_share(row) >= _MOSTLY and not is_by_product(row)


def _is_by_orange(rows: list[Row]) -> bool:
    """Whether lines below the names are Orange's: what each column is, then what it is for."""
    types = {cell.lower() for cell in rows[0].filled}
    return types <= {"continuous", "discrete", "string", "time"} and all(map(is_by_product, rows))
