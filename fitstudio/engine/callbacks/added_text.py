"""Text that a callback adds to a file, and that can be put back to what it was at a checkpoint."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from fitstudio import storage
from fitstudio.errors import StorageError
from fitstudio.storage import atomic
from fitstudio.words import say


class AddedText:
    """The end of a file, from where this training began to add to it.

    A crash may come between what was added and the checkpoint that knows of it, and a power cut may
    take away what was added. So the state holds the text itself: going back to a checkpoint leaves
    the file with exactly what it held then.

    A disk that takes nothing ends no training: what could not be added waits for the next time.

    Args:
        path: The file; its folder is made if missing.
        append: Whether what stands in the file stays.
        state: What `get_state` gave, to go back to that.
    """

    def __init__(
        self, path: Path, *, append: bool = False, state: dict[str, Any] | None = None
    ) -> None:
        self.path = path
        self._waiting = ""
        self._warned = False
        atomic.make_folder(path.parent)
        if state is not None:
            self._begins_at, self._text = int(state["begins_at"]), str(state["text"])
            self._file = self._gone_back()
            return
        self._text = ""
        if not append:
            storage.write_bytes(path, b"", durable=False)
        self._file = storage.AppendFile(path)
        self._begins_at = self._file.size

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all, neither ours nor what stood there before."""
        return not self._begins_at and not self._text

    def add(self, text: str) -> None:
        """Adds text at the end."""
        self._text += text
        self._waiting += text
        self._write_waiting()

    def close(self) -> None:
        """Closes the file; the last chance for what is still waiting."""
        self._write_waiting()
        self._file.close()

    def get_state(self) -> dict[str, Any]:
        """Where this training began to add, and all that was added since, for `set_state`."""
        return {"begins_at": self._begins_at, "text": self._text}

    def _gone_back(self) -> storage.AppendFile:
        content = self.path.read_bytes() if self.path.is_file() else b""
        known, added = self._text.encode(), content[self._begins_at :]
        if known.startswith(added) and known != added:
            # Cut short by a power cut, or not there at all, as in a copy of the run.
            self._begins_at = len(content) - len(added)
            storage.write_bytes(self.path, content[: self._begins_at] + known, durable=False)
        file = storage.AppendFile(self.path)
        if added.startswith(known):
            file.cut_to(self._begins_at + len(known))
        # Else a person has changed the file since: that stays, and what comes is added to it.
        return file

    def _write_waiting(self) -> None:
        try:
            self._file.append(self._waiting.encode())
        except StorageError as problem:
            if not self._warned:
                self._warned = True
                warnings.warn(
                    say(
                        "{message} Training goes on; what belongs into {file} is kept and "
                        "added as soon as that is possible.",
                        message=problem.message,
                        file=repr(self.path.name),
                    ),
                    UserWarning,
                    stacklevel=3,
                )
            return
        self._waiting = ""
