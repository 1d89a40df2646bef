"""Buttons (primary, secondary, ghost, link, square with an icon alone) and switches."""

from __future__ import annotations

from PySide6.QtCore import (
    Property,
    QEasingCurve,
    QPropertyAnimation,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSizePolicy, QWidget

from fitstudio.gui.theme.icons import icon as make_icon
from fitstudio.gui.theme.sheet import set_property
from fitstudio.gui.theme.theme import colour, theme
from fitstudio.gui.theme.tokens import Motion, Size

_ICON_INK = {"primary": "onAccent", "secondary": "text2", "ghost": "text2", "link": "accentText"}
# Qt leaves 4 px after the icon; a third of an em makes it the design's 8.
_ICON_GAP = "\u2004"


class Button(QPushButton):
    """A button; a click does not take the focus, the Tab key does.

    Args:
        text: What pressing it does; empty for an icon alone.
        kind: primary, secondary, ghost, link or square.
        icon: Phosphor's name.
        small: Whether it is the lower one that stands inside cards.
        name: What assistive tools read, where there is no text.
    """

    def __init__(
        self,
        text: str = "",
        kind: str = "secondary",
        *,
        icon: str | None = None,
        small: bool = False,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._icon_name = icon
        self.setProperty("kind", kind)
        self.setProperty("compact", "yes" if small else "no")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setIconSize(QSize(Size.ICON, Size.ICON))
        if kind in ("link", "primary"):
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._show_icon()
        if name:
            self.setAccessibleName(name)
            self.setToolTip(name)

    def set_kind(self, kind: str) -> None:
        """Becomes a button of another kind: one step more or less prominent."""
        if kind != self.property("kind"):
            set_property(self, "kind", kind)
            self._show_icon()

    def set_icon(self, name: str | None) -> None:
        """Shows another icon."""
        self._icon_name = name
        self._show_icon()

    def _show_icon(self) -> None:
        if self._icon_name is not None:
            ink = _ICON_INK.get(str(self.property("kind")), "text2")
            self.setIcon(make_icon(self._icon_name, ink))
            if self.text() and not self.text().startswith(_ICON_GAP):
                self.setText(f"{_ICON_GAP}{self.text()}")

    def say(self, text: str) -> None:
        """Says something else; the gap after the icon stays."""
        self.setText(f"{_ICON_GAP}{text}" if self._icon_name is not None and text else text)

    def label(self) -> str:
        """The text as a person reads it."""
        return self.text().strip()


def primary_button(text: str, *, icon: str | None = None, parent: QWidget | None = None) -> Button:
    """The one button a page is about."""
    return Button(text, "primary", icon=icon, parent=parent)


def secondary_button(
    text: str, *, icon: str | None = None, small: bool = False, parent: QWidget | None = None
) -> Button:
    """A button with a border."""
    return Button(text, "secondary", icon=icon, small=small, parent=parent)


def ghost_button(
    text: str, *, icon: str | None = None, small: bool = False, parent: QWidget | None = None
) -> Button:
    """A button without a border."""
    return Button(text, "ghost", icon=icon, small=small, parent=parent)


def link_button(text: str, *, parent: QWidget | None = None) -> Button:
    """A button that reads as a link."""
    return Button(text, "link", parent=parent)


def icon_button(
    icon: str, name: str, *, small: bool = False, parent: QWidget | None = None
) -> Button:
    """A square button with an icon alone; `name` is its tooltip and accessible name."""
    return Button("", "square", icon=icon, small=small, name=name, parent=parent)


def with_shortcut(text: str, shortcut: QKeySequence | None) -> str:
    """A tooltip that tells the shortcut as well."""
    if shortcut is None or shortcut.isEmpty():
        return text
    return f"{text} ({shortcut.toString(QKeySequence.SequenceFormat.NativeText)})"


class Switch(QAbstractButton):
    """On or off: an editor with `value`, `setValue`, `valueChanged` and `reset`."""

    valueChanged = Signal(object)  # noqa: N815 - the editors' common names follow Qt's

    _WIDTH = 34
    _HEIGHT = 20

    def __init__(
        self, *, value: bool = False, default: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._default = default
        self._place = 1.0 if value else 0.0
        self._slide = QPropertyAnimation(self, b"place", self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.setCheckable(True)
        self.setChecked(value)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.toggled.connect(lambda on: self.valueChanged.emit(on))

    def value(self) -> bool:
        """Whether it is on."""
        return self.isChecked()

    def setValue(self, value: bool | None) -> None:
        """Turns it on or off; None is the default."""
        self.setChecked(self._default if value is None else bool(value))

    def reset(self) -> None:
        """Puts it back to its default."""
        self.setValue(None)

    def sizeHint(self) -> QSize:
        """The switch with room for the ring around it."""
        return QSize(self._WIDTH + 6, self._HEIGHT + 6)

    def _get_place(self) -> float:
        return self._place

    def _set_place(self, place: float) -> None:
        self._place = place
        self.update()

    place = Property(float, _get_place, _set_place)

    def checkStateSet(self) -> None:
        """Slides the knob over; at once where motion is not wanted."""
        # Also where nobody is told of the change: the thumb never stands on the wrong side.
        super().checkStateSet()
        on = self.isChecked()
        self._slide.stop()
        if self.isVisible() and not theme().reduced_motion:
            self._slide.setDuration(Motion.SWITCH_MS)
            self._slide.setEndValue(1.0 if on else 0.0)
            self._slide.start()
        else:
            self._set_place(1.0 if on else 0.0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints ground and knob, and a ring while it has the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(3, (self.height() - self._HEIGHT) / 2, self._WIDTH, self._HEIGHT)
        if self.hasFocus():
            painter.setPen(QPen(colour("accentText"), 2))
            painter.drawRoundedRect(ground.adjusted(-2, -2, 2, 2), 12, 12)
        painter.setPen(Qt.PenStyle.NoPen)
        off, on = ("track", "track") if not self.isEnabled() else ("switchOff", "accent")
        painter.setBrush(colour(on if self.isChecked() else off))
        painter.drawRoundedRect(ground, self._HEIGHT / 2, self._HEIGHT / 2)
        knob = self._HEIGHT - 4
        left = ground.left() + 2 + self._place * (self._WIDTH - self._HEIGHT)
        painter.setBrush(colour("onAccent" if self.isEnabled() else "off"))
        painter.drawEllipse(QRectF(left, ground.top() + 2, knob, knob))
