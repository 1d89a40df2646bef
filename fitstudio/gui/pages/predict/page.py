"""The Predict page: a run's model, the best one unless another is chosen, applied to a new file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from fitstudio.declared.formats.registry import format_by_ending
from fitstudio.declared.plain_words import Paragraph
from fitstudio.gui.pages.data.reading_dialog import ReadingDialog
from fitstudio.gui.pages.page import Page
from fitstudio.gui.pages.predict.answer_rows import AnswerRows
from fitstudio.gui.pages.predict.column_chips import ColumnChips
from fitstudio.gui.pages.predict.export_dialog import ExportDialog, ask_where
from fitstudio.gui.pages.results.score_card import ScoreCard
from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.buttons import ghost_button, primary_button, secondary_button
from fitstudio.gui.widgets.cards import Card
from fitstudio.gui.widgets.data_file import ask_data_file, ask_data_folder
from fitstudio.gui.widgets.findings import FindingBar
from fitstudio.gui.widgets.inputs.choice import Combo
from fitstudio.gui.widgets.labels import Label, as_tip
from fitstudio.gui.widgets.signs import EmptyState
from fitstudio.gui.widgets.tables import DataTable, RowDelegate
from fitstudio.viewmodel.predict import sentences as predict_words
from fitstudio.viewmodel.predict.export import ExportModel
from fitstudio.viewmodel.predict.page import PredictModel
from fitstudio.viewmodel.predict.stage import Stage
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say, say_count
from fitstudio.words.numbers import format_count, listed

_PARTS = 1000
_WIDEST_COLUMN = 240
# How numbers and dates are written: what the dialog shows of them is confirmed by its button.
_CONFIRMED = ("decimal", "thousands", "dates")


class PredictPage(Page):
    """Choose, check the columns, predict, look, save."""

    def __init__(self, session: ProjectSession, parent: QWidget | None = None) -> None:
        super().__init__("page.predict", say("Predict"), parent=parent)
        self.session = session
        self.model = PredictModel(session)
        self.exporting = ExportModel(session)
        self.setAcceptDrops(True)
        self._make_head()
        self._make_parts()
        self.model.changed.connect(self._refresh)
        self.exporting.changed.connect(self._show_export)
        self.goes_with(self.model.close)
        self._refresh()

    def plain_words(self) -> list[Paragraph]:
        """What the side panel says while this page is shown."""
        return predict_words.say(self.model)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Takes files as soon as there is a run to predict with."""
        if event.mimeData().hasUrls() and self.model.run is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Takes as many of the dropped files as the model needs."""
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            for file in files[: max(1, len(self.model.needed))]:
                self.model.choose_file(file)

    def _make_head(self) -> None:
        self._run = Combo([])
        self._run.setObjectName("predict.run")
        self._run.setAccessibleName(say("Run whose model is used"))
        self._run.valueChanged.connect(self.model.choose_run)
        self._saved = Combo([])
        self._saved.setObjectName("predict.model")
        self._saved.setAccessibleName(say("Saved model that is used"))
        self._saved.valueChanged.connect(self.model.choose_model)
        self._browse = secondary_button(say("Choose a file"), icon="folder-open")
        self._browse.setObjectName("predict.file")
        self._browse.clicked.connect(self._on_browse)
        self._export = secondary_button(say("Export the model"), icon="download-simple")
        self._export.setObjectName("predict.export")
        self._export.clicked.connect(self._on_export)
        self.page_head.add(self._run)
        self.page_head.add(self._saved)
        self.page_head.add(self._export)
        self.page_head.add(self._browse)

    def _make_parts(self) -> None:
        self._trouble = FindingBar()
        self._trouble.setObjectName("predict.message")
        self._trouble.fix_pressed.connect(self._on_change_reading)
        self._exported = FindingBar()
        self._exported.setObjectName("predict.exported")
        self._file = Card(say("File"))
        self._file.set_margins(Space.CARD, 10, Space.CARD, 14)
        self._go = primary_button(say("Predict"), icon="lightning-fill")
        self._go.setObjectName("predict.go")
        self._go.clicked.connect(self.model.predict)
        self._file.add_to_head(self._go)
        self._columns = ColumnChips()
        self._file.add(self._columns)
        self._file.add(self._make_progress())
        self.scores = ScoreCard()
        self._answers = Card(say("Results"))
        # Cells keep their own distance: the table begins that much further left than the title.
        self._answers.set_margins(Space.CARD - RowDelegate.PAD, 10, 12, 8)
        self._answers.head.setContentsMargins(RowDelegate.PAD, 0, 0, 0)
        self._save = secondary_button(say("Save results…"), icon="floppy-disk")
        self._save.setObjectName("predict.save")
        self._save.clicked.connect(self._on_save)
        self._answers.add_to_head(self._save)
        self.rows = AnswerRows()
        self.table = DataTable()
        self.table.setObjectName("table.predictions")
        self.table.setAccessibleName(say("Results"))
        self.table.setModel(self.rows)
        self._answers.add(self.table, 1)
        choose = secondary_button(say("Choose a file"), icon="folder-open")
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
        self.add(self._exported)
        self.add(holder, 1)

    def _make_progress(self) -> QWidget:
        self._progress = QWidget()
        row = QHBoxLayout(self._progress)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(12)
        self._bar = QProgressBar()
        self._bar.setObjectName("predict.progress")
        self._bar.setAccessibleName(say("Progress of the prediction"))
        self._bar.setRange(0, _PARTS)
        self._bar.setTextVisible(False)
        self._doing = Label(ink="text2")
        self._cancel = cancel = ghost_button(say("Cancel"), small=True)
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
        self._export.setVisible(stage is not Stage.NO_RUN)
        with QSignalBlocker(self._saved):
            self._saved.set_options(model.offered_models())
            self._saved.setValue(model.used_model)
        self._saved.setVisible(stage is not Stage.NO_RUN and len(model.models) > 1)
        self._saved.setEnabled(stage is not Stage.PREDICTING)
        started = stage not in (Stage.NO_RUN, Stage.CHOOSE)
        choose = say("Choose a folder") if self.model.takes_folder else say("Choose a file")
        for button in (self._browse, self._choose):
            button.say(choose)
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
                say("No model yet"),
                say("When a run has been trained, its best model can be used here."),
            )
        elif self.model.takes_folder:
            if self.model.takes_pictures:
                title = say("Drop a folder of pictures here")
                words = say(
                    "The model answers for each of them, brought to the size of those it knows."
                )
            else:
                title = say("Drop a folder here")
                words = say("The model answers for each of the samples in it.")
            self._empty.set_text(title, words)
        else:
            self._empty.set_text(
                say("Drop a file here"),
                say("The model answers for each of its rows. Columns are matched by name."),
            )

    def _show_problem(self) -> None:
        problem = self.model.problem
        if problem is None:
            self._trouble.set_finding(None)
        else:
            button = say("Change how it is read") if self.model.can_be_read_otherwise else ""
            self._trouble.show_sentence(str(problem), "error", button)

    def _show_file(self, stage: Stage) -> None:
        model = self.model
        caption = say("Reading") if stage is Stage.READING else ""
        if model.summary is not None:
            caption = say(
                "{rows}, {columns}",
                rows=say_count(model.summary.rows, "{number} row", "{number} rows"),
                columns=say_count(
                    len(model.summary.columns), "{number} column", "{number} columns"
                ),
            )
        chosen = [file.name for file in model.files.values()] if len(model.needed) > 1 else []
        name = model.file.name if model.file else say("File")
        self._file.set_title(listed(chosen) or name, caption)
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
        rows = model.report.predicted
        caption = say_count(rows, "{number} row answered", "{number} rows answered")
        if shown < rows:
            caption = say(
                "{answered}, the first {shown} are shown",
                answered=caption,
                shown=format_count(shown),
            )
        if model.saved is not None:
            caption = say("{caption} · saved as {name}", caption=caption, name=model.saved.name)
        self._answers.set_title(say("Results"), caption)
        self._save.setToolTip(as_tip(str(model.saved)) if model.saved is not None else "")
        if self.rows.show_answers(model.answers):
            self.table.resizeColumnsToContents()
            for section in range(self.rows.columnCount()):
                width = self.table.columnWidth(section) + 12
                self.table.setColumnWidth(section, min(max(width, 72), _WIDEST_COLUMN))

    def _on_export(self) -> None:
        run = self.model.run
        if run is None:
            return
        dialog = ExportDialog(self.exporting.formats, self)
        if dialog.ask() != 0:
            return
        format = dialog.format()
        output = ask_where(self, format, self.exporting.suggested(run, format))
        if output is not None:
            self.exporting.export(run, format, output)

    def _show_export(self) -> None:
        exporting = self.exporting
        self._export.setEnabled(not exporting.busy)
        look = "info" if exporting.busy else "error" if exporting.problem else "success"
        self._exported.show_sentence(exporting.sentence(), look, "")

    def _on_browse(self) -> None:
        if self.model.takes_folder:
            folder = ask_data_folder(self)
            if folder is not None:
                self.model.choose_file(folder)
            return
        file = ask_data_file(self, say("File to be predicted"), self.model.file)
        if file is not None:
            self.model.choose_file(file)

    def _on_change_reading(self) -> None:
        summary = self.model.summary
        expected = format_by_ending(str(self.model.file or "")).name
        kind = summary.kind if summary else expected
        guesses = summary.guesses if summary else ()
        dialog = ReadingDialog(
            guesses, self.model.reading, self, kind=kind, file=str(self.model.file or "")
        )
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
            self, say("Save results"), str(suggested), say("Table (*.csv);;Workbook (*.xlsx)")
        )
        if path:
            self.model.save(Path(path))
