"""What can be said of single columns: what they are taken for, and how they are prepared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.catalogue.preparations import (
    CATEGORY_WAYS,
    GAP_WAYS,
    NUMBER_WAYS,
    SINGLE_CATEGORY_WAYS,
    SINGLE_GAP_WAYS,
    SINGLE_WAYS,
    TEXT_WAYS,
)
from fitstudio.declared.kinds.entries import Chosen
from fitstudio.declared.kinds.limits import check_limits
from fitstudio.declared.kinds.param import Entry
from fitstudio.declared.kinds.spelling import did_you_mean
from fitstudio.declared.kinds.values import Choice, Kind, Option, Real, quoted
from fitstudio.words import marked, say

WAYS: Mapping[str, Entry] = {
    **NUMBER_WAYS, **SINGLE_WAYS, **CATEGORY_WAYS, **SINGLE_CATEGORY_WAYS, **TEXT_WAYS,
}  # fmt: skip
GAPS: Mapping[str, Entry] = {**GAP_WAYS, **SINGLE_GAP_WAYS}
RARE = Real(minimum=0, maximum=0.5)

# What a column's settings are made of.
FIELDS: Mapping[str, Kind] = {
    "type": Choice(
        (
            Option("number", marked("A number")),
            Option("category", marked("Classes")),
        )
    ),
    "prepare": Chosen(WAYS, marked("a way to prepare a column")),
    "missing": Chosen(GAPS, marked("a way to deal with missing values")),
    "rare": RARE,
    **{param.name: param.kind for way in (*WAYS.values(), *GAPS.values()) for param in way.params},
}


@dataclass(frozen=True)
class ColumnSettings(Kind):
    """Settings of columns by the columns' names."""

    def say(self) -> str:
        """What such a value is, in words."""
        return say("settings of columns by name")

    def is_of_type(self, value: Any) -> bool:
        """Whether a value is a table at all."""
        return isinstance(value, Mapping)

    def check(self, value: Any) -> str | None:
        """What is wrong with a value, as a clause; None if nothing is."""
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            return self._wrong(value)
        try:
            check_limits(value)
        except ValueError as error:
            return str(error)
        for name, settings in value.items():
            if not isinstance(settings, Mapping):
                return say(
                    "must have for {name} an object with settings, not {settings}",
                    name=quoted(name),
                    settings=quoted(settings),
                )
            for field, each in settings.items():
                problem = field_problem(field, each)
                if problem is not None:
                    return say("has for {name} {problem}", name=quoted(name), problem=problem)
        return None

    def to_json(self, value: Any) -> Any:
        """As plain data."""
        return {name: dict(settings) for name, settings in value.items()}


def field_problem(field: Any, value: Any) -> str | None:
    """What is wrong with one setting of a column, to stand behind the column's name, or None."""
    if field not in FIELDS:
        return say(
            "the setting {field}, which there is not.{did_you_mean}",
            field=quoted(field),
            did_you_mean=did_you_mean(str(field), FIELDS),
        )
    problem = FIELDS[field].check(value)
    if problem is None:
        return None
    return say("a value that does not fit: {field} {problem}", field=field, problem=problem)


def field_of_column(name: str) -> tuple[str, str] | None:
    """The column and the field that a setting such as `columns.age.prepare` means, or None."""
    start, _, rest = name.partition(".")
    column, _, field = rest.rpartition(".")
    return (column, field) if start == "columns" and column and field in FIELDS else None
