"""Decides what is saved after each epoch, and waits where the disk is full.

After each epoch the state goes to `checkpoints/last` (the one before stays as `previous`), to
`best` if the monitored metric has improved, and to `epoch-0005` if that epoch was chosen.
Epochs that are over before the last save has finished share the next one; what matters (a best
epoch, a chosen one, the last one) is waited for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fitstudio.engine.state.checkpoint import CheckpointWriter
from fitstudio.errors import StorageError
from fitstudio.journal import EventType, Journal
from fitstudio.journal.best_value import BestValue
from fitstudio.storage import ops
from fitstudio.words import say
from fitstudio.words.numbers import format_bytes
from fitstudio.worker.saving.disk_wait import DiskWait
from fitstudio.worker.saving.held_journal import HeldJournal

State = Mapping[str, Any]


class Checkpoints:
    """Saves the run's state.

    Args:
        folder: The run's folder.
        journal: For what must be told at once.
        held: For what may only be told when it is on the disk.
        best: The watch over the metric that says which epoch is the best.
        chosen: Which epochs are kept: every so many, or a list; counted from 1.
        disk: Waits where the disk is full.
        written: Called in the writing thread with the newest epoch that a checkpoint holds.

    Attributes:
        newest_epoch: The newest whole epoch that a checkpoint holds; None before the first.
    """

    def __init__(
        self,
        folder: Path,
        *,
        journal: Journal,
        held: HeldJournal,
        best: BestValue,
        chosen: int | Sequence[int] | None,
        disk: DiskWait,
        written: Callable[[int], None],
    ) -> None:
        self.newest_epoch: int | None = None
        self.folder = folder / "checkpoints"
        self.best = best
        self._journal = journal
        self._held = held
        self._chosen = chosen
        self._disk = disk
        self._written = written
        self._writer = CheckpointWriter()

    def epoch_ended(
        self, epoch: int, logs: Mapping[str, Any], state: Callable[[], State], *, final: bool
    ) -> None:
        """Saves the state after `epoch`, or leaves it to the next one if the writer is busy.

        Raises:
            StopRun: If the disk was full and the person stopped the run meanwhile.
        """
        self.best.see(epoch, logs)
        targets = []
        # `best` comes before `last`: killed in between, the epoch is trained again and is the best
        # again. The other way round a resumed run would believe in a best that is not there.
        if self.best.epoch == epoch:
            targets.append("best")
        if self._is_chosen(epoch):
            targets.append(f"epoch-{epoch + 1:04d}")
        if not targets and not final and self._writer.busy:
            return
        self.settle()
        self._start(state(), epoch, 0, [*targets, "last"])
        if final:
            self.settle()

    def save_within(self, epoch: int, step: int, state: State, *, name: str = "last") -> None:
        """Saves the state between two batches: `step` batches of `epoch` are done.

        Raises:
            StopRun: As `epoch_ended`.
        """
        self.settle()
        self._start(state, epoch, step, [name])
        self.settle()

    def check(self) -> None:
        """Looks, without waiting, whether the latest save failed.

        Raises:
            StopRun: As `epoch_ended`.
        """
        if self._writer.problem is not None:
            self.settle()

    def settle(self) -> None:
        """Waits until the latest save is on the disk, however long the disk is full or away.

        Raises:
            StopRun: If the person stops the run meanwhile.
        """
        self._writer.wait()
        problem = self._problem()
        if problem is not None:
            needed = format_bytes(self._writer.snapshot.size_bytes)
            self._disk.until_done(
                self._retried,
                problem,
                say("a checkpoint of {needed} could not be saved.", needed=needed),
                say("The checkpoint is saved and the run goes on."),
            )

    def finish(self) -> None:
        """Lets a save that is being written end; problems have been told or no longer matter."""
        self._writer.wait()

    def _start(self, state: State, epoch: int, step: int, names: list[str]) -> None:
        facts = {"epoch": epoch, "step": step, "saved": time.time()}
        if self.best.epoch is not None:
            facts |= {"monitor": self.best.monitor, "best_epoch": self.best.epoch}
        targets = [
            (self.folder / name, self.folder / "previous" if name == "last" else None)
            for name in names
        ]
        value = self.best.value
        self._writer.start(
            state, facts, targets, finished=lambda: self._saved(epoch, step, names, value)
        )

    def _saved(self, epoch: int, step: int, names: list[str], value: float | None) -> None:
        """Tells the journal; runs in the writing thread."""
        # A checkpoint between two batches of an epoch holds all epochs before it.
        finished = epoch - 1 if step else epoch
        if finished >= 0:
            self.newest_epoch = finished
        if self._held.release(finished):
            self._written(finished)
        for name in names:
            fields: dict[str, Any] = {"file": f"checkpoints/{name}", "epoch": epoch}
            if step:
                fields["step"] = step
            if name == "best":
                fields |= {"monitor": self.best.monitor, "value": value}
            kind = name.partition("-")[0]
            self._journal.append(EventType.CHECKPOINT_SAVED, kind=kind, **fields)

    def _is_chosen(self, epoch: int) -> bool:
        if self._chosen is None:
            return False
        if isinstance(self._chosen, int):
            return (epoch + 1) % self._chosen == 0
        return epoch + 1 in self._chosen

    def _retried(self) -> StorageError | None:
        """Writes the latest snapshot once more; what was wrong with that, or None."""
        self._writer.retry()
        self._writer.wait()
        return self._problem()

    def _problem(self) -> StorageError | None:
        problem = self._writer.problem
        if problem is None:
            return None
        if not isinstance(problem, OSError):
            raise problem
        return ops.problem_with(self.folder, problem)
