"""What a person should know about single lines of a table: cut, left out, filled up, unnamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fitstudio.data.formats.text.lines.other_lines import NOTE, SUMMARY, TABLE
from fitstudio.data.formats.text.table_columns import TableColumns
from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.words import marked, say, say_count, say_marked

_NAMED = 5
_KINDS = {
    SUMMARY: marked("means, totals and the like"),
    NOTE: "notes",
    TABLE: marked("another table"),
}


def unclear_lines(source: TableColumns, options: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Lines with too many fields, as long as nobody has said what to do with them."""
    odd, width = source.oddities, len(source.names)
    if not odd.too_long_count or source.layout.ragged:
        return ()
    where = _line_list([line for line, _ in odd.too_long], odd.too_long_count)
    return (
        Finding(
            "data.lines-too-long",
            Severity.ERROR,
            "data.options",
            say(
                "**{where}** {too_long_count} {too_long} fields instead of {width}: it is not "
                "clear which field belongs to which column.",
                where=where,
                too_long_count=_has(odd.too_long_count),
                too_long=odd.too_long[0][1],
                width=width,
            ),
            Fix(say("Leave them out"), {"data.options": {**options, "ragged": "skip"}}),
        ),
    )


def about_lines(source: TableColumns, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Everything about lines that keeps nobody from training."""
    yield from _too_long(source, options)
    yield from _ends(source, options)
    yield from _no_samples(source, options)
    odd = source.oddities
    if odd.quotes_given_up is not None:
        yield _advice(
            "data.quote-open",
            say(
                "A quote in **line {quotes_given_up}** never ends, so quotes are read as text.",
                quotes_given_up=odd.quotes_given_up,
            ),
        )
    if odd.blank:
        yield _advice(
            "data.blank-lines",
            say_count(
                odd.blank,
                "**{blank} empty line** between the rows is left out.",
                "**{blank} empty lines** between the rows are left out.",
                blank=odd.blank,
            ),
        )
    yield from _unnamed(source, options)


def _too_long(source: TableColumns, options: Mapping[str, Any]) -> Iterator[Finding]:
    odd, width = source.oddities, len(source.names)
    count = odd.too_long_count
    if not count:
        return
    where = _line_list([line for line, _ in odd.too_long], count)
    cut = {"data.options": {**options, "ragged": "cut"}}
    if not source.layout.ragged:
        yield _advice(
            "data.lines-too-long-cut",
            say(
                "If what stands behind field {width} in **{where}** is not needed, the first "
                "{width} fields can be used.",
                width=width,
                where=_lower(where),
            ),
            Fix(say("Cut them to fit"), cut),
        )
    elif source.layout.ragged == "skip":
        yield _advice(
            "data.lines-too-long",
            say(
                "**{where}** with too many fields {count} left out.", where=where, count=_is(count)
            ),
            Fix(say("Cut them to fit"), cut),
        )
    else:
        yield _advice(
            "data.lines-too-long",
            say(
                "**{where}** with too many fields {count} cut to fit.",
                where=where,
                count=_is(count),
            ),
            Fix(say("Leave them out"), {"data.options": {**options, "ragged": "skip"}}),
        )


def _ends(source: TableColumns, options: Mapping[str, Any]) -> Iterator[Finding]:
    odd, width = source.oddities, len(source.names)
    if odd.trailing_count:
        where = _line_list(odd.trailing_lines, odd.trailing_count)
        ends = "ends" if odd.trailing_count == 1 else "end"
        yield _advice(
            "data.trailing-separators",
            say(
                "**{where}** {ends} with a separator and nothing behind it, which is left away.",
                where=where,
                ends=ends,
            ),
        )
    if odd.too_short_count:
        where = _line_list([line for line, _ in odd.too_short], odd.too_short_count)
        if source.layout.short == "skip":
            yield _advice(
                "data.lines-too-short",
                say(
                    "**{where}** with fewer than {width} fields {too_short_count} left out.",
                    where=where,
                    width=width,
                    too_short_count=_is(odd.too_short_count),
                ),
                Fix(say("Keep them"), {"data.options": {**options, "short": ""}}),
            )
            return
        yield _advice(
            "data.lines-too-short",
            say(
                "**{where}** {too_short_count} fewer than {width} fields; what is not there "
                "counts as missing.",
                where=where,
                too_short_count=_has(odd.too_short_count),
                width=width,
            ),
            Fix(say("Leave them out"), {"data.options": {**options, "short": "skip"}}),
        )


def _no_samples(source: TableColumns, options: Mapping[str, Any]) -> Iterator[Finding]:
    odd = source.oddities
    if odd.repeated_count:
        count = odd.repeated_count
        yield _advice(
            "data.repeated-names",
            say_count(
                count,
                "**{repeated}** repeats the names and {count} left out.",
                "**{repeated}** repeat the names and {count} left out.",
                repeated=_line_list(odd.repeated, count),
                count=_is(count),
            ),
            Fix(say("Keep them as rows"), {"data.options": {**options, "repeated_names": "keep"}}),
        )
    if odd.others:
        lines, count = list(odd.others), len(odd.others)
        kinds = [say_marked(words) for kind, words in _KINDS.items() if kind in odd.others.values()]
        where = _line_list(lines, count)
        if count > 1 and lines == list(range(lines[0], lines[-1] + 1)):
            where = say("Lines {lines} to {lines_2}", lines=lines[0], lines_2=lines[-1])
        start = odd.other_words if len(odd.other_words) <= 30 else f"{odd.other_words[:29]}…"
        yield _advice(
            "data.other-lines",
            say_count(
                count,
                "**{where}** {count} left out: {kinds}, no samples. It starts with “{start}”.",
                "**{where}** {count} left out: {kinds}, no samples. They start with “{start}”.",
                where=where,
                count=_is(count),
                kinds=" and ".join(kinds),
                start=start,
            ),
            Fix(say("Keep them as rows"), {"data.options": {**options, "other_lines": "keep"}}),
        )


def _unnamed(source: TableColumns, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Which field has no name, where the line of names is short: a wrong choice shifts all."""
    found = next((guess for guess in source.guesses if guess.name == "row_names"), None)
    if found is None or found.given:
        return
    if source.layout.row_names:
        yield _advice(
            "data.row-names",
            say(
                "**The first field of each line** has no name and is taken for the row's. "
                "{sentence}",
                sentence=found.sentence,
            ),
            Fix(say("The last has no name"), {"data.options": {**options, "row_names": False}}),
        )
    else:
        names = [repr(new) for new, old in source.renamed if not old] or [repr(source.names[-1])]
        yield _advice(
            "data.unnamed-column",
            say(
                "**There are fewer names than fields**: {names} {has} none. {sentence}",
                names=" and ".join(names[-_NAMED:]),
                has=_has(len(names)),
                sentence=found.sentence,
            ),
            Fix(say("The first has no name"), {"data.options": {**options, "row_names": True}}),
        )


def _advice(code: str, sentence: str, fix: Fix | None = None) -> Finding:
    return Finding(code, Severity.ADVICE, "data.options", sentence, fix)


def _line_list(lines: list[int], count: int) -> str:
    if count == 1:
        return say("Line {lines}", lines=lines[0])
    shown = ", ".join(map(str, lines[:_NAMED]))
    return say(
        "{count} lines ({shown}{count_2})",
        count=count,
        shown=shown,
        count_2=" …" if count > _NAMED else "",
    )


def _lower(words: str) -> str:
    return words[0].lower() + words[1:]


def _has(count: int) -> str:
    return "has" if count == 1 else "have"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
