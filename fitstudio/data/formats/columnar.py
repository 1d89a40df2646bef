"""Reads Parquet, Arrow and Feather files, whose columns have types of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from fitstudio.data.columns.statistics import ArrayLike
from fitstudio.data.columns.typed import WholeNumbers, Words
from fitstudio.data.folder_files import FolderFile, folder_columns, look_into
from fitstudio.data.formats.arrays.source import ArraySource
from fitstudio.data.formats.reader import Asked
from fitstudio.declared.formats.columnar import COLUMNAR
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
    findings: list[Finding] = []
    frame = _read_folder(asked, findings) if asked.path.is_dir() else _read(asked.path, asked.file)
    arrays: dict[str, ArrayLike] = {}
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
        groups=[list(arrays)[-1]] if asked.path.is_dir() else (),
    )


def _read_folder(asked: Asked, findings: list[Finding]) -> pl.DataFrame:
    """The rows of all files of a folder, with columns for what the folder says of each."""
    inside = look_into(asked.path, COLUMNAR)
    frames: list[pl.DataFrame] = []
    files: list[FolderFile] = []
    for file in inside.files if inside is not None else ():
        try:
            frames.append(_read(asked.path / file.name, file.name))
            files.append(file)
        except DataError as problem:
            findings.append(_file_left_out(problem))
    if inside is None or not frames:
        raise DataError(
            say("None of the files in {file} can be read.", file=repr(asked.file)),
            code="data.damaged",
            remedy=say("Choose a folder that holds Parquet, Arrow or Feather files."),
        )
    findings.extend(inside.tell_others())
    taken = {name for frame in frames for name in frame.columns}
    own = folder_columns(files, taken)
    for place, frame in enumerate(frames):
        said = [pl.lit(values[place]).alias(name) for name, values in own.items()]
        frames[place] = frame.with_columns(said)
    try:
        joined = pl.concat(frames, how="diagonal_relaxed")
    except pl.exceptions.PolarsError as problem:
        raise DataError(
            say("The files of {file} hold different types in one column.", file=repr(asked.file)),
            code="data.types-differ",
            remedy=say("Write all files alike, or choose one of them."),
            details=str(problem),
        ) from problem
    return joined.select(*(name for name in joined.columns if name not in own), *own)


def _file_left_out(problem: DataError) -> Finding:
    sentence = say("{problem} It is left out.", problem=problem.message)
    return Finding("data.files-unreadable", Severity.ADVICE, "data.file", sentence)


def _read(path: Path, file: str) -> pl.DataFrame:
    with path.open("rb") as stream:
        is_arrow = stream.read(len(_ARROW)) == _ARROW
    try:
        if is_arrow:
            return pl.read_ipc(path)
        return pl.read_parquet(path, hive_partitioning=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as problem:
        raise DataError(
            say("{file} cannot be read: it is damaged, or not whole.", file=repr(file)),
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
