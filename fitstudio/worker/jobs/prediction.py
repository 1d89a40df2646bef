"""Applies a run's best model to a new file and writes the answers as CSV.

The file is read and prepared by the recipe of the training: columns are matched by name, scaled
and encoded as then. Answers are class names with their probabilities, or numbers in the units of
the data.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio.data.preparing.as_trained import open_as_trained
from fitstudio.data.preparing.samples import NO_SAMPLE, SampleIndex
from fitstudio.data.source import Source
from fitstudio.errors import DataError, UsageError
from fitstudio.project.paths import ProjectPaths
from fitstudio.storage import atomic
from fitstudio.words import say
from fitstudio.worker.jobs import trained_model

_CHUNK = 4096
_COPIED_COLUMNS = 200
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def predict(job: Mapping[str, Any], progress: Callable[[float, str], None]) -> dict[str, Any]:
    """Predicts for every row of a file.

    Args:
        job: `project`, `run`, `data` (as in a run specification, or a path), `output`.
        progress: Told how far it is.

    Returns:
        `run`, `rows`, `predicted`, `output`, `weights`, `epoch`, `columns`, `notes`.

    Raises:
        DataError: If columns are missing in the file, or it cannot be read.
        UsageError: If the output would destroy the source or a file of the project.
    """
    project, output = Path(job["project"]), Path(job["output"])
    data = {"file": job["data"]} if isinstance(job["data"], str) else dict(job["data"])
    base = Path(job.get("base") or project)
    progress(0.0, say("Loading the model"))
    trained = trained_model.load(project, job["run"])
    recipe = trained.certificate.recipe
    notes = list(trained.notes)
    with open_as_trained(recipe, data, base, notes=notes) as source:
        for path in source.paths:
            _refuse_dangerous(output, path, project)
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
        answers = _predicted(
            trained.model, x, lambda done: progress(0.1 + 0.7 * done, say("Predicting"))
        )
        columns = recipe.decode(answers)
        progress(0.8, say("Writing the results"))
        names = _write(output, source, samples, columns)
        rows = source.rows
    progress(1.0, say("Done"))
    return {
        "run": trained.paths.name,
        "rows": rows,
        "predicted": len(samples),
        "output": str(output),
        "weights": trained.weights,
        "epoch": trained.epoch,
        "columns": names,
        "notes": notes,
    }


def _predicted(model: Any, x: Any, progress: Callable[[float], None]) -> np.ndarray:
    parts = []
    for start in range(0, len(x), _CHUNK):
        parts.append(np.asarray(model.predict(x[start : start + _CHUNK], verbose=0)))
        progress(min(1.0, (start + _CHUNK) / len(x)))
    return np.concatenate(parts)


def _refuse_dangerous(output: Path, source: Path, project: Path) -> None:
    """The source and what belongs to the project are never overwritten."""
    target = output.resolve()
    paths = ProjectPaths(project.resolve())
    if (output.exists() and os.path.samefile(output, source)) or target == source.resolve():
        raise UsageError(
            say("The results would overwrite the file that they are made from."),
            code="predict.output-is-source",
            remedy=say("Choose another name for the results."),
            safe=say("Nothing was written."),
        )
    if target == paths.file or any(
        target.is_relative_to(each) for each in (paths.runs, paths.data)
    ):
        raise UsageError(
            say("{output} lies among the project's own files.", output=repr(str(output))),
            code="predict.output-in-project",
            remedy=say("Choose a name in another folder."),
            safe=say("Nothing was written."),
        )
    if not target.parent.is_dir():
        raise UsageError(
            say("There is no folder {parent}.", parent=repr(str(output.parent))),
            code="predict.no-folder",
            remedy=say("Make it first, or choose another one."),
        )


def _write(
    output: Path, source: Source, samples: SampleIndex, columns: Mapping[str, np.ndarray]
) -> list[str]:
    """Writes the rows of the file with the answers behind them; returns the answers' columns."""
    copied = [each.name for each in source.columns if not each.shape][:_COPIED_COLUMNS]
    answers = _flat(columns, taken=set(copied))
    predicted = samples.sample_of_each_row(source.rows)
    with atomic.writing(output) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        table = csv.writer(text, lineterminator="\n")
        table.writerow(map(harmless, ["row", *copied, *answers]))
        for start in range(0, source.rows, _CHUNK):
            stop = min(source.rows, start + _CHUNK)
            cells = [source.cells(name, start, stop) for name in copied]
            for row in range(start, stop):
                own = [harmless(column[row - start] or "") for column in cells]
                given = [_shown(values, int(predicted[row])) for values in answers.values()]
                table.writerow([row + 1, *own, *given])
        text.flush()
        text.detach()
    return list(answers)


def _flat(columns: Mapping[str, np.ndarray], *, taken: set[str]) -> dict[str, np.ndarray]:
    """One column for each number or name; an answer of several numbers becomes several columns."""
    flat: dict[str, np.ndarray] = {}
    for name, values in columns.items():
        values = np.asarray(values)
        title = say("predicted {name}", name=name) if name in taken else name
        if values.ndim == 1:
            flat[title] = values
        else:
            for index, column in enumerate(values.reshape(len(values), -1).T):
                flat[f"{title} {index + 1}"] = column
    return flat


def _shown(values: np.ndarray, sample: int) -> str:
    if sample == NO_SAMPLE:
        return ""
    value = values[sample]
    if isinstance(value, (float, np.floating)):
        # Nine digits are enough to give back every 32-bit number exactly.
        return f"{float(value):.9g}"
    return harmless(str(value))


def harmless(text: str) -> str:
    """`text` such that a spreadsheet takes it for text, not for a formula to be computed."""
    if not text.startswith(_FORMULA_STARTS):
        return text
    try:
        float(text.replace(",", "."))
    except ValueError:
        return "'" + text
    return text
