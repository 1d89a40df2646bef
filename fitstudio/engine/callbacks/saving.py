"""Callbacks that save: the weights of each or the best epoch, and a backup to take up again."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio.engine.callbacks.callback import Callback
from fitstudio.engine.callbacks.checking import checked
from fitstudio.engine.callbacks.monitoring import is_better, wants_maximum, worst
from fitstudio.engine.callbacks.save_frequency import BatchCounter, checked_frequency
from fitstudio.errors import ArgumentError, FitStudioError
from fitstudio.storage import atomic
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
        period: Save after every so many epochs, as scripts for TF 2.1 say it; with a warning.
        load_weights_on_restart: Begin with the weights of the newest file that fits `filepath`,
            where there is one; likewise.

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
        *,
        period: int | None = None,
        load_weights_on_restart: bool | None = None,
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
        self.save_freq = checked_frequency(save_freq, "ModelCheckpoint")
        self.period = 1 if period is None else _checked_period(period)
        self.load_weights_on_restart = bool(load_weights_on_restart)
        _warn_of_older(period=period, load_weights_on_restart=load_weights_on_restart)
        self._maximise = wants_maximum(self.mode, self.monitor, callback="ModelCheckpoint")
        first: float | None = settings["initial_value_threshold"]
        self.best = worst(self._maximise) if first is None else first
        #: Makes the path of a name whose fields are filled in; by default the name is the path.
        self.place: Callable[[str], str] = str
        #: Carries out a write; who can wait for a full disk puts that in its place.
        self.write: Callable[[Callable[[], None]], None] = lambda write: write()
        self._epoch = 0
        self._epochs_since_last = 0
        self._batches = BatchCounter(self.save_freq)

    def on_train_begin(self, logs: Any = None) -> None:
        """With `load_weights_on_restart`, loads the newest file that fits the path."""
        if not self.load_weights_on_restart:
            return
        path = _newest_that_fits(self.place(self.filepath))
        if path is None:
            return
        try:
            self.model.load_weights(path)
        except FitStudioError as error:
            raise ArgumentError(
                saying.say(
                    "ModelCheckpoint was to begin with the weights of {file}, which cannot be "
                    "loaded: {message}",
                    file=repr(path),
                    message=error.message,
                ),
                code="callback.load_weights_on_restart",
                remedy=saying.say("Take the file away, or leave load_weights_on_restart out."),
            ) from error

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Notes the epoch, for the names of files that are saved within it."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Saves where so many batches have passed since the last time."""
        if self._batches.is_due(batch):
            self._save(self._epoch, batch, logs or {})

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Saves after every `period` epochs, unless batches are counted."""
        self._epochs_since_last += 1
        if self.save_freq == "epoch" and self._epochs_since_last >= self.period:
            self._epochs_since_last = 0
            self._save(epoch, None, logs or {})

    def identity(self) -> str:
        """The file's name, what is monitored and which way is better."""
        return f"{os.path.basename(self.filepath)} {self.monitor} {self.mode}"

    def get_state(self) -> dict[str, Any]:
        """The best value so far, and what was counted since the last save."""
        return {
            "best": self.best,
            "batches": self._batches.get_state(),
            "epochs": self._epochs_since_last,
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on from what `get_state` gave."""
        self.best = float(state["best"])
        self._batches.set_state(state["batches"])
        self._epochs_since_last = int(state.get("epochs", 0))

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


def _checked_period(period: Any) -> int:
    if isinstance(period, np.integer):
        period = int(period)
    if isinstance(period, int) and not isinstance(period, bool) and period > 0:
        return period
    raise ArgumentError(
        saying.say(
            "period of ModelCheckpoint should be a number of epochs, 1 or more; {period} was "
            "given.",
            period=repr(period),
        ),
        code="callback.period",
    )


def _warn_of_older(**given: Any) -> None:
    """Says of arguments that the reference has given up what stands in their place."""
    instead = {
        "period": saying.say("Say how many batches lie between two saves with save_freq."),
        "load_weights_on_restart": saying.say("Call model.load_weights() before fit()."),
    }
    for name, value in given.items():
        if value is not None:
            warnings.warn(
                saying.say(
                    "{name} of ModelCheckpoint is an argument of older versions, and is "
                    "obeyed. {instead}",
                    name=name,
                    instead=instead[name],
                ),
                FutureWarning,
                stacklevel=3,
            )


def _newest_that_fits(filepath: str) -> str | None:
    """The file that was written last under this name; among equals the one whose name is last.

    Args:
        filepath: May hold fields in braces, which stand for anything.
    """
    folder, name = os.path.split(filepath)
    # As in the reference, everything from the first brace to the last may be anything.
    start, opened, rest = name.partition("{")
    _, _, end = rest.rpartition("}")
    pattern = re.escape(start) + (".*" + re.escape(end) if opened else "")
    try:
        found = [
            (entry.stat().st_mtime_ns, entry.path)
            for entry in os.scandir(folder or os.curdir)
            if entry.is_file() and re.fullmatch(pattern, entry.name)
        ]
    except OSError:
        return None
    return max(found, default=(0, None))[1]
