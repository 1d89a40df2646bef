"""The beginning of the results as a table: answers first, then the file's own columns."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from fitstudio.gui.widgets.labels import as_tip
from fitstudio.gui.widgets.tables import INK_ROLE, STRONG_ROLE
from fitstudio.viewmodel.predict.answers import Answers, share_text, short_number

_Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class AnswerRows(QAbstractTableModel):
    """The beginning of the results: answers first, then the file's own columns."""

    def __init__(self) -> None:
        super().__init__()
        self._answers: Answers | None = None
        self._order: list[int] = []
        self._numbers: frozenset[int] = frozenset()

    def show_answers(self, answers: Answers) -> bool:
        """Show these results; whether they are others than before."""
        if answers is self._answers:
            return False
        self.beginResetModel()
        self._answers = answers
        places = range(len(answers.columns))
        self._numbers = frozenset(at for at in places if _all_numbers(answers, at))
        self._order = sorted(places, key=lambda at: answers.columns[at] not in answers.answered)
        self.endResetModel()
        return True

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """The rows that are shown, not all that were predicted."""
        return 0 if parent.isValid() or self._answers is None else len(self._answers.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """The answers' columns and the file's own."""
        return 0 if parent.isValid() else len(self._order)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The names of the columns."""
        if self._answers is None or orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._answers.columns[self._order[section]]
        if role == Qt.ItemDataRole.TextAlignmentRole and self._order[section] in self._numbers:
            return int(_RIGHT)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell, answers in few digits; the tooltip has all of them."""
        if self._answers is None or not index.isValid():
            return None
        at = self._order[index.column()]
        row = self._answers.rows[index.row()]
        answered = self._answers.columns[at] in self._answers.answered
        match role:
            case Qt.ItemDataRole.DisplayRole:
                text = row[at] if at < len(row) else ""
                if answered and self._answers.columns[at].startswith("probability "):
                    return share_text(text, self._answers)
                return short_number(text, self._answers) if answered else text
            case Qt.ItemDataRole.ToolTipRole:
                return as_tip(row[at]) if at < len(row) else ""
            case Qt.ItemDataRole.TextAlignmentRole if at in self._numbers:
                return int(_RIGHT)
            case _ if role == STRONG_ROLE:
                return answered and index.column() == 0
            case _ if role == INK_ROLE:
                return "text" if answered else "text2"
        return None


def _all_numbers(answers: Answers, at: int) -> bool:
    """Whether a column holds numbers and nothing else; what is missing does not count."""
    texts = [row[at] for row in answers.rows if at < len(row) and row[at]]
    try:
        return bool(texts) and all(math.isfinite(answers.number(text)) for text in texts)
    except ValueError:
        return False
