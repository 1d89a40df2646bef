"""How a person likes the pages (columns, scales, splitters), kept in the window's settings file."""

from __future__ import annotations

from PySide6.QtCore import QSettings

from fitstudio.viewmodel.shell.places import settings_file


def view_settings() -> QSettings:
    """The settings file; values are texts, numbers and Qt's own states."""
    return QSettings(str(settings_file()), QSettings.Format.IniFormat)
