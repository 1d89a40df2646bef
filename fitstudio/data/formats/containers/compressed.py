"""Reads text that is compressed with gzip, bzip2, xz or Zstandard."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePath

import zstandard

from fitstudio.data.formats.containers.unpacked import blocks_of, read_all
from fitstudio.errors import DataError
from fitstudio.words import say

# A block can become thousands of times as large, before anybody can count it.
_PACKED_BYTES = 1 << 16
DAMAGES = (EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError)


def unpack_compressed(path: Path, file: str, name: str) -> tuple[bytes, str]:
    """The text in a compressed file, and the name of the file that was compressed.

    Args:
        path: The file.
        file: Its name, as messages show it.
        name: How it is compressed: "gzip", "bzip2", "xz" or "zstandard".

    Raises:
        DataError: If it is damaged, or too large to be held in memory.
    """
    inside = PurePath(file).with_suffix("").name
    try:
        return read_all(_blocks(path, name), file), inside
    except DAMAGES as problem:
        raise damaged(file, problem) from problem


def damaged(file: str, problem: BaseException) -> DataError:
    """The error for a packed file that cannot be unpacked."""
    return DataError(
        say("{file} cannot be unpacked: it is damaged, or not whole.", file=repr(file)),
        code="data.damaged",
        remedy=say("Copy or download it again."),
        details=str(problem),
    )


def _blocks(path: Path, name: str) -> Iterator[bytes]:
    if name == "zstandard":
        yield from _zstandard_blocks(path)
        return
    opens = {"gzip": gzip.open, "bzip2": bz2.open, "xz": lzma.open}
    with opens[name](path, "rb") as stream:
        yield from blocks_of(stream)


def _zstandard_blocks(path: Path) -> Iterator[bytes]:
    """What a file of frames holds.

    Raises:
        EOFError: If the last frame is not whole, of which the library's own streams say nothing.
    """
    decoder = zstandard.ZstdDecompressor().decompressobj()
    with path.open("rb") as stream:
        while packed := stream.read(_PACKED_BYTES):
            while packed:
                if decoder.eof:
                    decoder = zstandard.ZstdDecompressor().decompressobj()
                yield decoder.decompress(packed)
                packed = decoder.unused_data if decoder.eof else b""
    if not decoder.eof:
        raise EOFError(say("the last frame is not whole"))
