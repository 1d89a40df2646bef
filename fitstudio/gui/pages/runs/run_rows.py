"""The table of runs as Qt sees it: cells as text, and roles for what the delegate paints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)

from fitstudio.gui.widgets.labels import as_tip
from fitstudio.gui.widgets.tables import INK_ROLE, STRONG_ROLE
from fitstudio.viewmodel import figures, own_units
from fitstudio.viewmodel.runs import run_words
from fitstudio.viewmodel.runs.columns import COLUMNS, Column
from fitstudio.viewmodel.runs.page import RunsModel, RunSummary
from fitstudio.words import numbers, say, say_count

_Index = QModelIndex | QPersistentModelIndex

LINE_ROLE = Qt.ItemDataRole.UserRole + 110
SERIES_ROLE = Qt.ItemDataRole.UserRole + 111
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RunRows(QAbstractTableModel):
    """One row a run, in the order of the view model."""

    def __init__(self, model: RunsModel) -> None:
        super().__init__()
        self._model = model
        self._lines: list[RunSummary] = list(model.lines)
        self._best = model.best_run()
        model.changed.connect(self._on_changed)

    def line(self, row: int) -> RunSummary | None:
        """The run of a row."""
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def row_of(self, run: str) -> int:
        """The row of a run, or -1."""
        return next((row for row, line in enumerate(self._lines) if line.run == run), -1)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One a run that the filter lets through."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """All columns, hidden ones as well."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The columns' titles; that of the ticks is for screen readers only."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.title(column)
            case Qt.ItemDataRole.AccessibleTextRole if column is Column.TICK:
                return say("Compare")
            case Qt.ItemDataRole.TextAlignmentRole if column in (Column.EPOCHS, Column.TOOK):
                return int(_RIGHT)
        return None

    def title(self, column: Column) -> str:
        """The heading of a column."""
        match column:
            case Column.TICK:
                return ""
            case Column.RUN:
                return say("Run")
            case Column.CHANGED:
                return say("What changed")
            case Column.BEST:
                return figures.monitored_title(self._model.monitor())
            case Column.CURVE:
                return say("Curve")
            case Column.EPOCHS:
                return say("Epochs")
            case Column.WHEN:
                return say("When")
            case Column.TOOK:
                return say("Took")
            case Column.NOTE:
                return say("Note")

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Runs can be ticked; names and notes edited, unless the project is for reading only."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        column = COLUMNS[index.column()] if index.isValid() else None
        if column is Column.TICK:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        if column in (Column.RUN, Column.NOTE) and not self._model.session.read_only:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell as text, as tooltip, or the whole line for the delegate."""
        line = self.line(index.row())
        if line is None:
            return None
        column = COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(line, column)
            case Qt.ItemDataRole.EditRole:
                return line.note if column is Column.NOTE else line.name
            case Qt.ItemDataRole.CheckStateRole if column is Column.TICK:
                on = self._model.is_ticked(line.run)
                return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ToolTipRole:
                return as_tip(self._tip(line, column) or "")
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(line, column)
            case Qt.ItemDataRole.TextAlignmentRole if column in (Column.EPOCHS, Column.TOOK):
                return int(_RIGHT)
            case _ if role == LINE_ROLE:
                return line
            case _ if role == SERIES_ROLE:
                return self._model.series_number(line.run)
            case _ if role == STRONG_ROLE:
                return self._is_best(line) and column in (Column.RUN, Column.BEST)
            case _ if role == INK_ROLE:
                return "text2" if column in (Column.EPOCHS, Column.WHEN, Column.NOTE) else "text"
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ticks a run, renames it or changes its note; False for all other columns."""
        line = self.line(index.row())
        if line is None:
            return False
        column = COLUMNS[index.column()]
        if role == Qt.ItemDataRole.CheckStateRole and column is Column.TICK:
            self._model.tick(line.run, Qt.CheckState(value) is Qt.CheckState.Checked)
            return True
        if role == Qt.ItemDataRole.EditRole and column is Column.RUN:
            self._model.rename(line.run, str(value))
            return True
        if role == Qt.ItemDataRole.EditRole and column is Column.NOTE:
            self._model.session.note_run(line.run, str(value))
            return True
        return False

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Has the view model order the lines: it knows what has no value."""
        self._model.sort(COLUMNS[column], descending=order is Qt.SortOrder.DescendingOrder)

    def _on_changed(self) -> None:
        lines = list(self._model.lines)
        self._best = self._model.best_run()
        if [line.run for line in lines] == [line.run for line in self._lines]:
            # Values changed, not rows: the view keeps its selection and its editor.
            self._lines = lines
            if lines:
                last = self.index(len(lines) - 1, len(COLUMNS) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
            return
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

    def _is_best(self, line: RunSummary) -> bool:
        return self._best is not None and self._best.run == line.run

    def _text(self, line: RunSummary, column: Column) -> str:
        match column:
            case Column.RUN:
                return f"{line.number} {line.name}"
            case Column.CHANGED:
                return run_words.changed_words(line)[0]
            case Column.BEST:
                return own_units.best_words(line)
            case Column.EPOCHS:
                return numbers.format_count(line.epochs) if line.epochs else "–"
            case Column.WHEN:
                badge = run_words.badge_of(line)
                return badge.text if badge else run_words.when_words(line, datetime.now())
            case Column.TOOK:
                return numbers.format_seconds(line.seconds) if line.seconds else "–"
            case Column.NOTE:
                return line.note.replace("\n", " ")
        return ""

    def _tip(self, line: RunSummary, column: Column) -> str | None:
        match column:
            case Column.CHANGED:
                return run_words.changed_words(line)[1]
            case Column.BEST if line.best is not None:
                title = figures.monitored_title(line.best.monitor)
                value = own_units.best_value(line)
                unit = numbers.format_measured(value, "", 6)
                words = own_units.best_measure(line) or ("", "", "")
                return say(
                    "{best}, epoch {epoch}",
                    best=f"{title} {unit} {words[2]}".rstrip(),
                    epoch=line.best.epoch + 1,
                )
            case Column.WHEN:
                began = ""
                if line.started:
                    began = datetime.fromtimestamp(line.started).strftime("%Y-%m-%d %H:%M:%S")
                return f"{line.sentence}\n{began}".strip()
            case Column.RUN | Column.NOTE:
                return f"{line.name}\n{line.note}".strip()
        return None

    def _spoken(self, line: RunSummary, column: Column) -> str:
        if column is Column.TICK:
            on = self._model.is_ticked(line.run)
            return say("compared") if on else say("not compared")
        if column is Column.CURVE:
            return say_count(line.epochs, "curve of {number} epoch", "curve of {number} epochs")
        text = self._text(line, column)
        if column is Column.RUN and line.starred:
            return say("{run}, starred", run=text)
        return text
