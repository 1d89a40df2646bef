"""Folds the events of a run into its `RunState`, one at a time.

The result depends on nothing but the events, so that a live view, a history page and a test see
the same. Joining late, or reading on after a pause, makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fitstudio.declared.catalogue.callbacks import EARLY_STOPPING
from fitstudio.journal.best_value import BestValue, mode_of
from fitstudio.journal.events import (
    DAMAGED,
    EXTENDED,
    Event,
    EventType,
    Outcome,
    numbers,
    sentence_of,
)
from fitstudio.journal.run_state import Checkpoint, EpochRow, Message, RunState, Trim

_KEPT_BATCH_POINTS = 8_000


def fold(
    events: Iterable[Event], state: RunState | None = None, *, with_gaps: bool = False
) -> RunState:
    """The state after all these events, from the beginning or on from `state`.

    Args:
        events: What happened.
        state: What was known before.
        with_gaps: Events have been left out on purpose; what lacks is not missing.
    """
    state = RunState() if state is None else state
    for event in events:
        if with_gaps:
            state.next_seq = max(state.next_seq, event.seq)
        apply(state, event)
    return state


def apply(state: RunState, event: Event) -> None:
    """Takes one event into the state; unknown types change nothing but the clocks."""
    if event.seq > state.next_seq:
        state.missing_events += event.seq - state.next_seq
    if event.fields.get("code") != DAMAGED:  # which has no place in the file
        state.next_seq = event.seq + 1
    state.updated = event.time
    if event.type != EventType.RUN_STARTED:
        # The process that writes "interrupted" for another one has a clock of its own.
        state.elapsed = max(state.elapsed, event.fields.get("elapsed", 0.0))
    handler = _HANDLERS.get(event.type)
    if handler is None:
        return
    try:
        handler(state, event.fields)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
        # Each value is of its type, but together they make no sense (epochs that go back). Nothing
        # that stands in a file may keep a run from being shown.
        state.strange_events += 1


def _run_started(state: RunState, fields: Mapping[str, Any]) -> None:
    first = fields.get("first_epoch", 0)
    if state.attempts:
        _start_again(state, fields, first)
    else:
        state.first_epoch = first
        state.started = fields["time"]
    state.attempts += 1
    state.earlier_s += state.elapsed
    state.elapsed = fields.get("elapsed", 0.0)
    state.started_fields = fields
    state.run = fields.get("run", state.run)
    state.pid = fields.get("pid")
    state.process_started = fields.get("process_started")
    state.host = fields.get("host", "")
    state.device = fields.get("device")
    state.step_mode = ""
    state.seed = fields.get("seed")
    state.last_epoch = fields.get("last_epoch")
    state.steps_per_epoch = fields.get("steps_per_epoch", state.steps_per_epoch)
    state.outcome, state.ended, state.error = None, None, None
    state.reason = state.sentence = ""
    state.stop_requested = None
    state.paused = state.validating = state.handed_on = False
    state.epoch = state.step = None
    _watch(state, fields)


def _start_again(state: RunState, fields: Mapping[str, Any], first: int) -> None:
    kept = [row for row in state.epochs if row.epoch < first]
    dropped = state.epochs[len(kept) :]
    stopped_at = state.ended or state.updated or fields["time"]
    state.trims.append(
        Trim(
            from_epoch=first,
            dropped=len(dropped),
            time=fields["time"],
            pause_s=max(0.0, fields["time"] - stopped_at),
            differences=tuple(fields.get("differences") or ()),
        )
    )
    state.epochs = kept
    state.repeated += dropped
    state.first_epoch = min(state.first_epoch, first)
    state.batch_points = [point for point in state.batch_points if point[0] < first]


def _watch(state: RunState, fields: Mapping[str, Any]) -> None:
    """Sets the watches up, and lets them see the epochs that a resume has kept."""
    monitor = fields.get("monitor")
    state.watch = BestValue(monitor, mode_of(monitor, fields.get("mode"))) if monitor else None
    state.early_stoppings = [
        BestValue.from_callback(settings)
        for settings in fields.get("callbacks") or ()
        if isinstance(settings, Mapping) and settings.get("kind") == EARLY_STOPPING.name
    ]
    for row in state.epochs:
        _see(state, row)


def _see(state: RunState, row: EpochRow) -> None:
    if state.watch is None:
        name = "val_loss" if "val_loss" in row.logs else "loss"
        state.watch = BestValue(name, mode_of(name))
    for watch in (state.watch, *state.early_stoppings):
        watch.see(row.epoch, row.logs)


def _data_ready(state: RunState, fields: Mapping[str, Any]) -> None:
    state.data = fields


def _epoch_started(state: RunState, fields: Mapping[str, Any]) -> None:
    state.epoch = fields["epoch"]
    state.step = None
    state.validating = False
    state.logs = {}
    state.epoch_began = fields.get("elapsed", state.elapsed)


def _batch_ended(state: RunState, fields: Mapping[str, Any]) -> None:
    logs = numbers(fields["logs"])
    state.validating = fields.get("phase") == "validate"
    if state.validating:
        return
    epoch, step = fields["epoch"], fields["step"]
    state.epoch, state.step, state.logs = epoch, step, logs
    state.steps = fields.get("steps", state.steps)
    state.sample_speed = fields.get("samples_per_s", state.sample_speed)
    if "loss" in logs:
        _add_point(state, (epoch, step, logs["loss"]))


def _add_point(state: RunState, point: tuple[int, int, float]) -> None:
    state.points_seen += 1
    if state.points_seen % state.points_kept:
        return
    state.batch_points.append(point)
    if len(state.batch_points) > _KEPT_BATCH_POINTS:
        del state.batch_points[::2]
        state.points_kept *= 2


def _validation_ended(state: RunState, fields: Mapping[str, Any]) -> None:
    state.validating = False
    state.logs = {**state.logs, **numbers(fields["logs"])}


def _epoch_ended(state: RunState, fields: Mapping[str, Any]) -> None:
    logs = numbers(fields["logs"])
    rate = fields.get("learning_rate", logs.get("lr", state.learning_rate))
    row = EpochRow(fields["epoch"], logs, fields["seconds"], rate, fields["time"])
    _add_epoch(state, row)
    state.epoch, state.logs, state.learning_rate = row.epoch, logs, rate
    state.validating = False
    _see(state, row)


def _add_epoch(state: RunState, row: EpochRow) -> None:
    """Puts an epoch in its place, which is the end but where a resume tells of it afterwards."""
    place = len(state.epochs)
    while place and state.epochs[place - 1].epoch >= row.epoch:
        place -= 1
    if place < len(state.epochs) and state.epochs[place].epoch == row.epoch:
        state.epochs[place] = row
    else:
        state.epochs.insert(place, row)


def _checkpoint_saved(state: RunState, fields: Mapping[str, Any]) -> None:
    state.checkpoints[fields["kind"]] = Checkpoint(
        fields["file"],
        fields["epoch"],
        fields["kind"],
        fields["time"],
        fields.get("monitor"),
        numbers({"value": fields.get("value")})["value"],
        int(fields.get("step") or 0),
    )


def _message(state: RunState, fields: Mapping[str, Any]) -> None:
    code = fields["code"]
    if code == DAMAGED:
        state.damage = fields["sentence"]
    elif code == EXTENDED:
        _resuming(state)
        state.handed_on = True
    elif code == "worker.starting":
        _resuming(state)
    elif code == "step.mode":
        state.step_mode = fields["sentence"]
    elif code == "paused":
        state.paused = True
        state.paused_at = state.elapsed
    elif code == "continued" and state.paused:
        state.paused = False
        # The time left must not count the pause as slowness.
        state.epoch_began += state.elapsed - state.paused_at
    _acknowledge(state, fields)
    message = Message(fields["time"], fields["level"], code, fields["sentence"], fields)
    state.messages.append(message)


def _resuming(state: RunState) -> None:
    """A resume: it lives, though it has not come to `run_started` yet.

    How it ended before, where it was and how far it was to go holds no longer; the curve does.
    """
    state.outcome = state.ended = state.error = state.stop_requested = None
    state.reason = state.sentence = ""
    state.epoch = state.step = state.last_epoch = None
    state.logs = {}
    state.paused = state.validating = state.handed_on = False


def _heartbeat(state: RunState, fields: Mapping[str, Any]) -> None:
    state.heartbeats.append(fields)
    state.sample_speed = fields.get("samples_per_s", state.sample_speed)


def _stop_requested(state: RunState, fields: Mapping[str, Any]) -> None:
    state.stop_requested = fields
    _acknowledge(state, fields)


def _acknowledge(state: RunState, fields: Mapping[str, Any]) -> None:
    if fields.get("request") is not None:
        state.acknowledged.add(fields["request"])


def _run_ended(state: RunState, fields: Mapping[str, Any]) -> None:
    try:
        state.outcome = Outcome(fields["outcome"])
    except ValueError:  # an outcome of a later version: it has ended, that much is sure
        state.outcome = Outcome.STOPPED
    state.reason = state.last_reason = fields["reason"]
    state.handed_on = False
    state.sentence = fields.get("sentence") or sentence_of(state.reason)
    state.error = fields.get("error")
    state.ended = fields["time"]
    state.paused = state.validating = False


_HANDLERS: dict[str, Callable[[RunState, Mapping[str, Any]], None]] = {
    EventType.RUN_STARTED: _run_started,
    EventType.DATA_READY: _data_ready,
    EventType.EPOCH_STARTED: _epoch_started,
    EventType.BATCH_ENDED: _batch_ended,
    EventType.VALIDATION_ENDED: _validation_ended,
    EventType.EPOCH_ENDED: _epoch_ended,
    EventType.CHECKPOINT_SAVED: _checkpoint_saved,
    EventType.MESSAGE: _message,
    EventType.PULSE: _heartbeat,
    EventType.STOP_REQUESTED: _stop_requested,
    EventType.RUN_ENDED: _run_ended,
}
