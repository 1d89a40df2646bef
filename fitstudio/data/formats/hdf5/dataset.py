"""Datasets of HDF5 that stay in their file, and that every process opens for itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from fitstudio.data.columns.statistics import ArrayLike
from fitstudio.data.formats.arrays.cut_file import refuse_cut
from fitstudio.data.formats.blame import came_from
from fitstudio.data.formats.hdf5.packed_values import Packing
from fitstudio.data.formats.hdf5.tree import LIBRARY_ERRORS, damaged, follow, open_file, refusal
from fitstudio.data.formats.matlab.arrays import MatlabView
from fitstudio.errors import DataError
from fitstudio.words import say


class ReopenedDataset:
    """An HDF5 dataset; every process that reads it opens the file for itself.

    Args:
        path: The file.
        name: The dataset's path in it.
        dtype: Type of the values, once read.
        shape: Shape of the dataset, rows first.
        field: For tables in HDF5, the column of the table.
        layout: How MATLAB laid the rows out, where it wrote the dataset.
        packing: How stored values become numbers; None where they are the numbers.
        names: What whole numbers stand for; values are then text, "" for numbers without a name.
        whole_numbers: Whether the stored values are whole numbers, whatever `dtype` says.
        chunk_rows: Rows that lie in the file as one piece, which is read whole or not at all; 1
            where each row can be read by itself.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        dtype: np.dtype,
        shape: tuple[int, ...],
        field: str | None = None,
        *,
        layout: str | None = None,
        packing: Packing | None = None,
        names: Mapping[int, str] | None = None,
        whole_numbers: bool = False,
        chunk_rows: int = 1,
    ) -> None:
        self.chunk_rows = chunk_rows
        self.path, self.name, self.dtype, self.shape = path, name, dtype, shape
        self.field = field
        self.whole_numbers = whole_numbers
        self._layout, self._packing, self._names = layout, packing, names
        self._dataset: Any = None
        self._process = 0
        self._length = 0

    def __getitem__(self, key: Any) -> Any:
        # A handle that a forked child inherits shares its place in the file with the parent.
        self._length = refuse_cut(self.path, self._length)
        if self._dataset is None or self._process != os.getpid():
            self._dataset = _open_dataset(self.path, self.name)
            self._process = os.getpid()
        if isinstance(key, tuple):
            rows = self[key[0]]
            single = isinstance(key[0], int | np.integer)
            return rows[key[1:]] if single else rows[(slice(None), *key[1:])]
        values = _read_rows(self._dataset, self.field, key, self._layout)
        if self._names is not None:
            return _named(values, self._names)
        if self._packing is not None:
            return self._packing.unpack(values)
        return values.astype(bool) if self.dtype.kind == "b" else values

    def __len__(self) -> int:
        return self.shape[0]

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_dataset": None, "_process": 0}

    def close(self) -> None:
        """Closes the file, if this process has it open."""
        if self._dataset is not None and self._process == os.getpid():
            self._dataset.file.close()
        self._dataset = None


def _named(values: Any, names: Mapping[int, str]) -> np.ndarray:
    """Whole numbers by what they stand for."""
    found, places = np.unique(np.asarray(values), return_inverse=True)
    words = np.array([names.get(int(number), "") for number in found], dtype=str)
    return words[places].reshape(np.shape(values))


def _open_dataset(path: Path, name: str) -> Any:
    """A dataset to read from, checked once more: the file may have changed since it was walked.

    Raises:
        DataError: If it cannot be opened, or reaches outside the file.
    """
    handle = open_file(path, path.name)
    try:
        dataset = follow(handle, name)
        # Whether single values count was decided when the file was walked.
        refused = refusal(dataset, path.stat().st_size, single_values=True)
    except LIBRARY_ERRORS as problem:
        handle.close()
        if not came_from(problem, "h5py", "hdf5_tree"):
            raise
        raise damaged(path.name, str(problem)) from problem
    if refused:
        handle.close()
        raise DataError(
            say(
                "{name} in {file} {refused}.",
                name=repr(name),
                file=repr(path.name),
                refused=refused,
            ),
            code="data.refused",
        )
    return dataset


def _read_rows(dataset: Any, field: str | None, key: Any, layout: str | None = None) -> Any:
    """Some rows as they are stored: a slice, one row, or rows in any order.

    Args:
        dataset: The open dataset.
        field: For tables in HDF5, the column of the table.
        key: What is wanted of the first axis.
        layout: How MATLAB laid the rows out, where it wrote the dataset.

    Raises:
        DataError: If the file is damaged there.
    """
    view = dataset.fields(field) if field else dataset
    shape = tuple(dataset.shape)
    if h5py.check_string_dtype(dataset.dtype[field] if field else dataset.dtype) is not None:
        view = _Texts(dataset, field)
    elif layout is not None:
        view = MatlabView(dataset, layout)
        shape = view.shape
    try:
        if not dataset.shape:
            return np.asarray(view[()]).reshape(1)[key]
        if isinstance(key, list | np.ndarray):
            return _take_rows(_View(view, shape, dataset.dtype), np.asarray(key))
        return view[key]
    except LIBRARY_ERRORS as problem:
        if not came_from(problem, "h5py"):
            raise
        raise DataError(
            say(
                "{dataset} cannot be read: the file is damaged or cut short.",
                dataset=repr(dataset.name),
            ),
            code="data.damaged",
            details=str(problem),
        ) from problem


class _View:
    """A dataset, or a field of one, with the attributes that `_take_rows` looks at."""

    def __init__(self, view: Any, shape: tuple[int, ...], dtype: np.dtype) -> None:
        self._view, self.shape, self.dtype = view, shape, dtype

    def __getitem__(self, key: Any) -> Any:
        return self._view[key]


class _Texts:
    """A dataset of text as NumPy strings."""

    def __init__(self, dataset: Any, field: str | None) -> None:
        self._dataset, self._field = dataset, field

    def __getitem__(self, key: Any) -> np.ndarray:
        values = self._dataset.fields(self._field)[key] if self._field else self._dataset[key]
        values = np.atleast_1d(np.asarray(values))
        texts = [
            value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
            for value in values.reshape(-1).tolist()
        ]
        return np.array(texts, dtype=str).reshape(values.shape)


def _take_rows(array: ArrayLike, rows: np.ndarray) -> np.ndarray:
    """Some rows of an array that only takes rising rows, such as an HDF5 dataset, in any order."""
    rows = np.asarray(rows)
    if rows.dtype == bool:
        rows = np.flatnonzero(rows)
    if not len(rows):
        return np.asarray(array[0:0])
    wanted, places = np.unique(rows, return_inverse=True)
    low, high = int(wanted[0]), int(wanted[-1]) + 1
    # Rows picked one by one are slow; where they lie close, the stretch is read and picked from.
    if high - low <= 4 * len(wanted):
        return np.asarray(array[low:high])[wanted - low][places]
    pieces = np.split(wanted, np.flatnonzero(np.diff(wanted) > 4) + 1)
    found = [np.asarray(array[int(p[0]) : int(p[-1]) + 1])[p - p[0]] for p in pieces]
    return np.concatenate(found)[places]
