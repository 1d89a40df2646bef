"""What is drawn inside one plot, in layers that share its view: grid, bands, curves, marks.

Who owns what:

    ViewBox (pyqtgraph)   which part of the data is seen; wheel, drag, keyboard
    Frame                 the same as numbers: data → pixels, linear or logarithmic
    BandLayer   z -10     patience band
    GridLayer   z  -5     horizontal hairlines
    CurveLayer  z   0     dots, raw and smoothed lines, decimated to the view
    MarkLayer   z  10     best, stop, failure and baseline, with their labels
    HoverLayer  z  20     line, points and readout under the pointer

Every layer paints in the pixels of the ViewBox, not in data coordinates: x values of ten million
steps stay exact, and a pen's width needs no tricks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from fitstudio.gui.plots import ink
from fitstudio.gui.plots.series import Series, marker_path
from fitstudio.gui.plots.thinning import in_view, lone_points, thin
from fitstudio.gui.plots.ticks import Tick, linear_ticks, log_ticks
from fitstudio.viewmodel.monitor.pyramid import DRAWN_POINTS

_CROWD_OPACITY = 0.15
"""Of the batches where they are too many to tell apart and become a band."""

_BEST_SIZE = 11
_LONE_SIZE = 6.0
_EDGE = 1.5
_Array = npt.NDArray[np.float64]


@dataclass(slots=True)
class Frame:
    """The window of the data that a plot shows, and how it falls on pixels."""

    box: pg.ViewBox
    log: bool = False

    def size(self) -> tuple[float, float]:
        """Width and height in pixels."""
        rect = self.box.rect()
        return max(rect.width(), 1.0), max(rect.height(), 1.0)

    def x_range(self) -> tuple[float, float]:
        """Least and greatest x in view."""
        (low, high), _ = self.box.viewRange()
        return low, high

    def y_range(self) -> tuple[float, float]:
        """Least and greatest y in view, in the units of the data."""
        _, (low, high) = self.box.viewRange()
        return (10.0**low, 10.0**high) if self.log else (low, high)

    def x_pixels(self, x: npt.ArrayLike) -> _Array:
        """Pixel columns of x values."""
        low, high = self.x_range()
        width, _ = self.size()
        return (np.asarray(x, dtype=np.float64) - low) * (width / ((high - low) or 1.0))

    def y_pixels(self, y: npt.ArrayLike) -> _Array:
        """Pixel rows of y values; what a logarithmic axis cannot hold is not-a-number."""
        _, (low, high) = self.box.viewRange()
        values = np.asarray(y, dtype=np.float64)
        if self.log:
            with np.errstate(divide="ignore", invalid="ignore"):
                values = np.where(values > 0, np.log10(values), np.nan)
        _, height = self.size()
        return height - (values - low) * (height / ((high - low) or 1.0))

    def y_ticks(self) -> list[Tick]:
        """About one tick in 46 pixels of height, at least two."""
        low, high = self.y_range()
        _, height = self.size()
        count = int(np.clip(height / 46, 2, 6))
        return log_ticks(low, high, count) if self.log else linear_ticks(low, high, count)

    def x_ticks(self, *, whole: bool) -> list[Tick]:
        """About one tick in 140 pixels of width."""
        low, high = self.x_range()
        width, _ = self.size()
        return linear_ticks(low, high, int(np.clip(width / 140, 2, 8)), whole=whole)


class Layer(QGraphicsItem):
    """A picture over the whole of a ViewBox, painted in its pixels."""

    def __init__(self, frame: Frame, depth: float) -> None:
        super().__init__(frame.box)
        self.frame = frame
        self.setZValue(depth)

    def boundingRect(self) -> QRectF:
        """All of the box: a layer covers it."""
        return QRectF(self.frame.box.rect())

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Prepares the painter, then has the layer draw."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw(painter)

    def draw(self, painter: QPainter) -> None:
        """Paint the layer; what subclasses are for."""
        raise NotImplementedError

    def moved(self) -> None:
        """The view or the data changed: paint again."""
        self.prepareGeometryChange()
        self.update()


class GridLayer(Layer):
    """Horizontal hairlines at the ticks of y."""

    def __init__(self, frame: Frame, ticks: Callable[[], list[Tick]]) -> None:
        super().__init__(frame, -5)
        self._ticks = ticks

    def draw(self, painter: QPainter) -> None:
        """Draws a sharp line at each tick."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(ink.colour("hairline"), 1))
        width, height = self.frame.size()
        for tick in self._ticks():
            y = round(float(self.frame.y_pixels(tick.value)))
            if 0 <= y <= height:
                painter.drawLine(QPointF(0, y), QPointF(width, y))


class BandLayer(Layer):
    """The epochs since the best one, as a tinted band."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame, -10)
        self.band: tuple[float, float] | None = None

    def draw(self, painter: QPainter) -> None:
        """Fills the band, as far as it is in view."""
        if self.band is None:
            return
        left, right = (float(value) for value in self.frame.x_pixels(self.band))
        width, height = self.frame.size()
        colour = QColor(ink.colour("accentText"))
        colour.setAlphaF(0.10 if ink.dark() else 0.06)
        area = QRectF(left, 0, right - left, height).intersected(QRectF(0, 0, width, height))
        painter.fillRect(area, colour)


class CurveLayer(Layer):
    """Every series: per-batch dots, the raw line, the smoothed line over it.

    The layer keeps its picture (device coordinate cache): moving the pointer over a plot repaints
    the hover layer only.
    """

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame, 0)
        self.series: dict[str, Series] = {}
        self.smoothing = 0.0
        self.steps = False
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemClipsToShape)

    def draw(self, painter: QPainter) -> None:
        """Draws the series one above the other, thinned to the width of the box."""
        for series in self.series.values():
            if series.dots is not None and len(series.dots):
                self._draw_dots(painter, series)
        for series in self.series.values():
            self._draw_lines(painter, series)

    def _draw_dots(self, painter: QPainter, series: Series) -> None:
        """Each batch as a dot; where there are too many, from the least to the greatest."""
        assert series.dots is not None
        low, high = self.frame.x_range()
        width, _ = self.frame.size()
        # Two points for each column of pixels hold all that can be seen.
        columns = int(width * painter.device().devicePixelRatioF()) if painter.device() else 2000
        drawn = series.dots.drawn(low, high, points=min(DRAWN_POINTS, 2 * columns))
        _, height = self.frame.size()
        x, y = self.frame.x_pixels(drawn.x), self.frame.y_pixels(drawn.y)
        # The few that lie beyond the axis stand at its edge: none is hidden.
        y = np.clip(y, _EDGE, height - _EDGE)
        shown = np.isfinite(y)
        colour = QColor(ink.series(series.style))
        colour.setAlphaF(ink.raw_opacity() if drawn.exact else _CROWD_OPACITY)
        if drawn.exact:
            painter.setPen(QPen(colour, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            draw_points(painter, x[shown], y[shown])
            return
        # Upright lines need no smoothing, and are three times as quick without.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(colour, 1))
        both = shown[0::2] & shown[1::2]
        painter.drawPath(pg.arrayToQPath(x[np.repeat(both, 2)], y[np.repeat(both, 2)], "pairs"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _draw_lines(self, painter: QPainter, series: Series) -> None:
        x, raw, smoothed = series.lines(self.smoothing)
        if not len(x):
            return
        colour = ink.series(series.style)
        pixels_x = self.frame.x_pixels(x)
        if smoothed is None:
            painter.setPen(series.style.pen(colour, ink.STEP_LINE if self.steps else ink.LINE))
            self._stroke(painter, pixels_x, raw)
        else:
            faint = QColor(colour)
            faint.setAlphaF(series.raw_opacity or ink.raw_opacity())
            painter.setPen(QPen(faint, 1))
            self._stroke(painter, pixels_x, raw)
            painter.setPen(series.style.pen(colour, ink.LINE))
            self._stroke(painter, pixels_x, smoothed)
        self._draw_lone_points(painter, pixels_x, raw, colour)
        if series.best is not None and series.best < len(x):
            y = float(self.frame.y_pixels(raw[series.best]))
            place = QPointF(float(pixels_x[series.best]), y)
            painter.setPen(QPen(ink.colour("card"), 2))
            painter.setBrush(colour)
            painter.drawPath(marker_path(series.style.marker, place, _BEST_SIZE))

    def _stroke(self, painter: QPainter, x: _Array, values: _Array) -> None:
        width, _ = self.frame.size()
        seen = in_view(x, width)
        x, y = thin(x[seen], self.frame.y_pixels(values[seen]), width)
        if self.steps:
            # A value holds during its epoch, from the end of the one before.
            before = 2 * x[0] - x[1] if len(x) > 1 else self.frame.x_pixels(0.0)
            edges = np.concatenate([[before], x])
            x, y = np.repeat(edges, 2)[1:-1], np.repeat(y, 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(pg.arrayToQPath(x, y, "finite"))

    def _draw_lone_points(
        self, painter: QPainter, x: _Array, values: _Array, colour: QColor
    ) -> None:
        """A value without a neighbour has no line; it gets a disc, so that it is seen."""
        seen = in_view(x, self.frame.size()[0])
        x, y = lone_points(x[seen], self.frame.y_pixels(values[seen]), self.frame.size()[0])
        painter.setPen(QPen(colour, _LONE_SIZE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        draw_points(painter, x, y)


def draw_points(painter: QPainter, x: _Array, y: _Array) -> None:
    """Points with the painter's pen, in one call; Qt does not survive one without any."""
    if len(x):
        painter.drawPoints(polygon(x, y))


def polygon(x: _Array, y: _Array) -> QPolygonF:
    """Points for one call of the painter."""
    points = pg.functions.create_qpolygonf(len(x))
    memory = pg.functions.ndarray_from_qpolygonf(points)
    memory[:, 0] = x
    memory[:, 1] = y
    return points
