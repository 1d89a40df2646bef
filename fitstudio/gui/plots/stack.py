"""Plots one over another with one x axis at the bottom: loss, metrics, learning rate."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from fitstudio.gui.plots import ink
from fitstudio.gui.plots.curve_plot import GUTTER, CurvePlot
from fitstudio.words import say
from fitstudio.words.numbers import format_value

_RULER_HEIGHT = 22
_RIGHT_ROOM = 0.02


def epoch_heading(x: float) -> str:
    """What the readout says over the values at `x`, which counts epochs."""
    return (
        say("Epoch {x}", x=f"{x:.0f}")
        if float(x).is_integer()
        else say("In epoch {x}", x=int(x) + 1)
    )


class PlotStack(QWidget):
    """Several plots that share x: its range, its zoom, the line under the pointer.

    Signals:
        zoom_changed: Whether a part of x is seen, or all of it.
        moved: Another part is seen.

    Args:
        x_title: What x counts, said left of the axis; epochs where it is None.
        heading: From x to the first line of the readout.
        whole: Whether x has whole ticks only.
    """

    zoom_changed = Signal(bool)
    moved = Signal()

    def __init__(
        self,
        x_title: str | None = None,
        *,
        heading: Callable[[float], str] = epoch_heading,
        whole: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.heading = heading
        self.end = 1.0
        self.zoom: tuple[float, float] | None = None
        self._plots: list[CurvePlot] = []
        self.ruler = Ruler(self, x_title or say("Epoch"), whole=whole)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(self.ruler)

    @property
    def plots(self) -> tuple[CurvePlot, ...]:
        """The plots that are seen, from the top."""
        return tuple(plot for plot in self._plots if not plot.isHidden())

    def add(self, plot: CurvePlot, *, stretch: int = 1, height: int | None = None) -> CurvePlot:
        """Put a plot under those there are; with a fixed height or a share of the room."""
        if height is not None:
            plot.setFixedHeight(height)
            stretch = 0
        return self._insert(len(self._plots), plot, stretch)

    def insert_before(self, other: CurvePlot, plot: CurvePlot, *, stretch: int = 1) -> CurvePlot:
        """Put a plot above one that is there."""
        return self._insert(self._plots.index(other), plot, stretch)

    def _insert(self, place: int, plot: CurvePlot, stretch: int) -> CurvePlot:
        self._column.insertWidget(place, plot, stretch)
        self._plots.insert(place, plot)
        plot.pointed.connect(lambda place, plot=plot: self._on_pointed(plot, place))
        plot.moved.connect(self._on_moved)
        plot.reset_wanted.connect(self.reset_zoom)
        self._set_range(plot)
        return plot

    def set_stretch(self, plot: CurvePlot, stretch: int) -> None:
        """Give a plot another share of the room."""
        self._column.setStretchFactor(plot, stretch)

    def remove(self, plot: CurvePlot) -> None:
        """Take a plot out and end it."""
        self._plots.remove(plot)
        self._column.removeWidget(plot)
        plot.close()
        plot.deleteLater()

    def set_end(self, end: float) -> None:
        """Where x ends while nobody has zoomed; it begins at 0."""
        self.end = max(end, 1e-9)

    def redraw(self) -> None:
        """Fit and paint all plots, as once a tick."""
        for plot in self.plots:
            self._set_range(plot)
            plot.redraw()
        self.ruler.update()

    def reset_zoom(self) -> None:
        """See everything again."""
        if self.zoom is not None:
            self.zoom = None
            self.zoom_changed.emit(False)
        self.redraw()

    def x_range(self) -> tuple[float, float]:
        """The part of x that is seen."""
        return self.zoom or (0.0, self.end * (1 + _RIGHT_ROOM))

    def changeEvent(self, event: QEvent) -> None:
        """Repaints the ruler when colours or fonts change."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.ruler.update()

    def _set_range(self, plot: CurvePlot) -> None:
        # Setting a range makes pyqtgraph go through all its links, even if nothing changes.
        if plot.limit != self.end:
            plot.limit = self.end
            greatest = self.end * (1 + _RIGHT_ROOM)
            plot.box.setLimits(xMin=0.0, xMax=greatest, minXRange=self.end / 1e6)
        if plot.frame.x_range() != self.x_range():
            plot.box.setRange(xRange=self.x_range(), padding=0)

    def _on_moved(self, low: float, high: float) -> None:
        full_high = self.end * (1 + _RIGHT_ROOM)
        low, high = max(0.0, low), min(full_high, high)
        everything = low <= 1e-9 * full_high and high >= full_high * (1 - 1e-9)
        zoomed = self.zoom is not None
        self.zoom = None if everything or high <= low else (low, high)
        if zoomed != (self.zoom is not None):
            self.zoom_changed.emit(self.zoom is not None)
        self.redraw()
        self.moved.emit()

    def _on_pointed(self, plot: CurvePlot, place: QPointF | None) -> None:
        x = None
        if place is not None:
            width, _ = plot.frame.size()
            low, high = plot.frame.x_range()
            x = plot.nearest_x(low + (high - low) * place.x() / width)
        for each in self.plots:
            heading = "" if x is None else self.heading(x)
            each.point_at(x, heading, pointer=place if each is plot else None)


class Ruler(QWidget):
    """The labels of x under a stack, with its name in the gutter."""

    def __init__(self, stack: PlotStack, title: str, *, whole: bool) -> None:
        super().__init__(stack)
        self._stack = stack
        self.title = title
        self.whole = whole
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As high as a line of small text."""
        return QSize(200, max(_RULER_HEIGHT, ink.line_height(small=True) + 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the labels of x."""
        painter = QPainter(self)
        self.draw(painter)
        painter.end()

    def draw(self, painter: QPainter) -> None:
        """Paint the labels, on the screen or into a file."""
        painter.setFont(ink.font(small=True))
        painter.setPen(ink.colour("text3"))
        middle = Qt.AlignmentFlag.AlignVCenter
        room = QRectF(0, 0, GUTTER - 8, self.height())
        painter.setPen(ink.colour("text2"))
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignLeft, self.title)
        painter.setPen(ink.colour("text3"))
        plots = self._stack.plots
        if not plots:
            return
        frame = plots[-1].frame
        for tick in frame.x_ticks(whole=self.whole):
            x = GUTTER + float(frame.x_pixels(tick.value))
            area = QRectF(x - 50, 0, 100, self.height())
            # The last label stays inside the plot rather than being cut.
            over = area.center().x() + 20 - self.width()
            painter.drawText(
                area.translated(-max(0.0, over - 20), 0),
                middle | Qt.AlignmentFlag.AlignHCenter,
                tick.label,
            )


def seconds_heading(x: float) -> str:
    """The heading where x is a time in minutes."""
    return say("After {x} min", x=format_value(x))
