"""Runs: check what would happen, start one, list, load and follow them, say something of them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from fitstudio.actions.launchers import RunHandle, launcher_of, processes
from fitstudio.actions.run import run_ending, run_states, run_summary
from fitstudio.actions.run.following import RunFollower
from fitstudio.actions.run.results_file import Results
from fitstudio.actions.run.run_data import dataset_summary, second_summary, up_to_date
from fitstudio.actions.run.run_making import make_run
from fitstudio.actions.run.run_summary import Best, RunSummary
from fitstudio.declared.resolve import Resolved, resolve
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.errors import SpecError, StorageError, WorkerError
from fitstudio.journal import RunState
from fitstudio.project import Project, ProjectPaths, RunPaths
from fitstudio.project.links import refuse_links_of_run
from fitstudio.project.run_files import (
    About,
    find_run,
    read_recorded,
    read_spec_as_far_as_possible,
)
from fitstudio.storage import atomic
from fitstudio.storage.checked import MisfitError
from fitstudio.words import say

__all__ = [
    "Best",
    "RunFollower",
    "RunHandle",
    "RunRecord",
    "RunSummary",
    "check",
    "dataset_summary",
    "list_runs",
    "load_run",
    "note_run",
    "rename_run",
    "run_name",
    "second_summary",
    "set_series",
    "star_run",
    "start_run",
    "summary_json",
    "up_to_date",
    "watch_run",
]

# What a person says of a run is read, changed and written by threads of the window.
_about_lock = threading.Lock()


@dataclass(frozen=True)
class RunRecord:
    """Everything about one run.

    Args:
        run: Its folder's name.
        folder: Its folder.
        spec: What was asked for.
        resolved: What was used; None if it cannot be read.
        state: What happened.
        history: `History.history`.
        results: What the trained model is worth; None until the run has ended.
        about: What a person said about it.
        damage: What is wrong with its files, in sentences; all else is shown.
    """

    run: str
    folder: Path
    spec: RunSpec
    resolved: Resolved | None
    state: RunState
    history: Mapping[str, list[Any]]
    results: Mapping[str, Any] | None
    about: About
    damage: tuple[str, ...] = ()


def check(
    project: Project, spec: RunSpec | None = None, summary: DatasetSummary | None = None
) -> Resolved:
    """What training would do, and everything that speaks against it.

    Args:
        project: The project.
        spec: What is to be done; the project's settings by default.
        summary: What is known about the data; asked for by default.

    Raises:
        DataError: If the data file cannot be read.
    """
    spec = spec or project.settings
    summary = summary or dataset_summary(project, spec)
    return resolve(spec, summary, second=second_summary(project, spec))


def usable(project: Project, spec: RunSpec, summary: DatasetSummary | None = None) -> Resolved:
    """As `check`, for what is to be trained now.

    Raises:
        SpecError: If it cannot work; holds every finding.
        DataError: If the data file cannot be read.
    """
    resolved = check(project, spec, summary)
    if not resolved.ok:
        first = resolved.errors[0]
        raise SpecError(first.sentence, resolved.errors, code=first.code)
    return resolved


def start_run(
    project: Project,
    *,
    spec: RunSpec | None = None,
    summary: DatasetSummary | None = None,
    name: str | None = None,
    parent: str | None = None,
    foreground: bool = False,
    output: IO[Any] | None = None,
) -> RunHandle:
    """Makes a run and starts its training process, which goes on whatever becomes of us.

    Several processes may start runs in one project; who may change its settings is another matter.

    Args:
        project: The project; opened for reading on purpose is enough, as long as the folder can be
            written.
        spec: What is to be done; the project's settings by default.
        summary: What is known about the data; asked for by default.
        name: What the run is called; by default after what changed.
        parent: The run that it was made from.
        foreground: Whether the training's own output is wanted, at `output`.
        output: A stream; what the engine prints goes there as it is.

    Raises:
        SpecError: If it cannot work; holds every finding.
        DataError: If the data file cannot be read.
        StorageError: If the folder cannot be written.
        WorkerError: If the process does not start; the run stays, marked as failed.
        ProjectError: If the project could not be opened to be changed.
    """
    project.require_changeable()
    spec = spec or project.settings
    summary = up_to_date(project, spec, summary)
    resolved = usable(project, spec, summary)
    parent = parent or spec.get("run.parent")
    paths = make_run(project, spec, resolved, summary, title=name, parent=parent)
    return launch(project, paths, output=output if foreground else None)


def launch(
    project: Project,
    paths: RunPaths,
    *,
    resume: bool = False,
    output: IO[Any] | None = None,
    verbose: int | None = None,
) -> RunHandle:
    """Starts the training process of a run that is there.

    Args:
        project: The project.
        paths: The run.
        resume: Whether to go on from the newest checkpoint.
        output: A stream; what the engine prints goes there as it is.
        verbose: How progress is printed this time, where that is not as in the run's settings.

    Raises:
        WorkerError: If it does not start; the run is marked as failed.
        ProjectError: If the project could not be opened to be changed.
    """
    project.require_changeable()
    try:
        return launcher_of(paths).start(
            project.folder, paths, resume=resume, output=output, verbose=verbose
        )
    except WorkerError as problem:
        run_ending.end_as_not_started(paths, problem.details or problem.message)
        raise


def list_runs(project: Project) -> list[RunSummary]:
    """Every run, the newest last; a damaged one is listed with what can be read of it."""
    processes.reap()
    return [_summary(paths) for paths in project.paths.run_folders()]


def load_run(project: Project, run: str | int) -> RunRecord:
    """Everything about one run.

    Raises:
        RunError: If there is no such run.
        StorageError, ProjectError, SpecError: If its `run.json` cannot be read.
    """
    paths = find(project, run)
    state = _state_as_far_as_possible(paths)
    spec, problems = read_spec_as_far_as_possible(paths.spec)
    found = [
        say("{spec} cannot be read whole: {sentence}", spec=paths.spec.name, sentence=each.sentence)
        for each in problems
    ]
    resolved = results = None
    try:
        if paths.resolved.exists():
            resolved = Resolved.from_json(read_recorded(paths.resolved))
    except (StorageError, MisfitError) as problem:
        found.append(
            say(
                "{resolved} cannot be read: {problem}",
                resolved=paths.resolved.name,
                problem=_clause(problem),
            )
        )
    try:
        if paths.results.exists():
            content = atomic.read_json(paths.results)
            Results.from_json(content)
            results = content
    except (StorageError, MisfitError) as problem:
        found.append(
            say(
                "{results} cannot be read: {problem}",
                results=paths.results.name,
                problem=_clause(problem),
            )
        )
    return RunRecord(
        run=paths.name,
        folder=paths.folder,
        spec=spec,
        resolved=resolved,
        state=state,
        history=state.history(),
        results=results,
        about=About.read(paths),
        damage=tuple(found),
    )


def watch_run(project: Project, run: str | int) -> RunFollower:
    """A follower of a run; `poll` it.

    Raises:
        RunError: If there is no such run.
    """
    return RunFollower(find(project, run))


def rename_run(project: Project, run: str | int, name: str) -> None:
    """Changes what a run is called; its folder keeps its name.

    Raises:
        RunError: If there is no such run.
        StorageError: If it cannot be written.
    """
    _change(project, run, title=name.strip()[:200])


def note_run(project: Project, run: str | int, note: str) -> None:
    """Changes the note of a run; raises as `rename_run`."""
    _change(project, run, note=note[:10_000])


def star_run(project: Project, run: str | int, starred: bool = True) -> None:
    """Marks a run, or takes the mark away; raises as `rename_run`."""
    _change(project, run, starred=starred)


def set_series(project: Project, run: str | int, series: int) -> None:
    """Keeps a run's place in the order of plot colours; raises as `rename_run`."""
    _change(project, run, series=series)


def run_name(project: Project | Path, run: str | int) -> str:
    """The folder name of a run given by name or number.

    Raises:
        RunError: If there is no such run.
    """
    folder = project.folder if isinstance(project, Project) else Path(project)
    return find_run(ProjectPaths(folder).run_folders(), run).name


def summary_json(project: Project, run: str | int) -> dict[str, Any]:
    """One run as plain data, as `runs --json` prints it.

    Raises:
        RunError: If there is no such run.
    """
    paths = find(project, run)
    return _summary(paths).to_json() | {"folder": str(paths.folder)}


def find(project: Project, run: str | int) -> RunPaths:
    """The files of a run given by name or number.

    Raises:
        RunError: If there is no such run.
    """
    return find_run(project.paths.run_folders(), run)


def _summary(paths: RunPaths) -> RunSummary:
    about = About.read(paths)
    size = _size(paths.journal)
    known = run_summary.kept(paths, about, size)
    if known is not None:
        return known
    state = _state_as_far_as_possible(paths)
    summary = run_summary.summarize(paths, about, state)
    if state.outcome is not None:
        run_summary.keep(paths, summary, _size(paths.journal))
    return summary


def _state(paths: RunPaths) -> RunState:
    processes.reap()
    return run_ending.settle(paths, run_states.state_of(paths))


def _state_as_far_as_possible(paths: RunPaths) -> RunState:
    """As `_state`; of a journal that cannot be read, the reason."""
    try:
        return _state(paths)
    except OSError as problem:
        why = problem.strerror or str(problem)
        return RunState(
            damage=say("{journal} cannot be read: {why}.", journal=paths.journal.name, why=why)
        )


def _change(project: Project, run: str | int, **fields: Any) -> None:
    project.require_changeable()
    paths = find(project, run)
    with _about_lock:
        refuse_links_of_run(paths)
        About.read(paths).changed(**fields).write(paths.about)


def _clause(problem: StorageError | MisfitError) -> str:
    words = problem.message if isinstance(problem, StorageError) else f"{problem}."
    return words.partition(" cannot be read: ")[2] or words


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
