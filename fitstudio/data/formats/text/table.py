"""Opens a text table (CSV, TSV and their many relatives) as a `Source`."""

from __future__ import annotations

import numpy as np

from fitstudio.data.columns import relations
from fitstudio.data.columns.class_pairs import only_with
from fitstudio.data.columns.gaps import usable_numbers
from fitstudio.data.formats.containers.unpack import unpack
from fitstudio.data.formats.containers.unpacked import Unpacked
from fitstudio.data.formats.reader import Asked
from fitstudio.data.formats.text import line_findings, table_findings
from fitstudio.data.formats.text.cells import as_lines, read_cells
from fitstudio.data.formats.text.column_types import override_types
from fitstudio.data.formats.text.encoding import EncodingGuess, find_encoding, to_utf8
from fitstudio.data.formats.text.header import place_names
from fitstudio.data.formats.text.layout import find_format, join_quoted, sample_lines
from fitstudio.data.formats.text.table_columns import TableColumns
from fitstudio.declared.kinds.param import Finding
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.errors import DataError
from fitstudio.words import say


def open_table(asked: Asked) -> TableSource:
    """Reads a text table: finds out its layout, then all of its cells.

    Raises:
        DataError: If it is no text, or holds no rows.
    """
    path, file = asked.path, asked.file
    unpacked = unpack(asked)
    data = unpacked.data
    options = {**asked.options, **unpacked.settled}
    if "encoding" in options:
        encoding = EncodingGuess(str(options["encoding"]), say("As you said."))
    else:
        encoding = find_encoding(data)
    size = path.stat().st_size
    text = as_lines(to_utf8(data, encoding.encoding, file=file))
    del data
    if not text.strip():
        raise DataError(
            say("{file} holds nothing but blanks.", file=repr(file)), code="data.empty-file"
        )
    zeros = text.count(0)
    if zeros:
        text = _without_zeros(text, zeros, file)
    lines = join_quoted(sample_lines(text), str(options.get("quote", '"')))
    layout, reasons = find_format(lines, encoding.encoding, options)
    layout = place_names(lines, layout, options, reasons)
    reasons.add("encoding", encoding.sentence, sure=encoding.sure)
    cells = read_cells(text, layout, file=file)
    source = TableSource(path, file, size, layout, cells, override_types(asked.columns))
    if "decimal" not in options and "thousands" not in options:
        source.reconsider_numbers(reasons)
    if options.get("copies") == "skip":
        source.leave_out_copies()
    source.conclude(reasons, asked.options, dict(asked.columns), zeros)
    source.was_packed(unpacked)
    return source


def _without_zeros(text: bytes, zeros: int, file: str) -> bytes:
    if zeros > 0.01 * len(text):
        raise DataError(
            say(
                "{file} is no text file: {zeros} of its {text} characters are zero.",
                file=repr(file),
                zeros=zeros,
                text=len(text),
            ),
            code="data.not-text",
            remedy=say("Choose a CSV or TSV file, or export one from the program that made this."),
        )
    return text.replace(b"\0", b"")


class TableSource(TableColumns):
    """A text table, with what a person should know about it."""

    def was_packed(self, unpacked: Unpacked) -> None:
        """Sets down which table of a packed file this is; what the packing settles is no guess."""
        kept = tuple(guess for guess in self.guesses if guess.name not in unpacked.settled)
        self.guesses = (*unpacked.guesses, *kept)
        for name in unpacked.settled:
            self.options.pop(name, None)
        self.options |= unpacked.options

    def problems(self) -> tuple[Finding, ...]:
        return line_findings.unclear_lines(self, self.given)

    def remarks(self) -> tuple[Finding, ...]:
        return tuple(line_findings.about_lines(self, self.given))

    def summary(self) -> DatasetSummary:
        columns = self.columns
        masks = {column.name: self._unusable(column.name) for column in columns if column.has_gaps}
        wanted = [name for name in masks if self.column(name).type not in ("text", "id")]
        complete = self.rows
        if wanted:
            complete = int((~np.logical_or.reduce([masks[name] for name in wanted])).sum())
        findings = table_findings.find(self, self.given, self.given_columns, self.zeros)
        return DatasetSummary(
            file=self.file,
            kind="table",
            rows=self.rows,
            bytes=self.size,
            columns=columns,
            options=self.options,
            guesses=self.guesses,
            findings=findings,
            fingerprint=self.fingerprint(),
            complete_rows=complete,
            missing_patterns=relations.patterns(masks),
            twins=relations.twins(self),
            only_with=only_with(self, columns),
        )

    def _unusable(self, name: str) -> np.ndarray:
        """Rows that hold no usable value."""
        column = self.scalars(name)
        return column.missing() if column.values is None else ~usable_numbers(column.values)
