"""What the window does about runs: starts, queues, pauses and stops them, and looks at them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from fitstudio.gui.window.commands import Commands
from fitstudio.gui.window.dialogs import questions
from fitstudio.gui.window.frame.notices import Notice, NoticeArea
from fitstudio.gui.window.frame.page_stack import PageStack
from fitstudio.viewmodel.shell.commands import COMMANDS
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say

_WATCH_RUNNING_MS = 1000
_WATCH_IDLE_MS = 5000


class RunCommands:
    """The commands about runs, for the project that is open.

    Args:
        window: Over which dialogs stand.
        pages: Where a run is shown, and what stands against one.
        commands: Of which those about runs, undo and redo are done here.
        notices: Where it is said what became of a command that is not seen on the page.
    """

    def __init__(
        self, window: QWidget, pages: PageStack, commands: Commands, notices: NoticeArea
    ) -> None:
        self._window = window
        self._pages = pages
        self._notices = notices
        self._session: ProjectSession | None = None
        self._watch = QTimer(window)
        self._watch.setInterval(_WATCH_IDLE_MS)
        self._watch.timeout.connect(self._on_watch)
        commands.bind(
            undo=self._with_session(lambda session: session.undo()),
            redo=self._with_session(lambda session: session.redo()),
            train=self.train,
            queue=self._with_session(self._queue),
            pause=self._with_session(lambda session: session.pause()),
            resume=self._with_session(self._resume),
            stop=self._with_session(lambda session: session.stop("batch")),
            stop_epoch=self._with_session(lambda session: session.stop("epoch")),
            stop_now=self._with_session(lambda session: session.stop("now")),
            snapshot=self._with_session(lambda session: session.snapshot()),
            extend=self._with_session(self._extend),
        )

    def begin(self, session: ProjectSession) -> None:
        """Is about the runs of a project from now on."""
        self._session = session
        session.runs_changed.connect(self._on_runs_changed)
        session.started.connect(self._on_started)
        self._watch.start()

    def end(self) -> None:
        """Is about no project any more."""
        self._watch.stop()
        self._session = None

    def train(self) -> None:
        """Starts a run, or goes to the first setting that stands against it."""
        session = self._session
        if session is None or session.starting or session.running is not None:
            return
        if not session.may_change():
            return
        if session.train():
            self._pages.show_page("monitor")
        else:
            self._go_to_first_problem(session)

    def _with_session(self, do: Callable[[ProjectSession], None]) -> Callable[[], None]:
        def do_with_session() -> None:
            if self._session is not None:
                do(self._session)

        return do_with_session

    def _queue(self, session: ProjectSession) -> None:
        if not session.may_change():
            return
        if not session.enqueue():
            self._go_to_first_problem(session)
        elif self._pages.name != "runs":
            # Who queues several goes on with the settings: the page stays.
            self._notices.add(self._queued_notice())

    def _queued_notice(self) -> Notice:
        words = say("**Added to the queue**, with the settings as they are now.")
        notice = Notice(words, "success", button=say("See the queue"))

        def see() -> None:
            self._notices.remove(notice)
            self._pages.show_page("runs")

        notice.pressed.connect(see)
        return notice

    def _go_to_first_problem(self, session: ProjectSession) -> None:
        # The message stands at the setting, and goes when it is mended.
        self._pages.go_to_setting(session.resolved.errors[0].where)

    def _resume(self, session: ProjectSession) -> None:
        if session.running is not None:
            session.go_on()
        elif session.current_run is not None and COMMANDS["resume"].enabled(session):
            session.resume(session.current_run)

    def _extend(self, session: ProjectSession) -> None:
        if session.current_run is None or not COMMANDS["extend"].enabled(session):
            return
        epochs = questions.ask_epochs(self._window, session.run_summary(session.current_run))
        if epochs is not None:
            session.extend(session.current_run, epochs)

    def _on_started(self, _run: str) -> None:
        self._watch.setInterval(_WATCH_RUNNING_MS)
        self._pages.show_page("monitor")

    def _on_runs_changed(self) -> None:
        if self._session is not None:
            under_way = self._session.running is not None or self._session.starting
            self._watch.setInterval(_WATCH_RUNNING_MS if under_way else _WATCH_IDLE_MS)

    def _on_watch(self) -> None:
        if self._session is not None:
            self._session.refresh_runs()
