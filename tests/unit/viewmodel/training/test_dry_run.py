"""Trying a few batches: what is said of time and memory."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from fitstudio.actions.models import using_models
from fitstudio.errors import WorkerError
from fitstudio.viewmodel.shell.background import Background
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.viewmodel.training.dry_run import Trial
from tests.unit.declared.samples import CLASSES, PENGUINS

REPLY = {
    "device": "AMD EPYC",
    "batch_size": 32,
    "seconds_per_epoch": 0.5,
    "memory_bytes": 2.2e8,
    "device_memory_bytes": None,
    "fits": True,
}


@pytest.fixture
def session():
    project = SimpleNamespace(
        settings=CLASSES, read_only=None, save=lambda: None, close=lambda: None
    )
    made = ProjectSession(project, Background())  # type: ignore[arg-type]
    made.summary = PENGUINS
    made._resolve()
    yield made
    made.background.close()


def answer(monkeypatch, reply: Any) -> list[Any]:
    asked: list[Any] = []

    def dry_run(_project, *, spec, progress, cancel):
        asked.append(spec)
        progress(0.5, "Training one batch")
        if isinstance(reply, Exception):
            raise reply
        if reply is None:
            assert cancel.wait(240)
            raise WorkerError("It was cancelled.")
        return reply

    monkeypatch.setattr(using_models, "dry_run", dry_run)
    return asked


def wait_for_outcome(session, trial: Trial) -> None:
    while trial.running:
        assert session.background.deliver(timeout_s=240)


def test_what_was_measured_follows_the_epochs(session, monkeypatch) -> None:
    asked = answer(monkeypatch, REPLY)
    trial = Trial(session)
    told: list[None] = []
    trial.changed.connect(lambda: told.append(None))
    assert trial.possible
    assert trial.text == ""
    trial.start()
    assert trial.text == "Starting…"
    wait_for_outcome(session, trial)
    assert asked == [CLASSES]
    assert trial.text == "About **25 s** on AMD EPYC, 220 MB of memory."
    session.set_value("fit.epochs", 100)
    assert trial.text == "About **50 s** on AMD EPYC, 220 MB of memory."
    # With another batch size it is not known any more.
    session.set_value("fit.batch_size", 8)
    assert trial.text == ""
    assert told


def test_a_batch_that_does_not_fit_comes_with_one_that_does(session, monkeypatch) -> None:
    answer(monkeypatch, {**REPLY, "fits": False, "batch_size_that_fits": 12})
    trial = Trial(session)
    trial.start()
    wait_for_outcome(session, trial)
    assert trial.text == "Batches of 32 do not fit into the memory of AMD EPYC."
    assert trial.fix is not None
    session.apply_fix(trial.fix)
    assert session.spec.get("fit.batch_size") == 12
    assert trial.text == ""


def test_a_failure_is_said_and_a_cancelled_trial_is_not(session, monkeypatch) -> None:
    answer(monkeypatch, WorkerError("The process ended without an answer."))
    trial = Trial(session)
    trial.start()
    wait_for_outcome(session, trial)
    assert trial.text == "The process ended without an answer."
    answer(monkeypatch, None)
    trial.start()
    trial.cancel()
    assert not trial.running
    assert trial.text == ""


def test_a_run_that_starts_ends_the_trial(session, monkeypatch) -> None:
    answer(monkeypatch, None)
    trial = Trial(session)
    trial.start()
    session.started.emit("0001")
    assert not trial.running


def test_there_is_nothing_to_try_with_settings_that_cannot_work(session, monkeypatch) -> None:
    asked = answer(monkeypatch, REPLY)
    session.set_value("fit.epochs", 0)
    trial = Trial(session)
    assert not trial.possible
    trial.start()
    assert asked == []
