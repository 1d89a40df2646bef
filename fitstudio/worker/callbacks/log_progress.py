"""Progress where no terminal shows a moving bar: a line for each epoch."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from fitstudio.engine.callbacks import Callback, ProgbarLogger
from fitstudio.terminal import is_watched

_LARGEST_BYTES = 5_000_000


class LineProgress(ProgbarLogger):
    """Takes the place of fit()'s own bar where nobody watches it move: in a file or a pipe.

    It has no hooks for batches, so that training does not stop to tell them to nobody.
    """

    on_train_batch_end = Callback.on_train_batch_end
    on_test_batch_end = Callback.on_test_batch_end

    def set_params(self, params: dict[str, Any]) -> None:
        """Takes the bar's place: a line an epoch where there would have been a bar."""
        super().set_params(params)
        self.verbose = 2 if self.verbose else 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Prints the line of the epoch."""
        self._batches_seen = self.params.get("steps") or 0
        super().on_epoch_end(epoch, logs)


class LogProgress(LineProgress):
    """The same in `worker.log`, which must not grow without end."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Prints the line of the epoch, unless the log is as long as it may become."""
        if os.fstat(sys.stdout.fileno()).st_size < _LARGEST_BYTES:
            super().on_epoch_end(epoch, logs)


def progress_for(log: Path, *, chosen: bool) -> list[ProgbarLogger]:
    """What stands in for fit()'s own progress; nothing where that is right.

    Args:
        log: The run's `worker.log`.
        chosen: Whether the person has chosen how progress is printed.
    """
    if _prints_into(log):
        return [LogProgress()]
    # Redraws of a bar make one endless line of a file.
    return [] if chosen or is_watched() else [LineProgress()]


def _prints_into(log: Path) -> bool:
    """Whether what this process prints goes into `log`."""
    try:
        return os.path.samestat(os.fstat(sys.stdout.fileno()), log.stat())
    except (OSError, ValueError, AttributeError):
        return False
