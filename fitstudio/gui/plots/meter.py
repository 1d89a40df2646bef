"""A device meter: the last minutes of a share between 0 and 100 %, on a fixed scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from fitstudio.gui.plots import ink

_WIDTH = 84
_HEIGHT = 32
_SHOWN = 84


class Meter(QWidget):
    """A small filled curve; its scale never moves, so that heights mean the same all day."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: Sequence[float] = ()
        self.setFixedSize(_WIDTH, _HEIGHT)

    def set_shares(self, shares: Sequence[float]) -> None:
        """Show these shares, 0 to 1, the newest last; not-a-number is a gap."""
        self._shares = shares[-_SHOWN:]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fills the area under the shares, from 0 to 1."""
        y = np.clip(np.asarray(self._shares, dtype=np.float64), 0.0, 1.0)
        if not len(y):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(0.5, 1, -0.5, 0)
        # The newest value stands at the right edge, the first one at the left.
        step = room.width() / min(max(len(y) - 1, 1), _SHOWN - 1)
        left = room.right() - (len(y) - 1) * step
        colour = ink.colour("text2")
        filling = QColor(colour)
        filling.setAlphaF(0.14)
        for part in _runs(np.isfinite(y)):
            points = [
                QPointF(left + index * step, room.bottom() - y[index] * room.height())
                for index in range(part.start, part.stop)
            ]
            if len(points) == 1:
                # One value has no course: it holds for all of the run, or is a dot among gaps.
                only = len(y) == 1
                points[0].setX(room.left() if only else points[0].x())
                points.append(QPointF(room.right() if only else points[0].x() + 1.5, points[0].y()))
            ground = QPolygonF(
                [
                    QPointF(points[0].x(), room.bottom()),
                    *points,
                    QPointF(points[-1].x(), room.bottom()),
                ]
            )
            painter.setPen(QPen(filling, 0))
            painter.setBrush(filling)
            painter.drawPolygon(ground)
            painter.setPen(QPen(colour, 1.5))
            painter.drawPolyline(QPolygonF(points))
        painter.end()


def _runs(known: np.ndarray) -> list[slice]:
    """The stretches without a gap."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    return [slice(int(start), int(stop)) for start, stop in zip(edges[0::2], edges[1::2])]
