"""Has the Monitor's view model show whatever run the project's session shows."""

from __future__ import annotations

from dataclasses import replace

from fitstudio.actions import runs
from fitstudio.actions.runs import RunRecord
from fitstudio.errors import FitStudioError
from fitstudio.project.paths import RunPaths
from fitstudio.viewmodel import figures
from fitstudio.viewmodel.monitor.page import MonitorModel, ShownRun
from fitstudio.viewmodel.shell.session import ProjectSession


class SessionFollower:
    """Opens the session's current run in a Monitor model, now and whenever it changes.

    Args:
        model: The Monitor's view model; one that looks after runs, so that the end of a worker
            that is gone is noticed.
        session: The project's session.
    """

    def __init__(self, model: MonitorModel, session: ProjectSession) -> None:
        self.model = model
        self.session = session
        session.current_run_changed.connect(self._on_run_chosen)
        session.runs_changed.connect(self._on_runs_changed)
        model.ended.connect(self._on_ended)
        self._on_run_chosen(session.current_run)

    def close(self) -> None:
        """Let go of the run's files and of the session."""
        self.session.current_run_changed.disconnect(self._on_run_chosen, missing_ok=True)
        self.session.runs_changed.disconnect(self._on_runs_changed, missing_ok=True)
        for signal in (self.model.opened, self.model.changed, self.model.ended):
            signal.disconnect()
        self.model.close()

    def _on_run_chosen(self, run: str | None) -> None:
        self.model.open(None if run is None else describe(self.session, run))
        self._ask_for_record()

    def _on_runs_changed(self) -> None:
        shown = self.model.shown
        if shown is not None and self.session.run_summary(shown.run) is not None:
            renamed = describe(self.session, shown.run)
            self.model.open(replace(renamed, loss_title=shown.loss_title))
        self.model.set_starting(shown is None and self.session.starting)

    def _on_ended(self) -> None:
        self.session.refresh_runs()

    def _ask_for_record(self) -> None:
        """What the run was asked to do is in its files: read in the background."""
        shown = self.model.shown
        if shown is None:
            return
        self.session.in_background(
            lambda job: runs.load_run(self.session.project, shown.run),
            self._on_record,
            _not_written_yet,
            replaces=f"monitored run {id(self)}",
        )

    def _on_record(self, record: RunRecord) -> None:
        shown = self.model.shown
        if shown is None or record.run != shown.run:
            return
        self.model.spec = record.spec
        facts = record.resolved.facts if record.resolved else None
        if facts is not None and facts.loss:
            title = figures.metric_title(facts.loss)
            self.model.open(replace(shown, loss_title=title[:1].lower() + title[1:]))


def new_monitor() -> MonitorModel:
    """A Monitor model that also notices workers that are gone."""
    return MonitorModel(looks_after=True)


def describe(session: ProjectSession, run: str) -> ShownRun:
    """What stands over a run of a project."""
    paths = RunPaths(session.project.paths.runs / run)
    line = session.run_summary(run)
    parent = session.run_summary(line.parent) if line is not None and line.parent else None
    return ShownRun(
        run=run,
        folder=paths.folder,
        number=paths.number,
        title=line.name if line is not None else "",
        parent=parent.number if parent is not None else None,
        under_way=line is not None and line.outcome is None,
    )


def _not_written_yet(problem: FitStudioError) -> None:
    """A run that has just been made: its curves do not need the files that are missing."""
