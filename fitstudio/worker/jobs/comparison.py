"""Compares a run's model with simple ones, fitted on the same rows, and keeps what came out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fitstudio import storage
from fitstudio.journal.events import finite
from fitstudio.words import kept, say
from fitstudio.worker.baselines import measuring
from fitstudio.worker.jobs import trained_model
from fitstudio.worker.jobs.evaluation import own_rows
from fitstudio.worker.measures import results

FORMAT = 1


def compare(job: Mapping[str, Any], progress: Callable[[float, str], None]) -> dict[str, Any]:
    """Fits and measures the simple models.

    Args:
        job: `project` and `run`; `keep` writes `baselines.json` into the run's folder.
        progress: Told how far it is.

    Returns:
        What `baselines.json` holds, with `run`.

    Raises:
        RunError: If there is no trained model, or the run held no rows out.
        DataError: If the run's data cannot be read any more.
    """
    project = Path(job["project"])
    progress(0.0, say("Loading the model"))
    trained = trained_model.load(project, job["run"])
    progress(0.1, say("Preparing the rows"))
    parts = results.parts_of(own_rows(trained.paths, project))
    found = {
        "format": FORMAT,
        "weights": trained.weights,
        "epoch": trained.epoch,
        **measuring.measure(parts, trained.model, trained.certificate, progress),
    }
    if job.get("keep"):
        storage.write_json(trained.paths.baselines, finite(kept(found)))
    progress(1.0, say("Done"))
    return {"run": trained.paths.name, **found}
