"""How a table's cells are written: learned from the training file, compared with any later one.

What a later file holds is never read in two ways in silence. Where it cannot be read as in training
and all of it can only be read in one other way, it is read so, and that is said; where that is in
doubt, or where the training file did not decide, it is refused, with both readings and the option
that settles it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fitstudio.data.formats.text.column_types import TableColumn, type_of
from fitstudio.data.formats.text.table import TableSource
from fitstudio.data.formats.text.values import dates
from fitstudio.data.formats.text.values.numbers import NumberFormat
from fitstudio.data.preparing.as_trained.shown_cells import first_filled, shown_cell
from fitstudio.data.preparing.as_trained.table_dates import settle_dates
from fitstudio.data.preparing.as_trained.table_numbers import refuse_two_ways, settle_numbers
from fitstudio.data.preparing.recipe.reading import ColumnReading, Reading
from fitstudio.declared.formats.format import Travels
from fitstudio.declared.formats.listed_pictures import COLUMN, NO_COLUMN
from fitstudio.declared.formats.text import TABLE
from fitstudio.declared.task.dataset_summary import ID, NUMBER
from fitstudio.errors import DataError
from fitstudio.words import say, say_count

# Where things stand in the file; a later file may be laid out differently and says so itself.
LAYOUT = TABLE.options_that(Travels.LAYOUT, Travels.PLACE)
# Which rows of this one file are wanted; a new file keeps all of its rows.
_OF_ONE_FILE = TABLE.options_that(Travels.NEVER)
MARKS = frozenset({"decimal", "thousands"})


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
        notes.extend(settle_dates(source, reading, name, known, said))
    plain = [name for name in names if source.scalars(name, NUMBER).dates is None]
    if not MARKS & set(said):
        stored = trained_numbers(reading)
        if stored is not None:
            notes.extend(settle_numbers(source, plain, stored))
        else:
            refuse_two_ways(source, plain)
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
                    source=shown_cell(source, name, int(odd[0])),
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
            source=shown_cell(source, name, first_filled(source, name)),
            there=there,
        ),
        code="data.reading-differs",
        remedy=say("Write the column as it is written in the training file."),
    )
