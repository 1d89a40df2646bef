"""What the Runs page knows: every run of the project as a line, and the ticked ones compared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from psygnal import Signal

from fitstudio.actions import runs
from fitstudio.actions.runs import RunRecord, RunSummary
from fitstudio.errors import FitStudioError
from fitstudio.viewmodel import figures
from fitstudio.viewmodel.runs.best_run import best_of, common_measure
from fitstudio.viewmodel.runs.columns import Column, matches, sort_key
from fitstudio.viewmodel.runs.settings import (
    OF_ONE_RUN,
    Difference,
    SettingsGroup,
    difference,
    parameters_words,
    same_setting,
    setting_words,
    settings_of,
    title_of,
)
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import numbers, say

if TYPE_CHECKING:
    from fitstudio.viewmodel.runs.curves import RunCurves


_TICKED_AT_FIRST = 4


class RunsModel:
    """The runs of a project: sorted, filtered, ticked, compared.

    Attributes:
        changed: Emitted when lines, their order or ticks changed.
        compared: Emitted when the curves or differences of the ticked runs changed.
    """

    changed = Signal()
    compared = Signal()

    def __init__(
        self, session: ProjectSession, *, now: Callable[[], datetime] = datetime.now
    ) -> None:
        self.session = session
        self.lines: list[RunSummary] = []
        self.filter_text = ""
        self.sort_column = Column.RUN
        self.descending = True
        self.records: dict[str, RunRecord] = {}
        self._curves: dict[str, RunCurves] = {}
        self._now = now
        self._numbers: dict[str, int] = {}
        self._ticked: list[str] = []
        self._by_run: dict[str, RunSummary] = {}
        self._greeted = False
        self._known: set[str] = set()
        session.runs_changed.connect(self.refresh)
        self.refresh()

    def close(self) -> None:
        """Let go of the session, before the page is gone."""
        self.session.runs_changed.disconnect(self.refresh, missing_ok=True)
        self.changed.disconnect()
        self.compared.disconnect()

    # The table

    def refresh(self) -> None:
        """Take over the session's list of runs."""
        self._by_run = {line.run: line for line in self.session.runs}
        for line in self.session.runs:
            if line.series is not None:
                self._numbers.setdefault(line.run, line.series)
        self._ticked = [run for run in self._ticked if run in self._by_run]
        if self._greeted:
            # What is trained now is what a person wants to see beside the others.
            for line in self.session.runs:
                if line.run not in self._known and line.outcome is None:
                    self._ticked.append(line.run)
                    if line.run not in self._numbers:
                        self._number(line.run)
        self._known |= set(self._by_run)
        if not self._greeted and self.session.runs:
            self._greeted = True
            self._tick_some()
        self._arrange()
        self._load_ticked()

    def set_filter(self, text: str) -> None:
        """Show only runs whose name, number, note, changes or state hold every word of `text`."""
        self.filter_text = text
        self._arrange()

    def sort(self, column: Column, *, descending: bool) -> None:
        """Order the lines; runs without a value in the column come last either way."""
        self.sort_column, self.descending = column, descending
        self._arrange()

    def monitor(self) -> str:
        """The metric that the runs are compared by: that of most of them, the newest winning."""
        return self.measure()[0]

    def measure(self) -> tuple[str, str, str]:
        """The same with the loss's name and the unit: what else it measures is another thing."""
        return common_measure(self.session.runs)

    def best_run(self) -> RunSummary | None:
        """The run with the best value of that metric."""
        return best_of(self.session.runs)

    # Ticks and styles

    def is_ticked(self, run: str) -> bool:
        """Whether a run is compared."""
        return run in self._ticked

    @property
    def ticked(self) -> tuple[str, ...]:
        """The compared runs, in the order in which they were ticked."""
        return tuple(self._ticked)

    def tick(self, run: str, on: bool) -> None:
        """Compare a run with the others, or no longer."""
        if on == self.is_ticked(run) or run not in self._by_run:
            return
        if on:
            self._ticked.append(run)
            if run not in self._numbers:
                self._number(run)
        else:
            self._ticked.remove(run)
        self.changed.emit()
        self._load_ticked()

    def series_number(self, run: str) -> int | None:
        """The place of a run in the order of colours; kept from its first tick on."""
        return self._numbers.get(run)

    # What a person does with a run

    def rename(self, run: str, name: str) -> None:
        """Call a run something else; an empty name changes nothing."""
        if name.strip() and name.strip() != self._by_run[run].name:
            self.session.rename_run(run, name.strip())

    def new_like(self, run: str, done: Callable[[], None]) -> None:
        """Put a run's settings into the form, as one step that can be undone."""
        number = self._by_run[run].number

        def take_over(record: RunRecord) -> None:
            self.session.use_settings_of(
                record.spec, say("New run like {number}", number=number), parent=run
            )
            done()

        self.session.in_background(lambda job: runs.load_run(self.session.project, run), take_over)

    # Comparing

    def metrics(self) -> list[str]:
        """Every metric that a ticked run has, the monitored one first."""
        names: dict[str, None] = {}
        for run in self._ticked:
            if run in self.records:
                names.update(dict.fromkeys(self.records[run].history))
        for name in figures.LEARNING_RATE_NAMES:
            names.pop(name, None)
        monitor = self.monitor()
        return sorted(names, key=lambda name: name != monitor)

    def unit_words(self, metric: str) -> str:
        """What the ticked runs' values of a metric are in; empty where it is not the same for all.

        Args:
            metric: A name of the logs.
        """
        scales = [
            self.records[run].state.target_scale for run in self._ticked if run in self.records
        ]
        units = {"" if scale is None else scale.words_for(metric) for scale in scales}
        return units.pop() if len(units) == 1 else ""

    def curve(self, run: str, metric: str, *, by_time: bool) -> tuple[list[float], list[float]]:
        """A ticked run's metric over epochs, or over minutes of training."""
        known = self._curves.get(run)
        return ([], []) if known is None else known.curve(metric, by_time=by_time)

    def differences(self) -> list[Difference]:
        """The settings in which the ticked runs differ, and what came of them."""
        records = [self.records[run] for run in self._ticked if run in self.records]
        if len(records) < 2:
            return []
        keys = sorted({key for record in records for key in record.spec.set_keys()} - OF_ONE_RUN)
        found = []
        for key in keys:
            # The values are compared, not the words: these may leave out what differs.
            if all(same_setting(record, records[0], key) for record in records):
                continue
            values = [setting_words(record, key) for record in records]
            found.append(difference(key, title_of(key, records), values))
        outcomes = {
            say("Best epoch"): [
                "–" if r.state.best_epoch is None else numbers.format_count(r.state.best_epoch + 1)
                for r in records
            ],
            say("Parameters"): [parameters_words(record) for record in records],
        }
        for title, values in outcomes.items():
            if any(value != values[0] for value in values):
                found.append(difference("", title, values))
        return found

    def settings(self, run: str, done: Callable[[list[SettingsGroup]], None]) -> None:
        """Fetch every setting of a run in words, for the read-only form."""
        self.session.in_background(
            lambda job: settings_of(runs.load_run(self.session.project, run)), done
        )

    def _failed(self, problem: FitStudioError) -> None:
        self.session.failed.emit(problem)

    def _arrange(self) -> None:
        words = self.filter_text.casefold().split()
        chosen = [line for line in self.session.runs if matches(line, words)]
        known = [line for line in chosen if sort_key(line, self.sort_column) is not None]
        unknown = [line for line in chosen if sort_key(line, self.sort_column) is None]
        known.sort(key=lambda line: sort_key(line, self.sort_column), reverse=self.descending)
        self.lines = known + unknown
        self.changed.emit()

    def _tick_some(self) -> None:
        """At first the newest runs that have a curve are compared, so that there is one to see."""
        with_curve = [line.run for line in self.session.runs if line.epochs > 1]
        for run in with_curve[-_TICKED_AT_FIRST:]:
            self._ticked.append(run)
            if run not in self._numbers:
                self._number(run)

    def _number(self, run: str) -> None:
        taken = set(self._numbers.values())
        number = next(each for each in range(len(taken) + 1) if each not in taken)
        self._numbers[run] = number
        if not self.session.read_only:
            self.session.in_background(
                lambda job: runs.set_series(self.session.project, run, number)
            )

    def _load_ticked(self) -> None:
        """Read the curves of ticked runs that are not known yet, or have grown."""
        wanted = []
        for run in self._ticked:
            record, line = self.records.get(run), self._by_run[run]
            stale = record is None or len(record.state.epochs) != line.epochs
            if stale or (record and record.state.running != (line.outcome is None)):
                wanted.append(run)
        if not wanted:
            self.compared.emit()
            return

        def load(job: Any) -> dict[str, tuple[RunRecord, RunCurves]]:
            # The start page names the best run as this page does, and must not wait for numpy.
            from fitstudio.viewmodel.runs.curves import RunCurves

            found = {}
            for run in wanted:
                try:
                    record = runs.load_run(self.session.project, run)
                    found[run] = record, RunCurves.of_run(record.state)
                except FitStudioError as problem:
                    # One that cannot be read must not keep the curves of the others away.
                    self.session.background.post(lambda problem=problem: self._failed(problem))
            return found

        def take(found: dict[str, tuple[RunRecord, RunCurves]]) -> None:
            for run, (record, curves) in found.items():
                self.records[run], self._curves[run] = record, curves
            self.compared.emit()

        self.session.in_background(load, take, replaces=f"compare runs {id(self)}")
