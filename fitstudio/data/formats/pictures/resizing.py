"""Brings pictures to one size and one kind of points, with the depth that they have."""

from __future__ import annotations

import numpy as np
from PIL import Image

# How much of grey each of red, green and blue is (ITU-R BT.601, as most programs do it).
_GREY = (0.299, 0.587, 0.114)
_RESAMPLING = Image.Resampling.BILINEAR


def resized(points: np.ndarray, size: tuple[int, int], fitting: str) -> np.ndarray:
    """A picture in another size; made smaller, each point is the mean of those that it stands for.

    Args:
        points: (height, width, channels).
        size: Width and height.
        fitting: "stretch", "border" (the edge's points go on) or "crop".
    """
    width, height = size
    if points.shape[:2] == (height, width):
        return points
    if fitting == "stretch":
        return _stretched(points, width, height)
    high, wide = points.shape[:2]
    ratios = (width / wide, height / high)
    ratio = min(ratios) if fitting == "border" else max(ratios)
    scaled = _stretched(points, max(1, round(wide * ratio)), max(1, round(high * ratio)))
    high, wide = scaled.shape[:2]
    if fitting == "crop":
        top, left = (high - height) // 2, (wide - width) // 2
        return scaled[top : top + height, left : left + width]
    above, before = (height - high) // 2, (width - wide) // 2
    around = ((above, height - high - above), (before, width - wide - before), (0, 0))
    return np.pad(scaled, around, mode="edge")


def with_channels(points: np.ndarray, channels: str) -> np.ndarray:
    """A picture with the wanted channels.

    Args:
        points: (height, width, channels): one or two of grey, three or four of colour.
        channels: "grey", "colour", or "stored" for what there is.

    Raises:
        ValueError: If it has other channels than grey or colour, and these are wanted.
    """
    count = points.shape[2]
    if channels == "stored":
        return points
    if count not in (1, 2, 3, 4):
        raise ValueError(f"it has {count} channels")
    bare = points[:, :, : 1 if count < 3 else 3]  # what is transparent has its colour below
    if channels == "colour":
        return np.repeat(bare, 3, axis=2) if count < 3 else bare
    if count < 3:
        return bare
    grey = np.tensordot(bare.astype(np.float64), _GREY, axes=1)[:, :, None]
    if points.dtype.kind in "iu":
        grey = np.rint(grey)
    return grey.astype(points.dtype)


def _stretched(points: np.ndarray, width: int, height: int) -> np.ndarray:
    if points.dtype == np.uint8 and points.shape[2] in (1, 3, 4):
        image = Image.fromarray(points[:, :, 0] if points.shape[2] == 1 else points)
        found = np.asarray(image.resize((width, height), _RESAMPLING))
        return found if found.ndim == 3 else found[:, :, None]
    channels = [
        np.asarray(
            Image.fromarray(points[:, :, place].astype(np.float32)).resize(
                (width, height), _RESAMPLING
            )
        )
        for place in range(points.shape[2])
    ]
    found = np.stack(channels, axis=2)
    if points.dtype.kind in "iu":
        limits = np.iinfo(points.dtype)
        found = np.clip(np.rint(found), limits.min, limits.max)
    return found.astype(points.dtype)
