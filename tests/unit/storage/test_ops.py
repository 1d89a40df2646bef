"""What the system says about a disk, in words."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from fitstudio.errors import StorageError
from fitstudio.storage import ops
from tests.support.faults import FailingOps


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "storage.full"),
        (errno.EDQUOT, "storage.full"),
        (errno.EROFS, "storage.forbidden"),
        (errno.ENAMETOOLONG, "storage.name-too-long"),
        (errno.ESTALE, "storage.gone"),
        (errno.EIO, "storage"),
    ],
)
def test_each_kind_of_problem_has_its_code_and_a_way_out(number: int, code: str):
    found = ops.problem_with(Path("here"), OSError(number, os.strerror(number)))

    assert (found.code, found.errno, found.filename) == (code, number, "here")
    assert found.remedy


@pytest.mark.parametrize(
    ("place", "doing", "why", "remedy"),
    [
        ("project/runs/run.json", "write", "the folder is read-only", "Copy the project"),
        ("results/answers.csv", "write", "the folder is read-only", "Choose a folder"),
        ("results/answers.csv", "read", "no right to read it", "Ask its owner"),
    ],
)
def test_what_is_forbidden_has_a_way_out_that_is_one_there(
    tmp_path: Path, place: str, doing: str, why: str, remedy: str
):
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "project.json").touch()

    found = ops.problem_with(tmp_path / place, PermissionError(errno.EACCES, "no"), doing=doing)

    assert why in found.message
    assert found.remedy is not None and found.remedy.startswith(remedy)


def test_a_file_that_cannot_be_written_in_a_folder_that_can_is_the_one_to_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "journal.jsonl"
    path.touch(mode=0o444)
    # Whoever runs the tests as root may write everywhere.
    monkeypatch.setattr(os, "access", lambda asked, mode: Path(asked) != path)

    found = ops.problem_with(path, PermissionError(errno.EACCES, "no"))

    assert "the file is read-only" in found.message
    assert found.remedy == "Allow writing to it, then try again."


@pytest.mark.parametrize(("doing", "what"), [("write", "the folder"), ("read", "it")])
def test_what_is_gone_is_named(doing: str, what: str):
    found = ops.problem_with(Path("here"), FileNotFoundError(errno.ENOENT, "no"), doing=doing)

    assert found.message == f"Cannot {doing} 'here': {what} is not there."


def test_a_problem_in_words_stays_what_it_is():
    known = StorageError("known")

    assert ops.problem_with(Path("here"), known) is known


def test_a_disk_that_takes_nothing_is_not_asked_for_ever(tmp_path: Path):
    class Stuck(ops.Ops):
        def write(self, descriptor: int, data: bytes | memoryview) -> int:
            return 0

    with ops.use(Stuck()), pytest.raises(OSError, match="no more bytes"):
        ops.write_all(0, b"x")


def test_a_log_goes_on_or_begins_anew(tmp_path: Path):
    path = tmp_path / "worker.log"
    for anew, kept in ((False, b"aa"), (True, b"a")):
        path.write_bytes(b"a") if not anew else None
        descriptor = ops.open_log(path, anew=anew)
        os.write(descriptor, b"a")
        os.close(descriptor)
        assert path.read_bytes() == kept
    with pytest.raises(StorageError):
        ops.open_log(tmp_path / "missing" / "worker.log")


def test_a_folder_that_cannot_be_asked_for_room_is_named(tmp_path: Path):
    with pytest.raises(StorageError) as caught:
        ops.require_space(tmp_path / "missing", 1)

    assert caught.value.code == "storage.gone"


def test_waiting_for_a_file_that_is_open_elsewhere_really_waits(tmp_path: Path):
    busy = FailingOps(0, errno.EACCES, only=("unlink",), windows_error=32)
    (tmp_path / "file").touch()
    with ops.use(busy):
        ops.patiently(ops.current().unlink, tmp_path / "file")

    assert busy.slept_s > 0
    assert not (tmp_path / "file").exists()
    ops.Ops().sleep(0)


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> set[Path]:
    """What the system says may not be written; root, which tests run as here and there, may all."""
    places: set[Path] = set()
    monkeypatch.setattr(ops.os, "access", lambda path, mode: Path(path) not in places)
    return places


def test_a_folder_that_may_not_be_written_is_known_beforehand(tmp_path: Path, refused):
    ops.require_writable(tmp_path)
    refused.add(tmp_path)
    with pytest.raises(StorageError, match="the folder is read-only for you") as problem:
        ops.require_writable(tmp_path)
    assert problem.value.code == "storage.forbidden"
    assert problem.value.remedy.startswith("Choose a folder")


def test_a_file_that_may_not_be_written_is_told_from_its_folder(tmp_path: Path, refused):
    file = tmp_path / "notes.txt"
    file.write_text("mine", encoding="utf-8")
    refused.add(file)
    told = ops.problem_with(file, PermissionError(errno.EACCES, "denied"))
    assert "the file is read-only for you" in told.message
    assert told.remedy == "Allow writing to it, then try again."
