"""Writes scalars and histograms in TensorBoard's file format, which needs no package.

A file is a chain of records: length, checksum of the length, data, checksum of the data. The data
is a protocol buffer ``Event`` (tensorflow/core/util/event.proto) of which four fields are used; its
fifth holds a ``Summary`` (tensorflow/core/framework/summary.proto).
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from fitstudio import storage
from fitstudio.storage import atomic

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_BINS = 30  # as many as the reference has


class EventFile:
    """An event file.

    Args:
        folder: Where it stands; made if missing.
        name: Its name; by default one of its own.
        keep_bytes: How much of a file of that name stays: whole records of it.
        write: Carries out what adds a record; at once by default.
    """

    def __init__(
        self,
        folder: Path,
        name: str | None = None,
        *,
        keep_bytes: int = 0,
        write: Callable[[Callable[[], None]], None] = lambda write: write(),
    ) -> None:
        self._write = write
        atomic.make_folder(folder)
        now = time.time()
        drawn = f"events.out.tfevents.{int(now)}.{socket.gethostname()}.{time.monotonic_ns()}"
        self.name = name or drawn
        self._file = storage.AppendFile(folder / self.name)
        kept = _whole_records(folder / self.name, keep_bytes)
        if self._file.size > kept:
            self._file.cut_to(kept)
        if not kept:
            self._append(_field(1, _FIXED64, struct.pack("<d", now)) + _text(3, b"brain.Event:2"))

    @property
    def size(self) -> int:
        """Its bytes."""
        return self._file.size

    def add_scalar(self, tag: str, value: float, step: int) -> None:
        """Adds a point to the curve `tag`."""
        self._add(tag, _field(2, _FIXED32, struct.pack("<f", value)), step)

    def add_histogram(self, tag: str, values: np.ndarray, step: int) -> None:
        """Adds how `values`, of any shape, are distributed; what is not finite is left out."""
        values = np.asarray(values, dtype=np.float64).ravel()
        values = values[np.isfinite(values)]
        if not len(values):
            return
        counts, edges = _counted(values)
        facts = (values.min(), values.max(), len(values), values.sum(), np.square(values).sum())
        numbered = enumerate(facts, start=1)
        content = b"".join(_field(n, _FIXED64, struct.pack("<d", fact)) for n, fact in numbered)
        content += _text(6, edges[1:].astype("<f8").tobytes())
        content += _text(7, counts.astype("<f8").tobytes())
        self._add(tag, _text(5, content), step)

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def _add(self, tag: str, value: bytes, step: int) -> None:
        self._append(
            _field(1, _FIXED64, struct.pack("<d", time.time()))
            + _field(2, _VARINT, _varint(step))
            + _text(5, _text(1, _text(1, tag.encode()) + value))
        )

    def _append(self, event: bytes) -> None:
        length = struct.pack("<Q", len(event))
        record = length + _checksum(length) + event + _checksum(event)
        self._write(lambda: self._file.append(record))


def _counted(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts in equal bins, and their edges; one bin for values that differ by rounding only."""
    try:
        return np.histogram(values, bins=_BINS)
    except ValueError:
        # So many edges do not fit between the smallest and the largest value, or the distance of
        # the two is beyond float64. A picture of the weights must not end a training.
        return np.array([len(values)]), np.array([values.min(), values.max()])


def _whole_records(path: Path, most: int) -> int:
    """The bytes of the records that end within the first `most` bytes."""
    end = 0
    with path.open("rb") as file:
        size = min(most, file.seek(0, 2))
        while end + 12 <= size:
            file.seek(end)
            (length,) = struct.unpack("<Q", file.read(8))
            if end + length + 16 > size:
                break
            end += length + 16
    return end


def _field(number: int, kind: int, content: bytes) -> bytes:
    return _varint(number << 3 | kind) + content


def _text(number: int, content: bytes) -> bytes:
    return _field(number, _BYTES, _varint(len(content)) + content)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _crc32c_table() -> tuple[int, ...]:
    table = []
    for index in range(256):
        value = index
        for _ in range(8):
            value = value >> 1 ^ 0x82F63B78 if value & 1 else value >> 1
        table.append(value)
    return tuple(table)


_TABLE = _crc32c_table()


def _checksum(data: bytes) -> bytes:
    """The masked CRC-32C (Castagnoli) that the record format asks for."""
    value = 0xFFFFFFFF
    for byte in data:
        value = value >> 8 ^ _TABLE[(value ^ byte) & 0xFF]
    value ^= 0xFFFFFFFF
    return struct.pack("<I", ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF)
