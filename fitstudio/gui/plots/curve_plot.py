"""One plot of curves: quiet, quick at any number of points, readable by pointer and by keyboard."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QGraphicsItem,
    QSizePolicy,
    QStyleOptionGraphicsItem,
    QWidget,
)

from fitstudio.gui.plots import ink
from fitstudio.gui.plots.canvas import Canvas
from fitstudio.gui.plots.hover import HoverLayer, Reading
from fitstudio.gui.plots.layers import BandLayer, CurveLayer, GridLayer, Layer
from fitstudio.gui.plots.marks import Mark, MarkKind, MarkLayer
from fitstudio.gui.plots.series import Series
from fitstudio.gui.plots.ticks import Tick
from fitstudio.words import say, say_count
from fitstudio.words.numbers import format_value

GUTTER = 60
_LONGEST_LABEL = 7
_TOP = 7
_BOTTOM = 9
_ZOOM_STEP = 0.8
_ROOM_FOR_TWO = 28
_CENTRAL = (1.0, 99.0)


class CurvePlot(Canvas):
    """Series over a shared x, with marks and a readout.

    The plot draws when `redraw` is called, which its owner does once a tick, and when the person
    zooms or points. y always fits what is seen of the data; x is the owner's and the person's.

    Args:
        title: What is plotted, for assistive tools.
        caption: Small text over the curves; empty for a plot whose card has a title.
        steps: Draw values as steps, from zero, with only the ends of y labelled.
    """

    pointed = Signal(object)
    moved = Signal(float, float)
    reset_wanted = Signal()

    def __init__(
        self, title: str, *, caption: str = "", steps: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title = title
        self.steps = steps
        self.limit = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(60)
        self.setAccessibleName(title)
        self.box.setMouseEnabled(x=True, y=False)
        self.box.sigRangeChangedManually.connect(self._on_moved_by_hand)
        self.band_layer = BandLayer(self.frame)
        self.grid = GridLayer(self.frame, self.y_ticks)
        self.curves = CurveLayer(self.frame)
        self.curves.steps = steps
        self.mark_layer = MarkLayer(self.frame)
        self.hover = HoverLayer(self.frame)
        self.gutter = _Gutter(self, caption)
        self.scene().addItem(self.gutter)
        self.finish()

    # What is shown

    def set_series(self, series: Iterable[Series]) -> None:
        """Show these series instead of those before; drawn by the next `redraw`."""
        self.curves.series = {each.key: each for each in series}

    def set_marks(self, marks: Iterable[Mark], band: tuple[float, float] | None = None) -> None:
        """Show these marks, and the band of epochs without a better value."""
        self.mark_layer.marks = tuple(marks)
        self.band_layer.band = band

    def set_caption(self, caption: str) -> None:
        """Says something else over the curves, or nothing."""
        if caption != self.gutter.caption:
            self.gutter.caption = caption
            self.arrange()

    def set_log(self, log: bool) -> None:
        """Whether y is logarithmic."""
        self.frame.log = log
        self.redraw()

    def set_smoothing(self, strength: float) -> None:
        """How strongly the lines over the raw values are smoothed, 0 to 1."""
        self.curves.smoothing = strength
        self.redraw()

    def redraw(self) -> None:
        """Fit y to what is seen and paint again."""
        self._fit_y()
        for layer in self._layers():
            layer.moved()
        self.gutter.update()
        self._describe()

    def off_axis(self) -> int:
        """How many values a logarithmic axis cannot show, being zero or less."""
        if not self.frame.log:
            return 0
        return sum(int(np.count_nonzero(each.y <= 0)) for each in self.curves.series.values())

    def y_ticks(self) -> list[Tick]:
        """The ticks of y: round numbers, or for steps just zero and the greatest."""
        if not self.steps:
            return self.frame.y_ticks()
        greatest = self._greatest()
        top = [Tick(greatest, format_step(greatest))] if greatest else []
        return top if self.box.rect().height() < _ROOM_FOR_TWO else [Tick(0.0, "0"), *top]

    # Pointing

    def point_at(self, x: float | None, heading: str = "", *, pointer: QPointF | None) -> None:
        """Show the readout at `x`; without a pointer only the line and the points."""
        if x is None:
            self.hover.clear()
            return
        self.hover.at = x
        self.hover.heading = heading
        self.hover.pointer = pointer
        self.hover.readings = self.readings(x)
        self.hover.moved()

    def readings(self, x: float) -> tuple[Reading, ...]:
        """The value of each series at `x`, as far as it was measured there."""
        found = []
        for series in self.curves.series.values():
            value = series.value_at(x)
            if value is None and len(series.x) < 2 and series.dots is not None:
                nearest = series.dots.nearest(x)
                value = None if nearest is None else nearest[1]
            if value is not None:
                found.append(Reading(series.title, value, series.style))
        return tuple(found)

    def nearest_x(self, x: float) -> float | None:
        """The measured x nearest to a place on the axis."""
        candidates = []
        for series in self.curves.series.values():
            if len(series.x):
                right = min(int(np.searchsorted(series.x, x)), len(series.x) - 1)
                candidates += [series.x[right], series.x[max(right - 1, 0)]]
            elif series.dots is not None:
                nearest = series.dots.nearest(x)
                candidates += [] if nearest is None else [nearest[0]]
        return min(candidates, key=lambda candidate: abs(candidate - x), default=None)

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        """Tells the x that the pointer is at."""
        super().mouseMoveEvent(ev)
        place = self.box.mapFromScene(self.mapToScene(ev.position().toPoint()))
        if self.box.rect().contains(place):
            self.pointed.emit(place)
        else:
            self.pointed.emit(None)

    def leaveEvent(self, ev: QEvent) -> None:
        """Tells that the pointer is nowhere."""
        super().leaveEvent(ev)
        self.pointed.emit(None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Asks for the whole range of x."""
        self.reset_wanted.emit()
        event.accept()

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        """Moves the readout by the arrow keys, zooms by + and -, 0 shows all."""
        match ev.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self._point_by_key(-1 if ev.key() == Qt.Key.Key_Left else 1)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._zoom(_ZOOM_STEP)
            case Qt.Key.Key_Minus:
                self._zoom(1 / _ZOOM_STEP)
            case Qt.Key.Key_0 | Qt.Key.Key_Home:
                self.reset_wanted.emit()
            case Qt.Key.Key_Escape if self.hover.at is not None:
                self.pointed.emit(None)
            case _:
                ev.ignore()
                return
        ev.accept()

    def place_of(self, x: float) -> QPointF:
        """A place in the plot over `x`, where a pointer might be."""
        _, height = self.frame.size()
        return QPointF(float(self.frame.x_pixels(x)), height * 0.3)

    def _point_by_key(self, direction: int) -> None:
        low, high = self.frame.x_range()
        known = sorted({x for series in self.curves.series.values() for x in series.x})
        seen = [x for x in known if low <= x <= high]
        if not seen:
            return
        now = self.hover.at
        if now is None or now not in seen:
            index = len(seen) - 1 if direction < 0 else 0
        else:
            index = min(max(seen.index(now) + direction, 0), len(seen) - 1)
        self.pointed.emit(self.place_of(seen[index]))

    def _zoom(self, factor: float) -> None:
        low, high = self.frame.x_range()
        centre = self.hover.at if self.hover.at is not None else (low + high) / 2
        self.moved.emit(centre - (centre - low) * factor, centre + (high - centre) * factor)

    # Geometry and look

    def arrange(self) -> None:
        """Places axes, caption and box in the widget as it is now."""
        size = self.viewport().size()
        top = _TOP + (self.gutter.caption_height() if self.gutter.caption else 0)
        area = QRectF(GUTTER, top, size.width() - GUTTER, size.height() - top - _BOTTOM)
        self.box.setGeometry(area)
        self.redraw()

    def _layers(self) -> tuple[Layer, ...]:
        return (self.band_layer, self.grid, self.curves, self.mark_layer, self.hover)

    def _on_moved_by_hand(self) -> None:
        self.moved.emit(*self.frame.x_range())

    def _greatest(self) -> float:
        return max(
            (float(np.nanmax(each.y)) for each in self.curves.series.values() if len(each.y)),
            default=0.0,
        )

    def _fit_y(self) -> None:
        if self.steps:
            self._set_y_range(0.0, (self._greatest() or 1.0) * 1.12)
            return
        bounds = self._bounds()
        if bounds is None:
            bounds = (0.01, 1.0) if self.frame.log else (0.0, 1.0)
        self._set_y_range(*padded(*bounds, log=self.frame.log))

    def _set_y_range(self, low: float, high: float) -> None:
        _, shown = self.box.viewRange()
        if shown != [low, high]:
            self.box.setRange(yRange=(low, high), padding=0)

    def _bounds(self) -> tuple[float, float] | None:
        """Least and greatest y of what is seen; only what the axis can show.

        Of the single batches the outermost hundredth does not stretch the axis: one wild batch
        would press the curves flat. It is drawn at the axis's edge.
        """
        low, high = self.frame.x_range()
        parts = []
        for series in self.curves.series.values():
            inside = series.y[(series.x >= low) & (series.x <= high)]
            parts.append(inside)
            if series.dots is not None:
                dots = series.dots.drawn(low, high).y
                dots = dots[np.isfinite(dots)]
                parts.append(np.percentile(dots, _CENTRAL) if len(dots) else dots)
        parts.append(
            np.array([mark.at for mark in self.mark_layer.marks if mark.kind is MarkKind.BASELINE])
        )
        values = np.concatenate(parts) if parts else np.empty(0)
        values = values[np.isfinite(values) & ((values > 0) | (not self.frame.log))]
        return (float(values.min()), float(values.max())) if len(values) else None

    def _describe(self) -> None:
        """Say the plot to assistive tools: the newest value of each series."""
        parts = [
            f"{each.title} {format_value(float(each.y[-1]))}"
            for each in self.curves.series.values()
            if len(each.y)
        ]
        count = max((len(each.y) for each in self.curves.series.values()), default=0)
        words = (
            say(
                "{parts}, after {count}",
                parts=", ".join(parts),
                count=say_count(count, "{number} point", "{number} points"),
            )
            if parts
            else say("no values yet")
        )
        if self.accessibleDescription() != words:
            self.setAccessibleDescription(words)


class _Gutter(QGraphicsItem):
    """The labels of y, left of the plot, and its caption."""

    def __init__(self, plot: CurvePlot, caption: str) -> None:
        super().__init__()
        self.plot = plot
        self.caption = caption

    def caption_height(self) -> int:
        """Room for the caption."""
        return ink.line_height(small=True) + 3

    def boundingRect(self) -> QRectF:
        size = self.plot.viewport().size()
        return QRectF(0, 0, size.width(), size.height())

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setFont(ink.font(small=True))
        area = self.plot.box.geometry()
        height = ink.line_height(small=True)
        if self.caption:
            painter.setPen(ink.colour("text2"))
            painter.drawText(
                QRectF(GUTTER - 1, 0, area.width(), height),
                Qt.AlignmentFlag.AlignLeft,
                self.caption,
            )
        painter.setPen(ink.colour("text3"))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for tick in self.plot.y_ticks():
            y = area.top() + float(self.plot.frame.y_pixels(tick.value))
            if area.top() - 1 <= y <= area.bottom() + 1:
                painter.drawText(QRectF(0, y - height / 2, GUTTER - 8, height), flags, tick.label)


def padded(low: float, high: float, *, log: bool) -> tuple[float, float]:
    """The range of an axis that holds these values with room around them.

    A constant gets a range as wide as itself: rounding must not be blown up to a mountain.
    """
    if log:
        low, high = math.log10(low), math.log10(high)
        room = max((high - low) * 0.07, 0.02)
        return (low - 0.3, high + 0.3) if high - low < 1e-6 else (low - room, high + room)
    size = max(abs(low), abs(high))
    if high - low <= 1e-6 * size or high == low:
        half = 0.5 * size or 0.5
        return low - half, high + half
    room = (high - low) * 0.07
    # Losses and shares begin at zero: the axis shows no more below it than a line's width needs.
    floor = max(low - room, -0.3 * room) if low >= 0 else low - room
    return floor, high + room


def format_step(value: float) -> str:
    """The label of the greatest step, in as many digits as there is room for beside the axis."""
    if value >= 1e-4:
        for digits in (4, 3):
            text = f"{value:.{digits}g}"
            if len(text) <= _LONGEST_LABEL:
                return text
    return format_value(value, 2)
