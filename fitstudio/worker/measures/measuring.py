"""Measures a run that has been trained, with the weights of its best checkpoint."""

from __future__ import annotations

import logging

from fitstudio import storage
from fitstudio.engine.model import Model
from fitstudio.engine.state import checkpoint
from fitstudio.journal.events import finite
from fitstudio.words import say
from fitstudio.worker.measures import results
from fitstudio.worker.prepare import Training

_ROWS_WHILE_WAITED_FOR = 2_000

_log = logging.getLogger("fitstudio.worker")


def measure_best(training: Training, model: Model, *, quickly: bool) -> None:
    """Writes `results.json`. A run that trained well does not fail because this did.

    Args:
        training: The run.
        model: Its model; gets the best weights.
        quickly: Whether somebody waits for the process to end.
    """
    process, prepared = training.process, training.prepared
    name = "best" if (process.paths.checkpoints / "best").is_dir() else "last"
    folder = process.paths.checkpoints / name
    if not folder.is_dir():
        return
    try:
        weights = checkpoint.load(folder)
        model.load_weights_from(weights.state["weights"])
        measured = results.measure(
            model,
            results.parts_of(prepared),
            training.certificate,
            rows=_ROWS_WHILE_WAITED_FOR if quickly else results.ROWS_MEASURED,
        )
        measured |= {"format": results.FORMAT, "weights": name, "epoch": weights.facts["epoch"]}
        storage.write_json(process.paths.results, finite(measured))
    except Exception as error:
        _log.warning("The results could not be measured.", exc_info=error)
        process.tell(
            "warning",
            "results.failed",
            say(
                "The training is complete, but its results could not be measured: {error}",
                error=error,
            ),
        )
