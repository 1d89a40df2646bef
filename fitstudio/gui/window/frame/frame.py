"""What the window shows: the header over the rail, the pages, and the plain-words panel."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from fitstudio.gui.pages.start.page import StartPage
from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.window.commands import Commands
from fitstudio.gui.window.drops.drop_cover import DropCover
from fitstudio.gui.window.frame.header import Header
from fitstudio.gui.window.frame.notices import NoticeArea
from fitstudio.gui.window.frame.rail import Rail
from fitstudio.gui.window.frame.side_panel import SidePanel
from fitstudio.viewmodel.shell.device import DeviceModel
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.viewmodel.shell.stations import stations
from fitstudio.viewmodel.start.page import StartModel


class Frame(QWidget):
    """The parts of the window and their places; they only show.

    Args:
        commands: Whose buttons stand in header and rail.
        device: What the header says of the device.
        start: What the start page shows.
    """

    def __init__(self, commands: Commands, device: DeviceModel, start: StartModel) -> None:
        super().__init__()
        self.setObjectName("window.canvas")
        self.header = Header(commands, device)
        self.header.panel_pressed.connect(commands["panel"].trigger)
        self.rail = Rail()
        self.rail.help_pressed.connect(commands["help"].trigger)
        self.rail.settings_pressed.connect(commands["settings"].trigger)
        self.notices = NoticeArea()
        self.start_page = StartPage(start)
        self.start_page.new_pressed.connect(commands["new_project"].trigger)
        self.start_page.open_pressed.connect(commands["open_project"].trigger)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.start_page)
        self.panel = SidePanel()
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.notices)
        middle.addWidget(self.stack, 1)
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(Space.GRID)
        body.addWidget(self.rail)
        body.addLayout(middle, 1)
        body.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addLayout(body, 1)
        self.cover = DropCover(self)

    def show_session(self, session: ProjectSession | None) -> None:
        """Shows how a project stands; rail and panel belong to one, the start page stands alone."""
        self.rail.setVisible(session is not None)
        self.header.show_session(session)
        if session is not None:
            self.rail.set_stations(stations(session))
