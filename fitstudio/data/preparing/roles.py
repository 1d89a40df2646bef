"""Says which columns are inputs, target and weights of a run, and checks that this can work."""

from __future__ import annotations

from dataclasses import dataclass

from fitstudio.data.columns.source import Source
from fitstudio.declared.catalogue.losses import (
    NUMBERS,
    SEVERAL_CLASSES,
    TWO_CLASSES,
    automatic_loss,
    target_encoding,
)
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.columns import role_type
from fitstudio.declared.task.dataset_summary import ARRAY, CATEGORY, TEXT, ColumnSummary
from fitstudio.errors import DataError


@dataclass(frozen=True)
class Roles:
    """Inputs and targets with what they are taken for, and how the target is encoded.

    Args:
        inputs: Columns with "number", "category" or "array", in the model's order.
        targets: The same for what is predicted.
        weight: The column with sample weights, or None.
        target_kind: What losses call it: numbers, two classes or several classes.
        encoding: "number", "binary", "index" or "onehot".
        loss: The loss that was chosen or suits the target.
    """

    inputs: tuple[tuple[ColumnSummary, str], ...]
    targets: tuple[tuple[ColumnSummary, str], ...]
    weight: str | None
    target_kind: str
    encoding: str
    loss: str


def find_roles(source: Source, spec: RunSpec) -> Roles:
    """Who is what, checked.

    Raises:
        DataError: If the columns cannot be used together as asked.
    """
    x, y = list(spec.get("fit.x") or ()), list(spec.get("fit.y") or ())
    weight = spec.get("fit.sample_weight")
    for names, what in ((x, "inputs"), (y, "a target")):
        if not names:
            raise DataError(f"No columns are chosen as {what}.", code="data.no-roles")
    source.require([*x, *y, *([weight] if weight else [])])
    both = [name for name in x if name in y]
    if both:
        raise DataError(
            f"{both[0]!r} is both input and target: the model would only copy it.",
            code="data.target-is-input",
        )
    inputs = tuple((source.column(name), role_type(spec, source.column(name))) for name in x)
    targets = tuple((source.column(name), role_type(spec, source.column(name))) for name in y)
    for column, role in (*inputs, *targets):
        if role == TEXT or (role == CATEGORY and not column.classes):
            raise DataError(
                f"{column.name!r} holds text with too many different values for classes.",
                code="data.text",
                remedy="Leave the column out.",
            )
    _check_shapes(inputs)
    kind = _target_kind(targets, spec)
    loss = spec.get("compile.loss") or automatic_loss(kind)
    return Roles(inputs, targets, weight, kind, target_encoding(loss, kind), loss)


def _check_shapes(inputs: tuple[tuple[ColumnSummary, str], ...]) -> None:
    kinds = {role == ARRAY for _, role in inputs}
    shapes = {column.shape for column, role in inputs if role == ARRAY}
    if len(kinds) > 1:
        raise DataError(
            "Arrays and single values cannot be inputs of one model together.",
            code="data.mixed-inputs",
            remedy="Choose columns of one sort.",
        )
    if len(shapes) > 1:
        raise DataError(
            f"The inputs have different shapes: {', '.join(map(str, sorted(shapes)))}.",
            code="data.mixed-inputs",
            remedy="Choose arrays of one shape; they become channels.",
        )


def _target_kind(targets: tuple[tuple[ColumnSummary, str], ...], spec: RunSpec) -> str:
    roles = [role for _, role in targets]
    if CATEGORY in roles:
        if len(roles) > 1:
            raise DataError(
                "Only one column of classes can be predicted at a time.",
                code="data.several-targets",
                remedy="Choose one target, or numbers only.",
            )
        classes = len(targets[0][0].classes)
        if classes < 2:
            raise DataError(
                f"{targets[0][0].name!r} has one class only: there is nothing to tell apart.",
                code="data.one-class",
            )
        return TWO_CLASSES if classes == 2 else SEVERAL_CLASSES
    if ARRAY in roles:
        if len(roles) > 1:
            raise DataError(
                "One array, or several single numbers, can be the target; not both.",
                code="data.several-targets",
            )
        loss, shape = spec.get("compile.loss"), targets[0][0].shape
        one_hot = loss and target_encoding(loss, SEVERAL_CLASSES) == "onehot"
        if one_hot and len(shape) == 1 and shape[0] > 1:
            # A column of 0 and 1 for each class, made before the data came here.
            return SEVERAL_CLASSES
    return NUMBERS
