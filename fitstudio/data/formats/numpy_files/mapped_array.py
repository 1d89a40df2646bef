"""Arrays that stay in their file, and that a reader process can open again for itself."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio.data.formats.arrays.cut_file import refuse_cut
from fitstudio.data.formats.numpy_files.npy_header import damaged
from fitstudio.words import say

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
            raise damaged(
                self.name, say("its bytes do not give the checksum that stands in the file")
            )


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
        self._length = refuse_cut(self.path, max(self._length, promised))
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
