"""Asks a person for a data file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from fitstudio.declared.formats import registry
from fitstudio.words import say


def data_filter() -> str:
    """What a file dialog for data shows: the endings of all formats, then all files."""
    return f"{say('Data')} ({registry.patterns()});;{say('All files')} (*)"


def ask_data_file(window: QWidget) -> Path | None:
    """Asks for a data file."""
    file, _kind = QFileDialog.getOpenFileName(window, say("Choose data"), "", data_filter())
    return Path(file) if file else None
