"""What covers the window while a file is held over it: a dashed edge, and what dropping does."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from fitstudio.gui.theme import fonts
from fitstudio.gui.theme.icons import paint_icon
from fitstudio.gui.theme.theme import colour
from fitstudio.gui.theme.tokens import Radius, Size, Space


class DropCover(QWidget):
    """Lies over everything and takes no mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def say(self, words: str) -> None:
        """Shows what dropping the file will do."""
        self._words = words
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Covers the window, and says what dropping will do."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = colour("canvas")
        ground.setAlphaF(0.92)
        painter.fillRect(self.rect(), ground)
        pen = QPen(colour("accentText"), 2)
        pen.setDashPattern([5, 3])
        painter.setPen(pen)
        painter.setBrush(colour("accentSoft"))
        margin = Space.WINDOW
        area = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        painter.drawRoundedRect(area, Radius.CARD, Radius.CARD)
        middle = area.center()
        side = Size.ICON_BIG
        mark = QRectF(middle.x() - side / 2, middle.y() - side - Space.GRID, side, side)
        paint_icon(painter, mark, "file-plus", "accentText")
        painter.setFont(fonts.font("strong"))
        painter.setPen(colour("text"))
        line = QRectF(area.left(), middle.y(), area.width(), 2 * side)
        painter.drawText(line, Qt.AlignmentFlag.AlignHCenter, self._words)
