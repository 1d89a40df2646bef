"""Follow one run's journal and batch losses without ever making the window wait for a disk.

A thread of its own reads and parses; the window's tick takes what is there and asks for more. What
a run already holds when it is opened (it may be hours of events and ten million losses) is folded
in the thread and handed over whole; from then on the state belongs to the window's thread alone,
and the reading thread passes only new events and new losses. Nothing is shared, nothing is locked.

    reading thread                             window, once a tick
    ──────────────                             ───────────────────
    reads all there is, folds it  ─ Opened ─►  take(): the state and the curve are now its own
    reads what is new             ─ Grown ──►  take(): applies the events, appends the losses
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fitstudio.journal.batch_history import NAME, RECORD_BYTES, BatchHistoryReader
from fitstudio.journal.events import Event
from fitstudio.journal.fold import fold
from fitstudio.journal.reader import JournalReader
from fitstudio.journal.run_state import RunState
from fitstudio.viewmodel.monitor.pyramid import Pyramid

JOURNAL = "journal.jsonl"
_RECORD = np.dtype([("epoch", "<u4"), ("step", "<u4"), ("loss", "<f4")])
_APPLIED_EACH_TICK = 4000
_LOOK_AFTER_INTERVAL_S = 2.0

Records = npt.NDArray[np.void]


@dataclass(slots=True)
class _Opened:
    state: RunState
    losses: LossCurve


@dataclass(slots=True)
class _Grown:
    events: list[Event]
    records: Records


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


@dataclass(slots=True)
class RunFeed:
    """The follower of one run's folder.

    Args:
        folder: The run's folder; its files may not be there yet.
        look_after: Called every two seconds in the reading thread with the folder, to notice that
            the worker is gone.

    Attributes:
        state: The run's state as of the last `take`; None until the folder was read once.
        losses: The loss of every batch.
        problem: Why the folder cannot be read at the moment (a network drive went away), or None.
    """

    folder: Path
    look_after: Callable[[Path], None] | None = None
    state: RunState | None = None
    losses: LossCurve = field(default_factory=LossCurve)
    problem: str | None = None
    _arrived: queue.SimpleQueue[_Opened | _Grown | OSError] = field(
        default_factory=queue.SimpleQueue
    )
    _wanted: threading.Event = field(default_factory=threading.Event)
    _closed: bool = False
    _left: list[Event] = field(default_factory=list)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to read."""
        self._wanted.set()
        self._thread = threading.Thread(
            target=self._follow, name=f"run-feed {self.folder.name}", daemon=True
        )
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
                self.state, self.losses = news.state, news.losses
            elif self.state is not None:
                self._left = news.events
                self._apply_left()
                self.losses.append(news.records, self.state)
        self._wanted.set()
        return changed

    def close(self) -> None:
        """Stop reading; the thread ends by itself and is not waited for."""
        self._closed = True
        self._wanted.set()

    def join(self, timeout_s: float) -> None:
        """Wait for the thread after `close`, as tests do."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _apply_left(self) -> bool:
        part, self._left = self._left[:_APPLIED_EACH_TICK], self._left[_APPLIED_EACH_TICK:]
        if self.state is not None:
            fold(part, self.state, with_gaps=True)
        return bool(part)

    def _follow(self) -> None:
        reader = JournalReader(self.folder / JOURNAL, newest_batches=True)
        history = BatchHistoryReader(self.folder / NAME)
        opened = False
        restarts = 0
        looked_after = time.monotonic()
        while not self._closed:
            self._wanted.wait()
            self._wanted.clear()
            if self._closed:
                return
            try:
                events = reader.read_new()
                records = np.frombuffer(history.read_new_bytes(), dtype=_RECORD)
            except OSError as error:
                self._arrived.put(error)
                time.sleep(1.0)
                continue
            if not opened or reader.restarts != restarts:
                self._arrived.put(_open(events, records))
                opened, restarts = True, reader.restarts
            elif events or len(records):
                self._arrived.put(_Grown(events, records))
            if self.look_after and time.monotonic() - looked_after > _LOOK_AFTER_INTERVAL_S:
                looked_after = time.monotonic()
                self.look_after(self.folder)


def _open(events: list[Event], records: Records) -> _Opened:
    state = RunState()
    fold(events, state, with_gaps=True)
    losses = LossCurve()
    losses.append(records, state)
    return _Opened(state, losses)


assert _RECORD.itemsize == RECORD_BYTES
