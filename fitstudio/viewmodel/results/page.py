"""What the Results page knows: which model of a run is shown, and how it comes to be measured."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from psygnal import Signal

from fitstudio.actions.models import using_models
from fitstudio.actions.models.kept_models import KeptModel, kept_models
from fitstudio.actions.models.using_models import Results
from fitstudio.errors import FitStudioError
from fitstudio.project.unseen_part import UnseenPart, opened_words
from fitstudio.viewmodel import saved_models
from fitstudio.viewmodel.results.shown_results import ShownResults
from fitstudio.viewmodel.results.titles import PARTS
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say, say_count


class ResultsModel(ShownResults):
    """The results of the session's current run, for one part of its data.

    Attributes:
        runs_changed: Emitted when there are other runs to choose from.
        state: "none" (no run), "running", "loading", "ready", "unmeasured" (there is a model that
            nobody has measured), "measuring", or "missing" (there is no model).
        model: The checkpoint that the run's model is made from and its epoch, where that is known.
        models: The models that the run keeps; empty until they are known.
        checkpoint: The name of the saved model that is shown; None for the run's own.
        progress: While measuring: 0 to 1, and a sentence.
        problem: Why it could not be measured.
    """

    runs_changed = Signal()

    def __init__(self, session: ProjectSession) -> None:
        super().__init__(session)
        self.state = "none"
        self.model: tuple[str, int] | None = None
        self.models: list[KeptModel] = []
        self.checkpoint: str | None = None
        self._measured: dict[str, Results] = {}
        self.progress = (0.0, "")
        self.problem: FitStudioError | None = None
        self._cancel = threading.Event()
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
        return saved_models.offered(self.models, self.scale())

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
