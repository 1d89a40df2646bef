"""Choose where an axis has its ticks, and what they say: 1-2-5, linear and logarithmic."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fitstudio.words.numbers import superscript

_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Tick:
    """One tick: its value in the units of the data, and its label."""

    value: float
    label: str


def linear_ticks(low: float, high: float, count: int, *, whole: bool = False) -> list[Tick]:
    """About `count` ticks at 1, 2 or 5 times a power of ten, between two values.

    Args:
        low: Lower end of the axis.
        high: Upper end of the axis.
        count: How many ticks are wanted; there are never twice as many.
        whole: Only whole numbers, for epochs and counts.
    """
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return []
    step = _step((high - low) / max(count, 1))
    first, last = _whole_steps(low, high, step)
    if last <= first:  # one tick alone tells no scale
        step = _step(step / 2)
    if whole:
        step = max(1.0, step)
    first, last = _whole_steps(low, high, step)
    values = [index * step for index in range(first, last + 1)]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    widest = max((abs(value) for value in values), default=0.0)
    return [Tick(value, _label(value, decimals, widest)) for value in values]


def log_ticks(low: float, high: float, count: int) -> list[Tick]:
    """Ticks of a logarithmic axis between two positive values: 1-2-5, or whole decades when wide.

    A span of less than a factor of three holds too few of those; it gets the linear ticks, which
    the axis still places logarithmically.
    """
    if not (math.isfinite(low) and math.isfinite(high)) or low <= 0 or high <= low:
        return []
    if high / low < 3:
        return [tick for tick in linear_ticks(low, high, count) if tick.value > 0]
    decades = math.log10(high / low)
    strides = (1, *range(2, math.ceil(decades / 2) + 1))
    choices = [_log_choice(low, high, factors, 1) for factors in ((1, 2, 5), (1, 3))]
    choices += [_log_choice(low, high, (1,), stride) for stride in strides]
    # Too few ticks are worse than too many: one alone tells no scale.
    return min(choices, key=lambda ticks: (len(ticks) < 2, abs(len(ticks) - count)))


def _log_choice(low: float, high: float, factors: tuple[int, ...], stride: int) -> list[Tick]:
    """The ticks at these multiples of every `stride`-th power of ten."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    ticks = []
    for exponent in range(first, last + 1):
        for factor in factors if exponent % stride == 0 else ():
            value = factor * 10.0**exponent
            if low * (1 - 1e-9) <= value <= high * (1 + 1e-9):
                ticks.append(Tick(value, _log_label(factor, exponent)))
    return ticks


def _whole_steps(low: float, high: float, step: float) -> tuple[int, int]:
    """The first and the last multiple of a step between two values."""
    return math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)


def _step(raw: float) -> float:
    """The 1-2-5 step nearest to a raw one, in ratio."""
    power = 10.0 ** math.floor(math.log10(raw))
    return min(_STEPS, key=lambda step: abs(math.log(step * power / raw))) * power


def _label(value: float, decimals: int, widest: float) -> str:
    if value == 0:
        return "0"
    if widest >= 1e6 or decimals > 5:
        mantissa, exponent = f"{value:.10e}".split("e")
        short = f"{float(mantissa):.6f}".rstrip("0").rstrip(".")
        return f"{short}·10{superscript(int(exponent))}".replace("-", "−")
    return f"{value:.{decimals}f}".replace("-", "−")


def _log_label(factor: int, exponent: int) -> str:
    if -4 <= exponent <= 4:
        decimals = max(0, -exponent)
        return f"{factor * 10.0**exponent:.{decimals}f}"
    power = f"10{superscript(exponent)}"
    return power if factor == 1 else f"{factor}·{power}"
