"""What a run's events add up to."""

from __future__ import annotations

import math

import pytest

from fitstudio.journal import Event, Outcome, Phase, RunState, apply, fold
from fitstudio.journal.best_value import BestValue, mode_of
from fitstudio.journal.run_state import say


class Story:
    """Tells a run as events, with a steady clock."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.elapsed = 0.0
        self.time = 1000.0

    def tell(self, type: str, *, after: float = 0.0, **fields) -> Story:
        self.elapsed += after
        self.time += after
        seq = len(self.events)
        head = {"type": type, "seq": seq, "time": self.time, "elapsed": self.elapsed}
        self.events.append(Event(type, seq, self.time, head | fields))
        return self

    def start(self, **fields) -> Story:
        given = {"run": "0001", "pid": 7, "first_epoch": 0, "last_epoch": 9, "steps_per_epoch": 4}
        return self.tell("run_started", **given | fields)

    def epoch(self, number: int, *, seconds: float = 2.0, **logs) -> Story:
        self.tell("epoch_started", epoch=number)
        return self.tell("epoch_ended", after=seconds, epoch=number, logs=logs, seconds=seconds)

    def batch(self, epoch: int, step: int, loss: float = 1.0, **fields) -> Story:
        given = {"phase": "train", "logs": {"loss": loss}}
        return self.tell("batch_ended", epoch=epoch, step=step, **given | fields)

    @property
    def state(self) -> RunState:
        return fold(self.events)


def test_a_run_that_has_said_nothing_is_starting():
    state = RunState()

    assert state.phase is Phase.STARTING
    assert state.progress is None
    assert state.seconds_left is None
    assert say(state) == "Starting."


def test_progress_and_time_left_follow_the_epochs():
    story = Story().start()
    for epoch in range(4):
        story.epoch(epoch, loss=1.0 / (epoch + 1))
    story.tell("epoch_started", epoch=4).batch(4, 1)
    state = story.state

    assert state.progress == pytest.approx(0.45)
    assert state.seconds_left == pytest.approx(11.0)
    assert say(state) == "Epoch 5 of 10, step 2 of 4"
    assert state.phase is Phase.TRAINING


def test_time_left_is_estimated_within_the_first_epoch():
    story = Story().start(last_epoch=1).tell("epoch_started", epoch=0)
    story.elapsed += 3
    state = story.batch(0, 0).state

    assert state.seconds_per_epoch == pytest.approx(12.0)
    assert state.seconds_left == pytest.approx(21.0)


def test_a_pause_does_not_count_as_slowness():
    story = Story().start(last_epoch=0).tell("epoch_started", epoch=0)
    story.tell("message", after=1, level="info", code="paused", sentence="Paused.", request=3)
    assert story.state.phase is Phase.PAUSED
    story.tell("message", after=500, level="info", code="continued", sentence="Continued.")
    story.elapsed += 1
    state = story.batch(0, 1).state

    assert state.phase is Phase.TRAINING
    assert state.acknowledged == {3}
    assert state.seconds_per_epoch == pytest.approx(4.0)


def test_an_epoch_that_starts_at_initial_epoch_counts_from_there():
    story = Story().start(first_epoch=5, last_epoch=9).epoch(5, loss=1.0)

    assert story.state.progress == pytest.approx(0.2)


def test_best_epoch_and_patience_are_counted_as_early_stopping_does():
    story = Story().start(
        last_epoch=99,
        monitor="val_loss",
        callbacks=[{"kind": "EarlyStopping", "monitor": "val_loss", "patience": 3}],
    )
    for epoch, value in enumerate([3.0, 1.0, 2.0, math.nan]):
        story.epoch(epoch, loss=1.0, val_loss=value)
    state = story.state
    (watch,) = state.early_stoppings

    assert (state.best_epoch, watch.value, watch.waited, watch.patience) == (1, 1.0, 2, 3)
    assert watch.stops_at == 4
    assert state.best_row is not None
    assert state.best_row.logs["val_loss"] == 1.0


def test_patience_counts_checks_where_not_each_epoch_is_checked():
    watch = BestValue.from_callback({"monitor": "val_loss", "patience": 2})
    for epoch in range(6):
        watch.see(epoch, {"loss": 1.0} | ({"val_loss": 1.0} if epoch % 3 == 2 else {}))

    assert (watch.epoch, watch.waited, watch.every) == (2, 1, 3)
    assert watch.stops_at == 8


def test_a_run_that_goes_on_in_a_copy_has_not_ended():
    story = Story().start().epoch(0, loss=1.0)
    story.tell("run_ended", outcome="completed", reason="early_stopping")
    story.tell("message", level="info", code="run.extended", sentence="It goes on.")
    state = story.state

    assert state.running and state.awaits_process and len(state.epochs) == 1
    assert (state.reason, state.last_reason) == ("", "early_stopping")


@pytest.mark.parametrize(
    ("settings", "values", "waited", "best_epoch"),
    [
        ({"mode": "max"}, [1, 3, 2], 1, 1),
        ({"min_delta": 0.5}, [3, 2.8, 2.4], 0, 2),
        ({"min_delta": -0.5}, [3, 2.8, 2.6], 2, 0),
        ({"baseline": 1.0}, [3, 2, 1.5], 3, 2),
        ({"baseline": 1.0}, [3, 0.9, 1.5], 1, 1),
        ({"start_from_epoch": 2}, [1, 1, 3], 0, 2),
        ({"monitor": "absent"}, [1, 2, 3], 0, None),
    ],
)
def test_each_setting_of_early_stopping_is_followed(settings, values, waited, best_epoch):
    watch = BestValue.from_callback({"monitor": "loss", "patience": 5} | settings)
    for epoch, value in enumerate(values):
        watch.see(epoch, {"loss": value})

    assert (watch.waited, watch.epoch) == (waited, best_epoch)


@pytest.mark.parametrize(
    ("metric", "mode"),
    [
        ("val_loss", "min"),
        ("accuracy", "max"),
        ("val_sparse_categorical_accuracy", "max"),
        ("mae", "min"),
        ("auc", "max"),
        ("r2_score", "max"),
    ],
)
def test_which_way_a_metric_gets_better(metric: str, mode: str):
    assert mode_of(metric) == mode
    assert mode_of(metric, "auto") == mode
    assert mode_of(metric, "max") == "max"


def test_a_resume_trims_the_curve_to_the_checkpoint_and_marks_the_gap():
    story = Story().start(callbacks=[{"kind": "EarlyStopping", "monitor": "loss", "patience": 9}])
    for epoch in range(5):
        story.epoch(epoch, loss=5.0 - epoch)
    story.batch(5, 0)
    story.tell("run_ended", outcome="interrupted", reason="gone")
    assert story.state.phase is Phase.ENDED
    story.time += 3600
    story.elapsed = 0.0
    story.start(first_epoch=3, resumed=True, pid=8)
    state = story.state

    assert [row.epoch for row in state.epochs] == [0, 1, 2]
    assert [row.epoch for row in state.repeated] == [3, 4]
    (trim,) = state.trims
    assert (trim.from_epoch, trim.dropped, trim.pause_s) == (3, 2, 3600)
    assert state.outcome is None
    assert state.pid == 8
    assert state.first_epoch == 0
    assert state.best_epoch == 2
    assert all(point[0] < 3 for point in state.batch_points)
    assert state.progress == pytest.approx(0.3)
    assert state.seconds == 10.0


def test_a_resumed_run_is_alive_from_its_first_word_on():
    story = Story().start().tell("run_ended", outcome="stopped", reason="person")
    story.tell("message", level="info", code="worker.starting", sentence="Loading torch.")

    assert story.state.running


def test_a_run_says_how_it_ended():
    story = Story().start().epoch(0, loss=1.0)
    story.tell("run_ended", outcome="stopped", reason="person")
    state = story.state

    assert state.outcome is Outcome.STOPPED
    assert say(state) == "The run was stopped; what it learned is kept. You stopped it."
    assert state.seconds_left is None


def test_reasons_and_outcomes_of_a_later_version_are_shown_as_they_are():
    state = Story().start().tell("run_ended", outcome="evaporated", reason="sun").state

    assert state.phase is Phase.ENDED
    assert state.sentence == "sun"


def test_learning_rate_and_history_come_from_the_epochs():
    story = Story().start()
    story.epoch(0, loss=1.0, lr=0.1)
    story.tell("epoch_ended", epoch=1, logs={"loss": "nan"}, seconds=1.0, learning_rate=0.05)
    state = story.state

    assert [row.learning_rate for row in state.epochs] == [0.1, 0.05]
    assert state.history()["lr"] == [0.1]
    assert math.isnan(state.history()["loss"][1])
    assert state.metric_names == ["loss", "lr"]


def test_checkpoints_and_pulses_are_kept():
    story = Story().start()
    for kind in ("last", "best", "last"):
        story.tell("checkpoint_saved", file=f"checkpoints/{kind}", epoch=2, kind=kind, value=0.5)
    for _ in range(500):
        story.tell("pulse", memory_bytes=1, samples_per_s=8.0)
    state = story.state

    assert set(state.checkpoints) == {"last", "best"}
    assert len(state.heartbeats) == 300
    assert state.sample_speed == 8.0


def test_folding_piece_by_piece_is_folding_at_once():
    story = Story().start()
    for epoch in range(3):
        story.epoch(epoch, loss=1.0)
    piecewise = RunState()
    for event in story.events:
        apply(piecewise, event)

    assert piecewise == story.state


def test_validation_is_told_apart():
    story = Story().start().tell("epoch_started", epoch=0).batch(0, 3, loss=0.7)
    story.batch(0, 0, loss=9.0, phase="validate")
    state = story.state

    assert state.phase is Phase.VALIDATING
    assert state.logs == {"loss": 0.7}
    story.tell("validation_ended", epoch=0, logs={"val_loss": 0.9})
    assert story.state.logs == {"loss": 0.7, "val_loss": 0.9}
