"""Simple models beside the run's network: who is ahead, and the button that has them measured."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.buttons import secondary_button
from fitstudio.gui.widgets.cards import Card
from fitstudio.gui.widgets.labels import Sentence, as_tip
from fitstudio.gui.widgets.lock import lock
from fitstudio.viewmodel.results.simple_models import SimpleModels
from fitstudio.words import say


class SimpleModelsCard(Card):
    """A sentence for each target, and a button.

    Args:
        model: What is known about the simple models.
    """

    def __init__(self, model: SimpleModels, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("results.simple_models")
        self.setAccessibleName(say("Simple models on the same rows"))
        self.set_margins(Space.CARD, 10, Space.CARD, 10)
        self._model = model
        self._text = Sentence("", ink="text2")
        self.button = secondary_button(say("Compare"))
        self.button.setObjectName("results.compare_simple")
        self.button.clicked.connect(self._on_pressed)
        row = QHBoxLayout()
        row.setSpacing(Space.CARD)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        self.add(row)
        model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Shows what is known now."""
        model = self._model
        self._text.set_sentence(" ".join(model.sentences()))
        self._text.setToolTip(as_tip(" ".join(model.notes())))
        measuring = model.state == "measuring"
        again = say("Compare again") if model.found is not None else say("Compare")
        self.button.say(say("Cancel") if measuring else again)
        # Giving up changes nothing.
        lock(self.button, None if measuring else model.session.cannot_change)

    def _on_pressed(self) -> None:
        if self._model.state == "measuring":
            self._model.cancel()
        else:
            self._model.compare()
