"""The main window, made of its parts, for one project at a time.

Who owns what: `Frame` only shows; `ProjectLife` has the open project, `PageStack` its pages and
`RunCommands` its runs; `Folding`, `Drops`, `Look` and `HelpOpener` each do what they are named
after. Each part binds the commands that it does; this class ties the parts to the project, and
hands them Qt's events.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow

from fitstudio.errors import FitStudioError
from fitstudio.gui.pages.page import Page
from fitstudio.gui.pages.registry import preload_numbers, preload_plots
from fitstudio.gui.window.commands import Commands
from fitstudio.gui.window.dialogs import questions
from fitstudio.gui.window.drops.drops import Drops
from fitstudio.gui.window.frame.folding import Folding
from fitstudio.gui.window.frame.frame import Frame
from fitstudio.gui.window.frame.notices import Notice
from fitstudio.gui.window.frame.page_stack import PageStack
from fitstudio.gui.window.help.help_opener import HelpOpener
from fitstudio.gui.window.look import SMALLEST, Look
from fitstudio.gui.window.posting import Poster
from fitstudio.gui.window.projects.project_life import ProjectLife
from fitstudio.gui.window.projects.start_menus import keep_start_menus
from fitstudio.gui.window.run_commands import RunCommands
from fitstudio.gui.window.window_settings import WindowSettings
from fitstudio.viewmodel.shell.background import Background
from fitstudio.viewmodel.shell.device import DeviceModel
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.viewmodel.start.opening import OpenProject
from fitstudio.words import say

_AFTER_SHOW_MS = 300


class MainWindow(QMainWindow):
    """The window.

    Args:
        settings: What was remembered from last time.
    """

    def __init__(self, settings: WindowSettings | None = None) -> None:
        super().__init__()
        self.setObjectName("window.main")
        self.setWindowTitle("FitStudio")
        self.setAcceptDrops(True)
        self.setMinimumSize(SMALLEST)
        self.settings = settings or WindowSettings()
        self._poster = Poster(self)
        self.background = Background(self._poster.post)
        self.device = DeviceModel(self.background)
        self.projects = ProjectLife(self, self.background, self.settings)
        self.commands = Commands(self)
        self.frame = Frame(self.commands, self.device, self.projects.start)
        self.setCentralWidget(self.frame)
        self.page_stack = PageStack(self.frame, self.commands, self.settings, self)
        self.runs = RunCommands(self, self.page_stack, self.commands, self.frame.notices)
        self.folding = Folding(self.frame, self.commands, self.settings)
        self.look = Look(self, self.commands, self.settings)
        self.help = HelpOpener(self, self.commands, self.background, self._model_kind)
        self.drops = Drops(
            self.frame.cover, lambda: self.session is not None, self.projects.take_file
        )
        self.commands.bind(quit=self.close)
        self.projects.serve(self.frame.start_page, self.commands)
        self.projects.opened.connect(self._on_opened)
        self.projects.closing.connect(self._on_closing)
        self.projects.left.connect(self.show_start)
        self.projects.data_taken.connect(lambda: self.show_page("data"))
        self.projects.failed.connect(self.show_problem)
        self.page_stack.changed.connect(self._show_state)
        keep_start_menus(self.commands, self.projects)
        self._after_show = QTimer(self)
        self._after_show.setSingleShot(True)
        self._after_show.timeout.connect(self.device.ask)
        self.look.restore()
        self.show_start()

    # What stands in it

    @property
    def session(self) -> ProjectSession | None:
        """The open project."""
        return self.projects.session

    @property
    def page(self) -> str:
        """The name of the page that is shown; "start" without a project."""
        return self.page_stack.name

    @property
    def pages(self) -> dict[str, Page]:
        """The pages that were made, by name."""
        return self.page_stack.pages

    # What others ask of it

    def open_project(self, folder: Path) -> None:
        """Opens a project in the background and shows it."""
        self.projects.opening.open(folder)

    def show_start(self) -> None:
        """Shows the start page."""
        self.page_stack.show_start()
        self.projects.start.load()

    def show_page(self, name: str) -> None:
        """Shows a station of the open project."""
        self.page_stack.show_page(name)

    def show_problem(self, problem: FitStudioError) -> None:
        """Shows what went wrong over the page, until it is closed."""
        self.frame.notices.add_error(problem)

    # The project

    def _on_opened(self, opened: OpenProject) -> None:
        session = self.session
        assert session is not None
        notices = self.frame.notices
        notices.clear()  # what did not open before is no matter of this project
        session.spec_changed.connect(self._show_commands)
        session.resolved_changed.connect(self._show_state)
        session.data_changed.connect(self._show_state)
        session.runs_changed.connect(self._show_state)
        session.current_run_changed.connect(self._show_state)
        session.edits.changed.connect(self._show_commands)
        session.failed.connect(self.show_problem)
        self.runs.begin(session)
        self.setWindowTitle(say("{project} – FitStudio", project=session.project.name))
        for notice in opened.notices:
            notices.add(Notice(notice, "warning"))
        if session.cannot_change is not None:
            notices.add(Notice(session.cannot_change, "warning"))
        session.open()
        self.page_stack.begin(session)
        self.background.run(lambda job: preload_numbers(), lambda _: preload_plots())
        if opened.resume is not None:
            session.resume(opened.resume)
            self.show_page("monitor")

    def _on_closing(self) -> None:
        self.runs.end()
        self.page_stack.end()
        self.frame.notices.clear()
        self.setWindowTitle("FitStudio")

    def _show_state(self, *_what: object) -> None:
        session = self.session
        self.frame.show_session(session)
        self.folding.show_project(session is not None)
        self._show_commands()

    def _show_commands(self, *_what: object) -> None:
        self.commands.refresh(self.session, self.page_stack.current)

    def _model_kind(self) -> str:
        return "mlp" if self.session is None else str(self.session.spec.get("model.kind"))

    # Events

    def showEvent(self, event: QShowEvent) -> None:
        """Gives no control the keyboard's ring, and begins what can wait for the window."""
        super().showEvent(event)
        if not event.spontaneous():
            # Nothing has the keyboard's ring until Tab is pressed.
            self.setFocus()
            self._after_show.start(_AFTER_SHOW_MS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Folds what no longer fits beside the page."""
        super().resizeEvent(event)
        self.folding.set_width(event.size().width())

    def changeEvent(self, event: QEvent) -> None:
        """Follows whether it is maximised."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.look.show_state()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Shows what would become of the files."""
        self.drops.enter(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Looks as before."""
        super().dragLeaveEvent(event)
        self.drops.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        """Opens or takes over what was dropped."""
        self.drops.drop(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Asks what becomes of a run under way, then lets go of all; the window may stay."""
        session = self.session
        if session is not None and session.running is not None and session.read_only is None:
            answer = questions.ask_on_close(self, session.running)
            if answer is questions.OnClose.CANCEL:
                event.ignore()
                return
            if answer is questions.OnClose.STOP:
                session.stop_before_leaving()
        self.settings.keep_geometry(self.saveGeometry())
        self.settings.save()
        self._after_show.stop()
        self.projects.close()
        self.help.close()
        self.background.close()
        self._poster.close()
        super().closeEvent(event)
