"""A line of text, and a field to search with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from fitstudio.gui.theme.icons import paint_icon
from fitstudio.gui.theme.tokens import Size
from fitstudio.gui.widgets.inputs.base import LineInput


class TextEdit(LineInput):
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
        """Adds the magnifying glass."""
        super().paintEvent(event)
        side = Size.ICON
        area = QRectF(8, (self.height() - side) / 2, side, side)
        paint_icon(QPainter(self), area, "magnifying-glass", "text2")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape clears the text before it does anything else."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)
