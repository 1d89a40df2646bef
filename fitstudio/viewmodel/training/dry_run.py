"""A few real batches, tried before a run: how long it will take, in how much memory, on what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psygnal import Signal

from fitstudio.actions.models import using_models
from fitstudio.declared.kinds.param import Fix
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import FitStudioError
from fitstudio.viewmodel.shell.background import Job
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say
from fitstudio.words.numbers import format_bytes, format_count, format_seconds, strong

# A batch takes as long whatever these are.
_NOT_MEASURED = (
    "fit.epochs",
    "fit.initial_epoch",
    "fit.callbacks",
    "fit.verbose",
    "run.name",
    "run.note",
    "run.parent",
    "run.seed",
    "run.time_budget_min",
)


@dataclass(frozen=True)
class Measured:
    """What was measured, and with which settings."""

    spec: RunSpec
    reply: Mapping[str, Any]


class Trial:
    """Asks a worker to try a few batches, and words what it found.

    Signals:
        changed: The text or the button says something else.
    """

    changed = Signal()

    def __init__(self, session: ProjectSession) -> None:
        self._session = session
        self._measured: Measured | None = None
        self._problem: FitStudioError | None = None
        self._job: Job | None = None
        self._now = ""
        session.resolved_changed.connect(self._on_resolved)
        session.started.connect(self._on_run_started)

    @property
    def running(self) -> bool:
        """Whether batches are being tried just now."""
        return self._job is not None

    @property
    def possible(self) -> bool:
        """Whether there is anything to try."""
        session = self._session
        return session.resolved.ok and session.resolved.facts is not None

    @property
    def fix(self) -> Fix | None:
        """A batch size that fits, where the present one does not."""
        measured = self._valid()
        if measured is None or measured.reply.get("fits", True):
            return None
        size = measured.reply.get("batch_size_that_fits")
        return (
            Fix(say("Use batches of {size}", size=format_count(size)), {"fit.batch_size": size})
            if size
            else None
        )

    @property
    def text(self) -> str:
        """What is known about time and memory; may hold ``**strong**`` words."""
        if self.running:
            return f"{self._now}…"
        if self._problem is not None:
            return self._problem.message
        measured = self._valid()
        return "" if measured is None else self._found(measured.reply)

    def start(self) -> None:
        """Tries a few batches with the current settings."""
        if self.running or not self.possible:
            return
        session, spec = self._session, self._session.spec
        self._problem, self._now = None, say("Starting")

        def work(job: Job) -> Measured:
            def progress(_fraction: float, sentence: str) -> None:
                session.background.post(lambda: self._on_progress(sentence))

            reply = using_models.dry_run(
                session.project, spec=spec, progress=progress, cancel=job.cancelled
            )
            return Measured(spec, reply)

        self._job = session.background.run(work, self._on_done, self._on_failed)
        self.changed.emit()

    def cancel(self) -> None:
        """Stops trying."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self.changed.emit()

    def _valid(self) -> Measured | None:
        """What was measured, while the settings that matter are still the same."""
        if self._measured is None:
            return None
        changes = self._session.spec.differences(self._measured.spec)
        same = all(change.key in _NOT_MEASURED for change in changes)
        return self._measured if same else None

    def _found(self, reply: Mapping[str, Any]) -> str:
        device = reply.get("device") or say("this computer")
        if not reply.get("fits", True):
            size = reply.get("batch_size") or 0
            return say(
                "Batches of {size} do not fit into the memory of {device}.",
                size=format_count(size),
                device=device,
            )
        memory = reply.get("device_memory_bytes") or reply.get("memory_bytes") or 0
        per_epoch = reply.get("seconds_per_epoch") or 0.0
        facts = self._session.resolved.facts
        epochs = facts.epochs_to_run if facts is not None else reply.get("epochs") or 0
        total = strong(format_seconds(per_epoch * epochs))
        return say(
            "About {total} on {device}, {memory} of memory.",
            total=total,
            device=device,
            memory=format_bytes(memory),
        )

    def _on_resolved(self) -> None:
        self._problem = None
        self.changed.emit()

    def _on_run_started(self, _run: str) -> None:
        # The run itself needs the device now.
        self.cancel()

    def _on_progress(self, sentence: str) -> None:
        if self.running:
            self._now = sentence
            self.changed.emit()

    def _on_done(self, measured: Measured) -> None:
        self._job, self._measured = None, measured
        self.changed.emit()

    def _on_failed(self, problem: FitStudioError) -> None:
        self._job, self._problem = None, problem
        self.changed.emit()
