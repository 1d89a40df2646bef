"""Which checkpoints are written when, and what happens on a full disk."""

from __future__ import annotations

import errno
import threading
import time
from pathlib import Path

import pytest
import torch

from fitstudio.engine.state import checkpoint
from fitstudio.journal import EventType, Journal, read_all
from fitstudio.journal.best_value import BestValue
from fitstudio.storage import ops
from fitstudio.storage.ops import Ops
from fitstudio.worker.saving.checkpoints import Checkpoints
from fitstudio.worker.saving.disk_wait import DiskWait
from fitstudio.worker.saving.held_journal import HeldJournal
from fitstudio.worker.watching.requests import Requests, StopRun
from tests.support.faults import FailingOps


class Run:
    """A run's folder with everything that saving needs."""

    def __init__(self, folder: Path, chosen: int | list[int] | None = None) -> None:
        self.folder = folder
        (folder / "checkpoints").mkdir()
        self.journal = Journal(folder / "journal.jsonl")
        self.held = HeldJournal(self.journal)
        self.requests = Requests()
        self.written: list[int] = []
        self.checkpoints = Checkpoints(
            folder,
            journal=self.journal,
            held=self.held,
            best=BestValue("val_loss", "min"),
            chosen=chosen,
            disk=DiskWait(self.journal, self.requests),
            written=self.written.append,
        )

    def end_epoch(self, epoch: int, val_loss: float, *, final: bool = False) -> None:
        logs = {"val_loss": val_loss}
        self.held.append(EventType.EPOCH_ENDED, epoch=epoch, logs=logs, seconds=0.0)
        state = {"weights": {"w": torch.full((3,), float(epoch))}}
        self.checkpoints.epoch_ended(epoch, logs, lambda: state, final=final)

    def saved(self, name: str) -> int:
        return checkpoint.load(self.folder / "checkpoints" / name).facts["epoch"]

    def codes(self) -> list[str]:
        return [event.fields.get("code", event.type) for event in read_all(self.journal_path)]

    @property
    def journal_path(self) -> Path:
        return self.folder / "journal.jsonl"


@pytest.fixture
def run(tmp_path: Path):
    run = Run(tmp_path)
    yield run
    run.checkpoints.finish()
    run.journal.close()


def test_last_previous_and_best(run: Run) -> None:
    for epoch, value in enumerate([3.0, 1.0, 2.0]):
        run.end_epoch(epoch, value)
        run.checkpoints.settle()
    assert (run.saved("last"), run.saved("previous"), run.saved("best")) == (2, 1, 1)
    assert run.written == [0, 1, 2]
    assert run.checkpoints.newest_epoch == 2
    ended = [event for event in read_all(run.journal_path) if event.type == EventType.EPOCH_ENDED]
    assert [event.fields["epoch"] for event in ended] == [0, 1, 2]


@pytest.mark.parametrize(("chosen", "kept"), [(2, {2, 4}), ([1, 4], {1, 4}), (None, set())])
def test_chosen_epochs_are_kept(tmp_path: Path, chosen, kept) -> None:
    run = Run(tmp_path, chosen)
    for epoch in range(5):
        run.end_epoch(epoch, 1.0)
    run.checkpoints.settle()
    run.journal.close()
    folders = {path.name for path in (tmp_path / "checkpoints").glob("epoch-*")}
    assert folders == {f"epoch-{epoch:04d}" for epoch in kept}


class SlowDisk(Ops):
    """Waits at each rename until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def replace(self, source: Path, target: Path) -> None:
        if source.is_dir():
            self.go.wait(240)
        super().replace(source, target)


def test_quick_epochs_share_a_checkpoint_and_none_is_told_too_early(run: Run) -> None:
    run.end_epoch(0, 1.0)
    run.checkpoints.settle()
    disk = SlowDisk()
    with ops.use(disk):
        run.end_epoch(1, 2.0)
        run.end_epoch(2, 2.0)  # no better, and the disk is busy: left to the next one
        assert run.saved("last") == 0
        assert run.codes().count("epoch_ended") == 1
        disk.go.set()
        run.end_epoch(3, 2.0, final=True)
    assert run.saved("last") == 3
    assert run.codes().count("epoch_ended") == 4


def test_7_a_full_disk_pauses_the_run_until_there_is_room(run: Run) -> None:
    run.end_epoch(0, 1.0)
    run.checkpoints.settle()
    disk = FailingOps(0, errno.ENOSPC, lasting=True, only=("mkdir",))

    def make_room() -> None:
        while "paused" not in run.codes():
            time.sleep(0.01)
        assert run.saved("last") == 0, "the old checkpoint is intact"
        disk.at = 10**9
        disk.lasting = False
        run.requests.ask("continue")

    helper = threading.Thread(target=make_room)
    with ops.use(disk):
        helper.start()
        run.end_epoch(1, 0.5, final=True)
        helper.join()
    assert disk.failed
    assert run.saved("last") == run.saved("best") == 1
    assert run.codes()[-5:] == [
        "paused",
        "epoch_ended",
        "checkpoint_saved",
        "checkpoint_saved",
        "continued",
    ]


def test_7_a_run_that_waits_for_the_disk_can_be_stopped(run: Run) -> None:
    run.end_epoch(0, 1.0)
    run.checkpoints.settle()
    run.requests.ask_stop("batch", "person")
    with (
        ops.use(FailingOps(0, errno.ENOSPC, lasting=True, only=("mkdir",))),
        pytest.raises(StopRun),
    ):
        run.end_epoch(1, 0.5, final=True)
    assert run.saved("last") == 0
    assert run.codes().count("epoch_ended") == 1
