"""Files are written whole or not at all, whichever step fails."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from fitstudio.errors import StorageError
from fitstudio.storage import atomic, ops
from tests.support.faults import CountingOps, FailingOps


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if atomic.leftover(path)]


def test_a_file_is_written_whole_and_nothing_else_is_left(tmp_path: Path):
    atomic.write_json(tmp_path / "a.json", {"größe": [1, 2.5, None]})

    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == {"größe": [1, 2.5, None]}
    assert os.listdir(tmp_path) == ["a.json"]


def test_the_order_of_the_steps_is_the_one_that_survives_a_power_cut(tmp_path: Path):
    with ops.use(CountingOps()) as counted:
        atomic.write_bytes(tmp_path / "a", b"x")

    assert counted.steps == ["open", "write", "fsync", "replace", "sync_folder"]


def test_what_can_be_made_again_waits_for_no_disk(tmp_path: Path):
    with ops.use(CountingOps()) as counted:
        atomic.write_bytes(tmp_path / "a", b"x", durable=False)

    assert counted.steps == ["open", "write", "replace"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT])
def test_fault_09_every_failing_step_leaves_the_old_or_the_new_file(tmp_path: Path, number: int):
    path = tmp_path / "project.json"
    path.write_text("old")
    with ops.use(CountingOps()) as counted:
        atomic.write_text(tmp_path / "measure", "new")
    (tmp_path / "measure").unlink()

    for at in range(len(counted.steps)):
        path.write_text("old")
        with ops.use(FailingOps(at, number)) as failing, pytest.raises(StorageError) as caught:
            atomic.write_text(path, "new")
        assert failing.failed == 1
        assert caught.value.errno == number
        # Only where the last fsync fails is the new content already in place.
        assert path.read_text() == ("new" if counted.steps[at] == "sync_folder" else "old")
        assert leftovers(tmp_path) == []


def test_a_full_disk_is_named_as_such(tmp_path: Path):
    with ops.use(FailingOps(0, errno.ENOSPC, lasting=True)), pytest.raises(StorageError) as caught:
        atomic.write_text(tmp_path / "a", "new")

    assert caught.value.code == "storage.full"
    assert "full" in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize("winerror", [5, 32, 33])
def test_fault_50_a_file_held_open_on_windows_is_tried_again(tmp_path: Path, winerror: int):
    class Busy(FailingOps):
        def before(self, step: str) -> None:
            self.lasting = self.failed < 3
            super().before(step)

    busy = Busy(0, errno.EACCES, only=("replace",), windows_error=winerror)
    with ops.use(busy):
        atomic.write_text(tmp_path / "a", "new")

    assert (tmp_path / "a").read_text() == "new"
    assert busy.failed >= 3
    assert busy.slept_s > 0


def test_fault_50_a_file_held_open_for_ever_is_reported_after_two_and_a_half_seconds(
    tmp_path: Path,
):
    busy = FailingOps(0, errno.EACCES, only=("replace",), windows_error=32, lasting=True)
    (tmp_path / "a").write_text("old")
    with ops.use(busy), pytest.raises(StorageError) as caught:
        atomic.write_text(tmp_path / "a", "new")

    assert caught.value.code == "storage.busy"
    assert busy.slept_s == pytest.approx(2.5)
    assert (tmp_path / "a").read_text() == "old"


def test_pieces_appear_together_or_never(tmp_path: Path):
    path = tmp_path / "predictions.csv"
    with atomic.writing(path) as file:
        file.write(b"a,b\n")
        assert not path.exists()
        file.write(b"1,2\n" * 1000)
    assert path.read_bytes() == b"a,b\n" + b"1,2\n" * 1000

    with pytest.raises(ZeroDivisionError), atomic.writing(path) as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert path.read_bytes().startswith(b"a,b\n")
    assert leftovers(tmp_path) == []


def test_a_disk_that_returns_other_bytes_is_noticed(tmp_path: Path):
    class Lying(CountingOps):
        def write(self, descriptor: int, data: bytes | memoryview) -> int:
            return super().write(descriptor, bytes(byte ^ 1 for byte in bytes(data)))

    (tmp_path / "a").write_text("old")
    with ops.use(Lying()), pytest.raises(StorageError, match="read back"):
        atomic.write_text(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "old"


def test_short_writes_are_continued(tmp_path: Path):
    class Short(CountingOps):
        def write(self, descriptor: int, data: bytes | memoryview) -> int:
            return super().write(descriptor, data[:7])

    with ops.use(Short()):
        atomic.write_bytes(tmp_path / "a", bytes(range(100)))
    assert (tmp_path / "a").read_bytes() == bytes(range(100))


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe{}", b"[" * 100_000, b"nul", b'{"a": 1}' * 2],
    ids=["empty", "cut", "not-utf8", "deep", "word", "twice"],
)
def test_fault_46_a_file_that_is_not_json_is_named(tmp_path: Path, content: bytes):
    path = tmp_path / "run.json"
    path.write_bytes(content)

    with pytest.raises(StorageError, match="run") as caught:
        atomic.read_json(path)
    assert caught.value.code == "storage.damaged"


def test_a_json_file_beyond_all_measure_is_not_read(tmp_path: Path):
    (tmp_path / "run.json").write_bytes(b" " * 2000)

    with pytest.raises(StorageError, match="larger"):
        atomic.read_json(tmp_path / "run.json", limit_bytes=1000)


def test_folders_are_made_with_all_above_them(tmp_path: Path):
    atomic.make_folder(tmp_path / "a" / "b" / "c")
    atomic.make_folder(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c").is_dir()

    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        atomic.make_folder(tmp_path / "file" / "below")


def test_space_is_asked_for_beforehand(tmp_path: Path):
    ops.require_space(tmp_path, 1)
    with pytest.raises(StorageError, match="are needed") as caught:
        ops.require_space(tmp_path, 10**18)
    assert caught.value.code == "storage.full"


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(StorageError, match=r"Cannot read .*missing\.json") as caught:
        atomic.read_json(tmp_path / "missing.json")

    assert caught.value.code == "storage.gone"


def test_a_file_in_the_way_of_a_folder_is_named(tmp_path: Path):
    (tmp_path / "runs").write_text("in the way")

    with pytest.raises(StorageError, match="Cannot make the folder"):
        atomic.make_folder(tmp_path / "runs")


def test_a_folder_that_somebody_else_makes_meanwhile_will_do(tmp_path: Path):
    class Faster(ops.Ops):
        def mkdir(self, folder: Path) -> None:
            os.mkdir(folder)
            super().mkdir(folder)

    with ops.use(Faster()):
        atomic.make_folder(tmp_path / "runs")

    assert (tmp_path / "runs").is_dir()


def test_a_disk_that_takes_no_folder_is_a_problem_in_words(tmp_path: Path):
    full = FailingOps(0, errno.ENOSPC, only=("mkdir",))
    with ops.use(full), pytest.raises(StorageError) as caught:
        atomic.make_folder(tmp_path / "runs")

    assert caught.value.code == "storage.full"
