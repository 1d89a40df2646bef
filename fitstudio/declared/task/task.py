"""The task: what goes into a model and what comes out of it, worked out once and then frozen.

    settings, columns ──► make_task ──► Task ──► resolved.json
                                         ├──► checks, facts, plan
                                         └──► preparation, worker, results, predictions

A task has slots: inputs and outputs, each made of columns of the data. Today's models have one of
each, `Task.input` and `Task.output`; whoever can deal with one only asks for these, and is refused
where there are several.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from fitstudio.declared.catalogue.losses import (
    NUMBERS,
    SEVERAL_CLASSES,
    TWO_CLASSES,
    automatic_loss,
    output_activation,
    target_encoding,
)
from fitstudio.declared.catalogue.measured_names import metric_name
from fitstudio.declared.catalogue.models import answers_at_steps
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.columns import LEFT_OUT, role_type
from fitstudio.declared.task.dataset_summary import ARRAY, CATEGORY, ColumnSummary, Shape
from fitstudio.declared.task.preparation import preparation_of, width_of
from fitstudio.errors import DataError
from fitstudio.storage.checked import Plain
from fitstudio.words import say

CLASSIFICATION = "classification"
REGRESSION = "regression"

# How the columns of an input stand in the model's input.
SIDE_BY_SIDE = "numbers"
ONE_HOT = "one-hot"

_Slot = TypeVar("_Slot")


@dataclass(frozen=True, kw_only=True)
class SlotColumn(Plain):
    """One column of the data, by what it is to the model.

    Args:
        name: The column's name in the data.
        role: "number", "category" or "array".
        width: How many numbers a single value becomes; a category becomes one for each class.
        shape: The shape of one value of an array; ``()`` for single values.
        codes: Where a category is one number that names its class, for the model to look up: how
            many codes there are, 0 (missing or unknown) among them. 0 for all other columns.
    """

    name: str
    role: str
    width: int = 1
    shape: Shape = ()
    codes: int = 0


@dataclass(frozen=True, kw_only=True)
class Slot(Plain):
    """One input or output of a model.

    Args:
        name: The name of its column, or "inputs" or "targets" where it has several.
        columns: What it is made of, in the model's order.
        encoding: How: of an input "numbers" (side by side), "one-hot" (categories alone) or
            "array"; of an output "number", "binary", "index" or "onehot", as ``fit()`` gets it.
        shape: Of one sample.
    """

    name: str
    columns: tuple[SlotColumn, ...]
    encoding: str
    shape: Shape

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def part_shape(self) -> Shape:
        """The shape of one value of each column; arrays in one slot all have the same."""
        return next((column.shape for column in self.columns if column.shape), ())


@dataclass(frozen=True, kw_only=True)
class Output(Slot):
    """What a model answers with.

    Args:
        kind: What losses call it: "numbers", "two classes" or "several classes".
        classes: In the order of class numbers; empty for numbers.
        activation: The last layer's: "softmax", "sigmoid", "softplus" or "linear".
        loss: The loss's name.
        metrics: Names under which metrics are reported.
    """

    kind: str
    classes: tuple[str, ...] = ()
    activation: str = "linear"
    loss: str = ""
    metrics: tuple[str, ...] = ()

    @property
    def units(self) -> int:
        """How many numbers the model answers with, at each time step where it has steps."""
        return self.shape[-1]

    @property
    def family(self) -> str:
        """ "classification" or "regression"."""
        return REGRESSION if self.kind == NUMBERS else CLASSIFICATION

    @property
    def class_column(self) -> str | None:
        """The column that holds the classes; None for numbers, and for a column for each class."""
        return next((column.name for column in self.columns if column.role == CATEGORY), None)


@dataclass(frozen=True, kw_only=True)
class Task(Plain):
    """What goes into a model and what comes out.

    Args:
        inputs: In the order in which the model takes them.
        outputs: In the order in which it answers.
    """

    inputs: tuple[Slot, ...]
    outputs: tuple[Output, ...]

    @property
    def input(self) -> Slot:
        """The input of a model that has one.

        Raises:
            DataError: If it has several.
        """
        return single(self.inputs, "inputs")

    @property
    def output(self) -> Output:
        """The output of a model that has one.

        Raises:
            DataError: If it has several.
        """
        return single(self.outputs, "outputs")

    @property
    def target_names(self) -> tuple[str, ...]:
        """The columns that are predicted, whatever output they belong to."""
        return tuple(name for output in self.outputs for name in output.names)


def make_task(
    spec: RunSpec,
    values: Mapping[str, Any],
    inputs: Sequence[ColumnSummary],
    targets: Sequence[ColumnSummary],
) -> Task:
    """What a model is to learn from these columns.

    Args:
        spec: What was set.
        values: The value of every setting that fits its kind, defaults included.
        inputs: The columns to predict from, in the model's order.
        targets: The columns to predict.

    Raises:
        DataError: If these columns make no task; its code says which rule they break.
    """
    return Task(
        inputs=(make_input([slot_column(spec, column) for column in inputs]),),
        outputs=(make_output(spec, values, targets),),
    )


def slot_column(spec: RunSpec, column: ColumnSummary) -> SlotColumn:
    """What an input column is to the model.

    Raises:
        DataError: If it cannot be prepared as asked.
    """
    role = role_type(spec, column)
    if role in LEFT_OUT:
        return SlotColumn(name=column.name, role=role, shape=column.shape)
    width, codes = width_of(preparation_of(spec, column.name, role), column, role)
    return SlotColumn(name=column.name, role=role, width=width, shape=column.shape, codes=codes)


def target_column(spec: RunSpec, column: ColumnSummary) -> SlotColumn:
    """What a column is that is predicted."""
    role = role_type(spec, column)
    width = max(1, len(column.classes)) if role == CATEGORY else 1
    return SlotColumn(name=column.name, role=role, width=width, shape=column.shape)


def make_input(columns: Sequence[SlotColumn]) -> Slot:
    """The input that columns make together.

    Single values stand side by side, a category as one column for each class or as one code. One
    array keeps its shape; several arrays of the same shape are stacked as channels, behind their
    own axes.

    Raises:
        DataError: If they cannot go into one model.
    """
    if not columns:
        raise _no_columns("inputs")
    _refuse_text(columns)
    roles = {column.role for column in columns}
    name = _slot_name(columns, "inputs")
    if ARRAY not in roles:
        coded = any(column.codes for column in columns)
        encoding = ONE_HOT if roles == {CATEGORY} and not coded else SIDE_BY_SIDE
        width = sum(column.width for column in columns)
        return Slot(name=name, columns=tuple(columns), encoding=encoding, shape=(width,))
    if len(roles) > 1:
        raise DataError(
            say("Arrays and single values cannot be inputs of one model together."),
            code="data.mixed-inputs",
            remedy=say("Choose columns of one sort."),
        )
    shapes = {column.shape for column in columns}
    if len(shapes) > 1:
        raise DataError(
            say(
                "The inputs have different shapes: {shapes}.",
                shapes=", ".join(map(str, sorted(shapes))),
            ),
            code="data.mixed-inputs",
            remedy=say("Choose arrays of one shape; they become channels."),
        )
    shape = shapes.pop()
    stacked = shape if len(columns) == 1 else (*shape, len(columns))
    return Slot(name=name, columns=tuple(columns), encoding=ARRAY, shape=stacked)


def make_output(
    spec: RunSpec, values: Mapping[str, Any], columns: Sequence[ColumnSummary]
) -> Output:
    """The output that is compared with these columns.

    Raises:
        DataError: If they cannot be predicted together, or at all.
    """
    if not columns:
        raise _no_columns(say("a target"))
    parts = tuple(target_column(spec, column) for column in columns)
    _refuse_text(parts)
    answer = _answer(values, parts, {each.name: each.classes for each in columns})
    loss = values["compile.loss"] or automatic_loss(answer.kind)
    from_logits = bool((values["compile.loss_settings"] or {}).get("from_logits"))
    encoding = target_encoding(loss, answer.kind)
    units = 1 if encoding == "binary" else answer.units
    return Output(
        name=_slot_name(parts, "targets"),
        columns=parts,
        encoding=encoding,
        shape=(units,) if answer.steps is None else (answer.steps, units),
        kind=answer.kind,
        classes=answer.classes,
        activation=output_activation(loss, answer.kind, from_logits=from_logits),
        loss=loss,
        metrics=_reported_metrics(values),
    )


@dataclass(frozen=True)
class _Answer:
    """What the target columns ask for, before the loss says how it is encoded."""

    kind: str
    units: int
    classes: tuple[str, ...] = ()
    steps: int | None = None


def _answer(
    values: Mapping[str, Any],
    columns: Sequence[SlotColumn],
    classes: Mapping[str, Sequence[tuple[str, int]]],
) -> _Answer:
    match columns:
        case (SlotColumn(role="category") as column,):
            return _class_answer(column, tuple(label for label, _ in classes[column.name]))
        case (SlotColumn(role="array") as column,):
            return _array_answer(values, column)
    roles = {column.role for column in columns}
    if CATEGORY in roles:
        raise DataError(
            say("Only one column of classes can be predicted at a time."),
            code="data.several-targets",
            remedy=say("Choose one target, or numbers only."),
        )
    if ARRAY in roles:
        raise DataError(
            say("One array, or several single numbers, can be the target; not both."),
            code="data.several-targets",
        )
    return _Answer(NUMBERS, units=len(columns))


def _class_answer(column: SlotColumn, labels: tuple[str, ...]) -> _Answer:
    if not labels:
        raise _too_many_values(column)
    if len(labels) < 2:
        raise DataError(
            say(
                "{column} has one class only: there is nothing to tell apart.",
                column=repr(column.name),
            ),
            code="data.one-class",
        )
    kind = TWO_CLASSES if len(labels) == 2 else SEVERAL_CLASSES
    return _Answer(kind, units=len(labels), classes=labels)


def _array_answer(values: Mapping[str, Any], column: SlotColumn) -> _Answer:
    shape = column.shape
    at_each_step = answers_at_steps(values["model.kind"]) and values.get("model.return_sequences")
    if len(shape) > (2 if at_each_step else 1):
        raise DataError(
            say(
                "One value of {column} has the shape {shape}; a model answers with one row of "
                "numbers.",
                column=repr(column.name),
                shape=shape,
            ),
            code="data.target-shape",
            remedy=say("Choose another target."),
        )
    if at_each_step:
        return _Answer(NUMBERS, units=math.prod(shape[1:]), steps=shape[0])
    (width,) = shape
    loss = values["compile.loss"]
    if loss is not None and target_encoding(loss, SEVERAL_CLASSES) == "onehot" and width > 1:
        # A column of 0 and 1 for each class, made before the data came here.
        names = tuple(str(number) for number in range(width))
        return _Answer(SEVERAL_CLASSES, units=width, classes=names)
    return _Answer(NUMBERS, units=width)


def _refuse_text(columns: Sequence[SlotColumn]) -> None:
    for column in columns:
        if column.role in LEFT_OUT:
            raise _too_many_values(column)


def _too_many_values(column: SlotColumn) -> DataError:
    return DataError(
        say(
            "{column} holds text with too many different values for classes.",
            column=repr(column.name),
        ),
        code="data.text",
        remedy=say("Leave the column out."),
    )


def _no_columns(what: str) -> DataError:
    return DataError(say("No columns are chosen as {what}.", what=what), code="data.no-roles")


def _slot_name(columns: Sequence[SlotColumn], several: str) -> str:
    match columns:
        case (column,):
            return column.name
    return several


def single(slots: tuple[_Slot, ...], what: str) -> _Slot:
    """The only one of a model's inputs or outputs.

    Raises:
        DataError: If there are several.
    """
    match slots:
        case (slot,):
            return slot
    raise DataError(
        say("The model has {slots} {what}, where one is expected.", slots=len(slots), what=what),
        code="task.slots",
    )


def _reported_metrics(values: Mapping[str, Any]) -> tuple[str, ...]:
    plain = [metric_name(item) for item in values["compile.metrics"] or ()]
    weighted = [metric_name(item) for item in values["compile.weighted_metrics"] or ()]
    return (*plain, *(f"weighted_{name}" if name in plain else name for name in weighted))
