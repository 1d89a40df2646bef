"""Reads numbers as people type them: with decimal point or comma, thousands marks and units."""

from __future__ import annotations

import re

_SPACES = dict.fromkeys(map(ord, " \u00a0\u202f\u2009'_"), None)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}(\1\d{3})*")


def plain_text(text: str, *, decimal_point: str = ".", whole: bool = False) -> str:
    """The number with a point and nothing else, as `Kind.parse` reads it.

    A single comma is a decimal comma, unless what is typed can only be thousands where people
    write a point; a mark that occurs several times parts thousands.

    Args:
        text: What was typed, such as ``"0,001"``, ``"1 000"`` or ``"20 %"``.
        decimal_point: What the person's locale writes.
        whole: Whether only a whole number makes sense, so that marks part thousands.
    """
    text = text.translate(_SPACES).replace("−", "-")
    marks = [mark for mark in text if mark in ".,"]
    if not marks:
        return text
    if len(set(marks)) == 2:
        # The last mark is the decimal one: 1.234,5 or 1,234.5.
        last = marks[-1]
        other = "," if last == "." else "."
        return text.replace(other, "").replace(last, ".")
    mark = marks[0]
    could_part = _THOUSANDS.fullmatch(text) is not None
    if len(marks) > 1 or (could_part and (whole or (mark == "," and decimal_point == "."))):
        return text.replace(mark, "") if could_part else text
    return text.replace(",", ".")


def without_unit(text: str, units: tuple[str, ...]) -> str:
    """The text without a unit at its end."""
    text = text.strip()
    for unit in sorted(units, key=len, reverse=True):
        if unit and text.lower().endswith(unit.lower()):
            return text[: -len(unit)].rstrip()
    return text
