"""Loads a run's trained model: its birth certificate, and weights that verify.

Without a name these are the best weights that can be used, else those that were asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from fitstudio.declared.plan.models import ModelPlan
from fitstudio.engine import device
from fitstudio.engine.model import Model
from fitstudio.engine.state import checkpoint, weight_files
from fitstudio.errors import ArgumentError, CheckpointError, RunError
from fitstudio.project.paths import ProjectPaths, RunPaths
from fitstudio.project.run_files import find_run, read_spec_as_far_as_possible
from fitstudio.project.saved_models import USUAL, find_saved
from fitstudio.storage import manifest
from fitstudio.words import say
from fitstudio.worker.measures.answering import batch_rows
from fitstudio.worker.saving.model_card import BirthCertificate
from fitstudio.worker.setup import model_setup


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A model ready to predict.

    Attributes:
        paths: The run's files.
        certificate: What the model is.
        model: The engine's model, compiled to be measured.
        weights: Where its weights come from: the name of a saved model, such as "best".
        epoch: The epoch they were saved after, from 0; None where a file does not say so.
        step: How many batches of that epoch they have seen; 0 for the whole epoch.
        notes: What was unusual, in sentences.
    """

    paths: RunPaths
    certificate: BirthCertificate
    model: Model
    weights: str
    epoch: int | None
    notes: tuple[str, ...]
    step: int = 0


def load(
    project: Path, run: str, *, checkpoint_name: str | None = None, base: Path | None = None
) -> TrainedModel:
    """The model of a run, on the device and threads that training would use.

    Args:
        project: The project's folder.
        run: The run's folder name or number.
        checkpoint_name: Which of its saved models; by default the best one that is whole.
        base: What the path of a file is relative to; the project by default.

    Raises:
        RunError: If there is no such run or model, or nothing in it has been trained.
        CheckpointError: If the model, or all usual checkpoints, are damaged.
    """
    paths = find_run(ProjectPaths(project).run_folders(), run)
    certificate = BirthCertificate.read(paths.model)
    if checkpoint_name is not None:
        return _named(paths, certificate, checkpoint_name, base or project)
    notes: list[str] = []
    for name in USUAL:
        folder = paths.checkpoints / name
        if not folder.is_dir():
            continue
        try:
            weights = checkpoint.load_weights(folder)
            epoch = int(manifest.read_manifest(folder)["epoch"])
        except CheckpointError as problem:
            notes.append(say("{message} Another checkpoint is used.", message=problem.message))
            continue
        model = _model(paths, certificate, weights, repr(name))
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


def _named(paths: RunPaths, certificate: BirthCertificate, name: str, base: Path) -> TrainedModel:
    """The model with the weights that a person chose; no others are used in their place."""
    saved = find_saved(paths, name, base)
    if saved.whole:
        weights = checkpoint.load_weights(saved.path)
    else:
        weights, _ = weight_files.read(saved.path)
    model = _model(paths, certificate, weights, repr(saved.name))
    return TrainedModel(paths, certificate, model, saved.name, saved.epoch, (), saved.step)


def _model(
    paths: RunPaths, certificate: BirthCertificate, weights: Mapping[str, Tensor], source: str
) -> Model:
    model = model_setup.build(certificate.plan, seed=0, device=_set_up(paths, certificate.plan))
    model.load_weights_from(weights, source=source)
    model_setup.compile_to_measure(model, certificate.compiled)
    return model


def _set_up(paths: RunPaths, plan: ModelPlan) -> torch.device:
    """Puts torch into the state that training with the run's settings would put it into."""
    spec, _ = read_spec_as_far_as_possible(paths.spec)
    try:
        choice = device.choose(spec.get("run.device"))
    except ArgumentError:  # trained on a device that this machine does not have
        choice = device.choose()
    work = plan.flops * batch_rows(plan) // 2
    device.make_repeatable(
        threads=device.choose_threads(spec.get("run.threads"), work_per_step=work),
        repeatable=spec.get("run.repeatable"),
    )
    return choice.torch_device
