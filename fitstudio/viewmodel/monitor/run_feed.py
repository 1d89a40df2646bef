"""Follow one run's journal and batch losses without ever making the window wait for a disk.

A thread of its own looks; the window's tick takes what is there and asks for more. What a run
already holds when it is opened (it may be hours of events and ten million losses) is folded in the
thread and handed over whole; from then on the state belongs to the window's thread alone, and the
reading thread passes only new events and new losses. Nothing is shared, nothing is locked.

    reading thread                             window, once a tick
    ──────────────                             ───────────────────
    looks, folds all there is     ─ Opened ─►  take(): the state and the curves are now its own
    looks at what is new          ─ News ───►  take(): applies the events, appends the losses
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fitstudio.actions.run.following import News, RunFollower
from fitstudio.journal.batch_history import RECORD_BYTES
from fitstudio.journal.events import Event
from fitstudio.journal.run_state import RunState
from fitstudio.project.paths import RunPaths
from fitstudio.viewmodel.monitor.curves import EpochCurves
from fitstudio.viewmodel.monitor.pyramid import Pyramid

_RECORD = np.dtype([("epoch", "<u4"), ("step", "<u4"), ("loss", "<f4")])
_APPLIED_EACH_TICK = 4000

Records = npt.NDArray[np.void]


@dataclass(slots=True)
class _Opened:
    news: News
    losses: LossCurve
    curves: EpochCurves


class LossCurve:
    """The loss of every batch over the epochs, also where a resume trained some of them again.

    The last step of epoch k (from 0) stands at x = k + 1, so that the batches of the first epoch
    lie between 0 and 1 and an epoch's own value, at its end, under the last of them. Where nobody
    knows how many steps an epoch has, later steps move ever closer to its end.
    """

    def __init__(self) -> None:
        self.points = Pyramid()
        self._steps: int | None = None

    def append(self, records: Records, state: RunState) -> None:
        """Add the records of a batch history, in the order of the file, in the target's unit."""
        if not len(records):
            return
        if not len(self.points):
            self._steps = state.steps_per_epoch or state.steps
        done = records["step"].astype(np.float64) + 1
        share = np.minimum(done / self._steps, 1.0) if self._steps else done / (done + 100.0)
        x = records["epoch"] + share
        # Where x falls, the run went back to a checkpoint: what follows counts, what was there
        # from that place on does not.
        falls = np.flatnonzero(np.diff(x) < 0) + 1
        scale = state.target_scale
        losses = records["loss"] if scale is None else records["loss"] * scale.factor("loss")
        for part_x, part_y in zip(np.split(x, falls), np.split(losses, falls)):
            if len(self.points) and part_x[0] <= self.points.x[-1]:
                self.points.truncate(float(part_x[0]))
            self.points.append(part_x, part_y)


class RunFeed:
    """A thread around the follower of a run, for a window.

    Args:
        paths: The run; its files may not be there yet.
        looks_after: Whether the end of a process that is gone without a word is noted.
        steady: The steady clock.

    Attributes:
        losses: The loss of every batch.
        curves: Every metric of the finished epochs, as far as they were there when it was opened;
            whoever shows them follows on from there.
        problem: Why the folder cannot be read at the moment (a network drive went away), or None.
    """

    def __init__(
        self,
        paths: RunPaths,
        *,
        looks_after: bool = False,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self.losses = LossCurve()
        self.curves = EpochCurves()
        self.problem: str | None = None
        self._follower = RunFollower(
            paths, looks_after=looks_after, with_losses=True, steady=steady
        )
        self._opened = False
        self._arrived: queue.SimpleQueue[_Opened | News | OSError] = queue.SimpleQueue()
        self._wanted = threading.Event()
        self._closed = False
        self._left: list[Event] = []
        self._thread = threading.Thread(
            target=self._follow, name=f"run-feed {paths.name}", daemon=True
        )

    @property
    def state(self) -> RunState | None:
        """The run's state as of the last `take`; None until the folder was read once."""
        return self._follower.state if self._opened else None

    @property
    def not_answering_s(self) -> float | None:
        """For how long the run's process has been there without a word; None if it answers."""
        return self._follower.not_answering_s

    def start(self) -> None:
        """Begin to read."""
        self._wanted.set()
        self._thread.start()

    def take(self) -> bool:
        """Bring the state up to what has been read, and ask for more; whether anything changed.

        Never waits. A burst of more events than a tick should spend time on is spread over ticks.
        """
        changed = self._apply_left()
        while not self._left:
            try:
                news = self._arrived.get_nowait()
            except queue.Empty:
                break
            changed = True
            if isinstance(news, OSError):
                self.problem = news.strerror or str(news)
                break
            self.problem = None
            if isinstance(news, _Opened):
                self.losses, self.curves = news.losses, news.curves
                self._follower.take(news.news)
                self._opened = True
            else:
                self._left = news.events
                self._apply_left()
                self.losses.append(_records(news), self._follower.state)
        self._wanted.set()
        return changed

    def close(self) -> None:
        """Stop reading; the thread ends by itself and is not waited for."""
        self._closed = True
        self._wanted.set()

    def join(self, timeout_s: float) -> None:
        """Wait for the thread after `close`, as tests do."""
        self._thread.join(timeout_s)

    def _apply_left(self) -> bool:
        part, self._left = self._left[:_APPLIED_EACH_TICK], self._left[_APPLIED_EACH_TICK:]
        self._follower.take_events(part)
        return bool(part)

    def _follow(self) -> None:
        while not self._closed:
            self._wanted.wait()
            self._wanted.clear()
            if self._closed:
                return
            try:
                news = self._follower.look()
            except OSError as error:
                self._arrived.put(error)
                time.sleep(1.0)
                continue
            if news.state is not None:
                losses = LossCurve()
                losses.append(_records(news), news.state)
                # Ten thousand epochs of forty values each: the window has no time for that.
                curves = EpochCurves()
                curves.follow(news.state)
                self._arrived.put(_Opened(news, losses, curves))
            elif news:
                self._arrived.put(news)


def _records(news: News) -> Records:
    return np.frombuffer(news.losses, dtype=_RECORD)


assert _RECORD.itemsize == RECORD_BYTES
