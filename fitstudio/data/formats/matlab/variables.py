"""MATLAB variables as scipy gives them, by name: structs taken apart, cells as columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from fitstudio.data.columns.typed import Words
from fitstudio.data.formats.arrays.columns import usable
from fitstudio.data.formats.matlab.arrays import ROWS, VECTOR, say_object
from fitstudio.words import say

_DEEPEST = 16
_MOST_VARIABLES = 20_000
_MOST_FULL_BYTES = 1 << 30
_FUNCTIONS = ("MatlabFunction",)
_OBJECTS = ("MatlabObject", "MatlabOpaque")


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A variable of MATLAB, or the field of a struct.

    Args:
        shape: As MATLAB shows it.
        type: What it holds, for the tree.
        values: The values; None where it is no column.
        note: Why it is none.
        layout: How its samples lie, one of `matlab.LAYOUTS`; None where its rows are the samples
            whatever stands beside it.
    """

    shape: tuple[int, ...] = ()
    type: str = ""
    values: np.ndarray | Words | None = None
    note: str = ""
    layout: str | None = None

    @property
    def rows_first(self) -> tuple[int, ...]:
        """The shape, with one axis only for a row or a column."""
        return (max(self.shape),) if self.layout == VECTOR else self.shape


def flatten(loaded: Mapping[str, Any], *, single_values: bool) -> dict[str, Variable]:
    """Every variable by its name, and every field of a struct by the name with dots.

    Args:
        loaded: What `scipy.io.loadmat` gave.
        single_values: Whether single values are taken for columns with one row.
    """
    found: dict[str, Variable] = {}
    for name, value in loaded.items():
        if name.startswith("__"):
            continue  # about the file, not in it
        name = _own_name(value) or name
        for path, variable in _of(name, value, single_values, 0):
            found[path] = variable
            if len(found) >= _MOST_VARIABLES:
                return found
    return found


def _of(path: str, value: Any, single_values: bool, depth: int) -> Iterator[tuple[str, Variable]]:
    kind = type(value).__name__
    if depth > _DEEPEST:
        yield path, Variable(note=say("is nested too deeply"))
    elif kind in _FUNCTIONS:
        yield path, Variable(type="function", note=say("is a function of MATLAB"))
    elif kind in _OBJECTS:
        name = _class_of(value)
        yield path, Variable(type=name, note=say_object(name))
    elif hasattr(value, "toarray"):
        yield path, _sparse(value, single_values)
    elif value is None:
        yield path, Variable(note=say("is empty"))
    elif not isinstance(value, np.ndarray):
        yield path, Variable(type=kind, note=say("holds values of the type {dtype}", dtype=kind))
    elif not value.size:
        yield path, Variable(shape=value.shape, type=_type(value), note=say("is empty"))
    elif value.dtype.names and value.size == 1:
        for field in value.dtype.names:
            yield from _of(f"{path}.{field}", value.flat[0][field], single_values, depth + 1)
    elif value.dtype.names:
        elements = value.ravel(order="F")
        for field in value.dtype.names:
            yield from _column(f"{path}.{field}", [each[field] for each in elements], depth + 1)
    elif value.dtype.hasobject:
        if max(value.shape) < value.size:
            yield (
                path,
                Variable(
                    shape=value.shape,
                    type="cell",
                    note=say(
                        "is a cell array of {shape}; save each of its columns as a variable",
                        shape=" × ".join(map(str, value.shape)),
                    ),
                ),
            )
        else:
            yield from _column(path, list(value.ravel(order="F")), depth + 1)
    elif value.dtype.kind in "US":
        yield path, _texts(value, single_values)
    else:
        yield path, _numbers(value, single_values)


def _type(value: np.ndarray) -> str:
    if value.dtype.names:
        return "struct"
    if value.dtype.hasobject:
        return "cell"
    return "char" if value.dtype.kind in "US" else str(value.dtype)


def _class_of(value: Any) -> str:
    """What MATLAB calls the class of an object."""
    name = getattr(value, "classname", None)
    if name is None and value.dtype.names and "s2" in value.dtype.names and value.size:
        name = value.flat[0]["s2"]
    if isinstance(name, bytes):
        name = name.decode("utf-8", "replace")
    return str(name) if name else "object"


def _own_name(value: Any) -> str | None:
    """The name of an object, which stands inside it; scipy calls all of them None."""
    if type(value).__name__ != "MatlabOpaque" or not value.size:
        return None
    name = value.flat[0]["s0"]
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else None


def _numbers(value: np.ndarray, single_values: bool) -> Variable:
    value = value.astype(value.dtype.newbyteorder("="), copy=False)
    note = usable(value.dtype) or ""
    if not note and value.size == 1 and not single_values:
        note = say("is a single value")
    is_vector = value.ndim < 3 and max(value.shape, default=1) == value.size
    return Variable(
        shape=value.shape,
        type=str(value.dtype),
        values=None if note else value,
        note=note,
        layout=VECTOR if is_vector else ROWS,
    )


def _sparse(value: Any, single_values: bool) -> Variable:
    nbytes = value.shape[0] * value.shape[1] * value.dtype.itemsize
    if not value.shape[0] * value.shape[1]:
        return Variable(shape=value.shape, type="sparse", note=say("is empty"))
    if nbytes > _MOST_FULL_BYTES:
        return Variable(
            shape=value.shape,
            type="sparse",
            note=say("is a sparse matrix that is too large to be written out in full"),
        )
    full = value.toarray()
    # MATLAB knows sparse matrices of doubles and of yes and no; some files store the first shorter.
    return _numbers(full if full.dtype.kind in "bc" else full.astype(np.float64), single_values)


def _texts(value: np.ndarray, single_values: bool) -> Variable:
    if value.size == 1 and not single_values:
        return Variable(shape=value.shape, type="char", note=say("is a single text"))
    if value.ndim > 1 and max(value.shape) < value.size:
        return Variable(
            shape=value.shape, type="char", note=say("holds text with more than one axis")
        )
    return _words([str(each) for each in value.reshape(-1)])


def _words(texts: Sequence[str | None]) -> Variable:
    cells = [(text or "").strip() or None for text in texts]
    return Variable(
        shape=(len(cells),), type="char", values=Words(pl.Series("text", cells, dtype=pl.String))
    )


def _column(path: str, elements: list[Any], depth: int) -> Iterator[tuple[str, Variable]]:
    """A column of the parts of a cell array, or of a field of an array of structs."""
    shape = (len(elements),)
    arrays = [each.toarray() if hasattr(each, "toarray") else each for each in elements]
    if len(arrays) == 1:
        # One element is what it holds.
        yield from _of(path, arrays[0], False, depth)
        return
    if not all(type(each) is np.ndarray for each in arrays):
        yield path, Variable(shape=shape, type="cell", note=say("holds objects of MATLAB"))
        return
    there = [each for each in arrays if each.size]
    if not there:
        yield path, Variable(shape=shape, type="cell", note=say("is empty"))
    elif all(each.dtype.kind in "US" for each in there):
        if max(each.size for each in there) > 1:
            note = say("holds texts of several lines")
            yield path, Variable(shape=shape, type="cell", note=note)
        else:
            yield path, _words([str(each.flat[0]) if each.size else None for each in arrays])
    elif all(each.dtype.kind in "biuf" for each in there):
        yield path, _stacked(arrays, there)
    elif all(each.dtype.names and each.size == 1 for each in arrays) and depth <= _DEEPEST:
        fields = arrays[0].dtype.names or ()
        if any(each.dtype.names != fields for each in arrays):
            note = say("holds structs with different fields")
            yield path, Variable(shape=shape, type="cell", note=note)
            return
        for field in fields:
            parts = [each.flat[0][field] for each in arrays]
            yield from _column(f"{path}.{field}", parts, depth + 1)
    elif any(each.dtype.kind == "c" for each in there):
        yield path, Variable(shape=shape, type="complex", note=say("holds complex numbers"))
    else:
        note = say("holds values of different kinds, such as text and numbers")
        yield path, Variable(shape=shape, type="cell", note=note)


def _stacked(arrays: Sequence[np.ndarray], there: Sequence[np.ndarray]) -> Variable:
    """Numbers, or arrays of one shape, one below the other; an empty one is a gap."""
    shapes = {_plain_shape(each) for each in there}
    if len(shapes) > 1:
        return Variable(
            shape=(len(arrays),), type="cell", note=say("holds arrays of different sizes")
        )
    shape = shapes.pop()
    dtype = np.result_type(*{each.dtype.newbyteorder("=") for each in there})
    if len(there) < len(arrays) and dtype.kind in "biu":
        dtype = np.dtype(np.float64)
    values = np.full((len(arrays), *shape), np.nan if dtype.kind == "f" else 0, dtype)
    for row, each in enumerate(arrays):
        if each.size:
            values[row] = each.reshape(shape)
    return Variable(shape=values.shape, type=str(dtype), values=values)


def _plain_shape(array: np.ndarray) -> tuple[int, ...]:
    """The shape of one sample: a single number has none, a row or column has one axis."""
    if array.size == 1:
        return ()
    return (array.size,) if max(array.shape) == array.size else array.shape
