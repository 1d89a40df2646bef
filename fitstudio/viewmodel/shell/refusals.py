"""Why a command cannot be given to a session as it stands, in a sentence; None where it can."""

from __future__ import annotations

from collections.abc import Callable

from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say

Refusal = Callable[[ProjectSession | None], str | None]

# Where a run came to such an end, it can go on from its last checkpoint.
_CAN_GO_ON = ("interrupted", "stopped", "failed")


def needs_nothing(_session: ProjectSession | None) -> str | None:
    """Always possible."""
    return None


def needs_project(session: ProjectSession | None) -> str | None:
    """An open project."""
    return say("Open a project first.") if session is None else None


def needs_changing(session: ProjectSession | None) -> str | None:
    """A project that may be changed here."""
    return needs_project(session) if session is None else session.cannot_change


def needs_undo(session: ProjectSession | None) -> str | None:
    """Undo: a change to take back."""
    if session is None or session.cannot_change is not None:
        return needs_changing(session)
    return None if session.edits.undo_text is not None else say("There is no change to take back.")


def needs_redo(session: ProjectSession | None) -> str | None:
    """Redo: a change that was taken back."""
    if session is None or session.cannot_change is not None:
        return needs_changing(session)
    return None if session.edits.redo_text is not None else say("No change was taken back.")


def needs_no_run(session: ProjectSession | None) -> str | None:
    """Train: no run is under way or starting."""
    if session is None or session.cannot_change is not None:
        return needs_changing(session)
    if session.starting:
        return say("A run is starting.")
    return None if session.running is None else say("A run is under way.")


def needs_run(session: ProjectSession | None) -> str | None:
    """What is asked of the run under way."""
    if session is None or session.cannot_change is not None:
        return needs_changing(session)
    return say("No run is under way.") if session.running is None else None


def needs_unpaused_run(session: ProjectSession | None) -> str | None:
    """Pause: a run that is under way and not paused."""
    if session is None or session.running is None or session.cannot_change is not None:
        return needs_run(session)
    return say("The run is paused already.") if session.paused else None


def needs_run_to_go_on(session: ProjectSession | None) -> str | None:
    """Continue: a paused run, or the shown one where it was cut off or stopped."""
    if session is not None and session.cannot_change is None and session.running is not None:
        return None if session.paused else say("The run is not paused.")
    refusal = needs_no_run(session)
    if session is None or refusal is not None:
        return refusal
    shown = session.run_summary(session.current_run)
    if shown is None:
        return say("There is no run to go on with.")
    return None if shown.outcome in _CAN_GO_ON else say("The shown run is complete.")


def needs_ended_run(session: ProjectSession | None) -> str | None:
    """Train longer: the shown run has ended, and no other is under way."""
    refusal = needs_no_run(session)
    if session is None or refusal is not None:
        return refusal
    shown = session.run_summary(session.current_run)
    return say("There is no run to train longer.") if shown is None else None
