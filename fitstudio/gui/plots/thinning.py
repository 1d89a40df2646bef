"""Draws a long line with no more points than the screen has room for, and loses no extreme.

A pen goes through every point it is given; ten thousand of them in 700 columns of pixels take the
window's time and look the same as the least and the greatest of each column.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

POINTS_A_PIXEL = 2
_Array = npt.NDArray[np.float64]


def in_view(x: _Array, width: float) -> slice:
    """The points of a line that are seen, and one more on each side for its way to the edge.

    Args:
        x: Pixel columns, rising.
        width: Of the plot, in pixels.
    """
    start = int(np.searchsorted(x, 0.0, side="left"))
    stop = int(np.searchsorted(x, width, side="right"))
    return slice(max(start - 1, 0), min(stop + 1, len(x)))


def thin(x: _Array, y: _Array, width: float) -> tuple[_Array, _Array]:
    """A line through the same least and greatest places with at most two points a pixel.

    Args:
        x: Pixel columns, rising.
        y: Pixel rows; not-a-number is a gap, which is kept where nothing else lies in its part.
        width: Of the plot, in pixels.
    """
    parts = max(int(width), 1)
    if len(x) <= POINTS_A_PIXEL * parts:
        return x, y
    step = -(-len(x) // parts)
    starts = np.arange(0, len(x), step)
    least, greatest = np.fmin.reduceat(y, starts), np.fmax.reduceat(y, starts)
    # From the one to the other in the order of the line, so that a rise is drawn as a rise.
    ends = np.append(starts[1:], len(y)) - 1
    rising = y[starts] <= y[ends]
    thinned = np.empty(2 * len(starts))
    thinned[0::2] = np.where(rising, least, greatest)
    thinned[1::2] = np.where(rising, greatest, least)
    return np.column_stack((x[starts], x[ends])).ravel(), thinned


def lone_points(x: _Array, y: _Array, width: float) -> tuple[_Array, _Array]:
    """The values without a neighbour, at most one for each place of the screen.

    Args:
        x: Pixel columns, rising.
        y: Pixel rows; not-a-number is a gap.
        width: Of the plot, in pixels.
    """
    known = np.concatenate([[False], np.isfinite(y), [False]])
    lone = np.flatnonzero(known[1:-1] & ~known[:-2] & ~known[2:])
    if len(lone) > POINTS_A_PIXEL * max(width, 1.0):
        # Discs on one pixel look like one disc: the first of them is drawn.
        places = np.rint(np.column_stack((x[lone], y[lone])))
        lone = lone[np.sort(np.unique(places, axis=0, return_index=True)[1])]
    return x[lone], y[lone]
