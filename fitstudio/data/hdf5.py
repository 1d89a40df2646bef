"""Opens the datasets of an HDF5 file as columns; they are read in slices, never whole.

What is in the file, and what of it is refused, `fitstudio.data.hdf5_tree` finds out first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from fitstudio.data.array_source import ArraySource, largest_group
from fitstudio.data.blame import came_from
from fitstudio.data.file_arrays import ReopenedDataset
from fitstudio.data.hdf5_tree import (
    LIBRARY_ERRORS,
    Found,
    damaged,
    follow,
    guarded,
    open_file,
    refusal,
    walk,
)
from fitstudio.data.lazy import take_rows
from fitstudio.errors import DataError
from fitstudio.spec.dataset_summary import Guess, TreeNode
from fitstudio.spec.param import Finding, Severity


def open_hdf5(
    path: Path, file: str, options: Mapping[str, Any], columns: Mapping[str, Any]
) -> ArraySource:
    """Opens the datasets of one length that belong together.

    Args:
        path: The file.
        file: Its name, for messages.
        options: ``group`` (the group whose datasets are the columns) or ``datasets`` (their paths).
        columns: ``data.columns``.

    Raises:
        DataError: If the file is damaged, or holds nothing that can be used.
    """
    for name in options:
        if name not in ("group", "datasets", "one_hot"):
            raise DataError(
                f"HDF5 files have no option {name!r}.",
                code="data.option-unknown",
                remedy="They have group, datasets and one_hot.",
            )
    with open_file(path, file) as handle:
        found = list(guarded(walk(handle), file))
    usable_ones = {item.node.path: item for item in found if item.dtype is not None}
    refused = [item.node for item in found if item.node.kind == "refused"]
    if not usable_ones:
        reasons = "; ".join(f"{node.path!r}: {node.note}" for node in refused[:5])
        raise DataError(
            f"{file!r} holds no datasets that can be used{': ' + reasons if reasons else ''}.",
            code="data.no-arrays",
            remedy="It needs datasets of numbers with one row for each sample.",
        )
    chosen, guess = _choose(usable_ones, options, file)
    names = _short_names(chosen, guess)
    arrays: dict[str, ReopenedDataset] = {}
    units: dict[str, str] = {}
    for place in chosen:
        item = usable_ones[place]
        for name, array in _arrays(path, names[place], item):
            arrays[name] = array
            if item.unit:
                units[name] = item.unit
    findings = (*_refused_findings(refused), *_other_findings(usable_ones, chosen))
    kept = dict(options)
    if guess is not None:
        kept["group"] = guess.value

    def close() -> None:
        for array in arrays.values():
            array.close()

    return ArraySource(
        path, file, "hdf5", arrays, types=columns, options=kept,
        guesses=(guess,) if guess else (), findings=findings, units=units, close=close,
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


def read_rows(dataset: Any, field: str | None, key: Any) -> Any:
    """Some rows: a slice, one row, or rows in any order.

    Raises:
        DataError: If the file is damaged there.
    """
    if isinstance(key, tuple):
        first = read_rows(dataset, field, key[0])
        return first[(slice(None), *key[1:])]
    view = dataset.fields(field) if field else dataset
    text = h5py.check_string_dtype(view.dtype if not field else dataset.dtype[field])
    if text is not None:
        view = _Texts(dataset, field)
    try:
        if isinstance(key, list | np.ndarray):
            return take_rows(_View(view, dataset.shape, dataset.dtype), np.asarray(key))
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


def _choose(
    found: Mapping[str, Found], options: Mapping[str, Any], file: str
) -> tuple[list[str], Guess | None]:
    """The datasets that are the columns, and the group that they were found in."""
    lengths = {place: item.node.shape[0] for place, item in found.items()}
    wanted = options.get("datasets")
    if wanted is not None:
        if not isinstance(wanted, list | tuple) or not wanted:
            raise DataError("The option datasets must be a list of paths.", code="data.option")
        missing = [place for place in wanted if str(place).strip("/") not in found]
        if missing:
            raise DataError(
                f"{file!r} has no dataset {missing[0]!r} that can be used.",
                code="data.missing-column",
                remedy=f"It has {', '.join(list(found)[:10])}.",
            )
        chosen = [str(place).strip("/") for place in wanted]
        if len({lengths[place] for place in chosen}) > 1:
            listed = ", ".join(f"{place} ({lengths[place]})" for place in chosen)
            raise DataError(
                f"The chosen datasets have different numbers of rows: {listed}.",
                code="data.rows-differ",
            )
        return chosen, None
    groups = sorted({place.rpartition("/")[0] for place in found})
    group = options.get("group")
    if group is not None:
        group = str(group).strip("/")
        inside = {p: n for p, n in lengths.items() if p.rpartition("/")[0] == group}
        if not inside:
            raise DataError(
                f"{file!r} has no group {group!r} with datasets.",
                code="data.option",
                remedy=f"It has {', '.join(repr(name or '/') for name in groups[:10])}.",
            )
        chosen, _ = largest_group(inside)
        return chosen, _group_guess(group, "As you said.", given=True)
    if len(groups) == 1:
        chosen, _ = largest_group(lengths)
        return chosen, None
    by_group = {
        name: {p: n for p, n in lengths.items() if p.rpartition("/")[0] == name} for name in groups
    }

    # The group that can train on its own: inputs and targets, called training, with most rows.
    def worth(name: str) -> tuple[int, bool, int]:
        chosen, _ = largest_group(by_group[name])
        return min(2, len(chosen)), "train" in name.lower(), by_group[name][chosen[0]]

    best = max(groups, key=worth)
    if worth(best)[0] < 2:
        chosen, _ = largest_group(lengths)
        return chosen, None
    chosen, _ = largest_group(by_group[best])
    return chosen, _group_guess(best, "It has the most rows of inputs and targets.", given=False)


def _group_guess(group: str, sentence: str, *, given: bool) -> Guess:
    return Guess("group", group, sentence, f"Group: {group or '/'}", given=given)


def _short_names(chosen: list[str], guess: Guess | None) -> dict[str, str]:
    """Names without the group that all of them are in, so that other groups match by name."""
    prefix = f"{guess.value}/" if guess is not None and guess.value else ""
    return {place: place.removeprefix(prefix) for place in chosen}


def _arrays(path: Path, name: str, item: Found) -> Iterator[tuple[str, ReopenedDataset]]:
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
    else:
        yield name, ReopenedDataset(path, place, _plain_type(item.dtype), shape)


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


def _other_findings(found: Mapping[str, Found], chosen: list[str]) -> Iterator[Finding]:
    rows = found[chosen[0]].node.shape[0]
    others = [f"{p} ({i.node.shape[0]} rows)" for p, i in found.items() if p not in chosen]
    if others:
        yield Finding(
            "data.other-lengths", Severity.ADVICE, "data.file",
            f"Not part of these {rows} rows: **{', '.join(others[:6])}**"
            f"{' …' if len(others) > 6 else ''}.",
        )  # fmt: skip
