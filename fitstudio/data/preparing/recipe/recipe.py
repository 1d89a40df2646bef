"""How rows become what the model sees, and how its answers become words and units again.

A recipe is learned from the training rows, stored as JSON inside the model, and applied unchanged
to any later file. Columns are found by name, in whatever order they stand there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
from msgspec import Meta

from fitstudio.data.columns.source import Source
from fitstudio.data.preparing.coding import decoding, encoding
from fitstudio.data.preparing.coding.recipe_column import Name, RecipeColumn, Size, damaged
from fitstudio.data.preparing.recipe.reading import Reading
from fitstudio.data.preparing.recipe.slots import RecipeInput, RecipeOutput, by_slot
from fitstudio.data.preparing.recipe.source import RecipeSource
from fitstudio.data.preparing.samples import SampleIndex
from fitstudio.declared.parameters.sources import parted_name
from fitstudio.declared.task.task import CLASSIFICATION, single
from fitstudio.errors import DataError
from fitstudio.storage.checked import MisfitError, Plain
from fitstudio.words import say, say_count

FORMAT = 2

_Inputs = Annotated[tuple[RecipeInput, ...], Meta(min_length=1, max_length=1_000)]
_Outputs = Annotated[tuple[RecipeOutput, ...], Meta(max_length=1_000)]
_MOST_COLUMNS = 100_000


@dataclass(frozen=True, kw_only=True)
class Recipe(Plain):
    """How rows become inputs and targets, learned from training rows.

    It has the slots of the task. Whoever can deal with one input or output only asks for `input`
    and `output`, and is refused where there are several.

    Args:
        inputs: In the order in which the model takes them.
        outputs: In the order in which it answers.
        missing: "drop" or "fill".
        weight: The column with sample weights, or None.
        training_rows: Rows that the recipe was learned from.
        notes: What was done, in sentences.
        reading: How the training file was read; None in models of versions that did not keep it,
            and where there were several files.
        sources: The files, where there were several; columns are then called `source/column`.
    """

    inputs: _Inputs
    outputs: _Outputs = ()
    missing: Literal["drop", "fill"] = "drop"
    weight: Name | None = None
    training_rows: Size = 0
    notes: tuple[Name, ...] = ()
    reading: Reading | None = None
    sources: tuple[RecipeSource, ...] = ()

    @property
    def input(self) -> RecipeInput:
        """The input of a model that has one.

        Raises:
            DataError: If it has several.
        """
        return single(self.inputs, "inputs")

    @property
    def output(self) -> RecipeOutput:
        """The output of a model that has one.

        Raises:
            DataError: If it has several.
        """
        return single(self.outputs, "outputs")

    @property
    def input_columns(self) -> tuple[RecipeColumn, ...]:
        """The columns of all inputs."""
        return tuple(column for slot in self.inputs for column in slot.columns)

    @property
    def target_columns(self) -> tuple[RecipeColumn, ...]:
        """The columns of all outputs."""
        return tuple(column for slot in self.outputs for column in slot.columns)

    @property
    def input_names(self) -> tuple[str, ...]:
        """The columns that a file needs for predictions."""
        return tuple(column.name for column in self.input_columns)

    @property
    def answer_names(self) -> tuple[str, ...]:
        """The columns that are no inputs and have a use all the same: targets and the weight."""
        targets = tuple(column.name for column in self.target_columns)
        return targets if self.weight is None else (*targets, self.weight)

    @property
    def number_names(self) -> tuple[str, ...]:
        """The columns whose cells are read as numbers."""
        columns = (*self.input_columns, *self.target_columns)
        names = [each.name for each in columns if each.role == "number" or each.numeric_labels]
        return tuple(names if self.weight is None else (*names, self.weight))

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
        inputs, targets = (
            _bare(columns, name) for columns in (self.input_columns, self.target_columns)
        )
        wanted = [own.by] if own.by is not None else []
        if own is self.sources[0]:
            wanted = [str(source.to) for source in self.sources if source.by is not None]
        known = {column.name for column in (*inputs, *targets)}
        names = [each for each in dict.fromkeys(wanted) if each not in known]
        weight = None if self.weight is None else parted_name(self.weight)
        keys = tuple(RecipeColumn(name=each, role="category") for each in names)
        return replace(
            self,
            inputs=(RecipeInput(name=name, columns=(*inputs, *keys)),),
            outputs=(RecipeOutput(name=name, columns=targets),),
            weight=weight[1] if weight is not None and weight[0] == name else None,
            reading=own.reading,
            sources=(),
        )

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "format": FORMAT,
            **super().to_json(),
            "inputs": [slot.to_json() for slot in self.inputs],
            "outputs": [slot.to_json() for slot in self.outputs],
        }

    @classmethod
    def from_json(cls, data: Any) -> Recipe:
        """Reads a stored recipe, also one of an older version.

        Raises:
            DataError: If it is damaged, or of a later version.
        """
        if not isinstance(data, Mapping):
            raise damaged(say("it is no object"))
        if data.get("format") == 1:
            data = _in_slots(data)
        elif data.get("format") != FORMAT:
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
        try:
            recipe = super().from_json(data)
        except MisfitError as problem:
            raise damaged(str(problem)) from problem
        recipe._refuse_contradictions()
        return recipe

    def _refuse_contradictions(self) -> None:
        """Refuses what was never learned, and columns that were never learned together."""
        columns = (*self.input_columns, *self.target_columns)
        if len(columns) > _MOST_COLUMNS:
            raise damaged(say("it has too many columns"))
        for column in columns:
            column.refuse_nonsense()
        try:
            for slot in self.inputs:
                _ = slot.slot
        except DataError as problem:
            raise damaged(say("its inputs do not go together")) from problem
        for output in self.outputs:
            output.refuse_nonsense()
            if output.task == CLASSIFICATION and output.class_column is None:
                raise damaged(say("its classes are missing"))
        if self.reading is not None:
            self.reading.refuse_nonsense()
        for source in self.sources:
            source.refuse_nonsense()
        names = [source.name for source in self.sources]
        used = {parted_name(name)[0] for name in (*self.input_names, *self.answer_names)}
        if self.sources and (len(set(names)) < len(names) or not used <= set(names)):
            raise damaged(say("its columns are of files that it does not name"))

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
        notes = notes if notes is not None else []
        made = {slot.name: self._input_of(slot, source, notes) for slot in self.inputs}
        match list(made.values()):
            case [one]:
                return one
        # A sample needs all of its inputs.
        counts = Counter(row for _, samples in made.values() for row in samples.rows.tolist())
        shared = sorted(row for row, count in counts.items() if count == len(made))
        rows = np.array(shared, np.int64)
        picked = {
            name: encoding.pick(x, np.searchsorted(samples.rows, rows))
            for name, (x, samples) in made.items()
        }
        return picked, SampleIndex(source.file, rows)

    def _input_of(
        self, slot: RecipeInput, source: Source, notes: list[str]
    ) -> tuple[Any, SampleIndex]:
        others = [name for name in self.input_names if name not in slot.names]
        return encoding.encode_inputs(
            slot.columns, source, self.missing, notes, answers=(*self.answer_names, *others)
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
        y: dict[str, Any] = {}
        known = np.ones(source.rows, bool)
        for slot in self.outputs:
            y[slot.name], there = encoding.encode_targets(
                slot.columns, slot.encoding, source, notes
            )
            known &= there
        weights = None
        if self.weight is not None and self.weight in source.names:
            weights, weighed = encoding.encode_weights(self.weight, source)
            known &= weighed
        kept = known[samples.rows]
        if not kept.all():
            notes.append(
                say_count(
                    int((~kept).sum()),
                    "{number} row without a known target was left out.",
                    "{number} rows without a known target were left out.",
                )
            )
        samples = samples.taken(kept)
        if not len(samples):
            raise DataError(
                say(
                    "No row of {file} can be measured. {notes}",
                    file=repr(source.file),
                    notes=" ".join(notes),
                ).rstrip(),
                code="data.no-rows",
                remedy=say("Each row needs an answer that training has shown."),
            )
        x = encoding.pick(x, np.flatnonzero(kept)) if not kept.all() else x
        y_taken = encoding.pick(by_slot(y), samples.rows)
        return x, y_taken, encoding.pick(weights, samples.rows), samples

    def decode(self, predictions: np.ndarray, *, logits: bool = False) -> dict[str, np.ndarray]:
        """What predictions mean: class names and probabilities, or numbers in their own units.

        Args:
            predictions: What the model answers, one row for each sample.
            logits: Whether the model ends without softmax or sigmoid.

        Returns:
            For classes: the target's name with the likeliest class, then ``probability CLASS`` for
            each class. For numbers: each target's name with its values.
        """
        output = self.output
        if (column := output.class_column) is not None:
            return decoding.decode_classes(column, predictions, logits=logits)
        return decoding.decode_numbers(output.columns, predictions)

    def probabilities(self, predictions: np.ndarray, *, logits: bool = False) -> np.ndarray:
        """For each prediction the probability of each class, in the order of `class_names`.

        Args:
            predictions: What the model answers, one row for each sample.
            logits: Whether the model ends without softmax or sigmoid.
        """
        column = self.output.class_column
        assert column is not None, "numbers have no probabilities"
        return decoding.class_probabilities(column, predictions, logits=logits)

    def decode_targets(self, targets: np.ndarray) -> dict[str, np.ndarray]:
        """Encoded targets as they stand in the data: class names, or numbers in their units."""
        output = self.output
        if (column := output.class_column) is not None:
            return decoding.decode_labels(column, output.encoding, targets)
        return decoding.decode_numbers(output.columns, targets)

    def target_spread(self) -> float | None:
        """What one unit of the loss's scale is in the target's own units; None for classes.

        A mean absolute error times this is in the target's units; a mean squared error, times its
        square.
        """
        output = self.output
        if output.task == CLASSIFICATION:
            return None
        match output.columns:
            case (RecipeColumn(scale=(spread,)),):
                return spread
        return None


def _bare(columns: tuple[RecipeColumn, ...], name: str) -> tuple[RecipeColumn, ...]:
    """The columns of one file, with the names that they have there."""
    parted = [(column, *parted_name(column.name)) for column in columns]
    return tuple(replace(column, name=held) for column, source, held in parted if source == name)


def _in_slots(data: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe of format 1, which had one input and one output and no names for them."""
    inputs, targets = data.get("inputs"), data.get("targets")
    if not isinstance(inputs, list) or not isinstance(targets, list) or not inputs:
        raise damaged(say("its columns are missing"))
    output = {"name": "targets", "columns": targets}
    output |= {name: data.get(name) for name in ("encoding", "task")}
    kept = {name: data[name] for name in data if name not in ("targets", "encoding", "task")}
    return {
        **kept,
        "format": FORMAT,
        "inputs": [{"name": "inputs", "columns": inputs}],
        "outputs": [output],
    }
