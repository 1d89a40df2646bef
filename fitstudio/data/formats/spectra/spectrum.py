"""One spectrum as a file holds it: where it was measured, and what."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fitstudio.errors import DataError
from fitstudio.words import say

# Two axes are the same if no place differs by more than this part of the distance between places.
_SAME_PLACE = 1e-2


@dataclass(frozen=True, kw_only=True)
class Spectrum:
    """A spectrum.

    Args:
        x: The places of the axis, in the order of the file.
        y: What was measured there.
        title: What the file calls it.
        x_unit: The unit of the axis, as the file writes it.
        y_unit: Likewise of what was measured.
        z: Where it stands in a series, such as the time; None outside of one.
    """

    x: np.ndarray
    y: np.ndarray
    title: str = ""
    x_unit: str = ""
    y_unit: str = ""
    z: float | None = None


@dataclass(frozen=True)
class Spectra:
    """What a file holds.

    Args:
        found: The spectra.
        left_out: What else is in it, each with the reason, to stand in a sentence.
    """

    found: list[Spectrum]
    left_out: list[str] = field(default_factory=list)


def same_axis(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two axes have the same places."""
    if one.shape != other.shape:
        return False
    if len(one) < 2:
        return bool(np.allclose(one, other))
    distance = abs(float(one[-1] - one[0])) / (len(one) - 1)
    return float(np.abs(one - other).max()) <= _SAME_PLACE * distance


def on_axis(spectrum: Spectrum, axis: np.ndarray) -> np.ndarray:
    """What would have been measured at other places, by straight lines; NaN outside of its own."""
    order = np.argsort(spectrum.x, kind="stable")
    x, y = spectrum.x[order], spectrum.y[order]
    return np.interp(axis, x, y, left=np.nan, right=np.nan)


def damaged(file: str, why: str) -> DataError:
    """The error for a file of spectra that contradicts itself."""
    return DataError(
        say("{file} is damaged: {why}.", file=repr(file), why=why),
        code="data.damaged",
        remedy=say("Copy it again, or export it again from the program that made it."),
    )
