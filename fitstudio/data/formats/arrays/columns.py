"""A set of arrays with one row for each sample, as NPY, NPZ and HDF5 files hold them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from fitstudio.data.columns import statistics
from fitstudio.data.columns.described import describe_array
from fitstudio.data.columns.gaps import array_gaps, usable_numbers
from fitstudio.data.columns.one_hot import fold_one_hot
from fitstudio.data.columns.source import Source
from fitstudio.data.columns.stand_ins import with_gaps
from fitstudio.data.columns.statistics import ArrayLike
from fitstudio.data.columns.typed import Words
from fitstudio.data.columns.values import WORDS, TableColumn
from fitstudio.data.formats.text.column_types import (
    override_types,
    summarise,
    type_of,
)
from fitstudio.data.formats.text.layout import TextFormat
from fitstudio.data.formats.text.values.dates import unit_of_dates
from fitstudio.declared.kinds.param import Finding
from fitstudio.declared.task.dataset_summary import (
    CATEGORY,
    CONSTANT,
    NUMBER,
    ColumnSummary,
    Guess,
)
from fitstudio.errors import DataError
from fitstudio.words import say

# Numbers of this many different values, all whole, stored as integers, are classes.
_MOST_CODES = 50
_PLAIN_TEXT = TextFormat()


class ArrayColumns(Source):
    """Named arrays of one length.

    Args:
        path: The file.
        file: Its name, as messages show it.
        kind: "npy", "npz" or "hdf5".
        arrays: By column name; each has a row for each sample.
        types: What a person wants single-valued columns taken for.
        options: ``data.options`` that read the same again.
        guesses: How the columns were chosen.
        findings: What was left out, and why.
        units: Units by column name.
        groups: Columns of words that name what several rows come from, such as their file.
        close: Lets go of the file.
    """

    def __init__(
        self,
        path: Path,
        file: str,
        kind: str,
        arrays: Mapping[str, ArrayLike],
        *,
        types: Mapping[str, Any],
        options: Mapping[str, Any] | None = None,
        guesses: tuple[Guess, ...] = (),
        findings: tuple[Finding, ...] = (),
        units: Mapping[str, str] | None = None,
        groups: Collection[str] = (),
        close: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(path, file, kind)
        options = options or {}
        arrays = with_gaps(arrays, options.get("missing"))
        self._arrays, folded = fold_one_hot(arrays, wanted=options.get("one_hot"))
        self._types = override_types(types)
        self.options = dict(options)
        self.guesses = (*guesses, folded) if folded else guesses
        self._findings = findings
        self._units = dict(units or {})
        self._groups = frozenset(groups)
        self._close = close
        self._columns: dict[tuple[str, str | None], TableColumn] = {}
        self.rows = next(iter(self._arrays.values())).shape[0]
        self.split_from: ArrayLike | None = None
        self._sampled: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the arrays, in the order of the file."""
        return tuple(self._arrays)

    @property
    def whole(self) -> ArrayLike | None:
        """The one array that was split into columns, where it was."""
        return self.split_from

    def close(self) -> None:
        """Lets go of the file that the arrays are read from."""
        close, self._close = self._close, None
        if close is not None:
            close()

    def single_names(self) -> list[str]:
        """The names of the arrays with a single value for each sample."""
        return [name for name, array in self._arrays.items() if not sample_shape(array)]

    def array(self, name: str) -> ArrayLike:
        """An array as the file holds it; sliced, never read whole."""
        self.require([name])
        return self._arrays[name]

    def scalars(self, name: str, wanted: str | None = None) -> TableColumn:
        """An array of single values as a column, of its own type or of the one that is wanted."""
        wanted = wanted or self._types.get(name)
        if (name, wanted) not in self._columns:
            array = self.array(name)
            if len(array.shape) > 1 and sample_shape(array):
                raise DataError(
                    say(
                        "{name} holds {array} values a row, not one.",
                        name=repr(name),
                        array=_shape(sample_shape(array)),
                    ),
                    code="data.not-single",
                )
            self._columns[name, wanted] = _typed(name, array, wanted)
        return self._columns[name, wanted]

    def cells(self, name: str, start: int, stop: int) -> list[str | None]:
        """Values as a preview shows them: numbers in short, of larger arrays a glimpse."""
        if not sample_shape(self.array(name)):
            column = self.scalars(name)
            if column.values is not None and self.array(name).dtype.kind in "biuf":
                return [
                    None if value != value else _short_number(value)
                    for value in np.asarray(self.array(name)[start:stop]).reshape(-1)
                ]
            return [None if each is None else str(each) for each in column.labels(start, stop)]
        return [_glimpse(block) for block in np.asarray(self.array(name)[start:stop])]

    def _gaps(self, column: ColumnSummary) -> np.ndarray:
        """Rows that hold no usable value, or not only such."""
        if column.shape:
            return array_gaps(self.array(column.name))
        found = self.scalars(column.name)
        return found.missing() if found.values is None else ~usable_numbers(found.values)

    def _describe(self, name: str) -> ColumnSummary:
        array = self.array(name)
        shape = sample_shape(array)
        # Times count in days: nobody could tell from a number alone.
        times = {"M": say("days since 1970"), "m": "days"}.get(array.dtype.kind)
        unit = self._units.get(name) or times or statistics.unit_of(name)
        if not shape:
            column = self.scalars(name)
            if column.dates and column.values is not None:
                unit = unit_of_dates(column.dates)
            column.unit = unit
            found = summarise(column)
            if name in self._groups and found.distinct is not None:
                found = replace(found, repeats=1 < found.distinct < self.rows)
            stored = str(array.dtype) if array.dtype.kind in "biuf" else found.dtype
            return replace(found, dtype=stored)
        return self._describe_array(name, array, shape, unit)

    def _describe_array(
        self, name: str, array: ArrayLike, shape: tuple[int, ...], unit: str | None
    ) -> ColumnSummary:
        found, looked = describe_array(name, array, shape, unit)
        if looked < self.rows:
            self._sampled = min(self._sampled or self.rows, looked)
        return found

    def _as_set(self) -> dict[str, Any]:
        """The options without what was only guessed, for fixes to add to."""
        guessed = {guess.name for guess in self.guesses if not guess.given}
        return {name: value for name, value in self.options.items() if name not in guessed}


def sample_shape(array: ArrayLike) -> tuple[int, ...]:
    """The shape of one sample; a column of single values written as (n, 1) is ``()``."""
    shape = tuple(int(size) for size in array.shape[1:])
    return () if shape == (1,) else shape


def usable(dtype: np.dtype) -> str | None:
    """Why arrays of this type cannot be used, or None if they can."""
    if dtype.hasobject:
        return say("holds Python objects, which could run code")
    if dtype.kind in "biufSUmM" and dtype.itemsize:
        return None
    if dtype.kind == "c":
        return say("holds complex numbers")
    return say("holds values of the type {dtype}", dtype=dtype)


def largest_group(
    lengths: Mapping[str, int],
) -> tuple[list[str], dict[str, int]]:
    """The arrays that belong together because they have one number of rows, and the others."""
    by_rows: dict[int, list[str]] = {}
    for name, rows in lengths.items():
        by_rows.setdefault(rows, []).append(name)
    # Inputs and targets are at least two; among equals, the larger part is the training data.
    rows = max(by_rows, key=lambda rows: (min(len(by_rows[rows]), 2), rows))
    chosen = by_rows[rows]
    return chosen, {name: count for name, count in lengths.items() if name not in chosen}


def _typed(name: str, array: ArrayLike, wanted: str | None) -> TableColumn:
    if isinstance(array, Words):
        return type_of(name, array.cells, _PLAIN_TEXT, wanted)
    values = np.asarray(array[:]).reshape(-1)
    if values.dtype.kind in "SU":
        return type_of(name, _as_text(values), _PLAIN_TEXT, wanted)
    if values.dtype.kind in "mM":
        numbers = values.astype("datetime64[us]" if values.dtype.kind == "M" else "timedelta64[us]")
        floats = numbers.astype(np.int64).astype(np.float64)
        floats[np.isnat(numbers)] = np.nan
        return _number_column(name, floats / 86_400e6, wanted or NUMBER)
    kind = CATEGORY if wanted == WORDS else wanted or NUMBER
    present = values
    if getattr(array, "whole_numbers", False):
        # Labels with gaps: the gaps made them floats, which says nothing of what they are.
        present = values[np.isfinite(values)]
    elif values.dtype.kind not in "biu":
        return _number_column(name, values.astype(np.float64), kind)
    few = np.unique(present)
    if wanted is None and len(few):
        if 2 <= len(few) <= _MOST_CODES and len(few) <= len(present) / 3 and few[0] >= 0:
            kind = CATEGORY
        elif len(few) == 1:
            kind = CONSTANT
    if (
        kind == CATEGORY
        and values.dtype.kind in "iu"
        and max(abs(int(few[0])), abs(int(few[-1]))) > 2**53
    ):
        # A float would give different labels the same name.
        words = pl.Series("text", [str(value) for value in values.tolist()], dtype=pl.String)
        return type_of(name, words, _PLAIN_TEXT, WORDS)
    return _number_column(name, values.astype(np.float64), kind)


def _number_column(name: str, values: np.ndarray, kind: str) -> TableColumn:
    return TableColumn(
        name=name, type=kind, cells=None, values=values, unparsed=np.zeros(0, np.int64)
    )


def _as_text(values: np.ndarray) -> pl.Series:
    if values.dtype.kind == "S":
        texts = [value.decode("utf-8", "replace") for value in values.tolist()]
    else:
        texts = values.tolist()
    return pl.Series("text", [text.strip() or None for text in texts], dtype=pl.String)


def _glimpse(sample: np.ndarray) -> str:
    """One sample of an array, as a cell of the preview: its range; the header has its shape."""
    if sample.dtype.kind not in "biuf" or not sample.size:
        return _shape(sample.shape)
    finite = sample[np.isfinite(sample)] if sample.dtype.kind == "f" else sample
    if not finite.size:
        return say("no numbers")
    low, high = (f"{float(value):.4g}" for value in (finite.min(), finite.max()))
    return say("{low} to {high}", low=low, high=high)


def _short_number(value: Any) -> str:
    """A number with the digits that its type holds: 0.1, not 0.10000000149."""
    if value.dtype.kind == "f" and 1e-4 <= abs(float(value)) < 1e15:
        return np.format_float_positional(value, trim="-")
    if value.dtype.kind == "b":
        return str(int(value))  # as the classes are called
    return str(value.item()) if value.dtype.kind in "iu" else f"{float(value):g}"


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))
