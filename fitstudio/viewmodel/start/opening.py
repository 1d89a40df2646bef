"""Opens and makes projects in the background, so that the window never waits for a disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fitstudio.actions import projects
from fitstudio.errors import FitStudioError
from fitstudio.project import Project
from fitstudio.viewmodel.shell.background import Background, Job
from fitstudio.viewmodel.shell.places import free_folder


@dataclass(frozen=True)
class OpenProject:
    """A project that was opened, and what was wanted with it.

    Args:
        project: Open; the receiver closes it.
        resume: The run to go on with, if that is what it was opened for.
    """

    project: Project
    resume: str | None = None

    @property
    def notices(self) -> list[str]:
        """What was unusual at opening, in sentences."""
        return self.project.notices


@dataclass(frozen=True)
class Opening:
    """One project at a time: a newer wish replaces the one before.

    Args:
        background: Where it is done.
        opened: Called with the open project.
        failed: Called with the reason where that was not possible.
    """

    background: Background
    opened: Callable[[OpenProject], None]
    failed: Callable[[FitStudioError], None]

    def open(self, folder: Path, *, resume: str | None = None) -> Job:
        """Opens a project's folder.

        Args:
            folder: The folder, or its `project.json`.
            resume: A run to go on with at once.
        """
        return self._run(lambda job: projects.open_project(folder), resume)

    def example(self, name: str, title: str, parent: Path) -> Job:
        """Makes a project from an example in a new folder."""
        return self._run(
            lambda job: projects.create_project(free_folder(parent, title), example=name)
        )

    def from_data(self, file: Path, parent: Path) -> Job:
        """Makes a project from a data file, named after it."""
        return self.create(free_folder(parent, file.stem), file.stem, file)

    def create(self, folder: Path, name: str, data: Path | None) -> Job:
        """Makes a project.

        Args:
            folder: Its folder; must be new or empty.
            name: What it is called.
            data: A file to start from.
        """
        return self._run(
            lambda job: projects.create_project(folder, name=name, data=data, cancel=job.cancelled)
        )

    def _run(self, work: Callable[[Job], Project], resume: str | None = None) -> Job:
        def open_unless_cancelled(job: Job) -> OpenProject:
            project = work(job)
            if job.cancelled.is_set():
                # Nobody waits for it any more: let go of its lock.
                project.close()
            return OpenProject(project, resume)

        return self.background.run(
            open_unless_cancelled, self.opened, self.failed, replaces="open project"
        )
