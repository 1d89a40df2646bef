"""A file that only grows: every byte that was there stays."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from fitstudio.errors import StorageError
from fitstudio.storage import AppendFile, ops
from tests.support.faults import CountingOps, FailingOps


def test_what_is_appended_comes_after_what_was_there(tmp_path: Path):
    path = tmp_path / "journal"
    path.write_bytes(b"one\n")

    with AppendFile(path) as file:
        file.append(b"two\n")
        file.sync()
        assert file.size == 8
        file.cut_to(4)
        file.append(b"three\n")

    assert path.read_bytes() == b"one\nthree\n"


def test_the_name_of_a_new_file_is_on_the_disk_at_once(tmp_path: Path):
    with ops.use(CountingOps()) as counted:
        AppendFile(tmp_path / "journal").close()
        AppendFile(tmp_path / "journal").close()

    assert counted.steps == ["open", "sync_folder", "open"]


def test_a_closed_file_takes_no_more(tmp_path: Path):
    file = AppendFile(tmp_path / "journal")
    file.close()
    file.close()

    with pytest.raises(ValueError, match="is closed"):
        file.append(b"late")


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path):
    with pytest.raises(StorageError, match="missing") as caught:
        AppendFile(tmp_path / "missing" / "journal")

    assert caught.value.code == "storage.gone"


@pytest.mark.parametrize(("step", "method"), [("fsync", "sync"), ("truncate", "cut_to")])
def test_a_disk_that_refuses_is_a_problem_in_words(tmp_path: Path, step: str, method: str):
    with AppendFile(tmp_path / "journal") as file:
        broken = FailingOps(0, errno.EIO, only=(step,))
        with ops.use(broken), pytest.raises(StorageError) as caught:
            getattr(file, method)(*((0,) if method == "cut_to" else ()))

    assert caught.value.errno == errno.EIO


def test_a_piece_that_cannot_be_taken_back_hides_no_problem(tmp_path: Path):
    with AppendFile(tmp_path / "journal") as file:
        broken = FailingOps(0, errno.ENOSPC, only=("write", "truncate"), lasting=True)
        with ops.use(broken), pytest.raises(StorageError) as caught:
            file.append(b"one\n")

    assert caught.value.code == "storage.full"
    assert broken.failed == 2
