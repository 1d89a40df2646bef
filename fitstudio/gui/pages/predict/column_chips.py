"""A file's columns against the model's inputs: found, missing, known answers, not used."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.chips import Chip
from fitstudio.gui.widgets.flow import FlowLayout
from fitstudio.gui.widgets.labels import ElidedLabel, Label, Sentence
from fitstudio.viewmodel.predict.column_match import ColumnMatch
from fitstudio.words import say

_CHIPS = 24


class ColumnChips(QWidget):
    """The file's columns against the model's inputs: found, missing, known answers, not used."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("predict.columns")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.GRID)
        self._match: ColumnMatch | None = None

    def show_match(self, match: ColumnMatch | None) -> None:
        """Show how the columns match."""
        if match == self._match:
            return
        self._match = match
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        if match is None:
            return
        if match.missing:
            names = ", ".join(
                say("**{name}** (is it {close}?)", name=name, close=close)
                if close
                else f"**{name}**"
                for name, close in match.missing
            )
            words = say("The model cannot answer without these columns: {names}.", names=names)
            sentence = Sentence(words, ink="error")
            sentence.setObjectName("predict.missing")
            self._column.addWidget(sentence)
        rows = (
            (say("Inputs found"), match.found, "accentSoft", "accentText"),
            (say("Known answers"), match.targets, "accent", "onAccent"),
            (say("Not used"), match.extra, "track", "text2"),
        )
        for title, names, ground, ink in rows:
            if names:
                self._column.addWidget(_chip_row(title, names, ground, ink))
        if match.reordered:
            words = say("The columns stand in another order than in training; that is fine.")
            self._column.addWidget(ElidedLabel(words, ink="text3", style="small"))


def _chip_row(title: str, names: tuple[str, ...], ground: str, ink: str) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    label = Label(title, ink="text2")
    label.setFixedWidth(112)
    label.setContentsMargins(0, 3, 0, 0)
    layout.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
    holder = QWidget()
    policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    holder.setSizePolicy(policy)
    flow = FlowLayout(holder)
    for name in names[:_CHIPS]:
        flow.addWidget(Chip(name, ground=ground, ink=ink))
    if len(names) > _CHIPS:
        flow.addWidget(Label(f"+ {len(names) - _CHIPS}", ink="text2"))
    layout.addWidget(holder, 1)
    return row
