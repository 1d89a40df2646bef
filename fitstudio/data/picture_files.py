"""Lists the picture files of a folder, with what the folders above them say."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fitstudio.declared.formats.npz import part_of
from fitstudio.declared.formats.pictures import PICTURE_ENDINGS

_DEEPEST = 12
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class PictureFile:
    """One file of a folder of pictures.

    Args:
        name: Its path from the folder on, with ``/``.
        size: In bytes.
        changed: When, in nanoseconds.
    """

    name: str
    size: int
    changed: int

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that it lies in, the outermost first."""
        return tuple(self.name.split("/")[:-1])


def picture_files(folder: Path) -> list[PictureFile]:
    """Every picture below a folder, in the order in which a person counts: 2 before 10.

    Links to folders are not followed: they could lead round in a circle, or out of the folder.
    """
    return sorted(walk_pictures(folder), key=lambda file: _natural(file.name))


def walk_pictures(folder: Path) -> Iterator[PictureFile]:
    """Every picture below a folder, in whatever order the system names them."""
    return _walk(str(folder), "", 0)


def one_picture(path: Path) -> PictureFile:
    """A single file, as if its folder held nothing else.

    Raises:
        OSError: If it is not there.
    """
    status = path.stat()
    return PictureFile(path.name, status.st_size, status.st_mtime_ns)


def holds_pictures(folder: Path) -> bool:
    """Whether there is a picture below a folder."""
    return next(walk_pictures(folder), None) is not None


def labels_of(files: list[PictureFile]) -> tuple[list[str] | None, list[str] | None]:
    """The class and the part of each picture, by the folders that they lie in.

    Returns:
        The classes, or None where all pictures lie in one folder; the parts (such as "train" and
        "test"), or None where no folder is called so.
    """
    folders = [file.folders for file in files]
    parts: list[str] | None = None
    outermost = {each[0] if each else "" for each in folders}
    if len(outermost) > 1 and all(part_of(name) for name in outermost):
        parts = [each[0] for each in folders]
        folders = [each[1:] for each in folders]
    classes = ["/".join(each) for each in folders]
    if len(set(classes)) < 2:
        return None, parts
    # A folder around all of them says nothing.
    shared = os.path.commonpath(classes) if all(classes) else ""
    if shared and shared not in classes:
        classes = [name[len(shared) + 1 :] for name in classes]
    return classes, parts


def _walk(folder: str, above: str, depth: int) -> Iterator[PictureFile]:
    try:
        entries = os.scandir(folder)
    except OSError:
        return
    with entries:
        for entry in entries:
            name = entry.name
            if name.startswith((".", "__MACOSX")):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    if depth < _DEEPEST:
                        yield from _walk(entry.path, f"{above}{name}/", depth + 1)
                elif name.lower().endswith(PICTURE_ENDINGS) and entry.is_file():
                    status = entry.stat()
                    yield PictureFile(above + name, status.st_size, status.st_mtime_ns)
            except OSError:
                continue


def _natural(name: str) -> list[tuple[int, int, str]]:
    pieces = _DIGITS.split(name.casefold())
    return [
        (1, int(piece), "") if place % 2 else (0, 0, piece) for place, piece in enumerate(pieces)
    ]
