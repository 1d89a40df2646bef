"""What a metric's entry says beyond its settings: what it asks of answers, and its unit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from fitstudio.declared.kinds.param import Entry


class Probabilities(Enum):
    """Whether a metric asks for answers from 0 to 1."""

    NOT_ASKED = "any answers"
    MEANT = "computed from any numbers, but means something for probabilities only"
    NEEDED = "has thresholds from 0 to 1, and refuses anything else"


@dataclass(frozen=True, kw_only=True, eq=False)
class MetricEntry(Entry):
    """A metric, with all that checks and results need to know of it.

    Args:
        probabilities: Whether it asks for probabilities.
        unit_power: With which power of the target's unit it grows; 0 where it is the same whatever
            the unit, None where no factor converts it.
        one_by: The setting without which it gives a value for each class; empty if it never does.
    """

    probabilities: Probabilities = Probabilities.NOT_ASKED
    unit_power: int | None = None
    one_by: str = ""
