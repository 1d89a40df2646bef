"""`worker.log`: what libraries and Python's warnings say while a run trains."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from pathlib import Path

from fitstudio.errors import StorageError
from fitstudio.storage import AppendFile

_LARGEST_BYTES = 5_000_000


class LogFile(logging.Handler):
    """A log that ends at 5 MB and folds repeats, so that one bad loop cannot fill the disk."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._file = AppendFile(path)
        self._last = ""
        self._repeats = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Writes a record, or counts it where it is the last one again."""
        message = f"{record.name}: {record.getMessage()}"
        if message == self._last:
            self._repeats += 1
            return
        if self._repeats:
            self._write(f"(the last line came {self._repeats} more times)")
        self._last, self._repeats = message, 0
        self._write(self.format(record))

    def _write(self, line: str) -> None:
        try:
            if self._file.size < _LARGEST_BYTES:
                self._file.append((line + "\n").encode("utf-8", "backslashreplace"))
        except (StorageError, OSError, ValueError):
            pass  # a log that cannot be written must not end a training


def install(path: Path, warned: Callable[[str], None]) -> None:
    """Sends logging and warnings of this process to `path`.

    Args:
        path: The log file.
        warned: Called with the text of each Python warning, once for each text: the engine warns
            of things that the person should read, such as a dataset that ran out early.
    """
    root = logging.getLogger()
    root.addHandler(LogFile(path))
    root.setLevel(logging.INFO)
    told: set[str] = set()

    def show(message, category, filename, lineno, file=None, line=None) -> None:
        text = str(message).strip()
        logging.getLogger("warnings").warning(
            "%s: %s (%s:%s)", category.__name__, text, filename, lineno
        )
        if issubclass(category, UserWarning) and text not in told:
            told.add(text)
            warned(text)

    warnings.showwarning = show
