"""How one column becomes numbers, as a recipe stores it; checks whatever it reads."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from math import isfinite
from typing import Annotated, Any, Literal

from msgspec import Meta

from fitstudio.data.preparing.coding.steps import Step
from fitstudio.declared.task.task import SlotColumn
from fitstudio.errors import DataError
from fitstudio.storage.checked import Plain, plain
from fitstudio.words import say

_MOST_LABELS = 100_000

Name = Annotated[str, Meta(max_length=10_000)]
Size = Annotated[int, Meta(ge=0, lt=1 << 53)]
Encoding = Literal["one_hot", "codes", "ordinal", "hashed", "ngrams"]
Steps = Annotated[tuple[Step, ...], Meta(max_length=20)]


@dataclass(frozen=True, kw_only=True)
class RecipeColumn(Plain):
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
        before: What is done to its numbers before the centre is taken off.
        after: What is done to them after that.
        encoding: How a class is told: "one_hot", a 0 or 1 for each; "codes", a number that names
            it, from 1, with 0 for what is missing or unknown; "ordinal", its place in the order of
            the labels, from 0 to 1; "hashed", a 1 at one of `buckets` places that hangs on its
            letters; "ngrams", how often triples of letters occur that fall on each place.
        rare: Classes that training had and that are told as one, "other".
        other: Whether there is a place for the rare ones and for what training did not have.
        buckets: The number of places of "hashed" and "ngrams".
        indicator: Whether a gap is told: by a further 0 or 1, or by the code 0.
        low: The smallest value of the training rows.
        high: The largest.
        unit: Its unit, if known.
    """

    name: Name
    role: Literal["number", "category", "array"]
    shape: tuple[Size, ...] = ()
    center: tuple[float, ...] = (0.0,)
    scale: tuple[float, ...] = (1.0,)
    labels: tuple[Name, ...] = ()
    numeric_labels: bool = False
    fill: float | Name | None = None
    before: Steps = ()
    after: Steps = ()
    encoding: Encoding = "one_hot"
    rare: tuple[Name, ...] = ()
    other: bool = False
    buckets: Annotated[int, Meta(ge=0, le=100_000)] = 0
    indicator: bool = False
    low: float | None = None
    high: float | None = None
    unit: Name | None = None

    @property
    def width(self) -> int:
        """How many numbers a single value becomes."""
        told = int(self.indicator)
        if self.role == "category":
            match self.encoding:
                case "codes":
                    return 1
                case "ordinal":
                    return 1 + told
                case "hashed" | "ngrams":
                    return max(1, self.buckets) + told
            return max(1, len(self.labels) + int(self.other)) + told
        return max((step.width for step in (*self.before, *self.after)), default=1) + told

    @property
    def codes(self) -> bool:
        """Whether a class becomes one number that the model looks up."""
        return self.role == "category" and self.encoding == "codes"

    @property
    def keeps_gaps(self) -> bool:
        """Whether rows with a gap in it are used; else they are left out."""
        return self.fill is not None or self.indicator

    @property
    def in_slot(self) -> SlotColumn:
        """What the column is to the model."""
        return SlotColumn(
            name=self.name, role=self.role, width=self.width, shape=self.shape,
            codes=len(self.labels) + 1 if self.codes else 0,
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """As plain data, without what is at its default."""
        return {
            name: each for name, each in plain(self).items() if each != _DEFAULTS.get(name, ...)
        }

    def refuse_nonsense(self) -> None:
        """Refuses numbers that no column can have learned.

        Raises:
            DataError: If it is damaged.
        """
        known = [each for each in (self.fill, self.low, self.high) if isinstance(each, float)]
        numbers = (*self.center, *self.scale, *known)
        steps = (*self.before, *self.after)
        widening = [step for step in steps if step.width > 1]
        if (
            max(len(self.labels), len(self.rare)) > _MOST_LABELS
            or 0.0 in self.scale
            or not all(map(isfinite, numbers))
            or not all(step.makes_sense for step in steps)
            or (widening and (self.shape or widening != [steps[-1]]))
        ):
            raise damaged(say("a column of it makes no sense"))


_DEFAULTS = {
    each.name: plain(each.default) for each in fields(RecipeColumn) if each.default is not MISSING
}


def damaged(why: str) -> DataError:
    """The error for a stored recipe that cannot be used."""
    return DataError(
        say("The preparation stored in this model is damaged: {why}.", why=why),
        code="recipe.damaged",
    )
