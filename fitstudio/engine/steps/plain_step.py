"""The training step in ordinary torch: the reference for every faster form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from fitstudio.engine.objective.objective import Objective, Targets, Weights
from fitstudio.engine.optimizers import Optimizer
from fitstudio.engine.optimizers.base import laid_out_like
from fitstudio.engine.steps.forward import ForwardWithLosses

Inputs = tuple[Tensor, ...]


class StepBatch(NamedTuple):
    """What a step trains on.

    Attributes:
        inputs: What the module is called with, in order.
        targets: One per output; None for an output without a loss.
        weights: Sample weights times class weights, one per output or None.
        rows: Rows in the batch.
    """

    inputs: Inputs
    targets: Targets
    weights: Weights
    rows: int

    def tensors(self) -> list[Tensor]:
        """All there are, in a fixed order."""
        return [each for each in (*self.inputs, *self.targets, *self.weights) if each is not None]

    def with_tensors(self, tensors: Sequence[Tensor]) -> StepBatch:
        """The same with other tensors, in the order of `tensors`."""
        rest = iter(tensors)
        inputs = tuple(next(rest) for _ in self.inputs)
        targets = tuple(None if each is None else next(rest) for each in self.targets)
        weights = tuple(None if each is None else next(rest) for each in self.weights)
        return StepBatch(inputs, targets, weights, self.rows)


class StepResult(NamedTuple):
    """What forward and backward give: detached losses and outputs, and the weights' gradients."""

    losses: list[Tensor]
    outputs: list[Tensor]
    gradients: Sequence[Tensor | None]


class PlainStep:
    """Trains a module on one batch per call.

    Args:
        module: The model's module.
        objective: Losses and metrics, bound to the outputs.
        optimizer: Built with the module's weights.
        precision: One of `fitstudio.engine.steps.forward.PRECISIONS`.
    """

    def __init__(
        self, module: nn.Module, objective: Objective, optimizer: Optimizer, *, precision: str
    ) -> None:
        self.module = module
        self.objective = objective
        self.optimizer = optimizer
        self.precision = precision
        self.forward = ForwardWithLosses(module, objective, precision=precision)
        #: Names of the weights that are not frozen, in the order of the gradients.
        self.names: list[str] = []
        self._trained: list[Tensor] = []
        self.look_at_weights()

    @property
    def penalty(self) -> Callable[[], Tensor] | None:
        """What the module adds to the loss, if it adds anything."""
        return self.forward.penalty

    def look_at_weights(self) -> None:
        """Finds the weights that are not frozen."""
        named = [(n, p) for n, p in self.module.named_parameters() if p.requires_grad]
        self.names = [name for name, _ in named]
        self._trained = [weight for _, weight in named]

    def __call__(self, batch: StepBatch) -> Tensor:
        """One update; returns the batch's loss."""
        result = self.forward_and_backward(batch)
        self.update_sums(result.losses, result.outputs, batch)
        self.update_weights(result.gradients)
        return result.losses[0]

    def forward_and_backward(self, batch: StepBatch) -> StepResult:
        """Losses, outputs and gradients; nothing is updated but what the module itself keeps."""
        losses, outputs = self.forward.losses(batch.inputs, batch.targets, batch.weights)
        gradients: Sequence[Tensor | None] = [None] * len(self._trained)
        if self._trained and losses[0].requires_grad:
            found = torch.autograd.grad(losses[0], self._trained, allow_unused=True)
            gradients = [laid_out_like(w, g) for w, g in zip(self._trained, found, strict=True)]
        return StepResult(
            [each.detach() for each in losses], [each.detach() for each in outputs], gradients
        )

    def update_sums(
        self, losses: Sequence[Tensor], outputs: Sequence[Tensor], batch: StepBatch
    ) -> None:
        """Adds the batch to the running sums."""
        with torch.no_grad():
            self.objective.update(losses, outputs, batch.targets, batch.weights, batch.rows)

    def update_weights(self, gradients: Sequence[Tensor | None]) -> None:
        """Hands the gradients that there are to the optimizer."""
        given = [each for each in gradients if each is not None]
        self.optimizer.apply(self.names_with(gradients), given)

    def names_with(self, gradients: Sequence[Tensor | None]) -> list[str]:
        """Names of the weights that have a gradient."""
        if all(each is not None for each in gradients):
            return self.names
        paired = zip(self.names, gradients, strict=True)
        return [name for name, gradient in paired if gradient is not None]
