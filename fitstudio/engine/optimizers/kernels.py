"""The operations on lists of tensors that the optimizers are made of: private ones of torch.

torch's fused kernels are called without the wrapper that costs more than they do. Whether they
exist and take these arguments is found out once, by a call on a toy tensor; where they don't, the
optimizers use the foreach operations, on which torch's own optimizers are built too.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import torch
from torch import Tensor

# The one place that names private functions of torch; the type checker can't see them.
_torch: Any = torch
foreach_abs = _torch._foreach_abs
foreach_add = _torch._foreach_add
foreach_add_ = _torch._foreach_add_
foreach_addcdiv_ = _torch._foreach_addcdiv_
foreach_addcmul = _torch._foreach_addcmul
foreach_addcmul_ = _torch._foreach_addcmul_
foreach_div = _torch._foreach_div
foreach_div_ = _torch._foreach_div_
foreach_lerp_ = _torch._foreach_lerp_
foreach_maximum_ = _torch._foreach_maximum_
foreach_mul = _torch._foreach_mul
foreach_mul_ = _torch._foreach_mul_
foreach_sqrt = _torch._foreach_sqrt
foreach_sqrt_ = _torch._foreach_sqrt_

_FUSED_DTYPES = (torch.float32, torch.float64)


def usable(weights: list[Tensor]) -> bool:
    """Whether torch's fused kernels can update these weights: one device, one common dtype."""
    first = weights[0]
    if first.dtype not in _FUSED_DTYPES or not available(first.device.type):
        return False
    return all(each.dtype == first.dtype and each.device == first.device for each in weights)


@cache
def available(device_type: str) -> bool:
    """Whether the kernels exist for this kind of device and work as we call them."""
    if device_type not in ("cpu", "cuda"):
        return False
    try:
        toy = [torch.zeros(2, device=device_type) for _ in range(4)]
        fused_adam(
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


def fused_adam(
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
    device = weights[0].device
    counter = _step_counter(device)
    if device.type == "cpu":
        counter.numpy()[()] = updates  # an operation would cost ten times as much
    else:
        counter.fill_(updates)
    kernel = _torch._fused_adamw_ if weight_decay else _torch._fused_adam_
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
