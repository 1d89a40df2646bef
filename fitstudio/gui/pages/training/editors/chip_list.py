"""Lists of names as chips with an add menu: metrics and columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.buttons import icon_button
from fitstudio.gui.widgets.chips import RemovableChip
from fitstudio.gui.widgets.flow import FlowLayout
from fitstudio.gui.widgets.labels import Label
from fitstudio.words import say
from fitstudio.words.numbers import format_count

# A spectrum has a thousand columns: what does not fit into a glance is counted.
_MOST_CHIPS = 24
_MOST_OFFERS = 60

# (value to add, text, tooltip)
Offer = tuple[Any, str, str]


class ChipList(QWidget):
    """Chips that can be taken out, and a plus that offers more.

    Args:
        default: What `reset` puts back.
        text_of: What a chip says for an item.
        offers: What the plus offers, asked for each time its menu opens.
        add_words: The plus's name for assistive tools.
        open_item: Called with an item's place when its chip is pressed, for settings of its own.
        summary: What stands in place of the chips where there are more than `most_chips`; without
            it the first of them and how many more there are.
        most_chips: How many chips there are at most.
    """

    valueChanged = Signal(object)  # noqa: N815 - the editors' common names follow Qt's

    def __init__(
        self,
        *,
        default: list[Any] | None,
        text_of: Callable[[Any], str],
        offers: Callable[[], Sequence[Offer]],
        add_words: str,
        open_item: Callable[[int, QWidget], None] | None = None,
        summary: Callable[[Sequence[Any]], str] | None = None,
        most_chips: int = _MOST_CHIPS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._default = default
        self._text_of = text_of
        self._offers = offers
        self._open_item = open_item
        self._summary = summary
        self._most_chips = most_chips
        self._value: list[Any] | None = None
        self._flow = FlowLayout(self, gap=Space.GRID + Space.HALF)
        self.add_button = icon_button("plus", add_words, small=True)
        self.add_button.clicked.connect(self._on_add)
        # Chips are lower than fields: they stand in the middle of the row.
        self.setContentsMargins(0, (Size.CONTROL - Size.SMALL_BUTTON) // 2, 0, 0)
        self._rest = Label("", ink="text2", parent=self)
        self._rest.setFixedHeight(Size.SMALL_BUTTON)
        self._rest.hide()
        self._flow.addWidget(self._rest)
        self._flow.addWidget(self.add_button)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumHeight(Size.CONTROL)
        self.setFocusProxy(self.add_button)
        self._show(default)

    def value(self) -> list[Any] | None:
        """The items; None where there are none."""
        return list(self._value) if self._value is not None else None

    def setValue(self, value: Any) -> None:
        """Shows other items."""
        changed = value != self._value
        self._show(value)
        if changed:
            self.valueChanged.emit(self.value())

    def reset(self) -> None:
        """Puts the default back."""
        self.setValue(self._default)

    def set_state(self, automatic: str, look: str) -> None:
        """Chips have no border to colour."""
        del automatic, look

    def chips(self) -> list[RemovableChip]:
        """The chips from left to right."""
        items = (self._flow.itemAt(place) for place in range(self._flow.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, RemovableChip)]

    def add(self, item: Any) -> None:
        """Adds an item behind the others."""
        self.setValue([*(self._items()), item])

    def _items(self) -> list[Any]:
        return list(self._value) if isinstance(self._value, list | tuple) else []

    def _show(self, value: Any) -> None:
        if value == self._value and self._value is not None:
            return
        self._value = list(value) if isinstance(value, list | tuple) and value else None
        for chip in self.chips():
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        items = self._items()
        beyond = len(items) - self._most_chips
        shown = [] if self._summary is not None and beyond > 0 else items[: self._most_chips]
        for place, item in enumerate(shown):
            chip = RemovableChip(self._text_of(item), self)
            chip.removed.connect(lambda place=place: self._on_removed(place))
            if self._open_item is not None:
                chip.clicked.connect(
                    lambda _=False, place=place, chip=chip: self._open(place, chip)
                )
            self._flow.insert_widget(place, chip)
            chip.show()
        if self._summary is not None:
            self._rest.setText(self._summary(items) if beyond > 0 else "")
        else:
            self._rest.setText(say("and {beyond} more", beyond=format_count(max(beyond, 0))))
        self._rest.setVisible(beyond > 0)
        self.updateGeometry()

    def _open(self, place: int, chip: QWidget) -> None:
        if self._open_item is not None:
            self._open_item(place, chip)

    def _on_removed(self, place: int) -> None:
        items = self._items()
        del items[place]
        self.setValue(items or None)
        chips = self.chips()
        # The keyboard stays in the list: on the next chip, or on the plus.
        (chips[min(place, len(chips) - 1)] if chips else self.add_button).setFocus()

    def _on_add(self) -> None:
        menu = self.menu()
        menu.exec(self.add_button.mapToGlobal(self.add_button.rect().bottomLeft()))
        menu.deleteLater()

    def menu(self) -> QMenu:
        """The menu of what can be added."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        offers = list(self._offers())
        for value, text, tip in offers[:_MOST_OFFERS]:
            action = QAction(text, menu)
            action.setToolTip(tip)
            action.triggered.connect(lambda _=False, value=value: self.add(value))
            menu.addAction(action)
        if len(offers) > _MOST_OFFERS:
            more = menu.addAction(
                say(
                    "{offers} more on the Data page",
                    offers=format_count(len(offers) - _MOST_OFFERS),
                )
            )
            more.setEnabled(False)
        if menu.isEmpty():
            nothing = menu.addAction(say("Nothing more fits"))
            nothing.setEnabled(False)
        return menu
