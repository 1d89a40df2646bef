"""Reads Parquet, Arrow and Feather files, whose columns have types of their own."""

from __future__ import annotations

import numpy as np
import polars as pl

from fitstudio.data.columns.statistics import ArrayLike
from fitstudio.data.columns.typed import WholeNumbers, Words
from fitstudio.data.formats.array_source import ArraySource
from fitstudio.data.formats.reader import Asked
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.errors import DataError
from fitstudio.words import say

# How pandas stores the numbers of a table's rows, which are no column to whoever saved it.
_INDEX = "__index_level_"
_ARROW = b"ARROW1"


def open_columnar(asked: Asked) -> ArraySource:
    """Opens a Parquet, Arrow or Feather file.

    Raises:
        DataError: If it is damaged, or holds no column that can be used.
    """
    frame = _read(asked)
    arrays: dict[str, ArrayLike] = {}
    findings: list[Finding] = []
    for name, column in _flat(frame).items():
        if name.startswith(_INDEX):
            findings.append(_left_out(name, say("numbers the rows, as pandas stores them")))
            continue
        array, why = _as_array(column)
        if array is None:
            findings.append(_left_out(name, why))
        else:
            arrays[name] = array
    if not arrays or not frame.height:
        raise DataError(
            say("{file} holds no rows.", file=repr(asked.file))
            if arrays
            else say("{file} holds no column that can be used.", file=repr(asked.file)),
            code="data.empty-file",
            remedy=say("Choose another file."),
        )
    return ArraySource(
        asked.path,
        asked.file,
        "columnar",
        arrays,
        types=asked.columns,
        options=asked.options,
        findings=tuple(findings),
    )


def _read(asked: Asked) -> pl.DataFrame:
    with asked.path.open("rb") as stream:
        is_arrow = stream.read(len(_ARROW)) == _ARROW
    try:
        if is_arrow:
            return pl.read_ipc(asked.path)
        return pl.read_parquet(asked.path, hive_partitioning=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as problem:
        raise DataError(
            say("{file} cannot be read: it is damaged, or not whole.", file=repr(asked.file)),
            code="data.damaged",
            remedy=say("Copy it again, or write it anew from the program that made it."),
            details=str(problem),
        ) from problem


def _flat(frame: pl.DataFrame) -> dict[str, pl.Series]:
    """The columns by name; the parts of records by the record's name, a point, and their own."""
    found: dict[str, pl.Series] = {}
    for column in frame:
        if isinstance(column.dtype, pl.Struct):
            for part in column.struct.unnest():
                found |= _flat(pl.DataFrame([part.alias(f"{column.name}.{part.name}")]))
        else:
            found[column.name] = column
    return found


def _as_array(column: pl.Series) -> tuple[ArrayLike | None, str]:
    """A column as an array with a row for each sample; else why it is none."""
    dtype = column.dtype
    if isinstance(dtype, pl.Decimal):
        column, dtype = column.cast(pl.Float64), pl.Float64()
    if dtype == pl.Null:
        return None, say("holds nothing")
    if dtype.is_integer() or dtype == pl.Boolean:
        if column.null_count():
            return WholeNumbers(column.cast(pl.Float64).fill_null(float("nan")).to_numpy()), ""
        return column.to_numpy(), ""
    if dtype.is_float():
        return column.fill_null(float("nan")).to_numpy(), ""
    if dtype in (pl.Date, pl.Datetime):
        return column.cast(pl.Datetime("us")).to_numpy(), ""
    if dtype == pl.Time:
        return column.cast(pl.Duration("us")).to_numpy(), ""
    if dtype == pl.Duration:
        return column.cast(pl.Duration("us")).to_numpy(), ""
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        return Words(column.cast(pl.String).str.strip_chars().replace("", None)), ""
    if isinstance(dtype, pl.List | pl.Array):
        return _of_lists(column)
    return None, say("holds values of the type {type}", type=str(dtype))


def _of_lists(column: pl.Series) -> tuple[np.ndarray | None, str]:
    """A column of lists of numbers, all of one length, as an array with axes."""
    rows, flat, shape = len(column), column, []
    while isinstance(flat.dtype, pl.List | pl.Array):
        if isinstance(flat.dtype, pl.Array):
            flat = flat.arr.to_list()
        if flat.null_count():
            return None, say("has rows without a list")
        lengths = flat.list.len()
        if lengths.n_unique() > 1:
            return None, say("holds lists of different lengths")
        shape.append(int(lengths[0]) if rows else 0)
        flat = flat.explode()
    if not (flat.dtype.is_numeric() or flat.dtype == pl.Boolean):
        return None, say("holds lists of the type {type}", type=str(flat.dtype))
    if not all(shape):
        return None, say("holds empty lists")
    if flat.null_count():
        flat = flat.cast(pl.Float64).fill_null(float("nan"))
    return flat.to_numpy().reshape(rows, *shape), ""


def _left_out(name: str, why: str) -> Finding:
    return Finding(
        "data.left-out",
        Severity.ADVICE,
        "data.file",
        say("**{name}** {why}: it is left out.", name=name, why=why),
    )
