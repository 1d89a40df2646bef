"""Reads a sheet of a workbook (Excel, OpenDocument) as the text of a table, row by row.

Each row of the sheet becomes one line, so that numbers of lines are the numbers that the sheet
shows; whatever a text table may have (titles above, units below the names, sums at the end) is then
found out as it is there.
"""

from __future__ import annotations

import csv
import datetime
import io
import itertools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import python_calamine as calamine

from fitstudio.data.formats.containers.unpacked import Unpacked
from fitstudio.declared.kinds.spelling import did_you_mean
from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.errors import DataError
from fitstudio.words import say, say_count

# What the text below is written with; a workbook leaves no choice of it.
SETTLED: Mapping[str, Any] = {
    "encoding": "utf-8", "separator": "\t", "quote": '"', "comment": "", "column_starts": (),
}  # fmt: skip
_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_MOST_NAMED = 8
_LEAST_ROWS, _LEAST_COLUMNS = 2, 1

Grid = list[list[Any]]


def unpack_workbook(path: Path, file: str, options: Mapping[str, Any]) -> Unpacked:
    """The table on a sheet.

    Args:
        path: The workbook.
        file: Its name, as messages show it.
        options: ``data.options``: ``sheet``, ``cells``, and ``decimal``, the mark that numbers are
            written with.

    Raises:
        DataError: If it is damaged or locked, has no such sheet, or nothing on it.
    """
    try:
        with calamine.CalamineWorkbook.from_path(str(path)) as book:
            grid, guess = _choose_sheet(book, file, options.get("sheet"))
    except calamine.PasswordError as problem:
        raise DataError(
            say("{file} is locked with a password.", file=repr(file)),
            code="data.locked",
            remedy=say("Open it in its program, and save it without the password."),
        ) from problem
    except (calamine.CalamineError, OSError) as problem:
        raise DataError(
            say("{file} cannot be read as a workbook.", file=repr(file)),
            code="data.damaged",
            remedy=say("Open it in its program, and save it again, as .xlsx or CSV."),
            details=str(problem),
        ) from problem
    area, cells = _choose_cells(grid, options.get("cells"))
    settled = {"sheet": guess.value} | ({"cells": cells.value} if cells is not None else {})
    return Unpacked(
        data=_as_text(area, str(options.get("decimal", "."))),
        settled=SETTLED,
        guesses=(guess,) if cells is None else (guess, cells),
        options=settled,
    )


def _choose_sheet(book: calamine.CalamineWorkbook, file: str, wanted: object) -> tuple[Grid, Guess]:
    visible = [
        each.name
        for each in book.sheets_metadata
        if each.typ == calamine.SheetTypeEnum.WorkSheet
        and each.visible == calamine.SheetVisibleEnum.Visible
    ]
    if wanted is not None:
        if wanted not in book.sheet_names:
            raise DataError(
                say(
                    "{file} has no sheet {name}.{did_you_mean}",
                    file=file,
                    name=repr(str(wanted)),
                    did_you_mean=did_you_mean(str(wanted), book.sheet_names),
                ),
                code="data.sheet",
                remedy=say("It has {names}.", names=_named(book.sheet_names)),
            )
        sheet = book.get_sheet_by_name(str(wanted))
        grid, merged = _grid(sheet)
        guess = _guess(str(wanted), say("As you said."), merged, tuple(visible), given=True)
    else:
        sizes: dict[str, int] = {}
        for name in visible:
            sheet = book.get_sheet_by_name(name)
            if sheet.height >= _LEAST_ROWS and sheet.width >= _LEAST_COLUMNS:
                sizes[name] = sheet.height * sheet.width
        if not sizes:
            raise DataError(
                say("{file} holds no table: its sheets are empty.", file=repr(file)),
                code="data.empty-file",
                remedy=say("Choose another file."),
            )
        best = max(sizes, key=lambda name: sizes[name])
        grid, merged = _grid(book.get_sheet_by_name(best))
        sentence = (
            say("It is the only sheet with a table.")
            if len(sizes) < 2
            else say_count(
                len(sizes),
                "{number} sheet holds a table.",
                "{number} sheets hold tables; this is the largest.",
            )
        )
        guess = _guess(best, sentence, merged, tuple(sizes))
    if not any(cell not in ("", None) for row in grid for cell in row):
        raise DataError(
            say("The sheet {name} of {file} is empty.", name=repr(guess.value), file=repr(file)),
            code="data.empty-file",
            remedy=say("Choose another sheet."),
        )
    return grid, guess


def _guess(
    name: str, sentence: str, merged: int, choices: tuple[str, ...], *, given: bool = False
) -> Guess:
    if merged:
        sentence = say(
            "{sentence} Cells that are merged over several rows count for each of these rows.",
            sentence=sentence,
        )
    return Guess(
        name="sheet",
        value=name,
        sentence=sentence,
        label=say("Sheet “{name}”", name=name),
        given=given,
        sure=given or len(choices) < 2,
        choices=tuple(dict.fromkeys([*choices, name])),
    )


def _grid(sheet: calamine.CalamineSheet) -> tuple[Grid, int]:
    """All cells from the first of the sheet on, and how many are filled from merged ones."""
    grid = sheet.to_python(skip_empty_area=False)
    filled = 0
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        # A title that is merged over columns names none of them.
        if left != right or bottom >= len(grid) or left >= len(grid[top]):
            continue
        for row in range(top + 1, bottom + 1):
            grid[row][left] = grid[top][left]
            filled += 1
    return grid, filled


def _choose_cells(grid: Grid, wanted: object) -> tuple[Grid, Guess | None]:
    """The part of a sheet that is the table, with empty rows above, so that lines keep numbers."""
    if wanted is not None:
        top, left, bottom, right = _corners(str(wanted))
        area = _cut(grid, top, left, bottom, right)
        if not any(cell not in ("", None) for row in area for cell in row):
            raise DataError(
                say("The cells {cells} are empty.", cells=str(wanted)),
                code="data.option",
                remedy=say("Choose the cells that hold the table, with its names."),
            )
        given = Guess("cells", str(wanted), say("As you said."), str(wanted), given=True)
        return area, given
    blocks = _blocks(grid)
    if len(blocks) < 2:
        return grid, None
    left, right = max(blocks, key=lambda block: _filled(grid, *block))
    used = [place for place, row in enumerate(grid) if _has_any(row[left : right + 1])]
    name = f"{_letters(left)}{used[0] + 1}:{_letters(right)}{used[-1] + 1}"
    sentence = say_count(
        len(blocks),
        "{number} table is on the sheet.",
        "{number} tables stand side by side on the sheet; this is the largest.",
    )
    guess = Guess("cells", name, sentence, say("Cells {cells}", cells=name), sure=False)
    return _cut(grid, used[0], left, used[-1], right), guess


def _blocks(grid: Grid) -> list[tuple[int, int]]:
    """First and last column of each group of columns between empty columns, where it is a table."""
    width = max(map(len, grid), default=0)
    used = [any(_has(row[place]) for row in grid if place < len(row)) for place in range(width)]
    blocks: list[tuple[int, int]] = []
    for filled, group in itertools.groupby(range(width), key=lambda place: used[place]):
        places = list(group)
        if filled:
            blocks.append((places[0], places[-1]))
    # A note beside the table is none, nor is a column that stands alone.
    return [
        (left, right)
        for left, right in blocks
        if right > left
        and sum(_has_any(row[left : right + 1]) for row in grid) > _LEAST_ROWS
        and _filled(grid, left, right) > (right - left + 1) * _LEAST_ROWS
    ]


def _filled(grid: Grid, left: int, right: int) -> int:
    return sum(_has(cell) for row in grid for cell in row[left : right + 1])


def _has(cell: Any) -> bool:
    return cell is not None and cell != ""


def _has_any(cells: Sequence[Any]) -> bool:
    return any(map(_has, cells))


def _cut(grid: Grid, top: int, left: int, bottom: int, right: int) -> Grid:
    rows = [row[left : right + 1] for row in grid[top : bottom + 1]]
    return [*([[]] * top), *rows]


def _corners(cells: str) -> tuple[int, int, int, int]:
    """Row and column of the first and the last cell of a range, counted from 0."""
    found = _RANGE.fullmatch(cells.strip())
    if found is None:
        raise DataError(
            say("{cells} is no range of cells.", cells=repr(cells)),
            code="data.option",
            remedy=say("Write the first and the last cell, such as B3:F200."),
        )
    columns = sorted((_number(found[1]), _number(found[3])))
    rows = sorted((int(found[2]) - 1, int(found[4]) - 1))
    return max(0, rows[0]), columns[0], rows[1], columns[1]


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _letters(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _as_text(grid: Grid, decimal: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", quotechar='"', lineterminator="\n")
    width = max(map(len, grid), default=0)
    for row in grid:
        writer.writerow([_cell(cell, decimal) for cell in row] + [""] * (width - len(row)))
    return out.getvalue().encode("utf-8")


def _cell(value: Any, decimal: str) -> str:
    """A cell as a text table would have it."""
    if isinstance(value, str):
        return " ".join(value.split("\n")).replace("\t", " ").replace("\r", " ")
    if isinstance(value, bool) or value is None:
        return {True: "TRUE", False: "FALSE", None: ""}[value]
    if isinstance(value, int | float):
        text = repr(value)
        text = text[:-2] if text.endswith(".0") else text
        return text.replace(".", decimal) if decimal != "." else text
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(" ")
    if isinstance(value, datetime.timedelta):
        return _cell(value.total_seconds() / 3600, decimal)
    return value.isoformat()


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(map(repr, names[:_MOST_NAMED]))
    return shown + (" …" if len(names) > _MOST_NAMED else "")
