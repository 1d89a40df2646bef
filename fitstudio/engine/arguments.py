"""Checks single arguments of fit(), evaluate() and predict(), in words that name the way out."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from fitstudio.errors import ArgumentError

Shuffle = Literal["rows", "chunks"] | None


def whole_number(name: str, value: Any, *, least: int) -> int:
    """`value` as an int of at least `least`.

    Raises:
        ArgumentError: If it is something else; a float is, even if it is whole.
    """
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise _refused(name, value, f"a whole number, {least} or more") from None
    if number < least:
        raise _refused(name, value, f"{least} or more")
    return number


def optional_whole_number(name: str, value: Any, *, least: int) -> int | None:
    """As `whole_number`; None stays None."""
    return None if value is None else whole_number(name, value, least=least)


def step_count(name: str, value: Any) -> int | None:
    """A count of batches; a float that is whole is one too, as ``n / batch_size`` gives it.

    Raises:
        ArgumentError: If it is something else than None or a whole number of 1 or more.
    """
    if isinstance(value, (float, np.floating)):
        if not float(value).is_integer():
            error = _refused(name, value, "a whole number, 1 or more")
            error.remedy = "Round it up, so that no row is left out: math.ceil(rows / batch_size)."
            raise error
        value = int(value)
    return optional_whole_number(name, value, least=1)


def flag(name: str, value: Any) -> bool:
    """`value` as a bool.

    Raises:
        ArgumentError: If it is neither True nor False.
    """
    if isinstance(value, (bool, np.bool_)) or (isinstance(value, int) and value in (0, 1)):
        return bool(value)
    raise _refused(name, value, "True or False")


def verbosity(value: Any) -> int:
    """0, 1 or 2; "auto" means 1.

    Raises:
        ArgumentError: If it is something else.
    """
    if isinstance(value, str):
        if value == "auto":
            return 1
    elif isinstance(value, (int, np.integer, np.bool_)) and int(value) in (0, 1, 2):
        return int(value)
    raise _refused("verbose", value, "0 (silent), 1 (a bar) or 2 (a line per epoch)")


def shuffling(value: Any) -> Shuffle:
    """What shuffle asks for.

    Raises:
        ArgumentError: If it is something else than True, False or "batch".
    """
    if isinstance(value, str):
        if value == "batch":
            return "chunks"
    elif isinstance(value, (bool, np.bool_)) or (isinstance(value, int) and value in (0, 1)):
        return "rows" if value else None
    raise _refused("shuffle", value, 'True, False or "batch"')


def split(value: Any) -> float:
    """validation_split as a float from 0 up to, not including, 1.

    Raises:
        ArgumentError: If it is something else.
    """
    number = _real(value)
    if number is None or not 0.0 <= number < 1.0:
        raise _refused(
            "validation_split", value, "a number from 0 up to 1, 1 not included", hint="as in 0.2"
        )
    return number


class ValidationTimes:
    """In which epochs to validate.

    Args:
        value: Every how many epochs, or a list, tuple or set of epochs counted from 1.

    Raises:
        ArgumentError: If it is something else.
    """

    def __init__(self, value: Any) -> None:
        self._every: int | None = None
        self._named: frozenset[int] = frozenset()
        if isinstance(value, (list, tuple, set, frozenset, range)):
            self._named = frozenset(
                whole_number("an epoch in validation_freq", each, least=1) for each in value
            )
        else:
            try:
                self._every = whole_number("validation_freq", value, least=1)
            except ArgumentError as error:
                error.remedy = "It may also be a list of epochs, counted from 1."
                raise

    def include(self, epoch: int) -> bool:
        """Whether the epoch with this number, from 0, ends with a validation."""
        if self._every is not None:
            return (epoch + 1) % self._every == 0
        return epoch + 1 in self._named


def sample_weight_mode(value: Any) -> None:
    """Accepts what the reference accepts; the shape of the weights decides anyway.

    Raises:
        ArgumentError: If it is something else.
    """
    if isinstance(value, Mapping):
        value = list(value.values())
    for each in value if isinstance(value, (list, tuple)) else [value]:
        if each not in (None, "temporal", "samplewise"):
            raise _refused("sample_weight_mode", each, 'None or "temporal"')


def _real(value: Any) -> float | None:
    if isinstance(value, (bool, np.bool_)) or not isinstance(
        value, (int, float, np.integer, np.floating)
    ):
        return None
    return float(value)


def _refused(name: str, value: Any, expected: str, *, hint: str = "") -> ArgumentError:
    return ArgumentError(
        f"{name} should be {expected}{f' ({hint})' if hint else ''}; {name}={value!r} was given.",
        code=f"fit.{name.split()[-1]}",
    )
