"""Keep a long curve so that drawing it costs the same however many points it has.

A curve of ten million losses has some fifteen thousand points for each column of pixels. Drawing
them all is slow, and looks the same as a line in each column from the least to the greatest.
The pyramid keeps those extremes ready, in bins of 16, 256, 4,096 … points:

    level 0   the points themselves
    level 1   min, max, sum of 16 points
    level 2   min, max, sum of 16 bins of level 1
    …

A window of the curve is answered from the level that has at most 16 entries for each bin wanted, so
that the work is bounded, and no extreme is ever lost: a single spike stays visible at every zoom.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FACTOR = 16
DRAWN_POINTS = 4000

_Array = npt.NDArray[np.float64]
_Columns = tuple[_Array, _Array, _Array, _Array]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What to hand to the painter: a polyline, and whether it is the points themselves."""

    x: _Array
    y: _Array
    exact: bool


class _Grown:
    """An array with room at its end, so that appending costs no copy of the whole."""

    def __init__(self) -> None:
        self._room = np.empty(1024, dtype=np.float64)
        self.count = 0

    def append(self, values: _Array) -> None:
        needed = self.count + len(values)
        if needed > len(self._room):
            room = np.empty(max(needed, 2 * len(self._room)), dtype=np.float64)
            room[: self.count] = self._room[: self.count]
            self._room = room
        self._room[self.count : needed] = values
        self.count = needed

    def cut(self, count: int) -> None:
        self.count = min(self.count, count)

    @property
    def values(self) -> _Array:
        return self._room[: self.count]


class _Level:
    """Extremes, sums and counts of groups of `FACTOR` entries of the level below."""

    def __init__(self) -> None:
        self.least = _Grown()
        self.greatest = _Grown()
        self.total = _Grown()
        self.finite = _Grown()

    def __len__(self) -> int:
        return self.least.count

    def cut(self, count: int) -> None:
        for column in (self.least, self.greatest, self.total, self.finite):
            column.cut(count)


class Pyramid:
    """A curve that grows at its end and can be asked for any window of itself.

    x must never fall. Not-a-number in y is a gap: it is neither drawn nor counted in a mean.
    """

    def __init__(self) -> None:
        self._x = _Grown()
        self._y = _Grown()
        self._levels: list[_Level] = []

    def __len__(self) -> int:
        return self._x.count

    @property
    def x(self) -> _Array:
        """All x values, as a view."""
        return self._x.values

    @property
    def y(self) -> _Array:
        """All y values, as a view."""
        return self._y.values

    def append(self, x: npt.ArrayLike, y: npt.ArrayLike) -> None:
        """Add points at the end."""
        new_x = np.asarray(x, dtype=np.float64)
        new_y = np.asarray(y, dtype=np.float64)
        if new_x.shape != new_y.shape or new_x.ndim != 1:
            raise ValueError(f"x and y must be equally long rows, got {new_x.shape}, {new_y.shape}")
        if not len(new_x):
            return
        last = self._x.values[-1] if len(self) else -np.inf
        if new_x[0] < last or np.any(np.diff(new_x) < 0):
            raise ValueError("x must not fall; use truncate() before a curve starts again earlier")
        self._x.append(new_x)
        self._y.append(np.where(np.isfinite(new_y), new_y, np.nan))
        self._fold()

    def truncate(self, x: float) -> None:
        """Forget every point at `x` or later, as when a run went back to a checkpoint."""
        count = int(np.searchsorted(self._x.values, x, side="left"))
        self._x.cut(count)
        self._y.cut(count)
        for level in self._levels:
            count //= FACTOR
            level.cut(count)

    def clear(self) -> None:
        """Forget everything."""
        self._x.cut(0)
        self._y.cut(0)
        self._levels = []

    def bounds(self, low: float = -np.inf, high: float = np.inf) -> tuple[float, float] | None:
        """The least and the greatest y between two values of x, or None where there is none."""
        bins = self._bins(low, high, DRAWN_POINTS // 2)
        if bins is None:
            return None
        _, least, greatest, _ = bins
        if not np.any(np.isfinite(least)):
            return None
        return float(np.nanmin(least)), float(np.nanmax(greatest))

    def drawn(
        self, low: float = -np.inf, high: float = np.inf, *, points: int = DRAWN_POINTS
    ) -> Drawn:
        """A polyline of at most `points` points that shows every extreme of a window."""
        start, stop = self._window(low, high)
        if stop - start <= points:
            return Drawn(self._x.values[start:stop], self._y.values[start:stop], True)
        bins = self._bins(low, high, points // 2)
        assert bins is not None
        x, least, greatest, _ = bins
        polyline = np.empty(2 * len(x))
        polyline[0::2] = least
        polyline[1::2] = greatest
        return Drawn(np.repeat(x, 2), polyline, False)

    def means(
        self, low: float = -np.inf, high: float = np.inf, *, points: int = DRAWN_POINTS
    ) -> Drawn:
        """The mean of each of at most `points` equal parts: what a smoothed line starts from."""
        start, stop = self._window(low, high)
        if stop - start <= points:
            return Drawn(self._x.values[start:stop], self._y.values[start:stop], True)
        bins = self._bins(low, high, points)
        assert bins is not None
        x, _, _, mean = bins
        return Drawn(x, mean, False)

    def nearest(self, x: float) -> tuple[float, float] | None:
        """The point nearest to `x`, or None for an empty curve."""
        if not len(self):
            return None
        values = self._x.values
        right = min(int(np.searchsorted(values, x)), len(values) - 1)
        left = max(right - 1, 0)
        index = left if x - values[left] <= values[right] - x else right
        return float(values[index]), float(self._y.values[index])

    def _fold(self) -> None:
        """Bring each level up to date with the whole groups of the level below."""
        below: _Columns | None = None
        length = len(self)
        depth = 0
        while length >= FACTOR:
            if depth == len(self._levels):
                self._levels.append(_Level())
            level = self._levels[depth]
            groups, done = length // FACTOR, len(level)
            if groups > done:
                # Only what is new: a long curve must not be gone through for each addition.
                part = slice(done * FACTOR, groups * FACTOR)
                columns = (
                    _point_columns(self._y.values[part])
                    if below is None
                    else tuple(column[part] for column in below)
                )
                least, greatest, total, finite = (column.reshape(-1, FACTOR) for column in columns)
                level.least.append(np.fmin.reduce(least, axis=1))
                level.greatest.append(np.fmax.reduce(greatest, axis=1))
                level.total.append(total.sum(axis=1))
                level.finite.append(finite.sum(axis=1))
            below = (
                level.least.values,
                level.greatest.values,
                level.total.values,
                level.finite.values,
            )
            length = len(level)
            depth += 1

    def _window(self, low: float, high: float) -> tuple[int, int]:
        """Indices of the points between two x values, with one more on each side.

        The neighbours are kept so that the line runs on to the edge of a zoomed view.
        """
        x = self._x.values
        start = int(np.searchsorted(x, low, side="left"))
        stop = int(np.searchsorted(x, high, side="right"))
        return max(start - 1, 0), min(stop + 1, len(x))

    def _bins(
        self, low: float, high: float, bins: int
    ) -> tuple[_Array, _Array, _Array, _Array] | None:
        """x, min, max and mean of at most `bins` parts of a window."""
        start, stop = self._window(low, high)
        if stop <= start:
            return None
        depth, width = 0, 1
        while (stop - start) / width > FACTOR * bins and depth < len(self._levels):
            depth += 1
            width *= FACTOR
        if depth:
            # Whole groups only: the window is widened to their edges, and the points after the last
            # whole group are put in by hand below.
            level = self._levels[depth - 1]
            first = start // width
            last = min(-(-stop // width), len(level))
            part = slice(first, last)
            columns = [
                level.least.values[part],
                level.greatest.values[part],
                level.total.values[part],
                level.finite.values[part],
            ]
            origins = np.arange(first, last) * width
            rest = slice(last * width, stop)
            if rest.start < rest.stop:
                tail = self._y.values[rest]
                finite = np.isfinite(tail)
                extra = (
                    np.fmin.reduce(tail),
                    np.fmax.reduce(tail),
                    float(tail[finite].sum()),
                    float(finite.sum()),
                )
                columns = [np.append(column, value) for column, value in zip(columns, extra)]
                origins = np.append(origins, rest.start)
        else:
            columns = list(_point_columns(self._y.values[start:stop]))
            origins = np.arange(start, stop)
        step = -(-len(origins) // bins)
        edges = np.arange(0, len(origins), step)
        least = np.fmin.reduceat(columns[0], edges)
        greatest = np.fmax.reduceat(columns[1], edges)
        total = np.add.reduceat(columns[2], edges)
        finite = np.add.reduceat(columns[3], edges)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(finite > 0, total / finite, np.nan)
        ends = np.append(edges[1:], len(origins)) - 1
        x = self._x.values
        middle = (x[origins[edges]] + x[np.minimum(origins[ends] + width - 1, len(x) - 1)]) / 2
        return middle, least, greatest, mean


def _point_columns(y: _Array) -> _Columns:
    """Single points as a level would hold them: min, max, sum and count of each."""
    return y, y, np.nan_to_num(y, nan=0.0), np.isfinite(y).astype(np.float64)
