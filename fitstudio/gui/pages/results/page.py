"""The Results page: what a run's model is worth, with its mistakes shown."""

from __future__ import annotations

import functools
from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from fitstudio.declared.plain_words import Paragraph
from fitstudio.gui.pages.page import Page
from fitstudio.gui.pages.results.mistakes_card import MistakesCard
from fitstudio.gui.pages.results.score_card import ScoreCard
from fitstudio.gui.pages.results.simple_models_card import SimpleModelsCard
from fitstudio.gui.pages.results.worst_table import WorstTable
from fitstudio.gui.plots import figure_file
from fitstudio.gui.plots.figure_menu import FigureMenu
from fitstudio.gui.plots.scatter import ScatterPlot
from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.buttons import icon_button, link_button, primary_button
from fitstudio.gui.widgets.cards import Card
from fitstudio.gui.widgets.findings import FindingBar
from fitstudio.gui.widgets.inputs.choice import Combo
from fitstudio.gui.widgets.inputs.segmented import Segmented
from fitstudio.gui.widgets.labels import Sentence
from fitstudio.gui.widgets.lock import lock
from fitstudio.gui.widgets.question import Question
from fitstudio.gui.widgets.saving import save_as
from fitstudio.gui.widgets.signs import EmptyState
from fitstudio.gui.widgets.tables import RowDelegate
from fitstudio.storage import atomic
from fitstudio.viewmodel.results import sentences as results_words
from fitstudio.viewmodel.results.page import ResultsModel
from fitstudio.viewmodel.results.simple_models import SimpleModels
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import numbers, say

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_WORST_HEIGHT = 196
_WORST_WIDTH = 300


class ResultsPage(Page):
    """Scores on top, mistakes as a picture, the worst rows beside it."""

    def __init__(self, session: ProjectSession, parent: QWidget | None = None) -> None:
        super().__init__("page.results", say("Results"), parent=parent)
        self.session = session
        self.model = ResultsModel(session)
        self.simple_models = SimpleModels(session)
        self._make_head()
        self._make_parts()
        self.model.changed.connect(self._refresh)
        self.model.runs_changed.connect(self._offer_runs)
        self.goes_with(self.model.close)
        self.goes_with(self.simple_models.close)
        self._offer_runs()
        self._refresh()

    def plain_words(self) -> list[Paragraph]:
        """What the side panel says while this page is shown."""
        return results_words.say(self.model)

    def _make_head(self) -> None:
        self._run = Combo([])
        self._run.setObjectName("results.run")
        self._run.setAccessibleName(say("Run"))
        self._run.valueChanged.connect(self.session.show_run)
        self._saved = Combo([])
        self._saved.setObjectName("results.model")
        self._saved.setAccessibleName(say("Saved model that is shown"))
        self._saved.valueChanged.connect(self.model.choose_model)
        self._part = Segmented([("validation", say("Validation")), ("training", say("Training"))])
        self._part.setObjectName("results.part")
        self._part.setAccessibleName(say("Part of the data"))
        self._part.valueChanged.connect(self.model.set_part)
        self.open_test = link_button(say("Open the test part…"))
        self.open_test.setObjectName("results.open_test")
        self.open_test.clicked.connect(self._on_open_test)
        self.page_head.add(self.open_test)
        self.page_head.add(self._run)
        self.page_head.add(self._saved)
        self.page_head.add(self._part)

    def _make_parts(self) -> None:
        self.scores = ScoreCard()
        self._simple_models = SimpleModelsCard(self.simple_models)
        self._classes = MistakesCard(self.model)
        self.confusion = self._classes.confusion
        self._classes.add_to_head(self._more_button("results.classes_more", self._classes_menu))
        self._numbers = Card(say("Predicted against measured"))
        self._output = Combo([])
        self._output.setObjectName("results.output")
        self._output.setAccessibleName(say("Output"))
        self._output.valueChanged.connect(self.model.set_output)
        self._numbers.add_to_head(self._output)
        self._numbers.add_to_head(self._more_button("results.numbers_more", self._numbers_menu))
        self.parity = ScatterPlot(say("Measured"), say("Predicted"), diagonal=True)
        self.parity.setObjectName("plot.parity")
        self.residuals = ScatterPlot(
            say("Measured"), say("Predicted less measured"), diagonal=False
        )
        self.residuals.setObjectName("plot.residuals")
        plots = QHBoxLayout()
        plots.setSpacing(Space.CARDS)
        plots.addWidget(self.parity, 1)
        plots.addWidget(self.residuals, 1)
        self._numbers.add(plots, 1)
        self._worst_card = Card(say("Worst rows"))
        # Cells keep their own distance: the table begins that much further left than the title.
        self._worst_card.set_margins(Space.CARD - RowDelegate.PAD, 10, 8, 8)
        self._worst_card.head.setContentsMargins(RowDelegate.PAD, 0, 0, 0)
        self._all_cells = link_button(say("Show all"))
        self._all_cells.setObjectName("results.all_cells")
        self._all_cells.clicked.connect(self._on_all_wanted)
        self._worst_card.add_to_head(self._all_cells)
        self._worst_card.add_to_head(self._more_button("results.worst_more", self._worst_menu))
        self.worst = WorstTable()
        self._no_worst = Sentence("", ink="text2")
        self._no_worst.setContentsMargins(RowDelegate.PAD, 0, 0, 0)
        self._worst_card.add(self._no_worst)
        self._worst_card.add(self.worst, 1)
        self._worst_card.body.addStretch(0)
        self._below = QHBoxLayout()
        self._below.setSpacing(Space.CARDS)
        self._below.addWidget(self._classes, 1)
        self._below.addWidget(self._worst_card)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, Space.WINDOW)
        column.setSpacing(Space.CARDS)
        column.addWidget(self.scores)
        column.addWidget(self._simple_models)
        column.addWidget(self._numbers, 1)
        column.addLayout(self._below, 1)
        self.measure = primary_button("")
        self.measure.setObjectName("results.measure")
        self.measure.clicked.connect(self._on_measure)
        self._empty = EmptyState("target", "", "", self.measure)
        holder = QWidget()
        self._places = QStackedLayout(holder)
        self._places.addWidget(self._empty)
        self._places.addWidget(whole)
        self._trouble = FindingBar()
        self._trouble.setObjectName("results.message")
        self.add(self._trouble)
        self.add(holder, 1)

    def _offer_runs(self) -> None:
        with QSignalBlocker(self._run):
            self._run.set_options(
                [(line.run, f"{line.number}  {line.name}") for line in reversed(self.session.runs)]
            )
            self._run.setValue(self.model.run)
        self._run.setVisible(bool(self.session.runs))

    def _refresh(self) -> None:
        with QSignalBlocker(self._run):
            self._run.setValue(self.model.run)
        ready = self.model.state == "ready"
        with QSignalBlocker(self._saved):
            self._saved.set_options(self.model.offered_models())
            self._saved.setValue(self.model.shown_model)
        self._saved.setVisible(ready and len(self.model.models) > 1)
        self._places.setCurrentIndex(1 if ready else 0)
        self._offer_parts()
        self._part.setVisible(ready and len(self.model.parts()) > 1)
        self.open_test.setVisible(self.model.can_open_test)
        lock(self.open_test, self.session.cannot_change)
        # Where there is a choice of models, it says which one this is.
        several = len(self.model.models) > 1
        self.page_head.set_title(
            say("Results"), self.model.heading() if ready and not several else ""
        )
        if ready:
            self._show_results()
        else:
            self._trouble.set_finding(None)
            self._say_why_not()
        self.plainWordsChanged.emit()

    def _show_results(self) -> None:
        model = self.model
        with QSignalBlocker(self._part):
            self._part.setValue(model.part)
        if model.problem is None:
            self._trouble.set_finding(None)
        else:
            self._trouble.show_sentence(str(model.problem), "error", "")
        self.scores.show_scores(model.scores())
        # They are measured on what was held out, whatever part is shown.
        self._simple_models.setVisible("validation" in dict(model.parts()))
        self.simple_models.show(model.run)
        classes = model.is_classification()
        self._classes.setVisible(classes)
        self._numbers.setVisible(not classes)
        if classes:
            self._classes.refresh()
        else:
            self._show_numbers()
        self._worst_card.setMaximumWidth(_WORST_WIDTH if classes else 16_777_215)
        self._worst_card.setMinimumWidth(_WORST_WIDTH if classes else 0)
        self._worst_card.setMaximumHeight(16_777_215 if classes else _WORST_HEIGHT)
        self._show_worst()

    def _show_numbers(self) -> None:
        outputs = self.model.outputs()
        with QSignalBlocker(self._output):
            self._output.set_options(list(enumerate(outputs)))
            self._output.setValue(min(self.model.output, max(len(outputs) - 1, 0)))
        self._output.setVisible(len(outputs) > 1)
        parity = self.model.parity()
        if parity is None:
            return
        title = say("Predicted against measured")
        self._numbers.set_title(title, f"{parity.name} · {self.model.rows_words()}")
        files = parity.files or ("",) * len(parity.rows)
        names = list(map(self.model.row_words, parity.rows, files))
        self.parity.show_points(parity.true, parity.predicted, names)
        self.residuals.show_points(parity.true, parity.residuals, names)

    def _show_worst(self) -> None:
        model = self.model
        self._worst_card.set_title(say("Worst rows"), model.worst_words())
        self._all_cells.setVisible(model.cell is not None)
        if model.cell is None:
            none = say("No row of this part is told wrong.")
        else:
            none = say("None of the worst rows is in this cell.")
        self._no_worst.set_sentence("" if model.worst() else none)
        self._no_worst.setVisible(not model.worst())
        self.worst.setVisible(bool(model.worst()))
        self.worst.show_rows(
            model.worst_headings(), model.worst(), numbers=not model.is_classification()
        )
        model.look_at_worst(self.worst.show_pictures)

    def _say_why_not(self) -> None:
        model = self.model
        epoch = "" if model.model is None else numbers.format_count(model.model[1] + 1)
        title, sentence = {
            "none": (
                say("No run yet"),
                say("When a run has been trained, its scores are shown here."),
            ),
            "running": (
                say("Still training"),
                say("Its model can be measured when the run has ended."),
            ),
            "loading": (say("Opening"), ""),
            "unmeasured": (
                say("Not measured yet"),
                say(
                    "The model of epoch {epoch} is kept; the run ended before it was "
                    "measured. Measuring takes the rows of this run through it once.",
                    epoch=epoch,
                ),
            ),
            "measuring": (say("Measuring"), model.progress[1]),
            "missing": (
                say("Nothing was measured"),
                say("This run ended before it had a model that could be measured."),
            ),
        }[model.state]
        if model.problem is not None:
            sentence = " ".join(
                part for part in (model.problem.message, model.problem.remedy) if part
            )
        self._empty.set_text(title, sentence)
        measuring = model.state == "measuring"
        self.measure.setVisible(measuring or model.state == "unmeasured")
        words = say("Measure epoch {epoch}", epoch=epoch)
        self.measure.say(say("Cancel") if measuring else words)
        # Measuring the run's own model keeps the results; giving up changes nothing.
        lock(self.measure, None if measuring else self.session.cannot_change)

    def _more_button(self, name: str, fill: Callable[[QMenu], None]) -> QWidget:
        """A button that folds out the ways to take what a card shows out of the window."""
        button = icon_button("dots-three", say("Copy or save"), small=True)
        button.setObjectName(name)

        def show() -> None:
            menu = QMenu(button)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            fill(menu)
            menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

        button.clicked.connect(show)
        return button

    def _classes_menu(self, menu: QMenu) -> None:
        if self._classes.shows_curve:
            name = self._file_name(self.model.deciding.picture)
            figure = functools.partial(figure_file.of_points, self._classes.curve, name)
        else:
            name = self._file_name(say("confusion"))
            figure = functools.partial(figure_file.of_confusion, self.confusion, name)
        FigureMenu(figure, self).add_to(menu)

    def _numbers_menu(self, menu: QMenu) -> None:
        for plot, what in (
            (self.parity, say("predicted against measured")),
            (self.residuals, say("differences")),
        ):
            name = self._file_name(what)
            figure = functools.partial(figure_file.of_points, plot, name)
            FigureMenu(figure, self, what=what).add_to(menu)

    def _worst_menu(self, menu: QMenu) -> None:
        name = self._file_name(say("worst rows"))
        action = menu.addAction(say("Save as CSV…"))
        action.setEnabled(bool(self.model.worst()))
        text = self.model.worst_csv()
        action.triggered.connect(
            lambda: save_as(
                self,
                say("Save worst rows"),
                f"{name}.csv",
                say("Table (*.csv)"),
                lambda path: atomic.write_text(path, text),
            )
        )

    def _file_name(self, what: str) -> str:
        return f"{self.model.run} {self.model.part} {what}"

    def _offer_parts(self) -> None:
        """Validation and training as ever; the test part where it was opened."""
        with QSignalBlocker(self._part):
            parts = self.model.parts() or [("validation", say("Validation"))]
            self._part.set_options(parts)

    def _on_open_test(self) -> None:
        title, sentence = self.model.test_question()
        question = Question(title, sentence, [say("Open it"), say("Leave it closed")], self)
        if question.ask() == 0:
            self.model.open_test()

    def _on_measure(self) -> None:
        if self.model.state == "measuring":
            self.model.cancel()
        else:
            self.model.measure()

    def _on_all_wanted(self) -> None:
        self.model.set_cell(None)
