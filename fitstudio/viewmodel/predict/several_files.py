"""Which file is which, where a model answers only for several files together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from fitstudio.declared.parameters.sources import simple_word
from fitstudio.errors import DataError
from fitstudio.words import say
from fitstudio.words.numbers import listed


def placed_file(
    file: Path, files: Mapping[str, Path], needed: Sequence[str]
) -> tuple[dict[str, Path], list[str]]:
    """Puts a chosen file where its name belongs, else where the first is missing.

    Args:
        file: What was chosen.
        files: What was chosen before, by name; where all were there, another set begins.
        needed: The names that the model knows.

    Returns:
        The files by name, and the names that are still missing.
    """
    placed = dict(files)
    missing = [name for name in needed if name not in placed]
    if not missing:
        placed, missing = {}, list(needed)
    own = simple_word(file.name)
    placed[own if own in needed else missing[0]] = file
    return placed, [name for name in needed if name not in placed]


def another_is_needed(missing: Sequence[str]) -> DataError:
    """What is said while files are missing."""
    return DataError(
        say("The model also needs a file for {names}.", names=listed(missing)),
        code="data.sources-missing",
        remedy=say("Drop it here, or choose it."),
    )
