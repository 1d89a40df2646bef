"""How numbers are written in a text file, and how to read them without guessing cell by cell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from fitstudio.words import say

# Always missing, in any column, unless the person lists the markers.
MISSING_EVERYWHERE = (
    "NA", "N/A", "n/a", "#N/A", "#NA", "NaN", "nan", "-nan", "-NaN", "NULL", "null", "Null", "<NA>",
    "<na>", "NAN", "?", "#VALUE!", "#DIV/0!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "(null)", "NaT",
)  # fmt: skip
# Missing where numbers are expected; in a column of words each of them could be a word.
MISSING_IN_NUMBERS = (
    "-", "--", "---", ".", "..", "...", "*", "**", "/", "n.d.", "n.d", "nd", "ND", "N.D.", "n.a.",
    "N.A.", "na", "none", "None", "NONE", "nil", "missing", "Missing", "unknown", "–",
    "—", "n.b.", "k.A.", "k. A.", "tbd", "TBD", "bad", "Bad", "error", "Error",
)  # fmt: skip

_WIDE_SPACES = "\u00a0\u2009\u202f"


@dataclass(frozen=True)
class NumberFormat:
    """The decimal mark and the mark between thousands.

    Args:
        decimal: "." or ",".
        thousands: "" for none, else ",", ".", " " or "'".
    """

    decimal: str = "."
    thousands: str = ""

    @property
    def plain(self) -> bool:
        """Whether numbers are written as programs write them."""
        return self.decimal == "." and not self.thousands

    @cached_property
    def pattern(self) -> str:
        """What a number looks like, for Python's and polars' regular expressions alike."""
        whole = r"\d+"
        if self.thousands:
            mark = re.escape(self.thousands)
            # No group stands after a zero: 0.250 is a quarter, never 250.
            whole = rf"(?:[1-9]\d{{0,2}}(?:{mark}\d{{3}})+|\d+)"
        decimal = re.escape(self.decimal)
        exponent = r"(?:[eEdD][+-]?\d+)?"
        return rf"^[+-]?(?:{whole}(?:{decimal}\d*)?|{decimal}\d+){exponent}$"

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.ASCII)

    def matches(self, cell: str) -> bool:
        """Whether the cell is a number in this format."""
        return self._compiled.match(_plain_signs(cell.strip())) is not None

    def read(self, cells: pl.Series) -> tuple[pl.Series, pl.Series]:
        """Turns text into numbers.

        Args:
            cells: Text; null where missing.

        Returns:
            The numbers (Float64, null where there is none), and where a cell holds text that is
            no number.
        """
        text = cells.str.strip_chars()
        if self.plain:
            values = text.cast(pl.Float64, strict=False)
            # polars knows "inf" and "NaN" as numbers. The first is one; the second is a hole.
            if values.is_nan().any():
                values = values.fill_nan(None)
            bad = values.is_null() & text.is_not_null()
            if not bad.any():
                return values, bad
        text = _plain_signs_in(text)
        fits = text.str.contains(self.pattern) | text.str.contains(r"^[+-]?(?i:inf|infinity)$")
        if self.thousands:
            text = text.str.replace_all(self.thousands, "", literal=True)
        if self.decimal != ".":
            text = text.str.replace_all(self.decimal, ".", literal=True)
        text = text.str.replace_all(r"[dD]", "e")
        numbers = text.cast(pl.Float64, strict=False).fill_nan(None)
        values = numbers.to_frame("n").with_columns(fits.alias("fits"))
        numbers = values.select(pl.when("fits").then("n").alias("n"))["n"]
        return numbers, cells.is_not_null() & ~fits.fill_null(False)

    def say(self) -> str:
        """The format in words, as a chip has it."""
        words = say("Decimal comma") if self.decimal == "," else say("Decimal point")
        marks = {",": "comma", ".": "point", " ": "space", "'": "apostrophe"}
        if self.thousands:
            words = say(
                "{words}, thousands with {marks}",
                words=words,
                marks=marks.get(self.thousands, self.thousands),
            )
        return words


# Plainest first: what reads as many cells with fewer marks wins.
FORMATS = (
    NumberFormat(".", ""),
    NumberFormat(",", ""),
    NumberFormat(".", ","),
    NumberFormat(",", "."),
    NumberFormat(".", " "),
    NumberFormat(",", " "),
    NumberFormat(".", "'"),
    NumberFormat(",", "'"),
)


def pure_numbers(
    frame: pl.DataFrame, numbers: NumberFormat, markers: tuple[str, ...]
) -> dict[str, pl.Series]:
    """The columns that hold nothing but numbers and empty cells, read all at once.

    Most columns of most tables are like that; one by one, thousands of them would take seconds.

    Args:
        frame: Columns of text.
        numbers: How numbers are written.
        markers: What stands for a missing value; -999 looks like a number and is none.
    """
    cells = pl.all()
    plain = cells.str.contains(numbers.pattern) & ~cells.str.contains(r"^0\d")
    lookalikes = [marker for marker in markers if numbers.matches(marker)]
    if lookalikes:
        plain &= ~cells.is_in(lookalikes)
    pure = frame.select(plain.fill_null(True).all() & cells.is_not_null().any()).row(0)
    chosen = frame.select(
        [name for name, is_pure in zip(frame.columns, pure, strict=True) if is_pure]
    )
    if not chosen.width:
        return {}
    if numbers.thousands:
        chosen = chosen.with_columns(cells.str.replace_all(numbers.thousands, "", literal=True))
    if numbers.decimal != ".":
        chosen = chosen.with_columns(cells.str.replace_all(numbers.decimal, ".", literal=True))
    chosen = chosen.select(cells.str.replace_all(r"[dD]", "e").cast(pl.Float64, strict=False))
    return {name: chosen.to_series(place) for place, name in enumerate(chosen.columns)}


def _plain_signs(text: str) -> str:
    """The text with typographic minus signs and wide spaces as a keyboard writes them."""
    if text.isascii():
        return text
    text = text.replace("\u2212", "-")
    for space in _WIDE_SPACES:
        text = text.replace(space, " ")
    return text.replace("\u2019", "'")


def _plain_signs_in(text: pl.Series) -> pl.Series:
    return text.str.replace_many(
        ["\u2212", *_WIDE_SPACES, "\u2019"], ["-", *" " * len(_WIDE_SPACES), "'"]
    )


def common_format(
    cells: list[str], candidates: tuple[NumberFormat, ...]
) -> tuple[NumberFormat, bool]:
    """The format that reads the most of these cells.

    Args:
        cells: Cells that hold a digit.
        candidates: The formats to choose from, plainest first.

    Returns:
        The format, and whether no other reads as many cells with other results.
    """
    best, best_count = candidates[0], -1
    counts = {}
    for candidate in candidates:
        counts[candidate] = sum(map(candidate.matches, cells))
        if counts[candidate] > best_count:
            best, best_count = candidate, counts[candidate]
    mark = best.decimal
    # The name of a file may hold the mark as well, and says nothing about numbers.
    shown = any(mark in cell for cell in cells if best.matches(cell))
    if best_count == 0 or best.thousands or not shown:
        return best, True
    rivals = [other for other in candidates if other.thousands == mark]
    ambiguous = any(counts[other] == best_count for other in rivals)
    return best, not ambiguous
