"""An open project's settings and data: set, undone, saved by itself, checked; the file looked at.

set_value ─► spec ─► resolve ─► spec_changed, resolved_changed
              │
              ├─ data.* changed ─► inspect (background) ─► data_changed, resolved_changed
              └─ autosave (background)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from psygnal import Signal

from fitstudio.actions import runs
from fitstudio.declared.kinds.param import Fix
from fitstudio.declared.resolve import Resolved, resolve
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.errors import DataError, FitStudioError
from fitstudio.project import Project
from fitstudio.viewmodel.shell.background import Background, Job
from fitstudio.viewmodel.shell.undo import EditHistory
from fitstudio.words import say


class OpenProject:
    """The settings and the data of an open project; `ProjectSession` adds its runs.

    Args:
        project: An open project; `close` closes it.
        background: Where slow work is done.

    Attributes:
        spec: The current settings.
        summary: What is known about the data; None while unknown.
        second: What is known about a second file to check on; None if there is none.
        data_problem: Why the data cannot be used, or None.
        resolved: Final values and findings of `spec` with `summary`.
        edits: The undo history.
        busy_with_data: Whether the data is being looked at just now.
    """

    spec_changed = Signal(frozenset)
    resolved_changed = Signal()
    data_changed = Signal()
    failed = Signal(FitStudioError)
    saved = Signal()

    def __init__(self, project: Project, background: Background) -> None:
        self.project = project
        self.background = background
        self.spec: RunSpec = project.settings
        self.summary: DatasetSummary | None = None
        self.second: DatasetSummary | None = None
        self.data_problem: FitStudioError | None = None
        self.resolved: Resolved = resolve(self.spec, None)
        self.edits = EditHistory()
        self.busy_with_data = False
        self._looking: Job | None = None
        self._saving = False
        self._unsaved = False
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

    def may_change(self) -> bool:
        """Whether anything can be changed here; where not, `failed` tells why."""
        if self.read_only is None:
            return True
        self.failed.emit(Project.unchangeable(self.read_only))
        return False

    def close(self) -> None:
        """Saves what is unsaved and lets go of the project; runs go on."""
        if self._closed:
            return
        self._closed = True
        if self._unsaved and self.read_only is None:
            self.project.settings = self.spec
            self.project.save()
        self.project.close()

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
        if any(key.startswith("data.") or key == "fit.validation_data" for key in keys):
            self.look_at_data()
        self._resolve()

    def _resolve(self) -> None:
        self.resolved = resolve(self.spec, self.summary, second=self.second)
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
            lambda job: (
                runs.dataset_summary(self.project, spec, cancel=job.cancelled),
                self._second_of(spec, job),
            ),
            lambda found: self._on_looked(*found),
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

    def _second_of(self, spec: RunSpec, job: Job) -> DatasetSummary | None:
        """The second file; one that cannot be read is refused at the start, with the reason."""
        try:
            return runs.second_summary(self.project, spec, cancel=job.cancelled)
        except DataError:
            return None

    def _on_looked(self, summary: DatasetSummary | None, second: DatasetSummary | None) -> None:
        self.second = second
        self._on_summary(summary)

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

    # Work in the background

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
