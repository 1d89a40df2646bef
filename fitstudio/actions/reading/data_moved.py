"""Finds a data file again that is not where it was: it moved with its project, or beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PureWindowsPath
from typing import Any

from fitstudio.data.fingerprint import fingerprint
from fitstudio.project import ProjectPaths


def moved_to(folder: Path, file: str, before: Any) -> str | None:
    """Where the same file is now, as the project names it; None if it is not nearby.

    A name alone is no evidence: the size and the hash must be those that were kept.

    Args:
        folder: The project's folder.
        file: The file as the project named it.
        before: The fingerprint that was kept, from a file that anyone may have written.
    """
    if not isinstance(before, Mapping) or not before.get("sha256"):
        return None
    name = PureWindowsPath(file).name  # takes both kinds of slashes
    for place in (folder, ProjectPaths(folder).data, folder.parent):
        path = place / name
        try:
            if not path.is_file() or path.stat().st_size != before.get("size"):
                continue
            if fingerprint(path)["sha256"] == before["sha256"]:
                inside = path.is_relative_to(folder)
                return path.relative_to(folder).as_posix() if inside else str(path.absolute())
        except (OSError, ValueError):
            continue
    return None
