"""Opens a source of batches, or inputs to predict, whatever they are."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any, Literal

from torch import Tensor
from torch.utils.data import Dataset, IterableDataset

from fitstudio.engine.feeding.batches import Batches
from fitstudio.engine.feeding.batches_array import ArrayBatches
from fitstudio.engine.feeding.batches_sequence import SequenceBatches
from fitstudio.engine.feeding.batches_source import DatasetBatches, StreamBatches
from fitstudio.engine.feeding.binding import Binding, unpack
from fitstudio.engine.feeding.not_numbers import refuse_closed
from fitstudio.engine.feeding.open_column import check_same_rows, is_array, open_column
from fitstudio.engine.feeding.reading import Reading
from fitstudio.engine.sequence import Sequence
from fitstudio.engine.state.random_state import drawn_seed
from fitstudio.errors import ArgumentError
from fitstudio.words import marked, say, say_marked

Kind = Literal["arrays", "sequence", "dataset", "generator"]

# A Sequence written for the reference derives from its class, and has the same methods.
_SEQUENCE_METHODS = ("__len__", "__getitem__", "on_epoch_end")


def kind_of(argument: str, value: Any) -> Kind:
    """What kind of source something is.

    Raises:
        ArgumentError: If no batch can come from it.
    """
    refuse_closed(argument, value)
    if isinstance(value, Sequence) or all(hasattr(value, name) for name in _SEQUENCE_METHODS):
        return "sequence"
    if isinstance(value, (Mapping, list, tuple)) or is_array(value):
        return "arrays"
    if value is None or isinstance(value, (str, bytes)):
        given = "nothing" if value is None else "text"
        raise ArgumentError(
            say("{argument} is {given}; it should be data.", argument=argument, given=given),
            code="fit.no-data",
            remedy=say("Pass arrays, a Sequence, a generator or a DataLoader."),
        )
    if inspect.isfunction(value) or inspect.isclass(value) or inspect.ismethod(value):
        raise ArgumentError(
            say(
                "{argument} is a {inspect}, not data.",
                argument=argument,
                inspect=say("class") if inspect.isclass(value) else say("function"),
            ),
            code="fit.not-called",
            remedy=say("Call it: {value}().", value=getattr(value, "__name__", argument)),
        )
    if isinstance(value, Iterator):
        return "generator"
    if isinstance(value, Dataset) and not isinstance(value, IterableDataset):
        raise ArgumentError(
            say("{argument} is a torch Dataset, which gives single samples.", argument=argument),
            code="fit.dataset-of-samples",
            remedy=say(
                "Wrap it: torch.utils.data.DataLoader({argument}, batch_size=32).",
                argument=argument,
            ),
        )
    if hasattr(value, "__iter__"):
        return "dataset"
    raise ArgumentError(
        say(
            "{argument} is a {kind}; no rows or batches can be read from it.",
            argument=argument,
            kind=type(value).__name__,
        ),
        code="fit.not-data",
        remedy=say("Pass arrays, a Sequence, a generator or a DataLoader."),
    )


_SPOKEN: dict[str, str] = {
    "sequence": marked("a Sequence"),
    "generator": marked("a generator"),
    "dataset": marked("a dataset or DataLoader"),
}


def refuse_beside(kind: Kind, **arguments: Any) -> None:
    """Refuses arguments that have no place beside a source that makes batches itself.

    Raises:
        ArgumentError: Names the first of them that was given.
    """
    for name, value in arguments.items():
        if value is not None:
            raise ArgumentError(
                say(
                    "{name} has no place beside {spoken} given as x (a generator or Sequence "
                    "makes its batches itself).",
                    name=name,
                    spoken=say_marked(_SPOKEN[kind]),
                ),
                code=f"fit.{name}-beside-source",
                remedy=say(
                    "Leave {name} out; batches may be (inputs, targets, sample weights).", name=name
                ),
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
            say(
                "use_multiprocessing=True has no effect on {argument}: a generator cannot be "
                "sent to another process. A thread reads it. A Sequence can be made by "
                "processes.",
                argument=argument,
            ),
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
    size = reading.size_for(rows)
    if binding.part_rows is not None:  # training found out that no more fit
        size = min(size, binding.part_rows)
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
            given = say("{given} of {length}", given=given, length=len(validation_data))
        raise ArgumentError(
            say(
                "validation_data should be (x, y) or (x, y, sample_weight), or a Sequence, "
                "generator or dataset; a {given} was given.",
                given=given,
            ),
            code="fit.validation-data",
        )
    return unpack(tuple(validation_data))
