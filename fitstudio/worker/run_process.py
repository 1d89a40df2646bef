"""What the parts of a training process share, and how a run can end."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from fitstudio.journal import EventType, Journal, Outcome
from fitstudio.project.paths import RunPaths
from fitstudio.worker.watching.heartbeat import Heartbeat
from fitstudio.worker.watching.requests import Requests


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended, as `run_ended` tells it."""

    outcome: Outcome
    reason: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunProcess:
    """What the parts of a training process share.

    Attributes:
        project: The project's folder; relative data paths begin there.
        paths: The run's files.
        journal: The run's journal.
        requests: What was asked of the run.
        heartbeat: The thread that tells that the run is alive.
        resume: Whether to go on from the newest checkpoint.
        attempts: How often the run was started before.
        ended_by: Why it ended then; empty if it never did.
        pid: This process.
        began: When it began (wall clock).
        verbose: How progress is printed this time; None where the run's settings say it.
        known: What a card about a failure can make use of: `values`, `last_epoch_saved`.
    """

    project: Path
    paths: RunPaths
    journal: Journal
    requests: Requests
    heartbeat: Heartbeat
    resume: bool
    attempts: int
    ended_by: str = ""
    pid: int = field(default_factory=os.getpid)
    began: float = field(default_factory=lambda: psutil.Process().create_time())
    verbose: int | None = None
    known: dict[str, Any] = field(default_factory=dict)

    def tell(self, level: str, code: str, sentence: str, **fields: Any) -> None:
        """Writes a message for the person."""
        self.journal.append(EventType.MESSAGE, level=level, code=code, sentence=sentence, **fields)
