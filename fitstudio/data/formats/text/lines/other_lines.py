"""Finds lines below the names that are no samples: names again, means and totals, notes, tables.

Programs write them for people. As samples they would be trained on, and standing last they would be
what is held out. Only what is plainly no sample is found: a line of its own kind, by its words and
by where it stands. Blank lines between ordinary samples mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from fitstudio.data.formats.text.layout import TextFormat
from fitstudio.data.formats.text.lines.repeated_names import repeated_names
from fitstudio.data.formats.text.lines.table_lines import TableLines

SUMMARY, NOTE, TABLE = "summary", "note", "table"
_SUBTOTALS = ["subtotal", "sub-total", "sub total", "zwischensumme", "sous-total"]
_MOST_SUBTOTALS = 0.3
_TAIL = 60
_MOST_BLOCKS = 300
_MOST_WITHOUT_GAP = 0.3  # a second table without a blank line above it is a small one


@dataclass
class OtherLines:
    """Rows that are no samples.

    Args:
        repeated: Rows that hold the names again, and what belongs to them.
        others: Rows that are no samples for another reason, with the reason.
    """

    repeated: list[int] = field(default_factory=list)
    others: dict[int, str] = field(default_factory=dict)


def find_other_lines(
    frame: pl.DataFrame,
    fields: np.ndarray,
    names: list[str],
    width: int,
    layout: TextFormat,
    top: list[list[str]],
) -> OtherLines:
    """All lines that are no samples.

    Args:
        frame: The cells of all lines below the names, without spaces around them.
        fields: How many fields each line has; 0 for a blank line.
        names: The names as they stand in the file.
        width: How many columns the table has.
        layout: How the file is laid out.
        top: The lines above the first sample, in cells.
    """
    lines = TableLines(frame, fields, width, layout)
    found = OtherLines()
    if names:
        found.repeated = repeated_names(lines, names, top, layout)
    known = set(found.repeated)
    lines.odd[found.repeated] = True
    subtotals = list(_subtotals(lines))
    others = (*subtotals, *_blocks(lines, known), *_tail(lines, known), *_notes(lines, known))
    for row, reason in others:
        if row not in known:
            found.others.setdefault(row, reason)
    left = int((fields > 0).sum()) - len(known) - len(found.others)
    summaries = sum(1 for reason in found.others.values() if reason == SUMMARY)
    if left < max(1, summaries):
        # A table of nothing but means and totals: these are its samples.
        found.others.clear()
    return found


def _subtotals(lines: TableLines) -> Iterator[tuple[int, str]]:
    """Lines that sum up those above them, wherever they stand."""
    words = lines.frame.to_series(0).str.to_lowercase().str.strip_chars(":")
    rows = np.flatnonzero(words.is_in(_SUBTOTALS).fill_null(False).to_numpy())
    if 0 < len(rows) <= _MOST_SUBTOTALS * lines.count and lines.numeric:
        lines.odd[rows] = True
        yield from ((row, SUMMARY) for row in rows.tolist())


def _blocks(lines: TableLines, known: set[int]) -> Iterator[tuple[int, str]]:
    """Means, notes and second tables below a blank line."""
    blank = lines.fields == 0
    starts = np.flatnonzero(~blank[1:] & blank[:-1]) + 1
    if len(starts) > _MOST_BLOCKS:
        return
    for number, start in enumerate(starts.tolist()):
        later = starts[number + 1] if number + 1 < len(starts) else lines.count
        rows = [row for row in range(start, min(int(later), start + 2 * _TAIL)) if not blank[row]]
        if start == 0 or not rows or start in known or not (~blank[:start]).any():
            continue
        head = next((row for row in rows[:4] if _starts_table(lines, row)), None)
        if head is not None and head not in known:
            for row in range(start, lines.count):
                if row in known:
                    break  # the names of the first table come again
                if not blank[row]:
                    yield row, TABLE
            return
        labels = ["" if lines.is_named_as_above(row, start) else lines.label(row) for row in rows]
        notes = [lines.is_note(row) or lines.is_padded_note(row) for row in rows]
        whole = later - start <= 2 * _TAIL
        strange = [
            bool(label or note) or (sum(map(bool, labels)) >= 0.5 * len(rows) and not like)
            for label, note, like in zip(
                labels, notes, map(lines.resembles_samples, rows), strict=True
            )
        ]
        if whole and all(strange):
            lines.odd[rows] = True
            for row, note in zip(rows, notes, strict=True):
                yield row, NOTE if note else SUMMARY


def _starts_table(lines: TableLines, row: int) -> bool:
    """Whether another table starts here: names of its own, then numbers."""
    below = next((each for each in range(row + 1, lines.count) if lines.fields[each]), None)
    if below is None:
        return False
    if lines.is_header(row):
        return bool(lines.numbers[below]) or lines.words[below] > 0
    # A table of another width.
    width = lines.fields[row]
    if width == lines.width or width < 2 or not lines.is_note(row):
        return False
    cells = [cell for cell in lines.cells(below) if cell]
    numbers = sum(map(lines.layout.numbers.matches, cells))
    return bool(lines.fields[below] == width and numbers)


def _tail(lines: TableLines, known: set[int]) -> Iterator[tuple[int, str]]:
    """Means and notes at the very end, without a blank line above them."""
    filled = np.flatnonzero(lines.fields > 0)[-_TAIL:]
    found: list[tuple[int, str]] = []
    kinds: list[str] = []
    for row in filled[::-1].tolist():
        if row in known or lines.odd[row]:
            continue
        label = lines.label(row)
        if label:
            found.append((row, SUMMARY))
            kinds.append(label)
        elif lines.is_note(row) or lines.is_padded_note(row):
            found.append((row, NOTE))
        else:
            break
    first = min((row for row, _ in found), default=0)
    named = {row for row, kind in found if kind == SUMMARY and lines.is_named_as_above(row, first)}
    found = [each for each in found if each[0] not in named]
    if "plain" not in kinds and len(kinds) - len(named) < 2:
        found = [(row, kind) for row, kind in found if kind == NOTE]
    yield from found


def _notes(lines: TableLines, known: set[int]) -> Iterator[tuple[int, str]]:
    """Lines of words between the samples, and tables that follow without a blank line."""
    if not lines.numeric:
        return
    whole = lines.fields == lines.width
    odd = np.flatnonzero((lines.fields > 0) & (lines.numbers == 0) & ~whole)
    for row in odd.tolist():
        if row not in known and lines.is_note(row):
            yield row, NOTE
    if lines.width < 3 or len(lines.numeric) < 2:
        return
    heads = np.flatnonzero(whole & (lines.numbers == 0) & (lines.words >= len(lines.numeric)))
    for row in heads.tolist():
        if row in known or row == 0 or not lines.is_header(row) or not _starts_table(lines, row):
            continue
        if lines.count - row > _MOST_WITHOUT_GAP * lines.count:
            continue  # rather a sample that nothing could be measured of
        for place in range(row, lines.count):
            if place in known:
                break
            if lines.fields[place]:
                yield place, TABLE
        return
