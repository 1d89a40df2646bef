"""Arrays that stay in their file, and that a reader process can open again for itself."""

from __future__ import annotations

import math
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio.data.formats.npy_header import damaged
from fitstudio.data.formats.packed_values import Packing
from fitstudio.errors import DataError

_BLOCK_BYTES = 16 << 20
# Reading more than this only to compare a checksum would take longer than a person waits.
_MOST_CHECKED_BYTES = 8 << 30


@dataclass(frozen=True)
class Checksum:
    """What a stretch of a file has to give, as its archive says.

    Args:
        name: What the stretch holds, for messages.
        start: Its first byte.
        length: Its bytes.
        crc: Their CRC-32.
    """

    name: str
    start: int
    length: int
    crc: int

    def refuse_wrong(self, path: Path) -> None:
        """Reads the stretch once.

        Raises:
            DataError: If it is not what it was when it was written.
        """
        found, left = 0, self.length
        with path.open("rb") as stream:
            stream.seek(self.start)
            while left and (block := stream.read(min(_BLOCK_BYTES, left))):
                found = zlib.crc32(block, found)
                left -= len(block)
        if left or found != self.crc:
            raise damaged(self.name, "its bytes do not give the checksum that stands in the file")


class MappedArray:
    """An array that the system maps from the disk; sent to another process, it is opened there.

    Args:
        path: The file.
        dtype: Type of the values.
        shape: Shape of the array.
        offset: Bytes before the first value.
        fortran: Whether the first axis runs fastest.
        check: Compared once, before the first value is read, unless the array is very large.
    """

    def __init__(
        self,
        path: Path,
        dtype: np.dtype,
        shape: tuple[int, ...],
        offset: int,
        fortran: bool,
        check: Checksum | None = None,
    ) -> None:
        self.path, self.dtype, self.shape = path, dtype, shape
        self._offset, self._fortran = offset, fortran
        self._values: np.ndarray | None = None
        self._length = 0
        self.is_checked = check is not None and check.length <= _MOST_CHECKED_BYTES
        self._check = check if self.is_checked else None

    def __getitem__(self, key: Any) -> Any:
        # The file's header promised so many bytes when it was read.
        promised = self._offset + math.prod(self.shape) * self.dtype.itemsize
        self._length = _refuse_cut(self.path, max(self._length, promised))
        if self._check is not None:
            self._check.refuse_wrong(self.path)
            self._check = None
        if self._values is None:
            order = "F" if self._fortran else "C"
            self._values = np.memmap(
                self.path, self.dtype, "r", self._offset, self.shape, order
            ).view(np.ndarray)
        return self._values[key]

    def __len__(self) -> int:
        return self.shape[0]

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_values": None}


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
    ) -> None:
        self.path, self.name, self.dtype, self.shape = path, name, dtype, shape
        self.field = field
        self.whole_numbers = whole_numbers
        self._layout, self._packing, self._names = layout, packing, names
        self._dataset: Any = None
        self._process = 0
        self._length = 0

    def __getitem__(self, key: Any) -> Any:
        from fitstudio.data.formats.hdf5 import read_rows

        # A handle that a forked child inherits shares its place in the file with the parent.
        self._length = _refuse_cut(self.path, self._length)
        if self._dataset is None or self._process != os.getpid():
            from fitstudio.data.formats.hdf5 import open_dataset

            self._dataset = open_dataset(self.path, self.name)
            self._process = os.getpid()
        if isinstance(key, tuple):
            rows = self[key[0]]
            single = isinstance(key[0], int | np.integer)
            return rows[key[1:]] if single else rows[(slice(None), *key[1:])]
        values = read_rows(self._dataset, self.field, key, self._layout)
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


def _refuse_cut(path: Path, length: int) -> int:
    """The file's length, which must not have become less since the last look.

    What is missing of a mapped file ends the process when it is touched; of an HDF5 file it would
    come as zeros, without a word.

    Raises:
        DataError: If it has, or the file is gone.
    """
    try:
        now = path.stat().st_size
    except OSError as problem:
        now = -1
        details = str(problem)
    else:
        details = f"{length} bytes before, {now} now"
    if now < length or now < 0:
        raise DataError(
            f"The data file {path.name!r} was cut short or taken away while it was being read.",
            code="data.cut",
            remedy="Put the whole file back, then resume the run.",
            safe="All finished epochs are kept.",
            details=details,
        )
    return now
