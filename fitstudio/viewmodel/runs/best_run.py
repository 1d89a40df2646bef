"""Which run is best, and where in its curve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fitstudio.actions.runs import RunSummary
from fitstudio.journal.best_value import mode_of
from fitstudio.viewmodel.own_units import best_measure, best_value

if TYPE_CHECKING:
    pass


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


def best_index(line: RunSummary) -> int | None:
    """Where in its (thinned) curve a run was best."""
    return _best_index(line.curve, line.best.mode if line.best is not None else "min")


def best_point(values: Sequence[float], metric: str) -> int | None:
    """Where a metric's curve is best, by the metric's own sense of better."""
    return _best_index(values, mode_of(metric))


def _best_index(values: Sequence[Any], mode: str) -> int | None:
    known = [index for index, value in enumerate(values) if _is_number(value)]
    better = max if mode == "max" else min
    return better(known, key=lambda index: values[index], default=None)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)
