"""Changes the pictures of a training batch at random, as the settings say."""

from __future__ import annotations

from torch import Tensor

from fitstudio.declared.parameters.augmentation import Changes
from fitstudio.engine.augmentation.draws import Draws
from fitstudio.engine.augmentation.geometry import moved
from fitstudio.engine.augmentation.light import lit
from fitstudio.engine.augmentation.mixing import Parts, mixed
from fitstudio.errors import ArgumentError
from fitstudio.words import say


class Augmentation:
    """What fit() calls with each training batch; validation and predictions never see it.

    Args:
        changes: What is changed, and by how much at most.
        seed: The run's: the same batch of the same epoch is changed alike.
        input: Which of the model's inputs holds the pictures.
    """

    def __init__(self, changes: Changes, seed: int, *, input: int = 0) -> None:
        self.changes, self.seed, self._input = changes, seed, input

    def __call__(
        self, inputs: tuple[Tensor, ...], targets: Parts, weights: Parts, epoch: int, step: int
    ) -> tuple[tuple[Tensor, ...], Parts, Parts]:
        """The batch, changed.

        Args:
            inputs: What the module is called with, in order; pictures as (pictures, height, width)
                or with channels behind these.
            targets: One for each output.
            weights: Likewise.
            epoch: From 0.
            step: The batch in the epoch, from 0.

        Raises:
            ArgumentError: If the inputs are no pictures, or targets cannot be mixed.
        """
        given = inputs[self._input]
        if given.ndim not in (3, 4) or not given.is_floating_point():
            raise ArgumentError(
                say("Only pictures can be changed at random: numbers by height and width."),
                code="fit.no-pictures",
                remedy=say("Leave the changes at random out."),
            )
        draws = Draws(self.seed, epoch, step)
        flat = given.ndim == 3
        pictures = given.unsqueeze(1) if flat else given.movedim(3, 1)
        pictures = lit(moved(pictures, self.changes, draws), self.changes, draws)
        if self.changes.mixes:
            pictures, targets, weights = mixed(pictures, targets, weights, self.changes, draws)
        changed = pictures.squeeze(1) if flat else pictures.movedim(1, 3)
        before, after = inputs[: self._input], inputs[self._input + 1 :]
        return (*before, changed.contiguous(), *after), targets, weights
