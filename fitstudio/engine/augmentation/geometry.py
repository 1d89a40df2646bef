"""Where the points of a picture go: mirrored, turned, moved, made larger, cut out."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from fitstudio.declared.parameters.augmentation import Changes
from fitstudio.engine.augmentation.draws import Draws


def moved(pictures: Tensor, changes: Changes, draws: Draws) -> Tensor:
    """Pictures of which each is mirrored and moved by a draw of its own.

    Mirroring moves whole points; everything else is one step of interpolation, in which the edge's
    points go on outside.

    Args:
        pictures: (pictures, channels, height, width).
        changes: What is changed.
        draws: The batch's.
    """
    count = len(pictures)
    for wanted, kind, axis in (
        (changes.flip_horizontal, "flip_horizontal", 3),
        (changes.flip_vertical, "flip_vertical", 2),
    ):
        if wanted:
            mirrored = draws.uniform(kind, count, low=0.0) < 0.5
            chosen = mirrored.to(pictures.device)[:, None, None, None]
            pictures = torch.where(chosen, pictures.flip(axis), pictures)
    if not (changes.turn or changes.shift or changes.scale or changes.crop):
        return pictures
    height, width = pictures.shape[2:]
    places = placed(changes, draws, count, height=height, width=width)
    grid = functional.affine_grid(
        places.to(pictures.device, pictures.dtype), list(pictures.shape), align_corners=False
    )
    return functional.grid_sample(
        pictures, grid, mode="bilinear", padding_mode="border", align_corners=False
    )


def placed(changes: Changes, draws: Draws, count: int, *, height: int, width: int) -> Tensor:
    """For each picture where its points come from, as `torch.nn.functional.affine_grid` takes it.

    Args:
        changes: What is changed.
        draws: The batch's.
        count: How many pictures there are.
        height: In points.
        width: Likewise.
    """
    angle = draws.uniform("turn", count) * math.radians(changes.turn)
    larger = 1.0 + draws.uniform("scale", count) * changes.scale
    kept = 1.0 - draws.uniform("crop", count, low=0.0) * changes.crop
    spread = kept / larger
    # The part that is kept lies anywhere in the picture; a side is 2 long here.
    corner = draws.uniform("crop_place", count, 2) * (1.0 - kept)[:, None]
    shift = draws.uniform("shift", count, 2) * 2.0 * changes.shift
    cos, sin = torch.cos(angle) * spread, torch.sin(angle) * spread
    where = corner - shift
    rows = [cos, -sin * (height / width), where[:, 0], sin * (width / height), cos, where[:, 1]]
    return torch.stack(rows, dim=1).reshape(count, 2, 3)
