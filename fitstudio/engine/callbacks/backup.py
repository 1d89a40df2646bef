"""BackupAndRestore: a training that was cut off is taken up again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from fitstudio.engine.callbacks.callback import Callback
from fitstudio.engine.callbacks.history import History
from fitstudio.engine.callbacks.save_frequency import BatchCounter, checked_frequency
from fitstudio.engine.state import checkpoint
from fitstudio.errors import ArgumentError
from fitstudio.storage import atomic, folder
from fitstudio.words import saying


class BackupAndRestore(Callback):
    """Keeps a backup while training, and takes an interrupted fit up after it.

    Weights, the optimizer's state, random generators, the shuffle's position and what the other
    callbacks know come back, so that the same fit call goes on as if nothing had happened: the best
    model stays the best, and patience goes on counting. (The reference's forgets its callbacks.)
    The History begins with the first epoch after the restore. A fit that ends removes the backup.

    Args:
        backup_dir: Folder for the backup; should be used for nothing else.
        save_freq: ``"epoch"``, or a number of batches.
        delete_checkpoint: Remove the backup when training has ended.
        save_before_preemption: Accepted for the reference's sake.
    """

    saves_other_callbacks = True

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: str | int = "epoch",
        delete_checkpoint: bool = True,
        save_before_preemption: bool = False,
    ) -> None:
        super().__init__()
        if not os.fspath(backup_dir):
            raise ArgumentError(
                saying.say("BackupAndRestore needs a backup_dir."), code="callback.backup_dir"
            )
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = checked_frequency(save_freq, "BackupAndRestore")
        self.delete_checkpoint = delete_checkpoint
        self._batches = BatchCounter(self.save_freq)
        self._snapshot = checkpoint.Snapshot()

    @property
    def _folder(self) -> Path:
        return Path(self.backup_dir).absolute() / "backup"

    def on_train_begin(self, logs: Any = None) -> None:
        """Takes up the backup that is there: weights, optimizer, epoch and random numbers.

        Raises:
            CheckpointError: If the backup is of another model or cannot be read.
        """
        self._batches = BatchCounter(self.save_freq)
        if self._folder.parent.is_dir():
            folder.settle(self._folder.parent)
        if self._folder.is_dir():
            self.model.load_training_state(checkpoint.load(self._folder).state)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Backs up where so many batches have passed since the last time."""
        if self._batches.is_due(batch):
            self._back_up()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Backs up, unless batches are counted."""
        if self.save_freq == "epoch":
            self._back_up()

    def on_train_end(self, logs: Any = None) -> None:
        """Removes the backup: a training that came to its end is not taken up again."""
        if self.delete_checkpoint and self._folder.is_dir():
            folder.remove_tree(self._folder)

    def get_state(self) -> dict[str, Any]:
        """The batches counted since the last backup."""
        return {"batches": self._batches.get_state()}

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on counting from what `get_state` gave."""
        self._batches.set_state(state["batches"])

    def _back_up(self) -> None:
        state = self.model.training_state()
        # As in the reference, fit() returns a History of its own after a restore.
        state.pop("history", None)
        known = state.get("callbacks", ())
        state["callbacks"] = [each for each in known if each["class"] != History.__name__]
        atomic.make_folder(self._folder.parent)
        self._snapshot.take(state, {"epoch": state["epoch"], "step": state["step"]})
        self._snapshot.write(self._folder)
