"""Opens a text table (CSV, TSV and their many relatives) as a `Source`."""

from __future__ import annotations

from typing import Any

import numpy as np

from fitstudio.data.columns import relations
from fitstudio.data.columns.class_pairs import only_with
from fitstudio.data.columns.gaps import usable_numbers
from fitstudio.data.fingerprint import PICTURES
from fitstudio.data.formats.containers.unpack import unpack
from fitstudio.data.formats.containers.unpacked import Unpacked
from fitstudio.data.formats.pictures import unreadable
from fitstudio.data.formats.pictures.beside import Beside
from fitstudio.data.formats.pictures.naming import column_called, find_column, named_but_missing
from fitstudio.data.formats.reader import Asked
from fitstudio.data.formats.text.cells import as_lines, read_cells
from fitstudio.data.formats.text.column_types import override_types
from fitstudio.data.formats.text.encoding import EncodingGuess, find_encoding, to_utf8
from fitstudio.data.formats.text.findings import line_findings, table_findings
from fitstudio.data.formats.text.layout import find_format, join_quoted, sample_lines
from fitstudio.data.formats.text.lines.ruled import undrawn
from fitstudio.data.formats.text.names.header import place_names
from fitstudio.data.formats.text.table_columns import TableColumns
from fitstudio.declared.formats.listed_pictures import COLUMN, NO_COLUMN
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.errors import DataError
from fitstudio.words import say

# Whoever has more columns than this has spectra, not names of files, in the later ones.
_MOST_LOOKED_AT = 200
# Whole numbers name files only in one of the first columns.
_FIRST = 3


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
    text = undrawn(text)
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
    source.look_for_pictures()
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

    #: About a column that names pictures which are not there.
    _not_there: Finding | None = None

    def was_packed(self, unpacked: Unpacked) -> None:
        """Sets down which table of a packed file this is; what the packing settles is no guess."""
        kept = tuple(guess for guess in self.guesses if guess.name not in unpacked.settled)
        self.guesses = (*unpacked.guesses, *kept)
        for name in unpacked.settled:
            self.options.pop(name, None)
        self.options |= unpacked.options

    def look_for_pictures(self) -> None:
        """Finds the column whose cells name pictures beside the file, if there is one."""
        wanted = self.given.get(COLUMN)
        if wanted == NO_COLUMN:
            self.options[COLUMN] = NO_COLUMN
            return
        cells = {name: self.text(name) for name in self._may_name_files()}
        beside = Beside(self.path.parent)
        if wanted is not None:
            wanted = column_called(str(wanted), self.names, self.file)
            cells[wanted] = self.text(wanted)
        name, others = find_column(cells, beside, wanted)
        if name is None:
            self._not_there = named_but_missing(cells, beside)
            return
        from fitstudio.data.formats.pictures.listed import read_listed

        self.pictures = read_listed(
            name,
            cells[name],
            others,
            beside,
            folder=self.path.parent,
            file=self.file,
            options=self.given,
        )
        self._described.pop(name, None)
        self.guesses = (*self.guesses, *self.pictures.guesses)
        self.options |= self.pictures.options

    def _may_name_files(self) -> list[str]:
        """Columns of text that nobody took for anything, and the first of whole numbers."""
        free = [name for name in self.names[:_MOST_LOOKED_AT] if name not in self._types]
        words = [name for name in free if not self.is_pure(name)]
        return words + [name for name in free[:_FIRST] if name not in words]

    def fingerprint(self) -> dict[str, Any]:
        """That of the table, and of the pictures that a column names."""
        found = super().fingerprint()
        if self.pictures is None:
            return found
        return found | {PICTURES: self.pictures.fingerprint(self.path.parent)}

    def problems(self) -> tuple[Finding, ...]:
        """Lines with too many fields and rows without their picture, until a person has decided."""
        unclear = line_findings.unclear_lines(self, self.given)
        bad = self._without_pictures()
        return (*unclear, *(each for each in bad if each.severity is Severity.ERROR))

    def _without_pictures(self) -> tuple[Finding, ...]:
        """About rows whose picture is missing or cannot be read."""
        pictures = self.pictures
        if pictures is None:
            return ()
        lines = [(int(self.lines[row]), why) for row, why in pictures.bad]
        return unreadable.of_rows(lines, self.given, pictures.chosen)

    def _about_pictures(self) -> tuple[Finding, ...]:
        if self.pictures is None:
            return () if self._not_there is None else (self._not_there,)
        bad = self._without_pictures()
        advice = tuple(each for each in bad if each.severity is not Severity.ERROR)
        return (*advice, *self.pictures.findings)

    def remarks(self) -> tuple[Finding, ...]:
        """What was done with lines that are not like the others."""
        return tuple(line_findings.about_lines(self, self.given))

    def summary(self) -> DatasetSummary:
        """Everything that is known about the table, with what a person should know about it."""
        columns = self.columns
        masks = {column.name: self._unusable(column.name) for column in columns if column.has_gaps}
        wanted = [name for name in masks if self.column(name).type not in ("text", "id")]
        complete = self.rows
        if wanted:
            complete = int((~np.logical_or.reduce([masks[name] for name in wanted])).sum())
        findings = (
            *table_findings.find(self, self.given, self.given_columns, self.zeros),
            *self._about_pictures(),
        )
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
            sampled_rows=self._sampled_rows(),
            missing_patterns=relations.patterns(masks),
            twins=relations.twins(self),
            only_with=only_with(self, columns),
        )

    def _sampled_rows(self) -> int | None:
        """How many pictures say what all are like, where not all of them do."""
        looked, pictures = self.pictures_looked_at, self.pictures
        if pictures is None or looked is None or looked >= int((~pictures.gaps).sum()):
            return None
        return looked

    def _unusable(self, name: str) -> np.ndarray:
        """Rows that hold no usable value."""
        if self.pictures is not None and self.is_picture(name):
            return self.pictures.gaps
        column = self.scalars(name)
        return column.missing() if column.values is None else ~usable_numbers(column.values)
