"""What a table holds that a person should know before training, with a change that mends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fitstudio.data.formats.text.findings.cell_findings import cell_findings
from fitstudio.data.formats.text.guesses import confirmed
from fitstudio.data.formats.text.table_columns import TableColumns
from fitstudio.declared.checks.check import advice
from fitstudio.declared.kinds.param import Finding, Fix
from fitstudio.words import say, say_count

_NAMED = 5
_DOUBTFUL = ("encoding", "decimal", "separator", "header_line")


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
        *_few_of_each(cell_findings(source, options, columns)),
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
        yield advice(
            code, seen[code].where, say("**{count} more {noun}** likewise.", count=count, noun=noun)
        )


def _layout(source: TableColumns, options: Mapping[str, Any], zeros: int) -> Iterator[Finding]:
    for guess in source.guesses:
        if not guess.sure and guess.name in _DOUBTFUL:
            held = confirmed(source.options, options, source.guesses, guess.name)
            yield advice(
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
        yield advice(
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
        yield advice(
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


def _columns(source: TableColumns) -> Iterator[Finding]:
    for column in source.columns:
        if column.count == 0:
            yield advice(
                "data.empty-column", "fit.x", say("**{column}** is empty.", column=column.name)
            )


def _duplicates(source: TableColumns, options: Mapping[str, Any]) -> Iterator[Finding]:
    if source.copies_left_out:
        count = source.copies_left_out
        yield advice(
            "data.duplicates",
            "data.options",
            say_count(
                count,
                "**{count} exact copy** of other rows is left out.",
                "**{count} exact copies** of other rows are left out.",
                count=count,
            ),
            Fix(say("Keep copies"), {"data.options": {**options, "copies": "keep"}}),
        )
        return
    found = None if options.get("copies") == "keep" else source.copies()
    copies = 0 if found is None else int(found.sum())
    if copies:
        yield advice(
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
