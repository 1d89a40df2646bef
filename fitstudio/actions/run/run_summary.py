"""One line about each run, for lists; kept beside the run once it has ended, so lists are quick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitstudio.errors import ProjectError, StorageError
from fitstudio.journal import Outcome, RunState
from fitstudio.journal.events import finite, number, numbers
from fitstudio.project.links import refuse_links_of_run
from fitstudio.project.paths import RunPaths
from fitstudio.project.run_files import About
from fitstudio.project.saved_models import USUAL
from fitstudio.storage import atomic
from fitstudio.storage.checked import Count, Moment, Seconds, convert, plain

_FORMAT = 2
_CURVE_POINTS = 60
# What does not follow from the journal, and may change when that does not.
_OUTSIDE_THE_JOURNAL = (
    "run", "number", "name", "parent", "changes", "starred", "note", "series", "has_model",
    "measured", "compared",
)  # fmt: skip


@dataclass(frozen=True)
class Best:
    """The best value of the monitored metric; `epoch` counts from 0."""

    monitor: str
    value: float
    epoch: Count
    mode: str = "min"


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """What a list shows of a run.

    Args:
        run: The folder's name.
        number: Its number, from 1.
        name: What a person calls it.
        outcome: How it ended, or None.
        reason: Why, as a code; "" while it runs.
        sentence: How it stands or ended, in words.
        damage: What is wrong with its files, as a sentence; "" where nothing is.
        phase: What it is doing.
        epochs: How many epochs it finished.
        best: The best value of its monitored metric.
        history: The values of its last epoch.
        curve: The monitored metric over its epochs, thinned.
        progress: 0 to 1, or None.
        started: When (wall clock), or None.
        seconds: How long its process worked.
        parent: The run that it was made from.
        changes: What differs from that: `key`, `mine`, `theirs`.
        starred: Whether it is marked.
        note: What a person wrote about it.
        series: Its place in the order of plot colours, once it was compared with others.
        has_model: Whether a model of it is on the disk.
        target: How the target was scaled, as the journal tells it; None for classes.
        measured: Whether results of it are on the disk.
        compared: The run that `changes` are against; empty if there was none, None if it is not
            known.
    """

    run: str
    number: int
    name: str
    outcome: Outcome | None = None
    reason: str = ""
    sentence: str = ""
    damage: str = ""
    phase: str = "starting"
    epochs: Count = 0
    best: Best | None = None
    history: Mapping[str, float]
    curve: tuple[float, ...] = ()
    progress: float | None = None
    started: Moment | None = None
    seconds: Seconds = 0.0
    parent: str | None = None
    changes: tuple[Mapping[str, Any], ...] = ()
    starred: bool = False
    note: str = ""
    series: int | None = None
    target: Mapping[str, Any] | None = None
    has_model: bool = False
    measured: bool = False
    compared: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain data; numbers that are not finite as text."""
        return finite(plain(self))


def summarize(paths: RunPaths, about: About, state: RunState) -> RunSummary:
    """The line about a run from its journal."""
    best = state.best
    monitor = state.watch.monitor if state.watch else "loss"
    values = [row.logs[monitor] for row in state.epochs if monitor in row.logs]
    return RunSummary(
        **_besides(paths, about),
        outcome=state.outcome,
        reason=state.reason,
        sentence=state.outcome_sentence(),
        damage=state.damage,
        phase=state.phase.value,
        epochs=len(state.epochs),
        best=Best(best.monitor, best.value, best.epoch or 0, best.mode)
        if best is not None and best.value is not None
        else None,
        history=dict(state.epochs[-1].logs) if state.epochs else {},
        curve=_thinned(values),
        target=state.data.get("target"),
        progress=state.progress,
        started=state.started or about.created or None,
        seconds=round(state.seconds, 3),
    )


def keep(paths: RunPaths, summary: RunSummary, journal_bytes: int) -> None:
    """Keeps the line of a run that has ended; where that cannot be written, nothing is lost."""
    fields = summary.to_json()
    for name in _OUTSIDE_THE_JOURNAL:
        del fields[name]
    content = {"format": _FORMAT, "journal_bytes": journal_bytes, "summary": fields}
    try:
        refuse_links_of_run(paths)
        atomic.write_json(paths.summary, content, durable=False)
    except (ProjectError, StorageError, ValueError):
        pass


def kept(paths: RunPaths, about: About, journal_bytes: int) -> RunSummary | None:
    """The line that was kept, if the journal is still the same."""
    try:
        content = atomic.read_json(paths.summary, limit_bytes=1_000_000)
        if content["format"] != _FORMAT or content["journal_bytes"] != journal_bytes:
            return None
        fields = dict(content["summary"])
        if best := fields["best"]:
            best["value"] = number(best["value"])
        fields["history"] = numbers(fields["history"])
        fields["curve"] = [number(value) for value in fields["curve"]]
        return convert(fields | _besides(paths, about), RunSummary)
    except (StorageError, LookupError, TypeError, ValueError, AttributeError):
        return None  # it is made again from the journal


def _besides(paths: RunPaths, about: About) -> dict[str, Any]:
    return {
        "run": paths.name,
        "number": paths.number,
        "name": about.title,
        "parent": about.parent,
        "changes": about.changes,
        "starred": about.starred,
        "note": about.note,
        "series": about.series,
        "has_model": any((paths.checkpoints / name).is_dir() for name in USUAL),
        "measured": paths.results.exists(),
        "compared": about.compared,
    }


def _thinned(values: Sequence[Any]) -> tuple[Any, ...]:
    if len(values) <= _CURVE_POINTS:
        return tuple(values)
    step = (len(values) - 1) / (_CURVE_POINTS - 1)
    return tuple(values[round(index * step)] for index in range(_CURVE_POINTS))
