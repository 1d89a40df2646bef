"""What is known about a run: the only place that computes progress, best epoch or time left.

`fold` makes a `RunState` from the events of a journal. Epochs and steps count from 0 here; the
functions at the end, and only they, turn them into what people read.
"""

from __future__ import annotations

import statistics
from bisect import bisect_left
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fitstudio.journal.best_value import BestValue
from fitstudio.journal.events import Outcome
from fitstudio.journal.target_scale import TargetScale
from fitstudio.words import saying

_KEPT_HEARTBEATS = 300
_KEPT_MESSAGES = 10_000
_EPOCHS_FOR_SPEED = 5


class Phase(StrEnum):
    """What a run is doing at the moment."""

    STARTING = "starting"
    PREPARING = "preparing"
    TRAINING = "training"
    VALIDATING = "validating"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class EpochRow:
    """A finished epoch."""

    epoch: int
    logs: Mapping[str, Any]
    seconds: float
    learning_rate: float | None = None
    time: float = 0.0


@dataclass(frozen=True, slots=True)
class Message:
    """A line of the log for people; `fields` may hold `where`, `fix` and `request`."""

    time: float
    level: str
    code: str
    sentence: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint as it was announced; `file` is its folder below the run's.

    With a `step` it was saved between two batches of `epoch`, which is not finished in it.
    """

    file: str
    epoch: int
    kind: str
    time: float
    monitor: str | None = None
    value: float | None = None
    step: int = 0


@dataclass(frozen=True, slots=True)
class Trim:
    """A resume that went back to a checkpoint: `dropped` finished epochs were trained again."""

    from_epoch: int
    dropped: int
    time: float
    pause_s: float
    differences: tuple[Any, ...] = ()


@dataclass(slots=True)
class RunState:
    """All that is known about a run from its journal.

    Attributes:
        step_mode: How a GPU does the steps, as it was told; empty before that, and on the CPU.
        last_reason: Why it ended the last time that it did; a resume leaves it as it is.
        first_epoch: Where the run began (`initial_epoch`).
        last_epoch: The last epoch there will be, if nothing stops it before.
        epochs: The finished epochs that count, in order.
        repeated: Finished epochs that a resume trained again.
        epoch: The epoch at work or the last one; None before the first.
        step: The last finished step of it; None before the first.
        logs: The running logs of the epoch at work.
        batch_points: A thinned sample of (epoch, step, loss); all of them are in `batches.f32`.
        watch: The run's monitored metric; see `best`.
        early_stoppings: One watch for each EarlyStopping.
        seconds: Time the worker spent, over all resumes.
        sample_speed: Samples a second, as last told.
        missing_events: Lines that a full disk or damage has cost.
        strange_events: Events whose fields made no sense; they were left out.
        damage: What is wrong with the journal, as a sentence; "" where nothing is.
    """

    run: str = ""
    outcome: Outcome | None = None
    reason: str = ""
    last_reason: str = ""
    sentence: str = ""
    error: Mapping[str, Any] | None = None

    pid: int | None = None
    process_started: float | None = None
    host: str = ""
    device: Any = None
    step_mode: str = ""
    seed: int | None = None
    started: float | None = None
    ended: float | None = None
    updated: float | None = None
    attempts: int = 0
    started_fields: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)

    first_epoch: int = 0
    last_epoch: int | None = None
    steps_per_epoch: int | None = None
    epochs: list[EpochRow] = field(default_factory=list)
    repeated: list[EpochRow] = field(default_factory=list)
    trims: list[Trim] = field(default_factory=list)

    epoch: int | None = None
    step: int | None = None
    steps: int | None = None
    validating: bool = False
    paused: bool = False
    logs: Mapping[str, Any] = field(default_factory=dict)
    learning_rate: float | None = None
    batch_points: list[tuple[int, int, float]] = field(default_factory=list)
    watch: BestValue | None = None
    early_stoppings: list[BestValue] = field(default_factory=list)

    stop_requested: Mapping[str, Any] | None = None
    acknowledged: set[int] = field(default_factory=set)
    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=_KEPT_MESSAGES))
    checkpoints: dict[str, Checkpoint] = field(default_factory=dict)
    heartbeats: deque[Mapping[str, Any]] = field(
        default_factory=lambda: deque(maxlen=_KEPT_HEARTBEATS)
    )
    sample_speed: float | None = None
    missing_events: int = 0
    strange_events: int = 0
    damage: str = ""

    # The fold's own memory.
    handed_on: bool = False
    next_seq: int = 0
    elapsed: float = 0.0
    earlier_s: float = 0.0
    epoch_began: float = 0.0
    paused_at: float = 0.0
    points_kept: int = 1
    points_seen: int = 0

    @property
    def phase(self) -> Phase:
        """What the run is doing."""
        if self.outcome is not None:
            return Phase.ENDED
        if not self.attempts:
            return Phase.STARTING
        if self.paused:
            return Phase.PAUSED
        if self.epoch is None:
            return Phase.PREPARING
        return Phase.VALIDATING if self.validating else Phase.TRAINING

    @property
    def preparation(self) -> tuple[str, ...]:
        """What was done to the data before training, in sentences."""
        findings = self.data.get("findings")
        if not isinstance(findings, list):
            return ()
        sentences = (found.get("sentence") for found in findings if isinstance(found, Mapping))
        return tuple(sentence for sentence in sentences if isinstance(sentence, str) and sentence)

    @property
    def running(self) -> bool:
        """Whether it has not ended, as far as the journal knows."""
        return self.outcome is None

    @property
    def awaits_process(self) -> bool:
        """Whether the next word will be the first of a process that is still to come."""
        return self.handed_on or not self.next_seq

    @property
    def newest_epoch(self) -> int | None:
        """The epoch at work, or else the last finished one; None before the first."""
        if self.epoch is not None:
            return self.epoch
        return self.epochs[-1].epoch if self.epochs else None

    @property
    def checked(self) -> bool | None:
        """Whether rows are held out to check the model; None while the data is not prepared."""
        rows = self.data.get("validation_rows")
        return rows > 0 if isinstance(rows, int) else None

    @property
    def target_scale(self) -> TargetScale | None:
        """How the target was scaled; None for classes, and while that is not known."""
        return TargetScale.from_fields(self.data.get("target"))

    @property
    def learned(self) -> bool:
        """Whether anything it learned is on the disk: finished epochs are told when they are."""
        return bool(self.epochs or self.checkpoints)

    @property
    def seconds(self) -> float:
        """Time the worker spent, over all resumes."""
        return self.earlier_s + self.elapsed

    @property
    def epoch_fraction(self) -> float:
        """How much of the epoch at work is done, 0 to 1."""
        steps = self.steps or self.steps_per_epoch
        if self.epoch is None or self.step is None or not steps:
            return 0.0
        if self.epochs and self.epochs[-1].epoch >= self.epoch:
            return 0.0  # it is finished, and counted among `epochs`
        return min(1.0, (self.step + 1) / steps)

    @property
    def progress(self) -> float | None:
        """How much of the run is done, 0 to 1; None while that is not known."""
        if self.outcome is Outcome.COMPLETED:
            return 1.0
        if self.last_epoch is None:
            return None
        total = self.last_epoch - self.first_epoch + 1
        return min(1.0, (len(self.epochs) + self.epoch_fraction) / total) if total > 0 else 1.0

    @property
    def seconds_per_epoch(self) -> float | None:
        """Of the last epochs, or estimated from the first one while it runs."""
        if self.epochs:
            return statistics.median(row.seconds for row in self.epochs[-_EPOCHS_FOR_SPEED:])
        fraction = self.epoch_fraction
        return (self.elapsed - self.epoch_began) / fraction if fraction else None

    @property
    def seconds_left(self) -> float | None:
        """Until the last epoch ends, if nothing stops it before; None while that is not known."""
        if self.outcome is not None or self.last_epoch is None:
            return None
        per_epoch = self.seconds_per_epoch
        if per_epoch is None:
            return None
        total = self.last_epoch - self.first_epoch + 1
        return max(0.0, total - len(self.epochs) - self.epoch_fraction) * per_epoch

    @property
    def best(self) -> BestValue | None:
        """The best `value` of the monitored metric and its `epoch`; None before the first."""
        return self.watch if self.watch and self.watch.value is not None else None

    @property
    def best_epoch(self) -> int | None:
        """The epoch with that value, from 0."""
        return self.best.epoch if self.best else None

    @property
    def best_row(self) -> EpochRow | None:
        """That epoch's row."""
        if self.best_epoch is None:
            return None
        at = bisect_left(self.epochs, self.best_epoch, key=lambda row: row.epoch)
        row = self.epochs[at] if at < len(self.epochs) else None
        return row if row is not None and row.epoch == self.best_epoch else None

    @property
    def metric_names(self) -> list[str]:
        """Every name in the logs of the finished epochs, in History's order."""
        names: dict[str, None] = {}
        for row in self.epochs[:1] + self.epochs[-1:]:
            names.update(dict.fromkeys(row.logs))
        return list(names or self.logs)

    def outcome_sentence(self) -> str:
        """How it stands or ended, in words."""
        return say(self)

    def history(self) -> dict[str, list[Any]]:
        """`History.history`: each metric's values over the finished epochs."""
        columns: dict[str, list[Any]] = {}
        for row in self.epochs:
            for name, value in row.logs.items():
                columns.setdefault(name, []).append(value)
        return columns


def shown(number: int) -> int:
    """An epoch or step as people count: from 1."""
    return number + 1


def say(state: RunState) -> str:
    """The state in one line: "Epoch 71 of 100, step 22 of 50"."""
    if state.outcome is not None:
        return f"{ending_sentence(state)} {state.sentence}".strip()
    if state.damage and not state.attempts:
        return state.damage  # whether it runs or has ended would stand in what cannot be read
    if state.phase in (Phase.STARTING, Phase.PREPARING) or state.epoch is None:
        return saying.say("Preparing the data.") if state.attempts else saying.say("Starting.")
    words = saying.say("Epoch {epoch}", epoch=shown(state.epoch))
    if state.last_epoch is not None:
        words = saying.say(
            "Epoch {epoch} of {last_epoch}",
            epoch=shown(state.epoch),
            last_epoch=shown(state.last_epoch),
        )
    steps = state.steps or state.steps_per_epoch
    if state.step is not None:
        step = shown(state.step)
        words = (
            saying.say("{words}, step {step} of {steps}", words=words, step=step, steps=steps)
            if steps
            else saying.say("{words}, step {step}", words=words, step=step)
        )
    return saying.say("{words} (paused)", words=words) if state.paused else words


def ending_sentence(state: RunState) -> str:
    """How it ended; nothing is promised that is not there."""
    assert state.outcome is not None
    if not state.learned:
        match state.outcome:
            case Outcome.STOPPED:
                return saying.say("The run was stopped before anything it learned was saved.")
            case Outcome.INTERRUPTED:
                return saying.say("The run was interrupted before anything it learned was saved.")
    return state.outcome.sentence
