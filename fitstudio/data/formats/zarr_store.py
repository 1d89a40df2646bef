"""Opens the arrays of a Zarr store as columns; they are read in slices, never whole.

What a store says of how its chunks are packed is looked at before any is unpacked: only codecs that
are known to hold numbers are let through, none that could run code.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio.data.formats.arrays.columns import usable
from fitstudio.data.formats.arrays.source import ArraySource
from fitstudio.data.formats.arrays.tree_choice import Naming, choose, other_findings
from fitstudio.data.formats.blame import came_from
from fitstudio.data.formats.libraries import missing_library
from fitstudio.data.formats.reader import Asked
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.task.dataset_summary import TreeNode
from fitstudio.errors import DataError
from fitstudio.words import say

_NAMING = Naming(array="array", option="arrays")
_CODECS = frozenset(
    {
        "blosc", "zlib", "gzip", "zstd", "lz4", "bz2", "lzma", "shuffle", "delta", "bitround",
        "fixedscaleoffset", "quantize", "packbits", "astype", "crc32", "crc32c", "adler32",
        "bytes", "transpose", "sharding_indexed",
    }
)  # fmt: skip
# What the library raises for damaged stores; mistakes of our own look the same but for their place.
_LIBRARY_ERRORS = (
    ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
_LIBRARIES = ("zarr", "numcodecs")
_MOST_ARRAYS = 20_000
_MOST_CHUNK_BYTES = 1 << 30
_MOST_NAMED = 20


@dataclass(frozen=True)
class _Found:
    """An array of the store.

    Args:
        node: What the tree shows.
        dtype: The type of its values; None where it is no column.
        unit: The unit that it names.
        chunk_rows: Rows that lie in one chunk.
    """

    node: TreeNode
    dtype: np.dtype | None = None
    unit: str = ""
    chunk_rows: int = 1


class StoredArray:
    """An array of a store; every process that reads it opens the store for itself.

    Args:
        path: The store.
        name: The array's path in it; "" for a store that is one array.
        dtype: The type of its values.
        shape: Its shape, rows first.
        chunk_rows: Rows that lie in one chunk, which is read whole or not at all.
    """

    def __init__(
        self, path: Path, name: str, dtype: np.dtype, shape: tuple[int, ...], chunk_rows: int
    ) -> None:
        self.path, self.name, self.dtype, self.shape = path, name, dtype, shape
        self.chunk_rows = chunk_rows
        self._array: Any = None
        self._process = 0

    def __len__(self) -> int:
        return self.shape[0]

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_array": None, "_process": 0}

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, tuple):
            rows = self[key[0]]
            single = isinstance(key[0], int | np.integer)
            return rows[key[1:]] if single else rows[(slice(None), *key[1:])]
        if self._array is None or self._process != os.getpid():
            store = _open(self.path, self.path.name)
            self._array = store[self.name] if self.name else store
            self._process = os.getpid()
        try:
            if isinstance(key, list | np.ndarray):
                wanted = np.asarray(key)
                wanted = np.flatnonzero(wanted) if wanted.dtype == bool else wanted
                rows, places = np.unique(wanted, return_inverse=True)
                return np.asarray(self._array.oindex[rows])[places]
            return np.asarray(self._array[key])
        except _LIBRARY_ERRORS as problem:
            raise _of_library(problem, self.path.name) from problem


def open_zarr(asked: Asked) -> ArraySource:
    """Opens the arrays of one length that belong together.

    Raises:
        DataError: If the store is damaged, or holds nothing that can be used; or if zarr is not
            installed.
    """
    file, options = asked.file, asked.options
    found = {each.node.path: each for each in _walk(asked.path, file) if each.node.kind != "group"}
    usable_ones = {path: each for path, each in found.items() if each.dtype is not None}
    refused = {path: each.node.note for path, each in found.items() if each.dtype is None}
    if not usable_ones:
        reasons = "; ".join(f"{path!r} {note}" for path, note in list(refused.items())[:5])
        raise DataError(
            say(
                "{file} holds no arrays that can be used{reasons}.",
                file=repr(file),
                reasons=": " + reasons if reasons else "",
            ),
            code="data.no-arrays",
            remedy=say("It needs arrays of numbers with one row for each sample."),
        )
    lengths = {path: each.node.shape[0] for path, each in usable_ones.items()}
    choice = choose(lengths, options, file, _NAMING)
    arrays, units = {}, {}
    for path, shown in choice.names.items():
        each = usable_ones[path]
        name = shown or "array"
        assert each.dtype is not None
        arrays[name] = StoredArray(asked.path, path, each.dtype, each.node.shape, each.chunk_rows)
        if each.unit:
            units[name] = each.unit
    guesses = (choice.guess,) if choice.guess is not None else ()
    return ArraySource(
        asked.path,
        file,
        "zarr",
        arrays,
        types=asked.columns,
        options={**options, **{guess.name: guess.value for guess in guesses}},
        guesses=guesses,
        findings=(*_refused(refused), *other_findings(lengths, choice, options, _NAMING)),
        units=units,
    )


def zarr_tree(path: Path, file: str) -> list[TreeNode]:
    """Groups and arrays, parents before their children.

    Raises:
        DataError: If the store is damaged, or zarr is not installed.
    """
    return [each.node for each in _walk(path, file)]


def _open(path: Path, file: str) -> Any:
    try:
        import zarr
    except ImportError as problem:
        raise missing_library(
            "zarr", file=file, what=say("a Zarr store"), problem=problem
        ) from problem
    try:
        return zarr.open(str(path), mode="r")
    except _LIBRARY_ERRORS as problem:
        raise _of_library(problem, file) from problem


def _walk(path: Path, file: str) -> Iterator[_Found]:
    store = _open(path, file)
    try:
        if hasattr(store, "shape"):
            yield _look_at("", store)
            return
        yield _Found(TreeNode("", "", "group"))
        members = sorted(store.members(max_depth=None), key=lambda member: member[0])
        for name, member in members[:_MOST_ARRAYS]:
            if hasattr(member, "shape"):
                yield _look_at(name, member)
            else:
                yield _Found(TreeNode(name, name.rpartition("/")[2], "group"))
    except _LIBRARY_ERRORS as problem:
        raise _of_library(problem, file) from problem


def _look_at(name: str, array: Any) -> _Found:
    shape = tuple(int(size) for size in array.shape)
    dtype = np.dtype(array.dtype)
    note = _refusal(array, shape, dtype)
    kind = "refused" if note else "array"
    node = TreeNode(name, name.rpartition("/")[2], kind, shape, str(dtype), note or "")
    if note:
        return _Found(node)
    attributes = array.attrs.asdict()
    unit = attributes.get("units") or attributes.get("unit") or ""
    return _Found(node, dtype, str(unit)[:60], int(array.chunks[0]) if array.chunks else 1)


def _refusal(array: Any, shape: tuple[int, ...], dtype: np.dtype) -> str | None:
    """Why an array is not used, or None."""
    strange = sorted(_codecs(array.metadata.to_dict()) - _CODECS)
    if strange:
        return say("is packed with {codec}, which is not unpacked here", codec=strange[0])
    if not shape:
        return say("is a single value")
    if not math.prod(shape):
        return say("holds no rows")
    if math.prod(array.chunks) * dtype.itemsize > _MOST_CHUNK_BYTES:
        return say("is stored in pieces that are too large to read")
    return usable(dtype)


def _codecs(said: Any) -> set[str]:
    """The names of all codecs that the description of an array asks for."""
    found: set[str] = set()
    if isinstance(said, Mapping):
        for name in ("compressor", "filters", "codecs", "index_codecs", "compressors"):
            inside = said.get(name)
            for each in inside if isinstance(inside, list | tuple) else [inside]:
                if each is None:
                    continue
                told = each if isinstance(each, Mapping) else _as_mapping(each)
                label = told.get("id") or told.get("name")
                found.add(str(label).removeprefix("numcodecs."))
                found |= _codecs(told.get("configuration"))
    return found


def _as_mapping(codec: Any) -> Mapping[str, Any]:
    for name in ("get_config", "to_dict"):
        if hasattr(codec, name):
            return getattr(codec, name)()
    return {"id": type(codec).__name__}


def _refused(refused: Mapping[str, str]) -> Iterator[Finding]:
    for path, note in list(refused.items())[:_MOST_NAMED]:
        yield Finding(
            "data.array-left-out",
            Severity.ADVICE,
            "data.file",
            say("**{file}** {note}: left out.", file=path, note=note),
        )


def _of_library(problem: BaseException, file: str) -> BaseException:
    """What the library raised, in words; a mistake of our own as it is."""
    if isinstance(problem, DataError) or not came_from(problem, *_LIBRARIES):
        return problem
    return DataError(
        say("{file} is no sound Zarr store: it is damaged, or not whole.", file=repr(file)),
        code="data.damaged",
        remedy=say("Copy it again, or write it anew from the program that made it."),
        details=str(problem),
    )
