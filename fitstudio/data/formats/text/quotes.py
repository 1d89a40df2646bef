"""Quotes with blanks beside them: inside a cell blanks belong to it, outside they part or fill.

People who write tables by hand, and some programs, put a blank behind each separator. A parser that
takes the quote of `1, "Miller, A"` for a part of the cell cuts the cell in two, and every value
behind it stands in the next column.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SINGLE = re.compile(r"(?:^|[,;\t|])[ ]*'[^']*'[ ]*(?=[,;\t|]|$)")
_MOSTLY = 0.6


def find_quote(lines: list[str]) -> str:
    """The character around cells: a single quote where it stands around cells and nowhere else."""
    filled = [line for line in lines if line.strip()]
    if any('"' in line for line in filled):
        return '"'
    quoting = [line for line in filled if _SINGLE.search(line)]
    if len(quoting) < 2 or len(quoting) < _MOSTLY * len(filled):
        return '"'
    return '"' if any("'" in _SINGLE.sub("", line) for line in filled) else "'"


def is_loose(body: bytes, separator: str, quote: str) -> bool:
    """Whether blanks stand between a quote and the separator, or the end of a line, beside it."""
    between, mark = re.escape(separator.encode()), re.escape(quote.encode())
    blanks = rb"[ \t]+" if separator != "\t" else b" +"
    beside = rb"(?:(?:^|%b)%b%b|%b%b(?:%b|\r?$))" % (between, blanks, mark, mark, blanks, between)
    return re.search(beside, body, re.MULTILINE) is not None


def tightened(body: bytes, separator: str, quote: str) -> bytes:
    """The text without the blanks around quoted cells; what is in the quotes stays as it is."""
    return _quoted_cell(separator, quote).sub(rb"\1\2", body)


def tightened_line(line: str, separator: str, quote: str) -> str:
    """The same for one line."""
    return tightened(line.encode(), separator, quote).decode()


def parted_by_tabs(line: bytes, quote: str) -> bytes:
    """A line that runs of blanks part into cells, with tabs instead; those in quotes stay."""
    if not quote or quote.encode() not in line:
        return b"\t".join(line.split())
    return b"\t".join(_blank_separated(quote).findall(line))


@lru_cache(maxsize=32)
def _quoted_cell(separator: str, quote: str) -> re.Pattern[bytes]:
    between, mark = re.escape(separator.encode()), re.escape(quote.encode())
    blanks = rb"[ \t]*" if separator != "\t" else b" *"
    inside = rb"%b(?:[^%b]|%b%b)*%b" % (mark, mark, mark, mark, mark)
    return re.compile(
        rb"(^|%b)%b(%b)%b(?=%b|\r?$)" % (between, blanks, inside, blanks, between), re.MULTILINE
    )


@lru_cache(maxsize=8)
def _blank_separated(quote: str) -> re.Pattern[bytes]:
    mark = re.escape(quote.encode())
    # A quote in the middle of a word, such as that of 5", is a letter like any other.
    return re.compile(rb"%b(?:[^%b]|%b%b)*%b(?!\S)|\S+" % (mark, mark, mark, mark, mark))
