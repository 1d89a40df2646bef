"""The program's mark: a falling loss curve on the accent, and the window's icon made from it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QIcon,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from fitstudio.gui.theme.theme import colour

_SIDE = 24


class LogoMark(QWidget):
    """The mark in the header."""

    def __init__(self, side: int = _SIDE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the mark."""
        paint_logo(QPainter(self), QRectF(self.rect()))


def paint_logo(painter: QPainter, area: QRectF) -> None:
    """Paints the mark into a square area."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(area.topLeft())
    painter.scale(area.width() / _SIDE, area.height() / _SIDE)
    ground = QLinearGradient(0, 0, 0, _SIDE)
    ground.setColorAt(0, colour("accentHover").lighter(125))
    ground.setColorAt(1, colour("accentDown"))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(QRectF(0, 0, _SIDE, _SIDE), 6, 6)
    curve = QPainterPath(QPointF(5.5, 7))
    curve.cubicTo(QPointF(6.5, 17), QPointF(12, 18.5), QPointF(18.5, 16.5))
    pen = QPen(colour("onAccent"), 2.2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(curve)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour("onAccent"))
    painter.drawEllipse(QPointF(17, 8), 2, 2)
    painter.restore()


def window_icon() -> QIcon:
    """The mark as the window's icon."""
    icon = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        pixmap = QPixmap(QSize(side, side))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_logo(painter, QRectF(0, 0, side, side))
        painter.end()
        icon.addPixmap(pixmap)
    return icon
