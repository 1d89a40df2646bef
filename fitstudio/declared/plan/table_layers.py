"""The layers of models that are made for tables, put behind each other by a planner.

Weights of layers with a ``pace`` move so many times as fast as the learning rate says.

- ``table_embedding {numbers, categories, frequencies, width, category_width, pace}``: each number
  becomes ``width`` numbers, itself and what cosines of it tell; each category of many classes
  becomes ``category_width``; all else stays as it is. ``numbers`` are places in the row,
  ``categories`` are [first place, number of classes]
- ``feature_scale {pace}``: each number times a factor of its own
- ``scaled_dense {units, activation, pace}``: a dense layer whose kernel is divided by the root of
  how many numbers come in, when it is used and not when it is drawn ("neural tangent
  parametrisation"); its bias has a tenth of the pace
- ``parametric_activation {activation, pace}``: between the numbers themselves and a function of
  them, at a place that each unit learns
- ``layer_norm {epsilon}``: brings the numbers of a row to mean 0 and spread 1
- ``members {members}``: each row once for each member of an ensemble, each number with a sign of
  the member's own
- ``member_dense {units, members, activation}``: a dense layer whose kernel all members share; each
  weighs what goes in and what comes out by factors of its own, and has a bias of its own
- ``member_output {units, members, activation}``: an answer of each member's own, and their mean
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from fitstudio.declared.plan.layers import Planner
from fitstudio.declared.task.task import SlotColumn

# The layer that a model answers with.
HEAD = "output"
# A category of more classes than these is embedded; one of fewer stays a 0 or 1 for each.
MOST_PLAIN_CLASSES = 8
_CATEGORY_WIDTH = 8
_FREQUENCIES = 16
_NUMBER_WIDTH = 4
# Beside the pace of the dense layers behind them.
_SLOWER_WAVES = 0.1
_FASTER_SCALES = 6.0


def table_embedding(planner: Planner, columns: Sequence[SlotColumn], *, pace: float) -> None:
    """Turns numbers and large categories of a flat row into several numbers each."""
    numbers, categories = _places(columns, planner.shape[-1])
    if not numbers and not categories:
        return
    classes = sum(size for _, size in categories)
    plain = planner.shape[-1] - len(numbers) - classes
    width = plain + _NUMBER_WIDTH * len(numbers) + _CATEGORY_WIDTH * len(categories)
    learned = _NUMBER_WIDTH - 1
    # For each number: factors and shifts of its cosines, and a dense layer behind them.
    each = 2 * _FREQUENCIES + _FREQUENCIES * learned + learned
    planner.append(
        "table_embedding",
        {
            "numbers": numbers,
            "categories": categories,
            "frequencies": _FREQUENCIES,
            "width": _NUMBER_WIDTH,
            "category_width": _CATEGORY_WIDTH,
            "pace": pace * _SLOWER_WAVES,
        },
        (width,),
        parameters=len(numbers) * each + classes * _CATEGORY_WIDTH,
        flops=2 * len(numbers) * _FREQUENCIES * (learned + 1) + 2 * classes * _CATEGORY_WIDTH,
    )


def feature_scale(planner: Planner, *, pace: float) -> None:
    """Each number times a factor of its own."""
    width = planner.shape[-1]
    settings = {"pace": pace * _FASTER_SCALES}
    planner.append("feature_scale", settings, planner.shape, parameters=width, flops=width)


def scaled_dense(
    planner: Planner,
    units: int,
    activation: str = "linear",
    *,
    pace: float,
    name: str | None = None,
) -> None:
    """A dense layer in neural tangent parametrisation."""
    inputs = planner.shape[-1]
    planner.append(
        "scaled_dense",
        {"units": units, "activation": activation, "pace": pace},
        (*planner.shape[:-1], units),
        parameters=inputs * units + units,
        flops=2 * inputs * units,
        name=name,
    )


def parametric_activation(planner: Planner, activation: str, *, pace: float) -> None:
    """An activation that each unit learns how much of to use."""
    if activation == "linear":
        return
    width = planner.shape[-1]
    planner.append(
        "parametric_activation",
        {"activation": activation, "pace": pace},
        planner.shape,
        parameters=width,
        flops=2 * width,
    )


def layer_norm(planner: Planner) -> None:
    """Brings the numbers of each row to mean 0 and spread 1, then scales and shifts them."""
    width = planner.shape[-1]
    planner.append(
        "layer_norm",
        {"epsilon": 1e-5},
        planner.shape,
        parameters=2 * width,
        flops=4 * math.prod(planner.shape),
    )


def members(planner: Planner, count: int) -> None:
    """Each row once for each member of an ensemble."""
    (width,) = planner.shape
    planner.append(
        "members",
        {"members": count},
        (count, width),
        parameters=count * width,
        flops=count * width,
    )


def member_dense(planner: Planner, units: int, activation: str) -> None:
    """A dense layer that the members of an ensemble share but for their own factors."""
    count, inputs = planner.shape
    planner.append(
        "member_dense",
        {"units": units, "members": count, "activation": activation},
        (count, units),
        parameters=inputs * units + count * (inputs + 2 * units),
        flops=count * (2 * inputs * units + inputs + 2 * units),
    )


def member_output(planner: Planner, units: int, activation: str) -> None:
    """An answer of each member's own; outside of training their mean."""
    count, inputs = planner.shape
    planner.append(
        "member_output",
        {"units": units, "members": count, "activation": activation},
        (units,),
        parameters=count * (inputs * units + units),
        flops=count * (2 * inputs * units + units),
        name=HEAD,
    )


def _places(columns: Sequence[SlotColumn], width: int) -> tuple[list[int], list[list[int]]]:
    """Where numbers stand in a flat row, and where large categories begin."""
    if not columns or any(column.shape for column in columns):
        return list(range(width)), []
    numbers: list[int] = []
    categories: list[list[int]] = []
    place = 0
    for column in columns:
        if column.role == "number":
            numbers.append(place)
        elif column.role == "category" and column.width > MOST_PLAIN_CLASSES:
            categories.append([place, column.width])
        place += column.width
    return numbers, categories
