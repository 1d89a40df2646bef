"""An open project as every page sees it: settings, data, findings and runs, with undo and autosave.

One object a window. Pages read its attributes, call its verbs and listen to its signals; nothing
here waits for a disk or a process, that is `Background`'s matter. Settings and data are those of
`OpenProject`; here are its runs: the list, what is started, asked for and said of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from psygnal import Signal

from fitstudio.actions import queue, requests, runs
from fitstudio.actions.runs import RunSummary
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.errors import DataError, FitStudioError, SpecError
from fitstudio.project import Project
from fitstudio.viewmodel.shell.background import Background
from fitstudio.viewmodel.shell.open_project import OpenProject


class ProjectSession(OpenProject):
    """The project that a window shows.

    Args:
        project: An open project; `close` closes it.
        background: Where slow work is done.

    Attributes:
        runs: One line about each run, oldest first.
        current_run: The run that Monitor and Results show; None before the first.
        model_to_use: The run whose model a person wants to predict with; None for the best.
    """

    runs_changed = Signal()
    queue_changed = Signal()
    current_run_changed = Signal(object)
    model_wanted = Signal(str)
    started = Signal(str)

    def __init__(self, project: Project, background: Background) -> None:
        super().__init__(project, background)
        self.runs: list[RunSummary] = []
        self.current_run: str | None = None
        self.model_to_use: str | None = None
        self._starting = False
        self._listing = False

    @property
    def running(self) -> RunSummary | None:
        """The newest run that is still being trained, or None."""
        return next((run for run in reversed(self.runs) if run.outcome is None), None)

    @property
    def paused(self) -> bool:
        """Whether the running run holds where it is."""
        return self.running is not None and self.running.phase == "paused"

    @property
    def starting(self) -> bool:
        """Whether a run has been asked for and has not shown itself yet."""
        return self._starting

    def open(self) -> None:
        """Looks at the data and at the runs, both in the background."""
        self.look_at_data()
        self.refresh_runs()

    def run_summary(self, run: str | None) -> RunSummary | None:
        """The line about a run, or None."""
        return next((each for each in self.runs if each.run == run), None)

    # Runs

    def refresh_runs(self) -> None:
        """Has the runs listed; `runs_changed` tells when something is new."""
        if self._listing or self._closed:
            return
        self._listing = True
        self._run(lambda job: runs.list_runs(self.project), self._on_runs, self._on_list_failed)

    def _on_runs(self, found: list[RunSummary]) -> None:
        self._listing = False
        if found != self.runs:
            self.runs = found
            self.runs_changed.emit()
        names = {run.run for run in found}
        if self.current_run not in names and found and not self._starting:
            self.show_run(found[-1].run)

    def _on_list_failed(self, problem: FitStudioError) -> None:
        self._listing = False
        self.failed.emit(problem)

    def show_run(self, run: str | None) -> None:
        """Chooses the run that Monitor and Results show."""
        if run != self.current_run:
            self.current_run = run
            self.current_run_changed.emit(run)

    def use_model(self, run: str) -> None:
        """Chooses the run whose model predicts."""
        self.model_to_use = run
        self.model_wanted.emit(run)

    def train(self) -> bool:
        """Starts a run with the current settings; False where they cannot work.

        The run's name comes with `started`; a failure to start with `failed`.
        """
        if self._starting or not self.may_change():
            return True
        if not self.resolved.ok:
            return False
        spec, summary = self.spec, self.summary
        self._starting = True
        self.runs_changed.emit()

        def start() -> tuple[str, DatasetSummary | None]:
            # The file may have been written to since the window read it.
            now = runs.up_to_date(self.project, spec, summary)
            return runs.start_run(self.project, spec=spec, summary=now).run, now

        self._run(lambda job: start(), self._on_trained, self._on_start_failed)
        return True

    def _on_trained(self, found: tuple[str, DatasetSummary | None]) -> None:
        run, summary = found
        if summary is not self.summary and summary is not None and not self.busy_with_data:
            self._on_summary(summary)
        self._on_started(run)

    def _on_started(self, run: str) -> None:
        self._starting = False
        self._forget_parent()
        self.show_run(run)
        self.started.emit(run)
        self.refresh_runs()

    def _forget_parent(self) -> None:
        """What is trained after this is made from this, not from the run before it."""
        if self.spec.is_set("run.parent"):
            self._go_to(self.spec.with_values({"run.parent": None}), frozenset({"run.parent"}))

    def _on_start_failed(self, problem: FitStudioError) -> None:
        self._starting = False
        self.runs_changed.emit()
        self.failed.emit(problem)
        if isinstance(problem, DataError | SpecError) and not self.busy_with_data:
            self.look_at_data()  # what stands on the Data page is no longer true

    def enqueue(self) -> bool:
        """Queues a run with the present settings, frozen; False where they cannot work."""
        if not self.may_change():
            return True
        if not self.resolved.ok:
            return False
        spec = self.spec

        def work() -> None:
            queue.enqueue(self.project, spec)
            queue.start(self.project)

        self.in_background(lambda job: work(), self._on_queued)
        return True

    def _on_queued(self, nothing: None) -> None:
        self._forget_parent()
        self.queue_changed.emit()
        self.refresh_runs()

    def stop(self, when: str = "batch") -> None:
        """Asks the running run to stop: after this "batch", after this "epoch", or "now"."""
        self._on_running(lambda run: requests.stop_run(self.project, run, when=when))

    def stop_before_leaving(self) -> None:
        """Asks the running run to stop, at once and not in the background: the window closes."""
        run = self.running
        if run is not None and self.may_change():
            try:
                requests.stop_run(self.project, run.run, when="batch")
            except FitStudioError as problem:
                self.failed.emit(problem)

    def pause(self) -> None:
        """Asks the running run to hold where it is."""
        if self.running is not None and not self.paused:
            self._on_running(lambda run: requests.pause_run(self.project, run))

    def go_on(self) -> None:
        """Has a paused run go on."""
        if self.paused:
            self._on_running(lambda run: requests.continue_run(self.project, run))

    def snapshot(self) -> None:
        """Asks the running run to save a checkpoint now."""
        self._on_running(lambda run: requests.request(self.project, run, "snapshot"))

    def resume(self, run: str) -> None:
        """Goes on with a run that was stopped or cut off, from its last checkpoint."""
        self._start_again(lambda: requests.resume_run(self.project, run).run)

    def extend(self, run: str, epochs: int) -> None:
        """Trains a finished run for more epochs."""
        self._start_again(lambda: requests.extend_run(self.project, run, epochs=epochs).run)

    def kill(self, run: str) -> None:
        """Ends a run's process at once; its last checkpoint stays."""
        self._do(lambda: requests.kill_run(self.project, run))

    def discard(self, run: str) -> None:
        """Moves a run to the project's trash."""
        self._do(lambda: requests.discard_run(self.project, run))

    def rename_run(self, run: str, name: str) -> None:
        """Gives a run another name."""
        self._do(lambda: runs.rename_run(self.project, run, name))

    def note_run(self, run: str, note: str) -> None:
        """Writes a note beside a run."""
        self._do(lambda: runs.note_run(self.project, run, note))

    def star_run(self, run: str, starred: bool) -> None:
        """Marks a run, or takes the mark away."""
        self._do(lambda: runs.star_run(self.project, run, starred))

    def _start_again(self, start: Callable[[], str]) -> None:
        if self._starting or not self.may_change():
            return
        self._starting = True
        self.runs_changed.emit()
        self._run(lambda job: start(), self._on_started, self._on_start_failed)

    def _on_running(self, ask: Callable[[str], Any]) -> None:
        run = self.running
        if run is not None:
            self._do(lambda: ask(run.run))

    def _do(self, action: Callable[[], Any]) -> None:
        if not self.may_change():
            return
        self._run(lambda job: action(), lambda nothing: self.refresh_runs(), self.failed.emit)
