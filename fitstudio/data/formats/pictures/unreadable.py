"""What is said of pictures that are missing or cannot be read, and what can be done with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.words import say, say_count
from fitstudio.words.numbers import listed

SKIP, STOP = "skip", "stop"
_MOST_NAMED = 5


def of_files(
    bad: Sequence[tuple[str, str]], given: Mapping[str, Any], chosen: str
) -> tuple[Finding, ...]:
    """About files of a folder that cannot be read.

    Args:
        bad: Their names, each with the reason in a sentence.
        given: ``data.options``, as a person set them.
        chosen: What is done with them: `SKIP` or `STOP`.
    """
    if not bad:
        return ()
    names = listed([repr(name) for name, _ in bad[:_MOST_NAMED]], most=_MOST_NAMED)
    if chosen == STOP:
        sentence = say_count(
            len(bad),
            "**{number} picture** cannot be read: {names}. {why}",
            "**{number} pictures** cannot be read, such as {names}. {why}",
            names=names,
            why=bad[0][1],
        )
    else:
        sentence = say_count(
            len(bad),
            "**{number} picture** cannot be read, and is left out: {names}. {why}",
            "**{number} pictures** cannot be read, and are left out, such as {names}. {why}",
            names=names,
            why=bad[0][1],
        )
    return (_finding(sentence, "unreadable", given, chosen),)


def of_rows(
    bad: Sequence[tuple[int, str]], given: Mapping[str, Any], chosen: str
) -> tuple[Finding, ...]:
    """About rows of a table whose picture is missing or cannot be read.

    Args:
        bad: Their lines in the file, each with the reason in a sentence.
        given: ``data.options``, as a person set them.
        chosen: What is done with them: `SKIP` or `STOP`.
    """
    if not bad:
        return ()
    lines = listed([str(line) for line, _ in bad[:_MOST_NAMED]], most=_MOST_NAMED)
    more = " …" if len(bad) > _MOST_NAMED else ""
    if chosen == STOP:
        sentence = say_count(
            len(bad),
            "**{number} row** has no picture that can be read: line {lines}. {why}",
            "**{number} rows** have no picture that can be read: lines {lines}. {why}",
            lines=lines + more,
            why=bad[0][1],
        )
    else:
        sentence = say_count(
            len(bad),
            "**{number} row** has no picture that can be read, and is left out: line {lines}. "
            "{why}",
            "**{number} rows** have no picture that can be read, and are left out: lines {lines}. "
            "{why}",
            lines=lines + more,
            why=bad[0][1],
        )
    return (_finding(sentence, "picture_unreadable", given, chosen),)


def _finding(sentence: str, option: str, given: Mapping[str, Any], chosen: str) -> Finding:
    if chosen == STOP:
        severity, other, words = Severity.ERROR, SKIP, say("Leave them out")
    else:
        severity, other, words = Severity.ADVICE, STOP, say("Stop until they can be read")
    fix = Fix(words, {"data.options": {**given, option: other}})
    return Finding("data.pictures-unreadable", severity, "data.options", sentence, fix)
