"""How a model's files are read: every guess and every correction, kept with the model.

A file's text says less than it seems: "1.234" is a thousand or one, "3/4/2024" is in March or in
April, -999 is a number or a gap. What was decided for the training file is stored in the recipe and
holds for every file that the model ever meets; see `fitstudio.data.preparing.as_trained.opening`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Annotated, Any

from msgspec import Meta

from fitstudio.data.formats.text.values.dates import FORMS
from fitstudio.data.preparing.coding.recipe_column import Name, damaged
from fitstudio.declared.formats.registry import FORMATS
from fitstudio.storage.checked import MisfitError, Plain
from fitstudio.words import say

ORDERS = ("dmy", "mdy")
_LONGEST = 10_000


@dataclass(frozen=True, kw_only=True)
class ColumnReading(Plain):
    """How the cells of one column of numbers are written.

    Args:
        dates: One of the `FORMS` of dates if they are dates or times, counted in days or hours.
        order: "dmy" or "mdy", for dates with slashes.
        unit: What stands behind each number ("%"), or None.
    """

    dates: str | None = None
    order: str | None = None
    unit: Name | None = None


@dataclass(frozen=True, kw_only=True)
class Reading(Plain):
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
    options: Annotated[Mapping[Name, Any], Meta(max_length=100)] = field(default_factory=dict)
    given: tuple[Name, ...] = ()
    row_names: bool = False
    columns: Annotated[Mapping[Name, ColumnReading], Meta(max_length=100_000)] = field(
        default_factory=dict
    )

    def column(self, name: str) -> ColumnReading:
        """How a column of numbers is written."""
        return self.columns.get(name) or ColumnReading()

    def refuse_nonsense(self) -> None:
        """Refuses a format that there is not, and numbers that no file can hold.

        Raises:
            DataError: If it is damaged; the options themselves are checked when a file is opened.
        """
        if self.kind not in FORMATS:
            raise damaged(
                say(
                    "{kind} is none of {formats}",
                    kind=f"{self.kind!r:.60}",
                    formats=", ".join(FORMATS),
                )
            )
        for value in self.options.values():
            values = value if isinstance(value, list | tuple) else (value,)
            if not all(map(_is_option, values)):
                raise damaged(say("{value} is no option of reading", value=f"{value!r:.60}"))
        for column in self.columns.values():
            if column.dates not in (None, *FORMS) or column.order not in (None, *ORDERS):
                raise damaged(say("how the dates of a column are written makes no sense"))

    @classmethod
    def from_json(cls, data: Any) -> Reading:
        """Reads what `to_json` wrote.

        Raises:
            DataError: If it is damaged.
        """
        try:
            reading = super().from_json(data)
        except MisfitError as problem:
            raise damaged(str(problem)) from problem
        reading.refuse_nonsense()
        return reading


def _is_option(value: Any) -> bool:
    """Whether a value is text, a number, true or false."""
    if isinstance(value, str):
        return len(value) <= _LONGEST
    return isinstance(value, bool | int) or (isinstance(value, float) and isfinite(value))
