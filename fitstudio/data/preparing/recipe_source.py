"""One of several files that a model was trained on: how it is read, and how its rows are found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.data.preparing.reading import Reading
from fitstudio.data.preparing.recipe_column import damaged, text
from fitstudio.declared.parameters.sources import name_problem


@dataclass(frozen=True, kw_only=True)
class RecipeSource:
    """What a later file must be to stand for a file of the training.

    Args:
        name: What it was called among the sources.
        reading: How the training's file was read.
        by: The column that its rows are found by; None where they go row by row.
        to: The column of the first source that says the same.
    """

    name: str
    reading: Reading
    by: str | None = None
    to: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        data: dict[str, Any] = {"name": self.name, "reading": self.reading.to_json()}
        return data | ({} if self.by is None else {"by": self.by, "to": self.to})

    @classmethod
    def from_json(cls, data: Any) -> RecipeSource:
        """Reads what `to_json` wrote.

        Raises:
            DataError: If it is damaged.
        """
        if not isinstance(data, Mapping) or name_problem(data.get("name")) is not None:
            raise damaged("a file of it has no name")
        by, to = data.get("by"), data.get("to")
        try:
            return cls(
                name=text(data["name"]),
                reading=Reading.from_json(data.get("reading")),
                by=None if by is None else text(by),
                to=None if by is None else text(to),
            )
        except ValueError as problem:
            raise damaged(str(problem)) from problem
