"""Which preparations of columns exports have inside, and which they refuse by name."""

from __future__ import annotations

from fitstudio.data.preparing.coding.recipe_column import RecipeColumn
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.errors import UsageError
from fitstudio.words import say
from fitstudio.words.numbers import listed

# What each format has no operators for.
_NOT_WRITTEN = {
    "onnx": {"hashed", "ngrams", "curve", "date"},
    # Dates stand as text in the tables that the script reads.
    "numpy": {"date"},
}


def refuse_preparation(recipe: Recipe, kind: str) -> None:
    """Refuses a model whose columns are prepared in a way that the format cannot hold.

    Args:
        recipe: How columns are prepared.
        kind: "onnx" or "numpy".

    Raises:
        UsageError: Naming the columns.
    """
    names = [column.name for column in recipe.input_columns if _kinds(column) & _NOT_WRITTEN[kind]]
    if names:
        raise UsageError(
            say("How {names} is prepared cannot be written in this format.", names=listed(names)),
            code="export.preparation",
            remedy=say("Use the model with predict, or export its weights alone."),
            safe=say("Nothing was written."),
        )


def _kinds(column: RecipeColumn) -> set[str]:
    return {column.encoding, *(step.kind for step in (*column.before, *column.after))}
