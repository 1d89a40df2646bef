"""Opens x, y and sample_weight given as arrays: checks, splits and puts them in order."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from fitstudio.engine.feeding.arrangement import leaves
from fitstudio.engine.feeding.batches_array import ArrayBatches
from fitstudio.engine.feeding.binding import Binding
from fitstudio.engine.feeding.class_weights import ClassWeightColumn
from fitstudio.engine.feeding.columns import Column, FileColumn
from fitstudio.engine.feeding.open_column import check_same_rows, open_column
from fitstudio.engine.feeding.reading import Reading
from fitstudio.engine.state.random_state import drawn_seed
from fitstudio.errors import ArgumentError
from fitstudio.words import say

_LOG = logging.getLogger(__name__)


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
                say(
                    "validation_split={fraction} of {rows} rows leaves no row for {empty}.",
                    fraction=repr(fraction),
                    rows=self.rows,
                    empty=empty,
                ),
                code="fit.validation-split-empty",
                remedy=say("Choose another fraction, or pass validation_data."),
            )
        return self._part(0, first), self._part(first, self.rows)

    def batches(self, binding: Binding, reading: Reading) -> ArrayBatches:
        """The rows as batches, after the first one was tried on the model.

        Raises:
            ArgumentError: If they do not fit the model.
        """
        size = reading.size_for(self.rows)
        first = min(size, self.rows, binding.part_rows or size)
        binding.learn_inputs([each.read(0, first) for each in self.inputs])
        targets = self._columns_of(binding.arranged_targets(self.y))
        weights = self._columns_of(binding.arranged_weights(self.sample_weight))
        class_weights = reading.class_weights
        raw_targets, raw_weights = _read(targets, first), _read(weights, first)
        if class_weights is not None:
            target = binding.class_target(targets)
            raw_weights = binding.with_class_weights(class_weights, raw_targets, raw_weights)
            cast = binding.weight_cast()
            weights = [ClassWeightColumn(class_weights, target, weights[0], cast)]
        binding.learn([each.read(0, first) for each in self.inputs], raw_targets, raw_weights)
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
                None if column is None or raw is None else column.cast(binding.weight_cast())
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
