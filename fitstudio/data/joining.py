"""Finds which rows of several files belong together: one by one, or by what a column says.

The first file gives the rows. Each row of it has at most one row in every other file, so that a
file whose rows are found by a column has each name once; several rows of the first may share it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fitstudio.data.columns.source import Source
from fitstudio.data.columns.values import WORDS
from fitstudio.data.picked_array import NO_ROW
from fitstudio.errors import DataError
from fitstudio.words import say

_MOST_SHARED = 50
_SHOWN = 3


@dataclass(frozen=True, eq=False)
class Join:
    """Where the rows of the first file are in another one.

    Args:
        rows: For each row of the first file the row there, or `NO_ROW`.
        unmatched: What the rows without one are called, each name once.
        unused: What the rows are called that no row of the first file asks for.
        unused_rows: How many these are.
    """

    rows: np.ndarray
    unmatched: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    unused_rows: int = 0

    @property
    def unmatched_rows(self) -> int:
        """How many rows of the first file have none there."""
        return int((self.rows == NO_ROW).sum())


def refuse_other_length(first: Source, other: Source, name: str) -> None:
    """Refuses files that cannot belong together row by row.

    Args:
        first: The file that gives the rows.
        other: The one whose rows are to belong to these, in their order.
        name: What the other is called among the sources.

    Raises:
        DataError: With both files, both numbers, and the way out.
    """
    if first.rows == other.rows:
        return
    shared = next(shared_names(first, other), None)
    way = (
        say("{shared}, which both have", shared=repr(shared))
        if shared
        else say("that says in both which rows they are")
    )
    raise DataError(
        say(
            "{file} has {rows} rows and {other_file} has {other_rows}, so they do not belong "
            "together row by row.",
            file=repr(first.file),
            rows=first.rows,
            other_file=repr(other.file),
            other_rows=other.rows,
        ),
        code="data.rows-differ",
        remedy=say(
            "Let them belong together by a column {way} (data.sources.{name}.by), or choose "
            "files with a row for each sample.",
            way=way,
            name=name,
        ),
    )


def join(first: Source, other: Source, *, to: str, by: str) -> Join:
    """Finds the rows of another file by what a column says.

    Args:
        first: The file that gives the rows.
        other: The file in which a row is looked for for each of these.
        to: The column of the first that says which.
        by: The column of the other that says the same.

    Raises:
        DataError: If a column is missing, no row finds one, or a row finds several.
    """
    asked, held = names_of_rows(first, to), names_of_rows(other, by)
    places: dict[str, int] = {}
    several: dict[str, list[int]] = {}
    for row, name in enumerate(held):
        if name is not None and places.setdefault(name, row) != row:
            several.setdefault(name, [places[name]]).append(row)
    for name in asked:
        if name in several:
            raise _unclear(first, other, by, name, several[name])
    rows = np.array([NO_ROW if name is None else places.get(name, NO_ROW) for name in asked])
    if len(rows) and (rows == NO_ROW).all():
        raise DataError(
            say(
                "No row of {file} finds its row in {other_file}: {to} says {asked} there, "
                "{by} says {held} here.",
                file=repr(first.file),
                other_file=repr(other.file),
                to=repr(to),
                asked=_examples(asked),
                by=repr(by),
                held=_examples(held),
            ),
            code="data.join-none",
            remedy=say("Choose the columns that say the same in both files."),
        )
    wanted = {name for name in asked if name is not None}
    unused = [name for name in held if name not in wanted]
    lacking = [asked[row] for row in np.flatnonzero(rows == NO_ROW)]
    return Join(
        rows=rows.astype(np.int64),
        unmatched=_named(lacking),
        unused=_named(unused),
        unused_rows=len(unused),
    )


def names_of_rows(source: Source, column: str) -> list[str | None]:
    """What a column says for each row, written one way in all files; None where it says nothing.

    Raises:
        DataError: If there is no such column, or it holds several values a row.
    """
    source.require([column])
    if source.column(column).shape:
        raise DataError(
            say(
                "{column} of {file} holds several values a row, so it cannot say which row "
                "that is.",
                column=repr(column),
                file=repr(source.file),
            ),
            code="data.not-single",
            remedy=say("Choose a column with one value in each row."),
        )
    values = source.scalars(column)
    stored = source.array(column)
    if np.dtype(stored.dtype).kind in "iu":
        return [str(int(value)) for value in np.asarray(stored[:]).reshape(-1)]
    if values.long_digits or values.padded:
        values = source.scalars(column, WORDS)
    return [None if label is None else str(label).strip() for label in values.labels()]


def shared_names(first: Source, other: Source) -> Iterator[str]:
    """Columns that both files have, and that tell the rows of the second one apart."""
    both = [name for name in first.names if name in other.names][:_MOST_SHARED]
    for name in both:
        if first.column(name).shape or other.column(name).shape:
            continue
        asked, held = names_of_rows(first, name), names_of_rows(other, name)
        found = set(held)
        if None in found or len(found) < len(held) or not held:
            continue
        # That half of them are found is no accident; numbers that are measured hardly ever are.
        if 2 * sum(each in found for each in asked) >= len(asked) > 0:
            yield name


def _unclear(first: Source, other: Source, by: str, name: str, rows: list[int]) -> DataError:
    shown = ", ".join(str(row + 1) for row in rows[:_SHOWN])
    more = say(" and more") if len(rows) > _SHOWN else ""
    return DataError(
        say(
            "{file} has {rows} rows for {name} in {by} (rows {shown}{more}), so it is not "
            "clear which of them belongs to a row of {first_file}.",
            file=repr(other.file),
            rows=len(rows),
            name=repr(name),
            by=repr(by),
            shown=shown,
            more=more,
            first_file=repr(first.file),
        ),
        code="data.join-unclear",
        remedy=say(
            "Name the file with several rows for each name first: its rows are then the "
            "samples. Or leave all but one of these rows out."
        ),
    )


def _named(names: list[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys("(empty)" if name is None else name for name in names))


def _examples(names: list[str | None]) -> str:
    shown = list(dict.fromkeys(f"“{name}”" for name in names if name is not None))[:_SHOWN]
    return ", ".join(shown) or "nothing"
