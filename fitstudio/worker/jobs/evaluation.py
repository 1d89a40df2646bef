"""Measures a run's model on a file with known answers, or on its own data again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio import storage
from fitstudio.data.preparing.as_trained.opening import open_as_trained
from fitstudio.data.preparing.parts.split_rows import same_split
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.preparing.prepared import Prepared
from fitstudio.data.source import open_source
from fitstudio.declared.task.split import TEST
from fitstudio.declared.task.task import Task
from fitstudio.errors import RunError
from fitstudio.journal.events import finite
from fitstudio.project.paths import ProjectPaths, RunPaths
from fitstudio.project.run_files import read_recorded, read_spec
from fitstudio.project.unseen_part import Opening, openings, record_opening
from fitstudio.storage import atomic, checked
from fitstudio.words import say
from fitstudio.worker.jobs import trained_model
from fitstudio.worker.jobs.trained_model import TrainedModel
from fitstudio.worker.measures import results
from fitstudio.worker.measures.results import Part
from fitstudio.worker.setup.target_facts import target_facts


def evaluate(job: Mapping[str, Any], progress: Callable[[float, str], None]) -> dict[str, Any]:
    """Measures the model.

    Args:
        job: `project`, `run`, and `data` (a path or as in a run specification) or None for the
            run's own data; `keep` with these makes them the run's results. `checkpoint` where it is
            not to be the best model. `part` of the run's own data: "training", "validation" or
            "test", which is opened by this and recorded; by default training and validation.
        progress: Told how far it is.

    Returns:
        What `results.json` holds, with `run`; the parts are "test", or "training" and
        "validation". With the test part `opened`, how often that has been done.

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
    data, prepared = job.get("data"), None
    progress(0.1, say("Preparing the rows"))
    notes = list(trained.notes)
    if data is None:
        wanted = job.get("part")
        prepared = own_rows(trained.paths, project, open_test=wanted == TEST)
        parts = _wanted_parts(trained.paths, prepared, wanted)
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
    opened: dict[str, Any] = {}
    if prepared is not None and job.get("part") == TEST:
        opened = {"opened": _opened(ProjectPaths(project), trained, prepared, measured)}
    if data is None and job.get("keep"):
        storage.write_json(trained.paths.results, finite({"format": results.FORMAT, **measured}))
    progress(1.0, say("Done"))
    target = target_facts(
        certificate.recipe,
        method=str(spec.get("data.scale_target")),
        loss=str(certificate.compiled.get("loss") or ""),
    )
    return {"run": trained.paths.name, "notes": notes, "target": target, **opened, **measured}


def _require_same_rows(
    paths: RunPaths, before: Mapping[str, Any] | None, prepared: Prepared
) -> None:
    """Refuses to measure on parts that are not those of the run."""
    if not same_split(before, prepared.split):
        raise RunError(
            say(
                "The rows of the parts are not those that the run {run} was trained with.",
                run=repr(paths.name),
            ),
            code="run.split-changed",
            remedy=say("Put the data file back as it was, or name a file with known answers."),
        )


def _wanted_parts(paths: RunPaths, prepared: Prepared, wanted: str | None) -> list[Part]:
    if wanted == TEST:
        if prepared.test_data is None:
            raise RunError(
                say("The run {run} has no test part.", run=repr(paths.name)),
                code="run.no-test-part",
                remedy=say(
                    "Set its share (data.test_share) and train again, or name a file with known "
                    "answers."
                ),
            )
        return [results.test_part_of(prepared)]
    parts = results.parts_of(prepared)
    if wanted is None:
        return parts
    chosen = [part for part in parts if part.name == wanted and len(part.x)]
    if not chosen:
        raise RunError(
            say("The run {run} has no {part} part.", run=repr(paths.name), part=wanted),
            code="run.no-part",
            remedy=say("Hold rows out and train again, or name a file with known answers."),
        )
    return chosen


def _opened(
    project: ProjectPaths, trained: TrainedModel, prepared: Prepared, measured: Mapping[str, Any]
) -> int:
    """Records that the test part was opened, keeps what it showed, and says how often by now."""
    assert prepared.split is not None
    split = prepared.split.record()["fingerprint"]
    opening = Opening(
        run=trained.paths.name, weights=trained.weights, epoch=trained.epoch, time=time.time(),
        split=split,
    )  # fmt: skip
    record_opening(project, opening)
    _keep_beside_the_others(trained.paths, measured)
    return len(openings(project, split))


def _keep_beside_the_others(paths: RunPaths, measured: Mapping[str, Any]) -> None:
    """Adds the test part to the run's results where these are of the same weights."""
    if not paths.results.exists():
        return
    kept = read_recorded(paths.results)
    same = ("weights", "epoch", "task", "class_names")
    if any(kept.get(name) != measured.get(name) for name in same):
        return
    for name in ("rows", "scores", "confusion", "ranking", "parity", "worst", "sampled"):
        if TEST in (measured.get(name) or {}):
            kept[name] = {**(kept.get(name) or {}), TEST: measured[name][TEST]}
    storage.write_json(paths.results, finite(kept))


def own_rows(paths: RunPaths, project: Path, *, open_test: bool = False) -> Prepared:
    """The rows that a run was trained and checked on, prepared as they were for it.

    Args:
        paths: The run's files.
        project: The project's folder.
        open_test: Whether the rows that nothing has seen are prepared as well.

    Raises:
        DataError: If its data cannot be read any more.
        RunError: If its parts would be of other rows than they were.
    """
    recorded = read_recorded(paths.resolved)
    seed = recorded.get("seed")
    if seed is None:
        raise atomic.damaged(paths.resolved, say("`seed` is missing"))
    spec = read_spec(paths.spec)
    source, task = open_source(spec.data, project), _frozen_task(paths, recorded)
    prepared = prepare(source, spec, base=project, seed=seed, task=task, open_test=open_test)
    _require_same_rows(paths, recorded.get("split"), prepared)
    return prepared


def _frozen_task(paths: RunPaths, recorded: Mapping[str, Any]) -> Task | None:
    """The task as the run had it; None in runs of versions that did not keep it."""
    stored = recorded.get("task")
    try:
        return None if stored is None else Task.from_json(stored)
    except checked.MisfitError as problem:
        raise atomic.damaged(paths.resolved, say("`task`: {problem}", problem=problem)) from problem
