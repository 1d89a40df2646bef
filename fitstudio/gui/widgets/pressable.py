"""A frame that is pressed as a whole, by mouse or keyboard, and shows that it has the keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QFrame, QWidget

from fitstudio.gui.theme.theme import colour, theme


class Pressable(QFrame):
    """A frame that is pressed as a whole, by mouse or keyboard.

    Args:
        pressed: Called when it is.
    """

    def __init__(self, pressed: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed = pressed
        self._hovered = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Looks as what the pointer is over."""
        super().enterEvent(event)
        self._hovered = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Looks as before."""
        super().leaveEvent(event)
        self._hovered = False
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Pressed, where the button is let go inside."""
        inside = self.rect().contains(event.position().toPoint())
        if inside and event.button() == Qt.MouseButton.LeftButton:
            self._pressed()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pressed by Enter or the space bar."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._pressed()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Repaints, with a ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Repaints, without it."""
        super().focusOutEvent(event)
        self.update()

    def paint_ring(self, painter: QPainter, area: QRectF, radius: float) -> None:
        """The focus ring."""
        if self.hasFocus():
            painter.setPen(QPen(colour("accentText" if theme().dark else "accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), radius, radius)
