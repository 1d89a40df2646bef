"""The slots of a recipe, as a task has them: inputs and outputs, each made of columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fitstudio.data.preparing.coding.recipe_column import RecipeColumn, damaged
from fitstudio.declared.task.task import CLASSIFICATION, REGRESSION, Slot, make_input
from fitstudio.storage.checked import Plain
from fitstudio.words import say

_ENCODINGS = ("number", "binary", "index", "onehot")
_TASKS = (CLASSIFICATION, REGRESSION)


@dataclass(frozen=True, kw_only=True)
class RecipeSlot(Plain):
    """How one input of a model is made.

    Args:
        name: What the task calls it.
        columns: In the order in which the model takes them.
    """

    name: str
    columns: tuple[RecipeColumn, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    def to_json(self) -> dict[str, Any]:
        """As plain data; columns without what is at its default."""
        return super().to_json() | {"columns": [column.to_json() for column in self.columns]}


@dataclass(frozen=True, kw_only=True)
class RecipeInput(RecipeSlot):
    """How one input of a model is made."""

    @cached_property
    def slot(self) -> Slot:
        """The input, as its columns make it.

        Raises:
            DataError: If they do not go together, which only a damaged recipe can say.
        """
        return make_input([column.in_slot for column in self.columns])


@dataclass(frozen=True, kw_only=True)
class RecipeOutput(RecipeSlot):
    """How one output of a model is compared, and what its answers mean.

    Args:
        encoding: How targets are given to ``fit()``: "number", "binary", "index" or "onehot".
        task: "classification" or "regression".
    """

    columns: tuple[RecipeColumn, ...] = field(default=())
    encoding: str = "number"
    task: str = REGRESSION

    def refuse_nonsense(self) -> None:
        """Refuses what no output is.

        Raises:
            DataError: If it is damaged.
        """
        for value, known in ((self.encoding, _ENCODINGS), (self.task, _TASKS)):
            if value not in known:
                raise damaged(
                    say(
                        "{value} is none of {known}", value=f"{value!r:.60}", known=", ".join(known)
                    )
                )

    @property
    def class_column(self) -> RecipeColumn | None:
        """The column whose classes are predicted; None for regression."""
        if self.task != CLASSIFICATION:
            return None
        return next((column for column in self.columns if column.labels), None)

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """The classes in the order of their numbers; None for regression."""
        column = self.class_column
        return None if column is None else column.labels


def by_slot(arrays: Mapping[str, Any]) -> Any:
    """Arrays by the names of their slots as ``fit()`` takes them: one alone is no mapping."""
    match list(arrays.values()):
        case [array]:
            return array
    return dict(arrays)
