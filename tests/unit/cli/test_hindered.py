"""What hinders a run besides its settings is told; so is what was unusual at opening."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from fitstudio.actions import projects, runs
from fitstudio.actions.run import run_making
from fitstudio.cli import program
from fitstudio.errors import FitStudioError, ProjectError, StorageError
from fitstudio.project import migrations
from fitstudio.project.outputs import refuse_output
from tests.recorded_project import add_run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    projects.create_project(tmp_path / "mine", example="penguins").close()
    return tmp_path / "mine"


def forbid(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes a folder read-only, also for root."""
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != folder and real(path, mode))


def make_later(folder: Path) -> None:
    content = json.loads((folder / "project.json").read_text("utf-8"))
    later = json.dumps(content | {"format": migrations.FORMAT + 1})
    (folder / "project.json").write_text(later)


def found(folder: Path) -> FitStudioError | None:
    return run_making.hindrance(projects.open_project(folder, read_only=True))


@pytest.mark.parametrize("place", ["", "runs"])
def test_a_folder_for_reading_only_is_a_hindrance(folder: Path, place: str, monkeypatch):
    assert found(folder) is None
    forbid(folder / place, monkeypatch)
    hindrance = found(folder)
    assert hindrance is not None and hindrance.code == "storage.forbidden"
    assert hindrance.remedy is not None and hindrance.remedy.startswith("Copy the project")


def test_a_run_into_a_link_is_a_hindrance(folder: Path, tmp_path: Path):
    (folder / "runs").rmdir()
    (folder / "runs").symlink_to(tmp_path, target_is_directory=True)
    hindrance = found(folder)
    assert hindrance is not None and hindrance.code == "project.link"


def test_a_project_of_a_later_version_gets_no_run(folder: Path, capsys):
    make_later(folder)
    assert program.main(["queue", str(folder), "--add"]) == 1
    assert "knows formats up to" in capsys.readouterr().err
    with pytest.raises(ProjectError, match="knows formats up to"):
        runs.start_run(projects.open_project(folder, read_only=True))
    assert not any((folder / "runs").iterdir())


def test_check_is_not_ready_where_something_hinders(folder: Path, capsys):
    make_later(folder)
    assert program.main(["check", str(folder)]) == 1
    text = capsys.readouterr().out
    assert "knows formats up to" in text
    assert text.endswith("Training cannot start yet.\n")
    assert program.main(["check", str(folder), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["hindrance"]["code"]) == (False, "project.read-only")
    # What text and JSON say of the data is the same.
    assert told["target"] == ["species"] and len(told["inputs"]) > 3
    assert told["data"] and all(said in text for said in told["data"].values())


def test_what_was_unusual_at_opening_is_said(folder: Path, capsys):
    with projects.open_project(folder) as project:
        add_run(project, 1)
        run = next(project.paths.runs.iterdir())
    (folder / "project.json").write_text("{")
    assert program.main(["runs", str(folder)]) == 0
    told = capsys.readouterr()
    assert "project.json is missing or damaged" in told.err
    assert run.name in told.out


def test_a_run_whose_journal_cannot_be_read_is_not_called_running(folder: Path, capsys):
    with projects.open_project(folder) as project:
        add_run(project, 1)
        journal = next(project.paths.runs.iterdir()) / "journal.jsonl"
    journal.unlink()
    journal.mkdir()
    for words in (["runs", str(folder)], ["show", str(folder), "1"]):
        assert program.main(words) == 0
        told = capsys.readouterr().out
        assert "journal.jsonl cannot be read" in told
        assert "running" not in told and "Starting" not in told


def test_an_output_that_cannot_be_written_is_refused_before_the_work(tmp_path, monkeypatch):
    forbid(tmp_path, monkeypatch)
    with pytest.raises(StorageError) as caught:
        refuse_output(tmp_path / "answers.csv", tmp_path / "project", code="predict")
    assert caught.value.remedy is not None and "Copy the project" not in caught.value.remedy
