"""Takes what a run made out of its folder: History, worst rows, weights, figures, as files.

The ending of the file says how it is written, and what is taken where nobody says so.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fitstudio.actions import runs
from fitstudio.actions.folders import working_folder
from fitstudio.actions.launchers import processes
from fitstudio.actions.launchers.job_process import ask
from fitstudio.actions.models import using_models
from fitstudio.actions.run.results_file import Results
from fitstudio.errors import RunError, UsageError
from fitstudio.journal import RunState
from fitstudio.journal.history_table import history_table
from fitstudio.project import Project, RunPaths
from fitstudio.project.outputs import refuse_output
from fitstudio.project.saved_models import SavedModel, find_saved, saved_models
from fitstudio.storage import atomic
from fitstudio.storage.manifest import verify_manifest
from fitstudio.storage.special_files import open_to_read
from fitstudio.words import say
from fitstudio.words.cells import harmless

PICTURES = (".svg", ".png", ".pdf")
# What can be taken, and the endings that it can have; the first that fits an ending is its default.
WHAT: Mapping[str, tuple[str, ...]] = {
    "history": (".csv", ".json", ".h5"),
    "worst": (".csv",),
    "weights": (".safetensors",),
    "curves": PICTURES,
    "confusion": PICTURES,
    "parity": PICTURES,
    "residuals": PICTURES,
}
PARTS = ("validation", "training")
_OF_RESULTS = ("worst", "confusion", "parity", "residuals")


@dataclass(frozen=True)
class Exported:
    """What was taken out.

    Args:
        what: A name of `WHAT`.
        run: The run's folder name.
        output: The file.
        sentence: What the file holds.
    """

    what: str
    run: str
    output: Path
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """As plain data, for ``--json``."""
        return {
            "what": self.what,
            "run": self.run,
            "output": str(self.output),
            "message": self.sentence,
        }


def export_run(
    project: Project,
    run: str | int,
    output: Path,
    *,
    what: str | None = None,
    part: str = "validation",
    checkpoint: str | None = None,
) -> Exported:
    """Writes something of a run into a file; one that is there is replaced when all is done.

    Args:
        project: The project.
        run: The run.
        output: The file.
        what: A name of `WHAT`; by default what the ending stands for.
        part: The rows that results are of: "validation" or "training".
        checkpoint: The saved model that weights and results are of; by default the best one.

    Raises:
        UsageError: If the ending does not suit, or the file would be one of the run's own.
        RunError, CheckpointError: If the run has no such thing.
        StorageError: If the file cannot be written.
        WorkerError: If the process that measures or draws fails.
    """
    output = output.absolute()
    what = _what(output, what)
    paths = runs.find(project, run)
    refuse_output(output, project.folder, code="export")
    if checkpoint is not None and what not in (*_OF_RESULTS, "weights"):
        raise UsageError(
            say(
                "A saved model has no {what} of its own: that belongs to the whole run.", what=what
            ),
            remedy=say(
                "Leave --checkpoint out, or name worst, confusion, parity, residuals or "
                "weights with --what."
            ),
        )
    if what == "history":
        _write_history(project, paths, output)
    elif what == "weights":
        _write_weights(paths, checkpoint, output)
    elif what == "worst":
        results = _results(project, paths, checkpoint)
        atomic.write_text(output, csv_of_worst(results, _part(results, part)))
    else:
        _draw(project, paths, what, output, part, checkpoint)
    return Exported(
        what,
        paths.name,
        output,
        say("{what} of {run}: {output}", what=what.capitalize(), run=paths.name, output=output),
    )


def csv_of_history(state: RunState) -> str:
    """A run's History as CSV, every digit of it, as `history.csv` in its folder."""
    rows = [(row.epoch, row.logs) for row in state.epochs]
    names = dict.fromkeys(name for _, logs in rows for name in logs)
    return history_table(rows, list(names))


def csv_of_worst(results: Results, part: str) -> str:
    """The rows that were most wrong as CSV; rows count from 1, as in the file of the data."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    rows = results.worst.get(part, [])
    files = ["file"] if any("file" in row for row in rows) else []
    if results.task == "classification":
        heads = ["true", "predicted", say("probability of the true class")]
        table.writerow(["row", *files, *heads])
        for row in rows:
            names = (harmless(row["true"]), harmless(row["predicted"]))
            table.writerow([_row(row), *_file(row, files), *names, repr(row["probability"])])
        return text.getvalue()
    names = list(rows[0]["true"]) if rows else []
    heads = [f"{kind} {name}" for name in names for kind in ("measured", "predicted")]
    table.writerow(["row", *files, *heads])
    for row in rows:
        pairs = [repr(row[kind][name]) for name in names for kind in ("true", "predicted")]
        table.writerow([_row(row), *_file(row, files), *pairs])
    return text.getvalue()


def _file(entry: Mapping[str, Any], wanted: Sequence[str]) -> list[str]:
    """The picture that a row is, where the table has a column for it."""
    return [harmless(str(entry.get("file", "")))] if wanted else []


def _row(entry: Mapping[str, Any]) -> int | str:
    return "" if entry["row"] is None else entry["row"] + 1


def _what(output: Path, what: str | None) -> str:
    ending = output.suffix.lower()
    suiting = [name for name, endings in WHAT.items() if ending in endings]
    if what is None and suiting:
        return "curves" if "curves" in suiting else suiting[0]
    if what in suiting:
        return what
    can = [f"{name} ({', '.join(endings)})" for name, endings in WHAT.items()]
    if what is not None:
        can = [say("{what} is written as {what_2}", what=what, what_2=", ".join(WHAT[what]))]
    shown = repr(ending) if ending else say("no ending")
    raise UsageError(
        say("The ending of the file says how it is written; what came is {shown}.", shown=shown),
        remedy=say("There are: {can}.", can="; ".join(can)),
    )


def _write_history(project: Project, paths: RunPaths, output: Path) -> None:
    state = runs.load_run(project, paths.name).state
    if not state.epochs:
        raise RunError(
            say(
                "No epoch of the run {run} has ended, so it has no History yet.",
                run=repr(paths.name),
            ),
            code="run.no-history",
        )
    ending = output.suffix.lower()
    if ending == ".csv":
        atomic.write_text(output, csv_of_history(state))
    else:
        _copy(paths.folder / f"history{ending}", output)


def _write_weights(paths: RunPaths, checkpoint: str | None, output: Path) -> None:
    saved = _saved(paths, checkpoint)
    source = saved.path
    if saved.whole:
        verify_manifest(saved.path)
        source = saved.path / "weights.safetensors"
    _copy(source, output)


def _saved(paths: RunPaths, checkpoint: str | None) -> SavedModel:
    if checkpoint is not None:
        return find_saved(paths, checkpoint, working_folder())
    for each in saved_models(paths):
        if each.whole and each.epoch is not None:
            return each
    raise RunError(
        say("The run {run} has no trained weights yet.", run=repr(paths.name)),
        code="run.no-model",
        remedy=say("Train it until its first epoch has ended."),
    )


def _results(project: Project, paths: RunPaths, checkpoint: str | None) -> Results:
    results = using_models.load_results(project, paths.name) if checkpoint is None else None
    if results is None:
        measured = using_models.evaluate_run(project, paths.name, checkpoint=checkpoint)
        results = Results.from_json(measured)
    return results


def _part(results: Results, part: str) -> str:
    if part in results.scores:
        return part
    there = ", ".join(results.scores)
    raise RunError(
        say(
            "Nothing was measured on {part} rows; there are results of {there}.",
            part=part,
            there=there,
        ),
        code="run.no-part",
        remedy=say(
            "Choose one with --part {scores}.", scores=next(iter(results.scores), "training")
        ),
    )


def _draw(
    project: Project,
    paths: RunPaths,
    what: str,
    output: Path,
    part: str,
    checkpoint: str | None,
) -> None:
    job: dict[str, Any] = {
        "project": str(project.folder),
        "run": paths.name,
        "what": what,
        "output": str(output),
    }
    if what == "curves":
        if not runs.load_run(project, paths.name).state.epochs:
            raise RunError(
                say(
                    "No epoch of the run {run} has ended, so there is nothing to draw yet.",
                    run=repr(paths.name),
                ),
                code="run.no-history",
            )
    else:
        results = _results(project, paths, checkpoint)
        job |= {"results": results.to_json(), "part": _part(results, part)}
        _refuse_other_task(what, results)
    ask(processes.figure_command(), job)


def _refuse_other_task(what: str, results: Results) -> None:
    classes = results.task == "classification"
    if classes != (what == "confusion"):
        fitting = "confusion" if classes else say("parity or residuals")
        told = "classes" if classes else "numbers"
        raise RunError(
            say("The model tells {told}, and {what} is not made for them.", told=told, what=what),
            code="run.no-figure",
            remedy=say("Choose {fitting} with --what.", fitting=fitting),
        )


def _copy(source: Path, target: Path) -> None:
    try:
        reading = open_to_read(source)
    except OSError as problem:
        raise RunError(
            say(
                "{source} cannot be read: {strerror}.",
                source=repr(str(source)),
                strerror=problem.strerror,
            ),
            code="run.file-missing",
        ) from problem
    with reading, atomic.writing(target) as file:
        shutil.copyfileobj(reading, file, 1 << 20)
