"""How rows become what the model sees, and how its answers become words and units again.

A recipe is learned from the training rows, stored as JSON inside the model, and applied unchanged
to any later file. Columns are found by name, in whatever order they stand there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from fitstudio.data.columns.source import Source
from fitstudio.data.preparing import decoding, encoding
from fitstudio.data.preparing.reading import Reading
from fitstudio.data.preparing.recipe_column import RecipeColumn, damaged, one_of, text, whole
from fitstudio.data.preparing.samples import SampleIndex
from fitstudio.declared.task.task import CLASSIFICATION, Slot, make_input
from fitstudio.errors import DataError
from fitstudio.words import say

FORMAT = 1
_MOST_COLUMNS = 100_000


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How rows become inputs and targets, learned from training rows.

    Args:
        inputs: In the order in which the model takes them.
        targets: What is predicted.
        encoding: How targets are given to ``fit()``: "number", "binary", "index" or "onehot".
        task: "classification" or "regression".
        missing: "drop" or "fill".
        weight: The column with sample weights, or None.
        training_rows: Rows that the recipe was learned from.
        notes: What was done, in sentences.
        reading: How the training file was read; None in models of versions that did not keep it.
    """

    inputs: tuple[RecipeColumn, ...]
    targets: tuple[RecipeColumn, ...] = ()
    encoding: str = "number"
    task: str = "regression"
    missing: str = "drop"
    weight: str | None = None
    training_rows: int = 0
    notes: tuple[str, ...] = field(default=())
    reading: Reading | None = None

    @property
    def input_names(self) -> tuple[str, ...]:
        """The columns that a file needs for predictions."""
        return tuple(column.name for column in self.inputs)

    @property
    def answer_names(self) -> tuple[str, ...]:
        """The columns that are no inputs and have a use all the same: targets and the weight."""
        targets = tuple(column.name for column in self.targets)
        return targets if self.weight is None else (*targets, self.weight)

    @property
    def number_names(self) -> tuple[str, ...]:
        """The columns whose cells are read as numbers."""
        columns = (*self.inputs, *self.targets)
        names = [each.name for each in columns if each.role == "number" or each.numeric_labels]
        return tuple(names if self.weight is None else (*names, self.weight))

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """The classes in the order of their numbers; None for regression."""
        column = self.class_column
        return None if column is None else column.labels

    @property
    def class_column(self) -> RecipeColumn | None:
        """The column whose classes are predicted; None for regression."""
        if self.task != CLASSIFICATION:
            return None
        return next((column for column in self.targets if column.labels), None)

    @cached_property
    def input_slot(self) -> Slot:
        """The model's input, as the columns make it.

        Raises:
            DataError: If they do not go together, which only a damaged recipe can say.
        """
        return make_input([column.in_slot for column in self.inputs])

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one row of inputs."""
        return self.input_slot.shape

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "format": FORMAT,
            "inputs": [column.to_json() for column in self.inputs],
            "targets": [column.to_json() for column in self.targets],
            "encoding": self.encoding,
            "task": self.task,
            "missing": self.missing,
            "weight": self.weight,
            "training_rows": self.training_rows,
            "notes": list(self.notes),
            "reading": None if self.reading is None else self.reading.to_json(),
        }

    @classmethod
    def from_json(cls, data: Any) -> Recipe:
        """Reads a stored recipe.

        Raises:
            DataError: If it is damaged, or of a later version.
        """
        if not isinstance(data, Mapping):
            raise damaged(say("it is no object"))
        if data.get("format") != FORMAT:
            raise DataError(
                say(
                    "The preparation stored in this model has format {format}; this version "
                    "of FitStudio knows format {format_2}.",
                    format=repr(data.get("format")),
                    format_2=FORMAT,
                ),
                code="recipe.format",
                remedy=say("Open it with a later version."),
            )
        inputs, targets = data.get("inputs"), data.get("targets")
        if not isinstance(inputs, list) or not isinstance(targets, list) or not inputs:
            raise damaged(say("its columns are missing"))
        if len(inputs) + len(targets) > _MOST_COLUMNS:
            raise damaged(say("it has too many columns"))
        try:
            recipe = cls(
                inputs=tuple(map(RecipeColumn.from_json, inputs)),
                targets=tuple(map(RecipeColumn.from_json, targets)),
                encoding=one_of(data["encoding"], ("number", "binary", "index", "onehot")),
                task=one_of(data["task"], ("classification", "regression")),
                missing=one_of(data["missing"], ("drop", "fill")),
                weight=None if data.get("weight") is None else text(data["weight"]),
                training_rows=whole(data.get("training_rows", 0)),
                notes=tuple(map(text, data.get("notes", ()))),
                reading=(
                    None if data.get("reading") is None else Reading.from_json(data["reading"])
                ),
            )
        except (KeyError, TypeError, ValueError) as problem:
            raise damaged(str(problem)) from problem
        recipe._refuse_contradictions()
        return recipe

    def _refuse_contradictions(self) -> None:
        """Refuses columns that were never learned together."""
        try:
            _ = self.input_slot
        except DataError as problem:
            raise damaged(say("its inputs do not go together")) from problem
        if self.task == CLASSIFICATION and self.class_column is None:
            raise damaged(say("its classes are missing"))

    def apply(self, source: Source, *, notes: list[str] | None = None) -> tuple[Any, SampleIndex]:
        """The inputs of another file.

        Args:
            source: The file.
            notes: Gets a sentence for whatever was not quite as in training.

        Returns:
            What the model takes, and where each sample of it comes from.

        Raises:
            DataError: If a column that is needed is missing.
        """
        return encoding.encode_inputs(
            self.inputs,
            source,
            self.missing,
            notes if notes is not None else [],
            answers=self.answer_names,
        )

    def apply_with_targets(
        self, source: Source, *, notes: list[str] | None = None
    ) -> tuple[Any, Any, Any, SampleIndex]:
        """Inputs, targets and weights (or None) of another file, and where each sample comes from.

        Rows without a target, or with one that the model does not know, are left out.

        Raises:
            DataError: If a column that is needed is missing.
        """
        notes = notes if notes is not None else []
        x, samples = self.apply(source, notes=notes)
        y, known = encoding.encode_targets(self.targets, self.encoding, source, notes)
        weights = None
        if self.weight is not None and self.weight in source.names:
            weights, weighed = encoding.encode_weights(self.weight, source)
            known &= weighed
        kept = known[samples.rows]
        if not kept.all():
            notes.append(
                say("{kept} rows without a known target were left out.", kept=int((~kept).sum()))
            )
        samples = samples.taken(kept)
        if not len(samples):
            raise DataError(
                f"No row of {source.file!r} can be measured. {' '.join(notes)}".rstrip(),
                code="data.no-rows",
                remedy=say("Each row needs an answer that training has shown."),
            )
        x = encoding.pick(x, np.flatnonzero(kept)) if not kept.all() else x
        return x, encoding.pick(y, samples.rows), encoding.pick(weights, samples.rows), samples

    def decode(self, predictions: np.ndarray, *, logits: bool = False) -> dict[str, np.ndarray]:
        """What predictions mean: class names and probabilities, or numbers in their own units.

        Args:
            predictions: What the model answers, one row for each sample.
            logits: Whether the model ends without softmax or sigmoid.

        Returns:
            For classes: the target's name with the likeliest class, then ``probability CLASS`` for
            each class. For numbers: each target's name with its values.
        """
        if (column := self.class_column) is not None:
            return decoding.decode_classes(column, predictions, logits=logits)
        return decoding.decode_numbers(self.targets, predictions)

    def decode_targets(self, targets: np.ndarray) -> dict[str, np.ndarray]:
        """Encoded targets as they stand in the data: class names, or numbers in their units."""
        if (column := self.class_column) is not None:
            return decoding.decode_labels(column, self.encoding, targets)
        return decoding.decode_numbers(self.targets, targets)

    def target_spread(self) -> float | None:
        """What one unit of the loss's scale is in the target's own units; None for classes.

        A mean absolute error times this is in the target's units; a mean squared error, times its
        square.
        """
        if self.task == CLASSIFICATION:
            return None
        match self.targets:
            case (RecipeColumn(scale=(spread,)),):
                return spread
        return None
