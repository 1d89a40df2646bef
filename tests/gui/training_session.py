"""An open project for tests of the form: a real folder, and data known without a reader process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.project import Project
from fitstudio.viewmodel.shell.session import ProjectSession
from tests.unit.declared.samples import CLASSES, PENGUINS


class NoBackground:
    """Takes work and never does it: nothing here waits for a disk or another process."""

    def run(self, work: Callable[..., Any], *args: Any, **keywords: Any) -> None:
        del work, args, keywords


def open_session(
    folder: Path, spec: RunSpec = CLASSES, summary: DatasetSummary | None = PENGUINS
) -> ProjectSession:
    """A session on a new project whose data are known already."""
    project = Project.create(folder / "project", name="Penguins", settings=spec)
    session = ProjectSession(project, NoBackground())  # type: ignore[arg-type]
    session.summary = summary
    session._resolve()
    return session
