"""Makes the engine's callbacks from a run specification's list of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fitstudio.engine import callbacks
from fitstudio.engine.callbacks import Callback
from fitstudio.errors import ArgumentError
from fitstudio.spec import schedules
from fitstudio.spec.catalogue import CALLBACKS

# Settings that name files or folders. They are relative to the run's folder, and stay in it.
_PATHS = ("filepath", "filename", "log_dir", "backup_dir")


def make(listed: Sequence[Mapping[str, Any]], *, run_folder: Path, epochs: int) -> list[Callback]:
    """The callbacks, in order.

    Args:
        listed: As in `run.json`: each has its `kind`, and the settings that were made.
        run_folder: What file names are relative to.
        epochs: The last epoch, which schedules aim for.

    Raises:
        ArgumentError: If a kind is unknown, or a file would be outside the run's folder.
    """
    return [_make(settings, run_folder, epochs) for settings in listed]


def _make(settings: Mapping[str, Any], run_folder: Path, epochs: int) -> Callback:
    values = dict(settings)
    kind = values.pop("kind", None)
    if kind not in CALLBACKS:
        raise ArgumentError(
            f"There is no callback {kind!r}.",
            code="fit.callback-unknown",
            remedy=f"Choose one of {', '.join(CALLBACKS)}.",
        )
    values = CALLBACKS[kind].defaults() | values
    for name in _PATHS:
        if values.get(name) is not None:
            values[name] = _inside(run_folder, str(values[name]), kind)
    if kind == "LearningRateScheduler":
        return _PlannedRate(values, epochs)
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
    path = Path(name)
    if path.is_absolute() or ".." in path.parts or path.drive:
        raise ArgumentError(
            f"{kind} may only write into the run's folder, not to {name!r}.",
            code="fit.callback-path",
            remedy="Use a plain name, such as 'log.csv'.",
        )
    prefix = str(folder)
    if kind == "ModelCheckpoint":
        # Its name is filled in like a format string; the folder's own braces are no fields.
        prefix = prefix.replace("{", "{{").replace("}", "}}")
    return str(Path(prefix) / path)
