"""Points against a line: predicted over measured (parity), residuals over predicted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QToolTip, QWidget

from fitstudio.gui.plots import ink
from fitstudio.gui.plots.canvas import Canvas
from fitstudio.gui.plots.curve_plot import GUTTER
from fitstudio.gui.plots.layers import Frame, GridLayer, Layer, draw_points
from fitstudio.gui.plots.ticks import linear_ticks
from fitstudio.words import say
from fitstudio.words.numbers import format_value

_Array = npt.NDArray[np.float64]
_TOP = 22
_BOTTOM = 40
_POINT = 5.0
_REACH = 14.0


class ScatterPlot(Canvas):
    """Two columns of numbers as points, with a reference line.

    Args:
        x_title: What x is, under the axis.
        y_title: What y is, over the axis.
        diagonal: A line where both are equal (parity); else a line at zero (residuals).
    """

    def __init__(
        self, x_title: str, y_title: str, *, diagonal: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.x_title = x_title
        self.y_title = y_title
        self.diagonal = diagonal
        self.across: _Array = np.empty(0)
        self.up: _Array = np.empty(0)
        self.names: Sequence[str] = ()
        self.setMinimumSize(200, 160)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.box.setMouseEnabled(x=False, y=False)
        self._layers = (
            GridLayer(self.frame, self.frame.y_ticks),
            _LineLayer(self.frame, self),
            _PointLayer(self.frame, self),
        )
        self._labels = _Labels(self)
        self.scene().addItem(self._labels)
        self.finish()

    def show_points(self, x: _Array, y: _Array, names: Sequence[str]) -> None:
        """Show these points; a name each is what the pointer tells."""
        self.across, self.up, self.names = x, y, names
        self.setAccessibleName(
            say("{count} points, {y} over {x}", count=len(x), y=self.y_title, x=self.x_title)
        )
        self._fit()

    def arrange(self) -> None:
        """Places the box; with a line of equals it is a square."""
        size = self.viewport().size()
        area = QRectF(GUTTER, _TOP, size.width() - GUTTER - 8, size.height() - _TOP - _BOTTOM)
        if self.diagonal:
            # Both axes count the same: the line of equals stands at half a right angle.
            side = max(1.0, min(area.width(), area.height()))
            area.setSize(QSizeF(side, side))
            wanted = round(GUTTER + 8 + size.height() - _TOP - _BOTTOM)
            self.setMaximumWidth(max(wanted, self.minimumWidth()))
        self.box.setGeometry(area)
        self._fit()

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        """Names the point nearest to the pointer in a tooltip, where one is near."""
        super().mouseMoveEvent(ev)
        place = self.box.mapFromScene(self.mapToScene(ev.position().toPoint()))
        if not len(self.across):
            return
        distance = np.hypot(
            self.frame.x_pixels(self.across) - place.x(), self.frame.y_pixels(self.up) - place.y()
        )
        at = int(np.argmin(distance))
        if distance[at] <= _REACH:
            words = f"{self.x_title} {format_value(float(self.across[at]), 4)}\n"
            words += f"{self.y_title} {format_value(float(self.up[at]), 4)}"
            name = self.names[at] if at < len(self.names) else ""
            QToolTip.showText(ev.globalPosition().toPoint(), f"{name}\n{words}".strip(), self)
        else:
            QToolTip.hideText()

    def _fit(self) -> None:
        known = np.isfinite(self.across) & np.isfinite(self.up)
        x, y = self.across[known], self.up[known]
        if not len(x):
            x, y = np.array([0.0, 1.0]), np.array([0.0, 1.0])
        if self.diagonal:
            both = (min(x.min(), y.min()), max(x.max(), y.max()))
            x_range = y_range = _room(*both)
        else:
            reach = max(float(np.abs(y).max()), 1e-12)
            x_range, y_range = _room(x.min(), x.max()), (-1.12 * reach, 1.12 * reach)
        self.box.setRange(xRange=x_range, yRange=y_range, padding=0)
        for layer in self._layers:
            layer.moved()
        self._labels.update()


class _LineLayer(Layer):
    """The line that a perfect model's points would lie on."""

    def __init__(self, frame: Frame, plot: ScatterPlot) -> None:
        super().__init__(frame, 1)
        self._plot = plot

    def draw(self, painter: QPainter) -> None:
        pen = QPen(ink.colour("text3"), 1)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        ends = np.asarray(self.frame.x_range())
        x = self.frame.x_pixels(ends)
        y = self.frame.y_pixels(ends if self._plot.diagonal else np.zeros(2))
        painter.drawLine(QPointF(float(x[0]), float(y[0])), QPointF(float(x[1]), float(y[1])))


class _PointLayer(Layer):
    """The points, transparent so that a crowd is darker than one."""

    def __init__(self, frame: Frame, plot: ScatterPlot) -> None:
        super().__init__(frame, 2)
        self._plot = plot
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def draw(self, painter: QPainter) -> None:
        x, y = self.frame.x_pixels(self._plot.across), self.frame.y_pixels(self._plot.up)
        known = np.isfinite(x) & np.isfinite(y)
        colour = QColor(ink.colour("accentText"))
        colour.setAlphaF(0.6 if known.sum() < 500 else 0.35)
        pen = QPen(colour, _POINT, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        draw_points(painter, x[known], y[known])


class _Labels(QGraphicsItem):
    """Ticks and titles of both axes."""

    def __init__(self, plot: ScatterPlot) -> None:
        super().__init__()
        self._plot = plot

    def boundingRect(self) -> QRectF:
        size = self._plot.viewport().size()
        return QRectF(0, 0, size.width(), size.height())

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        plot, area = self._plot, self._plot.box.geometry()
        height = ink.line_height(small=True)
        painter.setFont(ink.font(small=True))
        painter.setPen(ink.colour("text2"))
        painter.drawText(
            QRectF(area.left(), 0, area.width(), height), Qt.AlignmentFlag.AlignLeft, plot.y_title
        )
        painter.drawText(
            QRectF(area.left(), self.boundingRect().bottom() - height, area.width(), height),
            Qt.AlignmentFlag.AlignRight,
            plot.x_title,
        )
        painter.setPen(ink.colour("text3"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for tick in plot.frame.y_ticks():
            y = area.top() + float(plot.frame.y_pixels(tick.value))
            painter.drawText(QRectF(0, y - height / 2, GUTTER - 8, height), right, tick.label)
        low, high = plot.frame.x_range()
        for tick in linear_ticks(low, high, max(2, int(area.width() / 90))):
            x = area.left() + float(plot.frame.x_pixels(tick.value))
            painter.drawText(
                QRectF(x - 40, area.bottom() + 4, 80, height),
                Qt.AlignmentFlag.AlignHCenter,
                tick.label,
            )


def _room(low: float, high: float) -> tuple[float, float]:
    room = (high - low) * 0.06 or max(abs(high), 1.0) * 0.1
    return float(low - room), float(high + room)
