"""How the columns of a new file serve a model."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """How the columns of a file serve a model.

    Attributes:
        found: Inputs that the file has.
        missing: Inputs that it lacks, each with the name in the file that may be meant.
        targets: Known answers in the file.
        extra: What the model does not use.
        reordered: Whether the inputs stand in another order; that changes nothing.
    """

    found: tuple[str, ...]
    missing: tuple[tuple[str, str | None], ...]
    targets: tuple[str, ...]
    extra: tuple[str, ...]
    reordered: bool

    @property
    def complete(self) -> bool:
        """Whether the model has all that it needs."""
        return not self.missing


def match_columns(
    inputs: tuple[str, ...], targets: tuple[str, ...], names: list[str]
) -> ColumnMatch:
    """How the columns `names` of a file serve a model with these inputs and targets."""
    found = tuple(name for name in inputs if name in names)
    free = [name for name in names if name not in inputs and name not in targets]
    missing = []
    for name in inputs:
        if name not in names:
            close = difflib.get_close_matches(name, free, n=1, cutoff=0.6)
            missing.append((name, close[0] if close else None))
    return ColumnMatch(
        found=found,
        missing=tuple(missing),
        targets=tuple(name for name in targets if name in names),
        extra=tuple(free),
        reordered=[name for name in names if name in found] != list(found),
    )


def names_of(columns: Any) -> tuple[str, ...]:
    """Names of columns as `fit.x` and `fit.y` hold them: none, one, or several."""
    if columns is None:
        return ()
    return (columns,) if isinstance(columns, str) else tuple(columns)
