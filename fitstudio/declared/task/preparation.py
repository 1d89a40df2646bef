"""How a person wants one input column prepared: its own settings, else those of all columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fitstudio.declared.catalogue.preparations import (
    ARRAY_WAYS,
    CATEGORY_WAYS,
    EMBEDDING,
    NUMBER_WAYS,
    ONE_HOT,
    PERIODIC,
    SINGLE_WAYS,
    STANDARD,
)
from fitstudio.declared.kinds.param import Entry
from fitstudio.declared.kinds.values import joined
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import ARRAY, CATEGORY, NUMBER, ColumnSummary
from fitstudio.errors import DataError
from fitstudio.words import say

_WAYS: Mapping[str, Mapping[str, Entry]] = {
    NUMBER: {**NUMBER_WAYS, **SINGLE_WAYS},
    ARRAY: ARRAY_WAYS,
    CATEGORY: CATEGORY_WAYS,
}
_DEFAULTS = {NUMBER: STANDARD, ARRAY: STANDARD, CATEGORY: ONE_HOT}


@dataclass(frozen=True)
class Preparation:
    """What is done with one column.

    Args:
        way: The way, by which numbers are scaled and classes told.
        missing: What becomes of gaps: a value of `data.missing`.
        settings: The way's settings by name, those at their defaults among them.
    """

    way: Entry
    missing: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def drops(self) -> bool:
        """Whether rows with a gap in the column are left out."""
        return self.missing == "drop"


def ways_for(role: str) -> Mapping[str, Entry]:
    """The ways that a column of this role can be prepared in."""
    return _WAYS.get(role, {})


def preparation_of(spec: RunSpec, name: str, role: str) -> Preparation:
    """How a column is prepared.

    Args:
        spec: What was set.
        name: The column's name.
        role: What it is to the model: "number", "category" or "array".

    Raises:
        DataError: If it is to be prepared in a way that does not suit what it holds.
    """
    own = (spec.get("data.columns") or {}).get(name)
    own = own if isinstance(own, Mapping) else {}
    ways = ways_for(role)
    wanted = own.get("prepare")
    if wanted is None:
        common = spec.get("data.categories" if role == CATEGORY else "data.scale")
        # A way for all columns is one for those that it suits.
        wanted = common if common in ways else _DEFAULTS[role]
    if wanted not in ways:
        raise DataError(
            say(
                "{column} cannot be prepared as {way}: it holds {what}.",
                column=repr(name),
                way=repr(wanted),
                what={CATEGORY: say("classes"), ARRAY: say("arrays")}.get(role, say("numbers")),
            ),
            code="data.preparation",
            remedy=say("Choose one of {ways}.", ways=joined(list(ways))),
        )
    way = ways[wanted]
    settings = {param.name: own.get(param.name, param.default) for param in way.params}
    for param in way.params:
        if settings[param.name] is None:
            raise DataError(
                say(
                    "{column} is to be prepared as “{way}”, and {setting} is not set.",
                    column=repr(name),
                    way=way.title,
                    setting=param.called,
                ),
                code="data.preparation",
                remedy=param.help,
            )
    return Preparation(way, own.get("missing") or spec.get("data.missing"), settings)


def width_of(wanted: Preparation, column: ColumnSummary, role: str) -> tuple[int, int]:
    """How many numbers a column becomes, and how many codes they tell.

    Args:
        wanted: How it is prepared.
        column: What is known about it.
        role: What it is to the model.

    Returns:
        The numbers that one value becomes, and for a code of a class how many codes there are: one
        for each class behind 0, which stands for what is missing or unknown. Else 0.
    """
    if role == CATEGORY:
        classes = max(1, len(column.classes))
        return (1, classes + 1) if wanted.way.name == EMBEDDING else (classes, 0)
    return (2 if wanted.way.name == PERIODIC else 1), 0
