"""How one column becomes numbers, as a recipe stores it; checks whatever it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fitstudio.declared.task.task import SlotColumn
from fitstudio.errors import DataError
from fitstudio.words import say

_MOST_LABELS = 100_000


@dataclass(frozen=True, kw_only=True)
class RecipeColumn:
    """How one column is turned into numbers.

    Args:
        name: The column's name in the data.
        role: "number", "category" or "array".
        shape: Shape of one value; ``()`` for single values.
        center: Taken off each number; one value, or one for each feature or channel.
        scale: What the rest is divided by.
        labels: The classes in the order of their numbers.
        numeric_labels: Whether the labels are numbers, so that "1" and "1.0" are the same class.
        fill: What stands in for a missing value; None where rows with gaps are left out.
        low: The smallest value of the training rows.
        high: The largest.
        unit: Its unit, if known.
    """

    name: str
    role: str
    shape: tuple[int, ...] = ()
    center: tuple[float, ...] = (0.0,)
    scale: tuple[float, ...] = (1.0,)
    labels: tuple[str, ...] = ()
    numeric_labels: bool = False
    fill: float | str | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None

    @property
    def width(self) -> int:
        """How many numbers a single value becomes."""
        return max(1, len(self.labels)) if self.role == "category" else 1

    @property
    def in_slot(self) -> SlotColumn:
        """What the column is to the model."""
        return SlotColumn(name=self.name, role=self.role, width=self.width, shape=self.shape)

    def to_json(self) -> dict[str, Any]:
        """As plain data, without what is at its default."""
        data: dict[str, Any] = {"name": self.name, "role": self.role}
        if self.shape:
            data["shape"] = list(self.shape)
        if self.role == "category":
            data["labels"] = list(self.labels)
            data["numeric_labels"] = self.numeric_labels
        else:
            data["center"], data["scale"] = list(self.center), list(self.scale)
        for name in ("fill", "low", "high", "unit"):
            if getattr(self, name) is not None:
                data[name] = getattr(self, name)
        return data

    @classmethod
    def from_json(cls, data: Any) -> RecipeColumn:
        """Reads what `to_json` wrote.

        Raises:
            DataError: If it is damaged.
        """
        try:
            column = cls(
                name=text(data["name"]),
                role=one_of(data["role"], ("number", "category", "array")),
                shape=tuple(whole(size) for size in data.get("shape", ())),
                center=tuple(_finite(value) for value in data.get("center", (0.0,))),
                scale=tuple(_finite(value) for value in data.get("scale", (1.0,))),
                labels=tuple(text(label) for label in data.get("labels", ())),
                numeric_labels=bool(data.get("numeric_labels", False)),
                fill=_fill(data.get("fill")),
                low=_maybe(data.get("low")),
                high=_maybe(data.get("high")),
                unit=None if data.get("unit") is None else text(data["unit"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise damaged(str(problem)) from problem
        if len(column.labels) > _MOST_LABELS or 0.0 in column.scale:
            raise damaged(say("a column of it makes no sense"))
        return column


def damaged(why: str) -> DataError:
    """The error for a stored recipe that cannot be used."""
    return DataError(
        say("The preparation stored in this model is damaged: {why}.", why=why),
        code="recipe.damaged",
    )


def text(value: Any) -> str:
    """The value, which must be text of a sane length."""
    if not isinstance(value, str) or len(value) > 10_000:
        raise ValueError(say("{value} is no text", value=f"{value!r:.60}"))
    return value


def whole(value: Any) -> int:
    """The value, which must be a whole number, 0 or more."""
    if type(value) is not int or not 0 <= value < 1 << 53:
        raise ValueError(say("{value} is no whole number", value=f"{value!r:.60}"))
    return value


def _finite(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise ValueError(say("{value} is no number", value=f"{value!r:.60}"))
    return float(value)


def _maybe(value: Any) -> float | None:
    return None if value is None else _finite(value)


def _fill(value: Any) -> float | str | None:
    return text(value) if isinstance(value, str) else _maybe(value)


def one_of(value: Any, known: tuple[str, ...]) -> str:
    """The value, which must be one of those known."""
    if value not in known:
        raise ValueError(
            say("{value} is none of {known}", value=f"{value!r:.60}", known=", ".join(known))
        )
    return str(value)
