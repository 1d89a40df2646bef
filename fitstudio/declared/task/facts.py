"""What follows from the settings and the data: rows, steps, shapes, classes, loss."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.catalogue.entries import CALLBACKS
from fitstudio.declared.formats.registry import find_format
from fitstudio.declared.parameters.fit import DEFAULT_BATCH_SIZE
from fitstudio.declared.parameters.split import LAST
from fitstudio.declared.task.columns import Rows, chosen, kept_rows
from fitstudio.declared.task.dataset_summary import ColumnSummary, DatasetSummary, Shape
from fitstudio.declared.task.split_facts import split_rows
from fitstudio.declared.task.task import Output, Task
from fitstudio.storage.checked import Plain


@dataclass(frozen=True, kw_only=True)
class Facts(Plain):
    """What a run with these settings on these data will be: its rows, steps and answer in figures.

    What concerns the task is taken from `Task`, and stays here for those who read stored runs.

    Args:
        rows: Rows in the file.
        used_rows: Rows that are trained or checked on.
        left_out: Rows that are not used, because a value is missing in them.
        exact: Whether the numbers of rows are exact; else they are close.
        training_rows: Rows that train.
        validation_rows: Rows that check; 0 for none, None while a second file was not read.
        test_rows: Rows that nothing sees until the test part is opened.
        validates: Whether there is anything to check on.
        batch_size: Rows of one step.
        steps_per_epoch: Steps of one epoch.
        validation_steps: Steps of one check; None while unknown.
        epochs_to_run: Epochs from the first to the last.
        total_steps: Steps of the whole run.
        feed: "arrays" or "batches".
        task: "classification" or "regression".
        target: What losses call the target: "numbers", "two classes" or "several classes".
        target_encoding: How ``fit()`` gets the target: "number", "binary", "index" or "onehot".
        class_names: In the order of class numbers; empty for numbers.
        class_counts: Rows of each class among the used rows.
        training_class_counts: Rows of each class among the training rows.
        input_shape: Of one row.
        output_shape: Of one row.
        output_units: How many numbers the model answers with.
        output_activation: "softmax", "sigmoid", "softplus" or "linear".
        loss: The loss's name.
        metrics: Names under which metrics are reported, without the loss.
        monitors: Names that a callback can watch.
        row_name: What one row is called: "row" for tables, else "sample".
    """

    rows: int
    used_rows: int
    left_out: int
    exact: bool
    training_rows: int
    validation_rows: int | None
    validates: bool
    batch_size: int
    steps_per_epoch: int
    validation_steps: int | None
    epochs_to_run: int
    total_steps: int
    feed: str
    task: str
    target: str
    target_encoding: str
    class_names: tuple[str, ...]
    class_counts: tuple[int, ...]
    training_class_counts: tuple[int, ...]
    input_shape: Shape
    output_shape: Shape
    output_units: int
    output_activation: str
    loss: str
    metrics: tuple[str, ...]
    monitors: tuple[str, ...]
    row_name: str = "row"
    test_rows: int = 0


def find_facts(values: Mapping[str, Any], summary: DatasetSummary, task: Task) -> Facts:
    """Work out the facts.

    Args:
        values: The value of every setting that fits its kind, defaults included.
        summary: What is known about the data.
        task: What is to be learned from them.
    """
    output = task.output
    used = chosen(summary, [*(values["fit.x"] or ()), *(values["fit.y"] or ())])
    rows = kept_rows(values, summary, used)
    split = split_rows(values, summary, rows, output)
    training, validation = split.training, split.validation
    batch_size, steps, total = _steps(values, training)
    validates = validation is None or validation > 0
    labelled = summary.column(output.class_column) if output.class_column else None
    counts = tuple(count for _, count in labelled.classes) if labelled is not None else ()
    return Facts(
        rows=summary.rows,
        used_rows=rows.used,
        left_out=summary.rows - rows.used,
        exact=rows.exact and split.exact,
        training_rows=training,
        validation_rows=validation,
        validates=validates,
        batch_size=batch_size,
        steps_per_epoch=steps,
        validation_steps=_validation_steps(values, validation, batch_size),
        epochs_to_run=max(0, values["fit.epochs"] - values["fit.initial_epoch"]),
        total_steps=total,
        feed=values["data.feed"],
        task=output.family,
        target=output.kind,
        target_encoding=output.encoding,
        class_names=output.classes,
        class_counts=_scaled(counts, rows.used),
        training_class_counts=_training_counts(values, labelled, output, rows, training),
        input_shape=task.input.shape,
        output_shape=output.shape,
        output_units=output.units,
        output_activation=output.activation,
        loss=output.loss,
        metrics=output.metrics,
        monitors=_monitors(output.metrics, values, validates=validates),
        row_name=find_format(summary.kind).row,
        test_rows=split.test,
    )


def _steps(values: Mapping[str, Any], training: int) -> tuple[int, int, int]:
    wanted = values["fit.steps_per_epoch"]
    batch_size = values["fit.batch_size"]
    if batch_size is None and wanted is not None and values["data.feed"] == "arrays":
        batch_size = max(1, math.ceil(training / wanted))
    batch_size = batch_size or DEFAULT_BATCH_SIZE
    in_one_pass = math.ceil(training / batch_size)
    epochs = max(0, values["fit.epochs"] - values["fit.initial_epoch"])
    if wanted is None:
        return batch_size, in_one_pass, in_one_pass * epochs
    # The stream has as many passes as `epochs` says, also when the first epochs are skipped.
    passes = values["fit.epochs"] if values["data.feed"] == "arrays" else epochs
    return batch_size, wanted, min(wanted * epochs, in_one_pass * passes)


def _validation_steps(
    values: Mapping[str, Any], validation: int | None, batch_size: int
) -> int | None:
    wanted = values["fit.validation_steps"]
    if validation is None:
        return wanted
    there = math.ceil(validation / (values["fit.validation_batch_size"] or batch_size))
    return there if wanted is None else min(wanted, there)


def _scaled(counts: Sequence[float], rows: int) -> tuple[int, ...]:
    """The counts in proportion, so that they add up to the rows."""
    whole = sum(counts)
    if not whole:
        return tuple(round(count) for count in counts)
    shares = [count * rows / whole for count in counts]
    rounded = [math.floor(share) for share in shares]
    # What is left over goes to those that lost most by rounding down.
    by_loss = sorted(range(len(shares)), key=lambda each: rounded[each] - shares[each])
    for each in by_loss[: max(0, rows - sum(rounded))]:
        rounded[each] += 1
    return tuple(rounded)


def _training_counts(
    values: Mapping[str, Any],
    labelled: ColumnSummary | None,
    output: Output,
    rows: Rows,
    training: int,
) -> tuple[int, ...]:
    """Rows of each class in training: counted where the order is known, else in proportion."""
    if labelled is None:
        return ()
    in_order = values["data.row_order"] == "file" and values["fit.validation_data"] is None
    in_order = in_order and values["data.split"] == LAST
    if in_order and labelled.runs:
        whole = sum(length for _, length in labelled.runs)
        left = dict.fromkeys(output.classes, 0.0)
        remaining = training * whole / max(1, rows.used)
        for label, length in labelled.runs:
            taken = min(length, max(0.0, remaining))
            left[label] = left.get(label, 0.0) + taken
            remaining -= length
        return _scaled([left[name] for name in output.classes], training)
    return _scaled([count for _, count in labelled.classes], training)


def _monitors(
    metrics: tuple[str, ...], values: Mapping[str, Any], *, validates: bool
) -> tuple[str, ...]:
    names = ["loss", *metrics]
    if validates:
        names += [f"val_{name}" for name in names]
    kinds = {item["kind"] for item in values["fit.callbacks"] or () if isinstance(item, Mapping)}
    if any(kind in CALLBACKS and CALLBACKS[kind].sets_rate for kind in kinds):
        names.append("lr")
    return tuple(names)
