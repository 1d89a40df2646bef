"""The confusion matrix: true classes down, predicted classes across, shares and totals around."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fitstudio.gui.plots import ink
from fitstudio.viewmodel.results.scores import Confusion
from fitstudio.words import say
from fitstudio.words.numbers import format_count, in_percent

_LARGEST_CELL = 112
_SMALLEST_CELL = 6
_READABLE_CELL = 26
_LABEL_SHARE = 0.22
_WIDEST_LABEL = 150
_ROWS_WIDTH = 36
_SUMMARY = 96


class ConfusionView(QWidget):
    """Cells tinted by their share of the true class; a cell can be chosen, by mouse or by keys.

    Signals:
        cell_chosen: (true, predicted), or None when the choice is taken back.
    """

    cell_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("results.confusion")
        self._confusion: Confusion | None = None
        self._chosen: tuple[int, int] | None = None
        self._cursor = (0, 0)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 180)

    def show_confusion(
        self, confusion: Confusion | None, chosen: tuple[int, int] | None = None
    ) -> None:
        """Show these counts, with a cell chosen or none."""
        self._confusion = confusion
        self._chosen = chosen
        if confusion is not None:
            self.setAccessibleName(
                say(
                    "Confusion matrix of {count} classes, {accuracy} right",
                    count=len(confusion.names),
                    accuracy=in_percent(confusion.accuracy),
                )
            )
        self.update()

    def sizeHint(self) -> QSize:
        """A square that grows with the classes up to a limit."""
        count = len(self._confusion.names) if self._confusion else 3
        side = min(count * 56, 480)
        return QSize(side + _WIDEST_LABEL + _SUMMARY, side + 90)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints cells, counts and names; the chosen cell has a frame."""
        if self._confusion is None or not len(self._confusion.names):
            return
        painter = QPainter(self)
        self.draw(painter)
        painter.end()

    def draw(self, painter: QPainter) -> None:
        """Paint the matrix, on the screen or into a file."""
        confusion = self._confusion
        assert confusion is not None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        origin, side = self._layout()
        self._draw_cells(painter, origin, side)
        self._draw_names(painter, origin, side)
        self._draw_summaries(painter, origin, side)
        frame = QPen(ink.colour("accentText"), 2)
        for cell in {self._chosen, self._cursor if self.hasFocus() else None} - {None}:
            assert cell is not None
            painter.setPen(frame)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self._cell(origin, side, *cell).adjusted(1, 1, -1, -1), 5, 5)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chooses the cell under the pointer."""
        cell = self._cell_at(event.position())
        if cell is not None:
            self._cursor = cell
            self._choose(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves by the arrow keys, chooses by the space bar; Escape gives the choice up."""
        if self._confusion is None:
            return
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        last = len(self._confusion.names) - 1
        if event.key() in steps:
            down, across = steps[Qt.Key(event.key())]
            true, predicted = self._cursor
            self._cursor = (
                min(max(true + down, 0), last),
                min(max(predicted + across, 0), last),
            )
            self.setAccessibleDescription(self._said(self._cursor))
            self.update()
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return):
            self._choose(self._cursor)
        elif event.key() == Qt.Key.Key_Escape and self._chosen is not None:
            self._choose(self._chosen)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Answers a tooltip with the cell under the pointer in words."""
        if event.type() == QEvent.Type.ToolTip:
            place = event.pos()  # pyright: ignore[reportAttributeAccessIssue] - a QHelpEvent
            cell = self._cell_at(QPointF(place))
            if cell is not None:
                QToolTip.showText(event.globalPos(), self._said(cell), self)  # pyright: ignore
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def _choose(self, cell: tuple[int, int]) -> None:
        self._chosen = None if cell == self._chosen else cell
        self.update()
        self.cell_chosen.emit(self._chosen)

    def _said(self, cell: tuple[int, int]) -> str:
        assert self._confusion is not None
        true, predicted = cell
        names, count = self._confusion.names, int(self._confusion.counts[cell])
        total = int(self._confusion.true_totals[true])
        if true == predicted:
            return say(
                "{count} of {total} {true} were found", count=count, total=total, true=names[true]
            )
        return say(
            "{count} of {total} {true} were taken for {predicted}",
            count=count,
            total=total,
            true=names[true],
            predicted=names[predicted],
        )

    def _layout(self) -> tuple[QPointF, float]:
        """Where the first cell begins, and how large a cell is."""
        assert self._confusion is not None
        count = len(self._confusion.names)
        metrics = QFontMetricsF(ink.font())
        widest = max(metrics.horizontalAdvance(name) for name in self._confusion.names)
        small = QFontMetricsF(ink.font(small=True))
        foot = max(
            small.horizontalAdvance(say("Predicted as")),
            small.horizontalAdvance(say("Of them right")),
        )
        label = max(foot, min(widest, _WIDEST_LABEL, self.width() * _LABEL_SHARE + 40)) + 14
        head = 2 * ink.line_height() + 10
        room_x = self.width() - label - _SUMMARY - 10
        room_y = self.height() - head - 2 * ink.line_height() - 12
        side = min(room_x / count, room_y / count, _LARGEST_CELL)
        return QPointF(label, head), max(side, _SMALLEST_CELL)

    def _cell(self, origin: QPointF, side: float, true: int, predicted: int) -> QRectF:
        gap = 2.0 if side >= _READABLE_CELL else 0.0
        area = QRectF(origin.x() + predicted * side, origin.y() + true * side, side, side)
        return area.adjusted(gap / 2, gap / 2, -gap / 2, -gap / 2)

    def _cell_at(self, place: QPointF) -> tuple[int, int] | None:
        if self._confusion is None:
            return None
        origin, side = self._layout()
        true = math.floor((place.y() - origin.y()) / side)
        predicted = math.floor((place.x() - origin.x()) / side)
        last = len(self._confusion.names) - 1
        inside = 0 <= true <= last and 0 <= predicted <= last
        return (true, predicted) if inside else None

    def _draw_cells(self, painter: QPainter, origin: QPointF, side: float) -> None:
        confusion = self._confusion
        assert confusion is not None
        totals = np.maximum(confusion.true_totals, 1)
        radius = 5 if side >= _READABLE_CELL else 0
        painter.setFont(ink.font(strong=True))
        for true in range(len(confusion.names)):
            for predicted in range(len(confusion.names)):
                count = int(confusion.counts[true, predicted])
                share = count / totals[true]
                area = self._cell(origin, side, true, predicted)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(ink.colour("track"))
                painter.drawRoundedRect(area, radius, radius)
                right = true == predicted
                ground = QColor(ink.colour("accent" if right else "warnIcon"))
                # The square root lets a few mistakes be seen beside many right ones.
                ground.setAlphaF(0.0 if not count else 0.12 + 0.78 * math.sqrt(share))
                painter.setBrush(ground)
                painter.drawRoundedRect(area, radius, radius)
                if side >= _READABLE_CELL:
                    dark_ground = share > 0.35 and right
                    token = "onAccent" if dark_ground else "text" if count else "text3"
                    painter.setPen(ink.colour(token))
                    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, format_count(count))

    def _draw_names(self, painter: QPainter, origin: QPointF, side: float) -> None:
        confusion = self._confusion
        assert confusion is not None
        painter.setFont(ink.font(small=True))
        painter.setPen(ink.colour("text2"))
        line = ink.line_height(small=True)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(
            QRectF(origin.x(), 0, side * len(confusion.names), line),
            Qt.AlignmentFlag.AlignLeft,
            say("Predicted"),
        )
        painter.drawText(
            QRectF(0, origin.y() - line - 4, origin.x() - 10, line),
            Qt.AlignmentFlag.AlignRight,
            say("True"),
        )
        painter.setFont(ink.font())
        metrics = QFontMetricsF(painter.font())
        painter.setPen(ink.colour("text"))
        stride = max(1, math.ceil(ink.line_height() / side))
        for number, name in enumerate(confusion.names):
            if number % stride == 0:
                area = QRectF(0, origin.y() + number * side, origin.x() - 10, side * stride)
                shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, area.width())
                painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, shown)
        widest = max(metrics.horizontalAdvance(name) for name in confusion.names)
        across = max(1, math.ceil(min(widest, 48) / side)) if side < _READABLE_CELL else 1
        for number, name in enumerate(confusion.names):
            if number % across == 0:
                area = QRectF(
                    origin.x() + number * side,
                    origin.y() - ink.line_height() - 4,
                    side * across - 4,
                    ink.line_height(),
                )
                shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, area.width())
                painter.drawText(area, Qt.AlignmentFlag.AlignHCenter, shown)

    def _draw_summaries(self, painter: QPainter, origin: QPointF, side: float) -> None:
        """Totals and found shares at the right, totals and right shares below."""
        confusion = self._confusion
        assert confusion is not None
        count = len(confusion.names)
        right, below = origin.x() + count * side + 10, origin.y() + count * side + 6
        line = ink.line_height()
        painter.setFont(ink.font(small=True))
        painter.setPen(ink.colour("text2"))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        head = origin.y() - line - 4
        painter.drawText(QRectF(right, head, _ROWS_WIDTH, line), flags, say("Rows"))
        painter.drawText(QRectF(right, head, _SUMMARY, line), flags, say("Found"))
        painter.drawText(QRectF(0, below, origin.x() - 10, line), flags, say("Predicted as"))
        painter.drawText(
            QRectF(0, below + line, origin.x() - 10, line), flags, say("Of them right")
        )
        painter.setFont(ink.font())
        stride = max(1, math.ceil(line / side))
        for number in range(0, count, stride):
            area = QRectF(right, origin.y() + number * side, _ROWS_WIDTH, side * stride)
            painter.setPen(ink.colour("text3"))
            painter.drawText(area, flags, format_count(int(confusion.true_totals[number])))
            painter.setPen(ink.colour("text"))
            share = in_percent(float(confusion.recall()[number]))
            painter.drawText(area.adjusted(0, 0, _SUMMARY - _ROWS_WIDTH, 0), flags, share)
        if side < _READABLE_CELL:
            return
        centre = Qt.AlignmentFlag.AlignCenter
        for number in range(count):
            area = QRectF(origin.x() + number * side, below, side, line)
            painter.setPen(ink.colour("text3"))
            painter.drawText(area, centre, format_count(int(confusion.predicted_totals[number])))
            painter.setPen(ink.colour("text"))
            share = float(confusion.precision()[number])
            short = in_percent(share) if side >= 52 or math.isnan(share) else f"{share * 100:.0f}"
            painter.drawText(area.translated(0, line), centre, short)
