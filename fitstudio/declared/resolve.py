"""Turns what was asked for and what is known about the data into final values and findings.

All findings are collected; the first never hides the second. A value that does not fit its kind is
an error, and everything else is worked out with the default in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fitstudio.declared.catalogue.entries import OPTIMIZERS
from fitstudio.declared.checks.augmentation import check_augmentation
from fitstudio.declared.checks.callbacks import check_callbacks
from fitstudio.declared.checks.check import Checked
from fitstudio.declared.checks.compile import check_compile
from fitstudio.declared.checks.data import check_data
from fitstudio.declared.checks.fit import check_fit
from fitstudio.declared.checks.second_file import check_second_file
from fitstudio.declared.checks.split import check_reported_parts, check_split
from fitstudio.declared.kinds.conditions import Situation
from fitstudio.declared.kinds.param import Finding, Fix, Param, Severity
from fitstudio.declared.parameters.rules import RULES
from fitstudio.declared.plan.models import model_settings, plan_task
from fitstudio.declared.resolved import Origin, Resolved, ResolvedValue
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.columns import chosen, is_picture
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.declared.task.facts import Facts, find_facts
from fitstudio.declared.task.task import CLASSIFICATION, Task, make_task
from fitstudio.errors import DataError
from fitstudio.words import say

__all__ = ["Origin", "Resolved", "ResolvedValue", "resolve"]


def resolve(
    spec: RunSpec,
    summary: DatasetSummary | None = None,
    *,
    model_plan: bool = True,
    second: DatasetSummary | None = None,
) -> Resolved:
    """Work out final values and everything there is to say about them.

    Args:
        spec: What was asked for.
        summary: What is known about the data; without it only the settings themselves are checked.
        model_plan: Whether the model is planned as well.
        second: What is known about a second file that the model is checked on, where that was
            looked at.
    """
    params = spec.params()
    problems = spec.problems()
    values = spec.values(problems)
    task = _task(spec, values, summary)
    facts = find_facts(values, summary, task) if summary is not None and task is not None else None
    situation = _situation(spec, values, task, facts)
    checked = Checked(spec, values, situation, summary, task, facts)
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
        *check_split(checked),
        *(check_second_file(checked, second) if second is not None else ()),
        *check_augmentation(checked),
        *check_compile(checked),
        *check_callbacks(checked),
    ]
    codes = {each.code for each in found}
    codes.update(each.code for each in (summary.findings if summary is not None else ()))
    found += check_reported_parts(checked, codes)
    plan = None
    if model_plan and task is not None:
        plan = plan_task(task, values["model.kind"], model_settings(values))
    if plan is not None:
        found += plan.findings
    found += _without_effect(checked, params, greyed, {finding.where for finding in found})
    return Resolved(
        values=_resolved_values(checked, params),
        findings=tuple(sorted(found, key=lambda each: each.severity is not Severity.ERROR)),
        facts=facts,
        model_plan=plan,
        greyed=greyed,
        task=task,
    )


def _task(spec: RunSpec, values: Mapping[str, Any], summary: DatasetSummary | None) -> Task | None:
    if summary is None:
        return None
    inputs, targets = (chosen(summary, values[key]) for key in ("fit.x", "fit.y"))
    try:
        return make_task(spec, values, inputs, targets)
    except DataError:
        return None  # the checks say why, with a way out


def _situation(
    spec: RunSpec, values: Mapping[str, Any], task: Task | None, facts: Facts | None
) -> Situation:
    given = {
        key for key in spec.set_keys() if key in values and spec.get(key) != spec.param(key).default
    }
    known = {"one output"} if task is None or len(task.outputs) == 1 else set()
    if values["fit.sample_weight"] is not None:
        known |= {"sample weights", "weights"}
    if values["fit.class_weight"]:
        known.add("weights")
    if task is None or facts is None:
        # While nothing is known about the data, nothing is greyed for reasons of the data.
        known |= {"validation", "classes", "pictures"}
    else:
        known.add("task known")
        families = {output.family for output in task.outputs}
        known.add("classes" if CLASSIFICATION in families else "numbers")
        if facts.validates:
            known.add("validation")
        if any(is_picture(slot.shape) for slot in task.inputs):
            known.add("pictures")
        if any(len(output.shape) > 1 for output in task.outputs):
            known.add("time steps")
    return Situation(values, frozenset(given), values["data.feed"], frozenset(known))


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
            fix = Fix(say("Clear it"), {param.key: None})
            sentence = say("Ignored: {greyed}.", greyed=greyed[param.key])
            found.append(
                Finding(f"{param.key}-no-effect", Severity.NO_EFFECT, param.key, sentence, fix)
            )
    own = {param.key for param in params}
    for key in checked.spec.set_keys():
        if key.startswith("model.") and key not in own:
            sentence = say(
                "Ignored: this model has no {key}.", key=key.partition(".")[2].replace("_", " ")
            )
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
        first = next(iter(checked.summary.sources), checked.summary)
        derived["data.kind"] = first.kind
    return derived
