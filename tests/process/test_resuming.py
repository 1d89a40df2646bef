"""Stopping, killing and going on: nothing finished is lost, and the numbers are the same."""

from __future__ import annotations

import os
import signal
import time

import pytest
import torch

from fitstudio.actions import requests
from fitstudio.engine.state import checkpoint
from fitstudio.journal import Outcome

# Everything whose state could get lost: dropout, shuffling, momentum, schedules, patience.
SETTINGS = {
    "fit.epochs": 6,
    "fit.batch_size": 4,
    "model.dropout": 0.2,
    "model.batch_norm": True,
    "fit.callbacks": [
        {"kind": "LearningRateScheduler", "schedule": "cosine", "final": 0.0001},
        {"kind": "ReduceLROnPlateau", "monitor": "val_loss", "patience": 1},
        {"kind": "EarlyStopping", "monitor": "val_loss", "patience": 5},
        {"kind": "ModelCheckpoint", "save_best_only": True, "filepath": "mine.safetensors"},
    ],
}


@pytest.fixture(scope="module")
def undisturbed(trained):
    run = trained.new_run(SETTINGS)
    trained.train(run)
    return run


def same(trained, run, other) -> None:
    assert trained.history(run) == trained.history(other)
    for file in (checkpoint.WEIGHTS, checkpoint.STATE):
        mine, theirs = ((each.checkpoints / "last" / file).read_bytes() for each in (run, other))
        assert mine == theirs, file
    assert trained.state(run).history() == trained.state(other).history()


# A run this small is over in a moment: a nap in each batch makes it possible to meet it half-way.
SLOW = """
import time
from fitstudio.engine.steps.train_step import TrainStep
step = TrainStep.__call__
def slow(self, *arguments):
    time.sleep(0.005)
    return step(self, *arguments)
TrainStep.__call__ = slow
"""


def middle_of_an_epoch(event) -> bool:
    return event.type == "batch_ended" and event.fields["epoch"] == 2 and event.fields["step"] > 5


def test_a_run_stopped_in_an_epoch_goes_on_as_if_nothing_had_been(trained, undisturbed) -> None:
    run = trained.new_run(SETTINGS)
    process = trained.start(run, before=SLOW)
    trained.wait_for(run, middle_of_an_epoch)
    trained.ask(run, 1, "stop_batch")
    assert process.wait(timeout=240) == 0, trained.log(run)
    state = trained.state(run)
    assert (state.outcome, state.reason) == (Outcome.STOPPED, "person")
    assert state.acknowledged == {1} and len(state.epochs) == 2
    assert checkpoint.load(run.checkpoints / "last").facts["step"] > 0

    state = trained.train(run, "--resume")
    assert state.outcome is Outcome.COMPLETED and state.attempts == 2
    assert state.repeated == [], "no finished epoch was trained again"
    same(trained, run, undisturbed)


# Validation in fifteen batches of four rows, with a nap in each.
SLOW_VALIDATION = """
import time
from fitstudio.engine.loops.evaluation import Evaluation
from fitstudio.worker.callbacks.obeying import Obeying
Obeying.takes_large_test_batches = False
step = Evaluation.step
def slow(self, batch):
    time.sleep(0.03)
    return step(self, batch)
Evaluation.step = slow
"""


def test_a_run_stopped_while_it_validates_goes_on_with_the_validation(trained, undisturbed) -> None:
    run = trained.new_run(SETTINGS)
    process = trained.start(run, before=SLOW_VALIDATION)
    trained.wait_for(run, lambda event: event.fields.get("phase") == "validate")
    trained.ask(run, 1, "stop_batch")
    assert process.wait(timeout=240) == 0, trained.log(run)
    assert checkpoint.load(run.checkpoints / "last").facts["step"] == 45
    trained.train(run, "--resume")
    same(trained, run, undisturbed)


def test_a_time_budget_ends_a_run_and_keeps_what_it_has(trained) -> None:
    # Nothing but the budget can end it, however fast the machine is.
    endless = {"fit.epochs": 100_000, "fit.callbacks": []}
    run = trained.new_run(SETTINGS | endless | {"run.time_budget_min": 0.05})
    state = trained.train(run)
    assert (state.outcome, state.reason) == (Outcome.STOPPED, "time_budget")
    assert len(state.epochs) < 100_000
    if state.epochs:
        assert len(trained.history(run)["epoch"]) == len(state.epochs)
    # A slow machine may not even get through the first epoch; its steps are kept all the same.
    assert checkpoint.load(run.checkpoints / "last").facts["step"] > 0


def test_1_a_killed_run_goes_on_from_its_last_epoch(trained, undisturbed) -> None:
    run = trained.new_run(SETTINGS)
    process = trained.start(run, before=SLOW)
    trained.wait_for(run, middle_of_an_epoch)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    finished = len(trained.state(run).epochs)
    assert finished == 2

    state = trained.train(run, "--resume")
    assert state.repeated == [] and state.trims[0].from_epoch == finished
    same(trained, run, undisturbed)


def test_34_sigterm_saves_and_ends(trained, undisturbed) -> None:
    run = trained.new_run(SETTINGS)
    process = trained.start(run, before=SLOW)
    trained.wait_for(run, middle_of_an_epoch)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=240) == 0
    state = trained.state(run)
    assert (state.outcome, state.reason) == (Outcome.STOPPED, "system")
    trained.train(run, "--resume")
    same(trained, run, undisturbed)


def test_59_a_damaged_checkpoint_is_passed_over_and_that_is_said(trained, undisturbed) -> None:
    run = trained.new_run(SETTINGS)
    process = trained.start(run, before=SLOW)
    trained.wait_for(run, middle_of_an_epoch)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    for name in ("last", "best"):  # the best may be of the same epoch
        weights = run.checkpoints / name / checkpoint.WEIGHTS
        content = bytearray(weights.read_bytes())
        content[-1] ^= 1
        weights.write_bytes(content)

    state = trained.train(run, "--resume")
    assert [row.epoch for row in state.repeated] == [1]
    assert any(message.code == "checkpoint.damaged" for message in state.messages)
    same(trained, run, undisturbed)


def test_stop_after_the_epoch_and_pause(trained) -> None:
    run = trained.new_run(SETTINGS)
    process = trained.start(run, before=SLOW)
    trained.wait_for(run, middle_of_an_epoch)
    trained.ask(run, 1, "pause")
    trained.wait_for(run, lambda event: event.fields.get("code") == "paused")
    size = len(trained.events(run))
    time.sleep(0.3)
    assert all(event.type == "pulse" for event in trained.events(run)[size:])
    trained.ask(run, 2, "snapshot")
    trained.wait_for(run, lambda event: event.fields.get("code") == "snapshot")
    trained.ask(run, 3, "continue")
    trained.wait_for(run, lambda event: event.fields.get("code") == "continued")
    trained.ask(run, 4, "stop_epoch")
    assert process.wait(timeout=240) == 0
    state = trained.state(run)
    assert (state.outcome, state.reason) == (Outcome.STOPPED, "person")
    assert state.acknowledged == {1, 2, 3, 4}
    assert len(state.epochs) == state.epochs[-1].epoch + 1 < 6
    assert [path for path in run.checkpoints.iterdir() if path.name.startswith("snapshot-")]


def test_31_two_processes_cannot_train_one_run(trained) -> None:
    run = trained.new_run(SETTINGS)
    first = trained.start(run, before=SLOW)
    trained.wait_for(run, lambda event: event.type == "epoch_started")
    second = trained.start(run, "--resume")
    _, complaint = second.communicate(timeout=280)
    assert second.returncode == 1 and "already being trained" in complaint
    trained.ask(run, 1, "stop_now")
    assert first.wait(timeout=240) == 0
    assert trained.state(run).missing_events == 0


def test_a_run_that_stopped_early_can_be_extended(trained) -> None:
    early = {"kind": "EarlyStopping", "monitor": "val_loss", "patience": 1, "min_delta": 10.0}
    run = trained.new_run({"fit.epochs": 30, "fit.callbacks": [early, {"kind": "CSVLogger"}]})
    state = trained.train(run)
    assert state.reason == "early_stopping" and len(state.epochs) == 2

    handle = requests.extend_run(trained.project, run.name, 20)
    assert handle.wait(240) == 0
    longer = trained.state(trained.project.paths.run(handle.run))
    assert longer.reason == "early_stopping"
    assert [row.epoch for row in longer.epochs][:3] == [0, 1, 2]
    assert longer.history()["loss"][:2] == state.history()["loss"]


def test_going_back_to_the_best_is_where_a_longer_run_goes_on(trained) -> None:
    early = {"kind": "EarlyStopping", "patience": 2, "min_delta": 10.0}
    run = trained.new_run(
        {
            "fit.epochs": 30,
            "run.keep_epochs": [1],
            "fit.callbacks": [early | {"restore_best_weights": True}, {"kind": "CSVLogger"}],
        }
    )
    state = trained.train(run)
    assert state.reason == "early_stopping" and len(state.epochs) == 3
    last = checkpoint.load(run.checkpoints / "last")
    assert (last.facts["epoch"], last.facts["step"]) == (2, 0)
    first = checkpoint.load_weights(run.checkpoints / "epoch-0001")
    assert all(torch.equal(first[name], last.state["weights"][name]) for name in first)

    handle = requests.extend_run(trained.project, run.name, 2)
    assert handle.wait(200) == 0
    longer = trained.project.paths.run(handle.run)
    assert [row.epoch for row in trained.state(longer).epochs] == [0, 1, 2, 3, 4]
    rows = (longer.folder / "log.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows] == ["epoch", "0", "1", "2", "3", "4"]
