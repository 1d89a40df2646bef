"""Uses a trained run: predict a file, evaluate, read results, try a run out before it starts.

The work is done by a process of its own, since it needs torch; nothing heavy is imported here. All
functions block: call them off the GUI thread.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fitstudio.actions import data as data_actions
from fitstudio.actions import runs
from fitstudio.actions.folders import working_folder
from fitstudio.actions.launchers import processes
from fitstudio.actions.launchers.job_process import Progress, ask
from fitstudio.actions.run.results_file import Results, read_results
from fitstudio.declared.parameters.sources import parted_name
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.errors import CheckpointError, StorageError
from fitstudio.project import Project
from fitstudio.project.saved_models import USUAL
from fitstudio.project.unseen_part import UnseenPart, unseen_part
from fitstudio.storage import atomic, checked
from fitstudio.storage.manifest import read_manifest


@dataclass(frozen=True)
class PredictionReport:
    """What a prediction did.

    Args:
        run: The run's folder name.
        rows: Rows of the file.
        predicted: Rows that have an answer.
        output: The file with the results.
        weights: Which saved model was used, such as "best", "last" or "epoch-0012".
        epoch: The epoch it was saved after, from 0; None where a file does not say so.
        columns: The columns of answers.
        notes: What was unusual, in sentences.
        step: How many batches of that epoch it has seen; 0 for the whole epoch.
        separator: What parts the cells of the file with the results, where it is text.
        decimal: Its decimal mark.
    """

    run: str
    rows: int
    predicted: int
    output: Path
    weights: str
    epoch: int | None
    columns: tuple[str, ...]
    notes: tuple[str, ...] = ()
    step: int = 0
    separator: str = ","
    decimal: str = "."

    def to_json(self) -> dict[str, Any]:
        """As plain data, for ``--json``."""
        return asdict(self) | {"output": str(self.output)}


def predict_run(
    project: Project,
    run: str | int,
    *,
    data: str | Path | Mapping[str, Any],
    output: str | Path,
    checkpoint: str | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> PredictionReport:
    """Applies a run's model to a file and writes the answers as CSV.

    A file that is there at `output` is replaced when all is done; asking is the caller's business.

    Args:
        project: The project.
        run: The run.
        data: The file, or as in a run specification's `data`: with `options`, the file is read with
            these in place of what was decided for the training file.
        output: Where the results go.
        checkpoint: Which of the run's saved models; by default the best one that is whole.
        progress: Called with a fraction and a sentence.
        cancel: Set it to give up; nothing is written then.

    Raises:
        DataError: If columns are missing in the file, or it cannot be read.
        UsageError: If the results would overwrite the source or a file of the project.
        RunError, CheckpointError: If there is no usable model.
        WorkerError: If the process fails, or was cancelled.
    """
    job = {
        "project": str(project.folder),
        "run": runs.run_name(project, run),
        "data": _data(data),
        "base": str(working_folder()),
        "output": str(Path(output).absolute()),
        "checkpoint": checkpoint,
    }
    reply = ask(processes.worker_command("predict", "-"), job, progress, cancel)
    return PredictionReport(
        run=reply["run"],
        rows=reply["rows"],
        predicted=reply["predicted"],
        output=Path(reply["output"]),
        weights=reply["weights"],
        epoch=reply["epoch"],
        columns=tuple(reply["columns"]),
        notes=tuple(reply["notes"]),
        step=reply["step"],
        separator=reply["separator"],
        decimal=reply["decimal"],
    )


def inspect_for(
    project: Project,
    run: str | int,
    data: Mapping[str, Any],
    *,
    cancel: threading.Event | None = None,
) -> DatasetSummary:
    """What a file holds, read as the run's model reads it.

    Args:
        project: The project.
        run: The run whose model is to be used.
        data: The file, and how it is read where that is not as in training.
        cancel: Ends the reading when set.

    Raises:
        DataError: If the file cannot be read, or contradicts how the training file was read.
        RunError: If there is no such run.
    """
    # Without a model nothing can be predicted, and predicting says so.
    return data_actions.inspect(data, working_folder(), recipe=_recipe(project, run), cancel=cancel)


def reading_options(project: Project, run: str | int) -> dict[str, Any]:
    """How the run's model reads files, as `data.options`; empty where that is not known.

    Raises:
        RunError: If there is no such run.
    """
    reading = (_recipe(project, run) or {}).get("reading")
    options = reading.get("options") if isinstance(reading, Mapping) else None
    return dict(options) if isinstance(options, Mapping) else {}


def needed_files(project: Project, run: str | int) -> tuple[str, ...]:
    """Of a model that was trained on several files, those that it needs to predict, by name.

    Raises:
        RunError: If there is no such run.
    """
    recipe = _recipe(project, run)
    try:
        stored = None if recipe is None else checked.convert(recipe, _StoredRecipe)
    except checked.MisfitError:
        return ()  # predicting says what is wrong with it
    if stored is None:
        return ()
    columns = (column for slot in stored.inputs for column in slot.columns)
    used = {parted_name(column.name)[0] for column in columns}
    found = [source for source in stored.sources if source.name in used]
    if len(found) > 1 and any(source.by is not None for source in found):
        used.add(stored.sources[0].name)  # for whose rows the others are found
    return tuple(source.name for source in stored.sources if source.name in used)


@dataclass(frozen=True)
class _StoredColumn:
    name: str


@dataclass(frozen=True)
class _StoredSlot:
    columns: tuple[_StoredColumn, ...] = ()


@dataclass(frozen=True)
class _StoredSource:
    name: str
    by: str | None = None


@dataclass(frozen=True)
class _StoredRecipe:
    """What of a model's recipe says which files it needs."""

    inputs: tuple[_StoredSlot, ...] = ()
    sources: tuple[_StoredSource, ...] = ()


def evaluate_run(
    project: Project,
    run: str | int,
    *,
    data: str | Path | Mapping[str, Any] | None = None,
    part: str | None = None,
    checkpoint: str | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> dict[str, Any]:
    """Measures a run's model on a file with known answers, or on the run's own data.

    Args:
        project: The project.
        run: The run.
        data: The file, or as in a run specification's `data`; by default the run's own rows.
        part: Of the run's own rows: "training", "validation", or "test". The test part is opened
            by that, which the project records, and its scores are kept with the run's results. By
            default training and validation.
        checkpoint: Which of the run's saved models; by default the best one that is whole.
        progress: Called with a fraction and a sentence.
        cancel: Set it to give up.

    Returns:
        `run`, `weights`, `epoch`, `step`, `notes`, and what `Results` holds; the parts are "test"
        for a file, "training" and "validation" for the run's own data. Of the test part also
        `opened`, how often it was opened.

    Raises:
        DataError, RunError, CheckpointError, WorkerError: As `predict_run`.
    """
    job = {
        "project": str(project.folder),
        "run": runs.run_name(project, run),
        "data": None if data is None else _data(data),
        "part": part,
        "base": str(working_folder()),
        "checkpoint": checkpoint,
    }
    return ask(processes.worker_command("evaluate", "-"), job, progress, cancel)


def measure_run(
    project: Project,
    run: str | int,
    *,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> None:
    """Measures the best model of a run that ended without being measured, and keeps the results.

    Raises:
        ProjectError: If the project could not be opened to be changed.
        DataError, RunError, CheckpointError, WorkerError: As `predict_run`.
    """
    project.require_changeable()
    job = {
        "project": str(project.folder),
        "run": runs.run_name(project, run),
        "data": None,
        "keep": True,
    }
    ask(processes.worker_command("evaluate", "-"), job, progress, cancel)


def model_of(project: Project, run: str | int) -> tuple[str, int] | None:
    """The checkpoint that a run's model is made from, and the epoch it was saved in, from 0.

    Only looks: whether the checkpoint is whole shows when it is used.

    Raises:
        RunError: If there is no such run.
    """
    checkpoints = runs.find(project, run).checkpoints
    for name in USUAL:
        try:
            return name, int(read_manifest(checkpoints / name)["epoch"])
        except (CheckpointError, LookupError, TypeError, ValueError):
            continue
    return None


def load_results(project: Project, run: str | int) -> Results | None:
    """What was measured when the run ended; None if nothing was, or it cannot be read.

    Raises:
        RunError: If there is no such run.
    """
    try:
        return read_results(runs.find(project, run).results)
    except StorageError:
        return None


def unseen_part_of(project: Project, run: str | int) -> UnseenPart | None:
    """The test part that a run kept unseen, and how often it was opened; None if it has none.

    Raises:
        RunError: If there is no such run.
    """
    return unseen_part(project.paths, run)


def dry_run(
    project: Project,
    *,
    spec: RunSpec | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> dict[str, Any]:
    """Trains a few real batches and tells what the whole run would take.

    Returns:
        `device`, `batch_size`, `steps_per_epoch`, `epochs`, `seconds_per_epoch`, `seconds_total`,
        `memory_bytes`, `device_memory_bytes`, `disk_bytes`, `disk_free_bytes`, `fits`, and
        `batch_size_that_fits` where it does not.

    Raises:
        SpecError, DataError, WorkerError: If it cannot be tried.
    """
    job = {"project": str(project.folder), "spec": (spec or project.settings).to_json()}
    return ask(processes.worker_command("dry-run", "-"), job, progress, cancel)


def _recipe(project: Project, run: str | int) -> Mapping[str, Any] | None:
    """The recipe in the run's model, as it is stored."""
    try:
        recipe = atomic.read_json(runs.find(project, run).model)["recipe"]
    except (StorageError, LookupError, TypeError):
        return None
    return recipe if isinstance(recipe, Mapping) else None


def _data(data: str | Path | Mapping[str, Any]) -> Any:
    return str(data) if isinstance(data, (str, Path)) else dict(data)
