"""What the Results page knows: a run's final scores, confusions or residuals, worst rows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import PureWindowsPath
from typing import Any

from psygnal import Signal

from fitstudio.actions.data import Thumbnail
from fitstudio.actions.models import using_models
from fitstudio.actions.models.exporting import csv_of_worst
from fitstudio.actions.models.kept_models import KeptModel, kept_models, when_saved
from fitstudio.actions.models.using_models import Results
from fitstudio.actions.runs import RunSummary
from fitstudio.errors import FitStudioError
from fitstudio.journal.target_scale import TargetScale
from fitstudio.project.saved_models import USUAL
from fitstudio.project.unseen_part import UnseenPart, opened_words
from fitstudio.viewmodel import saved_models
from fitstudio.viewmodel.own_units import scale_of
from fitstudio.viewmodel.results.deciding import Deciding
from fitstudio.viewmodel.results.scores import (
    Confusion,
    Parity,
    Score,
    class_scores,
    confusion_of,
    logged_scores,
    number_scores,
    parity_of,
)
from fitstudio.viewmodel.results.titles import PART_TITLES, PARTS, WEIGHTS
from fitstudio.viewmodel.results.worst_rows import WorstRow, worst_row
from fitstudio.viewmodel.row_pictures import row_pictures
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import numbers, say, say_count, say_marked


class ResultsModel:
    """The results of the session's current run, for one part of its data.

    Attributes:
        changed: Emitted when another run, part, output or measurement is shown.
        runs_changed: Emitted when there are other runs to choose from.
        state: "none" (no run), "running", "loading", "ready", "unmeasured" (there is a model that
            nobody has measured), "measuring", or "missing" (there is no model).
        model: The checkpoint that the run's model is made from and its epoch, where that is known.
        models: The models that the run keeps; empty until they are known.
        checkpoint: The name of the saved model that is shown; None for the run's own.
        unseen: The rows that the run kept unseen, and how often they were opened; None if it has
            none, or nothing is known yet.
        progress: While measuring: 0 to 1, and a sentence.
        problem: Why it could not be measured.
        deciding: The pictures of the mistakes, and the threshold between two classes.
    """

    changed = Signal()
    runs_changed = Signal()

    def __init__(self, session: ProjectSession) -> None:
        self.session = session
        self.run: str | None = None
        self.state = "none"
        self.results: Results | None = None
        self.part = "validation"
        self.output = 0
        self.cell: tuple[int, int] | None = None
        self.model: tuple[str, int] | None = None
        self.models: list[KeptModel] = []
        self.checkpoint: str | None = None
        self._measured: dict[str, Results] = {}
        self.unseen: UnseenPart | None = None
        self.progress = (0.0, "")
        self.problem: FitStudioError | None = None
        self._cancel = threading.Event()
        self.deciding = Deciding(session, self.changed.emit)
        # Before anybody else hears of it, so that all are told the same.
        self.changed.connect(lambda: self.deciding.show(self.run, self.results, self.part))
        session.current_run_changed.connect(self.show)
        session.runs_changed.connect(self._on_runs_changed)
        self.show(session.current_run)

    def show(self, run: str | None) -> None:
        """Show a run's results."""
        self._cancel.set()
        self.run = run
        self.results = self.model = self.problem = self.checkpoint = self.unseen = None
        self.models, self._measured = [], {}
        self.cell = None
        self.state = "none"
        self._load()

    def choose_model(self, name: str) -> None:
        """Show what another of the run's saved models is worth; it is measured where it was not."""
        if self.state not in ("ready", "unmeasured") or name == self.shown_model:
            return
        own = self.model is not None and name == self.model[0]
        self.checkpoint, self.problem, self.cell = None if own else name, None, None
        if own:
            self._load()
        elif name in self._measured:
            self._show_measured(name)
        else:
            self._measure_saved(name)

    @property
    def shown_model(self) -> str | None:
        """The name of the model that is shown; None while that is not known."""
        return self.checkpoint or (None if self.model is None else self.model[0])

    def offered_models(self) -> list[tuple[str, str, str]]:
        """The run's saved models: name, words, tip."""
        return saved_models.offered(self.models, self._scale())

    def set_part(self, part: str) -> None:
        """Show another part of the data."""
        self.part = part
        self.cell = None
        self.changed.emit()

    def set_output(self, output: int) -> None:
        """Show another output of a model with several."""
        self.output = output
        self.changed.emit()

    def set_cell(self, cell: tuple[int, int] | None) -> None:
        """List only the rows of one cell of the confusion matrix: (true, predicted)."""
        self.cell = cell
        self.changed.emit()

    def measure(self) -> None:
        """Measure the run's model on its own rows; progress and outcome come with `changed`."""
        run = self.run
        if run is None or self.state != "unmeasured" or not self.session.may_change():
            return
        self._cancel = cancel = threading.Event()
        self.state, self.problem, self.progress = "measuring", None, (0.0, say("Starting"))
        self.changed.emit()

        def tell(done: float, words: str) -> None:
            self.session.background.post(lambda: self._on_progress(run, done, words))

        self.session.in_background(
            lambda job: using_models.measure_run(
                self.session.project, run, progress=tell, cancel=cancel
            ),
            lambda nothing: self._on_measured(run),
            lambda problem: self._on_not_measured(run, problem),
        )

    @property
    def can_open_test(self) -> bool:
        """Whether the shown model was not measured yet on the rows that nothing has seen."""
        ready = self.state == "ready" and self.results is not None and self.checkpoint is None
        measured = self.results.scores if ready and self.results is not None else {}
        return ready and self.unseen is not None and "test" not in measured

    def test_question(self) -> tuple[str, str]:
        """What is asked before the test part is opened: a title and what to know."""
        assert self.unseen is not None
        rows = say_count(self.unseen.rows, "{number} row", "{number} rows")
        return say("Open the test part?"), say(
            "Nothing has seen these {rows}: {opened} until now. Its score is worth most when all "
            "is decided; each opening is counted in the project, and said beside the score.",
            rows=rows,
            opened=opened_words(self.unseen.opened),
        )

    def open_test(self) -> None:
        """Measure the run's model on the test part, which is counted; then show it."""
        if not self.can_open_test or not self.session.may_change():
            return
        run = str(self.run)
        self._cancel = cancel = threading.Event()
        self.state, self.problem, self.progress = "measuring", None, (0.0, say("Starting"))
        self.changed.emit()

        def tell(done: float, words: str) -> None:
            self.session.background.post(lambda: self._on_progress(run, done, words))

        def take(_measured: Mapping[str, Any]) -> None:
            if run == self.run:
                self.state, self.part = "loading", "test"
                self._load()

        def fail(problem: FitStudioError) -> None:
            if run == self.run:
                self.state = "loading"
                self.problem = None if problem.code.endswith("cancelled") else problem
                self._load()

        self.session.in_background(
            lambda job: using_models.evaluate_run(
                self.session.project, run, part="test", progress=tell, cancel=cancel
            ),
            take,
            fail,
        )

    def _measure_saved(self, name: str) -> None:
        """Measures a model that is not the run's own; nothing is written."""
        run = str(self.run)
        self._cancel = cancel = threading.Event()
        self.state, self.progress = "measuring", (0.0, say("Starting"))
        self.changed.emit()

        def tell(done: float, words: str) -> None:
            self.session.background.post(lambda: self._on_progress(run, done, words))

        def take(measured: Mapping[str, Any]) -> None:
            if (run, name) == (self.run, self.checkpoint):
                self._measured[name] = Results.from_json(measured)
                self._show_measured(name)

        def fail(problem: FitStudioError) -> None:
            if run == self.run:
                self.checkpoint, self.state = None, "loading"
                self.problem = None if problem.code.endswith("cancelled") else problem
                self._load()

        self.session.in_background(
            lambda job: using_models.evaluate_run(
                self.session.project, run, checkpoint=name, progress=tell, cancel=cancel
            ),
            take,
            fail,
        )

    def _show_measured(self, name: str) -> None:
        self.state, self.results = "ready", self._measured[name]
        if self.part not in self.results.scores:
            self.part = next((part for part in PARTS if part in self.results.scores), "training")
        self.changed.emit()

    def cancel(self) -> None:
        """Give up measuring; nothing is written."""
        self._cancel.set()

    def close(self) -> None:
        """Let go of the session, before the page is gone."""
        self._cancel.set()
        self.session.current_run_changed.disconnect(self.show, missing_ok=True)
        self.session.runs_changed.disconnect(self._on_runs_changed, missing_ok=True)
        self.changed.disconnect()
        self.runs_changed.disconnect()

    @property
    def line(self) -> RunSummary | None:
        """The line about the shown run."""
        return self.session.run_summary(self.run)

    def parts(self) -> list[tuple[str, str]]:
        """The parts that were measured, with their titles."""
        if self.results is None:
            return []
        return [
            (part, say_marked(PART_TITLES[part])) for part in PARTS if part in self.results.scores
        ]

    def heading(self) -> str:
        """Which of the run's models is shown; the run itself stands in the choice beside it."""
        if self.results is None:
            return ""
        when = when_saved(self.results.epoch, self.results.step)
        if self.results.weights in USUAL:
            title = say_marked(WEIGHTS.get(self.results.weights, self.results.weights.capitalize()))
            return say("{title} model, {when}", title=title, when=when)
        return say("Model of {when}", when=when)

    def is_classification(self) -> bool:
        """Whether classes are told, not numbers."""
        return self.results is not None and self.results.task == "classification"

    def confusion(self) -> Confusion | None:
        """The confusion counts of the shown part, at the threshold that is tried."""
        if self.results is None:
            return None
        return self.deciding.confusion() or confusion_of(self.results, self.part)

    def outputs(self) -> list[str]:
        """Names of the numbers that the model tells."""
        return [str(each["name"]) for each in self._parity_outputs()]

    def parity(self) -> Parity | None:
        """Measured and predicted values of the shown output."""
        return None if self.results is None else parity_of(self.results, self.part, self.output)

    def scores(self) -> list[Score]:
        """The final scores of the shown part."""
        if self.results is None or self.part not in self.results.scores:
            return []
        confusion = self.confusion()
        if confusion is not None and confusion.total:
            found = [
                replace(score, title=self.deciding.title_at(score.title))
                for score in class_scores(confusion)
            ]
        elif (parity := self.parity()) is not None:
            outputs = self._parity_outputs()
            found = number_scores(parity, outputs[min(self.output, len(outputs) - 1)], self.unit())
        else:
            found = []
        return [*found, *logged_scores(self.results.scores[self.part], found, self._scale())]

    def unit(self) -> str:
        """The unit of the shown output, where it is known."""
        scale = self._scale()
        return "" if scale is None or scale.unit is None else scale.unit

    def _scale(self) -> TargetScale | None:
        line = self.line
        return None if line is None else scale_of(line)

    def rows_words(self) -> str:
        """How many rows were measured."""
        if self.results is None or self.part not in self.results.rows:
            return ""
        rows = self.results.rows[self.part]
        sampled = self.results.sampled.get(self.part)
        if sampled:
            words = say(
                "{sampled} of {rows}, evenly spread",
                sampled=numbers.format_count(sampled),
                rows=say_count(rows, "{number} row", "{number} rows"),
            )
        else:
            words = say_count(rows, "{number} row", "{number} rows")
        if self.part == "test" and self.unseen is not None:
            words = say("{rows}, {opened}", rows=words, opened=opened_words(self.unseen.opened))
        file = self.file()
        return say("{rows}, of {file}", rows=words, file=file) if file else words

    def file(self) -> str:
        """The file that the rows of this part are of, where the parts are of different files."""
        files = {} if self.results is None else self.results.files
        mine = files.get(self.part, "")
        short = PureWindowsPath(mine).name  # takes both kinds of slashes
        alike = [each for each in files.values() if PureWindowsPath(each).name == short]
        return mine if len(set(alike)) > 1 else short

    def row_words(self, row: int | None, picture: str = "") -> str:
        """A row of this part, counted from 0, by its number and file; empty where unknown.

        Args:
            row: Its number.
            picture: The picture that it is, which says more than a number.
        """
        if picture:
            return picture
        if row is None:
            return ""
        number, file = numbers.format_count(row + 1), self.file()
        if file:
            return say("Row {number} of {file}", number=number, file=file)
        return say("Row {number}", number=number)

    def worst_words(self) -> str:
        """What stands beside the title of the worst rows: the cell and the file they are of."""
        said, confusion = [], self.confusion()
        if self.cell is not None and confusion is not None:
            true, predicted = (confusion.names[index] for index in self.cell)
            said.append(say("{true} taken for {predicted}", true=true, predicted=predicted))
        if self.file():
            said.append(say("of {file}", file=self.file()))
        if self.deciding.threshold is not None:
            said.append(say("by the likelier class"))
        return " · ".join(said)

    def worst(self) -> list[WorstRow]:
        """The rows that were most wrong; with a cell chosen, only those in it."""
        if self.results is None:
            return []
        entries = self.results.worst.get(self.part, [])
        if self.cell is not None and self.is_classification():
            names = self.results.class_names
            true, predicted = (names[index] for index in self.cell)
            entries = [
                each for each in entries if (each["true"], each["predicted"]) == (true, predicted)
            ]
        return [worst_row(each) for each in entries]

    def look_at_worst(self, take: Callable[[Mapping[int, Thumbnail]], None]) -> None:
        """Looks at the pictures of the worst rows, where they are pictures of the run's own data.

        Args:
            take: Gets them by their rows; not called where there are none.
        """
        rows = [each.place for each in self.worst() if each.file and each.place is not None]
        run = self.run
        if not rows or run is None or self.file():
            return
        self.session.in_background(
            lambda job: row_pictures(self.session.project, run, rows, job),
            lambda found: take(found) if run == self.run else None,
            lambda problem: None,  # their names stand there all the same
            replaces=f"worst pictures {id(self)}",
        )

    def worst_csv(self) -> str:
        """All rows of that list as a table, every digit of them."""
        return "" if self.results is None else csv_of_worst(self.results, self.part)

    def worst_headings(self) -> tuple[str, str, str, str]:
        """The headings of their table."""
        first = say("Picture") if any(each.file for each in self.worst()) else say("Row")
        if self.is_classification():
            return first, say("True"), say("Predicted"), say("Chance given to the true class")
        return first, say("Measured"), say("Predicted"), say("Difference")

    def _parity_outputs(self) -> Sequence[Mapping[str, Any]]:
        if self.results is None:
            return []
        return self.results.parity.get(self.part, {}).get("outputs", [])

    def _on_runs_changed(self) -> None:
        self.runs_changed.emit()
        # A run that has just ended has been measured; one that was resumed is being trained.
        line = self.line
        running = line is not None and line.outcome is None
        waiting = self.state in ("missing", "unmeasured")
        if self.run is not None and (running != (self.state == "running") or waiting):
            self._load()

    def _load(self) -> None:
        run, line = self.run, self.line
        if run is None:
            self.state = "none"
            self.changed.emit()
            return
        if line is not None and line.outcome is None:
            self.state = "running"
            self.changed.emit()
            return
        if self.state not in ("missing", "unmeasured"):
            self.state = "loading"
            self.changed.emit()
        project = self.session.project
        self.session.in_background(
            lambda job: (
                using_models.load_results(project, run),
                using_models.model_of(project, run),
                kept_models(project, run),
                using_models.unseen_part_of(project, run),
            ),
            lambda found: self._take(run, *found),
            lambda problem: self._take(run, None, None, [], None),
            replaces=f"results {id(self)}",
        )

    def _on_progress(self, run: str, done: float, words: str) -> None:
        if run == self.run and self.state == "measuring":
            self.progress = (done, words)
            self.changed.emit()

    def _on_measured(self, run: str) -> None:
        if run == self.run:
            self._load()
        self.session.refresh_runs()

    def _on_not_measured(self, run: str, problem: FitStudioError) -> None:
        if run != self.run:
            return
        self.state = "unmeasured"
        self.problem = None if problem.code.endswith("cancelled") else problem
        self.changed.emit()

    def _take(
        self,
        run: str,
        results: Results | None,
        model: tuple[str, int] | None,
        models: list[KeptModel],
        unseen: UnseenPart | None,
    ) -> None:
        if run != self.run or self.state == "measuring" or self.checkpoint is not None:
            return
        before = (self.state, self.results, self.models, self.unseen)
        self.model, self.models, self.unseen = model, models, unseen
        if results is not None and model not in (None, (results.weights, results.epoch)):
            results = None  # measured before it was trained on: these are of an older model
        self.results = results
        if results is not None:
            self.state = "ready"
        else:
            self.state = "missing" if model is None else "unmeasured"
        if results is not None and self.part not in results.scores:
            self.part = next((part for part in PARTS if part in results.scores), "training")
        if before != (self.state, self.results, self.models, self.unseen):
            self.changed.emit()
