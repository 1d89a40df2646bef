"""How a project comes into the window and leaves it: made, opened, dropped, closed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from fitstudio.errors import FitStudioError
from fitstudio.gui.pages.data import adding
from fitstudio.gui.pages.start.page import StartPage
from fitstudio.gui.widgets.data_file import ask_data_file, keep_data_folder
from fitstudio.gui.window.commands import Commands
from fitstudio.gui.window.dialogs import questions
from fitstudio.gui.window.window_settings import WindowSettings
from fitstudio.viewmodel.shell.background import Background, Job
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.viewmodel.start.opening import Opening, OpenProject
from fitstudio.viewmodel.start.page import StartModel, is_project
from fitstudio.words import say


class ProjectLife(QObject):
    """One project at a time.

    Args:
        window: Over which dialogs stand.
        background: Where projects are opened.
        settings: Where new projects go.

    Attributes:
        session: The open project, or None.
        opening: Opens and makes projects.
        start: What the start page shows.

    Signals:
        opened: Another project is open now; with its `OpenProject`.
        closing: The project goes; pages let go of it.
        left: No project is open any more, and none is being opened.
        data_taken: A file became the project's data.
        failed: A project could not be opened.
    """

    opened = Signal(object)
    closing = Signal()
    left = Signal()
    data_taken = Signal()
    failed = Signal(object)

    def __init__(self, window: QWidget, background: Background, settings: WindowSettings) -> None:
        super().__init__(window)
        self._window = window
        self._background = background
        self._settings = settings
        self._page: StartPage | None = None
        self.session: ProjectSession | None = None
        self.opening = Opening(background, self._on_opened, self._on_open_failed)
        self.start = StartModel(background)
        self._job: Job | None = None

    def serve(self, page: StartPage, commands: Commands) -> None:
        """Does what the start page and the commands about projects ask for."""
        self._page = page
        page.dropped.connect(self.take_file)
        page.cancelled.connect(self._on_cancelled)
        page.project_chosen.connect(self.opening.open)
        page.example_chosen.connect(self.open_example)
        page.continue_chosen.connect(lambda folder, run: self.opening.open(folder, resume=run))
        commands.bind(
            new_project=self._on_new_project,
            open_project=self._on_open_project,
            start=self.leave,
            add_data=self._on_add_data,
            show_folder=self._on_show_folder,
        )

    def take_file(self, file: Path) -> None:
        """A file was dropped: a project is opened, data is added or begins a new project."""
        if is_project(file):
            self.opening.open(file)
        elif self.session is not None:
            if adding.take_file(self.session, file, self._window):
                self.data_taken.emit()
        else:
            self._reads(file, self.opening.from_data(file, self._settings.projects_folder))

    def open_example(self, name: str) -> None:
        """Makes a project from an example, and opens it."""
        title = next((each.title for each in self.start.examples if each.name == name), name)
        self.opening.example(name, title, self._settings.projects_folder)

    def leave(self) -> None:
        """Closes the project; a run goes on by itself."""
        if self.session is not None:
            self.close()
            self.left.emit()

    def close(self) -> None:
        """Closes the project, where one is open."""
        if self.session is None:
            return
        self.closing.emit()
        session, self.session = self.session, None
        session.close()

    def _reads(self, file: Path, job: Job) -> None:
        """The start page says so, until it is over or nobody wants it any more."""
        self._job = job
        if self._page is not None:
            self._page.set_busy(say("Reading {file}…", file=file.name))

    def _on_cancelled(self) -> None:
        if self._job is not None:
            self._job.cancel()
        if self._page is not None:
            self._page.set_busy("")

    def _on_opened(self, opened: OpenProject) -> None:
        self.close()
        self.session = ProjectSession(opened.project, self._background)
        if self._page is not None:
            self._page.set_busy("")
        file = self.session.spec.get("data.file")
        if file is not None:
            keep_data_folder(opened.project.folder / str(file))
        self.opened.emit(opened)

    def _on_open_failed(self, problem: FitStudioError) -> None:
        if self._page is not None:
            self._page.set_busy("")
        self.failed.emit(problem)

    def _on_new_project(self) -> None:
        asked = questions.ask_new_project(self._window, self._settings.projects_folder)
        if asked is not None:
            job = self.opening.create(asked.folder, asked.name, asked.data)
            if asked.data is not None and self.session is None:
                self._reads(asked.data, job)

    def _on_open_project(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self._window, say("Open a project"), str(self._settings.projects_folder)
        )
        if folder:
            self.opening.open(Path(folder))

    def _on_add_data(self) -> None:
        if self.session is None or not self.session.may_change():
            return
        file = ask_data_file(self._window)
        if file is not None:
            self.take_file(file)

    def _on_show_folder(self) -> None:
        if self.session is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.session.project.folder)))
