"""A curve in the height of a line of text: its shape, and a dot at its best value."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from fitstudio.gui.theme.theme import theme

WIDTH = 84
HEIGHT = 24
_LINE = 1.5
_DOT = 2.5
_POINTS = 120


class Sparkline(QWidget):
    """A sparkline that stands by itself.

    Args:
        values: The curve; what is no number is left out.
        series: Whose colour it has (0 is training).
        best: Index of the value to mark.
    """

    def __init__(
        self,
        values: Sequence[float] = (),
        *,
        series: int = 0,
        best: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._series = series
        self.set_values(values, best)
        self.setFixedSize(WIDTH, HEIGHT)

    def set_values(self, values: Sequence[float], best: int | None = None) -> None:
        """Shows another curve."""
        self._values = list(values)
        self._best = best
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the line and a dot at its best value."""
        line = theme().series(self._series).colour
        paint_sparkline(QPainter(self), QRectF(self.rect()), self._values, line, best=self._best)


def paint_sparkline(
    painter: QPainter,
    area: QRectF,
    values: Sequence[float],
    colour: QColor,
    *,
    best: int | None = None,
) -> None:
    """Paint a sparkline into an area; a single value is a dot, none is nothing.

    Args:
        painter: Where to.
        area: The room for it.
        values: The curve; not-a-number is left out.
        colour: Of line and dot.
        best: Index of the value to mark.
    """
    known = [(index, value) for index, value in enumerate(values) if math.isfinite(value)]
    if not known:
        return
    inside = area.adjusted(_DOT, _DOT, -_DOT, -_DOT)
    low = min(value for _, value in known)
    high = max(value for _, value in known)
    # A constant runs through the middle: rounding is no curve.
    flat = high - low <= 1e-9 * max(abs(low), abs(high), 1e-300)

    def place(point: tuple[int, float]) -> QPointF:
        share_x = point[0] / max(len(values) - 1, 1)
        share_y = 0.5 if flat else (high - point[1]) / (high - low)
        return QPointF(
            inside.left() + share_x * inside.width(), inside.top() + share_y * inside.height()
        )

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if len(known) > 1:
        pen = QPen(colour, _LINE)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([place(point) for point in _thinned(known)]))
    dot = next((point for point in known if point[0] == best), None)
    if dot is None and len(known) == 1:
        dot = known[0]
    if dot is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(place(dot), _DOT, _DOT)
    painter.restore()


def _thinned(known: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """About `_POINTS` of the points, the extremes of each part and both ends among them."""
    if len(known) <= _POINTS:
        return list(known)
    size = math.ceil(len(known) / (_POINTS // 2))
    kept = {known[0], known[-1]}
    for start in range(0, len(known), size):
        part = known[start : start + size]
        kept.add(min(part, key=lambda point: point[1]))
        kept.add(max(part, key=lambda point: point[1]))
    return sorted(kept)
