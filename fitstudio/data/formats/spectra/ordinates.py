"""Numbers of JCAMP-DX tables in all their forms: AFFN, PAC, SQZ, DIF, DUP, with their checks.

In the compressed forms a letter stands for the sign and the first digit of a number, and says what
the number is: itself (SQZ), what is added to the one before (DIF), or how often that one comes
(DUP). Where a line ends in differences, the next one begins with its last value once more.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fitstudio.words import say

# The digit that a letter stands for, with its sign.
_SQUEEZED = {"@": "0"} | {c: f"{n}" for n, c in enumerate("ABCDEFGHI", 1)}
_SQUEEZED |= {c: f"-{n}" for n, c in enumerate("abcdefghi", 1)}
_DIFFERENCES = {"%": "0"} | {c: f"{n}" for n, c in enumerate("JKLMNOPQR", 1)}
_DIFFERENCES |= {c: f"-{n}" for n, c in enumerate("jklmnopqr", 1)}
_REPEATS = {c: f"{n}" for n, c in enumerate("STUVWXYZs", 1)}

# Before a sign, an E makes an exponent; before a digit it stands for +5 or -5.
_TOKEN = re.compile(
    r"(?P<plain>[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]\d{1,3})?)"
    r"|(?P<letter>[@A-Ia-i%J-Rj-rS-Zs])(?P<rest>\d*\.?\d*)"
    r"|(?P<gap>\?)"
    r"|(?P<between>[\s,;]+)"
)
# Points that stand in pairs are never compressed.
_PLAIN_TOKEN = re.compile(
    r"(?P<plain>[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d{1,3})?)|(?P<gap>\?)|(?P<between>[\s,;]+)"
)
_FRACTION = re.compile(r"\d*")
# Checks are whole numbers in nearly all files; where they are not, they may be rounded.
_SAME = 0.5


class OrdinateError(ValueError):
    """A table that contradicts itself; its words say where and how."""


@dataclass
class _Line:
    """The ordinates of one line, while they are read."""

    values: list[float] = field(default_factory=list)
    difference: float | None = None


def ordinates(
    lines: Sequence[str], points: int | None = None
) -> tuple[list[float], list[tuple[float, int, int]]]:
    """The values of a table of the form (X++(Y..Y)).

    Args:
        lines: Its lines, without comments.
        points: How many values there are, where the file says so.

    Returns:
        The values; and for each line its first place on the axis, the number of the value that
        stands there, and how many decimals the place is written with.

    Raises:
        OrdinateError: If a line cannot be read, or a check fails.
    """
    values: list[float] = []
    places: list[tuple[float, int, int]] = []
    by_differences = False
    for number, text in enumerate(lines, 1):
        tokens = list(_tokens(text, number))
        if not tokens:
            continue
        kind, place = tokens[0]
        if kind != "plain":
            raise OrdinateError(
                say("line {number} does not begin with a place of the axis", number=number)
            )
        read = _read(tokens[1:], number)
        first = len(values)
        if by_differences and read.values:
            # The same value once more, so that a lost line shows.
            check, last = read.values[0], values[-1]
            is_one_more = len(read.values) == 1 and len(values) + 1 == points
            if abs(check - last) > _SAME and not is_one_more:
                raise OrdinateError(
                    say(
                        "line {number} begins with {check}, and {last} was last",
                        number=number,
                        check=f"{check:g}",
                        last=f"{last:g}",
                    )
                )
            if abs(check - last) > _SAME:
                values.append(check)  # some programs write the last value without differences
            else:
                first -= 1
                values.extend(read.values[1:])
        else:
            values.extend(read.values)
        places.append((float(place), first, _decimals(place)))
        if read.values:
            by_differences = read.difference is not None
    return values, places


def pairs(lines: Sequence[str]) -> list[tuple[float, float]]:
    """The points of a table of the form (XY..XY).

    Raises:
        OrdinateError: If something in it is no number, or a place has no value.
    """
    numbers: list[float] = []
    for number, text in enumerate(lines, 1):
        for kind, value in _tokens(text, number, _PLAIN_TOKEN):
            numbers.append(math.nan if kind == "gap" else float(value))
    if len(numbers) % 2:
        raise OrdinateError(say("a place of the axis has no value"))
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _no_number(number: int, what: str) -> OrdinateError:
    return OrdinateError(
        say("line {number} holds {what}, which is no number", number=number, what=repr(what))
    )


def _tokens(text: str, number: int, token: re.Pattern[str] = _TOKEN) -> Iterator[tuple[str, str]]:
    """The kind and the value of each number in a line."""
    position = 0
    while position < len(text):
        found = token.match(text, position)
        if found is None or found.end() == position:
            raise _no_number(number, text[position])
        position = found.end()
        if found["between"]:
            continue
        if found["gap"]:
            yield "gap", "?"
        elif found["plain"]:
            yield "plain", found["plain"]
        else:
            letter, rest = found["letter"], found["rest"]
            for kind, digits in (
                ("squeezed", _SQUEEZED), ("difference", _DIFFERENCES), ("repeat", _REPEATS),
            ):  # fmt: skip
                if letter in digits:
                    yield kind, digits[letter] + rest


def _read(tokens: Sequence[tuple[str, str]], number: int) -> _Line:
    line = _Line()
    for kind, text in tokens:
        if kind == "gap":
            line.values.append(math.nan)
            line.difference = None
        elif kind in ("plain", "squeezed"):
            line.values.append(float(text))
            line.difference = None
        elif not line.values:
            raise OrdinateError(say("line {number} begins without a value", number=number))
        elif kind == "difference":
            line.difference = float(text)
            line.values.append(line.values[-1] + line.difference)
        else:
            times = int(float(text))
            if not 0 < times <= 1_000_000:
                raise OrdinateError(
                    say("line {number} repeats a value {times} times", number=number, times=times)
                )
            step = line.difference or 0.0
            for _ in range(times - 1):
                line.values.append(line.values[-1] + step)
    return line


def _decimals(text: str) -> int:
    return len(_FRACTION.match(text.partition(".")[2])[0])  # pyright: ignore[reportOptionalSubscript]
