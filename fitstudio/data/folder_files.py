"""Looks into a folder of data files: which of them are one dataset, and what the folders say."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from fitstudio.declared.formats.format import Format
from fitstudio.declared.formats.npz import part_of
from fitstudio.declared.formats.registry import FORMATS
from fitstudio.declared.formats.zarr import STORE_MARKS, ZARR
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.words import say_count
from fitstudio.words.numbers import listed

# The columns of what a folder says of its files.
CLASS, PART, FILE = "class", "part", "file"
_DEEPEST = 12
_DIGITS = re.compile(r"(\d+)")
_MOST_NAMED = 5
# What systems leave in folders, which nobody put there.
_LEFT_BY_SYSTEMS = ("thumbs.db", "desktop.ini", "ehthumbs.db")


@dataclass(frozen=True)
class FolderFile:
    """One file of a folder.

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

    @property
    def ending(self) -> str:
        """Its ending, with the point, in small letters."""
        return PurePosixPath(self.name).suffix.lower()


@dataclass(frozen=True)
class FolderContent:
    """What a folder holds.

    Args:
        format: What its files are.
        files: These files, in the order in which a person counts: 2 before 10.
        others: All files besides.
    """

    format: Format
    files: tuple[FolderFile, ...]
    others: tuple[FolderFile, ...] = ()

    def tell_others(self) -> Iterator[Finding]:
        """Says which files are no part of the dataset."""
        if not self.others:
            return
        sentence = say_count(
            len(self.others),
            "{number} other file of the folder is left out: {names}.",
            "{number} other files of the folder are left out: {names}.",
            names=listed([repr(each.name) for each in self.others], most=_MOST_NAMED),
        )
        yield Finding("data.files-left-out", Severity.ADVICE, "data.file", sentence)


def look_into(folder: Path, format: Format | None = None) -> FolderContent | None:
    """The files of a folder that are one dataset; None where there are none.

    Links to folders are not followed: they could lead round in a circle, or out of the folder.

    Args:
        folder: The folder.
        format: What its files are, where that is known; else what most of them are.
    """
    kinds: dict[str, list[Format]] = {}
    for each in FORMATS.values():
        if format is None or each is format:
            for ending in each.folder_endings:
                kinds.setdefault(ending, []).append(each)
    found = sorted(_walk(str(folder), "", 0), key=lambda file: _natural(file.name))
    if any((folder / name).is_file() for name in STORE_MARKS):
        return FolderContent(ZARR, tuple(found))
    groups: Counter[tuple[str, str]] = Counter()
    for file in found:
        for each in kinds.get(file.ending, ()):
            groups[each.name, _group(each, file)] += 1
    if not groups:
        return None
    # Among equals pictures come first: a text beside each of them tells about it.
    order = list(FORMATS)
    name, group = max(
        groups, key=lambda key: (groups[key], FORMATS[key[0]].is_folder, -order.index(key[0]))
    )
    chosen = FORMATS[name]
    inside = [
        file for file in found
        if file.ending in chosen.folder_endings and _group(chosen, file) == group
    ]  # fmt: skip
    names = {file.name for file in inside}
    others = (file for file in found if file.name not in names)
    return FolderContent(chosen, tuple(inside), tuple(others))


def one_file(path: Path) -> FolderFile:
    """A single file, as if its folder held nothing else.

    Raises:
        OSError: If it is not there.
    """
    status = path.stat()
    return FolderFile(path.name, status.st_size, status.st_mtime_ns)


def labels_of(files: Sequence[FolderFile]) -> tuple[list[str] | None, list[str] | None]:
    """The class and the part of each file, by the folders that they lie in.

    Returns:
        The classes, or None where all files lie in one folder; the parts (such as "train" and
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


def folder_columns(files: Sequence[FolderFile], taken: Collection[str]) -> dict[str, list[str]]:
    """What the folder says of each of its files, by column; the last column names the file.

    Args:
        files: The files.
        taken: Names that columns of the files have.
    """
    classes, parts = labels_of(files)
    said = ((CLASS, classes), (PART, parts), (FILE, [file.name for file in files]))
    found: dict[str, list[str]] = {}
    for name, values in said:
        if values is not None:
            free, number = name, 2
            while free in taken:
                free, number = f"{name}_{number}", number + 1
            found[free] = values
    return found


def _group(format: Format, file: FolderFile) -> str:
    """What keeps files of a format apart: a text beside workbooks is a note, not one of them."""
    return file.ending if format.has_mixed_endings else ""


def _walk(folder: str, above: str, depth: int) -> Iterator[FolderFile]:
    """Every file below a folder, in whatever order the system names them."""
    try:
        entries = os.scandir(folder)
    except OSError:
        return
    with entries:
        for entry in entries:
            name = entry.name
            if name.startswith((".", "__MACOSX")) or name.lower() in _LEFT_BY_SYSTEMS:
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    if depth < _DEEPEST:
                        yield from _walk(entry.path, f"{above}{name}/", depth + 1)
                elif entry.is_file():
                    status = entry.stat()
                    yield FolderFile(above + name, status.st_size, status.st_mtime_ns)
            except OSError:
                continue


def _natural(name: str) -> list[tuple[int, int, str]]:
    pieces = _DIGITS.split(name.casefold())
    return [
        (1, int(piece), "") if place % 2 else (0, 0, piece) for place, piece in enumerate(pieces)
    ]
