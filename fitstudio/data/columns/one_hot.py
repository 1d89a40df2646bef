"""Recognises classes that were written as a column of 0 and 1 each, as programs store them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fitstudio.data.columns import statistics
from fitstudio.data.columns.statistics import ArrayLike
from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.words import say

_MOST_CLASSES = 1_000
_GLIMPSE_ROWS = 64


def fold_one_hot(
    arrays: Mapping[str, ArrayLike], *, wanted: bool | None
) -> tuple[dict[str, ArrayLike], Guess | None]:
    """The arrays, those of 0 and 1 with a single 1 in each row turned into class numbers.

    Args:
        arrays: By column name.
        wanted: What a person said; None to do it where it fits.
    """
    if wanted is False:
        guess = Guess("one_hot", False, say("As you said."), say("0 and 1 as they are"), given=True)
        return dict(arrays), guess
    folded: dict[str, ArrayLike] = {}
    for name, array in arrays.items():
        if _is_one_hot(array):
            blocks = [block.argmax(axis=1) for block in statistics.row_blocks(array)]
            folded[name] = np.concatenate(blocks)
    # If all arrays look like that they are inputs; classes alone have nothing to be told from.
    if not folded or len(folded) == len(arrays):
        return dict(arrays), None
    listed = ", ".join(folded)
    guess = Guess(
        "one_hot", True, say("Every row of {listed} holds a single 1: these are classes.", listed=listed),
        say("Classes: {listed}", listed=listed), given=wanted is True,
    )  # fmt: skip
    return {name: folded.get(name, array) for name, array in arrays.items()}, guess


def _is_one_hot(array: ArrayLike) -> bool:
    shape = array.shape
    if len(shape) != 2 or not 2 <= shape[1] <= _MOST_CLASSES or array.dtype.kind not in "biuf":
        return False
    if not _single_ones(np.asarray(array[:_GLIMPSE_ROWS])):
        return False
    return all(map(_single_ones, statistics.row_blocks(array)))


def _single_ones(block: np.ndarray) -> bool:
    ones = block == 1
    return bool(np.all(ones | (block == 0)) and np.all(ones.sum(axis=1) == 1))
