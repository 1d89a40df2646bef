"""The pages of the open project: made when first shown, shown one at a time, gone with it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from fitstudio.gui.pages import registry
from fitstudio.gui.pages.page import Page
from fitstudio.gui.pages.registry import PAGES
from fitstudio.gui.window.commands import Commands
from fitstudio.gui.window.frame.frame import Frame
from fitstudio.gui.window.window_settings import WindowSettings
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.viewmodel.shell.stations import station_of


class PageStack(QObject):
    """Shows pages in the frame.

    Args:
        frame: Where they are shown.
        commands: Of which those that go to a page do it here.
        settings: Where a project's last page is remembered.

    Attributes:
        pages: Those that were made, by name.
        name: Of the one that is shown; "start" without a project.

    Signals:
        changed: Another page is shown.
    """

    changed = Signal()

    def __init__(
        self, frame: Frame, commands: Commands, settings: WindowSettings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._frame = frame
        self._settings = settings
        self._session: ProjectSession | None = None
        self.pages: dict[str, Page] = {}
        self.name = "start"
        # What a page has just made is seen a turn of the event loop later.
        self._primary_timer = QTimer(self)
        self._primary_timer.setSingleShot(True)
        self._primary_timer.setInterval(0)
        self._primary_timer.timeout.connect(self._show_primary)
        frame.rail.chosen.connect(self.show_page)
        frame.panel.go_requested.connect(self.go_to_setting)
        commands.bind(find=self._on_find)
        for entry in PAGES:
            commands.bind(**{f"page_{entry.name}": lambda name=entry.name: self.show_page(name)})

    @property
    def current(self) -> Page | None:
        """The page that is shown; None for the start page."""
        return self.pages.get(self.name)

    def begin(self, session: ProjectSession) -> None:
        """Shows the pages of a project from now on, first the one that was shown last."""
        self._session = session
        self._frame.panel.set_session(session)
        last = self._settings.last_page(session.project.folder)
        self.show_page(last if last in {entry.name for entry in PAGES} else "data")

    def show_page(self, name: str) -> None:
        """Shows a station; its page is made when it is first shown."""
        if self._session is None:
            return
        page = self.pages.get(name)
        if page is None:
            page = registry.entry(name).make(self._session)
            page.pageRequested.connect(self.show_page)
            page.plainWordsChanged.connect(self._primary_timer.start)
            self.pages[name] = page
            self._frame.stack.addWidget(page)
        self.name = name
        self._frame.stack.setCurrentWidget(page)
        self._frame.rail.set_current(name)
        self._frame.panel.set_page(page)
        self._settings.keep_page(self._session.project.folder, name)
        self.changed.emit()
        self._primary_timer.start()

    def show_start(self) -> None:
        """Shows the start page."""
        self.name = "start"
        self._frame.stack.setCurrentWidget(self._frame.start_page)
        self._frame.start_page.set_busy("")
        self.changed.emit()

    def go_to_setting(self, key: str) -> None:
        """Shows the editor of a setting."""
        self.show_page(station_of(key))
        if self.current is not None:
            self.current.show_setting(key)

    def end(self) -> None:
        """Takes all pages away: their project closes."""
        self._session = None
        self._frame.panel.set_session(None)
        for page in self.pages.values():
            page.dispose()
            self._frame.stack.removeWidget(page)
            page.hide()
            page.deleteLater()
        self.pages.clear()

    def _show_primary(self) -> None:
        self._frame.header.step_back(self.current is not None and self.current.has_primary())

    def _on_find(self) -> None:
        if self.current is not None and self.current.cannot_search() is None:
            self.current.focus_search()
