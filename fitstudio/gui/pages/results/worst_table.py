"""The table of the rows that a model got most wrong, with their pictures where they are such."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from fitstudio.gui.theme.tokens import Size
from fitstudio.gui.widgets.labels import as_tip
from fitstudio.gui.widgets.tables import INK_ROLE, PICTURE_ROLE, RowDelegate
from fitstudio.gui.widgets.thumbnail import as_image
from fitstudio.viewmodel.results.shown_results import Thumbnail
from fitstudio.viewmodel.results.worst_rows import WorstRow
from fitstudio.words import say

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
# High enough for a picture in which something can be seen.
_PICTURE_ROW = 44


class WorstTable(QTableWidget):
    """At most fifty rows, the worst first."""

    def __init__(self) -> None:
        super().__init__()
        self._places: list[int | None] = []
        self.setObjectName("results.worst")
        self.setAccessibleName(say("Worst rows"))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setItemDelegate(RowDelegate(self))
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(Size.ROW_DATA)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setFixedHeight(Size.TABLE_HEAD)

    def show_rows(
        self, headings: tuple[str, ...], rows: Sequence[WorstRow], *, numbers: bool
    ) -> None:
        """Fill the table anew."""
        self._places = [row.place for row in rows]
        pictures = any(row.file for row in rows)
        self.verticalHeader().setDefaultSectionSize(_PICTURE_ROW if pictures else Size.ROW_DATA)
        short = list(headings)
        if not numbers:
            short[3] = say("Chance")
        self.setColumnCount(len(short))
        self.setHorizontalHeaderLabels(short)
        self.setRowCount(len(rows))
        for section, heading in enumerate(headings):
            right = (numbers or section in (0, 3)) and not (pictures and section == 0)
            item = self.horizontalHeaderItem(section)
            assert item is not None
            item.setToolTip(as_tip(heading))
            item.setTextAlignment(
                _RIGHT if right else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            )
            for row, each in enumerate(rows):
                text = (each.row, each.true, each.predicted, each.measure)[section]
                # Beside classes there is no room for a file's name: its picture tells it, and
                # the name stands in the tooltip.
                alone = section == 0 and bool(each.file) and not numbers
                cell = QTableWidgetItem("" if alone else text)
                cell.setToolTip(as_tip(each.file or text if section == 0 else text))
                cell.setData(Qt.ItemDataRole.AccessibleTextRole, each.file if alone else text)
                if section == 0 and each.file:
                    # The place of the picture is there before the picture is.
                    cell.setData(PICTURE_ROLE, QImage())
                cell.setData(INK_ROLE, "text2" if section == 0 else "text")
                if right:
                    cell.setData(Qt.ItemDataRole.TextAlignmentRole, int(_RIGHT))
                self.setItem(row, section, cell)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        if not numbers:
            # The class that was predicted has the longest heading: it gets what the others leave.
            for section in (0, 1, 3):
                header.setSectionResizeMode(section, QHeaderView.ResizeMode.ResizeToContents)

    def show_pictures(self, found: Mapping[int, Thumbnail]) -> None:
        """Puts the pictures beside the names of their files.

        Args:
            found: Pictures by the rows that they are of.
        """
        for row, place in enumerate(self._places):
            cell = self.item(row, 0)
            if cell is not None and place is not None and place in found:
                cell.setData(PICTURE_ROLE, as_image(found[place]))
