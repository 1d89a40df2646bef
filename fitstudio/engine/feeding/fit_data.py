"""Opens the data of fit(): what to train on, and what to validate on."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from fitstudio.engine.binding import Binding
from fitstudio.engine.feeding.array_data import ArrayData
from fitstudio.engine.feeding.batches import Batches
from fitstudio.engine.feeding.batches_array import ArrayBatches
from fitstudio.engine.feeding.one_row import check_one_row
from fitstudio.engine.feeding.opening import kind_of, open_source, refuse_beside, validation_parts
from fitstudio.engine.feeding.reading import Reading
from fitstudio.engine.fit_arguments import FitArguments


def open_fit_data(
    given: tuple[Any, Any, Any],
    validation_data: Any,
    binding: Binding,
    asked: FitArguments,
    opened: ExitStack,
) -> tuple[Batches, Batches | None]:
    """Training and validation data as batches, the first of each tried on the model.

    Args:
        given: x, y and sample_weight as they were passed.
        validation_data: As it was passed.
        binding: Turns data into tensors that fit the model.
        asked: fit()'s other arguments.
        opened: Closes what is opened here.

    Raises:
        ArgumentError: If something cannot be read or does not fit.
    """
    x, y, sample_weight = given
    kind = kind_of("x", x)
    if kind == "generator" and validation_data is x:
        # Two threads cannot take turns with one generator.
        asked = replace(
            asked,
            training=replace(asked.training, workers=0),
            validation=replace(asked.validation, workers=0),
        )
    fraction = asked.validation_split if validation_data is None else 0.0
    held_out: ArrayData | None = None
    batches: Batches
    if kind == "arrays":
        data = ArrayData.open(x, y, sample_weight, binding)
        if fraction:
            data, held_out = data.split(fraction)
        batches = in_arrays = data.batches(binding, asked.training)
        _check_last_batch(data, in_arrays, binding, asked)
    else:
        refuse_beside(
            kind,
            y=y,
            batch_size=asked.training.batch_size,
            sample_weight=sample_weight,
            validation_split=fraction or None,
        )
        batches = open_source("x", x, kind, binding, asked.training)
    opened.callback(batches.close)
    if asked.training.first_epoch < asked.training.epochs:
        batches.look_ahead(asked.training.first_epoch)
    validation = _open_validation(validation_data, held_out, binding, asked.validation)
    if validation is not None:
        opened.callback(validation.close)
    return batches, validation


def _check_last_batch(
    data: ArrayData, batches: ArrayBatches, binding: Binding, asked: FitArguments
) -> None:
    steps, reading = asked.training.steps, asked.training
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
        part_size=asked.micro_batch_size,
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
