"""What is done to single numbers beside taking off a centre and dividing by a scale.

Each step is plain data in a recipe: its kind and the numbers that training rows taught. None makes
anything but finite numbers out of finite ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Annotated, Literal

import numpy as np
from msgspec import Meta

from fitstudio.declared.catalogue.preparations import SINGLE_WAYS
from fitstudio.storage.checked import Plain

SMOOTH_CLIP, CLIP, SIGNED_LOG, LOG, YEO_JOHNSON, CURVE, PERIODIC, DATE = (
    "smooth_clip", "clip", "signed_log", "log", "yeo_johnson", "curve", "periodic", "date",
)  # fmt: skip
_LARGEST = float(np.finfo(np.float32).max)
# Beyond these powers, numbers as large as training takes would leave the range of doubles.
_MOST_POWER = 5.0
_CURVE_POINTS = 512
# Some ten thousand years from 1970: no calendar of ours tells what is later.
_FARTHEST_DAY = 3_000_000.0


@dataclass(frozen=True, kw_only=True)
class Step(Plain):
    """One step.

    Args:
        kind: What is done.
        numbers: Of "smooth_clip" the limit; of "clip" the lowest and the highest value; of "log"
            the smallest value that has a logarithm; of "yeo_johnson" the power; of "curve" as many
            values as what these become, lines between them; of "periodic" the period; of "date",
            which counts days since 1970, their mean and their spread.
    """

    kind: Literal[
        "smooth_clip", "clip", "signed_log", "log", "yeo_johnson", "curve", "periodic", "date"
    ]
    numbers: Annotated[tuple[float, ...], Meta(max_length=10_000)] = ()

    @property
    def width(self) -> int:
        """How many numbers one becomes."""
        way = SINGLE_WAYS.get(self.kind)
        return way.width if way is not None else 1

    @property
    def makes_sense(self) -> bool:
        """Whether its numbers are such as training teaches."""
        numbers = self.numbers
        if not all(map(math.isfinite, numbers)):
            return False
        match self.kind:
            case "smooth_clip" | "log" | "periodic":
                return len(numbers) == 1 and numbers[0] > 0
            case "date":
                return len(numbers) == 2 and numbers[1] > 0
            case "clip":
                return len(numbers) == 2 and numbers[0] <= numbers[1]
            case "signed_log":
                return not numbers
            case "yeo_johnson":
                return len(numbers) == 1 and abs(numbers[0]) <= _MOST_POWER
        places = numbers[: len(numbers) // 2]
        return len(numbers) >= 2 and len(numbers) % 2 == 0 and list(places) == sorted(set(places))


def taken(steps: Sequence[Step], values: np.ndarray) -> np.ndarray:
    """What the steps make of numbers, one behind the other; gaps (NaN) stay gaps.

    Args:
        steps: In their order; a step that makes several of one number is the last.
        values: Numbers of any shape, as doubles.
    """
    for step in steps:
        values = _STEPS[step.kind](values, step.numbers)
    return values


def as_single(values: np.ndarray) -> np.ndarray:
    """As single precision, in which what is too large is the largest there is."""
    return np.clip(values, -_LARGEST, _LARGEST).astype(np.float32)


def yeo_johnson_power(values: np.ndarray) -> float:
    """The power that makes numbers most like a bell curve.

    Args:
        values: Finite numbers.
    """
    if not len(values) or values.min() == values.max():
        return 1.0
    signs = np.sign(values) * np.log1p(np.abs(values))

    def misfit(power: float) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            spread = _yeo_johnson(values, (power,)).var()
        if not np.isfinite(spread) or spread <= 0.0:
            return math.inf
        return 0.5 * len(values) * math.log(spread) - (power - 1.0) * float(signs.sum())

    return _lowest(misfit, -_MOST_POWER, _MOST_POWER)


def normal_curve(values: np.ndarray) -> Step:
    """The step that turns numbers into what stands at their rank in a normal distribution.

    Args:
        values: Finite numbers.
    """
    if not len(values):
        return Step(kind=CURVE, numbers=(0.0, 0.0))
    count = min(_CURVE_POINTS, len(values))
    shares = np.linspace(0.0, 1.0, count)
    places, first, repeats = np.unique(
        np.quantile(values, shares), return_index=True, return_counts=True
    )
    # Values that many rows have stand at the middle of their ranks.
    middles = (shares[first] + shares[first + repeats - 1]) / 2.0
    bell, least = NormalDist(), 0.5 / max(2, len(values))
    heights = [bell.inv_cdf(min(max(share, least), 1.0 - least)) for share in middles.tolist()]
    return Step(kind=CURVE, numbers=(*places.tolist(), *heights))


def _smooth_clip(values: np.ndarray, numbers: Sequence[float]) -> np.ndarray:
    (limit,) = numbers
    # hypot, as the square of a number far off is no number any more.
    return values / np.hypot(1.0, values / limit)


def _clip(values: np.ndarray, numbers: Sequence[float]) -> np.ndarray:
    low, high = numbers
    return np.clip(values, low, high)


def _signed_log(values: np.ndarray, _: Sequence[float]) -> np.ndarray:
    return np.sign(values) * np.log1p(np.abs(values))


def _log(values: np.ndarray, numbers: Sequence[float]) -> np.ndarray:
    return np.log(np.maximum(values, numbers[0]))


def _yeo_johnson(values: np.ndarray, numbers: Sequence[float]) -> np.ndarray:
    (power,) = numbers
    found = np.array(values, np.float64)
    up = values >= 0.0
    down = values < 0.0
    for mask, sign, exponent in ((up, 1.0, power), (down, -1.0, 2.0 - power)):
        logs = np.log1p(np.abs(values[mask]))
        if abs(exponent) < 1e-12:
            found[mask] = sign * logs
        else:
            found[mask] = sign * np.expm1(exponent * logs) / exponent
    return found


def _curve(values: np.ndarray, numbers: Sequence[float]) -> np.ndarray:
    half = len(numbers) // 2
    return np.interp(values, numbers[:half], numbers[half:])


def _periodic(values: np.ndarray, numbers: Sequence[float]) -> np.ndarray:
    turns = 2.0 * math.pi * np.fmod(values, numbers[0]) / numbers[0]
    return np.stack([np.sin(turns), np.cos(turns)], axis=-1)


def _date(values: np.ndarray, numbers: Sequence[float]) -> np.ndarray:
    """Days elapsed, the year, and how far month, week and day have come, as sine and cosine."""
    mean, spread = numbers
    gaps = np.isnan(values)
    days = np.clip(np.where(gaps, 0.0, values), -_FARTHEST_DAY, _FARTHEST_DAY)
    moments = np.rint(days * 86_400.0).astype(np.int64).astype("datetime64[s]")
    years = moments.astype("datetime64[Y]").astype(np.int64) + 1970
    months = moments.astype("datetime64[M]").astype(np.int64) % 12
    weekdays = np.fmod(np.floor(days) + 3.0, 7.0)  # the first day of 1970 was a Thursday
    hours = (days - np.floor(days)) * 24.0
    parts = [(days - mean) / spread, (years - 2000) / 10.0]
    for place, period in ((months, 12.0), (weekdays, 7.0), (hours, 24.0)):
        turns = 2.0 * math.pi * np.asarray(place, np.float64) / period
        parts += [np.sin(turns), np.cos(turns)]
    found = np.stack(parts, axis=-1)
    found[gaps] = np.nan
    return found


_STEPS: dict[str, Callable[[np.ndarray, Sequence[float]], np.ndarray]] = {
    SMOOTH_CLIP: _smooth_clip,
    CLIP: _clip,
    SIGNED_LOG: _signed_log,
    LOG: _log,
    YEO_JOHNSON: _yeo_johnson,
    CURVE: _curve,
    PERIODIC: _periodic,
    DATE: _date,
}


def _lowest(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function of one valley is lowest: the golden section."""
    ratio = (math.sqrt(5.0) - 1.0) / 2.0
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = function(left), function(right)
    while high - low > 1e-7:
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = function(right)
    return (low + high) / 2.0
