"""Asks a person for a data file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from fitstudio.declared.formats import registry
from fitstudio.words import say

_FOLDER = "dataFolder"


def data_filter() -> str:
    """What a file dialog for data shows: the endings of all formats, then all files."""
    return f"{say('Data')} ({registry.patterns()});;{say('All files')} (*)"


def ask_data_file(window: QWidget, title: str = "", beside: Path | None = None) -> Path | None:
    """Asks for a data file.

    Args:
        window: Over which the dialog stands.
        title: What it is for, where it is not simply the data.
        beside: A file in whose folder it probably is; else where the last one was.
    """
    folder = str(beside.parent) if beside is not None else data_folder()
    file, _kind = QFileDialog.getOpenFileName(
        window, title or say("Choose data"), folder, data_filter()
    )
    if not file:
        return None
    keep_data_folder(Path(file))
    return Path(file)


def ask_data_folder(window: QWidget) -> Path | None:
    """Asks for a folder of data files."""
    folder = QFileDialog.getExistingDirectory(window, say("Choose a folder"), data_folder())
    if not folder:
        return None
    keep_data_folder(Path(folder))
    return Path(folder)


def data_folder() -> str:
    """Where the last data file was chosen; empty before the first, which leaves it to Qt."""
    application = QCoreApplication.instance()
    return str(application.property(_FOLDER) or "") if application is not None else ""


def keep_data_folder(file: Path) -> None:
    """The next file is looked for beside this one."""
    application = QCoreApplication.instance()
    if application is not None:
        application.setProperty(_FOLDER, str(file.parent))
