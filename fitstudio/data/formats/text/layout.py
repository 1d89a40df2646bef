"""How a text file is laid out as a table: separator, quotes, names, numbers.

`TextFormat` is what a reader needs to know; `find_format` finds out what a person did not say.
What was found is shown as guesses, with reasons, and each can be overruled in ``data.options``.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from fitstudio.data.formats.text import fixed_width
from fitstudio.data.formats.text.options import refuse_same_marks
from fitstudio.data.formats.text.quotes import find_quote, parted_by_tabs, tightened_line
from fitstudio.data.formats.text.values.cell_units import core_of
from fitstudio.data.formats.text.values.numbers import (
    FORMATS,
    MISSING_EVERYWHERE,
    MISSING_IN_NUMBERS,
    NumberFormat,
    common_format,
)
from fitstudio.words import marked, say

SEPARATORS = {
    "\t": marked("Tab-separated"),
    ";": marked("Semicolon-separated"),
    ",": marked("Comma-separated"),
    "|": marked("Bar-separated"),
    " ": marked("Space-separated"),
}
ONE_COLUMN = ""  # no separator at all
_SAMPLE_LINES = 400
_SAMPLE_BYTES = 8 << 20
_JUDGED_LINES = 80
_JUDGED_FIELDS = 2_000
_LONGEST_CELL_LINES = 30
_SEVERAL_NUMBERS = re.compile(r"[-+\d.,;|\s'eE]*\d[,;|\s][-+\d.,;|\s'eE]*")


@dataclass(frozen=True, kw_only=True)
class TextFormat:
    """Everything that a reader has to know about a text file.

    Args:
        encoding: As Python names it.
        separator: One character; " " means any run of spaces and tabs, "" a single column.
        quote: The character around cells that hold the separator, or "".
        numbers: How numbers are written.
        header_line: The line with the names, counted from 1; 0 if there is none.
        units_line: The line with the units, or 0.
        first_line: The first line with data.
        comment: What a line that is no data starts with, or "".
        names_commented: Whether the line with the names starts like a comment, as numpy writes it.
        missing: Cells that stand for a missing value in any column.
        missing_numbers: The same in columns of numbers only.
        marked: What a number with a mark such as "5*" is: "number", or "missing".
        ragged: What to do with lines that have too many fields: "" to refuse them, "skip", "cut".
        short: What to do with lines that have too few: "" to take the rest for missing, "skip".
        repeated_names: What to do with lines that hold the names again: "skip", "keep".
        other_lines: The same for other lines below that are no samples, such as means and notes.
        dates: Order of day, month and year where a date does not tell: "dmy" or "mdy".
        row_names: Whether each line starts with a name that has no header, as R writes it.
        column_starts: In text of fixed width, the character that each column starts with, from 1.
    """

    encoding: str = "utf-8"
    separator: str = ","
    quote: str = '"'
    numbers: NumberFormat = FORMATS[0]
    header_line: int = 1
    units_line: int = 0
    first_line: int = 2
    comment: str = ""
    names_commented: bool = False
    missing: tuple[str, ...] = MISSING_EVERYWHERE
    missing_numbers: tuple[str, ...] = MISSING_IN_NUMBERS
    marked: str = "number"
    ragged: str = ""
    short: str = ""
    repeated_names: str = "skip"
    other_lines: str = "skip"
    dates: str = "dmy"
    row_names: bool = False
    column_starts: tuple[int, ...] = ()

    def split(self, line: str) -> list[str]:
        """The cells of one line."""
        if self.column_starts:
            return [cell.strip() for cell in split_at(line, self.column_starts)]
        return split_line(line, self.separator, self.quote)


@dataclass
class Reasons:
    """Why each option has its value, by the option's name; filled while looking."""

    sentence: dict[str, str] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)

    def add(self, name: str, sentence: str, *, sure: bool = True) -> None:
        """Keeps why an option has its value.

        Args:
            name: The option.
            sentence: The reason, for a person.
            sure: Whether the file leaves no doubt.
        """
        self.sentence[name] = sentence
        if not sure:
            self.unsure.add(name)


def find_format(
    lines: list[str], encoding: str, options: Mapping[str, Any]
) -> tuple[TextFormat, Reasons]:
    """The layout of a text file, but for its names: those `header` finds.

    Args:
        lines: The first lines of the file.
        encoding: What it is encoded in.
        options: What a person has said; these are not looked for.
    """
    refuse_same_marks(options)
    reasons = Reasons()
    quote = str(options["quote"]) if "quote" in options else find_quote(lines)
    comment = _find_comment(lines, options, reasons)
    bare = [line for line in lines if not (comment and line.lstrip().startswith(comment))]
    starts = tuple(options.get("column_starts", ()))
    if not starts and not {"separator", "column_starts"} & set(options):
        starts = fixed_width.find_starts(bare)
    if starts:
        separator = ONE_COLUMN
        reasons.add(
            "column_starts",
            say("Every line has its {starts} cells in the same places.", starts=len(starts)),
        )
    else:
        separator = _find_separator(bare, quote, options, reasons)
    layout = TextFormat(
        encoding=encoding,
        separator=separator,
        quote=quote,
        comment=comment,
        missing=tuple(map(str, options.get("missing", MISSING_EVERYWHERE))),
        # A list that a person gave is the whole list.
        missing_numbers=tuple(
            map(
                str,
                options.get("missing_numbers", () if "missing" in options else MISSING_IN_NUMBERS),
            )
        ),
        marked=str(options.get("marked", "number")),
        ragged=str(options.get("ragged", "")),
        short=str(options.get("short", "")),
        repeated_names=str(options.get("repeated_names", "skip")),
        other_lines=str(options.get("other_lines", "skip")),
        column_starts=starts,
        dates=str(options.get("dates", "dmy")),
    )
    numbers = _find_numbers(bare, layout, options, reasons)
    return replace(layout, numbers=numbers), reasons


def sample_lines(text: bytes) -> list[str]:
    """The first lines, whole."""
    # At least the first line, however long it is.
    end = max(_SAMPLE_BYTES, text.find(b"\n") + 1) if b"\n" in text else len(text)
    head = text[:end]
    lines = head.decode("utf-8", "ignore").split("\n")
    if len(head) < len(text) and len(lines) > 1:
        lines.pop()  # cut in the middle
    return [line.rstrip("\r") for line in lines[:_SAMPLE_LINES]]


def join_quoted(lines: list[str], quote: str) -> list[str]:
    """The lines with those joined that a quoted cell spans; blank lines keep the numbers right."""
    joined: list[str] = []
    place = 0
    while place < len(lines):
        line, span = lines[place], 1
        while quote and line.count(quote) % 2 and span < _LONGEST_CELL_LINES:
            if place + span >= len(lines):
                break
            line, span = f"{line}\n{lines[place + span]}", span + 1
        if line.count(quote or "\0") % 2:
            line, span = lines[place], 1  # a quote that never ends
        joined += [line, *[""] * (span - 1)]
        place += span
    return joined


def split_line(line: str, separator: str, quote: str) -> list[str]:
    """The cells of a line, without spaces around them."""
    if separator == ONE_COLUMN:
        return [line.strip().strip(quote or None)]
    if separator == " ":
        line, separator = parted_by_tabs(line.encode(), quote).decode(), "\t"
    if not quote or quote not in line:
        return [cell.strip() for cell in line.split(separator)]
    if f"{quote} " in line:
        line = tightened_line(line, separator, quote)
    try:
        row = next(
            csv.reader(
                line.splitlines(keepends=True),
                delimiter=separator,
                quotechar=quote,
                skipinitialspace=True,
                strict=True,
            )
        )
    except (csv.Error, StopIteration):
        row = line.split(separator)  # the quote ends in another line, or nowhere
    return [cell.strip() for cell in row]


def split_at(line: str, starts: tuple[int, ...]) -> list[str]:
    """The pieces of a line of fixed width."""
    places = [start - 1 for start in starts]
    return [line[a:b] for a, b in itertools.pairwise([0, *places[1:], len(line) + places[-1]])]


def is_blank(line: str) -> bool:
    """Whether a line holds nothing but spaces and separators, as spreadsheets leave many."""
    return not line.strip(" \t\r,;|")


def _find_comment(lines: list[str], options: Mapping[str, Any], reasons: Reasons) -> str:
    if "comment" in options:
        return str(options["comment"])
    first = next((line.lstrip() for line in lines if not is_blank(line)), "")
    for mark in ("#", "%", "//"):
        if first.startswith(mark):
            count = sum(line.lstrip().startswith(mark) for line in lines)
            if count < sum(not is_blank(line) for line in lines):
                words = (
                    say("one line starts")
                    if count == 1
                    else say("{count} lines start", count=count)
                )
                reasons.add(
                    "comment",
                    say("At the top, {words} with “{mark}”: no data.", words=words, mark=mark),
                )
                return mark
    return ""


def _find_separator(
    lines: list[str], quote: str, options: Mapping[str, Any], reasons: Reasons
) -> str:
    """The separator that parts the lines most evenly into cells that make sense."""
    if "separator" in options:
        return str(options["separator"])
    judged = [line for line in lines if not is_blank(line)]
    # The end of the sample is data; its start may be a preamble.
    judged = judged[-max(_JUDGED_LINES, len(judged) // 2) :][-2 * _JUDGED_LINES :]
    best, best_score, best_fields, best_evenness = ONE_COLUMN, 0.0, 1, 1.0
    tabbed = sum("\t" in line for line in judged) > 0.5 * len(judged)
    for separator in SEPARATORS:
        if not any(separator in line for line in judged) or (separator == " " and tabbed):
            continue
        score, fields, evenness = _score(judged, separator, quote)
        if score > best_score + 1e-9:
            best, best_score, best_fields, best_evenness = separator, score, fields, evenness
    if best == ONE_COLUMN:
        parted = sum(any(separator in line for separator in SEPARATORS) for line in judged)
        sure = parted <= 0.03 * len(judged) + 1  # a title or a note is no doubt
        reasons.add("separator", say("No separator parts the lines evenly: one column."), sure=sure)
    else:
        reasons.add(
            "separator",
            say("It parts nearly every line into {best_fields} fields.", best_fields=best_fields),
            # One line may be short of names.
            sure=best_evenness > 0.97 or (1 - best_evenness) * len(judged) < 1.5,
        )
    return best


def _score(lines: list[str], separator: str, quote: str) -> tuple[float, int, float]:
    """How well it parts the lines (above 0 will do), fields in a line, share of such lines."""
    rows = [split_line(line, separator, quote) for line in lines]
    # A separator at the end of some lines adds an empty cell that says nothing.
    ended = [row[:-1] if len(row) > 1 and not row[-1] else row for row in rows]
    most, most_ended = (Counter(map(len, each)).most_common(1)[0][1] for each in (rows, ended))
    rows = ended if most_ended > most else rows
    counts = Counter(len(row) for row in rows)
    fields, even = counts.most_common(1)[0]
    if fields < 2:
        return 0.0, 1, 0.0
    cells = [cell for row in rows if len(row) == fields for cell in row if cell][:_JUDGED_FIELDS]
    with_digits = [core_of(cell) for cell in cells if any(map(str.isdigit, cell))]
    candidates = tuple(form for form in FORMATS if separator not in (form.decimal, form.thousands))
    quoted = quote and any(quote in line for line in lines)
    if quoted or not candidates:
        candidates = FORMATS
    numbers, _ = common_format(with_digits, candidates)
    readable = sum(map(numbers.matches, with_digits)) / max(1, len(cells))
    evenness = even / len(rows)
    # A wrong separator leaves pieces such as "5 2" that no column of numbers holds.
    spoilt = sum(1 for cell in with_digits if _looks_cut(cell, numbers)) / max(1, len(cells))
    if separator == " " and readable < 0.3:
        return 0.0, 1, 0.0  # words of a sentence, or first and last names
    preferred = 0.05 if separator != " " else 0.0
    left = 0.3 if _parts_evenly_still(lines, separator) else 0.0
    return evenness + 0.5 * readable - spoilt - left + preferred - 0.75, fields, evenness


def _parts_evenly_still(lines: list[str], separator: str) -> bool:
    """Whether a mark that hardly stands in words or numbers would part the lines as well."""
    for mark in "\t;|":
        if mark != separator and not (separator == " " and mark == "\t"):
            # Behind numbers with spaces between them, a mark at the end parts nothing.
            kept = [line.strip().strip(mark) for line in lines] if separator == " " else lines
            counts = Counter(line.count(mark) for line in kept if mark in line)
            # Lines without it may be a preamble.
            most = max(counts.values(), default=0)
            if most > 0.9 * counts.total() and counts.total() > 0.5 * len(lines):
                return True
    return False


def _looks_cut(cell: str, numbers: NumberFormat) -> bool:
    """Whether the cell holds several numbers; a date such as 2026-01-02 is whole."""
    return bool(_SEVERAL_NUMBERS.fullmatch(cell)) and not numbers.matches(cell)


def _find_numbers(
    lines: list[str], layout: TextFormat, options: Mapping[str, Any], reasons: Reasons
) -> NumberFormat:
    if "decimal" in options and "thousands" in options:
        return NumberFormat(str(options["decimal"]), str(options["thousands"]))
    # From the end, as far as is needed: a line may have thousands of cells.
    backwards = (
        core_of(cell)
        for line in reversed(lines[-2 * _JUDGED_LINES :])
        for cell in reversed(layout.split(line))
        if any(map(str.isdigit, cell))
    )
    cells = list(islice(backwards, 2 * _JUDGED_FIELDS))[::-1]
    # What a person said of one mark leaves the other to be found.
    candidates = tuple(
        form
        for form in FORMATS
        if form.decimal == options.get("decimal", form.decimal)
        and form.thousands == options.get("thousands", form.thousands)
    )
    numbers, sure = common_format(cells, candidates or FORMATS)
    asked = "decimal" in options
    if (
        not sure
        and not asked
        and layout.separator in (",", ONE_COLUMN)
        and numbers == NumberFormat(",", "")
    ):
        # Quoted because of the comma, three digits after it, and commas part the fields: grouping.
        numbers = NumberFormat(".", ",")
    marks = (numbers.decimal, numbers.thousands or numbers.decimal)
    fitting = [cell for cell in cells if numbers.matches(cell)]
    example = next(
        (cell for mark in marks for cell in fitting if mark in cell), fitting[0] if fitting else ""
    )
    if not sure and example:
        reasons.add(
            "decimal",
            say("Numbers such as {example} can be read in two ways.", example=example),
            sure=False,
        )
    elif any(mark in example for mark in marks):
        reasons.add("decimal", say("Numbers look like {example}.", example=example))
    else:
        reasons.add("decimal", say("No number here has decimals."))
    return numbers
