"""Where the window keeps its own settings, and how it names folders to a person."""

from __future__ import annotations

from pathlib import Path

from fitstudio.actions.folders import free_folder, projects_folder
from fitstudio.actions.launchers import processes

__all__ = ["free_folder", "projects_folder", "settings_file", "short_place"]


def settings_file() -> Path:
    """The file with the window's size, theme and last page."""
    return processes.settings_folder() / "window.ini"


def short_place(folder: Path) -> str:
    """A folder's parents as a person reads them: the last few, from the home folder on."""
    try:
        parts = folder.relative_to(Path.home()).parts
    except ValueError:
        parts = folder.parts[1:] if folder.anchor else folder.parts
    shown = parts if len(parts) <= 3 else ("…", *parts[-3:])
    return " / ".join(shown)
