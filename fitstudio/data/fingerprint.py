"""How a changed data file is noticed: size, time and a hash of what it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fitstudio.data.folder_files import FolderFile, look_into

_BLOCK_BYTES = 4 << 20
# Beyond this a hash of everything would take longer than a person waits.
_WHOLE_BYTES = 2 << 30
_PIECES = 256
# Beyond so many files, opening each of them takes too long.
_WHOLE_FILES = 10_000
#: Where the fingerprint of a second file stands, which holds the targets.
_TARGETS = "targets"
#: Where that of the pictures stands which a table names.
PICTURES = "pictures"


def fingerprint(path: Path, targets: Path | None = None) -> dict[str, Any]:
    """Size, time of the last change and SHA-256 of a file.

    For very large files the hash is made of pieces spread over the file, and ``sampled`` says so.

    Args:
        path: The file.
        targets: The file that holds its targets, where that is another one.
    """
    if path.is_dir():
        return of_files(path, _files_in(path))
    known = path.stat()
    digest = hashlib.sha256()
    sampled = known.st_size > _WHOLE_BYTES
    with path.open("rb") as stream:
        if sampled:
            step = (known.st_size - _BLOCK_BYTES) / (_PIECES - 1)
            digest.update(str(known.st_size).encode())
            for piece in range(_PIECES):
                stream.seek(int(piece * step))
                digest.update(stream.read(_BLOCK_BYTES))
        else:
            while block := stream.read(_BLOCK_BYTES):
                digest.update(block)
    found: dict[str, Any] = {
        "size": known.st_size,
        "mtime_ns": known.st_mtime_ns,
        "sha256": digest.hexdigest(),
    }
    if sampled:
        found["sampled"] = True
    return found if targets is None else found | {_TARGETS: fingerprint(targets)}


def untouched(before: Mapping[str, Any], path: Path, targets: Path | None = None) -> bool:
    """Whether the files have the size and time that they had, so that nothing has to be read.

    Of a table that names pictures that cannot be told without reading it.

    Raises:
        OSError: If one of them is gone.
    """
    if PICTURES in before:
        return False
    if quick_look(path) != (before.get("size"), before.get("mtime_ns")):
        return False
    second = before.get(_TARGETS)
    if targets is None or not isinstance(second, Mapping):
        return targets is None
    return untouched(second, targets)


def same_content(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether two fingerprints are of the same content, whenever and wherever it was written."""
    for part in (_TARGETS, PICTURES):
        then, later = before.get(part), now.get(part)
        if not isinstance(then, Mapping) or not isinstance(later, Mapping):
            continue
        if not same_content(then, later):
            return False
    return before.get("sha256") == now.get("sha256")


def quick_look(path: Path) -> tuple[int, int]:
    """Size and time of the last change of a file, or of all data files of a folder.

    Raises:
        OSError: If there is none.
    """
    if not path.is_dir():
        known = path.stat()
        return known.st_size, known.st_mtime_ns
    files = _files_in(path)
    return sum(file.size for file in files), max((file.changed for file in files), default=0)


def _files_in(folder: Path) -> tuple[FolderFile, ...]:
    found = look_into(folder)
    return () if found is None else found.files


def of_files(folder: Path, files: Sequence[FolderFile]) -> dict[str, Any]:
    """Of the files of a folder: what is in them; of very many names and sizes, and some of them.

    Args:
        folder: Where they lie.
        files: The files, in their order.
    """
    digest = hashlib.sha256()
    size = sum(file.size for file in files)
    sampled = size > _WHOLE_BYTES or len(files) > _WHOLE_FILES
    step = max(1, len(files) // _PIECES) if sampled else 1
    for place, file in enumerate(files):
        digest.update(f"{file.name}\0{file.size}\n".encode("utf-8", "surrogateescape"))
        if place % step == 0 and (size <= _WHOLE_BYTES or file.size <= _BLOCK_BYTES):
            digest.update((folder / file.name).read_bytes())
    found: dict[str, Any] = {
        "size": size,
        "mtime_ns": max((file.changed for file in files), default=0),
        "sha256": digest.hexdigest(),
        "files": len(files),
    }
    return found | ({"sampled": True} if sampled else {})
