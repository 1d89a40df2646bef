"""Names what only looks like a file: pipes, devices and sockets, which cannot be read twice."""

from __future__ import annotations

import stat
from pathlib import Path

from fitstudio.words import marked, say_marked

_KINDS = (
    (stat.S_ISFIFO, marked("a named pipe (FIFO)")),
    (stat.S_ISCHR, marked("a device")),
    (stat.S_ISBLK, marked("a device")),
    (stat.S_ISSOCK, marked("a socket")),
)


def special_file(path: Path) -> str | None:
    """What is at this path in two or three words, if it is neither a file nor a folder.

    Returns:
        The words, or None for files, folders and what is not there.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return None
    return next((say_marked(words) for is_kind, words in _KINDS if is_kind(mode)), None)
