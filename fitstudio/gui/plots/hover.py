"""What lies under the pointer: a line, a point on each curve, and a readout of their values."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from fitstudio.gui.plots import ink
from fitstudio.gui.plots.layers import Frame, Layer
from fitstudio.gui.plots.series import SeriesStyle, marker_path
from fitstudio.words.numbers import format_value

_PADDING = 12
_SAMPLE = 26
_RADIUS = 8
_POINT = 9


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of one series under the pointer."""

    title: str
    value: float
    style: SeriesStyle


class HoverLayer(Layer):
    """The line, the points and, on the plot that the pointer is over, the readout."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame, 20)
        self.at: float | None = None
        self.heading = ""
        self.readings: tuple[Reading, ...] = ()
        self.pointer: QPointF | None = None

    def clear(self) -> None:
        """Nothing is under the pointer."""
        self.at, self.readings, self.pointer = None, (), None
        self.moved()

    def draw(self, painter: QPainter) -> None:
        """Draws the line at x, a point on each series, and the readout."""
        if self.at is None:
            return
        x = float(self.frame.x_pixels(self.at))
        width, height = self.frame.size()
        if not 0 <= x <= width:
            return
        colour = QColor(ink.colour("text3"))
        colour.setAlphaF(0.6)
        painter.setPen(QPen(colour, 1))
        painter.drawLine(QPointF(x, 0), QPointF(x, height))
        for reading in self.readings if height > 2 * _POINT else ():
            y = float(self.frame.y_pixels(reading.value))
            if y == y and 0 <= y <= height:
                painter.setPen(QPen(ink.colour("card"), 2))
                painter.setBrush(ink.series(reading.style))
                painter.drawPath(marker_path(reading.style.marker, QPointF(x, y), _POINT))
        if self.pointer is not None and self.readings:
            self._draw_readout(painter, x)

    def _draw_readout(self, painter: QPainter, x: float) -> None:
        usual, strong = ink.font(), ink.font(strong=True)
        metrics, strong_metrics = QFontMetricsF(usual), QFontMetricsF(strong)
        row = metrics.lineSpacing() + 2
        values = [format_value(reading.value) for reading in self.readings]
        name_width = max(metrics.horizontalAdvance(reading.title) for reading in self.readings)
        value_width = max(strong_metrics.horizontalAdvance(value) for value in values)
        inside = max(
            _SAMPLE + 8 + name_width + 10 + value_width, metrics.horizontalAdvance(self.heading)
        )
        area = self._place(x, inside + 2 * _PADDING, row * (1 + len(values)) + 2 * _PADDING - 6)
        painter.setPen(QPen(ink.colour("hairline"), 1))
        painter.setBrush(ink.colour("raised"))
        painter.drawRoundedRect(area, _RADIUS, _RADIUS)
        left, top = area.left() + _PADDING, area.top() + _PADDING - 3
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(ink.colour("text2"))
        painter.setFont(usual)
        painter.drawText(
            QRectF(left, top, inside, row), middle | Qt.AlignmentFlag.AlignLeft, self.heading
        )
        for reading, value in zip(self.readings, values):
            top += row
            painter.setPen(reading.style.pen(ink.series(reading.style), 2))
            painter.drawLine(QPointF(left, top + row / 2), QPointF(left + _SAMPLE, top + row / 2))
            painter.setPen(ink.colour("text2"))
            painter.setFont(usual)
            painter.drawText(
                QRectF(left + _SAMPLE + 8, top, name_width + 2, row),
                middle | Qt.AlignmentFlag.AlignLeft,
                reading.title,
            )
            painter.setPen(ink.colour("text"))
            painter.setFont(strong)
            painter.drawText(
                QRectF(left, top, inside, row), middle | Qt.AlignmentFlag.AlignRight, value
            )

    def _place(self, x: float, width: float, height: float) -> QRectF:
        """Beside the line, never under the pointer; on the left where the right has no room."""
        assert self.pointer is not None
        room_x, room_y = self.frame.size()
        left = x + 12
        if left + width > room_x:
            left = max(0.0, x - 12 - width)
        top = self.pointer.y() - height - 14
        if top < 0:
            top = min(self.pointer.y() + 20, max(0.0, room_y - height))
        area = QRectF(left, top, width, height)
        if area.adjusted(-4, -4, 4, 4).contains(self.pointer):
            area.moveLeft(max(0.0, x - 12 - width))
        return area.translated(0.5, 0.5)
