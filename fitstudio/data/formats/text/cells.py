"""Reads a text file into columns of text cells, and never loses a line unseen.

polars parses; this module checks. Each line is counted by a second, simpler reader, so that lines
with too many or too few fields are known by their number, and a parser that skips or joins lines
is found out.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from fitstudio.data.formats.text.layout import ONE_COLUMN, TextFormat, join_quoted, split_at
from fitstudio.data.formats.text.lines.line_counts import (
    NAMED,
    Oddities,
    leave_out,
    without_empty_ends,
)
from fitstudio.data.formats.text.lines.other_lines import find_other_lines
from fitstudio.data.formats.text.quotes import is_loose, parted_by_tabs, tightened
from fitstudio.errors import DataError
from fitstudio.words import say

_BLOCK_BYTES = 1 << 26
_MOST_COLUMNS = 20_000
_LONGEST_CELL = 1 << 24
_MOST_ABOVE = 100


@dataclass
class Cells:
    """The data of a text file as text.

    Args:
        names: The header's cells; empty if there is no header.
        units: The cells of the line with units; empty if there is none.
        frame: Columns c0, c1, … of text, null where a cell is empty.
        lines: For each row the line it starts at, or None if row i is line ``first + i``.
        first: The line of the first row.
        oddities: Lines that are not like the others.
    """

    names: list[str]
    units: list[str]
    frame: pl.DataFrame
    lines: np.ndarray
    oddities: Oddities


def read_cells(text: bytes, layout: TextFormat, *, file: str) -> Cells:
    """Reads all rows.

    Args:
        text: The file as UTF-8 with line feeds.
        layout: How it is laid out.
        file: Its name, for messages.

    Raises:
        DataError: If there are no rows, or the lines cannot be told apart.
    """
    names, units = _named_lines(text, layout)
    body, line_numbers = _body(text, layout)
    oddities = Oddities()
    if layout.column_starts:
        body = _as_tabs(body, layout.column_starts)
    elif layout.separator == " ":
        body = b"\n".join(parted_by_tabs(line, layout.quote) for line in body.split(b"\n"))
    separator = "\t" if layout.separator == " " or layout.column_starts else layout.separator
    if separator == ONE_COLUMN:
        separator = _unused_byte(body)
    quote = layout.quote if layout.quote and layout.quote.encode() in body else ""
    records = None
    if quote and is_loose(body, separator, quote):
        body = tightened(body, separator, quote)
    if quote:
        records, problem = _count_quoted(body, separator, quote)
        if problem is not None:
            oddities.quotes_given_up = _file_line(line_numbers, layout, problem)
            quote, records = "", None
    if records is None:
        records = _count_plain(body, separator)
    starts, fields = records
    filled = fields > 0
    if not filled.any():
        raise DataError(
            say("{file} holds no rows below the line with the names.", file=repr(file))
            if names
            else say("{file} holds no rows.", file=repr(file)),
            code="data.no-rows",
        )
    width = _width(fields[filled], names, layout)
    if width > _MOST_COLUMNS:
        raise DataError(
            say(
                "{file} has {width} columns; more than {most_columns} cannot be worked with.",
                file=repr(file),
                width=width,
                most_columns=_MOST_COLUMNS,
            ),
            code="data.too-many-columns",
            remedy=say("Is the separator right? Tables this wide are better kept as NPZ or HDF5."),
        )
    frame = _parse(body, separator, quote, max(width, int(fields.max())), fields)
    numbers = _file_lines(line_numbers, layout, starts)
    top = _top(text, layout)
    return _keep_good(names, units, frame, numbers, fields, width, layout, oddities, top)


def _as_tabs(body: bytes, starts: tuple[int, ...]) -> bytes:
    """Text of fixed width with tabs between its columns."""
    lines = body.decode("utf-8").replace("\t", " ").split("\n")
    cut = ("\t".join(cell.strip() for cell in split_at(line, starts)) for line in lines)
    return "\n".join(cut).encode()


def _top(text: bytes, layout: TextFormat) -> list[list[str]]:
    """The lines above the first sample, in cells: other files joined to this one have them too."""
    lines = text.split(b"\n", layout.first_line - 1)[: layout.first_line - 1][-_MOST_ABOVE:]
    return [layout.split(line.decode("utf-8").strip("\r")) for line in lines]


def _named_lines(text: bytes, layout: TextFormat) -> tuple[list[str], list[str]]:
    if not (layout.header_line or layout.units_line):
        return [], []
    lines = text.split(b"\n", layout.first_line - 1)[: layout.first_line - 1]
    names: list[str] = []
    units: list[str] = []
    if 0 < layout.header_line <= len(lines):
        # A quoted name may hold line ends.
        wanted = [each.decode("utf-8").strip("\r") for each in lines[layout.header_line - 1 :]]
        line = join_quoted(wanted, layout.quote)[0]
        if layout.names_commented:
            line = line.strip().removeprefix(layout.comment).strip()
        names = layout.split(line)
    if 0 < layout.units_line <= len(lines):
        units = layout.split(lines[layout.units_line - 1].decode("utf-8").strip("\r"))
    if layout.row_names:
        names, units = ["row", *names], ["", *units] if units else []
    return names, units


def _body(text: bytes, layout: TextFormat) -> tuple[bytes, np.ndarray | None]:
    """What follows the header; with it the line numbers, where lines were taken out."""
    start = 0
    for _ in range(layout.first_line - 1):
        end = text.find(b"\n", start)
        if end < 0:
            start = len(text)
            break
        start = end + 1
    body = text[start:] if start else text
    mark = layout.comment.encode()
    if not mark or mark not in body:
        return body, None
    lines = body.split(b"\n")
    kept = [i for i, line in enumerate(lines) if not line.lstrip().startswith(mark)]
    return b"\n".join(lines[i] for i in kept), np.asarray(kept)


def _file_lines(kept: np.ndarray | None, layout: TextFormat, starts: np.ndarray) -> np.ndarray:
    lines = starts if kept is None else kept[np.minimum(starts, len(kept) - 1)]
    return lines + layout.first_line


def _file_line(kept: np.ndarray | None, layout: TextFormat, start: int) -> int:
    return int(_file_lines(kept, layout, np.asarray([start]))[0])


def _unused_byte(body: bytes) -> str:
    return next(chr(code) for code in range(1, 32) if bytes([code]) not in body)


def _count_plain(body: bytes, separator: str) -> tuple[np.ndarray, np.ndarray]:
    """For each line its number (from 0) and its number of fields; 0 fields for a blank line."""
    wanted = ord(separator)
    counts: list[np.ndarray] = []
    start = 0
    while start < len(body):
        end = min(start + _BLOCK_BYTES, len(body))
        if end < len(body):
            cut = body.rfind(b"\n", start, end)
            # A line longer than a block: take all of it.
            end = cut + 1 if cut >= 0 else (body.find(b"\n", end) + 1 or len(body))
        counts.append(_count_block(np.frombuffer(body, np.uint8, end - start, start), wanted))
        start = end
    fields = np.concatenate(counts) if counts else np.zeros(0, np.int64)
    return np.arange(len(fields)), fields


def _count_block(block: np.ndarray, wanted: int) -> np.ndarray:
    ends = np.flatnonzero(block == 10)
    if not len(ends) or ends[-1] != len(block) - 1:
        ends = np.append(ends, len(block))
    starts = np.concatenate(([0], ends[:-1] + 1))
    parts = np.flatnonzero(block == wanted)
    fields = np.searchsorted(parts, ends) - np.searchsorted(parts, starts) + 1
    # A line of nothing but spaces and separators (spreadsheets leave many) is blank.
    inked = np.logical_or.reduceat((block > 32) & (block != wanted), starts)
    return np.where(inked, fields, 0)


def _count_quoted(
    body: bytes, separator: str, quote: str
) -> tuple[tuple[np.ndarray, np.ndarray] | None, int | None]:
    """The same where cells may be quoted; or the line with a quote that does not end."""
    csv.field_size_limit(_LONGEST_CELL)
    lines = io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", newline="")
    reader = csv.reader(lines, delimiter=separator, quotechar=quote, strict=True)
    starts: list[int] = []
    fields: list[int] = []
    line = 0
    try:
        for row in reader:
            starts.append(line)
            fields.append(len(row) if any(map(str.strip, row)) else 0)
            line = reader.line_num
    except csv.Error:
        return None, line
    return (np.asarray(starts, np.int64), np.asarray(fields, np.int64)), None


def _width(fields: np.ndarray, names: list[str], layout: TextFormat) -> int:
    """How many columns the table has: as the names say, or as most lines say."""
    values, counts = np.unique(fields, return_counts=True)
    usual = int(values[np.argmax(counts)])
    if not names:
        return usual
    # More fields than names in most lines: a separator at the end, or columns without a name.
    return max(len(names), usual)


def _parse(body: bytes, separator: str, quote: str, width: int, fields: np.ndarray) -> pl.DataFrame:
    """The cells as text; polars first, Python's own reader where they disagree on the lines."""
    expected = len(fields)
    # polars takes the number of columns from the first line; one that is too short gets help.
    helper = b"" if fields[0] == width else separator.join("0" * width).encode() + b"\n"
    try:
        frame = pl.read_csv(
            helper + body if helper else body,
            has_header=False,
            new_columns=[f"c{place}" for place in range(width)],
            separator=separator,
            quote_char=quote or None,
            infer_schema=False,
            truncate_ragged_lines=True,
        )[1 if helper else 0 :]
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return _parse_plainly(body, separator, quote, width)
    if frame.height < expected and not quote:
        # Blank lines at the very end are no rows to polars.
        missing = pl.DataFrame(
            {name: [None] * (expected - frame.height) for name in frame.columns},
            schema=frame.schema,
        )
        tail = body.rstrip(b"\r\n ")
        if body.count(b"\n", len(tail)) >= expected - frame.height:
            frame = pl.concat([frame, missing])
    if frame.height != expected:
        return _parse_plainly(body, separator, quote, width)
    return frame


def _parse_plainly(body: bytes, separator: str, quote: str, width: int) -> pl.DataFrame:
    lines = io.StringIO(body.decode("utf-8"), newline="")
    if quote:
        rows = list(csv.reader(lines, delimiter=separator, quotechar=quote))
    else:
        rows = [line.rstrip("\r\n").split(separator) for line in lines]
    columns = {
        f"c{place}": pl.Series(
            [row[place] if place < len(row) else None for row in rows], dtype=pl.String
        )
        for place in range(width)
    }
    return pl.DataFrame(columns)


def _keep_good(
    names: list[str],
    units: list[str],
    frame: pl.DataFrame,
    lines: np.ndarray,
    fields: np.ndarray,
    width: int,
    layout: TextFormat,
    oddities: Oddities,
    top: list[list[str]],
) -> Cells:
    """Takes out blank lines and lines that are no samples, and keeps count of them."""
    blank = fields == 0
    frame = _tidy(frame)
    names, width, fields = without_empty_ends(names, frame, fields, width, lines, oddities)
    found = find_other_lines(frame, fields, names, width, layout, top)
    left_out = leave_out(found, frame, fields, lines, layout, oddities)
    rest = ~(blank | left_out)
    if not rest.any():
        rest, left_out = ~blank, np.zeros(len(fields), bool)
    oddities.blank = int(blank[: int(np.flatnonzero(rest)[-1])].sum())
    too_long, too_short = (fields > width) & rest, (fields < width) & rest
    oddities.too_long_count = int(too_long.sum())
    oddities.too_short_count = int(too_short.sum())
    for mask, listed in ((too_long, oddities.too_long), (too_short, oddities.too_short)):
        for row in np.flatnonzero(mask)[:NAMED]:
            listed.append((int(lines[row]), int(fields[row])))
    keep = rest if layout.ragged == "cut" else rest & ~too_long
    if layout.short == "skip":
        keep = keep & ~too_short
    frame = frame.select(frame.columns[:width])
    if not keep.all():
        frame, lines = frame.filter(pl.Series(keep)), lines[keep]
    return Cells(names, units, frame, lines, oddities)


def _tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Without spaces around the cells; empty cells are null."""
    stripped = pl.all().str.strip_chars()
    return frame.with_columns(stripped.replace("", None))


def as_lines(data: bytes) -> bytes:
    """The text with line feeds, where an old Mac wrote carriage returns only."""
    if b"\r" in data and b"\n" not in data:
        return data.replace(b"\r", b"\n")
    return re.sub(rb"\r(?!\n)", b"\n", data) if _has_lone_returns(data) else data


def _has_lone_returns(data: bytes) -> bool:
    """Whether a carriage return ends lines on its own, in a file that has line feeds as well."""
    lone = data.count(b"\r") - data.count(b"\r\n")
    return lone > 0 and lone >= 0.2 * data.count(b"\n")
