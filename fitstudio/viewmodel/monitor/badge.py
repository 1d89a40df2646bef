"""The state of a run as a chip shows it."""

from __future__ import annotations

from dataclasses import dataclass

from fitstudio.journal.events import Outcome, Reason
from fitstudio.journal.run_state import RunState
from fitstudio.words import say


@dataclass(frozen=True, slots=True)
class Badge:
    """The state of a run as a chip.

    Attributes:
        state: Its look: running, paused, done, stopped, failed, attention, waiting, neutral.
        text: What it says.
    """

    state: str
    text: str


def ended_badge(state: RunState) -> Badge:
    """How a run ended, as a chip."""
    match state.outcome:
        case Outcome.FAILED:
            nan = state.reason == Reason.NOT_FINITE
            return Badge("failed", say("Not a number") if nan else say("Stopped by an error"))
        case Outcome.INTERRUPTED:
            return Badge("attention", say("Interrupted"))
    if state.reason == Reason.EARLY_STOPPING:
        return Badge("done", say("Stopped early"))
    return (
        Badge("stopped", say("Stopped"))
        if state.outcome is Outcome.STOPPED
        else Badge("done", say("Done"))
    )
