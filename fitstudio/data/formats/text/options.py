"""The options of a text file: what may be set in ``data.options``, and what each may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fitstudio.errors import DataError

# Where things stand in this one file; another file of the same kind has them elsewhere.
PLACES = frozenset({"header_line", "units_line", "first_line"})
# Which rows of this one file are wanted; a new file keeps all of its rows.
CHOICES_OF_ROWS = frozenset({"copies"})
_MOST_LINES = 100_000
_LONGEST_LINE = 1_000_000


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


def _is_line(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _MOST_LINES


def _are_starts(value: Any) -> bool:
    if not isinstance(value, list | tuple):
        return False
    places = list(value)
    whole = all(type(place) is int and 1 <= place <= _LONGEST_LINE for place in places)
    return whole and places == sorted(set(places))


_RULES: dict[str, Callable[[Any], bool]] = {
    "encoding": lambda value: isinstance(value, str),
    "separator": lambda value: isinstance(value, str) and len(value) <= 1,
    "column_starts": _are_starts,
    "quote": lambda value: value in ('"', "'", ""),
    "decimal": lambda value: value in (".", ","),
    "thousands": lambda value: value in ("", ",", ".", " ", "'"),
    "header_line": _is_line,
    "units_line": _is_line,
    "first_line": _is_line,
    "row_names": lambda value: isinstance(value, bool),
    "comment": lambda value: isinstance(value, str) and len(value) <= 3,
    "missing": _is_list_of_text,
    "missing_numbers": _is_list_of_text,
    "marked": lambda value: value in ("number", "missing"),
    "ragged": lambda value: value in ("", "skip", "cut"),
    "short": lambda value: value in ("", "skip"),
    "repeated_names": lambda value: value in ("skip", "keep"),
    "other_lines": lambda value: value in ("skip", "keep"),
    "copies": lambda value: value in ("keep", "skip"),
    "dates": lambda value: value in ("dmy", "mdy"),
}
OPTIONS = frozenset(_RULES)


def check_options(options: Mapping[str, Any]) -> None:
    """Refuses options that are unknown or cannot be.

    Raises:
        DataError: Naming the option and what it may be.
    """
    for name in options:
        if name not in OPTIONS:
            raise DataError(
                f"Text files have no option {name!r}.",
                code="data.option-unknown",
                remedy=f"The options are {', '.join(sorted(OPTIONS))}.",
            )
    for name, value in options.items():
        if not _RULES[name](value):
            raise DataError(
                f"The option {name} of the file cannot be {value!r}.", code="data.option"
            )
    decimal = options.get("decimal")
    if decimal is not None and decimal == options.get("thousands"):
        raise DataError(
            f"{decimal!r} cannot be both the decimal mark and the mark between thousands.",
            code="data.option",
        )
