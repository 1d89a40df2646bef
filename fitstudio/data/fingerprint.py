"""How a changed data file is noticed: size, time and a hash of what it holds."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

_BLOCK_BYTES = 4 << 20
# Beyond this a hash of everything would take longer than a person waits.
_WHOLE_BYTES = 2 << 30
_PIECES = 256


def fingerprint(path: Path) -> dict[str, Any]:
    """Size, time of the last change and SHA-256 of a file.

    For very large files the hash is made of pieces spread over the file, and ``sampled`` says so.
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
    return found | ({"sampled": True} if sampled else {})
