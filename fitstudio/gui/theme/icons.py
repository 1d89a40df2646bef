"""Draws the icons of the window: Phosphor's glyphs as vector paths, tinted by a colour token.

The glyphs come from the one font file that is shipped in `resources/icons`. An icon takes its
colour from the theme each time it is painted, so that nothing has to be made anew when the theme
changes.
"""

from __future__ import annotations

import json
from functools import cache

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPixmap,
    QRawFont,
    QTransform,
)

from fitstudio import resources
from fitstudio.gui.theme.theme import colour

_EM = 64.0


@cache
def _raw_font() -> QRawFont:
    return QRawFont(str(resources.path("icons", "phosphor.ttf")), _EM)


@cache
def _codes() -> dict[str, str]:
    """The place of each icon in the font: Phosphor's name and a code point in hexadecimal."""
    return json.loads(resources.path("icons", "phosphor.json").read_text(encoding="utf-8"))


@cache
def glyph_path(name: str) -> QPainterPath:
    """The outline of a glyph in a square of 1 × 1.

    Args:
        name: Phosphor's name, such as ``"caret-down"`` or ``"warning-fill"``.

    Raises:
        KeyError: If the set has no such icon.
    """
    font = _raw_font()
    index = font.glyphIndexesForString(chr(int(_codes()[name], 16)))[0]
    to_square = QTransform.fromTranslate(0, _EM) * QTransform.fromScale(1 / _EM, 1 / _EM)
    return to_square.map(font.pathForGlyph(index))


def paint_icon(
    painter: QPainter, area: QRectF | QRect, name: str, token: str, *, turned: float = 0.0
) -> None:
    """Paints an icon into the middle of an area.

    Args:
        painter: Where to.
        area: The room for it; the icon is as large as the shorter side.
        name: Phosphor's name.
        token: The colour.
        turned: Degrees, clockwise.
    """
    # Looked up first: an error after save() would leave the painter in disorder.
    glyph = glyph_path(name)
    area = QRectF(area)
    side = min(area.width(), area.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(area.center())
    painter.rotate(turned)
    painter.translate(QPointF(-side / 2, -side / 2))
    painter.scale(side, side)
    painter.fillPath(glyph, colour(token))
    painter.restore()


class _GlyphEngine(QIconEngine):
    """Paints a glyph in the theme's present colour at whatever size is asked for."""

    def __init__(self, name: str, token: str, active: str | None = None) -> None:
        super().__init__()
        glyph_path(name)  # an unknown name is an error where it is written, not in a paint event
        self._name = name
        self._token = token
        self._active = active

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        token = "off" if mode is QIcon.Mode.Disabled else self._token
        if self._active and state is QIcon.State.On:
            token = self._active
        paint_icon(painter, rect, self._name, token)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._name, self._token, self._active)


def icon(name: str, token: str = "text2", *, checked: str | None = None) -> QIcon:
    """An icon that follows the theme.

    Args:
        name: Phosphor's name.
        token: Its colour.
        checked: Its colour while the button is checked.
    """
    return QIcon(_GlyphEngine(name, token, checked))


def pixmap(name: str, token: str, size: int, ratio: float = 1.0) -> QPixmap:
    """An icon as pixels, for places that take nothing else.

    Args:
        name: Phosphor's name.
        token: Its colour, as it is now.
        size: Side in logical pixels.
        ratio: Device pixels a logical pixel.
    """
    made = QPixmap(round(size * ratio), round(size * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    paint_icon(painter, QRectF(0, 0, size, size), name, token)
    painter.end()
    return made
