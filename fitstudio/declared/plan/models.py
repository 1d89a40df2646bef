"""Plans a model of the gallery for given data: layers, shapes, weights and memory, without torch.

What the operations mean is written at `fitstudio.declared.plan.layers`. Each plan ends in the head:
one dense layer called ``"output"`` with one unit for each output and the activation that the loss
wants: softmax for classes, one sigmoid for yes or no, linear for numbers and scores.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.parameters.model import any_model_param, model_params
from fitstudio.declared.plan import graph
from fitstudio.declared.plan.code_layers import embed_codes
from fitstudio.declared.plan.layers import INPUT, LayerPlan, Planner, ShapeError
from fitstudio.declared.plan.patterns import with_channels
from fitstudio.declared.plan.picture_models import PICTURE_PLANS
from fitstudio.declared.plan.series_models import SERIES_PLANS
from fitstudio.declared.plan.table_layers import HEAD
from fitstudio.declared.plan.table_models import TABLE_PLANS, Answer
from fitstudio.declared.task.dataset_summary import Shape
from fitstudio.declared.task.task import SlotColumn, Task
from fitstudio.storage.checked import Plain
from fitstudio.words import say

_FLOAT_BYTES = 4
# Weights, gradients and, with Adam, two running means.
_COPIES_OF_WEIGHTS = 4
_LARGEST_PLAN = 2**40


@dataclass(frozen=True)
class ModelPlan(Plain):
    """A model as a graph of layers.

    Args:
        layers: The nodes, each behind those that it takes; empty when the plan failed.
        input_shape: Of one row; of the first input, where there are several.
        output_shape: Of one row; of the first output.
        parameters: Numbers that are learned.
        flops: Multiplications and additions for one row, forward.
        memory_bytes: What weights, gradients and the optimiser need, and one row on its way.
        row_bytes: The part of the memory that each further row of a batch needs.
        findings: Why it cannot be built, or what to look at.
        inputs: The shape of each input by its name in the graph, in the model's order.
        outputs: The layers that the model answers with.
    """

    layers: tuple[LayerPlan, ...]
    input_shape: Shape
    output_shape: Shape
    parameters: int
    flops: int
    memory_bytes: int
    row_bytes: int
    findings: tuple[Finding, ...] = ()
    inputs: Mapping[str, Shape] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # Plans of older versions were lists of layers, from one input to one output.
        inputs = self.inputs or {INPUT: self.input_shape}
        layers = graph.connected(self.layers, next(iter(inputs)))
        outputs = self.outputs or tuple(layer.name for layer in layers[-1:])
        graph.refuse_broken(layers, inputs, outputs)
        for name, value in (("inputs", inputs), ("layers", layers), ("outputs", outputs)):
            object.__setattr__(self, name, value)

    @property
    def is_chain(self) -> bool:
        """Whether each layer takes the one before and nothing else."""
        return graph.is_chain(self.layers, self.inputs, self.outputs)

    @property
    def heads(self) -> tuple[LayerPlan, ...]:
        """The layers that the model answers with, in the order of its outputs."""
        by_name = {layer.name: layer for layer in self.layers}
        return tuple(by_name[name] for name in self.outputs if name in by_name)

    @property
    def ok(self) -> bool:
        """Whether the model can be built."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)

    def batch_bytes(self, batch_size: int) -> int:
        """What training with batches of this size needs."""
        return self.memory_bytes + self.row_bytes * max(0, batch_size - 1)


def plan_task(task: Task, kind: str, settings: Mapping[str, Any]) -> ModelPlan:
    """Plan a model of the gallery for a task.

    Args:
        task: What goes in and what comes out.
        kind: A name of `fitstudio.declared.catalogue.entries.MODELS`.
        settings: The model's settings by name; what is left out is at its default.
    """
    output = task.output
    return plan_model(
        kind,
        settings,
        task.input.shape,
        output.units,
        output.activation,
        columns=task.input.columns,
    )


def model_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """The model's own settings by name, out of all values by key."""
    return {
        key.removeprefix("model."): value
        for key, value in values.items()
        if key.startswith("model.") and key != "model.kind"
    }


def plan_model(
    kind: str,
    settings: Mapping[str, Any],
    input_shape: Shape,
    output_units: int,
    output_activation: str,
    *,
    columns: Sequence[SlotColumn] = (),
) -> ModelPlan:
    """Plan a model of the gallery.

    Args:
        kind: A name of `fitstudio.declared.catalogue.entries.MODELS`.
        settings: The model's settings by name; what is left out is at its default.
        input_shape: Of one row: (columns,), (steps, channels), (height, width, channels) …; a
            channel axis of 1 is added where the model needs one.
        output_units: How many numbers the model answers with.
        output_activation: "softmax", "sigmoid", "softplus" or "linear".
        columns: What the input is made of; where nothing is said, all of it is numbers.
    """
    input_shape = tuple(input_shape)
    values = {param.name: param.default for param in model_params(kind)} | dict(settings)
    problems = _value_problems(values)
    if kind not in _PLANS and kind not in TABLE_PLANS:
        problems.append(_error("model.kind", say("There is no model {kind}.", kind=repr(kind))))
    if not input_shape or min(input_shape) < 1 or output_units < 1:
        problems.append(_error("model.kind", say("There is nothing to learn from, or to answer.")))
    if problems:
        return _failed(input_shape, problems)
    planner = Planner(input_shape)
    try:
        columns = embed_codes(planner, columns)
        if kind in TABLE_PLANS:
            answer = Answer(output_units, output_activation)
            TABLE_PLANS[kind](planner, values, columns, answer)
        else:
            _PLANS[kind](planner, values)
            planner.dense(output_units, output_activation, name=HEAD)
    except ShapeError as problem:
        return _failed(input_shape, [_shape_finding(kind, values, problem)])
    plan = finished(planner)
    if plan.memory_bytes > _LARGEST_PLAN:
        too_large = _error(
            "model.kind",
            say(
                "This model needs {memory_bytes} TB of memory.",
                memory_bytes=f"{plan.memory_bytes / 2**40:,.1f}",
            ),
        )
        return _failed(input_shape, [too_large])
    return plan


def _mlp(planner: Planner, values: Mapping[str, Any]) -> None:
    planner.flatten()
    _hidden(planner, values, values["units"])


def _convolutional(planner: Planner, values: Mapping[str, Any], axes: int) -> None:
    with_channels(planner, axes)
    for filters in values["filters"]:
        normed = values["batch_norm"]
        planner.convolution(
            filters,
            values["kernel_size"],
            stride=values["strides"],
            padding=values["padding"],
            activation="linear" if normed else values["activation"],
        )
        if normed:
            planner.batch_norm()
            planner.activation(values["activation"])
        planner.maxpool(values["pool"])
    if values["global_pool"] == "none":
        planner.flatten()
    else:
        planner.global_pool(values["global_pool"])
    _hidden(planner, values, values["units"])


def _cnn1d(planner: Planner, values: Mapping[str, Any]) -> None:
    _convolutional(planner, values, axes=1)


def _cnn2d(planner: Planner, values: Mapping[str, Any]) -> None:
    _convolutional(planner, values, axes=2)


def _lstm(planner: Planner, values: Mapping[str, Any]) -> None:
    _recurrent(planner, values, "lstm")


def _gru(planner: Planner, values: Mapping[str, Any]) -> None:
    _recurrent(planner, values, "gru")


def _recurrent(planner: Planner, values: Mapping[str, Any], cell: str) -> None:
    with_channels(planner, 1)
    if not values["units"]:
        raise ShapeError(say("A recurrent model needs at least one layer."), "units")
    last = len(values["units"]) - 1
    for number, units in enumerate(values["units"]):
        planner.recurrent(
            cell,
            units,
            return_sequences=number < last or values["return_sequences"],
            bidirectional=values["bidirectional"],
        )
        planner.dropout(values["dropout"])
    for units in values["dense_units"]:
        planner.dense(units, values["activation"])
        planner.dropout(values["dropout"])


_PLANS: Mapping[str, Callable[[Planner, Mapping[str, Any]], None]] = {
    "mlp": _mlp,
    "cnn1d": _cnn1d,
    "cnn2d": _cnn2d,
    "lstm": _lstm,
    "gru": _gru,
    **SERIES_PLANS,
    **PICTURE_PLANS,
}


def _hidden(planner: Planner, values: Mapping[str, Any], widths: list[int]) -> None:
    for units in widths:
        if values["batch_norm"]:
            planner.dense(units)
            planner.batch_norm()
            planner.activation(values["activation"])
        else:
            planner.dense(units, values["activation"])
        planner.dropout(values["dropout"])


def finished(planner: Planner, outputs: Sequence[str] = ()) -> ModelPlan:
    """The plan of all layers that a planner has put together, with what they cost.

    Args:
        planner: The layers.
        outputs: Those that the model answers with; none for the last.
    """
    shapes = {layer.name: layer.output_shape for layer in planner.layers}
    outputs = tuple(outputs) or (planner.place,)
    parameters = sum(layer.parameters for layer in planner.layers)
    state = sum(layer.state for layer in planner.layers)
    # Each layer's output is kept for the way back, and its gradient beside it.
    taken = sum(map(math.prod, planner.inputs.values()))
    numbers = taken + 2 * sum(map(math.prod, shapes.values()))
    row_bytes = numbers * _FLOAT_BYTES
    weights_bytes = (parameters * _COPIES_OF_WEIGHTS + state) * _FLOAT_BYTES
    return ModelPlan(
        layers=tuple(planner.layers),
        input_shape=next(iter(planner.inputs.values())),
        output_shape=next(shapes[name] for name in outputs),
        parameters=parameters,
        flops=sum(layer.flops for layer in planner.layers),
        memory_bytes=weights_bytes + row_bytes,
        row_bytes=row_bytes,
        inputs=planner.inputs,
        outputs=outputs,
    )


def _failed(input_shape: Shape, findings: list[Finding]) -> ModelPlan:
    return ModelPlan((), input_shape, (), 0, 0, 0, 0, tuple(findings))


def _error(where: str, sentence: str, fix: Fix | None = None) -> Finding:
    return Finding(f"{where}-plan", Severity.ERROR, where, sentence, fix)


def _value_problems(values: Mapping[str, Any]) -> list[Finding]:
    problems: list[Finding] = []
    for name, value in values.items():
        param = any_model_param(name)
        problem = param.check(value) if param is not None and name != "kind" else None
        if problem is not None:
            problems.append(_error(f"model.{name}", problem))
    return problems


def _shape_finding(kind: str, values: Mapping[str, Any], problem: ShapeError) -> Finding:
    fixes = {
        "pool": Fix(say("Pool by 1"), {"model.pool": 1}),
        "kernel_size": Fix(say("Keep the size at the edges"), {"model.padding": "same"}),
        "kind": Fix(say("Use a multi-layer perceptron"), {"model.kind": "mlp"}),
        "units": Fix(say("Back to the default"), {"model.units": None}),
        "heads": Fix(say("One head"), {"model.heads": 1}),
    }
    filters = values.get("filters", ())
    fix = fixes.get(problem.setting)
    if problem.setting == "pool" and isinstance(filters, list) and len(filters) > 1:
        fewer = Fix(say("One layer fewer"), {"model.filters": filters[:-1]})
        fix = fewer if values["pool"] == 2 else Fix(say("Pool by 2"), {"model.pool": 2})
    del kind
    return _error(f"model.{problem.setting}", str(problem), fix)
