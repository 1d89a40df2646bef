"""The layers of transformers, put behind each other by a planner.

- ``self_attention {heads}``: each place asks all others, and itself, for what concerns it; several
  heads ask at once, each in its own part of the numbers (Vaswani and others, 2017)
- ``positions``: adds numbers that are learned for each place, so that places can be told apart
- ``feature_tokens {numbers, categories, width}``: each column of a flat row becomes ``width``
  numbers of its own: a number so many times what is learned for its column, and something added; a
  category what is learned for its class (Gorishniy and others, 2021). ``numbers`` are places in
  the row, ``categories`` are [first place, number of classes]
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from fitstudio.declared.plan import table_layers
from fitstudio.declared.plan.layers import Planner, ShapeError
from fitstudio.declared.task.task import SlotColumn
from fitstudio.words import say


def positions(planner: Planner) -> None:
    """Adds what is learned for each place."""
    numbers = math.prod(planner.shape)
    planner.append("positions", {}, planner.shape, parameters=numbers, flops=numbers)


def self_attention(planner: Planner, heads: int) -> None:
    """Each place takes from all places what concerns it.

    Raises:
        ShapeError: If the width cannot be shared out among the heads.
    """
    places, width = planner.shape
    if width % heads:
        raise ShapeError(
            say(
                "A width of {width} cannot be shared out among {heads} heads.",
                width=width,
                heads=heads,
            ),
            "heads",
        )
    planner.append(
        "self_attention",
        {"heads": heads},
        planner.shape,
        parameters=4 * width * width + 4 * width,
        # Queries, keys, values and answers; who looks where, and what is seen there.
        flops=8 * places * width * width + 4 * places * places * width,
    )


def feature_tokens(planner: Planner, columns: Sequence[SlotColumn], width: int) -> None:
    """Turns a flat row into one piece of `width` numbers for each column."""
    numbers, categories = _places(columns, planner.shape[-1])
    classes = sum(size for _, size in categories)
    pieces = len(numbers) + len(categories)
    planner.append(
        "feature_tokens",
        {"numbers": numbers, "categories": categories, "width": width},
        (pieces, width),
        parameters=(len(numbers) + classes + pieces) * width,
        flops=2 * (len(numbers) + classes) * width,
    )


def _places(columns: Sequence[SlotColumn], width: int) -> tuple[list[int], list[list[int]]]:
    """Where single numbers stand in a flat row, and where the classes of each category begin."""
    if not columns or any(column.shape for column in columns):
        return list(range(width)), []
    numbers: list[int] = []
    categories: list[list[int]] = []
    place = 0
    for column in columns:
        if column.role == "category" and column.width > 1:
            categories.append([place, column.width])
        else:
            numbers.extend(range(place, place + column.width))
        place += column.width
    return numbers, categories


def encoder(planner: Planner, values: Mapping[str, Any]) -> None:
    """Blocks of attention and a small perceptron, normalised before each; then the mean of all.

    Args:
        planner: Stands behind pieces of as many numbers as the model is wide.
        values: The model's settings: blocks, heads, activation and dropout.
    """
    width, dropout = planner.shape[-1], values["dropout"]
    for _ in range(values["blocks"]):
        before = planner.place
        table_layers.layer_norm(planner)
        self_attention(planner, values["heads"])
        planner.dropout(dropout)
        planner.add(before, planner.place)
        before = planner.place
        table_layers.layer_norm(planner)
        planner.dense(2 * width, values["activation"])
        planner.dropout(dropout)
        planner.dense(width)
        planner.add(before, planner.place)
    table_layers.layer_norm(planner)
    planner.global_pool("average")
