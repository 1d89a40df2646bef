"""Inputs that tell the target all but alone, also by a curve or in steps: known too late, maybe.

Looked at in rows that train only, in at most so many of them at even distances. An input must stand
out: where several tell the target as well, the task is an easy one and no column a leak.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fitstudio.data.columns.source import Source
from fitstudio.data.preparing.parts.part_rows import PartRows
from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import CATEGORY, ID, ColumnSummary, DatasetSummary
from fitstudio.declared.task.split import measures
from fitstudio.words import say
from fitstudio.words.numbers import format_count, in_percent, strong

_MOST_ROWS = 20_000
_FEWEST_ROWS = 60
_BINS = 32
# Wrong in so few rows that were not looked at for it, where guessing is wrong far more often.
_MOST_WRONG = 0.02
_LEAST_GUESSED_WRONG = 0.15
# Of the variance of a number so little is left.
_MOST_LEFT = 0.01
# The next best input must leave so many times more.
_STANDS_OUT = 5.0


def find_leaks(
    source: Source, summary: DatasetSummary, spec: RunSpec, rows: PartRows
) -> Iterator[Finding]:
    """The input that tells the target, where one stands out from all the others.

    Args:
        source: The opened file.
        summary: What is known about it.
        spec: The settings.
        rows: The parts.
    """
    names, targets = spec.get("fit.x"), spec.get("fit.y")
    if len(names) < 2 or len(targets) != 1 or len(rows.training) < _FEWEST_ROWS:
        return
    (target,) = (source.column(name) for name in targets)
    if target.shape:
        return
    count = min(_MOST_ROWS, len(rows.training))
    places = np.sort(rows.training)[np.linspace(0, len(rows.training) - 1, count).astype(np.int64)]
    by_class = any(each.class_column is not None for each in rows.task.outputs)
    left: list[tuple[float, str]] = []
    guessed = 1.0
    if by_class:
        _, codes = np.unique(
            source.scalars(target.name, CATEGORY).labels()[places].astype(str), return_inverse=True
        )
        guessed = 1.0 - float(np.bincount(codes).max()) / count
        if guessed < _LEAST_GUESSED_WRONG:
            return
        limit = _MOST_WRONG
        left = [
            (_wrong(_kinds(source, source.column(name), places), codes), name)
            for name in names
            if _is_looked_at(source.column(name))
        ]
    else:
        limit = _MOST_LEFT
        values = source.scalars(target.name, "number").numbers()[places]
        left = [
            (_unexplained(source.scalars(name).numbers()[places], values), name)
            for name in names
            if _is_looked_at(source.column(name)) and measures(source.column(name))
        ]
    left.sort()
    if not left or left[0][0] > limit:
        return
    if len(left) > 1 and left[1][0] < max(_STANDS_OUT * left[0][0], 2 * limit):
        return
    amount, name = left[0]
    if name in summary.telling(target.name):
        return  # what tells it exactly is said already
    sampled = ""
    if count < len(rows.training):
        sampled = say(" (looked at in {rows} rows)", rows=format_count(count))
    kept = [each for each in names if each != name]
    if by_class:
        sentence = say(
            "{name} alone tells {target}, the target, in {share} of the rows{sampled}; no other "
            "input comes near. Is it known before the target is?",
            name=strong(name), target=strong(target.name), share=in_percent(1 - amount),
            sampled=sampled,
        )  # fmt: skip
    else:
        sentence = say(
            "{name} alone explains {share} of what changes in {target}, the target{sampled}; no "
            "other input comes near. Is it known before the target is?",
            name=strong(name), target=strong(target.name), share=in_percent(1 - amount),
            sampled=sampled,
        )  # fmt: skip
    yield Finding(
        "fit.x-nearly-tells-target",
        Severity.ADVICE,
        "fit.x",
        sentence,
        Fix(say("Leave it out"), {"fit.x": kept}),
    )


def _is_looked_at(column: ColumnSummary) -> bool:
    return not column.shape and not column.order and not column.dates and column.type != ID


def _kinds(source: Source, column: ColumnSummary, places: np.ndarray) -> np.ndarray:
    """For each row a small number: its bin of the values, or its class."""
    if measures(column):
        values = source.scalars(column.name).numbers()[places]
        present = values[np.isfinite(values)]
        if not len(present):
            return np.zeros(len(values), np.int64)
        edges = np.unique(np.quantile(present, np.linspace(0, 1, _BINS + 1)[1:-1]))
        found = np.searchsorted(edges, values, side="right")
        return np.where(np.isfinite(values), found, len(edges) + 1)
    labels = source.scalars(column.name).labels()[places].astype(str)
    return np.unique(labels, return_inverse=True)[1]


def _wrong(kinds: np.ndarray, codes: np.ndarray) -> float:
    """How often the commonest class of a kind is wrong, learned on every other row only."""
    counts = np.zeros((kinds.max() + 1, codes.max() + 1), np.int64)
    np.add.at(counts, (kinds[::2], codes[::2]), 1)
    if counts.shape[0] > len(kinds) / 4:
        return 1.0  # so many kinds are learned by heart
    return float((counts.argmax(axis=1)[kinds[1::2]] != codes[1::2]).mean())


def _unexplained(values: np.ndarray, target: np.ndarray) -> float:
    """The share of a number's variance that is left between rows with the next value of another."""
    usable = np.isfinite(values) & np.isfinite(target)
    values, target = values[usable], target[usable]
    if len(values) < _FEWEST_ROWS or not target.std() or len(np.unique(values)) < len(values) / 4:
        return 1.0
    risen = target[np.argsort(values, kind="stable")]
    return float(np.mean(np.diff(risen) ** 2) / (2 * target.var()))
