"""Finds lines below the names of a text table that hold the names again, as appended files do."""

from __future__ import annotations

import polars as pl

from fitstudio.data.formats.text.layout import TextFormat
from fitstudio.data.formats.text.lines.table_lines import TableLines


def repeated_names(
    lines: TableLines, names: list[str], top: list[list[str]], layout: TextFormat
) -> list[int]:
    """Lines that hold the names again, with what belongs to them above and below."""
    hits: list[int] = []
    forms = [names, names[1:]] if layout.row_names else [names]
    for form in forms:
        wanted = {
            place: _plain(name) for place, name in enumerate(form[: lines.frame.width]) if name
        }
        if len(wanted) < 2 and not lines.numeric:
            continue  # a class that is called like its column
        if not wanted:
            continue
        table = lines.frame.with_row_index("row")
        for place, name in wanted.items():
            cell = pl.col(lines.frame.columns[place])
            spaced = cell.str.replace_all(r"\s+", " ").str.to_lowercase()
            table = table.filter(spaced == name)
            if not table.height:
                break
        hits += table["row"].to_list()
    found = set(hits)
    parts = [[_plain(cell) for cell in cells if cell] for cells in top]
    starts = {cells[0] for cells in parts if cells}
    for row in hits:
        place = row + 1
        while place < lines.count and _filled(lines, place) in parts and not _sample(lines, place):
            found.add(place)
            place += 1
        place = row - 1
        while place > 0 and (lines.fields[place] == 0 or _above_names(lines, place, starts)):
            if lines.fields[place]:
                found.add(place)
            place -= 1
    return sorted(found)


def _above_names(lines: TableLines, row: int, starts: set[str]) -> bool:
    words = _filled(lines, row)
    known = bool(words) and words[0] in starts
    return (known and not _sample(lines, row)) or lines.is_note(row)


def _sample(lines: TableLines, row: int) -> bool:
    whole = lines.fields[row] == lines.width
    return bool(whole and lines.numbers[row] and lines.numbers[row] >= len(lines.numeric))


def _filled(lines: TableLines, row: int) -> list[str]:
    return [_plain(cell) for cell in lines.cells(row) if cell]


def _plain(cell: str) -> str:
    return " ".join(cell.split()).lower()
