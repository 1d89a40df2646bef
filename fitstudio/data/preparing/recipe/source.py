"""One of several files that a model was trained on: how it is read, and how its rows are found."""

from __future__ import annotations

from dataclasses import dataclass

from fitstudio.data.preparing.coding.recipe_column import Name, damaged
from fitstudio.data.preparing.recipe.reading import Reading
from fitstudio.declared.parameters.sources import name_problem
from fitstudio.storage.checked import Plain
from fitstudio.words import say


@dataclass(frozen=True, kw_only=True)
class RecipeSource(Plain):
    """What a later file must be to stand for a file of the training.

    Args:
        name: What it was called among the sources.
        reading: How the training's file was read.
        by: The column that its rows are found by; None where they go row by row.
        to: The column of the first source that says the same.
    """

    name: Name
    reading: Reading
    by: Name | None = None
    to: Name | None = None

    def refuse_nonsense(self) -> None:
        """Refuses a name that no source can have.

        Raises:
            DataError: If it is damaged.
        """
        if name_problem(self.name) is not None or (self.by is None) != (self.to is None):
            raise damaged(say("a file of it makes no sense"))
        self.reading.refuse_nonsense()
