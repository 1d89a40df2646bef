"""Opens the help pages, at the setting that has the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from fitstudio.declared.parameters.registry import find_param
from fitstudio.gui.window.commands import Commands
from fitstudio.gui.window.dialogs import about
from fitstudio.viewmodel.shell.background import Background

if TYPE_CHECKING:
    from fitstudio.gui.window.help.help_viewer import HelpViewer


class HelpOpener:
    """The help of a window, made when it is first asked for.

    Args:
        window: The window.
        commands: Of which "help" and "about" are done here.
        background: Where it is found out what this installation is.
        model_kind: The kind of the present model, on which the settings depend.
    """

    def __init__(
        self,
        window: QWidget,
        commands: Commands,
        background: Background,
        model_kind: Callable[[], str],
    ) -> None:
        self._window = window
        self._model_kind = model_kind
        self.viewer: HelpViewer | None = None
        commands.bind(
            help=lambda: self.show(self.setting_in_focus()),
            about=lambda: about.show_about(window, background),
        )

    def show(self, topic: str = "") -> None:
        """Shows the help pages, at a setting where one is named."""
        from fitstudio.gui.window.help.help_viewer import HelpViewer  # the window starts without it

        if self.viewer is None:
            self.viewer = HelpViewer(self._window)
        self.viewer.show_topic(topic)

    def close(self) -> None:
        """Closes them."""
        if self.viewer is not None:
            self.viewer.close()

    def setting_in_focus(self) -> str:
        """The setting in whose row the keyboard is; empty where it is in none."""
        widget: QWidget | None = self._window.focusWidget()
        while widget is not None:
            name = widget.objectName()
            # A part of a setting's row goes by the setting's key and its own name.
            for key in (name, name.rpartition(".")[0]):
                if key and find_param(key, self._model_kind()) is not None:
                    return key
            widget = widget.parentWidget()
        return ""
