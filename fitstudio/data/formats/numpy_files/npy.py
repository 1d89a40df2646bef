"""Opens NPY files, mapped from the disk; Python objects (pickles) are never loaded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio.data.columns.stand_ins import with_gaps
from fitstudio.data.formats.arrays.columns import usable
from fitstudio.data.formats.arrays.source import ArraySource
from fitstudio.data.formats.numpy_files.mapped_array import MappedArray
from fitstudio.data.formats.numpy_files.npy_header import NpyHeader, damaged, read_header
from fitstudio.data.formats.reader import Asked
from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.errors import DataError
from fitstudio.words import say

_MOST_SPLIT = 512


def open_npy(asked: Asked) -> ArraySource:
    """Opens one array, or one with inputs and one with targets.

    Raises:
        DataError: If an array is damaged, cannot be used, or the two have different lengths.
    """
    path, file, y_path = asked.path, asked.file, asked.targets
    options, columns = asked.options, asked.columns
    array = _map(path, file)
    if y_path is None:
        return _single(path, file, array, options, columns)
    targets = _map(y_path, y_path.name)
    if len(targets) != len(array):
        raise DataError(
            say(
                "{file} holds {array} rows and {y_path} {targets}.",
                file=repr(file),
                array=len(array),
                y_path=repr(y_path.name),
                targets=len(targets),
            ),
            code="data.rows-differ",
            remedy=say("Inputs and targets need one row for each sample."),
        )
    names = [path.stem, y_path.stem]
    if names[0] == names[1]:
        names = ["x", "y"]
    arrays = dict(zip(names, (array, targets), strict=True))
    source = ArraySource(path, file, "npy", arrays, types=columns, options=options)
    source.targets_path = y_path
    return source


def _single(
    path: Path, file: str, array: MappedArray, options: Mapping[str, Any], columns: Mapping
) -> ArraySource:
    """One array alone: a table if it looks like one, so that a column of it can be the target."""
    if array.dtype.names:
        arrays = {name: array[name] for name in array.dtype.names if not usable(array[name].dtype)}
        if not arrays:
            raise DataError(
                say("{file} holds no fields that can be used.", file=repr(file)),
                code="data.no-arrays",
            )
        return ArraySource(path, file, "npy", arrays, types=columns, options=options)
    if options.get("split") and len(array.shape) == 1 and not array.dtype.names:
        # Whoever reads files by columns has one row here, saved without the axis of rows.
        row = np.asarray(array[:])[None, :]
        arrays = {f"column_{place + 1}": row[:, place] for place in range(row.shape[1])}
        guess = Guess("split", True, say("As you said."), say("Columns apart"), given=True)
        return ArraySource(
            path, file, "npy", arrays, types=columns, options=options, guesses=(guess,)
        )
    split = options.get("split", len(array.shape) == 2 and array.shape[1] <= _MOST_SPLIT)
    guess = Guess(
        "split",
        bool(split),
        say(
            "An array with two axes, alone in its file, is read as a table: each of its "
            "columns is a column."
        )
        if split
        else say("Each row is one sample."),
        say("Columns apart") if split else say("Rows whole"),
        given="split" in options,
    )
    if not split or len(array.shape) != 2:
        arrays = {path.stem: array}
    else:
        arrays = {f"column_{place + 1}": array[:, place] for place in range(array.shape[1])}
    kept = {**options, "split": bool(split)}
    source = ArraySource(path, file, "npy", arrays, types=columns, options=kept, guesses=(guess,))
    # A model that was trained on whole rows finds them here, however the file was opened.
    source.split_from = with_gaps({"": array}, options.get("missing"))[""]
    return source


def _map(path: Path, file: str) -> MappedArray:
    """The array, mapped from the disk."""
    with path.open("rb") as stream:
        header = read_header(stream, what=file)
    check_usable(header, file)
    if header.length + header.data_bytes > path.stat().st_size:
        raise damaged(file, say("it is shorter than its header says"))
    if not header.data_bytes:
        raise DataError(say("{file} holds no rows.", file=repr(file)), code="data.no-rows")
    return MappedArray(path, header.dtype, header.shape, header.length, header.fortran)


def check_usable(header: NpyHeader, what: str) -> None:
    """Refuses an array that holds no values for a model.

    Raises:
        DataError: Saying what it holds instead.
    """
    dtype = header.dtype
    problem = say("holds Python objects, which could run code") if dtype.hasobject else None
    if problem is None and not dtype.names:
        problem = usable(dtype)
    if problem is None and not header.shape:
        problem = say("is a single value")
    if problem:
        raise DataError(
            say("{what} {problem}: it cannot be used.", what=repr(what), problem=problem),
            code="data.not-usable",
            remedy=say("Save numbers or text in an array with one row for each sample."),
        )
