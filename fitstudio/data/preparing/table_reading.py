"""How a table's cells are written: learned from the training file, compared with any later one.

What a later file holds is never read in two ways in silence. Where it cannot be read as in training
and all of it can only be read in one other way, it is read so, and that is said; where that is in
doubt, or where the training file did not decide, it is refused, with both readings and the option
that settles it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from fitstudio.data.formats.text import dates
from fitstudio.data.formats.text.column_types import TableColumn, type_of
from fitstudio.data.formats.text.numbers import FORMATS, NumberFormat
from fitstudio.data.formats.text.table import TableSource
from fitstudio.data.preparing.reading import ColumnReading, Reading
from fitstudio.declared.formats.format import Travels
from fitstudio.declared.formats.listed_pictures import COLUMN, NO_COLUMN
from fitstudio.declared.formats.text import TABLE
from fitstudio.declared.task.dataset_summary import ID, NUMBER
from fitstudio.errors import DataError
from fitstudio.words import marked, say, say_count, say_marked

# Where things stand in the file; a later file may be laid out differently and says so itself.
LAYOUT = TABLE.options_that(Travels.LAYOUT, Travels.PLACE)
# Which rows of this one file are wanted; a new file keeps all of its rows.
_OF_ONE_FILE = TABLE.options_that(Travels.NEVER)
MARKS = frozenset({"decimal", "thousands"})
_MARKS = {",": "comma", ".": "point", " ": "space", "'": "apostrophe"}
# So many of the numbers in doubt must show what the file's own marks mean; fewer may be strays.
_FEWEST_PROOFS = 0.05
_ORDERS = {"dmy": marked("the day first"), "mdy": marked("the month first")}


def learn(source: TableSource, names: Iterable[str], given: Mapping[str, Any]) -> Reading:
    """How the columns with these names, which are numbers, are read in the training file."""
    columns: dict[str, ColumnReading] = {}
    options = dict(source.options)
    marks_seen = False
    for name in names:
        column = source.scalars(name, NUMBER)
        written = _written(source, name, column)
        if written != ColumnReading():
            columns[name] = written
        marks_seen = marks_seen or (column.dates is None and source.shows_marks(name))
    if not marks_seen and "decimal" not in given and "thousands" not in given:
        # Whole numbers say nothing about the mark: a later file with decimals tells itself.
        for mark in ("decimal", "thousands"):
            options.pop(mark, None)
    if "dates" not in given:
        options.pop("dates", None)
    return Reading(
        kind="table",
        options=options,
        given=tuple(given),
        row_names=source.layout.row_names,
        columns=columns,
    )


def options_for(
    reading: Reading, said: Mapping[str, Any], *, layout: Iterable[str] = ()
) -> dict[str, Any]:
    """The options for a later file: as in training, but for what was said about this file.

    Args:
        reading: How the training file was read.
        said: Options for this file.
        layout: Which options of the layout are taken over as well.
    """
    kept = {
        name: value
        for name, value in reading.options.items()
        if name not in _OF_ONE_FILE and (name not in LAYOUT or name in layout)
    }
    if "decimal" in said or "thousands" in said:
        kept.pop("thousands", None)
        if said.get("thousands") == kept.get("decimal") or "decimal" in said:
            kept.pop("decimal", None)
    kept.setdefault(COLUMN, NO_COLUMN)  # what was text in training is text
    if "missing" in said:
        kept.pop("missing_numbers", None)  # a list that a person gave is the whole list
    return {**kept, **said}


def units_are_data(source: TableSource, names: Iterable[str]) -> bool:
    """Whether the line that is taken for the units holds numbers, as the lines below it do."""
    cells = source.unit_cells
    return any(source.layout.numbers.matches(cells[name]) for name in names if cells.get(name))


def compare(
    source: TableSource, reading: Reading, names: Mapping[str, str], said: Mapping[str, Any]
) -> list[str]:
    """Compares a file with how the training file was read, and settles how its cells are read.

    Args:
        source: The later file.
        reading: How the training file was read.
        names: The columns of numbers: their names in training by their names in this file.
        said: Options for this file; what a person has said is not doubted.

    Returns:
        What is written otherwise than in training and is beyond doubt, in sentences.

    Raises:
        DataError: If it contradicts training, with both readings and the way out.
    """
    _refuse_shifted(source, reading, said)
    notes: list[str] = []
    for name, known in names.items():
        notes.extend(_settle_dates(source, reading, name, known, said))
    plain = [name for name in names if source.scalars(name, NUMBER).dates is None]
    if not MARKS & set(said):
        stored = trained_numbers(reading)
        if stored is not None:
            notes.extend(_settle_numbers(source, plain, stored))
        else:
            _refuse_two_ways(source, plain)
    for name, known in names.items():
        _refuse_units(source, reading, name, known)
    return notes


def trained_numbers(reading: Reading) -> NumberFormat | None:
    """How numbers were written in the training file; None if it did not show."""
    if "decimal" not in reading.options:
        return None
    return NumberFormat(str(reading.options["decimal"]), str(reading.options.get("thousands", "")))


def remarks(source: TableSource, names: Iterable[str]) -> list[str]:
    """What of a later file was not read as it stands, in sentences."""
    found = [finding.sentence.replace("**", "") for finding in source.remarks()]
    for name in names:
        odd = source.scalars(name, NUMBER).unparsed
        if len(odd):
            cells = say("cell is") if len(odd) == 1 else say("cells are")
            found.append(
                say_count(
                    len(odd),
                    "In {name}, {odd} {cells} no number and counts as missing, such as {source}.",
                    "In {name}, {odd} {cells} no number and count as missing, such as {source}.",
                    name=name,
                    odd=len(odd),
                    cells=cells,
                    source=_example(source, name, int(odd[0])),
                )
            )
    return found


def _written(source: TableSource, name: str, column: TableColumn) -> ColumnReading:
    if column.dates is not None:
        order = None
        if column.dates == "slashes":
            order = dates.shown_order(source.text(name)) or source.layout.dates
        return ColumnReading(dates=column.dates, order=order)
    return ColumnReading(unit=_unit_in_cells(source, name))


def _unit_in_cells(source: TableSource, name: str) -> str | None:
    if source.is_pure(name):
        return None
    return type_of(name, source.text(name), source.layout, NUMBER).unit


def _refuse_shifted(source: TableSource, reading: Reading, said: Mapping[str, Any]) -> None:
    """A name short of the fields shifts every column, if the first field is no row's name."""
    if not source.layout.row_names or reading.row_names or "header_line" in said:
        return
    if source.column(source.names[0]).type == ID:
        return
    raise DataError(
        say(
            "The lines of {file} have one field more than there are names, so it is not clear "
            "which name belongs to which field; in training every field had its name.",
            file=repr(source.file),
        ),
        code="data.reading-differs",
        remedy=say("Write a name for each field into the line with the names."),
    )


def _settle_dates(
    source: TableSource, reading: Reading, name: str, known: str, said: Mapping[str, Any]
) -> list[str]:
    column, trained = source.scalars(name, NUMBER), reading.column(known)
    if column.dates is None and trained.dates is None:
        return []
    if column.missing().all() and not len(column.unparsed):
        return []  # an empty column is neither
    place = _first(source, name)
    here, there = _kind_of_dates(column.dates), _kind_of_dates(trained.dates)
    if here != there:
        raise DataError(
            say(
                "{name} holds {here} in {file}, such as {source}, and held {there} in training.",
                name=repr(name),
                here=here,
                file=repr(source.file),
                source=_example(source, name, place),
                there=there,
            ),
            code="data.reading-differs",
            remedy=say("Write the column as it is written in the training file."),
        )
    if column.dates != "slashes" or "dates" in said:
        return []
    order = trained.order or reading.options.get("dates")
    shown = dates.shown_order(source.text(name))
    if shown is None and order is None:
        raise DataError(
            say(
                "Dates such as {source} in {file} can be read in two ways, with the day first "
                "or the month first, and the training file did not show which.",
                source=_example(source, name, place),
                file=repr(source.file),
            ),
            code="data.reading-unclear",
            remedy=say("Say which it is, by the file's option dates=dmy or dates=mdy."),
        )
    if shown is not None and order is not None and shown != order:
        telling = dates.shows_order(source.text(name), shown)
        if telling.all():
            return [
                say(
                    "The dates in {name} are written with {orders} here; in training with "
                    "{orders_2}.",
                    name=name,
                    orders=say_marked(_ORDERS[shown]),
                    orders_2=say_marked(_ORDERS[order]),
                )
            ]
        place = int(np.argmax(telling.fill_null(False).to_numpy()))
        raise DataError(
            say(
                "The dates in {file}, such as {source}, can only be read with {orders}; in "
                "training they were read with {orders_2}.",
                file=repr(source.file),
                source=_example(source, name, place),
                orders=say_marked(_ORDERS[shown]),
                orders_2=say_marked(_ORDERS[order]),
            ),
            code="data.reading-differs",
            remedy=say("If they are right, give this file the option dates={shown}.", shown=shown),
        )
    if shown is None and order is not None:
        source.read_dates(name, order)
    return []


def _kind_of_dates(form: str | None) -> str:
    if form is None:
        return say("plain numbers")
    return say("times of day") if form == dates.TIME else "dates"


def _settle_numbers(source: TableSource, names: list[str], stored: NumberFormat) -> list[str]:
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
        there = _say(stored).removeprefix("decimal ")
        return [
            say(
                "Numbers are written with a {own} here; in training with a {there}.",
                own=_say(own),
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
            source=_example(source, name, row),
            stored=_say(stored),
            own=_say(own),
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


def _refuse_two_ways(source: TableSource, names: list[str]) -> None:
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
                        source=_example(source, name, row),
                        file=repr(source.file),
                        chosen=_say(chosen),
                        other=_say(other),
                    ),
                    code="data.reading-unclear",
                    remedy=_ways_out([chosen, other], cells[row]),
                )


def _refuse_units(source: TableSource, reading: Reading, name: str, known: str) -> None:
    """Numbers with another unit behind each of them than in training."""
    trained = reading.column(known).unit
    unit = _unit_in_cells(source, name)
    if unit == trained or (unit is None and source.scalars(name, NUMBER).missing().all()):
        return
    here = say("with {unit}", unit=unit) if unit else say("without a unit")
    there = say("with {trained}", trained=trained) if trained else say("without a unit")
    raise DataError(
        say(
            "The numbers of {name} are written {here} in {file}, such as {source}, and were "
            "written {there} in training.",
            name=repr(name),
            here=here,
            file=repr(source.file),
            source=_example(source, name, _first(source, name)),
            there=there,
        ),
        code="data.reading-differs",
        remedy=say("Write the column as it is written in the training file."),
    )


def _unreadable(source: TableSource, names: Iterable[str], numbers: NumberFormat) -> int:
    return sum(len(_column(source, name, numbers).unparsed) for name in names)


def _values(source: TableSource, name: str, numbers: NumberFormat) -> np.ndarray:
    return _column(source, name, numbers).numbers()


def _column(source: TableSource, name: str, numbers: NumberFormat) -> TableColumn:
    layout = replace(source.layout, numbers=numbers)
    return type_of(name, source.text(name), layout, NUMBER)


def _first(source: TableSource, name: str) -> int:
    """The first row with a value."""
    present = source.text(name).is_not_null().to_numpy()
    return int(np.argmax(present))


def _example(source: TableSource, name: str, row: int) -> str:
    return say(
        "“{source}” ({name}, line {lines})",
        source=source.text(name)[row],
        name=name,
        lines=source.line_of(row),
    )


def _say(numbers: NumberFormat) -> str:
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
