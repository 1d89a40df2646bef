"""The finished epochs as a table, best one first, and the run's log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStackedLayout,
    QStyleOptionViewItem,
    QWidget,
)

from fitstudio.gui.plots.series import Marker, marker_path
from fitstudio.gui.theme import fonts
from fitstudio.gui.theme.theme import colour
from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.cards import Card
from fitstudio.gui.widgets.inputs.segmented import Segmented
from fitstudio.gui.widgets.labels import as_tip
from fitstudio.gui.widgets.tables import INK_ROLE, STRONG_ROLE, DataTable, RowDelegate
from fitstudio.viewmodel.monitor import epoch_table
from fitstudio.viewmodel.monitor.epoch_table import Column
from fitstudio.viewmodel.monitor.page import MonitorModel
from fitstudio.words import say

_Index = QModelIndex | QPersistentModelIndex
# Beside the number of the best epoch: the diamond and its distances.
_DIAMOND = 23
_LOOKED_AT = 30
_WIDEST_VALUE = "0.00000"
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_INKS = {"error": "error", "warning": "warning", "advice": "warning"}


class EpochsCard(Card):
    """Table or log, in the same place."""

    def __init__(self, model: MonitorModel, parent: QWidget | None = None) -> None:
        super().__init__(say("Epochs"), parent=parent)
        self._model = model
        # Cells keep their own distance: the table begins that much further left than the title.
        self.set_margins(Space.CARD - RowDelegate.PAD, 10, 12, 8)
        self.head.setContentsMargins(RowDelegate.PAD, 0, 0, 0)
        self.body.setSpacing(0)
        self._choice = Segmented([("table", say("Table")), ("log", say("Log"))])
        self._choice.setObjectName("monitor.epochs_or_log")
        self._choice.setAccessibleName(say("Table of epochs, or log"))
        self.add_to_head(self._choice)
        self.rows = EpochRows(model)
        self.table = _CopyTable(select_rows=True)
        self.table.setObjectName("table.epochs")
        self.table.setAccessibleName(say("Finished epochs"))
        self.table.setModel(self.rows)
        self.table.setItemDelegate(_EpochDelegate(self.table))
        self.rows.modelReset.connect(self.table.share_width)
        self.rows.rowsInserted.connect(self.table.share_width)
        self.log = LogRows(model)
        self.log_view = _CopyTable(select_rows=True)
        self.log_view.setObjectName("table.log")
        self.log_view.setAccessibleName(say("Log"))
        self.log_view.setModel(self.log)
        self.log_view.horizontalHeader().hide()
        self.log_view.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.log_view.setColumnWidth(0, 92)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.log_view)
        self.add(holder, 1)
        self._choice.valueChanged.connect(
            lambda value: self._stack.setCurrentIndex(0 if value == "table" else 1)
        )

    def refresh(self) -> None:
        """Show the model as it is now."""
        self.rows.refresh()
        if self._choice.value() == "log" or not self.log.rowCount():
            bar = self.log_view.verticalScrollBar()
            at_end = bar.value() >= bar.maximum() - 4
            self.log.refresh()
            if at_end:
                self.log_view.scrollToBottom()


class EpochRows(QAbstractTableModel):
    """The best epoch, then all of them from the newest to the first."""

    def __init__(self, model: MonitorModel) -> None:
        super().__init__()
        self._model = model
        self._columns: list[Column] = []
        self._count = 0
        self._best: int | None = None

    def refresh(self) -> None:
        """Take over what is new; the view keeps its place."""
        state = self._model.state
        columns = epoch_table.columns_of(state) if state is not None and state.epochs else []
        epochs = len(state.epochs) if state is not None else 0
        if columns != self._columns or epochs < self._count:
            self.beginResetModel()
            self._columns, self._count = columns, epochs
            self.endResetModel()
        elif epochs > self._count:
            # Newest first: they come in under the pinned row.
            had_rows = self._count > 0
            if not had_rows:
                self.beginResetModel()
                self._count = epochs
                self.endResetModel()
            else:
                self.beginInsertRows(QModelIndex(), 1, epochs - self._count)
                self._count = epochs
                self.endInsertRows()
        best = state.best_epoch if state is not None else None
        if best != self._best and self._count:
            self._best = best
            self.dataChanged.emit(self.index(0, 0), self.index(0, len(self._columns) - 1))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One a finished epoch, and one more for the best."""
        return 0 if parent.isValid() or not self._count else self._count + 1

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """The epoch, then one a measured value."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The values' titles; what they mean as tooltips."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self._columns):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._columns[section].title
            case Qt.ItemDataRole.ToolTipRole:
                return as_tip(self._columns[section].tip)
            case Qt.ItemDataRole.TextAlignmentRole:
                return int(_RIGHT)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell in words; the first row is the best epoch, the others run backwards."""
        state = self._model.state
        if state is None or not index.isValid():
            return None
        pinned = index.row() == 0
        if pinned:
            row = state.best_row
        else:
            at = self._count - index.row()
            row = state.epochs[at] if 0 <= at < len(state.epochs) else None
        if row is None:
            return None
        column = self._columns[index.column()].name
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return epoch_table.cell(row, column, self._model.scale)
            case Qt.ItemDataRole.AccessibleTextRole if pinned and column == "epoch":
                return say("Best, epoch {epoch_table}", epoch_table=epoch_table.cell(row, column))
            case Qt.ItemDataRole.TextAlignmentRole:
                return int(_RIGHT)
            case _ if role == STRONG_ROLE:
                return pinned
            case _ if role == INK_ROLE:
                return "text2" if column == "epoch" else "text"
        return None


class _EpochDelegate(RowDelegate):
    """The pinned row has the diamond that marks the best epoch on the plot."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        if index.row() or index.column():
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = fonts.font("strong")
        painter.setFont(font)
        number = painter.fontMetrics().horizontalAdvance(str(index.data()))
        word = say("Best")
        room = option.rect.width() - number - 2 * self.PAD
        width = painter.fontMetrics().horizontalAdvance(word)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("text2"))
        right = option.rect.right() - self.PAD - number - 8
        if room > width + 22:
            painter.setPen(colour("text2"))
            area = QRectF(right - width, option.rect.top(), width + 1, option.rect.height() - 1)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, word)
            painter.setPen(Qt.PenStyle.NoPen)
            right -= width + 6
        centre = QPointF(right - 6, option.rect.center().y())
        painter.drawPath(marker_path(Marker.DIAMOND, centre, 11))
        painter.restore()


class LogRows(QAbstractTableModel):
    """The log, in order of time."""

    def __init__(self, model: MonitorModel) -> None:
        super().__init__()
        self._model = model
        self._lines: list[epoch_table.LogLine] = []

    def refresh(self) -> None:
        """Take over what is new."""
        state = self._model.state
        lines = epoch_table.log_lines(state) if state is not None else []
        if lines == self._lines:
            return
        kept = len(self._lines)
        if kept and lines[:kept] == self._lines:
            self.beginInsertRows(QModelIndex(), kept, len(lines) - 1)
            self._lines = lines
            self.endInsertRows()
        else:
            self.beginResetModel()
            self._lines = lines
            self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One a line of the log."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """The time, and what happened."""
        return 0 if parent.isValid() else 2

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The time or the sentence of a line; the tooltip has a sentence that was cut."""
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                if index.column() == 1:
                    return line.sentence
                return datetime.fromtimestamp(line.time).strftime("%H:%M:%S")
            case Qt.ItemDataRole.ToolTipRole:
                return as_tip(line.sentence)
            case _ if role == INK_ROLE:
                return "text3" if index.column() == 0 else _INKS.get(line.level, "text")
        return None


class _CopyTable(DataTable):
    """A table whose selected rows can be copied, as text between tabs."""

    def __init__(self, *, select_rows: bool) -> None:
        super().__init__(select_rows=select_rows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)

    def share_width(self) -> None:
        """Give each column the room of what stands in it, and all an equal part of the rest."""
        needed = self._needed_widths()
        if not needed:
            return
        spare = max(0, self.viewport().width() - sum(needed)) // len(needed)
        for section, width in enumerate(needed):
            if self.columnWidth(section) != width + spare:
                self.setColumnWidth(section, width + spare)

    def _needed_widths(self) -> list[int]:
        model = self.model()
        plain = QFontMetrics(fonts.font("body"))
        # The best row is in strong type: it must be readable above all others.
        strong = QFontMetrics(fonts.font("strong"))
        last = model.columnCount() - 1
        rows = range(min(model.rowCount(), _LOOKED_AT))
        needed = []
        for section in range(model.columnCount()):
            heading = str(model.headerData(section, Qt.Orientation.Horizontal) or "")
            if 0 < section < last:
                width = strong.horizontalAdvance(_WIDEST_VALUE)
            else:
                cells = (str(model.index(row, section).data() or "") for row in rows)
                width = max((strong.horizontalAdvance(cell) for cell in cells), default=0)
            if section == 0:
                width += strong.horizontalAdvance(say("Best")) + _DIAMOND
            needed.append(max(width, plain.horizontalAdvance(heading)) + 2 * RowDelegate.PAD)
        return needed

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.horizontalHeader().isHidden():
            self.share_width()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted({index.row() for index in self.selectedIndexes()})
            columns = range(self.model().columnCount())
            text = "\n".join(
                "\t".join(str(self.model().index(row, column).data()) for column in columns)
                for row in rows
            )
            QApplication.clipboard().setText(text)
        else:
            super().keyPressEvent(event)
