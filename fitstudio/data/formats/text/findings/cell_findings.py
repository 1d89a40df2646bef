"""What the cells of a table hold that a person should know, with a change that mends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from fitstudio.data.formats.text.findings.gap_findings import (
    means_missing,
    shortened,
    stand_in,
    words_as_gaps,
)
from fitstudio.data.formats.text.table_columns import TableColumns
from fitstudio.data.formats.text.values.cell_units import wrapped_number
from fitstudio.data.formats.text.values.dates import TIME
from fitstudio.declared.checks.check import advice
from fitstudio.declared.kinds.param import Finding, Fix
from fitstudio.declared.task.dataset_summary import CATEGORY, ID, NUMBER, TEXT
from fitstudio.words import say, say_count


def cell_findings(
    source: TableColumns, options: Mapping[str, Any], columns: Mapping[str, Any]
) -> Iterator[Finding]:
    """What each column's cells hold.

    Args:
        source: The table.
        options: ``data.options`` as set; fixes add to them.
        columns: ``data.columns`` as set; likewise.
    """
    for name in source.names:
        column = source.scalars(name)
        count = len(column.unparsed)
        if count:
            rows = column.unparsed[:3]
            examples = ", ".join(
                say(
                    "“{source}” in line {lines}",
                    source=shortened(source.text(name)[int(row)]),
                    lines=source.line_of(int(row)),
                )
                for row in rows
            )
            fix = means_missing(source, name, column.unparsed, options)
            yield advice(
                "data.unparsed", "data.columns",
                say_count(
count,
"**{name}** holds {count} cell that is no number and counts as "
"missing: {examples}{count_2}.",
"**{name}** holds {count} cells that are no number and count as "
"missing: {examples}{count_2}.",
name=name,
count=count,
examples=examples,
count_2=' …' if count > 3 else ''
), fix,
            )  # fmt: skip
        infinite = source.column(name).infinite
        if infinite:
            rows = np.flatnonzero(np.isinf(column.numbers()))
            row = int(rows[0])
            yield advice(
                "data.infinite", "data.columns",
                say_count(
infinite,
"**{name}** holds {infinite} value too large for a number, the first "
"(“{source}”) in line {lines}; such rows count as missing.",
"**{name}** holds {infinite} values too large for a number, the first "
"(“{source}”) in line {lines}; such rows count as missing.",
name=name,
infinite=infinite,
source=shortened(source.text(name)[row]),
lines=source.line_of(row)
),
                means_missing(source, name, rows, options),
            )  # fmt: skip
        yield from stand_in(source, name, options)
        if column.long_digits:
            yield advice(
                "data.long-numbers",
                "data.columns",
                say(
                    "**{name}** holds numbers of 16 digits and more, which are rounded. If "
                    "they name things, take them for categories, or leave the column out.",
                    name=name,
                ),
                Fix(say("They are names"), {"data.columns": {**columns, name: {"type": CATEGORY}}}),
            )
        if column.padded and name not in columns:
            yield advice(
                "data.padded",
                "data.columns",
                say(
                    "**{name}** has zeros in front, as in “{source}”: read as names, not as "
                    "numbers.",
                    name=name,
                    source=_first_padded(source, name),
                ),
                Fix(say("They are numbers"), {"data.columns": {**columns, name: {"type": NUMBER}}}),
            )
        yield from _around_numbers(source, name, options, columns)
        yield from words_as_gaps(source, name, options)
        if column.dates:
            yield from _dates(source, name, options, columns)


def _dates(
    source: TableColumns, name: str, options: Mapping[str, Any], columns: Mapping[str, Any]
) -> Iterator[Finding]:
    column = source.scalars(name)
    if column.values is None and column.dates == TIME:
        yield advice(
            "data.times", "data.columns",
            say(
"**{name}** holds times of day. As a number, a time counts the hours since "
"midnight.",
name=name
),
            Fix(say("Count hours"), {"data.columns": {**columns, name: {"type": NUMBER}}}),
        )  # fmt: skip
    elif column.values is None:
        yield advice(
            "data.dates",
            "data.columns",
            say(
                "**{name}** holds dates. As a number, a date counts the days since 1970.", name=name
            ),
            Fix(say("Count days"), {"data.columns": {**columns, name: {"type": NUMBER}}}),
        )
    elif column.ambiguous_dates and "dates" not in options:
        yield advice(
            "data.date-order",
            "data.options",
            say(
                "In **{name}**, day and month cannot be told apart; the day is taken to stand "
                "first.",
                name=name,
            ),
            Fix(say("The month stands first"), {"data.options": {**options, "dates": "mdy"}}),
        )


def _around_numbers(
    source: TableColumns, name: str, options: Mapping[str, Any], columns: Mapping[str, Any]
) -> Iterator[Finding]:
    """Units, brackets, errors and marks that stand around numbers."""
    column = source.scalars(name)
    names = Fix(say("They are names"), {"data.columns": {**columns, name: {"type": CATEGORY}}})
    if column.mixed_units:
        shown = ", ".join(
            say("{unit} in {count}", unit=f"“{unit}”" if unit else say("none"), count=count)
            for unit, count in sorted(column.mixed_units.items(), key=lambda item: -item[1])[:4]
        )
        yield advice(
            "data.mixed-units",
            "data.columns",
            say(
                "**{name}** holds numbers in different units ({shown}), so it is not read as "
                "numbers. Write all in one unit to use it.",
                name=name,
                shown=shown,
            ),
        )
    elif column.type in (TEXT, ID) and name not in columns and not column.dates:
        wrapped = wrapped_number(source.text(name))
        if wrapped:
            yield advice(
                "data.numbers-in-words",
                "data.columns",
                say(
                    "**{name}** holds numbers with something else around them, such as "
                    "“{wrapped}”, so it is not read as numbers. Write the numbers alone to use it.",
                    name=name,
                    wrapped=wrapped,
                ),
            )
    if column.cell_unit and column.cell_unit != "%" and name not in columns:
        yield advice(
            "data.units-in-cells",
            "data.columns",
            say(
                "**{name}** is read as numbers; the unit of each cell is “{cell_unit}”.",
                name=name,
                cell_unit=column.cell_unit,
            ),
            names,
        )
    if column.negative and name not in columns:
        count = column.negative
        noun = "number" if count == 1 else "numbers"
        yield advice(
            "data.brackets",
            "data.columns",
            say(
                "**{name}** holds {count} {noun} in brackets, read as below zero.",
                name=name,
                count=count,
                noun=noun,
            ),
            names,
        )
    if column.errors and name not in columns:
        yield advice(
            "data.errors-in-cells",
            "data.columns",
            say_count(
                column.errors,
                "**{name}** gives an error with “±” in {number} cell; the number before it is "
                "read.",
                "**{name}** gives an error with “±” in {number} cells; the number before it is "
                "read.",
                name=name,
            ),
            names,
        )
    if len(column.marked) and source.layout.marked == "number" and column.values is not None:
        row, count = int(column.marked[0]), len(column.marked)
        noun = "number" if count == 1 else "numbers"
        yield advice(
            "data.marked-numbers",
            "data.options",
            say(
                "**{name}** holds {count} {noun} with a mark, such as “{source}” in line "
                "{lines}; the mark is left away.",
                name=name,
                count=count,
                noun=noun,
                source=shortened(source.text(name)[row]),
                lines=source.line_of(row),
            ),
            Fix(say("A mark means missing"), {"data.options": {**options, "marked": "missing"}}),
        )


def _first_padded(source: TableColumns, name: str) -> str:
    cells = source.text(name)
    return shortened(cells.filter(cells.str.contains(r"^0\d+$").fill_null(False))[0])
