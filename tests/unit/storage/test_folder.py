"""Folders are sealed, verified, moved and replaced whole, whichever step fails."""

from __future__ import annotations

import errno
import hashlib
import re
from pathlib import Path

import pytest

from fitstudio.errors import CheckpointError, StorageError
from fitstudio.storage import atomic, manifest, ops, write_folder
from fitstudio.storage.append import AppendFile
from fitstudio.storage.folder import move, remove_tree, settle
from tests.support.faults import CountingOps, FailingOps


def save(final: Path, content: str, *, keep_as: Path | None = None) -> None:
    def write(folder: Path) -> None:
        atomic.write_text(folder / "weights", content)
        atomic.write_text(folder / "state", content * 2)

    write_folder(final, write, keep_as=keep_as, facts={"epoch": len(content)})


def content(folder: Path) -> str | None:
    try:
        manifest.verify_manifest(folder)
    except CheckpointError:
        return None
    return (folder / "weights").read_text()


def test_a_folder_is_sealed_and_put_in_place(tmp_path: Path):
    save(tmp_path / "last", "one")

    facts = manifest.verify_manifest(tmp_path / "last")
    assert facts["epoch"] == 3
    assert set(facts["files"]) == {"weights", "state"}
    assert [path.name for path in tmp_path.iterdir()] == ["last"]


def test_what_is_replaced_is_kept_under_another_name(tmp_path: Path):
    for number in ("one", "two", "three"):
        save(tmp_path / "last", number, keep_as=tmp_path / "previous")

    assert content(tmp_path / "last") == "three"
    assert content(tmp_path / "previous") == "two"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["last", "previous"]


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_fault_07_every_failing_step_leaves_a_verified_checkpoint(
    tmp_path: Path, number: int, keep: bool
):
    def make(folder: Path, at: int) -> CountingOps:
        folder.mkdir()
        previous = folder / "previous" if keep else None
        save(folder / "last", "one", keep_as=previous)
        save(folder / "last", "two", keep_as=previous)
        with ops.use(FailingOps(at, number, lasting=True)) as failing:
            try:
                save(folder / "last", "three", keep_as=previous)
            except StorageError:
                assert failing.failed
        return failing

    steps = make(tmp_path / "measure", 10**9).steps
    for at in range(len(steps)):
        folder = tmp_path / str(at)
        make(folder, at)
        settle(folder)
        assert content(folder / "last") in ("two", "three"), f"step {at}: {steps[at]}"
        if keep:
            assert content(folder / "previous") in ("one", "two")
        assert all(atomic.leftover(path) is None for path in folder.iterdir())


def test_work_of_another_process_is_left_alone_while_young(tmp_path: Path):
    half = atomic.beside(tmp_path / "request.json", "new")
    half.write_text("{")

    assert settle(tmp_path, older_than_s=60) == []
    assert half.exists()
    assert len(settle(tmp_path)) == 1
    assert not half.exists()


def test_fault_59_any_flipped_bit_is_noticed_before_loading(tmp_path: Path):
    save(tmp_path / "last", "weights" * 5)
    for path in sorted((tmp_path / "last").iterdir()):
        good = path.read_bytes()
        for bit in range(len(good) * 8):
            bad = bytearray(good)
            bad[bit // 8] ^= 1 << bit % 8
            path.write_bytes(bad)
            with pytest.raises(CheckpointError):
                manifest.verify_manifest(tmp_path / "last")
        path.write_bytes(good)
    manifest.verify_manifest(tmp_path / "last")


def test_a_missing_or_cut_file_is_noticed(tmp_path: Path):
    save(tmp_path / "last", "weights")
    (tmp_path / "last" / "state").write_text("w")
    with pytest.raises(CheckpointError, match="length"):
        manifest.verify_manifest(tmp_path / "last")
    (tmp_path / "last" / "state").unlink()
    with pytest.raises(CheckpointError, match="cannot be read"):
        manifest.verify_manifest(tmp_path / "last")
    with pytest.raises(CheckpointError, match="never finished"):
        manifest.verify_manifest(tmp_path / "nothing")


def test_a_link_is_removed_and_what_it_points_at_stays(tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rows.csv").write_text("1")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "link").symlink_to(tmp_path / "data")

    remove_tree(tmp_path / "run")

    assert not (tmp_path / "run").exists()
    assert (tmp_path / "data" / "rows.csv").exists()


def test_appending_on_a_full_disk_takes_back_the_torn_piece(tmp_path: Path):
    class Half(CountingOps):
        def write(self, descriptor: int, data: bytes | memoryview) -> int:
            if len(data) > 3:
                return super().write(descriptor, data[:3])
            raise OSError(errno.ENOSPC, "full")

    with AppendFile(tmp_path / "journal") as file:
        file.append(b"one\n")
        with ops.use(Half()), pytest.raises(StorageError) as caught:
            file.append(b"two\n")
        file.append(b"three\n")

    assert caught.value.code == "storage.full"
    assert (tmp_path / "journal").read_bytes() == b"one\nthree\n"


def test_a_folder_that_reads_back_otherwise_is_not_put_in_place(tmp_path: Path):
    save(tmp_path / "last", "one")

    class Flipping(CountingOps):
        def sync_folder(self, folder: Path) -> None:
            # The last before the check is that of the manifest.
            if (folder / manifest.NAME).exists():
                (folder / "state").write_text("other")
            super().sync_folder(folder)

    with ops.use(Flipping()), pytest.raises(StorageError, match="read back") as caught:
        save(tmp_path / "last", "two")

    assert caught.value.code == "storage.read-back"
    assert content(tmp_path / "last") == "one"


def test_moving_and_removing_say_what_went_wrong(tmp_path: Path):
    with pytest.raises(StorageError, match="Cannot move"):
        move(tmp_path / "missing", tmp_path / "there")
    with pytest.raises(StorageError, match="Cannot remove"):
        remove_tree(tmp_path / "missing")
    remove_tree(tmp_path / "missing", quietly=True)

    (tmp_path / "run").mkdir()
    (tmp_path / "deleted").mkdir()
    with ops.use(CountingOps()) as counted:
        move(tmp_path / "run", tmp_path / "deleted" / "run")
    assert counted.steps == ["replace", "sync_folder", "sync_folder"]


def test_what_was_complete_when_its_writer_died_is_put_in_place(tmp_path: Path):
    fresh = atomic.beside(tmp_path / "last", "new")
    save(fresh, "one")
    unfinished = atomic.beside(tmp_path / "previous", "new")
    unfinished.mkdir()

    done = settle(tmp_path)

    assert len(done) == 2
    assert content(tmp_path / "last") == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["last"]


def sealed(folder: Path, body: str) -> Path:
    """A folder with a manifest whose own hash is right, whatever it says."""
    folder.mkdir()
    own = hashlib.sha256(body[:-1].encode()).hexdigest()
    (folder / manifest.NAME).write_text(f'{body[:-1]}, "sha256": "{own}"}}\n')
    return folder


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('{"format": 99, "files": {}}', "a later version of FitStudio wrote it"),
        ('{"format": 1, "files": []}', "its manifest cannot be read: `files` must be"),
        ('{"format": 1, "files": NaN}', "its manifest cannot be read: it holds NaN"),
    ],
)
def test_a_manifest_that_somebody_wrote_is_checked_all_the_same(
    tmp_path: Path, body: str, why: str
):
    with pytest.raises(CheckpointError, match=re.escape(why)):
        manifest.read_manifest(sealed(tmp_path / "last", body))
