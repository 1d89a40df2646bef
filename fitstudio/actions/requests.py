"""What a person can ask of a run: stop, pause, go on, snapshot, resume, extend, end, discard.

A request is a small file in the run's folder, which the worker acknowledges in the journal; it
works the same from the window, from a restarted window, and from the command line. Asking never
ends a process and never deletes anything. `kill_run` is another button.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import IO, Any

from fitstudio.actions import runs
from fitstudio.actions.folders import working_folder
from fitstudio.actions.launchers import RunHandle, launcher_of
from fitstudio.actions.run import run_ending
from fitstudio.actions.run.resume_check import ResumeDifference
from fitstudio.actions.run.resume_check import resume_differences as _resume_differences
from fitstudio.actions.run.run_making import editing, make_copy
from fitstudio.errors import CheckpointError, RunError, StorageError
from fitstudio.journal import Outcome, RunState, fold, read_all
from fitstudio.project import Project, RunPaths
from fitstudio.project.links import refuse_links_of_run
from fitstudio.project.run_files import Request, read_spec
from fitstudio.project.saved_models import SavedModel, find_saved, saved_models
from fitstudio.storage import atomic, ops
from fitstudio.storage.folder import move
from fitstudio.storage.manifest import read_manifest, verify_manifest
from fitstudio.words import say, say_count

KINDS = ("stop_batch", "stop_epoch", "stop_now", "pause", "continue", "snapshot")
_EARLIER_REQUEST_S = 1.0
_LOOK_INTERVAL_S = 0.02
_SECONDS_TO_STOP = 5.0


def request(project: Project, run: str | int, kind: str) -> int:
    """Asks something of a run's worker; returns the request's number at once.

    Args:
        project: The project.
        run: The run.
        kind: One of `KINDS`.

    Raises:
        RunError: If there is no such run, or no process trains it.
        StorageError: If the request cannot be written.
        ProjectError: If the project could not be opened to be changed.
    """
    if kind not in KINDS:
        raise ValueError(f"A request is one of {', '.join(KINDS)}; not {kind!r}.")
    project.require_changeable()
    paths = runs.find(project, run)
    if not launcher_of(paths).is_alive(paths):
        state = run_ending.settle(paths, _state(paths))
        raise RunError(
            say(
                "Run {run} is not being trained. {state}",
                run=repr(paths.name),
                state=state.outcome_sentence(),
            ),
            code="run.not-running",
            remedy=say("Extend it to train more epochs.")
            if state.outcome is Outcome.COMPLETED
            else say("Resume it to go on."),
        )
    refuse_links_of_run(paths)
    number = _next_request(paths)
    content = {"format": 1, "id": number, "kind": kind, "time": time.time()}
    atomic.write_json(paths.request, content, durable=False)
    return number


def acknowledged(project: Project, run: str | int, number: int, *, timeout_s: float = 5.0) -> bool:
    """Waits until the worker has seen a request; whether it has, within `timeout_s`."""
    paths = runs.find(project, run)
    deadline = time.monotonic() + timeout_s
    while number not in _state(paths).acknowledged:
        if time.monotonic() > deadline or not launcher_of(paths).is_alive(paths):
            return False
        time.sleep(_LOOK_INTERVAL_S)
    return True


def stop_run(project: Project, run: str | int, when: str = "batch") -> None:
    """Asks a run to stop after its batch or epoch, or ("now") ends it if it does not in time.

    Raises:
        RunError, StorageError: As `request`.
    """
    if when not in ("batch", "epoch", "now"):
        raise ValueError(f"when is batch, epoch or now; not {when!r}.")
    request(project, run, f"stop_{when}")
    if when != "now":
        return
    paths = runs.find(project, run)
    deadline = time.monotonic() + _SECONDS_TO_STOP
    while launcher_of(paths).is_alive(paths):
        if time.monotonic() > deadline:
            kill_run(project, run)
            return
        time.sleep(_LOOK_INTERVAL_S)


def pause_run(project: Project, run: str | int) -> None:
    """Asks a run to wait after its batch; raises as `request`."""
    request(project, run, "pause")


def continue_run(project: Project, run: str | int) -> None:
    """Asks a paused run to go on; raises as `request`."""
    request(project, run, "continue")


def kill_run(project: Project, run: str | int) -> bool:
    """Ends the process of a run at once; finished epochs are kept. Whether there was one.

    Raises:
        RunError: If there is no such run, or its process is on another computer.
        ProjectError: If the project could not be opened to be changed.
    """
    project.require_changeable()
    paths = runs.find(project, run)
    launcher = launcher_of(paths)
    if not launcher.is_alive(paths):
        run_ending.settle(paths, _state(paths))
        return False
    ended = launcher.end(paths)
    if ended:
        run_ending.end_as_killed(paths)
    return ended


def resume_differences(project: Project, run: str | int) -> list[ResumeDifference]:
    """What is different now from when the run was last trained.

    Raises:
        RunError: If there is no such run.
        StorageError: If its files cannot be read.
    """
    return _resume_differences(project.folder, runs.find(project, run))


def resume_run(
    project: Project,
    run: str | int,
    *,
    checkpoint: str | None = None,
    foreground: bool = False,
    output: IO[Any] | None = None,
    verbose: int | None = None,
) -> RunHandle:
    """Goes on with a run that was stopped or cut off, from its newest verified checkpoint.

    Args:
        project: The project.
        run: The run.
        checkpoint: A saved model to go on from instead. What was trained after it stays as it is:
            a new run goes on from there, to the epoch that this one aimed for.
        foreground: Whether the training's own output is wanted, at `output`.
        output: A stream; what the engine prints goes there as it is.
        verbose: How progress is printed this time: 0, 1 or 2; as the run's settings say if None.

    Raises:
        RunError: If it is being trained, has finished, or is not the same run any more; or if the
            training cannot go on from the checkpoint.
        WorkerError: If the process does not start.
        ProjectError: If the project could not be opened to be changed.
    """
    project.require_changeable()
    paths = runs.find(project, run)
    _refuse_if_running(paths)
    state = run_ending.settle(paths, _state(paths), started_here=True)
    start = None if checkpoint is None else _whole_model(paths, checkpoint)
    if start is not None and start.path != _newest(paths):
        _refuse_if_changed(project, run)
        return _branch(
            project,
            paths,
            start,
            epochs=None,
            output=output if foreground else None,
            verbose=verbose,
        )
    if state.outcome is Outcome.COMPLETED:
        raise RunError(
            say("Run {run} is complete: {sentence}", run=repr(paths.name), sentence=state.sentence),
            code="run.finished",
            remedy=say("Extend it to train more epochs."),
        )
    _refuse_if_changed(project, run)
    return runs.launch(
        project, paths, resume=True, output=output if foreground else None, verbose=verbose
    )


def extend_run(
    project: Project,
    run: str | int,
    epochs: int,
    *,
    checkpoint: str | None = None,
    foreground: bool = False,
    output: IO[Any] | None = None,
    verbose: int | None = None,
) -> RunHandle:
    """Trains `epochs` more epochs in a new run that goes on from where this one ended.

    The new run begins as a copy: its curve is whole, and the old run stays as it was.

    Args:
        project: The project.
        run: The run.
        epochs: How many epochs to add.
        checkpoint: A saved model to go on from, in place of the run's end.
        foreground: Whether the training's own output is wanted, at `output`.
        output: A stream; what the engine prints goes there as it is.
        verbose: How progress is printed: 0, 1 or 2; as the run's settings say if None.

    Raises:
        RunError: If the run is being trained, or has no checkpoint to go on from.
        SpecError: If so many epochs cannot be.
        WorkerError: If the process does not start.
        ProjectError: If the project could not be opened to be changed.
    """
    project.require_changeable()
    if epochs < 1:
        raise ValueError(f"epochs is 1 or more; not {epochs}.")
    paths = runs.find(project, run)
    _refuse_if_running(paths)
    run_ending.settle(paths, _state(paths), started_here=True)
    start = None if checkpoint is None else _whole_model(paths, checkpoint)
    _refuse_if_changed(project, run)
    return _branch(
        project,
        paths,
        start,
        epochs=epochs,
        output=output if foreground else None,
        verbose=verbose,
    )


def discard_run(project: Project, run: str | int) -> Path:
    """Moves a run to the project's trash, where it stays; returns its new place.

    Raises:
        RunError: If there is no such run, or it is being trained.
        StorageError: If it cannot be moved.
        ProjectError: If the project could not be opened to be changed.
    """
    project.require_changeable()
    paths = runs.find(project, run)
    _refuse_if_running(paths)
    with editing(project.paths):
        refuse_links_of_run(paths)
        atomic.make_folder(project.paths.trash)
        target = project.paths.trash / paths.name
        count = 1
        while target.exists():
            count += 1
            target = project.paths.trash / f"{paths.name}-{count}"
        move(paths.folder, target)
    return target


def _state(paths: RunPaths) -> RunState:
    try:
        return fold(read_all(paths.journal))
    except OSError as problem:
        raise ops.problem_with(paths.journal, problem, doing="read") from problem


def _branch(
    project: Project,
    paths: RunPaths,
    start: SavedModel | None,
    *,
    epochs: int | None,
    output: IO[Any] | None,
    verbose: int | None,
) -> RunHandle:
    """A new run that goes on from a saved model (by default the newest) of another one.

    Args:
        project: The project.
        paths: The other run.
        start: The model.
        epochs: How many epochs to add; None for those that the other run had left from there.
        output: Where the training's own output goes.
        verbose: How progress is printed: 0, 1 or 2; as the run's settings say if None.
    """
    spec = read_spec(paths.spec)
    done = _epochs_saved(paths) if start is None else start.epochs_done or 0
    last = spec.get("fit.epochs") if epochs is None else done + epochs
    if last <= done:
        raise RunError(
            say_count(
                last,
                "Nothing is left to be trained after {start}: the run aimed for {number} epoch.",
                "Nothing is left to be trained after {start}: the run aimed for {number} epochs.",
                start=repr((start or paths).name),
            ),
            code="run.finished",
            remedy=say("Extend it to train more epochs."),
        )
    spec = spec.with_values({"fit.epochs": last, "run.parent": paths.name, "run.name": None})
    title = say("{last} more epochs", last=last - done) if last - done > 1 else say("1 more epoch")
    if start is not None:
        title = say("{title} from {start}", title=title, start=start.name)
    copy = make_copy(project, paths, spec, runs.usable(project, spec), title=title, start=start)
    return runs.launch(project, copy, resume=True, output=output, verbose=verbose)


def _whole_model(paths: RunPaths, name: str) -> SavedModel:
    """The saved model of this name, if a training can go on from it."""
    saved = find_saved(paths, name, working_folder())
    if not saved.whole:
        usable = [each.name for each in saved_models(paths) if each.whole]
        raise RunError(
            say(
                "{saved} holds weights without what the training knew (rows, helpers, random "
                "numbers), so no training can go on from it.",
                saved=repr(saved.name),
            ),
            code="run.weights-only",
            remedy=say("Go on from {usable}.", usable=", ".join(usable[:8])) if usable else None,
        )
    verify_manifest(saved.path)
    return saved


def _newest(paths: RunPaths) -> Path | None:
    """The checkpoint that a resume goes on from where nobody names one."""
    for each in saved_models(paths):
        if each.name == "last" and each.epoch is not None:
            return each.path
    return None


def _refuse_if_changed(project: Project, run: str | int) -> None:
    refused = [each for each in resume_differences(project, run) if not each.allowed]
    if refused:
        raise RunError(
            " ".join(each.sentence for each in refused),
            code="run.differs",
            remedy=say("Put back what has changed, or start a new run like this one."),
            safe=say("The run and its checkpoints are as they were."),
        )


def _refuse_if_running(paths: RunPaths) -> None:
    who = launcher_of(paths).describe(paths)
    if who is not None:
        raise RunError(
            say("Run {run} is being trained by {who}.", run=repr(paths.name), who=who),
            code="run.running",
            remedy=say("Stop it first."),
        )


def _next_request(paths: RunPaths) -> int:
    """The number of the next request; waits a moment until an earlier one has been seen."""
    try:
        earlier = Request.read(paths.request).id
    except StorageError:
        earlier = 0
    deadline = time.monotonic() + _EARLIER_REQUEST_S
    while True:
        seen = max(_state(paths).acknowledged, default=0)
        if seen >= earlier or time.monotonic() > deadline:
            return max(seen, earlier) + 1
        time.sleep(_LOOK_INTERVAL_S)


def _epochs_saved(paths: RunPaths) -> int:
    """How many epochs the newest checkpoint holds."""
    for name in ("last", "previous"):
        try:
            facts = read_manifest(paths.checkpoints / name)
            # One that was made between two batches does not hold the end of its epoch.
            return int(facts["epoch"]) + (0 if facts.get("step") else 1)
        except (CheckpointError, LookupError, TypeError, ValueError):
            continue
    raise RunError(
        say("Run {run} has no checkpoint to go on from.", run=repr(paths.name)),
        code="run.no-checkpoint",
        remedy=say("Start a new run like this one."),
    )
