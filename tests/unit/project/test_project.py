"""The project folder: saving, locks, migration, and files that were damaged."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import ProjectError, ProjectLockedError, ProjectTooNewError, StorageError
from fitstudio.project import Project, ProjectPaths, migrations
from fitstudio.project.file_names import LONGEST, plain_name, run_folder_name
from fitstudio.project.lock import project_lock, run_holder, run_lock
from fitstudio.project.paths import RunPaths
from fitstudio.project.run_files import About, find_run, read_spec, write_spec
from fitstudio.storage import ops
from tests.support.faults import FailingOps

SPEC = RunSpec(data={"file": "data/a.csv"}, fit={"epochs": 7})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Project.create(tmp_path / "häus 1", name="Häuser", settings=SPEC) as project:
        return project.folder


def test_a_project_is_made_saved_and_opened(folder: Path):
    with Project.open(folder) as project:
        assert project.read_only is None
        assert (project.name, project.settings) == ("Häuser", SPEC)
        project.settings = SPEC.with_values({"fit.epochs": 9})
        project.save()

    content = json.loads((folder / "project.json").read_text("utf-8"))
    assert content["format"] == migrations.FORMAT
    assert content["settings"] == {
        "data": {"sources": {"a": {"path": "data/a.csv"}}},
        "fit": {"epochs": 9},
    }
    assert sorted(os.listdir(folder)) == [
        "data", "project.json", "project.lock", "project.previous.json", "runs",
    ]  # fmt: skip


def test_nothing_is_ever_overwritten_by_a_new_project(folder: Path):
    with pytest.raises(ProjectError, match="there already"):
        Project.create(folder, name="x", settings=RunSpec())


def test_project_json_itself_can_be_opened(folder: Path):
    with Project.open(folder / "project.json") as project:
        assert project.folder == folder


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir()])
def test_what_is_no_project_is_named(tmp_path: Path, make):
    make(tmp_path / "other")
    with pytest.raises(ProjectError, match="other") as caught:
        Project.open(tmp_path / "other")
    assert caught.value.code == "project.missing"


def test_fault_30_a_second_window_opens_read_only_and_says_who_holds_it(folder: Path):
    with Project.open(folder, program="the window"):
        second = Project.open(folder)
        assert second.read_only is not None
        assert f"the window (process {os.getpid()} on this computer" in second.read_only
        with pytest.raises(ProjectError, match="cannot be changed here"):
            second.save()
        assert second.settings == SPEC
    with Project.open(folder) as third:
        assert third.read_only is None


def test_fault_30_the_lock_of_a_killed_process_is_taken_over(folder: Path):
    script = (
        "import sys, time; from pathlib import Path; from fitstudio.project import Project\n"
        "project = Project.open(Path(sys.argv[1])); print(project.read_only, flush=True)\n"
        "time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True
    )
    with process, process.stdout:
        assert process.stdout.readline() == "None\n"
        held = Project.open(folder)
        assert held.read_only is not None
        assert f"process {process.pid} on" in held.read_only
        process.kill()
        process.wait()
    with Project.open(folder) as project:
        assert project.read_only is None


def test_fault_30_a_holder_on_another_computer_counts_as_alive_until_taken_over(folder: Path):
    note = {"pid": 5, "host": "lab-pc-7", "since": 1.7e9, "program": "the window"}
    (folder / "project.lock").write_text(json.dumps(note))

    project = Project.open(folder)
    assert project.read_only is not None
    assert "'lab-pc-7'" in project.read_only
    with Project.open(folder, take_over=True) as mine:
        assert mine.read_only is None


def test_fault_30_a_share_that_knows_no_locks_is_decided_by_the_note(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "no locks here")

    monkeypatch.setattr("fcntl.flock", no_locks)
    lock = project_lock(folder / "project.lock", program="the window")
    with pytest.raises(ProjectLockedError):
        project_lock(folder / "project.lock", program="another")
    lock.release()
    project_lock(folder / "project.lock", program="another").release()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_fault_31_a_forked_child_that_ends_does_not_give_the_lock_back(tmp_path: Path):
    with run_lock(tmp_path) as lock:
        pid = os.fork()
        if pid == 0:
            lock.release()
            os._exit(0)
        os.waitpid(pid, 0)
        assert run_holder(tmp_path) is not None
    assert run_holder(tmp_path) is None


def test_fault_31_a_run_has_one_writer(tmp_path: Path):
    with run_lock(tmp_path):
        holder = run_holder(tmp_path)
        assert holder is not None
        assert holder.pid == os.getpid()
        with pytest.raises(Exception, match="already being trained") as caught:
            run_lock(tmp_path)
        assert caught.value.code == "run.locked"
    assert run_holder(tmp_path) is None


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_fault_10_a_read_only_folder_opens_for_viewing(folder: Path, number: int):
    with ops.use(FailingOps(0, number, lasting=True)):
        project = Project.open(folder)
    assert project.read_only is not None
    assert "read-only for you" in project.read_only
    assert project.settings == SPEC
    with pytest.raises(ProjectError) as caught:
        project.require_changeable()
    assert caught.value.remedy is not None and "Copy the project" in caught.value.remedy


def test_on_a_full_disk_the_way_out_is_to_make_room(folder: Path):
    with ops.use(FailingOps(0, errno.ENOSPC, lasting=True)):
        project = Project.open(folder)
    with pytest.raises(ProjectError) as caught:
        project.require_changeable()
    assert caught.value.remedy is not None and "Free some space" in caught.value.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_fault_10_a_folder_with_mode_0555_opens_for_viewing(folder: Path):
    folder.chmod(0o555)
    try:
        assert Project.open(folder).read_only is not None
    finally:
        folder.chmod(0o755)


def test_fault_09_every_failing_step_of_a_save_leaves_a_project_that_opens(folder: Path):
    for at in range(20):
        with Project.open(folder) as project:
            project.settings = SPEC.with_values({"fit.epochs": 1000 + at})
            with ops.use(FailingOps(at, errno.ENOSPC, lasting=True)) as failing:
                try:
                    project.save()
                except StorageError as problem:
                    assert problem.code == "storage.full"
        with Project.open(folder) as project:
            assert project.notices == []
            assert project.settings.get("fit.epochs") in (7, 1000 + at, 999 + at)
        if not failing.failed:
            return
    raise AssertionError("a save takes fewer steps than that")


@pytest.mark.parametrize("content", [b"", b'{"format": 1, "na', b"[]", None, b"\x00" * 500])
def test_a_damaged_project_file_falls_back_to_the_session_before(folder: Path, content):
    with Project.open(folder) as project:
        project.settings = SPEC.with_values({"fit.epochs": 8})
        project.save()
    if content is None:
        (folder / "project.json").unlink()
    else:
        (folder / "project.json").write_bytes(content)

    with Project.open(folder) as project:
        assert project.settings == SPEC
        (notice,) = project.notices
        assert "session before" in notice
        assert project.read_only is None


def test_without_any_project_file_the_newest_run_gives_the_settings(folder: Path):
    run = folder / "runs" / "0001-first"
    run.mkdir()
    write_spec(run / "run.json", SPEC.with_values({"run.name": "first"}))
    (folder / "project.json").unlink()

    with Project.open(folder) as project:
        assert project.settings == SPEC
        assert "0001-first" in project.notices[0]


def test_a_damaged_project_without_anything_else_is_left_as_it_is(folder: Path):
    (folder / "project.json").write_text("{")
    with pytest.raises(ProjectError) as caught:
        Project.open(folder)
    assert caught.value.code == "project.damaged"
    assert (folder / "project.json").read_text() == "{"


def test_fault_42_a_project_of_a_later_version_opens_read_only_and_is_never_rewritten(
    folder: Path,
):
    content = json.loads((folder / "project.json").read_text("utf-8"))
    later = json.dumps(content | {"format": migrations.FORMAT + 1, "clouds": True})
    (folder / "project.json").write_text(later)

    project = Project.open(folder)
    assert project.read_only is not None
    assert f"knows formats up to {migrations.FORMAT}" in project.read_only
    assert project.settings == SPEC
    with pytest.raises(ProjectError):
        project.save()
    with pytest.raises(ProjectError):
        Project.open(folder, read_only=True).require_changeable()
    assert (folder / "project.json").read_text() == later


def test_what_this_version_does_not_know_is_carried_through_a_save(folder: Path):
    content = json.loads((folder / "project.json").read_text("utf-8"))
    content["clouds"] = [1]
    content["settings"]["fit"]["warp"] = 9
    content["settings"]["fit"]["callbacks"] = 10**400
    content["settings"]["weather"] = {"sun": 1}
    (folder / "project.json").write_text(json.dumps(content))

    with Project.open(folder) as project:
        assert "fit.warp" in project.notices[0]
        project.settings = project.settings.with_values({"fit.epochs": 8})
        project.save()
    saved = json.loads((folder / "project.json").read_text("utf-8"))
    assert saved["clouds"] == [1]
    assert saved["settings"]["fit"] == {"warp": 9, "epochs": 8, "callbacks": 10**400}
    assert saved["settings"]["weather"] == {"sun": 1}


def test_fault_41_older_formats_are_brought_up_step_by_step():
    steps = {
        1: lambda content: content | {"b": content["a"] + 1},
        2: lambda content: content | {"c": content["b"] + 1},
    }
    result = migrations.migrated({"format": 1, "a": 1}, what="It", steps=steps, newest=3)

    assert result == {"format": 3, "a": 1, "b": 2, "c": 3}
    with pytest.raises(ProjectTooNewError):
        migrations.migrated({"format": 4}, what="It", steps=steps, newest=3)


@pytest.mark.parametrize("content", [None, [], {}, {"format": "1"}, {"format": True}])
def test_what_has_no_format_is_no_project(content):
    with pytest.raises(ProjectError, match="no format number"):
        migrations.migrated(content, what="It")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("LR halved", "lr-halved"),
        ("Größer ÷ 2!", "grosser-2"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "con-run"),
        ("nul.", "nul-run"),
        ("com¹", "com1-run"),
        ("ends in dot.", "ends-in-dot"),
        ("中文", "run"),
        ("🙂", "run"),
        ("", "run"),
        ("x" * 300, "x" * LONGEST),
    ],
)
def test_fault_36_names_suit_every_system(title: str, name: str):
    assert plain_name(title) == name
    assert run_folder_name(7, title) == f"0007-{name}"
    assert RunPaths(Path(run_folder_name(12345, title))).number == 12345


def test_runs_are_found_by_name_and_number(tmp_path: Path):
    paths = ProjectPaths(tmp_path)
    for name in ("0001-a", "0010-b", "0002-a", "notes", "0010-c"):
        (tmp_path / "runs" / name).mkdir(parents=True)
    runs = paths.run_folders()

    assert [run.name for run in runs] == ["0001-a", "0002-a", "0010-b", "0010-c"]
    assert find_run(runs, "2").name == find_run(runs, 2).name == "0002-a"
    assert find_run(runs, "0010-c").name == "0010-c"
    with pytest.raises(Exception, match="several"):
        find_run(runs, 10)
    with pytest.raises(Exception, match="no run '3'"):
        find_run(runs, 3)


def test_run_json_holds_only_what_was_set(tmp_path: Path):
    write_spec(tmp_path / "run.json", SPEC)

    assert (
        json.loads((tmp_path / "run.json").read_text())
        == {"format": migrations.FORMAT} | SPEC.to_json()
    )
    assert read_spec(tmp_path / "run.json") == SPEC


def test_what_is_said_about_a_run_is_kept_and_survives_damage(tmp_path: Path):
    paths = RunPaths(tmp_path / "0007-lr-halved")
    paths.folder.mkdir()
    assert About.read(paths).title == "Lr halved"
    About(title="<b>x</b>", starred=True, changes=({"key": "a"},), extra={"new": 1}).write(
        paths.about
    )
    about = About.read(paths)
    assert (about.title, about.starred, about.extra) == ("<b>x</b>", True, {"new": 1})
    assert about.changed(note="n").note == "n"
    paths.about.write_text("[" * 99999)
    assert About.read(paths).title == "Lr halved"


@pytest.mark.parametrize("name", ["Übung 1", "数据", "🙂 a'b\"c % # $HOME", "a" * 200])
def test_fault_35_any_folder_name_works(tmp_path: Path, name: str):
    with Project.create(tmp_path / name, name=name, settings=SPEC) as project:
        project.save()
    with Project.open(tmp_path / name) as project:
        assert (project.read_only, project.name) == (None, name)


def deep(folder: Path, length: int) -> Path:
    while len(str(folder)) < length:
        folder = folder / ("d" * min(200, length - len(str(folder))))
    return folder


def test_fault_36_a_path_of_3000_characters_works(tmp_path: Path):
    folder = deep(tmp_path, 3000)
    with Project.create(folder, name="deep", settings=SPEC) as project:
        project.save()
    with Project.open(folder) as project:
        assert project.settings == SPEC


def test_fault_36_a_path_beyond_the_systems_limit_is_refused_with_the_reason(tmp_path: Path):
    with pytest.raises(StorageError, match="name is longer than the system allows"):
        Project.create(deep(tmp_path, 6000), name="deep", settings=SPEC)


def test_a_project_of_format_1_names_its_file_among_sources_and_loses_nothing():
    data = {
        "file": "data/my table.csv", "kind": "table", "y_file": "y.npy", "options": {"header": 1},
        "columns": {"a": {"type": "number"}}, "fingerprint": {"size": 1}, "missing": "fill",
        "later": 5,
    }  # fmt: skip
    source = {
        "path": "data/my table.csv", "format": "table", "targets": "y.npy",
        "options": {"header": 1}, "columns": {"a": {"type": "number"}}, "fingerprint": {"size": 1},
    }  # fmt: skip
    wanted = {"data": {"sources": {"my_table": source}, "missing": "fill", "later": 5}}

    project = migrations.migrated(
        {"format": 1, "name": "P", "settings": {"data": data}}, what="It", newest=2
    )
    run = migrations.migrated({"format": 1, "data": data}, what="It", newest=2)

    assert project == {"format": 2, "name": "P", "settings": wanted}
    assert run == {"format": 2, **wanted}


@pytest.mark.parametrize(
    "data",
    [{}, {"missing": "drop"}, None, [], 5, {"file": 5}, {"file": None}, {"options": {"a": 1}}],
)
def test_odd_data_of_format_1_is_brought_along(data: Any):
    content = migrations.migrated({"format": 1, "settings": {"data": data}}, what="It", newest=2)

    settings = content["settings"]
    if isinstance(data, dict) and any(data.get(name) for name in ("file", "options")):
        (source,) = settings["data"]["sources"].values()
        assert list(source.values()) == list(data.values())
    elif isinstance(data, dict):
        assert settings["data"] == {name: data[name] for name in data if data[name] is not None}
    else:
        assert settings == {"data": data}


def test_fields_of_a_source_that_this_version_does_not_know_are_kept(folder: Path):
    content = json.loads((folder / "project.json").read_text("utf-8"))
    source = content["settings"]["data"]["sources"]["a"]
    source |= {"sheet": 2, "options": 5}
    (folder / "project.json").write_text(json.dumps(content))

    with Project.open(folder) as project:
        assert project.settings.get("data.file") == "data/a.csv"
        assert project.settings.get("data.options") is None
        (notice,) = project.notices
        project.settings = project.settings.with_values({"data.row_order": "random"})
        project.save()

    assert "data.sources.a.options, data.sources.a.sheet" in notice
    saved = json.loads((folder / "project.json").read_text("utf-8"))["settings"]["data"]
    assert saved == {"sources": {"a": source}, "row_order": "random"}
