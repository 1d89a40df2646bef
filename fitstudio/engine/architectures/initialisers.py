"""Draws the first weights of a layer as Keras does, from a seeded generator.

Keras's defaults differ from torch's, and where training starts decides how its first epochs look:
glorot-uniform kernels, zero biases, orthogonal recurrent kernels, and 1 for an LSTM's forget gate.
"""

from __future__ import annotations

import math

import torch
from torch import nn


def glorot_uniform(kernel: torch.Tensor, generator: torch.Generator) -> None:
    """Fills a dense, convolution or recurrent kernel laid out as torch does: (out, in, *window)."""
    window = math.prod(kernel.shape[2:])
    fan_out, fan_in = kernel.shape[0] * window, kernel.shape[1] * window
    limit = math.sqrt(6.0 / (fan_in + fan_out))
    nn.init.uniform_(kernel, -limit, limit, generator=generator)


def start_kernel_and_bias(layer: nn.Module, generator: torch.Generator) -> None:
    """Glorot-uniform `weight`, zero `bias`."""
    glorot_uniform(layer.get_parameter("weight"), generator)
    if getattr(layer, "bias", None) is not None:
        nn.init.zeros_(layer.get_parameter("bias"))


def start_recurrent(layer: nn.LSTM | nn.GRU, generator: torch.Generator) -> None:
    """All directions of an LSTM or GRU; gates lie side by side in one kernel, as in Keras."""
    for name, parameter in layer.named_parameters():
        if name.startswith("weight_ih"):
            glorot_uniform(parameter, generator)
        elif name.startswith("weight_hh"):
            _orthogonal(parameter, generator)
        else:
            nn.init.zeros_(parameter)
            if isinstance(layer, nn.LSTM) and name.startswith("bias_ih"):
                forget_gate = slice(layer.hidden_size, 2 * layer.hidden_size)
                with torch.no_grad():
                    parameter[forget_gate] = 1.0


def _orthogonal(kernel: torch.Tensor, generator: torch.Generator) -> None:
    # Keras makes the kernel (units, gates x units) orthogonal; torch keeps its transpose.
    transposed = torch.empty(kernel.shape[1], kernel.shape[0])
    nn.init.orthogonal_(transposed, generator=generator)
    with torch.no_grad():
        kernel.copy_(transposed.T)
