"""Opens the datasets of an HDF5 file as columns; they are read in slices, never whole.

What is in the file, and what of it is refused, `fitstudio.data.formats.hdf5_tree` finds out first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from fitstudio.data.formats.array_source import ArraySource, refuse_options
from fitstudio.data.formats.blame import came_from
from fitstudio.data.formats.file_arrays import ReopenedDataset
from fitstudio.data.formats.hdf5_choice import choose, other_findings
from fitstudio.data.formats.hdf5_reading import (
    as_matlab_shows,
    name_codes,
    say_packing,
    say_square,
)
from fitstudio.data.formats.hdf5_tree import (
    LIBRARY_ERRORS,
    Found,
    damaged,
    follow,
    guarded,
    open_file,
    refusal,
    walk,
)
from fitstudio.data.formats.matlab import MatlabView
from fitstudio.data.preparing.lazy import take_rows
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.task.dataset_summary import TreeNode
from fitstudio.errors import DataError

_OPTIONS = (
    "group", "datasets", "one_hot", "packing", "axes", "samples_last", "categories", "missing",
)  # fmt: skip


def open_hdf5(
    path: Path, file: str, options: Mapping[str, Any], columns: Mapping[str, Any]
) -> ArraySource:
    """Opens the datasets of one length that belong together.

    Args:
        path: The file.
        file: Its name, for messages.
        options: ``group`` (the group whose datasets are the columns, or ``*`` for all groups),
            ``datasets`` (their paths), ``packing`` (False takes numbers as they are stored),
            ``axes`` and ``samples_last`` (of MATLAB's files), ``categories`` (False leaves codes
            as numbers), ``missing`` (numbers that stand for none) and ``one_hot``.
        columns: ``data.columns``.

    Raises:
        DataError: If the file is damaged, or holds nothing that can be used.
    """
    refuse_options(options, _OPTIONS)
    with open_file(path, file) as handle:
        found = list(guarded(walk(handle), file))
        found, turned = as_matlab_shows(found, options)
        usable_ones = {item.node.path: item for item in found if item.dtype is not None}
        try:
            usable_ones, coded = name_codes(handle, usable_ones, options)
        except LIBRARY_ERRORS as problem:
            if not came_from(problem, "h5py"):
                raise
            raise damaged(file, str(problem)) from problem
    refused = [item.node for item in found if item.node.kind == "refused"]
    if not usable_ones:
        reasons = "; ".join(f"{node.path!r}: {node.note}" for node in refused[:5])
        raise DataError(
            f"{file!r} holds no datasets that can be used{': ' + reasons if reasons else ''}.",
            code="data.no-arrays",
            remedy="It needs datasets of numbers with one row for each sample.",
        )
    lengths = {place: item.node.shape[0] for place, item in usable_ones.items()}
    choice = choose(lengths, options, file)
    packed = options.get("packing", True) is not False
    arrays: dict[str, ReopenedDataset] = {}
    units: dict[str, str] = {}
    for place, shown in choice.names.items():
        item = usable_ones[place]
        for name, array in _arrays(path, shown, item, packed=packed):
            arrays[name] = array
            if item.unit:
                units[name] = item.unit
    columns_of = {shown: usable_ones[place] for place, shown in choice.names.items()}
    unpacked, told = say_packing(columns_of, options)
    guesses = tuple(
        guess for guess in (choice.guess, *turned, coded, unpacked) if guess is not None
    )
    findings = (
        *_refused_findings(refused), *other_findings(lengths, choice, options), *told,
        *say_square(columns_of, options),
    )  # fmt: skip
    kept = {**options, **{guess.name: guess.value for guess in guesses}}

    def close() -> None:
        for array in arrays.values():
            array.close()

    return ArraySource(
        path, file, "hdf5", arrays, types=columns, options=kept, guesses=guesses,
        findings=findings, units=units, close=close,
    )  # fmt: skip


def open_dataset(path: Path, name: str) -> Any:
    """A dataset to read from, checked once more: the file may have changed since it was walked.

    Raises:
        DataError: If it cannot be opened, or reaches outside the file.
    """
    handle = open_file(path, path.name)
    try:
        dataset = follow(handle, name)
        refused = refusal(dataset, path.stat().st_size)
    except LIBRARY_ERRORS as problem:
        handle.close()
        if not came_from(problem, "h5py", "hdf5_tree"):
            raise
        raise damaged(path.name, str(problem)) from problem
    if refused:
        handle.close()
        raise DataError(f"{name!r} in {path.name!r} {refused}.", code="data.refused")
    return dataset


def read_rows(dataset: Any, field: str | None, key: Any, layout: str | None = None) -> Any:
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
        if isinstance(key, list | np.ndarray):
            return take_rows(_View(view, shape, dataset.dtype), np.asarray(key))
        return view[key]
    except LIBRARY_ERRORS as problem:
        if not came_from(problem, "h5py"):
            raise
        raise DataError(
            f"{dataset.name!r} cannot be read: the file is damaged or cut short.",
            code="data.damaged",
            details=str(problem),
        ) from problem


class _View:
    """A dataset, or a field of one, with the attributes that `take_rows` looks at."""

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


def _arrays(
    path: Path, name: str, item: Found, *, packed: bool
) -> Iterator[tuple[str, ReopenedDataset]]:
    assert item.dtype is not None
    place, shape = item.node.path, item.node.shape
    if item.fields:
        for field in item.fields:
            dtype = _plain_type(item.dtype[field])
            inner = item.dtype[field].shape
            yield (
                f"{name}/{field}",
                ReopenedDataset(path, place, dtype, (*shape, *inner), field),
            )
        return
    dtype = _plain_type(item.dtype)
    names = item.names if len(shape) == 1 else None
    packing = item.packing if packed and names is None else None
    whole = packing is not None and dtype.kind in "iu" and not packing.changes_numbers
    if names is not None:
        dtype = np.dtype("U1")  # the length shows when it is read
    elif item.logical:
        dtype = np.dtype(bool)
    elif packing is not None:
        dtype = packing.dtype(dtype)
    yield (
        name,
        ReopenedDataset(
            path, place, dtype, shape,
            layout=item.layout, packing=packing, names=names, whole_numbers=whole,
        ),
    )  # fmt: skip


def _plain_type(dtype: np.dtype) -> np.dtype:
    if h5py.check_string_dtype(dtype) is not None:
        return np.dtype("U1")  # the length shows when it is read
    return dtype.base


def _refused_findings(refused: list[TreeNode]) -> Iterator[Finding]:
    for node in refused[:20]:
        yield Finding(
            "data.array-left-out", Severity.ADVICE, "data.file",
            f"**{node.path}** {node.note}: left out.",
        )  # fmt: skip
