"""What a run would be, as `resolved.json` keeps it: final values, findings, task, model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.parameters.registry import FIXED, find_param
from fitstudio.declared.plan.models import ModelPlan
from fitstudio.declared.task.facts import Facts
from fitstudio.declared.task.task import Task
from fitstudio.storage.checked import MisfitError, convert, plain
from fitstudio.words import say


class Origin(StrEnum):
    """Where a final value comes from."""

    YOU = "you"
    DEFAULT = "default"
    DERIVED = "derived"


@dataclass(frozen=True)
class ResolvedValue:
    """A final value and its origin."""

    value: Any
    origin: Origin


@dataclass(frozen=True)
class Resolved:
    """What a run would be.

    Args:
        values: The final value of every setting by key.
        findings: Everything there is to say, errors first.
        facts: What follows from settings and data; None while inputs and target make no task.
        model_plan: The planned model; None without facts.
        greyed: Why a setting has no effect now, by key, as a clause.
        task: What goes in and what comes out; None while inputs and target make no task, and in
            runs of versions that did not keep it.
    """

    values: Mapping[str, ResolvedValue]
    findings: tuple[Finding, ...] = ()
    facts: Facts | None = None
    model_plan: ModelPlan | None = None
    greyed: Mapping[str, str] = field(default_factory=dict)
    task: Task | None = None

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings with which training cannot start."""
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)

    @property
    def ok(self) -> bool:
        """Whether training can start."""
        return not self.errors

    def value(self, key: str) -> Any:
        """The final value of a setting."""
        return self.values[key].value

    def findings_at(self, key: str) -> tuple[Finding, ...]:
        """The findings that stand at a setting."""
        return tuple(each for each in self.findings if each.where == key)

    def to_json(self) -> dict[str, Any]:
        """Everything as plain data: what is written to ``resolved.json``."""
        return plain(replace(self, values=_each_value(self.values, _json_value)))

    @classmethod
    def from_json(cls, data: Any) -> Resolved:
        """Reads what `to_json` wrote.

        Raises:
            MisfitError: If something is missing, of another type, or no value of its setting.
        """
        stored = convert(data, cls)
        return replace(stored, values=_each_value(stored.values, _value_from_json))


def _each_value(
    values: Mapping[str, ResolvedValue], change: Callable[[str, Any], Any]
) -> dict[str, ResolvedValue]:
    return {key: replace(each, value=change(key, each.value)) for key, each in values.items()}


def _json_value(key: str, value: Any) -> Any:
    param = FIXED.get(key)
    return value if param is None or value is None else param.kind.to_json(value)


def _value_from_json(key: str, value: Any) -> Any:
    param = find_param(key)
    if param is None or value is None:
        return value
    value = param.kind.from_json(value)
    problem = param.check(value)
    if problem is not None:
        raise MisfitError(say("`values.{key}`: {problem}", key=key, problem=problem))
    return value
