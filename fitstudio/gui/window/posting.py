"""The way back from background threads to the window's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal


class Poster(QObject):
    """Hands calls from any thread to the thread that it was made in, until it is closed.

    Close it before the window is destroyed: Qt must not take the object away while a thread is
    about to send a signal from it.
    """

    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sending = threading.Lock()
        self._closed = False
        self._posted.connect(self._on_posted, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Has the call made soon in the window's thread; nobody waits for it after `close`."""
        with self._sending:
            if self._closed:
                return
            try:
                self._posted.emit(call)
            except RuntimeError:
                # The window went away without a word while the thread was still at work.
                self._closed = True

    def close(self) -> None:
        """From now on nothing is handed over; waits for a thread that is just doing it."""
        with self._sending:
            self._closed = True

    def _on_posted(self, call: Callable[[], None]) -> None:
        if not self._closed:
            call()
