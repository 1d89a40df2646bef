"""Opens the tables of a folder as one: the rows of each below those of the last, with its name.

Each file is read for itself, so that what stands above and below its rows is left out as it is in a
single file. Columns are found by their names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from fitstudio.data.folder_files import FolderContent, FolderFile, folder_columns, look_into
from fitstudio.data.formats.reader import Asked
from fitstudio.data.formats.text.cells import Cells
from fitstudio.data.formats.text.column_types import override_types
from fitstudio.data.formats.text.layout import Reasons
from fitstudio.data.formats.text.lines.line_counts import Oddities
from fitstudio.data.formats.text.table import TableSource, open_table
from fitstudio.data.formats.text.values.numbers import NumberFormat
from fitstudio.data.several_findings import of_file
from fitstudio.declared.formats.text import TABLE
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.task.dataset_summary import CATEGORY, ID, TEXT, ColumnSummary
from fitstudio.errors import DataError
from fitstudio.words import say, say_count, sentences
from fitstudio.words.numbers import listed

# A file that has fewer of the usual columns than this is about something else.
_FEWEST_ALIKE = 0.5
_MOST_NAMED = 5
_MOST_TOLD = 12


@dataclass(frozen=True)
class _Opened:
    """One file of the folder, with its table."""

    file: FolderFile
    table: TableSource


def open_tables(asked: Asked) -> TableSource:
    """Opens a text table, or all tables of a folder as one.

    Raises:
        DataError: If there is none that can be read, or if they contradict each other.
    """
    return open_joined(asked) if asked.path.is_dir() else open_table(asked)


def open_joined(asked: Asked) -> JoinedTable:
    """Opens all tables of a folder as one.

    Raises:
        DataError: If none of them can be read, or if they contradict each other.
    """
    inside = look_into(asked.path, TABLE)
    parts, unreadable = _open_all(asked, inside.files if inside is not None else ())
    if inside is None or not parts:
        raise DataError(
            sentences(
                say("None of the tables in {file} can be read.", file=repr(asked.file)),
                unreadable[0][1] if unreadable else "",
            ),
            code="data.no-tables",
            remedy=say("Choose a folder that holds CSV, TSV or Excel files."),
        )
    parts, strangers = _alike(parts)
    _refuse_other_marks(parts, asked.options)
    _refuse_other_units(parts)
    joined = JoinedTable(asked, parts, inside, strangers, unreadable)
    if "decimal" not in asked.options and "thousands" not in asked.options:
        joined.reconsider_numbers(Reasons())
    if asked.options.get("copies") == "skip":
        joined.leave_out_copies()
    joined.conclude(Reasons(), asked.options, dict(asked.columns), 0)
    return joined


class JoinedTable(TableSource):
    """The tables of a folder as one.

    Args:
        asked: The folder, and how its files are read.
        parts: The files that have the same columns.
        inside: All files of the folder.
        strangers: Files that have other columns.
        unreadable: Files that cannot be read, each with the reason.
    """

    def __init__(
        self,
        asked: Asked,
        parts: Sequence[_Opened],
        inside: FolderContent,
        strangers: Sequence[str],
        unreadable: Sequence[tuple[str, str]],
    ) -> None:
        self.parts = tuple(parts)
        self._inside, self._strangers, self._not_read = inside, strangers, unreadable
        names = list(dict.fromkeys(name for part in parts for name in part.table.names))
        own = folder_columns([part.file for part in parts], names)
        self._file_column = next(reversed(own))
        first = parts[0].table
        series = [_column(name, parts) for name in names] + [
            _repeated(values, parts) for values in own.values()
        ]
        frame = pl.DataFrame({f"c{place}": each for place, each in enumerate(series)})
        cells = Cells(
            names=[*names, *own],
            units=_units(parts, names),
            frame=frame,
            lines=np.concatenate([part.table.lines for part in parts]),
            oddities=Oddities(),
        )
        size = sum(each.size for each in inside.files)
        numbers = _numbers_of(parts)
        layout = replace(first.layout, numbers=numbers)
        super().__init__(asked.path, asked.file, size, layout, cells, override_types(asked.columns))

    def line_of(self, row: int) -> str:
        """The line that a row stands in, with the name of its file."""
        return say(
            "{line} of {file}",
            line=super().line_of(row),
            file=self.text(self._file_column)[row],
        )

    def conclude(
        self, reasons: Reasons, options: Mapping[str, Any], columns: dict[str, Any], zeros: int
    ) -> None:
        """As of one table, with the guesses as the first of the files shows them."""
        super().conclude(reasons, options, columns, zeros)
        said = {guess.name: guess for guess in self.parts[0].table.guesses}
        # Where things stand, and why, was found out in each file for itself; the first is shown.
        self.guesses = tuple(
            replace(said.get(guess.name, guess), value=guess.value, label=guess.label)
            for guess in self.guesses
        )

    def problems(self) -> tuple[Finding, ...]:
        """What has to be decided, file by file."""
        return tuple(
            of_file(each, part.file.name) for part in self.parts for each in part.table.problems()
        )

    def remarks(self) -> tuple[Finding, ...]:
        """What is to be said of the files and of all their rows."""
        return tuple(self._findings())

    def _describe(self, name: str) -> ColumnSummary:
        found = super()._describe(name)
        if name != self._file_column or found.type not in (CATEGORY, TEXT, ID):
            return found
        # It says where a row comes from, and has several rows for each file.
        return replace(found, repeats=1 < (found.distinct or 0) < self.rows)

    def _findings(self) -> Iterator[Finding]:
        """What a person should know about the files together."""
        yield from self._inside.tell_others()
        if self._not_read:
            yield _advice(
                "data.files-unreadable",
                say_count(
                    len(self._not_read),
                    "**{number} file** cannot be read, and is left out: {names}. {why}",
                    "**{number} files** cannot be read, and are left out: {names}. {why}",
                    names=_listed([name for name, _ in self._not_read]),
                    why=self._not_read[0][1],
                ),
            )
        if self._strangers:
            yield _advice(
                "data.files-unlike",
                say_count(
                    len(self._strangers),
                    "**{number} file** has other columns than the others, and is left out: "
                    "{names}.",
                    "**{number} files** have other columns than the others, and are left out: "
                    "{names}.",
                    names=_listed(self._strangers),
                ),
            )
        yield from self._gaps_between()
        yield from self._of_files()

    def _gaps_between(self) -> Iterator[Finding]:
        """Columns that some files do not have."""
        for name in [name for name in self.names if name in self._known()][:_MOST_TOLD]:
            without = [part.file.name for part in self.parts if name not in part.table.names]
            if without:
                yield _advice(
                    "data.column-not-in-all",
                    say_count(
                        len(without),
                        "**{name}** is missing in {number} file: {names}. There it has no values.",
                        "**{name}** is missing in {number} files: {names}. There it has no values.",
                        name=name,
                        names=_listed(without),
                    ),
                )

    def _known(self) -> set[str]:
        return {name for part in self.parts for name in part.table.names}

    def _of_files(self) -> Iterator[Finding]:
        """What is to be said of single files: the same of many is said once."""
        first: dict[str, tuple[Finding, str]] = {}
        more: Counter[str] = Counter()
        for part in self.parts:
            for each in part.table.remarks():
                if each.code in first:
                    more[each.code] += 1
                else:
                    first[each.code] = (each, part.file.name)
        for code, (finding, name) in first.items():
            told = of_file(finding, name)
            if more[code]:
                told = replace(
                    told,
                    sentence=say_count(
                        more[code],
                        "{sentence} Likewise in {number} more file.",
                        "{sentence} Likewise in {number} more files.",
                        sentence=told.sentence,
                    ),
                )
            yield told


def _open_all(
    asked: Asked, files: Sequence[FolderFile]
) -> tuple[list[_Opened], list[tuple[str, str]]]:
    # Which rows are copies shows in all files together.
    options = {name: value for name, value in asked.options.items() if name != "copies"}
    parts: list[_Opened] = []
    unreadable: list[tuple[str, str]] = []
    for file in files:
        one = Asked(path=asked.path / file.name, file=file.name, options=options)
        try:
            if not file.size:
                raise DataError(say("{file} is empty.", file=repr(file.name)))
            parts.append(_Opened(file, open_table(one)))
        except (DataError, OSError) as problem:
            unreadable.append((file.name, str(getattr(problem, "message", problem))))
    return parts, unreadable


def _alike(parts: Sequence[_Opened]) -> tuple[list[_Opened], list[str]]:
    """The files with the columns that most of them have, and the names of the others."""
    sets = Counter(frozenset(part.table.names) for part in parts)
    usual = max(sets, key=lambda names: (sets[names], len(names)))
    kept: list[_Opened] = []
    strangers: list[str] = []
    for part in parts:
        shared = len(usual & set(part.table.names))
        if shared >= _FEWEST_ALIKE * len(usual):
            kept.append(part)
        else:
            strangers.append(part.file.name)
    return kept, strangers


def _numbers_of(parts: Sequence[_Opened]) -> NumberFormat:
    """How numbers are written: as in the files that show it."""
    shown = [part.table.layout.numbers for part in parts if _shows_marks(part.table)]
    shown = shown or [parts[0].table.layout.numbers]
    return next((numbers for numbers in shown if numbers.thousands), shown[0])


def _shows_marks(table: TableSource) -> bool:
    """Whether it shows how its numbers are written; whole numbers do not."""
    numbers = (name for name in table.names if table.scalars(name).values is not None)
    return any(table.scalars(name).dates is None and table.shows_marks(name) for name in numbers)


def _refuse_other_marks(parts: Sequence[_Opened], options: Mapping[str, Any]) -> None:
    """Refuses files whose numbers are written in different ways: one way misreads the other.

    Raises:
        DataError: Naming a file of each.
    """
    if "decimal" in options or "thousands" in options:
        return
    shown = [part for part in parts if _shows_marks(part.table)]
    for part in shown[1:]:
        first, other = shown[0].table.layout.numbers, part.table.layout.numbers
        if first.decimal != other.decimal:
            raise DataError(
                say(
                    "Numbers are written in different ways: {first} has {one}, {second} has "
                    "{other}.",
                    first=repr(shown[0].file.name),
                    one=first.say(),
                    second=repr(part.file.name),
                    other=other.say(),
                ),
                code="data.reading-differs",
                remedy=say(
                    "Write all files alike, or put those with other marks into another folder."
                ),
            )


def _refuse_other_units(parts: Sequence[_Opened]) -> None:
    """Refuses a column with different units in two files.

    Raises:
        DataError: Naming the column, both files and both units.
    """
    known: dict[str, tuple[str, str]] = {}
    for part in parts:
        for name, unit in part.table.unit_cells.items():
            if not unit:
                continue
            file, before = known.setdefault(name, (part.file.name, unit))
            if before != unit:
                raise DataError(
                    say(
                        "{name} is in {before} in {file}, and in {unit} in {other}.",
                        name=repr(name),
                        before=before,
                        file=repr(file),
                        unit=unit,
                        other=repr(part.file.name),
                    ),
                    code="data.units-differ",
                    remedy=say("Write all files in one unit, or choose those that are alike."),
                )


def _column(name: str, parts: Sequence[_Opened]) -> pl.Series:
    return pl.concat(
        [
            part.table.text(name).alias("text")
            if name in part.table.names
            else pl.Series("text", [None] * part.table.rows, dtype=pl.String)
            for part in parts
        ]
    )


def _repeated(values: Sequence[str], parts: Sequence[_Opened]) -> pl.Series:
    """A value for each file, once for each of its rows."""
    rows = [part.table.rows for part in parts]
    return pl.Series("text", np.repeat(np.array(values, object), rows), dtype=pl.String)


def _units(parts: Sequence[_Opened], names: Sequence[str]) -> list[str]:
    known: dict[str, str] = {}
    for part in parts:
        for name, unit in part.table.unit_cells.items():
            known.setdefault(name, unit)
    return [known.get(name, "") for name in names] if any(known.values()) else []


def _listed(names: Sequence[str]) -> str:
    return listed([repr(name) for name in names], most=_MOST_NAMED)


def _advice(code: str, sentence: str) -> Finding:
    return Finding(code, Severity.ADVICE, "data.file", sentence)
