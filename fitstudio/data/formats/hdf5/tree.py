"""Walks the tree of an HDF5 file from anyone and refuses what reaches outside the file.

Links to other files, external storage, virtual datasets and filters that would load a plug-in are
never followed, and what a dataset declares is compared with the size of the file.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fitstudio.words import say

# Set before the library is loaded: filters come from a file's author, plug-ins must not.
os.environ["HDF5_PLUGIN_PATH"] = ""
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import h5py
import numpy as np
from h5py import h5o, h5pl, h5z  # pyright: ignore[reportAttributeAccessIssue]

from fitstudio.data.formats.arrays.columns import usable
from fitstudio.data.formats.blame import came_from
from fitstudio.data.formats.hdf5.packed_values import Packing, packing_of
from fitstudio.data.formats.matlab.arrays import (
    LOGICAL,
    ROWS,
    hidden_groups,
    is_single_in_matlab,
    layout_of,
    matlab_class,
    matlab_refusal,
    shape_as_read,
)
from fitstudio.declared.task.dataset_summary import TreeNode
from fitstudio.errors import DataError

# What the library raises for damaged files; mistakes of our own look the same but for their place.
LIBRARY_ERRORS = (OSError, RuntimeError, KeyError, ValueError, TypeError)

_LONGEST_UNIT = 60
_MOST_OBJECTS = 20_000
_DEEPEST = 32
_MOST_CHUNK_BYTES = 1 << 30
# A dataset may declare more than the file holds (compression, rows not written), within reason.
_HIGHEST_RATIO = 2_000
# How netCDF marks a dataset that stands for an axis only.
_ONLY_A_DIMENSION = "This is a netCDF dimension but not a netCDF variable"
_SUSPICIOUS_BYTES = 1 << 30
_KNOWN_FILTERS = {
    1: "deflate",
    2: "shuffle",
    3: "fletcher32",
    4: "szip",
    5: "nbit",
    6: "scaleoffset",
    32000: "lzf",
}


@dataclass(frozen=True)
class Found:
    """A dataset that can be used, or what else is in the tree.

    Args:
        node: What the tree shows; its shape has the rows first.
        dtype: Type of the stored values; None for what cannot be used.
        unit: The unit that the file names.
        fields: Of a table in HDF5, its columns.
        stored_shape: The shape as it stands in the file.
        layout: How MATLAB laid the rows out; None for other programs.
        logical: Whether MATLAB's yes and no is meant.
        packing: What the dataset says of its own values.
        doubt: What it says of its values and cannot mean.
        names: Names of the numbers, where the type gives them.
        chunks: The shape of the pieces that the file holds it in; None where it is one piece.
    """

    node: TreeNode
    dtype: np.dtype | None = None
    unit: str | None = None
    fields: tuple[str, ...] = ()
    stored_shape: tuple[int, ...] = ()
    layout: str | None = None
    logical: bool = False
    packing: Packing | None = None
    doubt: str | None = None
    names: Mapping[int, str] | None = None
    chunks: tuple[int, ...] | None = None

    @property
    def chunk_rows(self) -> int:
        """Rows that lie in one piece, which is read whole or not at all."""
        if self.chunks is None:
            return 1
        return self.chunks[-1] if self.layout == ROWS else self.chunks[0]


def tree(path: Path, file: str) -> list[TreeNode]:
    """Groups and datasets, parents before their children.

    Raises:
        DataError: If it is no sound HDF5 file.
    """
    with open_file(path, file) as handle:
        return [found.node for found in guarded(walk(handle), file)]


def open_file(path: Path, file: str) -> Any:
    """The opened file; plug-ins are not looked for.

    Raises:
        DataError: If it is no sound HDF5 file.
    """
    _forget_plugins()
    try:
        return h5py.File(path, "r")
    except (OSError, RuntimeError, ValueError) as problem:
        raise damaged(file, str(problem)) from problem


def _forget_plugins() -> None:
    while h5pl.size():
        h5pl.remove(0)


def damaged(file: str, details: str) -> DataError:
    """The error for a file that the library cannot read."""
    return DataError(
        say("{file} is no sound HDF5 file: it is damaged or cut short.", file=repr(file)),
        code="data.damaged",
        details=details,
    )


def guarded(items: Iterator[Found], file: str) -> Iterator[Found]:
    """The walk, with the library's errors in words."""
    try:
        yield from items
    except LIBRARY_ERRORS as problem:
        if not came_from(problem, "h5py"):
            raise
        raise damaged(file, str(problem)) from problem


def walk(handle: Any, *, single_values: bool = False) -> Iterator[Found]:
    """Everything in the file, following hard links only, each object once.

    Args:
        handle: The open file.
        single_values: Whether single values are taken for columns with one row.
    """
    size = Path(handle.filename).stat().st_size
    seen: set[int] = set()
    waiting: list[tuple[str, Any, int]] = [("", handle["/"], 0)]
    objects = 0
    hidden = hidden_groups(handle)
    while waiting:
        place, group, depth = waiting.pop()
        yield Found(TreeNode(place, place.rpartition("/")[2], "group"))
        deeper: list[tuple[str, Any, int]] = []
        for name in group:
            objects += 1
            if objects > _MOST_OBJECTS:
                raise DataError(
                    say(
                        "The file holds more than {most_objects} objects.",
                        most_objects=_MOST_OBJECTS,
                    ),
                    code="data.too-many",
                )
            path = f"{place}/{name}" if place else name
            if path in hidden:
                continue
            link = group.get(name, getlink=True)
            if isinstance(link, h5py.ExternalLink):
                yield _refused(path, say("is a link to another file, which is not followed"))
                continue
            if isinstance(link, h5py.SoftLink):
                yield _refused(path, _say_soft_link(handle, place, link.path))
                continue
            child = group[name]
            address = h5o.get_info(child.id).addr
            if address in seen:
                continue
            seen.add(address)
            if isinstance(child, h5py.Group):
                note = matlab_refusal(child)
                if note:
                    yield _refused(path, note)
                elif depth + 1 > _DEEPEST:
                    yield _refused(path, say("is nested too deeply"))
                else:
                    deeper.append((path, child, depth + 1))
            elif isinstance(child, h5py.Dataset):
                yield _look_at(path, child, size, single_values=single_values)
        waiting.extend(reversed(deeper))


def follow(handle: Any, name: str) -> Any:
    """The dataset of this path, by hard links only."""
    here = handle["/"]
    for part in name.split("/"):
        if not isinstance(here.get(part, getlink=True), h5py.HardLink):
            raise KeyError(f"{name!r} is a link")
        here = here[part]
    if not isinstance(here, h5py.Dataset):
        raise KeyError(f"{name!r} is no dataset")
    return here


def _refused(path: str, note: str) -> Found:
    return Found(TreeNode(path, path.rpartition("/")[2], "refused", note=note))


def _say_soft_link(handle: Any, place: str, target: str) -> str:
    """What a link within the file points at: its dataset stands in the tree by its own name."""
    path = target if target.startswith("/") else f"{place}/{target}"
    path = posixpath.normpath(f"/{path}").strip("/")
    try:
        follow(handle, path)
    except KeyError:
        return say("is a link to another place, which is not followed")
    return say("is a link to {file}, which is read by that name", file=path)


def _look_at(path: str, dataset: Any, size: int, *, single_values: bool) -> Found:
    # A single value that counts is a column with one row.
    stored = tuple(dataset.shape or ((1,) if single_values else ()))
    try:
        dtype = dataset.dtype
    except TypeError as problem:  # of a type that NumPy does not have
        return _refused(
            path, say("holds values of a type that is not known here ({problem})", problem=problem)
        )
    problem = refusal(dataset, size, single_values=single_values)
    layout = None if problem else layout_of(dataset)
    node = TreeNode(
        path, path.rpartition("/")[2], "refused" if problem else "array",
        shape_as_read(stored, layout), _type_name(dtype), problem or "",
    )  # fmt: skip
    if problem:
        return Found(node)
    fields: tuple[str, ...] = ()
    if dtype.names:
        fields = tuple(
            name for name in dtype.names
            if h5py.check_string_dtype(dtype[name]) or not usable(dtype[name])
        )  # fmt: skip
    packing, doubt = packing_of(dataset)
    names = h5py.check_enum_dtype(dtype)
    return Found(
        node, dtype, _unit(dataset), fields,
        stored_shape=stored, layout=layout, logical=matlab_class(dataset) == LOGICAL,
        packing=packing, doubt=doubt,
        names={int(number): name for name, number in names.items()} if names else None,
        chunks=dataset.chunks,
    )  # fmt: skip


def refusal(dataset: Any, size: int, *, single_values: bool = False) -> str | None:
    """Why a dataset is not used, or None.

    Args:
        dataset: The open dataset.
        size: The size of its file.
        single_values: Whether single values are taken for columns with one row.
    """
    properties = dataset.id.get_create_plist()
    if properties.get_external_count():
        return say("is stored in another file, which is not opened")
    if dataset.is_virtual:
        return say("is put together from other files, which are not opened")
    for place in range(properties.get_nfilters()):
        number = properties.get_filter(place)[0]
        if number not in _KNOWN_FILTERS:
            return say("is packed with filter {number}, which needs a plug-in", number=number)
        if not h5z.filter_avail(number):
            return say(
                "is packed with {known_filters}, which is not available here",
                known_filters=_KNOWN_FILTERS[number],
            )
    if dataset.shape is None:
        return say("is empty")
    if not single_values and (len(dataset.shape) == 0 or is_single_in_matlab(dataset)):
        return say("is a single value")
    if _text(dataset.attrs.get("NAME", "")).startswith(_ONLY_A_DIMENSION):
        return say("is a dimension without values")
    note = matlab_refusal(dataset)
    if note:
        return note
    dtype = dataset.dtype
    if h5py.check_string_dtype(dtype) is None:
        if h5py.check_vlen_dtype(dtype) is not None:
            return say("holds rows of different lengths")
        if h5py.check_ref_dtype(dtype) is not None:
            return say("holds references")
        if dtype.names:
            if not any(
                h5py.check_string_dtype(dtype[n]) or not usable(dtype[n]) for n in dtype.names
            ):
                return say("has no fields that can be used")
        elif usable(dtype):
            return usable(dtype)
    if not dataset.size:
        return say("holds no rows")
    declared = int(dataset.size) * dtype.itemsize
    if declared > max(_SUSPICIOUS_BYTES, _HIGHEST_RATIO * size):
        return say(
            "claims {declared} GiB in a file of {size} MiB",
            declared=f"{declared / 2**30:.0f}",
            size=max(1, size >> 20),
        )
    if (
        dataset.chunks
        and np.prod(dataset.chunks, dtype=np.float64) * dtype.itemsize > _MOST_CHUNK_BYTES
    ):
        return say("is stored in pieces that are too large to read")
    return None


def _type_name(dtype: np.dtype) -> str:
    if h5py.check_string_dtype(dtype) is not None:
        return "str"
    return "table" if dtype.names else str(dtype)


def _unit(dataset: Any) -> str | None:
    for name in ("units", "unit"):
        if name in dataset.attrs:
            try:
                value = dataset.attrs[name]
            except (OSError, TypeError, ValueError):
                return None
            return _text(value)[:_LONGEST_UNIT] or None
    return None


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
