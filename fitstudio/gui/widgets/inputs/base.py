"""What the inputs share: a line of text that leaves undo to the window, and finding a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from fitstudio.gui.theme.sheet import set_property


class LineInput(QLineEdit):
    """A line whose text means a value; what means none leaves the value and turns the border."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problem = ""
        self.setAcceptDrops(False)  # a file that is dropped anywhere belongs to the window

    def problem(self) -> str:
        """What is wrong with the text that stands there now, or nothing."""
        return self._problem

    def event(self, event: QEvent) -> bool:
        """Leaves Ctrl+Z to the window, unless the text means no value."""
        # What was typed holds at once, and is taken back with the window's undo; only what means
        # no value yet is this field's own.
        return False if _is_undo(event) and not self._problem else super().event(event)

    def _set_problem(self, problem: str) -> bool:
        """Shows what is wrong; whether that is something else than before."""
        if problem == self._problem:
            return False
        self._problem = problem
        set_property(self, "state", "error" if problem else "")
        self.setAccessibleDescription(problem)
        return True


def row_of(values: Sequence[Any], value: Any) -> int:
    """The place of a value among those offered, or -1; 1, 1.0 and True are three values."""
    for row, each in enumerate(values):
        if type(each) is type(value) and each == value:
            return row
    return -1


def _is_undo(event: QEvent) -> bool:
    """Whether a line of text asks for the keys of undo or redo, which it would take for itself."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    keys = QKeySequence.StandardKey
    if not (event.matches(keys.Undo) or event.matches(keys.Redo)):
        return False
    event.ignore()
    return True
