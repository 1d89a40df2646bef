"""Looks at the pictures that single rows of a run's data are, small, for lists of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fitstudio.actions import data as data_actions
from fitstudio.actions import runs
from fitstudio.actions.data import Thumbnail
from fitstudio.project.project import Project
from fitstudio.viewmodel.shell.background import Job

_SIDE = 64


def row_pictures(
    project: Project, run: str, rows: Sequence[int], job: Job
) -> Mapping[int, Thumbnail]:
    """The pictures of some rows of a run's data, by their rows; for a background thread.

    Args:
        project: The project.
        run: Whose data.
        rows: From 0.
        job: Can be given up.

    Raises:
        FitStudioError: If run or file cannot be read any more.
    """
    spec = runs.load_run(project, run).spec
    column = next(iter(spec.get("fit.x") or ()), None)
    if column is None:
        return {}
    found = data_actions.thumbnails(
        spec.to_json().get("data", {}),
        project.folder,
        str(column),
        None,
        side=_SIDE,
        rows=rows,
        cancel=job.cancelled,
    )
    return {picture.row: picture for picture in found}
