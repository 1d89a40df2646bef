"""Small painted signs: a station's state, bars, icons that stand alone, what is empty."""

from __future__ import annotations

import math
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from fitstudio.gui.theme.icons import glyph_path, paint_icon
from fitstudio.gui.theme.theme import colour
from fitstudio.gui.theme.tokens import Radius, Size, Space
from fitstudio.gui.widgets.labels import Label, Sentence

_EMPTY_WIDTH = 380


class State(StrEnum):
    """How a station stands."""

    EMPTY = "empty"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    ATTENTION = "attention"
    DONE = "done"
    FAILED = "failed"


def paint_state(painter: QPainter, area: QRectF, state: State, *, angle: float = 0.0) -> None:
    """Paints a state's sign into a square area."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = area.center()
    match state:
        case State.EMPTY:
            painter.setPen(QPen(colour("borderHover"), 1.5))
            painter.drawEllipse(middle, 3.5, 3.5)
        case State.READY:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accentText"))
            painter.drawEllipse(middle, 3, 3)
        case State.RUNNING:
            circle = area.adjusted(2, 2, -2, -2)
            painter.setPen(QPen(colour("border"), 2))
            painter.drawEllipse(circle)
            arc = QPen(colour("accentText"), 2)
            arc.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(arc)
            painter.drawArc(circle, round((90 - angle) * 16), -100 * 16)
        case State.PAUSED:
            paint_icon(painter, area, "pause", "accentText")
        case State.ATTENTION:
            paint_icon(painter, area, "warning-fill", "warnIcon")
        case State.DONE:
            paint_icon(painter, area, "check-circle-fill", "success")
        case State.FAILED:
            paint_icon(painter, area, "x-circle-fill", "error")
    painter.restore()


class BarMeter(QWidget):
    """A bar from 0 to 1, such as a class's share of the rows.

    Args:
        value: From 0 to 1.
        fill: The bar's token.
        ground: The token of what is not filled.
        height: Of the bar itself.
    """

    def __init__(
        self,
        value: float = 0.0,
        *,
        fill: str = "accent",
        ground: str = "track",
        height: int = 6,
        width: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._value = value
        self._fill = fill
        self._ground = ground
        self._bar = height
        self.setFixedHeight(height)
        if width is not None:
            self.setFixedWidth(width)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def value(self) -> float:
        """How full it is."""
        return self._value

    def set_value(self, value: float) -> None:
        """Fills it to another share; what is no number empties it."""
        self._value = min(max(value, 0.0), 1.0) if math.isfinite(value) else 0.0
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the bar over its ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        area = QRectF(self.rect())
        painter.setBrush(colour(self._ground))
        painter.drawRoundedRect(area, Radius.BAR, Radius.BAR)
        if self._value > 0:
            area.setWidth(max(area.width() * self._value, self._bar))
            painter.setBrush(colour(self._fill))
            painter.drawRoundedRect(area, Radius.BAR, Radius.BAR)


class IconMark(QWidget):
    """An icon that stands by itself."""

    def __init__(
        self, icon: str, token: str, size: int = Size.ICON_RAIL, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.set_icon(icon, token)
        self.setFixedSize(size, size)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_icon(self, icon: str, token: str) -> None:
        """Shows another icon."""
        glyph_path(icon)  # an unknown name is an error here, not in a paint event
        self._icon, self._token = icon, token
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the icon."""
        paint_icon(QPainter(self), QRectF(self.rect()), self._icon, self._token)


class EmptyState(QWidget):
    """What a place says while there is nothing to show: an icon, a line, a sentence, a way on."""

    def __init__(
        self,
        icon: str,
        title: str,
        sentence: str = "",
        action: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setSpacing(Space.GRID)
        column.addStretch(1)
        middle = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(IconMark(icon, "text3", Size.ICON_BIG), 0, middle)
        self.title = Label(title, style="strong")
        column.addWidget(self.title, 0, middle)
        self.sentence = Sentence(sentence, ink="text2")
        self.sentence.setAlignment(middle)
        self.sentence.setFixedWidth(_EMPTY_WIDTH)
        column.addWidget(self.sentence, 0, middle)
        self.set_text(title, sentence)
        if action is not None:
            column.addSpacing(Space.GRID)
            column.addWidget(action, 0, middle)
        column.addStretch(2)

    def set_text(self, title: str, sentence: str) -> None:
        """Says something else."""
        self.title.setText(title)
        self.sentence.set_sentence(sentence)
        # In a row of its own in the middle, a label is not asked how high it gets.
        self.sentence.setFixedHeight(max(self.sentence.heightForWidth(_EMPTY_WIDTH), 1))
        self.sentence.setVisible(bool(sentence))

    def sizeHint(self) -> QSize:
        """Never so small that its sentence would wrap into a column."""
        return super().sizeHint().expandedTo(QSize(400, 200))
