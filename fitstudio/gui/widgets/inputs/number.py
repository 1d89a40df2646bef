"""A number, typed or stepped."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fitstudio.gui.theme.icons import paint_icon
from fitstudio.gui.theme.tokens import Size
from fitstudio.gui.widgets.inputs.base import LineInput
from fitstudio.words import say

# What of a field is not text: its border, its margins, its arrows.
_AROUND_NUMBER = 44


class NumberEdit(LineInput):
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

    def set_automatic(self, value: Any) -> None:
        """Tells what automatic comes to, shown in brackets."""
        shown = self._unset if value is None else f"{self._unset} ({self._text_of(value)})"
        self.setPlaceholderText(shown if self._optional else "")
        self._fit()

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
        self._fit()

    def _fit(self) -> None:
        """Makes room for the number, and for the one in brackets: neither is ever cut."""
        metrics = QFontMetrics(self.font())
        shown = max(map(metrics.horizontalAdvance, (self.text(), self.placeholderText())))
        needed = min(shown + _AROUND_NUMBER, Size.WIDEST_CHOICE)
        self.setFixedWidth(max(self._narrowest, needed))

    def _read(self, text: str) -> Any:
        """The value that the text means.

        Raises:
            ValueError: With a sentence, if it means none.
        """
        text = text.strip().removesuffix(self._suffix.strip()).strip()
        if not text:
            if self._optional:
                return None
            raise ValueError(say("A number is needed here."))
        if "," in text and "." not in text:
            text = text.replace(",", ".")
        try:
            shown = float(text)
        except ValueError:
            raise ValueError(say("“{text}” is not a number.", text=text)) from None
        if not math.isfinite(shown):
            raise ValueError(say("The number must be finite."))
        value = shown / self._scale
        if self._scale != 1:
            value = float(f"{value:.12g}")
        if self._whole:
            if not value.is_integer():
                raise ValueError(say("Only whole numbers will do."))
            value = int(value)
        problem = self._problem_with(value)
        if problem:
            raise ValueError(problem)
        return value

    def _problem_with(self, value: float) -> str:
        low, high = self._minimum, self._maximum
        if low is not None and (value <= low if self._open_minimum else value < low):
            limit = self._text_of(low) + self._suffix
            if self._open_minimum:
                return say("It must be above {limit}.", limit=limit)
            return say("It must be {limit} or more.", limit=limit)
        if high is not None and (value >= high if self._open_maximum else value > high):
            limit = self._text_of(high) + self._suffix
            if self._open_maximum:
                return say("It must be below {limit}.", limit=limit)
            return say("It must be {limit} or less.", limit=limit)
        return ""

    def _set_problem(self, problem: str) -> bool:
        changed = super()._set_problem(problem)
        if changed:
            self.problemChanged.emit(problem)
        return changed

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

    def focusInEvent(self, event) -> None:
        """Shows what is edited; all of it is selected where the keyboard led here."""
        super().focusInEvent(event)
        all_of_it = self.hasSelectedText() and self.selectedText() == self.text()
        self._show_value()
        led_by_keys = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if all_of_it or event.reason() in led_by_keys:
            self.selectAll()

    def focusOutEvent(self, event) -> None:
        """Shows the value again, unless the text means none."""
        super().focusOutEvent(event)
        if not self._problem:
            self._show_value()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Steps by the arrow keys, ten at once by the page keys."""
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
        """Steps while it has the focus; else the page scrolls."""
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
        """Steps where an arrow was pressed."""
        direction = self._arrow_at(event)
        if direction:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.step_by(direction)
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A second press on an arrow is a second step."""
        if self._arrow_at(event):
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Shows another pointer over the arrows."""
        over = event.position().x() >= self.width() - 24
        self.setCursor(Qt.CursorShape.ArrowCursor if over else Qt.CursorShape.IBeamCursor)
        super().mouseMoveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the line and its arrows."""
        super().paintEvent(event)
        painter = QPainter(self)
        token = "text3" if self.isEnabled() else "off"
        left, middle = self.width() - 20, self.height() / 2
        for name, top in (("caret-up", middle - 11), ("caret-down", middle + 1)):
            paint_icon(painter, QRectF(left, top, 10, 10), name, token)
