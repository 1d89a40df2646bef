"""The state of a run as a chip shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Badge:
    """The state of a run as a chip.

    Attributes:
        state: Its look: running, paused, done, stopped, failed, attention, waiting, neutral.
        text: What it says.
    """

    state: str
    text: str
