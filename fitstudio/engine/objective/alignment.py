"""Gives targets and outputs one rank, once for all losses and metrics, whoever wrote them.

The reference drops a last axis of one column before it calls any loss or metric, built in or own.
Without that, torch would spread targets (n, t) against outputs (n, t, 1) to (n, n, t) in silence.
"""

from __future__ import annotations

from torch import Tensor

from fitstudio.errors import ArgumentError
from fitstudio.words import say


def aligned(target: Tensor, output: Tensor, weight: Tensor | None) -> tuple[Tensor, Tensor]:
    """Target and output as losses and metrics get them.

    A flat output is read as one column, like a flat target. Beside a target (n, t), an output
    (n, t, 1) loses its last axis; if there are weights for each step, the target gets one instead,
    so that there is a value for each step to weigh.

    Only shapes decide, so that every batch is treated like the first, however short it is.
    """
    if output.ndim == 1:
        return (target.unsqueeze(-1) if target.ndim == 1 else target), output.unsqueeze(-1)
    if target.ndim == output.ndim + 1 and target.shape[-1] == 1:
        return target.squeeze(-1), output
    if output.shape[-1:] == (1,) and target.shape == output.shape[:-1]:
        if target.ndim == 1 or _is_by_step(weight):
            return target.unsqueeze(-1), output
        return target, output.squeeze(-1)
    return target, output


def _is_by_step(weight: Tensor | None) -> bool:
    return weight is not None and (weight.ndim > 2 or (weight.ndim == 2 and weight.shape[1] > 1))


def check_ranks(name: str, target: Tensor, output: Tensor) -> None:
    """Refuses targets that torch would spread over the rows or the steps of other samples.

    Class numbers may have the output's shape without its last axis, the classes.

    Args:
        name: The output's name, for the message.
        target: As it comes from the data.
        output: As it comes from the model.

    Raises:
        ArgumentError: If the shapes cannot be paired.
    """
    mine, theirs = aligned(target, output, None)
    has_other_rows = len(target) != len(output) and 1 in (len(target), len(output))
    if has_other_rows or (mine.ndim != theirs.ndim and mine.shape != theirs.shape[:-1]):
        raise ArgumentError(
            say(
                "y and the model's output {name} have shapes that cannot be paired: a batch "
                "of y is {shape}, the output {output_shape}.",
                name=repr(name),
                shape=tuple(target.shape),
                output_shape=tuple(output.shape),
            ),
            code="fit.target-rank",
            remedy=say(
                "Give them the same number of axes, of the same lengths; class numbers have "
                "one axis less than the output."
            ),
            safe=say("The model is as it was before this batch."),
        )
