"""How the declared split says itself: the same words in the form, in a check and in a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitstudio.declared.parameters.split import COLUMN, GROUP, LAST, RANDOM, STRATIFIED, TIME
from fitstudio.words import say


def drawn_how(kind: str, *, column: str | None, seed: int | None, before_test: bool) -> str:
    """How rows were chosen, behind their number: "drawn at random with seed 7".

    Args:
        kind: As ``data.split`` says it.
        column: The column that decides, where there is one.
        seed: The seed of the split, where it decides.
        before_test: Whether the test part stands behind them in the file.
    """
    match kind:
        case k if k == RANDOM:
            return say("drawn at random with seed {seed}", seed=seed)
        case k if k == STRATIFIED:
            return say(
                "drawn at random with seed {seed}, stratified by {column}",
                seed=seed,
                column=column or say("the target"),
            )
        case k if k == GROUP:
            return say(
                "of whole groups by {column}, drawn with seed {seed}", column=column, seed=seed
            )
        case k if k == TIME:
            return say("with the latest {column}", column=column)
        case k if k == COLUMN:
            return say("that {column} names so", column=column)
    if before_test:
        return say("from the end of the file, before the test part")
    return say("from the end of the file")


def how_of(values: Mapping[str, Any], *, before_test: bool = False) -> str:
    """The same, by the values of all settings."""
    kind = values["data.split"]
    if kind == LAST and values["data.row_order"] == "random":
        kind = RANDOM
    return drawn_how(
        kind,
        column=values["data.split_column"],
        seed=values["data.split_seed"],
        before_test=before_test,
    )
