"""An error that nobody expected is shown once, with its details to copy; the window stays."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import TYPE_CHECKING

from fitstudio.gui.window.frame.notices import Notice
from fitstudio.words import say

if TYPE_CHECKING:
    from fitstudio.gui.window.main_window import MainWindow

_log = logging.getLogger(__name__)


class CrashReports:
    """Stands in for `sys.excepthook` while the window is open.

    Args:
        window: Where the card is shown.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._seen: set[str] = set()
        self._previous = sys.excepthook
        self._previous_of_threads = threading.excepthook

    def install(self) -> None:
        """From now on errors are shown."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def uninstall(self) -> None:
        """Errors go where they went before."""
        sys.excepthook = self._previous
        threading.excepthook = self._previous_of_threads

    def _on_exception(
        self, kind: type[BaseException], problem: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._window.close()
            return
        details = "".join(traceback.format_exception(kind, problem, trace))
        _log.error("unexpected error\n%s", details)
        # A timer that fails would fill the window with the same card.
        place = "".join(traceback.format_tb(trace)[-1:]) + kind.__name__
        if place in self._seen:
            return
        self._seen.add(place)
        words = say(
            "Something went wrong inside FitStudio. Your project and its runs are safe; if "
            "the window behaves oddly, open it again."
        )
        self._window.frame.notices.add(Notice(words, "error", details=details))

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        problem = arguments.exc_value
        if problem is None:
            return
        self._window.background.post(
            lambda: self._on_exception(arguments.exc_type, problem, arguments.exc_traceback)
        )
