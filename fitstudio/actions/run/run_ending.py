"""Notices runs whose process is gone without a word, and writes into their journal how they ended.

Whether a process lives is told by the run's lock, which the system takes back when its holder dies:
process numbers are used again, locks are not. Whoever notices takes the lock, looks once more, and
writes `run_ended` for the dead.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from fitstudio.actions.launchers import launcher_of
from fitstudio.actions.logs import log_tail
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
from fitstudio.project.lock import run_lock
from fitstudio.project.paths import RunPaths
from fitstudio.words import say

# Between the making of a run's folder and the first word of its worker lie a moment or, with a slow
# disk and a virus scanner, many seconds: what a launcher waits for, and so much more.
_START_GRACE_S = 10.0
_LAST_THREADS_S = 3.0


def settle(paths: RunPaths, state: RunState, *, started_here: bool = False) -> RunState:
    """The state with its end in it, if the process is gone without having told.

    Args:
        paths: The run.
        state: As folded from its journal; changed in place where the journal cannot be written.
        started_here: We know that no worker is about to come: do not wait for its first word.
    """
    try:
        if note_if_gone(paths, state, started_here=started_here):
            return fold(read_all(paths.journal))
    except OSError:
        # A folder for reading only: say so here, and leave the file as it is.
        apply(state, end_of_gone(paths, state))
    return state


def note_if_gone(paths: RunPaths, state: RunState, *, started_here: bool = False) -> bool:
    """Writes the end of a run into its journal if its process is gone without having told.

    Args:
        paths: The run.
        state: As folded from its journal.
        started_here: We know that no worker is about to come: do not wait for its first word.

    Returns:
        Whether the journal now tells more than `state`.

    Raises:
        OSError: If the run is gone and that cannot be written; see `end_of_gone`.
    """
    launcher = launcher_of(paths)
    if not state.running or launcher.is_alive(paths):
        return False
    grace_s = launcher.start_timeout_s + _START_GRACE_S
    if not started_here and state.awaits_process and _age_s(paths.spec) < grace_s:
        return False  # its process may still be on the way to its first word
    try:
        with run_lock(paths.folder, program="FitStudio, which notes the end of the run"):
            fresh = fold(read_all(paths.journal))
            if fresh.running:
                with Journal(paths.journal) as journal:
                    journal.append(EventType.RUN_ENDED, **_ending(paths, fresh))
            return True
    except RunError:
        return False  # somebody was quicker: a resume, or another window that notes the end


def end_of_gone(paths: RunPaths, state: RunState) -> Event:
    """The end of a run whose process is gone, for a state that its journal cannot tell of."""
    fields = {"time": state.updated or time.time(), **_ending(paths, state)}
    return Event(EventType.RUN_ENDED, state.next_seq, fields["time"], fields)


def end_as_not_started(paths: RunPaths, details: str) -> None:
    """Notes that no worker came up for a run."""
    error = {
        "type": "WorkerError",
        "code": "worker.no-start",
        "message": say("The training process could not start."),
        "remedy": say("`fitstudio doctor` tells whether all parts are there."),
        "safe": say("Your data and settings are untouched."),
        "details": details,
    }
    _note(paths, outcome=Outcome.FAILED, reason=Reason.NOT_STARTED, error=error)


def end_as_killed(paths: RunPaths) -> None:
    """Notes that a person ended a run's process."""
    sentence = say("You ended its process; it can be resumed from its last checkpoint.")
    _note(paths, outcome=Outcome.STOPPED, reason=Reason.KILLED, sentence=sentence)


def _note(paths: RunPaths, **fields: Any) -> None:
    # A process that was just ended may look dead while its last threads still hold the lock.
    deadline = time.monotonic() + _LAST_THREADS_S
    while launcher_of(paths).is_alive(paths) and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        with run_lock(paths.folder, program="FitStudio, which notes the end of the run"):
            if fold(read_all(paths.journal)).running:
                with Journal(paths.journal) as journal:
                    journal.append(EventType.RUN_ENDED, **fields)
    except (RunError, StorageError):
        pass  # the next to look at the run notes it


def _ending(paths: RunPaths, state: RunState) -> dict[str, Any]:
    crash = log_tail(paths.fault_log)
    # One that was ended while it still loaded its libraries or the data had started all the same.
    spoke = any(each.code == "worker.starting" for each in state.messages)
    if not state.attempts and not crash and not spoke:
        return {
            "outcome": Outcome.FAILED,
            "reason": Reason.NOT_STARTED,
            "error": {
                "type": "WorkerError",
                "code": "worker.no-start",
                "message": sentence_of(Reason.NOT_STARTED),
                "remedy": say("Start it once more; `fitstudio doctor` tells whether all is there."),
                "safe": say("Your data and settings are untouched."),
                "details": log_tail(paths.worker_log),
            },
        }
    fields: dict[str, Any] = {"outcome": Outcome.INTERRUPTED, "reason": Reason.GONE}
    sentence = launcher_of(paths).ending_sentence(state.pid)
    if sentence is None and crash:
        sentence = say("A library crashed; faulthandler.log says where.")
    if sentence is not None:
        fields["sentence"] = sentence
    if crash:
        fields["error"] = {
            "type": "WorkerError",
            "code": "worker.crashed",
            "message": say("The training process crashed inside a library."),
            "remedy": say("Resume it. If it crashes again, `fitstudio doctor` names the versions."),
            "safe": say("All finished epochs are kept."),
            "details": crash,
        }
    return fields


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0
