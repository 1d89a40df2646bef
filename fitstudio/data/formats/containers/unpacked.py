"""What comes out of a packed file: the text of a table, and what the packing says about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import psutil

from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.errors import DataError
from fitstudio.words import say
from fitstudio.words.numbers import format_bytes

_BLOCK_BYTES = 4 << 20
# A table takes several times the size of its text while it is read.
_MOST_OF_MEMORY = 0.25


@dataclass(frozen=True, kw_only=True)
class Unpacked:
    """The text of a table.

    Args:
        data: The text, in bytes.
        settled: Options of reading that the packing leaves no choice of, such as the mark between
            the cells of a workbook.
        guesses: Which of several tables it is, and what else was found out on the way.
        options: The options by which the same table is found again.
    """

    data: bytes
    settled: Mapping[str, Any] = field(default_factory=dict)
    guesses: tuple[Guess, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


def blocks_of(stream: IO[bytes]) -> Iterator[bytes]:
    """What a stream gives, block by block."""
    while block := stream.read(_BLOCK_BYTES):
        yield block


def read_all(blocks: Iterable[bytes], file: str) -> bytes:
    """All blocks of unpacked bytes together, as long as this machine can hold them.

    Raises:
        DataError: If it would fill the memory, as a file made for that does.
    """
    most = int(_MOST_OF_MEMORY * psutil.virtual_memory().available)
    found = bytearray()
    for block in blocks:
        found += block
        if len(found) > most:
            raise DataError(
                say(
                    "{file} holds more than {most} when it is unpacked, which is too much to "
                    "read with the memory that is free.",
                    file=repr(file),
                    most=format_bytes(most),
                ),
                code="data.too-large",
                remedy=say("Unpack it, and choose a part of it."),
            )
    return bytes(found)
