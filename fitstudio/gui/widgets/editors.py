"""Editors for one value: number, choice, text, segments; all offer value, setValue, reset.

What `value()` returns is the Python value that the setting gets; None where the setting is
automatic. `valueChanged` tells a change by the person as well as one by `setValue`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from fitstudio.gui.theme import fonts
from fitstudio.gui.theme.icons import paint_icon
from fitstudio.gui.theme.sheet import set_property
from fitstudio.gui.theme.theme import colour, theme
from fitstudio.gui.theme.tokens import Radius, Size
from fitstudio.gui.widgets.labels import as_tip

# What of a field is not text: its border, its margins, its arrows.
_AROUND_NUMBER = 44


class NumberEdit(QLineEdit):
    """A number, typed or stepped; where it is optional, None shows as "automatic (32)".

    A text that is no number, or out of bounds, leaves the value as it was and turns the border;
    `problem` then says what is wrong.

    Args:
        whole: Whether only whole numbers will do.
        minimum: The smallest value.
        maximum: The largest value.
        open_minimum: Whether the minimum itself does not belong.
        open_maximum: Whether the maximum itself does not belong.
        step: What an arrow adds; 0 multiplies by ten instead (learning rates).
        default: What `reset` puts back.
        optional: Whether it may be empty, which is None.
        unset: What None reads as, such as "automatic".
        suffix: Shown behind the number, such as " %" or " epochs".
        scale: The shown number is the value times this (100 for percent).
    """

    valueChanged = Signal(object)  # noqa: N815 - the editors' common names follow Qt's
    problemChanged = Signal(str)  # noqa: N815

    def __init__(
        self,
        *,
        whole: bool = False,
        minimum: float | None = None,
        maximum: float | None = None,
        open_minimum: bool = False,
        open_maximum: bool = False,
        step: float = 1,
        default: float | None = None,
        optional: bool = False,
        unset: str = "automatic",
        suffix: str = "",
        scale: float = 1,
        small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._whole = whole
        self._minimum = minimum
        self._maximum = maximum
        self._open_minimum = open_minimum
        self._open_maximum = open_maximum
        self._step = step
        self._default = default
        self._optional = optional or default is None
        self._unset = unset
        self._suffix = suffix
        self._scale = scale
        self._value: float | int | None = default
        self._problem = ""
        self._pressed = 0
        self.setAcceptDrops(False)  # a file that is dropped anywhere belongs to the window
        self.setProperty("kind", "number")
        self._narrowest = Size.SMALL_NUMBER if small else Size.NUMBER
        self.setFixedWidth(self._narrowest)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_automatic(None)
        self._show_value()
        self.textEdited.connect(self._on_text_edited)
        self.editingFinished.connect(self._on_editing_finished)

    def value(self) -> Any:
        """The number, or None for automatic."""
        return self._value

    def setValue(self, value: Any) -> None:
        """Shows another value."""
        changed = value != self._value or type(value) is not type(self._value)
        self._value = value
        self._set_problem("")
        self._show_value()
        if changed:
            self.valueChanged.emit(value)

    def reset(self) -> None:
        """Puts the default back."""
        self.setValue(self._default)

    def problem(self) -> str:
        """What is wrong with the text that stands there now, or nothing."""
        return self._problem

    def set_automatic(self, value: Any) -> None:
        """Tells what automatic comes to, shown in brackets."""
        shown = self._unset if value is None else f"{self._unset} ({self._text_of(value)})"
        self.setPlaceholderText(shown if self._optional else "")
        if self._optional:
            # The number in the brackets is what a person looks for: it is never cut.
            needed = QFontMetrics(self.font()).horizontalAdvance(shown) + _AROUND_NUMBER
            self.setFixedWidth(max(self._narrowest, needed))

    def step_by(self, steps: int) -> None:
        """One or more steps up or down."""
        now = self._value
        if now is None:
            start = self._minimum if self._minimum is not None else 0
            wanted = start if steps > 0 else None
            if wanted is None:
                return
        elif self._step == 0:
            wanted = now * 10.0**steps
        else:
            wanted = now + steps * self._step
        if self._minimum is not None and wanted < self._minimum:
            wanted = self._minimum
        if self._maximum is not None and wanted > self._maximum:
            wanted = self._maximum
        # Steps of 0.1 would gather rounding errors in the last digits.
        wanted = round(wanted) if self._whole else float(f"{wanted:.12g}")
        if self._problem_with(wanted):
            return
        self.setValue(wanted)
        self.selectAll()

    def _text_of(self, value: float | None) -> str:
        if value is None:
            return ""
        shown = value * self._scale
        if self._whole or (float(shown).is_integer() and abs(shown) < 1e15):
            return str(round(shown))
        return f"{shown:.10g}"

    def _show_value(self) -> None:
        text = self._text_of(self._value)
        if text and self._suffix and not self.hasFocus():
            text += self._suffix
        if text != self.text():
            self.setText(text)

    def _read(self, text: str) -> Any:
        """The value that the text means.

        Raises:
            ValueError: With a sentence, if it means none.
        """
        text = text.strip().removesuffix(self._suffix.strip()).strip()
        if not text:
            if self._optional:
                return None
            raise ValueError(self.tr("A number is needed here."))
        if "," in text and "." not in text:
            text = text.replace(",", ".")
        try:
            shown = float(text)
        except ValueError:
            raise ValueError(self.tr("“{}” is not a number.").format(text)) from None
        if not math.isfinite(shown):
            raise ValueError(self.tr("The number must be finite."))
        value = shown / self._scale
        if self._scale != 1:
            value = float(f"{value:.12g}")
        if self._whole:
            if not value.is_integer():
                raise ValueError(self.tr("Only whole numbers will do."))
            value = int(value)
        problem = self._problem_with(value)
        if problem:
            raise ValueError(problem)
        return value

    def _problem_with(self, value: float) -> str:
        low, high = self._minimum, self._maximum
        if low is not None and (value <= low if self._open_minimum else value < low):
            words = (
                self.tr("It must be above {}.")
                if self._open_minimum
                else self.tr("It must be {} or more.")
            )
            return words.format(self._text_of(low) + self._suffix)
        if high is not None and (value >= high if self._open_maximum else value > high):
            words = (
                self.tr("It must be below {}.")
                if self._open_maximum
                else self.tr("It must be {} or less.")
            )
            return words.format(self._text_of(high) + self._suffix)
        return ""

    def _set_problem(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            set_property(self, "state", "error" if problem else "")
            self.setAccessibleDescription(problem)
            self.problemChanged.emit(problem)

    def _on_text_edited(self, text: str) -> None:
        try:
            value = self._read(text)
        except ValueError as problem:
            self._set_problem(str(problem))
            return
        self._set_problem("")
        if value != self._value or type(value) is not type(self._value):
            self._value = value
            self.valueChanged.emit(value)

    def _on_editing_finished(self) -> None:
        self._set_problem("")
        self._show_value()

    def event(self, event: QEvent) -> bool:
        # What was typed holds at once, and is taken back with the window's undo; only what means
        # no value yet is this field's own.
        return False if _is_undo(event) and not self._problem else super().event(event)

    def focusInEvent(self, event) -> None:
        super().focusInEvent(event)
        self._show_value()
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def focusOutEvent(self, event) -> None:
        super().focusOutEvent(event)
        if not self._problem:
            self._show_value()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_PageUp: 10,
            Qt.Key.Key_PageDown: -10,
        }.get(Qt.Key(event.key()))
        if steps is None or self.isReadOnly():
            super().keyPressEvent(event)
        else:
            self.step_by(steps if self._step else (1 if steps > 0 else -1))

    def wheelEvent(self, event: QWheelEvent) -> None:
        # A page that is scrolled must not change the numbers that pass under the pointer.
        if self.hasFocus() and event.angleDelta().y():
            self.step_by(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            event.ignore()

    def _arrow_at(self, event: QMouseEvent) -> int:
        if event.position().x() < self.width() - 24 or not self.isEnabled() or self.isReadOnly():
            return 0
        return 1 if event.position().y() < self.height() / 2 else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        direction = self._arrow_at(event)
        if direction:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.step_by(direction)
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._arrow_at(event):
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = event.position().x() >= self.width() - 24
        self.setCursor(Qt.CursorShape.ArrowCursor if over else Qt.CursorShape.IBeamCursor)
        super().mouseMoveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        token = "text3" if self.isEnabled() else "off"
        left, middle = self.width() - 20, self.height() / 2
        for name, top in (("caret-up", middle - 11), ("caret-down", middle + 1)):
            paint_icon(painter, QRectF(left, top, 10, 10), name, token)


def _is_undo(event: QEvent) -> bool:
    """Whether a line of text asks for the keys of undo or redo, which it would take for itself."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    keys = QKeySequence.StandardKey
    if not (event.matches(keys.Undo) or event.matches(keys.Redo)):
        return False
    event.ignore()
    return True


class Combo(QComboBox):
    """One of several values, with a caret that follows the theme.

    Args:
        options: (value, text) or (value, text, tooltip) in the order in which they are offered.
        default: What `reset` puts back; the first option's value if not given.
    """

    valueChanged = Signal(object)  # noqa: N815

    def __init__(
        self,
        options: Sequence[tuple] = (),
        *,
        default: Any = None,
        widest: int = Size.WIDEST_CHOICE,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._default = default
        self._values: list[Any] = []
        self._widest = widest
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaxVisibleItems(14)
        self.view().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.set_options(options)
        self.currentIndexChanged.connect(self._on_index_changed)

    def set_options(self, options: Sequence[tuple]) -> None:
        """Offers other values; the present one stays if it is among them."""
        before = self.value() if self._values else self._default
        blocked = self.blockSignals(True)
        self.clear()
        self._values = [option[0] for option in options]
        for row, option in enumerate(options):
            self.addItem(option[1])
            if len(option) > 2 and option[2]:
                self.setItemData(row, as_tip(option[2]), Qt.ItemDataRole.ToolTipRole)
        self.setCurrentIndex(max(self._row_of(before), 0) if options else -1)
        self.blockSignals(blocked)
        self.updateGeometry()

    def value(self) -> Any:
        """The chosen value."""
        row = self.currentIndex()
        return self._values[row] if 0 <= row < len(self._values) else None

    def setValue(self, value: Any) -> None:
        """Chooses a value; one that is not offered leaves the choice empty."""
        self.setCurrentIndex(self._row_of(value))

    def reset(self) -> None:
        """Puts the default back."""
        self.setValue(self._default)

    def _row_of(self, value: Any) -> int:
        for row, each in enumerate(self._values):
            if type(each) is type(value) and each == value:
                return row
        return -1

    def _on_index_changed(self, _row: int) -> None:
        self.valueChanged.emit(self.value())

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        widest = max(
            (
                self.fontMetrics().horizontalAdvance(self.itemText(row))
                for row in range(self.count())
            ),
            default=0,
        )
        hint.setWidth(max(Size.NUMBER, min(widest + 46, self._widest)))
        return hint

    def minimumSizeHint(self) -> QSize:
        return QSize(Size.SMALL_NUMBER, super().minimumSizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        room = self.width() - Size.CARET - 30
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, room
        )
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        side = Size.CARET
        area = QRectF(self.width() - side - 10, (self.height() - side) / 2, side, side)
        paint_icon(painter, area, "caret-down", "text2" if self.isEnabled() else "off")


class TextEdit(QLineEdit):
    """A line of text, told when it is finished; empty is None where it is optional."""

    valueChanged = Signal(object)  # noqa: N815

    def __init__(
        self,
        *,
        default: str | None = None,
        optional: bool = True,
        unset: str = "",
        parse: Callable[[str], Any] | None = None,
        show: Callable[[Any], str] = str,
        width: int = Size.WIDEST_CHOICE,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._default = default
        self._optional = optional
        self._parse = parse
        self._show = show
        self._value: Any = default
        self._problem = ""
        self.setAcceptDrops(False)  # as above
        self.setPlaceholderText(unset)
        self.setFixedWidth(width)
        self.setValue(default)
        self.textEdited.connect(self._on_text_edited)

    def value(self) -> Any:
        """The text, or what it was parsed into."""
        return self._value

    def setValue(self, value: Any) -> None:
        """Shows another value."""
        changed = value != self._value
        self._value = value
        self._set_problem("")
        self.setText("" if value is None else self._show(value))
        if changed:
            self.valueChanged.emit(value)

    def reset(self) -> None:
        """Puts the default back."""
        self.setValue(self._default)

    def problem(self) -> str:
        """What is wrong with the text that stands there now, or nothing."""
        return self._problem

    def event(self, event: QEvent) -> bool:
        return False if _is_undo(event) and not self._problem else super().event(event)

    def _set_problem(self, problem: str) -> None:
        self._problem = problem
        set_property(self, "state", "error" if problem else "")
        self.setAccessibleDescription(problem)

    def _on_text_edited(self, text: str) -> None:
        value: Any = None if not text.strip() and self._optional else text
        if value is not None and self._parse is not None:
            try:
                value = self._parse(text)
            except ValueError as problem:
                self._set_problem(str(problem))
                return
        self._set_problem("")
        if value != self._value:
            self._value = value
            self.valueChanged.emit(value)


class SearchEdit(QLineEdit):
    """A field to search with: magnifying glass, and × to clear."""

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(False)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setFixedWidth(Size.SEARCH)
        self.setClearButtonEnabled(True)
        self.setTextMargins(22, 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        side = Size.ICON
        area = QRectF(8, (self.height() - side) / 2, side, side)
        paint_icon(QPainter(self), area, "magnifying-glass", "text2")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


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
        row = self._row_of(default)
        self._default_row = max(row, 0)
        self._row = self._default_row
        self._hovered = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._tell()

    def value(self) -> Any:
        """The chosen value."""
        return self._values[self._row]

    def setValue(self, value: Any) -> None:
        """Chooses a value; one that is not offered changes nothing."""
        row = self._row_of(value)
        if row >= 0:
            self._choose(row)

    def reset(self) -> None:
        """Puts the default back."""
        self._choose(self._default_row)

    def texts(self) -> list[str]:
        """What the segments say."""
        return list(self._texts)

    def _row_of(self, value: Any) -> int:
        for row, each in enumerate(self._values):
            if type(each) is type(value) and each == value:
                return row
        return -1

    def _choose(self, row: int) -> None:
        if row != self._row:
            self._row = row
            self._tell()
            self.update()
            self.valueChanged.emit(self.value())

    def _tell(self) -> None:
        words = self.tr("{chosen}, {number} of {count}")
        self.setAccessibleDescription(
            words.format(
                chosen=self._texts[self._row], number=self._row + 1, count=len(self._texts)
            )
        )

    def _widths(self) -> list[int]:
        metrics = QFontMetrics(fonts.font("strong"))
        return [metrics.horizontalAdvance(text) + 2 * self._PAD for text in self._texts]

    def sizeHint(self) -> QSize:
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
        row = self._row_at(event)
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._choose(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = self._row_at(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = -1
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Down):
            self._choose(min(self._row + 1, len(self._values) - 1))
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Up):
            self._choose(max(self._row - 1, 0))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
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
