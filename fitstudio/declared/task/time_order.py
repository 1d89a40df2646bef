"""Whether the rows of a file follow each other in time, and so should not be mixed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fitstudio.declared.task.columns import chosen
from fitstudio.declared.task.dataset_summary import CONSTANT, ID, NUMBER, DatasetSummary
from fitstudio.words import say
from fitstudio.words.numbers import strong

# Counts only beside values that rise from row to row.
_TIME_NAME = re.compile(r"(?i)^(time|times|timestamp|datetime|date|elapsed|zeit|uhrzeit|datum)\b")
_ALIKE = 0.9
_FEWEST_VALUES = 20


def time_order(summary: DatasetSummary, targets: Sequence[str]) -> str:
    """Why the rows seem to be a time series, as a clause; empty where nothing says so.

    Args:
        summary: What is known about the file.
        targets: What is to be predicted.
    """
    for column in summary.columns:
        timed = column.dates or (column.type in (NUMBER, ID) and _TIME_NAME.match(column.name))
        if column.order and timed and column.name not in targets:
            way = say("goes up") if column.order == "rising" else say("goes down")
            return say("{column} {way} from row to row", column=strong(column.name), way=way)
    # A file that was sorted by a column looks much the same.
    if any(each.sorted_runs or each.order for each in summary.columns if _says_order(each.type)):
        return ""
    for column in chosen(summary, targets):
        many = (column.distinct or 0) > _FEWEST_VALUES
        if column.type == NUMBER and many and (column.likeness or 0.0) >= _ALIKE:
            return say("{column} changes little from row to row", column=strong(column.name))
    return ""


def _says_order(kind: str) -> bool:
    return kind not in (ID, CONSTANT)
