"""Heeds what a dataset says of its own values: counts that stand for numbers, and gaps.

The attributes are those of netCDF and its conventions (CF): ``scale_factor`` and ``add_offset``,
``_FillValue`` and ``missing_value``, ``valid_min``, ``valid_max`` and ``valid_range``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fitstudio.data.columns.stand_ins import as_stored
from fitstudio.words import say

_MOST_GAPS = 16


@dataclass(frozen=True)
class Packing:
    """How stored values become numbers.

    Args:
        scale: What stored values are multiplied with.
        offset: What is then added.
        gaps: Stored values that stand for none.
        low: The smallest value that counts, or None.
        high: The largest.
        limits_unpacked: Whether `low` and `high` are meant for the numbers, not the stored values.
        unsigned: Whether stored whole numbers are meant without a sign.
    """

    scale: float = 1.0
    offset: float = 0.0
    gaps: tuple[int | float, ...] = ()
    low: int | float | None = None
    high: int | float | None = None
    limits_unpacked: bool = False
    unsigned: bool = False

    @property
    def changes_numbers(self) -> bool:
        """Whether a value that is there becomes another number."""
        return self.scale != 1.0 or self.offset != 0.0

    def dtype(self, stored: np.dtype) -> np.dtype:
        """The type of the numbers: one that can hold gaps."""
        if stored.kind == "f" and not self.changes_numbers:
            return stored
        return np.dtype(np.float64)

    def unpack(self, stored: np.ndarray) -> np.ndarray:
        """The numbers that stored values stand for, NaN for gaps."""
        stored = np.asarray(stored)
        if self.unsigned and stored.dtype.kind == "i":
            stored = stored.view(stored.dtype.str.replace("i", "u"))
        missing = np.zeros(stored.shape, bool)
        for gap in self.gaps:
            missing |= stored == as_stored(gap, stored.dtype)
        if not self.limits_unpacked:
            missing |= self._outside(stored)
        values = stored.astype(self.dtype(stored.dtype))
        if self.changes_numbers:
            values = np.asarray(values * self.scale + self.offset)
        if self.limits_unpacked:
            missing |= self._outside(values)
        values[missing] = np.nan
        return values

    def sentence(self) -> str:
        """What is done with the values, as part of a sentence."""
        done = []
        if self.changes_numbers:
            added = say(" plus {offset}", offset=f"{self.offset:g}") if self.offset else ""
            done.append(
                say("stored values times {scale}{added}", scale=f"{self.scale:g}", added=added)
            )
        if self.gaps:
            verb = "means" if len(self.gaps) == 1 else "mean"
            done.append(
                say(
                    "{gaps} {verb} missing",
                    gaps=" and ".join(f"{gap:g}" for gap in self.gaps),
                    verb=verb,
                )
            )
        limits = [say("below {low}", low=f"{self.low:g}")] if self.low is not None else []
        limits += [say("above {high}", high=f"{self.high:g}")] if self.high is not None else []
        if limits:
            done.append(say("{limits} counts as missing", limits=" or ".join(limits)))
        return ", ".join(done)

    def _outside(self, values: np.ndarray) -> np.ndarray:
        outside = np.zeros(values.shape, bool)
        with np.errstate(invalid="ignore"):
            if self.low is not None:
                outside |= values < self.low
            if self.high is not None:
                outside |= values > self.high
        return outside


def packing_of(dataset: Any) -> tuple[Packing | None, str | None]:
    """What a dataset says of its values; and what in it makes no sense, as part of a sentence."""
    stored: np.dtype = dataset.dtype
    if stored.kind not in "iuf":
        return None, None
    said: dict[str, np.ndarray] = {}
    for name in (
        "scale_factor", "add_offset", "_FillValue", "missing_value",
        "valid_min", "valid_max", "valid_range",
    ):  # fmt: skip
        if name in dataset.attrs:
            value = np.asarray(dataset.attrs[name]).reshape(-1)
            if value.dtype.kind not in "iuf" or not 0 < len(value) <= _MOST_GAPS:
                return None, say("has a {name} that is no number", name=name)
            said[name] = value
    unsigned = stored.kind == "i" and _text(dataset.attrs.get("_Unsigned")).lower() == "true"
    scale = float(said["scale_factor"][0]) if "scale_factor" in said else 1.0
    offset = float(said["add_offset"][0]) if "add_offset" in said else 0.0
    if not np.isfinite(scale) or scale == 0 or not np.isfinite(offset):
        return None, say(
            "has the scale_factor {scale} and the add_offset {offset}",
            scale=f"{scale:g}",
            offset=f"{offset:g}",
        )
    marks = [*said.get("_FillValue", ()), *said.get("missing_value", ())]
    if unsigned:
        marks = [_without_sign(mark, stored) for mark in marks]
    gaps = tuple(dict.fromkeys(mark.item() for mark in marks if mark == mark))
    limits = _limits(said, unsigned, stored)
    found = Packing(
        scale, offset, gaps, *limits, unsigned=unsigned,
        # Limits of another type than the stored one are meant for the numbers themselves.
        limits_unpacked=stored.kind in "iu" and any(
            said[name].dtype.kind == "f" for name in ("valid_min", "valid_max", "valid_range")
            if name in said
        ),
    )  # fmt: skip
    return (None if found == Packing() else found), None


def _limits(
    said: dict[str, np.ndarray], unsigned: bool, stored: np.dtype
) -> tuple[int | float | None, int | float | None]:
    pair = said.get("valid_range")
    low = said["valid_min"][0] if "valid_min" in said else None
    high = said["valid_max"][0] if "valid_max" in said else None
    if pair is not None and len(pair) == 2:
        low, high = pair
    found = [
        None if limit is None or limit != limit
        else (_without_sign(limit, stored) if unsigned else limit).item()
        for limit in (low, high)
    ]  # fmt: skip
    return found[0], found[1]


def _without_sign(value: Any, stored: np.dtype) -> Any:
    """A mark written with a sign as the whole number without one that has the same bits."""
    if value.dtype.kind != "i":
        return value
    return value.astype(stored).view(stored.str.replace("i", "u"))


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
