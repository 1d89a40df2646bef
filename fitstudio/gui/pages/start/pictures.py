"""Pictures of the examples, drawn from the theme: each shows what its data looks like."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from fitstudio.gui.theme.theme import colour, theme
from fitstudio.gui.theme.tokens import Radius

# Where the digits' strokes run, on a grid of 3 × 5.
_STROKES = {
    3: ((0, 0), (2, 0), (1, 1.9), (2, 3.2), (1.2, 4), (0, 3.8)),
    7: ((0, 0), (2, 0), (0.9, 4)),
    5: ((2, 0), (0.2, 0), (0.1, 1.8), (1.6, 1.6), (2, 3), (1.2, 4), (0, 3.8)),
    2: ((0, 0.8), (1, 0), (2, 0.9), (0, 4), (2, 4)),
    0: ((1, 0), (0, 1.4), (0.2, 3.2), (1, 4), (1.9, 2.8), (1.9, 1), (1, 0)),
    4: ((1.4, 4), (1.4, 0), (0, 2.6), (2.1, 2.6)),
    1: ((0.4, 0.8), (1.2, 0), (1.2, 4)),
    9: ((1.8, 1.4), (1, 2.2), (0.2, 1.2), (1, 0), (1.8, 0.9), (1.7, 2.6), (1, 4)),
    6: ((1.6, 0), (0.4, 1.8), (0.3, 3.2), (1.1, 4), (1.8, 3), (1, 2.1), (0.4, 2.8)),
    8: ((1, 0), (0.2, 0.9), (1.8, 2.9), (1, 4), (0.2, 3), (1.8, 1), (1, 0)),
}


class ExamplePicture(QWidget):
    """The picture at the top of an example's card."""

    def __init__(self, example: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draw = _drawing(example)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        ground = QPainterPath()
        # Round at the top only, where the card is.
        ground.addRoundedRect(area.adjusted(0, 0, 0, Radius.CARD), Radius.CARD, Radius.CARD)
        painter.setClipPath(ground)
        tint = colour("canvas")
        tint.setAlphaF(0.55)
        painter.fillRect(area, tint)
        self._draw(painter, area)


def _drawing(example: str) -> Callable[[QPainter, QRectF], None]:
    for word, draw in (
        ("penguin", _clusters),
        ("digit", _digits),
        ("signal", _signal),
        ("vibration", _signal),
        ("bearing", _signal),
        ("spectr", _spectra),
    ):
        if word in example:
            return draw
    return _trend


def _clusters(painter: QPainter, area: QRectF) -> None:
    """Three species, each with its colour and its marker."""
    chance = random.Random(7)  # the same picture every time
    centres = ((0.27, 0.36), (0.55, 0.68), (0.76, 0.30))
    spreads = ((0.065, 0.10), (0.055, 0.09), (0.065, 0.09))
    numbers = (0, 1, 2)
    for (x, y), (dx, dy), number in zip(centres, spreads, numbers, strict=True):
        ink = QColor(theme().series(number).colour)
        ink.setAlphaF(0.85)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        for _ in range(38):
            at = QPointF(
                area.left() + area.width() * chance.gauss(x, dx),
                area.top() + area.height() * chance.gauss(y, dy),
            )
            _marker(painter, at, number)


def _marker(painter: QPainter, at: QPointF, number: int) -> None:
    size = 3.2
    if number == 0:
        painter.drawEllipse(at, size - 0.2, size - 0.2)
    elif number == 1:
        steps = ((0, -size - 1), (size + 1, 0), (0, size + 1), (-size - 1, 0))
        painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in steps]))
    else:
        steps = ((0, -size - 0.5), (size + 0.5, size), (-size - 0.5, size))
        painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in steps]))


def _digits(painter: QPainter, area: QRectF) -> None:
    """Two rows of handwriting on dark paper."""
    chance = random.Random(3)
    side, gap = 44.0, 6.0
    rows = ((3, 7, 5, 2, 0), (4, 1, 9, 6, 8))
    count = len(rows[0])
    left = area.center().x() - (count * side + (count - 1) * gap) / 2
    top = area.top() + (area.height() - 2 * side - gap) / 2
    # Handwriting is light on dark in both themes, as the data is.
    paper = colour("text") if not theme().dark else colour("canvas")
    ink = colour("card") if not theme().dark else colour("text")
    for row, digits in enumerate(rows):
        for place, digit in enumerate(digits):
            tile = QRectF(left + place * (side + gap), top + row * (side + gap), side, side)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(paper)
            painter.drawRoundedRect(tile, 5, 5)
            slant = chance.uniform(-0.12, 0.12)
            scale = side / 6.6
            points = [
                QPointF(
                    tile.center().x() + (x - 1 + slant * (2 - y)) * scale * 1.15,
                    tile.center().y() + (y - 2) * scale,
                )
                for x, y in _STROKES[digit]
            ]
            pen = QPen(ink, 3.4)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(_smooth(points))


def _smooth(points: list[QPointF]) -> QPainterPath:
    """A curve through the middles of a line's parts, as a hand would write it."""
    path = QPainterPath(points[0])
    for here, after in pairwise(points[1:]):
        path.quadTo(here, (here + after) / 2)
    path.lineTo(points[-1])
    return path


def _signal(painter: QPainter, area: QRectF) -> None:
    """Noise with a window round the part that is out of order."""
    chance = random.Random(11)
    window = QRectF(
        area.left() + area.width() * 0.55, area.top() + 10, area.width() * 0.26, area.height() - 20
    )
    mark = theme().series(1).colour
    ground = QColor(mark)
    ground.setAlphaF(0.16)
    painter.setPen(QPen(mark, 1.2))
    painter.setBrush(ground)
    painter.drawRoundedRect(window, 5, 5)
    points = []
    steps = 240
    for step in range(steps + 1):
        x = area.left() + area.width() * step / steps
        loud = math.exp(-(((x - window.center().x()) / (window.width() * 0.33)) ** 2))
        y = 6 * math.sin(step / 3.1) + chance.gauss(0, 4) + 26 * loud * math.sin(step / 2.6)
        points.append(QPointF(x, area.center().y() - y))
    painter.setPen(QPen(theme().series(0).colour, 1.3))
    painter.drawPolyline(QPolygonF(points))


def _spectra(painter: QPainter, area: QRectF) -> None:
    """A fan of spectra from low to high."""
    low, high = theme().series(0).colour, theme().series(1).colour
    peaks = ((0.30, 0.055, 0.75), (0.62, 0.03, 0.5), (0.80, 0.02, 0.35))
    for number in range(8):
        share = number / 7
        points = []
        for step in range(161):
            x = step / 160
            height = 0.06 + sum(
                tall * (0.62 + 0.38 * share) * math.exp(-(((x - at) / width) ** 2))
                for at, width, tall in peaks
            )
            points.append(
                QPointF(
                    area.left() + area.width() * x,
                    area.bottom() - 12 - height * (area.height() - 24) + 8 * (1 - share),
                )
            )
        painter.setPen(QPen(_mixed(low, high, share), 1.4))
        painter.drawPolyline(QPolygonF(points))


def _trend(painter: QPainter, area: QRectF) -> None:
    """Points along a bent line, with the line that a model would find."""
    chance = random.Random(5)
    dots = QColor(theme().series(0).colour)
    dots.setAlphaF(0.8)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(dots)

    def height(x: float) -> float:
        return 0.78 - 0.55 / (1 + math.exp(-(x - 0.5) * 8)) - 0.06 * math.sin(x * 7)

    for _ in range(70):
        x = chance.uniform(0.06, 0.94)
        y = height(x) + chance.gauss(0, 0.055)
        painter.drawEllipse(
            QPointF(area.left() + area.width() * x, area.top() + area.height() * y), 3, 3
        )
    points = [
        QPointF(
            area.left() + area.width() * step / 60,
            area.top() + area.height() * height(step / 60),
        )
        for step in range(3, 58)
    ]
    pen = QPen(theme().series(1).colour, 2.2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(points))


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * share,
        one.greenF() + (other.greenF() - one.greenF()) * share,
        one.blueF() + (other.blueF() - one.blueF()) * share,
    )
