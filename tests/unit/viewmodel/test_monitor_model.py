"""The Monitor's view model says of a run what its journal holds, live and afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fitstudio.declared.run_spec import RunSpec
from fitstudio.journal import EventType
from fitstudio.journal.run_state import RunState
from fitstudio.project.paths import RunPaths
from fitstudio.viewmodel.monitor import epoch_table, run_feed
from fitstudio.viewmodel.monitor import sentences as monitor_words
from fitstudio.viewmodel.monitor.page import MonitorModel, ShownRun
from fitstudio.viewmodel.monitor.run_feed import LossCurve, RunFeed
from fitstudio.viewmodel.monitor.verdict import Fit
from tests.recorded_runs import RecordedRun, curves

STOPPER = [{"kind": "EarlyStopping", "patience": 20, "monitor": "val_loss"}]


@pytest.fixture
def model() -> Iterator[MonitorModel]:
    model = MonitorModel()
    yield model
    model.close()


def opened(model: MonitorModel, run: RecordedRun) -> MonitorModel:
    model.open(ShownRun(run.folder.name, run.folder, 14, "wider filters", 11))
    tick_until(model, lambda: model.state is not None)
    return model


def tick_until(model: MonitorModel, reached: Callable[[], object]) -> None:
    end = time.monotonic() + 240
    while not reached():
        assert time.monotonic() < end, "the model never got there"
        model.tick()
        time.sleep(0.005)


def test_a_live_run_in_words_and_numbers(model: MonitorModel, tmp_path: Path):
    run = RecordedRun(tmp_path / "0014-wider", callbacks=STOPPER).start()
    logs = list(curves(71, overfit_from=62))
    for epoch, values in enumerate(logs[:70]):
        run.epoch(epoch, values)
    run.begin(70).batch(70, 21, {"loss": 0.1})
    opened(model, run)

    assert model.shown is not None
    assert model.shown.heading == "Run 14"
    assert model.shown.subheading == "wider filters · from run 11"
    assert model.badge().text == "Running"
    assert model.epoch_words() == ("Epoch 71", "of 100")
    assert model.step_words() == "Step 22 of 50"
    assert model.pace_words() == "2.1 s an epoch"
    assert model.time_words() == "About 1 min left"
    assert model.progress() == pytest.approx((70 + 22 / 50) / 100)
    assert model.axis_end() == 100
    best = int(np.argmin([values["val_loss"] for values in logs[:70]]))
    watch, patience = model.best(), model.patience()
    assert watch is not None and watch.epoch == best
    assert patience is not None
    assert (patience.since, patience.now) == (best + 1, 70)
    assert patience.stops_at == best + 1 + 20
    run.close()


def said(model: MonitorModel) -> str:
    return " ".join(paragraph.text for paragraph in monitor_words.say(model))


def test_an_ended_run_that_is_started_again_is_starting_not_stopped(
    model: MonitorModel, tmp_path: Path
):
    run = RecordedRun(tmp_path / "0001-a", epochs=9).start()
    for epoch, values in enumerate(curves(4)):
        run.epoch(epoch, values)
    run.end("interrupted", "gone")
    opened(model, run)
    shown = model.shown
    assert shown is not None and model.card() is not None
    model.open(replace(shown, under_way=True))
    assert model.badge().text == model.time_words() == "Starting"
    assert model.card() is None and "Getting ready" in said(model)
    again = RecordedRun(tmp_path / "0001-a", epochs=9).start(first_epoch=4, resumed=True)
    tick_until(model, lambda: model.state is not None and model.state.running)
    again.end()
    tick_until(model, lambda: model.state is not None and not model.state.running)
    assert model.badge().text == "Done", "the list of runs tells of the end a moment later"
    model.open(shown)
    assert model.badge().text == "Done"


def test_before_the_first_run_shows_itself_nobody_says_that_there_is_none(model: MonitorModel):
    assert "No model has been trained" in said(model)
    model.set_starting(True)
    assert "No model" not in said(model) and "Starting" in said(model)


def test_what_is_written_later_is_seen_and_told_once(model: MonitorModel, tmp_path: Path):
    run = RecordedRun(tmp_path / "0001-a", epochs=4).start()
    opened(model, run)
    ended = []
    model.ended.connect(lambda: ended.append(True))
    for epoch, values in enumerate(curves(4)):
        run.epoch(epoch, values)
    tick_until(model, lambda: model.state and len(model.state.epochs) == 4)
    curve = model.curves.curves["val_loss"]
    assert curve.x == [1.0, 2.0, 3.0, 4.0]
    run.end()
    tick_until(model, lambda: ended)
    assert model.badge().text == "Done"
    assert model.time_words() == "Took 8.4 s"
    for _ in range(5):
        model.tick()
    assert ended == [True]
    assert model.tick() is False, "a tick without news asks for no redraw"


def test_batches_lie_between_the_epochs(model: MonitorModel, tmp_path: Path):
    run = RecordedRun(tmp_path / "0001-a", epochs=3, steps=50).start()
    for epoch, values in enumerate(curves(3)):
        run.epoch(epoch, values)
    run.end()
    opened(model, run)
    assert model.batches is not None
    assert len(model.batches) == 150
    assert model.batches.x[0] == pytest.approx(0.02)
    assert model.batches.x[49] == 1.0
    assert model.batches.x[-1] == 3.0


def test_a_resumed_run_shows_each_epoch_once(model: MonitorModel, tmp_path: Path):
    run = RecordedRun(tmp_path / "0001-a", epochs=6).start()
    logs = list(curves(6))
    for epoch in range(4):
        run.epoch(epoch, logs[epoch])
    opened(model, run)
    run.start(first_epoch=2, resumed=True)
    for epoch in range(2, 6):
        run.epoch(epoch, logs[epoch])
    run.end()
    tick_until(model, lambda: model.badge().text == "Done")
    assert model.curves.curves["loss"].x == [1, 2, 3, 4, 5, 6]
    assert model.batches is not None
    assert len(model.batches) == 6 * 50
    assert np.all(np.diff(model.batches.x) > 0)


def test_losses_of_an_epoch_of_unknown_length_never_pass_its_end():
    records = np.zeros(5000, dtype=[("epoch", "<u4"), ("step", "<u4"), ("loss", "<f4")])
    records["step"] = np.arange(5000)
    curve = LossCurve()
    for part in np.split(records, 10):
        curve.append(part, RunState())
    assert len(curve.points) == 5000
    assert 0 < curve.points.x[0] < curve.points.x[-1] < 1


def test_an_axis_for_the_beginning_of_a_long_plan(model: MonitorModel, tmp_path: Path):
    run = RecordedRun(tmp_path / "0001-a", epochs=1000).start()
    for epoch, values in enumerate(curves(7)):
        run.epoch(epoch, values)
    opened(model, run)
    assert model.axis_end() == 10
    run.end("stopped", "person")
    tick_until(model, lambda: model.state and not model.state.running)
    assert model.axis_end() == 7


def test_a_failed_run_has_a_card_with_a_way_out(model: MonitorModel, tmp_path: Path):
    run = RecordedRun(
        tmp_path / "0015-b", device={"name": "cuda:0", "title": "GPU 0 · RTX"}
    ).start()
    for epoch, values in enumerate(curves(12)):
        run.epoch(epoch, values)
    run.saved(11).begin(12).batch(12, 2, {"loss": 0.4})
    run.end(
        "failed",
        "out_of_memory",
        error={
            "type": "OutOfMemoryError",
            "code": "run.out-of-memory",
            "message": "The memory was not enough for a batch.",
            "details": "Traceback …",
            "fixes": [{"sentence": "Batches of 128", "set": {"fit.batch_size": 128}}, {"odd": 1}],
        },
    )
    opened(model, run)
    card = model.card()
    assert card is not None
    assert card.title == "The GPU ran out of memory"
    assert [dict(fix.set) for fix in card.fixes] == [{"fit.batch_size": 128}]
    assert card.can_resume and card.resume_from == 13
    assert "epoch 12" in card.safe
    assert card.headline == "OutOfMemoryError, step 3 of epoch 13"
    assert "Traceback …" in card.details and "0015-b" in card.details
    assert model.badge().state == "failed"


def test_an_interrupted_run_offers_to_go_on(model: MonitorModel, tmp_path: Path):
    run = RecordedRun(tmp_path / "0015-b").start()
    for epoch, values in enumerate(curves(3)):
        run.epoch(epoch, values)
    run.saved(2).end("interrupted", "gone")
    card = opened(model, run).card()
    assert card is not None and card.can_resume and card.resume_from == 4
    assert not card.fixes


def test_sentences_come_from_the_curves(model: MonitorModel, tmp_path: Path):
    run = RecordedRun(tmp_path / "0001-a", callbacks=STOPPER).start()
    for epoch, values in enumerate(curves(60, overfit_from=40)):
        run.epoch(epoch, values)
    run.saved(41, "best")
    opened(model, run)
    verdict = model.verdict()
    assert verdict is not None and verdict.fit is Fit.OVERFITTING
    said = {paragraph.title: paragraph.text for paragraph in monitor_words.say(model)}
    assert "Over-fitting since about epoch 4" in said["Fit"]
    assert "of 20" in said["Patience"]
    assert "%" in said["Score"] and "67" in said["Score"]
    assert "epoch 42" in said["Kept"]
    suggestion = monitor_words.suggest(verdict, RunSpec(model={"kind": "mlp"}), model.state)
    assert suggestion is not None and dict(suggestion.set) == {"model.dropout": 0.2}
    run.close()


def test_the_epoch_table_and_the_log(model: MonitorModel, tmp_path: Path):
    run = RecordedRun(tmp_path / "0001-a", epochs=3).start()
    for epoch, values in enumerate(curves(3)):
        run.epoch(epoch, values)
    run.saved(2).end()
    opened(model, run)
    assert model.state is not None
    titles = [column.title for column in epoch_table.columns_of(model.state)]
    assert titles == ["Epoch", "Loss", "Validation", "Accuracy", "Val. acc.", "Time"]
    row = model.state.epochs[1]
    assert epoch_table.cell(row, "epoch") == "2"
    assert epoch_table.cell(row, "seconds") == "2.1 s"
    lines = epoch_table.log_lines(model.state)
    assert lines[0].sentence == "Started on CPU, 2 cores."
    assert lines == sorted(lines, key=lambda line: line.time)


def test_meters_for_a_processor_and_for_a_gpu(model: MonitorModel, tmp_path: Path):
    device = {"name": "cuda:0", "title": "GPU 0", "memory_bytes": 16e9}
    run = RecordedRun(tmp_path / "0001-a", device=device).start()
    for busy in (0.5, 0.86):
        run.pulse(
            memory_bytes=1e9, device_busy=busy, device_memory_bytes=3.1e9, device_temperature=64
        )
    opened(model, run)
    busy, memory, temperature = model.meters()
    assert (busy.value, busy.rest, busy.shares) == ("86", "%", (0.5, 0.86))
    assert (memory.value, memory.rest) == ("3.1", "of 16.0 GB")
    assert (temperature.value, temperature.rest) == ("64", "°C")

    plain = RecordedRun(tmp_path / "0002-a").start()
    plain.pulse(memory_bytes=1e9, cpu_percent=50.0, samples_per_s=1200.0)
    opened(model, plain)
    assert [meter.title for meter in model.meters()] == ["Busy", "Memory", "Speed"]
    run.close()
    plain.close()


def test_a_gpu_is_told_with_its_power_its_versions_and_how_it_does_the_steps(
    model: MonitorModel, tmp_path: Path
):
    run = RecordedRun(tmp_path / "0001-a", device="NVIDIA H100").start()
    run.journal.append(
        EventType.RUN_STARTED,
        run="0001-a",
        pid=1,
        first_epoch=0,
        last_epoch=3,
        device="NVIDIA H100",
        device_name="cuda:0",
        device_memory_total_bytes=80e9,
        device_driver="580.65",
        device_cudnn=None,
    )
    run.pulse(memory_bytes=1e9, cpu_percent=100.0, samples_per_s=900.0, waiting_for_data=0.34)
    run.tell("step.mode", "The GPU does each step as one CUDA graph.")
    opened(model, run)
    assert [each.value for each in model.meters()] == ["not known", "not known", "900"]
    assert model.device_facts() == "NVIDIA H100, driver 580.65, cuDNN not known"
    assert model.device_note() == (
        "The GPU does each step as one CUDA graph. 34.0 % of the time it waits for data."
    )
    run.pulse(
        memory_bytes=1e9,
        device_busy=0.9,
        device_memory_bytes=8e9,
        device_temperature=61,
        device_power_w=412.3,
        waiting_for_data=0.01,
    )
    tick_until(model, lambda: model.meters()[0].value == "90")
    _, memory, temperature = model.meters()
    assert (memory.rest, memory.shares[-1]) == ("of 80.0 GB", 0.1)
    assert (temperature.value, temperature.rest) == ("61", "°C, 412 W")
    assert model.device_note() == "The GPU does each step as one CUDA graph."
    run.close()


def test_a_worker_that_says_nothing_is_noticed_once(tmp_path: Path):
    now = [0.0]
    model = MonitorModel(steady=lambda: now[0])
    run = RecordedRun(tmp_path / "0001-a").start().begin(0)
    opened(model, run)
    assert model.badge().text == "Running"
    now[0] = 19.0
    assert model.silent_s is None
    now[0] = 40.0
    assert model.tick() is True and model.tick() is False, "one redraw for it, not ten a second"
    assert model.badge().text == "Not answering"
    assert monitor_words.say(model)[0].title == "Not answering"
    run.pulse(memory_bytes=1.0)
    tick_until(model, lambda: model.badge().text == "Running")
    run.end()
    tick_until(model, lambda: model.badge().text == "Done")
    now[0] = 400.0
    assert model.silent_s is None
    model.close()


def test_a_folder_that_is_not_there_yet_is_waited_for(model: MonitorModel, tmp_path: Path):
    model.open(ShownRun("0001-a", tmp_path / "0001-a", 1))
    tick_until(model, lambda: model.state is not None)
    assert model.badge().text == "Starting"
    run = RecordedRun(tmp_path / "0001-a").start()
    tick_until(model, lambda: model.badge().text == "Preparing the data")
    run.close()


def test_the_feed_says_why_it_cannot_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    feed = RunFeed(RunPaths(tmp_path))

    def refuse(self):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("fitstudio.actions.run.following.JournalReader.read_new", refuse)
    feed.start()
    end = time.monotonic() + 240
    while feed.problem is None and time.monotonic() < end:
        feed.take()
        time.sleep(0.01)
    assert feed.problem == "Input/output error"
    feed.close()


def test_a_burst_of_events_is_spread_over_ticks(tmp_path: Path):
    run = RecordedRun(tmp_path / "0001-a").start()
    feed = RunFeed(RunPaths(run.folder))
    feed.start()
    end = time.monotonic() + 240
    while feed.state is None and time.monotonic() < end:
        feed.take()
        time.sleep(0.005)
    for epoch in range(10_000):
        run.begin(epoch)
    most, seen = 0, 0
    while seen < 9_999 and time.monotonic() < end:
        feed.take()
        epoch = (feed.state.epoch if feed.state is not None else None) or 0
        most, seen = max(most, epoch - seen), epoch
        time.sleep(0.005)
    assert seen == 9_999
    # One tick applies what is left of the last look and the beginning of the next.
    assert most <= 2 * run_feed._APPLIED_EACH_TICK
    feed.close()
    run.close()
