"""The life of a training process: lock, journal, watching threads, training, and a clean end.

Nothing here needs torch. A second passes before torch is loaded, and whoever started this process
must see at once that it lives, and may already want it to stop.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import threading
from pathlib import Path

from fitstudio.errors import FitStudioError
from fitstudio.journal import EventType, Journal, Outcome, Reason, fold, read_all
from fitstudio.project.lock import run_lock
from fitstudio.project.paths import ProjectPaths, RunPaths
from fitstudio.storage import ops
from fitstudio.storage.folder import settle
from fitstudio.words import say
from fitstudio.worker.run_process import Ending, RunProcess
from fitstudio.worker.saving import log_file
from fitstudio.worker.watching.heartbeat import Heartbeat
from fitstudio.worker.watching.requests import Requests, RequestWatcher

# The system gives a process about five seconds between asking it to end and ending it.
_SECONDS_TO_END = 4.0

_log = logging.getLogger("fitstudio.worker")


def run(project: Path, run_name: str, *, resume: bool, verbose: int | None = None) -> int:
    """Trains a run from beginning to end, or on from its newest checkpoint.

    Args:
        project: The project's folder.
        run_name: The name of the run's folder.
        resume: Whether to go on from the newest checkpoint.
        verbose: How progress is printed this time; as the run's settings say if None.

    Returns:
        The process's exit code: 0 if it completed or was stopped, 1 if it failed.

    Raises:
        RunError: If another process trains this run, or the folder is not there.
    """
    project = project.absolute()
    paths = ProjectPaths(project).run(run_name)
    lock = run_lock(paths.folder)
    before = fold(read_all(paths.journal))
    with Journal(paths.journal) as journal:
        _catch_crashes(paths)
        requests = Requests()
        watcher = RequestWatcher(
            paths.request,
            requests,
            journal.append,
            handled=max(before.acknowledged, default=0),
        )
        process = RunProcess(
            project,
            paths,
            journal,
            requests,
            Heartbeat(journal),
            resume,
            before.attempts,
            before.last_reason,
            verbose=verbose,
        )
        log_file.install(
            paths.worker_log, lambda text: process.tell("warning", "engine.warning", text)
        )
        _log.info("Process %s starts %s.", os.getpid(), "again" if before.attempts else "")
        process.tell(
            "info", "worker.starting", say("Process {value} is loading torch.", value=os.getpid())
        )
        process.heartbeat.start()
        watcher.start()
        guard = _TerminationGuard(process)
        try:
            ending = _train(process)
        finally:
            guard.done()
            watcher.stop()
            process.heartbeat.stop()
        journal.append(
            EventType.RUN_ENDED, outcome=ending.outcome, reason=ending.reason, **ending.fields
        )
    lock.release()
    return 1 if ending.outcome is Outcome.FAILED else 0


def _train(process: RunProcess) -> Ending:
    """Loads the engine and trains; whatever goes wrong becomes the run's ending."""
    try:
        _clear_up(process)
        # Only now, when the journal says that the process lives: this takes a second.
        from fitstudio.worker import training

        return training.train(process)
    except BaseException as error:
        _log.error("The run ended with an error.", exc_info=error)
        try:
            from fitstudio.worker import failures
        except ImportError:
            return _bare_failure(error)
        return failures.ending(error, process)


def _bare_failure(error: BaseException) -> Ending:
    """For the case that torch itself cannot be loaded."""
    described = error.to_json() if isinstance(error, FitStudioError) else {"message": str(error)}
    fields = {
        "type": type(error).__name__,
        "code": "worker.library",
        "remedy": say("Install FitStudio again: python3 packaging/run.py."),
        "safe": say("Your data and settings are untouched."),
        "fixes": [],
    }
    return Ending(Outcome.FAILED, Reason.ERROR, {"error": fields | described})


def _clear_up(process: RunProcess) -> None:
    """Puts in order what an earlier process left behind when it died in the middle of a write."""
    for folder in (process.paths.folder, process.paths.checkpoints):
        if folder.is_dir():
            for sentence in settle(folder):
                _log.info("%s", sentence)
    if not process.paths.checkpoints.is_dir():
        ops.current().mkdir(process.paths.checkpoints)


def _catch_crashes(paths: RunPaths) -> None:
    """A crash inside a library leaves the Python stack of all threads in `faulthandler.log`."""
    descriptor = ops.current().open(paths.fault_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    faulthandler.enable(descriptor)  # it stays open as long as the process lives


class _TerminationGuard:
    """Ends the run in time when the system asks for it (SIGTERM: log-out, shutdown, `kill`)."""

    def __init__(self, process: RunProcess) -> None:
        self._process = process
        self._timer: threading.Timer | None = None
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked)

    def done(self) -> None:
        """Nothing is in the way any more: the run has ended by itself."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        if self._timer is not None:
            self._timer.cancel()

    def _asked(self, number: int, frame: object) -> None:
        if self._timer is not None:
            return
        by = "system" if number == signal.SIGTERM else "person"
        # The journal's lock may be held by the very thread that runs this handler: another thread
        # writes.
        self._timer = threading.Timer(_SECONDS_TO_END, self._end_hard)
        self._timer.daemon = True
        self._timer.start()
        threading.Thread(target=self._tell, args=(by,), daemon=True).start()

    def _tell(self, by: str) -> None:
        self._process.journal.append(EventType.STOP_REQUESTED, by=by, when="now")
        self._process.requests.ask_stop("now", by)

    def _end_hard(self) -> None:
        process = self._process
        process.journal.append(
            EventType.RUN_ENDED,
            outcome=Outcome.STOPPED,
            reason=Reason.SYSTEM if process.requests.stop_by == "system" else Reason.PERSON,
            sentence=say("The current batch did not end in time; all finished epochs are kept."),
        )
        process.journal.sync()
        os._exit(0)
