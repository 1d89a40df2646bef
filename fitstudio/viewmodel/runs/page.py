"""What the Runs page knows: every run of the project as a line, and the ticked ones compared."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from psygnal import Signal

from fitstudio.actions import runs
from fitstudio.actions.runs import RunRecord, RunSummary
from fitstudio.declared.catalogue.entries import CALLBACKS
from fitstudio.declared.parameters.registry import find_param
from fitstudio.errors import FitStudioError
from fitstudio.journal.best_value import mode_of
from fitstudio.journal.events import Outcome, Reason
from fitstudio.viewmodel import figures
from fitstudio.viewmodel.monitor.badge import Badge
from fitstudio.viewmodel.own_units import best_measure, best_value, in_own_unit
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import numbers, say


class Column(StrEnum):
    """The columns of the table, in their order."""

    TICK = "tick"
    RUN = "run"
    CHANGED = "changed"
    BEST = "best"
    CURVE = "curve"
    EPOCHS = "epochs"
    WHEN = "when"
    TOOK = "took"
    NOTE = "note"


_TICKED_AT_FIRST = 4
COLUMNS = tuple(Column)
HIDDEN_AT_FIRST = frozenset({Column.TOOK, Column.NOTE})


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting in which compared runs differ: its name and each run's value, in words."""

    key: str
    title: str
    values: tuple[str, ...]
    odd: tuple[bool, ...]


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

    def titled(self, metric: str) -> str:
        """A metric with what the ticked runs' values are in, where that is the same for all."""
        scales = [
            self.records[run].state.target_scale for run in self._ticked if run in self.records
        ]
        units = {"" if scale is None else scale.words_for(metric) for scale in scales}
        title = figures.monitored_title(metric)
        unit = units.pop() if len(units) == 1 else ""
        return f"{title}, {unit}" if unit else title

    def curve(self, run: str, metric: str, *, by_time: bool) -> tuple[list[float], list[float]]:
        """A ticked run's metric over epochs, or over minutes of training."""
        record = self.records.get(run)
        x: list[float] = []
        y: list[float] = []
        minutes = 0.0
        if record is None:
            return x, y
        for row in record.state.epochs:
            minutes += row.seconds / 60
            value = row.logs.get(metric)
            if isinstance(value, (int, float)):
                x.append(minutes if by_time else row.epoch + 1.0)
                y.append(in_own_unit(float(value), metric, record.state.target_scale))
        return x, y

    def differences(self) -> list[Difference]:
        """The settings in which the ticked runs differ, and what came of them."""
        records = [self.records[run] for run in self._ticked if run in self.records]
        if len(records) < 2:
            return []
        keys = sorted({key for record in records for key in record.spec.set_keys()} - _OF_ONE_RUN)
        found = []
        for key in keys:
            # The values are compared, not the words: these may leave out what differs.
            if all(_same_setting(record, records[0], key) for record in records):
                continue
            values = [_setting(record, key) for record in records]
            found.append(_difference(key, _title(key, records), values))
        outcomes = {
            "Best epoch": [
                "–" if r.state.best_epoch is None else str(r.state.best_epoch + 1) for r in records
            ],
            "Parameters": [_parameters(record) for record in records],
        }
        for title, values in outcomes.items():
            if any(value != values[0] for value in values):
                found.append(_difference("", title, values))
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
        chosen = [line for line in self.session.runs if _matches(line, words)]
        known = [line for line in chosen if _sort_key(line, self.sort_column) is not None]
        unknown = [line for line in chosen if _sort_key(line, self.sort_column) is None]
        known.sort(key=lambda line: _sort_key(line, self.sort_column), reverse=self.descending)
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

        def load(job: Any) -> dict[str, RunRecord]:
            found = {}
            for run in wanted:
                try:
                    found[run] = runs.load_run(self.session.project, run)
                except FitStudioError as problem:
                    # One that cannot be read must not keep the curves of the others away.
                    self.session.background.post(lambda problem=problem: self._failed(problem))
            return found

        def take(records: dict[str, RunRecord]) -> None:
            self.records |= records
            self.compared.emit()

        self.session.in_background(load, take, replaces=f"compare runs {id(self)}")


@dataclass(frozen=True, slots=True)
class SettingsGroup:
    """A part of a run's settings: rows of title, real name, value, and where it came from."""

    title: str
    rows: tuple[tuple[str, str, str, str], ...]


def changed_words(line: RunSummary) -> tuple[str, str]:
    """What a run changed: the text of its chip and, for the tooltip, all of it.

    An empty chip means that nothing changed, or that there is nothing to compare with.
    """
    parts = [
        f"{_short(str(each.get('key', '')))} {_value(each.get('theirs'))} → "
        f"{_value(each.get('mine'))}"
        for each in line.changes
    ]
    if not parts:
        if line.compared or line.parent:
            number = (line.compared or line.parent or "").partition("-")[0].lstrip("0")
            return "", say("The same settings as run {number}", number=number)
        if line.number == 1:
            return "", say("The first run")
        return "", say("There was no run to compare it with") if line.compared == "" else ""
    first = parts[0] if len(parts) == 1 else f"{parts[0]}, +{len(parts) - 1}"
    return first, "\n".join(parts)


def common_measure(lines: Sequence[RunSummary]) -> tuple[str, str, str]:
    """What most of these runs watched, the newest winning: metric, loss and unit."""
    counts: dict[tuple[str, str, str], int] = {}
    for line in reversed(lines):
        measure = best_measure(line)
        if measure is not None:
            counts[measure] = counts.get(measure, 0) + 1
    return max(counts, key=lambda each: counts[each], default=("val_loss", "", ""))


def best_of(lines: Sequence[RunSummary]) -> RunSummary | None:
    """The run with the best value of what most of them watched; None before the first."""
    measure = common_measure(lines)
    known = [
        (value, line)
        for line in lines
        if best_measure(line) == measure
        and (value := best_value(line)) is not None
        and not math.isnan(value)
    ]
    if not known:
        return None
    mode = known[0][1].best.mode if known[0][1].best else "min"
    choose = max if mode == "max" else min
    return choose(known, key=lambda pair: pair[0])[1]


def badge_of(line: RunSummary) -> Badge | None:
    """The state of a run where it is worth a chip; a run that simply ended has none."""
    if line.damage:
        return Badge("attention", say("Damaged"))
    if line.outcome is None:
        match line.phase:
            case "paused":
                return Badge("paused", say("Paused"))
            case "starting" | "preparing":
                return Badge("waiting", say("Starting"))
        return Badge("running", say("Running"))
    if line.outcome == Outcome.FAILED:
        nan = line.reason == Reason.NOT_FINITE
        return Badge("failed", say("NaN, stopped") if nan else say("Failed"))
    if line.outcome == Outcome.INTERRUPTED:
        return Badge("attention", say("Interrupted"))
    return None


def when_words(line: RunSummary, now: datetime) -> str:
    """When a run was started."""
    return numbers.format_when(line.started, now) if line.started else "–"


def best_index(line: RunSummary) -> int | None:
    """Where in its (thinned) curve a run was best."""
    return _best_index(line.curve, line.best.mode if line.best is not None else "min")


def best_point(values: Sequence[float], metric: str) -> int | None:
    """Where a metric's curve is best, by the metric's own sense of better."""
    return _best_index(values, mode_of(metric))


def settings_of(record: RunRecord) -> list[SettingsGroup]:
    """Every setting that was made or matters, in the order of the form."""
    groups: dict[str, list[tuple[str, str, str, str]]] = {}
    values: Mapping[str, Any] = record.resolved.values if record.resolved else {}
    kind = record.spec.get("model.kind")
    for key in dict.fromkeys([*record.spec.set_keys(), *values]):
        param = find_param(key, kind)
        if param is None or key in _OF_ONE_RUN:
            continue
        resolved = values.get(key)
        given = record.spec.is_set(key)
        value = record.spec.get(key) if given or resolved is None else resolved.value
        origin = say("set by you") if given else str(resolved.origin.value) if resolved else ""
        groups.setdefault(param.group, []).append((param.title, key, param.show(value), origin))
    return [SettingsGroup(title, tuple(rows)) for title, rows in groups.items()]


_OF_ONE_RUN = frozenset({"run.name", "run.note", "run.parent", "data.fingerprint"})


def _matches(line: RunSummary, words: Sequence[str]) -> bool:
    if not words:
        return True
    badge = badge_of(line)
    text = " ".join(
        (
            str(line.number), line.name, line.note, changed_words(line)[1],
            badge.text if badge else "", line.sentence, "starred" if line.starred else "",
        )
    ).casefold()  # fmt: skip
    return all(word in text for word in words)


def _sort_key(line: RunSummary, column: Column) -> Any:
    match column:
        case Column.RUN | Column.TICK | Column.CURVE:
            return line.number
        case Column.CHANGED:
            return changed_words(line)[0].casefold() or None
        case Column.BEST:
            value = best_value(line)
            return None if value is None or math.isnan(value) else value
        case Column.EPOCHS:
            return line.epochs
        case Column.WHEN:
            return line.started
        case Column.TOOK:
            return line.seconds
        case Column.NOTE:
            return line.note.casefold() or None


def _difference(key: str, title: str, values: Sequence[str]) -> Difference:
    """Marks as odd the values that only one run has."""
    counts = {value: values.count(value) for value in values}
    odd = tuple(counts[value] == 1 and len(counts) < len(values) for value in values)
    return Difference(key, title, tuple(values), odd)


def _setting(record: RunRecord, key: str) -> str:
    param = find_param(key, record.spec.get("model.kind"))
    if param is None:
        return "–"
    value = record.spec.get(key)
    if key == "fit.callbacks" and value:
        return "; ".join(_helper(item) for item in value)
    return param.show(value)


def _same_setting(one: RunRecord, other: RunRecord, key: str) -> bool:
    values = []
    for record in (one, other):
        known = find_param(key, record.spec.get("model.kind")) is not None
        values.append(record.spec.get(key) if known else None)
    return type(values[0]) is type(values[1]) and values[0] == values[1]


def _helper(item: Mapping[str, Any]) -> str:
    """A helper with the settings that were made: "EarlyStopping, patience 10"."""
    kind = str(item.get("kind"))
    defaults = CALLBACKS[kind].defaults() if kind in CALLBACKS else {}
    made = [
        f"{name.replace('_', ' ')} {_value(value)}"
        for name, value in item.items()
        if name != "kind" and value != defaults.get(name)
    ]
    return ", ".join([kind, *made])


def _title(key: str, records: Sequence[RunRecord]) -> str:
    for record in records:
        param = find_param(key, record.spec.get("model.kind"))
        if param is not None:
            return param.title
    return key


def _parameters(record: RunRecord) -> str:
    plan = record.resolved.model_plan if record.resolved else None
    if plan is None:
        return "–"
    return f"{plan.parameters / 1000:.0f} k" if plan.parameters >= 9500 else str(plan.parameters)


def _short(key: str) -> str:
    name = key.partition(".")[2].replace("_", " ")
    return {"learning rate": "rate", "x": "inputs", "y": "target", "kind": "model"}.get(name, name)


def _value(value: Any) -> str:
    match value:
        case None:
            return "automatic"
        case bool():
            return "on" if value else "off"
        case float():
            return numbers.format_exact(value)
        case list() | tuple():
            return ", ".join(_value(each) for each in value) or "none"
        case dict():
            return str(value.get("kind", "changed"))
    return str(value).rpartition("/")[2]


def _best_index(values: Sequence[Any], mode: str) -> int | None:
    known = [index for index, value in enumerate(values) if _is_number(value)]
    better = max if mode == "max" else min
    return better(known, key=lambda index: values[index], default=None)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)
