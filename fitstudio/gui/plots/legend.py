"""The legend of a plot: a line sample in colour and dash, and a name, for each series."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fitstudio.gui.plots import ink
from fitstudio.gui.plots.series import SeriesStyle
from fitstudio.words import say

SAMPLE = 26
_GAP = 8
_BETWEEN = 20


class Legend(QWidget):
    """Names of the series, in a row; as many as there is room for.

    Args:
        whole: Whether what stands beside it makes room for all of its names.
    """

    def __init__(self, *, whole: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = whole
        self._entries: tuple[tuple[str, SeriesStyle], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_entries(self, entries: Sequence[tuple[str, SeriesStyle]]) -> None:
        """Show these names."""
        if tuple(entries) == self._entries:
            return
        self._entries = tuple(entries)
        names = ", ".join(name for name, _ in entries)
        self.setAccessibleName(say("Legend: {names}", names=names))
        self.updateGeometry()
        self.update()

    @property
    def entries(self) -> tuple[tuple[str, SeriesStyle], ...]:
        """What is shown."""
        return self._entries

    def sizeHint(self) -> QSize:
        """As wide as all names in one row."""
        metrics = QFontMetricsF(self.font())
        width = sum(
            SAMPLE + _GAP + metrics.horizontalAdvance(name) + _BETWEEN for name, _ in self._entries
        )
        return QSize(int(max(0.0, width - _BETWEEN) + 2), int(metrics.lineSpacing()) + 4)

    def minimumSizeHint(self) -> QSize:
        """Nothing wide: names that find no room are left out, unless all are wanted."""
        return self.sizeHint() if self._whole else QSize(0, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Measures again: the font may have changed."""
        super().changeEvent(event)
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints a line and a name for each series."""
        painter = QPainter(self)
        self.draw(painter, QRectF(self.rect()))
        painter.end()

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Paint the legend, on the screen or into a file."""
        metrics = QFontMetricsF(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        left = area.left()
        for name, style in self._entries:
            width = metrics.horizontalAdvance(name)
            if left + SAMPLE + _GAP + width > area.right() + 2:
                break
            painter.setPen(style.pen(ink.series(style), 2))
            middle = area.center().y()
            painter.drawLine(QPointF(left + 1, middle), QPointF(left + SAMPLE - 1, middle))
            painter.setPen(ink.colour("text2"))
            painter.drawText(
                QRectF(left + SAMPLE + _GAP, area.top(), width + 2, area.height()),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                name,
            )
            left += SAMPLE + _GAP + width + _BETWEEN
