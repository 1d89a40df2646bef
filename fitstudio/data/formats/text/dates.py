"""Recognises dates in a column of text, and counts the days since 1970."""

from __future__ import annotations

import polars as pl

_ISO = r"^\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?Z?$"
_DOTS = r"^\d{1,2}\.\d{1,2}\.\d{4}(?: \d{1,2}:\d{2}(?::\d{2})?)?$"
_SLASHES = r"^\d{1,2}/\d{1,2}/\d{4}(?: \d{1,2}:\d{2}(?::\d{2})?)?$"


def date_form(cells: pl.Series) -> tuple[str | None, bool]:
    """How the dates are written, or None; and whether day and month could be exchanged."""
    present = cells.drop_nulls()
    if not len(present):
        return None, False
    head = present.head(50)
    for form, pattern in (("iso", _ISO), ("dots", _DOTS), ("slashes", _SLASHES)):
        if not (_share(head, pattern) >= 0.9 and _share(present, pattern) >= 0.95):
            continue
        if form != "slashes":
            return form, False
        first, second = _parts(present)
        both_small = all(isinstance(part, int) and part <= 12 for part in (first, second))
        return form, both_small
    return None, False


def shown_order(cells: pl.Series) -> str | None:
    """ "dmy" or "mdy" if dates with slashes can only be read so; None if they do not tell."""
    first, second = _parts(cells.drop_nulls())
    if isinstance(first, int) and first > 12:
        return "dmy"
    return "mdy" if isinstance(second, int) and second > 12 else None


def _parts(present: pl.Series) -> tuple[object, object]:
    """The largest of the numbers before the first slash, and before the second."""
    parts = present.str.extract_groups(r"^(\d+)/(\d+)/")
    first = parts.struct.field("1").cast(pl.Int32, strict=False).max()
    return first, parts.struct.field("2").cast(pl.Int32, strict=False).max()


def _share(cells: pl.Series, pattern: str) -> float:
    return int(cells.str.contains(pattern).sum()) / len(cells)


def days(
    cells: pl.Series, form: str, order: str, *, ambiguous: bool
) -> tuple[pl.Series, pl.Series]:
    """Dates as days since 1 January 1970, with the time of day as a fraction.

    Args:
        cells: Dates as text.
        form: As `date_form` says.
        order: "dmy" or "mdy", where a date does not tell.
        ambiguous: As `date_form` says.

    Returns:
        The days, and where a cell holds no date.
    """
    text = cells.str.replace("T", " ").str.replace("Z$", "")
    if form == "slashes":
        day_first = order == "dmy"
        if not ambiguous:
            first = text.str.extract(r"^(\d+)/").cast(pl.Int32, strict=False).max()
            day_first = isinstance(first, int) and first > 12
        date = "%d/%m/%Y" if day_first else "%m/%d/%Y"
    else:
        date = {"iso": "%Y-%m-%d", "dots": "%d.%m.%Y"}[form]
    found = pl.Series(cells.name, [None] * len(cells), dtype=pl.Float64)
    for time in ("", " %H:%M:%S%.f", " %H:%M:%S", " %H:%M"):
        read = text.str.strptime(pl.Datetime("us"), date + time, strict=False)
        microseconds = read.cast(pl.Int64).cast(pl.Float64)
        found = found.fill_null(microseconds / 86_400e6)
    return found, cells.is_not_null() & found.is_null()
