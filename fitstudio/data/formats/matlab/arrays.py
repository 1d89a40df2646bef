"""Reads arrays of MATLAB (v7.3) as MATLAB shows them; in the file their axes stand in reverse.

MATLAB marks every dataset that it writes with the attribute ``MATLAB_class``. A matrix of 60 rows
and 5 columns is stored as 5 x 60; a vector has two axes, one of length 1; and text, tables and
cells are stored as numbers that mean nothing by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.words import say

_NAMED = 6

# How a dataset's rows lie in the file.
ROWS = "rows"  # MATLAB's first axis, which is the last one in the file
LAST = "last"  # MATLAB's last axis, which is the first one in the file
VECTOR = "vector"  # a row or a column: single values
LAYOUTS = (ROWS, LAST, VECTOR)

LOGICAL = "logical"
_NUMBERS = frozenset(
    {"double", "single", LOGICAL}
    | {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
)
# Where MATLAB keeps the parts of cells and objects; nothing in there is a column.
_OWN_GROUPS = ("#refs#", "#subsystem#")


def matlab_class(item: Any) -> str | None:
    """What MATLAB calls the type of a dataset, or None if MATLAB did not write it."""
    value = item.attrs.get("MATLAB_class")
    if value is None:
        return None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def hidden_groups(handle: Any) -> tuple[str, ...]:
    """Names of groups at the root of the file that hold nothing of a person's."""
    if not any(name in handle for name in _OWN_GROUPS):
        return ()
    others = (handle.get(name) for name in handle if name not in _OWN_GROUPS)
    if any(item is not None and "MATLAB_class" in item.attrs for item in others):
        return _OWN_GROUPS
    return ()


def matlab_refusal(item: Any) -> str | None:
    """Why a dataset or group that MATLAB wrote is no column, or None."""
    if "MATLAB_sparse" in item.attrs:
        return say("is a sparse matrix; save full(…) of it")
    kind = matlab_class(item)
    if kind is None or not hasattr(item, "dtype"):
        return None
    if "MATLAB_empty" in item.attrs:
        return say("is empty")
    if kind == "char":
        return say("holds text of MATLAB (char), which is no column")
    if kind == "cell":
        return say("is a cell array of MATLAB, whose parts lie elsewhere; save a matrix of numbers")
    if kind not in _NUMBERS or "MATLAB_object_decode" in item.attrs:
        return say_object(kind)
    if item.dtype.names:
        return say("holds complex numbers")
    return None


def say_object(kind: str) -> str:
    """Why an object of this class of MATLAB is no column, and what to do."""
    if kind in ("table", "timetable"):
        return say("is a {kind} of MATLAB; write it with writetable, as CSV", kind=kind)
    if kind in ("string", "categorical"):
        return say("is an object of MATLAB ({kind}); save cellstr(…) of it", kind=kind)
    return say("is an object of MATLAB ({kind}); save it as a matrix of numbers", kind=kind)


def is_single_in_matlab(item: Any) -> bool:
    """Whether MATLAB wrote a number alone, which it stores with two axes as everything."""
    return matlab_class(item) is not None and item.size == 1


def layout_of(item: Any) -> str | None:
    """How the rows of a dataset of MATLAB lie in the file; None if MATLAB did not write it."""
    if matlab_class(item) is None or len(item.shape) < 2:
        return None
    return VECTOR if len(item.shape) == 2 and 1 in item.shape else ROWS


def shape_as_read(stored: tuple[int, ...], layout: str | None) -> tuple[int, ...]:
    """The shape of an array, rows first, whose axes are stored as `stored`."""
    if layout == VECTOR:
        return (max(stored),)
    if layout == ROWS:
        return stored[::-1]
    return (stored[0], *stored[:0:-1]) if layout == LAST else stored


def samples_along_last(shapes: Mapping[str, tuple[int, ...]]) -> tuple[str, ...]:
    """Which arrays hold a sample for each place of their last axis rather than of their first.

    Args:
        shapes: As MATLAB shows them, vectors with one axis, of arrays that stand together.

    Returns:
        Names of arrays whose last axis, and not the first, is as long as the others have rows.
    """
    lengths = [shape[0] for shape in shapes.values()]
    lengths += [shape[-1] for shape in shapes.values() if len(shape) > 1]

    def worth(rows: int) -> tuple[int, int, int]:
        first = sum(shape[0] == rows for shape in shapes.values())
        either = sum(rows in (shape[0], shape[-1]) for shape in shapes.values())
        return either, first, rows

    if len(shapes) < 2:
        return ()
    rows = max(lengths, key=worth)
    if worth(rows)[0] < 2:
        return ()
    return tuple(
        name for name, shape in shapes.items()
        if len(shape) > 1 and shape[-1] == rows and shape[0] != rows
    )  # fmt: skip


def guess_samples_last(last: Sequence[str], *, given: bool) -> Guess:
    """How it was decided which arrays hold a sample for each place of their last axis."""
    sentence = say(
        "The last axis of {last} is as long as there are rows.", last=_listed(list(last))
    )
    label = say("Samples last: {last}", last=_listed(list(last))) if last else say("Samples first")
    return Guess(
        "samples_last",
        list(last),
        say("As you said.") if given else sentence,
        label,
        given=given,
        sure=given,
    )


def find_square(
    name: str, path: str, shape: Sequence[int], options: Mapping[str, Any]
) -> Iterator[Finding]:
    """Tells of an array that is as wide as it is long: either axis could hold the samples.

    Args:
        name: What the column is called.
        path: What the option ``samples_last`` calls it.
        shape: As MATLAB shows it, rows first.
        options: ``data.options``; the fix adds to them.
    """
    if len(shape) < 2 or shape[0] != shape[-1]:
        return
    yield Finding(
        "data.square",
        Severity.ADVICE,
        "data.options",
        say(
            "**{name}** is as wide as it is long ({shape}): each of its rows is taken "
            "for a sample.",
            name=name,
            shape=" × ".join(map(str, shape)),
        ),
        Fix(
            say("Its columns are the samples"),
            {"data.options": {**options, "samples_last": [path]}},
        ),
    )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")


class MatlabView:
    """A dataset of MATLAB with its axes turned; only the rows that are asked for are read.

    Args:
        dataset: As it is stored.
        layout: One of `LAYOUTS`.
    """

    def __init__(self, dataset: Any, layout: str) -> None:
        self._dataset, self._layout = dataset, layout
        self.shape = shape_as_read(tuple(dataset.shape), layout)
        self.dtype: np.dtype = dataset.dtype

    def __getitem__(self, key: Any) -> Any:
        stored = self._dataset
        if self._layout == VECTOR:
            return stored[0, key] if stored.shape[0] == 1 else stored[key, 0]
        values = np.asarray(stored[key] if self._layout == LAST else stored[..., key])
        if self._layout == LAST and isinstance(key, slice):
            return values.transpose(0, *range(values.ndim - 1, 0, -1))
        return values.T
