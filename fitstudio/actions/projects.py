"""Projects: make one from an example or a data file, open one, remember which were used."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from fitstudio import resources
from fitstudio.actions import queue
from fitstudio.actions.first_settings import Files, spec_for
from fitstudio.actions.launchers import processes
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import ProjectError, StorageError
from fitstudio.project import Project, ProjectPaths
from fitstudio.storage import atomic, checked
from fitstudio.storage.checked import Moment
from fitstudio.storage.folder import remove_tree
from fitstudio.words import say

_RECENT = "recent.json"
_KEPT_RECENT = 30


@dataclass(frozen=True)
class Example:
    """A project that is shipped.

    Args:
        name: The word for it on the command line; its folder's name.
        title: What the start page calls it.
        sentence: What it shows.
        facts: A few short facts for chips: "344 rows", "3 classes".
        folder: Where its files are.
    """

    name: str
    title: str
    sentence: str
    facts: tuple[str, ...]
    folder: Path


@dataclass(frozen=True)
class RecentProject:
    """A project that was used before.

    Args:
        folder: Its folder.
        name: What it was called then.
        opened: When it was last opened (wall clock).
        missing: Whether it is not there any more: moved, or on a drive that is not plugged in.
    """

    folder: Path
    name: str
    opened: float
    missing: bool


class _RecentEntry(TypedDict):
    folder: str
    name: str
    opened: Moment


class _RecentFile(TypedDict):
    projects: list[Any]


def create_project(
    folder: Path | str,
    *,
    name: str | None = None,
    example: str | None = None,
    data: Files | None = None,
    join: Mapping[str, str] | None = None,
    target: Sequence[str] | str | None = None,
    inputs: Sequence[str] | None = None,
    settings: Mapping[str, Any] | None = None,
    program: str = "FitStudio",
    cancel: threading.Event | None = None,
) -> Project:
    """Makes a project and opens it for writing.

    Args:
        folder: The new folder; it must be empty or not there.
        name: What the project is called; by default as its folder or its example.
        example: Start from this example: its data is copied into the project.
        data: Start from this file: it stays where it is, and the project refers to it. Several
            files become one dataset: a list of them, or files by the names that they are to have.
        join: Of several files, those whose rows are found by a column: the column by the file's
            name. The other files have a row for each row of the first.
        target: What is to be predicted; by default what the file suggests.
        inputs: What it is predicted from; by default all other usable columns.
        settings: Settings by key that go over those of the example or the file.
        program: What opens it, for others who find it held.
        cancel: Ends the reading of the data when set; then there is no project.

    Raises:
        ProjectError: If something is in the folder already, or there is no such example.
        DataError: If the file cannot be read, or has no such column.
        SpecError: If a setting is unknown.
        StorageError: If the folder cannot be written.
    """
    folder = Path(folder).expanduser().absolute()
    existed = folder.exists()
    found = _example(example) if example else None
    if found is not None:
        spec = RunSpec.from_json(_example_content(found.folder).get("settings", {}))
    elif data is not None:
        wanted = [target] if isinstance(target, str) else target
        spec = spec_for(
            data,
            folder,
            target=wanted or (),
            inputs=inputs or (),
            join=join,
            settings=settings or {},
            cancel=cancel,
        )
    else:
        spec = RunSpec().with_values(settings or {})
    if found is not None:
        spec = spec.with_values(settings or {})
    title = name or (found.title if found else folder.name)
    try:
        project = Project.create(folder, name=title, settings=spec, program=program)
    except StorageError:
        if not existed:
            remove_tree(folder, quietly=True)  # so that the same can be tried again
        raise
    try:
        if found is not None:
            _copy_example(found.folder, project.paths)
    except BaseException:
        project.close()
        if not existed:
            remove_tree(folder, quietly=True)
        raise
    remember_project(project)
    return project


def open_project(
    folder: Path | str,
    *,
    read_only: bool = False,
    take_over: bool = False,
    program: str = "FitStudio",
) -> Project:
    """Opens a project; for reading, with the reason in `Project.read_only`, where need be.

    Raises:
        ProjectError: If there is no project, or nothing of it can be read.
    """
    project = Project.open(
        Path(folder).expanduser(), read_only=read_only, take_over=take_over, program=program
    )
    if not read_only:
        remember_project(project)
    if project.read_only is None:
        queue.start(project)  # after a reboot this brings a queue back to life
    return project


def list_examples() -> list[Example]:
    """The examples that are shipped, in their folders' order."""
    found = []
    for file in sorted(resources.path("examples").glob("*/example.json")):
        content = _example_content(file.parent)
        found.append(
            Example(
                name=file.parent.name,
                title=str(content.get("title", file.parent.name)),
                sentence=str(content.get("sentence", "")),
                facts=tuple(str(fact) for fact in content.get("facts", ())),
                folder=file.parent,
            )
        )
    return found


def recent_projects() -> list[RecentProject]:
    """The projects that were opened, the latest first."""
    found = []
    for entry in _recent_entries():
        folder = Path(entry["folder"])
        missing = not ProjectPaths(folder).file.exists()
        found.append(RecentProject(folder, entry["name"], entry["opened"], missing))
    return found


def remember_project(project: Project) -> None:
    """Puts a project at the top of the recent ones; where that cannot be written, it is not."""
    entry = {"folder": str(project.folder), "name": project.name, "opened": time.time()}
    _write_recent([entry, *(each for each in _recent_entries() if not _same(each, project.folder))])


def forget_project(folder: Path) -> None:
    """Takes a project out of the recent ones; its folder is not touched."""
    _write_recent([each for each in _recent_entries() if not _same(each, folder)])


def _recent_entries() -> list[dict[str, Any]]:
    path = processes.settings_folder() / _RECENT
    try:
        entries = checked.read(path, _RecentFile, limit_bytes=1_000_000)["projects"]
    except StorageError:
        return []
    whole = [checked.fitting(each, _RecentEntry) for each in entries]
    return [dict(each) for each in whole if each.keys() == _RecentEntry.__required_keys__]


def _write_recent(entries: list[dict[str, Any]]) -> None:
    folder = processes.settings_folder()
    try:
        atomic.make_folder(folder)
        content = {"format": 1, "projects": entries[:_KEPT_RECENT]}
        atomic.write_json(folder / _RECENT, content, durable=False)
    except StorageError:
        pass  # a home that cannot be written: everything else works all the same


def _same(entry: Mapping[str, Any], folder: Path) -> bool:
    return Path(entry["folder"]) == folder


def _example(name: str) -> Example:
    examples = list_examples()
    for example in examples:
        if example.name == name:
            return example
    raise ProjectError(
        say("There is no example {name}.", name=repr(name)),
        code="project.no-example",
        remedy=say(
            "There are: {examples}.", examples=", ".join(example.name for example in examples)
        ),
    )


def _example_content(folder: Path) -> dict[str, Any]:
    content = atomic.read_json(folder / "example.json")
    return content if isinstance(content, dict) else {}


def _copy_example(source: Path, paths: ProjectPaths) -> None:
    for name in _example_content(source).get("files", ()):
        target = paths.data / name
        atomic.make_folder(target.parent)
        with (source / name).open("rb") as reading, atomic.writing(target) as file:
            shutil.copyfileobj(reading, file, 1 << 20)
