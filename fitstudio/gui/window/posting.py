"""The way back from background threads to the window's thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal


class Poster(QObject):
    """Hands calls from any thread to the thread that it was made in."""

    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._posted.connect(self._on_posted, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Has the call made soon in the window's thread."""
        try:
            self._posted.emit(call)
        except RuntimeError:
            # The window went away while the thread was still at work: nobody waits for this call.
            return

    def _on_posted(self, call: Callable[[], None]) -> None:
        call()
