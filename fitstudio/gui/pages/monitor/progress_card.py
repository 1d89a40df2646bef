"""How far the run is: epoch, step, pace, time left, and a bar."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.cards import Card
from fitstudio.gui.widgets.labels import Label
from fitstudio.viewmodel.monitor.page import MonitorModel
from fitstudio.words import say

_PARTS = 1000
_EPOCH_BAR = 56


class ProgressCard(Card):
    """One line of words over one bar."""

    def __init__(self, model: MonitorModel, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._model = model
        self.set_margins(Space.CARD, 12, Space.CARD, 14)
        self.body.setSpacing(Space.GRID)
        self._epoch = Label(style="strong")
        self._total = Label(ink="text2")
        self._step = Label(ink="text2")
        self._pace = Label(ink="text2")
        self._left = Label(style="strong")
        self._left.setObjectName("label.eta")
        self._epoch_bar = _bar("progress.epoch", say("Progress of this epoch"))
        self._epoch_bar.setFixedWidth(_EPOCH_BAR)
        self._run_bar = _bar("progress.run", say("Progress of the run"))
        words = QHBoxLayout()
        words.setSpacing(6)
        words.addWidget(self._epoch)
        words.addWidget(self._total)
        words.addSpacing(14)
        words.addWidget(self._step)
        words.addWidget(self._epoch_bar)
        words.addSpacing(14)
        words.addWidget(self._pace)
        words.addStretch(1)
        words.addWidget(self._left)
        self.add(words)
        self.add(self._run_bar)

    def refresh(self) -> None:
        """Show the model as it is now."""
        epoch, total = self._model.epoch_words()
        step = self._model.step_words()
        for label, text in (
            (self._epoch, epoch),
            (self._total, total),
            (self._step, step),
            (self._pace, self._model.pace_words()),
            (self._left, self._model.time_words()),
        ):
            if label.text() != text:
                label.setText(text)
        self._epoch_bar.setVisible(bool(step))
        self._epoch_bar.setValue(round(self._model.epoch_progress() * _PARTS))
        progress = self._model.progress()
        # An endless bar would claim work where there is none: unknown progress is an empty bar.
        self._run_bar.setValue(round((progress or 0.0) * _PARTS))


def _bar(name: str, words: str) -> QProgressBar:
    bar = QProgressBar()
    bar.setObjectName(name)
    bar.setAccessibleName(words)
    bar.setTextVisible(False)
    bar.setRange(0, _PARTS)
    return bar
