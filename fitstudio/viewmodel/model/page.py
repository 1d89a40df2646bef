"""What the Model page knows: the gallery, the chosen model's settings, its layers and its size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.catalogue.entries import MODELS
from fitstudio.declared.catalogue.losses import NUMBERS
from fitstudio.declared.kinds.param import Finding, Param
from fitstudio.declared.parameters.model import model_params
from fitstudio.declared.plan.layers import LayerPlan
from fitstudio.declared.plan.models import ModelPlan, plan_task
from fitstudio.declared.task.columns import chosen
from fitstudio.declared.task.dataset_summary import Shape
from fitstudio.declared.task.facts import Facts
from fitstudio.declared.task.learning_choices import learning_choices, suggested_model
from fitstudio.declared.task.task import Task
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import marked, nouns, numbers, say, say_count, say_marked

_OPERATIONS = {
    "reshape": marked("Same numbers, other shape"),
    "flatten": marked("All numbers in one row"),
    "dense": marked("Dense"),
    "conv1d": marked("Convolution over steps"),
    "conv2d": marked("Convolution over the picture"),
    "batch_norm": marked("Batch normalisation"),
    "activation": marked("Activation"),
    "dropout": marked("Dropout"),
    "max_pool1d": marked("Largest of each window"),
    "max_pool2d": marked("Largest of each window"),
    "global_max_pool1d": marked("Largest over all steps"),
    "global_max_pool2d": marked("Largest over the picture"),
    "global_average_pool1d": marked("Mean over all steps"),
    "global_average_pool2d": marked("Mean over the picture"),
    "lstm": "LSTM",
    "gru": "GRU",
    "concatenate": marked("Side by side"),
    "add": marked("Sum"),
    "feature_tokens": marked("A vector for each column"),
    "self_attention": marked("Every piece looks at every other"),
    "positions": marked("Numbers that tell places apart"),
    "layer_norm": marked("Normalisation of each row"),
    "table_embedding": marked("Waves of numbers, vectors of classes"),
    "feature_scale": marked("A factor for each number"),
    "scaled_dense": marked("Dense, scaled"),
    "parametric_activation": marked("Activation that is learned"),
    "members": marked("A row for each member"),
    "member_dense": marked("Dense, shared by members"),
    "member_output": marked("Members' answers and their mean"),
}


@dataclass(frozen=True)
class GalleryEntry:
    """One model of the gallery.

    Attributes:
        name: Its name in `model.kind`.
        title: What people call it.
        sentence: What it is good for.
        chosen: Whether it is the project's.
        why_not: Why it cannot take this data, or None.
        size: How many weights it would have, in words; "" while unknown.
        suggested: Whether it is the usual choice for data of this shape.
        icon: The icon that stands for it.
        group: The heading that it stands under.
    """

    name: str
    title: str
    sentence: str
    chosen: bool
    why_not: str | None
    size: str
    suggested: bool
    icon: str
    group: str


@dataclass(frozen=True)
class LayerRow:
    """One line of the layer table.

    Attributes:
        name: The layer's name in checkpoints.
        operation: What it does, in words.
        details: Its settings in words.
        shape: What it hands on, without the rows.
        parameters: How many numbers it learns, as text.
    """

    name: str
    operation: str
    details: str
    shape: str
    parameters: str


class ModelPageModel:
    """The Model page's state, worked out from the session whenever it is asked.

    Args:
        session: The open project.
    """

    def __init__(self, session: ProjectSession) -> None:
        self._session = session

    @property
    def kind(self) -> str:
        """The chosen model."""
        return self._session.spec.get("model.kind")

    @property
    def title(self) -> str:
        """What people call the chosen model."""
        entry = MODELS.get(self.kind)
        return entry.title if entry else str(self.kind)

    def choose(self, name: str) -> None:
        """Takes another model, and how it learns where nobody has said anything else."""
        if name != self.kind:
            values: dict[str, Any] = {"model.kind": name}
            allowed = {param.key for param in model_params(name)}
            values |= {
                key: None
                for key in self._session.spec.set_keys()
                if key.startswith("model.") and key not in allowed
            }
            self._session.set_many(
                self._learning(name) | values, say("Choose {models}", models=MODELS[name].title)
            )

    def _learning(self, name: str) -> dict[str, Any]:
        """How another model learns, where it is still as it was suggested for the present one."""
        summary = self._session.summary
        if summary is None:
            return {}
        spec = self._session.spec
        inputs = chosen(summary, spec.get("fit.x"))
        facts = self._session.resolved.facts
        numbers = facts is not None and facts.target == NUMBERS
        before, after = (
            {
                each.key: each.value
                for each in learning_choices(summary, inputs, model=kind, numbers=numbers)
            }
            for kind in (self.kind, name)
        )
        if any(spec.get(key) != value for key, value in before.items()):
            return {}  # somebody has said how it is to learn
        untouched = {key for key in after if key in before or not spec.is_set(key)}
        return dict.fromkeys(before) | {key: after[key] for key in untouched}

    def params(self) -> tuple[Param, ...]:
        """The chosen model's own settings."""
        return tuple(param for param in model_params(self.kind) if param.name != "kind")

    def gallery(self) -> list[GalleryEntry]:
        """Every model there is, with how it would fit this data; those made for it first."""
        task = self._session.resolved.task
        usual = self._usual_model()
        entries = []
        for name, entry in MODELS.items():
            plan = _plan(name, self._settings_for(name), task)
            errors = [each for each in plan.findings if not plan.ok] if plan else []
            entries.append(
                GalleryEntry(
                    name=name,
                    title=entry.title,
                    sentence=entry.help,
                    chosen=name == self.kind,
                    why_not=errors[0].sentence if errors else None,
                    size=weights_words(plan.parameters) if plan and plan.ok else "",
                    suggested=name == usual,
                    icon=entry.icon,
                    group=entry.group,
                )
            )
        first = next((each.group for each in entries if each.suggested), None)
        groups = list(dict.fromkeys(each.group for each in entries))
        return sorted(entries, key=lambda each: (each.group != first, groups.index(each.group)))

    def layers(self) -> list[LayerRow]:
        """The chosen model, layer by layer; empty while the data is unknown."""
        plan = self._session.resolved.model_plan
        return [_layer_row(layer) for layer in plan.layers] if plan else []

    def summary(self) -> list[tuple[str, str]]:
        """Facts about the chosen model: name and value in words."""
        resolved = self._session.resolved
        plan, facts = resolved.model_plan, resolved.facts
        if plan is None or facts is None or not plan.ok:
            return []
        return [
            (
                say("One {row}", row=nouns.one(facts.row_name)),
                say("{shape} numbers", shape=shape_words(plan.input_shape)),
            ),
            (say("Answer"), _answer_words(facts)),
            (say("Weights"), numbers.format_count(plan.parameters)),
            (say("Work"), _work_words(plan.flops, facts.row_name)),
            (say("Memory"), numbers.format_bytes(plan.batch_bytes(facts.batch_size))),
        ]

    def findings(self) -> list[Finding]:
        """What there is to say about the model."""
        return [each for each in self._session.resolved.findings if each.where.startswith("model")]

    def _usual_model(self) -> str | None:
        """The usual choice for the chosen inputs, or None while there are none."""
        summary = self._session.summary
        inputs = chosen(summary, self._session.spec.get("fit.x")) if summary is not None else ()
        return suggested_model(inputs)

    def _settings_for(self, name: str) -> Mapping[str, Any]:
        if name != self.kind:
            return {}
        return {param.name: self._session.spec.get(param.key) for param in self.params()}


def shape_words(shape: Shape) -> str:
    """A shape without the rows, for a person: ``"28 × 28 × 1"``."""
    return " × ".join(numbers.format_count(size) for size in shape)


def weights_words(count: int) -> str:
    """A number of weights, rounded as people say it."""
    if count >= 1_000_000:
        return say("{count} million weights", count=f"{count / 1000000.0:.1f}")
    if count >= 10_000:
        return say("{count} thousand weights", count=f"{count / 1000:.0f}")
    return say("{count} weights", count=numbers.format_count(count))


def _plan(name: str, settings: Mapping[str, Any], task: Task | None) -> ModelPlan | None:
    return None if task is None else plan_task(task, name, settings)


def _layer_row(layer: LayerPlan) -> LayerRow:
    return LayerRow(
        name=layer.name,
        operation=say_marked(_OPERATIONS.get(layer.op, layer.op)),
        details=_details(layer),
        shape=shape_words(layer.output_shape),
        parameters=numbers.format_count(layer.parameters) if layer.parameters else "–",
    )


def _details(layer: LayerPlan) -> str:
    """The layer's settings as a clause: ``"16 filters of 3 × 3, ReLU"``."""
    settings = layer.settings
    parts: list[str] = []
    if "filters" in settings:
        size = " × ".join(str(each) for each in settings["kernel_size"])
        parts.append(say("{filters} filters of {size}", filters=settings["filters"], size=size))
    elif "units" in settings:
        parts.append(say_count(settings["units"], "{number} unit", "{number} units"))
    if "members" in settings:
        parts.append(say_count(settings["members"], "{number} member", "{number} members"))
    if "pool_size" in settings:
        size = " × ".join(str(each) for each in settings["pool_size"])
        parts.append(say("of {size}", size=size))
    if "rate" in settings:
        parts.append(say("{rate} left out while training", rate=f"{settings['rate']:.0%}"))
    if settings.get("bidirectional"):
        parts.append(say("in both directions"))
    if settings.get("return_sequences"):
        parts.append(say("an answer for every step"))
    if settings.get("activation", "linear") != "linear":
        parts.append(str(settings["activation"]))
    return ", ".join(parts)


def _answer_words(facts: Facts) -> str:
    if facts.class_names:
        return say("one of {class_names} classes", class_names=len(facts.class_names))
    return say_count(facts.output_units, "{number} number", "{number} numbers")


def _work_words(flops: int, row_name: str) -> str:
    row = nouns.one(row_name)
    for limit, unit in ((10**9, "GFLOP"), (10**6, "MFLOP"), (10**3, "kFLOP")):
        if flops >= limit:
            return say("{flops} a {row}", flops=f"{flops / limit:.1f} {unit}", row=row)
    return say("{flops} a {row}", flops=f"{flops} FLOP", row=row)
