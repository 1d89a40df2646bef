"""What a person (or the system) asked of a run, handed from the watching thread to the training.

A request is a small file, `request.json`, that the window or the command line writes. A thread
looks for it twenty times a second and acknowledges it in the journal at once, however long the
current batch takes; the training thread looks at `Requests.waiting` after each batch and acts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fitstudio.errors import StorageError
from fitstudio.journal import EventType
from fitstudio.project.run_files import Request
from fitstudio.words import marked, say, say_marked

_POLL_S = 0.05

_STOPS = {"stop_batch": "batch", "stop_epoch": "epoch", "stop_now": "now"}
_STOP_STRENGTH = {"epoch": 1, "batch": 2, "now": 3}
_SENTENCES = {
    "pause": marked("The run pauses after this batch."),
    "continue": marked("The run goes on."),
    "snapshot": marked("A snapshot is saved after this batch."),
}


class StopRun(Exception):  # noqa: N818 - it was asked for, and is no error
    """Ends `fit()` from inside a hook; the worker turns it into the run's outcome."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class Requests:
    """The requests that wait to be carried out; threads set them, the training thread takes them.

    Attributes:
        waiting: Whether the training thread has something to look at. Read after every batch, so
            it is a plain attribute.
        stop: None, or where to stop: "epoch", "batch" or "now".
        stop_by: Who wants it: "person", "system" or "time_budget".
        paused: Whether the run is to wait.
        snapshot: Whether a snapshot is wanted.
    """

    def __init__(self) -> None:
        self.waiting = False
        self.stop: str | None = None
        self.stop_by = "person"
        self.paused = False
        self.snapshot = False
        self._changed = threading.Condition()

    def ask_stop(self, when: str, by: str) -> None:
        """Asks for a stop; a stronger one replaces a weaker one, never the other way round."""
        with self._changed:
            if self.stop is None or _STOP_STRENGTH[when] > _STOP_STRENGTH[self.stop]:
                self.stop, self.stop_by = when, by
            self.waiting = True
            self._changed.notify_all()

    def ask(self, kind: str) -> None:
        """Asks for "pause", "continue" or "snapshot"."""
        with self._changed:
            if kind == "snapshot":
                self.snapshot = True
            else:
                self.paused = kind == "pause"
            self.waiting = True
            self._changed.notify_all()

    def settled(self) -> None:
        """The training thread has done what could be done now."""
        with self._changed:
            self.waiting = self.paused or self.snapshot or self.stop in ("batch", "now")

    def wait_for_change(self, timeout_s: float) -> None:
        """Sleeps until something is asked, or for `timeout_s`."""
        with self._changed:
            self._changed.wait(timeout_s)


class RequestWatcher:
    """The thread that reads `request.json` and acknowledges what it says.

    Args:
        path: The request file.
        requests: Where requests go.
        append: Appends an event to the journal.
        handled: The newest request that an earlier process of this run has acknowledged.
    """

    def __init__(
        self, path: Path, requests: Requests, append: Callable[..., Any], *, handled: int = 0
    ) -> None:
        self._path = path
        self._requests = requests
        self._append = append
        self._handled = handled
        self._seen: tuple[int, int, int] | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="fitstudio-requests", daemon=True)

    def start(self) -> None:
        """Begins to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._ended.set()
        self._thread.join()

    def look(self) -> None:
        """Reads the request if it is a new one; acknowledges it and passes it on."""
        try:
            status = self._path.stat()
            signature = (status.st_ino, status.st_mtime_ns, status.st_size)
            if signature == self._seen:
                return
            request = Request.read(self._path)
        except (OSError, StorageError):
            return  # no request, or none that can be understood, or a folder away for a moment
        self._seen = signature
        self._take(request)

    def _watch(self) -> None:
        while not self._ended.is_set():
            self.look()
            self._ended.wait(_POLL_S)

    def _take(self, request: Request) -> None:
        number, kind = request.id, request.kind
        if number <= self._handled:
            return
        self._handled = number
        if kind in _STOPS:
            when = _STOPS[kind]
            self._append(EventType.STOP_REQUESTED, by="person", when=when, request=number)
            self._requests.ask_stop(when, "person")
        elif kind in _SENTENCES:
            self._append(
                EventType.MESSAGE,
                level="info",
                code=f"request.{kind}",
                sentence=say_marked(_SENTENCES[kind]),
                request=number,
            )
            self._requests.ask(kind)
        else:
            self._append(
                EventType.MESSAGE,
                level="warning",
                code="request.unknown",
                sentence=say(
                    "This version does not know the request {kind}; the run goes on.",
                    kind=repr(kind),
                ),
                request=number,
            )
