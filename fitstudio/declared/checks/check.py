"""What all checks are given, and how they write down what they find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.kinds.conditions import Situation
from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import ColumnSummary, DatasetSummary
from fitstudio.declared.task.facts import Facts
from fitstudio.declared.task.task import Task


@dataclass(frozen=True)
class Checked:
    """What is checked.

    Args:
        spec: What was set.
        values: The value of every setting that fits its kind, defaults included.
        situation: The same, as conditions ask for it.
        summary: What is known about the data; None while that is nothing.
        task: What goes in and what comes out; None while inputs and target do not make a task.
        facts: What follows; None without a task.
    """

    spec: RunSpec
    values: Mapping[str, Any]
    situation: Situation
    summary: DatasetSummary | None
    task: Task | None
    facts: Facts | None

    def given(self, key: str) -> bool:
        """Whether the setting was made and differs from its default."""
        return key in self.situation.given

    def target_columns(self) -> tuple[ColumnSummary, ...]:
        """What is known about the columns that are predicted."""
        if self.summary is None or self.task is None:
            return ()
        columns = map(self.summary.column, self.task.target_names)
        return tuple(column for column in columns if column is not None)

    def class_columns(self) -> tuple[ColumnSummary, ...]:
        """What is known about the columns of classes that are predicted."""
        named = {output.class_column for output in self.task.outputs} if self.task else set()
        return tuple(column for column in self.target_columns() if column.name in named)


def error(code: str, where: str, sentence: str, fix: Fix | None = None) -> Finding:
    """A finding with which training cannot start."""
    return Finding(code, Severity.ERROR, where, sentence, fix)


def advice(code: str, where: str, sentence: str, fix: Fix | None = None) -> Finding:
    """A finding to look at, with which training can start."""
    return Finding(code, Severity.ADVICE, where, sentence, fix)
