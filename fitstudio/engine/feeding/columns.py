"""Rows of numbers, wherever they are: a tensor or array in memory, or a file read piece by piece.

Column
├── TensorColumn   in memory (or on the GPU); slices are views
└── FileColumn     an h5py dataset, a memory map, anything with shape, dtype and slices; never read
                   whole
"""

from __future__ import annotations

import mmap
import warnings
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from fitstudio.errors import ArgumentError
from fitstudio.words import say

# Reading over so many unwanted bytes costs about as much as one more call of h5py.
_GAP_BYTES = 64 * 1024
# The system maps some 16 pages around each row that is touched.
_MAPPED_ROWS_AT_ONCE = 512
# Torch has no arithmetic for these; a wider type holds the same values.
_WIDER = {np.dtype("uint16"): np.int64, np.dtype("uint32"): np.int64, np.dtype("uint64"): np.int64}


@dataclass(frozen=True, slots=True)
class Cast:
    """How an array becomes what the model takes.

    An array of the application comes here as float32, whatever type its file holds: the file's own
    type ends in `fitstudio.data.preparing.lazy`. In a notebook it comes as it is.

    Attributes:
        dtype: What its numbers are converted to; None leaves them.
        adds_axis: Whether a flat (n,) becomes (n, 1).
        device: Where it goes.
    """

    dtype: torch.dtype | None
    adds_axis: bool
    device: torch.device

    def __call__(self, tensor: Tensor) -> Tensor:
        """The tensor converted, moved, and with a second axis if it needs one."""
        if tensor.dtype != self.dtype or tensor.device != self.device:
            tensor = tensor.to(device=self.device, dtype=self.dtype or tensor.dtype)
        return tensor.unsqueeze(-1) if self.adds_axis else tensor


class Column(ABC):
    """One array of a dataset; its first axis counts rows.

    Attributes:
        rows: How many rows.
        sample_shape: The shape of one row.
    """

    rows: int
    sample_shape: tuple[int, ...]

    @abstractmethod
    def read(self, start: int, stop: int) -> Tensor:
        """The rows from `start` up to `stop`."""

    @abstractmethod
    def take(self, rows: Tensor) -> Tensor:
        """The rows with these numbers, in this order."""

    @abstractmethod
    def part(self, start: int, stop: int) -> Column:
        """Rows `start` up to `stop` as a column of their own."""

    @abstractmethod
    def cast(self, cast: Cast) -> Column:
        """The column as the model wants it."""


class TensorColumn(Column):
    """A column in memory."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor
        self.rows = tensor.shape[0]
        self.sample_shape = tuple(tensor.shape[1:])

    def read(self, start: int, stop: int) -> Tensor:
        """The rows from `start` up to `stop`, without a copy."""
        return self.tensor[start:stop]

    def take(self, rows: Tensor) -> Tensor:
        """The rows with these numbers, in this order."""
        return self.tensor.index_select(0, rows)

    def part(self, start: int, stop: int) -> TensorColumn:
        """Rows `start` up to `stop` as a column of their own, without a copy."""
        return TensorColumn(self.tensor[start:stop])

    def cast(self, cast: Cast) -> Column:
        """The column as the model wants it; in main memory where the device has no room."""
        if self.tensor.device != cast.device and not _has_room(cast.device, self.tensor):
            return FileColumn(self.tensor.cpu().numpy(), cast=cast)  # goes there block by block
        return TensorColumn(cast(self.tensor))


class FileColumn(Column):
    """A column that stays where it is and is read in blocks.

    Args:
        source: Has ``shape``, ``dtype`` and slices along the first axis.
        start: Its first row that belongs to the column.
        stop: Where the column ends.
        cast: Done to every block that is read.
    """

    def __init__(
        self, source: Any, start: int = 0, stop: int | None = None, cast: Cast | None = None
    ) -> None:
        self.source = source
        self.start = start
        self._cast = cast
        self._mapped: MappedRows | Literal[False] | None = None
        self.rows = (int(source.shape[0]) if stop is None else stop) - start
        self.sample_shape = tuple(int(size) for size in source.shape[1:])

    def read(self, start: int, stop: int) -> Tensor:
        """The rows from `start` up to `stop`, read with one call."""
        return self._tensor(_block(self.source[self.start + start : self.start + stop]))

    def take(self, rows: Tensor) -> Tensor:
        """The rows with these numbers, in this order; those close to each other in one read."""
        order, back = torch.sort(rows.cpu())
        found = self._take_sorted(order.numpy())
        # Where row k of the result stands in the sorted rows.
        return found[torch.empty_like(back).scatter_(0, back, torch.arange(len(back)))]

    def part(self, start: int, stop: int) -> FileColumn:
        """Rows `start` up to `stop` as a column of their own; nothing is read."""
        return FileColumn(self.source, self.start + start, self.start + stop, self._cast)

    def cast(self, cast: Cast) -> FileColumn:
        """The column with every block that is read converted like this; nothing is read now."""
        return FileColumn(self.source, self.start, self.start + self.rows, cast)

    def _tensor(self, block: Any) -> Tensor:
        tensor = to_tensor(block)
        return tensor if self._cast is None else self._cast(tensor)

    def _take_sorted(self, rows: np.ndarray) -> Tensor:
        """Rows in ascending order."""
        rows = rows + self.start
        if isinstance(self.source, np.ndarray):
            return self._tensor(self.source[rows])
        if self._mapped is None:
            self._mapped = MappedRows.of(self.source) or False
        if self._mapped:
            return self._tensor(self._mapped.take(rows))
        # Rows that are close to each other come with one read: a gap costs less than a call.
        row_bytes = max(1, int(np.prod(self.sample_shape)) * np.dtype(self.source.dtype).itemsize)
        far_apart = np.diff(rows) > max(1, _GAP_BYTES // row_bytes)
        pieces = []
        for run in np.split(rows, np.flatnonzero(far_apart) + 1):
            first = int(run[0])
            block = _block(self.source[first : int(run[-1]) + 1])
            pieces.append(block if len(block) == len(run) else block[run - first])
        return self._tensor(np.concatenate(pieces))


def _block(rows: Any) -> np.ndarray:
    """What a source gave, in memory: read here, in the thread that reads, not later."""
    if hasattr(rows, "toarray"):  # sparse rows
        return rows.toarray()
    return np.array(rows) if isinstance(rows, np.memmap) else np.asarray(rows)


def _has_room(device: torch.device, tensor: Tensor) -> bool:
    """Whether data may stay on a device: half of its free memory is left to the model."""
    if device.type != "cuda":
        return True
    free, _ = torch.cuda.mem_get_info(device)
    return tensor.numel() * max(tensor.element_size(), 4) < free / 2


class MappedRows:
    """Random rows of an HDF5 dataset that lies in its file as one piece: 20 times h5py's speed.

    Args:
        path: The file.
        dtype: The dataset's.
        offset: Where it begins in the file.
        shape: The dataset's.
    """

    def __init__(self, path: str, dtype: np.dtype, offset: int, shape: tuple[int, ...]) -> None:
        self._rows = np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=shape)

    @classmethod
    def of(cls, source: Any) -> MappedRows | None:
        """For a dataset that can be read this way; else None."""
        try:
            if source.chunks is not None or source.external or source.file.mode != "r":
                return None
            offset = source.id.get_offset()
            if offset is None or source.file.driver != "sec2" or source.file.userblock_size:
                return None
            return cls(source.file.filename, source.dtype, offset, source.shape)
        except (AttributeError, OSError, ValueError):  # no h5py dataset, or of an unusual kind
            return None

    def take(self, rows: np.ndarray) -> np.ndarray:
        """Copies of the rows."""
        found = np.empty((len(rows), *self._rows.shape[1:]), self._rows.dtype)
        for start in range(0, len(rows), _MAPPED_ROWS_AT_ONCE):
            part = slice(start, start + _MAPPED_ROWS_AT_ONCE)
            np.take(self._rows, rows[part], axis=0, out=found[part], mode="clip")
            self._let_go()
        return found

    def _let_go(self) -> None:
        """Unmaps the pages that were read. They stay in the system's cache; only this process's
        memory does not grow to the file's size."""
        pages = self._rows._mmap  # pyright: ignore[reportAttributeAccessIssue]
        if hasattr(pages, "madvise") and hasattr(mmap, "MADV_DONTNEED"):
            pages.madvise(mmap.MADV_DONTNEED)


def to_tensor(array: np.ndarray) -> Tensor:
    """A tensor on the array's own memory where that is possible.

    Raises:
        TypeError: If torch has no such numbers.
    """
    array = np.asarray(array)
    if array.dtype in _WIDER:
        array = array.astype(_WIDER[array.dtype])
    elif array.dtype.kind == "f" and array.dtype.itemsize > 8:
        array = array.astype(np.float64)
    elif not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    if any(stride < 0 for stride in array.strides):
        array = np.ascontiguousarray(array)
    if array.flags.writeable:
        return torch.from_numpy(array)
    with warnings.catch_warnings():
        # We never write to the data; torch warns that one could.
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.from_numpy(array)


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
        value = _listed_numbers(argument, value)
    elif hasattr(value, "to_numpy") and not isinstance(value, np.ndarray):
        value = value.to_numpy()  # a pandas or polars table
    if isinstance(value, np.ndarray) and value.dtype == object:
        value = _numbers_among_objects(argument, value)
    if not is_array(value):
        raise _no_array(argument, value)
    if len(value.shape) == 0:
        raise _no_rows_axis(argument)
    if isinstance(value, Tensor):
        return TensorColumn(value.detach())
    _check_numbers(argument, value)
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


def _check_numbers(argument: str, value: Any) -> None:
    kind = np.dtype(value.dtype).kind
    if kind not in "fiubc":
        known = {"U": "text", "S": "text", "T": "text", "O": say("Python objects")}
        held = known.get(kind, str(value.dtype))
        if kind in "UST" and isinstance(value, np.ndarray) and value.size:
            place = _first_that_is_no_number(value) or 0
            held += say(
                ", such as {flat} in row {value}",
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


def _listed_numbers(argument: str, value: Any) -> np.ndarray:
    try:
        return np.asarray(value)
    except ValueError as error:
        raise _ragged(argument) from error


def _numbers_among_objects(argument: str, value: np.ndarray) -> np.ndarray:
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


def _no_rows_axis(argument: str) -> ArgumentError:
    return ArgumentError(
        say(
            "{argument} is a single number; its first axis should count the rows.",
            argument=argument,
        ),
        code="fit.no-rows-axis",
    )


def _no_array(argument: str, value: Any) -> ArgumentError:
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
