"""What a line of the table says of a run: what it changed, its state, when it was."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from fitstudio.actions.runs import RunSummary
from fitstudio.declared.parameters.registry import find_param
from fitstudio.journal.events import Outcome, Reason
from fitstudio.viewmodel.monitor.badge import Badge
from fitstudio.words import numbers, say

if TYPE_CHECKING:
    pass

# Two lines of the column.
_LONGEST_CHANGES = 40


def changed_words(line: RunSummary) -> tuple[str, str]:
    """What a run changed: the text of its chip and, for the tooltip, all of it.

    An empty chip means that nothing changed, or that there is nothing to compare with.
    """
    parts = [
        f"{_short(key)} {_changed(key, each.get('theirs'))} → {_changed(key, each.get('mine'))}"
        for each in line.changes
        for key in (str(each.get("key", "")),)
    ]
    if not parts:
        if line.compared or line.parent:
            number = (line.compared or line.parent or "").partition("-")[0].lstrip("0")
            return "", say("The same settings as run {number}", number=number)
        if line.number == 1:
            return "", say("The first run")
        return "", say("There was no run to compare it with") if line.compared == "" else ""
    both = ", ".join(parts)
    if len(parts) > 2 or len(both) > _LONGEST_CHANGES:
        rest = f", +{len(parts) - 1}" if len(parts) > 1 else ""
        both = f"{parts[0]}{rest}"
    return both, "\n".join(parts)


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


def _short(key: str) -> str:
    name = key.partition(".")[2].replace("_", " ")
    return {"learning rate": "rate", "x": "inputs", "y": "target", "kind": "model"}.get(name, name)


def _changed(key: str, value: Any) -> str:
    """A side of a change; what is not set is told by its setting: automatic, none, nothing."""
    param = find_param(key, None) if value is None else None
    return param.show(None) if param is not None else value_words(value)


def value_words(value: Any) -> str:
    """A value of a setting as a change tells it: "on", "0.001", "3, 5"."""
    match value:
        case None:
            return "automatic"
        case bool():
            return "on" if value else "off"
        case int():
            return numbers.format_count(value)
        case float():
            return numbers.format_exact(value)
        case list() | tuple():
            return ", ".join(value_words(each) for each in value) or "none"
        case dict():
            return str(value.get("kind", "changed"))
    return str(value).rpartition("/")[2]
