"""What is found out with a first batch, before anything is trained: in words, and without blaming
the data for an error that is in somebody's own loss, metric or model.
"""

from __future__ import annotations

import dis
import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from fitstudio.engine.device import is_out_of_memory
from fitstudio.engine.losses import (
    FunctionLoss,
    Loss,
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    kl_divergence,
    sparse_categorical_crossentropy,
)
from fitstudio.errors import ArgumentError, FitStudioError
from fitstudio.words import say

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_TORCH = os.path.dirname(os.path.abspath(torch.__file__))
# They compare classes with each other, so that one unit has nothing to be compared with.
_OF_SEVERAL_CLASSES = (
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    kl_divergence,
    sparse_categorical_crossentropy,
)


@contextmanager
def blamed(
    who: str, output_name: str, output: Tensor, target: Tensor, weight: Tensor | None
) -> Iterator[None]:
    """Says which loss or metric an error came from, and what it was given.

    An error that somebody's own code raised passes as it is, with a note.

    Args:
        who: ``"The loss 'mse'"``.
        output_name: The output that it looks at.
        output: The model's output.
        target: Its target.
        weight: Its weights, if any.

    Raises:
        ArgumentError: In place of an error of torch.
    """
    shapes = say(
        "{output_name}: output {shape}, y {target_shape}, weights {weight_shape}",
        output_name=output_name,
        shape=tuple(output.shape),
        target_shape=tuple(target.shape),
        weight_shape=say("none") if weight is None else tuple(weight.shape),
    )
    try:
        yield
    except FitStudioError as error:
        if who not in str(error) and who.startswith("The metric"):
            error.message = say(
                "{who} does not suit these data. {message}", who=who, message=error.message
            )
            error.args = (error.message,)
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise
        if is_of_own_code(error):
            error.add_note(
                say(
                    "{who} raised this with the first batch. Shapes are {shapes}.",
                    who=who,
                    shapes=shapes,
                )
            )
            raise
        raise ArgumentError(
            say(
                "y does not fit the model's output. Shapes are {shapes}. {who} was tried, and "
                "torch says: {error}.",
                shapes=shapes,
                who=who,
                error=str(error).rstrip("."),
            ),
            code="fit.target-shape",
            remedy=say("Change the model's last layer, the loss, or the targets."),
            safe=say("The model is as it was before this batch."),
        ) from error


def is_of_own_code(error: BaseException) -> bool:
    """Whether an error is one of somebody's own Python code, not one of torch about shapes.

    Torch says with a RuntimeError or IndexError from within an operation that tensors do not go
    together. Anything else, and whatever a ``raise`` or ``assert`` in own code says, is meant.
    """
    if type(error) not in (RuntimeError, IndexError):
        return True
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return False
    code = trace.tb_frame.f_code
    if code.co_filename.startswith((_HERE + os.sep, _TORCH + os.sep)):
        return False
    if isinstance(error, IndexError) and str(error).split(" ")[0] in ("list", "tuple", "string"):
        return True
    instruction = code.co_code[trace.tb_lasti]
    return dis.opname[instruction].startswith(("RAISE", "RERAISE"))


def check_classes(loss: Loss, target: Tensor, output: Tensor) -> None:
    """Refuses what a loss for classes cannot learn from: one unit, or parts of a class number.

    Raises:
        ArgumentError: If there is one unit only, or a label is no whole number.
    """
    function = loss.function if isinstance(loss, FunctionLoss) else None
    if function not in _OF_SEVERAL_CLASSES:
        return
    if output.shape[-1] == 1:
        raise ArgumentError(
            say(
                "The loss {loss} compares classes, and the model's output has one unit, which "
                "is one class only: nothing could be learned.",
                loss=repr(loss.name),
            ),
            code="fit.one-unit",
            remedy=say(
                "For yes or no take binary_crossentropy; for several classes give the last "
                "layer one unit per class."
            ),
            safe=say("The model is as it was before this batch."),
        )
    if function is sparse_categorical_crossentropy and target.is_floating_point():
        is_part = target != target.floor()
        if bool(is_part.any()):
            raise ArgumentError(
                say(
                    "The loss {loss} takes class numbers, which are whole; y holds {target}.",
                    loss=repr(loss.name),
                    target=f"{float(target[is_part][0]):.6g}",
                ),
                code="fit.label-range",
                remedy=say(
                    "Number the classes from 0, or take a loss for numbers, such as "
                    "mean_squared_error."
                ),
                safe=say("The model is as it was before this batch."),
            )


def check_probability(loss: Loss, output: Tensor) -> None:
    """Refuses a model whose answer is 1 whatever it learns: a softmax over one unit.

    Raises:
        ArgumentError: If that is what it ends in.
    """
    function = loss.function if isinstance(loss, FunctionLoss) else None
    if function not in (binary_crossentropy, binary_focal_crossentropy) or output.shape[-1] != 1:
        return
    # A sigmoid is 1 to the last bit only for scores that no model begins with.
    if len(output) > 1 and bool((output == 1.0).all()):
        raise ArgumentError(
            say(
                "The model's answers are 1 for every row, as those of a softmax over one unit "
                "are: nothing could be learned."
            ),
            code="fit.one-unit",
            remedy=say("End the model in a sigmoid."),
            safe=say("The model is as it was before this batch."),
        )
