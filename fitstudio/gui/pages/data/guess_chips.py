"""How the file was read: a chip for each guess, and a link to change them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.gui.widgets.buttons import Button, link_button
from fitstudio.gui.widgets.chips import Chip
from fitstudio.gui.widgets.flow import FlowLayout
from fitstudio.gui.widgets.labels import as_tip
from fitstudio.words import say


class GuessChips(QWidget):
    """The guesses about a file, in as many lines as they need.

    Attributes:
        change: The link behind them.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips = FlowLayout(self)
        self.change = link_button(say("Change"), parent=self)
        self.change.setObjectName("data.change")
        self._chips.addWidget(self.change)

    def show_guesses(self, guesses: Sequence[Guess], *, can_change: bool) -> None:
        """Shows other guesses, and whether they can be changed."""
        while self._chips.count():
            item = self._chips.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None and widget is not self.change:
                widget.hide()
                widget.deleteLater()
        for guess in guesses:
            chip = Chip(
                guess.label,
                ground="track" if guess.sure else "warningSoft",
                ink="text2" if guess.sure else "warning",
            )
            chip.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)
            chip.setToolTip(as_tip(guess.sentence))
            self._chips.addWidget(chip)
        self.change.setVisible(can_change)
        self._chips.addWidget(self.change)
        self.setVisible(bool(guesses))

    def texts(self) -> list[str]:
        """What stands there, in order."""
        items = [self._chips.itemAt(place) for place in range(self._chips.count())]
        widgets = [item.widget() for item in items if item is not None]
        return [each.text() for each in widgets if isinstance(each, (Chip, Button))]
