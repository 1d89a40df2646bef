"""Reads the header of an NPY array from anyone, believing nothing that it says."""

from __future__ import annotations

import ast
import io
import math
import struct
import tokenize
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from fitstudio.errors import DataError
from fitstudio.words import say

_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 64 << 10
_MOST_AXES = 8


@dataclass(frozen=True)
class NpyHeader:
    """What an array is, and how many bytes stand before its data."""

    dtype: np.dtype
    shape: tuple[int, ...]
    fortran: bool
    length: int

    @property
    def data_bytes(self) -> int:
        """Bytes that the data take."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(stream: BinaryIO, *, what: str) -> NpyHeader:
    """Reads the header at the start of a stream.

    Args:
        stream: Stands at the first byte of the array.
        what: The array's name, for messages.

    Raises:
        DataError: If there is no sound header.
    """
    start = stream.read(10)
    if len(start) < 10 or start[:6] != _MAGIC:
        raise damaged(what, say("it does not start like an array"))
    version = start[6]
    if version == 1:
        length, before = struct.unpack("<H", start[8:10])[0], 10
    elif version in (2, 3):
        rest = stream.read(2)
        if len(rest) < 2:
            raise damaged(what, say("its header is cut short"))
        length, before = struct.unpack("<I", start[8:10] + rest)[0], 12
    else:
        raise damaged(what, say("version {version} of the format does not exist", version=version))
    if length > _LONGEST_HEADER:
        raise damaged(what, say("its header claims {length} bytes", length=length))
    text = stream.read(length)
    if len(text) < length:
        raise damaged(what, say("its header is cut short"))
    return _parse(text, version, before + length, what)


def _parse(text: bytes, version: int, length: int, what: str) -> NpyHeader:
    try:
        words = text.decode("utf-8" if version == 3 else "latin-1").strip()
        fields = ast.literal_eval(_without_long_marks(words) if version < 3 else words)
        shape, fortran, described = fields["shape"], fields["fortran_order"], fields["descr"]
    except (ValueError, SyntaxError, KeyError, TypeError, MemoryError, RecursionError) as problem:
        raise damaged(what, say("its header makes no sense")) from problem
    if isinstance(described, list):
        described = [tuple(part) if isinstance(part, list) else part for part in described]
    try:
        dtype = np.dtype(described)
    except (TypeError, ValueError, SyntaxError, OverflowError) as problem:
        raise damaged(what, say("its type of values is unknown")) from problem
    sound = (
        isinstance(shape, tuple)
        and len(shape) <= _MOST_AXES
        and all(type(size) is int and 0 <= size < 1 << 62 for size in shape)
        and isinstance(fortran, bool)
    )
    if not sound or math.prod(shape) >= 1 << 62:
        raise damaged(what, say("its shape makes no sense"))
    return NpyHeader(dtype, shape, fortran, length)


def _without_long_marks(words: str) -> str:
    """A header without the L that Python 2 wrote behind long whole numbers: ``(60L, 5L)``."""
    if "L" not in words:
        return words
    kept: list[tuple[int, str]] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(words).readline):
            after_number = bool(kept) and kept[-1][0] == tokenize.NUMBER
            if not (after_number and token.type == tokenize.NAME and token.string == "L"):
                kept.append((token.type, token.string))
    except (tokenize.TokenError, SyntaxError):
        return words  # no sound header, with or without
    return tokenize.untokenize(kept).strip()


def damaged(what: str, why: str) -> DataError:
    """The error for an array that cannot be read."""
    return DataError(
        say("{what} is damaged: {why}.", what=repr(what), why=why),
        code="data.damaged",
        remedy=say(
            "Take a fresh copy of the file, or save it again from the program that made it."
        ),
    )
