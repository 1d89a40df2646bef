"""Says in words how a text file was understood, one guess for each option."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitstudio.data.formats.text.encoding import NAMES
from fitstudio.data.formats.text.layout import SEPARATORS, Reasons, TextFormat
from fitstudio.data.formats.text.options import PLACES
from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.words import say

_MOST_MARKERS = 12


def say_guesses(
    layout: TextFormat, reasons: Reasons, options: Mapping[str, Any], markers: list[str]
) -> tuple[Guess, ...]:
    """Every option with its value, a chip's label and the reason.

    Args:
        layout: How the file is read.
        reasons: Why.
        options: What a person has said.
        markers: Markers of missing values that occur in the file.
    """
    separator = SEPARATORS.get(
        layout.separator, say("Separated by “{separator}”", separator=layout.separator)
    )
    if not layout.separator:
        separator = say("One column")
    if layout.column_starts:
        separator = say("Fixed width")
        reasons.sentence["separator"] = reasons.sentence.get("column_starts", "")
    values: list[tuple[str, Any, str]] = [
        ("separator", layout.separator, separator),
        ("decimal", layout.numbers.decimal, layout.numbers.say()),
        ("encoding", layout.encoding, NAMES.get(layout.encoding, layout.encoding)),
        (
            "header_line",
            layout.header_line,
            say("Names in line {header_line}", header_line=layout.header_line)
            if layout.header_line
            else say("No names"),
        ),
    ]
    if layout.units_line:
        values.append(
            (
                "units_line",
                layout.units_line,
                say("Units in line {units_line}", units_line=layout.units_line),
            )
        )
    if "row_names" in reasons.sentence:
        words = (
            say("First cells name the rows") if layout.row_names else say("Last cells have no name")
        )
        values.append(("row_names", layout.row_names, words))
    if layout.numbers.thousands or "thousands" in options:
        values.append(("thousands", layout.numbers.thousands, ""))
    if layout.quote != '"' or "quote" in options:
        values.append(("quote", layout.quote, say("Quotes are text") if not layout.quote else ""))
    if layout.comment:
        values.append(
            (
                "comment",
                layout.comment,
                say("Comments start with {comment}", comment=layout.comment),
            )
        )
    if markers:
        shown = ", ".join(markers[:4]) + (" …" if len(markers) > 4 else "")
        reasons.add(
            "missing",
            say(
                "These cells count as missing: {markers}.",
                markers=", ".join(markers[:_MOST_MARKERS]),
            ),
        )
        values.append(("missing", markers, say("Missing: {shown}", shown=shown)))
    return tuple(
        Guess(
            name=name,
            value=value,
            sentence=say("As you said.") if name in options else reasons.sentence.get(name, ""),
            label=label,
            given=name in options,
            sure=name in options or name not in reasons.unsure,
        )
        for name, value, label in values
    )


def as_options(layout: TextFormat) -> dict[str, Any]:
    """The layout as ``data.options``: read with these, the file gives the same again."""
    options: dict[str, Any] = {
        "encoding": layout.encoding,
        "separator": layout.separator,
        "quote": layout.quote,
        "decimal": layout.numbers.decimal,
        "thousands": layout.numbers.thousands,
        "header_line": layout.header_line,
        "units_line": layout.units_line,
        "first_line": layout.first_line,
        "row_names": layout.row_names,
        "comment": layout.comment,
        "missing": list(layout.missing),
        "missing_numbers": list(layout.missing_numbers),
        "dates": layout.dates,
    }
    for name in ("ragged", "short", "repeated_names", "other_lines", "marked"):
        if getattr(layout, name) != getattr(TextFormat, name):
            options[name] = getattr(layout, name)
    if layout.column_starts:
        options["column_starts"] = list(layout.column_starts)
    return options


def confirmed(
    resolved: Mapping[str, Any], given: Mapping[str, Any], guesses: tuple[Guess, ...], name: str
) -> dict[str, Any]:
    """Options that confirm a doubtful guess: whatever the values hang on is held fast with it.

    Places of lines are left to be found, unless they are what is doubtful: with another file they
    may be elsewhere. So are other guesses that are doubtful, for they have a question of their own.

    Args:
        resolved: The complete reading, as `as_options` gives it.
        given: What a person has said before.
        guesses: All guesses about the file.
        name: The guess that is right.
    """
    groups = ({"decimal", "thousands"}, {"separator", "quote", "column_starts"}, PLACES)
    own = next((group for group in groups if name in group), {name})
    doubtful = {guess.name for guess in guesses if not guess.sure}
    left = {each for group in groups if group & doubtful for each in group} | doubtful
    left |= PLACES | {"row_names"}
    kept = {key: value for key, value in resolved.items() if key in own or key not in left}
    return {**kept, **given}
