"""Measures a run's model on a file with known answers, or on its own data again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio import storage
from fitstudio.data.preparing.as_trained import open_as_trained
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.source import open_source
from fitstudio.declared.task.task import Task
from fitstudio.journal.events import finite
from fitstudio.project.paths import RunPaths
from fitstudio.project.run_files import read_recorded, read_spec
from fitstudio.storage import atomic, checked
from fitstudio.words import say
from fitstudio.worker import results
from fitstudio.worker.jobs import trained_model
from fitstudio.worker.results import Part
from fitstudio.worker.target_facts import target_facts


def evaluate(job: Mapping[str, Any], progress: Callable[[float, str], None]) -> dict[str, Any]:
    """Measures the model.

    Args:
        job: `project`, `run`, and `data` (a path or as in a run specification) or None for the
            run's own data; `keep` with these makes them the run's results. `checkpoint` where it is
            not to be the best model.
        progress: Told how far it is.

    Returns:
        What `results.json` holds, with `run`; the parts are "test", or "training" and
        "validation".

    Raises:
        DataError: If columns are missing, the target among them.
    """
    project = Path(job["project"])
    progress(0.0, say("Loading the model"))
    base = Path(job.get("base") or project)
    trained = trained_model.load(
        project, job["run"], checkpoint_name=job.get("checkpoint"), base=base
    )
    certificate = trained.certificate
    spec = read_spec(trained.paths.spec)
    data = job.get("data")
    progress(0.1, say("Preparing the rows"))
    notes = list(trained.notes)
    if data is None:
        parts = own_parts(trained.paths, project)
    else:
        data = {"file": data} if isinstance(data, str) else dict(data)
        recipe = certificate.recipe
        with open_as_trained(recipe, data, base, notes=notes, answers=True) as source:
            x, y, weights, samples = recipe.apply_with_targets(source, notes=notes)
            parts = [Part("test", np.asarray(x), y, weights, samples)]
    progress(0.3, say("Measuring"))
    measured = results.measure(trained.model, parts, certificate)
    measured = {
        "weights": trained.weights,
        "epoch": trained.epoch,
        **({"step": trained.step} if trained.step else {}),
        **measured,
    }
    if data is None and job.get("keep"):
        storage.write_json(trained.paths.results, finite({"format": results.FORMAT, **measured}))
    progress(1.0, say("Done"))
    target = target_facts(
        certificate.recipe,
        method=str(spec.get("data.scale_target")),
        loss=str(certificate.compiled.get("loss") or ""),
    )
    return {"run": trained.paths.name, "notes": notes, "target": target, **measured}


def own_parts(paths: RunPaths, project: Path) -> list[Part]:
    """The rows that a run was trained and checked on, prepared as they were for it.

    Raises:
        DataError: If its data cannot be read any more.
    """
    recorded = read_recorded(paths.resolved)
    seed = recorded.get("seed")
    if seed is None:
        raise atomic.damaged(paths.resolved, say("`seed` is missing"))
    spec = read_spec(paths.spec)
    source, task = open_source(spec.data, project), _frozen_task(paths, recorded)
    return results.parts_of(prepare(source, spec, base=project, seed=seed, task=task))


def _frozen_task(paths: RunPaths, recorded: Mapping[str, Any]) -> Task | None:
    """The task as the run had it; None in runs of versions that did not keep it."""
    stored = recorded.get("task")
    try:
        return None if stored is None else Task.from_json(stored)
    except checked.MisfitError as problem:
        raise atomic.damaged(paths.resolved, say("`task`: {problem}", problem=problem)) from problem
