"""What the Predict page knows: a run, a new file, how their columns match, and the answers.

no_run ─► choose ─► reading ─► ready ─► predicting ─► done
             ▲                   │           │
             └──── problem ◄─────┴───────────┘
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from psygnal import Signal

from fitstudio.actions import runs
from fitstudio.actions.models import using_models
from fitstudio.actions.models.kept_models import KeptModel
from fitstudio.actions.models.using_models import PredictionReport
from fitstudio.declared.formats.pictures import PICTURES
from fitstudio.declared.formats.registry import find_format
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.errors import FitStudioError
from fitstudio.viewmodel import saved_models
from fitstudio.viewmodel.own_units import scale_of
from fitstudio.viewmodel.predict.answers import (
    Answers,
    no_place_for_answers,
    save_answers,
    scores_of,
)
from fitstudio.viewmodel.predict.asking import AskedFor, ask_model
from fitstudio.viewmodel.predict.column_match import ColumnMatch, match_columns, names_of
from fitstudio.viewmodel.predict.models_of_run import ModelsOfRun
from fitstudio.viewmodel.predict.several_files import another_is_needed, placed_file
from fitstudio.viewmodel.predict.stage import Stage
from fitstudio.viewmodel.results.scores import Score
from fitstudio.viewmodel.runs.best_run import best_of
from fitstudio.viewmodel.shell.background import Job
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say

_TO_BE_SAID = ("data.reading-differs", "data.reading-unclear")


class PredictModel:
    """One prediction at a time.

    Attributes:
        changed: Emitted when anything of it changed.
        run: The run whose model is used.
        checkpoint: The name of the model that is used; None for the best one that is whole.
        file: The file to be predicted.
        files: Where the model needs several, those that were chosen, by name.
        needed: The names of the files that the model needs; none where it needs one.
        options: How it is read where a person said so; all else is read as in training.
        progress: While predicting: 0 to 1, and a sentence.
        problem: Why the last step did not work.
        saved: Where the results that are shown were saved; None before.
    """

    changed = Signal()

    def __init__(self, session: ProjectSession) -> None:
        self.session = session
        self.run: str | None = None
        self._kept = ModelsOfRun(session, self._on_models)
        self.checkpoint: str | None = None
        self.spec: RunSpec | None = None
        self.file: Path | None = None
        self.files: dict[str, Path] = {}
        self.needed: tuple[str, ...] = ()
        self.options: dict[str, Any] = {}
        self._trained_options: dict[str, Any] = {}
        self.summary: DatasetSummary | None = None
        self.report: PredictionReport | None = None
        self.answers: Answers | None = None
        self.scores: list[Score] = []
        self.problem: FitStudioError | None = None
        self.saved: Path | None = None
        self.progress = (0.0, "")
        self._stage = Stage.NO_RUN
        self._cancel = threading.Event()
        self._again: Callable[..., PredictionReport] = using_models.predict_run
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        session.runs_changed.connect(self._on_runs_changed)
        session.model_wanted.connect(self._on_model_wanted)
        self._on_runs_changed()

    @property
    def models(self) -> list[KeptModel]:
        """The models that the run keeps; empty until they are known."""
        return self._kept.models

    def _on_models(self) -> None:
        if self.checkpoint not in [each.name for each in self.models]:
            self.checkpoint = None
        self.changed.emit()

    @property
    def stage(self) -> Stage:
        """How far it is."""
        return Stage.NO_RUN if self.run is None else self._stage

    @property
    def takes_folder(self) -> bool:
        """Whether the model answers for folders only, not for files."""
        return self.spec is not None and find_format(self.spec.get("data.kind")).is_folder

    @property
    def takes_pictures(self) -> bool:
        """Whether these are folders of pictures."""
        return self.spec is not None and self.spec.get("data.kind") == PICTURES.name

    def usable_runs(self) -> list[tuple[str, str]]:
        """Runs with a model, newest first: folder name and words."""
        best = best_of([line for line in self.session.runs if line.has_model])
        return [
            (
                line.run,
                say("{run} · best", run=f"{line.number}  {line.name}")
                if line is best
                else f"{line.number}  {line.name}",
            )
            for line in reversed(self.session.runs)
            if line.has_model
        ]

    def choose_run(self, run: str) -> None:
        """Use the model of this run from now on."""
        self.session.use_model(run)

    def choose_model(self, name: str) -> None:
        """Use this one of the run's saved models from now on."""
        if name == self.used_model or self._stage is Stage.PREDICTING:
            return
        self.checkpoint = name
        self._forget_answers()
        if self._stage is Stage.DONE:
            self._stage = Stage.READY
        self.changed.emit()

    @property
    def used_model(self) -> str | None:
        """The name of the model that answers; None while that is not known."""
        if self.checkpoint is not None:
            return self.checkpoint
        return self.models[0].name if self.models else None

    def offered_models(self) -> list[tuple[str, str, str]]:
        """The run's saved models: name, words, tip."""
        line = self.session.run_summary(self.run)
        return saved_models.offered(self.models, None if line is None else scale_of(line))

    def _use(self, run: str | None) -> None:
        if run == self.run:
            return
        self.run, self.spec = run, None
        self._kept.open(run)
        self.checkpoint = None
        self._forget_answers()
        self._stage = Stage.READY if self.summary is not None else Stage.CHOOSE
        self.changed.emit()
        if run is not None and self.file is not None:
            self._read()  # each model reads a file as its own training file
        if run is not None:
            self.session.in_background(
                lambda job: (
                    runs.load_run(self.session.project, run).spec,
                    using_models.reading_options(self.session.project, run),
                    using_models.needed_files(self.session.project, run),
                ),
                lambda known: self._take_run(run, *known),
                self._fail,
                replaces=f"predicting run {id(self)}",
            )

    def choose_file(self, file: Path) -> None:
        """Look at a file; what it holds comes with `changed`.

        Where the model needs several, it is the one of its name, else the first that is missing.
        """
        self.options = {}
        if len(self.needed) > 1:
            self._choose_one_of(file)
            return
        self.file = file
        self._read()

    def _choose_one_of(self, file: Path) -> None:
        self.files, missing = placed_file(file, self.files, self.needed)
        self.file = next(self.files[name] for name in self.needed if name in self.files)
        if not missing:
            self._read()
            return
        self.summary = None
        self._forget_answers()
        self._stage = Stage.CHOOSE
        self.problem = another_is_needed(missing)
        self.changed.emit()

    def set_options(self, changed: Mapping[str, Any]) -> None:
        """Read the file with these options, in place of what was decided in training.

        Args:
            changed: Options by name; None leaves an option as it was in training.
        """
        options = {**self.options, **changed}
        self.options = {name: value for name, value in options.items() if value is not None}
        if self.file is not None:
            self._read()

    def _read(self) -> None:
        self._kept.follow()
        run, data = self.run, self._data()
        self.summary, self.problem = None, None
        self._forget_answers()
        self._stage = Stage.READING
        self.changed.emit()
        self.session.in_background(
            lambda job: using_models.inspect_for(
                self.session.project, str(run), data, cancel=job.cancelled
            ),
            self._take_summary,
            self._fail,
            replaces=f"predicted file {id(self)}",
        )

    @property
    def reading(self) -> dict[str, Any]:
        """How the file is read, as `data.options`: as in training, but for what a person said."""
        return {**self._trained_options, **self.options}

    @property
    def can_be_read_otherwise(self) -> bool:
        """Whether the file contradicts the training file, and a person can say how it is read."""
        return self.problem is not None and self.problem.code in _TO_BE_SAID

    def _data(self) -> dict[str, Any]:
        if len(self.needed) > 1:
            return {"sources": {name: {"path": str(self.files[name])} for name in self.files}}
        data: dict[str, Any] = {"file": str(self.file)}
        return data | {"options": dict(self.options)} if self.options else data

    def match(self) -> ColumnMatch | None:
        """How the file's columns serve the model; None while one of both is unknown."""
        if self.summary is None or self.spec is None:
            return None
        names = [column.name for column in self.summary.columns]
        return match_columns(
            names_of(self.spec.get("fit.x")), names_of(self.spec.get("fit.y")), names
        )

    def predict(self) -> None:
        """Have the model answer for every row; progress and outcome come with `changed`."""
        match = self.match()
        if match is None or not match.complete or self.run is None or self.file is None:
            return
        run, file, cancel = self.run, self.file, threading.Event()
        checkpoint = self.checkpoint
        data = self._data()
        self._forget_answers()
        self._cancel = cancel
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="fitstudio-predict-")
        except OSError as problem:
            self._fail(no_place_for_answers(problem))
            return
        output = Path(self._folder.name) / f"{file.stem} predicted.csv"
        evaluated = bool(match.targets)
        project = self.session.project
        self._again = partial(
            using_models.predict_run, project, run, data=data, checkpoint=checkpoint
        )
        self._stage, self.problem, self.progress = Stage.PREDICTING, None, (0.0, say("Starting"))
        self.changed.emit()

        def work(job: Job) -> AskedFor:
            return ask_model(
                project,
                run,
                data=data,
                output=output,
                checkpoint=checkpoint,
                measured=evaluated,
                progress=self._tell,
                cancel=cancel,
            )

        self.session.in_background(
            work, self._take_answers, self._fail, replaces=f"prediction {id(self)}"
        )

    def cancel(self) -> None:
        """Give up what is under way; nothing is written."""
        self._cancel.set()

    def save(self, target: Path) -> None:
        """Write the results to a file of the person's choice; asking before is the page's."""
        report, again = self.report, self._again
        if report is None:
            return

        def copy(job: Job) -> None:
            save_answers(report, target, again)

        def tell(_nothing: None) -> None:
            if self.report is report:
                self.saved, self.problem = target, None
                self.changed.emit()

        self.session.in_background(copy, tell, self._fail_to_save)

    def close(self) -> None:
        """Give up, remove what was written on the way, and let go of the session."""
        self._cancel.set()
        self.session.runs_changed.disconnect(self._on_runs_changed, missing_ok=True)
        self.session.model_wanted.disconnect(self._on_model_wanted, missing_ok=True)
        self.changed.disconnect()
        self._forget_answers()

    def _tell(self, done: float, words: str) -> None:
        """Called in the background: the window's thread is told."""

        def show() -> None:
            if self._stage is Stage.PREDICTING:
                self.progress = (done, words)
                self.changed.emit()

        self.session.background.post(show)

    def _take_run(
        self,
        run: str,
        spec: RunSpec,
        reading: dict[str, Any],
        needed: tuple[str, ...],
    ) -> None:
        if run == self.run:
            self.spec, self._trained_options = spec, reading
            if needed != self.needed:
                self.needed, self.files = needed, {}
                if self.file is not None:
                    self.choose_file(self.file)
            self.changed.emit()

    def _take_summary(self, summary: DatasetSummary) -> None:
        self.summary = summary
        self._stage = Stage.READY
        self.changed.emit()

    def _take_answers(self, outcome: AskedFor) -> None:
        self.report, self.answers, measured = outcome
        self.scores = scores_of(measured) if measured else []
        self._stage = Stage.DONE
        used = next((each for each in self.models if each.name == self.used_model), None)
        if used is not None and used.epoch != self.report.epoch:
            self._kept.list_anew()  # the run went on before this prediction began
        self.changed.emit()

    def _fail_to_save(self, problem: FitStudioError) -> None:
        """The results stay: they can be saved elsewhere."""
        self.saved, self.problem = None, problem
        self.changed.emit()

    def _fail(self, problem: FitStudioError) -> None:
        if self.report is None:
            self._forget_answers()
        cancelled = problem.code.endswith("cancelled")
        self.problem = None if cancelled else problem
        self._stage = Stage.READY if self.summary is not None else Stage.CHOOSE
        self.changed.emit()

    def _forget_answers(self) -> None:
        self.report, self.answers, self.scores, self.saved = None, None, [], None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _on_runs_changed(self) -> None:
        """The best model is used until a person chooses another."""
        usable = {run for run, _ in self.usable_runs()}
        chosen = self.session.model_to_use
        if chosen not in usable:
            best = best_of([line for line in self.session.runs if line.has_model])
            chosen = best.run if best else next(iter(self.usable_runs()), (None, ""))[0]
        settled = self._stage in (Stage.PREDICTING, Stage.DONE, Stage.READING)
        if self.run not in usable or not settled:
            self._use(chosen)
        if self._stage not in (Stage.PREDICTING, Stage.DONE):
            self._kept.follow()  # not under answers, which are of the model named above them
        self.changed.emit()

    def _on_model_wanted(self, run: str) -> None:
        if self._stage is not Stage.PREDICTING and run in {each for each, _ in self.usable_runs()}:
            self._use(run)
