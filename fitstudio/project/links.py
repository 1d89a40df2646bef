"""Nothing is written through a link: a project from elsewhere may hold one that leads anywhere."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from fitstudio.declared.kinds.run_file_names import is_own_name
from fitstudio.errors import ProjectError
from fitstudio.project.paths import ProjectPaths, RunPaths
from fitstudio.words import say


def refuse_links_of_project(paths: ProjectPaths) -> None:
    """Makes sure that what is written into a project stays in it.

    The folder `data` may be a link: it is only read from.

    Raises:
        ProjectError: If a file or folder that is written to is a link.
    """
    written = (paths.runs, paths.trash, paths.lock, paths.edit_lock, paths.queue_lock)
    _refuse((*written, paths.queue_log), paths.folder)


def refuse_links_of_run(paths: RunPaths) -> None:
    """Makes sure that what is written into a run's folder stays in it.

    Raises:
        ProjectError: If the folder, or a file of FitStudio's own in it, is a link.
    """
    project = paths.folder.parent.parent
    _refuse((paths.folder.parent, paths.folder), project)
    own = [each for each in _entries(paths.folder) if is_own_name(each.name)]
    _refuse((*own, *_entries(paths.checkpoints)), project)


def _entries(folder: Path) -> list[Path]:
    try:
        return [folder / name for name in os.listdir(folder)]
    except OSError:
        return []


def _refuse(written: Iterable[Path], project: Path) -> None:
    for path in written:
        if path.is_symlink():
            raise ProjectError(
                say(
                    "{file} in this project is a link to another place. FitStudio writes only "
                    "into the project's own folder.",
                    file=repr(path.relative_to(project).as_posix()),
                ),
                code="project.link",
                remedy=say("Put what it leads to in its place, or move the whole project there."),
                safe=say("Nothing was changed."),
            )
