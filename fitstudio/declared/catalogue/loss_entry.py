"""What a loss's entry says beyond its settings: how targets are given to it, what it asks."""

from __future__ import annotations

from dataclasses import dataclass

from fitstudio.declared.kinds.param import Entry


@dataclass(frozen=True, kw_only=True, eq=False)
class LossEntry(Entry):
    """A loss, with all that checks, plans and results need to know of it.

    Args:
        one_column: Whether two classes are given as one column of 0 and 1.
        columns: Whether classes are given as a column of 0 and 1 each, however many they are.
        activation: What the model ends in, for the targets that the loss is made for.
        unit_power: With which power of the target's unit it grows; None where no factor converts.
        scales: Whether the size of a number has no meaning of its own to it, so that a scaled
            target changes nothing but how well it is learned. Percentages, logarithms and counts
            need the true size.
        lowest: The smallest number that it can be computed for; None where any will do.
    """

    one_column: bool = False
    columns: bool = False
    activation: str = "linear"
    unit_power: int | None = None
    scales: bool = False
    lowest: float | None = None
