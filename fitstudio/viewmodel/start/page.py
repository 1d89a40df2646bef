"""What the start page knows: recent projects with their latest curve, examples, what was cut off.

Everything that touches a disk is done in the background; rows come first with what is at hand
(name, place, day) and are filled in as their runs have been read.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from psygnal import Signal

from fitstudio.actions import projects, runs
from fitstudio.actions.models import using_models
from fitstudio.actions.run.run_summary import RunSummary
from fitstudio.project import Project
from fitstudio.viewmodel.figures import monitored_title
from fitstudio.viewmodel.own_units import best_words, scale_of
from fitstudio.viewmodel.runs.best_run import best_of
from fitstudio.viewmodel.shell.background import Background
from fitstudio.viewmodel.shell.places import short_place
from fitstudio.words import say, say_count
from fitstudio.words.numbers import format_measured, in_percent

_SHOWN = 4
_LONGEST_FACTS = 32
# From the best known kind of data to the most special one.
_ORDER = ("penguins", "diabetes", "digits", "bearings", "motions")
_DAY_S = 86_400
_CHECKED = "validation"


@dataclass(frozen=True, kw_only=True)
class RecentRow:
    """One recent project.

    Args:
        folder: Its folder.
        name: What it is called.
        place: Where it is, in words.
        when: When it was last opened, in words.
        missing: Whether it is not there any more.
        looked_at: Whether its runs have been read.
        runs: How many runs it has.
        score: Its best value, in words.
        curve: The best run's curve.
        best: Index of the best value in `curve`.
        kind: The format of its data, such as "table", or "".
        interrupted: The newest run, if it was cut off and can go on.
        running: The run that is being trained now.
    """

    folder: Path
    name: str
    place: str
    when: str
    missing: bool = False
    looked_at: bool = False
    runs: int = 0
    score: str = ""
    curve: Sequence[float] = ()
    best: int | None = None
    kind: str = ""
    interrupted: RunSummary | None = None
    running: RunSummary | None = None


@dataclass(frozen=True)
class ExampleCardData:
    """One example as its card shows it.

    Args:
        name: Its name for `Opening.example`.
        title: What it is called.
        sentence: What it shows.
        facts: Kind, size and time, in one line.
        picture: A small part of its data to draw: points, lines or images.
    """

    name: str
    title: str
    sentence: str
    facts: str
    picture: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass
class StartModel:
    """The start page's state and verbs.

    Args:
        background: Where slow work is done.

    Attributes:
        recent: The projects opened last, newest first; at first only so many as the page has room
            for.
        more: The others.
        examples: The examples that are shipped.
    """

    background: Background
    recent: list[RecentRow] = field(default_factory=list)
    more: list[RecentRow] = field(default_factory=list)
    examples: list[ExampleCardData] = field(default_factory=list)

    changed = Signal()

    def load(self) -> None:
        """Reads lists, then looks into each recent project."""
        self.background.run(lambda job: _examples(), self._on_examples)
        self.background.run(
            lambda job: _recent_rows(), self._on_recent, lambda problem: None, replaces="recent"
        )

    def show_all(self) -> None:
        """Lists every project that was opened, not only the last ones."""
        added, self.more = self.more, []
        self.recent = [*self.recent, *added]
        self.changed.emit()
        self._look_into(added)

    def forget(self, folder: Path) -> None:
        """Takes a project out of the list; its folder is not touched."""
        self.recent = [row for row in self.recent if row.folder != folder]
        self.changed.emit()
        self.background.run(lambda job: projects.forget_project(folder))

    @property
    def cut_off(self) -> RecentRow | None:
        """The newest project whose last run was cut off, or None."""
        return next((row for row in self.recent if row.interrupted is not None), None)

    def _on_examples(self, examples: list[ExampleCardData]) -> None:
        self.examples = examples
        self.changed.emit()

    def _on_recent(self, rows: list[RecentRow]) -> None:
        # Who has asked for all of them keeps them.
        shown = len(rows) if len(self.recent) > _SHOWN else _SHOWN
        self.recent, self.more = rows[:shown], rows[shown:]
        self.changed.emit()
        self._look_into(self.recent)

    def _look_into(self, rows: Sequence[RecentRow]) -> None:
        for row in rows:
            if not row.missing:
                self.background.run(
                    lambda job, row=row: _looked_into(row),
                    self._on_looked_into,
                    lambda problem: None,
                )

    def _on_looked_into(self, looked: RecentRow) -> None:
        self.recent = [looked if row.folder == looked.folder else row for row in self.recent]
        self.changed.emit()


def is_project(path: Path) -> bool:
    """Whether a folder or file that was dropped is a project."""
    return path.name == "project.json" or (path / "project.json").is_file()


def _examples() -> list[ExampleCardData]:
    found = [
        ExampleCardData(
            name=each.name,
            title=each.title,
            sentence=each.sentence,
            facts=_in_one_line(each.facts),
            picture=_picture(each.folder),
        )
        for each in projects.list_examples()
    ]
    return sorted(found, key=lambda each: _ORDER.index(each.name) if each.name in _ORDER else 99)


def _picture(folder: Path) -> Mapping[str, Any]:
    """The part of `example.json` that is there to be drawn; nothing where it is damaged."""
    try:
        content = json.loads((folder / "example.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    preview = content.get("preview") if isinstance(content, dict) else None
    return preview if isinstance(preview, dict) else {}


def _in_one_line(facts: Sequence[str]) -> str:
    """The facts with dots between; what is counted goes without saying where room is short."""
    line = " · ".join(facts)
    if len(line) <= _LONGEST_FACTS:
        return line
    return " · ".join(re.sub(r"^([\d,]+) \w{3,}$", r"\1", fact) for fact in facts)


def _recent_rows() -> list[RecentRow]:
    return [
        RecentRow(
            folder=recent.folder,
            name=recent.name,
            place=short_place(recent.folder),
            when=day_words(recent.opened),
            missing=recent.missing,
        )
        for recent in projects.recent_projects()
    ]


def _looked_into(row: RecentRow) -> RecentRow:
    with projects.open_project(row.folder, read_only=True) as project:
        found = runs.list_runs(project)
        kind = str(project.settings.get("data.kind") or "")
        best = best_of(found)
        achieved = _achieved(project, best) if best is not None else ""
    last = found[-1] if found else None
    cut_off = last if last is not None and last.outcome == "interrupted" else None
    now = next((run for run in reversed(found) if run.outcome is None), None)
    row = replace(row, looked_at=True, runs=len(found), kind=kind, interrupted=cut_off, running=now)
    if best is None or best.best is None:
        return row
    pick = max if best.best.mode == "max" else min
    curve = [float(value) for value in best.curve]
    return replace(
        row,
        score=achieved or f"{monitored_title(best.best.monitor)} {best_words(best)}",
        curve=curve,
        best=curve.index(pick(curve)) if curve else None,
    )


def _achieved(project: Project, best: RunSummary) -> str:
    """What the best run's model achieves on the rows that check it; empty if not measured."""
    results = using_models.load_results(project, best.run) if best.measured else None
    if results is None:
        return ""
    if _CHECKED in results.confusion:
        counts = results.confusion[_CHECKED]
        total = sum(sum(row) for row in counts)
        right = sum(row[place] for place, row in enumerate(counts))
        return (
            say(
                "{right} of {total} right",
                right=in_percent(right / total),
                total=say_count(total, "{number} row", "{number} rows"),
            )
            if total
            else ""
        )
    outputs = results.parity.get(_CHECKED, {}).get("outputs", [])
    match outputs:
        case [output]:
            pass
        case _:
            return ""
    scale = scale_of(best)
    unit = "" if scale is None else scale.unit_of("mean_absolute_error")
    error = format_measured(float(output["mean_absolute_error"]), unit)
    return say("Off by {error} on average", error=error)


def day_words(when: float, *, now: float | None = None) -> str:
    """A moment as a day: "Today", "Yesterday", "12 Nov", "3 Feb 2024"."""
    now = time.time() if now is None else now
    then, today = time.localtime(when), time.localtime(now)
    if then[:3] == today[:3]:
        return say("Today")
    if then[:3] == time.localtime(now - _DAY_S)[:3]:
        return say("Yesterday")
    day = f"{then.tm_mday} {time.strftime('%b', then)}"
    return day if then.tm_year == today.tm_year else f"{day} {then.tm_year}"
