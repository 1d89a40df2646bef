"""Collects Python's cyclic garbage in the window's thread alone.

Python collects in whatever thread makes the next object. Pages and what their signals call are
cycles with Qt objects in them; collected in a thread that folds a journal, these would be destroyed
there, which Qt does not survive.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1000


class Garbage(QObject):
    """Takes the collecting over from Python as long as it lives.

    Args:
        parent: Ends it, such as the application.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collects the oldest generation that is due by Python's own thresholds."""
        due = zip(gc.get_count(), gc.get_threshold())
        generations = [number for number, (count, most) in enumerate(due) if count > most > 0]
        if generations:
            gc.collect(generations[-1])

    def stop(self) -> None:
        """Hands the collecting back to Python."""
        self._timer.stop()
        gc.enable()
