"""Makes a column of whatever was passed as one array: lists, tables, tensors, datasets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from torch import Tensor

from fitstudio.engine.feeding.columns import Column, FileColumn, TensorColumn
from fitstudio.engine.feeding.not_numbers import (
    check_numbers,
    listed_numbers,
    no_array,
    no_rows_axis,
    numbers_among_objects,
    refuse_closed,
)
from fitstudio.engine.feeding.numpy_tensors import to_tensor
from fitstudio.errors import ArgumentError
from fitstudio.words import say


def is_array(value: Any) -> bool:
    """Whether something is one array: numpy's, torch's, h5py's, a table that can become one."""
    if isinstance(value, (np.ndarray, Tensor)):
        return True
    if isinstance(value, (list, tuple, dict, str, bytes)):
        return False
    if hasattr(value, "shape") and hasattr(value, "dtype") and hasattr(value, "__getitem__"):
        return True
    return hasattr(value, "to_numpy")


def is_rows_of_numbers(value: Any) -> bool:
    """Whether a list or tuple spells out one array, number by number."""
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    return isinstance(value, (int, float, str, bytes, np.generic))


def open_column(argument: str, value: Any) -> Column:
    """A column from whatever was passed as one array.

    Args:
        argument: What it was passed as, for messages: ``"x"``, ``"y['left']"``.
        value: The array, or rows of numbers in lists.

    Raises:
        ArgumentError: If it holds text or objects, or has no rows.
    """
    refuse_closed(argument, value)
    if isinstance(value, (list, tuple)):
        value = listed_numbers(argument, value)
    elif hasattr(value, "to_numpy") and not isinstance(value, np.ndarray):
        value = value.to_numpy()  # a pandas or polars table
    if isinstance(value, np.ndarray) and value.dtype == object:
        value = numbers_among_objects(argument, value)
    if not is_array(value):
        raise no_array(argument, value)
    if len(value.shape) == 0:
        raise no_rows_axis(argument)
    if isinstance(value, Tensor):
        return TensorColumn(value.detach())
    check_numbers(argument, value)
    if isinstance(value, np.ndarray) and not isinstance(value, np.memmap):
        return TensorColumn(to_tensor(value))
    return FileColumn(value)


def batch_tensor(argument: str, value: Any) -> Tensor:
    """One array of a batch as a tensor; see `open_column`."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub" and value.ndim > 0:
        return to_tensor(value)
    column = open_column(argument, value)
    return column.read(0, column.rows)


def check_same_rows(columns: Sequence[tuple[str, Column]]) -> int:
    """The number of rows that all columns have.

    Raises:
        ArgumentError: If they differ, with the sizes of each, or if there are none.
    """
    sizes = {column.rows for _, column in columns}
    listed = "; ".join(
        say("{name} has {rows}", name=name, rows=column.rows) for name, column in columns
    )
    if len(sizes) > 1:
        raise ArgumentError(
            say(
                "All arrays of x, y and sample_weight should have the same number of rows "
                "(data cardinality): {listed}.",
                listed=listed,
            ),
            code="fit.cardinality",
            remedy=say("Pass arrays whose first axes have the same length."),
            safe=say("Nothing has been trained."),
        )
    rows = sizes.pop()
    if rows == 0:
        raise ArgumentError(
            say("There is no data to work on: {listed} rows.", listed=listed),
            code="fit.no-rows",
            remedy=say("Pass at least one row."),
        )
    return rows
