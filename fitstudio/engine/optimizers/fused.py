"""torch's fused optimizer kernels, called without the wrapper that costs more than they do.

They are private to torch. Whether they exist and take these arguments is found out once, by a call
on a toy tensor; where they don't, the optimizers use public operations instead.
"""

from __future__ import annotations

import math
from functools import cache

import torch
from torch import Tensor

_FUSED_DTYPES = (torch.float32, torch.float64)


def usable(weights: list[Tensor], gradients: list[Tensor]) -> bool:
    """Whether torch's fused kernels can update these weights: all dense, one device, one dtype."""
    first = weights[0]
    if first.dtype not in _FUSED_DTYPES or not available(first.device.type):
        return False
    dtype, device = first.dtype, first.device
    return all(
        weight.dtype == dtype
        and weight.device == device
        and gradient.dtype == dtype
        and gradient.device == device
        for weight, gradient in zip(weights, gradients)
    )


@cache
def available(device_type: str) -> bool:
    """Whether the kernels exist for this kind of device and work as we call them."""
    if device_type not in ("cpu", "cuda"):
        return False
    try:
        toy = [torch.zeros(2, device=device_type) for _ in range(4)]
        adam(
            [toy[0]],
            [toy[1]],
            [toy[2]],
            [toy[3]],
            [],
            updates=1,
            learning_rate=0.1,
            beta_1=0.9,
            beta_2=0.999,
            epsilon=1e-7,
            weight_decay=0.0,
        )
    except (AttributeError, RuntimeError, TypeError):
        return False
    return True


@cache
def _step_counter(device: torch.device) -> Tensor:
    return torch.zeros((), dtype=torch.float32, device=device)


def adam(
    weights: list[Tensor],
    gradients: list[Tensor],
    momenta: list[Tensor],
    velocities: list[Tensor],
    largest_velocities: list[Tensor],
    *,
    updates: int,
    learning_rate: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
    weight_decay: float,
) -> None:
    """Adam, or AdamW with a weight decay, with epsilon outside the bias correction."""
    # One counter serves all weights: the kernel only reads it.
    counter = _step_counter(weights[0].device)
    counter.fill_(updates)
    kernel = torch._fused_adamw_ if weight_decay else torch._fused_adam_
    kernel(
        weights,
        gradients,
        momenta,
        velocities,
        largest_velocities,
        [counter] * len(weights),
        lr=learning_rate,
        beta1=beta_1,
        beta2=beta_2,
        weight_decay=weight_decay,
        eps=epsilon / math.sqrt(1.0 - beta_2**updates),
        amsgrad=bool(largest_velocities),
        maximize=False,
        grad_scale=None,
        found_inf=None,
    )
