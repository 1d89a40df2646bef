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
        self._row.addStretch(1)
        self._tiles: list[_Tile] = []
        self.add(self._row)

    def show_scores(self, scores: list[Score]) -> None:
        """Show these scores instead of those before."""
        shown = scores[:_SHOWN]
        while len(self._tiles) < len(shown):
            self._tiles.append(_Tile())
            self._row.insertWidget(len(self._tiles) - 1, self._tiles[-1])
        for tile, score in zip(self._tiles, shown, strict=False):
            tile.show_score(score)
        for place, tile in enumerate(self._tiles):
            tile.setVisible(place < len(shown))


class _Tile(QWidget):
    """One score: small title, large value, small words under it."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self._title = Label("", ink="text2", style="small")
        column.addWidget(self._title)
        line = QHBoxLayout()
        line.setSpacing(8)
        self._value = Label("", style="title")
        line.addWidget(self._value)
        self._interval = Label("", ink="text3", style="small")
        line.addWidget(self._interval)
        line.addStretch(1)
        column.addLayout(line)
        self._baseline = ElidedLabel("", ink="text3", style="small")
        column.addWidget(self._baseline)

    def show_score(self, score: Score) -> None:
        """Say another score."""
        self.setToolTip(as_tip(score.tip))
        self.setAccessibleName(f"{score.title} {score.value} {score.interval}")
        self.setAccessibleDescription(score.baseline)
        self._title.setText(score.title)
        self._value.setText(score.value)
        self._interval.setText(score.interval)
        self._interval.setVisible(bool(score.interval))
        self._baseline.setText(score.baseline)
