"""A run's best value as every page tells it: in the target's own unit, where it has one."""

from __future__ import annotations

from fitstudio.actions.run.run_summary import RunSummary
from fitstudio.journal.target_scale import TargetScale
from fitstudio.words import numbers


def in_own_unit(value: float, metric: str, scale: TargetScale | None) -> float:
    """A value of History in the target's unit."""
    return value if scale is None else value * scale.factor(metric)


def value_words(value: float | None, metric: str, scale: TargetScale | None) -> str:
    """A value of History in the target's unit, with the unit: "0.118 %"."""
    if value is None:
        return numbers.format_value(None)
    unit = "" if scale is None else scale.unit_of(metric)
    return numbers.format_measured(in_own_unit(value, metric, scale), unit)


def scale_of(line: RunSummary) -> TargetScale | None:
    """How the target of a run was scaled."""
    return TargetScale.from_fields(line.target)


def best_value(line: RunSummary) -> float | None:
    """The best value of a run, in the target's unit."""
    if line.best is None:
        return None
    return in_own_unit(line.best.value, line.best.monitor, scale_of(line))


def best_words(line: RunSummary) -> str:
    """The same in words, with the unit."""
    if line.best is None:
        return numbers.format_value(None)
    return value_words(line.best.value, line.best.monitor, scale_of(line))


def best_measure(line: RunSummary) -> tuple[str, str, str] | None:
    """What the best value measures: runs are compared only where this is the same.

    Two validation losses are different things where one is squared and the other is not.
    """
    if line.best is None:
        return None
    scale = scale_of(line)
    if scale is None:
        return line.best.monitor, "", ""
    loss = scale.loss if line.best.monitor.removeprefix("val_") == "loss" else ""
    return line.best.monitor, loss, scale.words_for(line.best.monitor)
