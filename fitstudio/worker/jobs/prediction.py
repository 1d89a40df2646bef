"""Applies a run's model to a new file and writes the answers as a table.

The file is read and prepared by the recipe of the training: columns are matched by name, scaled
and encoded as then. Answers are class names with their probabilities, or numbers in the units of
the data.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio.data.preparing.as_trained.opening import open_as_trained
from fitstudio.data.preparing.samples import SampleIndex
from fitstudio.data.source import Source
from fitstudio.errors import DataError, UsageError
from fitstudio.project.outputs import refuse_output
from fitstudio.words import say
from fitstudio.words.cells import harmless
from fitstudio.worker.jobs import answer_file, trained_model
from fitstudio.worker.jobs.answer_file import Manner
from fitstudio.worker.jobs.kept_decision import decided, kept_decision
from fitstudio.worker.jobs.trained_model import TrainedModel
from fitstudio.worker.measures.answering import answers

_CHUNK = 4096
# Beyond this no program opens the table; rows are written in blocks of at most so many cells.
_COPIED_COLUMNS = 16_000
_BLOCK_CELLS = 800_000
_ROW = "row"


def predict(job: Mapping[str, Any], progress: Callable[[float, str], None]) -> dict[str, Any]:
    """Predicts for every row of a file.

    Args:
        job: `project`, `run`, `data` (as in a run specification, or a path), `output`, and
            `checkpoint` where it is not to be the best model.
        progress: Told how far it is.

    Returns:
        `run`, `rows`, `predicted`, `output`, `weights`, `epoch`, `step`, `columns`, `notes`,
        and how a text table is written: `separator`, `decimal`.

    Raises:
        DataError: If columns are missing in the file, or it cannot be read.
        UsageError: If the output would destroy the source or a file of the project.
    """
    project, output = Path(job["project"]), Path(job["output"])
    data = {"file": job["data"]} if isinstance(job["data"], str) else dict(job["data"])
    base = Path(job.get("base") or project)
    progress(0.0, say("Loading the model"))
    trained = trained_model.load(
        project, job["run"], checkpoint_name=job.get("checkpoint"), base=base
    )
    recipe = trained.certificate.recipe
    notes = list(trained.notes)
    with open_as_trained(recipe, data, base, notes=notes) as source:
        for path in source.paths:
            _refuse_dangerous(output, path, project)
        answer_file.refuse_ending(output)
        answer_file.refuse_too_many(output, source.rows)
        manner = answer_file.manner_of(source, output)
        progress(0.1, say("Preparing the rows"))
        x, samples = recipe.apply(source, notes=notes)
        if not len(samples):
            raise DataError(
                say("No row of the file can be predicted: each lacks a value in an input column."),
                code="data.no-rows",
                remedy=say(
                    "The inputs are {input_names}.",
                    input_names=", ".join(map(repr, recipe.input_names)),
                ),
            )
        progress(0.2, say("Predicting"))
        table = _AnswersTable(source, samples, trained, x, notes)
        names = table.write(output, lambda done: progress(0.2 + 0.8 * done, say("Predicting")))
        rows = source.rows
    progress(1.0, say("Done"))
    return {
        "run": trained.paths.name,
        "rows": rows,
        "predicted": len(samples),
        "output": str(output),
        "weights": trained.weights,
        "epoch": trained.epoch,
        "step": trained.step,
        "columns": names,
        "notes": notes,
        "separator": manner.separator,
        "decimal": manner.decimal,
    }


def _refuse_dangerous(output: Path, source: Path, project: Path) -> None:
    """The source and what belongs to the project are never overwritten."""
    target = output.resolve()
    if (output.exists() and os.path.samefile(output, source)) or target == source.resolve():
        raise UsageError(
            say("The results would overwrite the file that they are made from."),
            code="predict.output-is-source",
            remedy=say("Choose another name for the results."),
            safe=say("Nothing was written."),
        )
    refuse_output(output, project, code="predict")


class _AnswersTable:
    """The rows of the file with the answers behind them, written as they are worked out.

    Args:
        source: The file.
        samples: The rows of it that are predicted, in its order.
        trained: The model.
        x: What it takes, a row for each sample.
        notes: Gets a sentence for what is not in the table, or not under its usual name.
    """

    def __init__(
        self,
        source: Source,
        samples: SampleIndex,
        trained: TrainedModel,
        x: Any,
        notes: list[str],
    ) -> None:
        self._source, self._samples, self._trained, self._x = source, samples, trained, x
        self._recipe = trained.certificate.recipe
        self._decision = kept_decision(trained, notes)
        single = source.single_names()
        self._copied = single[:_COPIED_COLUMNS]
        if len(single) > len(self._copied):
            notes.append(
                say(
                    "Only the first {copied} of the file's {columns} columns stand beside the "
                    "answers.",
                    copied=f"{len(self._copied):,}",
                    columns=f"{len(single):,}",
                )
            )
        self._names = self._names_of_answers(notes)
        self._number = _free_name(_ROW, {*self._copied, *self._names.values()})

    def write(self, output: Path, progress: Callable[[float], None]) -> list[str]:
        """Writes the table; returns the names of the answers' columns."""
        header = [self._number, *self._copied, *self._names.values()]
        manner = answer_file.manner_of(self._source, output)
        with answer_file.writing(output, manner) as table:
            table.writerow(map(harmless, header))
            written = 0
            for samples, answers in self._answers():
                stop = self._row_behind(samples.stop)
                for line in self._lines(written, stop, samples, answers, manner):
                    table.writerow(line)
                written = stop
                progress(samples.stop / len(self._samples))
        return list(self._names.values())

    def _answers(self) -> Iterator[tuple[slice, Mapping[str, np.ndarray]]]:
        certificate, column = self._trained.certificate, self._recipe.output.class_column
        for samples, answer in answers(self._trained.model, certificate.plan, self._x):
            decoded = self._recipe.decode(answer, logits=certificate.answers_logits)
            if self._decision is not None and column is not None:
                decoded = decided(decoded, column.name, certificate.class_names, self._decision)
            yield samples, decoded

    def _row_behind(self, samples: int) -> int:
        """The row of the file up to which it can be written with so many samples answered."""
        if samples >= len(self._samples):
            return self._source.rows
        return int(self._samples.rows[samples])

    def _lines(
        self,
        start: int,
        stop: int,
        samples: slice,
        answers: Mapping[str, np.ndarray],
        manner: Manner,
    ) -> Iterator[list[str | int]]:
        """The lines of some rows; those that are not predicted have no answers."""
        given: list[list[str]] = []
        places = self._samples.rows[samples] - start
        for values in answers.values():
            cells = [""] * (stop - start)
            for place, text in zip(places.tolist(), _shown(values, manner), strict=True):
                cells[place] = text
            given.append(cells)
        block = max(1, min(_CHUNK, _BLOCK_CELLS // max(1, len(self._copied))))
        for first in range(start, stop, block):
            last = min(stop, first + block)
            own = [
                [harmless(cell or "") for cell in self._source.cells(name, first, last)]
                for name in self._copied
            ]
            rest = [cells[first - start : last - start] for cells in given]
            for row, cells in enumerate(zip(*own, *rest, strict=True), first + 1):
                yield [row, *cells]

    def _names_of_answers(self, notes: list[str]) -> dict[str, str]:
        """What each answer's column is called: always the same, whatever else is in the file.

        Only where the file has a column of exactly this name does the answer give way.
        """
        certificate = self._trained.certificate
        first = np.asarray(self._trained.model.predict(self._x[:1], verbose=0))
        decoded = self._recipe.decode(first, logits=certificate.answers_logits)
        probabilities = {
            say("probability {name}", name=name) for name in self._recipe.output.class_names or ()
        }
        names: dict[str, str] = {}
        for name in decoded:
            usual = name if name in probabilities else say("predicted {name}", name=name)
            names[name] = _free_name(usual, {*self._copied, *names.values()})
            if names[name] != usual:
                notes.append(
                    say(
                        "The file has a column {taken} itself: the model's answers are in {name}.",
                        taken=repr(usual),
                        name=repr(names[name]),
                    )
                )
        return names


def _free_name(name: str, taken: Collection[str]) -> str:
    """The name, with a number behind it where it is taken; capitals make no other name."""
    folded = {each.casefold() for each in taken}
    if name.casefold() not in folded:
        return name
    return next(
        each
        for number in itertools.count(2)
        if (each := f"{name} ({number})").casefold() not in folded
    )


def _shown(values: np.ndarray, manner: Manner) -> list[str]:
    if values.dtype.kind == "f":
        # Nine digits are enough to give back every 32-bit number exactly.
        return [answer_file.answer_cell(f"{value:.9g}", manner) for value in values.tolist()]
    return [harmless(str(value)) for value in values.tolist()]
