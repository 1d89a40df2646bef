"""Loads a run's trained model: its birth certificate, and the best weights that verify."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fitstudio.engine import device
from fitstudio.engine.model import Model
from fitstudio.engine.state import checkpoint
from fitstudio.errors import CheckpointError, RunError
from fitstudio.project.paths import ProjectPaths, RunPaths
from fitstudio.project.run_files import find_run
from fitstudio.storage import manifest
from fitstudio.words import say
from fitstudio.worker import model_setup
from fitstudio.worker.model_card import BirthCertificate

_ORDER = ("best", "last", "previous")


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A model ready to predict.

    Attributes:
        paths: The run's files.
        certificate: What the model is.
        model: The engine's model, compiled to be measured.
        weights: Which checkpoint its weights come from: "best", "last" or "previous".
        epoch: The epoch they were saved after, from 0.
        notes: What was unusual, in sentences.
    """

    paths: RunPaths
    certificate: BirthCertificate
    model: Model
    weights: str
    epoch: int
    notes: tuple[str, ...]


def load(project: Path, run: str) -> TrainedModel:
    """The model of a run with its best weights, on the best device there is.

    Raises:
        RunError: If there is no such run, or nothing in it has been trained.
        CheckpointError: If all its checkpoints are damaged.
    """
    paths = find_run(ProjectPaths(project).run_folders(), run)
    certificate = BirthCertificate.read(paths.model)
    notes: list[str] = []
    for name in _ORDER:
        folder = paths.checkpoints / name
        if not folder.is_dir():
            continue
        try:
            weights = checkpoint.load_weights(folder)
            epoch = int(manifest.read_manifest(folder)["epoch"])
        except CheckpointError as problem:
            notes.append(say("{message} Another checkpoint is used.", message=problem.message))
            continue
        model = model_setup.build(
            certificate.plan,
            seed=0,
            device=device.choose().torch_device,
        )
        model.load_weights_from(weights)
        model_setup.compile_to_measure(model, certificate.compiled)
        return TrainedModel(paths, certificate, model, name, epoch, tuple(notes))
    if notes:
        raise CheckpointError(
            say("All checkpoints of the run {run} are damaged.", run=repr(paths.name)),
            remedy=say("Put the run's folder back from a backup, or train again."),
            details="\n".join(notes),
        )
    raise RunError(
        say("The run {run} has no trained weights yet.", run=repr(paths.name)),
        code="run.no-model",
        remedy=say("Train it until its first epoch has ended."),
    )
