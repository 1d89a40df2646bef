"""What was found in the data: one line each, with the button that decides it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.buttons import Button, secondary_button
from fitstudio.gui.widgets.cards import Card, Rule
from fitstudio.gui.widgets.labels import Label, Sentence, as_tip, plain
from fitstudio.gui.widgets.lock import lock
from fitstudio.gui.widgets.signs import IconMark
from fitstudio.viewmodel.data.items import Item
from fitstudio.words import say

_ICONS = {
    "error": ("warning-circle-fill", "error"),
    "warning": ("warning-fill", "warnIcon"),
    "info": ("info", "accentText"),
    "done": ("check-circle-fill", "success"),
}
_LEAST_ROW = 38
_SHOWN = 4
_WIDEST_BUTTON = 330
_ANY_WIDTH = 16_777_215


class ItemsCard(Card):
    """The lines, the ones to decide first.

    Signals:
        decided: The person presses an item's button.
    """

    decided = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(" ", parent=parent)
        self.setObjectName("data.findings")
        self.set_margins(Space.CARD, 10, Space.CARD, 10)
        self._items: Sequence[Item] = ()
        self._all = False
        self._holder: QWidget | None = None

    def items(self) -> Sequence[Item]:
        """What is shown."""
        return self._items

    def set_locked(self, reason: str | None) -> None:
        """Greys the buttons and says why; None lets them be used."""
        self._reason = reason
        for button in self.findChildren(Button):
            if button.objectName().startswith("data.fix."):
                lock(button, reason)

    _reason: str | None = None

    def set_items(self, items: Sequence[Item]) -> None:
        """Shows other lines."""
        self.setVisible(bool(items))
        if list(items) == list(self._items):
            return
        self._items = list(items)
        self._fill()

    def _fill(self) -> None:
        done = sum(item.look == "done" for item in self._items)
        open_items = len(self._items) - done
        parts = []
        if open_items:
            parts.append(say("{open_items} to decide", open_items=open_items))
        if done:
            parts.append(say("{done} done", done=done))
        self.set_title(say("Found in the data"), ", ".join(parts))
        if self._holder is not None:
            self.body.removeWidget(self._holder)
            self._holder.hide()
            self._holder.deleteLater()
        self._holder = QWidget()
        column = QVBoxLayout(self._holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        shown = self._items if self._all else self._items[:_SHOWN]
        for number, item in enumerate(shown):
            if number:
                column.addWidget(Rule())
            column.addLayout(self._line(item))
        if len(shown) < len(self._items):
            more = secondary_button(
                say("Show {items} more", items=len(self._items) - len(shown)), small=True
            )
            more.clicked.connect(self._on_more)
            column.addSpacing(Space.HALF)
            column.addWidget(more)
        self.add(self._holder)

    def _line(self, item: Item) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.GRID)
        line.addWidget(IconMark(*_ICONS[item.look], Size.ICON_RAIL))
        line.addSpacing(2)
        line.addWidget(_Words(plain(item.title), plain(item.detail)), 1)
        if item.look == "done":
            line.addWidget(Label(say("Done"), ink="success"))
        if item.button:
            button = secondary_button(item.button, small=True)
            button.setMinimumWidth(Size.FIX_BUTTON)
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            _shorten(button)
            button.setObjectName(f"data.fix.{item.where}")
            button.setAccessibleDescription(plain(f"{item.title}. {item.detail}"))
            button.clicked.connect(lambda _on=False, item=item: self.decided.emit(item))
            if self._reason is not None:
                lock(button, self._reason)
            line.addWidget(button)
        return line

    def _on_more(self) -> None:
        self._all = True
        self._fill()


class _Words(QWidget):
    """What was found, and why it matters: side by side where both fit, else under one another."""

    def __init__(self, title: str, detail: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._detail = Sentence(title), Sentence(detail, ink="text2")
        self._detail.setVisible(bool(detail))
        self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._row.setContentsMargins(0, Space.HALF, 0, Space.HALF)
        self._row.setSpacing(0)
        self._row.addWidget(self._title)
        self._row.addWidget(self._detail, 1)
        self._row.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumHeight(_LEAST_ROW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts them beside or under one another."""
        super().resizeEvent(event)
        metrics = QFontMetrics(self._title.font())
        width = metrics.horizontalAdvance(self._title.sentence()) + 2
        whole = width + Space.GRID + metrics.horizontalAdvance(self._detail.sentence()) + 2
        beside = bool(self._detail.sentence()) and whole <= event.size().width()
        ways = QBoxLayout.Direction
        way = ways.LeftToRight if beside else ways.TopToBottom
        if way is not self._row.direction():
            self._row.setDirection(way)
            self._row.setSpacing(Space.GRID if beside else 0)
            self._title.setMinimumWidth(width if beside else 0)
            self._title.setMaximumWidth(width if beside else _ANY_WIDTH)


def _shorten(button: Button) -> None:
    """A button that names long cells of the file says all of it in its tooltip."""
    button.ensurePolished()  # only then has it the font of the style sheet
    metrics = QFontMetrics(button.font())
    whole = button.text()
    shown = metrics.elidedText(whole, Qt.TextElideMode.ElideMiddle, _WIDEST_BUTTON)
    if shown != whole:
        button.setText(shown)
        button.setToolTip(as_tip(whole))
