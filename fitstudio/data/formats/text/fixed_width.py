"""Finds the columns of text that is printed in fixed places, where cells may hold spaces."""

from __future__ import annotations

import itertools
import re

_FEWEST_LINES = 5
_JUDGED_LINES = 200
_LONGEST_LINE = 4_000
_MOST_ABOVE = 20
_MOST_BELOW = 4
_GAP = re.compile(r"\S {2,}\S")
_NUMBER = re.compile(r"^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?$")


def find_starts(lines: list[str]) -> tuple[int, ...]:
    """The character that each column starts with, counted from 1; none if spaces will do.

    Text is of fixed width where the same places are blank in all lines, two or more between
    columns, and single spaces stand inside cells, or cells are empty.

    Args:
        lines: The first lines of the file, without comments.
    """
    filled = [line.rstrip() for line in lines if line.strip()][:_JUDGED_LINES]
    if len(filled) < _FEWEST_LINES or any("\t" in line for line in filled):
        return ()
    gaps = sum(1 for line in filled if _GAP.search(line))
    if gaps < 0.6 * len(filled) or max(map(len, filled)) > _LONGEST_LINE:
        return ()
    if any(_parts_evenly(filled, mark) for mark in ",;|"):
        return ()
    # A title above and a note below need not keep to the columns; the names and all rows do.
    for above, below in itertools.product(range(_MOST_ABOVE), range(_MOST_BELOW)):
        judged = filled[above : len(filled) - below]
        if len(judged) < _FEWEST_LINES:
            continue
        starts = _starts(judged)
        if starts:
            return starts
    return ()


def _parts_evenly(lines: list[str], mark: str) -> bool:
    counts = {line.count(mark) for line in lines[1:]}
    return len(counts) == 1 and counts != {0} and mark in lines[0]


def _starts(lines: list[str]) -> tuple[int, ...]:
    columns = _columns(lines)
    names = lines[0]
    # Two spaces or more stand between all names, and no more than one inside them.
    pieces = [piece for piece in re.split(" {2,}", names.strip()) if piece]
    if len(columns) < 2 or len(pieces) != len(columns):
        return ()
    if not all(names[start:end].strip() for start, end in columns):
        return ()
    # Wherever runs of spaces part the lines as evenly as the names, they are the separator.
    if all(len(line.split()) == len(columns) for line in lines):
        return ()
    cells = [[line[start:end].strip() for start, end in columns] for line in lines[1:]]
    numeric = [
        any(column) and all(not cell or _NUMBER.match(cell) for cell in column)
        for column in zip(*cells, strict=True)
    ]
    if not any(numeric):
        return ()
    return (1, *(_between(before[1], after[0]) for before, after in itertools.pairwise(columns)))


def _columns(lines: list[str]) -> list[tuple[int, int]]:
    """From where to where something stands in a line, with two blanks or more between."""
    width = max(map(len, lines))
    inked = [False] * width
    for line in lines:
        for word in re.finditer(r"\S+", line):
            inked[word.start() : word.end()] = [True] * (word.end() - word.start())
    columns: list[tuple[int, int]] = []
    place = 0
    for ink, run in itertools.groupby(inked):
        length = len(list(run))
        if ink and columns and place - columns[-1][1] < 2:
            columns[-1] = (columns[-1][0], place + length)
        elif ink:
            columns.append((place, place + length))
        place += length
    return columns


def _between(end: int, start: int) -> int:
    """Where to cut, from 1: in the middle of the gap, for cells wider than those looked at."""
    return (end + start + 1) // 2 + 1
