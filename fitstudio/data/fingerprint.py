"""How a changed data file is noticed: size, time and a hash of what it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_BLOCK_BYTES = 4 << 20
# Beyond this a hash of everything would take longer than a person waits.
_WHOLE_BYTES = 2 << 30
_PIECES = 256
#: Where the fingerprint of a second file stands, which holds the targets.
_TARGETS = "targets"


def fingerprint(path: Path, targets: Path | None = None) -> dict[str, Any]:
    """Size, time of the last change and SHA-256 of a file.

    For very large files the hash is made of pieces spread over the file, and ``sampled`` says so.

    Args:
        path: The file.
        targets: The file that holds its targets, where that is another one.
    """
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

    Raises:
        OSError: If one of them is gone.
    """
    known = path.stat()
    if (known.st_size, known.st_mtime_ns) != (before.get("size"), before.get("mtime_ns")):
        return False
    second = before.get(_TARGETS)
    if targets is None or not isinstance(second, Mapping):
        return targets is None
    return untouched(second, targets)


def same_content(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether two fingerprints are of the same content, whenever and wherever it was written."""
    then, later = before.get(_TARGETS), now.get(_TARGETS)
    if isinstance(then, Mapping) and isinstance(later, Mapping) and not same_content(then, later):
        return False
    return before.get("sha256") == now.get("sha256")
