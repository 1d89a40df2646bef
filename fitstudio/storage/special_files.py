"""Names what only looks like a file: pipes, devices and sockets, which cannot be read twice."""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

from fitstudio.words import marked, say, say_marked

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


def open_to_read(path: Path) -> BufferedReader:
    """Opens a file that must be one: a pipe in its place would be waited for without an end.

    Raises:
        OSError: If it cannot be opened, or is a folder, a pipe, a device or a socket.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, say("It is no file"), str(path))
        return open(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise
