"""Does in the window what a person would: opens an example, presses Train, and leaves."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from fitstudio.errors import FitStudioError
from fitstudio.viewmodel.shell.commands import COMMANDS

if TYPE_CHECKING:
    from fitstudio.gui.window.main_window import MainWindow

_log = logging.getLogger(__name__)
_EVERY_MS = 200


class Unattended(QObject):
    """One go through the window.

    Args:
        window: The window; shown.
        example: The example to make a project from, if one is wanted.
        train: Whether Train is pressed once the project's data has been looked at.
        exit_when_done: Whether the program ends with the run: 0 if it completed, else 1.
    """

    def __init__(
        self, window: MainWindow, *, example: str | None, train: bool, exit_when_done: bool
    ) -> None:
        super().__init__(window)
        self._window = window
        self._example = example
        self._train = train
        self._exit_when_done = exit_when_done
        self._run: str | None = None
        self._pressed = False
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._on_tick)

    def begin(self) -> None:
        """Starts; everything else follows by itself."""
        if self._example:
            self._window.projects.opening.example(
                self._example, self._example, self._window.settings.projects_folder
            )
        self._timer.start()

    def _on_tick(self) -> None:
        problems = self._window.frame.notices.texts()
        session = self._window.session
        if session is None:
            if problems and self._exit_when_done:
                self._leave(1, problems[0])
            return
        if self._train and not self._pressed:
            ready = not session.busy_with_data and session.resolved.facts is not None
            if ready and session.resolved.ok:
                self._press_train()
            elif not session.busy_with_data and session.data_problem is not None:
                self._leave(1, str(session.data_problem))
            elif ready:
                self._leave(1, session.resolved.errors[0].sentence)
            return
        if self._exit_when_done and self._run is not None:
            self._look_at_run()

    def _press_train(self) -> None:
        session = self._window.session
        assert session is not None
        if not COMMANDS["train"].enabled(session):
            return  # another run of the project is not over yet
        self._pressed = True
        session.started.connect(self._on_started)
        session.failed.connect(self._on_failed)
        self._window.commands["train"].trigger()

    def _on_started(self, run: str) -> None:
        self._run = run

    def _on_failed(self, problem: FitStudioError) -> None:
        if self._exit_when_done and self._run is None:
            self._leave(1, str(problem))

    def _look_at_run(self) -> None:
        session = self._window.session
        assert session is not None
        summary = session.run_summary(self._run)
        if summary is not None and summary.outcome is not None:
            self._leave(0 if summary.outcome == "completed" else 1, summary.sentence)

    def _leave(self, status: int, sentence: str) -> None:
        self._timer.stop()
        level = logging.ERROR if status else logging.INFO
        _log.log(level, "%s", sentence)
        if self._exit_when_done:
            self._window.close()
            QApplication.exit(status)
