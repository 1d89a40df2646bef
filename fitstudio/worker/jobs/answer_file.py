"""How a table of answers is written: as text, in the manner of the file it answers, or a workbook.

A table with decimal commas gets its answers with decimal commas and its own separator, so that both
halves of a line are read alike.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol
from xml.sax.saxutils import escape

from fitstudio.data.formats.text.table import TableSource
from fitstudio.data.source import Source
from fitstudio.errors import UsageError
from fitstudio.storage import atomic
from fitstudio.words import say
from fitstudio.words.numbers import format_count

_WORKBOOK = ".xlsx"
_TABBED = (".tsv", ".tab")
_OTHERS = frozenset(
    {
        ".xls", ".xlsm", ".xlsb", ".ods", ".parquet", ".feather", ".arrow", ".npz", ".npy", ".h5",
        ".hdf5", ".nc", ".mat", ".json", ".zarr", ".sqlite", ".db", ".zip", ".gz", ".pdf",
    }
)  # fmt: skip
_MOST_ROWS = 1_048_575
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
    if output.suffix.lower() not in _OTHERS:
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
            "A workbook holds at most {most} rows below its names, and the file has {rows}.",
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
            with _Workbook(file, manner.decimal).sheet() as sheet:
                yield sheet
            return
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        yield csv.writer(text, delimiter=manner.separator, lineterminator="\n")
        text.flush()
        text.detach()


class _Workbook:
    """An Office Open XML workbook of one sheet, written line by line."""

    def __init__(self, file: IO[bytes], decimal: str) -> None:
        self._file, self._decimal = file, decimal
        self._stream: IO[bytes] | None = None
        self._row = 0

    @contextmanager
    def sheet(self) -> Iterator[_Workbook]:
        with zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in _PARTS.items():
                archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
            info = zipfile.ZipInfo("xl/worksheets/sheet1.xml")
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as self._stream:
                self._stream.write(_SHEET_START.encode())
                yield self
                self._stream.write(b"</sheetData></worksheet>")

    def writerow(self, row: Iterable[str | int], /) -> None:
        """Takes one line; what reads as a number is one."""
        assert self._stream is not None
        self._row += 1
        cells = "".join(map(self._cell, row))
        self._stream.write((_LINE % (self._row, cells)).encode())

    def _cell(self, value: str | int) -> str:
        text = str(value)
        if not text:
            return "<c/>"
        plain = text.replace(self._decimal, ".") if "." not in text else text
        if self._row > 1 and _NUMBER.fullmatch(plain):
            return f"<c><v>{plain}</v></c>"
        shown = escape(_NO_XML.sub("", text))
        return _TEXT_CELL % shown


def answer_cell(text: str, manner: Manner) -> str:
    """A number of the model as the table writes it."""
    return text if manner.decimal == "." else text.replace(".", manner.decimal)


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET_START = f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'
_LINE = '<row r="%d">%s</row>'
_TEXT_CELL = '<c t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>'
_PARTS = {
    "[Content_Types].xml": (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        f'ContentType="{_SHEET_TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="predictions" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
