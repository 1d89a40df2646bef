"""What all checks are given, and how they write down what they find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.kinds.conditions import Situation
from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.declared.task.facts import Facts


@dataclass(frozen=True)
class Checked:
    """What is checked.

    Args:
        spec: What was set.
        values: The value of every setting that fits its kind, defaults included.
        situation: The same, as conditions ask for it.
        summary: What is known about the data; None while that is nothing.
        facts: What follows; None while inputs and target do not make a task.
    """

    spec: RunSpec
    values: Mapping[str, Any]
    situation: Situation
    summary: DatasetSummary | None
    facts: Facts | None

    def given(self, key: str) -> bool:
        """Whether the setting was made and differs from its default."""
        return key in self.situation.given


def error(code: str, where: str, sentence: str, fix: Fix | None = None) -> Finding:
    """A finding with which training cannot start."""
    return Finding(code, Severity.ERROR, where, sentence, fix)


def advice(code: str, where: str, sentence: str, fix: Fix | None = None) -> Finding:
    """A finding to look at, with which training can start."""
    return Finding(code, Severity.ADVICE, where, sentence, fix)
