"""Decides what a column of text cells is: numbers, categories, identifiers, plain text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from fitstudio.data.columns import identifiers, row_order, statistics
from fitstudio.data.columns.statistics import MOST_CLASSES
from fitstudio.data.columns.values import WORDS, TableColumn
from fitstudio.data.formats.text.layout import TextFormat
from fitstudio.data.formats.text.values.cell_units import bare_numbers
from fitstudio.data.formats.text.values.dates import TIME, date_form, days
from fitstudio.declared.task.dataset_summary import (
    CATEGORY,
    CONSTANT,
    ID,
    NUMBER,
    TEXT,
    ColumnSummary,
)

_FEW = 20  # so many different values are always few
_LONG_TEXT = 60


def type_of(
    name: str, cells: pl.Series, layout: TextFormat, wanted: str | None = None
) -> TableColumn:
    """What the column is.

    Args:
        name: Its name, which hints at identifiers.
        cells: Text; null where empty.
        layout: Says what numbers and gaps look like.
        wanted: "number" or "category" where a person has decided.
    """
    present = _without(cells, layout.missing)
    number_cells = _without(present, layout.missing_numbers)
    total = len(present) - present.null_count()
    values, bad = layout.numbers.read(number_cells)
    bare = None
    if bad.any() and wanted not in (CATEGORY, WORDS):
        bare = bare_numbers(number_cells, layout.numbers, wanted=wanted == NUMBER)
    if bare is not None and not bare.mixed:
        number_cells = bare.cells
        if layout.marked == "missing" and bare.marked.any():
            number_cells = _where_not(number_cells, bare.marked)
        values, bad = layout.numbers.read(number_cells)
    bad_count = int(bad.sum())
    good = len(values) - values.null_count()
    dates, ambiguous = (None, False) if good > bad_count else date_form(present)
    padded = _is_padded(present) if good else False
    column = TableColumn(
        name=name, type=TEXT, cells=present, values=None, unparsed=np.zeros(0, np.int64),
        padded=padded, dates=dates, ambiguous_dates=ambiguous,
    )  # fmt: skip
    if bare is not None:
        column.mixed_units = bare.mixed
    if bare is not None and not bare.mixed and not dates:
        column.cell_unit, column.unit = bare.unit, bare.unit or None
        column.errors, column.negative = int(bare.errors.sum()), bare.negative
        column.marked = np.flatnonzero(bare.marked.to_numpy())
    if wanted == NUMBER and dates:
        values, bad = days(present, dates, layout.dates, ambiguous=ambiguous)
        return _as_numbers(column, NUMBER, values, bad)
    if wanted == NUMBER:
        return _as_numbers(column, NUMBER, values, bad)
    # "<0.5" is a number that an instrument could not read off, not a word.
    strange = bad_count - int(number_cells.str.contains(r"^[<>≤≥]\s*\d").sum())
    mostly_numbers = good > 0 and strange <= max(1 if good >= 4 else 0, 0.1 * (good + bad_count))
    if wanted == WORDS:
        column.type = CATEGORY
        return column
    if wanted == CATEGORY:
        # Labels of numbers are written one way, however the file writes them.
        exact = not (_wide(values) and _long_digits(number_cells))
        if mostly_numbers and not bad_count and not padded and exact:
            return _as_numbers(column, CATEGORY, values, bad)
        column.type = CATEGORY
        return column
    if mostly_numbers and not padded:
        column.long_digits = _long_digits(number_cells) if _wide(values) else 0
        return _as_numbers(column, _number_type(name, _floats(values)), values, bad)
    column.type = TEXT if dates else _word_type(present, total)
    return column


def of_numbers(name: str, values: pl.Series, cells: pl.Series, wanted: str | None) -> TableColumn:
    """A column that is known to hold nothing but numbers and gaps."""
    column = TableColumn(
        name=name, type=NUMBER, cells=None, values=None, unparsed=np.zeros(0, np.int64)
    )
    column.values = _floats(values)
    with np.errstate(invalid="ignore"):
        if np.any(np.abs(column.values) >= 1e15):
            column.long_digits = _long_digits(cells)
    column.type = wanted or _number_type(name, column.values)
    return column


def retyped(column: TableColumn) -> TableColumn:
    """The column with what it is in the rows that it holds now, where that hangs on the rows.

    A name that stands in each row once is an identifier; in another order, and several times, it is
    not.
    """
    if column.type not in (ID, CONSTANT):
        return column
    if column.values is not None:
        return replace(column, type=_number_type(column.name, column.values))
    assert column.cells is not None
    total = len(column.cells) - column.cells.null_count()
    return replace(column, type=_word_type(column.cells, total))


def summarise(column: TableColumn) -> ColumnSummary:
    """The column's statistics."""
    common: dict[str, Any] = {"name": column.name, "title": column.title, "unit": column.unit}
    if column.values is None:
        return _summarise_words(column, common)
    values = column.values
    found = statistics.of_values(values)
    present = values[np.isfinite(values)]
    distinct, places = np.unique(present, return_inverse=True)
    classes: tuple[tuple[str, int], ...] = ()
    repeats = identifiers.repeats_numbers(column.name, values)
    few = len(distinct) <= (MOST_CLASSES if column.type == CATEGORY or repeats else 100)
    if few and (found.integer or column.type == CATEGORY):
        counts = np.bincount(places, minlength=len(distinct))
        classes = tuple(
            (statistics.number_label(value), int(count))
            for value, count in zip(distinct, counts, strict=True)
        )
    bins: tuple[int, ...] = ()
    if found.count:
        bins = tuple(statistics.histogram(present, found.minimum, found.maximum).tolist())
    fields: dict[str, Any] = found.as_fields() | {"unparsed": len(column.unparsed)}
    if column.type == CATEGORY:
        grouped = statistics.is_grouped(places, len(distinct))
    else:
        grouped = _is_monotone(present) or (
            bool(classes) and statistics.is_grouped(places, len(distinct))
        )
    runs = _runs(places, [label for label, _ in classes]) if grouped and classes else ()
    if classes:
        codes = np.full(len(values), -1, np.int64)
        codes[np.isfinite(values)] = places
        fields |= row_order.of_classes(codes, len(classes))
    return ColumnSummary(
        **common, **fields, type=column.type, dtype="float64", distinct=len(distinct),
        classes=classes, histogram=bins, sorted_runs=grouped, runs=runs,
        dates=column.dates not in (None, TIME), order=row_order.direction(values),
        likeness=row_order.likeness(values),
        repeats=repeats,
    )  # fmt: skip


def _summarise_words(column: TableColumn, common: dict) -> ColumnSummary:
    cells = column.cells
    assert cells is not None
    missing = cells.null_count()
    distinct = cells.drop_nulls().n_unique() if len(cells) > missing else 0
    classes: tuple[tuple[str, int], ...] = ()
    grouped, runs = False, ()
    more: dict[str, Any] = {}
    repeats = column.type in (CATEGORY, TEXT) and not column.dates
    repeats = repeats and identifiers.repeats_words(column.name, cells)
    # What has several rows each can mark rows to check on, and is listed as classes are.
    if 0 < distinct <= MOST_CLASSES and (repeats or column.type in (CATEGORY, CONSTANT)):
        counts = cells.drop_nulls().value_counts()
        by_label = dict(zip(counts[cells.name].to_list(), counts["count"].to_list(), strict=True))
        labels = statistics.sorted_labels(list(by_label))
        classes = tuple((label, by_label[label]) for label in labels)
        index = {label: place for place, label in enumerate(labels)}
        codes = cells.drop_nulls().replace_strict(index, return_dtype=pl.Int64).to_numpy()
        grouped = statistics.is_grouped(codes, distinct)
        runs = _runs(codes, labels) if grouped else ()
        everywhere = np.full(len(cells), -1, np.int64)
        everywhere[cells.is_not_null().to_numpy()] = codes
        more = row_order.of_classes(everywhere, len(labels))
    if column.dates not in (None, TIME):
        # Where day and month cannot be told apart, the order shows all the same within months.
        count, _ = days(cells, column.dates, "dmy", ambiguous=column.ambiguous_dates)
        more["order"] = row_order.direction(count.fill_null(float("nan")).to_numpy())
    return ColumnSummary(
        **common, **more, type=column.type, dtype="str", count=len(cells) - missing,
        missing=missing, distinct=distinct, classes=classes, sorted_runs=grouped, runs=runs,
        histogram=tuple(count for _, count in classes[: statistics.BINS]),
        dates=column.dates not in (None, TIME), repeats=repeats,
    )  # fmt: skip


def _runs(codes: np.ndarray, labels: list[str]) -> tuple[tuple[str, int], ...]:
    starts, lengths = statistics.runs_of(codes)
    if len(starts) > MOST_CLASSES:
        return ()
    return tuple(
        (labels[codes[start]], int(length)) for start, length in zip(starts, lengths, strict=True)
    )


def _is_monotone(values: np.ndarray) -> bool:
    if len(values) < 20 or values[0] == values[-1]:
        return False
    steps = np.diff(values)
    return bool(np.all(steps >= 0) or np.all(steps <= 0))


def _without(cells: pl.Series, markers: tuple[str, ...]) -> pl.Series:
    if not markers:
        return cells
    found = cells.is_in(list(markers))
    if not found.any():
        return cells
    return _where_not(cells, found)


def _where_not(cells: pl.Series, found: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"cell": cells, "found": found})
    return frame.select(pl.when(~pl.col("found")).then("cell").alias(cells.name))[cells.name]


def _as_numbers(column: TableColumn, kind: str, values: pl.Series, bad: pl.Series) -> TableColumn:
    column.type = kind
    column.cells = None
    column.values = _floats(values)
    column.unparsed = np.flatnonzero(bad.to_numpy())
    return column


def _floats(values: pl.Series) -> np.ndarray:
    """Numbers as an array of their own, NaN where there is none."""
    # Filling the gaps first would be a query of its own, and files have thousands of columns.
    return values.cast(pl.Float64).to_numpy().astype(np.float64)


def _number_type(name: str, values: np.ndarray) -> str:
    present = values[~np.isnan(values)]
    if not len(present) or present.min() == present.max():
        return CONSTANT
    if len(present) < 5 or len(present) < len(values) or not np.all(np.isfinite(present)):
        return NUMBER
    return ID if identifiers.numbers_rows(name, present) else NUMBER


def _word_type(cells: pl.Series, total: int) -> str:
    distinct = cells.drop_nulls().n_unique() if total else 0
    if distinct <= 1:
        return CONSTANT
    longest = cells.str.len_chars().max()
    if distinct == total and total >= 5:
        return TEXT if isinstance(longest, int) and longest > _LONG_TEXT else ID
    if distinct <= _FEW or (distinct <= MOST_CLASSES and distinct <= 0.2 * total):
        return CATEGORY
    return TEXT


def _is_padded(cells: pl.Series) -> bool:
    """Whether digits have zeros in front: 007, a postal code, a sample number."""
    digits = cells.str.contains(r"^0\d+$")
    return bool(digits.any()) and bool(cells.drop_nulls().str.contains(r"^\d+$").all())


def _wide(values: pl.Series) -> bool:
    largest = values.abs().max()
    return isinstance(largest, float) and largest >= 1e15


def _long_digits(cells: pl.Series) -> int:
    return int(cells.str.contains(r"^[+-]?\d{16,}$").sum())


def override_types(columns: Mapping[str, object]) -> dict[str, str]:
    """``data.columns`` as types by name; anything else in it is left alone."""
    found = {}
    for name, settings in columns.items():
        wanted = settings.get("type") if isinstance(settings, Mapping) else None
        if wanted in (NUMBER, CATEGORY):
            found[str(name)] = str(wanted)
    return found
