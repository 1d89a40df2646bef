"""The binary file with the loss of every batch, whole and cut short."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest

from fitstudio.errors import StorageError
from fitstudio.journal import BatchHistory, BatchHistoryReader
from fitstudio.storage import ops
from tests.support.faults import FailingOps

RECORD = [("epoch", "<u4"), ("step", "<u4"), ("loss", "<f4")]


def test_records_can_be_read_here_and_by_numpy(tmp_path: Path):
    history = BatchHistory(tmp_path / "batches.f32")
    history.append(0, 0, [0.5, float("nan")])
    history.append(1, 7, np.array([0.25], dtype=np.float32))
    history.close()
    epochs, steps, losses = BatchHistoryReader(tmp_path / "batches.f32").read_new()
    table = np.fromfile(tmp_path / "batches.f32", dtype=RECORD)

    assert list(epochs) == [0, 0, 1]
    assert list(steps) == [0, 1, 7]
    assert np.array_equal(losses, [0.5, np.nan, 0.25], equal_nan=True)
    assert np.array_equal(table["loss"], losses, equal_nan=True)
    assert table["step"].tolist() == [0, 1, 7]


def test_a_record_cut_short_is_left_out_and_taken_away(tmp_path: Path):
    path = tmp_path / "batches.f32"
    history = BatchHistory(path)
    history.append(0, 0, [1.0, 2.0])
    history.close()
    path.write_bytes(path.read_bytes()[:-5])
    reader = BatchHistoryReader(path)
    assert list(reader.read_new()[2]) == [1.0]

    history = BatchHistory(path)
    history.append(0, 1, [3.0])
    history.close()
    assert list(reader.read_new()[2]) == [3.0]


def test_a_full_disk_leaves_no_part_of_a_block(tmp_path: Path):
    history = BatchHistory(tmp_path / "b")
    history.append(0, 0, [1.0])
    full = FailingOps(0, errno.ENOSPC, only=("write",))
    with ops.use(full), pytest.raises(StorageError):
        history.append(0, 1, [2.0])
    history.close()
    assert (tmp_path / "b").stat().st_size == 12


def test_fault_51_1_000_000_batches_are_read_at_once(tmp_path: Path):
    history = BatchHistory(tmp_path / "b")
    for epoch in range(10):
        history.append(epoch, 0, [0.5] * 100_000)
    history.close()
    epochs, steps, _ = BatchHistoryReader(tmp_path / "b").read_new()

    assert len(epochs) == 1_000_000
    assert (epochs[-1], steps[-1]) == (9, 99_999)


def test_nothing_there_yet_is_nothing_read(tmp_path: Path):
    assert len(BatchHistoryReader(tmp_path / "b").read_new()[0]) == 0
