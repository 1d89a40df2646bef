"""Makes what ``fit()`` takes out of a data file and a run specification.

The order of things, so that nothing of the validation rows leaks into training:

1. rows with a gap, an unreadable cell or no target are left out (or gaps are to be filled);
2. with ``data.row_order = "random"`` the rows are mixed once, by the run's seed;
3. training, validation and test rows are told apart, as ``fit()`` or the declared split does it;
4. the recipe (means, spreads, fill values) is learned from the training rows only;
5. all rows but those of the test part are encoded with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio.data.preparing import reading_in_pieces
from fitstudio.data.preparing.as_trained.opening import (
    learn_reading,
    learn_sources,
    open_as_trained,
)
from fitstudio.data.preparing.batches import RowBatches
from fitstudio.data.preparing.coding import encoding
from fitstudio.data.preparing.coding.lazy import LazyArray
from fitstudio.data.preparing.learning.learn import learn_inputs, learn_targets
from fitstudio.data.preparing.parts.splitting import divide
from fitstudio.data.preparing.prepared import Prepared
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.data.preparing.recipe.slots import RecipeInput, RecipeOutput, by_slot
from fitstudio.data.preparing.roles import find_task, require_columns
from fitstudio.data.preparing.samples import SampleIndex
from fitstudio.data.preparing.usable_rows import marked_rows, usable_samples
from fitstudio.data.several import SeveralSources
from fitstudio.data.source import Source
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.parameters.fit import DEFAULT_BATCH_SIZE
from fitstudio.declared.parameters.sources import are_several, sources_of
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import ARRAY
from fitstudio.declared.task.preparation import preparation_of
from fitstudio.declared.task.split import TEST, TRAINING, VALIDATION, training_count
from fitstudio.declared.task.task import Task
from fitstudio.words import say


def prepare(
    source: Source,
    spec: RunSpec,
    *,
    base: Path,
    seed: int,
    task: Task | None = None,
    lazily: bool | None = None,
    open_test: bool = False,
) -> Prepared:
    """Prepares a file for training.

    Args:
        source: The opened file.
        spec: What was asked for.
        task: What goes in and what comes out, as it was frozen; else it is worked out here.
        base: The folder that relative paths start from.
        seed: Decides the order of the rows where that is random.
        lazily: Whether arrays stay in their file, where that was decided before; else they do
            where they are too large for the memory.
        open_test: Whether the test part is wanted too; training never asks for it.

    Raises:
        DataError: If the columns cannot be used as asked, or no rows are left.
    """
    source.refuse_problems()
    require_columns(source, spec)
    task = task or find_task(source, spec)
    notes: list[str] = []
    if isinstance(source, SeveralSources):
        notes.extend(source.join_notes())
    samples = usable_samples(source, spec, task, notes)
    if spec.get("data.row_order") == "random":
        samples = samples.taken(np.random.default_rng(seed).permutation(len(samples)))
        notes.append(say("The rows were mixed once, before the split."))
    validation = spec.get("fit.validation_data")
    held_out = samples.taken(slice(0))
    if isinstance(validation, Mapping) and "column" in validation:
        samples, held_out = marked_rows(source, samples, validation)
    split = divide(source, spec, task, samples.rows)
    unseen = samples.taken(slice(0))
    if split is not None:
        unseen = samples.taken(split.mask(TEST, samples.rows))
        if validation is None:
            held_out = samples.taken(split.mask(VALIDATION, samples.rows))
        samples = samples.taken(split.mask(TRAINING, samples.rows))
        notes.extend((split.sentence, *split.notes))
    training = samples
    if validation is None and split is None and spec.get("data.feed") != "batches":
        count = training_count(len(samples), spec.get("fit.validation_split"))
        training = samples.taken(slice(count))
    learned_from = training if len(training) else samples
    recipe = _learn(source, spec, task, learned_from.rows, notes)
    mixing = spec.get("data.mixing")
    encode = partial(_encode, recipe, source, lazily=lazily, whole_pieces=mixing != "rows")
    x, y, weights = encode(samples.rows)
    if isinstance(x, LazyArray) and x.chunk_rows > 1:
        notes.append(reading_in_pieces.note(spec, x.chunk_rows, len(training)))
        rows = reading_in_pieces.held_out_in_order(spec, samples.rows, len(training))
        samples = replace(samples, rows=rows)
        x, y, weights = encode(rows)
        held_out = replace(
            held_out, rows=reading_in_pieces.held_out_in_order(spec, held_out.rows, 0)
        )
    pieces: Any = None
    if len(held_out):
        pieces = encode(held_out.rows)
    elif isinstance(validation, Mapping):
        pieces, held_out = _second_file(recipe, spec, validation, base, notes)
    elif len(training) < len(samples):
        held_out = samples.taken(slice(len(training), None))
    prepared = _hand_over(
        spec, recipe, (x, y, weights), pieces, training, held_out, _findings(source, notes)
    )
    return replace(
        prepared,
        lazily=isinstance(x, LazyArray),
        split=split,
        test=unseen,
        test_data=encode(unseen.rows) if open_test and len(unseen) else None,
    )


def _learn(source: Source, spec: RunSpec, task: Task, rows: np.ndarray, notes: list[str]) -> Recipe:
    inputs = tuple(
        RecipeInput(
            name=slot.name,
            columns=learn_inputs(source, slot.columns, rows, spec=spec, notes=notes),
        )
        for slot in task.inputs
    )
    outputs = tuple(
        RecipeOutput(
            name=slot.name,
            columns=learn_targets(
                source, slot.columns, rows, loss=slot.loss, encoding=slot.encoding,
                method=spec.get("data.scale_target"), notes=notes,
            ),
            encoding=slot.encoding,
            task=slot.family,
        )
        for slot in task.outputs
    )  # fmt: skip
    notes[:] = dict.fromkeys(notes)  # what was done to several slots is said once
    recipe = Recipe(
        inputs=inputs,
        outputs=outputs,
        # Which columns are filled, these say themselves.
        missing="fill" if _fills(spec, task) else "drop",
        weight=spec.get("fit.sample_weight"),
        training_rows=len(rows),
        notes=tuple(notes),
    )
    if isinstance(source, SeveralSources):
        return replace(recipe, sources=learn_sources(source, recipe, spec.data))
    given = spec.get("data.options") or {}
    return replace(recipe, reading=learn_reading(source, recipe, given))


def _fills(spec: RunSpec, task: Task) -> bool:
    """Whether any gap is filled, so that its row stays."""
    return any(
        not preparation_of(spec, column.name, column.role).drops
        for slot in task.inputs
        for column in slot.columns
        if column.role != ARRAY
    )


def _encode(
    recipe: Recipe, source: Source, rows: np.ndarray, *, lazily: bool | None, whole_pieces: bool
) -> tuple[Any, Any, Any]:
    x = by_slot(
        {
            slot.name: _input(recipe, slot, source, rows, lazily=lazily, whole_pieces=whole_pieces)
            for slot in recipe.inputs
        }
    )
    y = by_slot(
        {
            slot.name: encoding.encode_targets(slot.columns, slot.encoding, source, [])[0]
            for slot in recipe.outputs
        }
    )
    weights = None
    if recipe.weight is not None:
        weights = encoding.encode_weights(recipe.weight, source)[0][rows]
    return x, encoding.pick(y, rows), weights


def _input(
    recipe: Recipe,
    slot: RecipeInput,
    source: Source,
    rows: np.ndarray,
    *,
    lazily: bool | None,
    whole_pieces: bool,
) -> Any:
    """One input of these rows."""
    names = list(slot.names)
    if slot.slot.encoding == ARRAY:
        arrays = [source.array(name) for name in names]
        return encoding.lazy_inputs(
            slot.columns, arrays, rows, lazily=lazily, whole_pieces=whole_pieces
        )
    matrix, _ = encoding.encode_table(slot.columns, source, names, recipe.missing, [])
    return matrix[rows]


def _second_file(
    recipe: Recipe, spec: RunSpec, validation: Mapping[str, Any], base: Path, notes: list[str]
) -> tuple[tuple[Any, Any, Any], SampleIndex]:
    data = _as_in_training(spec, validation)
    heard: list[str] = []
    with open_as_trained(recipe, data, base, notes=heard, answers=True) as source:
        x, y, weights, samples = recipe.apply_with_targets(source, notes=heard)
    notes.extend(say("Validation file: {note}", note=note) for note in heard)
    return (x, y, weights), samples


def _as_in_training(spec: RunSpec, validation: Mapping[str, Any]) -> dict[str, Any]:
    """What is said about the file to check on, with what columns are taken for in training."""
    if "sources" not in validation:
        columns = {} if are_several(spec.data) else spec.get("data.columns")
        return {"columns": columns or {}, **validation}
    known = sources_of(spec.data)
    return {
        "sources": {
            name: {"columns": known.get(name, {}).get("columns") or {}, **source}
            for name, source in validation["sources"].items()
        }
    }


def _hand_over(
    spec: RunSpec,
    recipe: Recipe,
    pieces: tuple[Any, Any, Any],
    validation: tuple[Any, Any, Any] | None,
    training: SampleIndex,
    held_out: SampleIndex,
    findings: tuple[Finding, ...],
) -> Prepared:
    x, y, weights = pieces
    checked: Any = None
    if validation is not None:
        checked = validation if validation[2] is not None else validation[:2]
    if spec.get("data.feed") == "batches":
        size = spec.get("fit.batch_size") or DEFAULT_BATCH_SIZE
        x, y, weights = RowBatches(x, y, weights, batch_size=size), None, None
        if validation is not None:
            checked = RowBatches(*validation, batch_size=size)
    return Prepared(
        x=x,
        y=y,
        sample_weight=weights,
        validation_data=checked,
        recipe=recipe,
        training=training,
        validation=held_out,
        findings=findings,
    )


def _findings(source: Source, notes: list[str]) -> tuple[Finding, ...]:
    return tuple(Finding("data.prepared", Severity.ADVICE, "data.file", note) for note in notes)
