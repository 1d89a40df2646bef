"""What every reader offers: named columns with one number of rows."""

from __future__ import annotations

import difflib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from fitstudio.data.columns.statistics import ArrayLike
from fitstudio.data.columns.values import TableColumn
from fitstudio.data.fingerprint import fingerprint
from fitstudio.declared.kinds.param import Finding
from fitstudio.declared.task.dataset_summary import CATEGORY, ColumnSummary, DatasetSummary, Guess
from fitstudio.errors import DataError
from fitstudio.words import say

# The name under which a file's one array is found where the file was split into columns.
WHOLE = "(the array itself)"


class Source(ABC):
    """Rows of a data file, by columns.

    Args:
        path: The file.
        file: Its name, as messages and the summary show it.
        kind: The name of its format, such as "table".
    """

    def __init__(self, path: Path, file: str, kind: str) -> None:
        self.path = path
        self.file = file
        self.kind = kind
        #: The file that holds the targets, where that is another one.
        self.targets_path: Path | None = None
        self.rows = 0
        self.guesses: tuple[Guess, ...] = ()
        self.options: dict[str, Any] = {}
        self._described: dict[str, ColumnSummary] = {}

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """The names of the columns in the order of the file."""

    def single_names(self) -> list[str]:
        """The names of the columns with a single value a row."""
        return [name for name in self.names if not self.column(name).shape]

    @property
    def columns(self) -> tuple[ColumnSummary, ...]:
        """All columns, described."""
        return tuple(self.column(name) for name in self.names)

    def column(self, name: str) -> ColumnSummary:
        """What is known about one column.

        Raises:
            DataError: If there is none of this name.
        """
        if name not in self._described:
            self.require([name])
            self._described[name] = self._describe(name)
        return self._described[name]

    @abstractmethod
    def summary(self) -> DatasetSummary:
        """Everything that is known about the file."""

    @abstractmethod
    def scalars(self, name: str, wanted: str | None = None) -> TableColumn:
        """A column of single values, taken for what it is or for what is wanted."""

    @abstractmethod
    def array(self, name: str) -> ArrayLike:
        """A column as it is stored; sliced, never read whole."""

    @abstractmethod
    def cells(self, name: str, start: int, stop: int) -> list[str | None]:
        """Values as a preview shows them; None where missing."""

    def read(
        self, names: Sequence[str], start: int = 0, stop: int | None = None
    ) -> dict[str, np.ndarray]:
        """Some rows of some columns: numbers with NaN for gaps, labels with None, or arrays."""
        self.require(names)
        rows = slice(start, self.rows if stop is None else stop)
        found: dict[str, np.ndarray] = {}
        for name in names:
            if self.column(name).shape:
                found[name] = np.asarray(self.array(name)[rows])
            else:
                column = self.scalars(name)
                words = column.values is None or column.type == CATEGORY
                values = column.labels() if words else column.numbers()
                found[name] = values[rows]
        return found

    def require(self, names: Sequence[str]) -> None:
        """Refuses names that the file does not have.

        Raises:
            DataError: Naming all that are missing, with names that are nearly the same.
        """
        there = self.names
        missing = [name for name in names if name not in there]
        if missing:
            raise missing_columns(missing, there, self.file)

    def problems(self) -> tuple[Finding, ...]:
        """What keeps the rows from being used until a person decides."""
        return ()

    def remarks(self) -> tuple[Finding, ...]:
        """What was done with lines that are not like the others."""
        return ()

    def refuse_problems(self) -> None:
        """Refuses to go on with a file that is not clear.

        Raises:
            DataError: With the first problem.
        """
        for problem in self.problems():
            raise DataError(
                f"{self.file!r}: {problem.sentence.replace('**', '')}",
                code=problem.code,
                remedy=say("{sentence}, or mend the file.", sentence=problem.fix.sentence)
                if problem.fix
                else None,
            )

    def file_names(self) -> Sequence[str] | None:
        """For each row the picture file that it is; None where rows are no files."""
        return None

    def fingerprint(self) -> dict[str, Any]:
        """By what a change of the file, or of the one with its targets, is noticed."""
        return fingerprint(self.path, self.targets_path)

    @property
    def row_names(self) -> frozenset[str]:
        """The columns that say which rows of several files belong together."""
        return frozenset()

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that the rows come from."""
        return (self.path,)

    @property
    def whole(self) -> ArrayLike | None:
        """Where one array was split into columns: that array."""
        return None

    def close(self) -> None:  # noqa: B027 - most sources hold nothing open
        """Lets go of the file."""

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @abstractmethod
    def _describe(self, name: str) -> ColumnSummary:
        """What is known about a column that is there."""


def missing_columns(missing: Sequence[str], there: Sequence[str], file: str) -> DataError:
    """The error for columns that a file should have and has not."""
    words = ", ".join(repr(name) for name in missing[:10])
    if len(missing) > 10:
        words = say("{words} and {missing} more", words=words, missing=len(missing) - 10)
    near = difflib.get_close_matches(missing[0], there, n=3)
    if near:
        remedy = say("Did you mean {near}?", near=" or ".join(map(repr, near)))
    else:
        remedy = say(
            "It has {there}{there_2}.",
            there=", ".join(map(repr, there[:12])),
            there_2=" …" if len(there) > 12 else "",
        )
    noun = "column" if len(missing) == 1 else "columns"
    return DataError(
        say("{file} has no {noun} {words}.", file=repr(file), noun=noun, words=words),
        code="data.missing-column",
        remedy=remedy,
    )
