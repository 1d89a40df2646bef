"""What a table holds that a person should know before training, with a change that mends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from fitstudio.data.stand_ins import LOW_STAND_INS
from fitstudio.spec.dataset_summary import CONSTANT, ID, NUMBER
from fitstudio.spec.param import Finding, Fix, Severity

if TYPE_CHECKING:
    from fitstudio.data.tables import TableSource

_NAMED = 5


def find(
    source: TableSource, options: Mapping[str, Any], columns: Mapping[str, Any], zeros: int
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
        *_lines(source),
        *_layout(source, options, zeros),
        *_few_of_each(_cells(source, options, columns)),
        *_few_of_each(_columns(source)),
        *_duplicates(source),
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
        yield _advice(code, seen[code].where, f"**{count} more {noun}** likewise.")


def unclear_lines(source: TableSource, options: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Lines with too many fields, as long as nobody has said what to do with them."""
    odd, width = source.oddities, len(source.names)
    if not odd.too_long_count or source.layout.ragged:
        return ()
    where = _line_list([line for line, _ in odd.too_long], odd.too_long_count)
    finding = Finding(
        "data.lines-too-long", Severity.ERROR, "data.options",
        f"**{where}** {_has(odd.too_long_count)} {odd.too_long[0][1]} fields instead of {width}: "
        "it is not clear which field belongs to which column.",
        Fix("Leave them out", {"data.options": {**options, "ragged": "skip"}}),
    )  # fmt: skip
    return (finding,)


def _lines(source: TableSource) -> Iterator[Finding]:
    odd, width = source.oddities, len(source.names)
    if odd.too_long_count and source.layout.ragged:
        where = _line_list([line for line, _ in odd.too_long], odd.too_long_count)
        done = "left out" if source.layout.ragged == "skip" else "cut to fit"
        yield _advice(
            "data.lines-too-long", "data.options",
            f"**{where}** with too many fields {_is(odd.too_long_count)} {done}.",
        )  # fmt: skip
    if odd.too_short_count:
        where = _line_list([line for line, _ in odd.too_short], odd.too_short_count)
        yield _advice(
            "data.lines-too-short", "data.options",
            f"**{where}** {_has(odd.too_short_count)} fewer than {width} fields; what is not there "
            "counts as missing.",
        )  # fmt: skip
    if odd.quotes_given_up is not None:
        yield _advice(
            "data.quote-open", "data.options",
            f"A quote in **line {odd.quotes_given_up}** never ends, so quotes are read as text.",
        )  # fmt: skip
    if odd.blank:
        yield _advice(
            "data.blank-lines", "data.options",
            f"**{odd.blank} empty {'line' if odd.blank == 1 else 'lines'}** between the rows "
            f"{_is(odd.blank)} left out.",
        )  # fmt: skip


def _layout(source: TableSource, options: Mapping[str, Any], zeros: int) -> Iterator[Finding]:
    for guess in source.guesses:
        if not guess.sure and guess.name in ("encoding", "decimal", "separator"):
            yield _advice(
                f"data.unsure-{guess.name}", "data.options",
                f"**{guess.label}** is the likeliest way to read the file, but not certain. "
                f"{guess.sentence}",
                Fix("It is right", {"data.options": {**options, guess.name: guess.value}}),
            )  # fmt: skip
    if zeros:
        yield _advice(
            "data.zero-characters", "data.file",
            f"**{zeros} zero characters** were taken out of the text: the file may be damaged.",
        )  # fmt: skip
    if source.renamed:
        shown = ", ".join(
            f"{old!r} is now {new!r}" if old else f"a column without a name is {new!r}"
            for new, old in source.renamed[:_NAMED]
        )
        more = len(source.renamed) - _NAMED
        yield _advice(
            "data.renamed", "data.file",
            f"**{len(source.renamed)} {'name' if len(source.renamed) == 1 else 'names'}** had to "
            f"be changed: {shown}{f', and {more} more' if more > 0 else ''}.",
        )  # fmt: skip


def _cells(
    source: TableSource, options: Mapping[str, Any], columns: Mapping[str, Any]
) -> Iterator[Finding]:
    for name in source.names:
        column = source.scalars(name)
        count = len(column.unparsed)
        if count:
            rows = column.unparsed[:3]
            examples = ", ".join(
                f"“{_short(source.text(name)[int(row)])}” in line {source.lines[row]}"
                for row in rows
            )
            markers = sorted({source.text(name)[int(row)] for row in column.unparsed[:200]})
            fix = None
            if len(markers) <= 3:
                known = list(source.layout.missing_numbers)
                fix = Fix(
                    f"{' and '.join(f'“{_short(m)}”' for m in markers)} means missing",
                    {"data.options": {**options, "missing_numbers": [*known, *markers]}},
                )
            yield _advice(
                "data.unparsed", "data.columns",
                f"**{name}** holds {count} {'cell' if count == 1 else 'cells'} that "
                f"{_is(count)} no number and {'counts' if count == 1 else 'count'} as missing: "
                f"{examples}{' …' if count > 3 else ''}.", fix,
            )  # fmt: skip
        infinite = source.column(name).infinite
        if infinite:
            row = int(np.flatnonzero(np.isinf(column.numbers()))[0])
            yield _advice(
                "data.infinite", "data.columns",
                f"**{name}** holds {infinite} {'value' if infinite == 1 else 'values'} too large "
                f"for a number, the first (“{_short(source.text(name)[row])}”) in line "
                f"{source.lines[row]}; such rows count as missing.",
            )  # fmt: skip
        yield from _stand_in(source, name, options)
        if column.long_digits:
            yield _advice(
                "data.long-numbers", "data.columns",
                f"**{name}** holds numbers of 16 digits and more, which are rounded. If they name "
                "things, take them for categories, or leave the column out.",
            )  # fmt: skip
        if column.padded and name not in columns:
            yield _advice(
                "data.padded", "data.columns",
                f"**{name}** has zeros in front, as in “{_first_padded(source, name)}”: read as "
                "names, not as numbers.",
                Fix("They are numbers", {"data.columns": {**columns, name: {"type": NUMBER}}}),
            )  # fmt: skip
        if column.dates:
            yield from _dates(source, name, options, columns)


def _stand_in(source: TableSource, name: str, options: Mapping[str, Any]) -> Iterator[Finding]:
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
        "data.stand-in", "data.options",
        f"**{name}** holds {marker} in {count} {'row' if count == 1 else 'rows'}, far below all "
        "other values: it may stand for a missing value.",
        Fix(
            f"{marker} means missing",
            {
                "data.options": {
                    **options,
                    "missing": [*layout.missing, marker],
                    "missing_numbers": list(layout.missing_numbers),
                }
            },
        ),
    )  # fmt: skip


def _dates(
    source: TableSource, name: str, options: Mapping[str, Any], columns: Mapping[str, Any]
) -> Iterator[Finding]:
    column = source.scalars(name)
    if column.values is None:
        yield _advice(
            "data.dates", "data.columns",
            f"**{name}** holds dates. As a number, a date counts the days since 1970.",
            Fix("Count days", {"data.columns": {**columns, name: {"type": NUMBER}}}),
        )  # fmt: skip
    elif column.ambiguous_dates and "dates" not in options:
        yield _advice(
            "data.date-order", "data.options",
            f"In **{name}**, day and month cannot be told apart; the day is taken to stand first.",
            Fix("The month stands first", {"data.options": {**options, "dates": "mdy"}}),
        )  # fmt: skip


def _columns(source: TableSource) -> Iterator[Finding]:
    for column in source.columns:
        if column.count == 0:
            yield _advice("data.empty-column", "fit.x", f"**{column.name}** is empty.")


def _duplicates(source: TableSource) -> Iterator[Finding]:
    described = [c for c in source.columns if c.type not in (ID, CONSTANT)]
    measured = [c for c in described if c.type == NUMBER and (c.distinct or 0) > 20]
    if len(described) < 3 or not measured or source.rows > 2_000_000:
        return
    frame = pl.DataFrame({c.name: source.text(c.name) for c in described})
    copies = source.rows - frame.n_unique()
    if copies:
        yield _advice(
            "data.duplicates", "data.file",
            f"**{copies} {'row is an exact copy' if copies == 1 else 'rows are exact copies'}** of "
            "others. Copies on both sides of the split make the validation look too good.",
        )  # fmt: skip


def _advice(code: str, where: str, sentence: str, fix: Fix | None = None) -> Finding:
    return Finding(code, Severity.ADVICE, where, sentence, fix)


def _line_list(lines: list[int], count: int) -> str:
    if count == 1:
        return f"Line {lines[0]}"
    shown = ", ".join(map(str, lines[:_NAMED]))
    return f"{count} lines ({shown}{' …' if count > _NAMED else ''})"


def _has(count: int) -> str:
    return "has" if count == 1 else "have"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _short(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= 20 else f"{text[:19]}…"


def _first_padded(source: TableSource, name: str) -> str:
    cells = source.text(name)
    return _short(cells.filter(cells.str.contains(r"^0\d+$").fill_null(False))[0])
