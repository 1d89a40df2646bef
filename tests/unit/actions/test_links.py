"""Links in a project that lead elsewhere are not written through."""

from __future__ import annotations

from pathlib import Path

import pytest

from fitstudio.actions import requests, runs
from fitstudio.actions.run.run_making import make_run
from fitstudio.declared.resolve import resolve
from fitstudio.errors import FitStudioError, ProjectError, RunError
from fitstudio.project import Project, RunPaths
from fitstudio.project.lock import run_lock


def a_run(project, summary) -> RunPaths:
    resolved = resolve(project.settings, summary)
    return make_run(project, project.settings, resolved, summary, title="one", parent=None)


def led_away(path: Path, elsewhere: Path) -> Path:
    """Puts a link in the place of a file or folder; returns where it leads."""
    target = elsewhere / path.name
    elsewhere.mkdir(exist_ok=True)
    if path.exists():
        path.rename(target)
    elif "." in path.name:
        target.touch()
    else:
        target.mkdir()
    path.symlink_to(target)
    return target


def content_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("name", ["runs", "trash"])
def test_folders_of_a_project(project, summary, tmp_path, name) -> None:
    run = a_run(project, summary)
    elsewhere = led_away(project.folder / name, tmp_path / "elsewhere")
    before = content_of(elsewhere)
    for attempt in (
        lambda: a_run(project, summary),
        lambda: requests.discard_run(project, run.name),
    ):
        with pytest.raises(ProjectError, match=f"'{name}' in this project is a link"):
            attempt()
    project.close()
    opened = Project.open(project.folder)
    assert opened.read_only is not None and f"'{name}'" in opened.read_only
    opened.close()
    assert content_of(elsewhere) == before


@pytest.mark.parametrize(
    "name",
    ["", "checkpoints", "journal.jsonl", "batches.f32", "worker.log", "run.lock", "about.json"],
)
def test_what_a_run_writes_to(project, summary, tmp_path, name) -> None:
    run = a_run(project, summary)
    elsewhere = led_away(run.folder / name if name else run.folder, tmp_path / "elsewhere")
    before = content_of(tmp_path / "elsewhere")
    with pytest.raises(RunError, match="is a link"):
        run_lock(run.folder)
    for attempt in (
        lambda: runs.launch(project, run),
        lambda: runs.rename_run(project, run.name, "other"),
        lambda: requests.discard_run(project, run.name),
    ):
        with pytest.raises(FitStudioError, match="is a link to another place"):
            attempt()
    runs.list_runs(project)
    assert content_of(tmp_path / "elsewhere") == before
    assert elsewhere.exists()


def test_links_that_are_nobodys_of_ours_may_be_there(project, summary, tmp_path) -> None:
    run = a_run(project, summary)
    (run.folder / "my-notes").symlink_to(tmp_path)
    (project.folder / "data").rmdir()
    (project.folder / "data").symlink_to(tmp_path)
    run_lock(run.folder).release()
    a_run(project, summary)
