"""Says in sentences how large the model is, and what was chosen for these data and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitstudio.declared.catalogue.entries import CALLBACKS, MODELS
from fitstudio.declared.catalogue.losses import NUMBERS
from fitstudio.declared.kinds.entries import Chosen
from fitstudio.declared.kinds.param import Param
from fitstudio.declared.parameters.registry import find_param
from fitstudio.declared.resolve import Resolved
from fitstudio.declared.task.columns import chosen
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.declared.task.facts import Facts
from fitstudio.declared.task.learning_choices import kept, learning_choices
from fitstudio.words import say
from fitstudio.words.numbers import (
    format_bytes,
    format_count,
    listed,
    plain_number,
    strong,
)


def size_text(resolved: Resolved, facts: Facts) -> str:
    """How much the model learns and the memory that it needs; empty without a model."""
    plan = resolved.model_plan
    if plan is None or not plan.ok:
        return ""
    model = MODELS[resolved.value("model.kind")].title
    name = model if model in ("LSTM", "GRU") else f"{model[:1].lower()}{model[1:]}"
    memory = format_bytes(plan.batch_bytes(facts.batch_size))
    return say(
        "The {name} learns {parameters} numbers and needs about {memory}.",
        name=name,
        parameters=strong(format_count(plan.parameters)),
        memory=memory,
    )


def choices_text(resolved: Resolved, summary: DatasetSummary | None) -> str:
    """What was chosen for these data and is still set, each with its reason."""
    if summary is None:
        return ""
    values = {key: each.value for key, each in resolved.values.items()}
    inputs = chosen(summary, values["fit.x"])
    numbers = resolved.facts is not None and resolved.facts.target == NUMBERS
    choices = learning_choices(summary, inputs, model=values["model.kind"], numbers=numbers)
    sentences = []
    for each in kept(choices, values):
        param = find_param(each.key, values["model.kind"])
        if param is not None:
            sentences.append(
                say(
                    "{title} {shown}: {why}.",
                    title=param.title,
                    shown=strong(_shown_choice(param, each.value)),
                    why=each.why,
                )
            )
    return " ".join(sentences)


def _shown_choice(param: Param, value: Any) -> str:
    """A value that was chosen, in a few words."""
    if isinstance(param.kind, Chosen):
        return param.kind.entries[value].title
    if param.key == "fit.callbacks":
        return listed([CALLBACKS[item["kind"]].title for item in value])
    if isinstance(value, Mapping):
        return listed([f"{name} {plain_number(number)}" for name, number in value.items()])
    return param.show(value)
