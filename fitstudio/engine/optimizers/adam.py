"""Adam and its relatives: AdamW, Adamax and Nadam, with the reference's epsilon.

The reference adds epsilon after the bias correction, torch before it. torch's fused kernel computes
lr / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + e), so it is handed e / sqrt(1 - b2^t), which makes
it lr sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + e): the reference's formula.
"""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor

from fitstudio.engine.optimizers import kernels
from fitstudio.engine.optimizers.base import LearningRate, Optimizer, fuzz, optimizer

__all__ = ["Adam", "AdamW", "Adamax", "Nadam"]


@optimizer("adam")
class Adam(Optimizer):
    """Step size adapted to each weight by running means of its gradient and of its square."""

    slot_names = ("momentum", "velocity")

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-7,
        amsgrad: bool = False,
        name: str | None = None,
        **keywords: Any,
    ) -> None:
        super().__init__(learning_rate, name, **keywords)
        self.beta_1 = float(beta_1)
        self.beta_2 = float(beta_2)
        self.epsilon = fuzz(epsilon)
        self.amsgrad = bool(amsgrad)
        self.weight_decay = 0.0
        self._checked: list[Tensor] | None = None
        self._is_fused = False
        if self.amsgrad:
            self.slot_names = ("momentum", "velocity", "velocity_hat")

    def update(
        self,
        weights: list[Tensor],
        gradients: list[Tensor],
        slots: dict[str, list[Tensor]],
        learning_rate: float,
    ) -> None:
        """One update of all weights at once, in place."""
        if weights is not self._checked:
            self._checked, self._is_fused = weights, kernels.usable(weights)
        if self._is_fused:
            kernels.fused_adam(
                weights,
                gradients,
                slots["momentum"],
                slots["velocity"],
                slots.get("velocity_hat", []),
                updates=self.iterations + 1,
                learning_rate=learning_rate,
                beta_1=self.beta_1,
                beta_2=self.beta_2,
                epsilon=self.epsilon,
                weight_decay=self.weight_decay,
            )
        else:
            self.update_plainly(weights, gradients, slots, learning_rate)

    def update_plainly(
        self,
        weights: list[Tensor],
        gradients: list[Tensor],
        slots: dict[str, list[Tensor]],
        learning_rate: float,
    ) -> None:
        """The formula in public operations: what the fused kernel is tested against."""
        updates = self.iterations + 1
        momenta, velocities = slots["momentum"], slots["velocity"]
        if self.weight_decay:
            kernels.foreach_mul_(weights, 1.0 - learning_rate * self.weight_decay)
        kernels.foreach_lerp_(momenta, gradients, 1.0 - self.beta_1)
        kernels.foreach_mul_(velocities, self.beta_2)
        kernels.foreach_addcmul_(velocities, gradients, gradients, 1.0 - self.beta_2)
        if self.amsgrad:
            kernels.foreach_maximum_(slots["velocity_hat"], velocities)
            velocities = slots["velocity_hat"]
        rate = learning_rate * math.sqrt(1.0 - self.beta_2**updates) / (1.0 - self.beta_1**updates)
        roots = kernels.foreach_sqrt(velocities)
        kernels.foreach_add_(roots, self.epsilon)
        kernels.foreach_addcdiv_(weights, momenta, roots, -rate)

    def get_config(self) -> dict[str, Any]:
        """With the decay rates, epsilon and amsgrad."""
        return super().get_config() | {
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "amsgrad": self.amsgrad,
        }


@optimizer("adamw")
class AdamW(Adam):
    """Adam that first shrinks every weight a little, apart from the gradient."""

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-7,
        amsgrad: bool = False,
        name: str | None = None,
        **keywords: Any,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, name, **keywords)
        self.weight_decay = float(weight_decay)

    def get_config(self) -> dict[str, Any]:
        """With the weight decay beside Adam's settings."""
        return super().get_config() | {"weight_decay": self.weight_decay}


@optimizer("adamax")
class Adamax(Optimizer):
    """Adam with the largest recent gradient in place of the mean square."""

    slot_names = ("momentum", "norm")

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-7,
        name: str | None = None,
        **keywords: Any,
    ) -> None:
        super().__init__(learning_rate, name, **keywords)
        self.beta_1 = float(beta_1)
        self.beta_2 = float(beta_2)
        self.epsilon = fuzz(epsilon)

    def update(
        self,
        weights: list[Tensor],
        gradients: list[Tensor],
        slots: dict[str, list[Tensor]],
        learning_rate: float,
    ) -> None:
        """One update of all weights at once, in place."""
        momenta, norms = slots["momentum"], slots["norm"]
        kernels.foreach_lerp_(momenta, gradients, 1.0 - self.beta_1)
        kernels.foreach_mul_(norms, self.beta_2)
        kernels.foreach_maximum_(norms, kernels.foreach_abs(gradients))
        rate = learning_rate / (1.0 - self.beta_1 ** (self.iterations + 1))
        kernels.foreach_addcdiv_(weights, momenta, kernels.foreach_add(norms, self.epsilon), -rate)

    def get_config(self) -> dict[str, Any]:
        """With the decay rates and epsilon."""
        return super().get_config() | {
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }


@optimizer("nadam")
class Nadam(Optimizer):
    """Adam with Nesterov's look ahead, and a momentum that grows over the first updates.

    The product of the momenta is multiplied once per update, as in TensorFlow 2.1. (Later versions
    multiply it once per weight, by mistake.)
    """

    slot_names = ("momentum", "velocity")

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-7,
        name: str | None = None,
        *,
        schedule_decay: float = 0.004,
        **keywords: Any,
    ) -> None:
        super().__init__(learning_rate, name, **keywords)
        self.beta_1 = float(beta_1)
        self.beta_2 = float(beta_2)
        self.epsilon = fuzz(epsilon)
        self.schedule_decay = float(schedule_decay)
        self.momentum_product = 1.0

    def _momentum_at(self, update: int) -> float:
        return self.beta_1 * (1.0 - 0.5 * 0.96 ** (self.schedule_decay * update))

    def update(
        self,
        weights: list[Tensor],
        gradients: list[Tensor],
        slots: dict[str, list[Tensor]],
        learning_rate: float,
    ) -> None:
        """One update of all weights at once, in place; the momentum's product grows with it."""
        t = self.iterations + 1
        momenta, velocities = slots["momentum"], slots["velocity"]
        this, following = self._momentum_at(t), self._momentum_at(t + 1)
        self.momentum_product *= this
        kernels.foreach_lerp_(momenta, gradients, 1.0 - self.beta_1)
        kernels.foreach_mul_(velocities, self.beta_2)
        kernels.foreach_addcmul_(velocities, gradients, gradients, 1.0 - self.beta_2)
        roots = kernels.foreach_div(velocities, 1.0 - self.beta_2**t)
        kernels.foreach_sqrt_(roots)
        kernels.foreach_add_(roots, self.epsilon)
        ahead = kernels.foreach_mul(gradients, (1.0 - this) / (1.0 - self.momentum_product))
        weight_of_mean = following / (1.0 - self.momentum_product * following)
        kernels.foreach_add_(ahead, momenta, alpha=weight_of_mean)
        kernels.foreach_addcdiv_(weights, ahead, roots, -learning_rate)

    def on_state_loaded(self) -> None:
        """Works the momentum's product out again: checkpoints don't hold it."""
        # Multiplied in the order in which training did it, so that a resumed run has the same bits.
        self.momentum_product = 1.0
        for update in range(1, self.iterations + 1):
            self.momentum_product *= self._momentum_at(update)

    def get_config(self) -> dict[str, Any]:
        """With the decay rates and epsilon."""
        return super().get_config() | {
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }
