"""A curve in the height of a line of text: its shape, and a dot at its best value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

WIDTH = 84
HEIGHT = 24
_LINE = 1.5
_DOT = 2.5
_POINTS = 120


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
    y = np.asarray(values, dtype=np.float64)
    known = np.flatnonzero(np.isfinite(y))
    if not len(known):
        return
    inside = area.adjusted(_DOT, _DOT, -_DOT, -_DOT)
    low, high = float(y[known].min()), float(y[known].max())
    # A constant runs through the middle: rounding is no curve.
    flat = high - low <= 1e-9 * max(abs(low), abs(high), 1e-300)

    def place(index: int) -> QPointF:
        share_x = index / max(len(y) - 1, 1)
        share_y = 0.5 if flat else (high - y[index]) / (high - low)
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
        painter.drawPolyline(QPolygonF([place(int(index)) for index in _thinned(known, y)]))
    dot = best if best is not None and 0 <= best < len(y) and np.isfinite(y[best]) else None
    if dot is None and len(known) == 1:
        dot = int(known[0])
    if dot is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(place(dot), _DOT, _DOT)
    painter.restore()


def _thinned(known: np.ndarray, y: np.ndarray) -> np.ndarray:
    """At most `_POINTS` of the known points, the extremes of each part among them."""
    if len(known) <= _POINTS:
        return known
    parts = np.array_split(known, _POINTS // 2)
    kept = [(part[np.argmin(y[part])], part[np.argmax(y[part])]) for part in parts]
    return np.unique(np.array(kept).ravel())
