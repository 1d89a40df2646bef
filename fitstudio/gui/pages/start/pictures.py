"""Pictures of the examples, drawn from a small part of their own data in the theme's colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from fitstudio.gui.theme.theme import colour, theme
from fitstudio.gui.theme.tokens import Radius

_MARGIN = 12.0
_TILE = 44.0
_GAP = 6.0
_TILES_A_ROW = 5


class ExamplePicture(QWidget):
    """The picture at the top of an example's card.

    Args:
        picture: `kind` is points (`x`, `y`, `class`), lines (`lines`) or images (`images` as grey
            values up to `largest`, of `size`).
    """

    def __init__(self, picture: Mapping[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = picture
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the picture that the example names, round at the top as the card is."""
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
        match self._picture.get("kind"):
            case "points":
                _points(painter, area, self._picture)
            case "lines":
                _lines(painter, area, self._picture["lines"])
            case "images":
                _images(painter, area, self._picture)


def _points(painter: QPainter, area: QRectF, picture: Mapping[str, Any]) -> None:
    """Each class with its colour and its marker."""
    inside = area.adjusted(2.5 * _MARGIN, _MARGIN, -2.5 * _MARGIN, -_MARGIN)
    xs, ys = picture["x"], picture["y"]
    classes = picture.get("class") or [0] * len(xs)
    painter.setPen(Qt.PenStyle.NoPen)
    for x, y, number in zip(_shares(xs), _shares(ys), classes, strict=True):
        ink = QColor(theme().series(number).colour)
        ink.setAlphaF(0.85)
        painter.setBrush(ink)
        at = QPointF(inside.left() + x * inside.width(), inside.bottom() - y * inside.height())
        _marker(painter, at, number)


def _marker(painter: QPainter, at: QPointF, number: int) -> None:
    if number % 3 == 0:
        painter.drawEllipse(at, 3, 3)
        return
    steps = ((0, -4), (4, 0), (0, 4), (-4, 0)) if number % 3 == 1 else ((0, -3.7), (3.7, 3.2),
                                                                         (-3.7, 3.2))  # fmt: skip
    painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in steps]))


def _lines(painter: QPainter, area: QRectF, lines: Sequence[Sequence[float]]) -> None:
    """Signals over each other, each in a lane of its own."""
    lane = (area.height() - 2 * _MARGIN) / max(len(lines), 1)
    for number, line in enumerate(lines):
        top = area.top() + _MARGIN + number * lane
        points = [
            QPointF(
                area.left() + area.width() * step / max(len(line) - 1, 1),
                top + lane * (0.92 - 0.84 * share),
            )
            for step, share in enumerate(_shares(line))
        ]
        pen = QPen(theme().series(number).colour, 1.3)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(points))


def _images(painter: QPainter, area: QRectF, picture: Mapping[str, Any]) -> None:
    """Two rows of pictures, light on dark as the data is, in both themes."""
    images = picture["images"][: 2 * _TILES_A_ROW]
    height, width = picture["size"]
    largest = float(picture.get("largest") or 1)
    low = colour("hairline" if theme().dark else "text")
    high = colour("text" if theme().dark else "card")
    left = area.center().x() - (_TILES_A_ROW * _TILE + (_TILES_A_ROW - 1) * _GAP) / 2
    top = area.top() + (area.height() - 2 * _TILE - _GAP) / 2
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for number, values in enumerate(images):
        row, place = divmod(number, _TILES_A_ROW)
        tile = QRectF(left + place * (_TILE + _GAP), top + row * (_TILE + _GAP), _TILE, _TILE)
        image = QImage(width, height, QImage.Format.Format_RGB32)
        for at, value in enumerate(_flat(values)):
            image.setPixelColor(at % width, at // width, _mixed(low, high, value / largest))
        round_corners = QPainterPath()
        round_corners.addRoundedRect(tile, 5, 5)
        painter.save()
        painter.setClipPath(round_corners, Qt.ClipOperation.IntersectClip)
        painter.drawImage(tile, image)
        painter.restore()


def _flat(values: Sequence[Any]) -> list[float]:
    if values and isinstance(values[0], Sequence):
        return [float(value) for row in values for value in row]
    return [float(value) for value in values]


def _shares(values: Sequence[float]) -> list[float]:
    """The values from 0 to 1."""
    low, high = min(values, default=0), max(values, default=1)
    span = (high - low) or 1
    return [(value - low) / span for value in values]


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * share,
        one.greenF() + (other.greenF() - one.greenF()) * share,
        one.blueF() + (other.blueF() - one.blueF()) * share,
    )
