"""How bright the points of a picture are: lighter, of more contrast, noisy, blurred."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from fitstudio.declared.parameters.augmentation import Changes
from fitstudio.engine.augmentation.draws import Draws

# A bell is cut off where next to nothing of it is left.
_SPREADS = 3.0
# Below this spread a bell is a single point.
_LEAST_SPREAD = 1e-3


def lit(pictures: Tensor, changes: Changes, draws: Draws) -> Tensor:
    """Pictures of which each is brighter, blurred and noisy by a draw of its own.

    Amounts are shares of each picture's own range, channel by channel, so that they mean the same
    before and after numbers are scaled.

    Args:
        pictures: (pictures, channels, height, width).
        changes: What is changed.
        draws: The batch's.
    """
    count, device = len(pictures), pictures.device
    ranges = None
    if changes.brightness or changes.noise:
        ranges = pictures.amax((2, 3), keepdim=True) - pictures.amin((2, 3), keepdim=True)
    if changes.contrast:
        means = pictures.mean((2, 3), keepdim=True)
        factor = 1.0 + _each(draws.uniform("contrast", count) * changes.contrast, device)
        pictures = (pictures - means) * factor + means
    if changes.brightness and ranges is not None:
        amount = _each(draws.uniform("brightness", count) * changes.brightness, device)
        pictures = pictures + amount * ranges
    if changes.blur:
        pictures = _blurred(pictures, draws.uniform("blur", count, low=0.0) * changes.blur)
    if changes.noise and ranges is not None:
        amount = _each(draws.uniform("noise", count, low=0.0) * changes.noise, device)
        noise = draws.normal("noise_points", *pictures.shape).to(device)
        pictures = pictures + noise * amount * ranges
    return pictures


def _each(values: Tensor, device: torch.device) -> Tensor:
    """A number for each picture, to be combined with all of its points."""
    return values.to(device)[:, None, None, None]


def _blurred(pictures: Tensor, spreads: Tensor) -> Tensor:
    """Each picture under a bell of its own spread, in points; the edge's points go on outside."""
    count, channels, height, width = pictures.shape
    reach = max(1, math.ceil(_SPREADS * float(spreads.max())))
    steps = torch.arange(-reach, reach + 1, dtype=torch.float32)
    bells = torch.exp(-0.5 * (steps / spreads.clamp_min(_LEAST_SPREAD)[:, None]) ** 2)
    bells = (bells / bells.sum(1, keepdim=True)).to(pictures.device, pictures.dtype)
    bells = bells.repeat_interleave(channels, 0)
    flat = pictures.reshape(1, count * channels, height, width)
    flat = functional.pad(flat, (reach, reach, reach, reach), mode="replicate")
    flat = functional.conv2d(flat, bells[:, None, None, :], groups=count * channels)
    flat = functional.conv2d(flat, bells[:, None, :, None], groups=count * channels)
    return flat.reshape(count, channels, height, width)
