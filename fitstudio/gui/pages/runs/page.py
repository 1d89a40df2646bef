"""The Runs page: every run of the project in a table, the ticked ones compared below."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from fitstudio.declared.plain_words import Paragraph
from fitstudio.gui.pages.page import Page
from fitstudio.gui.pages.runs.compare_card import CompareCard
from fitstudio.gui.pages.runs.run_delegate import RunDelegate
from fitstudio.gui.pages.runs.run_rows import RunRows
from fitstudio.gui.pages.runs.waiting_card import WaitingCard
from fitstudio.gui.pages.view_settings import view_settings
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.buttons import ghost_button, secondary_button
from fitstudio.gui.widgets.cards import Card
from fitstudio.gui.widgets.findings import FindingBar
from fitstudio.gui.widgets.inputs.text import SearchEdit
from fitstudio.gui.widgets.labels import Sentence
from fitstudio.gui.widgets.lock import lock
from fitstudio.gui.widgets.signs import EmptyState
from fitstudio.gui.widgets.tables import DataTable
from fitstudio.viewmodel.runs import sentences as runs_words
from fitstudio.viewmodel.runs.columns import COLUMNS, HIDDEN_AT_FIRST, Column
from fitstudio.viewmodel.runs.page import RunsModel, RunSummary
from fitstudio.viewmodel.runs.queue import WaitingRuns
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import marked, say, say_marked

_WIDTHS = {
    Column.TICK: 44,
    Column.RUN: 184,
    Column.CHANGED: 166,
    Column.BEST: 118,
    Column.CURVE: 104,
    Column.EPOCHS: 66,
    Column.WHEN: 106,
    Column.TOOK: 84,
    Column.NOTE: 180,
}
_TABLE_HEIGHT = 6 * Size.ROW_RUNS + Size.TABLE_HEAD + 16


class RunsPage(Page):
    """Table above, comparison below, a splitter between them."""

    def __init__(self, session: ProjectSession, parent: QWidget | None = None) -> None:
        super().__init__("page.runs", say("Runs"), parent=parent)
        self.session = session
        self.model = RunsModel(session)
        self._settings = view_settings()
        self._discarding: str | None = None
        self.waiting = WaitingRuns(session)
        self._make_head()
        self._make_table()
        self.compare = CompareCard(self.model)
        self.compare.like_wanted.connect(self._on_like_wanted)
        self.compare.settings_wanted.connect(self._on_settings_wanted)
        self._place_parts()
        # Under the rest: when the queue empties, no row moves away under the pointer.
        self.add(WaitingCard(self.waiting))
        self.model.changed.connect(self._on_changed)
        self.model.compared.connect(self._on_compared)
        self.goes_with(self.model.close, self.waiting.close)
        self.waiting.refresh()
        self._on_changed()

    def plain_words(self) -> list[Paragraph]:
        """What the side panel says while this page is shown."""
        return runs_words.say(self.model)

    def cannot_search(self) -> str | None:
        """Before the first run there is no filter."""
        return None if self.session.runs else say("There are no runs to search yet.")

    def focus_search(self) -> None:
        """Go to the filter."""
        self._filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._filter.selectAll()

    def _make_head(self) -> None:
        self._filter = SearchEdit(say("Filter runs"))
        self._filter.setObjectName("runs.filter")
        self._filter.textChanged.connect(self.model.set_filter)
        self._columns = ghost_button(say("Columns"), icon="sliders-horizontal")
        self._columns.setObjectName("runs.columns")
        self._columns.clicked.connect(self._show_columns_menu)
        self._like = secondary_button(say("New run like this"), icon="copy")
        self._like.setObjectName("runs.new_like")
        self._like.clicked.connect(lambda: self._on_like_wanted(self._current_run()))
        for widget in (self._filter, self._columns, self._like):
            self.page_head.add(widget)

    def _make_table(self) -> None:
        self.rows = RunRows(self.model)
        self.table = _RunsTable(self)
        self.table.setModel(self.rows)
        delegate = RunDelegate(self.table)
        delegate.star_pressed.connect(self._on_star_pressed)
        self.table.setItemDelegate(delegate)
        header = self.table.horizontalHeader()
        header.setSortIndicatorShown(True)
        header.setSectionsClickable(True)
        for section, column in enumerate(COLUMNS):
            self.table.setColumnWidth(section, _WIDTHS[column])
            hidden = self._settings.value(f"runs/hide_{column}", column in HIDDEN_AT_FIRST)
            self.table.setColumnHidden(section, str(hidden).lower() == "true")
        header.setSectionResizeMode(COLUMNS.index(Column.TICK), QHeaderView.ResizeMode.Fixed)
        changed = COLUMNS.index(Column.CHANGED)
        header.setSectionResizeMode(changed, QHeaderView.ResizeMode.Stretch)
        header.setSortIndicator(COLUMNS.index(Column.RUN), Qt.SortOrder.DescendingOrder)
        self.table.setSortingEnabled(True)
        self.table.selectionModel().currentRowChanged.connect(self._on_row_chosen)
        self.table.doubleClicked.connect(self._on_double_clicked)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.rows.modelReset.connect(self._keep_row)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.table)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(lambda: self._ask_to_discard(self._current_run()))

    def _place_parts(self) -> None:
        table_card = Card()
        table_card.set_margins(10, 6, 10, 6)
        self._question = FindingBar()
        self._question.fix_pressed.connect(self._on_discard_confirmed)
        self._keep = ghost_button(say("Keep it"), small=True)
        self._keep.setObjectName("runs.keep")
        row = QHBoxLayout()
        row.addWidget(self._question, 1)
        row.addWidget(self._keep)
        self._asking = QWidget()
        self._asking.setLayout(row)
        self._asking.hide()
        self._keep.clicked.connect(self._asking.hide)
        table_card.add(self._asking)
        self._no_hit = Sentence(say("No run has all of these words."), ink="text2")
        self._no_hit.hide()
        table_card.add(self._no_hit)
        table_card.add(self.table, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setObjectName("runs.splitter")
        splitter.setHandleWidth(Space.CARDS)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(table_card)
        splitter.addWidget(self.compare)
        splitter.setStretchFactor(0, 0)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([_TABLE_HEIGHT, 1000])
        table_card.setMinimumHeight(140)
        self.compare.setMinimumHeight(200)
        kept = self._settings.value("runs/splitter")
        if kept is not None:
            splitter.restoreState(kept)
        splitter.splitterMoved.connect(
            lambda: self._settings.setValue("runs/splitter", splitter.saveState())
        )
        self._empty = EmptyState(
            "rows",
            say("No runs yet"),
            say("Each training becomes a run: it is kept here, to compare and to use."),
        )
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(splitter)
        holder = QWidget()
        self._places = QStackedLayout(holder)
        self._places.addWidget(self._empty)
        self._places.addWidget(whole)
        self.add(holder, 1)
        self.content.setContentsMargins(0, Space.HALF, 0, Space.WINDOW)

    # What changes

    def _on_changed(self) -> None:
        count = len(self.session.runs)
        shown = len(self.model.lines)
        self._places.setCurrentIndex(1 if count else 0)
        caption = say("{count} in this project", count=count) if count else ""
        self._no_hit.setVisible(count > 0 and not shown)
        if shown != count:
            caption = say("{shown} of {count}", shown=shown, count=count)
        self.page_head.set_title(say("Runs"), caption)
        for widget in (self._filter, self._columns):
            widget.setVisible(count > 0)
        self._show_like()
        self.plainWordsChanged.emit()

    def _on_compared(self) -> None:
        self.plainWordsChanged.emit()

    def _keep_row(self) -> None:
        """After the rows were ordered anew: the same run stays the current one."""
        row = self.rows.row_of(self._chosen) if self._chosen else -1
        if row < 0 and self.rows.rowCount():
            row = 0
        if row >= 0:
            self.table.selectionModel().setCurrentIndex(
                self.rows.index(row, 1),
                QItemSelectionModel.SelectionFlag.ClearAndSelect
                | QItemSelectionModel.SelectionFlag.Rows,
            )

    _chosen: str = ""

    def _on_row_chosen(self, current: QModelIndex, previous: QModelIndex) -> None:
        line = self.rows.line(current.row())
        if line is None:
            return
        self._chosen = line.run
        self._show_like()
        if self.compare.view() == "settings":
            self.compare.show_settings(line.run, _called(line))

    def _on_settings_wanted(self) -> None:
        line = self.session.run_summary(self._current_run())
        if line is not None and self.compare.settings.run != line.run:
            self.compare.show_settings(line.run, _called(line))

    def _show_like(self) -> None:
        line = self.session.run_summary(self._current_run())
        self._like.setVisible(line is not None)
        lock(self._like, self.session.cannot_change)
        if line is not None:
            words = say("New run like {number}", number=line.number)
            self._like.setText(f"\u2009{words}")

    def _current_run(self) -> str:
        line = self.rows.line(self.table.currentIndex().row())
        return line.run if line is not None else self._chosen

    # What a person does

    def _on_like_wanted(self, run: str) -> None:
        if run:
            self.model.new_like(run, lambda: self.pageRequested.emit("training"))

    def _on_star_pressed(self, row: int) -> None:
        line = self.rows.line(row)
        if line is not None and not self.session.read_only:
            self.session.star_run(line.run, not line.starred)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        line = self.rows.line(index.row())
        if line is not None and COLUMNS[index.column()] is not Column.TICK:
            self._open(line.run, "monitor")

    def _open(self, run: str, page: str) -> None:
        self.session.show_run(run)
        if page == "predict":
            self.session.use_model(run)
        self.pageRequested.emit(page)

    def _ask_to_discard(self, run: str) -> None:
        line = self.session.run_summary(run)
        if line is None or self.session.read_only or line.outcome is None:
            return
        self._discarding = run
        words = say_marked(
            marked("Move **run {number}, {name}** to the project's trash? Nothing is deleted.")
        )
        self._question.show_sentence(
            words.format(number=line.number, name=line.name), "warning", say("Move to trash")
        )
        self._asking.show()
        self._question.button.setFocus()

    def _on_discard_confirmed(self) -> None:
        self._asking.hide()
        if self._discarding is not None:
            self.session.discard(self._discarding)
            self._discarding = None

    def _show_menu(self, place: QPoint) -> None:
        line = self.rows.line(self.table.indexAt(place).row())
        if line is None:
            return
        writable = not self.session.read_only
        menu = QMenu(self.table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(say("Show curves"), lambda: self._open(line.run, "monitor"))
        menu.addAction(say("Show results"), lambda: self._open(line.run, "results"))
        menu.addAction(
            say("Show settings"), lambda: self.compare.show_settings(line.run, _called(line))
        )
        menu.addAction(say("Predict with it"), lambda: self._open(line.run, "predict"))
        menu.addSeparator()
        for action in (
            menu.addAction(say("New run like this"), lambda: self._on_like_wanted(line.run)),
            menu.addAction(say("Rename…"), lambda: self._edit(line.run, Column.RUN)),
            menu.addAction(say("Note…"), lambda: self._edit(line.run, Column.NOTE)),
            menu.addAction(
                say("Take the star away") if line.starred else say("Star"),
                lambda: self.session.star_run(line.run, not line.starred),
            ),
        ):
            action.setEnabled(writable)
        menu.addSeparator()
        discard = menu.addAction(say("Move to trash…"), lambda: self._ask_to_discard(line.run))
        discard.setEnabled(writable and line.outcome is not None)
        menu.popup(self.table.viewport().mapToGlobal(place))

    def _edit(self, run: str, column: Column) -> None:
        section = COLUMNS.index(column)
        self._set_hidden(column, hidden=False)
        index = self.rows.index(self.rows.row_of(run), section)
        self.table.setCurrentIndex(index)
        self.table.edit(index)

    def _show_columns_menu(self) -> None:
        menu = QMenu(self._columns)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for section, column in enumerate(COLUMNS):
            if column in (Column.TICK, Column.RUN):
                continue
            action = menu.addAction(self.rows.title(column))
            action.setCheckable(True)
            action.setChecked(not self.table.isColumnHidden(section))
            action.toggled.connect(
                lambda on, column=column: self._set_hidden(column, hidden=not on)
            )
        menu.popup(self._columns.mapToGlobal(self._columns.rect().bottomLeft()))

    def _set_hidden(self, column: Column, *, hidden: bool) -> None:
        self._settings.setValue(f"runs/hide_{column}", hidden)
        self.table.setColumnHidden(COLUMNS.index(column), hidden)


class _RunsTable(DataTable):
    """The table of runs: Space ticks, F2 renames, Enter shows the curves."""

    def __init__(self, page: RunsPage) -> None:
        super().__init__(row_height=Size.ROW_RUNS)
        self._page = page
        self.setObjectName("table.runs")
        self.setAccessibleName(say("Runs"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        line = self._page.rows.line(self.currentIndex().row())
        if line is not None and event.key() == Qt.Key.Key_Space:
            model = self._page.model
            model.tick(line.run, not model.is_ticked(line.run))
        elif line is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._page.session.show_run(line.run)
            self._page.pageRequested.emit("monitor")
        else:
            super().keyPressEvent(event)


def _called(line: RunSummary) -> str:
    return say("Run {number}, {line}", number=line.number, line=line.name)
