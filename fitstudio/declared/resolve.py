"""Turns what was asked for and what is known about the data into final values and findings.

All findings are collected; the first never hides the second. A value that does not fit its kind is
an error, and everything else is worked out with the default in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from fitstudio.declared.catalogue.entries import OPTIMIZERS
from fitstudio.declared.checks.callbacks import check_callbacks
from fitstudio.declared.checks.check import Checked
from fitstudio.declared.checks.compile import check_compile
from fitstudio.declared.checks.data import check_data
from fitstudio.declared.checks.fit import check_fit
from fitstudio.declared.kinds.conditions import Situation
from fitstudio.declared.kinds.param import Finding, Fix, Param, Severity
from fitstudio.declared.parameters.model import model_params
from fitstudio.declared.parameters.registry import FIXED, find_param
from fitstudio.declared.parameters.rules import RULES
from fitstudio.declared.plan.models import ModelPlan, plan_model
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.declared.task.facts import CLASSIFICATION, Facts, find_facts
from fitstudio.storage.checked import MisfitError, convert, plain


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
    """

    values: Mapping[str, ResolvedValue]
    findings: tuple[Finding, ...] = ()
    facts: Facts | None = None
    model_plan: ModelPlan | None = None
    greyed: Mapping[str, str] = field(default_factory=dict)

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


def resolve(
    spec: RunSpec, summary: DatasetSummary | None = None, *, model_plan: bool = True
) -> Resolved:
    """Work out final values and everything there is to say about them.

    Args:
        spec: What was asked for.
        summary: What is known about the data; without it only the settings themselves are checked.
        model_plan: Whether the model is planned as well.
    """
    params = all_params(spec)
    problems = spec.problems()
    broken = {finding.where for finding in problems}
    values = {
        param.key: param.default if param.key in broken else spec.get(param.key) for param in params
    }
    facts = find_facts(spec, values, summary) if summary is not None else None
    situation = _situation(spec, values, facts)
    checked = Checked(spec, values, situation, summary, facts)
    greyed = {
        param.key: param.applies.why_not(situation)
        for param in params
        if not param.applies.holds(situation)
    }
    found = [
        *problems,
        *(finding for rule in RULES if (finding := rule.find(situation)) is not None),
        *check_data(checked),
        *check_fit(checked),
        *check_compile(checked),
        *check_callbacks(checked),
    ]
    plan = _plan(values, facts) if model_plan and facts is not None else None
    if plan is not None:
        found += plan.findings
    found += _without_effect(checked, params, greyed, {finding.where for finding in found})
    return Resolved(
        values=_resolved_values(checked, params),
        findings=tuple(sorted(found, key=lambda each: each.severity is not Severity.ERROR)),
        facts=facts,
        model_plan=plan,
        greyed=greyed,
    )


def all_params(spec: RunSpec) -> tuple[Param, ...]:
    """Every setting that there is for this model."""
    kind = spec.get("model.kind")
    return (*FIXED.values(), *model_params(kind))


def _situation(spec: RunSpec, values: Mapping[str, Any], facts: Facts | None) -> Situation:
    given = {
        key for key in spec.set_keys() if key in values and spec.get(key) != spec.param(key).default
    }
    known = {"one output"}
    if values["fit.sample_weight"] is not None:
        known |= {"sample weights", "weights"}
    if values["fit.class_weight"]:
        known.add("weights")
    if facts is None:
        # While nothing is known about the data, nothing is greyed for reasons of the data.
        known |= {"validation", "classes"}
    else:
        known.add("task known")
        known.add("classes" if facts.task == CLASSIFICATION else "numbers")
        if facts.validates:
            known.add("validation")
        if len(facts.output_shape) > 1:
            known.add("time steps")
    return Situation(values, frozenset(given), values["data.feed"], frozenset(known))


def _plan(values: Mapping[str, Any], facts: Facts) -> ModelPlan:
    kind = values["model.kind"]
    settings = {
        key.removeprefix("model."): value
        for key, value in values.items()
        if key.startswith("model.") and key != "model.kind"
    }
    return plan_model(
        kind, settings, facts.input_shape, facts.output_units, facts.output_activation
    )


def _without_effect(
    checked: Checked,
    params: Iterable[Param],
    greyed: Mapping[str, str],
    already: set[str],
) -> list[Finding]:
    """A finding for each setting that was made and has no effect."""
    found: list[Finding] = []
    for param in params:
        if param.key in greyed and checked.given(param.key) and param.key not in already:
            fix = Fix("Clear it", {param.key: None})
            sentence = f"Ignored: {greyed[param.key]}."
            found.append(
                Finding(f"{param.key}-no-effect", Severity.NO_EFFECT, param.key, sentence, fix)
            )
    own = {param.key for param in params}
    for key in checked.spec.set_keys():
        if key.startswith("model.") and key not in own:
            sentence = f"Ignored: this model has no {key.partition('.')[2].replace('_', ' ')}."
            found.append(Finding(f"{key}-no-effect", Severity.NO_EFFECT, key, sentence))
    return found


def _resolved_values(checked: Checked, params: Iterable[Param]) -> dict[str, ResolvedValue]:
    derived = _derived(checked)
    values: dict[str, ResolvedValue] = {}
    for param in params:
        value = checked.values[param.key]
        if value is None and derived.get(param.key) is not None:
            values[param.key] = ResolvedValue(derived[param.key], Origin.DERIVED)
        elif checked.spec.is_set(param.key) and value is not None:
            values[param.key] = ResolvedValue(value, Origin.YOU)
        else:
            values[param.key] = ResolvedValue(value, Origin.DEFAULT)
    return values


def _derived(checked: Checked) -> dict[str, Any]:
    """Values that stand in where None means "automatic"."""
    optimizer = OPTIMIZERS.get(checked.values["compile.optimizer"])
    derived: dict[str, Any] = {}
    if optimizer is not None:
        derived["compile.learning_rate"] = optimizer.defaults()["learning_rate"]
    facts = checked.facts
    if facts is not None:
        derived["compile.loss"] = facts.loss
        derived["fit.batch_size"] = facts.batch_size
        derived["fit.steps_per_epoch"] = facts.steps_per_epoch
        if facts.validates:
            derived["fit.validation_steps"] = facts.validation_steps
            derived["fit.validation_batch_size"] = facts.batch_size
    if checked.summary is not None:
        derived["data.kind"] = checked.summary.kind
    return derived


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
        raise MisfitError(f"`values.{key}`: {problem}")
    return value
