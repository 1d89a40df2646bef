"""The first rows of the data under the heads of their columns, and which rows they are."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fitstudio.gui.pages.data.column_header import HEIGHT, ColumnHeader
from fitstudio.gui.pages.data.row_model import RowModel
from fitstudio.gui.pages.data.row_table import RowTable
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.buttons import link_button
from fitstudio.gui.widgets.labels import Label, Sentence
from fitstudio.viewmodel.data.column_views import ColumnView
from fitstudio.viewmodel.data.page import DataView
from fitstudio.viewmodel.data.roles import Role
from fitstudio.viewmodel.data.row_pages import RowPages
from fitstudio.words import say
from fitstudio.words.numbers import format_count

_FEW_ROWS = 7
_MANY_ROWS = 15
_MOST_SPARE = 40
_MOST_SQUEEZED = 8


class RowPreview(QWidget):
    """A few rows of the data, or more of them on request.

    Args:
        pages: Where the rows come from.
        role_words: How the roles are called.

    Attributes:
        role_pressed: Emitted when the role of a column is pressed: the column, and where.
        table: The table itself.
        header: The heads of its columns.
        place: Which rows are in sight, in words.
    """

    role_pressed = Signal(int, QPoint)

    def __init__(
        self, pages: RowPages, role_words: Mapping[Role, str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._role_words = dict(role_words)
        self._view: DataView | None = None
        self._shown_columns: tuple[ColumnView, ...] = ()
        self._show_all = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.GRID)
        self._targets = Sentence("", ink="text2")
        self._targets.setObjectName("data.targets")
        column.addWidget(self._targets)
        self._rows = RowModel(pages, self)
        self.table = RowTable()
        self.table.resized.connect(self._on_table_resized)
        self.table.setObjectName("data.table")
        self.table.setAccessibleName(say("Rows of the file"))
        self.header = ColumnHeader(self.table)
        self.header.role_pressed.connect(self.role_pressed)
        self.table.setHorizontalHeader(self.header)
        self.table.setModel(self._rows)
        self.table.verticalScrollBar().valueChanged.connect(self._show_place)
        column.addWidget(self.table)
        foot = QHBoxLayout()
        self.place = Label("", ink="text2", style="small")
        foot.addSpacing(10)
        foot.addWidget(self.place)
        foot.addStretch(1)
        self._all_button = link_button("")
        self._all_button.setObjectName("data.show_all")
        self._all_button.clicked.connect(self._on_show_all)
        foot.addWidget(self._all_button)
        column.addLayout(foot)

    def show_view(self, view: DataView) -> bool:
        """Shows the columns and rows of the data.

        Returns:
            Whether they are others than before.
        """
        self._view = view
        self._targets.set_sentence(view.targets)
        if view.columns == self._shown_columns and view.rows == self._rows.rowCount():
            return False
        self._shown_columns = view.columns
        self.header.set_columns(view.columns, self._role_words)
        self._rows.set_shape(view.columns, view.rows)
        self.header.show_targets_first()
        self._size_table(view)
        return True

    def _size_table(self, view: DataView) -> None:
        widths = self.header.wanted_widths()
        room = self.table.viewport().width()
        spare = room - sum(widths)
        if spare > 0 and widths:
            # The columns share what is left, so that the table ends where the card does.
            share = min(spare // len(widths), _MOST_SPARE)
            widths = [width + share for width in widths]
        elif widths and -spare <= _MOST_SQUEEZED * len(widths):
            # A few pixels less each are better than a scroll bar.
            widths = [width - math.ceil(-spare / len(widths)) for width in widths]
            spare = 0
        if widths and 0 <= room - sum(widths) <= _MOST_SPARE:
            widths[-1] += room - sum(widths)
        self.header.set_widths(widths)
        bar = self.table.horizontalScrollBar().sizeHint().height() if spare < 0 else 0
        shown = min(view.rows, _MANY_ROWS if self._show_all else _FEW_ROWS)
        self.table.setFixedHeight(HEIGHT + shown * Size.ROW_DATA + bar)
        policy = Qt.ScrollBarPolicy
        self.table.setHorizontalScrollBarPolicy(
            policy.ScrollBarAlwaysOn if spare < 0 else policy.ScrollBarAlwaysOff
        )
        self.table.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if self._show_all else policy.ScrollBarAlwaysOff
        )
        self._all_button.setVisible(view.rows > _FEW_ROWS)
        self._all_button.setText(say("Show fewer") if self._show_all else say("Show all"))
        self._show_place()

    def _show_place(self) -> None:
        if self._view is None or not self._view.rows:
            self.place.setText("")
            return
        first = max(self.table.rowAt(0), 0)
        shown = min(self._view.rows, _MANY_ROWS if self._show_all else _FEW_ROWS)
        last = min(first + shown, self._view.rows)
        self.place.setText(
            say(
                "Rows {first} to {last} of {count}",
                first=format_count(first + 1),
                last=format_count(last),
                count=format_count(self._view.rows),
            )
        )

    def _on_table_resized(self) -> None:
        if self._view is not None:
            self._size_table(self._view)

    def _on_show_all(self) -> None:
        self._show_all = not self._show_all
        if not self._show_all:
            self.table.scrollToTop()
        if self._view is not None:
            self._size_table(self._view)
