"""What there is to tell of a run's target, so that errors can be told in its own unit."""

from __future__ import annotations

from typing import Any

from fitstudio.data.preparing.recipe.recipe import Recipe

_NAMED = 3


def target_facts(recipe: Recipe, *, method: str, loss: str) -> dict[str, Any] | None:
    """The field `target` of `data_ready`; None for classes.

    Args:
        recipe: How the target was scaled.
        method: With which method: "standard", "minmax" or "none".
        loss: The loss's name.
    """
    if recipe.output.task != "regression" or not recipe.output.columns:
        return None
    scales = {scale for column in recipe.output.columns for scale in column.scale}
    units = {column.unit for column in recipe.output.columns}
    return {
        "name": ", ".join(column.name for column in recipe.output.columns[:_NAMED]),
        "unit": units.pop() if len(units) == 1 else None,
        # Several targets have several spreads, and an error over all of them has no unit.
        "scale": scales.pop() if len(scales) == 1 else None,
        "method": method,
        "loss": loss,
    }
