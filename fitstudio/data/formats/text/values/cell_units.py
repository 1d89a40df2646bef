"""Numbers with something around them: a unit, a currency, brackets for a minus, an error, a mark.

A column is read as numbers only where every cell has the same unit: 5 mV and 5 V are not the same
number, and a cell without a unit beside cells with one may be either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import polars as pl

from fitstudio.data.formats.text.values.numbers import NumberFormat
from fitstudio.words import say

UNIT = (
    r"(?:[numkMGµμ]?(?:m|g|s|A|V|W|Hz|Pa|K|J|N|L|l|mol|Ohm|Ω|F|T|bar|eV|M)[²³23]?|"
    r"cm[²³23]?|dm[²³23]?|hPa|min|h|d|°C|°F|°K|°|deg|rad|%|ppm|ppb|a\.?u\.?|arb\.? ?u\.?|rpm|dB|"
    r"counts?|in|ft|lb|kg|t|years?|days?|psi|1/cm|cm-1|cm\^-1|pH)"
    r"(?:[/*·^ ][\w²³°^-]{1,8})*"
)
_CURRENCY = (
    r"(?:(?:US|AU|A|C|CA|NZ|HK|S|R)?\$|[€£¥₹₽₩₺฿¢]|Fr\.|kr\.?|"
    r"(?:USD|EUR|GBP|CHF|JPY|CNY|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|INR|BRL|KRW|TRY|ZAR))"
)
# After a space any short word may be a unit: "12 items"; without one only those that are known.
_WORD = r"[^\W\d_][^\s\d<>=()±*]{0,11}"
_CORE = r"(?:\d[\d.,'’\u00a0\u2009\u202f ]*\d|\d)[.,]?(?:[eE][+-]?\d+)?|[.,]\d+(?:[eE][+-]?\d+)?"
_SIGN = r"[-+\u2212]"
_PATTERN = (
    rf"^(\(\s*)?({_SIGN})?\s*({_CURRENCY})?\s*({_SIGN})?({_CORE})"
    r"(?:\s*(?:±|\+/-|\+-)\s*([\d.,]+(?:[eE][+-]?\d+)?))?"
    rf"(?:\s*({UNIT}|{_CURRENCY})|\s+({_WORD}))?\s*([*†‡]+)?(\s*\))?$"
)
_COMPILED = re.compile(_PATTERN)
_BRACKET, _SIGN_1, _MONEY, _SIGN_2, _NUMBER, _ERROR, _KNOWN, _ANY, _MARK, _CLOSED = range(1, 11)
# What follows a number and is no unit: hours of the day, months, first and second.
_NO_UNITS = re.compile(
    r"(?i)^(?:am|pm|a\.m\.|p\.m\.|uhr|st|nd|rd|th|"
    r"jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]*\.?$"
)
_LOOKED_AT = 200
_WRAPPED = r"^(?:[^\d\s]{1,3}\s*[-+]?\d+[.,]\d+|[-+]?\d+[.,]\d+\s*[^\d\s.,:/;-].{0,20})$"


@dataclass(frozen=True)
class BareNumbers:
    """A column of text without what stands around its numbers.

    Args:
        cells: The numbers as text; cells that hold none are as they were.
        unit: What all of them are measured in, or "".
        marked: Which rows hold a number with a mark such as "*".
        errors: Which rows give an error: "1.2 ± 0.1".
        negative: How many numbers stand in brackets, which means a minus.
        mixed: Units by their number of cells ("" for none), where they are not all the same.
    """

    cells: pl.Series
    unit: str
    marked: pl.Series
    errors: pl.Series
    negative: int
    mixed: dict[str, int] = field(default_factory=dict)


def core_of(cell: str) -> str:
    """The number in a cell without what stands around it; the cell itself if there is none."""
    found = _COMPILED.match(cell)
    if found is None or _NO_UNITS.match(found[_ANY] or ""):
        return cell
    if (found[_BRACKET] is None) != (found[_CLOSED] is None):
        return cell
    minus = "-" if found[_BRACKET] else (found[_SIGN_1] or found[_SIGN_2] or "")
    return minus + found[_NUMBER]


def bare_numbers(
    cells: pl.Series, numbers: NumberFormat, *, wanted: bool = False
) -> BareNumbers | None:
    """The numbers of a column whose cells hold more than numbers; None if they do not.

    Args:
        cells: Text; null where missing.
        numbers: How numbers are written.
        wanted: Whether a person wants numbers: then the commonest unit is the column's.
    """
    present = cells.drop_nulls()
    head = present.head(_LOOKED_AT).to_list()
    fitting = sum(1 for cell in head if numbers.matches(core_of(cell)))
    limits = sum(1 for cell in head if cell[:1] in "<>≤≥")
    if not fitting or fitting < 0.9 * (len(head) - limits):
        return None
    table = _parts(cells, numbers)
    table = table.with_columns(unit=_unit_expression())
    good = table.filter("fits")
    counts = {str(unit or ""): int(count) for unit, count in good["unit"].value_counts().rows()}
    units = [unit for unit in counts if unit]
    unit = max(counts, key=counts.__getitem__, default="")
    if len(counts) > 1:
        known = all(re.fullmatch(f"{UNIT}|{_CURRENCY}", each) for each in units)
        if not wanted:
            nothing = pl.Series([False] * len(cells))
            mixed = counts if known else {}
            return BareNumbers(cells, "", nothing, nothing, 0, mixed)
        table = table.with_columns(
            other=pl.col("fits") & (pl.col("unit").fill_null("") != unit)
        ).with_columns(fits=pl.col("fits") & ~pl.col("other"))
    else:
        table = table.with_columns(other=pl.lit(False))
    # A number in another unit is none in this one.
    others = pl.when("other").then(pl.col("cell") + say(" (other unit)")).otherwise(pl.col("cell"))
    bare = table.select(pl.when("fits").then(pl.col("core")).otherwise(others).alias(cells.name))[
        cells.name
    ]
    marked = table.select(pl.col("fits") & pl.col("mark").is_not_null())["fits"]
    errors = table.select(pl.col("fits") & pl.col("error").is_not_null())["fits"]
    negative = int(table.select((pl.col("fits") & pl.col("open").is_not_null()).sum()).item())
    return BareNumbers(bare, unit, marked, errors, negative, {})


def _parts(cells: pl.Series, numbers: NumberFormat) -> pl.DataFrame:
    """Each cell in its parts, and whether it is a number with something around it."""
    table = pl.DataFrame({"cell": cells})
    groups = pl.col("cell").str.extract_groups(_PATTERN)
    names = {
        _BRACKET: "open", _SIGN_1: "sign", _MONEY: "money", _SIGN_2: "inner", _NUMBER: "number",
        _ERROR: "error", _KNOWN: "known", _ANY: "word", _MARK: "mark", _CLOSED: "close",
    }  # fmt: skip
    table = table.with_columns(
        **{name: groups.struct.field(str(place)) for place, name in names.items()}
    )
    minus = pl.when(pl.col("open").is_not_null()).then(pl.lit("-"))
    sign = minus.otherwise(pl.coalesce("sign", "inner", pl.lit("")))
    table = table.with_columns(core=sign + pl.col("number"))
    _, bad = numbers.read(table["core"])
    good = pl.Series("good", ~bad) & table["core"].is_not_null()
    balanced = pl.col("open").is_null() == pl.col("close").is_null()
    refused = pl.col("word").str.contains(_NO_UNITS.pattern).fill_null(False)
    return table.with_columns(fits=pl.lit(good) & balanced & ~refused)


def _unit_expression() -> pl.Expr:
    return pl.coalesce("money", "known", "word")


def wrapped_number(cells: pl.Series) -> str | None:
    """An example of a column's cells, where nearly all are a number with decimals and more.

    Whole numbers with letters name things ("12A"); those with decimals were measured.
    """
    head = cells.drop_nulls().head(_LOOKED_AT)
    fitting = head.filter(head.str.contains(_WRAPPED))
    return fitting[0] if len(fitting) and len(fitting) >= 0.8 * len(head) else None
