"""Two to four short choices side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fitstudio.gui.theme import fonts
from fitstudio.gui.theme.theme import colour, theme
from fitstudio.gui.theme.tokens import Radius, Size
from fitstudio.gui.widgets.inputs.base import row_of
from fitstudio.words import say


class Segmented(QWidget):
    """Two to four short choices side by side; the arrow keys move.

    Args:
        options: (value, text) in order.
        default: What `reset` puts back; the first option's value if not given.
    """

    valueChanged = Signal(object)  # noqa: N815

    _PAD = 14

    def __init__(
        self,
        options: Sequence[tuple[Any, str]],
        *,
        default: Any = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._values = [option[0] for option in options]
        self._texts = [option[1] for option in options]
        row = row_of(self._values, default)
        self._default_row = max(row, 0)
        self._row = self._default_row
        self._hovered = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._tell()

    def set_options(self, options: Sequence[tuple[Any, str]]) -> None:
        """Offers other choices; what was chosen stays so where it is still offered.

        Args:
            options: (value, text) in order.
        """
        if [tuple(each) for each in options] == list(zip(self._values, self._texts, strict=True)):
            return
        before = self.value()
        self._values = [option[0] for option in options]
        self._texts = [option[1] for option in options]
        self._row = max(row_of(self._values, before), 0)
        self._default_row, self._hovered = 0, -1
        self._tell()
        self.updateGeometry()
        self.update()

    def value(self) -> Any:
        """The chosen value."""
        return self._values[self._row]

    def setValue(self, value: Any) -> None:
        """Chooses a value; one that is not offered changes nothing."""
        row = row_of(self._values, value)
        if row >= 0:
            self._choose(row)

    def reset(self) -> None:
        """Puts the default back."""
        self._choose(self._default_row)

    def texts(self) -> list[str]:
        """What the segments say."""
        return list(self._texts)

    def _choose(self, row: int) -> None:
        if row != self._row:
            self._row = row
            self._tell()
            self.update()
            self.valueChanged.emit(self.value())

    def _tell(self) -> None:
        self.setAccessibleDescription(
            say(
                "{chosen}, {number} of {count}",
                chosen=self._texts[self._row],
                number=self._row + 1,
                count=len(self._texts),
            )
        )

    def _widths(self) -> list[int]:
        metrics = QFontMetrics(fonts.font("strong"))
        return [metrics.horizontalAdvance(text) + 2 * self._PAD for text in self._texts]

    def sizeHint(self) -> QSize:
        """As wide as all choices side by side."""
        return QSize(sum(self._widths()) + 4, Size.CONTROL)

    def _areas(self) -> list[QRect]:
        left, areas = 2, []
        for width in self._widths():
            areas.append(QRect(left, 2, width, self.height() - 4))
            left += width
        return areas

    def _row_at(self, event: QMouseEvent) -> int:
        point = event.position().toPoint()
        return next((row for row, area in enumerate(self._areas()) if area.contains(point)), -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chooses what was pressed."""
        row = self._row_at(event)
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._choose(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Notes which choice the pointer is over."""
        self._hovered = self._row_at(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is over none any more."""
        self._hovered = -1
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves the choice by the arrow keys, without going around."""
        if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Down):
            self._choose(min(self._row + 1, len(self._values) - 1))
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Up):
            self._choose(max(self._row - 1, 0))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the choices, the chosen one raised."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colour("hairline")) if theme().dark else Qt.PenStyle.NoPen)
        painter.setBrush(colour("track"))
        painter.drawRoundedRect(ground, Radius.CONTROL, Radius.CONTROL)
        for row, area in enumerate(self._areas()):
            chosen = row == self._row
            if chosen:
                thumb = QRectF(area).adjusted(0, 0, 0, -0.5)
                shade = colour("text")
                shade.setAlphaF(0.10)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(shade)
                painter.drawRoundedRect(thumb.translated(0, 1), Radius.SEGMENT, Radius.SEGMENT)
                painter.setBrush(colour("thumb" if self.isEnabled() else "fieldOff"))
                painter.drawRoundedRect(thumb, Radius.SEGMENT, Radius.SEGMENT)
            painter.setFont(fonts.font("strong" if chosen else "body"))
            token = "text" if chosen or row == self._hovered else "text2"
            painter.setPen(colour(token if self.isEnabled() else "off"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._texts[row])
        if self.hasFocus():
            ring = QPen(colour("accentText" if theme().dark else "accent"), 2)
            painter.setPen(ring)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            whole = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(whole, Radius.CONTROL, Radius.CONTROL)
