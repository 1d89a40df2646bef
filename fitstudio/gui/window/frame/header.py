"""The header: the project and its menu, the menus, the device, and the buttons that run."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.buttons import Button, icon_button, primary_button, secondary_button
from fitstudio.gui.widgets.labels import ElidedLabel, as_tip
from fitstudio.gui.window.commands import Commands
from fitstudio.gui.window.frame.device_chip import DeviceChip
from fitstudio.gui.window.logo import LogoMark
from fitstudio.viewmodel.shell.commands import COMMANDS
from fitstudio.viewmodel.shell.device import DeviceModel
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say

_PROGRAM = "FitStudio"


class Header(QWidget):
    """One line over everything.

    Signals:
        panel_pressed: The person unfolds the plain-words panel.
    """

    panel_pressed = Signal()

    def __init__(
        self, commands: Commands, device: DeviceModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self.setFixedHeight(Size.HEADER)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(Space.GRID)
        row.addWidget(LogoMark())
        self.title = ElidedLabel(_PROGRAM, style="strong")
        self.title.setMaximumWidth(320)
        row.addSpacing(2)
        row.addWidget(self.title)
        self.project_button = icon_button("caret-down", say("Projects"), small=True)
        self.project_button.setObjectName("header.project")
        self.project_button.setIconSize(QSize(Size.CARET, Size.CARET))
        self.project_button.setMenu(self._project_menu())
        row.addWidget(self.project_button)
        row.addSpacing(Space.GRID)
        row.addWidget(commands.menu_bar, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        self.panel_button = icon_button("article", say("In plain words"))
        self.panel_button.setObjectName("header.panel")
        self.panel_button.clicked.connect(self.panel_pressed)
        self.panel_button.hide()
        row.addWidget(self.panel_button)
        self.chip = DeviceChip(device)
        row.addWidget(self.chip)
        row.addSpacing(Space.HALF)
        self.more = self._more_button()
        self.pause = secondary_button(say("Pause"), icon="pause")
        self.stop = primary_button(say("Stop, keep best"), icon="stop")
        self.train = primary_button(say("Train"), icon="play-fill")
        for button, action in (
            (self.pause, "pause"),
            (self.stop, "stop"),
            (self.train, "train"),
        ):
            button.setObjectName(f"button.{action}")
            button.setToolTip(commands.tooltip(action))
            row.addWidget(button)
        self.pause.clicked.connect(self._on_pause)
        self.stop.clicked.connect(commands["stop"].trigger)
        self.train.clicked.connect(commands["train"].trigger)
        row.insertWidget(row.indexOf(self.pause), self.more)
        self._paused = False
        self.show_session(None)

    def show_session(self, session: ProjectSession | None) -> None:
        """Shows the buttons that make sense now."""
        self.title.setText(session.project.name if session else _PROGRAM)
        self.project_button.setVisible(session is not None)
        starting = session is not None and session.starting
        under_way = session is not None and session.running is not None
        self._paused = session is not None and session.paused
        _say(self.train, say("Starting…") if starting else say("Train"))
        _say(self.pause, say("Continue") if self._paused else say("Pause"))
        self.pause.set_icon("play" if self._paused else "pause")
        for button, name in (
            (self.train, "train"),
            (self.stop, "stop"),
            (self.pause, self._pause_command),
            (self.more, "stop_epoch"),
        ):
            refusal = COMMANDS[name].refusal(session)
            button.setEnabled(refusal is None)
            if button is not self.more:
                tip = self._commands.tooltip(name) if refusal is None else as_tip(refusal)
                button.setToolTip(tip)
        self.train.setVisible(session is not None and not under_way)
        for button in (self.pause, self.stop, self.more):
            button.setVisible(under_way)

    def step_back(self, back: bool) -> None:
        """Whether the page has the way on: there is one primary button in the window."""
        self.train.set_kind("secondary" if back else "primary")

    @property
    def _pause_command(self) -> str:
        return "resume" if self._paused else "pause"

    def set_room(self, width: int) -> None:
        """Leaves out what the window is too narrow for."""
        self.chip.set_compact(width < Size.FOLD_PANEL)
        self.title.setMaximumWidth(320 if width >= Size.FOLD_PANEL else 160)

    def _on_pause(self) -> None:
        self._commands[self._pause_command].trigger()

    def _project_menu(self) -> QMenu:
        menu = QMenu(self)
        for name in ("new_project", "open_project"):
            menu.addAction(self._commands[name])
        menu.addMenu(self._commands.recent_menu)
        menu.addSeparator()
        for name in ("show_folder", "start"):
            menu.addAction(self._commands[name])
        return menu

    def _more_button(self) -> Button:
        button = icon_button("dots-three", say("More ways to stop"))
        button.setObjectName("header.more")
        menu = QMenu(self)
        for name in ("stop_epoch", "stop_now"):
            menu.addAction(self._commands[name])
        menu.addSeparator()
        menu.addAction(self._commands["snapshot"])
        button.setMenu(menu)
        return button


def _say(button: Button, text: str) -> None:
    if button.label() != text:
        button.say(text)
