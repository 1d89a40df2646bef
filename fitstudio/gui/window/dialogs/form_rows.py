"""The rows of a dialog's form: a name, and what stands beside it."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QHBoxLayout,
    QWidget,
)

from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.labels import ElidedLabel, Label


def named(text: str) -> Label:
    """What a row is called, in line with the control beside it."""
    label = Label(text)
    label.setMinimumHeight(Size.CONTROL)
    return label


def beside(*widgets: QWidget) -> QWidget:
    """Widgets side by side; a long text takes the room that is left."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(Space.GRID)
    for number, widget in enumerate(widgets):
        row.addWidget(widget, 1 if number == 0 and isinstance(widget, ElidedLabel) else 0)
    if not isinstance(widgets[0], ElidedLabel):
        row.addStretch(1)
    return box
