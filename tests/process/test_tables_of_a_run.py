"""What callbacks write in a run's folder is the same, however often the run was interrupted."""

from __future__ import annotations

import os
import signal

import pytest

from fitstudio.actions import requests
from tests.event_files import scalars

SETTINGS = {
    "fit.epochs": 7,
    "fit.validation_freq": 3,
    "fit.callbacks": [
        {"kind": "CSVLogger"},
        {"kind": "CSVLogger", "filename": "second.csv", "separator": ";", "append": True},
        {"kind": "TensorBoard", "update_freq": 5},
    ],
}


def dies_in(epoch: int) -> str:
    """Python that kills the worker when an epoch was told to all, and is not saved yet."""
    return f"""
import os, signal
from fitstudio.worker.saving.checkpoints import Checkpoints
ended = Checkpoints.epoch_ended
def dies(self, epoch, *arguments, **settings):
    if epoch == {epoch}:
        self.finish()
        os.kill(os.getpid(), signal.SIGKILL)
    return ended(self, epoch, *arguments, **settings)
Checkpoints.epoch_ended = dies
"""


SLOW = """
import time
from fitstudio.engine.steps.train_step import TrainStep
step = TrainStep.__call__
def slow(self, *arguments):
    time.sleep(0.02)
    return step(self, *arguments)
TrainStep.__call__ = slow
"""


@pytest.fixture(scope="module")
def undisturbed(trained):
    run = trained.new_run(SETTINGS)
    trained.train(run)
    return run


def same(run, other) -> None:
    for name in ("log.csv", "second.csv"):
        assert (run.folder / name).read_text() == (other.folder / name).read_text(), name
    for part in ("train", "validation"):
        assert scalars(run.folder / "logs" / part) == scalars(other.folder / "logs" / part), part


def test_the_tables_hold_every_epoch_once(undisturbed) -> None:
    lines = (undisturbed.folder / "second.csv").read_text().splitlines()
    assert lines[0].startswith("epoch;accuracy;loss;val_accuracy;val_loss")
    assert [line.split(";")[0] for line in lines[1:]] == [str(epoch) for epoch in range(7)]
    assert [";NA" in line for line in lines[1:]] == [True, True, False, True, True, False, True]


@pytest.mark.parametrize("epoch", [0, 1, 4])
def test_killed_between_the_row_and_the_checkpoint(trained, undisturbed, epoch) -> None:
    run = trained.new_run(SETTINGS)
    process = trained.start(run, before=dies_in(epoch))
    assert process.wait(timeout=240) == -signal.SIGKILL
    rows = (run.folder / "log.csv").read_text().splitlines()
    assert len(rows) == epoch + 2, "the epoch's row was there"
    trained.train(run, "--resume")
    same(run, undisturbed)


def test_killed_again_and_again(trained, undisturbed) -> None:
    run = trained.new_run(SETTINGS)
    for epoch in (0, 2, 3):
        process = trained.start(run, *(["--resume"] if epoch else []), before=dies_in(epoch))
        assert process.wait(timeout=240) == -signal.SIGKILL
    # A power cut may also take rows away that were never synced.
    os.truncate(run.folder / "log.csv", 60)
    trained.train(run, "--resume")
    same(run, undisturbed)


def test_stopped_within_the_first_epoch(trained, undisturbed) -> None:
    run = trained.new_run(SETTINGS)
    process = trained.start(run, before=SLOW)
    trained.wait_for(run, lambda event: event.type == "batch_ended")
    trained.ask(run, 1, "stop_batch")
    assert process.wait(timeout=240) == 0, trained.log(run)
    trained.train(run, "--resume")
    same(run, undisturbed)


def test_an_extended_run_has_the_whole_table(trained, undisturbed) -> None:
    handle = requests.extend_run(trained.project, undisturbed.name, 2)
    assert handle.wait(240) == 0
    longer = trained.project.paths.run(handle.run)
    before = (undisturbed.folder / "log.csv").read_text()
    table = (longer.folder / "log.csv").read_text()
    assert table.startswith(before)
    assert len(table.splitlines()) == len(before.splitlines()) + 2


def test_what_a_person_wrote_into_the_table_stays(trained, undisturbed) -> None:
    run = trained.new_run(SETTINGS)
    process = trained.start(run, before=dies_in(2))
    process.wait(timeout=240)
    table = run.folder / "log.csv"
    table.write_text("my remarks\n" + table.read_text())
    trained.train(run, "--resume")
    rows = table.read_text().splitlines()
    assert rows[0] == "my remarks"
    assert rows[-1] == (undisturbed.folder / "log.csv").read_text().splitlines()[-1]
