"""Small pictures of the data, as Qt paints them."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath

from fitstudio.gui.theme.theme import colour
from fitstudio.gui.theme.tokens import Radius

# Below this many points a side, a picture is shown point by point: smooth edges would be made up.
_COARSE = 40


class Points(Protocol):
    """A picture as its red, green and blue."""

    @property
    def width(self) -> int:
        """Points across."""
        ...

    @property
    def height(self) -> int:
        """Points down."""
        ...

    @property
    def points(self) -> bytes:
        """Three bytes a point, row by row."""
        ...


def as_image(picture: Points) -> QImage:
    """The picture as Qt has it, with its own copy of the points."""
    return QImage(
        picture.points,
        picture.width,
        picture.height,
        3 * picture.width,
        QImage.Format.Format_RGB888,
    ).copy()


def paint_picture(painter: QPainter, area: QRectF, image: QImage) -> None:
    """Paints a picture with round corners into the middle of an area, on a ground of its own.

    Args:
        painter: Where to.
        area: The room for it.
        image: The picture; an empty one leaves the ground.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    coarse = max(image.width(), image.height()) < _COARSE
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not coarse)
    rounded = QPainterPath()
    rounded.addRoundedRect(area, Radius.CONTROL, Radius.CONTROL)
    painter.setClipPath(rounded)
    painter.fillRect(area, colour("track"))
    if not image.isNull():
        size = image.size().scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        left = area.left() + (area.width() - size.width()) / 2
        top = area.top() + (area.height() - size.height()) / 2
        painter.drawImage(QRectF(left, top, size.width(), size.height()), image)
    painter.restore()
