"""Smooth a curve without moving it: a centred kernel, so that a dip stays where it happened.

A running average that looks only backwards draws every turn too late, and one that starts from
zero draws a spike where there is none. Here each value is a weighted mean of its neighbours on both
sides; at the ends, and around gaps, the weights that are left are scaled up to one. A constant
stays the same constant.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

GREATEST_WIDTH = 12.0
"""Width of the kernel (standard deviation) at full strength, in points.

It does not hang on the curve's length: a run and the same run continued draw one line where they
have the same values.
"""
GREATEST_SHARE = 0.12
"""No curve is smoothed by more than this share of its length."""


def smooth(values: npt.ArrayLike, strength: float) -> npt.NDArray[np.float64]:
    """The smoothed curve; not-a-number stays where it was.

    Args:
        values: The curve, evenly spaced.
        strength: From 0 (nothing is changed) to 1.
    """
    curve = np.asarray(values, dtype=np.float64)
    width = kernel_width(len(curve), strength)
    if width < 0.3 or len(curve) < 3:
        return curve.copy()
    finite = np.isfinite(curve)
    if not finite.any():
        return curve.copy()
    reach = min(int(np.ceil(3 * width)), len(curve) - 1)
    offsets = np.arange(-reach, reach + 1)
    kernel = np.exp(-0.5 * (offsets / width) ** 2)
    # Smoothing the distance from one of the values keeps a constant exactly constant, whatever
    # the rounding of the weights does.
    origin = curve[finite][0]
    above = np.convolve(np.where(finite, curve - origin, 0.0), kernel)[reach : reach + len(curve)]
    weight = np.convolve(finite.astype(np.float64), kernel)[reach : reach + len(curve)]
    return np.where(finite, origin + above / np.maximum(weight, np.finfo(float).tiny), np.nan)


def kernel_width(count: int, strength: float) -> float:
    """Standard deviation of the kernel in points; grows with the strength."""
    wanted = float(np.clip(strength, 0.0, 1.0)) ** 2 * GREATEST_WIDTH
    return min(wanted, GREATEST_SHARE * count)
