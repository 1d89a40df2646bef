"""Trains on a batch in parts, where the whole does not fit into memory, with the same result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from fitstudio.engine.losses.base import Reduction
from fitstudio.engine.objective import Objective, Targets, Weights
from fitstudio.engine.optimizers import Optimizer
from fitstudio.engine.steps.forward import Forward


class MicroBatchStep:
    """A training step like `TrainStep` that computes gradients part by part and updates once.

    The parts' losses and gradients are averaged by their rows, which gives the batch's. Only what
    looks at a whole batch while it is computed, batch normalisation, sees the parts.

    Args:
        module: The model's module, in training mode during calls.
        objective: Losses and metrics, bound to the outputs.
        optimizer: Built with the module's weights.
        rows: Rows of a part.
        precision: As compiled.
    """

    def __init__(
        self,
        module: nn.Module,
        objective: Objective,
        optimizer: Optimizer,
        *,
        rows: int,
        precision: str,
    ) -> None:
        self.module, self.objective, self.optimizer = module, objective, optimizer
        self._part_rows = rows
        self._forward = Forward(module, objective, precision=precision)
        self._penalty: Any = getattr(module, "regularization_loss", None)

    def begin_epoch(self) -> None:
        """As `TrainStep.begin_epoch`; this step remembers nothing about the module."""

    def look_again(self) -> None:
        """As `TrainStep.look_again`."""

    def __call__(
        self, inputs: tuple[Tensor, ...], targets: Targets, weights: Weights, rows: int
    ) -> Tensor:
        """One update; see `TrainStep`."""
        trained = {n: p for n, p in self.module.named_parameters() if p.requires_grad}
        sums: dict[str, Tensor] = {}
        total: Tensor | None = None
        for start in range(0, rows, self._part_rows):
            stop = min(start + self._part_rows, rows)
            part = [
                tuple(None if each is None else each[start:stop] for each in side)
                for side in (inputs, targets, weights)
            ]
            losses, outputs, gradients = self._part(part[0], part[1], part[2], trained)
            with torch.no_grad():
                self.objective.update(losses, outputs, part[1], part[2], stop - start)
                share = (stop - start) / rows
                total = losses[0] * share if total is None else total + losses[0] * share
                for name, gradient in zip(trained, gradients, strict=True):
                    if gradient is not None:
                        gradient = gradient * share
                        sums[name] = sums[name] + gradient if name in sums else gradient
        self.optimizer.apply(list(sums), list(sums.values()))
        assert total is not None, "a batch has rows"
        return total

    def _part(
        self, inputs: Any, targets: Any, weights: Any, trained: Mapping[str, Tensor]
    ) -> tuple[list[Tensor], list[Tensor], Sequence[Tensor | None]]:
        outputs = self._forward(inputs)
        losses = list(self.objective.losses(outputs, targets, weights))
        if self._penalty is not None:
            losses[0] = losses[0] + self._penalty()
        gradients: Sequence[Tensor | None] = (None,) * len(trained)
        if trained and losses[0].requires_grad:
            gradients = torch.autograd.grad(losses[0], list(trained.values()), allow_unused=True)
        return [each.detach() for each in losses], [each.detach() for each in outputs], gradients


def can_be_split(objective: Objective) -> bool:
    """Whether a batch's loss is the mean of its parts': not for losses that add up."""
    return all(loss is None or loss.reduction != Reduction.SUM for loss in objective.output_losses)
