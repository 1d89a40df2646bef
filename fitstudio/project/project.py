"""A project: a folder with its settings, its data and its runs; opened by one writer at a time.

Opening never fails for a reason that looking could get around: a project that is held elsewhere,
stands in a read-only folder, or was written by a later version opens for reading, and says why.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import ProjectError, ProjectTooNewError, SpecError, StorageError
from fitstudio.project import migrations
from fitstudio.project.lock import project_lock
from fitstudio.project.paths import ProjectPaths
from fitstudio.project.run_files import read_spec
from fitstudio.storage import atomic, ops
from fitstudio.storage.file_lock import FileLock
from fitstudio.storage.folder import settle
from fitstudio.words import say

_LEFTOVERS_AFTER_S = 3600.0
_LIMIT_BYTES = 32_000_000


class Project:
    """An open project. Use `create` or `open`, and `close` in the end.

    Attributes:
        paths: Where its files are.
        name: What it is called.
        read_only: None, or the sentence that says why it cannot be changed here.
        visiting: Whether it was opened for reading on purpose, to look or to add runs, as the
            command line and the queue do while a window holds the project.
        notices: Sentences about what was unusual at opening, for the person.
    """

    def __init__(self, paths: ProjectPaths, content: dict[str, Any], lock: FileLock | None) -> None:
        self.paths = paths
        self.read_only: str | None = None
        self.visiting = False
        self.notices: list[str] = []
        self._lock = lock
        self._saving = threading.Lock()
        self._content = content
        self._previous: bytes | None = None
        self._way_out: str | None = None
        self.name = str(content.get("name") or paths.folder.name)
        self.settings, self._foreign = _settings(content.get("settings"), self.notices)

    @property
    def folder(self) -> Path:
        """The project's folder."""
        return self.paths.folder

    @classmethod
    def create(
        cls, folder: Path, *, name: str, settings: RunSpec, program: str = "FitStudio"
    ) -> Project:
        """Makes a project in a new or empty folder.

        Raises:
            ProjectError: If something is there already.
            StorageError: If it cannot be written.
        """
        paths = ProjectPaths(folder.absolute())
        try:
            taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
        except OSError as problem:
            raise ops.problem_with(folder, problem, doing=say("make the folder")) from problem
        if taken:
            raise ProjectError(
                say(
                    "{folder} is there already, and nothing is ever overwritten.",
                    folder=repr(str(folder)),
                ),
                code="project.exists",
                remedy=say("Choose another folder, or open what is there."),
            )
        atomic.make_folder(paths.folder)
        content = {"format": migrations.FORMAT, "name": name, "created": round(time.time(), 3)}
        project = cls(paths, content, project_lock(paths.lock, program=program))
        project.settings = settings
        for needed in (paths.data, paths.runs):
            atomic.make_folder(needed)
        project.save()
        return project

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        read_only: bool = False,
        program: str = "FitStudio",
        take_over: bool = False,
    ) -> Project:
        """Opens a project; for reading where writing is not possible.

        Args:
            folder: Its folder, or its `project.json`.
            read_only: Do not even try to hold it.
            program: What opens it, for others who find it held.
            take_over: Take the lock from another computer, which does not use it any more.

        Raises:
            ProjectError: If there is no project, or nothing of it can be read.
        """
        paths = ProjectPaths(_folder_of(Path(folder)))
        reason = say("It was opened for reading.") if read_only else None
        lock = way_out = None
        if not read_only:
            try:
                lock = project_lock(paths.lock, program=program, take_over=take_over)
            except (ProjectError, StorageError) as problem:
                reason = problem.message
                way_out = problem.remedy if isinstance(problem, StorageError) else None
        try:
            project = cls._read(paths, lock, reason)
        except BaseException:
            if lock is not None:
                lock.release()
            raise
        project._way_out = way_out
        # Who only looks may still add runs; not to a project of a later version.
        project.visiting = read_only and project.read_only == reason
        if project.read_only is None:
            _clear_up(paths)
        return project

    def require_changeable(self) -> None:
        """Lets only those go on who may change what is in the project.

        Whoever wanted to hold the project and could not has been told that nothing changes there.

        Raises:
            ProjectError: If it is held elsewhere, stands in a folder that cannot be written, or was
                written by a later version.
        """
        if self.read_only is not None and not self.visiting:
            raise self.unchangeable(self.read_only, self._way_out)

    @staticmethod
    def unchangeable(reason: str, way_out: str | None = None) -> ProjectError:
        """The error that says that nothing can be changed here, why, and the way out of that."""
        return ProjectError(
            say("The project cannot be changed here. {reason}", reason=reason),
            code="project.read-only",
            remedy=way_out or say("Make a copy of the project to change it."),
        )

    def save(self) -> None:
        """Writes the name and the settings. Threads may call it; whole or not at all.

        Raises:
            ProjectError: If the project is open for reading only.
            StorageError: If it cannot be written; the file is as it was.
        """
        if self.read_only is not None:
            raise self.unchangeable(self.read_only)
        with self._saving:
            if self._previous is not None:
                # What stood there when we came, also the older format, until the next opening.
                atomic.write_bytes(self.paths.previous, self._previous)
                self._previous = None
            self._content = self._content | {"name": self.name, "settings": self._all_settings()}
            atomic.write_json(self.paths.file, self._content)

    def close(self) -> None:
        """Lets others write; a second call does nothing."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None
        self.read_only = self.read_only or say("It was closed.")

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @classmethod
    def _read(cls, paths: ProjectPaths, lock: FileLock | None, reason: str | None) -> Project:
        notices: list[str] = []
        found = _content(paths.file)
        content, raw = found if isinstance(found, tuple) else _rescued(paths, found, notices)
        try:
            content = migrations.migrated(
                content, what=say("The project {folder}", folder=repr(paths.folder.name))
            )
        except ProjectTooNewError as problem:
            reason = problem.message
        project = cls(paths, content, lock)
        project.notices[:0] = notices
        project.read_only = reason
        project._previous = raw
        if reason is not None and lock is not None:
            lock.release()
            project._lock = None
        return project

    def _all_settings(self) -> dict[str, Any]:
        """The settings, with those of another version that this one does not know."""
        return _together(self._foreign, self.settings.to_json())


def _folder_of(folder: Path) -> Path:
    folder = folder.absolute()
    try:
        if folder.name == "project.json" and folder.is_file():
            folder = folder.parent
        there = folder.is_dir()
    except OSError as problem:
        raise ops.problem_with(folder, problem, doing="open") from problem
    if not there:
        raise ProjectError(
            say("There is no folder {folder}.", folder=repr(str(folder))),
            code="project.missing",
            remedy=say("Was it moved or renamed, or its drive taken out? Look for it there."),
        )
    paths = ProjectPaths(folder)
    if not (paths.file.exists() or paths.previous.exists() or paths.run_folders()):
        raise ProjectError(
            say("{folder} is not a project: it holds no project.json.", folder=repr(str(folder))),
            code="project.missing",
            remedy=say("Make a new project, or choose the folder that holds project.json."),
        )
    return folder


def _content(path: Path) -> tuple[dict[str, Any], bytes] | Exception:
    """The file's content, parsed and as it stands, or what is wrong with it."""
    try:
        content = atomic.read_json(path, limit_bytes=_LIMIT_BYTES)
        if not isinstance(content, dict):
            raise ProjectError(
                say("{file} does not hold a project.", file=repr(str(path))), code="project.damaged"
            )
        with contextlib.suppress(ProjectTooNewError):  # which is opened for reading
            migrations.migrated(content, what=str(path))
        return content, path.read_bytes()
    except (StorageError, ProjectError, OSError) as problem:
        return problem


def _rescued(
    paths: ProjectPaths, problem: Exception, notices: list[str]
) -> tuple[dict[str, Any], bytes | None]:
    """The best there is in place of a damaged or missing `project.json`; missing is not empty."""
    found = _content(paths.previous)
    if isinstance(found, tuple):
        notices.append(
            say(
                "project.json is missing or damaged. The project was opened with the settings "
                "of the session before; its runs are all there."
            )
        )
        return found[0], None
    for run in reversed(paths.run_folders()):
        try:
            settings = read_spec(run.spec).to_json()
        except (StorageError, ProjectError, SpecError):
            continue
        settings.pop("run", None)
        notices.append(
            say(
                "project.json is missing or damaged. The project was opened with the settings "
                "of its run {run}; its runs are all there.",
                run=repr(run.name),
            )
        )
        name = paths.folder.name
        return {"format": migrations.FORMAT, "name": name, "settings": settings}, None
    raise ProjectError(
        say(
            "The project in {folder} cannot be read: {problem}",
            folder=repr(str(paths.folder)),
            problem=problem,
        ),
        code="project.damaged",
        remedy=say(
            "Put back project.json from a backup, or make a new project with the same data."
        ),
        safe=say("Nothing was changed."),
    ) from problem


def _settings(stored: Any, notices: list[str]) -> tuple[RunSpec, dict[str, Any]]:
    """The settings, and what of them this version does not know (and so must not lose)."""
    stored = stored if isinstance(stored, dict) else {}
    try:
        spec = RunSpec.from_json(stored)
        if not spec.of_another_type():
            return spec, {}
    except SpecError:
        pass  # one by one, then: what cannot be taken must not keep the rest out
    known: dict[str, Any] = {}
    foreign: dict[str, Any] = {}
    unknown = []
    for path, value in _single_values(stored):
        taken = len(path) > 1 and _can_be_taken(_nested(path, value))
        if taken:
            known = _together(known, _nested(path, value))
        else:
            foreign = _together(foreign, _nested(path, value))
            unknown.append(".".join(path))
    notices.append(
        say(
            "Some settings in project.json cannot be taken by this version: {settings}. They are "
            "kept, and have no effect here.",
            settings=", ".join(sorted(unknown)[:20]),
        )
    )
    return RunSpec.from_json(known), foreign


def _single_values(stored: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each setting with its place; of the data's sources each field of each."""
    for section, values in stored.items():
        if not isinstance(values, dict) or not _can_be_taken({section: {}}):
            yield (section,), values
            continue
        for name, value in values.items():
            if (section, name) == ("data", "sources") and isinstance(value, dict):
                for source, fields in value.items():
                    if not isinstance(fields, dict):
                        yield (section, name, source), fields
                        continue
                    for field, each in fields.items():
                        yield (section, name, source, field), each
            else:
                yield (section, name), value


def _nested(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    for name in reversed(path):
        value = {name: value}
    return value


def _together(
    below: dict[str, Any], above: dict[str, Any], place: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The settings of both; where both have one, it is that above."""
    found = below | above
    for name in below.keys() & above.keys():
        path = (*place, name)
        # A setting's value is one thing, also where it is an object; but for the data's sources.
        if len(path) > 1 and (path[:2] != ("data", "sources") or len(path) > 3):
            continue
        if isinstance(below[name], dict) and isinstance(above[name], dict):
            found[name] = _together(below[name], above[name], path)
    return found


def _can_be_taken(settings: dict[str, Any]) -> bool:
    try:
        return not RunSpec.from_json(settings).of_another_type()
    except SpecError:
        return False


def _clear_up(paths: ProjectPaths) -> None:
    """Removes what crashes left behind; an hour old at least, since workers may be writing."""
    for folder in (paths.folder, *(run.folder for run in paths.run_folders())):
        try:
            if any(name.startswith(".") for name in os.listdir(folder)):
                settle(folder, older_than_s=_LEFTOVERS_AFTER_S)
        except (OSError, StorageError):
            continue  # clearing up can wait; opening cannot
