"""The rows of the data file as Qt's table model: read in pages, missing cells say so."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from fitstudio.gui.widgets.labels import as_tip
from fitstudio.gui.widgets.tables import INK_ROLE
from fitstudio.viewmodel.data.column_views import ColumnView
from fitstudio.viewmodel.data.roles import Role
from fitstudio.viewmodel.data.row_pages import RowPages
from fitstudio.words import say
from fitstudio.words.numbers import format_count

_Index = QModelIndex | QPersistentModelIndex
_NUMBER = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_TEXT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class RowModel(QAbstractTableModel):
    """Asks `RowPages` for cells; a row that is not there yet shows … until it comes."""

    def __init__(self, pages: RowPages, parent=None) -> None:
        super().__init__(parent)
        self._pages = pages
        self._columns: Sequence[ColumnView] = ()
        self._rows = 0
        self._missing = say("missing")
        pages.page_came.connect(self._on_page)

    def set_shape(self, columns: Sequence[ColumnView], rows: int) -> None:
        """Another file, or the same with other roles."""
        same = [each.name for each in columns] == [each.name for each in self._columns]
        if same and rows == self._rows:
            self._columns = columns
            if rows:
                last = self.index(self._rows - 1, len(columns) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._columns, self._rows = columns, rows
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        """As many as the data has; none inside a cell."""
        return 0 if parent is not None and parent.isValid() else self._rows

    def columnCount(self, parent: _Index | None = None) -> int:
        """As many as the data has; none inside a cell."""
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0):
        """A column's name, and all that is known about it as a tip."""
        if orientation != Qt.Orientation.Horizontal or section >= len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].name
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_tip(self._columns[section].tip)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole):
        """A cell's text, its side and its colour; an ellipsis while its row is still read."""
        column = self._columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _NUMBER if column.numeric else _TEXT
        if role not in (Qt.ItemDataRole.DisplayRole, INK_ROLE):
            return None
        try:
            cell = self._pages.cell(index.row(), index.column())
        except (KeyError, IndexError):
            return "…" if role == Qt.ItemDataRole.DisplayRole else "text3"
        if role == INK_ROLE:
            if cell is None:
                return "warning"
            return "text2" if column.role is Role.LEFT_OUT else "text"
        if cell is None:
            return self._missing
        return _spaced(cell) if column.numeric else cell

    def _on_page(self, first: int, after: int) -> None:
        if self._rows:
            last = min(after, self._rows) - 1
            self.dataChanged.emit(
                self.index(first, 0), self.index(max(last, 0), len(self._columns) - 1)
            )


def _spaced(number: str) -> str:
    """Marks between thousands, as everywhere; years stay as they are."""
    whole, point, rest = number.partition(".")
    digits = whole.lstrip("-+")
    if not digits.isdigit() or len(digits) < 5:
        return number
    sign = whole[: len(whole) - len(digits)]
    return f"{sign}{format_count(int(digits))}{point}{rest}"
