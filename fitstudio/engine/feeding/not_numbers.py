"""What is passed as an array and holds no numbers: found, and refused in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from fitstudio.errors import ArgumentError
from fitstudio.words import say


def refuse_closed(argument: str, value: Any) -> None:
    """Refuses an h5py dataset whose file was closed.

    Raises:
        ArgumentError: If it is one.
    """
    if type(value).__module__.startswith("h5py.") and not value:
        raise ArgumentError(
            say("{argument} is an h5py dataset whose file is closed.", argument=argument),
            code="fit.closed-file",
            remedy=say(
                "Keep the file open while the model works, or read the dataset first: dataset[:]."
            ),
        )


def check_numbers(argument: str, value: Any) -> None:
    """Refuses an array or dataset of text or objects.

    Raises:
        ArgumentError: If its type is none of numbers; names the first that is none.
    """
    kind = np.dtype(value.dtype).kind
    if kind not in "fiubc":
        known = {"U": "text", "S": "text", "T": "text", "O": say("Python objects")}
        held = known.get(kind, str(value.dtype))
        if kind in "UST" and isinstance(value, np.ndarray) and value.size:
            place = _first_that_is_no_number(value) or 0
            held = say(
                "{held}, such as {flat} in row {value}",
                held=held,
                flat=repr(value.flat[place].item()),
                value=_row(value, place),
            )
        raise ArgumentError(
            say("{argument} holds {held}; it should hold numbers.", argument=argument, held=held),
            code="fit.not-numbers",
            remedy=say("Turn categories into numbers first, for instance one column per category."),
        )


def _first_that_is_no_number(value: np.ndarray) -> int | None:
    for place, each in enumerate(value.flat):
        try:
            float(each)
        except (TypeError, ValueError):
            return place
    return None


def _row(value: np.ndarray, place: int) -> int:
    return place // max(1, value.size // len(value))


def listed_numbers(argument: str, value: Any) -> np.ndarray:
    """The array that lists of numbers spell out.

    Raises:
        ArgumentError: If rows have different lengths.
    """
    try:
        return np.asarray(value)
    except ValueError as error:
        raise _ragged(argument) from error


def numbers_among_objects(argument: str, value: np.ndarray) -> np.ndarray:
    """An array of Python objects as float64.

    Raises:
        ArgumentError: If one is a gap, such as None, or no number.
    """
    # numpy turns None into NaN without a word, and training would then learn nothing from it.
    gaps = [place for place, each in enumerate(value.flat) if _is_gap(each)]
    if gaps:
        raise ArgumentError(
            say(
                "{argument} holds {flat} where numbers are wanted, {gaps} in all; the first "
                "is in row {value}, counted from 0.",
                argument=argument,
                flat=value.flat[gaps[0]],
                gaps=len(gaps),
                value=_row(value, gaps[0]),
            ),
            code="fit.not-numbers",
            remedy=say("Fill the gaps with numbers, or leave those rows out."),
        )
    place = _first_that_is_no_number(value)
    if place is None:
        return value.astype(np.float64)
    found = value.flat[place]
    if isinstance(found, (list, tuple, np.ndarray, torch.Tensor)):
        raise _ragged(argument)
    raise ArgumentError(
        say(
            "{argument} holds Python objects that are no numbers, such as {found} in row "
            "{value}, counted from 0.",
            argument=argument,
            found=repr(found),
            value=_row(value, place),
        ),
        code="fit.not-numbers",
        remedy=say("Turn categories into numbers first; rows need one common length."),
    )


def _is_gap(value: Any) -> bool:
    # pandas' own marks, which cannot be asked for a truth value.
    return value is None or type(value).__name__ in ("NAType", "NaTType")


def _ragged(argument: str) -> ArgumentError:
    return ArgumentError(
        say("{argument} is a list whose rows have different lengths.", argument=argument),
        code="fit.ragged",
        remedy=say("Pad the rows to one length, or pass an array."),
    )


def no_rows_axis(argument: str) -> ArgumentError:
    """What is said of a single number where rows are wanted."""
    return ArgumentError(
        say(
            "{argument} is a single number; its first axis should count the rows.",
            argument=argument,
        ),
        code="fit.no-rows-axis",
    )


def no_array(argument: str, value: Any) -> ArgumentError:
    """What is said of something that is no array at all."""
    return ArgumentError(
        say(
            "{argument} is {kind} {value}; it should be an array of numbers.",
            argument=argument,
            kind=type(value).__name__,
            value=repr(str(value)[:60]),
        ),
        code="fit.not-an-array",
        remedy=say("Pass a numpy array, a torch tensor, an h5py dataset or a list of numbers."),
    )
