"""Opens the data of fit(): what to train on, and what to validate on."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from fitstudio.engine.feeding.array_data import ArrayData
from fitstudio.engine.feeding.batches import Batches
from fitstudio.engine.feeding.batches_array import ArrayBatches
from fitstudio.engine.feeding.binding import Binding
from fitstudio.engine.feeding.one_row import check_one_row
from fitstudio.engine.feeding.opening import kind_of, open_source, refuse_beside, validation_parts
from fitstudio.engine.feeding.reading import Reading


def open_fit_data(
    given: tuple[Any, Any, Any],
    validation_data: Any,
    binding: Binding,
    opened: ExitStack,
    *,
    training: Reading,
    validation: Reading,
    validation_split: float,
    micro_batch_size: int | None,
) -> tuple[Batches, Batches | None]:
    """Training and validation data as batches, the first of each tried on the model.

    Args:
        given: x, y and sample_weight as they were passed.
        validation_data: As it was passed.
        binding: Turns data into tensors that fit the model.
        opened: Closes what is opened here.
        training: How training data are read.
        validation: How validation data are read.
        validation_split: The fraction of the rows that is kept for validation.
        micro_batch_size: Rows of the parts that batches are split into, or None.

    Raises:
        ArgumentError: If something cannot be read or does not fit.
    """
    x, y, sample_weight = given
    kind = kind_of("x", x)
    if kind == "generator" and validation_data is x:
        # Two threads cannot take turns with one generator.
        training = replace(training, workers=0)
        validation = replace(validation, workers=0)
    fraction = validation_split if validation_data is None else 0.0
    held_out: ArrayData | None = None
    batches: Batches
    if kind == "arrays":
        data = ArrayData.open(x, y, sample_weight, binding)
        if fraction:
            data, held_out = data.split(fraction)
        batches = in_arrays = data.batches(binding, training)
        _check_last_batch(data, in_arrays, binding, training, part_size=micro_batch_size)
    else:
        refuse_beside(
            kind,
            y=y,
            batch_size=training.batch_size,
            sample_weight=sample_weight,
            validation_split=fraction or None,
        )
        batches = open_source("x", x, kind, binding, training)
    opened.callback(batches.close)
    if training.first_epoch < training.epochs:
        batches.look_ahead(training.first_epoch)
    checked_on = _open_validation(validation_data, held_out, binding, validation)
    if checked_on is not None:
        opened.callback(checked_on.close)
    return batches, checked_on


def _check_last_batch(
    data: ArrayData,
    batches: ArrayBatches,
    binding: Binding,
    reading: Reading,
    *,
    part_size: int | None,
) -> None:
    steps = reading.steps
    trained = None if steps is None else steps * max(reading.epochs - reading.first_epoch, 0)
    if reading.shuffle == "chunks":
        trained = None  # the short batch may come at any place
    row = [
        cast(each.read(0, 1)) for cast, each in zip(binding.input_casts, data.inputs, strict=True)
    ]
    check_one_row(
        binding,
        row,
        rows=data.rows,
        batch_size=batches.batch_size,
        part_size=part_size,
        batches=trained,
    )


def _open_validation(
    validation_data: Any, held_out: ArrayData | None, binding: Binding, reading: Reading
) -> Batches | None:
    if held_out is not None:
        return held_out.batches(binding, reading)
    if validation_data is None:
        return None
    kind = kind_of("validation_data", validation_data)
    if kind == "arrays":
        data = ArrayData.open(*validation_parts(validation_data), binding)
        return data.batches(binding, reading)
    # Not looked at yet: a stream is read when the first validation is due.
    return open_source("validation_data", validation_data, kind, binding, reading)
