"""How the window looks: light or dark, full screen, its first size, and the dialog about it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMainWindow

from fitstudio.gui.theme.theme import Mode, theme
from fitstudio.gui.window.commands import Commands
from fitstudio.gui.window.dialogs import settings
from fitstudio.gui.window.window_settings import WindowSettings

SMALLEST = QSize(860, 560)
_FIRST_SIZE = QSize(1280, 800)
_FRAME = QSize(16, 48)


def first_size(available: QSize) -> QSize:
    """The size of a window that was never shown before.

    Args:
        available: What the screen has beside its bars. Also a small one shows all of the window:
            what is left goes to the frame and its title.
    """
    return _FIRST_SIZE.boundedTo(available - _FRAME).expandedTo(SMALLEST)


class Look:
    """The commands about the window's look.

    Args:
        window: The window.
        commands: Of which those about the look are done here.
        settings: Where it is remembered.
    """

    def __init__(self, window: QMainWindow, commands: Commands, settings: WindowSettings) -> None:
        self._window = window
        self._commands = commands
        self._settings = settings
        commands.bind(
            settings=self._on_settings,
            full_screen=self._on_full_screen,
            look_system=lambda: self._choose(Mode.SYSTEM),
            look_light=lambda: self._choose(Mode.LIGHT),
            look_dark=lambda: self._choose(Mode.DARK),
        )
        self._show_mode()

    def restore(self) -> None:
        """Gives the window the size that it had, or a first one."""
        window = self._window
        geometry = self._settings.geometry()
        if geometry is None or not window.restoreGeometry(geometry):
            window.resize(first_size(window.screen().availableGeometry().size()))

    def show_state(self) -> None:
        """The window fills the screen now, or does not any more."""
        self._commands["full_screen"].setChecked(self._window.isFullScreen())

    def _choose(self, mode: Mode) -> None:
        self._settings.mode = mode
        theme().apply(mode)
        self._show_mode()

    def _show_mode(self) -> None:
        for mode in Mode:
            self._commands[f"look_{mode}"].setChecked(theme().mode is mode)

    def _on_full_screen(self) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _on_settings(self) -> None:
        settings.show_settings(self._window, self._settings)
        self._show_mode()
