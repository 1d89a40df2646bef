"""Progress for `worker.log`: a line for each epoch, where a terminal would show a moving bar."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from fitstudio.engine.callbacks import Callback, ProgbarLogger

_LARGEST_BYTES = 5_000_000


class LogProgress(ProgbarLogger):
    """Takes the place of fit()'s own bar where nobody watches it move.

    It has no hooks for batches, so that training does not stop to tell them to nobody.
    """

    on_train_batch_end = Callback.on_train_batch_end
    on_test_batch_end = Callback.on_test_batch_end

    def set_params(self, params: dict[str, Any]) -> None:
        super().set_params(params)
        self.verbose = 2 if self.verbose else 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._batches_seen = self.params.get("steps") or 0
        if os.fstat(sys.stdout.fileno()).st_size < _LARGEST_BYTES:
            super().on_epoch_end(epoch, logs)


def prints_into(log: Path) -> bool:
    """Whether what this process prints goes into `log`."""
    try:
        return os.path.samestat(os.fstat(sys.stdout.fileno()), log.stat())
    except (OSError, ValueError, AttributeError):
        return False
