"""A series of a plot: its points, its place in the fixed order of colours, dashes and markers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen, QPolygonF, QTransform

from fitstudio.gui.plots.smoothing import smooth
from fitstudio.gui.theme.tokens import SERIES_DASHES, SERIES_MARKERS
from fitstudio.viewmodel.monitor.pyramid import Pyramid

COLOURS = len(SERIES_DASHES)
_DOTS_FOR_A_LINE = 24
_LINE_POINTS = 600
_Array = npt.NDArray[np.float64]


class Marker(StrEnum):
    """Shapes that tell series apart without colour."""

    DISC = "o"
    DIAMOND = "d"
    TRIANGLE = "t1"
    SQUARE = "s"
    PENTAGON = "p"
    PLUS = "+"
    STAR = "star"
    CROSS = "x"


@dataclass(frozen=True, slots=True)
class SeriesStyle:
    """Number of a series in the fixed order; 0 is training, 1 is validation, everywhere.

    A negative number is a series in the colour of text, for what is not compared.

    Beyond eight the colours begin again with the next dash, so that no two look alike.
    """

    number: int

    @property
    def colour(self) -> int:
        """Index of the colour."""
        return self.number % COLOURS

    @property
    def dash(self) -> tuple[float, ...]:
        """Dash pattern in widths of the pen; empty is solid."""
        if self.number < 0:
            return ()
        return SERIES_DASHES[(self.number + self.number // COLOURS) % COLOURS]

    @property
    def marker(self) -> Marker:
        """The shape of its points."""
        if self.number < 0:
            return Marker.DISC
        return Marker(SERIES_MARKERS[(self.number + self.number // COLOURS) % COLOURS])

    def pen(self, colour: QColor, width: float) -> QPen:
        """The pen of its line."""
        pen = QPen(colour, width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if self.dash:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern(list(self.dash))
        else:
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        return pen


TRAINING = SeriesStyle(0)
VALIDATION = SeriesStyle(1)
NEUTRAL = SeriesStyle(-1)


@dataclass(slots=True)
class Series:
    """One line of a plot, with the single batches behind it where they are known.

    Attributes:
        key: Name within the plot.
        title: What the legend and the readout call it.
        style: Colour, dash and marker.
        x: Where it was measured, rising.
        y: What was measured; not-a-number is a gap.
        dots: Values of the single batches.
        raw_opacity: Of the raw line under the smoothed one; 0 leaves it to the theme.
        best: Index of the point to mark.
    """

    key: str
    title: str
    style: SeriesStyle
    x: _Array
    y: _Array
    dots: Pyramid | None = None
    raw_opacity: float = 0.0
    best: int | None = None
    _smoothed: tuple[float, _Array] | None = field(default=None, repr=False)

    def lines(self, strength: float) -> tuple[_Array, _Array, _Array | None]:
        """x, the raw values, and the smoothed ones (None where nothing is smoothed).

        While there is not even one epoch to draw a line between, the batches stand in for them.
        """
        if len(self.x) < 2 and self.dots is not None and len(self.dots) >= _DOTS_FOR_A_LINE:
            means = self.dots.means(points=_LINE_POINTS)
            return means.x, smooth(means.y, max(strength, 0.3)), None
        if strength <= 0 or len(self.x) < 3:
            return self.x, self.y, None
        if self._smoothed is None or self._smoothed[0] != strength:
            self._smoothed = (strength, smooth(self.y, strength))
        return self.x, self.y, self._smoothed[1]

    def value_at(self, x: float) -> float | None:
        """The raw value measured exactly at `x`."""
        index = int(np.searchsorted(self.x, x))
        if index < len(self.x) and self.x[index] == x and np.isfinite(self.y[index]):
            return float(self.y[index])
        return None


def marker_path(marker: Marker, centre: QPointF, size: float) -> QPainterPath:
    """The outline of a marker around a point."""
    path = QPainterPath()
    half = size / 2
    match marker:
        case Marker.DISC:
            path.addEllipse(centre, half, half)
        case Marker.SQUARE:
            path.addRect(
                QRectF(centre.x() - half * 0.9, centre.y() - half * 0.9, size * 0.9, size * 0.9)
            )
        case Marker.PLUS | Marker.CROSS:
            arm = size * 0.17
            path.addRect(QRectF(-half, -arm, size, 2 * arm))
            path.addRect(QRectF(-arm, -half, 2 * arm, size))
            path = path.simplified()
            turn = QTransform().translate(centre.x(), centre.y())
            path = (turn.rotate(45) if marker is Marker.CROSS else turn).map(path)
        case _:
            path.addPolygon(_corners(marker, centre, half))
            path.closeSubpath()
    return path


def _corners(marker: Marker, centre: QPointF, half: float) -> QPolygonF:
    count, inner, turn = {
        Marker.DIAMOND: (4, 0.0, 0.0),
        Marker.TRIANGLE: (3, 0.0, 0.0),
        Marker.PENTAGON: (5, 0.0, 0.0),
        Marker.STAR: (5, 0.45, 0.0),
    }[marker]
    points = []
    parts = count * 2 if inner else count
    for index in range(parts):
        radius = half * (inner if inner and index % 2 else 1.18)
        angle = turn + 2 * np.pi * index / parts - np.pi / 2
        points.append(centre + QPointF(radius * np.cos(angle), radius * np.sin(angle)))
    return QPolygonF(points)
