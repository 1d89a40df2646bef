"""How rows become what the model sees, and how its answers become words and units again.

A recipe is learned from the training rows, stored as JSON inside the model, and applied unchanged
to any later file. Columns are found by name, in whatever order they stand there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from fitstudio.data.columns.source import Source
from fitstudio.data.preparing import decoding, encoding
from fitstudio.data.preparing.reading import Reading
from fitstudio.data.preparing.recipe_column import RecipeColumn, damaged, one_of, text, whole
from fitstudio.data.preparing.recipe_source import RecipeSource
from fitstudio.data.preparing.samples import SampleIndex
from fitstudio.declared.parameters.sources import parted_name
from fitstudio.declared.task.task import CLASSIFICATION, Slot, make_input
from fitstudio.errors import DataError

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
        reading: How the training file was read; None in models of versions that did not keep it,
            and where there were several files.
        sources: The files, where there were several; columns are then called `source/column`.
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
    sources: tuple[RecipeSource, ...] = ()

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

    def needed_sources(self, *, answers: bool) -> tuple[str, ...]:
        """The names of the files without which the columns are not there.

        Args:
            answers: Whether the targets and the weights are needed as well.
        """
        names = [*self.input_names, *(self.answer_names if answers else ())]
        used = {parted_name(name)[0] for name in names}
        found = [source for source in self.sources if source.name in used]
        # Rows that are found by a column are found for those of the first file.
        if len(found) > 1 and any(source.by is not None for source in found):
            used.add(self.sources[0].name)
        return tuple(source.name for source in self.sources if source.name in used)

    def of_source(self, name: str) -> Recipe:
        """What of it concerns one of the files, with the names that columns have there.

        The columns that say which rows belong together are among the inputs.
        """
        (own,) = (source for source in self.sources if source.name == name)
        inputs, targets = (_bare(columns, name) for columns in (self.inputs, self.targets))
        wanted = [own.by] if own.by is not None else []
        if own is self.sources[0]:
            wanted = [str(source.to) for source in self.sources if source.by is not None]
        known = {column.name for column in (*inputs, *targets)}
        names = [each for each in dict.fromkeys(wanted) if each not in known]
        weight = None if self.weight is None else parted_name(self.weight)
        return replace(
            self,
            inputs=(*inputs, *(RecipeColumn(name=each, role="category") for each in names)),
            targets=targets,
            weight=weight[1] if weight is not None and weight[0] == name else None,
            reading=own.reading,
            sources=(),
        )

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
        } | ({"sources": [source.to_json() for source in self.sources]} if self.sources else {})

    @classmethod
    def from_json(cls, data: Any) -> Recipe:
        """Reads a stored recipe.

        Raises:
            DataError: If it is damaged, or of a later version.
        """
        if not isinstance(data, Mapping):
            raise damaged("it is no object")
        if data.get("format") != FORMAT:
            raise DataError(
                f"The preparation stored in this model has format {data.get('format')!r}; this "
                f"version of FitStudio knows format {FORMAT}.",
                code="recipe.format",
                remedy="Open it with a later version.",
            )
        inputs, targets = data.get("inputs"), data.get("targets")
        if not isinstance(inputs, list) or not isinstance(targets, list) or not inputs:
            raise damaged("its columns are missing")
        if len(inputs) + len(targets) > _MOST_COLUMNS:
            raise damaged("it has too many columns")
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
                sources=tuple(map(RecipeSource.from_json, data.get("sources", ()))),
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
            raise damaged("its inputs do not go together") from problem
        if self.task == CLASSIFICATION and self.class_column is None:
            raise damaged("its classes are missing")
        names = [source.name for source in self.sources]
        used = {parted_name(name)[0] for name in (*self.input_names, *self.answer_names)}
        if self.sources and (len(set(names)) < len(names) or not used <= set(names)):
            raise damaged("its columns are of files that it does not name")

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
            notes.append(f"{int((~kept).sum())} rows without a known target were left out.")
        samples = samples.taken(kept)
        if not len(samples):
            raise DataError(
                f"No row of {source.file!r} can be measured. {' '.join(notes)}".rstrip(),
                code="data.no-rows",
                remedy="Each row needs an answer that training has shown.",
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


def _bare(columns: tuple[RecipeColumn, ...], name: str) -> tuple[RecipeColumn, ...]:
    """The columns of one file, with the names that they have there."""
    parted = [(column, *parted_name(column.name)) for column in columns]
    return tuple(replace(column, name=held) for column, source, held in parted if source == name)
