"""Has a trained model answer many rows: in large batches, a block of rows at a time.

Training takes the batches that a person chose, since the steps depend on them. Answers do not, and
a batch of 32 rows costs a small model more in calls than in numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from fitstudio.declared.plan.models import ModelPlan
from fitstudio.engine.model import Model

# Larger batches are no faster, and need more memory inside the model.
_MOST_BATCH_ROWS = 1024
_MOST_BATCH_BYTES = 64 << 20
_LEAST_BATCH_ROWS = 32
# Numbers that one block of rows is answered with at most: 4 MB of them.
_MOST_NUMBERS = 1 << 20
_MOST_BLOCK_ROWS = 4096


def batch_rows(plan: ModelPlan) -> int:
    """How many rows go through the model at a time where nothing is learned from them."""
    fitting = _MOST_BATCH_BYTES // max(1, plan.row_bytes)
    return int(min(_MOST_BATCH_ROWS, max(_LEAST_BATCH_ROWS, fitting)))


def answers(model: Model, plan: ModelPlan, x: Any) -> Iterator[tuple[slice, np.ndarray]]:
    """The model's answers for all rows, block by block: never all of them at once.

    Args:
        model: The model.
        plan: Its plan, whose sizes decide how many rows are taken at a time.
        x: Inputs, anything that takes slices of rows.

    Yields:
        The rows of the block, and an answer for each.
    """
    size = batch_rows(plan)
    numbers = max(1, int(np.prod(plan.output_shape, dtype=np.int64)))
    block = min(_MOST_BLOCK_ROWS, max(size, _MOST_NUMBERS // numbers))
    for start in range(0, len(x), block):
        rows = slice(start, min(len(x), start + block))
        yield rows, np.asarray(model.predict(x[rows], batch_size=size, verbose=0))
