"""How many rows train where a fraction of them is held out at the end."""

from __future__ import annotations

import math
from typing import Any


def training_count(rows: int, validation_split: Any) -> int:
    """How many of the rows train, exactly as ``fit()`` counts them.

    Args:
        rows: All rows.
        validation_split: The fraction that is held out; 0 is none, and anything that is no fraction
            is for ``fit()`` to refuse.
    """
    if isinstance(validation_split, bool) or not isinstance(validation_split, int | float):
        return rows
    if not 0 < validation_split < 1:
        return rows
    # In double precision, as the reference does it: 10 rows with 0.8 leave 1, not 2.
    return math.floor(rows * (1.0 - validation_split))
