"""A line of shares over shares, from 0 to 100 % both ways, with its band and a place on it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QToolTip, QWidget

from fitstudio.gui.plots import ink
from fitstudio.gui.plots.canvas import Canvas
from fitstudio.gui.plots.curve_plot import GUTTER
from fitstudio.gui.plots.layers import Frame, GridLayer, Layer, draw_points, polygon
from fitstudio.gui.plots.ticks import Tick
from fitstudio.viewmodel.results.ranking import Curve
from fitstudio.words import say

_TOP = 22
_BOTTOM = 40
_RIGHT = 14
_REACH = 24.0
_DOT = 7.0
_PLACE = 6.0
_BAND_OPACITY = 0.18
_MARGIN = 0.015
_TICKS = [Tick(share, f"{share * 100:.0f} %") for share in (0.0, 0.25, 0.5, 0.75, 1.0)]


class SharePlot(Canvas):
    """What a `Curve` of the Results page looks like."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curve: Curve | None = None
        self.setMinimumSize(220, 160)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.box.setMouseEnabled(x=False, y=False)
        self._layers = (
            GridLayer(self.frame, lambda: _TICKS),
            _CurveLayer(self.frame, self),
        )
        self._labels = _Labels(self)
        self.scene().addItem(self._labels)
        self.finish()

    def show_curve(self, curve: Curve | None) -> None:
        """Show another line, or none."""
        self.curve = curve
        if curve is not None:
            titles = {"y": curve.y_title, "x": curve.x_title}
            count = len(curve.x)
            self.setAccessibleName(say("{y} over {x}, {count} points", **titles, count=count))
        self._fit()

    def arrange(self) -> None:
        """Leave room for the labels around the plot."""
        size = self.viewport().size()
        width = max(1.0, size.width() - GUTTER - _RIGHT)
        self.box.setGeometry(QRectF(GUTTER, _TOP, width, max(1.0, size.height() - _TOP - _BOTTOM)))
        self._fit()

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        """Tell the nearest point."""
        super().mouseMoveEvent(ev)
        curve = self.curve
        if curve is None or not len(curve.x):
            return
        at = self.box.mapFromScene(self.mapToScene(ev.position().toPoint()))
        distance = np.hypot(
            self.frame.x_pixels(curve.x) - at.x(), self.frame.y_pixels(curve.y) - at.y()
        )
        nearest = int(np.argmin(distance))
        if distance[nearest] <= _REACH:
            QToolTip.showText(ev.globalPosition().toPoint(), curve.words(nearest), self)
        else:
            QToolTip.hideText()

    def _fit(self) -> None:
        reach = (-_MARGIN, 1.0 + _MARGIN)
        self.box.setRange(xRange=reach, yRange=reach, padding=0)
        for layer in self._layers:
            layer.moved()
        self._labels.update()


class _CurveLayer(Layer):
    """Reference, band, line, dots and the place on it, from below upwards."""

    def __init__(self, frame: Frame, plot: SharePlot) -> None:
        super().__init__(frame, 1)
        self._plot = plot

    def draw(self, painter: QPainter) -> None:
        curve = self._plot.curve
        if curve is None:
            return
        self._draw_reference(painter, curve)
        if not len(curve.x):
            return
        x, y = self.frame.x_pixels(curve.x), self.frame.y_pixels(curve.y)
        if len(curve.low):
            self._draw_band(painter, curve, x)
        colour = ink.colour("accentText")
        painter.setPen(QPen(colour, ink.LINE))
        painter.drawPolyline(polygon(x, y))
        if curve.dots:
            painter.setPen(QPen(colour, _DOT, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            draw_points(painter, x, y)
        if curve.place is not None:
            self._draw_place(painter, curve.place)

    def _draw_reference(self, painter: QPainter, curve: Curve) -> None:
        pen = QPen(ink.colour("text3"), 1)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.drawLine(*(self._pixels(end) for end in curve.reference))

    def _draw_band(self, painter: QPainter, curve: Curve, x: np.ndarray) -> None:
        colour = QColor(ink.colour("accentText"))
        colour.setAlphaF(_BAND_OPACITY)
        low, high = self.frame.y_pixels(curve.low), self.frame.y_pixels(curve.high)
        if curve.dots:  # each interval belongs to its own dot
            painter.setPen(QPen(colour, 3))
            for at, bottom, top in zip(x, low, high, strict=True):
                painter.drawLine(QPointF(at, bottom), QPointF(at, top))
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        around = np.append(x, x[::-1]), np.append(high, low[::-1])
        painter.drawPolygon(polygon(*around))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_place(self, painter: QPainter, place: tuple[float, float]) -> None:
        centre = self._pixels(place)
        corners = [(0.0, -_PLACE), (_PLACE, 0.0), (0.0, _PLACE), (-_PLACE, 0.0)]
        painter.setPen(QPen(ink.colour("card"), 1.5))
        painter.setBrush(ink.colour("text"))
        painter.drawPolygon(QPolygonF([centre + QPointF(*corner) for corner in corners]))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _pixels(self, place: tuple[float, float]) -> QPointF:
        x, y = place
        return QPointF(float(self.frame.x_pixels(x)), float(self.frame.y_pixels(y)))


class _Labels(QGraphicsItem):
    """Ticks and titles of both axes."""

    def __init__(self, plot: SharePlot) -> None:
        super().__init__()
        self._plot = plot

    def boundingRect(self) -> QRectF:
        size = self._plot.viewport().size()
        return QRectF(0, 0, size.width(), size.height())

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        plot, curve = self._plot, self._plot.curve
        if curve is None:
            return
        area, height = plot.box.geometry(), ink.line_height(small=True)
        painter.setFont(ink.font(small=True))
        painter.setPen(ink.colour("text2"))
        painter.drawText(
            QRectF(area.left(), 0, area.width(), height), Qt.AlignmentFlag.AlignLeft, curve.y_title
        )
        bottom = QRectF(area.left(), self.boundingRect().bottom() - height, area.width(), height)
        painter.drawText(bottom, Qt.AlignmentFlag.AlignRight, curve.x_title)
        painter.setPen(ink.colour("text3"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for tick in _TICKS:
            y = area.top() + float(plot.frame.y_pixels(tick.value))
            painter.drawText(QRectF(0, y - height / 2, GUTTER - 8, height), right, tick.label)
            x = area.left() + float(plot.frame.x_pixels(tick.value))
            place = QRectF(x - 40, area.bottom() + 4, 80, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, tick.label)
