"""What happened, over the page: one line each, with details to copy and a way to put it away."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from fitstudio.errors import FitStudioError
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.buttons import ghost_button, icon_button, secondary_button
from fitstudio.gui.widgets.labels import Sentence
from fitstudio.gui.widgets.signs import IconMark
from fitstudio.words import say

_MOST = 3
_ICONS = {
    "error": ("warning-circle-fill", "error"),
    "warning": ("warning-fill", "warnIcon"),
    "success": ("check-circle-fill", "success"),
    "info": ("info", "accentText"),
}


class Notice(QFrame):
    """One thing that happened.

    Signals:
        pressed: The person takes the way on that the notice offers.
        closed: The person puts it away.
    """

    pressed = Signal()
    closed = Signal()

    def __init__(
        self,
        sentence: str,
        look: str = "info",
        *,
        details: str = "",
        button: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.text = sentence
        self._details = details
        self.setProperty("kind", "finding")
        self.setProperty("state", look)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(12)
        middle = Qt.AlignmentFlag.AlignVCenter
        row.addWidget(IconMark(*_ICONS[look], Size.ICON_RAIL), 0, middle)
        row.addWidget(Sentence(sentence), 1, middle)
        if details:
            copy = ghost_button(say("Copy details"), icon="copy", small=True)
            copy.setObjectName("notice.copy_details")
            copy.clicked.connect(self._on_copy)
            row.addWidget(copy, 0, middle)
        if button:
            way_on = secondary_button(button, small=True)
            way_on.setObjectName("notice.way_on")
            way_on.clicked.connect(self.pressed)
            row.addWidget(way_on, 0, middle)
        close = icon_button("x", say("Put away"), small=True)
        close.setObjectName("notice.close")
        close.clicked.connect(self.closed)
        row.addWidget(close, 0, middle)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.text}\n\n{self._details}")


class NoticeArea(QWidget):
    """The newest few notices, the newest on top; the same words never stand twice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notices")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, Space.HALF, Size.GUTTER, Space.GRID)
        self._column.setSpacing(Space.GRID)
        self._notices: list[Notice] = []
        self.hide()

    def texts(self) -> list[str]:
        """What stands there, the newest first."""
        return [notice.text for notice in self._notices]

    def add(self, notice: Notice) -> Notice:
        """Shows a notice."""
        for other in self._notices:
            if other.text == notice.text:
                self.remove(other)
                break
        notice.closed.connect(lambda: self.remove(notice))
        self._notices.insert(0, notice)
        self._column.insertWidget(0, notice)
        while len(self._notices) > _MOST:
            self.remove(self._notices[-1])
        self.show()
        return notice

    def add_error(self, problem: FitStudioError) -> Notice:
        """Shows an error: what happened, what is safe, what to do."""
        parts = [problem.message, problem.safe or "", problem.remedy or ""]
        return self.add(
            Notice(" ".join(part for part in parts if part), "error", details=problem.details or "")
        )

    def remove(self, notice: Notice) -> None:
        """Puts a notice away."""
        if notice in self._notices:
            self._notices.remove(notice)
            self._column.removeWidget(notice)
            notice.hide()
            notice.deleteLater()
        self.setVisible(bool(self._notices))

    def clear(self) -> None:
        """Puts all away."""
        for notice in list(self._notices):
            self.remove(notice)
