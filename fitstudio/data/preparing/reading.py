"""How a model's files are read: every guess and every correction, kept with the model.

A file's text says less than it seems: "1.234" is a thousand or one, "3/4/2024" is in March or in
April, -999 is a number or a gap. What was decided for the training file is stored in the recipe and
holds for every file that the model ever meets; see `fitstudio.data.preparing.as_trained`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from fitstudio.data.preparing.recipe_column import damaged, one_of, text
from fitstudio.declared.formats.registry import FORMATS
from fitstudio.words import say

ORDERS = ("dmy", "mdy")
_FORMS = ("iso", "dots", "slashes")
_MOST_OPTIONS = 100
_MOST_COLUMNS = 100_000


@dataclass(frozen=True, kw_only=True)
class ColumnReading:
    """How the cells of one column of numbers are written.

    Args:
        dates: "iso", "dots" or "slashes" if they are dates, counted in days; else None.
        order: "dmy" or "mdy", for dates with slashes.
        unit: What stands behind each number ("%"), or None.
    """

    dates: str | None = None
    order: str | None = None
    unit: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        fields = {"dates": self.dates, "order": self.order, "unit": self.unit}
        return {name: value for name, value in fields.items() if value is not None}

    @classmethod
    def from_json(cls, data: Any) -> ColumnReading:
        """Reads what `to_json` wrote; raises `ValueError` for what it never writes."""
        dates, order, unit = (data.get(name) for name in ("dates", "order", "unit"))
        return cls(
            dates=None if dates is None else one_of(dates, _FORMS),
            order=None if order is None else one_of(order, ORDERS),
            unit=None if unit is None else text(unit),
        )


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How the training file was read.

    Args:
        kind: The name of its format, such as "table".
        options: ``data.options``, completed by what was found out. What the file did not show (a
            decimal mark where all numbers are whole) is not among them.
        given: Which of the options a person decided.
        row_names: Whether its lines started with a name that has no header.
        columns: For each column of numbers whose cells are not plain numbers, how they are written.
    """

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    row_names: bool = False
    columns: Mapping[str, ColumnReading] = field(default_factory=dict)

    def column(self, name: str) -> ColumnReading:
        """How a column of numbers is written."""
        return self.columns.get(name) or ColumnReading()

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "kind": self.kind,
            "options": dict(self.options),
            "given": list(self.given),
            "row_names": self.row_names,
            "columns": {name: column.to_json() for name, column in self.columns.items()},
        }

    @classmethod
    def from_json(cls, data: Any) -> Reading:
        """Reads what `to_json` wrote; the options themselves are checked when a file is opened.

        Raises:
            DataError: If it is damaged.
        """
        if not isinstance(data, Mapping):
            raise damaged(say("how files are read is no object"))
        options, columns = data.get("options", {}), data.get("columns", {})
        if not isinstance(options, Mapping) or not isinstance(columns, Mapping):
            raise damaged(say("the options of reading are no object"))
        if len(options) > _MOST_OPTIONS or len(columns) > _MOST_COLUMNS:
            raise damaged(say("it has too many options of reading"))
        try:
            return cls(
                kind=one_of(data["kind"], tuple(FORMATS)),
                options={text(name): _option(value) for name, value in options.items()},
                given=tuple(map(text, data.get("given", ()))),
                row_names=bool(data.get("row_names", False)),
                columns={
                    text(name): ColumnReading.from_json(column) for name, column in columns.items()
                },
            )
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise damaged(str(problem)) from problem


def _option(value: Any) -> Any:
    """An option's value: text, a number, true or false, or a list of texts and numbers."""
    if isinstance(value, list | tuple):
        return [_single(each) for each in value]
    return _single(value)


def _single(value: Any) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bool | int) or (isinstance(value, float) and isfinite(value)):
        return value
    raise ValueError(say("{value} is no option of reading", value=f"{value!r:.60}"))
