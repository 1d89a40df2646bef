"""What a table holds that a person should know before training, with a change that mends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from fitstudio.data.columns.stand_ins import LOW_STAND_INS
from fitstudio.data.formats.text.cell_units import wrapped_number
from fitstudio.data.formats.text.dates import TIME
from fitstudio.data.formats.text.guesses import confirmed
from fitstudio.data.formats.text.table_columns import TableColumns
from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.task.dataset_summary import CATEGORY, CONSTANT, ID, NUMBER, TEXT
from fitstudio.words import say, say_count

_NAMED = 5
_DOUBTFUL = ("encoding", "decimal", "separator", "header_line")
_MOST_MARKERS = 3
_FEW = 0.1


def find(
    source: TableColumns, options: Mapping[str, Any], columns: Mapping[str, Any], zeros: int
) -> tuple[Finding, ...]:
    """All findings about the file; those about roles (target, inputs) come from the settings.

    Args:
        source: The table.
        options: ``data.options`` as set; fixes add to them.
        columns: ``data.columns`` as set; likewise.
        zeros: Characters of value zero that were taken out of the text.
    """
    return (
        *source.problems(),
        *source.remarks(),
        *_layout(source, options, zeros),
        *_few_of_each(_cells(source, options, columns)),
        *_few_of_each(_columns(source)),
        *_duplicates(source, options),
    )


def _few_of_each(findings: Iterator[Finding]) -> Iterator[Finding]:
    """The first findings of each code, then how many more there are: a person reads these."""
    more: dict[str, int] = {}
    seen: dict[str, Finding] = {}
    counts: dict[str, int] = {}
    for finding in findings:
        counts[finding.code] = counts.get(finding.code, 0) + 1
        if counts[finding.code] <= _NAMED:
            seen[finding.code] = finding
            yield finding
        else:
            more[finding.code] = more.get(finding.code, 0) + 1
    for code, count in more.items():
        noun = "column" if count == 1 else "columns"
        yield _advice(
            code, seen[code].where, say("**{count} more {noun}** likewise.", count=count, noun=noun)
        )


def _layout(source: TableColumns, options: Mapping[str, Any], zeros: int) -> Iterator[Finding]:
    for guess in source.guesses:
        if not guess.sure and guess.name in _DOUBTFUL:
            held = confirmed(source.options, options, source.guesses, guess.name)
            yield _advice(
                f"data.unsure-{guess.name}",
                "data.options",
                say(
                    "**{label}** is the likeliest way to read the file, but not certain. "
                    "{sentence}",
                    label=guess.label,
                    sentence=guess.sentence,
                ),
                Fix(say("It is right"), {"data.options": held}),
            )
    if zeros:
        yield _advice(
            "data.zero-characters",
            "data.file",
            say(
                "**{zeros} zero characters** were taken out of the text: the file may be damaged.",
                zeros=zeros,
            ),
        )
    if source.renamed:
        shown = ", ".join(
            say("{old} is now {new}", old=repr(old), new=repr(new))
            if old
            else say("a column without a name is {new}", new=repr(new))
            for new, old in source.renamed[:_NAMED]
        )
        more = len(source.renamed) - _NAMED
        yield _advice(
            "data.renamed",
            "data.file",
            say_count(
                len(source.renamed),
                "**{renamed} name** had to be changed: {shown}{more}.",
                "**{renamed} names** had to be changed: {shown}{more}.",
                renamed=len(source.renamed),
                shown=shown,
                more=say(", and {more} more", more=more) if more > 0 else "",
            ),
        )


def _cells(
    source: TableColumns, options: Mapping[str, Any], columns: Mapping[str, Any]
) -> Iterator[Finding]:
    for name in source.names:
        column = source.scalars(name)
        count = len(column.unparsed)
        if count:
            rows = column.unparsed[:3]
            examples = ", ".join(
                say(
                    "“{source}” in line {lines}",
                    source=_short(source.text(name)[int(row)]),
                    lines=source.line_of(int(row)),
                )
                for row in rows
            )
            fix = _means_missing(source, name, column.unparsed, options)
            yield _advice(
                "data.unparsed", "data.columns",
                say_count(
count,
"**{name}** holds {count} cell that {is_} no number and counts as "
"missing: {examples}{count_2}.",
"**{name}** holds {count} cells that {is_} no number and count as "
"missing: {examples}{count_2}.",
name=name,
count=count,
is_=_is(count),
examples=examples,
count_2=' …' if count > 3 else ''
), fix,
            )  # fmt: skip
        infinite = source.column(name).infinite
        if infinite:
            rows = np.flatnonzero(np.isinf(column.numbers()))
            row = int(rows[0])
            yield _advice(
                "data.infinite", "data.columns",
                say_count(
infinite,
"**{name}** holds {infinite} value too large for a number, the first "
"(“{source}”) in line {lines}; such rows count as missing.",
"**{name}** holds {infinite} values too large for a number, the first "
"(“{source}”) in line {lines}; such rows count as missing.",
name=name,
infinite=infinite,
source=_short(source.text(name)[row]),
lines=source.line_of(row)
),
                _means_missing(source, name, rows, options),
            )  # fmt: skip
        yield from _stand_in(source, name, options)
        if column.long_digits:
            yield _advice(
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
            yield _advice(
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
        yield from _words_as_gaps(source, name, options)
        if column.dates:
            yield from _dates(source, name, options, columns)


def _stand_in(source: TableColumns, name: str, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Numbers such as -999 that instruments write where they have no value."""
    described = source.column(name)
    lowest = described.minimum
    if lowest not in LOW_STAND_INS or described.type != NUMBER:
        return
    values = source.scalars(name).numbers()
    hits = values == lowest
    others = values[np.isfinite(values) & ~hits]
    # Far below everything else; in a column of such sizes it may be a value like others.
    if not len(others) or others.min() < 0.5 * lowest:
        return
    marker = source.text(name)[int(np.flatnonzero(hits)[0])]
    layout, count = source.layout, int(hits.sum())
    yield _advice(
        "data.stand-in",
        "data.options",
        say_count(
            count,
            "**{name}** holds {marker} in {count} row, far below all other values: it may "
            "stand for a missing value.",
            "**{name}** holds {marker} in {count} rows, far below all other values: it may "
            "stand for a missing value.",
            name=name,
            marker=marker,
            count=count,
        ),
        Fix(
            say("{marker} means missing", marker=marker),
            {
                "data.options": {
                    **options,
                    "missing": [*layout.missing, marker],
                    "missing_numbers": list(layout.missing_numbers),
                }
            },
        ),
    )


def _dates(
    source: TableColumns, name: str, options: Mapping[str, Any], columns: Mapping[str, Any]
) -> Iterator[Finding]:
    column = source.scalars(name)
    if column.values is None and column.dates == TIME:
        yield _advice(
            "data.times", "data.columns",
            say(
"**{name}** holds times of day. As a number, a time counts the hours since "
"midnight.",
name=name
),
            Fix(say("Count hours"), {"data.columns": {**columns, name: {"type": NUMBER}}}),
        )  # fmt: skip
    elif column.values is None:
        yield _advice(
            "data.dates",
            "data.columns",
            say(
                "**{name}** holds dates. As a number, a date counts the days since 1970.", name=name
            ),
            Fix(say("Count days"), {"data.columns": {**columns, name: {"type": NUMBER}}}),
        )
    elif column.ambiguous_dates and "dates" not in options:
        yield _advice(
            "data.date-order",
            "data.options",
            say(
                "In **{name}**, day and month cannot be told apart; the day is taken to stand "
                "first.",
                name=name,
            ),
            Fix(say("The month stands first"), {"data.options": {**options, "dates": "mdy"}}),
        )


def _columns(source: TableColumns) -> Iterator[Finding]:
    for column in source.columns:
        if column.count == 0:
            yield _advice(
                "data.empty-column", "fit.x", say("**{column}** is empty.", column=column.name)
            )


def _means_missing(
    source: TableColumns, name: str, rows: np.ndarray, options: Mapping[str, Any]
) -> Fix | None:
    """A change that takes the cells in these rows for missing, where there are few kinds."""
    markers = sorted({source.text(name)[int(row)] for row in rows[:200]})
    if len(rows) > 200 or len(markers) > _MOST_MARKERS:
        return None
    known = list(source.layout.missing_numbers)
    changed: dict[str, Any] = {**options, "missing_numbers": [*known, *markers]}
    if "missing" in options:
        changed["missing"] = list(source.layout.missing)
    shown = " and ".join(f"“{_short(marker)}”" for marker in markers)
    return Fix(
        say_count(len(markers), "{shown} means missing", "{shown} mean missing", shown=shown),
        {"data.options": changed},
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
        yield _advice(
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
            yield _advice(
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
        yield _advice(
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
        yield _advice(
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
        yield _advice(
            "data.errors-in-cells",
            "data.columns",
            say(
                "**{name}** gives an error with “±” in {errors} cells; the number before it "
                "is read.",
                name=name,
                errors=column.errors,
            ),
            names,
        )
    if len(column.marked) and source.layout.marked == "number" and column.values is not None:
        row, count = int(column.marked[0]), len(column.marked)
        noun = "number" if count == 1 else "numbers"
        yield _advice(
            "data.marked-numbers",
            "data.options",
            say(
                "**{name}** holds {count} {noun} with a mark, such as “{source}” in line "
                "{lines}; the mark is left away.",
                name=name,
                count=count,
                noun=noun,
                source=_short(source.text(name)[row]),
                lines=source.line_of(row),
            ),
            Fix(say("A mark means missing"), {"data.options": {**options, "marked": "missing"}}),
        )


def _words_as_gaps(
    source: TableColumns, name: str, options: Mapping[str, Any]
) -> Iterator[Finding]:
    """Words that count as missing in a column of words, where each could be a class."""
    column, layout = source.scalars(name), source.layout
    if column.cells is None or column.type not in (CATEGORY, TEXT, CONSTANT) or column.dates:
        return
    cells = source.text(name)
    common = source.gap_markers() if cells.is_in(layout.missing).sum() < _FEW * len(cells) else ()
    # What stands for a few gaps in columns of numbers too is how this file writes them.
    markers = [m for m in layout.missing if not m.startswith("#") and m not in common]
    hits = cells.filter(cells.is_in(markers))
    if not len(hits):
        return
    found = dict(sorted(hits.value_counts().rows(), key=lambda row: -row[1]))
    shown = ", ".join(
        say_count(
            count,
            "“{marker}” in {count} row",
            "“{marker}” in {count} rows",
            marker=marker,
            count=count,
        )
        for marker, count in found.items()
    )
    several = len(found) > 1
    yield _advice(
        "data.words-as-gaps",
        "data.options",
        say(
            "{shown} of **{name}** {several} as missing.",
            shown=shown,
            name=name,
            several=say("count") if several else say("counts"),
        ),
        Fix(
            say_count(
                len(found),
                "{markers} is a class",
                "{markers} are classes",
                markers=" and ".join(f"“{marker}”" for marker in found),
            ),
            {
                "data.options": {
                    **options,
                    "missing": [marker for marker in layout.missing if marker not in found],
                    "missing_numbers": [
                        *layout.missing_numbers,
                        *(marker for marker in found if marker not in layout.missing_numbers),
                    ],
                }
            },
        ),
    )


def _duplicates(source: TableColumns, options: Mapping[str, Any]) -> Iterator[Finding]:
    if source.copies_left_out:
        count = source.copies_left_out
        yield _advice(
            "data.duplicates",
            "data.options",
            say_count(
                count,
                "**{count} exact copy** of other rows {is_} left out.",
                "**{count} exact copies** of other rows {is_} left out.",
                count=count,
                is_=_is(count),
            ),
            Fix(say("Keep copies"), {"data.options": {**options, "copies": "keep"}}),
        )
        return
    found = None if options.get("copies") == "keep" else source.copies()
    copies = 0 if found is None else int(found.sum())
    if copies:
        yield _advice(
            "data.duplicates",
            "data.file",
            say_count(
                copies,
                "**{copies} row is an exact copy** of others. Copies on both sides of the "
                "split make the validation look too good.",
                "**{copies} rows are exact copies** of others. Copies on both sides of the "
                "split make the validation look too good.",
                copies=copies,
            ),
            Fix(say("Leave copies out"), {"data.options": {**options, "copies": "skip"}}),
        )


def _advice(code: str, where: str, sentence: str, fix: Fix | None = None) -> Finding:
    return Finding(code, Severity.ADVICE, where, sentence, fix)


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _short(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= 20 else f"{text[:19]}…"


def _first_padded(source: TableColumns, name: str) -> str:
    cells = source.text(name)
    return _short(cells.filter(cells.str.contains(r"^0\d+$").fill_null(False))[0])
