"""One update of the weights: forward, losses, backward, optimizer, running sums.

`TrainStep` is the seam behind which steps may become faster. Its plain form, `TrainStep.plainly`, is
the reference: a page of ordinary torch. A faster form has to give the same bits.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from fitstudio.engine.objective import Objective, Targets, Weights
from fitstudio.engine.optimizers import Optimizer

PRECISIONS = ("float32", "mixed_bfloat16")


class TrainStep:
    """Trains a module on one batch per call.

    Nothing in a call waits for the device: the running sums grow there, and the loss that comes back
    is a tensor.

    Args:
        module: The model's module, in training mode during calls.
        objective: Losses and metrics, bound to the outputs.
        optimizer: Built with the module's weights.
        forward: How the module is called with a batch's inputs, for several of them.
        precision: ``"mixed_bfloat16"`` computes the forward pass in bfloat16 where torch deems it
            safe, with weights and sums in float32.
    """

    def __init__(
        self,
        module: nn.Module,
        objective: Objective,
        optimizer: Optimizer,
        *,
        forward: Callable[[Any], Any] | None = None,
        precision: str = "float32",
    ) -> None:
        self.module = module
        self.objective = objective
        self.optimizer = optimizer
        self.forward = forward or module
        self.precision = precision
        self._penalty: Callable[[], Tensor] | None = getattr(module, "regularization_loss", None)

    def __call__(self, inputs: Any, targets: Targets, weights: Weights, rows: int) -> Tensor:
        """One update.

        Args:
            inputs: What the module is called with: a tensor, or a tuple or dict of them.
            targets: One per output; None for an output without a loss.
            weights: Sample weights times class weights, one per output or None.
            rows: Rows in the batch.

        Returns:
            The batch's loss, a single number on the device.
        """
        return self.plainly(inputs, targets, weights, rows)

    def begin_epoch(self) -> None:
        """Called at the beginning of each epoch."""

    def look_again(self) -> None:
        """Called before a batch when somebody else's code ran since the last one."""

    def plainly(self, inputs: Any, targets: Targets, weights: Weights, rows: int) -> Tensor:
        """The reference for every faster form."""
        names, trained = self._trained()
        losses, outputs, gradients = self._losses_and_gradients(inputs, targets, weights, trained)
        with torch.no_grad():
            self.objective.update(losses, outputs, targets, weights, rows)
        moved = [
            (name, gradient)
            for name, gradient in zip(names, gradients, strict=True)
            if gradient is not None
        ]
        self.optimizer.apply([name for name, _ in moved], [gradient for _, gradient in moved])
        return losses[0]

    def _trained(self) -> tuple[list[str], list[Tensor]]:
        """Names and tensors of the weights that are not frozen."""
        named = [(n, p) for n, p in self.module.named_parameters() if p.requires_grad]
        return [name for name, _ in named], [weight for _, weight in named]

    def _losses_and_gradients(
        self, inputs: Any, targets: Targets, weights: Weights, trained: Sequence[Tensor]
    ) -> tuple[list[Tensor], list[Tensor], Sequence[Tensor | None]]:
        """The detached losses and outputs of a batch, and the gradients of the trained weights."""
        with autocast(self.precision, self.objective.totals.device):
            outputs = self.objective.flatten(self.forward(inputs))
        if self.precision != "float32":
            outputs = tuple(output.float() for output in outputs)
        losses = list(self.objective.losses(outputs, targets, weights))
        if self._penalty is not None:
            losses[0] = losses[0] + self._penalty()
        gradients: Sequence[Tensor | None] = ()
        if trained:
            gradients = torch.autograd.grad(losses[0], trained, allow_unused=True)
        return [loss.detach() for loss in losses], [each.detach() for each in outputs], gradients


def autocast(precision: str, device: torch.device) -> contextlib.AbstractContextManager[Any]:
    """The context in which a forward pass runs at the chosen precision."""
    if precision == "float32":
        return contextlib.nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)
