"""The final scores in a row: value, interval, and what a trivial model would reach."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.cards import Card
from fitstudio.gui.widgets.labels import ElidedLabel, Label, as_tip
from fitstudio.viewmodel.results.scores import Score

_SHOWN = 5


class ScoreCard(Card):
    """As many scores as there is room for; the rest is in the plain table of metrics."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("results.scores")
        self.set_margins(Space.CARD, 16, Space.CARD, 16)
        self._row = QHBoxLayout()
        self._row.setSpacing(28)
        self.add(self._row)

    def show_scores(self, scores: list[Score]) -> None:
        """Show these scores instead of those before."""
        while self._row.count():
            item = self._row.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for score in scores[:_SHOWN]:
            self._row.addWidget(_Tile(score))
        self._row.addStretch(1)


class _Tile(QWidget):
    """One score: small title, large value, small words under it."""

    def __init__(self, score: Score) -> None:
        super().__init__()
        self.setToolTip(as_tip(score.tip))
        self.setAccessibleName(f"{score.title} {score.value} {score.interval}")
        self.setAccessibleDescription(score.baseline)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(Label(score.title, ink="text2", style="small"))
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(Label(score.value, style="title"))
        if score.interval:
            line.addWidget(Label(score.interval, ink="text3", style="small"))
        line.addStretch(1)
        column.addLayout(line)
        baseline = ElidedLabel(score.baseline, ink="text3", style="small")
        column.addWidget(baseline)
