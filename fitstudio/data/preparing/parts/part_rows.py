"""Which rows of a file train, check and stay unseen, before anything is encoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fitstudio.data.columns.source import Source
from fitstudio.data.preparing.parts.splitting import divide
from fitstudio.data.preparing.roles import find_task
from fitstudio.data.preparing.usable_rows import marked_rows, usable_samples
from fitstudio.declared.parameters.split import LAST, RANDOM, STRATIFIED
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.split import TEST, TRAINING, VALIDATION, training_count
from fitstudio.declared.task.task import Task


@dataclass(frozen=True, kw_only=True)
class PartRows:
    """The rows of each part, from 0.

    Args:
        task: What is learned.
        training: Those that train.
        validation: Those that check; none where a second file does.
        test: Those that nothing sees.
        own_file: Whether the rows that check are of this file.
        is_sure: Whether these are the very rows; without a seed others will be drawn.
        is_free: Whether a person left it to the program which rows check.
    """

    task: Task
    training: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    own_file: bool
    is_sure: bool
    is_free: bool


def rows_of_parts(source: Source, spec: RunSpec) -> PartRows:
    """The rows of each part, as `prepare` will have them; a seed that is not set yet counts as 0.

    Raises:
        DataError: As `prepare`.
    """
    task = find_task(source, spec)
    samples = usable_samples(source, spec, task, [])
    validation = spec.get("fit.validation_data")
    if spec.get("data.row_order") == "random":
        seed = spec.get("run.seed") or 0
        samples = samples.taken(np.random.default_rng(seed).permutation(len(samples)))
    rows, held_out, unseen = samples.rows, samples.rows[:0], samples.rows[:0]
    if isinstance(validation, Mapping) and "column" in validation:
        training, checking = marked_rows(source, samples, validation)
        rows, held_out = training.rows, checking.rows
    split = divide(source, spec, task, rows)
    if split is not None:
        unseen = rows[split.mask(TEST, rows)]
        if validation is None:
            held_out = rows[split.mask(VALIDATION, rows)]
        rows = rows[split.mask(TRAINING, rows)]
    elif validation is None and spec.get("data.feed") != "batches":
        count = training_count(len(rows), spec.get("fit.validation_split"))
        rows, held_out = rows[:count], rows[count:]
    return PartRows(
        task=task,
        training=rows,
        validation=held_out,
        test=unseen,
        own_file=validation is None or "column" in validation,
        is_sure=spec.get("data.row_order") == "file"
        or split is not None
        or spec.get("run.seed") is not None,
        is_free=validation is None and spec.get("data.split") in (LAST, RANDOM, STRATIFIED),
    )
