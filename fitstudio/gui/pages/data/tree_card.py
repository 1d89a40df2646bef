"""The tree of an HDF5 or NPZ file: groups and arrays, each array with what it is for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from fitstudio.declared.task.dataset_summary import TreeNode
from fitstudio.gui.pages.data.column_header import ROLE_LOOKS
from fitstudio.gui.theme.icons import icon
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.cards import Card
from fitstudio.gui.widgets.chips import Chip
from fitstudio.gui.widgets.labels import as_tip
from fitstudio.viewmodel.data.column_views import ColumnView
from fitstudio.viewmodel.data.roles import Role
from fitstudio.words import say

_ICONS = {"group": "folder", "array": "grid-four", "refused": "prohibit"}
_MOST_ROWS = 9


class TreeCard(Card):
    """Arrays to pick inputs and target from.

    Signals:
        role_pressed: An array's name, and where its menu belongs on the screen.
    """

    role_pressed = Signal(str, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("In the file"), say("Pick inputs and target"), parent=parent)
        self.set_margins(Space.CARD, 10, Space.CARD, 12)
        self.tree = _Tree()
        self.tree.setObjectName("data.tree")
        self.tree.setAccessibleName(say("Groups and arrays"))
        self.tree.setColumnCount(4)
        self.tree.setHeaderLabels([say("Name"), say("One sample"), say("Type"), say("Role")])
        head = self.tree.header()
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 150), (2, 150), (3, 120)):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.tree.setColumnWidth(column, width)
        head.setStretchLastSection(False)
        self.tree.opened.connect(self._on_opened)
        self.add(self.tree)
        self._items: dict[str, QTreeWidgetItem] = {}  # by the place in the file
        self._columns: dict[str, QTreeWidgetItem] = {}  # those in use, by the column's name
        self._nodes: list[TreeNode] = []

    def set_nodes(self, nodes: Sequence[TreeNode]) -> None:
        """Shows another file's tree."""
        nodes = [node for node in nodes if node.path]
        if nodes == self._nodes:
            return
        self._nodes = nodes
        self.tree.clear()
        self._items.clear()
        self._columns.clear()
        groups: dict[str, QTreeWidgetItem] = {}
        for node in nodes:
            parent = groups.get(node.path.rpartition("/")[0])
            item = QTreeWidgetItem()
            item.setText(0, node.name)
            item.setIcon(0, icon(_ICONS.get(node.kind, "grid-four"), "text2"))
            if node.kind == "array":
                shape = " × ".join(str(size) for size in node.shape[1:])
                item.setText(1, shape or say("one value"))
                item.setText(2, node.dtype)
                self._items[node.path] = item
            elif node.note:
                item.setText(1, node.note)
                item.setToolTip(1, as_tip(node.note))
            if parent is not None:
                parent.addChild(item)
            else:
                self.tree.addTopLevelItem(item)
            if node.kind == "group":
                groups[node.path] = item
        self.tree.expandAll()
        rows = min(len(nodes), _MOST_ROWS)
        self.tree.setFixedHeight(rows * (Size.ROW_DATA + 2) + Size.TABLE_HEAD + 6)

    def set_columns(
        self, columns: Sequence[ColumnView], role_words: dict[Role, str], *, group: str = ""
    ) -> None:
        """Shows what each array is for, and its type in words.

        Args:
            columns: The arrays that are in use.
            role_words: What each role is called.
            group: Where in the file their names begin; an array of that group has a short name.
        """
        for item in self._columns.values():
            self.tree.removeItemWidget(item, 3)
        self._columns.clear()
        for column in columns:
            item = self._items.get(f"{group}/{column.name}".strip("/"))
            item = item or self._items.get(column.name)
            if item is None:
                continue
            self._columns[column.name] = item
            item.setText(2, column.kind if column.type != "array" else item.text(2))
            ground, ink = ROLE_LOOKS[column.role]
            chip = Chip(role_words[column.role], ground=ground, ink=ink, caret=True)
            chip.setObjectName(f"data.role.{column.name}")
            chip.setAccessibleName(f"{column.name}, {role_words[column.role]}")
            chip.clicked.connect(
                lambda _on=False, name=column.name, chip=chip: self.role_pressed.emit(
                    name, chip.mapToGlobal(QPoint(0, chip.height() + 4))
                )
            )
            holder = QWidget()  # a chip alone would be drawn as large as the whole cell
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(chip)
            row.addStretch()
            self.tree.setItemWidget(item, 3, holder)

    def _on_opened(self, item: QTreeWidgetItem) -> None:
        for name, known in self._columns.items():
            if known is item:
                area = self.tree.visualItemRect(item)
                corner = self.tree.viewport().mapToGlobal(area.bottomLeft())
                self.role_pressed.emit(name, corner)


class _Tree(QTreeWidget):
    """A tree whose rows open by Enter as well."""

    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setRootIsDecorated(True)
        self.setIndentation(18)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if enter and item is not None:
            self.opened.emit(item)
        else:
            super().keyPressEvent(event)
