"""How a person wants one input column prepared: its own settings, else those of all columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fitstudio.declared.catalogue.preparations import (
    ARRAY_WAYS,
    CATEGORY_WAYS,
    CONSTANT,
    DROP,
    EMBEDDING,
    INDICATOR,
    NUMBER_WAYS,
    ONE_HOT,
    ORDINAL,
    SINGLE_CATEGORY_WAYS,
    SINGLE_WAYS,
    STANDARD,
    TEXT_WAYS,
    Way,
)
from fitstudio.declared.kinds.values import joined
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import ARRAY, CATEGORY, NUMBER, ColumnSummary
from fitstudio.errors import DataError
from fitstudio.words import say

_WAYS: Mapping[str, Mapping[str, Way]] = {
    NUMBER: {**NUMBER_WAYS, **SINGLE_WAYS},
    ARRAY: ARRAY_WAYS,
    CATEGORY: {**CATEGORY_WAYS, **SINGLE_CATEGORY_WAYS, **TEXT_WAYS},
}
_DEFAULTS = {NUMBER: STANDARD, ARRAY: STANDARD, CATEGORY: ONE_HOT}


@dataclass(frozen=True)
class Preparation:
    """What is done with one column.

    Args:
        way: The way, by which numbers are scaled and classes told.
        missing: What becomes of gaps: a value of `data.missing`.
        settings: The way's settings by name, those at their defaults among them.
        constant: What stands in for a gap, where a value was given.
        rare: Which share of the rows a class needs to be told by itself.
    """

    way: Way
    missing: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    constant: float | str | None = None
    rare: float = 0.0

    @property
    def drops(self) -> bool:
        """Whether rows with a gap in the column are left out."""
        return self.missing == DROP

    def tells_gaps(self, column: ColumnSummary) -> bool:
        """Whether the model is told which values were missing."""
        if self.way.name == EMBEDDING:
            return not self.drops
        # In a column without a gap it would be 0 in every row.
        return self.missing == INDICATOR and column.has_gaps

    def classes_of(self, column: ColumnSummary) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The classes of a column that are told by themselves, and the rare ones.

        They are those of the whole file, in the order of the summary.
        """
        if self.way.name in TEXT_WAYS:
            return (), ()
        if self.way.name == ORDINAL:
            order = self.settings["order"]
            return tuple(order or (label for label, _ in column.classes)), ()
        least = self.rare * sum(count for _, count in column.classes)
        kept = tuple(label for label, count in column.classes if count >= least)
        return kept, tuple(label for label, count in column.classes if count < least)


def ways_for(role: str) -> Mapping[str, Way]:
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
    asked = spec.get("data.columns")
    own = asked.get(name) if isinstance(asked, Mapping) else None
    own = own if isinstance(own, Mapping) else {}
    ways = ways_for(role)
    wanted = own.get("prepare")
    if wanted is None:
        common = spec.get("data.categories" if role == CATEGORY else "data.scale")
        # A way for all columns is one for those that it suits.
        wanted = common if isinstance(common, str) and common in ways else _DEFAULTS[role]
    if not isinstance(wanted, str) or wanted not in ways:
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
    missing = own.get("missing") or spec.get("data.missing")
    constant = own.get("constant")
    if missing == CONSTANT and (
        constant is None or (role != CATEGORY and not isinstance(constant, int | float))
    ):
        raise DataError(
            say(
                "Missing values of {column} are to become a value of yours, and none is set that "
                "fits.",
                column=repr(name),
            ),
            code="data.preparation",
            remedy=say(
                "Set constant for it in data.columns: {what}.",
                what=say("one of the classes") if role == CATEGORY else say("a number"),
            ),
        )
    rare = own.get("rare", spec.get("data.rare")) if role == CATEGORY else 0.0
    if not isinstance(rare, int | float):
        rare = 0.0  # the check says what is wrong with it
    return Preparation(way, missing, settings, constant, rare)


def width_of(wanted: Preparation, column: ColumnSummary, role: str) -> tuple[int, int]:
    """How many numbers a column becomes, and how many codes they tell.

    Args:
        wanted: How it is prepared.
        column: What is known about it.
        role: What it is to the model.

    Returns:
        The numbers that one value becomes, and for a code of a class how many codes there are: one
        for each class behind 0, which stands for what is missing or unknown. Else 0.

    Raises:
        DataError: If gaps are to become what it is not.
    """
    told = int(wanted.tells_gaps(column))
    if role != CATEGORY:
        return wanted.way.width + (told if role == NUMBER else 0), 0
    kept, rare = wanted.classes_of(column)
    lacking = {label for label, _ in column.classes} - set(kept)
    if wanted.way.name == ORDINAL and lacking:
        raise DataError(
            say(
                "The order of {column} does not name {classes}.",
                column=repr(column.name),
                classes=joined(sorted(map(repr, lacking))[:5], "and"),
            ),
            code="data.preparation",
            remedy=say("Put every class into the order."),
        )
    if wanted.missing == CONSTANT and kept and str(wanted.constant) not in kept:
        raise DataError(
            say(
                "Missing values of {column} are to become {constant}, which is none of its "
                "classes.",
                column=repr(column.name),
                constant=repr(wanted.constant),
            ),
            code="data.preparation",
            remedy=say("Choose one of the classes."),
        )
    if wanted.way.name == EMBEDDING:
        return 1, len(kept) + 1
    if wanted.way.name == ORDINAL:
        return 1 + told, 0
    if wanted.way.name in TEXT_WAYS:
        return int(wanted.settings["buckets"]) + told, 0
    return max(1, len(kept) + bool(rare)) + told, 0
