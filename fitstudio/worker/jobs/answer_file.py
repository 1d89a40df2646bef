"""How a table of answers is written: as text, in the manner of the file it answers, or a workbook.

A table with decimal commas gets its answers with decimal commas and its own separator, so that both
halves of a line are read alike.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from fitstudio.data.formats.text.table import TableSource
from fitstudio.data.source import Source
from fitstudio.declared.formats.containers import ENDINGS
from fitstudio.declared.formats.registry import FORMATS
from fitstudio.declared.formats.text import TABLE
from fitstudio.errors import UsageError
from fitstudio.storage import atomic
from fitstudio.words import say
from fitstudio.words.numbers import format_count

_WORKBOOK = ".xlsx"
_TABBED = (".tsv", ".tab")
# Kinds of files that no reader is for, and that people may expect here.
_OTHERS = (".json", ".pdf")
# What the format holds.
_MOST_ROWS = 1_048_575
_LONGEST_TEXT = 32_767
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,17})?(?:e[-+]?\d{1,3})?")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Manner:
    """How cells are told apart and numbers written.

    Args:
        separator: Between the cells of a line.
        decimal: The decimal mark.
    """

    separator: str = ","
    decimal: str = "."


class Lines(Protocol):
    """What takes the lines of a table."""

    def writerow(self, row: Iterable[str | int], /) -> object:
        """Takes one line."""
        ...


def manner_of(source: Source, output: Path) -> Manner:
    """That of the file, where it is a text table; of two choices the output's ending decides."""
    # What a workbook was unpacked to is nobody's habit: its options say nothing of separators.
    options = source.options if isinstance(source, TableSource) else {}
    decimal, separator = str(options.get("decimal", ".")), str(options.get("separator", ","))
    if separator not in (";", "\t", "|"):
        separator = ";" if decimal == "," else ","
    if output.suffix.lower() in _TABBED:
        separator = "\t"
    return Manner(separator, decimal)


def refuse_ending(output: Path) -> None:
    """Refuses a name that promises another kind of file.

    Raises:
        UsageError: With the endings there are; nothing was written.
    """
    ending = output.suffix.lower()
    others = {*ENDINGS, *_OTHERS}
    for each in FORMATS.values():
        others |= {*each.endings, *each.folder_endings} if each is not TABLE else set()
    if ending == _WORKBOOK or ending not in others:
        return
    raise UsageError(
        say(
            "Predictions are written as a text table or a workbook, and {name} promises another "
            "kind of file.",
            name=repr(output.name),
        ),
        code="predict.output-kind",
        remedy=say("Choose a name that ends in .csv, .tsv or .xlsx."),
        safe=say("Nothing was written."),
    )


def refuse_too_many(output: Path, rows: int) -> None:
    """Refuses more rows than a workbook holds.

    Raises:
        UsageError: With the way out; nothing was written.
    """
    if output.suffix.lower() != _WORKBOOK or rows <= _MOST_ROWS:
        return
    raise UsageError(
        say(
            "The file is longer ({rows}) than what a workbook holds below its names, at most "
            "{most}.",
            most=format_count(_MOST_ROWS),
            rows=format_count(rows),
        ),
        code="predict.output-rows",
        remedy=say("Choose a name that ends in .csv."),
        safe=say("Nothing was written."),
    )


@contextmanager
def writing(output: Path, manner: Manner) -> Iterator[Lines]:
    """Gives what takes the lines; the file appears when the block ends, whole or not at all."""
    with atomic.writing(output) as file:
        if output.suffix.lower() == _WORKBOOK:
            sheet = _Sheet(file, manner.decimal)
            yield sheet
            sheet.close()
            return
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        yield csv.writer(text, delimiter=manner.separator, lineterminator="\n")
        text.flush()
        text.detach()


class _Sheet:
    """A workbook of one sheet, which keeps no more than a line in memory."""

    def __init__(self, file: IO[bytes], decimal: str) -> None:
        # A few dozen files of Python: only who writes a workbook loads them.
        import xlsxwriter

        self._book = xlsxwriter.Workbook(file, {"constant_memory": True})
        self._sheet = self._book.add_worksheet("predictions")
        self._decimal = decimal
        self._row = 0

    def writerow(self, row: Iterable[str | int], /) -> None:
        """Takes one line; what reads as a number is one, and nothing is a formula or a link."""
        for place, value in enumerate(row):
            text = str(value)
            plain = text.replace(self._decimal, ".") if "." not in text else text
            if self._row and _NUMBER.fullmatch(plain):
                self._sheet.write_number(self._row, place, float(plain))
            elif text:
                self._sheet.write_string(self._row, place, _NO_XML.sub("", text)[:_LONGEST_TEXT])
        self._row += 1

    def close(self) -> None:
        """Puts the workbook together."""
        self._book.close()


def answer_cell(text: str, manner: Manner) -> str:
    """A number of the model as the table writes it."""
    return text if manner.decimal == "." else text.replace(".", manner.decimal)
