"""The ends of log files, for whoever wants to know why a process ended."""

from __future__ import annotations

from pathlib import Path

from fitstudio.storage.special_files import open_to_read

_TAIL_BYTES = 20_000


def log_tail(path: Path, *, after: int = 0) -> str:
    """The end of a log, from byte `after` on at most; empty if it cannot be read."""
    try:
        with open_to_read(path) as file:
            file.seek(max(after, path.stat().st_size - _TAIL_BYTES))
            return file.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""
