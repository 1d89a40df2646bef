"""Plain stochastic gradient descent, with momentum."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from fitstudio.engine.optimizers import kernels
from fitstudio.engine.optimizers.base import LearningRate, Optimizer, optimizer

__all__ = ["SGD"]


@optimizer("sgd")
class SGD(Optimizer):
    """Steps against the gradient; with momentum, steps keep some of the previous step.

    As in the reference the momentum holds the learning rate, m = momentum m - lr g, so that a
    changed rate does not change what is already in it (torch keeps the rate outside).
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        name: str | None = None,
        **keywords: Any,
    ) -> None:
        super().__init__(learning_rate, name, **keywords)
        self.momentum = float(momentum)
        self.nesterov = bool(nesterov)
        if self.momentum:
            self.slot_names = ("momentum",)

    def update(
        self,
        weights: list[Tensor],
        gradients: list[Tensor],
        slots: dict[str, list[Tensor]],
        learning_rate: float,
    ) -> None:
        """One update of all weights at once, in place; without momentum it keeps nothing."""
        if not self.momentum:
            kernels.foreach_add_(weights, gradients, alpha=-learning_rate)
            return
        steps = slots["momentum"]
        kernels.foreach_mul_(steps, self.momentum)
        kernels.foreach_add_(steps, gradients, alpha=-learning_rate)
        if self.nesterov:
            kernels.foreach_add_(weights, steps, alpha=self.momentum)
            kernels.foreach_add_(weights, gradients, alpha=-learning_rate)
        else:
            kernels.foreach_add_(weights, steps)

    def get_config(self) -> dict[str, Any]:
        """With momentum and whether it looks ahead."""
        return super().get_config() | {"momentum": self.momentum, "nesterov": self.nesterov}
