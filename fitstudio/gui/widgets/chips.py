"""Small rounded words: a value, a removable entry, a state, a column's role."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fitstudio.gui.theme import fonts
from fitstudio.gui.theme.icons import paint_icon
from fitstudio.gui.theme.theme import colour
from fitstudio.gui.theme.tokens import Radius, Size
from fitstudio.words import say


class Chip(QAbstractButton):
    """A word on a ground of its own; it is a button only where something listens to `clicked`.

    Args:
        text: What it says.
        ground: The token of its ground.
        ink: The token of its text.
        icon: An icon before the text.
        caret: Whether a caret says that there is a menu.
    """

    def __init__(
        self,
        text: str,
        *,
        ground: str = "track",
        ink: str = "text2",
        icon: str | None = None,
        caret: bool = False,
        button: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ground = ground
        self._ink = ink
        self._icon = icon
        self._caret = caret
        self._height = Size.CHIP
        self._radius = Size.CHIP / 2
        self._role = "small"
        self.setText(text)
        self.setAccessibleName(text)
        operable = caret or button
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if operable else Qt.FocusPolicy.NoFocus)
        if operable:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_look(
        self,
        text: str,
        *,
        ground: str | None = None,
        ink: str | None = None,
        icon: str | None = None,
    ) -> None:
        """Changes what it says and how it looks."""
        self.setText(text)
        self.setAccessibleName(text)
        self._ground = ground or self._ground
        self._ink = ink or self._ink
        self._icon = icon
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as icon and words."""
        width = QFontMetrics(fonts.font(self._role)).horizontalAdvance(self.text()) + 20
        width += 18 if self._icon else 0
        width += 16 if self._caret else 0
        return QSize(width, self._height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints ground, icon and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._ground))
        painter.drawRoundedRect(area, self._radius, self._radius)
        left, right = 10.0, 10.0
        middle = self.height() / 2
        if self._icon:
            side = Size.ICON_STATE
            paint_icon(
                painter, QRectF(left - 1, middle - side / 2, side, side), self._icon, self._ink
            )
            left += 18
        if self._caret:
            side = Size.CARET
            at = QRectF(self.width() - side - 7, middle - side / 2, side, side)
            paint_icon(painter, at, "caret-down", self._ink)
            right += 14
        painter.setFont(fonts.font(self._role))
        painter.setPen(colour(self._ink))
        room = QRectF(left, 0, self.width() - left - right + 2, self.height())
        painter.drawText(
            room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text()
        )
        if self.hasFocus():
            painter.setPen(QPen(colour("accentText"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            inner = area.adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(inner, self._radius, self._radius)


class RemovableChip(Chip):
    """An entry of a list, with × to take it out (also by the Delete key)."""

    removed = Signal()

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, ink="text", button=True, parent=parent)
        self._height = Size.SMALL_BUTTON
        self._radius = Radius.CONTROL
        self._role = "body"
        self._over_cross = False
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAccessibleDescription(say("Delete removes it"))

    def sizeHint(self) -> QSize:
        """With room for the ×."""
        return super().sizeHint() + QSize(18, 0)

    def _cross(self) -> QRectF:
        return QRectF(self.width() - 20, self.height() / 2 - 6, 12, 12)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Notes whether the pointer is over the ×."""
        self._over_cross = event.position().x() > self.width() - 26
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is no longer over the ×."""
        self._over_cross = False
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Takes the entry out where the × was pressed."""
        if event.position().x() > self.width() - 26 and self.rect().contains(
            event.position().toPoint()
        ):
            self.setDown(False)
            self.removed.emit()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Takes the entry out by Delete or Backspace."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the chip and its ×."""
        super().paintEvent(event)
        token = "text" if self._over_cross else "text3"
        painter = QPainter(self)
        paint_icon(painter, self._cross(), "x", token if self.isEnabled() else "off")
        painter.end()


# state -> (ground, ink, icon)
_STATES = {
    "running": ("accentSoft", "accentText", "play-fill"),
    "paused": ("track", "text2", "pause-fill"),
    "done": ("successSoft", "success", "check-circle-fill"),
    "stopped": ("track", "text2", "stop-fill"),
    "failed": ("errorSoft", "error", "warning-circle-fill"),
    "attention": ("warningSoft", "warning", "warning-fill"),
    "waiting": ("track", "text2", "clock"),
    "neutral": ("track", "text2", None),
}


def chip_look(state: str) -> tuple[str, str, str | None]:
    """Ground, ink and icon of a state, for tables that paint it themselves."""
    return _STATES[state]


class StateChip(Chip):
    """How something stands: soft ground, the state's colour, an icon and the word."""

    def __init__(self, state: str, text: str, parent: QWidget | None = None) -> None:
        ground, ink, icon = _STATES[state]
        super().__init__(text, ground=ground, ink=ink, icon=icon, parent=parent)
        self._height = Size.SMALL_BUTTON
        self._radius = Radius.CONTROL
        self._role = "body"

    def set_state(self, state: str, text: str) -> None:
        """Shows another state."""
        ground, ink, icon = _STATES[state]
        self.set_look(text, ground=ground, ink=ink, icon=icon)
