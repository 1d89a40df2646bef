"""Where the training is, and how long it has been at it: what a run's own callbacks share."""

from __future__ import annotations

import time


class Stopwatch:
    """Seconds of training, without the pauses."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._paused_s = 0.0

    def leave_out(self, seconds: float) -> None:
        """Takes a pause of `seconds` away."""
        self._paused_s += seconds

    @property
    def seconds(self) -> float:
        """What has passed."""
        return time.monotonic() - self._began - self._paused_s


class Position:
    """Where the training is. `Reporting` keeps it up to date, the callbacks after it read it.

    Attributes:
        epoch: The epoch at work, from 0.
        step: The last finished batch of it, from 0; -1 before the first.
        samples: Rows trained in this process.
        waited_s: Seconds in which training waited for rows, in this process.
        run_watch: Time of this process.
        epoch_watch: Time of the epoch at work.
    """

    def __init__(self) -> None:
        self.epoch = 0
        self.step = -1
        self.samples = 0
        self.waited_s = 0.0
        self.run_watch = Stopwatch()
        self.epoch_watch = Stopwatch()

    def begin(self, epoch: int) -> None:
        """An epoch begins."""
        self.epoch, self.step = epoch, -1
        self.epoch_watch = Stopwatch()

    @property
    def done(self) -> int:
        """How many batches of the epoch at work are done."""
        return self.step + 1

    def leave_out(self, seconds: float) -> None:
        """Takes a pause away from the time of epoch and run."""
        self.run_watch.leave_out(seconds)
        self.epoch_watch.leave_out(seconds)
