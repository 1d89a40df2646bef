"""What the declared options of a text file say together: which are places, which must differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitstudio.declared.formats.format import Travels
from fitstudio.declared.formats.text import TABLE
from fitstudio.errors import DataError
from fitstudio.words import say

# Where things stand in this one file; another file of the same kind has them elsewhere.
PLACES = frozenset(TABLE.options_that(Travels.PLACE))


def refuse_same_marks(options: Mapping[str, Any]) -> None:
    """Refuses one character that has two meanings in a number.

    Raises:
        DataError: Naming it.
    """
    decimal = options.get("decimal")
    if decimal is not None and decimal == options.get("thousands"):
        raise DataError(
            say(
                "{decimal} cannot be both the decimal mark and the mark between thousands.",
                decimal=repr(decimal),
            ),
            code="data.option",
        )
