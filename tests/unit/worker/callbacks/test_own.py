"""The run's own callbacks together, in a real `fit()`: what is told, saved and obeyed, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import torch

from fitstudio.engine.callbacks import LambdaCallback
from fitstudio.engine.model import Model
from fitstudio.engine.state import checkpoint
from fitstudio.journal import BatchHistory, Journal, fold, read_all
from fitstudio.journal.best_value import BestValue
from fitstudio.project.paths import RunPaths
from fitstudio.worker.callbacks.batch_losses import BatchLosses
from fitstudio.worker.callbacks.obeying import Obeying, StopsAtEpoch
from fitstudio.worker.callbacks.own import OwnCallbacks
from fitstudio.worker.callbacks.position import Position
from fitstudio.worker.callbacks.reporting import Reporting
from fitstudio.worker.callbacks.saving import Saving
from fitstudio.worker.run_process import RunProcess
from fitstudio.worker.saving.checkpoints import Checkpoints
from fitstudio.worker.saving.disk_wait import DiskWait
from fitstudio.worker.saving.held_journal import HeldJournal
from fitstudio.worker.watching.heartbeat import Heartbeat
from fitstudio.worker.watching.not_finite import NotFiniteError
from fitstudio.worker.watching.requests import Requests, StopRun

EPOCHS = 3


class Run:
    """A small training with everything that its own callbacks need."""

    def __init__(self, folder: Path, *, budget_s: float | None = None) -> None:
        self.paths = RunPaths(folder)
        self.paths.checkpoints.mkdir()
        self.journal = Journal(self.paths.journal)
        self.requests = Requests()
        self.position = Position()
        process = RunProcess(
            folder, self.paths, self.journal, self.requests, Heartbeat(self.journal), False, 0
        )
        held = HeldJournal(self.journal)
        self.checkpoints = Checkpoints(
            folder,
            journal=self.journal,
            held=held,
            best=BestValue("loss", "min"),
            chosen=None,
            disk=DiskWait(self.journal, self.requests),
            written=lambda epoch: None,
        )
        rows: list = []
        lines: list[str] = []
        saving = Saving(
            checkpoints=self.checkpoints,
            position=self.position,
            rows=rows,
            epoch_lines=lines,
            last_epoch=EPOCHS - 1,
        )
        self.own = OwnCallbacks(
            BatchLosses(process, BatchHistory(self.paths.batches), stop_on_nan=True),
            Reporting(
                held=held, position=self.position, rows=rows, epoch_lines=lines, batch_size=4
            ),
            StopsAtEpoch(process, last_epoch=EPOCHS - 1),
            saving,
            Obeying(process, position=self.position, saving=saving, budget_s=budget_s),
        )

    def fit(self, *before, x: np.ndarray | None = None) -> None:
        torch.manual_seed(0)
        model = Model(torch.nn.Linear(2, 1))
        model.compile("sgd", "mse")
        x = np.ones((16, 2), "f") if x is None else x
        y = np.zeros((16, 1), "f")
        settings = {"batch_size": 4, "epochs": EPOCHS, "validation_split": 0.25, "verbose": 0}
        try:
            model.fit(x, y, callbacks=[*before, *self.own], **settings)
        finally:
            self.checkpoints.finish()
            self.journal.close()

    def told(self) -> list[str]:
        return [event.fields.get("code", event.type) for event in read_all(self.paths.journal)]

    def saved(self, name: str = "last") -> tuple[int, int]:
        facts = checkpoint.load(self.paths.checkpoints / name).facts
        return facts["epoch"], facts["step"]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    yield Run(tmp_path)


def at_the_end_of_epoch(number: int, act) -> LambdaCallback:
    return LambdaCallback(on_epoch_end=lambda epoch, logs: act() if epoch == number else None)


def test_each_has_its_turn_as_it_is_listed(run: Run) -> None:
    assert list(run.own) == [getattr(run.own, each.name) for each in fields(OwnCallbacks)]


def test_every_epoch_is_told_when_it_is_saved(run: Run) -> None:
    run.fit()
    told = run.told()
    assert told.count("epoch_started") == told.count("epoch_ended") == EPOCHS
    assert told.count("validation_ended") == EPOCHS and "batch_ended" in told
    assert run.saved() == (2, 0)
    assert run.position.samples == EPOCHS * 12
    state = fold(read_all(run.paths.journal))
    assert [row.epoch for row in state.epochs] == [0, 1, 2]
    assert set(state.epochs[0].logs) == {"loss", "val_loss"}
    assert (run.own.stops_at_epoch.by, run.own.stops_at_epoch.by_callback) == (None, False)


def test_a_stop_after_the_epoch_finds_that_epoch_saved(run: Run) -> None:
    run.fit(at_the_end_of_epoch(1, lambda: run.requests.ask_stop("epoch", "person")))
    assert run.own.stops_at_epoch.by == "person"
    assert run.saved() == (1, 0)
    assert run.told().count("epoch_ended") == 2


def test_a_stop_after_the_batch_saves_that_batch(run: Run) -> None:
    def ask(epoch: int, logs: object) -> None:
        if epoch == 1:
            run.requests.ask_stop("batch", "person")

    with pytest.raises(StopRun):
        run.fit(LambdaCallback(on_epoch_begin=ask))
    epoch, step = run.saved()
    assert epoch == 1 and step > 0
    assert run.told().count("epoch_ended") == 1


def test_another_callback_that_stops_is_told_from_a_request(run: Run) -> None:
    class Stops(LambdaCallback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    run.fit(Stops())
    assert (run.own.stops_at_epoch.by, run.own.stops_at_epoch.by_callback) == (None, True)
    assert run.saved() == (1, 0)


def test_a_snapshot_is_saved_beside_the_others(run: Run) -> None:
    run.fit(at_the_end_of_epoch(0, lambda: run.requests.ask("snapshot")))
    assert run.saved("snapshot-0001-000003") == (0, 0) and run.saved() == (2, 0)
    assert "snapshot" in run.told() and not run.requests.snapshot


def test_time_that_is_up_stops_the_run(tmp_path: Path) -> None:
    run = Run(tmp_path, budget_s=0.0)
    with pytest.raises(StopRun) as stopped:
        run.fit()
    assert stopped.value.by == "time_budget"
    assert run.told().count("stop_requested") == 1


def test_a_loss_that_is_no_number_is_written_and_not_told_as_progress(run: Run) -> None:
    with pytest.raises(NotFiniteError):
        run.fit(x=np.full((16, 2), np.nan, "f"))
    assert "batch_ended" not in run.told()
    assert run.paths.batches.stat().st_size > 0
