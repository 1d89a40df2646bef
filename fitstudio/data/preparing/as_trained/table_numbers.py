"""How numbers are written in a later table, against how they were in training."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import polars as pl

from fitstudio.data.formats.text.column_types import TableColumn, type_of
from fitstudio.data.formats.text.table import TableSource
from fitstudio.data.formats.text.values.numbers import FORMATS, NumberFormat
from fitstudio.data.preparing.as_trained.shown_cells import shown_cell
from fitstudio.declared.task.dataset_summary import NUMBER
from fitstudio.errors import DataError
from fitstudio.words import say

_MARKS = {",": "comma", ".": "point", " ": "space", "'": "apostrophe"}
# So many of the numbers in doubt must show what the file's own marks mean; fewer may be strays.
_FEWEST_PROOFS = 0.05


def settle_numbers(source: TableSource, names: list[str], stored: NumberFormat) -> list[str]:
    """Reads numbers as in training, or by the file's own marks where these are beyond doubt."""
    doubtful = [name for name in names if len(_column(source, name, stored).unparsed)]
    count = _unreadable(source, doubtful, stored)
    counts = {other: _unreadable(source, doubtful, other) for other in FORMATS if other != stored}
    fewest = min(counts.values())
    if fewest >= count:
        source.read_numbers(stored)
        return []  # no others are left than words: gaps, and said so
    others = [other for other, left in counts.items() if left == fewest]
    own = others[0]
    if _is_beyond_doubt(source, names, stored, own, others[1:]):
        source.read_numbers(own)
        there = _said(stored).removeprefix("decimal ")
        return [
            say(
                "Numbers are written with a {own} here; in training with a {there}.",
                own=_said(own),
                there=there,
            )
        ]
    name, row = next(
        (name, int(row))
        for name in doubtful
        for row in _column(source, name, stored).unparsed
        if any(other.matches(source.text(name)[int(row)].strip("% ")) for other in others)
    )
    raise DataError(
        say(
            "Numbers in {file} such as {source} cannot be read as in training ({stored}); "
            "read with {own} they can.",
            file=repr(source.file),
            source=shown_cell(source, name, row),
            stored=_said(stored),
            own=_said(own),
        ),
        code="data.reading-differs",
        remedy=_ways_out(others, source.text(name)[row]),
    )


def _is_beyond_doubt(
    source: TableSource,
    names: list[str],
    stored: NumberFormat,
    own: NumberFormat,
    rivals: list[NumberFormat],
) -> bool:
    """Whether the numbers of a file can only be read in its own way.

    Args:
        source: The file.
        names: Its columns of numbers.
        stored: How numbers were written in training; some here cannot be read so.
        own: The plainest way in which most of them can.
        rivals: The other ways in which as many can.
    """
    disputed: dict[str, int] = {}
    proofs: dict[str, int] = {}
    marks = {stored.decimal, stored.thousands, own.decimal, own.thousands} - {""}
    for name in names:
        here = _values(source, name, own)
        if any(_differ(here, _values(source, name, rival)).any() for rival in rivals):
            return False
        there = _values(source, name, stored)
        read_here, read_there = np.isfinite(here), np.isfinite(there)
        if (read_there & ~read_here).any():
            return False  # some as in training, some otherwise
        cells = source.text(name)
        for mark in marks:
            marked = cells.str.contains(mark, literal=True).fill_null(False).to_numpy()
            both = read_there & read_here & _differ(here, there) & marked
            disputed[mark] = disputed.get(mark, 0) + int(both.sum())
            only = read_here & ~read_there & marked
            proofs[mark] = proofs.get(mark, 0) + int(only.sum())
    # A number that both ways can read, as different ones, is settled by others with its mark.
    return all(
        not count or proofs[mark] >= max(1, _FEWEST_PROOFS * (count + proofs[mark]))
        for mark, count in disputed.items()
    )


def _differ(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return ~np.isclose(left, right, rtol=0, atol=0, equal_nan=True)


def refuse_two_ways(source: TableSource, names: list[str]) -> None:
    """Numbers that can be read in two ways, where the training file did not show which."""
    chosen = source.layout.numbers
    for name in names:
        cells = source.text(name)
        marked = cells.str.contains(r"\d[.,' ]\d").fill_null(False)
        if not marked.any():
            continue
        values = _values(source, name, chosen)
        for other in FORMATS:
            if _unreadable(source, [name], other) > _unreadable(source, [name], chosen):
                continue
            differs = np.flatnonzero(_differ(values, _values(source, name, other)))
            if len(differs):
                row = int(differs[0])
                raise DataError(
                    say(
                        "Numbers such as {source} in {file} can be read in two ways, with "
                        "{chosen} or with {other}, and the training file did not show which.",
                        source=shown_cell(source, name, row),
                        file=repr(source.file),
                        chosen=_said(chosen),
                        other=_said(other),
                    ),
                    code="data.reading-unclear",
                    remedy=_ways_out([chosen, other], cells[row]),
                )


def _unreadable(source: TableSource, names: Iterable[str], numbers: NumberFormat) -> int:
    return sum(len(_column(source, name, numbers).unparsed) for name in names)


def _values(source: TableSource, name: str, numbers: NumberFormat) -> np.ndarray:
    return _column(source, name, numbers).numbers()


def _column(source: TableSource, name: str, numbers: NumberFormat) -> TableColumn:
    layout = replace(source.layout, numbers=numbers)
    return type_of(name, source.text(name), layout, NUMBER)


def _said(numbers: NumberFormat) -> str:
    words = say("decimal {marks}", marks=_MARKS[numbers.decimal])
    if not numbers.thousands:
        return words
    return say("{mark} and {marks} between thousands", mark=words, marks=_MARKS[numbers.thousands])


def _ways_out(formats: list[NumberFormat], cell: str) -> str:
    """The options that settle it, with what the example then is."""
    ways = []
    for numbers in formats[:2]:
        options = f"decimal={numbers.decimal}"
        if numbers.thousands:
            options = say("{first} and thousands={mark}", first=options, mark=numbers.thousands)
        read = numbers.read(pl.Series([cell.strip("% ")]))[0][0]
        ways.append(f"{options} ({read:g})" if read is not None else options)
    return say("Say how they are written, by the file's options: {ways}.", ways="; or ".join(ways))
