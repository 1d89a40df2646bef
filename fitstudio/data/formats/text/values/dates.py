"""Recognises dates and times in a column of text, and counts the days since 1970, or the hours.

However a date is written, it is first written anew with the year in front; only one spelling is
then read. What a spelling means is never decided by single cells but by the whole column.
"""

from __future__ import annotations

import polars as pl

from fitstudio.words import say

#: How dates are written: the year first; the day first with dots; day and month in an order that
#: not every date tells; the month in words; and a time of day alone, which is no date.
FORMS = ("iso", "dots", "slashes", "named", "time")
TIME = "time"

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}(?:[.,]\d+)?))?"
_HALF = r"(?:\s?(?P<half>[AaPp])\.?[Mm]\.?)?"
_ZONE = r"(?:\s?(?:(?:UTC|GMT|[Zz])|(?:UTC|GMT)?(?P<zone>[+-]\d{2}(?::?\d{2})?)))?"
_BEHIND = rf"(?:(?:,?\s+|[T_ ]){_CLOCK}{_HALF}{_ZONE})?$"
_WEEKDAY = r"^(?:(?i:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)[a-z]*[.,]{0,2}\s+)?"
_MONTH = r"(?P<name>[A-Za-zä]{3,9})\.?"

# The month in words, as far as three letters tell it, in English and German.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan jän",
            "feb",
            "mar mär mrz",
            "apr",
            "may mai",
            "jun",
            "jul",
            "aug",
            "sep",
            "oct okt",
            "nov",
            "dec dez",
        ),
        1,
    )
    for name in names.split()
}

_PATTERNS: dict[str, tuple[str, ...]] = {
    "iso": (
        rf"^(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}}){_BEHIND}",
        rf"^(?P<year>\d{{4}})/(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}}){_BEHIND}",
        rf"^(?P<year>\d{{4}})\.(?P<month>\d{{1,2}})\.(?P<day>\d{{1,2}}){_BEHIND}",
        r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})[T ]"
        rf"(?P<hour>\d{{2}}):?(?P<minute>\d{{2}})(?::?(?P<second>\d{{2}}(?:[.,]\d+)?))?{_ZONE}$",
        r"^(?P<year>\d{4})[-/](?P<month>\d{2})$",
    ),
    "dots": (
        rf"^(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>\d{{4}}){_BEHIND}",
        rf"^(?P<day>\d{{2}})\.(?P<month>\d{{2}})\.(?P<year>\d{{2}}){_BEHIND}",
    ),
    "slashes": (
        rf"^(?P<first>\d{{1,2}})/(?P<second_part>\d{{1,2}})/(?P<year>\d{{4}}|\d{{2}}){_BEHIND}",
        rf"^(?P<first>\d{{1,2}})-(?P<second_part>\d{{1,2}})-(?P<year>\d{{4}}){_BEHIND}",
    ),
    "named": (
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})\.?[- /]\s?{_MONTH}[-, /]\s?(?P<year>\d{{4}}|\d{{2}})"
        rf"{_BEHIND}",
        rf"{_WEEKDAY}{_MONTH}[- ]\s?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[- ]\s?(?P<year>\d{{4}})"
        rf"{_BEHIND}",
        # As C and many instruments write it: Wed Jan 31 10:00:00 2024.
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})\s+{_CLOCK}\s+(?:[A-Z]{{3}}\s+)?"
        r"(?P<year>\d{4})$",
        rf"^(?P<year>\d{{4}})[- ]{_MONTH}[- ](?P<day>\d{{1,2}}){_BEHIND}",
        rf"^{_MONTH}[- ](?P<year>\d{{4}})$",
    ),
    TIME: (rf"^{_CLOCK}{_HALF}$",),
}
_PARTS = (
    "year",
    "month",
    "day",
    "first",
    "second_part",
    "name",
    "hour",
    "minute",
    "second",
    "half",
    "zone",
)
# The first and the second of two numbers that may be day and month.
_TWO = r"^(\d{1,2})[/-](\d{1,2})[/-]\d"
# Two digits stand for a year from 1969 to 2068, as in most programs.
_FIRST_SHORT_YEAR = 69


def date_form(cells: pl.Series) -> tuple[str | None, bool]:
    """How the dates are written, or None; and whether day and month could be exchanged."""
    present = cells.drop_nulls()
    if not len(present):
        return None, False
    head = present.head(50)
    for form in FORMS:
        if not (_share(head, form) >= 0.9 and _share(present, form) >= 0.95):
            continue
        if form in ("named", TIME):
            # "may be 3 2024" has the shape of a date, and 99:99 that of a time.
            counted, _ = days(present, form, "dmy", ambiguous=False)
            if counted.null_count() > 0.05 * len(present):
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


def shows_order(cells: pl.Series, order: str) -> pl.Series:
    """For each cell with a date whether that can only be read in this order.

    Args:
        cells: Dates with slashes.
        order: "dmy" or "mdy".
    """
    part = cells.str.extract(_TWO, 1 if order == "dmy" else 2)
    return part.cast(pl.Int32, strict=False) > 12


def _parts(present: pl.Series) -> tuple[object, object]:
    """The largest of the numbers before the first slash, and before the second."""
    parts = present.str.extract_groups(_TWO)
    first = parts.struct.field("1").cast(pl.Int32, strict=False).max()
    return first, parts.struct.field("2").cast(pl.Int32, strict=False).max()


def _share(cells: pl.Series, form: str) -> float:
    found = pl.repeat(False, len(cells), eager=True)
    for pattern in _PATTERNS[form]:
        found = found | cells.str.contains(pattern)
    return int(found.sum()) / len(cells)


def unit_of_dates(form: str) -> str:
    """What the numbers count that `days` gives."""
    return "hours" if form == TIME else say("days since 1970")


def days(
    cells: pl.Series, form: str, order: str, *, ambiguous: bool
) -> tuple[pl.Series, pl.Series]:
    """Dates as days since 1 January 1970, with the time of day as a fraction.

    A time that stands with its zone is counted in UTC. A time alone counts hours since midnight.

    Args:
        cells: Dates as text.
        form: As `date_form` says.
        order: "dmy" or "mdy", where a date does not tell.
        ambiguous: As `date_form` says.

    Returns:
        The numbers, and where a cell holds no date.
    """
    day_first = order == "dmy"
    if form == "slashes" and not ambiguous:
        first, _ = _parts(cells.drop_nulls())
        day_first = isinstance(first, int) and first > 12
    found = pl.Series(cells.name, [None] * len(cells), dtype=pl.Float64)
    for pattern in _PATTERNS[form]:
        if found.null_count() > cells.null_count():
            found = found.fill_null(_read(cells, pattern, form, day_first=day_first))
    return found, cells.is_not_null() & found.is_null()


def _read(cells: pl.Series, pattern: str, form: str, *, day_first: bool) -> pl.Series:
    """The cells that one pattern fits, as numbers."""
    groups = cells.str.extract_groups(pattern)
    there = groups.struct.fields
    nothing = pl.Series([None] * len(cells), dtype=pl.String)
    part = {name: groups.struct.field(name) if name in there else nothing for name in _PARTS}
    seconds = _seconds(part, optional=form != TIME)
    if form == TIME:
        return seconds / 3600
    if form == "slashes":
        names = ("first", "second_part") if day_first else ("second_part", "first")
        part["day"], part["month"] = (part[name] for name in names)
    if "name" in there:
        part["month"] = (
            part["name"]
            .str.to_lowercase()
            .str.slice(0, 3)
            .replace_strict(_MONTHS, default=None, return_dtype=pl.Int32)
            .cast(pl.String)
        )
    # A month alone begins with its first day.
    day = part["day"] if form == "slashes" or "day" in there else part["year"].str.slice(0, 0) + "1"
    text = pl.DataFrame(
        {
            "year": _four_digits(part["year"]),
            "month": part["month"].str.zfill(2),
            "day": day.str.zfill(2),
        }
    ).select(pl.concat_str("year", "month", "day", separator="-"))["year"]
    whole = text.str.strptime(pl.Date, "%Y-%m-%d", strict=False).cast(pl.Int32).cast(pl.Float64)
    return whole + seconds / 86_400


def _four_digits(years: pl.Series) -> pl.Series:
    number = years.cast(pl.Int32, strict=False)
    frame = pl.DataFrame({"text": years, "number": number})
    short = pl.col("text").str.len_chars() == 2
    century = pl.when(pl.col("number") < _FIRST_SHORT_YEAR).then(2000).otherwise(1900)
    whole = pl.when(short).then(pl.col("number") + century).otherwise(pl.col("number"))
    return frame.select(whole.cast(pl.String).str.zfill(4)).to_series()


def _seconds(part: dict[str, pl.Series], *, optional: bool) -> pl.Series:
    """The seconds since midnight in UTC; null for what no clock shows, 0 where no time stands."""
    frame = pl.DataFrame(
        {
            "hour": part["hour"].cast(pl.Float64, strict=False),
            "minute": part["minute"].cast(pl.Float64, strict=False),
            "second": part["second"]
            .str.replace(",", ".", literal=True)
            .cast(pl.Float64, strict=False)
            .fill_null(0.0),
            "half": part["half"].str.to_lowercase(),
            "zone": part["zone"].str.replace(":", "", literal=True).str.pad_end(5, "0"),
        }
    )
    hour = (
        pl.when(pl.col("half").is_null())
        .then(pl.col("hour"))
        .when(pl.col("hour").is_between(1, 12))
        .then(pl.col("hour") % 12 + pl.when(pl.col("half") == "p").then(12).otherwise(0))
    )
    offset = (
        pl.col("zone").str.slice(1, 2).cast(pl.Float64, strict=False) * 3600
        + pl.col("zone").str.slice(3, 2).cast(pl.Float64, strict=False) * 60
    ) * pl.when(pl.col("zone").str.starts_with("-")).then(-1).otherwise(1)
    clock = hour * 3600 + pl.col("minute") * 60 + pl.col("second")
    # 24:00 ends a day, and a leap second is the 61st.
    possible = (clock <= 86_400) & (pl.col("minute") < 60) & (pl.col("second") < 61)
    told = pl.when(possible).then(clock - offset.fill_null(0.0))
    if optional:
        told = pl.when(pl.col("hour").is_null()).then(0.0).otherwise(told)
    return frame.select(told.alias("seconds")).to_series()
