"""The loss of every batch: what the disk does not take is told, and a loss that is no number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fitstudio.journal import BatchHistory, BatchHistoryReader, Journal, read_all
from fitstudio.project.paths import RunPaths
from fitstudio.storage import ops
from fitstudio.worker.callbacks.batch_losses import BatchLosses
from fitstudio.worker.run_process import RunProcess
from fitstudio.worker.watching.heartbeat import Heartbeat
from fitstudio.worker.watching.not_finite import NotFiniteError
from fitstudio.worker.watching.requests import Requests
from tests.support.faults import FullFor


@pytest.fixture
def process(tmp_path: Path) -> Iterator[RunProcess]:
    paths = RunPaths(tmp_path)
    with Journal(paths.journal) as journal:
        yield RunProcess(tmp_path, paths, journal, Requests(), Heartbeat(journal), False, 0)


def losses_in(process: RunProcess) -> list[tuple[int, int]]:
    epochs, steps, _ = BatchHistoryReader(process.paths.batches).read_new()
    return list(zip(epochs, steps))


def test_a_gap_is_told_once_and_so_is_its_end(process: RunProcess) -> None:
    disk = FullFor("batches")
    with ops.use(disk):
        callback = BatchLosses(process, BatchHistory(process.paths.batches), stop_on_nan=True)
        disk.full = False
        callback.on_batch_losses(0, 0, np.ones(3, "f"))
        disk.full = True
        callback.on_batch_losses(0, 3, np.ones(2, "f"))
        callback.on_batch_losses(0, 5, np.ones(2, "f"))
        disk.full = False
        callback.on_batch_losses(1, 0, np.ones(2, "f"))
        callback.on_batch_losses(1, 2, np.ones(1, "f"))

    told = [event.fields for event in read_all(process.paths.journal)]
    assert [each["code"] for each in told] == ["batches.gap", "batches.written-again"]
    assert told[0]["level"] == "warning" and told[1]["level"] == "info"
    assert told[0]["sentence"].startswith(
        "From epoch 1, batch 4, on the losses of single batches are not written: Cannot write"
    )
    assert told[0]["sentence"].endswith("the epochs are complete.")
    assert told[1]["sentence"].startswith("From epoch 2, batch 1, on")
    assert losses_in(process) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]


@pytest.mark.parametrize("loss", [np.nan, np.inf])
def test_a_loss_that_is_no_number_ends_the_run_and_is_written(process: RunProcess, loss) -> None:
    callback = BatchLosses(process, BatchHistory(process.paths.batches), stop_on_nan=True)
    with pytest.raises(NotFiniteError, match="epoch 3, batch 6"):
        callback.on_batch_losses(2, 4, np.array([1.0, loss, 1.0], "f"))
    assert losses_in(process) == [(2, 4), (2, 5), (2, 6)]


def test_where_that_is_left_to_another_callback_it_goes_on(process: RunProcess) -> None:
    callback = BatchLosses(process, BatchHistory(process.paths.batches), stop_on_nan=False)
    callback.on_batch_losses(0, 0, np.array([np.nan], "f"))
    assert read_all(process.paths.journal) == []
