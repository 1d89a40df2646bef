"""Takes the faster of torch's two CPU libraries for the products in dense layers.

torch multiplies float32 matrices with MKL, which uses half of an AMD processor's vector width;
oneDNN, which torch brings along for convolutions, uses all of it. On processors where that is so,
large dense layers go through oneDNN, in training and evaluation alike. The choice depends on the
processor and the shapes only, so that the same run gives the same bits.
"""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

#: Multiplications from which oneDNN's set-up pays (rows x inputs x units).
_LARGE = 1_500_000


def product(left: Tensor, right: Tensor, bias: Tensor | None = None) -> Tensor:
    """``left @ right.T + bias`` by oneDNN."""
    operation: Any = torch.ops.mkldnn._linear_pointwise
    return operation(left, right, bias, "none", [], "")


def _plain_product(left: Tensor, right: Tensor) -> Tensor:
    return left @ right.t()


class _Dense(torch.autograd.Function):
    """``F.linear`` with its gradients, all three products by oneDNN."""

    @staticmethod
    def forward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, rows: Tensor, weight: Tensor, bias: Tensor | None
    ) -> Tensor:
        ctx.save_for_backward(rows, weight)
        ctx.has_bias = bias is not None
        return product(rows, weight, bias)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        rows, weight = ctx.saved_tensors
        (gradient,) = gradients
        wants_rows, wants_weight, wants_bias = ctx.needs_input_grad
        # Gradients of gradients need operations that have a gradient.
        times = _plain_product if torch.is_grad_enabled() else product
        return (
            times(gradient, weight.t()) if wants_rows else None,
            times(gradient.t(), rows.t()) if wants_weight else None,
            gradient.sum(0) if wants_bias and ctx.has_bias else None,
        )


class LargeDenseLayers(TorchFunctionMode):
    """While it is entered, large dense layers are computed by oneDNN."""

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func is F.linear and not kwargs and 2 <= len(args) <= 3 and _is_large(*args[:2]):
            rows, weight, *bias = args
            flat = rows.reshape(-1, rows.shape[-1])
            result: Any = _Dense.apply(flat, weight, bias[0] if bias else None)
            return result.reshape(*rows.shape[:-1], weight.shape[0])
        return func(*args, **(kwargs or {}))


def _is_large(rows: Any, weight: Any) -> bool:
    return (
        isinstance(rows, Tensor)
        and isinstance(weight, Tensor)
        and rows.dtype == weight.dtype == torch.float32
        and rows.device.type == "cpu"
        and weight.ndim == 2
        and min(weight.shape) > 1
        and rows.numel() * weight.shape[0] >= _LARGE
        and not torch.is_autocast_enabled("cpu")
    )


def has_dense_layers(module: nn.Module) -> bool:
    """Whether there is anything to speed up."""
    return any(isinstance(child, nn.Linear) for child in module.modules())


@cache
def onednn_is_faster() -> bool:
    """Whether this is an AMD processor with 512-bit vectors, and torch has what it takes."""
    if torch.backends.cpu.get_cpu_capability() != "AVX512" or not _is_amd():
        return False
    try:
        small = torch.ones(2, 2)
        return bool(torch.equal(product(small, small), torch.full((2, 2), 2.0)))
    except (AttributeError, RuntimeError, TypeError):
        return False


def _is_amd() -> bool:
    description = Path("/proc/cpuinfo")
    if description.exists():
        return "AuthenticAMD" in description.read_text(encoding="utf-8", errors="replace")
    return "AuthenticAMD" in platform.processor()
