"""An open project as every page sees it: settings, data, findings and runs, with undo and autosave.

One object a window. Pages read its attributes, call its verbs and listen to its signals; nothing
here waits for a disk or a process, that is `Background`'s matter.

    set_value ─► spec ─► resolve ─► spec_changed, resolved_changed
                  │
                  ├─ data.* changed ─► inspect (background) ─► data_changed, resolved_changed
                  └─ autosave (background)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from psygnal import Signal

from fitstudio.actions import queue, requests, runs
from fitstudio.actions.runs import RunSummary
from fitstudio.declared.kinds.param import Fix
from fitstudio.declared.resolve import Resolved, resolve
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.errors import DataError, FitStudioError
from fitstudio.project import Project
from fitstudio.viewmodel.shell.background import Background, Job
from fitstudio.viewmodel.shell.undo import EditHistory
from fitstudio.words import say


class ProjectSession:
    """The project that a window shows.

    Args:
        project: An open project; `close` closes it.
        background: Where slow work is done.

    Attributes:
        spec: The current settings.
        summary: What is known about the data; None while unknown.
        data_problem: Why the data cannot be used, or None.
        resolved: Final values and findings of `spec` with `summary`.
        runs: One line about each run, oldest first.
        current_run: The run that Monitor and Results show; None before the first.
        model_to_use: The run whose model a person wants to predict with; None for the best.
        edits: The undo history.
        busy_with_data: Whether the data is being looked at just now.
    """

    spec_changed = Signal(frozenset)
    resolved_changed = Signal()
    data_changed = Signal()
    runs_changed = Signal()
    queue_changed = Signal()
    current_run_changed = Signal(object)
    model_wanted = Signal(str)
    started = Signal(str)
    failed = Signal(FitStudioError)
    saved = Signal()

    def __init__(self, project: Project, background: Background) -> None:
        self.project = project
        self.background = background
        self.spec: RunSpec = project.settings
        self.summary: DatasetSummary | None = None
        self.data_problem: FitStudioError | None = None
        self.resolved: Resolved = resolve(self.spec, None)
        self.runs: list[RunSummary] = []
        self.current_run: str | None = None
        self.model_to_use: str | None = None
        self.edits = EditHistory()
        self.busy_with_data = False
        self._looking: Job | None = None
        self._saving = False
        self._unsaved = False
        self._starting = False
        self._listing = False
        self._closed = False

    @property
    def read_only(self) -> str | None:
        """Why the project cannot be changed here, or None."""
        return self.project.read_only

    @property
    def cannot_change(self) -> str | None:
        """What a control says that is greyed because nothing can be changed here, or None."""
        return (
            None
            if self.read_only is None
            else say("Open for reading only. {read_only}", read_only=self.read_only)
        )

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

    def may_change(self) -> bool:
        """Whether anything can be changed here; where not, `failed` tells why."""
        if self.read_only is None:
            return True
        self.failed.emit(Project.unchangeable(self.read_only))
        return False

    def open(self) -> None:
        """Looks at the data and at the runs, both in the background."""
        self.look_at_data()
        self.refresh_runs()

    def close(self) -> None:
        """Saves what is unsaved and lets go of the project; runs go on."""
        if self._closed:
            return
        self._closed = True
        if self._unsaved and self.read_only is None:
            self.project.settings = self.spec
            self.project.save()
        self.project.close()

    def run_summary(self, run: str | None) -> RunSummary | None:
        """The line about a run, or None."""
        return next((each for each in self.runs if each.run == run), None)

    # Settings

    def set_value(self, key: str, value: Any) -> None:
        """Sets one setting; None puts it back to its default."""
        self.set_many({key: value}, say("Change {spec}", spec=self.spec.param(key).title))

    def reset(self, key: str) -> None:
        """Puts one setting back to its default."""
        self.set_many({key: None}, say("Reset {spec}", spec=self.spec.param(key).title))

    def apply_fix(self, fix: Fix) -> None:
        """Does what a finding proposes, as one step of undo."""
        self.set_many(fix.set, fix.sentence)

    def set_many(self, values: Mapping[str, Any], text: str) -> None:
        """Sets several settings as one step of undo.

        Args:
            values: Values by key; None puts a setting back to its default.
            text: What undo says that it takes back.
        """
        if not self.may_change():
            return
        after = self.spec.with_values(values)
        keys = frozenset(each.key for each in after.differences(self.spec)) | {
            key for key in values if after.is_set(key) != self.spec.is_set(key)
        }
        if not keys:
            return
        before = self.spec
        self.edits.push(text, keys, before, after)
        self._go_to(after, keys)

    def use_settings_of(self, spec: RunSpec, text: str, *, parent: str | None = None) -> None:
        """Takes over all settings of a run ("New run like this"), as one step of undo.

        Args:
            spec: The run's settings.
            text: What undo says that it takes back.
            parent: The run; the next one that is trained is made from it.
        """
        if not self.may_change():
            return
        dropped = {key: None for key in ("run.name", "run.note") if spec.is_set(key)}
        after = spec.with_values({**dropped, "run.parent": parent})
        keys = frozenset(each.key for each in after.differences(self.spec))
        if keys:
            self.edits.push(text, keys, self.spec, after)
            self._go_to(after, keys)

    def undo(self) -> None:
        """Takes the last change back."""
        edit = self.edits.undo()
        if edit is not None:
            self._go_to(edit.before, edit.keys)

    def redo(self) -> None:
        """Makes the change again that was taken back last."""
        edit = self.edits.redo()
        if edit is not None:
            self._go_to(edit.after, edit.keys)

    def _go_to(self, spec: RunSpec, keys: frozenset[str]) -> None:
        self.spec = spec
        self._save_soon()
        self.spec_changed.emit(keys)
        if any(key.startswith("data.") for key in keys):
            self.look_at_data()
        self._resolve()

    def _resolve(self) -> None:
        self.resolved = resolve(self.spec, self.summary)
        self.resolved_changed.emit()

    def _save_soon(self) -> None:
        # One save at a time; what changes meanwhile is saved by the next one.
        self._unsaved = True
        if self._saving:
            return
        self._saving, self._unsaved = True, False
        self.project.settings = self.spec
        self._run(lambda job: self.project.save(), self._on_saved, self._on_save_failed)

    def _on_saved(self, nothing: None) -> None:
        self._saving = False
        if self._unsaved:
            self._save_soon()
        else:
            self.saved.emit()

    def _on_save_failed(self, problem: FitStudioError) -> None:
        self._saving, self._unsaved = False, True
        self.failed.emit(problem)

    # Data

    def look_at_data(self) -> None:
        """Has a reader process look at the data file; the outcome comes with `data_changed`."""
        spec = self.spec
        if spec.get("data.file") is None:
            self.summary, self.data_problem = None, None
            self._after_data()
            return
        self.busy_with_data = True
        self.data_changed.emit()
        self._looking = self._run(
            lambda job: runs.dataset_summary(self.project, spec, cancel=job.cancelled),
            self._on_summary,
            self._on_data_failed,
            replaces=f"summary {id(self)}",
        )

    def stop_looking(self) -> None:
        """Ends the reading of a data file that takes too long."""
        if self._looking is not None and self.busy_with_data:
            self._looking.cancel()
            self._on_data_failed(
                DataError(
                    say("Reading the file was cancelled."),
                    code="data.cancelled",
                    remedy=say("Choose another file, or open the project again to read it."),
                )
            )

    def _on_summary(self, summary: DatasetSummary | None) -> None:
        self.summary, self.data_problem = summary, None
        self._after_data()

    def _on_data_failed(self, problem: FitStudioError) -> None:
        self.summary, self.data_problem = None, problem
        self._after_data()

    def _after_data(self) -> None:
        self.busy_with_data = False
        self.data_changed.emit()
        self._resolve()

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
        self._run(
            lambda job: runs.start_run(self.project, spec=spec, summary=summary).run,
            self._on_started,
            self._on_start_failed,
        )
        return True

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

    def in_background(
        self,
        work: Callable[[Job], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[FitStudioError], None] | None = None,
        *,
        replaces: str | None = None,
    ) -> Job:
        """Does something slow for a page; a failure that nobody takes comes with `failed`."""
        return self._run(work, done, failed or self.failed.emit, replaces=replaces)

    def _start_again(self, start: Callable[[], str]) -> None:
        if self._starting or not self.may_change():
            return
        self._starting = True
        self.runs_changed.emit()
        self._run(lambda job: start(), self._on_started, self._on_start_failed)

    def _run(
        self,
        work: Callable[[Job], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[FitStudioError], None] | None = None,
        *,
        replaces: str | None = None,
    ) -> Job:
        """Does something in the background; an answer that comes after `close` reaches nobody.

        The pages that asked are gone by then.
        """
        return self.background.run(
            work, self._while_open(done), self._while_open(failed), replaces=replaces
        )

    def _while_open(self, call: Callable[[Any], None] | None) -> Callable[[Any], None] | None:
        if call is None:
            return None
        return lambda outcome: None if self._closed else call(outcome)

    def _on_running(self, ask: Callable[[str], Any]) -> None:
        run = self.running
        if run is not None:
            self._do(lambda: ask(run.run))

    def _do(self, action: Callable[[], Any]) -> None:
        if not self.may_change():
            return
        self._run(lambda job: action(), lambda nothing: self.refresh_runs(), self.failed.emit)
