"""Notices runs whose process is gone without a word, and writes into their journal how they ended.

Whether a process lives is told by the run's lock, which the system takes back when its holder dies:
process numbers are used again, locks are not. Whoever notices takes the lock, looks once more, and
writes `run_ended` for the dead.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from fitstudio.actions import processes
from fitstudio.actions.launchers import local_process
from fitstudio.errors import RunError, StorageError
from fitstudio.journal import (
    Event,
    EventType,
    Journal,
    Outcome,
    Reason,
    RunState,
    apply,
    fold,
    read_all,
)
from fitstudio.journal.events import sentence_of
from fitstudio.project.lock import run_holder, run_lock
from fitstudio.project.paths import RunPaths

# Between the making of a run's folder and the first word of its worker lie a moment or, with a slow
# disk and a virus scanner, many seconds.
_START_GRACE_S = local_process.START_TIMEOUT_S + 10.0
_LAST_THREADS_S = 3.0

# How long the journals were of the runs that were found to have ended.
_settled: dict[Path, int] = {}


def settle(paths: RunPaths, state: RunState, *, started_here: bool = False) -> RunState:
    """The state with its end in it, if the process is gone without having told.

    Args:
        paths: The run.
        state: As folded from its journal; changed in place where the journal cannot be written.
        started_here: We know that no worker is about to come: do not wait for its first word.
    """
    if not state.running or run_holder(paths.folder) is not None:
        return state
    if not started_here and not state.next_seq and _age_s(paths.spec) < _START_GRACE_S:
        return state  # its process may still be on the way to its first word
    try:
        with run_lock(paths.folder, program="FitStudio, which notes the end of the run"):
            fresh = fold(read_all(paths.journal))
            if not fresh.running:
                return fresh
            with Journal(paths.journal) as journal:
                journal.append(EventType.RUN_ENDED, **_ending(paths, fresh))
            return fold(read_all(paths.journal))
    except RunError:
        return state  # somebody else was quicker: a resume, or another window that notes the end
    except (StorageError, OSError):
        # A folder for reading only: say so here, and leave the file as it is.
        fields = {"time": state.updated or time.time(), **_ending(paths, state)}
        apply(state, Event(EventType.RUN_ENDED, state.next_seq, fields["time"], fields))
        return state


def look_after(paths: RunPaths) -> None:
    """Notes a run's end if its process is gone; cheap enough to be called every few seconds."""
    processes.reap()
    if run_holder(paths.folder) is not None:
        return
    try:
        size = paths.journal.stat().st_size
        if _settled.get(paths.folder) != size:
            settle(paths, fold(read_all(paths.journal)))
            _settled[paths.folder] = paths.journal.stat().st_size
    except OSError:
        pass  # the folder is gone, or away for a moment


def end_as_not_started(paths: RunPaths, details: str) -> None:
    """Notes that no worker came up for a run."""
    error = {
        "type": "WorkerError",
        "code": "worker.no-start",
        "message": "The training process could not start.",
        "remedy": "`fitstudio doctor` tells whether all parts are there.",
        "safe": "Your data and settings are untouched.",
        "details": details,
    }
    _note(paths, outcome=Outcome.FAILED, reason=Reason.NOT_STARTED, error=error)


def end_as_killed(paths: RunPaths) -> None:
    """Notes that a person ended a run's process."""
    sentence = "You ended its process; it can be resumed from its last checkpoint."
    _note(paths, outcome=Outcome.STOPPED, reason=Reason.KILLED, sentence=sentence)


def _note(paths: RunPaths, **fields: Any) -> None:
    # A process that was just ended may look dead while its last threads still hold the lock.
    deadline = time.monotonic() + _LAST_THREADS_S
    while run_holder(paths.folder) is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        with run_lock(paths.folder, program="FitStudio, which notes the end of the run"):
            if fold(read_all(paths.journal)).running:
                with Journal(paths.journal) as journal:
                    journal.append(EventType.RUN_ENDED, **fields)
    except (RunError, StorageError):
        pass  # the next to look at the run notes it


def _ending(paths: RunPaths, state: RunState) -> dict[str, Any]:
    code = processes.exit_code(state.pid)
    crash = local_process.log_tail(paths.fault_log)
    if not state.attempts and not crash:
        return {
            "outcome": Outcome.FAILED,
            "reason": Reason.NOT_STARTED,
            "error": {
                "type": "WorkerError",
                "code": "worker.no-start",
                "message": sentence_of(Reason.NOT_STARTED),
                "remedy": "Start it once more; `fitstudio doctor` tells whether all is there.",
                "safe": "Your data and settings are untouched.",
                "details": local_process.log_tail(paths.worker_log),
            },
        }
    fields: dict[str, Any] = {"outcome": Outcome.INTERRUPTED, "reason": Reason.GONE}
    sentence = local_process.signal_sentence(code)
    if sentence is None and crash:
        sentence = "A library crashed; faulthandler.log says where."
    if sentence is not None:
        fields["sentence"] = sentence
    if crash:
        fields["error"] = {
            "type": "WorkerError",
            "code": "worker.crashed",
            "message": "The training process crashed inside a library.",
            "remedy": "Resume it. If it crashes again, `fitstudio doctor` names the versions.",
            "safe": "All finished epochs are kept.",
            "details": crash,
        }
    return fields


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0
