"""A full disk holds the training up, also at a callback's own file, and never ends it."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from fitstudio.engine.callbacks import ModelCheckpoint
from fitstudio.engine.model import Model
from fitstudio.errors import StorageError
from fitstudio.journal import Journal, read_all
from fitstudio.storage import ops
from fitstudio.worker.callbacks import chosen
from fitstudio.worker.saving.disk_wait import DiskWait
from fitstudio.worker.watching.requests import Requests, StopRun
from tests.event_files import scalars
from tests.support.faults import FailingOps, FullFor


class Waiting:
    """A run's folder, a wait for its disk, and somebody who makes room as soon as it waits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = Journal(folder / "journal.jsonl")
        self.requests = Requests()
        self.disk = DiskWait(self.journal, self.requests)

    def callback(self, **settings):
        (made,) = chosen.make([settings], run_folder=self.folder, epochs=5, disk=self.disk)
        model = Model(torch.nn.Linear(2, 1))
        model.compile("sgd", "mse")
        made.set_model(model)
        return made

    def codes(self) -> list[str]:
        return [event.fields["code"] for event in read_all(self.folder / "journal.jsonl")]

    def while_full(self, act, name: str) -> None:
        """Does something while the disk takes nothing of files of a name, until the run waits."""
        disk = FullFor(name)

        def make_room() -> None:
            while "paused" not in self.codes():
                time.sleep(0.01)
            disk.full = False
            self.requests.ask("continue")

        helper = threading.Thread(target=make_room)
        with ops.use(disk):
            helper.start()
            act()
            helper.join()
        assert disk.failed


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Waiting]:
    waiting = Waiting(tmp_path)
    yield waiting
    waiting.journal.close()


def test_the_file_of_a_model_checkpoint_is_waited_for(waiting: Waiting) -> None:
    saver = waiting.callback(kind="ModelCheckpoint", filepath="mine.safetensors")
    assert isinstance(saver, ModelCheckpoint)
    waiting.while_full(lambda: saver.on_epoch_end(0, {"val_loss": 1.0}), "mine")
    assert (waiting.folder / "mine.safetensors").stat().st_size > 0
    assert waiting.codes() == ["paused", "continued"]
    first, _ = read_all(waiting.folder / "journal.jsonl")
    assert (
        "a file of ModelCheckpoint could not be written. Cannot write" in first.fields["sentence"]
    )


def test_the_best_model_that_was_waited_for_is_the_best(waiting: Waiting) -> None:
    saver = waiting.callback(
        kind="ModelCheckpoint", filepath="mine.safetensors", save_best_only=True
    )
    waiting.while_full(lambda: saver.on_epoch_end(0, {"val_loss": 1.0}), "mine")
    written = (waiting.folder / "mine.safetensors").stat().st_mtime_ns
    saver.on_epoch_end(1, {"val_loss": 2.0})
    assert (waiting.folder / "mine.safetensors").stat().st_mtime_ns == written


def test_a_stop_is_obeyed_while_it_waits(waiting: Waiting) -> None:
    saver = waiting.callback(kind="ModelCheckpoint", filepath="mine.safetensors")
    waiting.requests.ask_stop("batch", "person")
    full = FailingOps(0, errno.ENOSPC, lasting=True, only=("replace",))
    with ops.use(full), pytest.raises(StopRun):
        saver.on_epoch_end(0, {"val_loss": 1.0})


def test_what_does_not_pass_is_not_waited_for(waiting: Waiting) -> None:
    def refuse() -> None:
        raise ops.problem_with(waiting.folder, OSError(errno.ENAMETOOLONG, "too long"))

    with pytest.raises(StorageError):
        waiting.disk.carry_out(refuse, what="a file")
    assert waiting.codes() == []


def test_an_event_file_lacks_nothing_afterwards(waiting: Waiting) -> None:
    board = waiting.callback(kind="TensorBoard", log_dir="logs")
    board.on_epoch_begin(0)
    board.on_epoch_end(0, {"loss": 3.0})
    waiting.while_full(lambda: board.on_epoch_end(1, {"loss": 2.0, "val_loss": 1.0}), "tfevents")
    board.on_train_end()
    assert [step for _, step, _ in scalars(waiting.folder / "logs" / "train")] == [0, 1]
    assert len(scalars(waiting.folder / "logs" / "validation")) == 1
