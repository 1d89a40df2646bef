"""What it costs FitStudio to be watched: events for the window, and callbacks."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from workloads import WORKLOADS

from contenders.fitstudio_engine import FitStudio
from fitstudio import callbacks
from fitstudio.journal import BatchHistory, EventType, Journal


class Reporting(callbacks.Callback):
    """Tells a journal what the worker's reporter tells it."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.journal = Journal(folder / "journal.jsonl")
        self.batch_history = BatchHistory(folder / "batches.f32")

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.journal.append(EventType.EPOCH_STARTED, epoch=epoch)

    def on_batch_losses(self, epoch: int, first_step: int, losses: np.ndarray) -> None:
        self.batch_history.append(epoch, first_step, losses.tolist())
        step = first_step + len(losses) - 1
        running = {name: float(value) for name, value in self.model.running_logs().items()}
        self.journal.append(
            EventType.BATCH_ENDED, epoch=epoch, step=step, phase="train", logs=running
        )

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        values = {name: float(value) for name, value in (logs or {}).items()}
        self.journal.append(EventType.EPOCH_ENDED, epoch=epoch, logs=values, seconds=0.0)


def every_callback(folder: Path) -> list[Any]:
    return [
        callbacks.EarlyStopping(monitor="loss", patience=1_000),
        callbacks.ReduceLROnPlateau(monitor="loss", patience=1_000),
        callbacks.LearningRateScheduler(lambda epoch, rate: rate),
        callbacks.CSVLogger(str(folder / "log.csv")),
        callbacks.TerminateOnNaN(),
    ]


def measure_watching(quick: bool) -> list[dict[str, Any]]:
    """CPU time per step with and without, in turns, the least of several rounds."""
    rows = []
    for name, size in (("w1", 100_000), ("w2", 5_120 if quick else 30_000)):
        session = FitStudio(WORKLOADS[name], size)
        session.epochs(1, True)
        folder = Path(tempfile.mkdtemp())
        kinds = {
            "events and every batch's loss, as the worker writes them": [Reporting(folder)],
            "five callbacks": every_callback(folder),
        }
        for what, watching in kinds.items():
            least = {True: float("inf"), False: float("inf")}
            for turn in range(16):
                is_on = turn % 2 == 1
                session.extra["callbacks"] = watching if is_on else []
                started = time.process_time()
                session.epochs(1, True)
                spent = (time.process_time() - started) / session.steps * 1e6
                least[is_on] = min(least[is_on], spent)
            rows.append(
                {"workload": name, "what": what, "without_us": least[False], "with_us": least[True]}
            )
    return rows
