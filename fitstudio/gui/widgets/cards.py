"""The ground that pages stand on: cards, page heads, rules, scrolling columns."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.labels import ElidedLabel, Label


class Rule(QFrame):
    """A hairline inside a card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "rule")


class Card(QFrame):
    """A card with an optional head: title, caption, and a place for controls at the right.

    Args:
        title: In strong text.
        caption: A sentence beside it.
        name: The real parameter's name in mono, between the two.
        own: Whether the title is a person's own (a file's name): where room is short it is the
            one that is cut, and not the caption.
    """

    def __init__(
        self,
        title: str = "",
        caption: str = "",
        *,
        name: str = "",
        own: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(Space.CARD, Space.CARD_TOP, Space.CARD, Space.CARD)
        self._layout.setSpacing(Space.GRID)
        self.title = (
            ElidedLabel(title, style="strong", middle=True) if own else Label(title, style="strong")
        )
        self.caption = ElidedLabel(caption, ink="text2")
        if own:
            self.caption.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.name = Label(name, style="mono")
        self._head_box = QWidget(self)
        self._head_box.setFixedHeight(Size.CONTROL)
        self.head = QHBoxLayout(self._head_box)
        self.head.setContentsMargins(0, 0, 0, 0)
        self.head.setSpacing(Space.GRID)
        for part in (self.title, self.name, self.caption):
            self.head.addWidget(part)
        self.head.addStretch(1)
        # Only once they have a parent: a widget without one would show as a window of its own.
        self.name.setVisible(bool(name))
        self.caption.setVisible(bool(caption))
        self._head_box.setVisible(bool(title))
        self._layout.addWidget(self._head_box)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(Space.GRID)
        self._layout.addLayout(self.body, 1)

    def set_title(self, title: str, caption: str | None = None) -> None:
        """Changes what the head says."""
        self.title.setText(title)
        self._head_box.setVisible(bool(title))
        if caption is not None:
            self.caption.setText(caption)
            self.caption.setVisible(bool(caption))

    def add(self, what: QWidget | QLayout, stretch: int = 0) -> None:
        """Puts something under what is there."""
        if isinstance(what, QWidget):
            self.body.addWidget(what, stretch)
        else:
            self.body.addLayout(what, stretch)

    def add_to_head(self, widget: QWidget) -> None:
        """Puts a control at the right of the head."""
        self._head_box.setVisible(True)
        self.head.addWidget(widget)

    def set_margins(self, left: int, top: int, right: int, bottom: int) -> None:
        """For cards whose table reaches closer to the edge."""
        self._layout.setContentsMargins(left, top, right, bottom)

    def set_spacing(self, spacing: int) -> None:
        """The distance between the head and what is under it, and between the parts there."""
        self._layout.setSpacing(spacing)
        self.body.setSpacing(spacing)


class PageHead(QWidget):
    """A page's title, a caption beside it, and the page's controls at the right."""

    def __init__(self, title: str, caption: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(Size.PAGE_HEAD)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.GRID + Space.HALF)
        self.title = Label(title, style="title")
        self.caption = ElidedLabel(caption, ink="text2")
        row.addWidget(self.title)
        row.addWidget(self.caption, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        self.controls = QHBoxLayout()
        self.controls.setSpacing(Space.GRID + 2)
        row.addLayout(self.controls)

    def set_title(self, title: str, caption: str | None = None) -> None:
        """Changes what it says."""
        self.title.setText(title)
        if caption is not None:
            self.caption.setText(caption)

    def add(self, widget: QWidget) -> None:
        """Puts a control at the right."""
        self.controls.addWidget(widget)


class ColumnScroll(QScrollArea):
    """A column of cards that scrolls under the page head; its handle stands in the gutter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = QWidget()
        holder.setProperty("kind", "plain")
        self.column = QVBoxLayout(holder)
        self.column.setSpacing(Space.CARDS)
        self.setWidget(holder)
        self._leave_gutter()
        self.verticalScrollBar().rangeChanged.connect(self._leave_gutter)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Puts a card under those that are there."""
        self.column.addWidget(widget, stretch)

    def showEvent(self, event: QShowEvent) -> None:
        """Puts the bar in the gutter: only now has it its width."""
        super().showEvent(event)
        # Only now has the scroll bar the width that the style sheet gives it.
        self._leave_gutter(0, self.verticalScrollBar().maximum())

    def finish(self) -> None:
        """Leaves what is below the last card empty."""
        self.column.addStretch(1)

    def _leave_gutter(self, _low: int = 0, high: int = 0) -> None:
        taken = self.verticalScrollBar().sizeHint().width() if high > 0 else 0
        self.column.setContentsMargins(0, 0, Size.GUTTER - taken, Space.WINDOW)
