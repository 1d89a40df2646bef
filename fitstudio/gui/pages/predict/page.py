"""The Predict page: a run's best model applied to a new file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from fitstudio.declared.formats.registry import format_by_ending
from fitstudio.declared.plain_words import Paragraph
from fitstudio.gui.pages.data.reading_dialog import ReadingDialog
from fitstudio.gui.pages.results.score_card import ScoreCard
from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.buttons import ghost_button, primary_button, secondary_button
from fitstudio.gui.widgets.cards import Card, Page
from fitstudio.gui.widgets.chips import Chip
from fitstudio.gui.widgets.editors import Combo
from fitstudio.gui.widgets.findings import FindingBar
from fitstudio.gui.widgets.flow import FlowLayout
from fitstudio.gui.widgets.labels import ElidedLabel, Label, Sentence, as_tip
from fitstudio.gui.widgets.marks import EmptyState
from fitstudio.gui.widgets.tables import INK_ROLE, STRONG_ROLE, DataTable
from fitstudio.gui.window import dialogs
from fitstudio.viewmodel.predict import sentences as predict_words
from fitstudio.viewmodel.predict.page import (
    Answers,
    ColumnMatch,
    PredictModel,
    Stage,
    share_text,
    short_number,
)
from fitstudio.viewmodel.shell.session import ProjectSession

_Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_PARTS = 1000
_CHIPS = 24
_WIDEST_COLUMN = 240
# How numbers and dates are written: what the dialog shows of them is confirmed by its button.
_CONFIRMED = ("decimal", "thousands", "dates")


class PredictPage(Page):
    """Choose, check the columns, predict, look, save.

    Signals:
        plainWordsChanged: What `plain_words` says has changed.
    """

    plainWordsChanged = Signal()  # noqa: N815 - the window looks for this name

    def __init__(self, session: ProjectSession, parent: QWidget | None = None) -> None:
        super().__init__("page.predict", self.tr("Predict"), parent=parent)
        self.session = session
        self.model = PredictModel(session)
        self.setAcceptDrops(True)
        self._make_head()
        self._make_parts()
        self.model.changed.connect(self._refresh)
        self.destroyed.connect(self.model.close)
        self._refresh()

    def plain_words(self) -> list[Paragraph]:
        """What the side panel says while this page is shown."""
        return predict_words.say(self.model)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and self.model.run is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.model.choose_file(files[0])

    def _make_head(self) -> None:
        self._run = Combo([])
        self._run.setObjectName("predict.run")
        self._run.setAccessibleName(self.tr("Run whose model is used"))
        self._run.valueChanged.connect(self.model.choose_run)
        self._browse = secondary_button(self.tr("Choose a file"), icon="folder-open")
        self._browse.setObjectName("predict.file")
        self._browse.clicked.connect(self._on_browse)
        self.page_head.add(self._run)
        self.page_head.add(self._browse)

    def _make_parts(self) -> None:
        self._trouble = FindingBar()
        self._trouble.setObjectName("predict.message")
        self._trouble.fix_pressed.connect(self._on_change_reading)
        self._file = Card(self.tr("File"))
        self._file.set_margins(Space.CARD, 10, Space.CARD, 14)
        self._go = primary_button(self.tr("Predict"), icon="lightning-fill")
        self._go.setObjectName("predict.go")
        self._go.clicked.connect(self.model.predict)
        self._file.add_to_head(self._go)
        self._columns = _ColumnChips()
        self._file.add(self._columns)
        self._file.add(self._make_progress())
        self.scores = ScoreCard()
        self._answers = Card(self.tr("Results"))
        self._answers.set_margins(12, 10, 12, 8)
        self._save = secondary_button(self.tr("Save results…"), icon="floppy-disk")
        self._save.setObjectName("predict.save")
        self._save.clicked.connect(self._on_save)
        self._answers.add_to_head(self._save)
        self.rows = AnswerRows()
        self.table = DataTable()
        self.table.setObjectName("table.predictions")
        self.table.setAccessibleName(self.tr("Results"))
        self.table.setModel(self.rows)
        self._answers.add(self.table, 1)
        choose = secondary_button(self.tr("Choose a file"), icon="folder-open")
        choose.clicked.connect(self._on_browse)
        self._empty = EmptyState("lightning", "", "", choose)
        self._choose = choose
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, Space.WINDOW)
        column.setSpacing(Space.CARDS)
        column.addWidget(self._file)
        column.addWidget(self.scores)
        column.addWidget(self._answers, 100)
        column.addStretch(1)
        holder = QWidget()
        self._places = QStackedLayout(holder)
        self._places.addWidget(self._empty)
        self._places.addWidget(whole)
        self.add(self._trouble)
        self.add(holder, 1)

    def _make_progress(self) -> QWidget:
        self._progress = QWidget()
        row = QHBoxLayout(self._progress)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(12)
        self._bar = QProgressBar()
        self._bar.setObjectName("predict.progress")
        self._bar.setAccessibleName(self.tr("Progress of the prediction"))
        self._bar.setRange(0, _PARTS)
        self._bar.setTextVisible(False)
        self._doing = Label(ink="text2")
        self._cancel = cancel = ghost_button(self.tr("Cancel"), small=True)
        cancel.setObjectName("predict.cancel")
        cancel.clicked.connect(self.model.cancel)
        row.addWidget(self._bar, 1)
        row.addWidget(self._doing)
        row.addWidget(cancel)
        return self._progress

    def _refresh(self) -> None:
        model, stage = self.model, self.model.stage
        with QSignalBlocker(self._run):
            self._run.set_options(model.usable_runs())
            self._run.setValue(model.run)
        self._run.setVisible(stage is not Stage.NO_RUN)
        started = stage not in (Stage.NO_RUN, Stage.CHOOSE)
        self._browse.setVisible(started)
        self._browse.setEnabled(stage is not Stage.PREDICTING)
        self._places.setCurrentIndex(1 if started else 0)
        if not started:
            self._say_what_to_do(stage)
        self._show_problem()
        self._show_file(stage)
        self._show_answers(stage)
        self.plainWordsChanged.emit()

    def _say_what_to_do(self, stage: Stage) -> None:
        self._choose.setVisible(stage is Stage.CHOOSE)
        if stage is Stage.NO_RUN:
            self._empty.set_text(
                self.tr("No model yet"),
                self.tr("When a run has been trained, its best model can be used here."),
            )
        else:
            self._empty.set_text(
                self.tr("Drop a file here"),
                self.tr("The model answers for each of its rows. Columns are matched by name."),
            )

    def _show_problem(self) -> None:
        problem = self.model.problem
        if problem is None:
            self._trouble.set_finding(None)
        else:
            button = self.tr("Change how it is read") if self.model.can_be_read_otherwise else ""
            self._trouble.show_sentence(str(problem), "error", button)

    def _show_file(self, stage: Stage) -> None:
        model = self.model
        caption = self.tr("Reading") if stage is Stage.READING else ""
        if model.summary is not None:
            words = self.tr("{rows} rows, {columns} columns")
            caption = words.format(rows=model.summary.rows, columns=len(model.summary.columns))
        self._file.set_title(model.file.name if model.file else self.tr("File"), caption)
        match = model.match()
        self._columns.show_match(match)
        predicting = stage is Stage.PREDICTING
        can_go = match is not None and match.complete and stage is not Stage.READING
        # A widget that is greyed or hidden throws the keyboard out: it goes over before that.
        if predicting:
            self._progress.show()
            if self._go.hasFocus():
                self._cancel.setFocus(Qt.FocusReason.OtherFocusReason)
        self._go.setEnabled(can_go and not predicting)
        if not predicting and self._cancel.hasFocus():
            self._go.setFocus(Qt.FocusReason.OtherFocusReason)
        self._progress.setVisible(predicting)
        done, words = model.progress
        self._bar.setValue(round(done * _PARTS))
        self._doing.setText(words)

    def _show_answers(self, stage: Stage) -> None:
        model = self.model
        self._answers.setVisible(stage is Stage.DONE)
        self.scores.setVisible(stage is Stage.DONE and bool(model.scores))
        if stage is not Stage.DONE or model.answers is None or model.report is None:
            return
        self.scores.show_scores(model.scores)
        shown = len(model.answers.rows)
        words = self.tr("{rows} rows answered")
        if shown < model.report.predicted:
            words = self.tr("{rows} rows answered, the first {shown} are shown")
        self._answers.set_title(
            self.tr("Results"), words.format(rows=model.report.predicted, shown=shown)
        )
        if self.rows.show_answers(model.answers):
            self.table.resizeColumnsToContents()
            for section in range(self.rows.columnCount()):
                width = self.table.columnWidth(section) + 12
                self.table.setColumnWidth(section, min(max(width, 72), _WIDEST_COLUMN))

    def _on_browse(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("File to be predicted"),
            str(self.model.file.parent if self.model.file else Path.home()),
            dialogs.data_filter(),
        )
        if path:
            self.model.choose_file(Path(path))

    def _on_change_reading(self) -> None:
        summary = self.model.summary
        expected = format_by_ending(str(self.model.file or "")).name
        kind = summary.kind if summary else expected
        guesses = summary.guesses if summary else ()
        dialog = ReadingDialog(guesses, self.model.reading, self, kind=kind)
        if dialog.ask() == 0:
            confirmed = [name for name in _CONFIRMED if name in dialog.names]
            shown = {name: dialog.value(name) for name in confirmed}
            self.model.set_options(dialog.changes() | shown)

    def _on_save(self) -> None:
        report = self.model.report
        if report is None or self.model.file is None:
            return
        suggested = self.model.file.with_name(report.output.name)
        path, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save results"), str(suggested), self.tr("Table (*.csv)")
        )
        if path:
            self.model.save(Path(path))


class _ColumnChips(QWidget):
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
                f"**{name}**" + (self.tr(" (is it {close}?)").format(close=close) if close else "")
                for name, close in match.missing
            )
            words = self.tr("The model cannot answer without these columns: {names}.")
            sentence = Sentence(words.format(names=names), ink="error")
            sentence.setObjectName("predict.missing")
            self._column.addWidget(sentence)
        rows = (
            (self.tr("Inputs found"), match.found, "accentSoft", "accentText"),
            (self.tr("Known answers"), match.targets, "accent", "onAccent"),
            (self.tr("Not used"), match.extra, "track", "text2"),
        )
        for title, names, ground, ink in rows:
            if names:
                self._column.addWidget(_chip_row(title, names, ground, ink))
        if match.reordered:
            words = self.tr("The columns stand in another order than in training; that is fine.")
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
        self._numbers = frozenset(at for at in places if _all_numbers(answers.rows, at))
        self._order = sorted(places, key=lambda at: answers.columns[at] not in answers.answered)
        self.endResetModel()
        return True

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() or self._answers is None else len(self._answers.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._order)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if self._answers is None or orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._answers.columns[self._order[section]]
        if role == Qt.ItemDataRole.TextAlignmentRole and self._order[section] in self._numbers:
            return int(_RIGHT)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._answers is None or not index.isValid():
            return None
        at = self._order[index.column()]
        row = self._answers.rows[index.row()]
        answered = self._answers.columns[at] in self._answers.answered
        match role:
            case Qt.ItemDataRole.DisplayRole:
                text = row[at] if at < len(row) else ""
                if answered and self._answers.columns[at].startswith("probability "):
                    return share_text(text)
                return short_number(text) if answered else text
            case Qt.ItemDataRole.ToolTipRole:
                return as_tip(row[at]) if at < len(row) else ""
            case Qt.ItemDataRole.TextAlignmentRole if at in self._numbers:
                return int(_RIGHT)
            case _ if role == STRONG_ROLE:
                return answered and index.column() == 0
            case _ if role == INK_ROLE:
                return "text" if answered else "text2"
        return None


def _all_numbers(rows: Sequence[Sequence[str]], at: int) -> bool:
    """Whether a column holds numbers and nothing else; what is missing does not count."""
    texts = [row[at] for row in rows if at < len(row) and row[at]]
    try:
        return bool(texts) and all(math.isfinite(float(text)) for text in texts)
    except ValueError:
        return False
