"""The layer that looks up what a model has learned for the codes of classes.

- ``code_embedding {columns}``: a flat row in which each code gives way to the numbers that are
  learned for it; all else stays as it is. ``columns`` are [place in the row, number of codes, how
  many numbers each becomes]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fitstudio.declared.plan.layers import Planner
from fitstudio.declared.task.task import SlotColumn

# What a looked-up column is to the layers behind: no number of the data, and no class.
LOOKED_UP = "learned"
_MOST_WIDTH = 32


def embed_codes(planner: Planner, columns: Sequence[SlotColumn]) -> tuple[SlotColumn, ...]:
    """Puts the layer first where a row holds codes.

    Args:
        planner: Of the model; nothing is in it yet.
        columns: What the rows are made of.

    Returns:
        What the rows behind the layer are made of.
    """
    found: list[list[int]] = []
    behind: list[SlotColumn] = []
    place = 0
    for column in columns:
        if column.codes:
            width = code_width(column.codes)
            found.append([place, column.codes, width])
            column = replace(column, role=LOOKED_UP, width=width, codes=0)
        behind.append(column)
        place += 1 if column.role == LOOKED_UP else column.width
    if found:
        parameters = sum(codes * width for _, codes, width in found)
        added = sum(width - 1 for _, _, width in found)
        planner.append(
            "code_embedding",
            {"columns": found},
            (planner.shape[-1] + added,),
            parameters=parameters,
            flops=0,
        )
    return tuple(behind)


def code_width(codes: int) -> int:
    """How many numbers are learned for each of so many codes: few, and more slowly than they."""
    return max(2, min(_MOST_WIDTH, round(1.6 * codes**0.56)))
