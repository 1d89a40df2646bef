"""Tell from a stretch of a curve whether it falls, rises or merely wobbles."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

FEWEST_POINTS = 5
_SURE = 3.0
_NOTICEABLE = 0.01


class Direction(StrEnum):
    """Which way a curve goes."""

    FALLING = "falling"
    RISING = "rising"
    FLAT = "flat"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Trend:
    """A straight line through a stretch of a curve.

    Attributes:
        direction: FLAT where the line's slope could as well be chance, or changes the value by
            less than one part in a hundred.
        change: The line's end against its beginning, as a share of the beginning.
        spread: How far the points lie from the line, as a share of the beginning.
    """

    direction: Direction
    change: float = 0.0
    spread: float = 0.0


def trend(values: npt.ArrayLike) -> Trend:
    """The trend of evenly spaced values; not-a-number is left out."""
    curve = np.asarray(values, dtype=np.float64)
    x = np.flatnonzero(np.isfinite(curve)).astype(np.float64)
    y = curve[np.isfinite(curve)]
    if len(y) < FEWEST_POINTS:
        return Trend(Direction.UNKNOWN)
    centred = x - x.mean()
    slope = float(centred @ y / (centred @ centred))
    line = y.mean() + slope * centred
    rest = y - line
    error = float(np.sqrt((rest @ rest) / (len(y) - 2) / (centred @ centred)))
    level = max(float(np.mean(np.abs(y))), np.finfo(float).tiny)
    change = slope * (x[-1] - x[0]) / level
    spread = float(rest.std()) / level
    if abs(slope) <= _SURE * error or abs(change) < _NOTICEABLE:
        return Trend(Direction.FLAT, change, spread)
    return Trend(Direction.FALLING if slope < 0 else Direction.RISING, change, spread)


def centred_mean(values: npt.ArrayLike, reach: int) -> npt.NDArray[np.float64]:
    """Each value as the mean of itself and up to `reach` neighbours on both sides."""
    curve = np.asarray(values, dtype=np.float64)
    if reach <= 0 or len(curve) < 3:
        return curve.copy()
    kernel = np.ones(2 * min(reach, len(curve) - 1) + 1)
    finite = np.isfinite(curve)
    cut = slice(len(kernel) // 2, len(kernel) // 2 + len(curve))
    sums = np.convolve(np.where(finite, curve, 0.0), kernel)[cut]
    counts = np.convolve(finite.astype(float), kernel)[cut]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(counts > 0, sums / counts, np.nan)
