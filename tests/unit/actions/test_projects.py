"""Making, opening and remembering projects, from examples and from data files."""

from __future__ import annotations

import errno
import json
import os
import threading
from pathlib import Path

import pytest

from fitstudio.actions import first_settings, projects
from fitstudio.actions.launchers import processes
from fitstudio.errors import DataError, ProjectError, SpecError, StorageError
from fitstudio.storage import ops
from tests.support.faults import FailingOps


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "häus & co.csv"
    rows = [f"{i * 5 % 11},{i * 3 % 7},{'ab'[i % 2]}" for i in range(60)]
    file.write_text("length,width,species\n" + "\n".join(rows) + "\n")
    return file


def test_every_example_can_be_made_and_is_ready_to_train(tmp_path: Path):
    from fitstudio.actions import runs

    examples = projects.list_examples()
    assert {"penguins", "digits", "diabetes"} <= {example.name for example in examples}
    for example in examples:
        assert example.title
        assert example.sentence
        assert example.facts
        with projects.create_project(tmp_path / example.name, example=example.name) as project:
            assert project.name == example.title
            assert runs.check(project).ok


def test_a_project_from_a_file_refers_to_it_where_it_is(tmp_path: Path, table: Path):
    with projects.create_project(tmp_path / "p", data=table, target="species") as project:
        spec = project.settings
        assert spec.get("data.file") == str(table)
        assert spec.get("fit.y") == ["species"]
        assert spec.get("fit.x") == ["length", "width"]
        assert spec.get("data.fingerprint")["sha256"]
    assert os.listdir(project.paths.data) == []


def test_a_file_inside_the_project_is_named_from_its_folder_on(tmp_path: Path, table: Path):
    with projects.create_project(table.parent / "p", data=table) as project:
        assert Path(project.settings.get("data.file")).is_absolute()
    inside = tmp_path / "p" / "data" / "a.csv"
    assert first_settings.reference(inside, tmp_path / "p") == "data/a.csv"


def test_inputs_target_and_settings_can_be_given(tmp_path: Path, table: Path):
    with projects.create_project(
        tmp_path / "p",
        name="Häuser",
        data=table,
        target=["width"],
        inputs=["length"],
        settings={"fit.epochs": 3},
    ) as project:
        assert project.settings.get("fit.x") == ["length"]
        assert project.settings.get("fit.y") == ["width"]
        assert project.settings.get("fit.epochs") == 3
        assert project.name == "Häuser"


@pytest.mark.parametrize(
    ("arguments", "error", "word"),
    [
        ({"example": "unicorns"}, ProjectError, "unicorns"),
        ({"data": "nowhere.csv"}, DataError, "nowhere.csv"),
        ({"settings": {"fit.epoch": 3}}, SpecError, "epoch"),
    ],
)
def test_what_cannot_be_made_leaves_nothing_behind(tmp_path: Path, arguments, error, word: str):
    with pytest.raises(error, match=word):
        projects.create_project(tmp_path / "p", **arguments)
    assert not (tmp_path / "p").exists()


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path, table: Path):
    with pytest.raises(DataError, match="colour") as caught:
        projects.create_project(tmp_path / "p", data=table, target="colour")
    assert "'species'" in str(caught.value)
    assert not (tmp_path / "p").exists()


def test_recent_projects_are_remembered_the_latest_first(tmp_path: Path):
    for name in ("a", "b", "c"):
        projects.create_project(tmp_path / name).close()
    projects.open_project(tmp_path / "a").close()
    (tmp_path / "b").rename(tmp_path / "moved")

    recent = projects.recent_projects()
    assert [each.name for each in recent] == ["a", "c", "b"]
    assert [each.missing for each in recent] == [False, False, True]
    projects.forget_project(tmp_path / "b")
    assert [each.name for each in projects.recent_projects()] == ["a", "c"]


@pytest.mark.parametrize(
    "content", ["", "[]", '{"projects": 3}', '{"projects": [3, {}]}', "[" * 9999]
)
def test_fault_57_damaged_settings_are_passed_over_and_written_anew(tmp_path: Path, content: str):
    processes.settings_folder().mkdir(parents=True, exist_ok=True)
    (processes.settings_folder() / "recent.json").write_text(content)

    assert projects.recent_projects() == []
    projects.create_project(tmp_path / "a").close()
    assert [each.name for each in projects.recent_projects()] == ["a"]


def test_fault_37_a_home_that_cannot_be_written_hinders_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FITSTUDIO_HOME", str(tmp_path / "file" / "below"))
    projects.create_project(tmp_path / "a").close()
    assert projects.recent_projects() == []


def test_only_reading_does_not_make_a_project_recent(tmp_path: Path):
    projects.create_project(tmp_path / "a").close()
    projects.forget_project(tmp_path / "a")
    with projects.open_project(tmp_path / "a", read_only=True) as project:
        assert project.read_only == "It was opened for reading."
    assert projects.recent_projects() == []


def test_an_example_that_cannot_be_copied_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(projects.shutil, "copyfileobj", full)
    with pytest.raises(OSError):
        projects.create_project(tmp_path / "p", example="penguins")
    assert not (tmp_path / "p").exists()
    assert json.dumps([str(each.folder) for each in projects.recent_projects()]) == "[]"


def test_reading_that_is_cancelled_makes_no_project(tmp_path: Path):
    data = tmp_path / "table.csv"
    data.write_text("a,b\n" + "1,2\n" * 20, encoding="utf-8")
    cancel = threading.Event()
    cancel.set()

    with pytest.raises(DataError) as problem:
        projects.create_project(tmp_path / "project", data=data, cancel=cancel)
    assert problem.value.code == "data.cancelled"
    assert not (tmp_path / "project").exists()


def test_a_project_that_could_not_be_made_can_be_made_again(tmp_path: Path):
    folder = tmp_path / "mine"
    with ops.use(FailingOps(4, errno.ENOSPC)), pytest.raises(StorageError):
        projects.create_project(folder)
    projects.create_project(folder).close()
