"""Where new projects go unless told otherwise."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import platformdirs

from fitstudio.actions.launchers import processes

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')


def projects_folder() -> Path:
    """The folder that new projects are made in at first."""
    if os.environ.get("FITSTUDIO_HOME"):
        return processes.settings_folder() / "projects"
    return Path(platformdirs.user_documents_dir()) / "FitStudio"


def working_folder() -> Path:
    """What a path that was typed is relative to.

    A folder that was removed behind our back is none: there names are looked for under the root.
    """
    try:
        return Path.cwd()
    except FileNotFoundError:
        return Path(Path(sys.executable).anchor)


def free_folder(parent: Path, name: str) -> Path:
    """A folder in `parent` that is not there yet, named after `name`.

    Args:
        parent: Where projects go.
        name: What the project is called; characters that a file system refuses are left out.
    """
    stem = _FORBIDDEN.sub(" ", name).strip(" .")[:80] or "Project"
    candidate, number = parent / stem, 2
    while candidate.exists():
        candidate, number = parent / f"{stem} {number}", number + 1
    return candidate
