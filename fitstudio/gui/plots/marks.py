"""The marks on a curve and their labels: best, stop, failure, baseline."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from fitstudio.gui.plots import ink
from fitstudio.gui.plots.layers import Frame, Layer
from fitstudio.gui.plots.series import Marker, SeriesStyle, marker_path

_GAP = 7
_BEST_SIZE = 11


class MarkKind(StrEnum):
    """What a mark says; each has its own look."""

    BEST = "best"
    PATIENCE = "patience"
    STOP = "stop"
    FAILURE = "failure"
    BASELINE = "baseline"
    RESUMED = "resumed"
    END = "end"


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across the plot with one or two lines of text.

    Attributes:
        kind: What it says.
        at: Its x; for a baseline its y.
        text: First line of its label.
        more: Second line, quieter.
        value: For the best: y of its diamond; for the end: y of the line there.
        style: For the best: the series that it belongs to.
    """

    kind: MarkKind
    at: float
    text: str
    more: str = ""
    value: float | None = None
    style: SeriesStyle | None = None


class MarkLayer(Layer):
    """Draws marks; labels that would lie on each other move aside or down."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame, 10)
        self.marks: tuple[Mark, ...] = ()
        self.label_areas: list[QRectF] = []

    def draw(self, painter: QPainter) -> None:
        """Draws the marks, and notes where their labels came to stand."""
        self.label_areas = []
        for mark in self.marks:
            self._draw_line(painter, mark)
        for mark in self.marks:
            self._draw_label(painter, mark)
        for mark in self.marks:
            self._draw_best(painter, mark)

    def _draw_line(self, painter: QPainter, mark: Mark) -> None:
        width, height = self.frame.size()
        pen = self._pen(mark)
        if pen is None:
            return
        painter.setPen(pen)
        if mark.kind is MarkKind.BASELINE:
            y = float(self.frame.y_pixels(mark.at))
            if 0 <= y <= height:
                painter.drawLine(QPointF(0, y), QPointF(width, y))
            return
        x = self._x(mark)
        if 0 <= x <= width:
            painter.drawLine(QPointF(x, 0), QPointF(x, height))

    def _pen(self, mark: Mark) -> QPen | None:
        match mark.kind:
            case MarkKind.BEST:
                assert mark.style is not None
                colour = QColor(ink.series(mark.style))
                colour.setAlphaF(0.55)
                return QPen(colour, 1)
            case MarkKind.STOP | MarkKind.RESUMED:
                pen = QPen(ink.colour("borderHover"), 1)
                pen.setDashPattern([3, 4])
                return pen
            case MarkKind.FAILURE:
                return QPen(ink.colour("error"), 1)
            case MarkKind.BASELINE:
                pen = QPen(ink.colour("text3"), 1)
                pen.setDashPattern([3, 3])
                return pen
            case MarkKind.PATIENCE | MarkKind.END:
                return None

    def _draw_label(self, painter: QPainter, mark: Mark) -> None:
        if not mark.text:
            return
        width, height = self.frame.size()
        strong = mark.kind is MarkKind.BEST
        first, second = ink.font(strong=strong, small=True), ink.font(small=True)
        metrics = QFontMetricsF(first)
        line_height = metrics.lineSpacing()
        size_x = max(
            metrics.horizontalAdvance(mark.text), QFontMetricsF(second).horizontalAdvance(mark.more)
        )
        size_y = line_height * (2 if mark.more else 1)
        if mark.kind is MarkKind.BASELINE:
            y = float(self.frame.y_pixels(mark.at))
            area = QRectF(width - size_x - 4, y - size_y - 2, size_x, size_y)
            if not 0 <= y <= height:
                return
        elif mark.kind is MarkKind.END and mark.value is not None:
            y = float(self.frame.y_pixels(mark.value))
            left = min(self._x(mark) + _GAP, width - size_x)
            over = left < self._x(mark) + _GAP - 1
            area = QRectF(left, y - size_y * (1.15 if over else 0.5), size_x, size_y)
        else:
            x = self._x(mark)
            if not -1 <= x <= width + 1:
                return
            area = self._place(x, size_x, size_y, left_first=strong)
        self.label_areas.append(area)
        self._draw_text(painter, mark, area, first, second)

    def _place(self, x: float, size_x: float, size_y: float, *, left_first: bool) -> QRectF:
        """The first free place beside a vertical line: at its top, else lower."""
        width, height = self.frame.size()
        sides = [QRectF(x - _GAP - size_x, 6, size_x, size_y), QRectF(x + _GAP, 6, size_x, size_y)]
        if not left_first:
            sides.reverse()
        for drop in range(4):
            for side in sides:
                area = side.translated(0, drop * (size_y + 6))
                inside = area.left() >= 0 and area.right() <= width and area.bottom() <= height
                room = area.adjusted(-4, 0, 4, 0)
                if inside and not any(room.intersects(taken) for taken in self.label_areas):
                    return area
        area = sides[0]
        area.moveLeft(min(max(area.left(), 0.0), max(width - size_x, 0.0)))
        return area

    def _draw_text(
        self, painter: QPainter, mark: Mark, area: QRectF, first: QFont, second: QFont
    ) -> None:
        ground = QColor(ink.colour("card"))
        ground.setAlphaF(0.0 if mark.kind is MarkKind.PATIENCE else 0.72)
        painter.fillRect(area.adjusted(-3, -1, 3, 1), ground)
        right = mark.kind is MarkKind.BASELINE or (
            mark.kind is MarkKind.BEST and area.right() <= self._x(mark)
        )
        flags = Qt.AlignmentFlag.AlignTop | (
            Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        )
        token = {MarkKind.BEST: "text", MarkKind.FAILURE: "error"}.get(mark.kind, "text2")
        painter.setPen(ink.colour(token))
        painter.setFont(first)
        painter.drawText(area, flags, mark.text)
        if mark.more:
            painter.setPen(ink.colour("text2"))
            painter.setFont(second)
            below = area.adjusted(0, QFontMetricsF(first).lineSpacing(), 0, 4)
            painter.drawText(below, flags, mark.more)

    def _draw_best(self, painter: QPainter, mark: Mark) -> None:
        if mark.kind is not MarkKind.BEST or mark.value is None or mark.style is None:
            return
        y = float(self.frame.y_pixels(mark.value))
        if y != y:
            return
        painter.setPen(QPen(ink.colour("card"), 2))
        painter.setBrush(ink.series(mark.style))
        path = marker_path(Marker.DIAMOND, QPointF(self._x(mark), y), _BEST_SIZE)
        painter.drawPath(path)

    def _x(self, mark: Mark) -> float:
        return float(self.frame.x_pixels(mark.at))
