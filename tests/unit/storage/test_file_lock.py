"""Who holds a lock, here and on other machines, and how it is given back."""

from __future__ import annotations

import errno
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from fitstudio.errors import StorageError
from fitstudio.storage import file_lock, ops
from fitstudio.storage.file_lock import FileLock, HeldError, Holder, holder_of
from tests.support.faults import FailingOps

POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="there are no fork and flock")

ELSEWHERE = {"pid": 7, "host": "elsewhere", "since": 1.78e9, "program": "the window"}
HERE = ELSEWHERE | {"host": platform.node()}


def gone_process() -> int:
    """The id of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_a_second_holder_is_refused_and_told_who_is_first(tmp_path: Path):
    with FileLock(tmp_path / "lock", program="the window"):
        holder = holder_of(tmp_path / "lock")
        with pytest.raises(HeldError, match=f"process {os.getpid()} on this computer") as caught:
            FileLock(tmp_path / "lock", program="the command line")

    assert holder is not None and holder.pid == os.getpid() and holder.here
    assert caught.value.holder == holder
    assert holder_of(tmp_path / "lock") is None


def test_giving_back_twice_does_nothing(tmp_path: Path):
    lock = FileLock(tmp_path / "lock", program="test")
    lock.release()
    with FileLock(tmp_path / "lock", program="next"):
        lock.release()
        holder = holder_of(tmp_path / "lock")

    assert holder is not None and holder.program == "next"


def test_nobody_holds_what_is_not_there(tmp_path: Path):
    assert holder_of(tmp_path / "lock") is None


def test_a_lock_in_a_folder_that_is_not_there_is_a_problem_in_words(tmp_path: Path):
    with pytest.raises(StorageError) as caught:
        FileLock(tmp_path / "missing" / "lock", program="test")

    assert caught.value.code == "storage.gone"


def test_a_holder_on_another_machine_counts_until_it_is_taken_over(tmp_path: Path):
    path = tmp_path / "lock"
    path.write_text(json.dumps(ELSEWHERE))

    with pytest.raises(HeldError, match="on 'elsewhere'"):
        FileLock(path, program="test")
    with FileLock(path, program="test", take_over=True):
        pass


@POSIX_ONLY
def test_a_forked_child_does_not_give_its_parents_lock_back(tmp_path: Path):
    lock = FileLock(tmp_path / "lock", program="the window")
    child = os.fork()
    if child == 0:
        lock.release()
        os._exit(0)
    os.waitpid(child, 0)
    assert holder_of(tmp_path / "lock") is not None

    # What the child did, in this process: it closes its copy of the descriptor, no more.
    file_lock._release(os.open(tmp_path / "lock", os.O_RDWR), pid=child)
    assert holder_of(tmp_path / "lock") is not None
    lock.release()


def test_a_holder_that_left_no_name_is_said_too(tmp_path: Path):
    assert str(HeldError(tmp_path, None)) == f"{tmp_path} is held by another process"
    assert Holder(None, platform.node(), None, "x").say().startswith("x (a process on this")


def test_a_note_that_cannot_be_written_gives_the_lock_back(tmp_path: Path):
    full = FailingOps(0, errno.ENOSPC, only=("write",), lasting=True)
    with ops.use(full), pytest.raises(StorageError) as caught:
        FileLock(tmp_path / "lock", program="test")

    assert caught.value.code == "storage.full"
    with FileLock(tmp_path / "lock", program="test"):
        pass


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shared folder whose file system knows no locks, which no test can mount."""

    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr("fcntl.flock", refuse)


@POSIX_ONLY
def test_where_the_system_knows_no_locks_the_note_decides(tmp_path: Path, without_locks: None):
    path = tmp_path / "lock"
    path.write_text(json.dumps(HERE | {"pid": gone_process()}))
    assert holder_of(path) is None  # its process is gone

    with FileLock(path, program="the window"):
        holder = holder_of(path)
        with pytest.raises(HeldError):
            FileLock(path, program="test")
    assert holder is not None and holder.pid == os.getpid()

    path.write_text(json.dumps(HERE | {"pid": None}))
    assert holder_of(path) is None  # nobody can be asked
    path.write_text(json.dumps(HERE | {"pid": 1}))
    assert holder_of(path) is not None  # there, and perhaps somebody else's


@POSIX_ONLY
def test_a_process_of_somebody_else_is_alive(monkeypatch: pytest.MonkeyPatch):
    def refuse(pid: int, number: int) -> None:
        raise PermissionError(errno.EPERM, "not yours")

    monkeypatch.setattr("os.kill", refuse)
    assert file_lock._alive(1)


@POSIX_ONLY
def test_a_lock_that_the_system_refuses_for_another_reason_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(StorageError):
        FileLock(tmp_path / "lock", program="test")
