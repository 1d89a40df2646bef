"""What training, evaluation and prediction do alike where a batch ends, and where the data do."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from torch import Tensor

from fitstudio.engine.callbacks.logs import Logs, is_kept_elsewhere, to_numbers
from fitstudio.engine.objective.objective import Objective
from fitstudio.words import say


def tell_batch_end(
    hook: Callable[[int, Any], Any], step: int, objective: Objective, loss: Tensor | None = None
) -> None:
    """Calls a hook with the running means, which are fetched only if somebody looks at them.

    Args:
        hook: ``on_train_batch_end`` or ``on_test_batch_end`` of all callbacks.
        step: The batch's number, from 0.
        objective: Holds the running sums.
        loss: The loss of the batch alone, a single number on the device.
    """
    logs = Logs(objective.names, lambda: to_numbers(objective.read()), loss)
    hook(step, logs)
    if is_kept_elsewhere(logs):
        logs.settle()


def warn_ran_out(what: str, done: int, expected: int | None) -> None:
    """Warns that a source had fewer batches than were asked for."""
    asked = (
        ""
        if expected is None
        else say(", although {expected} steps were asked for", expected=expected)
    )
    warnings.warn(
        say(
            "{what} ran out of data after {done} batches{asked}. Make sure that the dataset "
            "or generator gives at least steps x epochs batches.",
            what=what,
            done=done,
            asked=asked,
        ),
        UserWarning,
        stacklevel=4,
    )
