"""What models that look for patterns are put together from: channels, blocks, ways around them."""

from __future__ import annotations

from fitstudio.declared.plan.layers import Planner, ShapeError
from fitstudio.words import say


def with_channels(planner: Planner, axes: int) -> None:
    """Bring a row to `axes` axes and channels behind them."""
    shape = planner.shape
    if len(shape) == axes:
        planner.reshape(*shape, 1)
    elif len(shape) == axes + 2 and axes == 1:
        # An image as a series: each line of it is a step.
        planner.reshape(shape[0], shape[1] * shape[2])
    elif len(shape) != axes + 1:
        axes_word = say("a picture (height × width)") if axes == 2 else say("a series or a picture")
        sizes = " × ".join(map(str, shape))
        raise ShapeError(
            say(
                "This model takes {axes_word}; one row is {sizes}.",
                axes_word=axes_word,
                sizes=sizes,
            ),
            "kind",
        )


def normed_convolution(
    planner: Planner, filters: int, kernel: int, *, activation: str = "linear", stride: int = 1
) -> None:
    """A convolution that keeps the size (or divides it by the stride), normalised, then bent."""
    planner.convolution(filters, kernel, stride=stride)
    planner.batch_norm()
    planner.activation(activation)


def shortcut(
    planner: Planner, before: str, filters: int, *, stride: int = 1, normed: bool = True
) -> None:
    """Adds what was there before a block to what the block makes of it; the widths are matched."""
    answer, wanted = planner.place, planner.shape
    planner.go_to(before)
    if planner.shape != wanted and normed:
        normed_convolution(planner, filters, 1, stride=stride)
    elif planner.shape != wanted:
        planner.convolution(filters, 1, stride=stride)
    planner.add(planner.place, answer)
