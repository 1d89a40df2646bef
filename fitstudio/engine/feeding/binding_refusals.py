"""Why a batch cannot be tied to a model, in words."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from fitstudio.engine.feeding.arrangement import InputNames
from fitstudio.errors import ArgumentError
from fitstudio.words import say


def check_batch_rows(*groups: Sequence[Tensor | None]) -> None:
    """Refuses a batch whose arrays differ in rows."""
    shapes = [tuple(each.shape) for group in groups for each in group if each is not None]
    if shapes[0][:1] == (0,):
        raise ArgumentError(
            say("A batch had no rows."),
            code="fit.empty-batch",
            remedy=say("Leave empty batches out: their loss would be no number."),
        )
    if any(not shape for shape in shapes) or len({shape[0] for shape in shapes}) > 1:
        raise ArgumentError(
            say(
                "The arrays of a batch should have the same number of rows (data "
                "cardinality); their shapes are {shapes}.",
                shapes=", ".join(map(str, shapes)),
            ),
            code="fit.cardinality",
        )


def refuse_complex(argument: str, tensors: Sequence[Tensor | None]) -> None:
    """Refuses complex numbers, which no loss compares."""
    if any(each is not None and each.is_complex() for each in tensors):
        raise ArgumentError(
            say("{argument} holds complex numbers; it should hold real ones.", argument=argument),
            code="fit.not-numbers",
            remedy=say(
                "Give their real and imaginary parts, or size and angle, as columns of their own."
            ),
            safe=say("Nothing has been trained with them."),
        )


def does_not_fit(
    names: InputNames, raw: Sequence[Tensor], problem: Exception | None
) -> ArgumentError:
    """What is said of data that the module's `forward` cannot take."""
    shapes = ", ".join(
        say("{name} of shape {shape}", name=repr(name), shape=tuple(each.shape))
        for name, each in zip([*names.names, *("x",) * len(raw)], raw, strict=False)
    )
    if any(each.is_complex() for each in raw):
        return ArgumentError(
            say(
                "x holds complex numbers ({shapes}), and the model does not take them.",
                shapes=shapes,
            ),
            code="fit.input-shape",
            remedy=say(
                "Give their real and imaginary parts, or size and angle, as columns of their own."
            ),
            safe=say("The model is as it was before this batch."),
        )
    return ArgumentError(
        say(
            "x does not fit the model: a batch has the input {shapes}. Torch says: {problem}.",
            shapes=shapes,
            problem=problem,
        ),
        code="fit.input-shape",
        remedy=say("Compare the shape with what the model's first layer takes."),
        safe=say("The model is as it was before this batch."),
    )
