"""Uses a trained run: predict a file, evaluate, read results, try a run out before it starts.

The work is done by a process of its own, since it needs torch; nothing heavy is imported here. All
functions block: call them off the GUI thread.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from fitstudio import errors
from fitstudio.actions import data as data_actions
from fitstudio.actions import processes, runs
from fitstudio.actions.results_file import Results, read_results
from fitstudio.actions.run_summary import MODELS
from fitstudio.declared.parameters.sources import parted_name
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.errors import CheckpointError, FitStudioError, RunError, StorageError, WorkerError
from fitstudio.project import Project
from fitstudio.storage import atomic, checked
from fitstudio.storage.manifest import read_manifest
from fitstudio.words import say

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class PredictionReport:
    """What a prediction did.

    Args:
        run: The run's folder name.
        rows: Rows of the file.
        predicted: Rows that have an answer.
        output: The file with the results.
        weights: Which checkpoint was used: "best", "last" or "previous".
        epoch: The epoch it was saved after, from 0.
        columns: The columns of answers.
        notes: What was unusual, in sentences.
    """

    run: str
    rows: int
    predicted: int
    output: Path
    weights: str
    epoch: int
    columns: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain data, for ``--json``."""
        return asdict(self) | {"output": str(self.output)}


def predict_run(
    project: Project,
    run: str | int,
    *,
    data: str | Path | Mapping[str, Any],
    output: str | Path,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> PredictionReport:
    """Applies a run's best model to a file and writes the answers as CSV.

    A file that is there at `output` is replaced when all is done; asking is the caller's business.

    Args:
        project: The project.
        run: The run.
        data: The file, or as in a run specification's `data`: with `options`, the file is read with
            these in place of what was decided for the training file.
        output: Where the results go.
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
        "base": str(Path.cwd()),
        "output": str(Path(output).absolute()),
    }
    reply = _ask("predict", job, progress, cancel)
    return PredictionReport(
        run=reply["run"],
        rows=reply["rows"],
        predicted=reply["predicted"],
        output=Path(reply["output"]),
        weights=reply["weights"],
        epoch=reply["epoch"],
        columns=tuple(reply["columns"]),
        notes=tuple(reply["notes"]),
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
    return data_actions.inspect(data, Path.cwd(), recipe=_recipe(project, run), cancel=cancel)


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
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> dict[str, Any]:
    """Measures a run's best model on a file with known answers, or on the run's own data.

    Returns:
        `run`, `weights`, `epoch`, `notes`, and what `Results` holds; the parts are "test" for a
        file, "training" and "validation" for the run's own data.

    Raises:
        DataError, RunError, CheckpointError, WorkerError: As `predict_run`.
    """
    job = {
        "project": str(project.folder),
        "run": runs.run_name(project, run),
        "data": None if data is None else _data(data),
        "base": str(Path.cwd()),
    }
    return _ask("evaluate", job, progress, cancel)


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
    _ask("evaluate", job, progress, cancel)


def model_of(project: Project, run: str | int) -> tuple[str, int] | None:
    """The checkpoint that a run's model is made from, and the epoch it was saved in, from 0.

    Only looks: whether the checkpoint is whole shows when it is used.

    Raises:
        RunError: If there is no such run.
    """
    checkpoints = runs.find(project, run).checkpoints
    for name in MODELS:
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
    return _ask("dry-run", job, progress, cancel)


def _recipe(project: Project, run: str | int) -> Mapping[str, Any] | None:
    """The recipe in the run's model, as it is stored."""
    try:
        recipe = atomic.read_json(runs.find(project, run).model)["recipe"]
    except (StorageError, LookupError, TypeError):
        return None
    return recipe if isinstance(recipe, Mapping) else None


def _data(data: str | Path | Mapping[str, Any]) -> Any:
    return str(data) if isinstance(data, (str, Path)) else dict(data)


def _ask(
    kind: str,
    job: Mapping[str, Any],
    progress: Progress | None,
    cancel: threading.Event | None,
) -> dict[str, Any]:
    """Has a worker do a job, and passes its progress on."""
    cancel = cancel or threading.Event()
    with tempfile.TemporaryFile() as complaints:
        process = _start(kind, complaints)
        assert process.stdin is not None and process.stdout is not None
        watcher = threading.Thread(target=_end_if, args=(cancel, process), daemon=True)
        watcher.start()
        answer: dict[str, Any] = {}
        with process:
            try:
                process.stdin.write(json.dumps(job))
                process.stdin.close()
                for line in process.stdout:
                    answer = json.loads(line)
                    if progress is not None and "progress" in answer:
                        progress(answer["progress"], answer["sentence"])
            except (OSError, ValueError):
                answer = {}  # it died before it could listen, or in the middle of a line
        complaints.seek(0)
        details = complaints.read().decode("utf-8", "replace")[-20_000:]
    if cancel.is_set():
        raise WorkerError(
            say("It was cancelled."), code="worker.cancelled", safe=say("Nothing was written.")
        )
    if not ("reply" in answer or "error" in answer):
        raise WorkerError(
            say(
                "The process ended without an answer (exit code {returncode}).",
                returncode=process.returncode,
            ),
            code="worker.no-answer",
            remedy=say("It may have run out of memory: close other programs and try again."),
            details=details,
        )
    if "error" in answer:
        raise _as_error(answer["error"], details)
    return answer["reply"]


def _start(kind: str, complaints: IO[bytes]) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(
            processes.worker_command(kind, "-"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            encoding="utf-8",
        )
    except OSError as problem:
        raise WorkerError(
            say("The process that uses the model could not be started."),
            code="worker.no-start",
            remedy=say("Install FitStudio again: python3 packaging/run.py."),
            details=str(problem),
        ) from problem


def _end_if(cancel: threading.Event, process: subprocess.Popen[str]) -> None:
    while process.poll() is None:
        if cancel.wait(0.1):
            process.kill()
            return


def _as_error(fields: Mapping[str, Any], details: str) -> FitStudioError:
    """The error that the process met, as an error of this one."""
    kind: Any = getattr(errors, str(fields.get("type")), None)
    known = isinstance(kind, type) and issubclass(kind, FitStudioError)
    return (kind if known else RunError)(
        str(fields.get("message")),
        code=fields.get("code"),
        remedy=fields.get("remedy"),
        safe=fields.get("safe"),
        details=fields.get("details") or details,
    )
