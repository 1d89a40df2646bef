"""Several files as one dataset: each row of the first with the rows that belong to it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio.data import joining
from fitstudio.data.columns import relations
from fitstudio.data.columns.described import describe_array
from fitstudio.data.columns.gaps import array_gaps, usable_numbers
from fitstudio.data.columns.source import WHOLE, Source
from fitstudio.data.columns.statistics import ArrayLike, unit_of
from fitstudio.data.columns.values import TableColumn
from fitstudio.data.formats.arrays.columns import sample_shape
from fitstudio.data.formats.text.column_types import retyped, summarise
from fitstudio.data.joining import Join
from fitstudio.data.picked_array import NO_ROW, PickedArray
from fitstudio.data.several_findings import about_join, of_part
from fitstudio.declared.formats.registry import SEVERAL
from fitstudio.declared.kinds.param import Finding
from fitstudio.declared.parameters.sources import joined_name
from fitstudio.declared.task.dataset_summary import (
    ARRAY,
    ID,
    TEXT,
    ColumnSummary,
    DatasetSummary,
    SourceSummary,
)

# Cells of a preview that lie so far apart are fetched one by one.
_WIDEST_READ = 20


@dataclass(frozen=True, kw_only=True)
class Part:
    """One of the files.

    Args:
        name: What it is called among the sources.
        source: The opened file.
        by: The column that its rows are found by; None where they go row by row.
        to: The column of the first file that says the same.
        names: Its columns by the names that they have here, where these are not the file's own.
    """

    name: str
    source: Source
    by: str | None = None
    to: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> dict[str, str]:
        """Its columns as they are called in the dataset, each with its name in the file."""
        taken = set(self.names.values())
        own = {name: name for name in self.source.names if name not in taken}
        columns = {**own, **self.names}
        return {joined_name(self.name, shown): held for shown, held in columns.items()}

    @property
    def shown_to(self) -> str | None:
        """The column of the first file that says which row it is."""
        return None if self.by is None else self.to or self.by


class SeveralSources(Source):
    """Files whose rows belong together, as one set of columns called `source/column`.

    Args:
        parts: The files; the first gives the rows.

    Raises:
        DataError: If the rows of a file do not belong to those of the first as is said.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        first = parts[0].source
        super().__init__(first.path, _called([part.source.file for part in parts]), SEVERAL.name)
        self.parts = tuple(parts)
        self.rows = first.rows
        self._joins: dict[str, Join] = {}
        for part in parts[1:]:
            if part.by is None:
                joining.refuse_other_length(first, part.source, part.name)
            else:
                to = self._held_to(part)
                self._joins[part.name] = joining.join(first, part.source, to=to, by=part.by)
        self._places = {
            shown: (part, held) for part in self.parts for shown, held in part.shown.items()
        }
        self._columns: dict[tuple[str, str | None], TableColumn] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Every column as "source/column", in the order of the files."""
        return tuple(self._places)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file of every source."""
        return tuple(path for part in self.parts for path in part.source.paths)

    def join_of(self, part: Part) -> Join | None:
        """How a file's rows were found; None where they go row by row."""
        return self._joins.get(part.name)

    def rows_of(self, part: Part) -> np.ndarray | None:
        """For each row its row in a file, or `NO_ROW`; None where they are the same."""
        join = self.join_of(part)
        return None if join is None else join.rows

    @property
    def row_names(self) -> frozenset[str]:
        """The columns that only say which rows belong together: no inputs."""
        return frozenset(
            name
            for part in self.parts[1:]
            if part.by is not None
            for name in (
                *(shown for shown, held in part.shown.items() if held == part.by),
                joined_name(self.parts[0].name, str(part.shown_to)),
            )
        )

    def scalars(self, name: str, wanted: str | None = None) -> TableColumn:
        """A column in the rows of the first file; a gap where the other has no such row."""
        self.require([name])
        if (name, wanted) not in self._columns:
            part, held = self._places[name]
            column = part.source.scalars(held, wanted)
            rows = self.rows_of(part)
            column = replace(column, name=name) if rows is None else _picked(column, name, rows)
            self._columns[name, wanted] = column
        return self._columns[name, wanted]

    def array(self, name: str) -> ArrayLike:
        """An array brought into the rows of the first file, read when rows are asked for."""
        self.require([name])
        part, held = self._places[name]
        whole = part.source.whole
        array = whole if held == WHOLE and whole is not None else part.source.array(held)
        rows = self.rows_of(part)
        return array if rows is None else PickedArray(array, rows)

    def cells(self, name: str, start: int, stop: int) -> list[str | None]:
        """The texts of rows `start` to `stop`; None where the other file has no such row."""
        self.require([name])
        part, held = self._places[name]
        rows = self.rows_of(part)
        if rows is None:
            return part.source.cells(held, start, stop)
        wanted = rows[start:stop]
        there = wanted[wanted != NO_ROW]
        if not len(there):
            return [None] * len(wanted)
        low, high = int(there.min()), int(there.max()) + 1
        if high - low > _WIDEST_READ * len(wanted):
            found = {int(row): part.source.cells(held, row, row + 1)[0] for row in set(there)}
        else:
            found = dict(enumerate(part.source.cells(held, low, high), low))
        return [None if row == NO_ROW else found[int(row)] for row in wanted]

    def problems(self) -> tuple[Finding, ...]:
        """What speaks against each of the files, with its name."""
        return tuple(
            of_part(each, part.name) for part in self.parts for each in part.source.problems()
        )

    def remarks(self) -> tuple[Finding, ...]:
        """What was noticed in each of the files, with its name."""
        return tuple(
            of_part(each, part.name) for part in self.parts for each in part.source.remarks()
        )

    def refuse_problems(self) -> None:
        """Refuses the first file that cannot be used.

        Raises:
            DataError: If there is one.
        """
        for part in self.parts:
            part.source.refuse_problems()

    def close(self) -> None:
        """Lets go of every file."""
        for part in self.parts:
            part.source.close()

    def summary(self) -> DatasetSummary:
        """The files as one dataset: columns of all, rows of the first, complete rows over all."""
        summaries = [part.source.summary() for part in self.parts]
        columns = self.columns
        masks = {column.name: self._gaps(column) for column in columns if column.has_gaps}
        wanted = [name for name in masks if self.column(name).type not in (TEXT, ID)]
        complete = self.rows
        if wanted:
            complete = int((~np.logical_or.reduce([masks[name] for name in wanted])).sum())
        looked = [each.sampled_rows for each in summaries if each.sampled_rows is not None]
        return DatasetSummary(
            file=self.file,
            kind=self.kind,
            rows=self.rows,
            bytes=sum(each.bytes for each in summaries),
            columns=columns,
            findings=tuple(self._findings(summaries)),
            complete_rows=complete,
            sampled_rows=min(looked) if looked else None,
            missing_patterns=relations.patterns(masks),
            twins=relations.twins(self),
            sources=tuple(map(self._said, self.parts, summaries)),
        )

    def join_notes(self) -> list[str]:
        """Which rows found no partner, in sentences."""
        return [
            finding.sentence.replace("**", "")
            for part in self.parts[1:]
            if self.join_of(part) is not None
            for finding in self._about(part)
        ]

    def _about(self, part: Part) -> Iterator[Finding]:
        first = self.parts[0]
        yield from about_join(first.name, first.source, part.name, part.source, self.join_of(part))

    def _findings(self, summaries: Sequence[DatasetSummary]) -> Iterator[Finding]:
        for part in self.parts[1:]:
            yield from self._about(part)
        for part, summary in zip(self.parts, summaries, strict=True):
            yield from (of_part(each, part.name) for each in summary.findings)

    def _said(self, part: Part, summary: DatasetSummary) -> SourceSummary:
        join = self._joins.get(part.name)
        return SourceSummary(
            name=part.name,
            file=summary.file,
            kind=summary.kind,
            rows=summary.rows,
            bytes=summary.bytes,
            columns=summary.names,
            options=summary.options,
            guesses=summary.guesses,
            fingerprint=summary.fingerprint,
            by=part.by,
            to=part.shown_to,
            unmatched=join.unmatched_rows if join else 0,
            unused=join.unused_rows if join else 0,
        )

    def _describe(self, name: str) -> ColumnSummary:
        part, held = self._places[name]
        rows = self.rows_of(part)
        if held == WHOLE:
            array = self.array(name)
            return describe_array(name, array, sample_shape(array), None)[0]
        found = part.source.column(held)
        if rows is None:
            return replace(found, name=name)
        if found.type == ARRAY or found.shape:
            unit = found.unit or unit_of(held)
            return describe_array(name, self.array(name), found.shape, unit)[0]
        # What a column is called within its file may tell what it is.
        described = summarise(replace(self.scalars(name), name=held))
        return replace(described, name=name, dtype=found.dtype, unit=found.unit, title=found.title)

    def _gaps(self, column: ColumnSummary) -> np.ndarray:
        """Rows that hold no usable value, or not only such."""
        if column.shape:
            return array_gaps(self.array(column.name))
        found = self.scalars(column.name)
        return found.missing() if found.values is None else ~usable_numbers(found.values)

    def _held_to(self, part: Part) -> str:
        """The column of the first file, as it is called there, that says which row it is."""
        to = str(part.shown_to)
        return self.parts[0].shown.get(joined_name(self.parts[0].name, to), to)


def _picked(column: TableColumn, name: str, rows: np.ndarray) -> TableColumn:
    """A column in the order of another file's rows."""
    gaps = np.flatnonzero(rows == NO_ROW)
    safe = np.where(rows == NO_ROW, 0, rows)
    values: Any = None
    cells: Any = None
    if column.values is not None:
        values = column.values[safe].astype(np.float64)
        values[gaps] = np.nan
    if column.cells is not None:
        cells = column.cells.gather(safe)
        if len(gaps):
            cells = cells.scatter(gaps, None)
    strange = np.flatnonzero(np.isin(rows, column.unparsed))
    marked = np.flatnonzero(np.isin(rows, column.marked))
    picked = retyped(replace(column, values=values, cells=cells, unparsed=strange, marked=marked))
    return replace(picked, name=name)


def _called(files: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(files[:-1]), files[-1])))
