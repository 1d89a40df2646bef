"""A compared run's curves, over epochs and over minutes, made in the thread that reads the run."""

from __future__ import annotations

from dataclasses import dataclass

from fitstudio.journal.run_state import RunState, shown
from fitstudio.viewmodel.monitor.curves import EpochCurves


@dataclass(frozen=True, slots=True)
class RunCurves:
    """Every metric of a run.

    Attributes:
        metrics: The curves over epochs as people count.
        minutes: The minutes of training until the end of each of these epochs.
    """

    metrics: EpochCurves
    minutes: dict[float, float]

    @classmethod
    def of_run(cls, state: RunState) -> RunCurves:
        """Goes through every epoch, which the window's thread has no time for: a long run with many
        metrics has a million values."""
        metrics = EpochCurves()
        metrics.follow(state)
        minutes: dict[float, float] = {}
        passed = 0.0
        for row in state.epochs:
            passed += row.seconds / 60
            minutes[float(shown(row.epoch))] = passed
        return cls(metrics, minutes)

    def curve(self, metric: str, *, by_time: bool) -> tuple[list[float], list[float]]:
        """A metric over epochs, or over minutes; empty where the run has no such metric.

        Args:
            metric: A name of the logs.
            by_time: Whether x is minutes of training.
        """
        curve = self.metrics.curves.get(metric)
        if curve is None:
            return [], []
        return ([self.minutes[epoch] for epoch in curve.x] if by_time else curve.x), curve.y
