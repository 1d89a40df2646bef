"""Callbacks that write down or pass on what happens: a CSV file, functions, TensorBoard."""

from __future__ import annotations

import csv
import io
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio.engine.callbacks.added_text import AddedText
from fitstudio.engine.callbacks.callback import Callback
from fitstudio.engine.callbacks.event_file import EventFile
from fitstudio.errors import ArgumentError
from fitstudio.words import say


class CSVLogger(Callback):
    """Writes a row per epoch: ``epoch`` (from 0), then the logs sorted by name.

    A training that goes on from a checkpoint goes on with its file: the rows are those of a
    training that was never interrupted.

    Args:
        filename: The file.
        separator: What stands between the cells; one character.
        append: Add to an existing file; else it is replaced.

    Raises:
        ArgumentError: If the separator is not one character.
    """

    def __init__(
        self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False
    ) -> None:
        super().__init__()
        if not isinstance(separator, str) or len(separator) != 1 or separator in '\r\n"':
            raise ArgumentError(
                say(
                    "separator of CSVLogger should be one character that stands between the "
                    "cells; {separator} was given.",
                    separator=repr(separator),
                ),
                code="callback.separator",
                remedy=say("',' or ';' are usual."),
            )
        self.filename = os.fspath(filename)
        self.separator = separator
        self.append = append
        self.keys: list[str] | None = None
        self._file: AddedText | None = None
        self._goes_on = False
        self._written_before: dict[str, Any] | None = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Lets go of the file of an earlier training."""
        self._close()
        self._goes_on, self._written_before = False, None

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Opens the file, so that one that cannot be written is told before an epoch is spent."""
        self._open()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Writes the epoch's row; the first one settles the columns."""
        logs = logs or {}
        file = self._open()
        if self.keys is None:
            self.keys = sorted(logs)
            # Validation may not run in the first epoch: its columns must be there all the same.
            if not any(key.startswith("val_") for key in self.keys):
                self.keys += [f"val_{key}" for key in self.keys]
        if file.is_empty:
            file.add(self._line(["epoch", *self.keys]))
        file.add(self._line([epoch, *(_cell(logs.get(key, "NA")) for key in self.keys)]))

    def on_train_end(self, logs: Any = None) -> None:
        """Closes the file, and remembers how far it was written."""
        self._written_before = self._open().get_state()
        self._close()

    def identity(self) -> str:
        """The file's name without its folder, which may have been moved."""
        return os.path.basename(self.filename)  # the folder may have been moved or copied

    def get_state(self) -> dict[str, Any]:
        """The columns, and what was written so far."""
        written = self._written_before if self._file is None else self._file.get_state()
        return {"keys": self.keys, "file": written}

    def set_state(self, state: dict[str, Any]) -> None:
        """Has the next training go on with the file as it was then."""
        self.keys = None if state["keys"] is None else list(state["keys"])
        self._close()
        # A state of an earlier version does not tell what was written: then the file goes on as it
        # stands.
        self._goes_on, self._written_before = "file" not in state, state.get("file")

    def _open(self) -> AddedText:
        # Not in on_train_begin: a checkpoint that training goes on from is known only after it.
        if self._file is None:
            self._file = AddedText(
                Path(self.filename).absolute(),
                append=self.append or self._goes_on,
                state=self._written_before,
            )
        return self._file

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _line(self, cells: Iterable[Any]) -> str:
        text = io.StringIO()
        csv.writer(text, delimiter=self.separator, lineterminator="\n").writerow(cells)
        return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, (list, tuple, np.ndarray)) and np.ndim(value) > 0:
        return f'"[{", ".join(str(each) for each in value)}]"'
    return value


class LambdaCallback(Callback):
    """Calls functions of yours: ``LambdaCallback(on_epoch_end=lambda epoch, logs: ...)``.

    Every hook of `Callback` may be given by its name.
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_batch_begin: Callable[..., Any] | None = None,
        on_batch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        **hooks: Callable[..., Any],
    ) -> None:
        super().__init__()
        given = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_batch_begin": on_batch_begin,
            "on_batch_end": on_batch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            **hooks,
        }
        for hook, function in given.items():
            if function is None:
                continue
            if not hook.startswith("on_") or not hasattr(Callback, hook):
                raise ArgumentError(
                    say("LambdaCallback has no hook {hook}.", hook=repr(hook)),
                    code="callback.hook",
                    remedy=say("The hooks are those of fitstudio.callbacks.Callback."),
                )
            setattr(self, hook, function)


class TensorBoard(Callback):
    """Writes the logs as event files that TensorBoard shows; needs no other package.

    Training values go to the folder ``train``, those with ``val_`` to ``validation``, both named
    ``epoch_NAME``, as the reference names them.

    Args:
        log_dir: The folder.
        histogram_freq: After how many epochs the distribution of each weight is written; 0 is
            never.
        write_graph: Accepted for the reference's sake; a torch module has no graph to write.
        write_images: As `write_graph`.
        write_steps_per_second: Also write how many steps a second an epoch did.
        update_freq: ``"epoch"``, ``"batch"``, or every how many batches the running means are
            written, as ``batch_NAME``.
        profile_batch: Accepted for the reference's sake.
        embeddings_freq: As `profile_batch`.
        embeddings_metadata: As `profile_batch`.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: str | int = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
    ) -> None:
        super().__init__()
        if not isinstance(histogram_freq, int) or histogram_freq < 0:
            raise ArgumentError(
                say(
                    "histogram_freq should be a whole number of epochs, or 0 for never; "
                    "{histogram_freq} was given.",
                    histogram_freq=repr(histogram_freq),
                ),
                code="callback.histogram_freq",
            )
        if update_freq not in ("epoch", "batch") and not isinstance(update_freq, int):
            raise ArgumentError(
                say(
                    "update_freq should be 'epoch', 'batch' or a number; {update_freq} was given.",
                    update_freq=repr(update_freq),
                ),
                code="callback.update_freq",
            )
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = 1 if update_freq == "batch" else update_freq
        #: The name of its files; by default one that no other training has.
        self.file_name: str | None = None
        #: Carries out a write; who can wait for a full disk puts that in its place.
        self.write: Callable[[Callable[[], None]], None] = lambda write: write()
        self._files: dict[str, EventFile] = {}
        self._closed: dict[str, list[Any]] = {}
        self._step = 0
        self._epoch_began = (0.0, 0)
        if self.update_freq != "epoch":
            # Set on the object only when wanted, so that the loop knows whether to call it.
            self.on_train_batch_end = self._write_batch

    def on_train_begin(self, logs: Any = None) -> None:
        """Counts batches from 0 and lets go of the files of an earlier training."""
        self._step = 0
        self._close()
        self._closed = {}

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Notes when the epoch began, for its steps a second."""
        self._epoch_began = (time.monotonic(), self.model.optimizer.iterations)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Writes the epoch's values: those of training and of validation to a file each."""
        values = dict((logs or {}).items())
        training = {k: v for k, v in values.items() if not k.startswith("val_")}
        validation = {k.removeprefix("val_"): v for k, v in values.items() if k.startswith("val_")}
        if "lr" in training:
            training["learning_rate"] = training.pop("lr")
        if self.write_steps_per_second:
            began, steps = self._epoch_began
            done = self.model.optimizer.iterations - steps
            training["steps_per_second"] = done / max(time.monotonic() - began, 1e-9)
        for part, scalars in (("train", training), ("validation", validation)):
            for name, value in scalars.items():
                self._writer(part).add_scalar(f"epoch_{name}", float(value), epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            for name, weight in self.model.module.named_parameters():
                # As 32 bits first: numpy has no bfloat16.
                self._writer("train").add_histogram(
                    name, weight.detach().float().cpu().numpy(), epoch
                )

    def on_train_end(self, logs: Any = None) -> None:
        """Closes the files."""
        self._close()

    def identity(self) -> str:
        """The folder's name without the place where it is."""
        return os.path.basename(self.log_dir)

    def get_state(self) -> dict[str, Any]:
        """The batches so far, and name and size in bytes of each file."""
        open_ones = {part: [file.name, file.size] for part, file in self._files.items()}
        return {"step": self._step, "files": self._closed | open_ones}

    def set_state(self, state: dict[str, Any]) -> None:
        """Opens the files again and takes back what was written after the state."""
        self._step = int(state["step"])
        self._close()
        self._closed = {}
        # What was written after the checkpoint is taken back: those epochs come again.
        for part, (name, size) in state.get("files", {}).items():
            self._files[part] = self._opened(part, name, keep_bytes=size)

    def _close(self) -> None:
        for part, file in self._files.items():
            self._closed[part] = [file.name, file.size]
            file.close()
        self._files = {}

    def _write_batch(self, batch: int, logs: Any = None) -> None:
        self._step += 1
        if self._step % int(self.update_freq) == 0:
            for name, value in (logs or {}).items():
                self._writer("train").add_scalar(f"batch_{name}", float(value), self._step)

    def _writer(self, part: str) -> EventFile:
        if part not in self._files:
            self._files[part] = self._opened(part, self.file_name)
        return self._files[part]

    def _opened(self, part: str, name: str | None, *, keep_bytes: int = 0) -> EventFile:
        opened: list[EventFile] = []

        def open_it() -> None:
            opened.append(
                EventFile(self._folder(part), name, keep_bytes=keep_bytes, write=self.write)
            )

        self.write(open_it)
        return opened[0]

    def _folder(self, part: str) -> Path:
        return Path(self.log_dir).absolute() / part
