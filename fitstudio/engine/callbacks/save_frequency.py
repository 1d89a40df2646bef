"""How often a callback saves: each epoch, or after so many batches."""

from __future__ import annotations

from typing import Any

import numpy as np

from fitstudio.errors import ArgumentError
from fitstudio.words import saying


class BatchCounter:
    """Says every `frequency` batches, counted across epochs, that it is time."""

    def __init__(self, frequency: str | int) -> None:
        self._frequency = frequency
        self._since_last = 0
        self._last_batch = -1

    def is_due(self, batch: int) -> bool:
        """Whether it is time after this batch; never, where epochs are counted.

        Args:
            batch: The batch's number in its epoch, from 0; one may be told of several at once.
        """
        if not isinstance(self._frequency, int):
            return False
        is_new_epoch = batch <= self._last_batch
        self._since_last += batch + 1 if is_new_epoch else batch - self._last_batch
        self._last_batch = batch
        if self._since_last < self._frequency:
            return False
        self._since_last = 0
        return True

    def get_state(self) -> list[int]:
        """Batches since it was last time, and the number of the latest batch."""
        return [self._since_last, self._last_batch]

    def set_state(self, state: list[int]) -> None:
        """Goes on from what `get_state` gave."""
        self._since_last, self._last_batch = (int(each) for each in state)


def checked_frequency(save_freq: Any, callback: str) -> str | int:
    """`save_freq` as it was given, if it is "epoch" or a number of batches.

    Raises:
        ArgumentError: If it is neither.
    """
    if isinstance(save_freq, np.integer):
        save_freq = int(save_freq)
    if save_freq == "epoch":
        return "epoch"
    if isinstance(save_freq, int) and not isinstance(save_freq, bool) and save_freq > 0:
        return save_freq
    raise ArgumentError(
        saying.say(
            "save_freq of {callback} should be 'epoch' or a number of batches, 1 or more; "
            "{save_freq} was given.",
            callback=callback,
            save_freq=repr(save_freq),
        ),
        code="callback.save_freq",
    )
