"""Writes runs as a worker would, event by event, for tests of what watches them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio.journal import BatchHistory, EventType, Journal

START = 1_780_000_000.0


class RecordedRun:
    """A run's folder with a journal whose clock is turned by hand.

    Args:
        folder: Made if missing.
        epochs: How many the run is to train.
        steps: Steps an epoch.
        callbacks: As in run.json.
        device: As the worker tells it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        epochs: int = 100,
        steps: int = 50,
        callbacks: list[dict[str, Any]] | None = None,
        device: Any = None,
        monitor: str = "val_loss",
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.epochs = epochs
        self.steps = steps
        self.now = 0.0
        self.callbacks = callbacks or []
        self.device = device or {"name": "cpu", "title": "CPU, 2 cores"}
        self.monitor = monitor
        self.journal = Journal(
            folder / "journal.jsonl", clock=lambda: START + self.now, steady=lambda: self.now
        )
        self.batches = BatchHistory(folder / "batches.f32")

    def start(
        self, *, first_epoch: int = 0, resumed: bool = False, validation_rows: int = 67
    ) -> RecordedRun:
        return self.announce(first_epoch=first_epoch, resumed=resumed).ready(validation_rows)

    def first_word(self) -> RecordedRun:
        """What a process says before anything else, also when it resumes a run."""
        return self.tell("worker.starting", "Process 1 is loading torch.")

    def ready(self, validation_rows: int = 67, **more: Any) -> RecordedRun:
        self.journal.append(
            EventType.DATA_READY, training_rows=266, validation_rows=validation_rows, **more
        )
        return self

    def tell(self, code: str, sentence: str) -> RecordedRun:
        self.journal.append(EventType.MESSAGE, level="info", code=code, sentence=sentence)
        return self

    def announce(self, *, first_epoch: int = 0, resumed: bool = False) -> RecordedRun:
        """The run as its process announces it, before the data is ready."""
        again = {"resumed": True} if resumed else {}
        self.journal.append(
            EventType.RUN_STARTED,
            run=self.folder.name,
            pid=1,
            first_epoch=first_epoch,
            last_epoch=self.epochs - 1,
            steps_per_epoch=self.steps,
            seed=1,
            device=self.device,
            callbacks=self.callbacks,
            monitor=self.monitor,
            **again,
        )
        return self

    def epoch(
        self,
        epoch: int,
        logs: Mapping[str, float],
        *,
        seconds: float = 2.1,
        learning_rate: float = 0.001,
        seed: int = 0,
    ) -> RecordedRun:
        """A whole epoch, with a noisy loss for each batch."""
        self.begin(epoch)
        noise = np.random.default_rng([seed, epoch]).normal(size=self.steps)
        self.batches.append(epoch, 0, (logs["loss"] * np.exp(0.2 * noise)).tolist())
        self.now += seconds
        self.batch(epoch, self.steps - 1, {"loss": logs["loss"]})
        self.journal.append(
            EventType.EPOCH_ENDED,
            epoch=epoch,
            logs=dict(logs),
            seconds=seconds,
            learning_rate=learning_rate,
        )
        return self

    def begin(self, epoch: int) -> RecordedRun:
        self.journal.append(EventType.EPOCH_STARTED, epoch=epoch)
        return self

    def batch(
        self, epoch: int, step: int, logs: Mapping[str, float], *, phase: str = "train"
    ) -> RecordedRun:
        self.journal.append(
            EventType.BATCH_ENDED,
            epoch=epoch,
            step=step,
            phase=phase,
            logs=dict(logs),
            steps=self.steps,
        )
        return self

    def pulse(self, **fields: float) -> RecordedRun:
        self.now += 2.0
        self.journal.append(EventType.PULSE, **fields)
        return self

    def saved(self, epoch: int, kind: str = "last", *, step: int = 0) -> RecordedRun:
        within = {"step": step} if step else {}
        self.journal.append(
            EventType.CHECKPOINT_SAVED, file=f"checkpoints/{kind}", epoch=epoch, kind=kind, **within
        )
        return self

    def end(self, outcome: str = "completed", reason: str = "all_epochs", **fields: Any) -> None:
        self.journal.append(EventType.RUN_ENDED, outcome=outcome, reason=reason, **fields)
        self.close()

    def close(self) -> None:
        self.journal.close()
        self.batches.close()


def curves(count: int, *, overfit_from: int = 10**9, seed: int = 0) -> Iterator[dict[str, float]]:
    """Logs of a run that learns, and from some epoch on over-fits."""
    random = np.random.default_rng(seed)
    for epoch in range(count):
        loss = 1.5 * np.exp(-epoch / 18) + 0.05
        turned = min(epoch, overfit_from)
        val = 1.55 * np.exp(-turned / 18) + 0.08 + 0.006 * max(0, epoch - overfit_from)
        yield {
            "loss": float(loss * np.exp(0.03 * random.normal())),
            "accuracy": float(1 - 0.6 * np.exp(-epoch / 12) * np.exp(0.05 * random.normal())),
            "val_loss": float(val * np.exp(0.05 * random.normal())),
            "val_accuracy": float(1 - 0.62 * np.exp(-epoch / 13) * np.exp(0.05 * random.normal())),
        }
