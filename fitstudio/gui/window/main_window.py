"""The main window: header over rail, page and plain-words panel, for one project at a time.

Who owns what: `Header`, `Rail` and `NoticeArea` only show; `Commands` holds every action; this
class ties them to the `ProjectSession` and brings pages to life when they are first shown.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fitstudio.declared.parameters.registry import find_param
from fitstudio.errors import FitStudioError
from fitstudio.gui.pages.start.page import StartPage
from fitstudio.gui.theme.theme import Mode, theme
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.window import dialogs
from fitstudio.gui.window.commands import Commands
from fitstudio.gui.window.drop_cover import DropCover
from fitstudio.gui.window.header import Header
from fitstudio.gui.window.notices import Notice, NoticeArea
from fitstudio.gui.window.pages import PAGES, make_page, preload_plots
from fitstudio.gui.window.posting import Poster
from fitstudio.gui.window.rail import Rail
from fitstudio.gui.window.side_panel import SidePanel
from fitstudio.gui.window.window_settings import WindowSettings
from fitstudio.viewmodel.data import page as data_page
from fitstudio.viewmodel.shell.background import Background
from fitstudio.viewmodel.shell.device import DeviceModel
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.viewmodel.shell.stations import station_of, stations
from fitstudio.viewmodel.start.opening import Opening, OpenProject
from fitstudio.viewmodel.start.page import StartModel, is_project

_WATCH_RUNNING_MS = 1000
_WATCH_IDLE_MS = 5000
_AFTER_SHOW_MS = 300
_FIRST_SIZE = QSize(1280, 800)
_SMALLEST = QSize(860, 560)
_FRAME = QSize(16, 48)


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
        self.setMinimumSize(_SMALLEST)
        self.settings = settings or WindowSettings()
        self.session: ProjectSession | None = None
        self._poster = Poster(self)
        self.background = Background(self._poster.post)
        self.device = DeviceModel(self.background)
        self.start_model = StartModel(self.background)
        self.opening = Opening(self.background, self._on_opened, self._on_open_failed)
        self.pages: dict[str, QWidget] = {}
        self._page = "start"
        self._help = None
        self._asked = False
        self._build()
        self._watch = QTimer(self)
        self._watch.setInterval(_WATCH_IDLE_MS)
        self._watch.timeout.connect(self._on_watch)
        self._after_show = QTimer(self)
        self._after_show.setSingleShot(True)
        self._after_show.timeout.connect(self.device.ask)
        self._restore()
        self.show_start()

    # Parts

    def _build(self) -> None:
        self.commands = Commands(self, self._slots(), self.show_page)
        self.header = Header(self.commands, self.device)
        self.header.panel_pressed.connect(self.commands["panel"].trigger)
        self.rail = Rail()
        self.rail.chosen.connect(self.show_page)
        self.rail.help_pressed.connect(self.commands["help"].trigger)
        self.rail.settings_pressed.connect(self.commands["settings"].trigger)
        self.notices = NoticeArea()
        self.start_page = StartPage(self.start_model)
        self.start_page.new_pressed.connect(self._on_new_project)
        self.start_page.open_pressed.connect(self._on_open_project)
        self.start_page.dropped.connect(self.take_file)
        self.start_page.project_chosen.connect(self.opening.open)
        self.start_page.example_chosen.connect(self._on_example)
        self.start_page.continue_chosen.connect(self._on_continue)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.start_page)
        self.panel = SidePanel()
        self.panel.go_requested.connect(self.go_to_setting)
        self.commands["panel"].setChecked(self.settings.panel_shown)

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
        whole = QWidget()
        whole.setObjectName("window.canvas")
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addLayout(body, 1)
        self.setCentralWidget(whole)
        self._cover = DropCover(whole)
        self.start_model.changed.connect(self._fill_menus)

    def _slots(self) -> dict[str, Callable[[], None]]:
        return {
            "new_project": self._on_new_project,
            "open_project": self._on_open_project,
            "start": self.leave_project,
            "add_data": self._on_add_data,
            "show_folder": self._on_show_folder,
            "settings": self._on_settings,
            "quit": self._on_quit,
            "undo": lambda: self._with_session(lambda session: session.undo()),
            "redo": lambda: self._with_session(lambda session: session.redo()),
            "find": self._on_find,
            "train": self.train,
            "queue": self._on_queue,
            "pause": lambda: self._with_session(lambda session: session.pause()),
            "resume": self._on_resume,
            "stop": lambda: self._with_session(lambda session: session.stop("batch")),
            "stop_epoch": lambda: self._with_session(lambda session: session.stop("epoch")),
            "stop_now": lambda: self._with_session(lambda session: session.stop("now")),
            "snapshot": lambda: self._with_session(lambda session: session.snapshot()),
            "extend": self._on_extend,
            "panel": self._on_panel,
            "full_screen": self._on_full_screen,
            "look_system": lambda: self._on_look(Mode.SYSTEM),
            "look_light": lambda: self._on_look(Mode.LIGHT),
            "look_dark": lambda: self._on_look(Mode.DARK),
            "help": lambda: self.show_help(self._setting_in_focus()),
            "about": lambda: dialogs.show_about(self, self.background),
        }

    # Projects

    def open_project(self, folder: Path) -> None:
        """Opens a project in the background and shows it."""
        self.opening.open(folder)

    def take_file(self, file: Path) -> None:
        """A file was dropped: a project is opened, data is added or begins a new project."""
        if is_project(file):
            self.opening.open(file)
        elif self.session is not None:
            data_page.take_file(self.session, file)
            self.show_page("data")
        else:
            self.start_page.set_busy(self.tr("Reading {}…").format(file.name))
            self.opening.from_data(file, self.settings.projects_folder)

    def show_start(self) -> None:
        """Shows the start page."""
        self._page = "start"
        self.stack.setCurrentWidget(self.start_page)
        self.start_page.set_busy("")
        self._show_frame()
        self.start_model.load()

    def leave_project(self) -> None:
        """Closes the project and shows the start page; a run goes on by itself."""
        if self.session is not None:
            self._close_session()
        self.show_start()

    def _on_opened(self, opened: OpenProject) -> None:
        self._close_session()
        self.notices.clear()  # what did not open before is no matter of this project
        session = ProjectSession(opened.project, self.background)
        self.session = session
        session.spec_changed.connect(self._on_spec_changed)
        session.resolved_changed.connect(self._on_state_changed)
        session.data_changed.connect(self._on_state_changed)
        session.runs_changed.connect(self._on_runs_changed)
        session.current_run_changed.connect(self._on_state_changed)
        session.started.connect(self._on_started)
        session.failed.connect(self._on_failed)
        session.edits.changed.connect(self._show_edits)
        self.setWindowTitle(f"{session.project.name} – FitStudio")
        self.panel.set_session(session)
        for notice in opened.notices:
            self.notices.add(Notice(notice, "warning"))
        if session.cannot_change is not None:
            self.notices.add(Notice(session.cannot_change, "warning"))
        session.open()
        self._show_edits()
        last = self.settings.last_page(session.project.folder)
        self.show_page(last if last in {entry.name for entry in PAGES} else "data")
        self._watch.start()
        self.background.run(lambda job: preload_plots())
        if opened.resume is not None:
            session.resume(opened.resume)
            self.show_page("monitor")

    def _on_open_failed(self, problem: FitStudioError) -> None:
        self.start_page.set_busy("")
        self._on_failed(problem)

    def _close_session(self) -> None:
        if self.session is None:
            return
        session, self.session = self.session, None
        self._watch.stop()
        session.close()
        self.panel.set_session(None)
        self.notices.clear()
        for page in self.pages.values():
            self.stack.removeWidget(page)
            page.hide()
            page.deleteLater()
        self.pages.clear()
        self.setWindowTitle("FitStudio")

    # Pages

    def show_page(self, name: str) -> None:
        """Shows a station; its page is made when it is first shown."""
        if self.session is None:
            return
        page = self.pages.get(name)
        if page is None:
            entry = next(entry for entry in PAGES if entry.name == name)
            page = make_page(entry, self.session)
            self.pages[name] = page
            self.stack.addWidget(page)
            if hasattr(page, "pageRequested"):
                page.pageRequested.connect(  # pyright: ignore[reportAttributeAccessIssue]
                    self.show_page
                )
        self._page = name
        self.stack.setCurrentWidget(page)
        self.rail.set_current(name)
        self.panel.set_page(page)
        self.settings.keep_page(self.session.project.folder, name)
        self._show_frame()

    @property
    def page(self) -> str:
        """The name of the page that is shown; "start" without a project."""
        return self._page

    def go_to_setting(self, key: str) -> None:
        """Shows the editor of a setting."""
        self.show_page(station_of(key))
        page = self.pages.get(self._page)
        if page is not None and hasattr(page, "show_setting"):
            page.show_setting(key)  # pyright: ignore[reportAttributeAccessIssue]

    # Runs

    def train(self) -> None:
        """Starts a run, or goes to the first setting that stands against it."""
        session = self.session
        if session is None or session.starting or session.running is not None:
            return
        if session.train():
            self.show_page("monitor")
        else:
            self._go_to_first_problem(session)

    def _on_queue(self) -> None:
        session = self.session
        if session is None:
            return
        if session.enqueue():
            self.show_page("runs")
        else:
            self._go_to_first_problem(session)

    def _go_to_first_problem(self, session: ProjectSession) -> None:
        # The message stands at the setting, and goes when it is mended.
        self.go_to_setting(session.resolved.errors[0].where)

    def _on_started(self, _run: str) -> None:
        self._watch.setInterval(_WATCH_RUNNING_MS)
        self.show_page("monitor")

    def _on_watch(self) -> None:
        if self.session is not None:
            self.session.refresh_runs()

    def _on_runs_changed(self) -> None:
        if self.session is not None:
            under_way = self.session.running is not None or self.session.starting
            self._watch.setInterval(_WATCH_RUNNING_MS if under_way else _WATCH_IDLE_MS)
        self._on_state_changed()

    def _on_resume(self) -> None:
        session = self.session
        if session is None:
            return
        if session.running is not None:
            session.go_on()
        elif session.current_run is not None:
            session.resume(session.current_run)

    def _on_extend(self) -> None:
        session = self.session
        if session is None or session.current_run is None:
            return
        epochs = dialogs.ask_epochs(self, session.run_summary(session.current_run))
        if epochs is not None:
            session.extend(session.current_run, epochs)

    def _on_continue(self, folder: Path, run: str) -> None:
        self.opening.open(folder, resume=run)

    # What changed

    def _on_spec_changed(self, _keys: frozenset) -> None:
        self._show_edits()

    def _on_state_changed(self, *_what: object) -> None:
        session = self.session
        if session is None:
            return
        self.header.show_session(session)
        self.rail.set_stations(stations(session))
        shown = session.run_summary(session.current_run)
        running = session.running
        paused = running is not None and running.phase == "paused"
        can_resume = shown is not None and shown.outcome in ("interrupted", "stopped", "failed")
        for name, enabled in (
            ("train", running is None and not session.starting),
            ("pause", running is not None and not paused),
            ("resume", paused or (running is None and can_resume)),
            ("stop", running is not None),
            ("stop_epoch", running is not None),
            ("stop_now", running is not None),
            ("snapshot", running is not None),
            ("extend", running is None and shown is not None and shown.outcome is not None),
        ):
            self.commands.allow(name, allowed=enabled, reason=session.cannot_change)
        for name in ("queue", "add_data"):
            self.commands.allow(name, allowed=True, reason=session.cannot_change)

    def _on_failed(self, problem: FitStudioError) -> None:
        self.notices.add_error(problem)

    def _show_edits(self) -> None:
        edits = self.session.edits if self.session else None
        undo = edits.undo_text if edits else None
        redo = edits.redo_text if edits else None
        self.commands["undo"].setEnabled(undo is not None)
        self.commands["redo"].setEnabled(redo is not None)
        self.commands.set_texts("undo", self.tr("&Undo {}").format(undo or "").strip())
        self.commands.set_texts("redo", self.tr("&Redo {}").format(redo or "").strip())

    def _show_frame(self) -> None:
        """Rail and panel belong to a project; the start page stands alone."""
        at_home = self.session is None
        self.rail.setVisible(not at_home)
        for name in self.commands.actions:
            if name.startswith("page_") or name in _NEEDS_PROJECT:
                self.commands[name].setEnabled(not at_home)
        self.header.show_session(self.session)
        self._on_state_changed()
        self._show_edits()
        self._fold()

    def _fold(self) -> None:
        width = self.width()
        folded = width < Size.FOLD_PANEL
        wanted = self.commands["panel"].isChecked()
        has_project = self.session is not None
        self.panel.setVisible(has_project and wanted and (not folded or self._asked))
        self.header.panel_button.setVisible(has_project and not self.panel.isVisibleTo(self))
        self.panel.set_wide(width >= Size.WIDE)
        self.rail.set_narrow(width < Size.FOLD_RAIL)
        self.header.set_room(width)

    def _fill_menus(self) -> None:
        for menu, entries in (
            (
                self.commands.recent_menu,
                [(row.name, row.place, lambda row=row: self.opening.open(row.folder))
                 for row in self.start_model.recent if not row.missing],
            ),
            (
                self.commands.example_menu,
                [(each.title, each.sentence, lambda each=each: self._on_example(each.name))
                 for each in self.start_model.examples],
            ),
        ):  # fmt: skip
            menu.clear()
            menu.setEnabled(bool(entries))
            for text, tip, slot in entries:
                action = menu.addAction(text.replace("&", "&&"))
                action.setToolTip(tip)
                action.triggered.connect(lambda _on=False, slot=slot: slot())

    # Commands

    def _with_session(self, do: Callable[[ProjectSession], None]) -> None:
        if self.session is not None:
            do(self.session)

    def _on_new_project(self) -> None:
        asked = dialogs.ask_new_project(self, self.settings.projects_folder)
        if asked is not None:
            self.opening.create(asked.folder, asked.name, asked.data)

    def _on_open_project(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, self.tr("Open a project"), str(self.settings.projects_folder)
        )
        if folder:
            self.opening.open(Path(folder))

    def _on_example(self, name: str) -> None:
        title = next((each.title for each in self.start_model.examples if each.name == name), name)
        self.opening.example(name, title, self.settings.projects_folder)

    def _on_add_data(self) -> None:
        file = dialogs.ask_data_file(self)
        if file is not None:
            self.take_file(file)

    def _on_show_folder(self) -> None:
        if self.session is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.session.project.folder)))

    def _on_quit(self) -> None:
        self.close()

    def _on_settings(self) -> None:
        dialogs.show_settings(self, self.settings)

    def _on_find(self) -> None:
        page = self.pages.get(self._page)
        if page is not None and hasattr(page, "focus_search"):
            page.focus_search()  # pyright: ignore[reportAttributeAccessIssue]

    def _on_panel(self) -> None:
        shown = not self.panel.isVisibleTo(self) if self.session else True
        self._asked = shown
        self.commands["panel"].setChecked(shown)
        self.settings.panel_shown = shown
        self._fold()

    def _on_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _on_look(self, mode: Mode) -> None:
        self.settings.mode = mode
        theme().apply(mode)
        self._show_look()

    def _show_look(self) -> None:
        for mode in Mode:
            self.commands[f"look_{mode}"].setChecked(theme().mode is mode)

    def _setting_in_focus(self) -> str:
        """The setting in whose row the keyboard is; empty where it is in none."""
        widget = self.focusWidget()
        while widget is not None:
            key = getattr(widget, "key", None) or widget.objectName()
            if isinstance(key, str) and find_param(key, self._model_kind()) is not None:
                return key
            widget = widget.parentWidget()
        return ""

    def _model_kind(self) -> str:
        return "mlp" if self.session is None else str(self.session.spec.get("model.kind"))

    def show_help(self, topic: str = "") -> None:
        """Shows the help pages, at a setting where one is named."""
        from fitstudio.gui.window.help_viewer import HelpViewer

        if self._help is None:
            self._help = HelpViewer(self)
        self._help.show_topic(topic)

    # Events

    def _restore(self) -> None:
        geometry = self.settings.geometry()
        if geometry is None or not self.restoreGeometry(geometry):
            # Also a small screen shows all of it: what is left goes to the frame and its title.
            room = self.screen().availableGeometry().size() - _FRAME
            self.resize(_FIRST_SIZE.boundedTo(room).expandedTo(_SMALLEST))
        self._show_look()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            # Nothing has the keyboard's ring until Tab is pressed.
            self.setFocus()
            self._after_show.start(_AFTER_SHOW_MS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() >= Size.FOLD_PANEL:
            self._asked = False
        self._fold()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.commands["full_screen"].setChecked(self.isFullScreen())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        file = _dropped_file(event)
        if file is None:
            return
        event.acceptProposedAction()
        if is_project(file):
            words = self.tr("Drop to open this project")
        elif self.session is not None:
            words = self.tr("Drop to use {} as data").format(file.name)
        else:
            words = self.tr("Drop to begin a project with {}").format(file.name)
        self._cover.say(words)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._cover.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._cover.hide()
        file = _dropped_file(event)
        if file is not None:
            event.acceptProposedAction()
            self.take_file(file)

    def closeEvent(self, event: QCloseEvent) -> None:
        session = self.session
        if session is not None and session.running is not None and session.read_only is None:
            answer = dialogs.ask_on_close(self, session.running)
            if answer is dialogs.OnClose.CANCEL:
                event.ignore()
                return
            if answer is dialogs.OnClose.STOP:
                session.stop_before_leaving()
        self.settings.keep_geometry(self.saveGeometry())
        self.settings.save()
        self._close_session()
        if self._help is not None:
            self._help.close()
        self.background.close()
        super().closeEvent(event)


_NEEDS_PROJECT = frozenset(
    ("start", "add_data", "show_folder", "find", "train", "queue", "pause", "resume", "stop",
     "stop_epoch", "stop_now", "snapshot", "extend", "panel")
)  # fmt: skip


def _dropped_file(event: QDropEvent) -> Path | None:
    urls = event.mimeData().urls()
    files = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    return files[0] if files else None
