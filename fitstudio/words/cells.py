"""Text for the cells of tables that a spreadsheet may open."""

from __future__ import annotations

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """`text` such that a spreadsheet takes it for text, not for a formula to be computed."""
    if not text.startswith(_FORMULA_STARTS):
        return text
    try:
        float(text.replace(",", "."))
    except ValueError:
        return "'" + text
    return text
