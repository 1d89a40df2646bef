"""Optimizers that divide by what gradients were so far: RMSprop, Adagrad, Adadelta and Ftrl."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from fitstudio.engine.optimizers import kernels
from fitstudio.engine.optimizers.base import LearningRate, Optimizer, fuzz, optimizer

__all__ = ["Adadelta", "Adagrad", "Ftrl", "RMSprop"]


@optimizer("rmsprop")
class RMSprop(Optimizer):
    """Divides the gradient by the root of a running mean of its square.

    As in TF 2.1, epsilon is added to the root; with momentum it is added below the root.
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float | None = 1e-7,
        centered: bool = False,
        name: str | None = None,
        **keywords: Any,
    ) -> None:
        super().__init__(learning_rate, name, **keywords)
        self.rho = float(rho)
        self.momentum = float(momentum)
        self.epsilon = fuzz(epsilon)
        self.centered = bool(centered)
        wanted = {"velocity": True, "mean": self.centered, "momentum": bool(self.momentum)}
        self.slot_names = tuple(slot for slot, is_wanted in wanted.items() if is_wanted)

    def update(
        self,
        weights: list[Tensor],
        gradients: list[Tensor],
        slots: dict[str, list[Tensor]],
        learning_rate: float,
    ) -> None:
        """One update of all weights at once, in place."""
        velocities = slots["velocity"]
        kernels.foreach_mul_(velocities, self.rho)
        kernels.foreach_addcmul_(velocities, gradients, gradients, 1.0 - self.rho)
        if self.centered:
            means = slots["mean"]
            kernels.foreach_lerp_(means, gradients, 1.0 - self.rho)
            squares = kernels.foreach_addcmul(velocities, means, means, -1.0)
        else:
            squares = velocities
        roots = _roots(squares, self.epsilon, inside=bool(self.momentum))
        if self.momentum:
            steps = slots["momentum"]
            kernels.foreach_mul_(steps, self.momentum)
            kernels.foreach_addcdiv_(steps, gradients, roots, learning_rate)
            kernels.foreach_add_(weights, steps, alpha=-1.0)
        else:
            kernels.foreach_addcdiv_(weights, gradients, roots, -learning_rate)

    def get_config(self) -> dict[str, Any]:
        """With decay rate, momentum, epsilon and whether it is centered."""
        return super().get_config() | {
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "centered": self.centered,
        }


def _roots(squares: list[Tensor], epsilon: float, *, inside: bool) -> list[Tensor]:
    """Square roots that are not zero: with epsilon added before the root is taken, or after."""
    if inside:
        roots = kernels.foreach_add(squares, epsilon)
        kernels.foreach_sqrt_(roots)
    else:
        roots = kernels.foreach_sqrt(squares)
        kernels.foreach_add_(roots, epsilon)
    return roots


@optimizer("adagrad")
class Adagrad(Optimizer):
    """Divides the gradient by the root of the sum of its squares so far: steps only shrink."""

    slot_names = ("accumulator",)

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float | None = 1e-7,
        name: str | None = None,
        **keywords: Any,
    ) -> None:
        super().__init__(learning_rate, name, **keywords)
        self.initial_accumulator_value = float(initial_accumulator_value)
        self.epsilon = fuzz(epsilon)

    def initial_slot(self, slot: str, weight: Tensor) -> Tensor:
        """The sum of squares begins above 0, so that the first steps are not endless."""
        return torch.full_like(weight, self.initial_accumulator_value, requires_grad=False)

    def update(
        self,
        weights: list[Tensor],
        gradients: list[Tensor],
        slots: dict[str, list[Tensor]],
        learning_rate: float,
    ) -> None:
        """One update of all weights at once, in place."""
        sums = slots["accumulator"]
        kernels.foreach_addcmul_(sums, gradients, gradients, 1.0)
        roots = _roots(sums, self.epsilon, inside=False)
        kernels.foreach_addcdiv_(weights, gradients, roots, -learning_rate)

    def get_config(self) -> dict[str, Any]:
        """With the first value of the sums and epsilon."""
        return super().get_config() | {
            "initial_accumulator_value": self.initial_accumulator_value,
            "epsilon": self.epsilon,
        }


@optimizer("adadelta")
class Adadelta(Optimizer):
    """Scales steps by the ratio of what steps and gradients have been lately."""

    slot_names = ("gradient_square", "step_square")

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        rho: float = 0.95,
        epsilon: float | None = 1e-7,
        name: str | None = None,
        **keywords: Any,
    ) -> None:
        super().__init__(learning_rate, name, **keywords)
        self.rho = float(rho)
        self.epsilon = fuzz(epsilon)

    def update(
        self,
        weights: list[Tensor],
        gradients: list[Tensor],
        slots: dict[str, list[Tensor]],
        learning_rate: float,
    ) -> None:
        """One update of all weights at once, in place."""
        squares, step_squares = slots["gradient_square"], slots["step_square"]
        kernels.foreach_mul_(squares, self.rho)
        kernels.foreach_addcmul_(squares, gradients, gradients, 1.0 - self.rho)
        steps = kernels.foreach_add(step_squares, self.epsilon)
        kernels.foreach_div_(steps, kernels.foreach_add(squares, self.epsilon))
        kernels.foreach_sqrt_(steps)
        kernels.foreach_mul_(steps, gradients)
        kernels.foreach_mul_(step_squares, self.rho)
        kernels.foreach_addcmul_(step_squares, steps, steps, 1.0 - self.rho)
        kernels.foreach_add_(weights, steps, alpha=-learning_rate)

    def get_config(self) -> dict[str, Any]:
        """With the decay rate and epsilon."""
        return super().get_config() | {"rho": self.rho, "epsilon": self.epsilon}


@optimizer("ftrl")
class Ftrl(Optimizer):
    """Follow the regularised leader: for wide, sparse, linear models; sets weights to exactly 0."""

    slot_names = ("accumulator", "linear")

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        name: str | None = None,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        **keywords: Any,
    ) -> None:
        super().__init__(learning_rate, name, **keywords)
        self.learning_rate_power = float(learning_rate_power)
        self.initial_accumulator_value = float(initial_accumulator_value)
        self.l1_regularization_strength = float(l1_regularization_strength)
        self.l2_regularization_strength = float(l2_regularization_strength)
        self.l2_shrinkage_regularization_strength = float(l2_shrinkage_regularization_strength)
        self.beta = float(beta)

    def initial_slot(self, slot: str, weight: Tensor) -> Tensor:
        """The sum of squares begins above 0; the linear part at 0."""
        value = self.initial_accumulator_value if slot == "accumulator" else 0.0
        return torch.full_like(weight, value, requires_grad=False)

    def update(
        self,
        weights: list[Tensor],
        gradients: list[Tensor],
        slots: dict[str, list[Tensor]],
        learning_rate: float,
    ) -> None:
        """One update, weight by weight; a rate of 0 changes nothing."""
        if learning_rate == 0.0:
            return
        power = -self.learning_rate_power
        l1 = self.l1_regularization_strength
        l2 = self.l2_regularization_strength + self.beta / (2.0 * learning_rate)
        shrinkage = 2.0 * self.l2_shrinkage_regularization_strength
        for weight, gradient, sums, linear in zip(
            weights, gradients, slots["accumulator"], slots["linear"]
        ):
            new_sums = sums + gradient * gradient
            new_power = new_sums.pow(power)
            sigma = (new_power - sums.pow(power)) / learning_rate
            linear.add_(gradient + shrinkage * weight - sigma * weight)
            quadratic = new_power / learning_rate + 2.0 * l2
            weight.copy_((linear.clamp(-l1, l1) - linear) / quadratic)
            sums.copy_(new_sums)

    def get_config(self) -> dict[str, Any]:
        """With the power of the rate and the strengths of regularization."""
        return super().get_config() | {
            "learning_rate_power": self.learning_rate_power,
            "initial_accumulator_value": self.initial_accumulator_value,
            "l1_regularization_strength": self.l1_regularization_strength,
            "l2_regularization_strength": self.l2_regularization_strength,
            "l2_shrinkage_regularization_strength": self.l2_shrinkage_regularization_strength,
            "beta": self.beta,
        }
