"""The columns of the table of runs: which there are, how lines are ordered and found by them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from fitstudio.actions.runs import RunSummary
from fitstudio.viewmodel.own_units import best_value
from fitstudio.viewmodel.runs.run_words import badge_of, changed_words

if TYPE_CHECKING:
    pass


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


COLUMNS = tuple(Column)

HIDDEN_AT_FIRST = frozenset({Column.TOOK, Column.NOTE})


def matches(line: RunSummary, words: Sequence[str]) -> bool:
    """Whether number, name, note, changes or state of a run hold all these words, given in small
    letters."""
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


def sort_key(line: RunSummary, column: Column) -> Any:
    """What lines are ordered by in a column; None where the run has no value there."""
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
