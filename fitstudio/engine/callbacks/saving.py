"""Callbacks that save: the weights of each or the best epoch, and a backup to take up again."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio.engine.callbacks.callback import Callback
from fitstudio.engine.callbacks.checking import checked
from fitstudio.engine.callbacks.history import History
from fitstudio.engine.callbacks.monitoring import is_better, wants_maximum, worst
from fitstudio.engine.state import checkpoint
from fitstudio.errors import ArgumentError
from fitstudio.storage import atomic, folder
from fitstudio.terminal import say
from fitstudio.words import saying


class ModelCheckpoint(Callback):
    """Saves the model after each epoch, or each `save_freq` batches.

    The file is a safetensors file at exactly the path given; `Model.load_weights` reads it.

    Args:
        filepath: Where to; may hold ``{epoch}``, ``{batch}`` (from 1) and log names, such as
            ``"weights-{epoch:02d}-{val_loss:.3f}.safetensors"``.
        monitor: The metric to watch with `save_best_only`.
        verbose: 1 says what is saved.
        save_best_only: Save only when the monitored metric improves.
        save_weights_only: Leave the optimizer's state out.
        mode: ``"min"``, ``"max"``, or ``"auto"``: maximise what contains acc.
        save_freq: ``"epoch"``, or a number of batches, counted across epochs.
        options: Accepted for the reference's sake.
        initial_value_threshold: The first value to beat with `save_best_only`.

    Raises:
        ArgumentError: If one of them cannot be, such as a `save_freq` of 0.

    Example:
        >>> import os
        >>> import tempfile
        >>> import numpy as np
        >>> import torch
        >>> from fitstudio import Model, callbacks
        >>> x = np.zeros((64, 1))
        >>> model = Model(torch.nn.Linear(1, 1))
        >>> model.compile("sgd", loss="mse")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = os.path.join(folder, "weights-{epoch:02d}.safetensors")
        ...     saving = callbacks.ModelCheckpoint(path, save_weights_only=True)
        ...     history = model.fit(x, x, epochs=2, callbacks=[saving], verbose=0)
        ...     sorted(os.listdir(folder))
        ['weights-01.safetensors', 'weights-02.safetensors']
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        options: Any = None,
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__()
        settings = checked(
            "ModelCheckpoint",
            monitor=monitor,
            mode=mode,
            initial_value_threshold=initial_value_threshold,
        )
        self.filepath = os.fspath(filepath)
        self.monitor: str = settings["monitor"]
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.mode: str = settings["mode"]
        self.save_freq = _checked_frequency(save_freq, "ModelCheckpoint")
        self._maximise = wants_maximum(self.mode, self.monitor, callback="ModelCheckpoint")
        first: float | None = settings["initial_value_threshold"]
        self.best = worst(self._maximise) if first is None else first
        #: Makes the path of a name whose fields are filled in; by default the name is the path.
        self.place: Callable[[str], str] = str
        #: Carries out a write; who can wait for a full disk puts that in its place.
        self.write: Callable[[Callable[[], None]], None] = lambda write: write()
        self._epoch = 0
        self._batches = _BatchCounter(self.save_freq)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self._batches.is_due(batch):
            self._save(self._epoch, batch, logs or {})

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.save_freq == "epoch":
            self._save(epoch, None, logs or {})

    def identity(self) -> str:
        return f"{os.path.basename(self.filepath)} {self.monitor} {self.mode}"

    def get_state(self) -> dict[str, Any]:
        return {"best": self.best, "batches": self._batches.get_state()}

    def set_state(self, state: dict[str, Any]) -> None:
        self.best = float(state["best"])
        self._batches.set_state(state["batches"])

    def _save(self, epoch: int, batch: int | None, logs: Any) -> None:
        path = self._path(epoch, batch, logs)
        if self.save_best_only:
            current = logs.get(self.monitor)
            if current is None:
                warnings.warn(
                    saying.say(
                        "ModelCheckpoint can save the best model only with {monitor} in the "
                        "logs, so nothing is saved. Available are: {logs}.",
                        monitor=repr(self.monitor),
                        logs=", ".join(sorted(logs)),
                    ),
                    RuntimeWarning,
                    stacklevel=3,
                )
                return
            if not is_better(float(current), self.best, maximise=self._maximise):
                self._say(
                    saying.say(
                        "{monitor} did not improve from {best}",
                        monitor=self.monitor,
                        best=f"{self.best:.5f}",
                    ),
                    epoch,
                )
                return
            self._say(
                saying.say(
                    "{monitor} improved from {best} to {current}, saving model to {file}",
                    monitor=self.monitor,
                    best=f"{self.best:.5f}",
                    current=f"{float(current):.5f}",
                    file=path,
                ),
                epoch,
            )
            self.best = float(current)
        else:
            self._say(saying.say("saving model to {file}", file=path), epoch)
        self.write(lambda: self._write(path))

    def _write(self, path: str) -> None:
        atomic.make_folder(Path(path).absolute().parent)
        if self.save_weights_only:
            self.model.save_weights(path)
        else:
            self.model.save(path)

    def _path(self, epoch: int, batch: int | None, logs: Any) -> str:
        fields = dict(logs.items()) if "{" in self.filepath else {}
        fields["epoch"] = epoch + 1
        if batch is not None:
            fields["batch"] = batch + 1
        try:
            name = self.filepath.format(**fields)
        except (KeyError, IndexError, ValueError, TypeError, AttributeError) as error:
            raise ArgumentError(
                saying.say(
                    "The file name {filepath} of ModelCheckpoint cannot be filled in: {error}.",
                    filepath=repr(self.filepath),
                    error=error,
                ),
                code="callback.filepath",
                remedy=saying.say("There are: {fields}.", fields=", ".join(sorted(fields))),
            ) from error
        return self.place(name)

    def _say(self, sentence: str, epoch: int) -> None:
        if self.verbose > 0:
            say(saying.say("\nEpoch {epoch}: {sentence}\n", epoch=epoch + 1, sentence=sentence))


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
        self.save_freq = _checked_frequency(save_freq, "BackupAndRestore")
        self.delete_checkpoint = delete_checkpoint
        self._batches = _BatchCounter(self.save_freq)
        self._snapshot = checkpoint.Snapshot()

    @property
    def _folder(self) -> Path:
        return Path(self.backup_dir).absolute() / "backup"

    def on_train_begin(self, logs: Any = None) -> None:
        self._batches = _BatchCounter(self.save_freq)
        if self._folder.parent.is_dir():
            folder.settle(self._folder.parent)
        if self._folder.is_dir():
            self.model.load_training_state(checkpoint.load(self._folder).state)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self._batches.is_due(batch):
            self._back_up()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.save_freq == "epoch":
            self._back_up()

    def on_train_end(self, logs: Any = None) -> None:
        if self.delete_checkpoint and self._folder.is_dir():
            folder.remove_tree(self._folder)

    def get_state(self) -> dict[str, Any]:
        return {"batches": self._batches.get_state()}

    def set_state(self, state: dict[str, Any]) -> None:
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


class _BatchCounter:
    """Says every `frequency` batches, counted across epochs, that it is time."""

    def __init__(self, frequency: str | int) -> None:
        self._frequency = frequency
        self._since_last = 0
        self._last_batch = -1

    def is_due(self, batch: int) -> bool:
        if not isinstance(self._frequency, int):
            return False
        is_new_epoch = batch <= self._last_batch
        self._since_last += batch + 1 if is_new_epoch else batch - self._last_batch
        self._last_batch = batch
        if self._since_last < self._frequency:
            return False
        self._since_last = 0
        return True

    def get_state(self) -> list[int]:
        return [self._since_last, self._last_batch]

    def set_state(self, state: list[int]) -> None:
        self._since_last, self._last_batch = (int(each) for each in state)


def _checked_frequency(save_freq: Any, callback: str) -> str | int:
    if isinstance(save_freq, np.integer):
        save_freq = int(save_freq)
    if save_freq == "epoch":
        return "epoch"
    if isinstance(save_freq, int) and not isinstance(save_freq, bool) and save_freq > 0:
        return save_freq
    raise ArgumentError(
        saying.say(
            "save_freq of {callback} should be 'epoch' or a number of batches, 1 or more; "
            "{save_freq} was given.",
            callback=callback,
            save_freq=repr(save_freq),
        ),
        code="callback.save_freq",
    )
