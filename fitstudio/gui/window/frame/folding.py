"""What is folded away as the window gets narrow, and the plain-words panel that comes back."""

from __future__ import annotations

from fitstudio.gui.theme.tokens import Size
from fitstudio.gui.window.commands import Commands
from fitstudio.gui.window.frame.frame import Frame
from fitstudio.gui.window.window_settings import WindowSettings


class Folding:
    """Shows or folds the parts of the frame.

    Args:
        frame: The parts.
        commands: Of which "panel" is on where the panel is wanted.
        settings: Where that is remembered.
    """

    def __init__(self, frame: Frame, commands: Commands, settings: WindowSettings) -> None:
        self._frame = frame
        self._settings = settings
        self._wanted = commands["panel"]
        self._wanted.setChecked(settings.panel_shown)
        self._asked = False
        self._width = 0
        self._has_project = False
        commands.bind(panel=self.toggle_panel)

    def show_project(self, has_project: bool) -> None:
        """There is a project now, or none: without one there is nothing to say in plain words."""
        self._has_project = has_project
        self._fold()

    def set_width(self, width: int) -> None:
        """The window has another width now."""
        self._width = width
        if width >= Size.FOLD_PANEL:
            self._asked = False
        self._fold()

    def toggle_panel(self) -> None:
        """Shows the panel, over the narrow window too, or folds it."""
        if not self._has_project:
            return
        shown = not self._frame.panel.isVisibleTo(self._frame)
        self._asked = shown
        self._wanted.setChecked(shown)
        self._settings.panel_shown = shown
        self._fold()

    def _fold(self) -> None:
        frame, width = self._frame, self._width
        room = width >= Size.FOLD_PANEL or self._asked
        shown = self._has_project and self._wanted.isChecked() and room
        frame.panel.setVisible(shown)
        frame.panel.set_wide(width >= Size.WIDE)
        frame.header.panel_button.setVisible(self._has_project and not shown)
        frame.header.set_room(width)
        frame.rail.set_narrow(width < Size.FOLD_RAIL)
