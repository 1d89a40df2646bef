"""What is known about a data file: its columns, how it was read, and what was found in it.

A reader process makes a `DatasetSummary`; the window, the checks and the command line work on it
and never on the file itself. It is plain data and crosses processes as JSON.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from fitstudio.declared.kinds.param import Finding
from fitstudio.declared.parameters.sources import joined_name, parted_name
from fitstudio.declared.task.parts_report import PartsReport
from fitstudio.storage.checked import Plain

# Of one sample: the rows are left out, channels stand last.
Shape = tuple[int, ...]

NUMBER = "number"
CATEGORY = "category"
TEXT = "text"
ID = "id"
CONSTANT = "constant"
ARRAY = "array"

# A column with a larger part of its values missing is no input unless somebody wants it.
_MUCH_MISSING = 0.3
# Training holds numbers in single precision: what is larger is no better than a gap.
_LARGEST_NUMBER = 3.4028234663852886e38
# How one column can tell another: in both directions, or only the first tells the second.
_BOTH_WAYS = frozenset({"same", "proportional", "one-to-one", "rank"})


@dataclass(frozen=True)
class Guess(Plain):
    """One thing about a file that was found out by looking, and that a person can overrule.

    Args:
        name: The option, as it stands in ``data.options``: "separator", "encoding" and so on.
        value: What was found, as the option takes it.
        sentence: Why, for a person.
        label: Two or three words for a chip: "Comma-separated".
        given: Whether the person said so; then it is no guess at all.
        sure: False where a look at the preview is worth it.
        choices: What else it could be in this file, the value among them; empty where that does
            not hang on the file.
    """

    name: str
    value: Any
    sentence: str
    label: str = ""
    given: bool = False
    sure: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ColumnSummary(Plain):
    """One named column: a column of a table, or one array with a row for each sample.

    Args:
        name: Unique within the dataset.
        type: "number", "category", "text", "id" (all different), "constant" or "array".
        dtype: How the values are stored: "float64", "int32", "str" and so on.
        shape: Shape of one sample; ``()`` for a single value.
        count: Values that are there.
        missing: Values that are not.
        distinct: Different values; None where they were not counted.
        minimum: Smallest number; None where there is none. Likewise the others.
        classes: Each class with its count, in the order of the class indices; empty where the
            column has too many different values to be classes.
        histogram: Counts in equal bins from `minimum` to `maximum`.
        sorted_runs: Whether equal values stand together, so that the last rows are not like the
            first.
        unit: The unit, where the name gives it: "mm" in ``bill_length_mm``.
        unparsed: Cells that should be numbers and are not; they count as missing.
        infinite: Values beyond what a number can hold, such as 1e999.
        integer: Whether all numbers are whole.
        title: The header as it stands in the file, where `name` had to be changed.
        runs: Where `sorted_runs`: each run of equal values with its length, in the file's order.
        dates: Whether the cells are dates, taken for numbers or not.
        order: "rising" or "falling" where the values go one way from row to row, else empty.
        likeness: How alike neighbouring rows are, from 0 (as by chance) to 1; None where that was
            not worked out.
        repeats: Whether the values name things that have several rows each, such as patients.
        class_blocks: For each class its rows in equal parts of the file, in the file's order;
            empty where there are no classes or too many.
        class_starts: For each class its first row in the file, counted from 0; likewise.
    """

    name: str
    type: str
    dtype: str = ""
    shape: tuple[int, ...] = ()
    count: int = 0
    missing: int = 0
    distinct: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    std: float | None = None
    classes: tuple[tuple[str, int], ...] = ()
    histogram: tuple[int, ...] = ()
    sorted_runs: bool = False
    unit: str | None = None
    unparsed: int = 0
    infinite: int = 0
    integer: bool = False
    title: str | None = None
    runs: tuple[tuple[str, int], ...] = ()
    dates: bool = False
    order: str = ""
    likeness: float | None = None
    repeats: bool = False
    class_blocks: tuple[tuple[int, ...], ...] = ()
    class_starts: tuple[int, ...] = ()

    @property
    def has_gaps(self) -> bool:
        """Whether some rows hold nothing here that training could use."""
        low, high = self.minimum or 0.0, self.maximum or 0.0
        return bool(self.missing or self.infinite or max(-low, high) > _LARGEST_NUMBER)

    @property
    def mostly_missing(self) -> bool:
        """Whether so much is missing that the column would take too many rows with it."""
        return self.missing > _MUCH_MISSING * (self.count + self.missing)

    @property
    def numeric(self) -> bool:
        """Whether the values are numbers that a network can take as they are."""
        return bool(self.dtype) and self.dtype not in ("str", "object")


@dataclass(frozen=True, kw_only=True)
class SourceSummary(Plain):
    """One of several files that make a dataset together.

    Args:
        name: What it is called; its columns are called `name/column`.
        file: Its path, as the project has it.
        kind: The name of its format.
        rows: Its rows.
        bytes: Its size.
        columns: The names of its columns, without the source's name.
        options: What its options were, completed by the guesses.
        guesses: How it was understood.
        fingerprint: By which a changed file is noticed.
        by: The column that its rows are found by; None where they go row by row.
        to: The column of the first source that says the same.
        unmatched: How many rows of the first source find no row here.
        unused: How many rows here belong to no row of the first source.
    """

    name: str
    file: str
    kind: str
    rows: int
    bytes: int = 0
    columns: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    guesses: tuple[Guess, ...] = ()
    fingerprint: Mapping[str, Any] = field(default_factory=dict)
    by: str | None = None
    to: str | None = None
    unmatched: int = 0
    unused: int = 0


@dataclass(frozen=True, kw_only=True)
class DatasetSummary(Plain):
    """A data file as a set of named columns with one number of rows.

    Args:
        file: As ``data.file`` has it.
        kind: The name of its format, such as "table".
        rows: Samples in the file.
        bytes: Size of the file.
        columns: In the order of the file.
        options: What ``data.options`` was, completed by the guesses: reads the same again.
        guesses: How the file was understood, each with its reason.
        findings: What to look at before training, the ones that matter most first.
        fingerprint: size, mtime_ns and sha256, by which a changed file is noticed.
        complete_rows: Rows without a missing value in any column that could be used; None where
            that was not counted.
        sampled_rows: Rows that the statistics were made from, where the file is too large to
            look at all; else None.
        missing_patterns: Which columns have gaps together, with the number of such rows; empty
            where there are no gaps, None where there are too many ways to list.
        sources: The files, where there are several; of one file, all the rest tells.
        twins: Pairs of columns of which one tells the other: ("a", "b", "same" | "proportional" |
            "one-to-one" | "rank"), or of which the first tells the second: ("a", "b", "parts").
        only_with: Classes that stand only in rows where another column has some of its values:
            ("kind", "rare", "batch", ("2", "7")).
        parts: What was found in the parts of the rows under the settings of that moment; None
            where nobody looked.
    """

    file: str
    kind: str
    rows: int
    bytes: int = 0
    columns: tuple[ColumnSummary, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    guesses: tuple[Guess, ...] = ()
    findings: tuple[Finding, ...] = ()
    fingerprint: Mapping[str, Any] = field(default_factory=dict)
    complete_rows: int | None = None
    sampled_rows: int | None = None
    missing_patterns: tuple[tuple[tuple[str, ...], int], ...] | None = ()
    twins: tuple[tuple[str, str, str], ...] = ()
    only_with: tuple[tuple[str, str, str, tuple[str, ...]], ...] = ()
    sources: tuple[SourceSummary, ...] = ()
    parts: PartsReport | None = None

    @property
    def row_names(self) -> frozenset[str]:
        """The columns that say which rows of several files belong together."""
        return frozenset(
            name
            for source in self.sources
            if source.by is not None
            for name in (
                joined_name(source.name, source.by),
                joined_name(self.sources[0].name, source.to or source.by),
            )
        )

    def sources_with(self, columns: Collection[str]) -> tuple[str, ...]:
        """Of several files those that hold these columns, and the first where rows are found by it.

        Args:
            columns: As they are called here, with the names of their files.
        """
        wanted = {parted_name(name)[0] for name in columns}
        joined = any(each.by is not None for each in self.sources if each.name in wanted)
        if len(wanted) > 1 and joined:
            wanted.update(each.name for each in self.sources[:1])
        return tuple(each.name for each in self.sources if each.name in wanted)

    def column(self, name: str) -> ColumnSummary | None:
        """The column of this name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    def complete_rows_for(self, names: Collection[str]) -> int | None:
        """Rows in which none of these columns has a gap; None where that is not known."""
        if self.missing_patterns is None:
            return None
        wanted = set(names)
        gaps = sum(count for columns, count in self.missing_patterns if wanted & set(columns))
        return self.rows - gaps

    def telling(self, name: str) -> dict[str, str]:
        """The columns that tell this one all by themselves, each with how it does."""
        found = {first: how for first, second, how in self.twins if second == name}
        both = {b: how for a, b, how in self.twins if a == name and how in _BOTH_WAYS}
        return found | both

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns in their order."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True)
class Preview(Plain):
    """Some rows of a data file, as text.

    Args:
        columns: The names of the columns.
        rows: For each row its cells; None where a value is missing.
        row_numbers: Numbers of the rows, from 1, as a person counts them.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    row_numbers: tuple[int, ...]


@dataclass(frozen=True)
class TreeNode(Plain):
    """A group or an array in a file that holds several.

    Args:
        path: Where it is, without a leading slash; "" for the file itself.
        name: The last part of the path.
        kind: "group", "array" or "refused".
        shape: Of an array; the first number counts the rows.
        dtype: Type of the values.
        note: Why it cannot be used, or what else there is to say.
    """

    path: str
    name: str
    kind: str
    shape: tuple[int, ...] = ()
    dtype: str = ""
    note: str = ""
