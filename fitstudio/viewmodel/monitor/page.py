"""What the Monitor page knows: one run, live or long ended, as curves, numbers and sentences.

The page calls `tick` every 100 ms and, if it says so, redraws once. Everything it shows is computed
here from the journal's RunState, and nowhere else.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from psygnal import Signal

from fitstudio.actions.models.exporting import csv_of_history
from fitstudio.declared.run_spec import RunSpec
from fitstudio.journal.best_value import BestValue
from fitstudio.journal.run_state import Phase, RunState, shown
from fitstudio.journal.target_scale import TargetScale
from fitstudio.project.paths import RunPaths
from fitstudio.viewmodel.figures import learning_rate_text
from fitstudio.viewmodel.monitor.badge import Badge, ended_badge
from fitstudio.viewmodel.monitor.curves import EpochCurves
from fitstudio.viewmodel.monitor.device_strip import (
    MeterReading,
    device_facts,
    device_note,
    device_title,
    read_meters,
)
from fitstudio.viewmodel.monitor.patience import Patience
from fitstudio.viewmodel.monitor.pyramid import Pyramid
from fitstudio.viewmodel.monitor.run_feed import RunFeed
from fitstudio.viewmodel.monitor.trouble_card import RunCard, card_of
from fitstudio.viewmodel.monitor.verdict import Verdict, verdict_of
from fitstudio.viewmodel.own_units import in_own_unit
from fitstudio.words import numbers, say

_AXIS_STEPS = (5, 10, 20, 50)


@dataclass(frozen=True, slots=True)
class ShownRun:
    """Which run is shown, and what stands over it.

    Attributes:
        run: Name of its folder, which tells it from all others.
        folder: Where it is.
        number: Its number in the project.
        title: What the person or its settings call it.
        parent: Number of the run that it was made from.
        loss_title: What the loss measures, with its unit: "mean squared error".
        under_way: Whether its worker is at work, as the list of runs has it.
    """

    run: str
    folder: Path
    number: int
    title: str = ""
    parent: int | None = None
    loss_title: str = ""
    under_way: bool = False

    @property
    def heading(self) -> str:
        """The page's title."""
        return say("Run {number}", number=self.number)

    @property
    def subheading(self) -> str:
        """What stands beside it."""
        parts = [self.title] if self.title else []
        if self.parent is not None:
            parts.append(say("from run {parent}", parent=self.parent))
        return " · ".join(parts)


class MonitorModel:
    """One run as the Monitor page shows it.

    Args:
        looks_after: Whether it is noticed, in the background, that a run's worker is gone.
        steady: The steady clock.

    Attributes:
        spec: What the run was asked to do; None while not known.
        starting: Whether the first run has been asked for, and has not shown itself yet.
        going_on: Whether an ended run has been started again, and its journal does not tell yet.
        opened: Emitted when another run is shown.
        changed: Emitted by a tick that brought something new.
        ended: Emitted once when the run that was seen running has ended.
    """

    opened = Signal()
    changed = Signal()
    ended = Signal()

    def __init__(
        self,
        *,
        looks_after: bool = False,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self.shown: ShownRun | None = None
        self.state: RunState | None = None
        self.spec: RunSpec | None = None
        self.starting = False
        self.going_on = False
        self.curves = EpochCurves()
        self._looks_after = looks_after
        self._steady = steady
        self._reported_silence = False
        self._feed: RunFeed | None = None
        self._verdict: tuple[tuple[object, ...], Verdict] | None = None
        self._seen_running = False

    # Following

    def open(self, run: ShownRun | None) -> None:
        """Show a run, or none."""
        if run is not None and self.shown is not None and run.folder == self.shown.folder:
            ended = self.state is not None and not self.state.running
            begins = run.under_way and not self.shown.under_way
            self.going_on = run.under_way and ended and (begins or self.going_on)
            self.shown = run  # renamed, perhaps
            self.changed.emit()
            return
        self.close()
        self.shown = run
        if run is not None:
            self._feed = RunFeed(
                RunPaths(run.folder), looks_after=self._looks_after, steady=self._steady
            )
            self._feed.start()
        self.starting = False
        self.opened.emit()

    def set_starting(self, starting: bool) -> None:
        """Tell that a run is being started while none is shown."""
        if starting != self.starting:
            self.starting = starting
            self.changed.emit()

    def close(self) -> None:
        """Stop following."""
        if self._feed is not None:
            self._feed.close()
        self._feed = None
        self._reported_silence = False
        self.shown = None
        self.spec = None
        self.state = None
        self.going_on = False
        self.curves = EpochCurves()
        self._verdict = None
        self._seen_running = False

    def tick(self) -> bool:
        """Take what has happened since the last tick; whether anything is to be drawn."""
        if self._feed is None:
            return False
        changed = self._feed.take()
        if not changed:
            return self._notice_silence()
        self._reported_silence = False
        if self.state is not self._feed.state:
            self.curves = self._feed.curves
            self._verdict = None
        self.state = self._feed.state
        if self.state is not None:
            self.curves.follow(self.state)
        running = self.state is not None and self.state.running
        self.going_on = self.going_on and not running
        self.changed.emit()
        if self._seen_running and not running:
            self.ended.emit()
        self._seen_running = running
        return True

    def history_csv(self) -> str:
        """History as a table, every digit of it."""
        return "" if self.state is None else csv_of_history(self.state)

    @property
    def silent_s(self) -> float | None:
        """For how long a live worker has not said a word; None while it answers.

        A worker sends a heartbeat every two seconds whatever it is busy with: it hangs, or the
        machine is too busy for it.
        """
        return self._feed.not_answering_s if self._feed is not None else None

    def _notice_silence(self) -> bool:
        """Tell once when a worker has fallen silent."""
        if self._reported_silence or self.silent_s is None:
            return False
        self._reported_silence = True
        self.changed.emit()
        return True

    @property
    def batches(self) -> Pyramid | None:
        """The loss of every batch; None before the first."""
        points = self._feed.losses.points if self._feed else None
        return points if points is not None and len(points) else None

    @property
    def problem(self) -> str | None:
        """Why the run's folder cannot be read at the moment."""
        return self._feed.problem if self._feed else None

    # Over the curves

    def badge(self) -> Badge:
        """The state of the run as a chip."""
        state = self.state
        if state is None:
            return Badge("waiting", say("Opening"))
        if self.going_on:
            return Badge("waiting", say("Starting"))
        if self.silent_s is not None:
            return Badge("attention", say("Not answering"))
        if state.stop_requested is not None and state.running:
            return Badge("running", say("Stopping"))
        match state.phase:
            case Phase.STARTING:
                return Badge("waiting", say("Starting"))
            case Phase.PREPARING:
                return Badge("waiting", say("Preparing the data"))
            case Phase.TRAINING | Phase.VALIDATING:
                return Badge("running", say("Running"))
            case Phase.PAUSED:
                return Badge("paused", say("Paused"))
            case Phase.ENDED:
                return ended_badge(state)

    def progress(self) -> float | None:
        """How much of the run is done, 0 to 1."""
        return self.state.progress if self.state else None

    def epoch_progress(self) -> float:
        """How much of the epoch at work is done, 0 to 1."""
        if self.state is None or self.state.outcome is not None:
            return 0.0
        return self.state.epoch_fraction

    def epoch_words(self) -> tuple[str, str]:
        """ "Epoch 71" and "of 100"."""
        state = self.state
        if state is None or state.newest_epoch is None:
            return "", ""
        total = (
            say("of {last_epoch}", last_epoch=numbers.format_count(shown(state.last_epoch)))
            if state.last_epoch
            else ""
        )
        return say(
            "Epoch {newest_epoch}", newest_epoch=numbers.format_count(shown(state.newest_epoch))
        ), total

    def step_words(self) -> str:
        """ "Step 22 of 50"; empty when nothing runs."""
        state = self.state
        if state is None or not state.running or state.step is None:
            return ""
        if state.validating:
            return say("Checking")
        steps = state.steps or state.steps_per_epoch
        step = numbers.format_count(shown(state.step))
        if not steps:
            return say("Step {step}", step=step)
        return say("Step {step} of {steps}", step=step, steps=numbers.format_count(steps))

    def pace_words(self) -> str:
        """ "2.1 s an epoch"."""
        pace = self.state.seconds_per_epoch if self.state else None
        return say("{pace} an epoch", pace=numbers.format_seconds(pace)) if pace is not None else ""

    def learning_rate_words(self) -> str:
        """The learning rate of the newest epoch."""
        rates = self.curves.learning_rate.y
        if not rates:
            return ""
        return say("learning rate {rate}", rate=learning_rate_text(rates[-1]))

    def time_words(self) -> str:
        """What is left of a live run, or how long an ended one took."""
        state = self.state
        if state is None:
            return ""
        if self.going_on:
            return say("Starting")
        if state.phase is Phase.PAUSED:
            return say("Paused")
        if state.running:
            if state.epoch is None:
                return say("Preparing") if state.attempts else say("Starting")
            return numbers.format_time_left(state.seconds_left)
        return say("Took {seconds}", seconds=numbers.format_seconds(state.seconds))

    def card(self) -> RunCard | None:
        """The card of a run that ended badly."""
        return card_of(self.state) if self.state and not self.going_on else None

    # On the curves

    def axis_end(self) -> float:
        """Where the axis of epochs ends: the plan, or a round number while it is far away.

        Five epochs of a thousand would be a smear at the left edge; the axis then shows the next of
        5, 10, 20, 50, … that leaves a quarter of room, and what comes next that must be seen.
        """
        state = self.state
        if state is None:
            return 10.0
        now = float(shown(state.newest_epoch)) if state.newest_epoch is not None else 1.0
        if not state.running and self.card() is None:
            return max(now, 1.0)
        plan = float(shown(state.last_epoch)) if state.last_epoch is not None else math.inf
        patience = self.patience() if state.running else None
        needed = max(now * 1.25, patience.stops_at + 1.0 if patience else 0.0)
        if needed * 4 > plan:
            return plan
        scale = 1
        while True:
            for step in _AXIS_STEPS:
                if step * scale >= needed:
                    return min(float(step * scale), plan)
            scale *= 10

    def best(self) -> BestValue | None:
        """The monitored metric and its best value in its own unit; None before the first."""
        watch = self.state.best if self.state else None
        if self.state is None or watch is None or watch.epoch is None or watch.value is None:
            return None
        return replace(watch, value=in_own_unit(watch.value, watch.monitor, self.scale))

    @property
    def scale(self) -> TargetScale | None:
        """How the target was scaled; None for classes, and while that is not known."""
        return self.state.target_scale if self.state is not None else None

    def unit_words(self, metric: str) -> str:
        """What the values of a metric are in: "in %"; empty where they have no unit."""
        return "" if self.scale is None else self.scale.words_for(metric)

    def patience(self) -> Patience | None:
        """The EarlyStopping that will stop first, if there is one and it has begun to wait."""
        state = self.state
        if state is None or not state.epochs:
            return None
        waiting = [
            watch
            for watch in state.early_stoppings
            if watch.stops_at is not None and watch.epoch is not None and watch.waited > 0
        ]
        if not waiting:
            return None
        first = min(waiting, key=lambda watch: watch.stops_at or 0)
        assert first.epoch is not None and first.stops_at is not None
        return Patience(
            since=shown(first.epoch),
            now=shown(state.epochs[-1].epoch),
            waited=first.waited * first.every,
            limit=max(1, first.patience or 0) * first.every,
            stops_at=shown(first.stops_at),
        )

    # Beside the curves

    def meters(self) -> list[MeterReading]:
        """What the run takes of the machine."""
        return read_meters(self.state) if self.state else []

    def device(self) -> str:
        """What it trains on."""
        return device_title(self.state) if self.state else ""

    def device_note(self) -> str:
        """How a GPU does the steps, and whether it waits for data."""
        return device_note(self.state) if self.state else ""

    def device_facts(self) -> str:
        """The versions below a run on a GPU."""
        return device_facts(self.state) if self.state else ""

    def verdict(self) -> Verdict | None:
        """What the curves say; computed once an epoch."""
        state = self.state
        if state is None:
            return None
        key = (len(state.epochs), len(state.trims), state.checked)
        if self._verdict is None or self._verdict[0] != key:
            self._verdict = (key, verdict_of(state, self.curves))
        return self._verdict[1]
