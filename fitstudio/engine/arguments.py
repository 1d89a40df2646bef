"""Checks the arguments of fit(), evaluate() and predict() as form and command line check them.

What a value may be, and the sentence about one that may not, are declared in
`fitstudio.declared.parameters`. Here stands only what Python has beside JSON: numbers of numpy,
truth as 0 and 1, sets and ranges.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from fitstudio.declared.kinds.fit_values import ValidationFreq
from fitstudio.declared.kinds.param import Param
from fitstudio.declared.kinds.values import Choice, Flag, Int, Kind, Real
from fitstudio.declared.parameters import fit as declared
from fitstudio.declared.parameters.registry import FIXED
from fitstudio.errors import ArgumentError
from fitstudio.words import marked, say

Shuffle = Literal["rows", "chunks"] | None

# What only the library has, as the settings beside which it stands.
_LIBRARY_ONLY = (
    replace(FIXED["run.seed"], section="fit"),
    replace(declared.BATCH_SIZE, name="micro_batch_size", title=marked("Micro batch size")),
    replace(declared.STEPS_PER_EPOCH, name="steps", title=marked("Steps")),
    replace(declared.USE_MULTIPROCESSING, name="return_dict", title=marked("Return dict")),
)
#: The settings by the names of the arguments; data, callbacks and class weights are checked where
#: they are opened.
PARAMS: Mapping[str, Param] = {
    param.name: param
    for param in (*declared.SETTINGS, *_LIBRARY_ONLY)
    if param is not declared.CLASS_WEIGHT
}
# A float that is whole is a count of batches too, as ``n / batch_size`` gives it.
_MAY_BE_QUOTIENTS = frozenset({"steps_per_epoch", "validation_steps", "steps"})


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that `PARAMS` declares, as plain values.

    Args:
        given: Arguments by name; others among them are left out.

    Raises:
        ArgumentError: Names the first that cannot be used.
    """
    return {name: value_of(name, given[name]) for name in PARAMS if name in given}


def value_of(name: str, value: Any) -> Any:
    """One argument's value, checked as its setting is.

    Raises:
        ArgumentError: With the sentence that form and command line have for the same value.
    """
    param = PARAMS[name]
    if name == "verbose" and isinstance(value, str) and value == "auto":
        return 1
    plain = plain_value(param.kind, value)
    reads = name in _MAY_BE_QUOTIENTS or isinstance(param.kind, Real)
    taken = param.kind.from_json(plain) if reads else plain
    if param.check(taken) is None:
        return taken
    # Told as it was given: -5.0, not the -5 that was read.
    problem = param.check(plain)
    assert problem is not None, "what is read from it is no better"
    remedy = None
    if name in _MAY_BE_QUOTIENTS and isinstance(plain, float) and plain >= 1.0:
        remedy = say("Round it up, so that no row is left out: math.ceil(rows / batch_size).")
    raise ArgumentError(problem, code=f"fit.{name}", remedy=remedy)


def plain_value(kind: Kind, value: Any) -> Any:
    """What a value of numpy or Python is for a kind; what is nothing of it stays as it is.

    Args:
        kind: What it is to be: truth may be given as 0 and 1, and the other way round.
        value: What was given.
    """
    if isinstance(kind, ValidationFreq) and isinstance(value, (list, tuple, set, frozenset, range)):
        return [plain_value(Int(), each) for each in value]
    if isinstance(value, np.bool_):
        value = bool(value)
    elif isinstance(value, np.floating):
        value = float(value)
    elif not isinstance(value, (bool, int, float)):
        try:
            value = operator.index(value)
        except TypeError:
            return value
    if isinstance(kind, Flag):
        return bool(value) if value in (0, 1) and isinstance(value, int) else value
    if isinstance(kind, Choice) and isinstance(value, int):
        # True is 1 to Python, and the reference takes either for the other.
        numbers = [each.value for each in kind.options if isinstance(each.value, int)]
        return next((number for number in numbers if number == value), value)
    return value


def shuffling(value: bool | str) -> Shuffle:
    """How rows are put into another order for a checked value of ``shuffle``."""
    if value == "batch":
        return "chunks"
    return "rows" if value else None


class ValidationTimes:
    """In which epochs to validate.

    Args:
        value: A checked value: every how many epochs, or a list of epochs counted from 1.
    """

    def __init__(self, value: int | list[int]) -> None:
        self._every = value if isinstance(value, int) else None
        self._named = frozenset(() if isinstance(value, int) else value)

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
            raise ArgumentError(
                say(
                    'sample_weight_mode should be None or "temporal"; '
                    "sample_weight_mode={each} was given.",
                    each=repr(each),
                ),
                code="fit.sample_weight_mode",
            )
