"""Reads one picture: what its file says of it, and its points in their full depth."""

from __future__ import annotations

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
    with path.open("rb") as stream:
        head = stream.read(26)
        if head.startswith(_TIFF):
            return _tiff_header(path, page)
        size = path.stat().st_size
        stream.seek(max(0, size - _TAIL_BYTES))
        tail = stream.read()
        if head.startswith(_PNG) and b"IEND" not in tail:
            raise ValueError("it ends in the middle")
        if head.startswith(_JPEG) and b"\xff\xd9" not in tail:
            raise ValueError("it ends in the middle")
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
