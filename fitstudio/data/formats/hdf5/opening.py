"""Opens the datasets of an HDF5 file as columns; they are read in slices, never whole.

What is in the file, and what of it is refused, `fitstudio.data.formats.hdf5.tree` finds out first.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np

from fitstudio.data.formats.arrays.source import ArraySource
from fitstudio.data.formats.arrays.tree_choice import choose, other_findings
from fitstudio.data.formats.blame import came_from
from fitstudio.data.formats.hdf5.dataset import ReopenedDataset
from fitstudio.data.formats.hdf5.reading import (
    as_matlab_shows,
    name_codes,
    say_packing,
    say_square,
)
from fitstudio.data.formats.hdf5.tree import (
    LIBRARY_ERRORS,
    Found,
    damaged,
    guarded,
    open_file,
    walk,
)
from fitstudio.data.formats.reader import Asked
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.task.dataset_summary import TreeNode
from fitstudio.errors import DataError
from fitstudio.words import say


def open_hdf5(asked: Asked) -> ArraySource:
    """Opens the datasets of one length that belong together.

    Raises:
        DataError: If the file is damaged, or holds nothing that can be used.
    """
    path, file, options = asked.path, asked.file, asked.options
    with open_file(path, file) as handle:
        single = options.get("single_values") is True
        found = list(guarded(walk(handle, single_values=single), file))
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
            say(
                "{file} holds no datasets that can be used{reasons}.",
                file=repr(file),
                reasons=": " + reasons if reasons else "",
            ),
            code="data.no-arrays",
            remedy=say("It needs datasets of numbers with one row for each sample."),
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
        path, file, "hdf5", arrays, types=asked.columns, options=kept, guesses=guesses,
        findings=findings, units=units, close=close,
    )  # fmt: skip


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
                ReopenedDataset(
                    path, place, dtype, (*shape, *inner), field, chunk_rows=item.chunk_rows
                ),
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
            chunk_rows=item.chunk_rows,
        ),
    )  # fmt: skip


def _plain_type(dtype: np.dtype) -> np.dtype:
    if h5py.check_string_dtype(dtype) is not None:
        return np.dtype("U1")  # the length shows when it is read
    return dtype.base


def _refused_findings(refused: list[TreeNode]) -> Iterator[Finding]:
    for node in refused[:20]:
        yield Finding(
            "data.array-left-out",
            Severity.ADVICE,
            "data.file",
            say("**{file}** {note}: left out.", file=node.path, note=node.note),
        )
