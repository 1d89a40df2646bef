"""Reads one picture: what its file says of it, and its points in their full depth."""

from __future__ import annotations

import os
import struct
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import tifffile
from PIL import Image, ImageOps, UnidentifiedImageError

from fitstudio.errors import DataError
from fitstudio.words import say

_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
# A picture of more points than this is a mistake, or made to fill the memory.
_MOST_POINTS = 400_000_000
_TAIL_BYTES = 64
_HEAD_BYTES = 1024
_PNG_END, _JPEG_END = b"IEND", b"\xff\xd9"
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)
# Channels by the colour type of a PNG; the points of type 3 are numbers of a palette.
_PNG_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}
_EXIF = 0xE1
# The markers of a JPEG that are followed by its size.
_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ORIENTATION = 0x0112
_SIDEWAYS = (5, 6, 7, 8)

DAMAGES = (
    OSError, ValueError, TypeError, KeyError, IndexError, SyntaxError, EOFError, MemoryError,
    UnidentifiedImageError, tifffile.TiffFileError, imagecodecs.PngError, OverflowError,
    Image.DecompressionBombError, AttributeError, ZeroDivisionError,
)  # fmt: skip


@dataclass(frozen=True)
class PictureHeader:
    """What a file says of its picture.

    Args:
        width: In points, as it is shown.
        height: Likewise.
        channels: Numbers for each point, the pages of files with several among them.
        dtype: The type of a number: "uint8", "uint16", "float32".
    """

    width: int
    height: int
    channels: int
    dtype: str


def read_header(path: Path, page: int | None = None) -> PictureHeader:
    """What a file says of its picture, without decoding it.

    Args:
        path: The file.
        page: Which page is meant, from 1; None for all.

    Raises:
        DataError: If it is no picture, is cut off, or is too large; naming the file.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = _header(path, page)
    except DAMAGES as problem:
        raise _unreadable(path, problem) from problem
    _refuse_too_large(path, found)
    return found


def _refuse_too_large(path: Path, found: PictureHeader) -> None:
    if found.width * found.height * found.channels > _MOST_POINTS:
        raise DataError(
            say(
                "{name} is {width} × {height} points large, which is too much.",
                name=repr(path.name),
                width=found.width,
                height=found.height,
            ),
            code="data.picture-too-large",
            remedy=say("Make it smaller, or cut it into pieces."),
        )


def quickly(path: str) -> PictureHeader | None:
    """As `read_header`, where that costs next to nothing; None where it has to be asked."""
    try:
        found = whole_and_quick(path)
    except (OSError, ValueError):
        return None  # it says in words what is wrong
    if found is None or found.width * found.height * found.channels > _MOST_POINTS:
        return None
    return found


def read_points(path: Path, page: int | None = None, at_least: int = 0) -> np.ndarray:
    """The points of a picture, (height, width, channels), in the type that the file keeps.

    Args:
        path: The file.
        page: Which page is meant, from 1; None for all, as channels.
        at_least: The side to which the picture will be made smaller: a file that can be decoded
            faster at a size above it is. 0 for the whole picture.

    Raises:
        DataError: If it cannot be decoded; naming the file.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            points = _points(path, page, at_least)
    except DAMAGES as problem:
        raise _unreadable(path, problem) from problem
    return points if points.ndim == 3 else points[:, :, None]


def _header(path: Path, page: int | None) -> PictureHeader:
    quick = whole_and_quick(str(path))
    if quick is not None:
        return quick
    with path.open("rb") as stream:
        head = stream.read(26)
        if head.startswith(_TIFF):
            return _tiff_header(path, page)
        stream.seek(0)
        with Image.open(stream) as image:
            width, height = image.size
            # Of a PNG this would decode the whole picture.
            if not head.startswith(_PNG) and image.getexif().get(_ORIENTATION) in _SIDEWAYS:
                width, height = height, width
            deep = head.startswith(_PNG) and head[24] == 16
            return PictureHeader(
                width, height, _channels(image), "uint16" if deep else _dtype(image.mode)
            )


def whole_and_quick(path: str) -> PictureHeader | None:
    """What a PNG or JPEG file says in its first bytes, where that is all; else None.

    A hundred thousand of them are looked at so, and nothing is spent on what a file does not need.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it ends in the middle.
    """
    place = os.open(path, _READ)
    try:
        head = os.read(place, _HEAD_BYTES)
        is_png = head.startswith(_PNG)
        if not is_png and not head.startswith(_JPEG):
            return None
        tail = head[-_TAIL_BYTES:]
        if len(head) == _HEAD_BYTES:
            os.lseek(place, -_TAIL_BYTES, os.SEEK_END)
            tail = os.read(place, _TAIL_BYTES)
    finally:
        os.close(place)
    if (_PNG_END if is_png else _JPEG_END) not in tail:
        raise ValueError("it ends in the middle")
    return quick_header(head)


def quick_header(head: bytes) -> PictureHeader | None:
    """What the first bytes of a PNG or JPEG file say, where they say all; else None.

    A library that opens the file looks at the same bytes, and takes ten times as long.
    """
    if head.startswith(_PNG) and head[12:16] == b"IHDR" and len(head) >= 33:
        width, height, bits, colour = struct.unpack(">IIBB", head[16:26])
        if colour in _PNG_CHANNELS and bits in (8, 16) and width and height:
            return PictureHeader(width, height, _PNG_CHANNELS[colour], f"uint{bits}")
        return None
    return _jpeg_header(head) if head.startswith(_JPEG) else None


def _jpeg_header(head: bytes) -> PictureHeader | None:
    place = 2
    while place + 10 <= len(head) and head[place] == 0xFF:
        marker = head[place + 1]
        if marker == _EXIF:
            return None  # it may say that the picture lies on its side
        if marker in _JPEG_FRAMES:
            bits, height, width, channels = struct.unpack(">BHHB", head[place + 4 : place + 10])
            if bits != 8 or channels not in (1, 3) or not width or not height:
                return None
            return PictureHeader(width, height, channels, "uint8")
        place += 2 + int.from_bytes(head[place + 2 : place + 4], "big")
    return None


def _tiff_header(path: Path, page: int | None) -> PictureHeader:
    with tifffile.TiffFile(path) as file:
        pages = _pages(file, page)
        first = pages[0]
        if first.dtype is None or any(each.shape != first.shape for each in pages):
            raise ValueError("its pages have different sizes")
        # The last bytes of the last page must be there: a copy that broke off ends before them.
        ends = [
            offset + count
            for each in pages
            for offset, count in zip(each.dataoffsets, each.databytecounts, strict=False)
        ]
        if ends and max(ends) > path.stat().st_size:
            raise ValueError("it ends in the middle")
        channels = first.samplesperpixel * len(pages)
        return PictureHeader(first.imagewidth, first.imagelength, channels, str(first.dtype))


def _pages(file: Any, page: int | None) -> list[Any]:
    pages = [each for each in file.pages if not each.is_reduced]
    if page is None:
        return pages
    if page > len(pages):
        raise ValueError(f"it has {len(pages)} pages")
    return [pages[page - 1]]


def _points(path: Path, page: int | None, at_least: int) -> np.ndarray:
    with path.open("rb") as stream:
        head = stream.read(26)
    if head.startswith(_TIFF):
        with tifffile.TiffFile(path) as file:
            return np.concatenate([_channels_last(each) for each in _pages(file, page)], axis=2)
    if head.startswith(_PNG):
        content = path.read_bytes()
        _check_sums(content)
        return imagecodecs.png_decode(content)  # keeps 16 bits of colour
    with Image.open(path) as image:
        if at_least:
            image.draft(None, (at_least * 2, at_least * 2))
        turned = ImageOps.exif_transpose(image)
        if turned.mode == "P":
            turned = turned.convert("RGBA" if "transparency" in turned.info else "RGB")
        elif turned.mode in ("1", "CMYK", "YCbCr", "LAB", "HSV"):
            turned = turned.convert("L" if turned.mode == "1" else "RGB")
        return np.asarray(turned)


def _check_sums(content: bytes) -> None:
    """Compares the sums of a PNG file's pieces, which its decoders do not all look at.

    Raises:
        ValueError: If one is another.
    """
    place = len(_PNG)
    while place + 12 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        end = place + 8 + length
        if zlib.crc32(content[place + 4 : end]) != int.from_bytes(content[end : end + 4], "big"):
            raise ValueError("a sum does not fit")
        if content[place + 4 : place + 8] == b"IEND":
            return
        place = end + 4


def _channels_last(page: Any) -> np.ndarray:
    values = page.asarray()
    if page.axes.startswith("S"):  # channel after channel
        values = np.moveaxis(values, 0, -1)
    return values.reshape(page.imagelength, page.imagewidth, page.samplesperpixel)


def _channels(image: Image.Image) -> int:
    if image.mode == "P":
        return 4 if "transparency" in image.info else 3
    if image.mode == "CMYK":
        return 3
    return len(image.getbands())


def _dtype(mode: str) -> str:
    return {"I;16": "uint16", "I;16B": "uint16", "I": "int32", "F": "float32"}.get(mode, "uint8")


def _unreadable(path: Path, problem: BaseException) -> DataError:
    return DataError(
        say("{name} cannot be read as a picture: {why}.", name=repr(path.name), why=_why(problem)),
        code="data.picture-unreadable",
        remedy=say("Copy it again, or take it out of the folder."),
        details=repr(problem),
    )


def _why(problem: BaseException) -> str:
    if isinstance(problem, UnidentifiedImageError | tifffile.TiffFileError | SyntaxError):
        return say("it is of no kind that is known here")
    if isinstance(problem, PermissionError):
        return say("it may not be opened")
    if isinstance(problem, FileNotFoundError):
        return say("it is not there any more")
    return say("it is damaged, or not whole")
