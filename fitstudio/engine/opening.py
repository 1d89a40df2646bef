"""Opens what was passed as x, y, sample_weight or validation_data as `Batches`.

Arrays are checked, put in the model's order and split here; sources that make batches are handed to
the class that reads them.
"""

from __future__ import annotations

import inspect
import logging
import math
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, Literal

from torch import Tensor
from torch.utils.data import Dataset, IterableDataset

from fitstudio.engine.arguments import Shuffle
from fitstudio.engine.arrangement import leaves
from fitstudio.engine.batches import Batches
from fitstudio.engine.batches_array import ArrayBatches
from fitstudio.engine.batches_source import DatasetBatches, SequenceBatches, StreamBatches
from fitstudio.engine.binding import Binding, unpack
from fitstudio.engine.class_weights import ClassWeightColumn, ClassWeights
from fitstudio.engine.columns import (
    Column,
    FileColumn,
    check_same_rows,
    is_array,
    open_column,
)
from fitstudio.engine.random_state import drawn_seed
from fitstudio.engine.sequence import Sequence
from fitstudio.errors import ArgumentError

_LOG = logging.getLogger(__name__)

Kind = Literal["arrays", "sequence", "dataset", "generator"]

DEFAULT_BATCH_SIZE = 32

# A Sequence written for the reference derives from its class, and has the same methods.
_SEQUENCE_METHODS = ("__len__", "__getitem__", "on_epoch_end")


@dataclass(frozen=True, slots=True)
class Reading:
    """How data are to be read.

    Attributes:
        batch_size: Rows of a batch of arrays; None: 32, or rows divided by `steps`.
        steps: Steps of an epoch or run; None for all there is.
        first_epoch: The first epoch's number.
        epochs: The number after the last epoch's.
        shuffle: Permute rows, permute chunks, or keep the order.
        seed: What random orders follow from; None draws one.
        is_training: False starts each run at the beginning.
        workers: Threads or processes for generators and Sequences.
        max_queue_size: How many batches they read ahead.
        use_multiprocessing: Processes in place of threads.
        class_weights: Checked class_weight, for training.
    """

    batch_size: int | None = None
    steps: int | None = None
    first_epoch: int = 0
    epochs: int = 1
    shuffle: Shuffle = None
    seed: int | None = None
    is_training: bool = False
    workers: int = 1
    max_queue_size: int = 10
    use_multiprocessing: bool = False
    class_weights: ClassWeights | None = None

    def for_validation(self, *, batch_size: int | None, steps: int | None) -> Reading:
        """The same for validation data: in order, from the beginning in each run."""
        return replace(
            self,
            batch_size=batch_size,
            steps=steps,
            shuffle=None,
            is_training=False,
            class_weights=None,
        )


def kind_of(argument: str, value: Any) -> Kind:
    """What kind of source something is.

    Raises:
        ArgumentError: If no batch can come from it.
    """
    if isinstance(value, Sequence) or all(hasattr(value, name) for name in _SEQUENCE_METHODS):
        return "sequence"
    if isinstance(value, (Mapping, list, tuple)) or is_array(value):
        return "arrays"
    if value is None or isinstance(value, (str, bytes)):
        given = "nothing" if value is None else "text"
        raise ArgumentError(
            f"{argument} is {given}; it should be data.",
            code="fit.no-data",
            remedy="Pass arrays, a Sequence, a generator or a DataLoader.",
        )
    if inspect.isfunction(value) or inspect.isclass(value) or inspect.ismethod(value):
        raise ArgumentError(
            f"{argument} is a {'class' if inspect.isclass(value) else 'function'}, not data.",
            code="fit.not-called",
            remedy=f"Call it: {getattr(value, '__name__', argument)}().",
        )
    if isinstance(value, Iterator):
        return "generator"
    if isinstance(value, Dataset) and not isinstance(value, IterableDataset):
        raise ArgumentError(
            f"{argument} is a torch Dataset, which gives single samples.",
            code="fit.dataset-of-samples",
            remedy=f"Wrap it: torch.utils.data.DataLoader({argument}, batch_size=32).",
        )
    if hasattr(value, "__iter__"):
        return "dataset"
    raise ArgumentError(
        f"{argument} is a {type(value).__name__}; no rows or batches can be read from it.",
        code="fit.not-data",
        remedy="Pass arrays, a Sequence, a generator or a DataLoader.",
    )


_SPOKEN: dict[str, str] = {
    "sequence": "a Sequence",
    "generator": "a generator",
    "dataset": "a dataset or DataLoader",
}


def refuse_beside(kind: Kind, **arguments: Any) -> None:
    """Refuses arguments that have no place beside a source that makes batches itself.

    Raises:
        ArgumentError: Names the first of them that was given.
    """
    for name, value in arguments.items():
        if value is not None:
            raise ArgumentError(
                f"{name} has no place beside {_SPOKEN[kind]} given as x (a generator or Sequence "
                "makes its batches itself).",
                code=f"fit.{name}-beside-source",
                remedy=f"Leave {name} out; batches may be (inputs, targets, sample weights).",
            )


def open_source(
    argument: str,
    source: Any,
    kind: Kind,
    binding: Binding,
    reading: Reading,
    *,
    inputs_only: bool = False,
) -> Batches:
    """A Sequence, dataset or generator as batches.

    Args:
        argument: What it was passed as.
        source: The object.
        kind: What `kind_of` says it is.
        binding: Turns its batches into tensors.
        reading: How it is to be read.
        inputs_only: Leave targets and weights alone, for predictions.
    """

    def convert(item: Any) -> Any:
        if inputs_only:
            return binding.inputs_of(item), (), ()
        return binding.batch(item, reading.class_weights)

    if kind == "sequence":
        shuffles = reading.shuffle is not None
        seed = drawn_seed() if shuffles and reading.seed is None else reading.seed or 0
        return SequenceBatches(
            source,
            argument,
            convert,
            shuffle=shuffles,
            steps=reading.steps,
            seed=seed,
            workers=reading.workers,
            max_queue_size=reading.max_queue_size,
            use_multiprocessing=reading.use_multiprocessing,
        )
    if kind == "dataset":
        return DatasetBatches(
            source, argument, convert, steps=reading.steps, restarts=not reading.is_training
        )
    if reading.use_multiprocessing and reading.workers:
        warnings.warn(
            f"use_multiprocessing=True has no effect on {argument}: a generator cannot be sent to "
            "another process. A thread reads it. A Sequence can be made by processes.",
            RuntimeWarning,
            stacklevel=4,
        )
    total = None
    if reading.is_training and reading.steps is not None:
        total = reading.steps * max(reading.epochs - reading.first_epoch, 0)
    return StreamBatches(
        source,
        argument,
        convert,
        steps=reading.steps,
        total=total,
        workers=reading.workers,
        max_queue_size=reading.max_queue_size,
    )


@dataclass(slots=True)
class ArrayData:
    """Arrays that were opened and found to have the same number of rows."""

    inputs: list[Column]
    y: Any
    sample_weight: Any
    columns: dict[int, Column]
    rows: int

    @classmethod
    def open(cls, x: Any, y: Any, sample_weight: Any, binding: Binding) -> ArrayData:
        """Opens every array.

        Raises:
            ArgumentError: If one is no array of numbers, or their rows differ.
        """
        named = [(name, open_column(name, each)) for name, each in binding.arranged_inputs(x)]
        inputs = [column for _, column in named]
        columns: dict[int, Column] = {}
        for argument, structure in (("y", y), ("sample_weight", sample_weight)):
            for name, each in leaves(argument, structure):
                columns[id(each)] = open_column(name, each)
                named.append((name, columns[id(each)]))
        return cls(inputs, y, sample_weight, columns, check_same_rows(named))

    def split(self, fraction: float) -> tuple[ArrayData, ArrayData]:
        """The first rows for training, the last for validation, in order.

        Raises:
            ArgumentError: If either part would be empty.
        """
        # As the reference computes it, in double precision: 1 - 0.8 is a little less than 0.2.
        first = math.floor(self.rows * (1.0 - fraction))
        if first == 0 or first == self.rows:
            empty = "training" if first == 0 else "validation"
            raise ArgumentError(
                f"validation_split={fraction!r} of {self.rows} rows leaves no row for {empty}.",
                code="fit.validation-split-empty",
                remedy="Choose another fraction, or pass validation_data.",
            )
        return self._part(0, first), self._part(first, self.rows)

    def batches(self, binding: Binding, reading: Reading) -> ArrayBatches:
        """The rows as batches, after the first one was tried on the model.

        Raises:
            ArgumentError: If they do not fit the model.
        """
        size = reading.batch_size
        if size is None:
            size = math.ceil(self.rows / reading.steps) if reading.steps else DEFAULT_BATCH_SIZE
        first = min(size, self.rows)
        binding.learn_inputs([each.read(0, first) for each in self.inputs])
        targets = self._columns_of(binding.arranged_targets(self.y))
        weights = self._columns_of(binding.arranged_weights(self.sample_weight))
        class_weights = reading.class_weights
        raw_targets, raw_weights = _read(targets, first), _read(weights, first)
        if class_weights is not None:
            target = binding.class_target(targets)
            raw_weights = binding.with_class_weights(class_weights, raw_targets, raw_weights)
        binding.learn([each.read(0, first) for each in self.inputs], raw_targets, raw_weights)
        if class_weights is not None:
            cast = binding.weight_cast(raw_weights[0])  # pyright: ignore[reportArgumentType]
            weights = [ClassWeightColumn(class_weights, target, weights[0], cast)]
        shuffles = reading.shuffle is not None
        if reading.shuffle == "rows" and any(isinstance(c, FileColumn) for c in self.inputs):
            _LOG.info(
                "shuffle=True reads %d rows one by one from the file, in a new order in each "
                'epoch. shuffle="batch" reads large blocks, as fast as the disk gives them.',
                self.rows,
            )
        return ArrayBatches(
            [
                column.cast(cast)
                for column, cast in zip(self.inputs, binding.input_casts, strict=True)
            ],
            [
                None if column is None or raw is None else column.cast(binding.target_cast(i, raw))
                for i, (column, raw) in enumerate(zip(targets, raw_targets, strict=True))
            ],
            [
                None if column is None or raw is None else column.cast(binding.weight_cast(raw))
                for column, raw in zip(weights, raw_weights, strict=True)
            ],
            batch_size=size,
            order=reading.shuffle or "file",
            steps=reading.steps,
            passes=self._passes(reading),
            first_epoch=reading.first_epoch if reading.is_training else 0,
            seed=drawn_seed() if shuffles and reading.seed is None else reading.seed or 0,
        )

    @staticmethod
    def _passes(reading: Reading) -> int | None:
        if not reading.is_training:
            return 1
        if reading.steps is None:
            return None
        return max(reading.epochs - reading.first_epoch, 0)

    def _columns_of(self, arranged: list[Any]) -> list[Column | None]:
        return [None if leaf is None else self.columns[id(leaf[1])] for leaf in arranged]

    def _part(self, start: int, stop: int) -> ArrayData:
        return ArrayData(
            [each.part(start, stop) for each in self.inputs],
            self.y,
            self.sample_weight,
            {key: each.part(start, stop) for key, each in self.columns.items()},
            stop - start,
        )


def _read(columns: list[Column | None], rows: int) -> list[Tensor | None]:
    return [None if each is None else each.read(0, rows) for each in columns]


def open_inputs(
    x: Any,
    batch_size: int | None,
    binding: Binding,
    reading: Reading,
    opened: ExitStack,
) -> tuple[Iterator[tuple[Tensor, ...]], int | None]:
    """Batches of inputs for predictions, and how many there will be, if known.

    Raises:
        ArgumentError: If they do not fit the model.
    """
    kind = kind_of("x", x)
    if kind != "arrays":
        refuse_beside(kind, batch_size=batch_size)
        source = open_source("x", x, kind, binding, reading, inputs_only=True)
        opened.callback(source.close)
        source.look_ahead(0)
        return (batch[0] for batch in source.epoch(0)), source.steps
    named = [(name, open_column(name, each)) for name, each in binding.arranged_inputs(x)]
    rows = check_same_rows(named)
    size = reading.batch_size
    if size is None:
        size = math.ceil(rows / reading.steps) if reading.steps else DEFAULT_BATCH_SIZE
    binding.learn_inputs([column.read(0, min(size, rows)) for _, column in named])
    columns = [
        column.cast(cast) for (_, column), cast in zip(named, binding.input_casts, strict=True)
    ]
    batches = ArrayBatches(columns, (), (), batch_size=size, steps=reading.steps, passes=1)
    return (batch[0] for batch in batches.epoch(0)), batches.steps


def validation_parts(validation_data: Any) -> tuple[Any, Any, Any]:
    """x, y and sample weights of validation data given as a tuple or list.

    Raises:
        ArgumentError: If it is something else.
    """
    is_pair = isinstance(validation_data, (tuple, list)) and len(validation_data) in (2, 3)
    if not is_pair:
        given = type(validation_data).__name__
        if isinstance(validation_data, (tuple, list)):
            given += f" of {len(validation_data)}"
        raise ArgumentError(
            "validation_data should be (x, y) or (x, y, sample_weight), or a Sequence, generator "
            f"or dataset; a {given} was given.",
            code="fit.validation-data",
        )
    return unpack(tuple(validation_data))
