"""Makes the folder of a new run, whole, with its number, its name and what it is to do."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import platform
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fitstudio
from fitstudio.actions.run.run_names import telling, title_of
from fitstudio.declared.resolve import Resolved
from fitstudio.declared.run_spec import Difference, RunSpec
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.errors import FitStudioError, ProjectError, SpecError, StorageError
from fitstudio.journal import EventType, Journal
from fitstudio.journal.events import EXTENDED
from fitstudio.project import Project, ProjectPaths, RunPaths
from fitstudio.project.file_names import run_folder_name
from fitstudio.project.links import refuse_links_of_project
from fitstudio.project.run_files import About, read_recorded, read_spec, write_spec
from fitstudio.project.saved_models import SavedModel, saved_models
from fitstudio.storage import atomic, ops, write_folder
from fitstudio.storage.file_lock import FileLock, HeldError
from fitstudio.storage.special_files import open_to_read
from fitstudio.words import say

_LOCK_WAIT_S = 5.0
_VERSIONS = ("torch", "numpy", "polars", "h5py", "safetensors")
_COPIED_FILES = (
    "journal.jsonl",
    "batches.f32",
    "history.json",
    "history.csv",
    "history.h5",
    "model.json",
)
_COPIED_CHECKPOINTS = ("last", "previous", "best")


def make_run(
    project: Project,
    spec: RunSpec,
    resolved: Resolved,
    summary: DatasetSummary | None,
    *,
    title: str | None,
    parent: str | None,
) -> RunPaths:
    """Makes the folder with `run.json`, `about.json` and `resolved.json`.

    Args:
        project: The project.
        spec: What was set.
        resolved: What follows from it.
        summary: What is known about the data.
        title: What the run is called; by default after what changed.
        parent: The folder name of the run that it was made from, if a person said so.

    Raises:
        StorageError: If it cannot be written; nothing of the run is there then.
    """
    return _make(project, spec, resolved, _Extras(summary), title=title, parent=parent)


def hindrance(project: Project) -> FitStudioError | None:
    """Why no run can be made in the project's folder, whatever its settings; None if one can."""
    try:
        project.require_changeable()
        refuse_links_of_project(project.paths)
        for folder in (project.folder, project.paths.runs):
            if folder.exists():
                ops.require_writable(folder)
    except (ProjectError, StorageError) as problem:
        return problem
    return None


def make_copy(
    project: Project,
    source: RunPaths,
    spec: RunSpec,
    resolved: Resolved,
    *,
    title: str,
    start: SavedModel | None = None,
) -> RunPaths:
    """Makes a run that stands where `source` ended, or at `start`, and can be resumed from there.

    Raises:
        StorageError: If it cannot be written; nothing of the new run is there then.
    """
    extras = _Extras(None, source, start)
    return _make(project, spec, resolved, extras, title=title, parent=source.name)


@dataclass(frozen=True)
class _Extras:
    """Where the rest of a new run's files comes from: the data as it is now, or an older run."""

    summary: DatasetSummary | None
    source: RunPaths | None = None
    start: SavedModel | None = None

    def facts(self, spec: RunSpec) -> dict[str, Any]:
        if self.source is not None:
            earlier = read_recorded(self.source.resolved)
            names = ("seed", "data_fingerprint", "data_fingerprints", "validation_fingerprints")
            return {name: earlier[name] for name in names if name in earlier}
        seed = spec.get("run.seed")
        return {
            "seed": secrets.randbelow(2**32) if seed is None else seed,
            **_fingerprints(self.summary),
        }

    def copy_files(self, target: RunPaths) -> None:
        if self.source is None:
            return
        for name in _COPIED_FILES:
            _copy_if_there(self.source.folder / name, target.folder / name)
        for name, folder in self._checkpoints(self.source):
            for file in folder.glob("*"):
                atomic.make_folder(target.checkpoints / name)
                _copy_if_there(file, target.checkpoints / name / file.name)
        where = (
            say("from where it ended")
            if self.start is None
            else say("from {start}", start=self.start.name)
        )
        # How the other run ended is not how this one stands, from the first moment on.
        with Journal(target.journal) as journal:
            journal.append(
                EventType.MESSAGE,
                level="info",
                code=EXTENDED,
                sentence=say(
                    "Run {number} is trained on {where}.", number=self.source.number, where=where
                ),
            )

    def _checkpoints(self, source: RunPaths) -> list[tuple[str, Path]]:
        """The checkpoints of the new run: their names there, and what they are copies of."""
        if self.start is None:
            return [(name, source.checkpoints / name) for name in _COPIED_CHECKPOINTS]
        copied = [("last", self.start.path)]
        # A best epoch that lies after the start belongs to what is trained again.
        copied += [
            ("best", each.path)
            for each in saved_models(source)
            if each.kind == "best" and _place(each) <= _place(self.start)
        ]
        return copied


def _make(
    project: Project,
    spec: RunSpec,
    resolved: Resolved,
    extras: _Extras,
    *,
    title: str | None,
    parent: str | None,
) -> RunPaths:
    with editing(project.paths):
        runs = project.paths.run_folders()
        compared = _compared_with(runs, parent)
        if compared is None and parent is not None:
            parent, compared = None, _compared_with(runs, None)  # it was discarded meanwhile
        differences = _differences(spec, compared)
        title = str(title or spec.get("run.name") or title_of(spec, differences))
        about = About(
            title=title,
            note=spec.get("run.note") or "",
            parent=parent,
            created=round(time.time(), 3),
            changes=tuple(_plain(each) for each in telling(differences or ())),
            compared=compared.name if compared else "",
        )
        number = _next_number(project.paths, runs)
        paths = project.paths.run(run_folder_name(number, title))
        atomic.make_folder(project.paths.runs)

        def write(folder: Path) -> None:
            fresh = RunPaths(folder)
            write_spec(fresh.spec, spec)
            about.write(fresh.about)
            recorded = {
                "format": 1,
                "spec_sha256": spec_digest(fresh.spec),
                "environment": environment(),
                "host": platform.node(),
            }
            atomic.write_json(fresh.resolved, resolved.to_json() | recorded | extras.facts(spec))
            atomic.make_folder(fresh.checkpoints)
            extras.copy_files(fresh)

        write_folder(paths.folder, write, sealed=False)
        return paths


def _differences(spec: RunSpec, compared: RunPaths | None) -> tuple[Difference, ...] | None:
    """What differs from another run; None where there is none, or where it cannot be read."""
    if compared is None:
        return None
    try:
        return tuple(spec.differences(read_spec(compared.spec)))
    except (SpecError, StorageError, ProjectError):
        return None  # a damaged run keeps no other from being made


@contextlib.contextmanager
def editing(paths: ProjectPaths) -> Iterator[None]:
    """Keeps other processes from numbering runs or changing the queue, for a moment.

    Raises:
        ProjectError: If another process does not finish that within five seconds, or if something
            in the project would be written through a link.
    """
    refuse_links_of_project(paths)
    deadline = time.monotonic() + _LOCK_WAIT_S
    while True:
        try:
            lock = FileLock(paths.edit_lock, program="FitStudio", take_over=True)
            break
        except HeldError as held:
            if time.monotonic() > deadline:
                raise ProjectError(
                    say(
                        "Another process is changing the runs of this project and does not finish."
                    ),
                    code="project.busy",
                    remedy=say(
                        "Try again; if it stays so, close the other windows of this project."
                    ),
                    details=str(held),
                ) from held
            time.sleep(0.02)
    with lock:
        yield


def environment() -> dict[str, Any]:
    """The versions that a run's numbers may depend on, as far as they can be told without torch."""
    found = {"fitstudio": fitstudio.__version__, "python": platform.python_version()}
    for package in _VERSIONS:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    return found


def spec_digest(path: Path) -> str:
    """A hash of `run.json` as it stands, to notice a change by hand."""
    with open_to_read(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _compared_with(runs: list[RunPaths], parent: str | None) -> RunPaths | None:
    """The run that the new one is named against: its parent, or the one before."""
    for paths in reversed(runs):
        if parent in (None, paths.name) and paths.spec.exists():
            return paths
    return None


def _next_number(paths: ProjectPaths, runs: list[RunPaths]) -> int:
    """One more than any run ever had, also those in the trash: a number means one run for ever."""
    discarded = [RunPaths(folder).number for folder in paths.trash.glob("[0-9]*")]
    return max([*(run.number for run in runs), *discarded], default=0) + 1


def _place(model: SavedModel) -> tuple[int, int]:
    """How far the training was when a model was saved."""
    return model.epochs_done or 0, model.step


def _fingerprints(summary: DatasetSummary | None) -> dict[str, Any]:
    """By what a change of the data is noticed: of one file, or of each of several by its name."""
    if summary is None or not summary.sources:
        return {"data_fingerprint": dict(summary.fingerprint) if summary else None}
    return {"data_fingerprints": {each.name: dict(each.fingerprint) for each in summary.sources}}


def _copy_if_there(source: Path, target: Path) -> None:
    if not source.exists():
        return
    with open_to_read(source) as reading, atomic.writing(target) as file:
        shutil.copyfileobj(reading, file, 1 << 20)


def _plain(difference: Difference) -> dict[str, Any]:
    return {"key": difference.key, "mine": difference.mine, "theirs": difference.theirs}
