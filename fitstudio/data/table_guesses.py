"""Says in words how a text file was understood, one guess for each option."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitstudio.data.text_encoding import NAMES
from fitstudio.data.text_format import SEPARATORS, Reasons, TextFormat
from fitstudio.spec.dataset_summary import Guess

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
    separator = SEPARATORS.get(layout.separator, f"Separated by “{layout.separator}”")
    if not layout.separator:
        separator = "One column"
    values: list[tuple[str, Any, str]] = [
        ("separator", layout.separator, separator),
        ("decimal", layout.numbers.decimal, layout.numbers.say()),
        ("encoding", layout.encoding, NAMES.get(layout.encoding, layout.encoding)),
        (
            "header_line",
            layout.header_line,
            f"Names in line {layout.header_line}" if layout.header_line else "No names",
        ),
    ]
    if layout.units_line:
        values.append(("units_line", layout.units_line, f"Units in line {layout.units_line}"))
    if layout.numbers.thousands or "thousands" in options:
        values.append(("thousands", layout.numbers.thousands, ""))
    if layout.quote != '"' or "quote" in options:
        values.append(("quote", layout.quote, "Quotes are text" if not layout.quote else ""))
    if layout.comment:
        values.append(("comment", layout.comment, f"Comments start with {layout.comment}"))
    if markers:
        shown = ", ".join(markers[:4]) + (" …" if len(markers) > 4 else "")
        reasons.add(
            "missing", f"These cells count as missing: {', '.join(markers[:_MOST_MARKERS])}."
        )
        values.append(("missing", markers, f"Missing: {shown}"))
    return tuple(
        Guess(
            name=name,
            value=value,
            sentence="As you said." if name in options else reasons.sentence.get(name, ""),
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
        "comment": layout.comment,
        "missing": list(layout.missing),
        "missing_numbers": list(layout.missing_numbers),
        "dates": layout.dates,
    }
    if layout.ragged:
        options["ragged"] = layout.ragged
    return options
