"""Makes the engine's callbacks from a run specification's list of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fitstudio.declared.catalogue import schedules
from fitstudio.declared.catalogue.entries import CALLBACKS
from fitstudio.declared.kinds.run_file_names import NameProblem, name_problem
from fitstudio.engine import callbacks
from fitstudio.engine.callbacks import Callback
from fitstudio.errors import ArgumentError
from fitstudio.words import say
from fitstudio.worker.saving.disk_wait import DiskWait

# Of the same name in every process that trains the run: each goes on where the last one was.
_EVENTS = "events.out.tfevents.fitstudio"


def make(
    listed: Sequence[Mapping[str, Any]],
    *,
    run_folder: Path,
    epochs: int,
    disk: DiskWait | None = None,
) -> list[Callback]:
    """The callbacks, in order.

    Args:
        listed: As in `run.json`: each has its `kind`, and the settings that were made.
        run_folder: What file names are relative to.
        epochs: The last epoch, which schedules aim for.
        disk: Waits where the disk is full; without one that ends the training.

    Raises:
        ArgumentError: If a kind is unknown, or a file would be outside the run's folder.
    """
    made = [_make(settings, run_folder, epochs) for settings in listed]
    if disk is not None:
        for each in made:
            if isinstance(each, callbacks.ModelCheckpoint | callbacks.TensorBoard):
                each.write = _waiting(disk, say("a file of {kind}", kind=type(each).__name__))
    return made


def _waiting(disk: DiskWait, what: str) -> Callable[[Callable[[], None]], None]:
    return lambda write: disk.carry_out(write, what=what)


def _make(settings: Mapping[str, Any], run_folder: Path, epochs: int) -> Callback:
    values = dict(settings)
    kind = values.pop("kind", None)
    if kind not in CALLBACKS:
        raise ArgumentError(
            say("There is no callback {kind}.", kind=repr(kind)),
            code="fit.callback-unknown",
            remedy=say("Choose one of {callbacks}.", callbacks=", ".join(CALLBACKS)),
        )
    values = CALLBACKS[kind].defaults() | values
    match kind:
        case "LearningRateScheduler":
            return _PlannedRate(values, epochs)
        case "ModelCheckpoint":
            saver = callbacks.ModelCheckpoint(**values)
            saver.place = lambda name: _inside(run_folder, name, kind)
            return saver
        case "CSVLogger":
            values["filename"] = _inside(run_folder, str(values["filename"]), kind)
            # What stands in the run's folder is the run's own. A checkpoint tells how much of it
            # stays; without one the run begins anew, and so does its table.
            values["append"] = False
            return callbacks.CSVLogger(**values)
        case "TensorBoard":
            folder = str(values["log_dir"])
            for part in ("train", "validation"):
                _inside(run_folder, f"{folder}/{part}/{_EVENTS}", kind)
            values["log_dir"] = _inside(run_folder, folder, kind)
            board = callbacks.TensorBoard(**values)
            board.file_name = _EVENTS
            return board
    return getattr(callbacks, kind)(**values)


class _PlannedRate(callbacks.LearningRateScheduler):
    """Follows a plan that starts from the rate the optimizer had before the first epoch.

    That rate belongs to the state: after a resume the optimizer's own rate is that of the epoch it
    was saved in.
    """

    def __init__(self, values: Mapping[str, Any], epochs: int) -> None:
        super().__init__(self._rate, verbose=values.get("verbose", 0))
        self._values = values
        self._epochs = epochs
        self._first_rate: float | None = None

    def _rate(self, epoch: int, rate: float) -> float:
        if self._first_rate is None:
            self._first_rate = rate
        return schedules.rate_at(self._values, epoch, self._first_rate, self._epochs)

    def get_state(self) -> dict[str, Any]:
        return super().get_state() | {"first_rate": self._first_rate}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state({key: value for key, value in state.items() if key != "first_rate"})
        self._first_rate = state.get("first_rate")


def _inside(folder: Path, name: str, kind: str) -> str:
    """The path of a name in the run's folder.

    Raises:
        ArgumentError: If it leads elsewhere, also through a link, or is one of our own.
    """
    problem = name_problem(name)
    if problem is None:
        path = Path(os.path.realpath(folder / name))
        root = Path(os.path.realpath(folder))
        if not path.is_relative_to(root):
            problem = NameProblem("outside", say("is a link that leads elsewhere"))
        else:
            problem = name_problem(path.relative_to(root).as_posix())
    if problem is not None:
        raise ArgumentError(
            say(
                "{kind} may only write files of its own into the run's folder: the name "
                "{name} {clause}.",
                kind=kind,
                name=repr(name),
                clause=problem.clause,
            ),
            code="fit.callback-path",
            remedy=say("Use a plain name, such as 'log.csv'."),
        )
    return str(folder / name)
