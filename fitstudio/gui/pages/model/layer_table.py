"""The layer table of the Model page: what each layer does, what it hands on, what it learns."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QHeaderView, QWidget

from fitstudio.gui.theme.tokens import Size
from fitstudio.gui.widgets.tables import INK_ROLE, DataTable
from fitstudio.viewmodel.model.page import LayerRow
from fitstudio.words import say

_NUMBER_COLUMNS = (2, 3)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

Index = QModelIndex | QPersistentModelIndex


class LayerTableModel(QAbstractTableModel):
    """The rows of the table."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[LayerRow] = []
        self._heads = [
            say("Layer"),
            say("Settings"),
            say("Output"),
            say("Weights"),
            say("Name in checkpoints"),
        ]

    def show_rows(self, rows: list[LayerRow]) -> None:
        """Shows another model."""
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One row a layer."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """As many as there are headings."""
        return 0 if parent.isValid() else len(self._heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The headings above; rows have none."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_RIGHT if section in _NUMBER_COLUMNS else _LEFT)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell's text, and how it stands: numbers to the right."""
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (row.operation, row.details, row.shape, row.parameters, row.name)[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_RIGHT if column in _NUMBER_COLUMNS else _LEFT)
        if role == INK_ROLE:
            return {1: "text2", 4: "text3"}.get(column, "text")
        return None


class LayerTable(DataTable):
    """The layer table, as high as its rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(row_height=Size.ROW_DATA, select_rows=False, parent=parent)
        self.setObjectName("model.layers")
        self.setAccessibleName(say("Layers"))
        self._model = LayerTableModel(self)
        self.setModel(self._model)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_rows(self, rows: list[LayerRow]) -> None:
        """Shows another model and takes the height that it needs."""
        self._model.show_rows(rows)
        self.setFixedHeight(Size.TABLE_HEAD + Size.ROW_DATA * len(rows) + 2)
