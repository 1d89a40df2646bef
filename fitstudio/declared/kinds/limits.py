"""Bounds that keep a hostile or broken JSON file from taking memory, time or the stack."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from fitstudio.words import say
from fitstudio.words.numbers import format_count

# JSON numbers above 2^53 lose digits in other readers; no setting needs a larger one.
# What 64 bits hold: a file's time stamp in nanoseconds needs more than the 53 bits of a float.
LARGEST_INTEGER = 2**63 - 1
LARGEST_REAL = 1e300
LONGEST_TEXT = 10_000
LONGEST_LIST = 100_000
LONGEST_JSON = 20_000_000
DEEPEST = 20
MOST_VALUES = 500_000


def load_json(text: str) -> Any:
    """Read JSON text within the limits.

    Raises:
        ValueError: For text that is no JSON, too long, nested too deeply, or holds numbers that
            JSON does not have (NaN, Infinity) or that are too large.
    """
    if len(text) > LONGEST_JSON:
        raise ValueError(
            say(
                "is too long: {text} characters, at most {longest_json}",
                text=format_count(len(text)),
                longest_json=format_count(LONGEST_JSON),
            )
        )
    try:
        data = json.loads(text, parse_constant=_refuse_constant, parse_int=_bounded_int)
    except RecursionError:
        raise ValueError(say("is nested more than {deepest} deep", deepest=DEEPEST)) from None
    check_limits(data)
    return data


def check_limits(data: Any) -> None:
    """Refuse JSON data that is too deep or too large.

    Raises:
        ValueError: With a sentence that says which limit was passed.
    """
    level: list[Any] = [data]
    seen = 0
    for _depth in range(DEEPEST + 1):
        if not level:
            return
        seen += len(level)
        if seen > MOST_VALUES:
            raise ValueError(
                say("holds more than {most_values} values", most_values=format_count(MOST_VALUES))
            )
        below: list[Any] = []
        for value in level:
            if isinstance(value, Mapping):
                below.extend(value.values())
                _check_names(value)
            elif isinstance(value, list | tuple):
                below.extend(value)
            else:
                _check_single(value)
        level = below
    raise ValueError(say("is nested more than {deepest} deep", deepest=DEEPEST))


def _check_names(data: Mapping[Any, Any]) -> None:
    if any(isinstance(name, str) and len(name) > LONGEST_TEXT for name in data):
        raise ValueError(
            say(
                "holds a name of more than {longest_text} characters",
                longest_text=format_count(LONGEST_TEXT),
            )
        )


def _check_single(value: object) -> None:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise ValueError(
            say(
                "holds a text of more than {longest_text} characters",
                longest_text=format_count(LONGEST_TEXT),
            )
        )
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise ValueError(
            say(
                "holds a number above {largest_integer}",
                largest_integer=format_count(LARGEST_INTEGER),
            )
        )


def _bounded_int(digits: str) -> int:
    # Reading digits takes time that grows with the square of their number.
    if len(digits) > 20:
        raise ValueError(
            say(
                "holds a number above {largest_integer}",
                largest_integer=format_count(LARGEST_INTEGER),
            )
        )
    return int(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(say("holds {name}, which is no JSON number", name=name))
