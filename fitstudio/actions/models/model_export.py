"""Takes a run's model out of its project, in a format that other programs read."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fitstudio.actions import runs
from fitstudio.actions.folders import working_folder
from fitstudio.actions.launchers import processes
from fitstudio.actions.launchers.job_process import Progress, ask
from fitstudio.errors import UsageError
from fitstudio.project import Project
from fitstudio.storage.checked import Plain
from fitstudio.words import marked, say


@dataclass(frozen=True, kw_only=True)
class ExportFormat:
    """One way to write a model.

    Args:
        name: What it is chosen by.
        title: What people call it.
        help: What it is for, in one sentence.
        ending: Of the file; empty where it is a folder.
    """

    name: str
    title: str
    help: str
    ending: str = ""


EXPORT_FORMATS: tuple[ExportFormat, ...] = (
    ExportFormat(
        name="onnx",
        title="ONNX",
        help=marked("One file for most programs and languages, with the preparation inside."),
        ending=".onnx",
    ),
    ExportFormat(
        name="numpy",
        title=marked("Folder with predict.py"),
        help=marked("For models of single values: runs wherever Python and numpy are."),
    ),
    ExportFormat(
        name="weights",
        title=marked("Weights and plan"),
        help=marked("The bare numbers (safetensors) and model.json, to be built up elsewhere."),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Proof(Plain):
    """How an export was compared with the run's own model.

    Args:
        by: What answered: "onnxruntime" or "numpy", in a process without FitStudio.
        rows: How many rows were answered.
        rows_are: Where they are from.
        largest_difference: Of all answers, as a share of their size.
    """

    by: str
    rows: int
    rows_are: str
    largest_difference: float


@dataclass(frozen=True, kw_only=True)
class ExportReport(Plain):
    """What an export did.

    Args:
        run: The run's folder name.
        format: The format's name.
        output: The file or folder that was written.
        weights: Which checkpoint was used: "best", "last" or "previous".
        epoch: The epoch it was saved after, from 0; None where a file does not say so.
        bytes: Of all files.
        proof: How it was compared; None where another program has to build the model first.
        notes: What was unusual, in sentences.
    """

    run: str
    format: str
    output: str
    weights: str
    epoch: int | None
    bytes: int
    proof: Proof | None = None
    notes: tuple[str, ...] = ()


def export_format(name: str) -> ExportFormat:
    """The format of this name.

    Raises:
        UsageError: If there is none.
    """
    for each in EXPORT_FORMATS:
        if each.name == name:
            return each
    raise UsageError(
        say("There is no format {name}.", name=repr(name)),
        remedy=say("It can be {names}.", names=", ".join(each.name for each in EXPORT_FORMATS)),
    )


def export_model(
    project: Project,
    run: str | int,
    *,
    format: str,
    output: str | Path,
    checkpoint: str | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> ExportReport:
    """Writes a run's best model for use elsewhere, and proves that it answers as the run's own.

    What is there at `output` is replaced when all is done; asking is the caller's business.

    Args:
        project: The project.
        run: The run.
        format: The name of one of `EXPORT_FORMATS`.
        output: The file or folder to write.
        checkpoint: Which of the run's saved models; by default the best one.
        progress: Called with a fraction and a sentence.
        cancel: Set it to give up; nothing is written then.

    Raises:
        UsageError: If there is no such format, a library is missing, or the model has no such form.
        RunError, CheckpointError: If there is no usable model.
        WorkerError: If the export answers otherwise than the model, the process fails, or it was
            cancelled.
    """
    job: dict[str, Any] = {
        "project": str(project.folder),
        "run": runs.run_name(project, run),
        "format": export_format(format).name,
        "output": str(Path(output).absolute()),
        "base": str(working_folder()),
        "checkpoint": checkpoint,
    }
    command = processes.worker_command("export", "-")
    return ExportReport.from_json(ask(command, job, progress, cancel))
