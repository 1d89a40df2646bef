"""What the window remembers between starts: size, last page, theme; in one INI file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from fitstudio.gui.theme.theme import Contrast, Mode
from fitstudio.viewmodel.shell.places import projects_folder, settings_file


class WindowSettings:
    """Typed access to the file."""

    def __init__(self) -> None:
        self._file = QSettings(str(settings_file()), QSettings.Format.IniFormat)

    @property
    def mode(self) -> Mode:
        """System, light or dark."""
        return _member(Mode, self._text("look/mode"), Mode.SYSTEM)

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._file.setValue("look/mode", str(mode))

    @property
    def contrast(self) -> Contrast:
        """As the system says, or high."""
        return _member(Contrast, self._text("look/contrast"), Contrast.SYSTEM)

    @contrast.setter
    def contrast(self, contrast: Contrast) -> None:
        self._file.setValue("look/contrast", str(contrast))

    @property
    def projects_folder(self) -> Path:
        """Where new projects are made."""
        own = self._text("projects/folder")
        return Path(own) if own else projects_folder()

    @projects_folder.setter
    def projects_folder(self, folder: Path) -> None:
        self._file.setValue("projects/folder", str(folder))

    @property
    def panel_shown(self) -> bool:
        """Whether the plain-words panel is unfolded."""
        return self._text("window/panel") != "false"

    @panel_shown.setter
    def panel_shown(self, shown: bool) -> None:
        self._file.setValue("window/panel", "true" if shown else "false")

    def geometry(self) -> QByteArray | None:
        """The window's place and size, as Qt stores it."""
        value = self._file.value("window/geometry")
        return value if isinstance(value, QByteArray) else None

    def keep_geometry(self, geometry: QByteArray) -> None:
        """Remembers place and size."""
        self._file.setValue("window/geometry", geometry)

    def last_page(self, project: Path) -> str:
        """The page that was shown last in a project, or nothing."""
        return self._text(f"pages/{_key(project)}")

    def keep_page(self, project: Path, page: str) -> None:
        """Remembers the page shown in a project."""
        self._file.setValue(f"pages/{_key(project)}", page)

    def save(self) -> None:
        """Writes what is unwritten."""
        self._file.sync()

    def _text(self, key: str) -> str:
        value = self._file.value(key)
        return value if isinstance(value, str) else ""


def _key(project: Path) -> str:
    # QSettings reads slashes as groups.
    return str(project).replace("/", "|").replace("\\", "|")


def _member(kind, text: str, default):
    try:
        return kind(text)
    except ValueError:
        return default
